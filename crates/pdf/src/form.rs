//! The interactive form: its dictionary and its fields, walked with limits.

use std::collections::HashSet;

use crate::document::Damage;
use crate::structure::{Dictionary, Reference, Value, View};

/// Deepest field tree.
const DEEPEST: usize = 32;

/// Most nodes of a field tree.
const MOST_NODES: usize = 100_000;

/// The form dictionary and where it is written.
pub(crate) struct Form {
    /// `None`: directly in the catalog.
    pub(crate) reference: Option<Reference>,
    pub(crate) dictionary: Dictionary,
}

/// A field without further named fields below it.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    /// Fully qualified.
    pub(crate) name: String,
    pub(crate) reference: Option<Reference>,
    pub(crate) dictionary: Dictionary,
    /// `FT`, its own or inherited.
    pub(crate) kind: Vec<u8>,
    /// `V`, its own or inherited, as written.
    pub(crate) value: Option<Value>,
    /// The widgets: itself when merged, else its kids.
    pub(crate) widgets: Vec<(Option<Reference>, Dictionary)>,
}

impl Field {
    pub(crate) fn is_signature(&self) -> bool {
        self.kind == b"Sig"
    }
}

/// The catalog's form, if there is one.
pub(crate) fn form_dictionary(view: View<'_>) -> Result<Option<Form>, Damage> {
    let (root, catalog) = view.catalog()?;
    let Some(raw) = catalog.get("AcroForm") else {
        return Ok(None);
    };
    match view.resolve(raw)? {
        Value::Dictionary(dictionary) => Ok(Some(Form {
            reference: raw.as_reference(),
            dictionary,
        })),
        Value::Null => Ok(None),
        _ => Err(Damage::BadEntry {
            number: root.number,
            key: "AcroForm",
        }),
    }
}

/// Every terminal field of the form, in order.
pub(crate) fn read_fields(view: View<'_>) -> Result<Vec<Field>, Damage> {
    let Some(form) = form_dictionary(view)? else {
        return Ok(Vec::new());
    };
    let Some(Value::Array(roots)) = view.entry_of(&form.dictionary, "Fields")? else {
        return Ok(Vec::new());
    };
    let mut walk = Walk {
        view,
        visited: HashSet::new(),
        nodes: 0,
        fields: Vec::new(),
    };
    for root in &roots {
        walk.node(root, &Inherited::default(), DEEPEST)?;
    }
    Ok(walk.fields)
}

#[derive(Default, Clone)]
struct Inherited {
    name: String,
    kind: Vec<u8>,
    value: Option<Value>,
}

struct Walk<'a> {
    view: View<'a>,
    visited: HashSet<Reference>,
    nodes: usize,
    fields: Vec<Field>,
}

impl Walk<'_> {
    fn node(&mut self, raw: &Value, above: &Inherited, depth: usize) -> Result<(), Damage> {
        let reference = raw.as_reference();
        let bad = Damage::BadEntry {
            number: reference.map_or(0, |reference| reference.number),
            key: "Fields",
        };
        self.nodes += 1;
        let seen_before = reference.is_some_and(|reference| !self.visited.insert(reference));
        if depth == 0 || self.nodes > MOST_NODES || seen_before {
            return Err(bad);
        }
        let dictionary = match self.view.resolve(raw)? {
            Value::Dictionary(dictionary) => dictionary,
            // A deleted field: viewers ignore the dangling entry.
            Value::Null => return Ok(()),
            _ => return Err(bad),
        };
        let here = self.inherit(&dictionary, above)?;
        let kids = self.kids(&dictionary)?;
        if kids.iter().any(|(_, kid)| kid.get("T").is_some()) {
            for (raw, _) in &kids {
                self.node(raw, &here, depth - 1)?;
            }
            return Ok(());
        }
        let widgets = if kids.is_empty() {
            vec![(reference, dictionary.clone())]
        } else {
            kids.into_iter().map(|(raw, kid)| (raw.as_reference(), kid)).collect()
        };
        let Inherited { name, kind, value } = here;
        self.fields.push(Field {
            name,
            reference,
            dictionary,
            kind,
            value,
            widgets,
        });
        Ok(())
    }

    fn inherit(&self, dictionary: &Dictionary, above: &Inherited) -> Result<Inherited, Damage> {
        let own = self.view.entry_of(dictionary, "T")?;
        let own = own.as_ref().and_then(Value::as_bytes).map(text_of);
        let name = match (own, above.name.is_empty()) {
            (None, _) => above.name.clone(),
            (Some(own), true) => own,
            (Some(own), false) => format!("{}.{own}", above.name),
        };
        let kind = self.view.entry_of(dictionary, "FT")?;
        let kind = kind
            .as_ref()
            .and_then(Value::as_name)
            .map_or_else(|| above.kind.clone(), <[u8]>::to_vec);
        let value = dictionary.get("V").cloned().or_else(|| above.value.clone());
        Ok(Inherited { name, kind, value })
    }

    fn kids(&self, dictionary: &Dictionary) -> Result<Vec<(Value, Dictionary)>, Damage> {
        let Some(Value::Array(kids)) = self.view.entry_of(dictionary, "Kids")? else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        for raw in kids {
            if let Value::Dictionary(kid) = self.view.resolve(&raw)? {
                found.push((raw, kid));
            }
        }
        Ok(found)
    }
}

/// Reads a text string (7.9.2.2): UTF-16 or UTF-8 with their marks, else Latin letters.
pub(crate) fn text_of(bytes: &[u8]) -> String {
    let units = |from: &[u8], read: fn([u8; 2]) -> u16| -> String {
        let units: Vec<u16> = from
            .chunks_exact(2)
            .filter_map(|pair| pair.try_into().ok())
            .map(read)
            .collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xFE, 0xFF, rest @ ..] => units(rest, u16::from_be_bytes),
        [0xFF, 0xFE, rest @ ..] => units(rest, u16::from_le_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        latin => latin.iter().copied().map(char::from).collect(),
    }
}
