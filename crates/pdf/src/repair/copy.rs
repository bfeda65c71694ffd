//! Copying what the tolerant reader reaches into values of our own, with new object numbers.

use std::collections::{HashMap, VecDeque};
use std::io::{Read as _, Write as _};

use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::{Array, Dict, MaybeRef, Name, Object, ObjectIdentifier, Stream};
use hayro::hayro_syntax::page::Page;

use super::{MOST_BYTES, RepairError, trace};
use crate::structure::{Dictionary, Value};
use crate::unfolding;

/// Most objects of a copy.
const MOST_OBJECTS: usize = 2_000_000;

/// Deepest nesting of direct values.
const DEEPEST: usize = 100;

/// Number of the catalog in the copy.
pub(super) const CATALOG: u32 = 1;

/// Number of the one node of the new page tree.
const PAGES: u32 = 2;

/// A copied object; numbers count from 1.
pub(super) enum Copied {
    Value(Value),
    Stream(Dictionary, Vec<u8>),
}

/// The objects of the new file by number (index 0 is number 1).
pub(super) struct Copy {
    pub(super) objects: Vec<Option<Copied>>,
    /// `Info`.
    pub(super) information: Dictionary,
}

struct Copier<'a> {
    reader: &'a Pdf,
    numbers: HashMap<ObjectIdentifier, u32>,
    waiting: VecDeque<(ObjectIdentifier, u32)>,
    objects: Vec<Option<Copied>>,
    bytes: usize,
}

/// Everything that belongs to the pages and the catalog.
pub(super) fn whole(reader: &Pdf) -> Result<Copy, RepairError> {
    let mut copier = Copier {
        reader,
        numbers: HashMap::new(),
        waiting: VecDeque::new(),
        objects: vec![None, None],
        bytes: 0,
    };
    copier.refuse_signed()?;
    copier.pages()?;
    copier.catalog()?;
    while let Some((identifier, number)) = copier.waiting.pop_front() {
        let copied = match reader.xref().get::<Object<'_>>(identifier) {
            Some(object) => copier.object(&object)?,
            // What is missing is null (7.3.10).
            None => Copied::Value(Value::Null),
        };
        copier.put(number, copied);
    }
    Ok(Copy {
        objects: copier.objects,
        information: information(reader),
    })
}

impl<'a> Copier<'a> {
    /// Also objects that nothing leads to: a lost page tree must not hide a signature.
    fn refuse_signed(&mut self) -> Result<(), RepairError> {
        let signed = |object: Object<'_>| match object {
            Object::Dict(dictionary) => has_signature(&dictionary),
            _ => false,
        };
        match self.reader.objects().into_iter().any(signed) {
            true => Err(RepairError::Signed),
            false => Ok(()),
        }
    }

    fn pages(&mut self) -> Result<(), RepairError> {
        let reader = self.reader;
        let mut numbers = Vec::new();
        for page in reader.pages().iter() {
            let number = self.reserve()?;
            // A page listed twice becomes two pages: a node of the tree has one place.
            if let Some(identifier) = page.raw().obj_id() {
                self.numbers.entry(identifier).or_insert(number);
            }
            numbers.push(number);
        }
        for (page, number) in reader.pages().iter().zip(&numbers) {
            let copied = self.page(page)?;
            self.put(*number, Copied::Value(Value::Dictionary(copied)));
        }
        let tree = Dictionary::from_iter([
            ("Type", Value::name("Pages")),
            ("Count", Value::Integer(numbers.len() as i64)),
            (
                "Kids",
                Value::Array(numbers.into_iter().map(Value::reference).collect()),
            ),
        ]);
        self.put(PAGES, Copied::Value(Value::Dictionary(tree)));
        Ok(())
    }

    /// The page with all it inherits.
    fn page(&mut self, page: &Page<'a>) -> Result<Dictionary, RepairError> {
        const REPLACED: [&[u8]; 8] = [
            b"Type",
            b"Parent",
            b"Resources",
            b"MediaBox",
            b"CropBox",
            b"Rotate",
            b"Count",
            b"Kids",
        ];
        let mut copied = self.dictionary(page.raw(), DEEPEST, &REPLACED)?;
        let corners = |from: hayro::hayro_syntax::object::Rect| {
            let corners = [from.x0, from.y0, from.x1, from.y1];
            Value::Array(corners.into_iter().map(number).collect())
        };
        let degrees = match page.rotation() {
            hayro::hayro_syntax::page::Rotation::None => 0,
            hayro::hayro_syntax::page::Rotation::Horizontal => 90,
            hayro::hayro_syntax::page::Rotation::Flipped => 180,
            hayro::hayro_syntax::page::Rotation::FlippedHorizontal => 270,
        };
        copied.set("Type", Value::name("Page"));
        copied.set("Parent", Value::reference(PAGES));
        copied.set("MediaBox", corners(page.media_box()));
        copied.set("CropBox", corners(page.crop_box()));
        copied.set("Rotate", Value::Integer(degrees));
        let resources = page.resources();
        let mut kinds = Dictionary::default();
        let listed = [
            ("ExtGState", &resources.ext_g_states),
            ("Font", &resources.fonts),
            ("Properties", &resources.properties),
            ("ColorSpace", &resources.color_spaces),
            ("XObject", &resources.x_objects),
            ("Pattern", &resources.patterns),
            ("Shading", &resources.shadings),
        ];
        for (kind, dictionary) in listed {
            if !dictionary.is_empty() {
                kinds.set(kind, Value::Dictionary(self.dictionary(dictionary, DEEPEST, &[])?));
            }
        }
        copied.set("Resources", Value::Dictionary(kinds));
        Ok(copied)
    }

    fn catalog(&mut self) -> Result<(), RepairError> {
        let root = self.reader.xref().root_id();
        let mut catalog = match self.reader.xref().get::<Dict<'a>>(root) {
            // `Perms` names the signatures that grant rights; there are none.
            Some(old) => self.dictionary(&old, DEEPEST, &[b"Pages", b"Type", b"Perms"])?,
            None => Dictionary::default(),
        };
        catalog.set("Type", Value::name("Catalog"));
        catalog.set("Pages", Value::reference(PAGES));
        self.put(CATALOG, Copied::Value(Value::Dictionary(catalog)));
        Ok(())
    }

    fn reserve(&mut self) -> Result<u32, RepairError> {
        if self.objects.len() >= MOST_OBJECTS {
            return Err(RepairError::TooLarge);
        }
        self.objects.push(None);
        u32::try_from(self.objects.len()).map_err(|_| RepairError::TooLarge)
    }

    fn put(&mut self, number: u32, copied: Copied) {
        let index = usize::try_from(number).unwrap_or_default().checked_sub(1);
        if let Some(place) = index.and_then(|index| self.objects.get_mut(index)) {
            *place = Some(copied);
        }
    }

    fn object(&mut self, object: &Object<'a>) -> Result<Copied, RepairError> {
        match object {
            Object::Stream(stream) => self.stream(stream),
            other => self.value(other, DEEPEST).map(Copied::Value),
        }
    }

    fn stream(&mut self, stream: &Stream<'a>) -> Result<Copied, RepairError> {
        let mut dictionary = self.dictionary(stream.dict(), DEEPEST, &[b"Length", b"DL"])?;
        let raw = stream.raw_data();
        let data = match is_broken_flate(&dictionary, &raw) {
            false => raw.into_owned(),
            true => packed(
                &unfolding::data(stream, MOST_BYTES).unwrap_or_default(),
                &mut dictionary,
            ),
        };
        self.bytes = self.bytes.saturating_add(data.len());
        if self.bytes > MOST_BYTES {
            return Err(RepairError::TooLarge);
        }
        Ok(Copied::Stream(dictionary, data))
    }

    fn dictionary(&mut self, from: &Dict<'a>, depth: usize, without: &[&[u8]]) -> Result<Dictionary, RepairError> {
        let mut copied = Dictionary::default();
        for (key, value) in from.entries() {
            if !without.contains(&&*key) {
                let value = self.place(value, depth)?;
                // Of a key written twice the reader shows the one it finds; here the first stays.
                copied.insert_new(key.to_vec(), value);
            }
        }
        match trace::in_dictionary(&copied) {
            true => Err(RepairError::Signed),
            false => Ok(copied),
        }
    }

    fn array(&mut self, from: &Array<'a>, depth: usize) -> Result<Value, RepairError> {
        let items = from.raw_iter().map(|item| self.place(item, depth));
        items.collect::<Result<_, _>>().map(Value::Array)
    }

    fn place(&mut self, value: MaybeRef<Object<'a>>, depth: usize) -> Result<Value, RepairError> {
        match value {
            MaybeRef::NotRef(object) => self.value(&object, depth),
            MaybeRef::Ref(reference) => {
                let identifier = ObjectIdentifier::from(reference);
                if let Some(number) = self.numbers.get(&identifier) {
                    return Ok(Value::reference(*number));
                }
                let number = self.reserve()?;
                self.numbers.insert(identifier, number);
                self.waiting.push_back((identifier, number));
                Ok(Value::reference(number))
            }
        }
    }

    fn value(&mut self, object: &Object<'a>, depth: usize) -> Result<Value, RepairError> {
        let inner = depth.checked_sub(1).ok_or(RepairError::Unreadable)?;
        self.bytes = self.bytes.saturating_add(1);
        Ok(match object {
            Object::Null(_) => Value::Null,
            Object::Boolean(value) => Value::Boolean(*value),
            Object::Number(value) => number(value.as_f64()),
            Object::String(text) => Value::String(text.as_bytes().to_vec()),
            Object::Name(name) => Value::Name(name.to_vec()),
            Object::Dict(dictionary) => Value::Dictionary(self.dictionary(dictionary, inner, &[])?),
            Object::Array(items) => self.array(items, inner)?,
            // Only an indirect object can be a stream (7.3.8.1).
            Object::Stream(_) => Value::Null,
        })
    }
}

fn has_signature(dictionary: &Dict<'_>) -> bool {
    let kind = dictionary.get::<Name<'_>>("Type");
    let field = dictionary.get::<Name<'_>>("FT");
    dictionary.contains_key("ByteRange")
        || matches!(kind.as_deref(), Some(b"Sig" | b"DocTimeStamp"))
        || (field.as_deref() == Some(b"Sig") && dictionary.get::<Dict<'_>>("V").is_some())
}

/// Whole numbers as integers: some entries may not be written as `1.0`.
fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9e15 {
        return Value::Integer(value as i64);
    }
    // The shortest decimal that reads back as the same number, never with an exponent.
    Value::Real(if value.is_finite() {
        format!("{value}")
    } else {
        "0".to_owned()
    })
}

fn is_broken_flate(dictionary: &Dictionary, raw: &[u8]) -> bool {
    let is_flate = |value: &Value| matches!(value.as_name(), Some(b"FlateDecode" | b"Fl"));
    let filtered = match dictionary.get("Filter") {
        Some(Value::Array(filters)) => matches!(filters.as_slice(), [only] if is_flate(only)),
        Some(filter) => is_flate(filter),
        None => false,
    };
    // What it unfolds to is thrown away in small pieces, so a bomb costs time only, and that is limited.
    let mut decoder = flate2::read::ZlibDecoder::new(raw);
    let mut piece = vec![0; 64 << 10];
    filtered
        && loop {
            match decoder.read(&mut piece) {
                Ok(0) => break false,
                Ok(_) => {}
                Err(_) => break true,
            }
        }
}

/// Packs what could still be decoded.
fn packed(data: &[u8], dictionary: &mut Dictionary) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    let packed = encoder.write_all(data).and_then(|()| encoder.finish());
    dictionary.set("Filter", Value::name("FlateDecode"));
    dictionary.set("DecodeParms", Value::Null);
    packed.unwrap_or_default()
}

/// What the document says of itself.
fn information(reader: &Pdf) -> Dictionary {
    let metadata = reader.metadata();
    let texts = [
        ("Title", &metadata.title),
        ("Author", &metadata.author),
        ("Subject", &metadata.subject),
        ("Keywords", &metadata.keywords),
        ("Creator", &metadata.creator),
        ("Producer", &metadata.producer),
    ];
    let known = texts
        .into_iter()
        .filter_map(|(key, text)| Some((key, Value::String(text.as_ref()?.to_vec()))));
    Dictionary::from_iter(known)
}
