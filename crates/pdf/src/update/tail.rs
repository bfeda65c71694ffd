//! The tail itself: new and replaced objects, their cross-reference section, its trailer.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;

use zlib_rs::{DeflateConfig, ReturnCode, Strategy, compress_bound, compress_slice};

use crate::document::Damage;
use crate::encryption::Encryption;
use crate::structure::{Dictionary, Entry, Reference, SectionKind, Value, View};
use crate::update::packing;

/// An object of the update.
enum Body {
    Value(Value),
    Stream(Dictionary, Vec<u8>),
    Raw(Vec<u8>),
}

/// Objects gathered for one update of one document.
pub(super) struct Tail<'a> {
    view: View<'a>,
    next: u32,
    objects: BTreeMap<u32, (u16, Body)>,
}

/// The bytes to append and where each raw object's body begins in them.
pub(super) struct Written {
    pub(super) bytes: Vec<u8>,
    pub(super) starts: BTreeMap<u32, usize>,
}

impl<'a> Tail<'a> {
    pub(super) fn new(view: View<'a>) -> Result<Self, Damage> {
        // Number 0 is the head of the free list, never an object.
        let next = u32::try_from(view.size().max(1)).map_err(|_| Damage::BadEntry { number: 0, key: "Size" })?;
        Ok(Self {
            view,
            next,
            objects: BTreeMap::new(),
        })
    }

    pub(super) fn view(&self) -> View<'a> {
        self.view
    }

    /// A number for an object that is put later.
    pub(super) fn reserve(&mut self) -> u32 {
        let number = self.next;
        self.next += 1;
        number
    }

    fn put(&mut self, body: Body) -> u32 {
        let number = self.reserve();
        self.objects.insert(number, (0, body));
        number
    }

    pub(super) fn add(&mut self, value: Value) -> u32 {
        self.put(Body::Value(value))
    }

    /// Writes an object whose bytes stay as they are: its strings are [`Tail::protected`] already.
    pub(super) fn set_raw(&mut self, number: u32, bytes: Vec<u8>) {
        self.objects.insert(number, (0, Body::Raw(bytes)));
    }

    /// A value as it is written into object `number`: its strings encrypted where the file's are.
    pub(super) fn protected(&self, number: u32, value: Value) -> Value {
        protect(self.encryption(), Reference { number, generation: 0 }, value)
    }

    fn encryption(&self) -> Option<&'a Encryption> {
        self.view.structure().encryption.as_ref()
    }

    pub(super) fn add_stream(&mut self, dictionary: Dictionary, data: &[u8]) -> u32 {
        let mut dictionary = dictionary;
        let data = deflate(data, &mut dictionary, Strategy::Default);
        self.put(Body::Stream(dictionary, data))
    }

    /// The same for data of long runs, as a seal's mask is: packed in a quarter of the time, and smaller.
    pub(super) fn add_stream_of_runs(&mut self, dictionary: Dictionary, data: &[u8]) -> u32 {
        let mut dictionary = dictionary;
        let data = deflate(data, &mut dictionary, Strategy::Rle);
        self.put(Body::Stream(dictionary, data))
    }

    /// Writes a new state of an existing or reserved object.
    pub(super) fn set(&mut self, reference: Reference, value: Value) {
        self.objects
            .insert(reference.number, (reference.generation, Body::Value(value)));
    }

    /// An object as this update leaves it.
    pub(super) fn current(&self, reference: Reference) -> Result<Value, Damage> {
        match self.objects.get(&reference.number) {
            Some((_, Body::Value(value))) => Ok(value.clone()),
            _ => self.view.resolve(&Value::Reference(reference)),
        }
    }

    /// A dictionary object as this update leaves it.
    pub(super) fn dictionary(&self, reference: Reference) -> Result<Dictionary, Damage> {
        match self.current(reference)? {
            Value::Dictionary(dictionary) => Ok(dictionary),
            _ => Err(Damage::BadObject {
                number: reference.number,
            }),
        }
    }

    /// Moves what may stand in object streams into such, when the file has them; where each object then is.
    fn pack(&mut self) -> BTreeMap<u32, Entry> {
        let mut entries = BTreeMap::new();
        if !self.view.has_object_streams() {
            return entries;
        }
        let packable =
            |(_, (generation, body)): &(&u32, &(u16, Body))| *generation == 0 && matches!(body, Body::Value(_));
        let numbers: Vec<u32> = self
            .objects
            .iter()
            .filter(packable)
            .map(|(number, _)| *number)
            .collect();
        for group in numbers.chunks(packing::MOST_OBJECTS) {
            let members: Vec<(u32, Value)> = group.iter().filter_map(|number| self.take_value(*number)).collect();
            let (dictionary, data) = packing::object_stream(&members);
            let container = self.add_stream(dictionary, &data);
            entries.extend(
                (0..)
                    .zip(group)
                    .map(|(index, number)| (*number, Entry::InStream { container, index })),
            );
        }
        entries
    }

    fn take_value(&mut self, number: u32) -> Option<(u32, Value)> {
        match self.objects.remove(&number)? {
            (_, Body::Value(value)) => Some((number, value)),
            _ => None,
        }
    }

    /// Serialises everything to stand right after the original bytes.
    pub(super) fn write(mut self) -> Written {
        // Strings in an object stream are not encrypted one by one; the stream is (7.5.7).
        let mut entries = self.pack();
        let encryption = self.encryption();
        for (number, (generation, body)) in &mut self.objects {
            let reference = Reference {
                number: *number,
                generation: *generation,
            };
            body.protect(encryption, reference);
        }
        let data = self.view.structure().data();
        let mut out = Out {
            bytes: Vec::new(),
            base: data.len() as u64 - self.view.structure().shift,
        };
        if !matches!(data.last(), Some(b'\n' | b'\r')) {
            out.bytes.push(b'\n');
        }
        let mut starts = BTreeMap::new();
        for (number, (generation, body)) in &self.objects {
            entries.insert(
                *number,
                Entry::InFile {
                    offset: out.offset(),
                    generation: *generation,
                },
            );
            out.text(format_args!("{number} {generation} obj\n"));
            starts.insert(*number, out.bytes.len());
            body.write(&mut out.bytes);
            out.text(format_args!("\nendobj\n"));
        }
        let trailer = self.trailer(&out.bytes);
        let section = out.offset();
        match self.view.kind() {
            SectionKind::Table => write_table(&mut out, &entries, trailer, self.next),
            SectionKind::Stream => write_stream(&mut out, entries, trailer, self.next),
        }
        out.text(format_args!("\nstartxref\n{section}\n%%EOF\n"));
        Written {
            bytes: out.bytes,
            starts,
        }
    }

    /// The newest trailer with what belongs to its own section left out.
    fn trailer(&self, body: &[u8]) -> Dictionary {
        const OF_THE_SECTION: [&[u8]; 10] = [
            b"Type",
            b"W",
            b"Index",
            b"Filter",
            b"DecodeParms",
            b"Length",
            b"Prev",
            b"XRefStm",
            b"Size",
            b"DL",
        ];
        let mut trailer = Dictionary::default();
        let previous = self.view.sections().next();
        for (key, value) in previous.into_iter().flat_map(|section| section.trailer.entries()) {
            if key == b"ID" {
                trailer.set("ID", self.next_identifier(value, body));
            } else if !OF_THE_SECTION.contains(&key) {
                trailer.insert_new(key.to_vec(), value.clone());
            }
        }
        let previous = previous.and_then(|section| i64::try_from(section.at).ok());
        trailer.set("Prev", previous.map_or(Value::Null, Value::Integer));
        trailer
    }

    /// The first half stays for the life of the file, the second changes with every save (14.4).
    fn next_identifier(&self, identifier: &Value, body: &[u8]) -> Value {
        let resolved = self.view.resolve(identifier).unwrap_or(Value::Null);
        let Some([Value::String(first), _]) = resolved.as_array() else {
            return identifier.clone();
        };
        let half = |salt: u8| {
            let mut hasher = DefaultHasher::new();
            (salt, body, self.view.structure().data().len()).hash(&mut hasher);
            hasher.finish().to_be_bytes()
        };
        Value::Array(vec![
            Value::String(first.clone()),
            Value::String([half(0), half(1)].concat()),
        ])
    }
}

struct Out {
    bytes: Vec<u8>,
    /// Length of the original, counted from its header.
    base: u64,
}

impl Out {
    fn offset(&self) -> u64 {
        self.base + self.bytes.len() as u64
    }

    fn text(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a vector cannot fail.
        let _ = self.bytes.write_fmt(text);
    }
}

/// Encrypts the strings of a value that is about to be written.
fn protect(encryption: Option<&Encryption>, reference: Reference, mut value: Value) -> Value {
    if let Some(encryption) = encryption {
        encryption.close_strings(reference, &mut value);
    }
    value
}

impl Body {
    /// Encrypts strings and stream data as the file's own are (7.6.2).
    fn protect(&mut self, encryption: Option<&Encryption>, reference: Reference) {
        let Some(encryption) = encryption else { return };
        match self {
            Self::Value(value) => encryption.close_strings(reference, value),
            Self::Raw(_) => {}
            Self::Stream(dictionary, data) => {
                let mut value = Value::Dictionary(std::mem::take(dictionary));
                encryption.close_strings(reference, &mut value);
                if let Value::Dictionary(closed) = value {
                    *dictionary = closed;
                }
                *data = encryption.close_stream(reference, data);
                dictionary.set("Length", length_of(data));
            }
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Value(value) => value.write(out),
            Self::Raw(bytes) => out.extend_from_slice(bytes),
            Self::Stream(dictionary, data) => {
                dictionary.write(out);
                out.extend_from_slice(b"\nstream\n");
                out.extend_from_slice(data);
                out.extend_from_slice(b"\nendstream");
            }
        }
    }
}

fn deflate(data: &[u8], dictionary: &mut Dictionary, strategy: Strategy) -> Vec<u8> {
    let config = DeflateConfig {
        strategy,
        ..DeflateConfig::default()
    };
    let mut room = vec![0; compress_bound(data.len())];
    let (packed, outcome) = compress_slice(&mut room, data, config);
    let length = packed.len();
    let is_smaller = outcome == ReturnCode::Ok && length < data.len();
    let kept = if is_smaller {
        dictionary.set("Filter", Value::name("FlateDecode"));
        room.truncate(length);
        room
    } else {
        data.to_vec()
    };
    dictionary.set("Length", length_of(&kept));
    kept
}

fn length_of(data: &[u8]) -> Value {
    Value::Integer(i64::try_from(data.len()).unwrap_or(i64::MAX))
}

/// Runs of consecutive numbers: first number and members.
fn runs(entries: &BTreeMap<u32, Entry>) -> Vec<(u32, Vec<Entry>)> {
    let mut runs: Vec<(u32, Vec<Entry>)> = Vec::new();
    for (number, entry) in entries {
        match runs.last_mut() {
            Some((first, members)) if *first as usize + members.len() == *number as usize => members.push(*entry),
            _ => runs.push((*number, vec![*entry])),
        }
    }
    runs
}

fn write_table(out: &mut Out, entries: &BTreeMap<u32, Entry>, mut trailer: Dictionary, size: u32) {
    out.text(format_args!("xref\n"));
    for (first, members) in runs(entries) {
        out.text(format_args!("{first} {}\n", members.len()));
        for entry in members {
            // A file with a table never gets object streams.
            if let Entry::InFile { offset, generation } = entry {
                out.text(format_args!("{offset:010} {generation:05} n \n"));
            }
        }
    }
    trailer.set("Size", Value::Integer(i64::from(size)));
    out.text(format_args!("trailer\n"));
    trailer.write(&mut out.bytes);
}

fn write_stream(out: &mut Out, mut entries: BTreeMap<u32, Entry>, mut trailer: Dictionary, own_number: u32) {
    // The section lists itself (7.5.8.1).
    let own = Entry::InFile {
        offset: out.offset(),
        generation: 0,
    };
    entries.insert(own_number, own);
    let mut rows = Vec::new();
    let mut index = Vec::new();
    for (first, members) in runs(&entries) {
        index.extend([Value::Integer(i64::from(first)), Value::Integer(members.len() as i64)]);
        members.into_iter().for_each(|entry| rows.extend(row(entry)));
    }
    trailer.set("Type", Value::name("XRef"));
    trailer.set("Size", Value::Integer(i64::from(own_number) + 1));
    trailer.set("W", Value::Array(ROW.map(Value::Integer).to_vec()));
    trailer.set("Index", Value::Array(index));
    let data = deflate(&rows, &mut trailer, Strategy::Default);
    out.text(format_args!("{own_number} 0 obj\n"));
    Body::Stream(trailer, data).write(&mut out.bytes);
    out.text(format_args!("\nendobj"));
}

/// Widths of the fields of a row, in bytes (table 17).
const ROW: [i64; 3] = [1, 8, 2];

/// One row of a cross-reference stream (table 18).
fn row(entry: Entry) -> impl Iterator<Item = u8> {
    let (kind, second, third) = match entry {
        Entry::Free => (0, 0, u16::MAX),
        Entry::InFile { offset, generation } => (1, offset, generation),
        Entry::InStream { container, index } => (2, u64::from(container), u16::try_from(index).unwrap_or(u16::MAX)),
    };
    std::iter::once(kind)
        .chain(second.to_be_bytes())
        .chain(third.to_be_bytes())
}
