//! Whether every byte of a revision belongs to an object, a table or a trailer it names.

use std::ops::Range;

use crate::document::Damage;
use crate::structure::{Entry, Parser, Structure};

/// First byte of the revision with this index that nothing accounts for.
pub(super) fn first_stray(structure: &Structure, revision: usize) -> Result<Option<u64>, Damage> {
    let before = revision
        .checked_sub(1)
        .and_then(|before| structure.revisions.get(before));
    let start = before.map_or(0, |before| before.end);
    let end = structure.revisions.get(revision).map_or(0, |own| own.end);
    let mut extents = extents_of(structure, revision)?;
    extents.sort_by_key(|extent| extent.start);
    let mut at = usize::try_from(start).unwrap_or(usize::MAX);
    for extent in extents {
        let blank_until = skip_blank(structure, at);
        if blank_until < extent.start || extent.start < at {
            return Ok(Some(blank_until as u64));
        }
        at = extent.end;
    }
    let proper = ends_properly(structure, at, end);
    Ok((!proper).then_some(at as u64))
}

fn skip_blank(structure: &Structure, at: usize) -> usize {
    let mut parser = Parser::new(structure.data(), at);
    parser.skip_white();
    parser.at()
}

/// `startxref`, a number and the end marker, which the chain has checked already.
fn ends_properly(structure: &Structure, at: usize, end: u64) -> bool {
    let mut parser = Parser::new(structure.data(), at);
    parser.skip_white();
    let starts = parser.accept(b"startxref");
    parser.skip_white();
    let number = parser.unsigned().is_ok();
    parser.skip_blank();
    starts && number && (parser.at() + 5) as u64 == end
}

/// Where the objects and sections of one revision lie.
fn extents_of(structure: &Structure, revision: usize) -> Result<Vec<Range<usize>>, Damage> {
    let view = structure.view(revision);
    let mut extents = Vec::new();
    for linked in structure.sections.iter().filter(|linked| linked.revision == revision) {
        extents.extend(linked.section.extents.iter().cloned());
        for (number, entry) in &linked.section.entries {
            let Entry::InFile { .. } = entry else { continue };
            let Some(object) = view.object(*number)? else { continue };
            let Some(place) = &object.place else { continue };
            let body_end = if place.is_stream {
                view.stream_extent(&object)?.1
            } else {
                place.extent.end
            };
            let mut parser = Parser::new(structure.data(), body_end);
            parser.skip_white();
            if !parser.accept(b"endobj") {
                return Err(Damage::BadObject { number: *number });
            }
            let extent = place.extent.start..parser.at();
            // The section lists itself.
            if !extents.contains(&extent) {
                extents.push(extent);
            }
        }
    }
    Ok(extents)
}
