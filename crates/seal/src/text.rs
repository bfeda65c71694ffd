//! The texts of a seal: cleaned, counted, and checked for characters no seal carries.

use crate::{Face, FontStack, SealError, TextPart};

/// A company name on a round seal: below is no company name, above even two arcs get muddy at 300 dpi.
pub(crate) const ROUND_NAME_LENGTH: (usize, usize) = (4, 60);
/// A company name on one arc.
pub(crate) const ONE_ARC_LENGTH: (usize, usize) = (4, 40);
/// A company name long enough for two arcs.
pub(crate) const TWO_ARC_LENGTH: (usize, usize) = (12, 60);
/// A company name on an oval seal.
pub(crate) const OVAL_NAME_LENGTH: (usize, usize) = (4, 30);
/// A company name in a square seal.
pub(crate) const SQUARE_NAME_LENGTH: (usize, usize) = (2, 30);
/// A row that stays legible under the star.
pub(crate) const ROW_LENGTH: (usize, usize) = (2, 12);
/// What a square seal is for.
pub(crate) const SQUARE_PURPOSE_LENGTH: (usize, usize) = (2, 8);
/// Text along the lower side of an oval seal.
const LOWER_NAME_LENGTH: (usize, usize) = (2, 48);
/// A line of a rectangular seal.
const LINE_LENGTH: (usize, usize) = (1, 20);
/// Taxpayer numbers have 15, 17, 18 or 20 characters.
const TAX_NUMBER_LENGTH: (usize, usize) = (15, 20);
/// Digits in a serial number such as (1), which goes under the purpose row.
const SERIAL_DIGITS: usize = 3;
/// Police registration codes have 13 digits, older ones fewer, credit codes 18.
const CODE_LENGTH: (usize, usize) = (6, 18);
/// Characters of a personal name.
const PERSONAL_NAME_LENGTH: (usize, usize) = (1, 4);

/// The name of an organisation; runs of white space become one space.
pub(crate) fn company_name(raw: &str, length: (usize, usize)) -> Result<Vec<char>, SealError> {
    spaced(TextPart::CompanyName, raw, length)
}

/// Text along the lower side of an oval seal.
pub(crate) fn lower_name(raw: &str) -> Result<Vec<char>, SealError> {
    spaced(TextPart::LowerName, raw, LOWER_NAME_LENGTH)
}

/// A line of a rectangular seal.
pub(crate) fn line(raw: &str) -> Result<Vec<char>, SealError> {
    spaced(TextPart::Line, raw, LINE_LENGTH)
}

/// Words with one space between them, letters and digits of half width.
fn spaced(part: TextPart, raw: &str, length: (usize, usize)) -> Result<Vec<char>, SealError> {
    let words: Vec<&str> = raw.split(is_gap).filter(|word| !word.is_empty()).collect();
    let text: Vec<char> = words.join(" ").chars().map(half_width).collect();
    check(part, &text, length)?;
    Ok(text)
}

/// A row of text without white space.
pub(crate) fn row(part: TextPart, raw: &str, length: (usize, usize)) -> Result<Vec<char>, SealError> {
    let text = unspaced(raw);
    check(part, &text, length)?;
    Ok(text)
}

fn unspaced(raw: &str) -> Vec<char> {
    raw.chars().filter(|character| !is_gap(*character)).collect()
}

/// A taxpayer number: digits and capital letters.
pub(crate) fn tax_number(raw: &str) -> Result<Vec<char>, SealError> {
    let number: Vec<char> = unspaced(raw)
        .into_iter()
        .map(|character| half_width(character).to_ascii_uppercase())
        .collect();
    check(TextPart::TaxNumber, &number, TAX_NUMBER_LENGTH)?;
    let others = each_once(number.iter().copied().filter(|c| !c.is_ascii_alphanumeric()));
    unless_any(TextPart::TaxNumber, others)?;
    Ok(number)
}

/// The number of one of several seals, put in parentheses.
pub(crate) fn serial_number(raw: &str) -> Result<Vec<char>, SealError> {
    let digits: Vec<char> = unspaced(raw)
        .into_iter()
        .map(half_width)
        .filter(|character| !matches!(character, '(' | ')' | '（' | '）'))
        .collect();
    check(TextPart::SerialNumber, &digits, (1, SERIAL_DIGITS))?;
    let others = each_once(digits.iter().copied().filter(|c| !c.is_ascii_digit()));
    unless_any(TextPart::SerialNumber, others)?;
    Ok(in_parentheses(&digits))
}

fn in_parentheses(digits: &[char]) -> Vec<char> {
    ['('].iter().chain(digits).chain(&[')']).copied().collect()
}

/// Full-width letters, digits and signs as their ordinary forms (３Ｍ is cut as 3M); full-width parentheses stay, they
/// belong to Chinese names.
fn half_width(character: char) -> char {
    const DISTANCE: u32 = 0xFEE0;
    match character {
        '（' | '）' => character,
        '！'..='～' => char::from_u32(u32::from(character) - DISTANCE).unwrap_or(character),
        other => other,
    }
}

/// A purpose row and the serial number in parentheses taken off its end.
#[derive(Debug, PartialEq)]
pub(crate) struct Purpose {
    pub(crate) row: Vec<char>,
    /// Digits with ASCII parentheses, or nothing.
    pub(crate) serial: Vec<char>,
}

/// The row under the star.
pub(crate) fn purpose(raw: &str) -> Result<Purpose, SealError> {
    let text = unspaced(raw);
    let (row, serial) = split_serial(&text);
    check(TextPart::Purpose, row, ROW_LENGTH)?;
    Ok(Purpose {
        row: row.to_vec(),
        serial,
    })
}

/// Takes `(1)` or `（１２）`-like endings off; anything else stays in the row.
fn split_serial(text: &[char]) -> (&[char], Vec<char>) {
    let whole = (text, Vec::new());
    let Some((')' | '）', inner)) = text.split_last() else {
        return whole;
    };
    let Some(open) = inner.iter().rposition(|c| matches!(c, '(' | '（')) else {
        return whole;
    };
    let (row, digits) = (inner.get(..open), inner.get(open + 1..));
    let (Some(row), Some(digits)) = (row, digits) else {
        return whole;
    };
    let fits = (1..=SERIAL_DIGITS).contains(&digits.len());
    if !fits || !digits.iter().all(char::is_ascii_digit) {
        return whole;
    }
    (row, in_parentheses(digits))
}

/// The digits along the lower edge.
pub(crate) fn code_digits(raw: &str) -> Result<Vec<char>, SealError> {
    let code = unspaced(raw);
    check(TextPart::CodeDigits, &code, CODE_LENGTH)?;
    let others = each_once(code.iter().copied().filter(|c| !c.is_ascii_digit()));
    unless_any(TextPart::CodeDigits, others)?;
    Ok(code)
}

/// A personal name without white space.
pub(crate) fn personal_name(raw: &str) -> Result<Vec<char>, SealError> {
    let name = unspaced(raw);
    check(TextPart::PersonalName, &name, PERSONAL_NAME_LENGTH)?;
    let others = each_once(name.iter().copied().filter(|c| !c.is_alphanumeric()));
    unless_any(TextPart::PersonalName, others)?;
    Ok(name)
}

/// Blank characters between words: all white space but line breaks and other control characters.
fn is_gap(character: char) -> bool {
    character == '\t' || (character.is_whitespace() && !character.is_control())
}

fn check(part: TextPart, text: &[char], (least, most): (usize, usize)) -> Result<(), SealError> {
    let count = text.len();
    if count == 0 {
        return Err(SealError::Empty(part));
    }
    if count > most {
        return Err(SealError::TooLong { part, count, most });
    }
    unless_any(part, each_once(text.iter().copied().filter(|c| is_unusable(*c))))?;
    if count < least {
        return Err(SealError::TooShort { part, count, least });
    }
    Ok(())
}

fn unless_any(part: TextPart, characters: Vec<char>) -> Result<(), SealError> {
    if characters.is_empty() {
        Ok(())
    } else {
        Err(SealError::UnusableCharacters { part, characters })
    }
}

/// Characters with no shape of their own: naming them as "missing" would show the user nothing.
fn is_unusable(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{00AD}' | '\u{0300}'..='\u{036F}' | '\u{061C}' | '\u{180E}'
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{20D0}'..='\u{20FF}' | '\u{302A}'..='\u{302F}' | '\u{3164}' | '\u{E000}'..='\u{F8FF}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFF0}'..='\u{FFFD}'
            | '\u{E0000}'..='\u{10FFFF}')
}

fn each_once(characters: impl Iterator<Item = char>) -> Vec<char> {
    let mut seen = Vec::new();
    for character in characters {
        if !seen.contains(&character) {
            seen.push(character);
        }
    }
    seen
}

/// Fails when the user's own font is wanted and missing, and with every character (each once) that neither its face
/// nor a stand-in can draw.
pub(crate) fn require_glyphs(fonts: &FontStack, texts: &[(Face, &[char])]) -> Result<(), SealError> {
    if !fonts.has_own() && texts.iter().any(|(face, _)| *face == Face::Own) {
        return Err(SealError::OwnFontMissing);
    }
    let all = texts
        .iter()
        .flat_map(|(face, text)| text.iter().map(move |character| (*face, *character)));
    let missing = each_once(
        all.filter(|(face, character)| *character != ' ' && fonts.covering_face(*face, *character).is_none())
            .map(|(_, character)| character),
    );
    if missing.is_empty() {
        Ok(())
    } else {
        Err(SealError::MissingGlyphs(missing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_number_leaves_the_purpose_row() {
        let with_serial = purpose("合同专用章（12）").unwrap();
        assert_eq!(String::from_iter(with_serial.row), "合同专用章");
        assert_eq!(String::from_iter(with_serial.serial), "(12)");
        let without = purpose("专用章（甲）").unwrap();
        assert_eq!(String::from_iter(without.row), "专用章（甲）");
        assert!(without.serial.is_empty());
        assert_eq!(purpose("(1)"), Err(SealError::Empty(TextPart::Purpose)));
    }

    #[test]
    fn numbers_of_an_invoice_seal_are_brought_to_form() {
        let number = tax_number("91330106ma27x12a3b").unwrap();
        assert_eq!(String::from_iter(number), "91330106MA27X12A3B");
        assert!(tax_number("91330106-A27X12A3B").is_err());
        for written in ["12", "(12)", "（１２）"] {
            assert_eq!(String::from_iter(serial_number(written).unwrap()), "(12)");
        }
        assert!(serial_number("1234").is_err() && serial_number("a").is_err());
    }

    #[test]
    fn white_space_is_the_typists_not_the_seals() {
        let name = company_name("  ABC\u{3000} 科技 ", ROUND_NAME_LENGTH).unwrap();
        assert_eq!(String::from_iter(name), "ABC 科技");
        let wide = company_name("３Ｍ（中国）公司", ROUND_NAME_LENGTH).unwrap();
        assert_eq!(String::from_iter(wide), "3M（中国）公司");
        assert_eq!(personal_name("李\u{3000}强").unwrap(), ['李', '强']);
    }
}
