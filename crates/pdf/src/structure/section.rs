//! One cross-reference section: a table or a stream, its entries and its trailer.

use std::collections::BTreeMap;

use super::filter;
use super::parser::{Parser, SyntaxError};
use super::value::{Dictionary, Value};
use crate::document::Damage;

/// How the section is written; an update must match it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SectionKind {
    Table,
    Stream,
}

/// Where an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Entry {
    Free,
    /// At `offset`, counted from the header.
    InFile {
        offset: u64,
        generation: u16,
    },
    InStream {
        container: u32,
        index: u32,
    },
}

/// A section as read. Offsets are as written (counted from the header).
#[derive(Debug, Clone)]
pub(crate) struct Section {
    pub(crate) at: u64,
    pub(crate) kind: SectionKind,
    pub(crate) trailer: Dictionary,
    pub(crate) entries: BTreeMap<u32, Entry>,
    /// First byte after the trailer dictionary or the stream object, from the start of the file.
    pub(crate) body_end: usize,
    /// File ranges of the section itself (and its hybrid stream), from the start of the file.
    pub(crate) extents: Vec<std::ops::Range<usize>>,
}

/// Reads sections of one file.
pub(crate) struct SectionReader<'a> {
    pub(crate) data: &'a [u8],
    /// Position of the header, which all offsets are counted from.
    pub(crate) shift: u64,
    /// Largest object number accepted.
    pub(crate) most_objects: u32,
}

impl SectionReader<'_> {
    /// The section at an offset as written.
    pub(crate) fn read(&self, at: u64) -> Result<Section, Damage> {
        let start = self.position(at).ok_or(Damage::NoSection { at })?;
        let mut parser = Parser::new(self.data, start);
        parser.skip_blank();
        let read = if parser.accept(b"xref") {
            self.table(at, start, parser)
        } else if parser.rest().first().is_some_and(u8::is_ascii_digit) {
            self.stream(at, start, parser)
        } else {
            return Err(Damage::NoSection { at });
        };
        let mut section = read.map_err(|_| Damage::BadSection { at })?;
        self.merge_hybrid(&mut section)?;
        Ok(section)
    }

    fn position(&self, offset: u64) -> Option<usize> {
        let position = usize::try_from(offset.checked_add(self.shift)?).ok()?;
        (position < self.data.len()).then_some(position)
    }

    fn table(&self, at: u64, start: usize, mut parser: Parser<'_>) -> Result<Section, SyntaxError> {
        let mut entries = BTreeMap::new();
        loop {
            parser.skip_white();
            if parser.accept(b"trailer") {
                break;
            }
            self.subsection(&mut parser, &mut entries)?;
        }
        let trailer = parser.dictionary(&mut |_, _| ())?;
        let body_end = parser.at();
        Ok(Section {
            at,
            kind: SectionKind::Table,
            trailer,
            entries,
            body_end,
            extents: std::iter::once(start..body_end).collect(),
        })
    }

    fn subsection(&self, parser: &mut Parser<'_>, entries: &mut BTreeMap<u32, Entry>) -> Result<(), SyntaxError> {
        let wrong = SyntaxError { at: parser.at() };
        let first = parser.unsigned()?;
        parser.skip_white();
        let count = parser.unsigned()?;
        for number in first..first.checked_add(count).ok_or(wrong)? {
            let entry = table_entry(parser)?;
            let number = u32::try_from(number)
                .ok()
                .filter(|number| *number <= self.most_objects)
                .ok_or(wrong)?;
            if entries.insert(number, entry).is_some() {
                return Err(wrong);
            }
        }
        Ok(())
    }

    fn stream(&self, at: u64, start: usize, mut parser: Parser<'_>) -> Result<Section, SyntaxError> {
        let wrong = SyntaxError { at: start };
        parser.object_header()?;
        let trailer = parser.dictionary(&mut |_, _| ())?;
        let length = trailer
            .integer("Length")
            .and_then(|length| usize::try_from(length).ok())
            .ok_or(wrong)?;
        if !trailer.is_type("XRef") {
            return Err(wrong);
        }
        let raw = stream_bytes(&mut parser, length)?;
        parser.skip_white();
        if !parser.accept(b"endobj") {
            return Err(wrong);
        }
        let rows = filter::decode(&trailer, raw).ok_or(wrong)?;
        let entries = self.stream_entries(&trailer, &rows).ok_or(wrong)?;
        let body_end = parser.at();
        Ok(Section {
            at,
            kind: SectionKind::Stream,
            trailer,
            entries,
            body_end,
            extents: std::iter::once(start..body_end).collect(),
        })
    }

    fn stream_entries(&self, trailer: &Dictionary, rows: &[u8]) -> Option<BTreeMap<u32, Entry>> {
        let widths = numbers(trailer.get("W")?)?;
        let [kind_width, second_width, third_width] = widths.try_into().ok()?;
        let row = kind_width.checked_add(second_width)?.checked_add(third_width)?;
        if row == 0 || [kind_width, second_width, third_width].iter().any(|width| *width > 8) {
            return None;
        }
        let index = match trailer.get("Index") {
            Some(index) => numbers(index)?,
            None => vec![0, u64::try_from(trailer.integer("Size")?).ok()?],
        };
        let mut entries = BTreeMap::new();
        let mut rows = rows.chunks_exact(usize::try_from(row).ok()?);
        for pair in index.chunks(2) {
            let [first, count] = pair.try_into().ok()?;
            for number in first..u64::checked_add(first, count)? {
                let number = u32::try_from(number)
                    .ok()
                    .filter(|number| *number <= self.most_objects)?;
                let entry = stream_entry(rows.next()?, kind_width, second_width)?;
                if entries.insert(number, entry).is_some() {
                    return None;
                }
            }
        }
        Some(entries)
    }

    /// A hybrid file (7.5.8.4): what the table calls free may be in the stream it names.
    fn merge_hybrid(&self, section: &mut Section) -> Result<(), Damage> {
        let bad = Damage::BadSection { at: section.at };
        let Some(hidden) = section.trailer.get("XRefStm") else {
            return Ok(());
        };
        if section.kind != SectionKind::Table {
            return Err(bad);
        }
        let at = hidden
            .as_integer()
            .and_then(|at| u64::try_from(at).ok())
            .ok_or(bad.clone())?;
        let start = self.position(at).ok_or(bad.clone())?;
        let mut parser = Parser::new(self.data, start);
        parser.skip_blank();
        let stream = self.stream(at, start, parser).map_err(|_| bad)?;
        for (number, entry) in stream.entries {
            let hides = section.entries.get(&number).is_none_or(|known| *known == Entry::Free);
            if hides {
                section.entries.insert(number, entry);
            }
        }
        section.extents.extend(stream.extents);
        Ok(())
    }
}

fn table_entry(parser: &mut Parser<'_>) -> Result<Entry, SyntaxError> {
    let wrong = SyntaxError { at: parser.at() };
    parser.skip_blank();
    let offset = parser.unsigned()?;
    parser.skip_blank();
    let generation = parser.unsigned()?;
    parser.skip_blank();
    if parser.accept(b"f") {
        return Ok(Entry::Free);
    }
    if !parser.accept(b"n") {
        return Err(wrong);
    }
    let generation = u16::try_from(generation).map_err(|_| wrong)?;
    Ok(Entry::InFile { offset, generation })
}

fn stream_entry(row: &[u8], kind_width: u64, second_width: u64) -> Option<Entry> {
    let (kind, rest) = row.split_at_checked(usize::try_from(kind_width).ok()?)?;
    let (second, third) = rest.split_at_checked(usize::try_from(second_width).ok()?)?;
    let number = |bytes: &[u8]| bytes.iter().fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
    match if kind.is_empty() { 1 } else { number(kind) } {
        0 => Some(Entry::Free),
        1 => Some(Entry::InFile {
            offset: number(second),
            generation: u16::try_from(number(third)).ok()?,
        }),
        2 => Some(Entry::InStream {
            container: u32::try_from(number(second)).ok()?,
            index: u32::try_from(number(third)).ok()?,
        }),
        // Unknown kinds mean the null object (table 18).
        _ => Some(Entry::Free),
    }
}

fn numbers(value: &Value) -> Option<Vec<u64>> {
    let number = |item: &Value| item.as_integer().and_then(|number| u64::try_from(number).ok());
    value.as_array()?.iter().map(number).collect()
}

/// The `length` raw bytes after `stream`, which `endstream` must follow.
pub(crate) fn stream_bytes<'a>(parser: &mut Parser<'a>, length: usize) -> Result<&'a [u8], SyntaxError> {
    let wrong = SyntaxError { at: parser.at() };
    parser.skip_white();
    if !parser.rest().starts_with(b"stream") {
        return Err(wrong);
    }
    parser.advance(6);
    let line_end = match parser.rest() {
        [b'\r', b'\n', ..] => 2,
        [b'\n', ..] | [b'\r', ..] => 1,
        _ => return Err(wrong),
    };
    parser.advance(line_end);
    let raw = parser.rest().get(..length).ok_or(wrong)?;
    parser.advance(length);
    parser.skip_blank();
    if !parser.rest().starts_with(b"endstream") {
        return Err(wrong);
    }
    parser.advance(9);
    Ok(raw)
}
