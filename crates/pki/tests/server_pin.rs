//! The guarded vault with the platform's real half in process: what each thief finds, what a PIN costs, what a lease does.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use pki::key::PrivateKey;
use pki::vault::{
    DeviceSecret, DeviceSecretError, DeviceSecretStore, GuardedError, LeaseError, LoginAnswer, PinMessage, PinPlatform,
    PinPlatformError, PinServer, PinStep, SERVER_PIN, SealedKey, ServerPinVault, TRIES, VaultError,
};
use pki::{Pin, Signer, random};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use time::Duration;
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

const NOW: OffsetDateTime = datetime!(2026-11-22 09:00:00 UTC);

fn pin(text: &str) -> Pin {
    Pin::parse(text).unwrap()
}

/// Device secrets of one machine.
#[derive(Default, Clone)]
struct Machine(Arc<Mutex<HashMap<Uuid, [u8; 32]>>>);

impl DeviceSecretStore for Machine {
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

/// The platform's half without HTTP and database: the real protocol, the tries in memory.
#[derive(Clone)]
struct Platform(Arc<Mutex<Inner>>);

struct Inner {
    server: PinServer,
    away: bool,
    left: u8,
    evaluated: u32,
    device: Vec<u8>,
    records: HashMap<Uuid, Vec<u8>>,
    logins: HashMap<String, (Uuid, Vec<u8>)>,
    last: Option<PinMessage>,
}

impl Platform {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(Inner {
            server: PinServer::generate(),
            away: false,
            left: TRIES,
            evaluated: 0,
            device: Vec::new(),
            records: HashMap::new(),
            logins: HashMap::new(),
            last: None,
        })))
    }

    fn with<T>(&self, work: impl FnOnce(&mut Inner) -> T) -> T {
        work(&mut self.0.lock().unwrap())
    }

    fn reached(&self) -> Result<(), PinPlatformError> {
        if self.with(|inner| inner.away) {
            Err(PinPlatformError::Away)
        } else {
            Ok(())
        }
    }
}

impl PinPlatform for Platform {
    fn register(&self, message: &PinMessage) -> Result<Vec<u8>, PinPlatformError> {
        self.reached()?;
        assert!(message.is_signed(PinStep::Register, &message.device_key));
        assert!(
            !message.is_signed(PinStep::Login, &message.device_key),
            "good for one step only"
        );
        self.with(|inner| {
            inner.device.clone_from(&message.device_key);
            let response = inner.server.begin_registration(message.registration, &message.message);
            Ok(response.unwrap())
        })
    }

    fn keep(&self, message: &PinMessage) -> Result<(), PinPlatformError> {
        let record = PinServer::finish_registration(&message.message).unwrap();
        self.with(|inner| inner.records.insert(message.registration, record));
        Ok(())
    }

    fn login(&self, message: &PinMessage) -> Result<LoginAnswer, PinPlatformError> {
        self.reached()?;
        self.with(|inner| {
            assert!(message.is_signed(PinStep::Login, &inner.device));
            inner.last = Some(message.clone());
            inner.left = inner.left.checked_sub(1).ok_or(PinPlatformError::Locked)?;
            inner.evaluated += 1;
            let record = inner
                .records
                .get(&message.registration)
                .ok_or(PinPlatformError::Refused)?;
            let vault = message.vault;
            let started = inner
                .server
                .begin_login(vault, message.registration, Some(record), &message.message);
            let started = started.unwrap();
            let login = inner.logins.len().to_string();
            inner.logins.insert(login.clone(), (vault, started.state.to_vec()));
            Ok(LoginAnswer {
                login,
                response: started.response,
                left: inner.left,
            })
        })
    }

    fn prove(&self, login: &str, finalization: &[u8]) -> Result<u32, PinPlatformError> {
        self.with(|inner| {
            let (vault, state) = inner.logins.remove(login).unwrap();
            if !inner.server.finish_login(vault, Some(&state), finalization) {
                return Err(PinPlatformError::Refused);
            }
            inner.left = TRIES;
            Ok(72)
        })
    }

    fn forget(&self, message: &PinMessage) -> Result<(), PinPlatformError> {
        assert!(message.is_signed(PinStep::Forget, &message.device_key));
        self.with(|inner| inner.records.remove(&message.registration));
        Ok(())
    }
}

struct Sealed {
    machine: Machine,
    platform: Platform,
    vault: ServerPinVault<Platform>,
    sealed: SealedKey,
    spki: Vec<u8>,
}

fn vault(machine: &Machine, platform: &Platform) -> ServerPinVault<Platform> {
    ServerPinVault::new(Box::new(machine.clone()), platform.clone())
}

fn sealed() -> Sealed {
    let (machine, platform) = (Machine::default(), Platform::new());
    let vault = vault(&machine, &platform);
    let key = PrivateKey::generate(&mut random::system()).unwrap();
    let sealed = vault
        .enroll(Uuid::new_v4(), &key, &pin("250917"), &mut random::system())
        .unwrap();
    let kept = SealedKey::from_bytes(&sealed.to_bytes().unwrap()).unwrap();
    assert_eq!(kept.scheme(), SERVER_PIN);
    Sealed {
        spki: key.spki_der().to_vec(),
        sealed: kept,
        machine,
        platform,
        vault,
    }
}

#[test]
fn the_right_pin_opens_five_wrong_ones_lock_and_a_proof_gives_the_tries_back() {
    let world = sealed();
    let open = |text: &str| world.vault.unlock(&world.sealed, &pin(text)).map(|opened| opened.key);
    assert_eq!(open("250917").unwrap().spki_der(), world.spki);
    assert_eq!(open("250918").err(), Some(GuardedError::WrongPin { left: 4 }));
    assert_eq!(open("250919").err(), Some(GuardedError::WrongPin { left: 3 }));
    assert!(open("250917").is_ok());
    for left in (0..TRIES).rev() {
        assert_eq!(open("111223").err(), Some(GuardedError::WrongPin { left }));
    }
    assert_eq!(
        open("250917").err(),
        Some(GuardedError::Platform(PinPlatformError::Locked))
    );
}

#[test]
fn no_thief_of_one_place_can_try_a_pin() {
    let world = sealed();
    // The database alone: without the device secret nothing is even sent.
    let elsewhere = vault(&Machine::default(), &world.platform);
    let before = world.platform.with(|inner| inner.evaluated);
    let stolen = elsewhere.unlock(&world.sealed, &pin("250917")).err();
    assert_eq!(stolen, Some(GuardedError::Vault(VaultError::DeviceSecretMissing)));
    // Database and another machine's secret.
    let other = Machine::default();
    other
        .put(world.sealed.id(), &DeviceSecret::generate(&mut random::system()))
        .unwrap();
    let stolen = vault(&other, &world.platform)
        .unlock(&world.sealed, &pin("250917"))
        .err();
    assert_eq!(stolen, Some(GuardedError::Vault(VaultError::DeviceSecretMissing)));
    assert_eq!(world.platform.with(|inner| inner.evaluated), before);
    // The whole machine, with a platform of the thief's own: the right PIN and a wrong one look alike.
    let own = Platform::new();
    let record = world.platform.with(|inner| inner.records.clone());
    own.with(|inner| {
        inner.records = record;
        inner.device = world.platform.with(|honest| honest.device.clone());
    });
    let thief = vault(&world.machine, &own);
    assert_eq!(
        thief.unlock(&world.sealed, &pin("250917")).err(),
        Some(GuardedError::WrongPin { left: 4 })
    );
    assert_eq!(
        thief.unlock(&world.sealed, &pin("250918")).err(),
        Some(GuardedError::WrongPin { left: 3 })
    );
}

/// Every bit of a sealed row counts; damage costs no try.
#[test]
fn a_changed_row_is_damaged_not_wrong() {
    let world = sealed();
    let bytes = world.sealed.to_bytes().unwrap();
    let before = world.platform.with(|inner| inner.evaluated);
    for position in (0..bytes.len()).step_by(7) {
        let mut changed = bytes.clone();
        changed[position] ^= 0x20;
        let Ok(row) = SealedKey::from_bytes(&changed) else {
            continue;
        };
        let refused = world.vault.unlock(&row, &pin("250917")).err().unwrap();
        assert!(
            matches!(refused, GuardedError::Vault(_)),
            "byte {position}: {refused:?}"
        );
    }
    assert_eq!(world.platform.with(|inner| inner.evaluated), before);
}

#[test]
fn a_new_pin_wraps_anew_and_the_former_row_ends_with_its_registration() {
    let world = sealed();
    let mut rng = random::system();
    let changed = world
        .vault
        .change_pin(&world.sealed, &pin("250917"), &pin("739182"), &mut rng)
        .unwrap();
    // Killed before the new row was kept: the former one still opens.
    assert!(world.vault.unlock(&world.sealed, &pin("250917")).is_ok());
    let opened = world.vault.unlock(&changed, &pin("739182")).unwrap();
    assert_eq!(opened.key.spki_der(), world.spki);
    assert_eq!(
        world.vault.unlock(&changed, &pin("250917")).err(),
        Some(GuardedError::WrongPin { left: 4 })
    );
    world.vault.forget_registration(&world.sealed).unwrap();
    let former = world.vault.unlock(&world.sealed, &pin("250917")).err();
    assert_eq!(former, Some(GuardedError::Platform(PinPlatformError::Refused)));
}

#[test]
fn nobody_else_can_use_up_the_tries() {
    let world = sealed();
    world.vault.unlock(&world.sealed, &pin("250917")).unwrap();
    let honest = world.platform.with(|inner| inner.last.clone()).unwrap();
    let device = honest.device_key.clone();
    assert!(honest.is_signed(PinStep::Login, &device));
    let mut other = honest.clone();
    other.message[0] ^= 1;
    assert!(!other.is_signed(PinStep::Login, &device));
    let mut other = honest.clone();
    other.registration = Uuid::new_v4();
    assert!(!other.is_signed(PinStep::Login, &device));
    assert!(!honest.is_signed(PinStep::Keep, &device) && !honest.is_signed(PinStep::Login, &[4; 65]));
}

#[test]
fn a_lease_opens_without_the_platform_for_its_hours_only() {
    let world = sealed();
    let opened = world.vault.unlock(&world.sealed, &pin("250917")).unwrap();
    let mut rng = random::system();
    let lease = |now| {
        world.vault.lease(
            &world.sealed,
            &opened,
            &pin("250917"),
            8 * 1024,
            now,
            &mut random::system(),
        )
    };
    let kept = lease(NOW).unwrap();
    world.platform.with(|inner| inner.away = true);
    assert_eq!(
        world.vault.unlock(&world.sealed, &pin("250917")).err(),
        Some(GuardedError::Platform(PinPlatformError::Away))
    );
    let open = |text: &str, at| {
        let opened = world.vault.unlock_by_lease(&world.sealed, &kept, &pin(text), at);
        opened.map(|key| key.spki_der().to_vec())
    };
    assert_eq!(open("250917", NOW).unwrap(), world.spki);
    assert_eq!(open("250917", NOW + Duration::hours(71)).unwrap(), world.spki);
    assert_eq!(open("250918", NOW).err(), Some(LeaseError::Vault(VaultError::WrongPin)));
    assert_eq!(open("250917", NOW + Duration::hours(72)).err(), Some(LeaseError::Over));
    assert_eq!(open("250917", NOW - Duration::minutes(6)).err(), Some(LeaseError::Over));
    for position in (0..kept.len()).step_by(5) {
        let mut changed = kept.clone();
        changed[position] ^= 0x10;
        let checked = world.vault.check_lease(&world.sealed, &changed, NOW);
        assert_eq!(checked, Err(LeaseError::Vault(VaultError::Corrupt)), "byte {position}");
    }
    // Neither the database alone nor the lease of another key helps.
    let elsewhere = vault(&Machine::default(), &world.platform);
    let stolen = elsewhere
        .unlock_by_lease(&world.sealed, &kept, &pin("250917"), NOW)
        .err();
    assert_eq!(stolen, Some(LeaseError::Vault(VaultError::DeviceSecretMissing)));
    let _ = &mut rng;
}
