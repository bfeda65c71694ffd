//! Secrets a person types: wiped on drop, never printed, copied or serialised.

use zeroize::{Zeroize, Zeroizing};

/// How many digits a PIN has.
pub const PIN_DIGITS: usize = 6;

/// A PIN of exactly six ASCII digits (product rule 2.6); wiped on drop.
pub struct Pin {
    digits: [u8; PIN_DIGITS],
}

/// Why a text is not a PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    /// Not six characters.
    #[error("a PIN has six digits")]
    Length,
    /// A character that is not one of 0 to 9.
    #[error("a PIN has digits only")]
    NotADigit,
}

impl Pin {
    /// Reads six ASCII digits; full-width digits and spaces are refused.
    ///
    /// # Errors
    /// [`PinError`] tells which rule the text breaks.
    pub fn parse(text: &str) -> Result<Self, PinError> {
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PinError::NotADigit);
        }
        let digits = text.as_bytes().try_into().map_err(|_| PinError::Length)?;
        Ok(Self { digits })
    }

    /// Whether both are the same, in constant time: for «type it twice».
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        let pairs = self.digits.iter().zip(&other.digits);
        pairs.fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
    }

    pub(crate) fn digits(&self) -> &[u8; PIN_DIGITS] {
        &self.digits
    }
}

impl Drop for Pin {
    fn drop(&mut self) {
        self.digits.zeroize();
    }
}

/// A password of any length, of a PKCS#12 file; wiped on drop.
pub struct Password {
    text: Zeroizing<String>,
}

impl Password {
    /// Takes over the text.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self {
            text: Zeroizing::new(text),
        }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_six_ascii_digits_are_a_pin() {
        assert!(Pin::parse("250917").is_ok());
        assert_eq!(Pin::parse("25091").err(), Some(PinError::Length));
        assert_eq!(Pin::parse("2509170").err(), Some(PinError::Length));
        assert_eq!(Pin::parse("").err(), Some(PinError::Length));
        assert_eq!(Pin::parse("２５０９１７").err(), Some(PinError::NotADigit));
        assert_eq!(Pin::parse("25 917").err(), Some(PinError::NotADigit));
    }

    #[test]
    fn two_typings_are_compared_by_every_digit() {
        let first = Pin::parse("250917").unwrap();
        assert!(first.same_as(&Pin::parse("250917").unwrap()));
        assert!(!first.same_as(&Pin::parse("250918").unwrap()));
        assert!(!first.same_as(&Pin::parse("150917").unwrap()));
    }
}
