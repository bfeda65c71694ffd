//! The document as one revision has it: objects found strictly through its cross-references.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use super::chain::Structure;
use super::filter;
use super::object_stream::ObjectStream;
use super::parser::Parser;
use super::section::{Entry, Section, SectionKind, stream_bytes};
use super::value::{Dictionary, Reference, Value};
use crate::document::Damage;
use crate::unfolding::{self, MOST_OF_CONTAINERS, Packing};

/// Longest chain of references to a value.
const MOST_HOPS: usize = 16;

/// Most object streams kept decoded, and most bytes of them.
const MOST_KEPT_STREAMS: usize = 64;
const MOST_KEPT_BYTES: usize = 48 << 20;

/// An indirect object.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Object {
    pub(crate) reference: Reference,
    /// The value; for a stream its dictionary.
    pub(crate) value: Value,
    /// For objects that stand in the file itself.
    pub(crate) place: Option<Place>,
}

/// Where an object stands in the file (positions from its start).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// From its number to the end of its value.
    pub(crate) extent: Range<usize>,
    /// Start of the value.
    pub(crate) value_at: usize,
    /// Whether `stream` follows.
    pub(crate) is_stream: bool,
}

/// A view of one revision.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    structure: &'a Structure,
    revision: usize,
}

impl<'a> View<'a> {
    pub(crate) fn new(structure: &'a Structure, revision: usize) -> Self {
        Self { structure, revision }
    }

    pub(crate) fn structure(&self) -> &'a Structure {
        self.structure
    }

    /// Sections of this view, newest first.
    pub(crate) fn sections(&self) -> impl Iterator<Item = &'a Section> + use<'a> {
        let revision = self.revision;
        self.structure
            .sections
            .iter()
            .rev()
            .filter(move |linked| linked.revision <= revision)
            .map(|linked| &linked.section)
    }

    /// The newest trailer.
    pub(crate) fn trailer(&self) -> Option<&'a Dictionary> {
        self.sections().next().map(|section| &section.trailer)
    }

    pub(crate) fn kind(&self) -> SectionKind {
        self.sections()
            .next()
            .map_or(SectionKind::Table, |section| section.kind)
    }

    /// Whether the newest save has a cross-reference stream and some save put objects into object streams.
    pub(crate) fn has_object_streams(&self) -> bool {
        let packs = |section: &Section| {
            let mut entries = section.entries.values();
            entries.any(|entry| matches!(entry, Entry::InStream { .. }))
        };
        self.kind() == SectionKind::Stream && self.sections().any(packs)
    }

    /// Whether the object streams of this view, unfolded all at once, stay within what a reader may keep of them.
    pub(crate) fn object_streams_fit(&self) -> bool {
        let containers: BTreeSet<u32> = self
            .sections()
            .flat_map(|section| section.entries.values())
            .filter_map(|entry| match entry {
                Entry::InStream { container, .. } => Some(*container),
                _ => None,
            })
            .collect();
        let packed = containers.iter().map(|number| self.packed(*number)).collect();
        let Some(packed): Option<Vec<_>> = packed else {
            return unfolding::found_containers_fit(self.structure.data());
        };
        let bound = packed.iter().fold(0_usize, |sum, (raw, packings)| {
            sum.saturating_add(Packing::bound(raw.len(), packings))
        });
        if bound <= MOST_OF_CONTAINERS {
            return true;
        }
        let mut left = MOST_OF_CONTAINERS;
        packed.iter().all(|(raw, packings)| {
            let size = unfolding::size(raw, packings, left);
            left -= size.unwrap_or_default();
            size.is_some()
        })
    }

    /// A stream before it is unfolded, and its filters; none when it is no readable stream, or a picture.
    fn packed(&self, number: u32) -> Option<(Cow<'a, [u8]>, Vec<Packing>)> {
        let object = self.object(number).ok()??;
        let dictionary = object.value.as_dictionary()?;
        let (raw, _) = self
            .stream_extent_with(&object, |reference| self.plain_integer(reference))
            .ok()?;
        let plain = self.decrypted(&object, dictionary, raw)?;
        let filters = match self.entry_of(dictionary, "Filter").ok()? {
            None => Vec::new(),
            Some(Value::Array(filters)) => filters,
            Some(filter) => vec![filter],
        };
        let packing = |filter: &Value| match self.resolve(filter).ok()?.as_name()? {
            b"Crypt" => Some(None),
            name => Packing::named(name).map(Some),
        };
        let packings: Option<Vec<_>> = filters.iter().map(packing).collect();
        Some((plain, packings?.into_iter().flatten().collect()))
    }

    /// First object number that nothing uses: over every `Size` and every number in the chain.
    pub(crate) fn size(&self) -> u64 {
        let of_section = |section: &Section| {
            let stated = section
                .trailer
                .integer("Size")
                .and_then(|size| u64::try_from(size).ok())
                .unwrap_or(0);
            let listed = section
                .entries
                .keys()
                .next_back()
                .map_or(0, |number| u64::from(*number) + 1);
            stated.max(listed)
        };
        self.sections().map(of_section).max().unwrap_or(0)
    }

    pub(crate) fn entry(&self, number: u32) -> Option<Entry> {
        self.sections()
            .find_map(|section| section.entries.get(&number).copied())
    }

    /// The object, `None` when free or never written.
    pub(crate) fn object(&self, number: u32) -> Result<Option<Object>, Damage> {
        match self.entry(number) {
            None | Some(Entry::Free) => Ok(None),
            Some(Entry::InFile { offset, generation }) => {
                self.object_at(Reference { number, generation }, offset).map(Some)
            }
            Some(Entry::InStream { container, index }) => {
                let stream = self.object_stream(container)?;
                let value = stream.object(number, index).ok_or(Damage::BadObject { number })?;
                Ok(Some(Object {
                    reference: Reference { number, generation: 0 },
                    value,
                    place: None,
                }))
            }
        }
    }

    fn object_at(&self, expected: Reference, offset: u64) -> Result<Object, Damage> {
        let bad = Damage::BadObject {
            number: expected.number,
        };
        let data = self.structure.data();
        let start = offset
            .checked_add(self.structure.shift)
            .and_then(|start| usize::try_from(start).ok());
        let mut parser = Parser::new(data, start.ok_or(bad.clone())?);
        parser.skip_blank();
        let begin = parser.at();
        if parser.object_header() != Ok(expected) {
            return Err(bad);
        }
        parser.skip_white();
        let value_at = parser.at();
        let mut value = parser.value().map_err(|_| bad.clone())?;
        let extent = begin..parser.at();
        parser.skip_white();
        let is_stream = matches!(value, Value::Dictionary(_)) && parser.rest().starts_with(b"stream");
        if let Some(encryption) = &self.structure.encryption {
            encryption.open_strings(expected, &mut value).ok_or(bad)?;
        }
        Ok(Object {
            reference: expected,
            value,
            place: Some(Place {
                extent,
                value_at,
                is_stream,
            }),
        })
    }

    fn object_stream(&self, container: u32) -> Result<Arc<ObjectStream>, Damage> {
        let bad = Damage::BadObject { number: container };
        let Some(Entry::InFile { offset, generation }) = self.entry(container) else {
            return Err(bad);
        };
        let kept = self
            .structure
            .object_streams
            .lock()
            .ok()
            .and_then(|kept| kept.get(&offset).cloned());
        if let Some(stream) = kept {
            return Ok(stream);
        }
        let object = self.object_at(
            Reference {
                number: container,
                generation,
            },
            offset,
        )?;
        let dictionary = object
            .value
            .as_dictionary()
            .filter(|dictionary| dictionary.is_type("ObjStm"))
            .ok_or(bad.clone())?;
        // The length of a container must not itself be in a container, or reading it could go round.
        let (raw, _) = self.stream_extent_with(&object, |reference| self.plain_integer(reference))?;
        let plain = self.decrypted(&object, dictionary, raw).ok_or(bad.clone())?;
        let data = filter::decode(dictionary, &plain).ok_or(bad.clone())?;
        let stream = Arc::new(ObjectStream::read(dictionary, data).ok_or(bad)?);
        if let Ok(mut kept) = self.structure.object_streams.lock() {
            let bytes: usize = kept.values().map(|stream| stream.len()).sum();
            if kept.len() >= MOST_KEPT_STREAMS || bytes > MOST_KEPT_BYTES {
                kept.clear();
            }
            kept.insert(offset, stream.clone());
        }
        Ok(stream)
    }

    /// The bytes of a stream before encryption (still filtered).
    pub(crate) fn decrypted<'b>(
        &self,
        object: &Object,
        dictionary: &Dictionary,
        raw: &'b [u8],
    ) -> Option<Cow<'b, [u8]>> {
        match &self.structure.encryption {
            None => Some(Cow::Borrowed(raw)),
            Some(encryption) => encryption
                .open_stream(object.reference, dictionary, raw)
                .map(Cow::Owned),
        }
    }

    /// What a stream object holds, decrypted and decoded; none when it is no stream or cannot be.
    pub(crate) fn stream_content(&self, object: &Object) -> Option<Vec<u8>> {
        let dictionary = object.value.as_dictionary()?;
        let raw = self.stream_data(object).ok()?;
        let plain = self.decrypted(object, dictionary, raw)?;
        filter::decode(dictionary, &plain)
    }

    /// The raw bytes of a stream object, as they are written (encrypted in an encrypted file).
    pub(crate) fn stream_data(&self, object: &Object) -> Result<&'a [u8], Damage> {
        self.stream_extent(object).map(|(data, _)| data)
    }

    /// The data of a stream, decrypted and decoded; none when it is no readable stream.
    pub(crate) fn decoded_stream(&self, reference: Reference) -> Option<Vec<u8>> {
        let object = self.object(reference.number).ok()??;
        let dictionary = object.value.as_dictionary().filter(|_| object.reference == reference)?;
        let raw = self.stream_data(&object).ok()?;
        let plain = self.decrypted(&object, dictionary, raw)?;
        filter::decode(dictionary, &plain)
    }

    /// The raw bytes of a stream object and the first byte after `endstream`.
    pub(crate) fn stream_extent(&self, object: &Object) -> Result<(&'a [u8], usize), Damage> {
        self.stream_extent_with(object, |reference| {
            self.object(reference.number).ok()??.value.as_integer()
        })
    }

    fn stream_extent_with(
        &self,
        object: &Object,
        indirect_length: impl Fn(Reference) -> Option<i64>,
    ) -> Result<(&'a [u8], usize), Damage> {
        let bad = Damage::BadObject {
            number: object.reference.number,
        };
        let place = object
            .place
            .as_ref()
            .filter(|place| place.is_stream)
            .ok_or(bad.clone())?;
        let dictionary = object.value.as_dictionary().ok_or(bad.clone())?;
        let length = match dictionary.get("Length") {
            Some(Value::Reference(reference)) => indirect_length(*reference),
            Some(value) => value.as_integer(),
            None => None,
        };
        let length = length
            .and_then(|length| usize::try_from(length).ok())
            .ok_or(bad.clone())?;
        let mut parser = Parser::new(self.structure.data(), place.extent.end);
        let data = stream_bytes(&mut parser, length).map_err(|_| bad)?;
        Ok((data, parser.at()))
    }

    fn plain_integer(&self, reference: Reference) -> Option<i64> {
        match self.entry(reference.number)? {
            Entry::InFile { offset, .. } => self.object_at(reference, offset).ok()?.value.as_integer(),
            Entry::InStream { .. } | Entry::Free => None,
        }
    }

    /// Follows references to a value; missing objects are null (7.3.10).
    pub(crate) fn resolve(&self, value: &Value) -> Result<Value, Damage> {
        let mut current = value.clone();
        for _ in 0..MOST_HOPS {
            let Value::Reference(reference) = current else {
                return Ok(current);
            };
            current = match self.object(reference.number)? {
                Some(object) if object.reference == reference => object.value,
                _ => Value::Null,
            };
        }
        Err(value
            .as_reference()
            .map_or(Damage::Unreadable, |reference| Damage::BadObject {
                number: reference.number,
            }))
    }

    /// The resolved value of an entry; absent and null are `None`.
    pub(crate) fn entry_of(&self, dictionary: &Dictionary, key: &str) -> Result<Option<Value>, Damage> {
        match dictionary.get(key) {
            None => Ok(None),
            Some(value) => Ok(Some(self.resolve(value)?).filter(|value| *value != Value::Null)),
        }
    }

    /// The catalog and its reference.
    pub(crate) fn catalog(&self) -> Result<(Reference, Dictionary), Damage> {
        let bad = Damage::BadEntry { number: 0, key: "Root" };
        let root = self
            .trailer()
            .and_then(|trailer| trailer.get("Root"))
            .and_then(Value::as_reference)
            .ok_or(bad.clone())?;
        match self.resolve(&Value::Reference(root))? {
            Value::Dictionary(dictionary) => Ok((root, dictionary)),
            _ => Err(bad),
        }
    }
}
