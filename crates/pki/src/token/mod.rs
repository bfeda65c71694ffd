//! PKCS#11 tokens: which are plugged in, which certificates they hold, and signing with a key that never leaves them.
//!
//! Absent: SM2. A token that can sign with it says so by a vendor's mechanism; one that only lets ECDSA run on the SM2
//! curve would make signatures that nobody accepts, so keys are chosen by mechanism and certificate. Also absent: keys
//! that ask for the PIN at every signature.

mod certificates;
mod kept;
mod key;

use crate::secret::Password;
use crate::signer::{Signer, SigningIdentity};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::{Slot, TokenInfo};
use cryptoki::types::AuthPin;
use std::path::Path;

pub use certificates::TokenCertificate;
pub use kept::{KeptToken, TokenAccess, TokenName};
pub use key::can_sign_with;

/// What a token says about its own counter of wrong PINs. Tokens keep the number itself to themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinState {
    /// It says nothing: no wrong PIN since the last right one, or it does not tell.
    Untouched,
    /// A wrong PIN was given at least once since the last right one (`CKF_USER_PIN_COUNT_LOW`).
    SomeTriesLeft,
    /// One more wrong PIN locks it (`CKF_USER_PIN_FINAL_TRY`).
    LastTry,
    /// Locked (`CKF_USER_PIN_LOCKED`).
    Locked,
}

impl PinState {
    fn of(token: &TokenInfo) -> Self {
        if token.user_pin_locked() {
            Self::Locked
        } else if token.user_pin_final_try() {
            Self::LastTry
        } else if token.user_pin_count_low() {
            Self::SomeTriesLeft
        } else {
            Self::Untouched
        }
    }
}

/// Why a token cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The module cannot be loaded: not there, or not a PKCS#11 module.
    #[error("the token's module cannot be loaded: {0}")]
    Module(String),
    /// No token with that label is plugged in.
    #[error("no such token is plugged in")]
    NoSuchToken,
    /// Several tokens have that label.
    #[error("several tokens have this label")]
    SeveralTokens,
    /// The token holds no certificate of that name with its private key, or several and none was named.
    #[error("no such certificate with its key on the token")]
    NoSuchCertificate,
    /// The PIN is wrong; what the token then says about its counter.
    #[error("the token's PIN is wrong")]
    WrongPin(PinState),
    /// The token is locked by wrong PINs.
    #[error("the token is locked")]
    PinLocked,
    /// The token wants its PIN changed or set first, with its own program.
    #[error("the token's PIN must be set first")]
    PinNotSet,
    /// The kind of key, or the token's way to sign with it, is not supported (SM2 among them).
    #[error("the kind of key is not supported")]
    UnsupportedKey,
    /// The token failed, or was pulled out.
    #[error("the token failed: {0}")]
    Failed(String),
    /// The token holds no key pair of that label.
    #[error("the token holds no key «{0}»")]
    NoSuchKey(String),
    /// The token holds several keys of that label.
    #[error("the token holds several keys «{0}»")]
    SeveralKeys(String),
    /// What the token signed is not good by the public key.
    #[error("the token's signature is not by the key it should be")]
    WrongSignature,
}

impl From<Error> for TokenError {
    fn from(error: Error) -> Self {
        match error {
            Error::LibraryLoading(error) => Self::Module(error.to_string()),
            Error::MissingSymbol(symbol) => Self::Module(symbol.to_owned()),
            other => Self::Failed(other.to_string()),
        }
    }
}

/// A token that is plugged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenFacts {
    /// Its label.
    pub label: String,
    /// Who made it.
    pub manufacturer: String,
    /// Its model.
    pub model: String,
    /// Its serial number.
    pub serial: String,
    /// What it says about wrong PINs.
    pub pin: PinState,
    /// The certificates that can be read without a PIN.
    pub certificates: Vec<TokenCertificate>,
}

/// A token's driver: a library that the user named. Loading it runs its code in this process.
pub struct TokenModule {
    context: Pkcs11,
}

impl TokenModule {
    /// Loads a module.
    ///
    /// # Errors
    /// [`TokenError::Module`].
    pub fn load(path: &Path) -> Result<Self, TokenError> {
        let context = Pkcs11::new(path)?;
        match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            // Another part of this process uses it already.
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(Self { context }),
            Err(error) => Err(TokenError::Module(error.to_string())),
        }
    }

    /// Every token that is plugged in and set up.
    ///
    /// # Errors
    /// [`TokenError::Failed`].
    pub fn tokens(&self) -> Result<Vec<TokenFacts>, TokenError> {
        let slots = self.context.get_slots_with_initialized_token()?;
        slots.into_iter().map(|slot| self.facts(slot)).collect()
    }

    fn facts(&self, slot: Slot) -> Result<TokenFacts, TokenError> {
        let token = self.context.get_token_info(slot)?;
        let session = self.context.open_ro_session(slot)?;
        Ok(TokenFacts {
            label: token.label().to_owned(),
            manufacturer: token.manufacturer_id().to_owned(),
            model: token.model().to_owned(),
            serial: token.serial_number().to_owned(),
            pin: PinState::of(&token),
            certificates: certificates::read(&session)?,
        })
    }

    /// Logs in to a token and takes one of its certificates with its key. Tried once: nothing repeats a wrong PIN.
    ///
    /// `label`: the token's; none when there is only one. `certificate`: its label or its subject's common name; none
    /// when there is only one with a key. `pin`: none where the token asks for it on a keypad of its own.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn open(
        &self,
        label: Option<&str>,
        certificate: Option<&str>,
        pin: Option<&Password>,
    ) -> Result<SigningIdentity, TokenError> {
        let slot = self.slot(label)?;
        self.identity(slot, pin, |one| certificate.is_none_or(|name| one.is_called(name)))
    }

    /// Logs in to the token that holds exactly this certificate (DER) and takes its key. Tried once.
    ///
    /// # Errors
    /// [`TokenError`]; [`TokenError::NoSuchToken`] when no token that is plugged in holds it.
    pub fn open_certificate(&self, certificate: &[u8], pin: &Password) -> Result<SigningIdentity, TokenError> {
        let slot = self.holder(certificate)?.ok_or(TokenError::NoSuchToken)?;
        self.identity(slot, Some(pin), |one| one.der == certificate)
    }

    /// What the token that holds exactly this certificate (DER) says about wrong PINs; none when it is not plugged in.
    ///
    /// # Errors
    /// [`TokenError::Failed`].
    pub fn pin_state(&self, certificate: &[u8]) -> Result<Option<PinState>, TokenError> {
        let slot = self.holder(certificate)?;
        let state = slot.map(|slot| Ok(PinState::of(&self.context.get_token_info(slot)?)));
        state.transpose()
    }

    fn holder(&self, certificate: &[u8]) -> Result<Option<Slot>, TokenError> {
        for slot in self.context.get_slots_with_initialized_token()? {
            let session = self.context.open_ro_session(slot)?;
            if certificates::read(&session)?.iter().any(|one| one.der == certificate) {
                return Ok(Some(slot));
            }
        }
        Ok(None)
    }

    fn identity(
        &self,
        slot: Slot,
        pin: Option<&Password>,
        is_wanted: impl Fn(&TokenCertificate) -> bool,
    ) -> Result<SigningIdentity, TokenError> {
        let session = self.context.open_ro_session(slot)?;
        self.log_in(slot, &session, pin)?;
        let all = certificates::read(&session)?;
        let (chosen, handle) = key::choose(&session, &all, is_wanted)?;
        let mechanisms = self.context.get_mechanism_list(slot)?;
        let chain = all
            .iter()
            .filter(|other| other.der != chosen.der)
            .map(|other| other.der.clone());
        let (certificate, chain) = (chosen.der.clone(), chain.collect());
        let signer = key::TokenKey::new(session, handle, &certificate, &mechanisms)?;
        let signer: Box<dyn Signer> = Box::new(signer);
        Ok(SigningIdentity {
            signer,
            certificate,
            chain,
        })
    }

    fn slot(&self, label: Option<&str>) -> Result<Slot, TokenError> {
        let mut fitting = Vec::new();
        for slot in self.context.get_slots_with_initialized_token()? {
            let token = self.context.get_token_info(slot)?;
            if label.is_none_or(|label| token.label() == label) {
                fitting.push(slot);
            }
        }
        match fitting.as_slice() {
            [] => Err(TokenError::NoSuchToken),
            [slot] => Ok(*slot),
            _ => Err(TokenError::SeveralTokens),
        }
    }

    fn slot_numbered(&self, number: u64) -> Result<Slot, TokenError> {
        let slots = self.context.get_slots_with_initialized_token()?;
        let found = slots.into_iter().find(|slot| slot.id() == number);
        found.ok_or(TokenError::NoSuchToken)
    }

    fn log_in(&self, slot: Slot, session: &Session, pin: Option<&Password>) -> Result<(), TokenError> {
        if PinState::of(&self.context.get_token_info(slot)?) == PinState::Locked {
            return Err(TokenError::PinLocked);
        }
        let pin = pin.map(|pin| AuthPin::from(pin.text()));
        match session.login(UserType::User, pin.as_ref()) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(()),
            // A PIN of an impossible length is refused before it is counted; to its owner it is wrong all the same.
            Err(Error::Pkcs11(RvError::PinIncorrect | RvError::PinLenRange | RvError::PinInvalid, _)) => {
                match PinState::of(&self.context.get_token_info(slot)?) {
                    PinState::Locked => Err(TokenError::PinLocked),
                    state => Err(TokenError::WrongPin(state)),
                }
            }
            Err(Error::Pkcs11(RvError::PinLocked, _)) => Err(TokenError::PinLocked),
            Err(Error::Pkcs11(RvError::PinExpired | RvError::UserPinNotInitialized, _)) => Err(TokenError::PinNotSet),
            Err(error) => Err(error.into()),
        }
    }
}
