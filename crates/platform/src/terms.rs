//! Terms of validity by the calendar, shared by app and server.

use time::{Date, Month, OffsetDateTime};

/// An extension opens when less than this many months are left (product rule 2.6).
const EXTENSION_MONTHS: i32 = 3;

/// `months` later by the calendar; the last day of a shorter month.
pub fn later(at: OffsetDateTime, months: i32) -> OffsetDateTime {
    let counted = at.year() * 12 + i32::from(u8::from(at.month())) - 1 + months;
    let (year, month) = (counted.div_euclid(12), counted.rem_euclid(12) + 1);
    let month = u8::try_from(month)
        .ok()
        .and_then(|month| Month::try_from(month).ok())
        .unwrap_or(at.month());
    let day = at.day().min(month.length(year));
    Date::from_calendar_date(year, month, day).map_or(at, |date| at.replace_date(date))
}

/// From when on a certificate that is valid until `valid_to` may be extended.
pub fn extension_opens(valid_to: OffsetDateTime) -> OffsetDateTime {
    later(valid_to, -EXTENSION_MONTHS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn months_end_on_the_last_day_of_shorter_ones() {
        let table = [
            (datetime!(2026-11-22 08:00 UTC), 12, datetime!(2027-11-22 08:00 UTC)),
            (datetime!(2028-02-29 08:00 UTC), 12, datetime!(2029-02-28 08:00 UTC)),
            (datetime!(2026-05-31 08:00 UTC), -3, datetime!(2026-02-28 08:00 UTC)),
            (datetime!(2026-01-15 08:00 UTC), -3, datetime!(2025-10-15 08:00 UTC)),
            (datetime!(2026-12-31 08:00 UTC), 2, datetime!(2027-02-28 08:00 UTC)),
        ];
        for (from, months, to) in table {
            assert_eq!(later(from, months), to);
        }
        let end = datetime!(2027-11-22 08:00 UTC);
        assert_eq!(extension_opens(end), datetime!(2027-08-22 08:00 UTC));
    }
}
