//! The signature field, its widgets, and their entries in the form and on the pages.

use super::tail::Tail;
use super::{PlaceError, SignatureRequest, SubFilter};
use crate::document::Damage;
use crate::form::{self, Field};
use crate::geometry::Rectangle;
use crate::structure::{Dictionary, Reference, Value};

/// A widget to write: the page it is on, where, and the form it shows.
pub(super) struct PlannedWidget {
    pub(super) page: Reference,
    pub(super) rectangle: Option<Rectangle>,
    pub(super) appearance: Option<u32>,
}

/// Print and Locked (12.5.3).
const FLAGS: i64 = 4 + 128;

/// Where the signature goes.
pub(super) enum Target<'a> {
    /// Into a field that was made for it.
    Existing(&'a Field),
    /// Into a new field of this name.
    New(String),
}

impl Target<'_> {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Existing(field) => &field.name,
            Self::New(name) => name,
        }
    }
}

/// Finds the empty signature field that was asked for, or picks or checks the name of a new one.
pub(super) fn target<'a>(request: &SignatureRequest, fields: &'a [Field]) -> Result<Target<'a>, PlaceError> {
    let Some(name) = request.field_name.as_deref() else {
        let prefix = match request.sub_filter {
            SubFilter::EtsiCadesDetached => "Signature",
            SubFilter::EtsiRfc3161 => "Timestamp",
        };
        let mut names = (1..=u32::MAX).map(|serial| format!("{prefix}{serial}"));
        let free = names.find(|name| !is_taken(name, fields));
        return free.map(Target::New).ok_or(PlaceError::BadFieldName);
    };
    match fields.iter().find(|field| field.name == name && field.is_signature()) {
        Some(field) if field.value.as_ref().is_some_and(|value| *value != Value::Null) => {
            Err(PlaceError::FieldSigned { field: name.to_owned() })
        }
        Some(field) => Ok(Target::Existing(field)),
        None if name.is_empty() || name.contains('.') || is_taken(name, fields) => Err(PlaceError::BadFieldName),
        None => Ok(Target::New(name.to_owned())),
    }
}

fn is_taken(name: &str, fields: &[Field]) -> bool {
    fields
        .iter()
        .any(|field| field.name == name || field.name.split('.').next() == Some(name))
}

/// Puts the signature into a field that is there.
pub(super) fn fill(tail: &mut Tail<'_>, field: &Field, signature: u32) -> Result<(), Damage> {
    let reference = field.reference.ok_or(Damage::BadEntry {
        number: 0,
        key: "Fields",
    })?;
    let mut dictionary = tail.dictionary(reference)?;
    dictionary.set("V", Value::reference(signature));
    tail.set(reference, Value::Dictionary(dictionary));
    update_form(tail, |_, _| Ok(()))
}

/// Writes the field with its widgets and enters it everywhere.
pub(super) fn add(tail: &mut Tail<'_>, name: &str, signature: u32, widgets: &[PlannedWidget]) -> Result<(), Damage> {
    let field = tail.reserve();
    let mut dictionary = Dictionary::from_iter([
        ("FT", Value::name("Sig")),
        ("T", Value::text(name)),
        ("V", Value::reference(signature)),
    ]);
    if let [only] = widgets {
        // Merged with its one widget: readers that know no kids of signature fields see it.
        add_widget_entries(&mut dictionary, only);
        add_annotation(tail, only.page, field)?;
    } else {
        let mut kids = Vec::new();
        for widget in widgets {
            let mut kid = Dictionary::from_iter([("Parent", Value::reference(field))]);
            add_widget_entries(&mut kid, widget);
            let kid = tail.add(Value::Dictionary(kid));
            add_annotation(tail, widget.page, kid)?;
            kids.push(Value::reference(kid));
        }
        dictionary.set("Kids", Value::Array(kids));
    }
    tail.set(
        Reference {
            number: field,
            generation: 0,
        },
        Value::Dictionary(dictionary),
    );
    add_to_form(tail, field)
}

fn add_widget_entries(dictionary: &mut Dictionary, widget: &PlannedWidget) {
    let corners = widget
        .rectangle
        .map_or([0.0; 4], |area| [area.left, area.bottom, area.right, area.top]);
    dictionary.set("Type", Value::name("Annot"));
    dictionary.set("Subtype", Value::name("Widget"));
    dictionary.set("F", Value::Integer(FLAGS));
    dictionary.set("P", Value::Reference(widget.page));
    dictionary.set("Rect", Value::Array(corners.into_iter().map(Value::real).collect()));
    if let Some(appearance) = widget.appearance {
        let normal = Dictionary::from_iter([("N", Value::reference(appearance))]);
        dictionary.set("AP", Value::Dictionary(normal));
    }
}

/// Adds a widget to a page's annotations, rewriting only the array when it stands alone.
fn add_annotation(tail: &mut Tail<'_>, page: Reference, widget: u32) -> Result<(), Damage> {
    let mut dictionary = tail.dictionary(page)?;
    let raw = dictionary.get("Annots").cloned();
    if let Some(array) = raw.as_ref().and_then(Value::as_reference)
        && let Value::Array(mut items) = tail.current(array)?
    {
        items.push(Value::reference(widget));
        tail.set(array, Value::Array(items));
        return Ok(());
    }
    let mut items = match raw {
        Some(Value::Array(items)) => items,
        None | Some(Value::Null | Value::Reference(_)) => Vec::new(),
        Some(_) => {
            return Err(Damage::BadEntry {
                number: page.number,
                key: "Annots",
            });
        }
    };
    items.push(Value::reference(widget));
    dictionary.set("Annots", Value::Array(items));
    tail.set(page, Value::Dictionary(dictionary));
    Ok(())
}

fn add_to_form(tail: &mut Tail<'_>, field: u32) -> Result<(), Damage> {
    update_form(tail, |tail, form| add_to_fields(tail, form, field))
}

/// Says in the form that there are signatures, and changes what else is wanted.
fn update_form(
    tail: &mut Tail<'_>,
    change: impl FnOnce(&mut Tail<'_>, &mut Dictionary) -> Result<(), Damage>,
) -> Result<(), Damage> {
    let (root, _) = tail.view().catalog()?;
    let existing = form::form_dictionary(tail.view())?;
    let (place, mut dictionary) =
        existing.map_or((None, Dictionary::default()), |form| (form.reference, form.dictionary));
    change(tail, &mut dictionary)?;
    // SignaturesExist and AppendOnly (12.7.3, table 225).
    let flags = dictionary.integer("SigFlags").unwrap_or(0) | 3;
    dictionary.set("SigFlags", Value::Integer(flags));
    if let Some(reference) = place {
        tail.set(reference, Value::Dictionary(dictionary));
        return Ok(());
    }
    let mut catalog = tail.dictionary(root)?;
    let form = match catalog.get("AcroForm") {
        Some(Value::Dictionary(_)) => Value::Dictionary(dictionary),
        _ => Value::reference(tail.add(Value::Dictionary(dictionary))),
    };
    catalog.set("AcroForm", form);
    tail.set(root, Value::Dictionary(catalog));
    Ok(())
}

fn add_to_fields(tail: &mut Tail<'_>, form: &mut Dictionary, field: u32) -> Result<(), Damage> {
    let raw = form.get("Fields").cloned();
    if let Some(array) = raw.as_ref().and_then(Value::as_reference)
        && let Value::Array(mut items) = tail.current(array)?
    {
        items.push(Value::reference(field));
        tail.set(array, Value::Array(items));
        return Ok(());
    }
    let mut items = match raw {
        Some(Value::Array(items)) => items,
        None | Some(Value::Null | Value::Reference(_)) => Vec::new(),
        Some(_) => {
            return Err(Damage::BadEntry {
                number: 0,
                key: "Fields",
            });
        }
    };
    items.push(Value::reference(field));
    form.set("Fields", Value::Array(items));
    Ok(())
}
