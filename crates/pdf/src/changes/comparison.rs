//! Compares a signed revision with the newest one, object by object: what no rule explains is not fine.

use std::collections::{BTreeMap, BTreeSet};

use super::difference::{count_uses, differing_keys, higher_version, only_signed};
use super::{AllowedChange, ChangeReason, Changes, accounted};
use crate::document::{Damage, Limits, Written};
use crate::form::{self, Field};
use crate::signature::{self, CertificationLevel};
use crate::structure::{Dictionary, Entry, Reference, Value, View, read_pages};

/// Deepest way from an entry to the new objects it brings.
const DEEPEST: usize = 32;

/// Entries that a signature field and its widgets need; no actions among them.
const SIGNATURE_FIELD_KEYS: [&[u8]; 24] = [
    b"Type", b"Subtype", b"FT", b"T", b"TU", b"TM", b"Ff", b"V", b"Kids", b"Parent", b"P", b"Rect", b"F", b"AP", b"MK",
    b"Lock", b"SV", b"DA", b"BS", b"Border", b"NM", b"M", b"DR", b"DV",
];

/// One comparison and its findings.
pub(super) struct Comparison<'a> {
    pub(super) written: &'a Written,
    revision: usize,
    pub(super) old: View<'a>,
    pub(super) new: View<'a>,
    /// Objects that differ, not yet explained.
    changed: BTreeSet<u32>,
    allowed: Vec<AllowedChange>,
    forbidden: Vec<ChangeReason>,
    unknown: Vec<ChangeReason>,
    /// How often each object is referred to in the old revision.
    uses: BTreeMap<u32, usize>,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(written: &'a Written, revision: usize) -> Self {
        let structure = &written.structure;
        Self {
            written,
            revision,
            old: structure.view(revision),
            new: structure.newest(),
            changed: BTreeSet::new(),
            allowed: Vec::new(),
            forbidden: Vec::new(),
            unknown: Vec::new(),
            uses: BTreeMap::new(),
        }
    }

    pub(super) fn run(mut self) -> Result<Changes, Damage> {
        if let Some(at) = accounted::first_stray(&self.written.structure, self.revision)? {
            self.forbidden.push(ChangeReason::StrayBytes { at });
        }
        self.count_all_uses()?;
        self.collect_changed()?;
        self.compare_trailers()?;
        self.compare_catalogs()?;
        let new_widgets = self.compare_forms()?;
        self.compare_pages(&new_widgets)?;
        self.judge_the_rest();
        self.respect_certification();
        Ok(match (self.forbidden.is_empty(), self.unknown.is_empty()) {
            (false, _) => Changes::Forbidden(self.forbidden),
            (true, false) => Changes::Unknown(self.unknown),
            (true, true) => Changes::Allowed(self.allowed),
        })
    }

    fn collect_changed(&mut self) -> Result<(), Damage> {
        let structure = &self.written.structure;
        let later = structure
            .sections
            .iter()
            .filter(|linked| linked.revision > self.revision);
        let numbers: BTreeSet<u32> = later
            .flat_map(|linked| linked.section.entries.keys().copied())
            .collect();
        for number in numbers {
            if !self.is_same(number)? {
                self.changed.insert(number);
            }
        }
        Ok(())
    }

    fn is_same(&self, number: u32) -> Result<bool, Damage> {
        let (before, after) = (self.old.object(number)?, self.new.object(number)?);
        let (Some(before), Some(after)) = (&before, &after) else {
            return Ok(before.is_none() && after.is_none());
        };
        let is_stream = |object: &crate::structure::Object| object.place.as_ref().is_some_and(|place| place.is_stream);
        if before.value != after.value || before.reference != after.reference || is_stream(before) != is_stream(after) {
            return Ok(false);
        }
        Ok(!is_stream(before) || self.old.stream_data(before)? == self.new.stream_data(after)?)
    }

    pub(super) fn is_new(&self, number: u32) -> bool {
        !matches!(
            self.old.entry(number),
            Some(Entry::InFile { .. } | Entry::InStream { .. })
        )
    }

    fn explain(&mut self, number: u32) {
        self.changed.remove(&number);
    }

    /// Explains every new object that can be reached from `value`, not going up or to pages.
    fn explain_new(&mut self, value: &Value, depth: usize) -> Result<(), Damage> {
        if depth == 0 {
            return Ok(());
        }
        match value {
            Value::Reference(reference) => {
                let fresh = self.is_new(reference.number) && self.changed.remove(&reference.number);
                match self.new.object(reference.number)? {
                    Some(object) if fresh => self.explain_new(&object.value, depth - 1),
                    _ => Ok(()),
                }
            }
            Value::Array(items) => items.iter().try_for_each(|item| self.explain_new(item, depth - 1)),
            Value::Dictionary(dictionary) => {
                let down = dictionary
                    .entries()
                    .filter(|(key, _)| *key != b"P" && *key != b"Parent");
                down.map(|(_, value)| value)
                    .try_for_each(|value| self.explain_new(value, depth - 1))
            }
            _ => Ok(()),
        }
    }

    /// Explains a replaced container, provided nothing else in the old revision uses it.
    fn explain_replaced(&mut self, raw: Option<&Value>) -> Result<(), Damage> {
        let Some(Value::Reference(reference)) = raw else {
            return Ok(());
        };
        let number = reference.number;
        if self.changed.contains(&number) && (self.is_new(number) || self.uses_of(number) == 1) {
            self.explain(number);
        }
        Ok(())
    }

    fn count_all_uses(&mut self) -> Result<(), Damage> {
        let numbers: BTreeSet<u32> = self
            .old
            .sections()
            .flat_map(|section| section.entries.keys().copied())
            .collect();
        for number in numbers {
            if let Some(object) = self.old.object(number)? {
                count_uses(&object.value, &mut self.uses);
            }
        }
        Ok(())
    }

    fn uses_of(&self, number: u32) -> usize {
        self.uses.get(&number).copied().unwrap_or(0)
    }

    fn compare_trailers(&mut self) -> Result<(), Damage> {
        let empty = Dictionary::default();
        let (before, after) = (
            self.old.trailer().unwrap_or(&empty),
            self.new.trailer().unwrap_or(&empty),
        );
        for key in ["Root", "Encrypt"] {
            if before.get(key) != after.get(key) {
                self.forbidden.push(ChangeReason::Trailer { key: key.to_owned() });
            }
        }
        let first_half = |trailer: &Dictionary, view: View<'_>| -> Result<Option<Value>, Damage> {
            let halves = view.entry_of(trailer, "ID")?;
            Ok(halves
                .as_ref()
                .and_then(Value::as_array)
                .and_then(<[Value]>::first)
                .cloned())
        };
        let (first_before, first_after) = (first_half(before, self.old)?, first_half(after, self.new)?);
        if first_before.is_some() && first_after.is_some() && first_before != first_after {
            self.unknown.push(ChangeReason::Trailer { key: "ID".to_owned() });
        }
        self.compare_information(before, after)
    }

    /// Document information: only when and by which program it was saved may differ.
    fn compare_information(&mut self, before: &Dictionary, after: &Dictionary) -> Result<(), Damage> {
        let (old, new) = (self.old.entry_of(before, "Info")?, self.new.entry_of(after, "Info")?);
        if old == new {
            return Ok(());
        }
        let empty = Dictionary::default();
        let old = old.as_ref().and_then(Value::as_dictionary).unwrap_or(&empty);
        let new = new.as_ref().and_then(Value::as_dictionary).unwrap_or(&empty);
        let harmless = ["ModDate", "Producer"];
        if differing_keys(old, new)
            .iter()
            .all(|key| harmless.contains(&key.as_str()))
        {
            // Only the trailer may use it, or the replacement could mean something elsewhere.
            if let Some(Value::Reference(reference)) = after.get("Info")
                && self.uses_of(reference.number) == 0
            {
                self.explain(reference.number);
            }
            self.explain_new(after.get("Info").unwrap_or(&Value::Null), DEEPEST)?;
            self.allowed.push(AllowedChange::Metadata);
        } else {
            self.unknown.push(ChangeReason::Trailer { key: "Info".to_owned() });
        }
        Ok(())
    }

    fn compare_catalogs(&mut self) -> Result<(), Damage> {
        let (root, before) = self.old.catalog()?;
        let (_, after) = self.new.catalog()?;
        for key in differing_keys(&before, &after) {
            let value = after.get(&key).cloned().unwrap_or(Value::Null);
            match key.as_str() {
                // Compared on their own.
                "AcroForm" | "DSS" => {}
                "Extensions" => {
                    self.explain_new(&value, DEEPEST)?;
                    self.allowed.push(AllowedChange::Extensions);
                }
                "Version" if higher_version(before.get("Version"), &value) => {
                    self.allowed.push(AllowedChange::Extensions);
                }
                "Metadata" => self.unknown.push(ChangeReason::Catalog { key }),
                _ => self.forbidden.push(ChangeReason::Catalog { key }),
            }
        }
        self.explain(root.number);
        self.compare_validation_data(before.get("DSS"), after.get("DSS"))
    }

    /// Validation data (EN 319 142-1, 5.4.2) may only grow.
    fn compare_validation_data(&mut self, before: Option<&Value>, after: Option<&Value>) -> Result<(), Damage> {
        let Some(after) = after else { return Ok(()) };
        let waiting = self.changed.len();
        let grows = match before {
            Some(before) => self.grows(before, after, 6)?,
            None => true,
        };
        if !grows {
            self.forbidden.push(ChangeReason::Catalog { key: "DSS".to_owned() });
        }
        self.explain_new(after, DEEPEST)?;
        if before != Some(after) || self.changed.len() != waiting {
            self.allowed.push(AllowedChange::ValidationData);
        }
        Ok(())
    }

    fn grows(&mut self, before: &Value, after: &Value, depth: usize) -> Result<bool, Damage> {
        let (old, new) = (self.old.resolve(before)?, self.new.resolve(after)?);
        let holds = match (&old, &new) {
            _ if depth == 0 => false,
            (Value::Dictionary(old), Value::Dictionary(new)) => {
                let mut all = true;
                for (key, value) in old.entries() {
                    let key = String::from_utf8_lossy(key);
                    all &= match new.get(&key) {
                        Some(newer) => self.grows(value, newer, depth - 1)?,
                        None => false,
                    };
                }
                all
            }
            (Value::Array(old), Value::Array(new)) => old.iter().all(|item| new.contains(item)),
            (old, new) => old == new,
        };
        // Streams (certificates and the like) never change: only plain containers are explained.
        let stream = after
            .as_reference()
            .map(|reference| self.new.object(reference.number))
            .transpose()?
            .flatten();
        let is_stream = stream
            .and_then(|object| object.place)
            .is_some_and(|place| place.is_stream);
        if holds && !is_stream {
            self.explain_replaced(Some(after))?;
        }
        Ok(holds)
    }

    /// Compares forms; gives the widgets of signatures that are new, by page.
    fn compare_forms(&mut self) -> Result<BTreeSet<Reference>, Damage> {
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
    fn compare_resources(&mut self, old: Option<&Value>, new: Option<&Value>) -> Result<(), Damage> {
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
    fn only_adds(&self, before: &Value, after: &Value, levels: usize) -> Result<bool, Damage> {
        let (Value::Dictionary(before), Value::Dictionary(after)) = (before, self.new.resolve(after)?) else {
            return Ok(false);
        };
        for (key, old) in before.entries() {
            let key = String::from_utf8_lossy(key);
            let Some(new) = after.get(&key) else { return Ok(false) };
            let deeper = || {
                self.old
                    .resolve(old)
                    .and_then(|old| self.only_adds(&old, new, levels - 1))
            };
            // Whether an object behind an unchanged reference was replaced is judged with the rest.
            if old != new && !(levels > 1 && deeper()?) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn compare_fields(&mut self) -> Result<BTreeSet<Reference>, Damage> {
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
                Some(old) => self.compare_field(old, field)?,
                None => self.judge_new_field(field, &mut widgets)?,
            }
        }
        Ok(widgets)
    }

    fn compare_field(&mut self, old: &Field, new: &Field) -> Result<(), Damage> {
        let same = old.reference == new.reference && old.dictionary == new.dictionary && old.widgets == new.widgets;
        if same {
            return Ok(());
        }
        let name = new.name.clone();
        if old.reference != new.reference || old.kind != new.kind {
            self.forbidden.push(ChangeReason::Field { name });
        } else if !old.is_signature() {
            // Filling in may be what the form is for; judging appearances is for a later issue.
            self.unknown.push(ChangeReason::Field { name });
        } else if old.value.is_some() || !only_signed(old, new) {
            self.forbidden.push(ChangeReason::Field { name });
        } else if old
            .widgets
            .iter()
            .any(|(_, widget)| widget.get("AP").and_then(Value::as_reference).is_some())
        {
            // An appearance shared by reference may show elsewhere too; not judged yet.
            self.unknown.push(ChangeReason::Field { name });
        } else {
            self.explain_signed(new)?;
        }
        Ok(())
    }

    fn judge_new_field(&mut self, field: &Field, widgets: &mut BTreeSet<Reference>) -> Result<(), Damage> {
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
        if visible && self.certified().is_some() {
            self.forbidden.push(ChangeReason::Field {
                name: field.name.clone(),
            });
        }
        self.explain_signed(field)
    }

    fn explain_signed(&mut self, field: &Field) -> Result<(), Damage> {
        if let Some(reference) = field.reference {
            self.explain(reference.number);
        }
        self.explain_new(&Value::Dictionary(field.dictionary.clone()), DEEPEST)?;
        for (reference, widget) in &field.widgets {
            reference.iter().for_each(|reference| self.explain(reference.number));
            self.explain_new(&Value::Dictionary(widget.clone()), DEEPEST)?;
        }
        let pages = signature::widget_pages(self.new, field, &self.written.pages)?;
        let name = field.name.clone();
        match &field.value {
            None => self.allowed.push(AllowedChange::FieldAdded { field: name }),
            Some(value) => {
                // The value must be new: an old signature shown again under another name is not one.
                let fresh = value
                    .as_reference()
                    .is_some_and(|reference| self.is_new(reference.number));
                if fresh {
                    self.allowed.push(AllowedChange::SignatureAdded { field: name, pages });
                } else {
                    self.forbidden.push(ChangeReason::Field { name });
                }
            }
        }
        Ok(())
    }

    fn compare_pages(&mut self, new_widgets: &BTreeSet<Reference>) -> Result<(), Damage> {
        let old_pages = read_pages(self.old, Limits::default().pages).map_err(|_| Damage::PagesDiffer)?;
        let written = self.written;
        let same = old_pages.len() == written.pages.len()
            && old_pages
                .iter()
                .zip(&written.pages)
                .all(|(old, new)| old.reference == new.reference);
        if !same {
            self.forbidden.push(ChangeReason::PageTree);
            return Ok(());
        }
        for (index, node) in written.pages.iter().enumerate() {
            let page = u32::try_from(index + 1).unwrap_or(u32::MAX);
            self.compare_page(page, node.reference, new_widgets)?;
        }
        Ok(())
    }

    fn compare_page(
        &mut self,
        page: u32,
        reference: Reference,
        new_widgets: &BTreeSet<Reference>,
    ) -> Result<(), Damage> {
        let (before, after) = (
            self.page_dictionary(self.old, reference)?,
            self.page_dictionary(self.new, reference)?,
        );
        for key in differing_keys(&before, &after)
            .into_iter()
            .filter(|key| key != "Annots")
        {
            self.forbidden.push(ChangeReason::Page { page, key });
        }
        self.explain(reference.number);
        let list = |view: View<'_>, page: &Dictionary| match view.entry_of(page, "Annots")? {
            Some(Value::Array(items)) => Ok(items),
            None => Ok(Vec::new()),
            Some(_) => Err(Damage::BadEntry {
                number: reference.number,
                key: "Annots",
            }),
        };
        let (old, new) = (list(self.old, &before)?, list(self.new, &after)?);
        let added = new.get(old.len()..).unwrap_or_default();
        let is_widget = |item: &Value| item.as_reference().is_some_and(|item| new_widgets.contains(&item));
        if !new.starts_with(&old) || !added.iter().all(is_widget) {
            self.forbidden.push(ChangeReason::Annotation { page });
        }
        self.explain_replaced(after.get("Annots"))
    }

    fn page_dictionary(&self, view: View<'_>, reference: Reference) -> Result<Dictionary, Damage> {
        match view.resolve(&Value::Reference(reference))? {
            Value::Dictionary(page) => Ok(page),
            _ => Err(Damage::BadObject {
                number: reference.number,
            }),
        }
    }

    /// What no rule explained.
    fn judge_the_rest(&mut self) {
        for number in std::mem::take(&mut self.changed) {
            let object = self.new.object(number).ok().flatten();
            let dictionary = object.as_ref().and_then(|object| object.value.as_dictionary());
            let holds_structure =
                dictionary.is_some_and(|entries| entries.is_type("XRef") || entries.is_type("ObjStm"));
            match (self.is_new(number), object.is_some()) {
                (true, true) if holds_structure => {}
                (true, _) => self.unknown.push(ChangeReason::UnexplainedObject { number }),
                (false, true) => self.forbidden.push(ChangeReason::ObjectReplaced { number }),
                (false, false) => self.forbidden.push(ChangeReason::ObjectDeleted { number }),
            }
        }
    }

    /// The strictest certification at the time of the old revision.
    fn certified(&self) -> Option<CertificationLevel> {
        let signatures = self.written.signatures.iter();
        let earlier = signatures.filter(|field| field.revision.is_some_and(|signed| signed <= self.revision));
        earlier.filter_map(|field| field.certification).min()
    }

    fn respect_certification(&mut self) {
        if self.certified() != Some(CertificationLevel::NoChanges) {
            return;
        }
        let only_validation = self.allowed.iter().all(|change| match change {
            AllowedChange::ValidationData | AllowedChange::Extensions => true,
            AllowedChange::SignatureAdded { field, pages } => pages.is_empty() && self.is_timestamp(field),
            _ => false,
        });
        if !only_validation {
            self.forbidden.push(ChangeReason::CertifiedNoChanges);
        }
    }

    fn is_timestamp(&self, name: &str) -> bool {
        let kind = signature::SignatureKind::DocumentTimestamp;
        self.written
            .signatures
            .iter()
            .any(|field| field.name == name && field.kind == kind)
    }
}
