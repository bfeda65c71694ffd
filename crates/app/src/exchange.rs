//! Certificates in and out as files: PKCS#12 export of a key, a certificate of another authority brought in, and the
//! public certificate alone.
use crate::application::{App, Inner, off_thread};
use crate::certificates::der_of_pem;
use crate::failure::{Failure, internal, refuse, refuse_with};
use crate::files;
use crate::import::new_pin;
use crate::seal_log::KeyUse;
use crate::signing::hex;
use crate::sync::kind;
use crate::view::{BringInput, CertificateView, ExportKeyInput, FailureCode, SavedFileView, Topic};
use crate::wire_view::write_key;
use pki::certificate::CertificateFacts;
use pki::pkcs12::{Pkcs12Key, open_key};
use pki::{Password, Pin, Signer};
use platform::wire;
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::Arc;
use store::{KeyPurpose, KeyRow, NewKey};
use uuid::Uuid;

/// A PKCS#12 file is a few kilobytes.
const FILE_LIMIT_BYTES: u64 = 1024 * 1024;

impl App {
    /// A name to offer for a certificate's files, without an ending.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn certificate_file_name(&self, certificate_id: &str) -> Result<String, Failure> {
        let facts = self.inner.certificate_facts(certificate_id)?;
        let name = files::fit_for_name(&format!("{} {}", facts.subject.shown(), facts.not_after.date()));
        Ok(if name.is_empty() { "证书".to_owned() } else { name })
    }

    /// Writes key, certificate and chain into a PKCS#12 file under a password of its own.
    ///
    /// # Errors
    /// `CertificateFilePasswordShort`, `CertificateFilePasswordMismatch` before a PIN is tried; `PinWrong`,
    /// `PinLocked`; those of writing a file.
    pub async fn export_key(&self, input: ExportKeyInput, target: &Path) -> Result<SavedFileView, Failure> {
        if input.password.expose() != input.password_again.expose() {
            return Err(refuse(FailureCode::CertificateFilePasswordMismatch));
        }
        let password = Password::new(input.password.expose().to_owned());
        pki::pkcs12::check_password(&password)?;
        let pin = Pin::parse(input.pin.expose())?;
        let inner = Arc::clone(&self.inner);
        let path = target.to_owned();
        let written = off_thread(move || inner.write_key_file(&input.certificate_id, &pin, &password, &path)).await;
        // Tries left are shown with the certificate, so they are news after a wrong PIN too.
        self.inner.changed(&[Topic::Certificates]);
        written?;
        Ok(self.remember_saved(target))
    }

    /// Writes the public certificate alone, DER.
    ///
    /// # Errors
    /// `NotFound` before it was issued; those of writing a file.
    pub async fn export_certificate(&self, certificate_id: &str, target: &Path) -> Result<SavedFileView, Failure> {
        let der = self.inner.certificate_der(certificate_id)?;
        files::replace(target, &[&der])?;
        Ok(self.remember_saved(target))
    }

    /// Takes over key and certificate of another authority from a PKCS#12 file, under a new PIN on this device.
    ///
    /// # Errors
    /// `PinFormat`, `PinMismatch`, `PinWeak`; `CertificateFilePassword`, `CertificateFileUnusable`;
    /// `CertificateExpired`, `CertificateHereAlready`.
    pub async fn bring_certificate(&self, file: &Path, input: BringInput) -> Result<CertificateView, Failure> {
        let pin = new_pin(&input.pin, &input.pin_again)?;
        pki::pin_rules::check_new_pin(&pin, None)?;
        let password = Password::new(input.password.expose().to_owned());
        let bytes = files::limited(file, FILE_LIMIT_BYTES)?;
        let inner = Arc::clone(&self.inner);
        let id = off_thread(move || inner.take_over(&open_key(&bytes, &password)?, &pin)).await?;
        self.inner.changed(&[Topic::Certificates, Topic::Home]);
        let here = self.inner.here()?;
        let key = here
            .brought(&id.to_string())
            .ok_or_else(|| refuse(FailureCode::NotFound))?;
        here.brought_view(key).ok_or_else(|| refuse(FailureCode::KeyDamaged))
    }

    /// Takes a certificate of another authority off this device. The file it came from is untouched.
    ///
    /// # Errors
    /// `NotFound` when it is none.
    pub async fn remove_brought_certificate(&self, certificate_id: &str) -> Result<(), Failure> {
        let here = self.inner.here()?;
        let key = here
            .brought(certificate_id)
            .ok_or_else(|| refuse(FailureCode::NotFound))?;
        self.inner.store.retire_key(key.id)?;
        self.finish_imports().await;
        self.inner.changed(&[Topic::Certificates, Topic::Home]);
        Ok(())
    }
}

impl Inner {
    /// The certificate in force, from the platform's records or, of another authority, from this device.
    pub(crate) fn certificate_der(&self, certificate_id: &str) -> Result<Vec<u8>, Failure> {
        if let Some(key) = self.here()?.brought(certificate_id) {
            return key.certificate.clone().ok_or_else(|| refuse(FailureCode::KeyDamaged));
        }
        let certificate: wire::Certificate = self.one(kind::CERTIFICATE, certificate_id)?;
        let issued = certificate.issued.ok_or_else(|| refuse(FailureCode::NotFound))?;
        der_of_pem(&issued.certificate_pem).ok_or_else(|| refuse(FailureCode::PlatformNonsense))
    }

    pub(crate) fn certificate_facts(&self, certificate_id: &str) -> Result<CertificateFacts, Failure> {
        let der = self.certificate_der(certificate_id)?;
        CertificateFacts::parse(&der).map_err(|error| internal("a certificate cannot be read", &error))
    }

    /// The key in use for a certificate, its own or brought along.
    pub(crate) fn key_in_use(&self, certificate_id: &str) -> Result<KeyRow, Failure> {
        let key = self.store.active_key(&self.scope()?, certificate_id)?;
        key.ok_or_else(|| refuse(FailureCode::CertificateHeldElsewhere))
    }

    fn write_key_file(
        &self,
        certificate_id: &str,
        pin: &Pin,
        password: &Password,
        target: &Path,
    ) -> Result<(), Failure> {
        let key = self.key_in_use(certificate_id)?;
        let certificate = key.certificate.clone().ok_or_else(|| refuse(FailureCode::KeyDamaged))?;
        let unlocked = self.unlock(&key, pin)?;
        let bytes = pki::pkcs12::export(&unlocked, &certificate, &key.chain, password)?;
        let used = KeyUse {
            kind: wire::SealUseKind::KeyExport,
            name: &files::file_name(target),
            sha256: hex(&Sha256::digest(&bytes)),
            marks: 0,
            seals: Vec::new(),
        };
        self.log_use(&key, &used)?;
        files::replace(target, &[&bytes])
    }

    fn take_over(&self, brought: &Pkcs12Key, pin: &Pin) -> Result<Uuid, Failure> {
        let facts = CertificateFacts::parse(&brought.certificate).map_err(|_| unusable("unreadable"))?;
        if self.now() > facts.not_after {
            return Err(refuse(FailureCode::CertificateExpired));
        }
        let scope = self.scope()?;
        if self
            .store
            .keys(&scope)?
            .iter()
            .any(|key| key.spki == brought.key.spki_der())
        {
            return Err(refuse(FailureCode::CertificateHereAlready));
        }
        let id = Uuid::new_v4();
        let sealed = self.vault.enroll(id, &brought.key, pin)?;
        let key = NewKey {
            id,
            account: scope,
            entitlement: id.to_string(),
            sealed: sealed.to_bytes()?,
            spki: brought.key.spki_der().to_vec(),
            idempotency_key: write_key(),
            request: Vec::new(),
            purpose: KeyPurpose::OtherAuthority,
            because: None,
            made_at: self.now(),
        };
        self.store
            .keep_brought_key(&key, &brought.certificate, &brought.chain)?;
        self.leave_lease(&self.key_in_use(&id.to_string())?, pin);
        Ok(id)
    }
}

fn unusable(why: &str) -> Failure {
    refuse_with(FailureCode::CertificateFileUnusable, &[("why", why.to_owned())])
}
