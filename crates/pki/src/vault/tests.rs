//! What thieves find: all of the 10^6 PINs against a stolen database of the device, and of the platform with its secrets.
//!
//! What a PIN can be tested by is computed as the thief would have to, with all that was stolen; what Argon2 costs is
//! left out or lowered, which only helps the thief. That the test would notice is shown by a thief who has everything.

use super::opaque::{LoggingIn, PinServer, Registering};
use super::server_pin::password;
use super::wrapping::{Key32, bound_to, decrypt, encrypt, stretched};
use super::{
    DeviceSecret, DeviceSecretError, DeviceSecretStore, GuardedError, LoginAnswer, PinMessage, PinPlatform,
    PinPlatformError, SealedKey, ServerPinVault, VaultError, device_pin,
};
use crate::key::PrivateKey;
use crate::random;
use crate::secret::Pin;
use std::collections::HashMap;
use std::sync::Mutex;
use uuid::Uuid;

const RIGHT: &str = "250917";
/// The least that Argon2 takes.
const CHEAP: (u32, u32) = (8, 1);

fn every_pin() -> impl Iterator<Item = Pin> {
    (0..1_000_000_u32).map(|number| pin(&format!("{number:06}")))
}

fn pin(text: &str) -> Pin {
    Pin::parse(text).unwrap()
}

fn secret(byte: u8) -> DeviceSecret {
    DeviceSecret::from_slice(&[byte; 32]).unwrap()
}

/// A row of a device that decides alone (an offline lease, or `device-pin/1`), and how a PIN is stretched for it.
struct StolenRow {
    wrapped: Vec<u8>,
    stretch: fn(&Pin) -> Key32,
}

const ROW: Uuid = Uuid::from_u128(7);
const NONCE: [u8; 12] = [9; 12];

impl StolenRow {
    /// Sealed by the owner, whose device secret is `secret(1)`.
    fn of_the_owner(stretch: fn(&Pin) -> Key32) -> Self {
        let kek = device_pin::mixed(ROW, &stretch(&pin(RIGHT)), &secret(1)).unwrap();
        let wrapped = encrypt(&kek, &NONCE, &[3; 32], &bound_to(ROW, b"dek")).unwrap();
        Self { wrapped, stretch }
    }

    /// The PINs that open it with this device secret.
    fn opened_with(&self, device: &DeviceSecret, guesses: impl Iterator<Item = Pin>) -> Vec<Vec<u8>> {
        let opens = |guess: &Pin| {
            let kek = device_pin::mixed(ROW, &(self.stretch)(guess), device).unwrap();
            decrypt(&kek, &NONCE, &self.wrapped, &bound_to(ROW, b"dek")).is_ok()
        };
        guesses.filter(opens).map(|guess| guess.digits().to_vec()).collect()
    }
}

/// As if Argon2 cost nothing at all.
fn unstretched(pin: &Pin) -> Key32 {
    let mut key = Key32::default();
    key.iter_mut()
        .zip(pin.digits())
        .for_each(|(place, digit)| *place = *digit);
    key
}

fn cheaply_stretched(pin: &Pin) -> Key32 {
    stretched(pin.digits(), &[7; 16], CHEAP).unwrap()
}

#[test]
fn no_pin_opens_the_row_of_a_stolen_device_database() {
    let row = StolenRow::of_the_owner(unstretched);
    // The secret of the key store is missing: whatever the thief puts in its place, no PIN fits.
    assert!(row.opened_with(&secret(0), every_pin()).is_empty());
    // Who has the key store as well finds the one PIN: there the platform's counter is what stops him.
    let near = || every_pin().skip(250_000).take(2_000);
    assert_eq!(row.opened_with(&secret(1), near()), [RIGHT.as_bytes().to_vec()]);
    let row = StolenRow::of_the_owner(cheaply_stretched);
    assert!(row.opened_with(&secret(0), near()).is_empty());
    assert_eq!(row.opened_with(&secret(1), near()), [RIGHT.as_bytes().to_vec()]);
}

/// The platform's half as a thief has it who stole its database and its secrets: nobody counts.
struct StolenPlatform {
    server: PinServer,
    record: Vec<u8>,
    vault: Uuid,
    registration: Uuid,
}

impl StolenPlatform {
    /// Registered by the owner, whose device secret is `secret(1)`.
    fn of_the_owner() -> Self {
        let (server, vault, registration) = (PinServer::generate(), Uuid::from_u128(7), Uuid::from_u128(8));
        let owner = password(vault, &pin(RIGHT), &secret(1)).unwrap();
        let begun = Registering::begin(owner.as_slice()).unwrap();
        let answer = server.begin_registration(registration, &begun.message).unwrap();
        let finished = begun.finish(vault, owner.as_slice(), CHEAP, &answer).unwrap();
        Self {
            record: PinServer::finish_registration(&finished.message).unwrap(),
            server,
            vault,
            registration,
        }
    }

    /// The whole protocol with a guess, both halves played by the thief.
    fn opens_for(&self, guess: &Key32) -> bool {
        let login = LoggingIn::begin(guess.as_slice()).unwrap();
        let started = self
            .server
            .begin_login(self.vault, self.registration, Some(&self.record), &login.message)
            .unwrap();
        login
            .finish(self.vault, guess.as_slice(), CHEAP, &started.response)
            .is_ok()
    }
}

#[test]
fn no_pin_fits_the_record_of_a_stolen_platform() {
    let stolen = StolenPlatform::of_the_owner();
    let owner = password(stolen.vault, &pin(RIGHT), &secret(1)).unwrap();
    assert!(stolen.opens_for(&owner), "the owner's own guess opens");
    // A PIN enters the protocol through this value only, and none of the 10^6 leads to the owner's.
    for guess in every_pin() {
        assert!(*password(stolen.vault, &guess, &secret(0)).unwrap() != *owner);
    }
    // The whole protocol, for the right PIN and every 5,000th other.
    let tried = every_pin().step_by(5_000).chain([pin(RIGHT)]);
    for guess in tried {
        let guess = password(stolen.vault, &guess, &secret(0)).unwrap();
        assert!(!stolen.opens_for(&guess));
    }
}

/// Device secrets of the thief's machine.
#[derive(Default)]
struct Thief(Mutex<HashMap<Uuid, [u8; 32]>>);

impl DeviceSecretStore for Thief {
    fn get(&self, id: Uuid) -> Result<DeviceSecret, DeviceSecretError> {
        let kept = self.0.lock().unwrap();
        let bytes = kept.get(&id).ok_or(DeviceSecretError::Missing)?;
        Ok(DeviceSecret::from_slice(bytes).unwrap())
    }

    fn put(&self, id: Uuid, secret: &DeviceSecret) -> Result<(), DeviceSecretError> {
        self.0.lock().unwrap().insert(id, *secret.as_bytes());
        Ok(())
    }

    fn remove(&self, id: Uuid) -> Result<(), DeviceSecretError> {
        self.0.lock().unwrap().remove(&id);
        Ok(())
    }
}

/// Registers and is never asked for a login.
struct Unasked(PinServer);

impl PinPlatform for Unasked {
    fn register(&self, message: &PinMessage) -> Result<Vec<u8>, PinPlatformError> {
        let answer = self.0.begin_registration(message.registration, &message.message);
        answer.ok_or(PinPlatformError::Refused)
    }

    fn keep(&self, _: &PinMessage) -> Result<(), PinPlatformError> {
        Ok(())
    }

    fn login(&self, _: &PinMessage) -> Result<LoginAnswer, PinPlatformError> {
        unreachable!("without the device secret nothing can be asked")
    }

    fn prove(&self, _: &str, _: &[u8]) -> Result<u32, PinPlatformError> {
        unreachable!("without a login there is nothing to prove")
    }

    fn forget(&self, _: &PinMessage) -> Result<(), PinPlatformError> {
        Ok(())
    }
}

#[test]
fn a_stolen_row_never_gets_so_far_as_to_try_a_pin() {
    let owner = ServerPinVault::new(Box::new(Thief::default()), Unasked(PinServer::generate()));
    let key = PrivateKey::generate(&mut random::system()).unwrap();
    let (id, mut rng) = (Uuid::from_u128(7), random::system());
    let row: SealedKey = owner.enroll(id, &key, &pin(RIGHT), &mut rng).unwrap();
    let missing = GuardedError::Vault(VaultError::DeviceSecretMissing);
    let elsewhere = ServerPinVault::new(Box::new(Thief::default()), Unasked(PinServer::generate()));
    let machine = Thief::default();
    machine.put(id, &secret(0)).unwrap();
    let made_up = ServerPinVault::new(Box::new(machine), Unasked(PinServer::generate()));
    for guess in every_pin().step_by(100).chain([pin(RIGHT)]) {
        assert_eq!(elsewhere.unlock(&row, &guess).err(), Some(missing));
        assert_eq!(made_up.unlock(&row, &guess).err(), Some(missing));
    }
}
