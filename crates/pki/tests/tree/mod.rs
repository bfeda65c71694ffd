//! A certificate tree for tests: a root, an issuer, and certificates for keys made elsewhere.
#![allow(dead_code, unreachable_pub, reason = "each test file uses a part of it")]

use pki::key::PrivateKey;
use pki::request::{RequestSubject, certificate_request};
use pki::{Signer, random};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertificateSigningRequestParams,
    CustomExtension, DistinguishedName, DnType, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, RevokedCertParams, SerialNumber,
};
use time::OffsetDateTime;
use time::macros::datetime;

/// Validity of every certificate of the tree, unless a test says otherwise.
pub const FROM: OffsetDateTime = datetime!(2025-01-01 00:00:00 UTC);
/// See [`FROM`].
pub const TO: OffsetDateTime = datetime!(2045-01-01 00:00:00 UTC);
/// A moment inside it.
pub const NOW: OffsetDateTime = datetime!(2026-11-22 09:00:00 UTC);

/// Root and issuer.
pub struct Tree {
    issuer: Issuer<'static, KeyPair>,
    root_issuer: Issuer<'static, KeyPair>,
    /// The root certificate, DER.
    pub root: Vec<u8>,
    /// The issuing certificate, DER.
    pub intermediate: Vec<u8>,
}

impl Tree {
    /// A new tree with new keys; `name` tells one from another.
    pub fn new(name: &str) -> Self {
        Self::with_intermediate(name, |_| ())
    }

    /// As [`Tree::new`], with a change to the issuing certificate.
    pub fn with_intermediate(name: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let root_key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let root_params = authority(&format!("{name} 根"), 1);
        let root = root_params.clone().self_signed(&root_key).unwrap().der().to_vec();
        let issuer_key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let mut params = authority(&format!("{name} 签发"), 0);
        params.use_authority_key_identifier_extension = true;
        change(&mut params);
        let root_issuer = Issuer::new(root_params, root_key);
        let signed = params.signed_by(&issuer_key, &root_issuer).unwrap();
        Self {
            intermediate: signed.der().to_vec(),
            root_issuer,
            issuer: Issuer::new(params, issuer_key),
            root,
        }
    }

    /// A certificate for a request, as a careful authority issues it.
    pub fn issue(&self, request: &[u8]) -> Vec<u8> {
        self.issue_changed(request, |_| ())
    }

    /// As [`Tree::issue`], with a change.
    pub fn issue_changed(&self, request: &[u8], change: impl FnOnce(&mut CertificateParams)) -> Vec<u8> {
        let mut request = CertificateSigningRequestParams::from_der(&request.to_vec().into()).unwrap();
        let params = &mut request.params;
        params.is_ca = IsCa::ExplicitNoCa;
        params.not_before = FROM;
        params.not_after = TO;
        params.serial_number = Some(SerialNumber::from_slice(&[0x42, 0x07]));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::ContentCommitment];
        params.use_authority_key_identifier_extension = true;
        change(params);
        request.signed_by(&self.issuer).unwrap().der().to_vec()
    }

    /// A new key with a certificate for timestamps and the chain to hand out.
    pub fn timestamper(&self) -> (PrivateKey, Vec<Vec<u8>>) {
        let key = new_key();
        let certificate = self.issue_changed(&request_of(&key), |params| {
            params.serial_number = Some(SerialNumber::from_slice(&[0x42, 0x99]));
            params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
            // extendedKeyUsage { id-kp-timeStamping }.
            let usage = vec![0x30, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 8];
            let mut usage = CustomExtension::from_oid_content(&[2, 5, 29, 37], usage);
            usage.set_criticality(true);
            params.custom_extensions = vec![usage];
        });
        (key, vec![certificate, self.intermediate.clone()])
    }

    /// The lists of the issuer (with these serial numbers revoked a day before) and of the root, as of a moment.
    pub fn lists(&self, revoked: &[&[u8]], at: OffsetDateTime) -> Vec<Vec<u8>> {
        let revoked = revoked.iter().map(|serial| RevokedCertParams {
            serial_number: SerialNumber::from_slice(serial),
            revocation_time: at - time::Duration::days(1),
            reason_code: None,
            invalidity_date: None,
        });
        let list = |by: &Issuer<'_, KeyPair>, revoked| {
            let list = CertificateRevocationListParams {
                this_update: at,
                next_update: at + time::Duration::days(30),
                crl_number: SerialNumber::from(1_u64),
                issuing_distribution_point: None,
                revoked_certs: revoked,
                key_identifier_method: KeyIdMethod::Sha256,
            };
            list.signed_by(by).unwrap().der().to_vec()
        };
        vec![
            list(&self.issuer, revoked.collect()),
            list(&self.root_issuer, Vec::new()),
        ]
    }

    /// A new key with its certificate and the chain to embed (signer first, then the issuer).
    pub fn signer(&self) -> (PrivateKey, Vec<Vec<u8>>) {
        let key = new_key();
        let certificate = self.issue(&request_of(&key));
        (key, vec![certificate, self.intermediate.clone()])
    }
}

fn authority(name: &str, below: u8) -> CertificateParams {
    let mut params = CertificateParams::default();
    let mut distinguished = DistinguishedName::new();
    distinguished.push(DnType::CommonName, name);
    params.distinguished_name = distinguished;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(below));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = FROM;
    params.not_after = TO;
    params
}

/// The bidder of the tests.
pub fn subject() -> RequestSubject {
    RequestSubject {
        country: "CN".to_owned(),
        organization: "杭州云栖智能科技有限公司".to_owned(),
        organization_identifier: "91330106MA2CFUY66Q".to_owned(),
        common_name: "刘洋".to_owned(),
    }
}

/// A new P-256 key.
pub fn new_key() -> PrivateKey {
    PrivateKey::generate(&mut random::system()).unwrap()
}

/// A request for [`subject`].
pub fn request_of(signer: &dyn Signer) -> Vec<u8> {
    certificate_request(signer, &subject()).unwrap()
}

/// PEM armour.
pub fn pem(label: &str, der: &[u8]) -> String {
    let mut lines = format!("-----BEGIN {label}-----\n");
    let base64 = openssl_base64(der);
    for line in base64.as_bytes().chunks(64) {
        lines.push_str(std::str::from_utf8(line).unwrap());
        lines.push('\n');
    }
    lines + &format!("-----END {label}-----\n")
}

fn openssl_base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group = chunk
            .iter()
            .enumerate()
            .fold(0_u32, |sum, (place, &byte)| sum | u32::from(byte) << (16 - 8 * place));
        for place in 0..4 {
            let letter = LETTERS[usize::try_from(group >> (18 - 6 * place) & 63).unwrap()];
            text.push(if place <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

/// A scratch folder whose files are written by tests.
pub struct Scratch(tempfile::TempDir);

impl Scratch {
    /// A new one.
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Puts a file there.
    #[expect(clippy::disallowed_methods, reason = "a scratch file of a test")]
    pub fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> std::path::PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// The folder.
    pub fn path(&self) -> &std::path::Path {
        self.0.path()
    }
}
