//! Five tries: one is spent before a PIN is tried, and given back only by the right one.

use super::{KeyVault, SealedKey, UnlockedKey, VaultError};
use crate::random::CryptoRng;
use crate::secret::Pin;
use uuid::Uuid;

/// How many tries are left after one was spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TriesLeft(pub u8);

/// No try was left to spend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no tries left")]
pub struct Locked;

/// Keeps the tries of each key, durably: a try that was spent stays spent after a power cut.
pub trait TryCounter {
    /// Why the counter itself could not be written or read.
    type Failure;

    /// Spends one try and writes that down durably before it returns.
    ///
    /// # Errors
    /// The inner [`Locked`] when none is left; the outer failure when the counter cannot be kept.
    fn spend(&self, id: Uuid) -> Result<Result<TriesLeft, Locked>, Self::Failure>;

    /// Gives all tries back, after the right PIN.
    ///
    /// # Errors
    /// The failure when the counter cannot be kept.
    fn restore(&self, id: Uuid) -> Result<(), Self::Failure>;
}

/// Why a counted unlock refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnlockError<F> {
    /// Wrong PIN; `left` more tries.
    #[error("wrong PIN, {left} tries left")]
    WrongPin {
        /// Tries left, 0 to 4; at 0 the key is locked.
        left: u8,
    },
    /// No try is left: even the right PIN is refused.
    #[error("locked after too many wrong PINs")]
    Locked,
    /// Anything else the vault found; it has cost no try, except damage found behind the right PIN.
    #[error(transparent)]
    Vault(VaultError),
    /// The counter could not be kept, so no PIN was tried.
    #[error("the tries cannot be counted")]
    Counter(F),
}

/// Opens a key; the try is spent before the PIN is looked at.
///
/// # Errors
/// [`UnlockError`].
pub fn unlock_counted<C: TryCounter>(
    vault: &dyn KeyVault,
    counter: &C,
    sealed: &SealedKey,
    pin: &Pin,
) -> Result<UnlockedKey, UnlockError<C::Failure>> {
    counted(vault, counter, sealed, || vault.unlock(sealed, pin))
}

/// Changes a PIN; the try is spent before the old PIN is looked at.
///
/// # Errors
/// [`UnlockError`].
pub fn change_pin_counted<C: TryCounter>(
    vault: &dyn KeyVault,
    counter: &C,
    sealed: &SealedKey,
    old: &Pin,
    new: &Pin,
    rng: &mut dyn CryptoRng,
) -> Result<SealedKey, UnlockError<C::Failure>> {
    counted(vault, counter, sealed, || vault.change_pin(sealed, old, new, rng))
}

fn counted<C: TryCounter, T>(
    vault: &dyn KeyVault,
    counter: &C,
    sealed: &SealedKey,
    attempt: impl FnOnce() -> Result<T, VaultError>,
) -> Result<T, UnlockError<C::Failure>> {
    vault.check(sealed).map_err(UnlockError::Vault)?;
    let spent = counter.spend(sealed.id()).map_err(UnlockError::Counter)?;
    let TriesLeft(left) = spent.map_err(|Locked| UnlockError::Locked)?;
    match attempt() {
        Ok(opened) => {
            counter.restore(sealed.id()).map_err(UnlockError::Counter)?;
            Ok(opened)
        }
        Err(VaultError::WrongPin) => Err(UnlockError::WrongPin { left }),
        // Never given back here: damage made on purpose must not buy new tries.
        Err(other) => Err(UnlockError::Vault(other)),
    }
}
