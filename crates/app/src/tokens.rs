//! Keys on PKCS#11 tokens (UKey): whom a driver finds, taking a certificate into use, and signing with its key.
//!
//! A driver is a library whose code runs in this process: only a file that the person chose in the system's own dialog
//! is loaded, never a path from the screens.
use crate::application::{App, Inner, locked, off_thread};
use crate::failure::{Failure, refuse};
use crate::view::{
    CertificateView, FailureCode, SecretText, TokenCertificateView, TokenPinState, TokenView, TokensView, Topic,
};
use crate::wire_view::{moment, write_key};
use pki::certificate::CertificateFacts;
use pki::token::{PinState, TokenCertificate, TokenError, TokenFacts, TokenModule};
use pki::{Password, Pin, Signer};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use store::{KeyPurpose, KeyRow, NewKey, TokenPlace};
use uuid::Uuid;

/// Setting that holds the driver used last.
const DRIVER: &str = "token_driver";

/// What the tokens that are plugged in told, and the drivers that were loaded.
#[derive(Default)]
pub(crate) struct Tokens {
    /// Loaded once each: a driver that is loaded again would end the work of the first.
    drivers: Mutex<HashMap<PathBuf, Arc<TokenModule>>>,
    /// What was last shown, to choose from.
    offered: Mutex<Option<(PathBuf, Vec<TokenFacts>)>>,
}

impl Tokens {
    fn driver(&self, path: &Path) -> Result<Arc<TokenModule>, TokenError> {
        let mut drivers = locked(&self.drivers);
        if let Some(known) = drivers.get(path) {
            return Ok(Arc::clone(known));
        }
        let loaded = Arc::new(TokenModule::load(path)?);
        drivers.insert(path.to_owned(), Arc::clone(&loaded));
        Ok(loaded)
    }
}

impl App {
    /// What is plugged in, by the driver used last. Without one there is nothing to tell.
    ///
    /// # Errors
    /// `TokenDriverUnusable` when the driver is gone, `TokenFailed`.
    pub async fn tokens(&self) -> Result<TokensView, Failure> {
        match self.inner.store.setting(DRIVER)? {
            Some(driver) => self.read_tokens(Path::new(&driver)).await,
            None => Ok(TokensView {
                driver: None,
                tokens: Vec::new(),
            }),
        }
    }

    /// Loads a driver and tells what is plugged in; the driver is remembered when it works.
    ///
    /// # Errors
    /// `TokenDriverUnusable`, `TokenFailed`.
    pub async fn read_tokens(&self, driver: &Path) -> Result<TokensView, Failure> {
        let (inner, driver) = (Arc::clone(&self.inner), driver.to_owned());
        off_thread(move || inner.plugged_in(&driver)).await
    }

    /// Takes a certificate of those last told into use; its key stays on the token. `fingerprint`: SHA-256, hexadecimal.
    ///
    /// # Errors
    /// `NotFound` when it was not told; `CertificateExpired`, `CertificateHereAlready`, `TokenKeyUnsupported`.
    pub async fn take_token_certificate(&self, fingerprint: &str) -> Result<CertificateView, Failure> {
        let id = self.inner.keep_token_certificate(fingerprint)?;
        self.inner.changed(&[Topic::Certificates, Topic::Home]);
        let here = self.inner.here()?;
        let view = here.brought(&id.to_string()).and_then(|key| here.brought_view(key));
        view.ok_or_else(|| refuse(FailureCode::KeyDamaged))
    }
}

impl Inner {
    fn plugged_in(&self, driver: &Path) -> Result<TokensView, Failure> {
        let tokens = self.tokens.driver(driver)?.tokens()?;
        self.store.set_setting(DRIVER, &driver.to_string_lossy())?;
        let held = self.certificates_here()?;
        let view = TokensView {
            driver: Some(driver.file_name().unwrap_or_default().to_string_lossy().into_owned()),
            tokens: tokens.iter().map(|token| self.token_view(token, &held)).collect(),
        };
        *locked(&self.tokens.offered) = Some((driver.to_owned(), tokens));
        Ok(view)
    }

    /// Every certificate this device knows, to tell those that need not be taken again.
    fn certificates_here(&self) -> Result<Vec<Vec<u8>>, Failure> {
        let keys = self.store.keys(&self.scope()?)?;
        Ok(keys.into_iter().filter_map(|key| key.certificate).collect())
    }

    fn token_view(&self, token: &TokenFacts, held: &[Vec<u8>]) -> TokenView {
        let certificates = token.certificates.iter();
        TokenView {
            label: token.label.trim().to_owned(),
            maker: format!("{} {}", token.manufacturer.trim(), token.model.trim())
                .trim()
                .to_owned(),
            serial: token.serial.trim().to_owned(),
            pin: pin_state(token.pin),
            certificates: certificates
                .filter_map(|one| self.token_certificate_view(one, held))
                .collect(),
        }
    }

    /// Those of authorities are on tokens too; nobody signs with them.
    fn token_certificate_view(&self, one: &TokenCertificate, held: &[Vec<u8>]) -> Option<TokenCertificateView> {
        let facts = CertificateFacts::parse(&one.der)
            .ok()
            .filter(|facts| !facts.is_authority)?;
        let why_not = if held.contains(&one.der) {
            Some("here_already")
        } else if self.now() > facts.not_after {
            Some("expired")
        } else if !pki::token::can_sign_with(&facts.key_algorithm) {
            Some("key_kind")
        } else {
            None
        };
        Some(TokenCertificateView {
            fingerprint: facts.sha256_fingerprint.clone(),
            owner_name: facts.subject.shown().to_owned(),
            issuer: facts.issuer.shown().to_owned(),
            valid_to: moment(facts.not_after),
            key_algorithm: facts.key_algorithm.clone(),
            why_not: why_not.map(str::to_owned),
        })
    }

    fn keep_token_certificate(&self, fingerprint: &str) -> Result<Uuid, Failure> {
        let offered = locked(&self.tokens.offered);
        let (driver, tokens) = offered.as_ref().ok_or_else(|| refuse(FailureCode::NotFound))?;
        let (token, certificate, facts) = find(tokens, fingerprint).ok_or_else(|| refuse(FailureCode::NotFound))?;
        let held = self.certificates_here()?;
        let view = self.token_certificate_view(certificate, &held);
        match view.and_then(|view| view.why_not).as_deref() {
            None => {}
            Some("expired") => return Err(refuse(FailureCode::CertificateExpired)),
            Some("key_kind") => return Err(refuse(FailureCode::TokenKeyUnsupported)),
            Some(_) => return Err(refuse(FailureCode::CertificateHereAlready)),
        }
        let id = Uuid::new_v4();
        let key = NewKey {
            id,
            account: self.scope()?,
            entitlement: id.to_string(),
            sealed: Vec::new(),
            spki: facts.spki_der.clone(),
            idempotency_key: write_key(),
            request: Vec::new(),
            purpose: KeyPurpose::OtherAuthority,
            because: None,
            made_at: self.now(),
        };
        let others = token.certificates.iter().filter(|other| other.der != certificate.der);
        let chain: Vec<Vec<u8>> = others.map(|other| other.der.clone()).collect();
        let place = TokenPlace {
            driver: driver.to_string_lossy().into_owned(),
            label: token.label.trim().to_owned(),
        };
        self.store.keep_token_key(&key, &certificate.der, &chain, &place)?;
        Ok(id)
    }

    /// Opens a key for signing, wherever it is. A PIN is tried once, and counted by who keeps the key.
    pub(crate) fn signer(&self, key: &KeyRow, pin: &SecretText) -> Result<Box<dyn Signer>, Failure> {
        let Some(token) = &key.token else {
            let unlocked = self.unlock(key, &Pin::parse(pin.expose())?)?;
            return Ok(Box::new(unlocked));
        };
        let certificate = key.certificate.as_deref().unwrap_or_default();
        let driver = self.tokens.driver(Path::new(&token.driver))?;
        let identity = driver.open_certificate(certificate, &Password::new(pin.expose().to_owned()))?;
        Ok(identity.signer)
    }

    /// Whether the token of a key is plugged in, and what it says about wrong PINs.
    pub(crate) fn token_state(&self, key: &KeyRow, token: &TokenPlace) -> Result<PinState, Failure> {
        let certificate = key.certificate.as_deref().unwrap_or_default();
        let state = self.tokens.driver(Path::new(&token.driver))?.pin_state(certificate)?;
        state.ok_or_else(|| TokenError::NoSuchToken.into())
    }
}

fn find<'a>(
    tokens: &'a [TokenFacts],
    fingerprint: &str,
) -> Option<(&'a TokenFacts, &'a TokenCertificate, CertificateFacts)> {
    let all = tokens
        .iter()
        .flat_map(|token| token.certificates.iter().map(move |one| (token, one)));
    let mut parsed = all.filter_map(|(token, one)| Some((token, one, CertificateFacts::parse(&one.der).ok()?)));
    parsed.find(|(_, _, facts)| facts.sha256_fingerprint == fingerprint)
}

pub(crate) fn pin_state(state: PinState) -> TokenPinState {
    match state {
        PinState::Untouched => TokenPinState::Untouched,
        PinState::SomeTriesLeft => TokenPinState::SomeTriesLeft,
        PinState::LastTry => TokenPinState::LastTry,
        PinState::Locked => TokenPinState::Locked,
    }
}
