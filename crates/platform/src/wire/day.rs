//! Calendar days in JSON: `2026-11-22`. What devices kept before as year and day of the year is still read.

use serde::{Deserialize, Deserializer, Serializer, de::Error};
use time::Date;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

const FORM: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");

pub(super) fn serialize<S: Serializer>(day: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
    match day.map(|day| day.format(FORM)) {
        Some(Ok(text)) => serializer.serialize_some(&text),
        Some(Err(error)) => Err(serde::ser::Error::custom(error)),
        None => serializer.serialize_none(),
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Kept {
    Written(String),
    Ordinal(i32, u16),
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    match Option::<Kept>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Kept::Written(text)) => Date::parse(&text, FORM).map(Some).map_err(D::Error::custom),
        Some(Kept::Ordinal(year, day)) => Date::from_ordinal_date(year, day).map(Some).map_err(D::Error::custom),
    }
}

#[cfg(test)]
mod tests {
    use super::super::CertificateOwner;
    use serde_json::{Value, json};
    use time::macros::date;

    fn owner(birthday: Value) -> Result<CertificateOwner, serde_json::Error> {
        serde_json::from_value(json!({
            "name": "刘洋", "document_type": "passport", "document_number_masked": "G12**", "birthday": birthday, "email": "a@b.cn"
        }))
    }

    #[test]
    fn days_are_written_as_people_write_them_and_read_as_they_were_kept() {
        for kept in [json!("1949-12-31"), json!([1949, 365])] {
            let owner = owner(kept).unwrap();
            assert_eq!(owner.birthday, Some(date!(1949 - 12 - 31)));
            assert_eq!(serde_json::to_value(&owner).unwrap()["birthday"], "1949-12-31");
        }
        assert_eq!(owner(Value::Null).unwrap().birthday, None);
        for nonsense in [json!("1949-02-30"), json!([1949, 400]), json!(7)] {
            assert!(owner(nonsense).is_err());
        }
    }
}
