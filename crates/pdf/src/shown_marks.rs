//! What a signature shows: every mark it carries, where it stands on which page, for the verifier's list.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use hayro::hayro_syntax::content::UntypedIter;
use hayro::hayro_syntax::object::{Object, ObjectIdentifier, Stream};

use crate::document::{Damage, Document, page_index};
use crate::form;
use crate::geometry::{Matrix, PageGeometry, Rectangle};
use crate::signature::{SignatureField, shows_something};
use crate::structure::{Dictionary, PageNode, Reference, Value, View, read_pages};
use crate::unfolding;

/// Most marks listed for one signature; a seam seal over the longest document has as many.
const MOST_MARKS: usize = 40_000;

/// Most operators looked at in one added content stream.
const MOST_OPERATORS: usize = 100_000;

/// Most bytes of one added content stream.
const MOST_OF_A_STREAM: usize = 32 << 20;

/// How a mark is part of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkKind {
    /// A widget of the signature's field.
    Widget,
    /// Drawn into the page's content by the revision that the signature closed.
    Drawn,
}

/// One mark that a signature carries; its box in mm from the visible page's top left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShownMark {
    /// 1-based page.
    pub page: u32,
    /// Left edge, in mm.
    pub x_mm: f64,
    /// Top edge, in mm.
    pub y_mm: f64,
    /// Width in mm (of the part that shows).
    pub width_mm: f64,
    /// Height in mm (of the part that shows).
    pub height_mm: f64,
    /// Widget or page content.
    pub kind: MarkKind,
}

/// Every mark of a signature, by page.
///
/// Drawn marks are the forms that content streams added in the signature's own revision draw; each such stream is read
/// as starting in the page's own coordinates, which is how every stamping program that wraps the old content writes.
/// In a file's very first revision nothing is added to anything, so that only widgets are listed.
///
/// # Errors
/// The structure is damaged.
pub fn read_marks(document: &Document, signature: &SignatureField) -> Result<Vec<ShownMark>, Damage> {
    let written = document.written()?;
    let newest = written.structure.revisions.len().saturating_sub(1);
    let Some(revision) = signature.revision else {
        return Ok(Vec::new());
    };
    let now = if signature.in_newest_revision { newest } else { revision };
    let mut marks = widgets(document, written.structure.view(now), &signature.name)?;
    if let Some(before) = revision.checked_sub(1) {
        let reader = Added {
            document,
            before: written.structure.view(before),
            after: written.structure.view(revision),
        };
        marks.extend(reader.marks(&written.pages)?);
    }
    marks.truncate(MOST_MARKS);
    marks.sort_by(|one, other| {
        (one.page, one.y_mm)
            .partial_cmp(&(other.page, other.y_mm))
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    Ok(marks)
}

fn widgets(document: &Document, view: View<'_>, name: &str) -> Result<Vec<ShownMark>, Damage> {
    let fields = form::read_fields(view)?;
    let Some(field) = fields.iter().find(|field| field.name == name) else {
        return Ok(Vec::new());
    };
    let pages = PageOfWidget::new(
        document,
        view,
        field.widgets.iter().any(|(_, widget)| widget.get("P").is_none()),
    )?;
    let mut marks = Vec::new();
    for (reference, widget) in &field.widgets {
        if !shows_something(view, widget)? {
            continue;
        }
        let page = pages.find(*reference, widget);
        let corners = view.entry_of(widget, "Rect")?;
        let rectangle = corners.as_ref().and_then(rectangle_of);
        if let (Some(page), Some(rectangle)) = (page, rectangle) {
            marks.extend(shown(document, page, &rectangle, MarkKind::Widget));
        }
    }
    Ok(marks)
}

/// Finds a widget's page: by its own word (`P`), else by the page that lists it.
struct PageOfWidget {
    by_page: HashMap<Reference, u32>,
    by_widget: HashMap<Reference, u32>,
}

impl PageOfWidget {
    fn new(document: &Document, view: View<'_>, look_into_pages: bool) -> Result<Self, Damage> {
        let mut found = Self {
            by_page: HashMap::new(),
            by_widget: HashMap::new(),
        };
        for (node, number) in document.written()?.pages.iter().zip(1_u32..) {
            found.by_page.insert(node.reference, number);
            if look_into_pages {
                for widget in annotations(view, node.reference)? {
                    found.by_widget.insert(widget, number);
                }
            }
        }
        Ok(found)
    }

    fn find(&self, widget: Option<Reference>, dictionary: &Dictionary) -> Option<u32> {
        let stated = dictionary.get("P").and_then(Value::as_reference);
        let stated = stated.and_then(|page| self.by_page.get(&page));
        stated.or_else(|| self.by_widget.get(&widget?)).copied()
    }
}

fn annotations(view: View<'_>, page: Reference) -> Result<Vec<Reference>, Damage> {
    let Value::Dictionary(page) = view.resolve(&Value::Reference(page))? else {
        return Ok(Vec::new());
    };
    Ok(match view.entry_of(&page, "Annots")? {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_reference).collect(),
        _ => Vec::new(),
    })
}

/// What one revision added to the pages' content.
struct Added<'a> {
    document: &'a Document,
    before: View<'a>,
    after: View<'a>,
}

impl Added<'_> {
    fn marks(&self, newest: &[PageNode]) -> Result<Vec<ShownMark>, Damage> {
        // A page of this revision that is gone since has no place to show.
        let pages = read_pages(self.after, newest.len()).map_err(|_| Damage::PagesDiffer)?;
        let mut marks = Vec::new();
        for (node, number) in pages.iter().zip(1_u32..) {
            let changed = self.before.entry(node.reference.number) != self.after.entry(node.reference.number);
            if changed && marks.len() < MOST_MARKS {
                marks.extend(self.of_page(node, number)?);
            }
        }
        Ok(marks)
    }

    fn of_page(&self, node: &PageNode, number: u32) -> Result<Vec<ShownMark>, Damage> {
        let (Some(old), Some(new)) = (self.page(self.before, node)?, self.page(self.after, node)?) else {
            return Ok(Vec::new());
        };
        let known: HashSet<Reference> = contents(self.before, &old)?.into_iter().collect();
        let forms = self.forms(node, &new)?;
        let mut marks = Vec::new();
        for stream in contents(self.after, &new)?
            .into_iter()
            .filter(|stream| !known.contains(stream))
        {
            let boxes = drawn_boxes(&self.content(stream), &forms);
            marks.extend(
                boxes
                    .iter()
                    .filter_map(|drawn| shown(self.document, number, drawn, MarkKind::Drawn)),
            );
        }
        Ok(marks)
    }

    fn page(&self, view: View<'_>, node: &PageNode) -> Result<Option<Dictionary>, Damage> {
        Ok(match view.resolve(&Value::Reference(node.reference))? {
            Value::Dictionary(page) => Some(page),
            _ => None,
        })
    }

    /// The page's form XObjects by name: their boxes in the coordinates of whoever draws them.
    fn forms(&self, node: &PageNode, page: &Dictionary) -> Result<Vec<(Vec<u8>, Rectangle)>, Damage> {
        let resources = page.get("Resources").or(node.inherited_resources.as_deref());
        let resources = resources.map(|raw| self.after.resolve(raw)).transpose()?;
        let Some(Value::Dictionary(resources)) = resources else {
            return Ok(Vec::new());
        };
        let Some(Value::Dictionary(objects)) = self.after.entry_of(&resources, "XObject")? else {
            return Ok(Vec::new());
        };
        let mut forms = Vec::new();
        for (name, raw) in objects.entries() {
            if let Value::Dictionary(form) = self.after.resolve(raw)?
                && form.name_is("Subtype", "Form")
            {
                forms.extend(self.form_box(&form)?.map(|bounds| (name.to_vec(), bounds)));
            }
        }
        Ok(forms)
    }

    fn form_box(&self, form: &Dictionary) -> Result<Option<Rectangle>, Damage> {
        let bounds = self.after.entry_of(form, "BBox")?;
        let matrix = self.after.entry_of(form, "Matrix")?;
        let matrix = matrix.as_ref().and_then(matrix_of).unwrap_or(Matrix::scale(1.0, 1.0));
        Ok(bounds
            .as_ref()
            .and_then(rectangle_of)
            .map(|bounds| mapped(&bounds, &matrix)))
    }

    fn content(&self, stream: Reference) -> Vec<u8> {
        let id = ObjectIdentifier::new(stream.number, i32::from(stream.generation));
        let stream = self.document.reader().xref().get::<Stream<'_>>(id);
        stream
            .and_then(|stream| unfolding::data(&stream, MOST_OF_A_STREAM).map(Cow::into_owned))
            .unwrap_or_default()
    }
}

fn contents(view: View<'_>, page: &Dictionary) -> Result<Vec<Reference>, Damage> {
    let Some(raw) = page.get("Contents") else {
        return Ok(Vec::new());
    };
    Ok(match view.resolve(raw)? {
        Value::Array(items) => items.iter().filter_map(Value::as_reference).collect(),
        Value::Dictionary(_) => raw.as_reference().into_iter().collect(),
        _ => Vec::new(),
    })
}

/// Graphics state as far as it moves or cuts what is drawn (8.4.1).
#[derive(Clone, Copy)]
struct State {
    matrix: Matrix,
    clip: Option<Rectangle>,
}

/// The boxes of all forms that a content stream draws, in user space, cut to rectangular clips.
fn drawn_boxes(content: &[u8], forms: &[(Vec<u8>, Rectangle)]) -> Vec<Rectangle> {
    let mut state = State {
        matrix: Matrix::scale(1.0, 1.0),
        clip: None,
    };
    let (mut saved, mut path, mut clips) = (Vec::new(), None, false);
    let mut boxes = Vec::new();
    let mut instructions = UntypedIter::new(content);
    for _ in 0..MOST_OPERATORS {
        let Some(instruction) = instructions.next() else { break };
        let operands: Vec<&Object<'_>> = instruction.operands().collect();
        match instruction.operator.as_ref() {
            b"q" if saved.len() < 1000 => saved.push(state),
            b"Q" => state = saved.pop().unwrap_or(state),
            b"cm" => state.matrix = six(&operands).map_or(state.matrix, |matrix| matrix.then(&state.matrix)),
            b"re" => {
                path = four(&operands).map(|[x, y, width, height]| {
                    mapped(&Rectangle::from_corners((x, y), (x + width, y + height)), &state.matrix)
                })
            }
            b"W" | b"W*" => clips = true,
            b"n" | b"f" | b"F" | b"f*" | b"S" | b"s" | b"B" | b"B*" | b"b" | b"b*" => {
                if let (true, Some(path)) = (clips, path) {
                    state.clip = Some(state.clip.map_or(path, |clip| overlap(&clip, &path)));
                }
                (path, clips) = (None, false);
            }
            b"Do" => boxes.extend(form_named(&operands, forms).map(|bounds| {
                let whole = mapped(bounds, &state.matrix);
                state.clip.map_or(whole, |clip| overlap(&clip, &whole))
            })),
            _ => {}
        }
    }
    boxes
}

fn form_named<'a>(operands: &[&Object<'_>], forms: &'a [(Vec<u8>, Rectangle)]) -> Option<&'a Rectangle> {
    let Some(Object::Name(name)) = operands.first() else {
        return None;
    };
    let known = forms.iter().find(|(known, _)| known.as_slice() == name.as_ref());
    known.map(|(_, bounds)| bounds)
}

fn number(object: &Object<'_>) -> Option<f64> {
    match object {
        Object::Number(number) => Some(number.as_f64()),
        _ => None,
    }
}

fn four(operands: &[&Object<'_>]) -> Option<[f64; 4]> {
    let numbers: Option<Vec<f64>> = operands.iter().copied().map(number).collect();
    numbers?.try_into().ok()
}

fn six(operands: &[&Object<'_>]) -> Option<Matrix> {
    let numbers: Option<Vec<f64>> = operands.iter().copied().map(number).collect();
    let [a, b, c, d, e, f]: [f64; 6] = numbers?.try_into().ok()?;
    Some(Matrix { a, b, c, d, e, f })
}

fn matrix_of(value: &Value) -> Option<Matrix> {
    let numbers: Option<Vec<f64>> = value.as_array()?.iter().map(Value::as_number).collect();
    let [a, b, c, d, e, f]: [f64; 6] = numbers?.try_into().ok()?;
    Some(Matrix { a, b, c, d, e, f })
}

fn rectangle_of(value: &Value) -> Option<Rectangle> {
    let numbers: Option<Vec<f64>> = value.as_array()?.iter().map(Value::as_number).collect();
    let [left, bottom, right, top]: [f64; 4] = numbers?.try_into().ok()?;
    Some(Rectangle::from_corners((left, bottom), (right, top)))
}

/// The upright rectangle around a mapped one.
fn mapped(rectangle: &Rectangle, map: &Matrix) -> Rectangle {
    let Rectangle {
        left,
        bottom,
        right,
        top,
    } = *rectangle;
    let corners = [(left, bottom), (right, bottom), (left, top), (right, top)].map(|(x, y)| map.apply(x, y));
    let least = |of: fn(&(f64, f64)) -> f64| corners.iter().map(of).fold(f64::INFINITY, f64::min);
    let most = |of: fn(&(f64, f64)) -> f64| corners.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
    Rectangle {
        left: least(|point| point.0),
        bottom: least(|point| point.1),
        right: most(|point| point.0),
        top: most(|point| point.1),
    }
}

fn overlap(one: &Rectangle, other: &Rectangle) -> Rectangle {
    let left = one.left.max(other.left);
    let bottom = one.bottom.max(other.bottom);
    Rectangle {
        left,
        bottom,
        right: one.right.min(other.right).max(left),
        top: one.top.min(other.top).max(bottom),
    }
}

/// The box as a person sees it; none when it has no area or lies off the visible page.
fn shown(document: &Document, page: u32, rectangle: &Rectangle, kind: MarkKind) -> Option<ShownMark> {
    let geometry: &PageGeometry = document.pages().get(page_index(page)?)?;
    let visible = mapped(&overlap(&geometry.visible, rectangle), &geometry.to_visible());
    let usable = [visible.left, visible.bottom, visible.width(), visible.height()]
        .iter()
        .all(|value| value.is_finite());
    let mark = ShownMark {
        page,
        x_mm: visible.left,
        y_mm: visible.bottom,
        width_mm: visible.width(),
        height_mm: visible.height(),
        kind,
    };
    (usable && mark.width_mm > 0.01 && mark.height_mm > 0.01).then_some(mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_turns_and_clips_are_followed() {
        let unit = Rectangle::from_corners((0.0, 0.0), (10.0, 20.0));
        let forms = vec![(b"Fm".to_vec(), unit)];
        let boxes = drawn_boxes(
            b"q 2 0 0 2 5 5 cm 0 0 5 20 re W n /Fm Do Q q 0 1 -1 0 0 0 cm /Fm Do Q /Other Do",
            &forms,
        );
        assert_eq!(
            boxes,
            vec![
                Rectangle::from_corners((5.0, 5.0), (15.0, 45.0)),
                Rectangle::from_corners((-20.0, 0.0), (0.0, 10.0)),
            ]
        );
    }

    #[test]
    fn nonsense_draws_nothing() {
        let forms = vec![(b"Fm".to_vec(), Rectangle::from_corners((0.0, 0.0), (1.0, 1.0)))];
        assert!(drawn_boxes(b"Q Q cm (Fm) Do W W n 1 re \xff\xfe << >>", &forms).is_empty());
    }
}
