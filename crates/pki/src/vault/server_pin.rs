//! Scheme `server-pin/1`: no PIN can be tried without the platform, which counts before it answers.
//!
//! ```text
//! pw   = HKDF-SHA256(device secret ‖ PIN, salt = id, info = "vault/server-pin/password/1")
//! OPAQUE(pw) with the platform, Argon2id 64 MiB, t=3  →  export key, known to this device only
//! KEK  = HKDF-SHA256(export key ‖ device secret, salt = id, info = "vault/server-pin/kek/1")
//! body = registration, platform's public key, Argon2 costs, AES-256-GCM(KEK, DEK), AES-256-GCM(DEK, PKCS#8),
//!        mark of the device secret, HMAC over all of it
//! ```
//! Every message is signed by a key that is derived from the device secret: nobody else can use up the tries.
//! A change of PIN is a new registration; the former one is forgotten after the new row is kept.

use super::device_key::DeviceKey;
use super::device_secret::{DeviceSecret, DeviceSecretStore};
use super::opaque::{Finished, LoggingIn, Registering};
use super::wrapping::{
    Key32, SealedPart, bound_to, decrypt, der_bytes, derive, device_mark, encrypt, octets, random_bytes, row_seal,
};
use super::{SealedKey, UnlockedKey, VaultError};
use crate::key::PrivateKey;
use crate::random::CryptoRng;
use crate::secret::Pin;
use der::asn1::OctetString;
use der::{Decode, Encode, Sequence};
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{DerSignature, VerifyingKey};
use uuid::Uuid;
use zeroize::Zeroizing;

/// Name of the scheme in [`SealedKey::scheme`].
pub const SERVER_PIN: &str = "server-pin/1";
/// 64 MiB and three passes: 0.17 s on one core.
const COSTS: (u32, u32) = (64 * 1024, 3);
/// A row from elsewhere may ask for more than ours, not for a machine's whole memory.
const COSTS_LIMIT: (u32, u32) = (1024 * 1024, 16);

/// One message to the platform, signed by the device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinMessage {
    /// The key's id.
    pub vault: Uuid,
    /// Which registration of it.
    pub registration: Uuid,
    /// OPAQUE's message.
    pub message: Vec<u8>,
    /// The device's public key, a P-256 point (SEC1, uncompressed).
    pub device_key: Vec<u8>,
    /// ECDSA over the step's name, vault, registration and message; DER.
    pub signature: Vec<u8>,
}

/// The steps of the protocol; a message signed for one is of no use in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinStep {
    /// A registration's first message.
    Register,
    /// A registration's last message.
    Keep,
    /// A login's first message: the one that costs a try.
    Login,
    /// A registration is given up.
    Forget,
}

impl PinStep {
    fn name(self) -> &'static [u8] {
        match self {
            Self::Register => b"ganjiang/pin/register/1",
            Self::Keep => b"ganjiang/pin/keep/1",
            Self::Login => b"ganjiang/pin/login/1",
            Self::Forget => b"ganjiang/pin/forget/1",
        }
    }
}

impl PinMessage {
    fn signed_bytes(&self, step: PinStep) -> Vec<u8> {
        [
            step.name(),
            self.vault.as_bytes(),
            self.registration.as_bytes(),
            &self.message,
        ]
        .concat()
    }

    /// Whether the device whose key this is sent it, for this step.
    #[must_use]
    pub fn is_signed(&self, step: PinStep, device_key: &[u8]) -> bool {
        let key = VerifyingKey::from_sec1_bytes(device_key);
        let signature = DerSignature::try_from(self.signature.as_slice());
        match (key, signature) {
            (Ok(key), Ok(signature)) => key.verify(&self.signed_bytes(step), &signature).is_ok(),
            _ => false,
        }
    }
}

/// The platform's answer to a login's first message.
pub struct LoginAnswer {
    /// Names the login in the second message.
    pub login: String,
    /// OPAQUE's answer.
    pub response: Vec<u8>,
    /// Tries left after this one.
    pub left: u8,
}

/// Why the platform gives no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PinPlatformError {
    /// It cannot be reached, or is out of order.
    #[error("the platform cannot be reached")]
    Away,
    /// No try is left.
    #[error("no tries left")]
    Locked,
    /// It does not know the registration, or not this device, or the session is over.
    #[error("the platform refused")]
    Refused,
}

/// The way to the platform. Blocking.
pub trait PinPlatform: Send + Sync {
    /// Sends a registration's first message.
    ///
    /// # Errors
    /// [`PinPlatformError`].
    fn register(&self, message: &PinMessage) -> Result<Vec<u8>, PinPlatformError>;

    /// Sends a registration's last message: from now on it can be logged into.
    ///
    /// # Errors
    /// [`PinPlatformError`].
    fn keep(&self, message: &PinMessage) -> Result<(), PinPlatformError>;

    /// Sends a login's first message: a try is spent.
    ///
    /// # Errors
    /// [`PinPlatformError`].
    fn login(&self, message: &PinMessage) -> Result<LoginAnswer, PinPlatformError>;

    /// Sends a login's second message: the tries are given back. Tells for how many hours an offline lease may last.
    ///
    /// # Errors
    /// [`PinPlatformError`].
    fn prove(&self, login: &str, finalization: &[u8]) -> Result<u32, PinPlatformError>;

    /// Gives up a registration.
    ///
    /// # Errors
    /// [`PinPlatformError`].
    fn forget(&self, message: &PinMessage) -> Result<(), PinPlatformError>;
}

/// Why a guarded key is not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GuardedError {
    /// Wrong PIN; `left` more tries.
    #[error("wrong PIN, {left} tries left")]
    WrongPin {
        /// Tries left, 0 to 4.
        left: u8,
    },
    /// The platform was not asked, did not answer, or refused.
    #[error(transparent)]
    Platform(PinPlatformError),
    /// The PIN was right, but it is another platform than the one the key was sealed with.
    #[error("another platform answered")]
    OtherPlatform,
    /// Anything else; it has cost no try unless damage was found behind the right PIN.
    #[error(transparent)]
    Vault(VaultError),
}

impl From<VaultError> for GuardedError {
    fn from(error: VaultError) -> Self {
        Self::Vault(error)
    }
}

/// A key that the platform helped to open.
pub struct Opened {
    /// The key.
    pub key: UnlockedKey,
    /// Longest offline lease, in hours; 0: none.
    pub lease_hours: u32,
    pub(super) dek: Key32,
}

/// The vault of scheme `server-pin/1`.
pub struct ServerPinVault<P> {
    secrets: Box<dyn DeviceSecretStore>,
    platform: P,
}

impl<P: PinPlatform> ServerPinVault<P> {
    /// A vault whose second secrets are kept in `secrets`, and whose tries `platform` counts.
    #[must_use]
    pub fn new(secrets: Box<dyn DeviceSecretStore>, platform: P) -> Self {
        Self { secrets, platform }
    }

    /// Seals a key that was just made or brought; registers it with the platform.
    ///
    /// # Errors
    /// [`GuardedError`].
    pub fn enroll(
        &self,
        id: Uuid,
        key: &PrivateKey,
        pin: &Pin,
        rng: &mut dyn CryptoRng,
    ) -> Result<SealedKey, GuardedError> {
        let device = self.secrets.get_or_create(id, rng).map_err(VaultError::from)?;
        let dek: Key32 = Zeroizing::new(random_bytes(rng));
        let part = SealedPart::new(id, key, &dek, rng)?;
        self.registered(id, part, &dek, pin, &device, rng)
    }

    /// Opens a sealed key: the platform counts the try before it answers.
    ///
    /// # Errors
    /// [`GuardedError`].
    pub fn unlock(&self, sealed: &SealedKey, pin: &Pin) -> Result<Opened, GuardedError> {
        let (body, device) = self.checked(sealed)?;
        let (dek, lease_hours) = self.logged_in(sealed.id(), &body, &device, pin)?;
        Ok(Opened {
            key: body.key.open(sealed.id(), &dek)?,
            lease_hours,
            dek,
        })
    }

    /// Seals the same key under another PIN. The former row stays good until [`Self::forget_registration`].
    ///
    /// # Errors
    /// [`GuardedError`].
    pub fn change_pin(
        &self,
        sealed: &SealedKey,
        old: &Pin,
        new: &Pin,
        rng: &mut dyn CryptoRng,
    ) -> Result<SealedKey, GuardedError> {
        let (body, device) = self.checked(sealed)?;
        let (dek, _) = self.logged_in(sealed.id(), &body, &device, old)?;
        self.registered(sealed.id(), body.key, &dek, new, &device, rng)
    }

    /// The platform forgets the registration of a row that is no longer kept.
    ///
    /// # Errors
    /// [`GuardedError`].
    pub fn forget_registration(&self, sealed: &SealedKey) -> Result<(), GuardedError> {
        let (body, device) = self.checked(sealed)?;
        let message = signed(sealed.id(), body.registration()?, PinStep::Forget, Vec::new(), &device)?;
        self.platform.forget(&message).map_err(GuardedError::Platform)
    }

    /// Forgets the second secret: the sealed key can never be opened again.
    ///
    /// # Errors
    /// [`VaultError::DeviceSecretUnavailable`] when its place cannot be reached.
    pub fn forget(&self, id: Uuid) -> Result<(), VaultError> {
        self.secrets.remove(id).map_err(VaultError::from)
    }

    /// Everything that can be found wrong without PIN and platform.
    pub(super) fn checked(&self, sealed: &SealedKey) -> Result<(Body, DeviceSecret), VaultError> {
        let body = Body::read(sealed)?;
        let id = sealed.id();
        let device = self.secrets.get(id).map_err(VaultError::from)?;
        if *device_mark(id, &device)? != *body.device_mark.as_bytes() {
            return Err(VaultError::DeviceSecretMissing);
        }
        body.check_seal(id, &device)?;
        Ok((body, device))
    }

    fn logged_in(&self, id: Uuid, body: &Body, device: &DeviceSecret, pin: &Pin) -> Result<(Key32, u32), GuardedError> {
        let password = password(id, pin, device)?;
        let login = LoggingIn::begin(password.as_slice())?;
        let first = signed(id, body.registration()?, PinStep::Login, login.message.clone(), device)?;
        let answer = self.platform.login(&first).map_err(GuardedError::Platform)?;
        let finished = login
            .finish(id, password.as_slice(), body.costs(), &answer.response)
            .map_err(|_| GuardedError::WrongPin { left: answer.left })?;
        if finished.server_key != body.server_key.as_bytes() {
            return Err(GuardedError::OtherPlatform);
        }
        let proved = self.platform.prove(&answer.login, &finished.message);
        let lease_hours = proved.map_err(GuardedError::Platform)?;
        let kek = key_encryption_key(id, &finished, device)?;
        let dek = decrypt(
            &kek,
            &body.nonce_dek()?,
            body.wrapped_dek.as_bytes(),
            &bound_to(id, b"dek"),
        )?;
        let dek = dek.as_slice().try_into().map_err(|_| VaultError::Corrupt)?;
        Ok((Zeroizing::new(dek), lease_hours))
    }

    fn registered(
        &self,
        id: Uuid,
        key: SealedPart,
        dek: &Key32,
        pin: &Pin,
        device: &DeviceSecret,
        rng: &mut dyn CryptoRng,
    ) -> Result<SealedKey, GuardedError> {
        let registration = Uuid::from_bytes(random_bytes(rng));
        let password = password(id, pin, device)?;
        let registering = Registering::begin(password.as_slice())?;
        let first = signed(id, registration, PinStep::Register, registering.message.clone(), device)?;
        let response = self.platform.register(&first).map_err(GuardedError::Platform)?;
        let finished = registering.finish(id, password.as_slice(), COSTS, &response)?;
        let last = signed(id, registration, PinStep::Keep, finished.message.clone(), device)?;
        self.platform.keep(&last).map_err(GuardedError::Platform)?;
        let kek = key_encryption_key(id, &finished, device)?;
        let nonce: [u8; 12] = random_bytes(rng);
        let wrapped = encrypt(&kek, &nonce, dek.as_slice(), &bound_to(id, b"dek"))?;
        let mut body = Body {
            registration: octets(registration.as_bytes())?,
            server_key: octets(&finished.server_key)?,
            memory_kib: COSTS.0,
            passes: COSTS.1,
            nonce_dek: octets(&nonce)?,
            wrapped_dek: octets(&wrapped)?,
            key,
            device_mark: octets(device_mark(id, device)?.as_slice())?,
            seal: octets(&[])?,
        };
        body.seal = octets(&body.computed_seal(id, device)?)?;
        let body = body.to_der().map_err(|_| VaultError::CannotSeal)?;
        Ok(SealedKey::new(id, SERVER_PIN, body))
    }
}

/// What the scheme keeps inside a [`SealedKey`].
#[derive(Sequence)]
pub(super) struct Body {
    registration: OctetString,
    server_key: OctetString,
    memory_kib: u32,
    passes: u32,
    nonce_dek: OctetString,
    wrapped_dek: OctetString,
    pub(super) key: SealedPart,
    device_mark: OctetString,
    seal: OctetString,
}

impl Body {
    fn read(sealed: &SealedKey) -> Result<Self, VaultError> {
        if sealed.scheme() != SERVER_PIN {
            return Err(VaultError::UnknownScheme);
        }
        let body = Self::from_der(sealed.body()).map_err(|_| VaultError::Corrupt)?;
        let sane = body.memory_kib <= COSTS_LIMIT.0 && body.passes <= COSTS_LIMIT.1;
        if sane { Ok(body) } else { Err(VaultError::Corrupt) }
    }

    fn registration(&self) -> Result<Uuid, VaultError> {
        Uuid::from_slice(self.registration.as_bytes()).map_err(|_| VaultError::Corrupt)
    }

    fn costs(&self) -> (u32, u32) {
        (self.memory_kib, self.passes)
    }

    fn nonce_dek(&self) -> Result<[u8; 12], VaultError> {
        self.nonce_dek.as_bytes().try_into().map_err(|_| VaultError::Corrupt)
    }

    fn computed_seal(&self, id: Uuid, device: &DeviceSecret) -> Result<[u8; 32], VaultError> {
        let message = der_bytes(&[
            &self.registration,
            &self.server_key,
            &self.memory_kib,
            &self.passes,
            &self.nonce_dek,
            &self.wrapped_dek,
            &self.key,
            &self.device_mark,
        ])?;
        row_seal(id, device, b"vault/server-pin/row/1", &message)
    }

    fn check_seal(&self, id: Uuid, device: &DeviceSecret) -> Result<(), VaultError> {
        if self.seal.as_bytes() == self.computed_seal(id, device)? {
            Ok(())
        } else {
            Err(VaultError::Corrupt)
        }
    }
}

/// The PIN never goes alone into OPAQUE: a stolen platform cannot guess it either.
pub(super) fn password(id: Uuid, pin: &Pin, device: &DeviceSecret) -> Result<Key32, VaultError> {
    let input = Zeroizing::new([device.as_bytes().as_slice(), pin.digits().as_slice()].concat());
    derive(&input, id, b"vault/server-pin/password/1")
}

fn key_encryption_key(id: Uuid, finished: &Finished, device: &DeviceSecret) -> Result<Key32, VaultError> {
    let input = Zeroizing::new([finished.export_key.as_slice(), device.as_bytes().as_slice()].concat());
    derive(&input, id, b"vault/server-pin/kek/1")
}

/// The device's own signing key, made anew from the device secret each time: nothing more has to be kept.
fn device_key(id: Uuid, device: &DeviceSecret) -> Result<DeviceKey, VaultError> {
    DeviceKey::derived(id, device, b"vault/server-pin/device-key/1")
}

fn signed(
    vault: Uuid,
    registration: Uuid,
    step: PinStep,
    message: Vec<u8>,
    device: &DeviceSecret,
) -> Result<PinMessage, VaultError> {
    let key = device_key(vault, device)?;
    let mut signed = PinMessage {
        vault,
        registration,
        message,
        device_key: key.public_key(),
        signature: Vec::new(),
    };
    signed.signature = key.signature(&signed.signed_bytes(step))?;
    Ok(signed)
}
