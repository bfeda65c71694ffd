//! The one form of a date in HTTP that is written today (RFC 9110 5.6.7): `Wed, 25 Nov 2026 23:00:37 GMT`.

use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime, UtcOffset};

const FORM: &[BorrowedFormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

/// Writes a date.
pub fn written(at: OffsetDateTime) -> String {
    at.to_offset(UtcOffset::UTC).format(FORM).unwrap_or_default()
}

/// Reads a date; none when it is written otherwise.
pub fn read(text: &str) -> Option<OffsetDateTime> {
    PrimitiveDateTime::parse(text, FORM)
        .ok()
        .map(PrimitiveDateTime::assume_utc)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn dates_are_written_and_read_back() {
        let at = datetime!(2026-11-05 07:00:37 +8);
        assert_eq!(written(at), "Wed, 04 Nov 2026 23:00:37 GMT");
        assert_eq!(read(&written(at)), Some(at.to_offset(UtcOffset::UTC)));
        assert_eq!(read("yesterday"), None);
    }
}
