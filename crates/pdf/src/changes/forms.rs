//! What a revision did to the form: signing, filling in and new signature fields are what a form may gain.

use std::collections::BTreeSet;

use super::comparison::{Comparison, DEEPEST};
use super::difference::{differing_keys, only_signed};
use super::{AllowedChange, ChangeReason};
use crate::document::Damage;
use crate::form::{self, Field};
use crate::signature;
use crate::structure::{Dictionary, Reference, Value, View};

/// Entries that a signature field and its widgets need; no actions among them.
const SIGNATURE_FIELD_KEYS: [&[u8]; 26] = [
    b"Type", b"Subtype", b"FT", b"T", b"TU", b"TM", b"Ff", b"V", b"Kids", b"Parent", b"P", b"Rect", b"F", b"AP", b"MK",
    b"H", b"Lock", b"SV", b"DA", b"BS", b"Border", b"NM", b"M", b"DR", b"DV", b"AS",
];

impl Comparison<'_> {
    /// Compares forms; gives the widgets of signatures that are new, by page.
    pub(super) fn compare_forms(&mut self) -> Result<BTreeSet<Reference>, Damage> {
        let (before, after) = (form::form_dictionary(self.old)?, form::form_dictionary(self.new)?);
        let empty = Dictionary::default();
        let old = before.as_ref().map_or(&empty, |form| &form.dictionary);
        let new = after.as_ref().map_or(&empty, |form| &form.dictionary);
        for key in differing_keys(old, new) {
            let added = old.get(&key).is_none();
            match key.as_str() {
                "Fields" | "SigFlags" => {}
                // Adobe's programs add them with the first field they create.
                "DA" => {}
                // Viewers then draw every field anew.
                "NeedAppearances" => self.unknown.push(ChangeReason::Form { key }),
                "DR" if added => self.explain_new(new.get("DR").unwrap_or(&Value::Null), DEEPEST)?,
                "DR" => self.compare_resources(old.get("DR"), new.get("DR"))?,
                _ => self.forbidden.push(ChangeReason::Form { key }),
            }
        }
        let (_, old_catalog) = self.old.catalog()?;
        let (_, new_catalog) = self.new.catalog()?;
        self.explain_replaced(new_catalog.get("AcroForm"))?;
        self.explain_replaced(new.get("Fields"))?;
        if old_catalog.get("AcroForm").is_some() && new_catalog.get("AcroForm").is_none() {
            self.forbidden.push(ChangeReason::Catalog {
                key: "AcroForm".to_owned(),
            });
        }
        self.compare_fields()
    }

    /// The form's default resources: viewers fall back on them for names that an appearance does not
    /// know, so a new name is no change of what was signed, another meaning of an old one may be.
    pub(super) fn compare_resources(&mut self, old: Option<&Value>, new: Option<&Value>) -> Result<(), Damage> {
        let null = Value::Null;
        let (old, new) = (old.unwrap_or(&null), new.unwrap_or(&null));
        let before = self.old.resolve(old)?;
        match self.only_adds(&before, new, 2)? {
            true => {
                self.explain_replaced(Some(new))?;
                self.explain_new(new, DEEPEST)
            }
            false => {
                self.unknown.push(ChangeReason::Form { key: "DR".to_owned() });
                Ok(())
            }
        }
    }

    /// Whether a dictionary keeps every old entry as it was, `levels` of dictionaries deep.
    pub(super) fn only_adds(&self, before: &Value, after: &Value, levels: usize) -> Result<bool, Damage> {
        let (Value::Dictionary(before), Value::Dictionary(after)) = (before, self.new.resolve(after)?) else {
            return Ok(false);
        };
        for (key, old) in before.entries() {
            let key = String::from_utf8_lossy(key);
            // Signing programs put their own forms here, the newest under the name of the one before; nothing is
            // looked up in it but fonts, patterns and colours (12.7.3).
            if levels == 2 && key == "XObject" {
                continue;
            }
            let Some(new) = after.get(&key) else { return Ok(false) };
            let deeper = || {
                self.old
                    .resolve(old)
                    .and_then(|old| self.only_adds(&old, new, levels - 1))
            };
            // Whether an object behind an unchanged reference was replaced is judged with the rest.
            if old != new && !(levels > 1 && deeper()?) && !self.means_the_same(old, new, 8)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether two values are the same whatever objects they are spread over; streams never are.
    pub(super) fn means_the_same(&self, before: &Value, after: &Value, depth: usize) -> Result<bool, Damage> {
        if depth == 0 || self.is_stream(before, self.old)? || self.is_stream(after, self.new)? {
            return Ok(before == after && before.as_reference().is_none());
        }
        let (before, after) = (self.old.resolve(before)?, self.new.resolve(after)?);
        match (&before, &after) {
            (Value::Dictionary(before), Value::Dictionary(after)) => {
                for (key, value) in before.entries() {
                    let newer = after.get(&String::from_utf8_lossy(key));
                    let Some(newer) = newer else { return Ok(false) };
                    if !self.means_the_same(value, newer, depth - 1)? {
                        return Ok(false);
                    }
                }
                Ok(before.entries().count() == after.entries().count())
            }
            (Value::Array(before), Value::Array(after)) => {
                for (old, new) in before.iter().zip(after) {
                    if !self.means_the_same(old, new, depth - 1)? {
                        return Ok(false);
                    }
                }
                Ok(before.len() == after.len())
            }
            (before, after) => Ok(before == after),
        }
    }

    pub(super) fn is_stream(&self, value: &Value, view: View<'_>) -> Result<bool, Damage> {
        let Some(reference) = value.as_reference() else {
            return Ok(false);
        };
        let place = view.object(reference.number)?.and_then(|object| object.place);
        Ok(place.is_some_and(|place| place.is_stream))
    }

    pub(super) fn compare_fields(&mut self) -> Result<BTreeSet<Reference>, Damage> {
        let (before, after) = (form::read_fields(self.old)?, form::read_fields(self.new)?);
        let find = |fields: &[Field], wanted: &Field| fields.iter().position(|field| field.name == wanted.name);
        for field in before.iter().filter(|field| find(&after, field).is_none()) {
            self.forbidden.push(ChangeReason::Field {
                name: field.name.clone(),
            });
        }
        let mut widgets = BTreeSet::new();
        for (index, field) in after.iter().enumerate() {
            // Two fields of one name: which one counts differs from reader to reader.
            if find(&after, field) != Some(index) {
                self.forbidden.push(ChangeReason::Field {
                    name: field.name.clone(),
                });
            }
            match find(&before, field).and_then(|index| before.get(index)) {
                Some(old) => self.compare_field(old, field, &before)?,
                None => self.judge_new_field(field, &mut widgets)?,
            }
        }
        Ok(widgets)
    }

    /// `before`: every field of the older revision, whose signatures may lock this one.
    pub(super) fn compare_field(&mut self, old: &Field, new: &Field, before: &[Field]) -> Result<(), Damage> {
        let same = old.reference == new.reference && old.dictionary == new.dictionary && old.widgets == new.widgets;
        if same {
            return Ok(());
        }
        let name = new.name.clone();
        if old.reference != new.reference || old.kind != new.kind {
            self.forbidden.push(ChangeReason::Field { name });
        } else if !old.is_signature() {
            self.judge_filling(old, new, before)?;
        } else if old.value.is_some() || !only_signed(old, new) {
            self.forbidden.push(ChangeReason::Field { name });
        } else if old.widgets.iter().any(|(_, widget)| self.shares_appearance(widget)) {
            self.unknown.push(ChangeReason::Field { name });
        } else {
            self.explain_appearances(old, new)?;
            self.explain_signed(new)?;
        }
        Ok(())
    }

    /// An appearance that something else refers to as well may show elsewhere.
    pub(super) fn shares_appearance(&self, widget: &Dictionary) -> bool {
        let appearance = widget.get("AP").and_then(Value::as_reference);
        appearance.is_some_and(|reference| self.uses_of(reference.number) > 1)
    }

    /// Appearances that were replaced, where nothing but this field shows them; others are left unexplained.
    pub(super) fn explain_appearances(&mut self, old: &Field, new: &Field) -> Result<(), Damage> {
        let widgets = old.widgets.iter().chain(&new.widgets);
        let appearances: Vec<Value> = widgets.filter_map(|(_, widget)| widget.get("AP").cloned()).collect();
        appearances
            .iter()
            .try_for_each(|appearance| self.explain_own(appearance, 12))
    }

    /// Explains what is behind a value as long as it is used here alone.
    pub(super) fn explain_own(&mut self, value: &Value, depth: usize) -> Result<(), Damage> {
        let Some(depth) = depth.checked_sub(1) else {
            return Ok(());
        };
        match value {
            Value::Reference(reference) if self.is_new(reference.number) => self.explain_new(value, DEEPEST),
            Value::Reference(reference) => {
                let alone = self.uses_of(reference.number) == 1;
                let Some(object) = self.new.object(reference.number)?.filter(|_| alone) else {
                    return Ok(());
                };
                self.explain(reference.number);
                self.explain_own(&object.value, depth)
            }
            Value::Dictionary(entries) => {
                let values: Vec<Value> = entries.entries().map(|(_, value)| value.clone()).collect();
                values.iter().try_for_each(|value| self.explain_own(value, depth))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn judge_new_field(&mut self, field: &Field, widgets: &mut BTreeSet<Reference>) -> Result<(), Damage> {
        let references: Vec<Reference> = field
            .reference
            .into_iter()
            .chain(field.widgets.iter().filter_map(|(reference, _)| *reference))
            .collect();
        let all_new = references.iter().all(|reference| self.is_new(reference.number));
        let dictionaries = || std::iter::once(&field.dictionary).chain(field.widgets.iter().map(|(_, widget)| widget));
        let plain = dictionaries().all(|entries| entries.entries().all(|(key, _)| SIGNATURE_FIELD_KEYS.contains(&key)));
        if !field.is_signature() || !all_new || references.is_empty() || !plain {
            self.forbidden.push(ChangeReason::Field {
                name: field.name.clone(),
            });
            return Ok(());
        }
        widgets.extend(field.widgets.iter().filter_map(|(reference, _)| *reference));
        references.iter().for_each(|reference| self.explain(reference.number));
        // A new visible field on a certified document can cover what was certified; a widget that
        // does not say which page it is on counts as well.
        let mut visible = false;
        for (_, widget) in &field.widgets {
            visible |= signature::shows_something(self.new, widget)?;
        }
        // An empty field has nothing to show yet; what it shows all the same may cover something.
        let shows_early = field.value.is_none() && field.widgets.iter().any(|(_, widget)| widget.get("AP").is_some());
        if visible && shows_early {
            self.unknown.push(ChangeReason::Field {
                name: field.name.clone(),
            });
        }
        if visible && self.certified().is_some() {
            self.forbidden.push(ChangeReason::Field {
                name: field.name.clone(),
            });
        }
        self.explain_signed(field)
    }

    pub(super) fn explain_signed(&mut self, field: &Field) -> Result<(), Damage> {
        if let Some(reference) = field.reference {
            self.explain(reference.number);
        }
        self.explain_new(&Value::Dictionary(field.dictionary.clone()), DEEPEST)?;
        let mut shows = false;
        for (reference, widget) in &field.widgets {
            shows |= signature::shows_something(self.new, widget)?;
            reference.iter().for_each(|reference| self.explain(reference.number));
            self.explain_new(&Value::Dictionary(widget.clone()), DEEPEST)?;
        }
        let name = field.name.clone();
        match &field.value {
            None => self.allowed.push(AllowedChange::FieldAdded { field: name }),
            Some(value) => {
                // The value must be new: an old signature shown again under another name is not one.
                let fresh = value
                    .as_reference()
                    .is_some_and(|reference| self.is_new(reference.number));
                if !fresh {
                    self.forbidden.push(ChangeReason::Field { name });
                } else if !shows && self.is_timestamp(&name) {
                    self.allowed.push(AllowedChange::TimestampAdded { field: name });
                } else {
                    let pages = signature::widget_pages(self.new, field, &self.pages)?;
                    self.allowed.push(AllowedChange::SignatureAdded { field: name, pages });
                }
            }
        }
        Ok(())
    }
}
