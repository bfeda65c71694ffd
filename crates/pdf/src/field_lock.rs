//! FieldMDP (ISO 32000-2, 12.8.2.4): which fields a signature locks.

use crate::document::Damage;
use crate::form::{Field, text_of};
use crate::structure::{Dictionary, Value, View};

/// Whether a signature of this view locked the field (12.8.2.4).
pub(crate) fn is_locked(view: View<'_>, name: &str, fields: &[Field]) -> Result<bool, Damage> {
    for field in fields.iter().filter(|field| field.is_signature()) {
        let Some(Value::Dictionary(signature)) = field.value.as_ref().map(|raw| view.resolve(raw)).transpose()? else {
            continue;
        };
        let Some(Value::Array(references)) = view.entry_of(&signature, "Reference")? else {
            continue;
        };
        for raw in &references {
            if let Value::Dictionary(reference) = view.resolve(raw)?
                && reference.name_is("TransformMethod", "FieldMDP")
                && let Some(Value::Dictionary(parameters)) = view.entry_of(&reference, "TransformParams")?
                && locks(view, &parameters, name)?
            {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// An action that is not known is taken as the strictest.
fn locks(view: View<'_>, parameters: &Dictionary, name: &str) -> Result<bool, Damage> {
    let listed = match view.entry_of(parameters, "Fields")? {
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_bytes).map(text_of).any(|listed| {
            // A name stands for everything below it.
            name == listed || name.strip_prefix(&listed).is_some_and(|rest| rest.starts_with('.'))
        }),
        _ => false,
    };
    Ok(
        match view.entry_of(parameters, "Action")?.as_ref().and_then(Value::as_name) {
            Some(b"Include") => listed,
            Some(b"Exclude") => !listed,
            _ => true,
        },
    )
}
