//! The vault as thieves and forgetful people meet it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it counted"
)]

mod tree;

use pki::random::{self, Rng as _};
use pki::vault::{
    DevicePinVault, DeviceSecret, DeviceSecretStore, FileDeviceSecrets, KeyVault, Locked, SealedKey, TRIES, TriesLeft,
    TryCounter, UnlockError, VaultError, change_pin_counted, unlock_counted,
};
use pki::{Pin, Signer};
use std::cell::Cell;
use tree::{Scratch, new_key};
use uuid::Uuid;

const RIGHT: &str = "250917";
const WRONG: &str = "250918";

fn pin(text: &str) -> Pin {
    Pin::parse(text).unwrap()
}

fn id() -> Uuid {
    let mut bytes = [0; 16];
    random::system().fill_bytes(&mut bytes);
    Uuid::from_bytes(bytes)
}

fn vault_in(scratch: &Scratch) -> DevicePinVault {
    DevicePinVault::new(Box::new(FileDeviceSecrets::new(&scratch.path().join("secrets"))))
}

/// A counter as a store keeps it, for one key.
struct Counter(Cell<u8>);

impl TryCounter for Counter {
    type Failure = std::convert::Infallible;

    fn spend(&self, _: Uuid) -> Result<Result<TriesLeft, Locked>, Self::Failure> {
        Ok(match self.0.get().checked_sub(1) {
            None => Err(Locked),
            Some(left) => {
                self.0.set(left);
                Ok(TriesLeft(left))
            }
        })
    }

    fn restore(&self, _: Uuid) -> Result<(), Self::Failure> {
        self.0.set(TRIES);
        Ok(())
    }
}

type Refusal = Option<UnlockError<std::convert::Infallible>>;

#[test]
fn a_key_comes_back_with_its_pin_and_signs_as_before() {
    let scratch = Scratch::new();
    let (vault, key) = (vault_in(&scratch), new_key());
    let sealed = vault.enroll(id(), &key, &pin(RIGHT), &mut random::system()).unwrap();
    let stored = SealedKey::from_bytes(&sealed.to_bytes().unwrap()).unwrap();
    assert_eq!((stored.id(), stored.scheme()), (sealed.id(), "device-pin/1"));
    let opened = vault.unlock(&stored, &pin(RIGHT)).unwrap();
    assert_eq!(opened.spki_der(), key.spki_der());
    assert_eq!(
        opened.sign(b"bid").unwrap(),
        key.sign(b"bid").unwrap(),
        "RFC 6979 signatures repeat"
    );
}

#[test]
fn five_wrong_pins_lock_and_then_the_right_one_is_refused() {
    let scratch = Scratch::new();
    let (vault, counter) = (vault_in(&scratch), Counter(Cell::new(TRIES)));
    let sealed = vault
        .enroll(id(), &new_key(), &pin(RIGHT), &mut random::system())
        .unwrap();
    let attempt = |text: &str| -> Refusal { unlock_counted(&vault, &counter, &sealed, &pin(text)).err() };
    for left in [4, 3, 2, 1, 0] {
        assert_eq!(attempt(WRONG), Some(UnlockError::WrongPin { left }));
    }
    assert_eq!(attempt(WRONG), Some(UnlockError::Locked));
    assert_eq!(attempt(RIGHT), Some(UnlockError::Locked));
}

#[test]
fn the_right_pin_gives_the_tries_back() {
    let scratch = Scratch::new();
    let (vault, counter) = (vault_in(&scratch), Counter(Cell::new(1)));
    let sealed = vault
        .enroll(id(), &new_key(), &pin(RIGHT), &mut random::system())
        .unwrap();
    assert!(unlock_counted(&vault, &counter, &sealed, &pin(RIGHT)).is_ok());
    assert_eq!(counter.0.get(), TRIES);
}

#[test]
fn when_the_counter_cannot_be_kept_no_pin_is_tried() {
    struct Full;
    #[derive(Debug, PartialEq)]
    struct DiskFull;
    impl TryCounter for Full {
        type Failure = DiskFull;

        fn spend(&self, _: Uuid) -> Result<Result<TriesLeft, Locked>, DiskFull> {
            Err(DiskFull)
        }

        fn restore(&self, _: Uuid) -> Result<(), DiskFull> {
            Ok(())
        }
    }
    let scratch = Scratch::new();
    let vault = vault_in(&scratch);
    let sealed = vault
        .enroll(id(), &new_key(), &pin(RIGHT), &mut random::system())
        .unwrap();
    let refusal = unlock_counted(&vault, &Full, &sealed, &pin(RIGHT)).err();
    assert_eq!(refusal, Some(UnlockError::Counter(DiskFull)));
}

#[test]
fn a_changed_pin_opens_and_the_old_one_does_not() {
    let scratch = Scratch::new();
    let (vault, key, counter) = (vault_in(&scratch), new_key(), Counter(Cell::new(TRIES)));
    let mut rng = random::system();
    let sealed = vault.enroll(id(), &key, &pin(RIGHT), &mut rng).unwrap();
    let refused = change_pin_counted(&vault, &counter, &sealed, &pin(WRONG), &pin("860412"), &mut rng);
    assert_eq!(refused.err(), Some(UnlockError::WrongPin { left: 4 }));
    let changed = change_pin_counted(&vault, &counter, &sealed, &pin(RIGHT), &pin("860412"), &mut rng)
        .ok()
        .unwrap();
    assert_eq!(vault.unlock(&changed, &pin(RIGHT)).err(), Some(VaultError::WrongPin));
    assert_eq!(
        vault.unlock(&changed, &pin("860412")).ok().unwrap().spki_der(),
        key.spki_der()
    );
}

#[test]
fn a_row_changed_anywhere_is_corrupt_and_costs_no_try() {
    let scratch = Scratch::new();
    let (vault, counter) = (vault_in(&scratch), Counter(Cell::new(TRIES)));
    let sealed = vault
        .enroll(id(), &new_key(), &pin(RIGHT), &mut random::system())
        .unwrap();
    let bytes = sealed.to_bytes().unwrap();
    for place in 0..bytes.len() {
        let mut tampered = bytes.clone();
        tampered[place] ^= 1;
        let refusal = match SealedKey::from_bytes(&tampered) {
            Err(error) => error,
            Ok(sealed) => match unlock_counted(&vault, &counter, &sealed, &pin(RIGHT)).err() {
                Some(UnlockError::Vault(error)) => error,
                other => panic!("byte {place}: {other:?}"),
            },
        };
        // A changed id, scheme or device mark looks like a key of somewhere else; the rest is damage.
        let honest = [
            VaultError::Corrupt,
            VaultError::DeviceSecretMissing,
            VaultError::UnknownScheme,
        ];
        assert!(honest.contains(&refusal), "byte {place}: {refusal:?}");
    }
    assert_eq!(counter.0.get(), TRIES);
    assert_eq!(
        SealedKey::from_bytes(&bytes[..bytes.len() - 1]).err(),
        Some(VaultError::Corrupt)
    );
    assert_eq!(SealedKey::from_bytes(b"").err(), Some(VaultError::Corrupt));
}

#[test]
fn damage_to_the_sealed_key_is_called_corrupt() {
    let scratch = Scratch::new();
    let vault = vault_in(&scratch);
    let sealed = vault
        .enroll(id(), &new_key(), &pin(RIGHT), &mut random::system())
        .unwrap();
    let mut body = sealed.body().to_vec();
    let middle = body.len() / 2;
    body[middle] ^= 0x40;
    let damaged = SealedKey::new(sealed.id(), sealed.scheme(), body);
    assert_eq!(vault.unlock(&damaged, &pin(RIGHT)).err(), Some(VaultError::Corrupt));
}

#[test]
fn a_stolen_database_without_the_device_opens_with_no_pin_at_all() {
    let (home, thief) = (Scratch::new(), Scratch::new());
    let (vault, counter) = (vault_in(&home), Counter(Cell::new(TRIES)));
    let sealed = vault
        .enroll(id(), &new_key(), &pin(RIGHT), &mut random::system())
        .unwrap();
    let refusal: Refusal = unlock_counted(&vault_in(&thief), &counter, &sealed, &pin(RIGHT)).err();
    assert_eq!(refusal, Some(UnlockError::Vault(VaultError::DeviceSecretMissing)));

    let other = FileDeviceSecrets::new(&thief.path().join("secrets"));
    other
        .put(sealed.id(), &DeviceSecret::generate(&mut random::system()))
        .unwrap();
    let refusal: Refusal = unlock_counted(&vault_in(&thief), &counter, &sealed, &pin(RIGHT)).err();
    assert_eq!(refusal, Some(UnlockError::Vault(VaultError::DeviceSecretMissing)));
    assert_eq!(counter.0.get(), TRIES, "what the PIN cannot decide costs no try");
}

#[test]
fn a_forgotten_key_stays_closed() {
    let scratch = Scratch::new();
    let vault = vault_in(&scratch);
    let sealed = vault
        .enroll(id(), &new_key(), &pin(RIGHT), &mut random::system())
        .unwrap();
    vault.forget(sealed.id()).unwrap();
    vault.forget(sealed.id()).unwrap();
    assert_eq!(
        vault.unlock(&sealed, &pin(RIGHT)).err(),
        Some(VaultError::DeviceSecretMissing)
    );
}

#[cfg(unix)]
#[test]
fn the_secret_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new();
    let sealed = vault_in(&scratch)
        .enroll(id(), &new_key(), &pin(RIGHT), &mut random::system())
        .unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = scratch.path().join("secrets");
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(&folder.join(format!("{}.secret", sealed.id()))), 0o600);
}

#[test]
fn another_scheme_is_refused_by_name() {
    let scratch = Scratch::new();
    let foreign = SealedKey::new(id(), "server-opaque/1", vec![1, 2, 3]);
    assert_eq!(
        vault_in(&scratch).check(&foreign).err(),
        Some(VaultError::UnknownScheme)
    );
}
