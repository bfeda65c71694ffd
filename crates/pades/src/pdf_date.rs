//! PDF dates (ISO 32000-2, 7.9.4): `D:YYYYMMDDHHmmSSOHH'mm'`, of which only the year is required.

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

/// Reads a date as written in `/M`; none when it is none. A missing zone is taken as UTC.
pub(crate) fn parse(text: &str) -> Option<OffsetDateTime> {
    let text = text.trim();
    let text = text.strip_prefix("D:").unwrap_or(text);
    let digits = text.bytes().take_while(u8::is_ascii_digit).count().min(14);
    let (moment, zone) = text.split_at_checked(digits)?;
    let year = moment.get(..4)?.parse().ok()?;
    let part = |from: usize, default: u8| match moment.get(from..from + 2) {
        Some(digits) => digits.parse::<u8>().ok(),
        None if moment.len() <= from => Some(default),
        None => None,
    };
    let month = Month::try_from(part(4, 1)?).ok()?;
    let date = Date::from_calendar_date(year, month, part(6, 1)?).ok()?;
    let time = Time::from_hms(part(8, 0)?, part(10, 0)?, part(12, 0)?).ok()?;
    Some(PrimitiveDateTime::new(date, time).assume_offset(offset(zone)?))
}

fn offset(zone: &str) -> Option<UtcOffset> {
    let sign = match zone.bytes().next() {
        None | Some(b'Z') => return Some(UtcOffset::UTC),
        Some(b'+') => 1,
        Some(b'-') => -1,
        Some(_) => return None,
    };
    let mut parts = zone.get(1..)?.split('\'').filter(|part| !part.is_empty());
    let hours: i8 = parts.next()?.parse().ok()?;
    let minutes: i8 = parts.next().map_or(Some(0), |part| part.parse().ok())?;
    if hours < 0 || minutes < 0 {
        return None;
    }
    UtcOffset::from_hms(sign * hours, sign * minutes, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::parse;
    use time::macros::datetime;

    #[test]
    fn dates_as_programs_write_them() {
        assert_eq!(
            parse("D:20261122171500+08'00'"),
            Some(datetime!(2026-11-22 17:15:00 +8))
        );
        assert_eq!(parse("D:20261122171500+08'00"), Some(datetime!(2026-11-22 17:15:00 +8)));
        assert_eq!(parse("D:20261122171500Z"), Some(datetime!(2026-11-22 17:15:00 UTC)));
        assert_eq!(
            parse("D:20261122171500-03'30'"),
            Some(datetime!(2026-11-22 17:15:00 -3:30))
        );
        assert_eq!(parse("D:2026"), Some(datetime!(2026-01-01 00:00:00 UTC)));
        assert_eq!(parse("20261122"), Some(datetime!(2026-11-22 00:00:00 UTC)));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "D:",
            "D:202",
            "D:20261322",
            "D:2026112",
            "D:20261122250000",
            "D:20261122171500+99'00'",
            "年",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
