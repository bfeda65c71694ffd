//! What differs between two dictionaries or two states of a field.

use std::collections::{BTreeMap, BTreeSet};

use crate::form::Field;
use crate::structure::{Dictionary, Value};

/// Whether an empty signature field was signed and nothing else: value and appearance.
pub(super) fn only_signed(old: &Field, new: &Field) -> bool {
    let harmless = |key: &String| key == "V" || key == "AP";
    let same_widgets = old.widgets.len() == new.widgets.len()
        && old
            .widgets
            .iter()
            .zip(&new.widgets)
            .all(|((old_at, old), (new_at, new))| old_at == new_at && differing_keys(old, new).iter().all(harmless));
    new.value.is_some() && same_widgets && differing_keys(&old.dictionary, &new.dictionary).iter().all(harmless)
}

/// Keys whose values are written differently, added or gone.
pub(super) fn differing_keys(before: &Dictionary, after: &Dictionary) -> Vec<String> {
    let name = |key: &[u8]| String::from_utf8_lossy(key).into_owned();
    let keys: BTreeSet<String> = before
        .entries()
        .chain(after.entries())
        .map(|(key, _)| name(key))
        .collect();
    keys.into_iter()
        .filter(|key| before.get(key) != after.get(key))
        .collect()
}

pub(super) fn higher_version(before: Option<&Value>, after: &Value) -> bool {
    let before = before.and_then(Value::as_name).unwrap_or_default();
    after.as_name().is_some_and(|after| after > before && after.len() == 3)
}

pub(super) fn count_uses(value: &Value, uses: &mut BTreeMap<u32, usize>) {
    match value {
        Value::Reference(reference) => *uses.entry(reference.number).or_default() += 1,
        Value::Array(items) => items.iter().for_each(|item| count_uses(item, uses)),
        Value::Dictionary(dictionary) => dictionary.entries().for_each(|(_, value)| count_uses(value, uses)),
        _ => {}
    }
}
