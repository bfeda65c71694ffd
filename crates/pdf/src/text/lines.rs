//! Lines: in which order runs are read, what follows what, and where a text ends.

use super::folding::Spaces;
use super::shown::{Glyph, Run, Shown};

/// Parts texts that do not follow each other; no word has it.
pub(crate) const BREAK: u32 = u32::MAX;

/// A wider gap (em) on a line parts words.
const SPACE_GAP: f64 = 0.18;

/// A wider gap (em) on a line parts texts: columns and cells of tables.
const TEXT_GAP: f64 = 4.0;

/// Baselines nearer than this (em) are one line.
const SAME_LINE: f64 = 0.5;

/// The next line is no farther than this (em).
const NEXT_LINE: f64 = 3.2;

/// Characters in reading order, each with its glyph.
#[derive(Debug, Default)]
pub(crate) struct Sequence {
    pub(crate) letters: Vec<u32>,
    pub(crate) glyphs: Vec<u32>,
    /// How many texts it has, less one.
    pub(crate) breaks: usize,
}

/// How a glyph follows the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Joint {
    Adjacent,
    Gap,
    NextLine,
    /// The same glyph again, hardly moved: bold or a shadow made by drawing twice.
    Again,
    Apart,
}

impl Sequence {
    /// Reads the runs in the order given; `wraps`: whether a text goes on in the next line.
    pub(crate) fn read(&mut self, shown: &Shown, order: impl Iterator<Item = usize>, wraps: bool) {
        self.letters.clear();
        self.glyphs.clear();
        self.breaks = 0;
        let mut spaces = Spaces::default();
        let mut last: Option<(u32, u32)> = None;
        for run in order {
            for item in shown.items_of(run) {
                let joint = match last {
                    Some((glyph, _)) if glyph == item.glyph => Joint::Adjacent,
                    Some((glyph, letter)) => joint_of(shown, glyph, item.glyph, letter == item.letter),
                    None => Joint::Adjacent,
                };
                match joint {
                    Joint::Adjacent => {}
                    Joint::Gap => spaces.gap(),
                    Joint::NextLine if wraps => spaces.gap(),
                    Joint::Again => continue,
                    Joint::NextLine | Joint::Apart => {
                        spaces.reset();
                        self.breaks += 1;
                        self.push(BREAK, item.glyph);
                    }
                }
                last = Some((item.glyph, item.letter));
                if let Some(space) = spaces.before(item.letter) {
                    if space {
                        self.push(super::folding::SPACE, item.glyph);
                    }
                    self.push(item.letter, item.glyph);
                }
            }
        }
    }

    fn push(&mut self, letter: u32, glyph: u32) {
        self.letters.push(letter);
        self.glyphs.push(glyph);
    }
}

/// How glyph `next` follows glyph `before`.
pub(crate) fn joint_of(shown: &Shown, before: u32, next: u32, same_letter: bool) -> Joint {
    let (Some((before, first)), Some((next, second))) = (shown.glyph(before), shown.glyph(next)) else {
        return Joint::Apart;
    };
    if before.run == next.run {
        let gap = f64::from(next.at - before.at - before.length);
        let again = same_letter && is_again(f64::from(next.at - before.at), before);
        return on_line(gap, again);
    }
    across_runs((before, first), (next, second), same_letter)
}

fn across_runs((before, first): (&Glyph, &Run), (next, second): (&Glyph, &Run), same_letter: bool) -> Joint {
    let (way, other) = (first.way(), second.way());
    let em = way.em.max(other.em);
    if dot(way.along, other.along) < 0.98 || em <= 0.0 {
        return Joint::Apart;
    }
    let start = first.point(before.at);
    let end = first.point(before.at + before.length);
    let to = second.point(next.at);
    let down = dot(way.next_line, (to.0 - end.0, to.1 - end.1)) / em;
    let from_start = dot(way.along, (to.0 - start.0, to.1 - start.1)) / em;
    if down.abs() <= SAME_LINE {
        let gap = dot(way.along, (to.0 - end.0, to.1 - end.1)) / em;
        return on_line(gap, same_letter && is_again(from_start.hypot(down), before));
    }
    match down > 0.0 && down <= NEXT_LINE && from_start <= SAME_LINE {
        true => Joint::NextLine,
        false => Joint::Apart,
    }
}

/// Hardly moved, also for a narrow letter: the two of "ll" are not one.
fn is_again(moved: f64, before: &Glyph) -> bool {
    moved.abs() < (f64::from(before.length) / 2.0).min(0.2)
}

fn on_line(gap: f64, again: bool) -> Joint {
    match () {
        () if again => Joint::Again,
        () if !(-SAME_LINE..=TEXT_GAP).contains(&gap) => Joint::Apart,
        () if gap > SPACE_GAP => Joint::Gap,
        () => Joint::Adjacent,
    }
}

fn dot(left: (f64, f64), right: (f64, f64)) -> f64 {
    left.0 * right.0 + left.1 * right.1
}

/// The runs line by line as they stand on the page, whatever order they are drawn in.
pub(crate) fn by_place(shown: &Shown) -> Vec<usize> {
    let mut places: Vec<(i64, f64, f64, f64, usize)> = (0..shown.runs.len())
        .filter_map(|index| {
            let first = shown.items_of(index).first()?;
            let (glyph, run) = shown.glyph(first.glyph)?;
            let (way, point) = (run.way(), run.point(glyph.at));
            let turned = whole_degrees(way.along.1.atan2(way.along.0));
            Some((turned, dot(way.next_line, point), dot(way.along, point), way.em, index))
        })
        .collect();
    places.sort_by(|left, right| left.0.cmp(&right.0).then(left.1.total_cmp(&right.1)));
    let rows = places.chunk_by_mut(|left, right| left.0 == right.0 && right.1 - left.1 <= 0.25 * left.3.max(right.3));
    let mut order = Vec::with_capacity(shown.runs.len());
    for row in rows {
        row.sort_by(|left, right| left.2.total_cmp(&right.2));
        order.extend(row.iter().map(|place| place.4));
    }
    order
}

#[expect(clippy::cast_possible_truncation, reason = "degrees lie between -180 and 180")]
fn whole_degrees(radians: f64) -> i64 {
    (radians.to_degrees().round() as i64).rem_euclid(360)
}
