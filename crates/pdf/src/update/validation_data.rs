//! The document security store (ISO 32000-2, 12.8.4.3; EN 319 142-1, 5.4.2): certificates and revocation data, appended.

use std::collections::HashMap;

use super::tail::Tail;
use super::{PlaceError, damaged};
use crate::document::{Damage, Document};
use crate::structure::{Dictionary, Value, View};
use crate::validation_data::ValidationData;

/// What is needed to validate one signature later.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignatureProof {
    /// The material.
    pub data: ValidationData,
    /// Under which key `VRI` says which of them belong to which signature: upper-case hexadecimal of the SHA-1 of its
    /// `Contents`. None: not said.
    pub signature_key: Option<String>,
}

/// The lists of the store, their names in `VRI`, and what goes in.
fn lists(data: &ValidationData) -> [(&'static str, &'static str, &[Vec<u8>]); 3] {
    [
        ("Certs", "Cert", &data.certificates),
        ("OCSPs", "OCSP", &data.responses),
        ("CRLs", "CRL", &data.lists),
    ]
}

/// Prepares the tail that adds validation data. What the store holds already is neither changed nor written again.
///
/// Allowed on every signed file, whatever its certification (12.8.2.2.2).
///
/// # Errors
/// [`PlaceError::Refused`].
pub fn prepare_validation_data(document: &Document, data: &[SignatureProof]) -> Result<Vec<u8>, PlaceError> {
    document.can_preserve()?;
    let view = document.written().map_err(damaged)?.structure.newest();
    let mut tail = Tail::new(view).map_err(damaged)?;
    add(&mut tail, data).map_err(damaged)?;
    Ok(tail.write().bytes)
}

fn add(tail: &mut Tail<'_>, data: &[SignatureProof]) -> Result<(), Damage> {
    let view = tail.view();
    let (root, catalog) = view.catalog()?;
    let mut store = dictionary_at(view, &catalog, "DSS")?;
    store.set("Type", Value::name("DSS"));
    let mut related = dictionary_at(view, &store, "VRI")?;
    let mut known = Known::read(view, &store)?;
    for one in data {
        let mut entry = match &one.signature_key {
            Some(key) => dictionary_at(view, &related, key)?,
            None => Dictionary::default(),
        };
        for (list, short, items) in lists(&one.data) {
            let references = known.references(tail, list, items);
            extend(view, &mut store, list, &references)?;
            extend(view, &mut entry, short, &references)?;
        }
        if let Some(key) = &one.signature_key {
            related.set(key, Value::Dictionary(entry));
        }
    }
    if related.entries().next().is_some() {
        put(tail, &mut store, "VRI", related);
    }
    let mut catalog = catalog;
    put(tail, &mut catalog, "DSS", store);
    tail.set(root, Value::Dictionary(catalog));
    Ok(())
}

/// A dictionary entry, or an empty one.
fn dictionary_at(view: View<'_>, holder: &Dictionary, key: &str) -> Result<Dictionary, Damage> {
    Ok(match view.entry_of(holder, key)? {
        Some(Value::Dictionary(dictionary)) => dictionary,
        _ => Dictionary::default(),
    })
}

/// Writes a dictionary where it stood: its own object stays its own object.
fn put(tail: &mut Tail<'_>, holder: &mut Dictionary, key: &str, value: Dictionary) {
    match holder.get(key).and_then(Value::as_reference) {
        Some(place) => tail.set(place, Value::Dictionary(value)),
        None => {
            let number = tail.add(Value::Dictionary(value));
            holder.set(key, Value::reference(number));
        }
    }
}

/// Adds references that are not in the array yet. An array of its own object is taken into its holder.
fn extend(view: View<'_>, holder: &mut Dictionary, key: &str, references: &[Value]) -> Result<(), Damage> {
    if references.is_empty() {
        return Ok(());
    }
    let mut items = match view.entry_of(holder, key)? {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    };
    for reference in references {
        if !items.contains(reference) {
            items.push(reference.clone());
        }
    }
    holder.set(key, Value::Array(items));
    Ok(())
}

/// Streams of the store by their content.
struct Known(HashMap<(&'static str, Vec<u8>), Value>);

impl Known {
    fn read(view: View<'_>, store: &Dictionary) -> Result<Self, Damage> {
        let mut known = HashMap::new();
        for (list, _, _) in lists(&ValidationData::default()) {
            let Some(Value::Array(items)) = view.entry_of(store, list)? else {
                continue;
            };
            for item in items {
                // One that cannot be read is never the same as another; it stays where it is.
                let object = item.as_reference().and_then(|own| view.object(own.number).ok()?);
                if let Some(content) = object.and_then(|object| view.stream_content(&object)) {
                    known.insert((list, content), item);
                }
            }
        }
        Ok(Self(known))
    }

    fn references(&mut self, tail: &mut Tail<'_>, list: &'static str, items: &[Vec<u8>]) -> Vec<Value> {
        let reference = |item: &Vec<u8>| {
            let known = self.0.entry((list, item.clone()));
            known
                .or_insert_with(|| Value::reference(tail.add_stream(Dictionary::default(), item)))
                .clone()
        };
        items.iter().map(reference).collect()
    }
}
