//! 延期: one more term for the same key and PIN, paid by an unused entitlement of the enterprise. Whatever happens to the
//! answer, the platform's records tell this device of the newer certificate, and it is taken over.
use crate::application::App;
use crate::certificates::der_of_pem;
use crate::failure::{Failure, refuse};
use crate::import::decoded;
use crate::sync::kind;
use crate::view::{CertificateView, FailureCode, Topic};
use crate::wire_view::{id, write_key};
use pki::certificate::CertificateFacts;
use platform::wire;
use store::{KeyPurpose, KeyRow};

impl App {
    /// Extends a certificate in its last three months by one more term. The remaining days are kept.
    ///
    /// # Errors
    /// `ExtensionTooEarly`, `NoUnusedEntitlement`, `CertificateHeldElsewhere`, `PinLocked`, `CertificateRevoked`,
    /// `CertificateExpired`, `Conflict`.
    pub async fn extend_certificate(&self, certificate_id: &str) -> Result<CertificateView, Failure> {
        let certificate: wire::Certificate = self.inner.one(kind::CERTIFICATE, certificate_id)?;
        self.in_force_and_mine(&certificate)?;
        let here = self.inner.here()?;
        // One more year for a key that can never be opened again would be money lost: a reissue comes first.
        let key = here.key(&certificate);
        let key = key.ok_or_else(|| refuse(FailureCode::CertificateHeldElsewhere))?;
        if key.tries_left == 0 {
            return Err(refuse(FailureCode::PinLocked));
        }
        let serial = certificate.issued.as_ref().map(|issued| issued.serial.clone());
        let request = wire::ExtensionRequest {
            serial: serial.unwrap_or_default(),
        };
        let entitlement = id(certificate_id)?;
        let issued = self.inner.client.extend(entitlement, &request, write_key()).await?;
        let (der, chain) = decoded(&issued)?;
        self.inner.check_issued(key, &certificate, &der, &chain)?;
        self.inner.store.replace_certificate(key.id, &der, &chain)?;
        self.inner.refresh().await;
        self.inner.changed(&[Topic::Certificates, Topic::Home]);
        let certificate: wire::Certificate = self.inner.one(kind::CERTIFICATE, certificate_id)?;
        Ok(self.inner.here()?.view(&certificate))
    }

    /// The platform has a newer certificate for a key of this device: the answer to an extension was lost.
    pub(crate) async fn take_over_extensions(&self, keys: &[KeyRow]) {
        for key in keys
            .iter()
            .filter(|key| key.active && key.purpose != KeyPurpose::OtherAuthority)
        {
            match self.take_over_extension(key) {
                Ok(false) => {}
                Ok(true) => self.inner.changed(&[Topic::Certificates, Topic::Home]),
                Err(failure) => tracing::info!(%failure, "a newer certificate was not taken over"),
            }
        }
    }

    fn take_over_extension(&self, key: &KeyRow) -> Result<bool, Failure> {
        let certificate: wire::Certificate = self.inner.one(kind::CERTIFICATE, &key.entitlement)?;
        let newest = certificate
            .issued
            .as_ref()
            .and_then(|issued| der_of_pem(&issued.certificate_pem));
        let Some(newest) = newest.filter(|newest| key.certificate.as_ref() != Some(newest)) else {
            return Ok(false);
        };
        let same_key = CertificateFacts::parse(&newest).is_ok_and(|facts| facts.spki_der == key.spki);
        if !same_key {
            return Ok(false);
        }
        self.inner.check_issued(key, &certificate, &newest, &key.chain)?;
        self.inner.store.replace_certificate(key.id, &newest, &key.chain)?;
        Ok(true)
    }
}
