//! What a revision did to the pages: widgets of signatures may be added, and annotations where that is left open.

use std::collections::BTreeSet;

use super::comparison::Comparison;
use super::difference::differing_keys;
use super::{ChangeReason, ObjectKind};
use crate::document::{Damage, Limits};
use crate::structure::{Dictionary, Reference, Value, View, read_pages};

impl Comparison<'_> {
    pub(super) fn compare_pages(&mut self, new_widgets: &BTreeSet<Reference>) -> Result<(), Damage> {
        let old_pages = read_pages(self.old, Limits::default().pages).map_err(|_| Damage::PagesDiffer)?;
        let new_pages = std::mem::take(&mut self.pages);
        self.compare_page_root()?;
        let same = old_pages.len() == new_pages.len()
            && old_pages
                .iter()
                .zip(&new_pages)
                .all(|(old, new)| old.reference == new.reference);
        if !same {
            self.forbidden.push(ChangeReason::PageTree);
            return Ok(());
        }
        for (index, node) in new_pages.iter().enumerate() {
            let page = u32::try_from(index + 1).unwrap_or(u32::MAX);
            self.compare_page(page, node.reference, new_widgets)?;
        }
        Ok(())
    }

    /// iText leaves its version in the root of the page tree.
    pub(super) fn compare_page_root(&mut self) -> Result<(), Damage> {
        let ((_, before), (_, after)) = (self.old.catalog()?, self.new.catalog()?);
        let (Some(old), Some(new)) = (before.get("Pages"), after.get("Pages")) else {
            return Ok(());
        };
        let Some(reference) = new.as_reference().filter(|_| old == new) else {
            return Ok(());
        };
        let (old, new) = (self.old.resolve(old)?, self.new.resolve(new)?);
        let (Some(old), Some(new)) = (old.as_dictionary(), new.as_dictionary()) else {
            return Ok(());
        };
        if differing_keys(old, new).iter().all(|key| key == "ITXT") {
            self.explain(reference.number);
        }
        Ok(())
    }

    pub(super) fn compare_page(
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
            match key.as_str() {
                // The order in which the keyboard goes through fields.
                "Tabs" => {}
                // How colours blend, or where a program keeps notes of its own: nothing that hides or shows content.
                "Group" | "PieceInfo" | "LastModified" => self.unknown.push(ChangeReason::Page { page, key }),
                _ => self.forbidden.push(ChangeReason::Page { page, key }),
            }
        }
        self.note_contents(&before);
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
        let is_widget = |item: &Value| item.as_reference().is_some_and(|item| new_widgets.contains(&item));
        self.judge_annotations(page, &old, &new, is_widget)?;
        self.explain_replaced(after.get("Annots"))
    }

    pub(super) fn note_contents(&mut self, page: &Dictionary) {
        let entry = self.old.entry_of(page, "Contents").ok().flatten();
        let items = entry.as_ref().and_then(Value::as_array).unwrap_or_default();
        let numbers = page
            .get("Contents")
            .into_iter()
            .chain(items)
            .filter_map(Value::as_reference);
        self.contents.extend(numbers.map(|reference| reference.number));
    }

    pub(super) fn page_dictionary(&self, view: View<'_>, reference: Reference) -> Result<Dictionary, Damage> {
        match view.resolve(&Value::Reference(reference))? {
            Value::Dictionary(page) => Ok(page),
            _ => Err(Damage::BadObject {
                number: reference.number,
            }),
        }
    }

    /// What an object of the old revision is, by its own type or by who names it.
    pub(super) fn kind_of(&self, number: u32) -> ObjectKind {
        let object = self.old.object(number).ok().flatten();
        let dictionary = object.as_ref().and_then(|object| object.value.as_dictionary());
        let is_content = self.contents.contains(&number);
        let Some(entries) = dictionary else {
            return if is_content {
                ObjectKind::Content
            } else {
                ObjectKind::Other
            };
        };
        let typed = |kinds: &[&str]| kinds.iter().any(|kind| entries.is_type(kind));
        if is_content {
            ObjectKind::Content
        } else if typed(&["Font", "FontDescriptor", "Encoding", "CMap"]) || entries.get("Length1").is_some() {
            ObjectKind::Font
        } else if typed(&["XObject"]) || entries.name_is("Subtype", "Form") || entries.name_is("Subtype", "Image") {
            ObjectKind::XObject
        } else if typed(&["Annot"]) {
            ObjectKind::Annotation
        } else if typed(&["Action"]) || entries.get("Names").is_some() || entries.get("JS").is_some() {
            ObjectKind::Name
        } else {
            ObjectKind::Other
        }
    }
}
