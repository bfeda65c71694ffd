//! What differs between two dictionaries or two states of a field.

use std::collections::{BTreeMap, BTreeSet};

use crate::form::Field;
use crate::structure::{Dictionary, Value};

/// Flags of a widget that programs set when they sign: `Print`, `Locked`, `LockedContents` (ISO 32000-2, table 167).
const SET_BY_SIGNING: i64 = 1 << 2 | 1 << 7 | 1 << 9;

/// Whether an empty signature field was signed and nothing else: value, appearance, flags that hide nothing and the
/// type that need not be said.
pub(super) fn only_signed(old: &Field, new: &Field) -> bool {
    let is_signing = |old: &Dictionary, new: &Dictionary| {
        differing_keys(old, new).iter().all(|key| match key.as_str() {
            "V" | "AP" => true,
            "Type" => old.get("Type").is_none() && new.get("Type").and_then(Value::as_name) == Some(b"Annot"),
            "F" => only_sets(old.get("F"), new.get("F"), SET_BY_SIGNING),
            _ => false,
        })
    };
    let same_widgets = old.widgets.len() == new.widgets.len()
        && old
            .widgets
            .iter()
            .zip(&new.widgets)
            .all(|((old_at, old), (new_at, new))| old_at == new_at && is_signing(old, new));
    new.value.is_some() && same_widgets && is_signing(&old.dictionary, &new.dictionary)
}

/// Whether these flags, and no others, are set that were not.
fn only_sets(before: Option<&Value>, after: Option<&Value>, these: i64) -> bool {
    let flags = |value: Option<&Value>| value.map_or(Some(0), Value::as_integer);
    match (flags(before), flags(after)) {
        (Some(before), Some(after)) => before & !after == 0 && (before ^ after) & !these == 0,
        _ => false,
    }
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
