//! Compares a revision with the one that follows it, object by object: what no rule explains is not fine.

use std::collections::{BTreeMap, BTreeSet};

use super::difference::count_uses;
use super::{AllowedChange, ChangeReason, accounted};
use crate::document::{Damage, Limits, Written};
use crate::signature::{self, CertificationLevel};
use crate::structure::{Dictionary, Entry, Object, PageNode, Value, View, read_pages};

/// Deepest way from an entry to the new objects it brings.
pub(super) const DEEPEST: usize = 32;

/// One comparison and its findings.
pub(super) struct Comparison<'a> {
    pub(super) written: &'a Written,
    pub(super) revision: usize,
    pub(super) old: View<'a>,
    pub(super) new: View<'a>,
    /// Objects that differ, not yet explained.
    pub(super) changed: BTreeSet<u32>,
    pub(super) allowed: Vec<AllowedChange>,
    pub(super) forbidden: Vec<ChangeReason>,
    pub(super) unknown: Vec<ChangeReason>,
    /// How often each object is referred to in the old revision.
    pub(super) uses: BTreeMap<u32, usize>,
    /// Pages of the new revision.
    pub(super) pages: Vec<PageNode>,
    /// Objects that hold the content of a page of the old revision.
    pub(super) contents: BTreeSet<u32>,
}

/// What one revision did to the one before it.
#[derive(Debug, Clone, Default)]
pub(crate) struct StepFindings {
    pub(super) allowed: Vec<AllowedChange>,
    pub(super) forbidden: Vec<ChangeReason>,
    pub(super) unknown: Vec<ChangeReason>,
}

impl<'a> Comparison<'a> {
    /// Of the revision with this index and the one after it.
    pub(super) fn new(written: &'a Written, revision: usize) -> Self {
        let structure = &written.structure;
        Self {
            written,
            revision,
            old: structure.view(revision),
            new: structure.view(revision + 1),
            changed: BTreeSet::new(),
            allowed: Vec::new(),
            forbidden: Vec::new(),
            unknown: Vec::new(),
            uses: BTreeMap::new(),
            pages: Vec::new(),
            contents: BTreeSet::new(),
        }
    }

    pub(super) fn run(mut self) -> Result<StepFindings, Damage> {
        if let Some(at) = accounted::first_stray(&self.written.structure, self.revision + 1)? {
            self.forbidden.push(ChangeReason::StrayBytes { at });
        }
        self.pages = read_pages(self.new, Limits::default().pages).map_err(|_| Damage::PagesDiffer)?;
        self.count_all_uses()?;
        self.collect_changed()?;
        self.compare_trailers()?;
        self.compare_catalogs()?;
        let new_widgets = self.compare_forms()?;
        self.compare_pages(&new_widgets)?;
        self.set_orphans_aside()?;
        self.judge_the_rest();
        self.respect_certification();
        Ok(StepFindings {
            allowed: self.allowed,
            forbidden: self.forbidden,
            unknown: self.unknown,
        })
    }

    pub(super) fn collect_changed(&mut self) -> Result<(), Damage> {
        let structure = &self.written.structure;
        let later = structure
            .sections
            .iter()
            .filter(|linked| linked.revision == self.revision + 1);
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

    pub(super) fn is_same(&self, number: u32) -> Result<bool, Damage> {
        let (before, after) = (self.old.object(number)?, self.new.object(number)?);
        let (Some(before), Some(after)) = (&before, &after) else {
            return Ok(before.is_none() && after.is_none());
        };
        let is_stream = |object: &Object| object.place.as_ref().is_some_and(|place| place.is_stream);
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

    pub(super) fn explain(&mut self, number: u32) {
        self.changed.remove(&number);
    }

    /// Explains every new object that can be reached from `value`, not going up or to pages.
    pub(super) fn explain_new(&mut self, value: &Value, depth: usize) -> Result<(), Damage> {
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
    pub(super) fn explain_replaced(&mut self, raw: Option<&Value>) -> Result<(), Damage> {
        let Some(Value::Reference(reference)) = raw else {
            return Ok(());
        };
        let number = reference.number;
        if self.changed.contains(&number) && (self.is_new(number) || self.uses_of(number) == 1) {
            self.explain(number);
        }
        Ok(())
    }

    pub(super) fn count_all_uses(&mut self) -> Result<(), Damage> {
        let numbers: BTreeSet<u32> = self
            .old
            .sections()
            .flat_map(|section| section.entries.keys().copied())
            .collect();
        for number in numbers {
            let object = self.old.object(number)?;
            // A cross-reference stream repeats the trailer; that is no use of what it names.
            let is_section = |object: &Object| {
                object
                    .value
                    .as_dictionary()
                    .is_some_and(|entries| entries.is_type("XRef"))
            };
            if let Some(object) = object.filter(|object| !is_section(object)) {
                count_uses(&object.value, &mut self.uses);
            }
        }
        let trailer = self.old.trailer().map(Dictionary::entries);
        // Root, Info and Encrypt are compared on their own.
        let others = trailer
            .into_iter()
            .flatten()
            .filter(|(key, _)| ![&b"Root"[..], b"Info", b"Encrypt"].contains(key));
        others.for_each(|(_, value)| count_uses(value, &mut self.uses));
        Ok(())
    }

    pub(super) fn uses_of(&self, number: u32) -> usize {
        self.uses.get(&number).copied().unwrap_or(0)
    }

    /// Objects that the new revision can come to from its trailer.
    fn reachable(&self) -> Result<BTreeSet<u32>, Damage> {
        let mut reached = BTreeSet::new();
        let trailer = self.new.trailer().map(Dictionary::entries);
        let mut waiting: Vec<Value> = trailer.into_iter().flatten().map(|(_, value)| value.clone()).collect();
        while let Some(value) = waiting.pop() {
            match value {
                Value::Reference(reference) => {
                    if reached.insert(reference.number)
                        && let Some(object) = self.new.object(reference.number)?
                    {
                        waiting.push(object.value);
                    }
                }
                Value::Array(items) => waiting.extend(items),
                Value::Dictionary(entries) => waiting.extend(entries.entries().map(|(_, value)| value.clone())),
                _ => {}
            }
        }
        Ok(reached)
    }

    /// New objects that nothing leads to, as programs leave them behind when they do something else: nobody comes to see
    /// them. What a reader might still take for the document's own, looking for it without the cross-references, is not
    /// among them.
    fn set_orphans_aside(&mut self) -> Result<(), Damage> {
        const FOUND_BY_SEARCH: [&str; 5] = ["Catalog", "Pages", "Page", "Sig", "DocTimeStamp"];
        if !self.allowed.is_empty() && self.changed.iter().any(|number| self.is_new(*number)) {
            let reached = self.reachable()?;
            for number in std::mem::take(&mut self.changed) {
                let object = self.new.object(number)?;
                let dictionary = object.as_ref().and_then(|object| object.value.as_dictionary());
                let is_found =
                    dictionary.is_some_and(|entries| FOUND_BY_SEARCH.iter().any(|kind| entries.is_type(kind)));
                if reached.contains(&number) || !self.is_new(number) || object.is_none() || is_found {
                    self.changed.insert(number);
                }
            }
        }
        Ok(())
    }

    /// What no rule explained.
    pub(super) fn judge_the_rest(&mut self) {
        for number in std::mem::take(&mut self.changed) {
            let object = self.new.object(number).ok().flatten();
            let dictionary = object.as_ref().and_then(|object| object.value.as_dictionary());
            let holds_structure =
                dictionary.is_some_and(|entries| entries.is_type("XRef") || entries.is_type("ObjStm"));
            // Validation data that nothing refers to, as some programs leave behind.
            let is_left_over = dictionary.is_some_and(|entries| entries.is_type("VRI")) && self.uses_of(number) == 0;
            match (self.is_new(number), object.is_some()) {
                (true, true) if holds_structure || is_left_over => {}
                (true, _) => self.unknown.push(ChangeReason::UnexplainedObject { number }),
                (false, true) => self.forbidden.push(ChangeReason::ObjectReplaced {
                    number,
                    kind: self.kind_of(number),
                }),
                (false, false) => self.forbidden.push(ChangeReason::ObjectDeleted {
                    number,
                    kind: self.kind_of(number),
                }),
            }
        }
    }

    /// The strictest certification at the time of the old revision.
    pub(super) fn certified(&self) -> Option<CertificationLevel> {
        let signatures = self.written.signatures.iter();
        let earlier = signatures.filter(|field| field.revision.is_some_and(|signed| signed <= self.revision));
        earlier.filter_map(|field| field.certification).min()
    }

    pub(super) fn respect_certification(&mut self) {
        if self.certified() != Some(CertificationLevel::NoChanges) {
            return;
        }
        // When and by which program it was saved: programs that add proofs note it, and it shows nothing.
        let is_note = |change: &AllowedChange| *change == AllowedChange::Metadata;
        if !self
            .allowed
            .iter()
            .all(|change| change.only_proves() || is_note(change))
        {
            self.forbidden.push(ChangeReason::CertifiedNoChanges);
        }
    }

    pub(super) fn is_timestamp(&self, name: &str) -> bool {
        let kind = signature::SignatureKind::DocumentTimestamp;
        self.written
            .signatures
            .iter()
            .any(|field| field.name == name && field.kind == kind)
    }
}
