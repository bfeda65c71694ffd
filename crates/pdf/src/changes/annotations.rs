//! Annotations added after signing: permitted by DocMDP 3 only (ISO 32000-2, table 257), and only those that cannot hide
//! or imitate what was certified (Mainka, Mladenov, Rohlmann: «Shadow Attacks» and «Breaking the Specification», 2021).

use super::comparison::Comparison;
use super::filling::Shown;
use super::{AllowedChange, ChangeReason, drawn};
use crate::document::Damage;
use crate::signature::CertificationLevel;
use crate::structure::{Dictionary, Value};

/// Notes and text markup. Free text, stamps, drawings and redactions can cover a page or add words to it: whether they
/// do is not judged.
const REVIEW_MARKS: [&str; 7] = [
    "Text",
    "Popup",
    "Highlight",
    "Underline",
    "Squiggly",
    "StrikeOut",
    "Caret",
];
/// What such annotations have; no actions among them.
const REVIEW_KEYS: [&[u8]; 26] = [
    b"Type",
    b"Subtype",
    b"Rect",
    b"Contents",
    b"P",
    b"NM",
    b"M",
    b"F",
    b"AP",
    b"Border",
    b"C",
    b"T",
    b"Popup",
    b"CA",
    b"RC",
    b"CreationDate",
    b"IRT",
    b"Subj",
    b"RT",
    b"QuadPoints",
    b"Open",
    b"Name",
    b"State",
    b"StateModel",
    b"Parent",
    b"RD",
];
/// The largest picture of a note, in points.
const LARGEST_NOTE: f64 = 32.0;
/// How far the frame of an appearance may differ from the place it fills, in points.
const SLACK: f64 = 2.0;

impl Comparison<'_> {
    /// Compares the annotations of a page, which may gain what `is_widget` knows.
    pub(super) fn judge_annotations(
        &mut self,
        page: u32,
        old: &[Value],
        new: &[Value],
        is_widget: impl Fn(&Value) -> bool,
    ) -> Result<(), Damage> {
        let may_annotate = self.certified() == Some(CertificationLevel::Annotating);
        let reason = ChangeReason::Annotation { page };
        let added = new.get(old.len()..).unwrap_or_default();
        let others: Vec<&Value> = added.iter().filter(|item| !is_widget(item)).collect();
        match (new.starts_with(old), may_annotate) {
            // What was removed or moved could have been seen.
            (false, true) => self.unknown.push(reason),
            (false, false) => self.forbidden.push(reason),
            (true, true) => others.iter().try_for_each(|item| self.judge_added(page, item))?,
            (true, false) if others.is_empty() => {}
            (true, false) => self.forbidden.push(reason),
        }
        Ok(())
    }

    fn judge_added(&mut self, page: u32, item: &Value) -> Result<(), Damage> {
        let reason = ChangeReason::Annotation { page };
        let reference = item.as_reference().filter(|reference| self.is_new(reference.number));
        let (Some(reference), Value::Dictionary(annotation)) = (reference, self.new.resolve(item)?) else {
            self.forbidden.push(reason);
            return Ok(());
        };
        let is_review = REVIEW_MARKS.iter().any(|kind| annotation.name_is("Subtype", kind));
        let is_plain = annotation.entries().all(|(key, _)| REVIEW_KEYS.contains(&key));
        if is_review && is_plain && self.covers_nothing(&annotation)? {
            self.explain_new(&Value::Reference(reference), super::comparison::DEEPEST)?;
            self.allowed.push(AllowedChange::AnnotationAdded { page });
        } else {
            self.unknown.push(reason);
        }
        Ok(())
    }

    /// Without an appearance viewers draw the mark themselves; with one it must be no more than a mark.
    fn covers_nothing(&self, annotation: &Dictionary) -> Result<bool, Damage> {
        let stream = match self.only_appearance(annotation)? {
            Shown::Nothing if annotation.name_is("Subtype", "Highlight") => {
                let color = self.new.entry_of(annotation, "C")?;
                return Ok(color.as_ref().and_then(Value::as_array).is_some_and(drawn::is_light));
            }
            Shown::Nothing => return Ok(true),
            Shown::Unclear => return Ok(false),
            Shown::Stream(stream) => stream,
        };
        let drawn = drawn::read(self.new, stream, &Dictionary::default())?;
        if drawn.has_pictures || drawn.has_unreadable_text || !drawn.text.is_empty() {
            return Ok(false);
        }
        let Some((width, height)) = self.size(annotation, "Rect")? else {
            return Ok(false);
        };
        if annotation.name_is("Subtype", "Text") {
            return Ok(width <= LARGEST_NOTE && height <= LARGEST_NOTE);
        }
        let form = self.new.resolve(&Value::Reference(stream))?;
        let frame = form.as_dictionary().map(|form| self.size(form, "BBox")).transpose()?;
        let fits = |(across, up): (f64, f64)| (across - width).abs() <= SLACK && (up - height).abs() <= SLACK;
        Ok(!drawn.covers && frame.flatten().is_some_and(fits))
    }

    /// Width and height of a rectangle.
    fn size(&self, dictionary: &Dictionary, key: &str) -> Result<Option<(f64, f64)>, Damage> {
        let Some(Value::Array(corners)) = self.new.entry_of(dictionary, key)? else {
            return Ok(None);
        };
        let corners: Vec<f64> = corners.iter().filter_map(Value::as_number).collect();
        Ok(match corners.as_slice() {
            [left, bottom, right, top] => Some(((right - left).abs(), (top - bottom).abs())),
            _ => None,
        })
    }
}
