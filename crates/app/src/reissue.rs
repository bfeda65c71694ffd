//! 补发: a new key and PIN here; the former certificate is revoked only when the new one is kept and confirmed.
//! A crash anywhere is finished by the next start, without the PIN.
use crate::application::App;
use crate::failure::{Failure, refuse, refuse_with};
use crate::import::{decoded, new_pin};
use crate::sync::kind;
use crate::view::{CertificateView, FailureCode, ReissueInput, ReissueReason, Topic};
use crate::wire_view::{code, id, write_key};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::certificate::CertificateFacts;
use platform::wire;
use store::{KeyPurpose, KeyRow};

impl App {
    /// Gives a certificate a new key and a new PIN on this device. Its end does not move.
    ///
    /// # Errors
    /// `PinFormat`, `PinMismatch`, `PinWeak` before anything is made; `CertificateHeldElsewhere`, `CertificateRevoked`,
    /// `CertificateExpired`, `Conflict`; with the platform away the reissue stays begun and is finished by itself.
    pub async fn reissue_certificate(&self, input: ReissueInput) -> Result<CertificateView, Failure> {
        let pin = new_pin(&input.pin, &input.pin_again)?;
        let certificate: wire::Certificate = self.inner.one(kind::CERTIFICATE, &input.certificate_id)?;
        self.in_force_and_mine(&certificate)?;
        let busy = self.inner.importing.lock().await;
        let scope = self.inner.scope()?;
        if let Some(begun) = self.inner.store.pending_key(&scope, &input.certificate_id)? {
            // Its PIN may be forgotten too: the platform lets the former attempt give way to this one.
            self.inner.store.abandon_import(begun.id)?;
        }
        let because = Some(code(&input.reason));
        let key = self.make_key(&certificate, pin, KeyPurpose::Reissue, because).await?;
        self.finish_reissue(&key, &certificate).await?;
        drop(busy);
        self.inner.refresh().await;
        self.finish_imports().await;
        self.inner.changed(&[Topic::Certificates, Topic::Home]);
        let certificate: wire::Certificate = self.inner.one(kind::CERTIFICATE, &input.certificate_id)?;
        Ok(self.inner.here()?.view(&certificate))
    }

    /// What only the holder of a certificate in force may do.
    pub(crate) fn in_force_and_mine(&self, certificate: &wire::Certificate) -> Result<(), Failure> {
        let account = self.inner.account()?.id;
        if certificate.holder.as_ref().is_none_or(|holder| holder.id != account) {
            return Err(refuse(FailureCode::CertificateHeldElsewhere));
        }
        match certificate.state {
            wire::CertificateState::Active => Ok(()),
            wire::CertificateState::Revoked => Err(refuse(FailureCode::CertificateRevoked)),
            wire::CertificateState::Expired => Err(refuse(FailureCode::CertificateExpired)),
            wire::CertificateState::Unassigned
            | wire::CertificateState::PendingImport
            | wire::CertificateState::Unknown => Err(refuse(FailureCode::Conflict)),
        }
    }

    /// Asks, checks and keeps; then confirms, and only then takes the key into use.
    pub(crate) async fn finish_reissue(&self, key: &KeyRow, certificate: &wire::Certificate) -> Result<(), Failure> {
        let der = match &key.certificate {
            Some(der) => der.clone(),
            None => self.ask_for_reissue(key, certificate).await?,
        };
        let facts = CertificateFacts::parse(&der).map_err(|_| refuse(FailureCode::KeyDamaged))?;
        let confirmation = wire::ReissueConfirmation {
            serial: facts.serial_hex,
        };
        let entitlement = id(&key.entitlement)?;
        self.inner.progress(&entitlement, 3, "keep");
        let confirmed = self
            .inner
            .client
            .confirm_reissue(entitlement, &confirmation, write_key());
        if let Err(error) = confirmed.await {
            return Err(self.import_refused(key, error.into()));
        }
        self.inner.store.confirm_key(key.id)?;
        self.inner.progress(&entitlement, 4, "keep");
        Ok(())
    }

    async fn ask_for_reissue(&self, key: &KeyRow, certificate: &wire::Certificate) -> Result<Vec<u8>, Failure> {
        let entitlement = id(&key.entitlement)?;
        self.inner.progress(&entitlement, 1, "request");
        let request = wire::ReissueRequest {
            request: STANDARD.encode(&key.request),
            reason: reason_of(key),
        };
        let asked = self.inner.client.reissue(entitlement, &request, key.idempotency_key);
        let issued = asked.await.map_err(|error| self.import_refused(key, error.into()))?;
        self.inner.progress(&entitlement, 2, "check");
        let (der, chain) = decoded(&issued)?;
        let facts = self.inner.check_issued(key, certificate, &der, &chain)?;
        let end = certificate.issued.as_ref().map(|issued| issued.valid_to);
        if end.is_some_and(|end| end.unix_timestamp() != facts.not_after.unix_timestamp()) {
            return Err(refuse_with(
                FailureCode::IssuedCertificateRejected,
                &[("why", "validity".into())],
            ));
        }
        self.inner.store.keep_unconfirmed(key.id, &der, &chain)?;
        Ok(der)
    }
}

fn reason_of(key: &KeyRow) -> wire::ReissueReason {
    let known = [
        (ReissueReason::PinForgotten, wire::ReissueReason::PinForgotten),
        (ReissueReason::KeyCompromise, wire::ReissueReason::KeyCompromise),
    ];
    let word = key.because.as_deref().unwrap_or_default();
    let found = known.into_iter().find(|(reason, _)| code(reason) == word);
    found.map_or(wire::ReissueReason::NewDevice, |(_, reason)| reason)
}
