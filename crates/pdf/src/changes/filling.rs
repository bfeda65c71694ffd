//! Filling in a form: permitted unless an earlier signature forbids it, as long as each field shows what it holds.

use super::comparison::{Comparison, DEEPEST};
use super::difference::differing_keys;
use super::{AllowedChange, ChangeReason, drawn};
use crate::document::Damage;
use crate::field_lock::is_locked;
use crate::form::{self, Field, text_of};
use crate::structure::{Dictionary, Reference, Value};

/// What filling in changes of a field and its widgets.
const FILLED: [&str; 6] = ["V", "AP", "AS", "M", "I", "TI"];
/// What says where a field is and what it is: nobody who fills it in changes that.
const NATURE: [&str; 9] = ["T", "FT", "Kids", "Parent", "P", "Rect", "Subtype", "A", "AA"];

/// Bits of `Ff` (12.7.4 and 12.7.5).
const READ_ONLY: i64 = 1;
const PASSWORD: i64 = 1 << 13;
const PUSH_BUTTON: i64 = 1 << 16;
const COMBO: i64 = 1 << 17;

impl Comparison<'_> {
    /// Judges a field that differs and is no signature; `before`: every field of the older revision.
    pub(super) fn judge_filling(&mut self, old: &Field, new: &Field, before: &[Field]) -> Result<(), Damage> {
        let name = new.name.clone();
        let keys = changed_keys(old, new);
        let among = |key: &String, list: &[&str]| list.contains(&key.as_str());
        let is_filled = keys.iter().any(|key| among(key, &["V", "AP", "AS"]));
        let is_plain = |key: &String| among(key, &FILLED) || key == "Ff" && only_protected(old, new);
        // Whatever is found is told by the field's name, not once more for each object.
        self.explain_filled(old, new)?;
        let is_another = keys.iter().any(|key| among(key, &NATURE)) || old.widgets.len() != new.widgets.len();
        if is_another || is_filled && is_locked(self.old, &name, before)? {
            self.forbidden.push(ChangeReason::Field { name });
        } else if !keys.iter().all(is_plain) || is_filled && !self.is_filled_openly(old, new)? {
            self.unknown.push(ChangeReason::Field { name });
        } else {
            self.allowed.push(match is_filled {
                true => AllowedChange::FieldFilled { field: name },
                false => AllowedChange::FieldProtected { field: name },
            });
        }
        Ok(())
    }

    /// Whether every widget shows the value, in an appearance of its own.
    fn is_filled_openly(&self, old: &Field, new: &Field) -> Result<bool, Damage> {
        let mut widgets = old.widgets.iter().chain(&new.widgets);
        if widgets.any(|(_, widget)| self.shares_appearance(widget)) {
            return Ok(false);
        }
        let flags = new.dictionary.integer("Ff").unwrap_or(0);
        match new.kind.as_slice() {
            b"Tx" if flags & PASSWORD == 0 => self.shows_text(old, new, &[]),
            b"Ch" if flags & COMBO != 0 => self.shows_text(old, new, &self.choices(new)?),
            b"Btn" if flags & PUSH_BUTTON == 0 => self.shows_state(old, new),
            _ => Ok(false),
        }
    }

    /// Text that each appearance draws and the value, spaces aside; a field that never had an appearance is drawn by
    /// viewers from its value. `choices`: values and the words that stand for them.
    fn shows_text(&self, old: &Field, new: &Field, choices: &[(String, String)]) -> Result<bool, Damage> {
        let value = match new.value.as_ref().map(|value| self.new.resolve(value)).transpose()? {
            Some(Value::String(bytes)) => text_of(&bytes),
            None | Some(Value::Null) => String::new(),
            Some(_) => return Ok(false),
        };
        let chosen = choices.iter().filter(|(export, _)| *export == value);
        let words: Vec<String> = chosen
            .map(|(_, shown)| shown.clone())
            .chain([value.clone()])
            .map(|words| words.chars().filter(|letter| !letter.is_whitespace()).collect())
            .collect();
        let fallback = self.default_resources()?;
        for ((_, before), (_, widget)) in old.widgets.iter().zip(&new.widgets) {
            let shows = match self.only_appearance(widget)? {
                Shown::Nothing => before.get("AP").is_none(),
                Shown::Unclear => false,
                Shown::Stream(stream) => {
                    let drawn = drawn::read(self.new, stream, &fallback)?;
                    let unclear = drawn.has_pictures || drawn.has_curves || drawn.has_unreadable_text;
                    !unclear && words.contains(&drawn.text)
                }
            };
            if !shows {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Check boxes and radio buttons: one of the appearances that were there already, the one of the value.
    fn shows_state(&self, old: &Field, new: &Field) -> Result<bool, Damage> {
        let value = match new.value.as_ref().map(|value| self.new.resolve(value)).transpose()? {
            Some(Value::Name(state)) => state,
            None | Some(Value::Null) => b"Off".to_vec(),
            Some(_) => return Ok(false),
        };
        let mut is_on = value == b"Off";
        for ((_, before), (_, widget)) in old.widgets.iter().zip(&new.widgets) {
            let state = widget.get("AS").and_then(Value::as_name).unwrap_or(b"Off");
            let known = state == b"Off" || state == value && self.has_state(widget, state)?;
            if !known || before.get("AP") != widget.get("AP") {
                return Ok(false);
            }
            is_on |= state == value;
        }
        Ok(is_on)
    }

    fn has_state(&self, widget: &Dictionary, state: &[u8]) -> Result<bool, Damage> {
        let Some(Value::Dictionary(appearances)) = self.new.entry_of(widget, "AP")? else {
            return Ok(false);
        };
        let Some(Value::Dictionary(states)) = self.new.entry_of(&appearances, "N")? else {
            return Ok(false);
        };
        Ok(states.get(&String::from_utf8_lossy(state)).is_some())
    }

    /// The options of a choice field: what each exports and shows.
    fn choices(&self, field: &Field) -> Result<Vec<(String, String)>, Damage> {
        let Some(Value::Array(options)) = self.new.entry_of(&field.dictionary, "Opt")? else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        for option in &options {
            if let Value::Array(pair) = self.new.resolve(option)?
                && let [export, shown] = pair.as_slice()
                && let (Some(export), Some(shown)) = (export.as_bytes(), shown.as_bytes())
            {
                found.push((text_of(export), text_of(shown)));
            }
        }
        Ok(found)
    }

    fn default_resources(&self) -> Result<Dictionary, Damage> {
        let form = form::form_dictionary(self.new)?;
        let resources = form.map(|form| self.new.entry_of(&form.dictionary, "DR")).transpose()?;
        Ok(match resources.flatten() {
            Some(Value::Dictionary(resources)) => resources,
            _ => Dictionary::default(),
        })
    }

    /// The one appearance that an annotation has.
    pub(super) fn only_appearance(&self, annotation: &Dictionary) -> Result<Shown, Damage> {
        let Some(written) = annotation.get("AP") else {
            return Ok(Shown::Nothing);
        };
        let Value::Dictionary(appearances) = self.new.resolve(written)? else {
            return Ok(Shown::Unclear);
        };
        // Other states of the mouse would have to show the same.
        let is_only = appearances.entries().all(|(key, _)| key == b"N");
        let stream = appearances.get("N").and_then(Value::as_reference).filter(|_| is_only);
        Ok(stream.map_or(Shown::Unclear, Shown::Stream))
    }

    fn explain_filled(&mut self, old: &Field, new: &Field) -> Result<(), Damage> {
        // The appearances of buttons are those that were there.
        if new.kind != b"Btn" {
            self.explain_appearances(old, new)?;
        }
        if let Some(value) = &new.value {
            self.explain_new(value, DEEPEST)?;
            self.explain_own(value, 2)?;
        }
        let widgets = new.widgets.iter().filter_map(|(reference, _)| *reference);
        let written: Vec<Reference> = new.reference.into_iter().chain(widgets).collect();
        written.iter().for_each(|reference| self.explain(reference.number));
        Ok(())
    }
}

/// What an annotation shows.
pub(super) enum Shown {
    /// It has no appearance.
    Nothing,
    /// One stream.
    Stream(Reference),
    /// Anything else.
    Unclear,
}

/// Every key in which the field or one of its widgets differs.
fn changed_keys(old: &Field, new: &Field) -> Vec<String> {
    let widgets = old.widgets.iter().zip(&new.widgets);
    let of_widgets = widgets.flat_map(|((old_at, old), (new_at, new))| {
        let moved = (old_at != new_at).then(|| "Kids".to_owned());
        differing_keys(old, new).into_iter().chain(moved)
    });
    differing_keys(&old.dictionary, &new.dictionary)
        .into_iter()
        .chain(of_widgets)
        .collect()
}

/// Whether the flags only gained «read only», as programs set it on what a signature locks.
fn only_protected(old: &Field, new: &Field) -> bool {
    let flags = |field: &Field| field.dictionary.integer("Ff").unwrap_or(0);
    flags(new) == flags(old) | READ_ONLY
}
