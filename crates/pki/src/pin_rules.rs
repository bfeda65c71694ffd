//! Which PINs are too easy to guess to be chosen (product rule 2.6).

use crate::secret::{PIN_DIGITS, Pin};

/// Why a PIN may not be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeakPin {
    /// The same digit, or the same group of digits, again and again: 000000, 121212, 123123.
    #[error("the PIN repeats itself")]
    Repeated,
    /// Digits that count up or down: 123456, 654321, 890123.
    #[error("the PIN counts up or down")]
    Sequential,
    /// A way of writing the owner's birthday.
    #[error("the PIN is the owner's birthday")]
    Birthday,
}

/// Checks a PIN that is about to be chosen.
///
/// `birthday` is the owner's, where the certificate has a person as owner and the document number tells it.
///
/// # Errors
/// [`WeakPin`] names the rule that refuses it.
pub fn check_new_pin(pin: &Pin, birthday: Option<time::Date>) -> Result<(), WeakPin> {
    let digits = pin.digits();
    if repeats(digits) {
        return Err(WeakPin::Repeated);
    }
    if counts(digits, 1) || counts(digits, 9) {
        return Err(WeakPin::Sequential);
    }
    if birthday.is_some_and(|day| birthday_forms(day).iter().any(|form| form.as_bytes() == digits)) {
        return Err(WeakPin::Birthday);
    }
    Ok(())
}

fn repeats(digits: &[u8; PIN_DIGITS]) -> bool {
    [1, 2, 3].iter().any(|&period| {
        digits
            .iter()
            .zip(digits.iter().skip(period))
            .all(|(earlier, later)| earlier == later)
    })
}

/// Steps are taken modulo ten, so that 890123 counts up and 321098 counts down.
fn counts(digits: &[u8; PIN_DIGITS], step: u8) -> bool {
    let value = |digit: u8| digit.wrapping_sub(b'0');
    digits
        .iter()
        .zip(digits.iter().skip(1))
        .all(|(&earlier, &later)| (value(earlier) + step) % 10 == value(later))
}

fn birthday_forms(day: time::Date) -> [String; 6] {
    let (year, month, day) = day.to_calendar_date();
    let (short_year, month) = (year.rem_euclid(100), u8::from(month));
    [
        format!("{short_year:02}{month:02}{day:02}"),
        format!("{day:02}{month:02}{short_year:02}"),
        format!("{month:02}{day:02}{short_year:02}"),
        format!("{short_year:02}{day:02}{month:02}"),
        format!("{year:04}{month:02}"),
        format!("{month:02}{year:04}"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn the_table_of_weak_pins() {
        let birthday = Some(date!(1986 - 03 - 27));
        let table = [
            ("000000", Err(WeakPin::Repeated)),
            ("777777", Err(WeakPin::Repeated)),
            ("121212", Err(WeakPin::Repeated)),
            ("123123", Err(WeakPin::Repeated)),
            ("123456", Err(WeakPin::Sequential)),
            ("012345", Err(WeakPin::Sequential)),
            ("890123", Err(WeakPin::Sequential)),
            ("654321", Err(WeakPin::Sequential)),
            ("321098", Err(WeakPin::Sequential)),
            ("860327", Err(WeakPin::Birthday)),
            ("270386", Err(WeakPin::Birthday)),
            ("032786", Err(WeakPin::Birthday)),
            ("198603", Err(WeakPin::Birthday)),
            ("031986", Err(WeakPin::Birthday)),
            ("860328", Ok(())),
            ("135790", Ok(())),
            ("123457", Ok(())),
            ("250917", Ok(())),
        ];
        for (text, expected) in table {
            assert_eq!(check_new_pin(&Pin::parse(text).unwrap(), birthday), expected, "{text}");
        }
    }

    #[test]
    fn a_birthday_is_only_weak_for_its_owner() {
        assert_eq!(check_new_pin(&Pin::parse("860327").unwrap(), None), Ok(()));
    }
}
