//! What a revision did to trailer, information, catalog, metadata and validation data.

use super::comparison::{Comparison, DEEPEST};
use super::difference::{differing_keys, higher_version};
use super::{AllowedChange, ChangeReason, xmp};
use crate::document::Damage;
use crate::structure::{Dictionary, Value, View};

impl Comparison<'_> {
    pub(super) fn compare_trailers(&mut self) -> Result<(), Damage> {
        let empty = Dictionary::default();
        let (before, after) = (
            self.old.trailer().unwrap_or(&empty),
            self.new.trailer().unwrap_or(&empty),
        );
        if before.get("Encrypt") != after.get("Encrypt") {
            self.forbidden.push(ChangeReason::Trailer {
                key: "Encrypt".to_owned(),
            });
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
        // Keys are made from it (7.6.4.3.2); in a plain file it only names the file.
        let counts = before.get("Encrypt").is_some() && first_before.is_some();
        if counts && first_before != first_after {
            self.unknown.push(ChangeReason::Trailer { key: "ID".to_owned() });
        }
        self.compare_information(before, after)
    }

    /// Document information: only when and by which programs it was made and saved may differ.
    pub(super) fn compare_information(&mut self, before: &Dictionary, after: &Dictionary) -> Result<(), Damage> {
        let (old, new) = (self.old.entry_of(before, "Info")?, self.new.entry_of(after, "Info")?);
        if old == new {
            return Ok(());
        }
        let empty = Dictionary::default();
        let old = old.as_ref().and_then(Value::as_dictionary).unwrap_or(&empty);
        let new = new.as_ref().and_then(Value::as_dictionary).unwrap_or(&empty);
        let harmless = ["ModDate", "Producer", "CreationDate", "Creator"];
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

    pub(super) fn compare_catalogs(&mut self) -> Result<(), Damage> {
        let (root, before) = self.old.catalog()?;
        let (new_root, after) = self.new.catalog()?;
        // Some programs write the catalog as a new object; what it says is compared all the same.
        if new_root != root && !self.is_new(new_root.number) {
            self.forbidden.push(ChangeReason::Trailer { key: "Root".to_owned() });
        }
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
                // Compared on its own.
                "Metadata" => {}
                _ => self.forbidden.push(ChangeReason::Catalog { key }),
            }
        }
        self.compare_replaced_extensions(before.get("Extensions"), after.get("Extensions"))?;
        if new_root == root || !self.changed.contains(&root.number) {
            self.explain(new_root.number);
        }
        self.compare_metadata(before.get("Metadata"), after.get("Metadata"))?;
        self.compare_validation_data(before.get("DSS"), after.get("DSS"))
    }

    /// The extensions a document says it uses (7.12), written again where they stand, for the catalog alone.
    fn compare_replaced_extensions(&mut self, before: Option<&Value>, after: Option<&Value>) -> Result<(), Damage> {
        let Some(Value::Reference(reference)) = after.filter(|_| before == after) else {
            return Ok(());
        };
        let number = reference.number;
        let replaced = self.new.object(number)?.filter(|object| {
            let place = object.place.as_ref();
            object.value.as_dictionary().is_some() && !place.is_some_and(|place| place.is_stream)
        });
        let alone = self.changed.contains(&number) && self.uses_of(number) == 1;
        if let Some(object) = replaced.filter(|_| alone) {
            self.explain(number);
            self.explain_new(&object.value, DEEPEST)?;
            self.allowed.push(AllowedChange::Extensions);
        }
        Ok(())
    }

    /// The document's metadata: another plain XMP packet in its place shows nothing.
    pub(super) fn compare_metadata(&mut self, before: Option<&Value>, after: Option<&Value>) -> Result<(), Damage> {
        let number = after.and_then(Value::as_reference).map(|reference| reference.number);
        let replaced = number.is_some_and(|number| self.changed.contains(&number));
        if before == after && !replaced {
            return Ok(());
        }
        let alone = |number: u32| self.is_new(number) || self.uses_of(number) == 1;
        match number {
            Some(number) if alone(number) && xmp::is_plain_packet(self.new, number)? => {
                self.explain(number);
                self.allowed.push(AllowedChange::Metadata);
            }
            _ => self.unknown.push(ChangeReason::Catalog {
                key: "Metadata".to_owned(),
            }),
        }
        Ok(())
    }

    /// Validation data (EN 319 142-1, 5.4.2) may only grow.
    pub(super) fn compare_validation_data(
        &mut self,
        before: Option<&Value>,
        after: Option<&Value>,
    ) -> Result<(), Damage> {
        let Some(after) = after else {
            if before.is_some() {
                self.unknown.push(ChangeReason::Catalog { key: "DSS".to_owned() });
            }
            return Ok(());
        };
        let waiting = self.changed.len();
        let grows = match before {
            Some(before) => self.grows(before, after, 6)?,
            None => true,
        };
        // What is missing can no longer help; it shows nothing either.
        if !grows {
            self.unknown.push(ChangeReason::Catalog { key: "DSS".to_owned() });
            self.explain_own(after, 6)?;
        }
        self.explain_new(after, DEEPEST)?;
        if before != Some(after) || self.changed.len() != waiting {
            self.allowed.push(AllowedChange::ValidationData);
        }
        Ok(())
    }

    pub(super) fn grows(&mut self, before: &Value, after: &Value, depth: usize) -> Result<bool, Damage> {
        let (old, new) = (self.old.resolve(before)?, self.new.resolve(after)?);
        let holds = match (&old, &new) {
            _ if depth == 0 => false,
            (Value::Dictionary(old), Value::Dictionary(new)) => {
                let mut all = true;
                for (key, value) in old.entries() {
                    let key = String::from_utf8_lossy(key);
                    all &= match new.get(&key) {
                        Some(newer) if key == "VRI" => self.index_stays(value, newer)?,
                        Some(newer) => self.grows(value, newer, depth - 1)?,
                        None => false,
                    };
                }
                all
            }
            (Value::Array(old), Value::Array(new)) => old.iter().all(|item| new.contains(item)),
            (old, new) => old == new,
        };
        // What a container gained is explained through it, wherever that stands.
        if holds {
            self.explain_new_inside(&new)?;
        }
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

    /// What belongs to which signature (EN 319 142-1, 5.4.2.3) only points at what the lists hold: programs write it
    /// anew when they renew a signature's proofs, but forget none.
    fn index_stays(&mut self, before: &Value, after: &Value) -> Result<bool, Damage> {
        let (Value::Dictionary(old), Value::Dictionary(new)) = (self.old.resolve(before)?, self.new.resolve(after)?)
        else {
            return Ok(false);
        };
        for (_, value) in new.entries() {
            if !matches!(self.new.resolve(value)?, Value::Dictionary(_)) || self.is_stream(value, self.new)? {
                return Ok(false);
            }
            self.explain_replaced(Some(value))?;
        }
        self.explain_replaced(Some(after))?;
        let mut keys = old.entries().map(|(key, _)| String::from_utf8_lossy(key));
        Ok(keys.all(|key| new.get(&key).is_some()))
    }

    /// Explains the new objects that a container which stays holds.
    pub(super) fn explain_new_inside(&mut self, container: &Value) -> Result<(), Damage> {
        match container {
            Value::Array(items) => items.iter().try_for_each(|item| self.explain_new(item, DEEPEST)),
            Value::Dictionary(entries) => {
                let values = entries.entries().map(|(_, value)| value);
                values
                    .into_iter()
                    .try_for_each(|value| self.explain_new(value, DEEPEST))
            }
            _ => Ok(()),
        }
    }
}
