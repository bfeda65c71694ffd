//! Opening keys: with the platform, which counts the tries; without it for as long as a lease lasts; or, for keys sealed
//! before, by this device alone.
use crate::application::Inner;
use crate::failure::{Failure, internal, refuse, refuse_with};
use crate::import::Tries;
use crate::pin_platform::PlatformPins;
use crate::view::FailureCode;
use pki::Pin;
use pki::key::PrivateKey;
use pki::vault::{
    DeviceKey, DevicePinVault, DeviceSecretStore, GuardedError, KeyVault, LEASE_MEMORY_KIB, LEASE_SLACK, LeaseError,
    Opened, PinPlatformError, SERVER_PIN, SealedKey, ServerPinVault, UnlockedKey, VaultError, change_pin_counted,
    lease_hours, unlock_counted,
};
use platform::client::PlatformClient;
use std::sync::Arc;
use store::KeyRow;
use time::Duration;
use uuid::Uuid;

/// The vaults of this device, over the same device secrets.
pub(crate) struct Vaults {
    device: DevicePinVault,
    guarded: ServerPinVault<PlatformPins>,
    secrets: Arc<dyn DeviceSecretStore>,
}

/// Names the secret behind the device's key for sessions; keys of certificates have ids of their own.
const SESSIONS: Uuid = Uuid::from_u128(0x6761_6e6a_6961_6e67_8000_0000_7365_7373);

impl Vaults {
    pub(crate) fn new(secrets: Arc<dyn DeviceSecretStore>, client: PlatformClient) -> Self {
        Self {
            device: DevicePinVault::new(Box::new(Arc::clone(&secrets))),
            guarded: ServerPinVault::new(Box::new(Arc::clone(&secrets)), PlatformPins(client)),
            secrets,
        }
    }

    /// Seals a new key with the platform; when it is away by this device alone, until the key is first opened with it.
    pub(crate) fn enroll(&self, id: Uuid, key: &PrivateKey, pin: &Pin) -> Result<SealedKey, Failure> {
        let mut rng = pki::random::system();
        match self.guarded.enroll(id, key, pin, &mut rng) {
            Ok(sealed) => Ok(sealed),
            Err(GuardedError::Platform(PinPlatformError::Away)) => Ok(self.device.enroll(id, key, pin, &mut rng)?),
            Err(error) => Err(guarded_failure(error)),
        }
    }

    /// The device's key for sessions, made with the first sign-in. May wait for the system's key store.
    pub(crate) fn session_key(&self) -> Option<DeviceKey> {
        let secret = self.secrets.get_or_create(SESSIONS, &mut pki::random::system());
        secret
            .ok()
            .and_then(|secret| DeviceKey::for_sessions(SESSIONS, &secret).ok())
    }

    /// The sealed key can never be opened again.
    pub(crate) fn forget(&self, id: Uuid) -> Result<(), Failure> {
        Ok(self.device.forget(id)?)
    }
}

impl Inner {
    /// Opens a key. Every try is counted before it is known whether the PIN is right.
    pub(crate) fn unlock(&self, key: &KeyRow, pin: &Pin) -> Result<UnlockedKey, Failure> {
        let sealed = sealed(key)?;
        if sealed.scheme() != SERVER_PIN {
            let tries = Tries(&self.store);
            let unlocked = unlock_counted(&self.vault.device, &tries, &sealed, pin)?;
            self.guard_from_now_on(key.id, &unlocked, pin);
            return Ok(unlocked);
        }
        match self.vault.guarded.unlock(&sealed, pin) {
            Ok(opened) => {
                self.store.note_tries(key.id, store::TRIES)?;
                self.renew_lease(&sealed, &opened, pin);
                Ok(opened.key)
            }
            Err(GuardedError::Platform(PinPlatformError::Away)) => self.unlock_by_lease(&sealed, pin),
            Err(error) => Err(self.noted(key.id, error)),
        }
    }

    /// Whoever just chose a PIN with the platform there may use it offline from the beginning. Best effort.
    pub(crate) fn leave_lease(&self, key: &KeyRow, pin: &Pin) {
        if let Err(failure) = self.unlock(key, pin) {
            tracing::info!(%failure, "no offline lease yet");
        }
    }

    /// A key sealed by this device alone comes under the platform's count once both are there. Best effort.
    fn guard_from_now_on(&self, id: Uuid, unlocked: &UnlockedKey, pin: &Pin) {
        let mut rng = pki::random::system();
        let guarded = self.vault.guarded.enroll(id, unlocked.private_key(), pin, &mut rng);
        let kept = guarded
            .map_err(guarded_failure)
            .and_then(|sealed| Ok(self.store.replace_sealed(id, &sealed.to_bytes()?)?));
        if let Err(failure) = kept {
            tracing::info!(%failure, "the key stays sealed by this device alone");
        }
    }

    /// The same key under another PIN, in one write; leases under the former PIN end with it.
    pub(crate) fn seal_anew(&self, key: &KeyRow, old: &Pin, new: &Pin) -> Result<(), Failure> {
        let sealed = sealed(key)?;
        let mut rng = pki::random::system();
        if sealed.scheme() != SERVER_PIN {
            let tries = Tries(&self.store);
            let sealed = change_pin_counted(&self.vault.device, &tries, &sealed, old, new, &mut rng)?;
            return Ok(self.store.replace_sealed(key.id, &sealed.to_bytes()?)?);
        }
        let changed = self.vault.guarded.change_pin(&sealed, old, new, &mut rng);
        let changed = changed.map_err(|error| self.noted(key.id, error))?;
        self.store.replace_sealed(key.id, &changed.to_bytes()?)?;
        self.store.note_tries(key.id, store::TRIES)?;
        if let Err(error) = self.vault.guarded.forget_registration(&sealed) {
            tracing::info!(%error, "a former registration stays with the platform; its row is gone here");
        }
        Ok(())
    }

    /// What the platform said about the tries is shown; what it no longer allows ends here too.
    fn noted(&self, id: Uuid, error: GuardedError) -> Failure {
        let left = match error {
            GuardedError::WrongPin { left } => Some(left),
            GuardedError::Platform(PinPlatformError::Locked) => Some(0),
            GuardedError::Platform(_) | GuardedError::OtherPlatform | GuardedError::Vault(_) => None,
        };
        let ends_lease = left == Some(0) || error == GuardedError::Platform(PinPlatformError::Refused);
        let noted = left.map_or(Ok(()), |left| self.store.note_tries(id, left));
        let ended = if ends_lease { self.store.end_lease(id) } else { Ok(()) };
        match noted.and(ended) {
            Ok(()) => guarded_failure(error),
            Err(problem) => problem.into(),
        }
    }

    /// A lease is made anew when half of its time is over; making one takes as long as using one. Best effort.
    fn renew_lease(&self, sealed: &SealedKey, opened: &Opened, pin: &Pin) {
        if let Err(failure) = self.renewed_lease(sealed, opened, pin) {
            tracing::info!(%failure, "no offline lease");
        }
    }

    fn renewed_lease(&self, sealed: &SealedKey, opened: &Opened, pin: &Pin) -> Result<(), Failure> {
        if opened.lease_hours == 0 {
            return Ok(self.store.end_lease(sealed.id())?);
        }
        let now = self.now();
        let kept = self.store.lease(sealed.id())?;
        let is_fresh = kept.is_some_and(|lease| {
            let half = Duration::hours(i64::from(opened.lease_hours)) / 2;
            lease.tries_left == store::TRIES
                && lease_hours(&lease.body).is_some_and(|(from, until)| {
                    now >= from && until - now > half && until - from == half * 2 + LEASE_SLACK
                })
        });
        if is_fresh {
            return Ok(self.store.note_lease_time(sealed.id(), now)?);
        }
        let mut rng = pki::random::system();
        let memory = self.options.lease_memory_kib;
        let body = self.vault.guarded.lease(sealed, opened, pin, memory, now, &mut rng)?;
        Ok(self.store.keep_lease(sealed.id(), &body, now)?)
    }

    fn unlock_by_lease(&self, sealed: &SealedKey, pin: &Pin) -> Result<UnlockedKey, Failure> {
        let id = sealed.id();
        let now = self.now();
        let lease = self.store.lease(id)?.ok_or_else(|| needs_platform("no_lease"))?;
        if now + LEASE_SLACK < lease.seen_at {
            return Err(needs_platform("clock"));
        }
        match self.vault.guarded.check_lease(sealed, &lease.body, now) {
            Ok(()) => {}
            Err(LeaseError::Over) => {
                // Setting the clock back must not bring it back.
                self.store.end_lease(id)?;
                return Err(needs_platform("over"));
            }
            Err(LeaseError::Vault(error)) => return Err(error.into()),
        }
        let Some(left) = self.store.spend_lease_try(id, now)? else {
            return Err(needs_platform("tries"));
        };
        match self.vault.guarded.unlock_by_lease(sealed, &lease.body, pin, now) {
            Ok(key) => {
                self.store.restore_lease_tries(id)?;
                Ok(key)
            }
            Err(LeaseError::Vault(VaultError::WrongPin)) if left > 0 => {
                Err(refuse_with(FailureCode::PinWrong, &[("left", left.to_string())]))
            }
            Err(LeaseError::Vault(VaultError::WrongPin)) => Err(needs_platform("tries")),
            Err(LeaseError::Over) => Err(needs_platform("over")),
            Err(LeaseError::Vault(error)) => Err(error.into()),
        }
    }
}

/// The sealed form of a key that is on this device.
fn sealed(key: &KeyRow) -> Result<SealedKey, Failure> {
    match &key.token {
        Some(_) => Err(refuse(FailureCode::KeyOnToken)),
        None => Ok(SealedKey::from_bytes(&key.sealed)?),
    }
}

fn needs_platform(why: &str) -> Failure {
    refuse_with(FailureCode::PinNeedsPlatform, &[("why", why.to_owned())])
}

fn guarded_failure(error: GuardedError) -> Failure {
    match error {
        // The fifth wrong try has locked the key: say so at once.
        GuardedError::WrongPin { left: 0 } | GuardedError::Platform(PinPlatformError::Locked) => {
            refuse(FailureCode::PinLocked)
        }
        GuardedError::WrongPin { left } => refuse_with(FailureCode::PinWrong, &[("left", left.to_string())]),
        GuardedError::Platform(PinPlatformError::Away) => needs_platform("no_lease"),
        GuardedError::Platform(PinPlatformError::Refused) | GuardedError::OtherPlatform => {
            refuse(FailureCode::PinNotAccepted)
        }
        GuardedError::Vault(VaultError::CannotSeal) => internal("sealing a key", &error),
        GuardedError::Vault(error) => error.into(),
    }
}

/// What a lease costs where the machine has the memory; a quarter of it where less than a gibibyte is free.
pub(crate) fn usual_lease_memory() -> u32 {
    const SCARCE_KIB: u64 = 1024 * 1024;
    match free_memory_kib() {
        Some(free) if free < SCARCE_KIB => LEASE_MEMORY_KIB / 4,
        _ => LEASE_MEMORY_KIB,
    }
}

/// Linux tells; Windows 10 and macOS have no machines that small.
fn free_memory_kib() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("MemAvailable:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
