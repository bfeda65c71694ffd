//! The offline lease: after a successful unlock the same PIN opens the key for some hours without the platform.
//!
//! ```text
//! KEK   = HKDF-SHA256(Argon2id(PIN, salt, 256 MiB, t=3) ‖ device secret, salt = id, info = "vault/lease/kek/1")
//! lease = from, until, salt, Argon2 costs, AES-256-GCM(KEK, DEK, aad = id‖"lease"‖from‖until), HMAC over all of it
//! ```
//! Weaker than asking the platform, on purpose and for a limited time: whoever holds both the database and the device
//! secret can try PINs without anybody counting. Neither alone is of any use.

use super::device_secret::DeviceSecret;
use super::server_pin::{Opened, PinPlatform, ServerPinVault};
use super::wrapping::{Key32, decrypt, der_bytes, derive, encrypt, octets, random_bytes, row_seal, stretched};
use super::{SealedKey, UnlockedKey, VaultError};
use crate::random::CryptoRng;
use crate::secret::Pin;
use der::asn1::OctetString;
use der::{Decode, Encode, Sequence};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use zeroize::Zeroizing;

/// What a machine with enough memory pays for each try: three quarters of a second on one core.
pub const LEASE_MEMORY_KIB: u32 = 256 * 1024;
const PASSES: u32 = 3;
/// A lease begins this long before it is made: a clock that is set right by a little does not end it.
pub const LEASE_SLACK: Duration = Duration::minutes(5);
const MEMORY_KIB_LIMIT: u32 = 1024 * 1024;

/// Why a lease opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LeaseError {
    /// Its hours are over, or have not begun by this clock.
    #[error("the offline lease is over")]
    Over,
    /// Anything else, [`VaultError::WrongPin`] among them.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// Seconds since 1970 from when to when.
type Hours = (i64, i64);

#[derive(Sequence)]
struct Lease {
    from: i64,
    until: i64,
    salt: OctetString,
    memory_kib: u32,
    passes: u32,
    nonce: OctetString,
    wrapped_dek: OctetString,
    seal: OctetString,
}

impl<P: PinPlatform> ServerPinVault<P> {
    /// Makes a lease for a key that was just opened with this PIN.
    ///
    /// # Errors
    /// [`VaultError`].
    pub fn lease(
        &self,
        sealed: &SealedKey,
        opened: &Opened,
        pin: &Pin,
        memory_kib: u32,
        now: OffsetDateTime,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, VaultError> {
        let (_, device) = self.checked(sealed)?;
        let id = sealed.id();
        let from = (now - LEASE_SLACK).unix_timestamp();
        let until = now
            .unix_timestamp()
            .saturating_add(i64::from(opened.lease_hours) * 3600);
        let hours = (from, until);
        let salt: [u8; 16] = random_bytes(rng);
        let nonce: [u8; 12] = random_bytes(rng);
        let kek = key_encryption_key(id, pin, &salt, (memory_kib, PASSES), &device)?;
        let wrapped = encrypt(&kek, &nonce, opened.dek.as_slice(), &bound_to_hours(id, hours))?;
        let mut lease = Lease {
            from: hours.0,
            until: hours.1,
            salt: octets(&salt)?,
            memory_kib,
            passes: PASSES,
            nonce: octets(&nonce)?,
            wrapped_dek: octets(&wrapped)?,
            seal: octets(&[])?,
        };
        lease.seal = octets(&lease.computed_seal(id, &device)?)?;
        lease.to_der().map_err(|_| VaultError::CannotSeal)
    }

    /// Everything that can be found wrong with a lease without the PIN, so that it costs no try.
    ///
    /// # Errors
    /// [`LeaseError`], except a wrong PIN.
    pub fn check_lease(&self, sealed: &SealedKey, lease: &[u8], now: OffsetDateTime) -> Result<(), LeaseError> {
        self.checked_lease(sealed, lease, now).map(drop)
    }

    /// Opens a key by its lease. Spend a try of the lease's own counter first.
    ///
    /// # Errors
    /// [`LeaseError`].
    pub fn unlock_by_lease(
        &self,
        sealed: &SealedKey,
        lease: &[u8],
        pin: &Pin,
        now: OffsetDateTime,
    ) -> Result<UnlockedKey, LeaseError> {
        let (lease, device) = self.checked_lease(sealed, lease, now)?;
        let (body, _) = self.checked(sealed)?;
        let id = sealed.id();
        let costs = (lease.memory_kib, lease.passes);
        let kek = key_encryption_key(id, pin, lease.salt.as_bytes(), costs, &device)?;
        let nonce = lease.nonce.as_bytes().try_into().map_err(|_| VaultError::Corrupt)?;
        let aad = bound_to_hours(id, (lease.from, lease.until));
        let dek = decrypt(&kek, &nonce, lease.wrapped_dek.as_bytes(), &aad).map_err(|_| VaultError::WrongPin)?;
        let dek = dek.as_slice().try_into().map_err(|_| VaultError::Corrupt)?;
        Ok(body.key.open(id, &Zeroizing::new(dek))?)
    }

    fn checked_lease(
        &self,
        sealed: &SealedKey,
        lease: &[u8],
        now: OffsetDateTime,
    ) -> Result<(Lease, DeviceSecret), LeaseError> {
        let (_, device) = self.checked(sealed)?;
        let lease = Lease::from_der(lease).map_err(|_| VaultError::Corrupt)?;
        let sane = lease.memory_kib <= MEMORY_KIB_LIMIT && lease.passes <= PASSES;
        if !sane || lease.seal.as_bytes() != lease.computed_seal(sealed.id(), &device)? {
            return Err(VaultError::Corrupt.into());
        }
        let now = now.unix_timestamp();
        if now < lease.from || now >= lease.until {
            return Err(LeaseError::Over);
        }
        Ok((lease, device))
    }
}

impl Lease {
    fn computed_seal(&self, id: Uuid, device: &DeviceSecret) -> Result<[u8; 32], VaultError> {
        let message = der_bytes(&[
            &self.from,
            &self.until,
            &self.salt,
            &self.memory_kib,
            &self.passes,
            &self.nonce,
            &self.wrapped_dek,
        ])?;
        row_seal(id, device, b"vault/lease/row/1", &message)
    }
}

/// Until when a lease runs and from when, without opening it; none when it is none. For showing and renewing only.
#[must_use]
pub fn lease_hours(lease: &[u8]) -> Option<(OffsetDateTime, OffsetDateTime)> {
    let lease = Lease::from_der(lease).ok()?;
    let moment = |seconds| OffsetDateTime::from_unix_timestamp(seconds).ok();
    Some((moment(lease.from)?, moment(lease.until)?))
}

fn bound_to_hours(id: Uuid, (from, until): Hours) -> Vec<u8> {
    [
        id.as_bytes().as_slice(),
        b"lease",
        &from.to_be_bytes(),
        &until.to_be_bytes(),
    ]
    .concat()
}

fn key_encryption_key(
    id: Uuid,
    pin: &Pin,
    salt: &[u8],
    costs: (u32, u32),
    device: &DeviceSecret,
) -> Result<Key32, VaultError> {
    let stretched = stretched(pin.digits(), salt, costs)?;
    let input = Zeroizing::new([stretched.as_slice(), device.as_bytes().as_slice()].concat());
    derive(&input, id, b"vault/lease/kek/1")
}
