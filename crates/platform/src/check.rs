//! Checks of what people type, shared by app and server: they depend on nothing but the text.

use serde::{Deserialize, Serialize};
use time::{Date, Month};
use utoipa::ToSchema;

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldProblem {
    /// Nothing was typed.
    Empty,
    /// Too short or too long.
    Length,
    /// A character that cannot occur here.
    Characters,
    /// The check digit does not fit: a typing error.
    CheckDigit,
    /// No such date, or one that cannot be.
    Date,
    /// No such region.
    Region,
    /// Not of the expected form.
    Format,
}

impl FieldProblem {
    /// The code as it stands in JSON and in refusal parameters.
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Length => "length",
            Self::Characters => "characters",
            Self::CheckDigit => "check_digit",
            Self::Date => "date",
            Self::Region => "region",
            Self::Format => "format",
        }
    }
}

/// First two digits of administrative regions (GB/T 2260), also used by GB 32100 and GB 11643.
const REGIONS: [u8; 34] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63,
    64, 65, 71, 81, 82,
];

/// Alphabet of GB 32100-2015: no I, O, S, V, Z.
const CREDIT_CODE_ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const CREDIT_CODE_WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const IDENTITY_WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const IDENTITY_CHECK: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

/// Unified social credit code, GB 32100-2015: 18 characters, region, check character.
///
/// # Errors
/// The first problem found.
pub fn credit_code(text: &str) -> Result<(), FieldProblem> {
    exact_length(text, 18)?;
    let values = text
        .chars()
        .map(|letter| CREDIT_CODE_ALPHABET.find(letter).map(|at| at as u32))
        .collect::<Option<Vec<_>>>()
        .ok_or(FieldProblem::Characters)?;
    if !text.get(2..8).is_some_and(all_digits) {
        return Err(FieldProblem::Characters);
    }
    // 2015 code sheets allow 10 0000 for units registered with the central state.
    let region = text.get(2..4).unwrap_or_default();
    if region != "10" {
        known_region(region)?;
    }
    let sum: u32 = values
        .iter()
        .zip(CREDIT_CODE_WEIGHTS)
        .map(|(value, weight)| value * weight)
        .sum();
    // C18 = 31 − (Σ Ci·Wi mod 31), 31 counts as 0 (GB 32100-2015, annex).
    let expected = (31 - sum % 31) % 31;
    if values.last() == Some(&expected) {
        Ok(())
    } else {
        Err(FieldProblem::CheckDigit)
    }
}

/// Tax number of an enterprise: today the credit code.
///
/// # Errors
/// The first problem found.
pub fn tax_number(text: &str) -> Result<(), FieldProblem> {
    credit_code(text)
}

/// Resident identity number, GB 11643-1999; answers the birthday it carries.
///
/// `today` refuses birthdays in the future.
///
/// # Errors
/// The first problem found.
pub fn identity_number(text: &str, today: Date) -> Result<Date, FieldProblem> {
    exact_length(text, 18)?;
    let (body, check) = text.split_at_checked(17).ok_or(FieldProblem::Characters)?;
    if !all_digits(body) || !matches!(check, "X" | "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9") {
        return Err(FieldProblem::Characters);
    }
    known_region(body.get(..2).unwrap_or_default())?;
    let birthday = birthday(body, today)?;
    let sum: u32 = body
        .chars()
        .filter_map(|digit| digit.to_digit(10))
        .zip(IDENTITY_WEIGHTS)
        .map(|(digit, weight)| digit * weight)
        .sum();
    let expected = IDENTITY_CHECK.get((sum % 11) as usize);
    if check.chars().next().as_ref() == expected {
        Ok(birthday)
    } else {
        Err(FieldProblem::CheckDigit)
    }
}

fn birthday(body: &str, today: Date) -> Result<Date, FieldProblem> {
    let number = |range: std::ops::Range<usize>| body.get(range).and_then(|part| part.parse::<u16>().ok());
    let date = || {
        let month = Month::try_from(u8::try_from(number(10..12)?).ok()?).ok()?;
        Date::from_calendar_date(i32::from(number(6..10)?), month, u8::try_from(number(12..14)?).ok()?).ok()
    };
    match date() {
        Some(date) if date.year() >= 1850 && date <= today => Ok(date),
        _ => Err(FieldProblem::Date),
    }
}

/// Bank account number: 8–30 digits; spaces and hyphens are not part of it (no check digit: company accounts have none).
///
/// # Errors
/// The first problem found.
pub fn bank_account(text: &str) -> Result<(), FieldProblem> {
    not_empty(text)?;
    if !all_digits(text) {
        return Err(FieldProblem::Characters);
    }
    within(text, 8, 30)
}

/// Phone: a mainland mobile number (11 digits from 1[3-9]), or a landline with its area code.
///
/// # Errors
/// The first problem found.
pub fn phone(text: &str) -> Result<(), FieldProblem> {
    not_empty(text)?;
    if !text.chars().all(|letter| letter.is_ascii_digit() || letter == '-') {
        return Err(FieldProblem::Characters);
    }
    if is_mobile(text) || is_landline(text) || is_service_number(text) {
        return Ok(());
    }
    let digits = text.chars().filter(char::is_ascii_digit).count();
    Err(if (10..=12).contains(&digits) {
        FieldProblem::Format
    } else {
        FieldProblem::Length
    })
}

fn is_mobile(text: &str) -> bool {
    text.len() == 11 && all_digits(text) && text.starts_with('1') && matches!(text.chars().nth(1), Some('3'..='9'))
}

fn is_landline(text: &str) -> bool {
    if !text.starts_with('0') {
        return false;
    }
    match text.split_once('-') {
        Some((area, number)) => {
            all_digits(area) && all_digits(number) && (3..=4).contains(&area.len()) && (7..=8).contains(&number.len())
        }
        None => all_digits(text) && (10..=12).contains(&text.len()),
    }
}

fn is_service_number(text: &str) -> bool {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.len() == 10 && (digits.starts_with("400") || digits.starts_with("800"))
}

/// E-mail: one @, a domain with a dot, no spaces; at most 254 characters.
///
/// # Errors
/// The first problem found.
pub fn email(text: &str) -> Result<(), FieldProblem> {
    not_empty(text)?;
    within(text, 3, 254)?;
    if text.chars().any(|letter| letter.is_whitespace() || letter.is_control()) {
        return Err(FieldProblem::Characters);
    }
    let (local, domain) = text.split_once('@').ok_or(FieldProblem::Format)?;
    let labels_fine = domain.split('.').all(|label| !label.is_empty());
    if local.is_empty() || domain.contains('@') || !domain.contains('.') || !labels_fine {
        return Err(FieldProblem::Format);
    }
    Ok(())
}

/// Name of a person, company or bank: 2–100 characters, no control characters, no blanks around it.
///
/// # Errors
/// The first problem found.
pub fn name(text: &str) -> Result<(), FieldProblem> {
    not_empty(text)?;
    if text.chars().any(char::is_control) || text.trim() != text {
        return Err(FieldProblem::Characters);
    }
    within(text, 2, 100)
}

/// Passport or permit number: 5–20 capital letters and digits.
///
/// # Errors
/// The first problem found.
pub fn travel_document(text: &str) -> Result<(), FieldProblem> {
    not_empty(text)?;
    if !text
        .chars()
        .all(|letter| letter.is_ascii_digit() || letter.is_ascii_uppercase())
    {
        return Err(FieldProblem::Characters);
    }
    within(text, 5, 20)
}

fn not_empty(text: &str) -> Result<(), FieldProblem> {
    if text.trim().is_empty() {
        Err(FieldProblem::Empty)
    } else {
        Ok(())
    }
}

fn within(text: &str, least: usize, most: usize) -> Result<(), FieldProblem> {
    if (least..=most).contains(&text.chars().count()) {
        Ok(())
    } else {
        Err(FieldProblem::Length)
    }
}

fn exact_length(text: &str, length: usize) -> Result<(), FieldProblem> {
    not_empty(text)?;
    within(text, length, length)
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn known_region(two_digits: &str) -> Result<(), FieldProblem> {
    match two_digits.parse::<u8>() {
        Ok(region) if REGIONS.contains(&region) => Ok(()),
        _ => Err(FieldProblem::Region),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    const TODAY: Date = date!(2026 - 01 - 01);

    #[test]
    fn credit_codes() {
        for good in ["91350100M000100Y43", "11320000MB151840XJ"] {
            assert_eq!(credit_code(good), Ok(()), "{good}");
        }
        for (bad, why) in [
            ("", FieldProblem::Empty),
            ("91350100M000100Y4", FieldProblem::Length),
            ("91350100M000100Y4Z", FieldProblem::Characters),
            ("91310115MA1H8R7C6D", FieldProblem::CheckDigit),
            ("91350100m000100y43", FieldProblem::Characters),
            ("91990100M000100Y43", FieldProblem::Region),
        ] {
            assert_eq!(credit_code(bad), Err(why), "{bad}");
        }
    }

    #[test]
    fn one_wrong_character_of_a_credit_code_is_found() {
        let good: Vec<char> = "91350100M000100Y43".chars().collect();
        for at in 8..18 {
            for letter in CREDIT_CODE_ALPHABET.chars().filter(|letter| *letter != good[at]) {
                let mut typed = good.clone();
                typed[at] = letter;
                let typed: String = typed.into_iter().collect();
                assert_eq!(credit_code(&typed), Err(FieldProblem::CheckDigit), "{typed}");
            }
        }
    }

    #[test]
    fn identity_numbers() {
        assert_eq!(identity_number("11010519491231002X", TODAY), Ok(date!(1949 - 12 - 31)));
        assert_eq!(identity_number("34052419800101001X", TODAY), Ok(date!(1980 - 01 - 01)));
        assert_eq!(identity_number("370101190102039973", TODAY), Ok(date!(1901 - 02 - 03)));
        for (bad, why) in [
            ("110105194912310021", FieldProblem::CheckDigit),
            ("11010519491231002x", FieldProblem::Characters),
            ("110105194902310021", FieldProblem::Date),
            ("110105204912310021", FieldProblem::Date),
            ("990105194912310021", FieldProblem::Region),
            ("1101051949123100", FieldProblem::Length),
            ("１10105194912310021", FieldProblem::Characters),
        ] {
            assert_eq!(identity_number(bad, TODAY), Err(why), "{bad}");
        }
    }

    #[test]
    fn phones_accounts_and_mail() {
        for good in ["13800138000", "0571-88888888", "057188888888", "400-800-8888"] {
            assert_eq!(phone(good), Ok(()), "{good}");
        }
        assert_eq!(phone("12800138000"), Err(FieldProblem::Format));
        assert_eq!(phone("138001380"), Err(FieldProblem::Length));
        assert_eq!(phone("138 0013 8000"), Err(FieldProblem::Characters));
        assert_eq!(bank_account("6222021202000001234"), Ok(()));
        assert_eq!(bank_account("1234567"), Err(FieldProblem::Length));
        assert_eq!(bank_account("6222-0212"), Err(FieldProblem::Characters));
        assert_eq!(email("a@b.cn"), Ok(()));
        assert_eq!(email("a@b..cn"), Err(FieldProblem::Format));
        assert_eq!(email("ab.cn"), Err(FieldProblem::Format));
    }
}
