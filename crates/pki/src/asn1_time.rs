//! Moments as ASN.1 writes them: UTCTime and GeneralizedTime, the latter with fractions of a second (RFC 3161, 2.4.2).

use crate::tlv::{Element, Malformed, element, tag};
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

/// Reads either form; only UTC (`Z`) is read, as RFC 5280, RFC 6960 and RFC 3161 demand.
pub(crate) fn read(element: &Element<'_>) -> Result<OffsetDateTime, Malformed> {
    let text = std::str::from_utf8(element.content).map_err(|_| Malformed)?;
    let text = text.strip_suffix('Z').ok_or(Malformed)?;
    match element.tag {
        tag::UTC_TIME => utc(text),
        tag::GENERALIZED_TIME => generalized(text),
        _ => None,
    }
    .ok_or(Malformed)
}

/// Two digits of the year: 50 to 99 are of the last century (RFC 5280, 4.1.2.5.1).
fn utc(text: &str) -> Option<OffsetDateTime> {
    let (year, rest) = text.split_at_checked(2)?;
    let year: i32 = digits(year)?.into();
    moment(if year < 50 { 2000 + year } else { 1900 + year }, rest, 0)
}

fn generalized(text: &str) -> Option<OffsetDateTime> {
    let (year, rest) = text.split_at_checked(4)?;
    let (whole, fraction) = rest.split_once(['.', ',']).unwrap_or((rest, ""));
    let nanoseconds = if fraction.len() == rest.len() {
        0
    } else {
        nanoseconds(fraction)?
    };
    moment(digits(year)?.into(), whole, nanoseconds)
}

/// Month to second; UTCTime in BER may leave the seconds out.
fn moment(year: i32, rest: &str, nanoseconds: u32) -> Option<OffsetDateTime> {
    let part = |from: usize| {
        rest.get(from..from + 2)
            .and_then(digits)
            .and_then(|part| u8::try_from(part).ok())
    };
    let second = match rest.len() {
        10 => part(8)?,
        8 => 0,
        _ => return None,
    };
    let date = Date::from_calendar_date(year, Month::try_from(part(0)?).ok()?, part(2)?).ok()?;
    let time = Time::from_hms_nano(part(4)?, part(6)?, second.min(59), nanoseconds).ok()?;
    Some(PrimitiveDateTime::new(date, time).assume_utc())
}

fn digits(text: &str) -> Option<u16> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn nanoseconds(fraction: &str) -> Option<u32> {
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let nine: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    nine.parse().ok()
}

/// Writes a GeneralizedTime to the millisecond; DER leaves trailing zeros out.
pub(crate) fn write(at: OffsetDateTime) -> Vec<u8> {
    let at = at.to_offset(time::UtcOffset::UTC);
    let mut text = format!(
        "{:04}{:02}{:02}{:02}{:02}{:02}",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    );
    if at.millisecond() > 0 {
        let fraction = format!(".{:03}", at.millisecond());
        text.push_str(fraction.trim_end_matches('0'));
    }
    text.push('Z');
    element(tag::GENERALIZED_TIME, &[text.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn of(tag: u8, text: &str) -> Option<OffsetDateTime> {
        let content = text.as_bytes();
        read(&Element {
            tag,
            content,
            raw: content,
        })
        .ok()
    }

    #[test]
    fn both_forms_and_fractions_are_read() {
        assert_eq!(
            of(tag::UTC_TIME, "261122091500Z"),
            Some(datetime!(2026-11-22 09:15:00 UTC))
        );
        assert_eq!(
            of(tag::UTC_TIME, "701122091500Z"),
            Some(datetime!(1970-11-22 09:15:00 UTC))
        );
        assert_eq!(
            of(tag::GENERALIZED_TIME, "20261122091500.772Z"),
            Some(datetime!(2026-11-22 09:15:00.772 UTC))
        );
        assert_eq!(
            of(tag::GENERALIZED_TIME, "20501122091500Z"),
            Some(datetime!(2050-11-22 09:15:00 UTC))
        );
    }

    #[test]
    fn fractions_are_written_without_trailing_zeros_and_read_back() {
        for (at, text) in [
            (datetime!(2026-11-22 08:15:29.772 UTC), "20261122081529.772Z"),
            (datetime!(2026-11-22 08:15:29.7 UTC), "20261122081529.7Z"),
            (datetime!(2026-11-22 08:15:29 UTC), "20261122081529Z"),
        ] {
            let written = write(at.to_offset(time::macros::offset!(+8)));
            assert_eq!(&written[2..], text.as_bytes());
            assert_eq!(of(tag::GENERALIZED_TIME, text), Some(at));
        }
    }

    #[test]
    fn other_texts_are_no_moments() {
        for text in [
            "",
            "Z",
            "20261122Z",
            "20261322091500Z",
            "2026112209150Z",
            "20261122091500+0800",
            "+0261122091500Z",
            "20261122091500.x1Z",
        ] {
            assert_eq!(of(tag::GENERALIZED_TIME, text), None, "{text}");
        }
    }
}
