//! The chain of revisions, read strictly from the last `startxref` back to the first save.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, Mutex};

use super::Revision;
use super::object_stream::ObjectStream;
use super::parser::{Parser, is_white};
use super::section::{Section, SectionReader};
use super::view::View;
use crate::document::{Damage, Limit, Limits, SharedBytes};
use crate::encryption::{Encryption, Locked, Password};

/// How far from the end the last `startxref` may be.
const TAIL: usize = 4096;

/// How far from the start the header may be (Annex H of PDF 1.7, implementation note 13).
const HEAD: usize = 1024;

/// The file's own structure, as strictly as it was written.
pub(crate) struct Structure {
    pub(crate) bytes: SharedBytes,
    /// Position of the header; offsets in the file are counted from there.
    pub(crate) shift: u64,
    /// Oldest first.
    pub(crate) sections: Vec<LinkedSection>,
    /// Oldest first.
    pub(crate) revisions: Vec<Revision>,
    /// Bytes after the last end-of-file marker that are not white space.
    pub(crate) stray: Option<Range<u64>>,
    pub(crate) object_streams: Mutex<HashMap<u64, Arc<ObjectStream>>>,
    /// Set once the file is unlocked; before that strings and streams read as they are written.
    pub(crate) encryption: Option<Encryption>,
}

/// A section and the revision it belongs to.
pub(crate) struct LinkedSection {
    pub(crate) section: Section,
    pub(crate) revision: usize,
}

/// Either broken or too much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StructureError {
    Damaged(Damage),
    TooLarge(Limit),
}

impl From<Damage> for StructureError {
    fn from(damage: Damage) -> Self {
        Self::Damaged(damage)
    }
}

/// Position of `%PDF-` near the start.
pub(crate) fn header_position(data: &[u8]) -> Option<usize> {
    let head = data.get(..data.len().min(HEAD + 5)).unwrap_or_default();
    head.windows(5).position(|window| window == b"%PDF-")
}

impl Structure {
    pub(crate) fn read(bytes: SharedBytes, limits: &Limits) -> Result<Self, StructureError> {
        let data = (*bytes).as_ref();
        let header = header_position(data).ok_or(Damage::Unreadable)? as u64;
        let (newest, tail_end) = last_section(data)?;
        let shift = offset_origin(data, header, newest);
        let reader = SectionReader {
            data,
            shift,
            most_objects: limits.objects,
        };
        let chain = read_chain(&reader, newest, limits.revisions)?;
        let (sections, revisions) = link(data, shift, chain)?;
        let stray = stray_bytes(data, tail_end);
        let structure = Self {
            bytes: bytes.clone(),
            shift,
            sections,
            revisions,
            stray,
            object_streams: Mutex::default(),
            encryption: None,
        };
        if structure.newest().size() > u64::from(limits.objects) {
            return Err(StructureError::TooLarge(Limit::Objects));
        }
        Ok(structure)
    }

    /// Unlocks an encrypted file: from here on views show what it says.
    pub(crate) fn unlock(&mut self, password: Option<&Password>) -> Result<(), Locked> {
        if self.encryption.is_none()
            && let Some(opened) = Encryption::open(self.newest(), password)
        {
            self.encryption = Some(opened?);
            self.object_streams = Mutex::default();
        }
        Ok(())
    }

    pub(crate) fn data(&self) -> &[u8] {
        (*self.bytes).as_ref()
    }

    /// The document as the newest revision has it.
    pub(crate) fn newest(&self) -> View<'_> {
        self.view(self.revisions.len().saturating_sub(1))
    }

    /// The document as revision `index` (oldest is 0) has it.
    pub(crate) fn view(&self, index: usize) -> View<'_> {
        View::new(self, index)
    }
}

/// Offset of the newest section as written, and the end of its `%%EOF`.
fn last_section(data: &[u8]) -> Result<(u64, usize), Damage> {
    let from = data.len().saturating_sub(TAIL);
    let tail = data.get(from..).unwrap_or_default();
    let at = tail
        .windows(9)
        .rposition(|window| window == b"startxref")
        .ok_or(Damage::NoStartXref)?;
    end_marker(data, from + at)
}

/// Reads `startxref N %%EOF` at a position.
fn end_marker(data: &[u8], at: usize) -> Result<(u64, usize), Damage> {
    let mut parser = Parser::new(data, at);
    parser.skip_blank();
    if !parser.accept(b"startxref") {
        return Err(Damage::NoStartXref);
    }
    parser.skip_blank();
    let offset = parser.unsigned().map_err(|_| Damage::NoStartXref)?;
    parser.skip_blank();
    if !parser.rest().starts_with(b"%%EOF") {
        return Err(Damage::NoEndMarker);
    }
    Ok((offset, parser.at() + 5))
}

/// Offsets count from the header; writers that glued bytes in front of a finished file leave them
/// so, writers that knew of the bytes count from the start of the file.
fn offset_origin(data: &[u8], header: u64, newest: u64) -> u64 {
    let reads = |shift: u64| {
        SectionReader {
            data,
            shift,
            most_objects: u32::MAX,
        }
        .read(newest)
        .is_ok()
    };
    if header > 0 && !reads(header) && reads(0) {
        0
    } else {
        header
    }
}

/// Sections from the newest to the oldest.
fn read_chain(reader: &SectionReader<'_>, newest: u64, most: usize) -> Result<Vec<Section>, StructureError> {
    let mut chain = Vec::new();
    let mut visited = HashSet::new();
    let mut next = Some(newest);
    while let Some(at) = next {
        if !visited.insert(at) {
            return Err(Damage::ChainOutOfOrder { at }.into());
        }
        // One more for the two sections of a linearized first save.
        if chain.len() > most {
            return Err(StructureError::TooLarge(Limit::Revisions));
        }
        let section = reader.read(at)?;
        next = match section.trailer.get("Prev") {
            None => None,
            Some(value) => {
                let previous = value.as_number().filter(|at| *at >= 0.0 && at.fract() == 0.0);
                Some(previous.ok_or(Damage::BadEntry { number: 0, key: "Prev" })? as u64)
            }
        };
        chain.push(section);
    }
    Ok(chain)
}

/// Groups the chain (newest first) into revisions (oldest first).
fn link(data: &[u8], shift: u64, mut chain: Vec<Section>) -> Result<(Vec<LinkedSection>, Vec<Revision>), Damage> {
    chain.reverse();
    let mut sections: Vec<LinkedSection> = Vec::new();
    let mut revisions: Vec<Revision> = Vec::new();
    let mut chain = chain.into_iter().peekable();
    while let Some(section) = chain.next() {
        let revision = revisions.len();
        // Linearized (Annex F): the first page's section comes first in the file but is the newer
        // of the two; together they are the first save.
        let first_page = chain.next_if(|newer| revisions.is_empty() && newer.at < section.at);
        let mut save = vec![section];
        save.extend(first_page);
        // Some writers of hybrid files put a second table right after the first trailer.
        while let Some(body_end) = save.last().map(|section| section.body_end) {
            let follows = skip_to_end_marker(data, body_end) as u64;
            match chain.next_if(|newer| newer.at.checked_add(shift) == Some(follows)) {
                Some(section) => save.push(section),
                None => break,
            }
        }
        let newest_of_save = save.last().map_or(0, |newest| newest.at);
        let oldest_of_save = save.first().map_or(0, |oldest| oldest.at);
        let (stated, end) = end_marker(data, skip_to_end_marker(data, last_end(&save)))?;
        let end = end as u64;
        let ordered = revisions
            .last()
            .is_none_or(|older: &Revision| older.end <= oldest_of_save + shift);
        if stated != newest_of_save || !ordered {
            return Err(Damage::ChainOutOfOrder { at: oldest_of_save });
        }
        revisions.push(Revision {
            section: newest_of_save + shift,
            end,
        });
        sections.extend(save.into_iter().map(|section| LinkedSection { section, revision }));
    }
    Ok((sections, revisions))
}

/// End of the section of one save that comes last in the file.
fn last_end(save: &[Section]) -> usize {
    save.iter().map(|section| section.body_end).max().unwrap_or_default()
}

fn skip_to_end_marker(data: &[u8], from: usize) -> usize {
    let mut parser = Parser::new(data, from);
    parser.skip_white();
    parser.at()
}

fn stray_bytes(data: &[u8], end: usize) -> Option<Range<u64>> {
    let rest = data.get(end..).unwrap_or_default();
    let first = rest.iter().position(|byte| !is_white(*byte))?;
    Some((end + first) as u64..data.len() as u64)
}
