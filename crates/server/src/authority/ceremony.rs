//! Making an authority: root, issuer, responder and timestamp service, in one transaction or not at all.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::CertificateParams;
use sea_orm::{ConnectionTrait, EntityTrait};
use time::{Duration, OffsetDateTime};
use zeroize::Zeroizing;

use super::keys::{KeyName, KeyStore, MadeKey, Signatory, certificate, from_pkcs8, keep, load, make};
use super::{crl, profile};
use crate::refused::{Answer, Refused};
use crate::routes::operator::keep_setting;
use crate::start::StartError;
use crate::tables::setting;

/// Name of the setting that keeps the root's revocation list (base64 of DER) while its key is kept apart.
const ROOT_LIST: &str = "root_crl";
/// A list that somebody has to fetch the root's key for is good for longer.
const KEPT_LIST_LIFE: Duration = Duration::days(366);

/// What came of a ceremony.
pub struct MadeAuthority {
    /// The root's certificate, DER.
    pub root_certificate: Vec<u8>,
    /// The issuer's certificate, DER.
    pub issuer_certificate: Vec<u8>,
    /// The root's key, PKCS#8, when it is kept apart: nobody else has it.
    pub root_key: Option<Zeroizing<Vec<u8>>>,
}

/// Whether there is an authority already.
pub(crate) async fn exists(database: &impl ConnectionTrait) -> Answer<bool> {
    Ok(certificate(database, KeyName::Root).await?.is_some())
}

/// Makes what the authority lacks: everything the first time, a service that came with a newer version later.
///
/// `apart` leaves the root's key out of the database and signs its revocation list for a year.
pub(crate) async fn hold(
    database: &impl ConnectionTrait,
    store: &dyn KeyStore,
    addresses: &profile::Addresses,
    apart: bool,
    now: OffsetDateTime,
) -> Result<MadeAuthority, StartError> {
    let (root, root_key) = match load(database, store, KeyName::Root).await? {
        Some(root) => (root, None),
        None => make_root(database, store, apart, now).await?,
    };
    let issuer = completed(
        database,
        store,
        KeyName::Issuer,
        profile::issuer(addresses, now)?,
        &root,
    )
    .await?;
    completed(database, store, KeyName::Ocsp, profile::responder(now)?, &issuer).await?;
    let timestamping = profile::timestamping(addresses, now)?;
    completed(database, store, KeyName::Timestamping, timestamping, &issuer).await?;
    Ok(MadeAuthority {
        root_certificate: root.certificate,
        issuer_certificate: issuer.certificate,
        root_key,
    })
}

async fn make_root(
    database: &impl ConnectionTrait,
    store: &dyn KeyStore,
    apart: bool,
    now: OffsetDateTime,
) -> Result<(Signatory, Option<Zeroizing<Vec<u8>>>), StartError> {
    let MadeKey { key, pkcs8 } = make(store, KeyName::Root)?;
    let signed = profile::root(now)?.self_signed(&key).map_err(Refused::from)?;
    let certificate = signed.der().to_vec();
    let (kept, given) = if apart { (None, pkcs8) } else { (pkcs8, None) };
    keep(
        database,
        KeyName::Root,
        &certificate,
        kept.as_deref().map(Vec::as_slice),
    )
    .await?;
    let root = Signatory {
        key: Some(key),
        certificate,
    };
    if apart {
        keep_list(database, &root, now).await?;
    }
    Ok((root, given))
}

async fn completed(
    database: &impl ConnectionTrait,
    store: &dyn KeyStore,
    name: KeyName,
    params: CertificateParams,
    by: &Signatory,
) -> Result<Signatory, StartError> {
    match load(database, store, name).await? {
        Some(there) => Ok(there),
        None => signed(database, store, name, params, by).await,
    }
}

/// A certificate by `by` for a key of the store or a new one; both written down.
async fn signed(
    database: &impl ConnectionTrait,
    store: &dyn KeyStore,
    name: KeyName,
    params: CertificateParams,
    by: &Signatory,
) -> Result<Signatory, StartError> {
    let MadeKey { key, pkcs8 } = make(store, name)?;
    let signed = params.signed_by(&key, &by.issuer()?).map_err(Refused::from)?;
    let certificate = signed.der().to_vec();
    keep(database, name, &certificate, pkcs8.as_deref().map(Vec::as_slice)).await?;
    Ok(Signatory {
        key: Some(key),
        certificate,
    })
}

async fn keep_list(database: &impl ConnectionTrait, root: &Signatory, now: OffsetDateTime) -> Answer<()> {
    let list = crl(root, Vec::new(), now, KEPT_LIST_LIFE)?;
    keep_setting(database, ROOT_LIST, STANDARD.encode(list)).await
}

/// Signs the root's revocation list for another year with the key that is kept apart (PKCS#8).
pub(crate) async fn renew_root_list(database: &impl ConnectionTrait, key: &[u8], now: OffsetDateTime) -> Answer<()> {
    let root = certificate(database, KeyName::Root).await?;
    let certificate = root.ok_or_else(Refused::not_found)?;
    let key = from_pkcs8(key)?;
    if !key.is_of(&certificate) {
        return Err(Refused::internal("this is not the root's key"));
    }
    let root = Signatory {
        key: Some(key),
        certificate,
    };
    keep_list(database, &root, now).await
}

/// The root's revocation list that was signed when its key was last there.
pub(crate) async fn kept_root_list(database: &impl ConnectionTrait) -> Answer<Vec<u8>> {
    let row = setting::Entity::find_by_id(ROOT_LIST).one(database).await?;
    let row = row.ok_or_else(|| Refused::internal("the root's revocation list is missing"))?;
    STANDARD.decode(row.value).map_err(Refused::internal)
}
