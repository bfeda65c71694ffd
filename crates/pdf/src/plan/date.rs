//! Days as documents write them.

use serde::{Deserialize, Serialize};
use time::Date;

/// How a day is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DatePattern {
    /// `2026年11月24日`.
    Chinese,
    /// `2026-11-24`.
    Numeric,
    /// `二〇二六年十一月二十四日`, as formal letters have it.
    ChineseNumerals,
}

impl DatePattern {
    /// The day in this writing.
    pub fn write(self, day: Date) -> String {
        let (year, month, of_month) = (day.year(), u8::from(day.month()), day.day());
        match self {
            Self::Chinese => format!("{year}年{month}月{of_month}日"),
            Self::Numeric => format!("{year:04}-{month:02}-{of_month:02}"),
            Self::ChineseNumerals => {
                let year: String = year.to_string().chars().map(numeral).collect();
                format!("{year}年{}月{}日", counted(month), counted(of_month))
            }
        }
    }
}

/// A digit of a year.
fn numeral(digit: char) -> char {
    const NUMERALS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    let place = digit.to_digit(10).and_then(|digit| usize::try_from(digit).ok());
    place.and_then(|place| NUMERALS.get(place)).copied().unwrap_or(digit)
}

/// A number from 1 to 99 as it is counted.
fn counted(number: u8) -> String {
    let one = |digit: u8| match digit {
        0 => String::new(),
        digit => numeral(char::from(b'0' + digit)).to_string(),
    };
    match (number / 10, number % 10) {
        (0, ones) => one(ones),
        (1, ones) => format!("十{}", one(ones)),
        (tens, ones) => format!("{}十{}", one(tens), one(ones)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn days_are_written_as_documents_have_them() {
        let day = date!(2026 - 11 - 24);
        assert_eq!(DatePattern::Chinese.write(day), "2026年11月24日");
        assert_eq!(DatePattern::Numeric.write(day), "2026-11-24");
        assert_eq!(DatePattern::ChineseNumerals.write(day), "二〇二六年十一月二十四日");
        assert_eq!(
            DatePattern::ChineseNumerals.write(date!(2030 - 02 - 10)),
            "二〇三〇年二月十日"
        );
        assert_eq!(
            DatePattern::ChineseNumerals.write(date!(2026 - 10 - 30)),
            "二〇二六年十月三十日"
        );
        assert_eq!(DatePattern::Chinese.write(date!(2026 - 02 - 03)), "2026年2月3日");
    }
}
