//! Reading the signatures of any PDF: what each says, what it covers, whether its gap is honest.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use crate::document::{Damage, Document};
use crate::form::{self, Field};
use crate::structure::{Dictionary, PageNode, Parser, Structure, Value, View, is_white};

/// The level of a certification (ISO 32000-2, table 257, `P`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CertificationLevel {
    /// 1: no changes.
    NoChanges,
    /// 2: fill in forms and sign.
    FormFilling,
    /// 3: also annotate.
    Annotating,
}

/// What a signature's byte range covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coverage {
    /// Everything to the end of the file but the `Contents` gap.
    WholeFile,
    /// Everything to the end of its own revision; revisions follow.
    WholeRevision,
    /// Anything else: do not rely on it.
    Partial,
}

/// What a signature dictionary is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureKind {
    /// An approval or certification signature.
    Signature,
    /// A document timestamp (`DocTimeStamp`).
    DocumentTimestamp,
}

/// One signed field.
#[derive(Debug, Clone, PartialEq)]
pub struct SignatureField {
    /// Fully qualified field name.
    pub name: String,
    /// Signature or document timestamp.
    pub kind: SignatureKind,
    /// The numbers of `ByteRange` when it has four sane ones: offset, length, offset, length.
    pub byte_range: Option<[u64; 4]>,
    /// The DER bytes of `Contents`, cut to the length the DER header states (padding dropped).
    pub contents: Vec<u8>,
    /// `Cert`: certificates beside a bare PKCS#1 signature (12.8.3.2), as DER.
    pub certificates: Vec<Vec<u8>>,
    /// `Filter`.
    pub filter: Option<String>,
    /// `SubFilter`.
    pub sub_filter: Option<String>,
    /// `M`, the claimed signing time, as written (PDF date).
    pub modified: Option<String>,
    /// `Name`.
    pub signer_name: Option<String>,
    /// `Reason`.
    pub reason: Option<String>,
    /// `Location`.
    pub location: Option<String>,
    /// Index into [`Document::revisions`] of the revision it was signed in, when it matches one.
    pub revision: Option<usize>,
    /// Pages (1-based) that carry a visible widget of it.
    pub pages: Vec<u32>,
    /// What its byte range covers.
    pub coverage: Coverage,
    /// Whether the gap in the byte range is exactly this dictionary's `Contents` hex string.
    pub gap_is_contents: bool,
    /// The certification level it sets (DocMDP), if any.
    pub certification: Option<CertificationLevel>,
    /// Whether the newest revision still has it.
    pub in_newest_revision: bool,
}

impl SignatureField {
    /// The slices of the file to hash, in order; none when the byte range is not usable.
    pub fn digest_input<'a>(&self, document: &'a Document) -> Option<[&'a [u8]; 2]> {
        let [first, first_length, second, second_length] = self.byte_range?;
        let slice = |start: u64, length: u64| {
            let start = usize::try_from(start).ok()?;
            let end = start.checked_add(usize::try_from(length).ok()?)?;
            document.bytes().get(start..end)
        };
        Some([slice(first, first_length)?, slice(second, second_length)?])
    }
}

/// Every signature of every revision, in file order of their byte ranges.
///
/// Errors: the structure is damaged; the caller must then say "cannot check", never "unsigned".
pub fn read_signatures(document: &Document) -> Result<&[SignatureField], Damage> {
    document.written().map(|written| written.signatures.as_slice())
}

/// Reads the signatures of every revision; the newest revision's word counts where they differ.
pub(crate) fn read_all(structure: &Structure, pages: &[PageNode]) -> Result<Vec<SignatureField>, Damage> {
    let newest = structure.revisions.len().saturating_sub(1);
    let mut found: BTreeMap<(u64, String), SignatureField> = BTreeMap::new();
    // A file with many signatures has each of them in many revisions: read each once.
    let mut seen = HashSet::new();
    for revision in (0..=newest).rev() {
        let view = structure.view(revision);
        for field in form::read_fields(view)?.iter().filter(|field| field.is_signature()) {
            let place = field
                .value
                .as_ref()
                .and_then(Value::as_reference)
                .map(|value| (value, view.entry(value.number)));
            if place.is_some_and(|place| !seen.insert((field.name.clone(), place))) {
                continue;
            }
            if let Some((at, signature)) = read_field(view, field, pages, revision == newest)? {
                found.entry((at, signature.name.clone())).or_insert(signature);
            }
        }
    }
    let mut signatures: Vec<SignatureField> = found.into_values().collect();
    signatures.sort_by_key(|field| {
        field
            .byte_range
            .map_or(u64::MAX, |[_, _, start, length]| start + length)
    });
    Ok(signatures)
}

/// The signature a field holds and where its dictionary is written.
fn read_field(
    view: View<'_>,
    field: &Field,
    pages: &[PageNode],
    in_newest_revision: bool,
) -> Result<Option<(u64, SignatureField)>, Damage> {
    let Some(raw) = &field.value else { return Ok(None) };
    let value = match view.resolve(raw)? {
        Value::Dictionary(value) => value,
        Value::Null => return Ok(None),
        _ => {
            return Err(Damage::BadEntry {
                number: field.reference.map_or(0, |own| own.number),
                key: "V",
            });
        }
    };
    let text = |key: &str| {
        Ok(view
            .entry_of(&value, key)?
            .as_ref()
            .and_then(Value::as_bytes)
            .map(form::text_of))
    };
    let name = |key: &str| {
        let entry = view.entry_of(&value, key)?;
        Ok(entry
            .as_ref()
            .and_then(Value::as_name)
            .map(|name| String::from_utf8_lossy(name).into_owned()))
    };
    let byte_range = byte_range(view, &value)?;
    let contents_at = contents_place(view, field)?;
    let gap_is_contents = match (&byte_range, &contents_at) {
        (Some([_, first, second, _]), Some(place)) => *first == place.start && *second == place.end,
        _ => false,
    };
    let (coverage, revision) = coverage(view, byte_range, gap_is_contents);
    let contents = view.entry_of(&value, "Contents")?;
    let signature = SignatureField {
        name: field.name.clone(),
        kind: if value.is_type("DocTimeStamp") {
            SignatureKind::DocumentTimestamp
        } else {
            SignatureKind::Signature
        },
        byte_range,
        contents: contents
            .as_ref()
            .and_then(Value::as_bytes)
            .map(without_padding)
            .unwrap_or_default(),
        certificates: certificates(view, &value)?,
        filter: name("Filter")?,
        sub_filter: name("SubFilter")?,
        modified: text("M")?,
        signer_name: text("Name")?,
        reason: text("Reason")?,
        location: text("Location")?,
        revision,
        pages: widget_pages(view, field, pages)?,
        coverage,
        gap_is_contents,
        certification: certification(view, &value)?,
        in_newest_revision,
    };
    Ok(Some((contents_at.map_or(0, |place| place.start), signature)))
}

/// One string, or an array of them.
fn certificates(view: View<'_>, value: &Dictionary) -> Result<Vec<Vec<u8>>, Damage> {
    let items = match view.entry_of(value, "Cert")? {
        Some(Value::Array(items)) => items,
        Some(single) => vec![single],
        None => Vec::new(),
    };
    let strings = items.iter().map(|item| view.resolve(item));
    let strings: Vec<Value> = strings.collect::<Result<_, _>>()?;
    Ok(strings.iter().filter_map(Value::as_bytes).map(<[u8]>::to_vec).collect())
}

fn byte_range(view: View<'_>, value: &Dictionary) -> Result<Option<[u64; 4]>, Damage> {
    let Some(Value::Array(items)) = view.entry_of(value, "ByteRange")? else {
        return Ok(None);
    };
    let number = |item: &Value| item.as_integer().and_then(|number| u64::try_from(number).ok());
    let numbers: Option<Vec<u64>> = items.iter().map(number).collect();
    let range: Option<[u64; 4]> = numbers.and_then(|numbers| numbers.try_into().ok());
    let length = view.structure().data().len() as u64;
    let sane = |range: &[u64; 4]| {
        let [first, first_length, second, second_length] = *range;
        let first_end = first.checked_add(first_length);
        let second_end = second.checked_add(second_length);
        first_end.is_some_and(|end| end <= second) && second_end.is_some_and(|end| end <= length)
    };
    Ok(range.filter(sane))
}

/// Where the hex string of `Contents` is written, angle brackets included; `None` when the
/// dictionary is in an object stream or the string is not hexadecimal.
fn contents_place(view: View<'_>, field: &Field) -> Result<Option<Range<u64>>, Damage> {
    let data = view.structure().data();
    let holder = match &field.value {
        Some(Value::Reference(reference)) => view.object(reference.number)?,
        _ => None,
    };
    let start = match holder.and_then(|object| object.place) {
        Some(place) => Some(place.value_at),
        None => direct_value_place(view, field)?,
    };
    let Some(start) = start else { return Ok(None) };
    let place = entry_place(data, start, "Contents");
    Ok(place
        .filter(|place| data.get(place.start) == Some(&b'<'))
        .map(|place| place.start as u64..place.end as u64))
}

/// A signature dictionary written directly into its field.
fn direct_value_place(view: View<'_>, field: &Field) -> Result<Option<usize>, Damage> {
    let (Some(Value::Dictionary(_)), Some(reference)) = (field.dictionary.get("V"), field.reference) else {
        return Ok(None);
    };
    let place = view.object(reference.number)?.and_then(|object| object.place);
    let data = view.structure().data();
    Ok(place
        .and_then(|place| entry_place(data, place.value_at, "V"))
        .map(|place| place.start))
}

fn entry_place(data: &[u8], dictionary_at: usize, key: &str) -> Option<Range<usize>> {
    let mut found = None;
    Parser::new(data, dictionary_at)
        .dictionary(&mut |name, place| {
            if name == key.as_bytes() {
                found = Some(place);
            }
        })
        .ok()?;
    found
}

/// Coverage, and the revision whose end the range reaches.
fn coverage(view: View<'_>, range: Option<[u64; 4]>, gap_is_contents: bool) -> (Coverage, Option<usize>) {
    let Some([0, _, second, length]) = range.filter(|_| gap_is_contents) else {
        return (Coverage::Partial, None);
    };
    let structure = view.structure();
    let end = second + length;
    let blank_between = |from: u64| {
        let slice = usize::try_from(from).ok().zip(usize::try_from(end).ok());
        let bytes = slice.and_then(|(from, end)| structure.data().get(from..end));
        bytes.is_some_and(|bytes| bytes.iter().all(|byte| is_white(*byte)))
    };
    let reached = structure.revisions.iter().rposition(|revision| revision.end <= end);
    let revision = reached.filter(|index| {
        structure
            .revisions
            .get(*index)
            .is_some_and(|revision| blank_between(revision.end))
    });
    match revision {
        None => (Coverage::Partial, None),
        Some(index) if end == structure.data().len() as u64 => (Coverage::WholeFile, Some(index)),
        Some(index) => (Coverage::WholeRevision, Some(index)),
    }
}

/// Cuts the zeros after the DER value that fill the reserved space.
fn without_padding(contents: &[u8]) -> Vec<u8> {
    contents
        .get(..der_length(contents).unwrap_or(contents.len()))
        .unwrap_or(contents)
        .to_vec()
}

fn der_length(bytes: &[u8]) -> Option<usize> {
    let first = usize::from(*bytes.get(1)?);
    if first < 0x80 {
        return Some(2 + first);
    }
    let digits = bytes
        .get(2..2 + (first & 0x7F))
        .filter(|digits| !digits.is_empty() && digits.len() <= 4)?;
    let length = digits
        .iter()
        .fold(0_usize, |sum, digit| (sum << 8) | usize::from(*digit));
    length.checked_add(2 + digits.len())
}

/// Pages with a widget that has an area and is not hidden.
pub(crate) fn widget_pages(view: View<'_>, field: &Field, pages: &[PageNode]) -> Result<Vec<u32>, Damage> {
    let mut numbers = Vec::new();
    for (_, widget) in &field.widgets {
        let page = widget.get("P").and_then(Value::as_reference);
        let index = page.and_then(|page| pages.iter().position(|node| node.reference == page));
        let number = index.and_then(|index| u32::try_from(index + 1).ok());
        if shows_something(view, widget)? {
            numbers.extend(number);
        }
    }
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}

pub(crate) fn shows_something(view: View<'_>, widget: &Dictionary) -> Result<bool, Damage> {
    // Hidden or NoView (12.5.3).
    if widget.integer("F").unwrap_or(0) & 0b10_0010 != 0 {
        return Ok(false);
    }
    let Some(Value::Array(corners)) = view.entry_of(widget, "Rect")? else {
        return Ok(false);
    };
    let corners: Option<Vec<f64>> = corners.iter().map(Value::as_number).collect();
    Ok(match corners.as_deref() {
        Some([left, bottom, right, top]) => left != right && bottom != top,
        _ => true,
    })
}

/// `DocMDP` among the signature's references (12.8.2.2).
fn certification(view: View<'_>, value: &Dictionary) -> Result<Option<CertificationLevel>, Damage> {
    let Some(Value::Array(references)) = view.entry_of(value, "Reference")? else {
        return Ok(None);
    };
    for raw in &references {
        let Value::Dictionary(reference) = view.resolve(raw)? else {
            continue;
        };
        if !reference.name_is("TransformMethod", "DocMDP") {
            continue;
        }
        let level = match view.entry_of(&reference, "TransformParams")? {
            Some(Value::Dictionary(parameters)) => {
                view.entry_of(&parameters, "P")?.and_then(|level| level.as_integer())
            }
            _ => None,
        };
        return Ok(Some(match level.unwrap_or(2) {
            2 => CertificationLevel::FormFilling,
            3 => CertificationLevel::Annotating,
            // An unknown level is taken as the strictest.
            _ => CertificationLevel::NoChanges,
        }));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_cut_and_nonsense_kept() {
        assert_eq!(without_padding(&[0x30, 1, 5, 0, 0]), [0x30, 1, 5]);
        assert_eq!(without_padding(&[0x30, 0x81, 1, 5, 0]), [0x30, 0x81, 1, 5]);
        assert_eq!(without_padding(&[0x30, 0x80, 5]), [0x30, 0x80, 5]);
        assert_eq!(
            without_padding(&[0x30, 0x84, 255, 255, 255, 255]),
            [0x30, 0x84, 255, 255, 255, 255]
        );
        assert!(without_padding(&[]).is_empty());
    }
}
