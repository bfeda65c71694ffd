//! Import: key and PIN here, request out, certificate checked and kept. A crash anywhere is finished by the next start
//! with the same key, request and idempotency key: one certificate, the entitlement used once. Reissues begin and are
//! finished here in the same way.
use crate::application::{App, Inner, locked, off_thread};
use crate::failure::{Failure, internal, refuse};
use crate::sync::kind;
use crate::view::{CertificateView, Event, FailureCode, ImportInput, ProgressView, SecretText, Topic};
use crate::wire_view::{id, write_key};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::Pin;
use pki::certificate::{CertificateFacts, ExpectedCertificate, check_issued};
use pki::request::{RequestSubject, certificate_request};
use pki::{Signer, vault};
use platform::wire;
use std::sync::Arc;
use store::{KeyPurpose, KeyRow, NewKey, Store, StoreError};
use uuid::Uuid;

/// Steps of an import, for the progress shown.
const STEPS: u32 = 4;

impl App {
    /// Imports a certificate on this device under a new PIN.
    ///
    /// When an import was begun here before and not finished, the PIN chosen then opens it.
    ///
    /// # Errors
    /// `PinFormat`, `PinMismatch`, `PinWeak` before anything is made; `CertificateNotImportable`,
    /// `CertificateHeldElsewhere`; `IssuedCertificateRejected`; with the platform away the import stays
    /// begun and is finished by itself.
    pub async fn import_certificate(&self, input: ImportInput) -> Result<CertificateView, Failure> {
        let pin = new_pin(&input.pin, &input.pin_again)?;
        let certificate: wire::Certificate = self.inner.one(kind::CERTIFICATE, &input.certificate_id)?;
        self.check_importable(&certificate)?;
        let importing = self.inner.importing.lock().await;
        let scope = self.inner.scope()?;
        let key = match self.inner.store.pending_key(&scope, &input.certificate_id)? {
            Some(key) => self.reopen_pending(key, pin).await?,
            None => self.make_key(&certificate, pin, KeyPurpose::Import, None).await?,
        };
        self.finish_import(&key, &certificate).await?;
        self.inner.refresh().await;
        drop(importing);
        self.inner.changed(&[Topic::Certificates, Topic::Home]);
        let certificate: wire::Certificate = self.inner.one(kind::CERTIFICATE, &input.certificate_id)?;
        Ok(self.inner.here()?.view(&certificate))
    }

    /// Finishes what an earlier start, or a lost connection, left unfinished. Needs no PIN: the request was signed then.
    pub(crate) async fn finish_imports(&self) {
        let Ok(scope) = self.inner.scope() else { return };
        // Who is importing right now may finish it, and reads what came of it: only what is left after that is taken up.
        let importing = self.inner.importing.lock().await;
        let keys = self.inner.store.keys(&scope).unwrap_or_default();
        for key in keys.iter().filter(|key| !key.active) {
            if !locked(&self.inner.given_up_imports).contains(&key.id) {
                self.finish_left_over(key).await;
            }
        }
        drop(importing);
        self.take_over_extensions(&keys).await;
        self.wipe_retired_keys(&scope).await;
    }

    /// A key that is no longer in use shall not be opened again: its sealed form and its device secret are forgotten.
    async fn wipe_retired_keys(&self, scope: &str) {
        let Ok(keys) = self.inner.store.keys_to_wipe(scope) else {
            return;
        };
        if keys.is_empty() {
            return;
        }
        let inner = Arc::clone(&self.inner);
        let wiped = off_thread(move || {
            for id in keys {
                inner.vault.forget(id)?;
                inner.store.wipe_key(id)?;
            }
            Ok(())
        });
        if let Err(failure) = wiped.await {
            tracing::info!(%failure, "retired keys are wiped at the next start");
        }
    }

    async fn finish_left_over(&self, key: &KeyRow) {
        let outcome = match self.inner.one::<wire::Certificate>(kind::CERTIFICATE, &key.entitlement) {
            Ok(certificate) if key.purpose == KeyPurpose::Reissue => self.finish_reissue(key, &certificate).await,
            Ok(certificate) => self.finish_import(key, &certificate).await,
            Err(failure) => Err(failure),
        };
        match outcome {
            Ok(()) => {
                self.inner.refresh().await;
                self.inner.changed(&[Topic::Certificates, Topic::Home]);
            }
            Err(failure) if failure.is_passing() => {}
            Err(_) => {
                // Asking again every few seconds would change nothing; the next start asks once more.
                locked(&self.inner.given_up_imports).insert(key.id);
            }
        }
    }

    fn check_importable(&self, certificate: &wire::Certificate) -> Result<(), Failure> {
        let account = self.inner.account()?.id;
        if certificate.holder.as_ref().is_some_and(|holder| holder.id != account) {
            return Err(refuse(FailureCode::CertificateHeldElsewhere));
        }
        let unfinished = self
            .inner
            .store
            .pending_key(&account.to_string(), &certificate.id.to_string())?;
        match certificate.state {
            wire::CertificateState::PendingImport => Ok(()),
            // Issued, but the answer never arrived here.
            wire::CertificateState::Active if unfinished.is_some() => Ok(()),
            _ => Err(refuse(FailureCode::CertificateNotImportable)),
        }
    }

    async fn reopen_pending(&self, key: KeyRow, pin: Pin) -> Result<KeyRow, Failure> {
        let inner = Arc::clone(&self.inner);
        let tried = key.clone();
        off_thread(move || inner.unlock(&tried, &pin).map(drop)).await?;
        Ok(key)
    }

    /// Key, seal and request are on disk before anything leaves the device.
    pub(crate) async fn make_key(
        &self,
        certificate: &wire::Certificate,
        pin: Pin,
        purpose: KeyPurpose,
        because: Option<String>,
    ) -> Result<KeyRow, Failure> {
        let birthday = certificate.owner.as_ref().and_then(|owner| owner.birthday);
        pki::pin_rules::check_new_pin(&pin, birthday)?;
        let subject = request_subject(certificate)?;
        self.inner.progress(&certificate.id, 0, "key");
        let inner = Arc::clone(&self.inner);
        let (account, entitlement) = (self.inner.scope()?, certificate.id.to_string());
        off_thread(move || {
            let mut key = sealed_key(&inner, &subject, &pin, account.clone(), entitlement.clone())?;
            (key.purpose, key.because) = (purpose, because);
            inner.store.begin_import(&key)?;
            let kept = inner.store.pending_key(&account, &entitlement)?;
            let kept = kept.ok_or_else(|| internal("a pending key is gone", &entitlement))?;
            inner.leave_lease(&kept, &pin);
            Ok(kept)
        })
        .await
    }

    async fn finish_import(&self, key: &KeyRow, certificate: &wire::Certificate) -> Result<(), Failure> {
        let entitlement = id(&key.entitlement)?;
        self.inner.progress(&entitlement, 1, "request");
        let request = wire::IssueRequest {
            request: STANDARD.encode(&key.request),
        };
        let issued = match self
            .inner
            .client
            .issue(entitlement, &request, key.idempotency_key)
            .await
        {
            Ok(issued) => issued,
            Err(error) => return Err(self.import_refused(key, error.into())),
        };
        self.inner.progress(&entitlement, 2, "check");
        let (der, chain) = decoded(&issued)?;
        self.inner.check_issued(key, certificate, &der, &chain)?;
        self.inner.progress(&entitlement, 3, "keep");
        self.inner.store.finish_import(key.id, &der, &chain)?;
        self.inner.progress(&entitlement, STEPS, "keep");
        Ok(())
    }

    /// A refusal for good frees the entitlement for another try; everything else leaves the import begun.
    pub(crate) fn import_refused(&self, key: &KeyRow, failure: Failure) -> Failure {
        let for_good = match failure.code {
            FailureCode::CertificateNotImportable | FailureCode::CertificateHeldElsewhere => true,
            FailureCode::Conflict | FailureCode::NotFound => key.purpose == KeyPurpose::Reissue,
            _ => false,
        };
        if for_good && let Err(error) = self.inner.store.abandon_import(key.id) {
            return error.into();
        }
        failure
    }
}

impl Inner {
    /// Key, subject, usage, validity and chain, before anything is kept.
    pub(crate) fn check_issued(
        &self,
        key: &KeyRow,
        certificate: &wire::Certificate,
        der: &[u8],
        chain: &[Vec<u8>],
    ) -> Result<CertificateFacts, Failure> {
        let expected = ExpectedCertificate {
            spki_der: key.spki.clone(),
            subject: request_subject(certificate)?,
        };
        let roots = locked(&self.roots).clone();
        Ok(check_issued(der, chain, &roots, &expected, self.now())?)
    }

    pub(crate) fn progress(&self, entitlement: &Uuid, done: u32, stage: &str) {
        let job = format!("import:{entitlement}");
        self.tell(Event::Progress(ProgressView {
            job,
            done,
            total: STEPS,
            stage: stage.to_owned(),
        }));
    }
}

/// The tries of each key, as the vault counts them.
pub(crate) struct Tries<'a>(pub(crate) &'a Store);

impl vault::TryCounter for Tries<'_> {
    type Failure = StoreError;

    fn spend(&self, id: Uuid) -> Result<Result<vault::TriesLeft, vault::Locked>, StoreError> {
        Ok(self.0.spend_try(id)?.map(vault::TriesLeft).ok_or(vault::Locked))
    }

    fn restore(&self, id: Uuid) -> Result<(), StoreError> {
        self.0.restore_tries(id)
    }
}

pub(crate) fn new_pin(pin: &SecretText, again: &SecretText) -> Result<Pin, Failure> {
    let pin = Pin::parse(pin.expose())?;
    if pin.same_as(&Pin::parse(again.expose())?) {
        Ok(pin)
    } else {
        Err(refuse(FailureCode::PinMismatch))
    }
}

fn request_subject(certificate: &wire::Certificate) -> Result<RequestSubject, Failure> {
    let subject = certificate
        .subject
        .clone()
        .ok_or_else(|| refuse(FailureCode::CertificateNotImportable))?;
    Ok(RequestSubject {
        country: subject.country,
        organization: subject.organization,
        organization_identifier: subject.organization_identifier,
        common_name: subject.common_name,
    })
}

fn sealed_key(
    inner: &Inner,
    subject: &RequestSubject,
    pin: &Pin,
    account: String,
    entitlement: String,
) -> Result<NewKey, Failure> {
    let mut rng = pki::random::system();
    let key = pki::key::PrivateKey::generate(&mut rng).map_err(|error| internal("making a key", &error))?;
    let id = Uuid::new_v4();
    let sealed = inner.vault.enroll(id, &key, pin)?;
    let request = certificate_request(&key, subject).map_err(|error| internal("making a request", &error))?;
    Ok(NewKey {
        id,
        account,
        entitlement,
        sealed: sealed.to_bytes()?,
        spki: key.spki_der().to_vec(),
        idempotency_key: write_key(),
        request,
        purpose: KeyPurpose::Import,
        because: None,
        made_at: inner.now(),
    })
}

pub(crate) fn decoded(issued: &wire::Issued) -> Result<(Vec<u8>, Vec<Vec<u8>>), Failure> {
    let decode = |text: &String| STANDARD.decode(text).map_err(|_| refuse(FailureCode::PlatformNonsense));
    Ok((
        decode(&issued.certificate)?,
        issued.chain.iter().map(decode).collect::<Result<_, _>>()?,
    ))
}
