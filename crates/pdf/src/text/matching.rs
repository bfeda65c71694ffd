//! Matching: a folded word in the reading order of a page, and the boxes around it.

use crate::geometry::PageGeometry;

use super::folding::{SPACE, Word};
use super::lines::{Joint, Sequence, by_place, joint_of};
use super::shown::{Corners, Shown};
use super::{BoxMm, Hit};

/// The word's hits on one page, from top to bottom.
pub(crate) fn hits(
    word: &Word,
    page: u32,
    geometry: &PageGeometry,
    shown: &Shown,
    sequence: &mut Sequence,
    most: usize,
) -> Vec<Hit> {
    sequence.read(shown, 0..shown.runs.len(), true);
    let mut found = Vec::new();
    // One more than asked for tells that there are more.
    let most = most.saturating_add(1);
    collect(word, page, geometry, shown, sequence, most, &mut found);
    if sequence.breaks > 0 && word.letters.len() > 1 && has_all_letters(word, sequence) {
        sequence.read(shown, by_place(shown).into_iter(), false);
        collect(word, page, geometry, shown, sequence, most, &mut found);
    }
    in_reading_order(found)
}

fn has_all_letters(word: &Word, sequence: &Sequence) -> bool {
    let there = |letter: &u32| *letter == SPACE || sequence.letters.contains(letter);
    word.letters.iter().all(there)
}

fn collect(
    word: &Word,
    page: u32,
    geometry: &PageGeometry,
    shown: &Shown,
    sequence: &Sequence,
    most: usize,
    into: &mut Vec<Hit>,
) {
    let mut from = 0;
    while into.len() < most
        && let Some(at) = next_match(&word.letters, &sequence.letters, from)
    {
        from = at + word.letters.len();
        let glyphs = sequence.glyphs.get(at..from).unwrap_or_default();
        let hit = hit(page, geometry, shown, glyphs);
        into.extend(hit.filter(|hit| !into.iter().any(|other| is_same(hit, other))));
    }
}

fn next_match(word: &[u32], letters: &[u32], from: usize) -> Option<usize> {
    let first = word.first()?;
    let mut from = from;
    loop {
        let rest = letters.get(from..)?;
        let at = from + rest.iter().position(|letter| letter == first)?;
        if letters.get(at..)?.starts_with(word) {
            return Some(at);
        }
        from = at + 1;
    }
}

/// `None` when the page's boxes cut it away.
fn hit(page: u32, geometry: &PageGeometry, shown: &Shown, glyphs: &[u32]) -> Option<Hit> {
    let mut parts: Vec<Corners> = Vec::new();
    let mut last = None;
    for index in glyphs {
        let (glyph, run) = shown.glyph(*index)?;
        let corners = run.box_of(glyph, geometry);
        let goes_on = last.is_some_and(|last| {
            last == *index || !matches!(joint_of(shown, last, *index, false), Joint::NextLine | Joint::Apart)
        });
        match parts.last_mut().filter(|_| goes_on) {
            Some(part) => *part = part.and(&corners),
            None => parts.push(corners),
        }
        last = Some(*index);
    }
    let parts = parts.into_iter().map(Corners::to_box);
    let parts: Vec<BoxMm> = parts.filter(|part| is_visible(part, geometry)).collect();
    let first = *parts.first()?;
    Some(Hit {
        page,
        x_mm: first.x_mm,
        y_mm: first.y_mm,
        width_mm: first.width_mm,
        height_mm: first.height_mm,
        parts,
    })
}

/// Its middle is on the visible page.
fn is_visible(part: &BoxMm, geometry: &PageGeometry) -> bool {
    let (x, y) = (part.x_mm + part.width_mm / 2.0, part.y_mm + part.height_mm / 2.0);
    (0.0..=geometry.width_mm()).contains(&x) && (0.0..=geometry.height_mm()).contains(&y)
}

/// Found in both orders of reading, or drawn twice.
fn is_same(left: &Hit, right: &Hit) -> bool {
    let shared =
        |from: f64, length: f64, other: f64, others: f64| (from + length).min(other + others) - from.max(other);
    let across = shared(left.x_mm, left.width_mm, right.x_mm, right.width_mm);
    let down = shared(left.y_mm, left.height_mm, right.y_mm, right.height_mm);
    let smaller = (left.width_mm * left.height_mm).min(right.width_mm * right.height_mm);
    across > 0.0 && down > 0.0 && across * down > 0.6 * smaller
}

fn in_reading_order(mut hits: Vec<Hit>) -> Vec<Hit> {
    let middle = |hit: &Hit| hit.y_mm + hit.height_mm / 2.0;
    hits.sort_by(|left, right| middle(left).total_cmp(&middle(right)));
    let rows =
        hits.chunk_by_mut(|left, right| middle(right) - middle(left) <= 0.3 * left.height_mm.min(right.height_mm));
    for row in rows {
        row.sort_by(|left, right| left.x_mm.total_cmp(&right.x_mm));
    }
    hits
}
