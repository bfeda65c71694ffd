//! Appending: marks and a signature as one tail after the untouched original bytes.

mod appearance;
mod embedded_font;
mod field;
mod field_rules;
mod marks;
mod packing;
mod page_content;
mod sheet;
mod signature_dictionary;
mod tail;
mod validation_data;

pub use field_rules::SeedConstraint;
pub use sheet::{SHEET_MM, SheetError, SheetFont, SheetItem, write_sheets};
pub use validation_data::{SignatureProof, prepare_validation_data};

pub(crate) use appearance::numbers;

use std::ops::Range;

use time::OffsetDateTime;

use crate::document::{Damage, Document, RefuseReason};
use crate::form;
use crate::geometry::PlacedMm;
use crate::mark::{Appearance, Mark};
use crate::signature::CertificationLevel;
use crate::structure::Value;
use field::PlannedWidget;
use signature_dictionary::Holes;
use tail::Tail;

/// What the signature dictionary says its contents are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubFilter {
    /// `ETSI.CAdES.detached` (PAdES, EN 319 142-1).
    EtsiCadesDetached,
    /// `ETSI.RFC3161`: a document timestamp.
    EtsiRfc3161,
}

/// Where the signature field itself shows.
#[derive(Debug, Clone)]
pub enum Widget {
    /// Nowhere of its own. On an already signed file the marks become the field's widgets.
    Invisible,
    /// One widget with this appearance.
    Visible {
        /// What it shows.
        appearance: Appearance,
        /// Where its top left corner goes.
        placement: PlacedMm,
    },
}

/// A signature to prepare.
#[derive(Debug, Clone)]
pub struct SignatureRequest {
    /// Name of an empty signature field to sign into, or of a new one; `None` picks the next free `SignatureN`.
    pub field_name: Option<String>,
    /// `M`, the claimed signing time.
    pub signing_time: OffsetDateTime,
    /// `Name`.
    pub signer_name: Option<String>,
    /// `Reason`.
    pub reason: Option<String>,
    /// `Location`.
    pub location: Option<String>,
    /// What later revisions may do, when this signature certifies the document; only its first one can.
    pub certification: Option<CertificationLevel>,
    /// Marks that this signature carries.
    pub marks: Vec<Mark>,
    /// How the field itself shows.
    pub widget: Widget,
    /// Bytes kept free for the CMS (the hex string is twice as long).
    pub reserved_bytes: usize,
    /// Kind of contents.
    pub sub_filter: SubFilter,
}

impl SignatureRequest {
    /// An invisible document timestamp.
    pub fn document_timestamp(reserved_bytes: usize) -> Self {
        Self {
            sub_filter: SubFilter::EtsiRfc3161,
            reserved_bytes,
            ..Self::new(OffsetDateTime::UNIX_EPOCH)
        }
    }

    /// An invisible CAdES signature with no marks at the given time.
    pub fn new(signing_time: OffsetDateTime) -> Self {
        Self {
            field_name: None,
            signing_time,
            signer_name: None,
            reason: None,
            location: None,
            certification: None,
            marks: Vec::new(),
            widget: Widget::Invisible,
            reserved_bytes: 16_384,
            sub_filter: SubFilter::EtsiCadesDetached,
        }
    }
}

/// Why marks or a signature could not be prepared.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PlaceError {
    /// The file may not be appended to.
    #[error("cannot append: {0}")]
    Refused(#[from] RefuseReason),
    /// A placement names a page that is not there.
    #[error("no page {page}")]
    NoSuchPage {
        /// The page asked for.
        page: u32,
    },
    /// A mark reaches over the edge of the visible page.
    #[error("the mark does not fit on page {page}")]
    MarkOffPage {
        /// The page.
        page: u32,
    },
    /// A size or position that is no number, or not positive.
    #[error("the mark has no usable size")]
    BadSize,
    /// The mark's picture cannot be read as PNG, or is over 40 million pixels.
    #[error("the mark's picture cannot be read")]
    BadPicture,
    /// The field name is empty, has a dot, or is taken by another kind of field.
    #[error("the field name cannot be used")]
    BadFieldName,
    /// The field is signed already.
    #[error("the field {field} is signed already")]
    FieldSigned {
        /// The field.
        field: String,
    },
    /// An earlier signature locked the field (FieldMDP).
    #[error("the field {field} was locked by an earlier signature")]
    FieldLocked {
        /// The field.
        field: String,
    },
    /// The field's author demands something of its signature (seed value) that this one does not have.
    #[error("the field {field} demands another {constraint:?}")]
    SeedValue {
        /// The field.
        field: String,
        /// What.
        constraint: SeedConstraint,
    },
    /// Marks on a signed file become widgets of a new field; this field has a place of its own.
    #[error("marks cannot be added to the existing field {field} of a signed file")]
    MarksNeedNewField {
        /// The field.
        field: String,
    },
    /// Only the first signature can certify a document.
    #[error("signed already: it cannot be certified any more")]
    CertifiedTooLate,
    /// Stamping without signing would invalidate the signatures that are there.
    #[error("already signed: marks need a signature")]
    AlreadySigned,
    /// No mark has a placement.
    #[error("nothing to place")]
    NothingToPlace,
}

/// The CMS does not fit into the bytes kept free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature needs {needed} bytes, {reserved} were kept free")]
pub struct SignatureTooLarge {
    /// Bytes of the CMS.
    pub needed: usize,
    /// Bytes kept free.
    pub reserved: usize,
}

/// An update whose signature is still empty. The output is the original ++ the tail.
#[derive(Debug, Clone)]
pub struct PreparedUpdate {
    original_length: u64,
    byte_range: [u64; 4],
    gap_in_tail: Range<usize>,
    tail: Vec<u8>,
    field_name: String,
}

impl PreparedUpdate {
    /// Fills in the byte range of a tail whose signature dictionary begins at `start`.
    fn close(original_length: u64, mut tail: Vec<u8>, start: usize, holes: &Holes, field_name: String) -> Self {
        let gap_in_tail = start + holes.contents.start..start + holes.contents.end;
        let gap_start = original_length + gap_in_tail.start as u64;
        let gap_end = original_length + gap_in_tail.end as u64;
        let rest = (tail.len() - gap_in_tail.end) as u64;
        let byte_range = [0, gap_start, gap_end, rest];
        let text = signature_dictionary::byte_range_text(byte_range);
        let place = start + holes.byte_range.start..start + holes.byte_range.end;
        if let Some(slot) = tail.get_mut(place) {
            slot.copy_from_slice(text.as_bytes());
        }
        Self {
            original_length,
            byte_range,
            gap_in_tail,
            tail,
            field_name,
        }
    }

    /// `ByteRange` as written: offset, length, offset, length of what is signed.
    pub fn byte_range(&self) -> [u64; 4] {
        self.byte_range
    }

    /// Where the `Contents` hex string lies in the output, its angle brackets included.
    pub fn contents_gap(&self) -> Range<u64> {
        let [_, first, second, _] = self.byte_range;
        first..second
    }

    /// Length of the original the tail belongs to.
    pub fn original_length(&self) -> u64 {
        self.original_length
    }

    /// Name of the new field.
    pub fn field_name(&self) -> &str {
        &self.field_name
    }

    /// The slices to hash, in order: the original, the tail before the gap, the tail after it.
    /// `original` may also be hashed earlier from elsewhere; it is passed through.
    pub fn digest_input<'a>(&'a self, original: &'a [u8]) -> [&'a [u8]; 3] {
        let before = self.tail.get(..self.gap_in_tail.start).unwrap_or_default();
        let after = self.tail.get(self.gap_in_tail.end..).unwrap_or_default();
        [original, before, after]
    }

    /// The finished tail with `cms` (DER) in the gap.
    pub fn with_signature(mut self, cms: &[u8]) -> Result<Vec<u8>, SignatureTooLarge> {
        let reserved = (self.gap_in_tail.len().saturating_sub(2)) / 2;
        let too_large = SignatureTooLarge {
            needed: cms.len(),
            reserved,
        };
        if cms.len() > reserved {
            return Err(too_large);
        }
        let hex = cms.iter().flat_map(|byte| hex_digits(*byte));
        let slot = self.tail.get_mut(self.gap_in_tail.clone()).ok_or(too_large)?;
        for (place, digit) in slot.iter_mut().skip(1).zip(hex) {
            *place = digit;
        }
        Ok(self.tail)
    }
}

fn hex_digits(byte: u8) -> [u8; 2] {
    let digit = |nibble: u8| if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 };
    [digit(byte >> 4), digit(byte & 15)]
}

/// Prepares marks and a signature in one revision.
///
/// On an unsigned file the marks are drawn into the page content; on an already signed file they
/// become widgets of the new field, the only form that keeps earlier signatures valid.
pub fn prepare_signature(document: &Document, request: &SignatureRequest) -> Result<PreparedUpdate, PlaceError> {
    match request.sub_filter {
        SubFilter::EtsiCadesDetached => document.can_append()?,
        // Allowed whatever the certification (ISO 32000-2, 12.8.2.2.2).
        SubFilter::EtsiRfc3161 => document.can_preserve()?,
    }
    if request.certification.is_some() && document.is_signed() {
        return Err(PlaceError::CertifiedTooLate);
    }
    let written = document.written().map_err(damaged)?;
    let view = written.structure.newest();
    let fields = form::read_fields(view).map_err(damaged)?;
    let target = field::target(request, &fields)?;
    let references = field_rules::references(view, request, &target, &fields)?;
    let mut tail = Tail::new(view).map_err(damaged)?;
    let widgets = planned_widgets(&mut tail, document, request, &target)?;
    let signature = tail.reserve();
    let dictionary = signature_dictionary::build(request, &references, |text| tail.protected(signature, text));
    let holes = dictionary.holes.clone();
    tail.set_raw(signature, dictionary.bytes);
    match &target {
        field::Target::New(name) => field::add(&mut tail, name, signature, &widgets),
        field::Target::Existing(field) => field::fill(&mut tail, field, signature),
    }
    .map_err(damaged)?;
    if request.certification.is_some() {
        add_permissions(&mut tail, signature).map_err(damaged)?;
    }
    let written_tail = tail.write();
    let start = written_tail.starts.get(&signature).copied().unwrap_or_default();
    let original_length = document.bytes().len() as u64;
    Ok(PreparedUpdate::close(
        original_length,
        written_tail.bytes,
        start,
        &holes,
        target.name().to_owned(),
    ))
}

/// The widgets of a new field; what is not shown by a widget is drawn on its page.
fn planned_widgets(
    tail: &mut Tail<'_>,
    document: &Document,
    request: &SignatureRequest,
    target: &field::Target<'_>,
) -> Result<Vec<PlannedWidget>, PlaceError> {
    let mut widgets = Vec::new();
    if let Widget::Visible { appearance, placement } = &request.widget {
        let whole = marks::store_at(tail, document, appearance, placement)?;
        widgets.extend(marks::as_widgets(tail, document, &[whole])?);
    }
    let stored = marks::store(tail, document, &request.marks)?;
    if document.is_signed() {
        widgets.extend(marks::as_widgets(tail, document, &stored)?);
    } else {
        marks::draw(tail, document, &stored)?;
    }
    if let field::Target::Existing(field) = target
        && !widgets.is_empty()
    {
        let field = field.name.clone();
        return Err(PlaceError::MarksNeedNewField { field });
    }
    if widgets.is_empty() {
        let written = document.written().map_err(damaged)?;
        let page = written.pages.first().ok_or(PlaceError::NoSuchPage { page: 1 })?;
        widgets.push(PlannedWidget {
            page: page.reference,
            rectangle: None,
            appearance: None,
        });
    }
    Ok(widgets)
}

/// Names the certifying signature in the catalog (12.8.6, table 263); other permissions stay.
fn add_permissions(tail: &mut Tail<'_>, signature: u32) -> Result<(), Damage> {
    let (root, _) = tail.view().catalog()?;
    let mut catalog = tail.dictionary(root)?;
    let mut permissions = match tail.view().entry_of(&catalog, "Perms")? {
        Some(Value::Dictionary(permissions)) => permissions,
        _ => crate::structure::Dictionary::default(),
    };
    permissions.set("DocMDP", Value::reference(signature));
    catalog.set("Perms", Value::Dictionary(permissions));
    tail.set(root, Value::Dictionary(catalog));
    Ok(())
}

/// Prepares marks without a signature: the tail to append. Only for unsigned files.
pub fn prepare_stamp(document: &Document, marks: &[Mark]) -> Result<Vec<u8>, PlaceError> {
    document.can_append()?;
    if document.is_signed() {
        return Err(PlaceError::AlreadySigned);
    }
    let written = document.written().map_err(damaged)?;
    let mut tail = Tail::new(written.structure.newest()).map_err(damaged)?;
    let stored = marks::store(&mut tail, document, marks)?;
    if stored.is_empty() {
        return Err(PlaceError::NothingToPlace);
    }
    marks::draw(&mut tail, document, &stored)?;
    Ok(tail.write().bytes)
}

fn damaged(damage: Damage) -> PlaceError {
    PlaceError::Refused(RefuseReason::Damaged(damage))
}
