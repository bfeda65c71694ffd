//! What one page shows as text: runs of glyphs with their places, and the characters they stand for.

use crate::geometry::{Matrix, PageGeometry};

use super::BoxMm;
use super::folding::UNKNOWN;

/// A glyph: where it begins and how far it reaches along the line, in em.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Glyph {
    pub(crate) run: u32,
    pub(crate) at: f32,
    pub(crate) length: f32,
}

/// A folded character and the glyph that shows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Item {
    pub(crate) letter: u32,
    pub(crate) glyph: u32,
}

/// Glyphs in one font, on one straight line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    /// From em (the first glyph's origin is 0, 0) to the page's user space.
    pub(crate) map: Matrix,
    /// Reach across the line, in em: below and above the baseline, or left and right of a vertical one.
    pub(crate) low: f32,
    pub(crate) high: f32,
    /// Written from top to bottom.
    pub(crate) vertical: bool,
    /// Its first item; it ends where the next run's begin.
    pub(crate) first_item: usize,
}

/// A line's way: where it goes, where the next line is, and the size of an em, in user space.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Way {
    pub(crate) along: (f64, f64),
    pub(crate) next_line: (f64, f64),
    pub(crate) em: f64,
}

/// All text of a page, in the order it is drawn.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    pub(crate) glyphs: Vec<Glyph>,
    pub(crate) runs: Vec<Run>,
    pub(crate) items: Vec<Item>,
    /// How many of the items are the page's own; annotations follow.
    own_items: usize,
}

impl Shown {
    pub(crate) fn clear(&mut self) {
        self.glyphs.clear();
        self.runs.clear();
        self.items.clear();
        self.own_items = 0;
    }

    /// What follows is not the page's own content.
    pub(crate) fn content_ends(&mut self) {
        self.own_items = self.items.len();
    }

    /// Whether the page's own content has anything to be found; a scan with a signature on it has not.
    pub(crate) fn has_text(&self) -> bool {
        let readable = |item: &Item| item.letter != UNKNOWN && item.letter > 0x20;
        self.items.iter().take(self.own_items).any(readable)
    }

    pub(crate) fn glyph(&self, index: u32) -> Option<(&Glyph, &Run)> {
        let glyph = self.glyphs.get(usize::try_from(index).ok()?)?;
        Some((glyph, self.runs.get(usize::try_from(glyph.run).ok()?)?))
    }

    /// The items of a run.
    pub(crate) fn items_of(&self, run: usize) -> &[Item] {
        let start = self.runs.get(run).map_or(0, |run| run.first_item);
        let next = run.checked_add(1).and_then(|next| self.runs.get(next));
        let end = next.map_or(self.items.len(), |next| next.first_item);
        self.items.get(start..end).unwrap_or_default()
    }

    /// Lets `letters` stand for everything shown since `run` and `glyph` (ActualText, ISO 32000-2, 14.9.4).
    pub(crate) fn replace_since(&mut self, run: usize, glyph: usize, letters: &[u32]) {
        let count = self.glyphs.len().saturating_sub(glyph);
        if count == 0 {
            return;
        }
        let first_item = self.runs.get(run).map_or(self.items.len(), |run| run.first_item);
        // The scope may begin within a run: what that run showed before stays.
        let kept = self.items.iter().skip(first_item);
        let kept = kept.take_while(|item| usize::try_from(item.glyph).is_ok_and(|index| index < glyph));
        let kept = first_item + kept.count();
        self.items.truncate(kept);
        let mut run = run;
        for (index, letter) in letters.iter().enumerate() {
            let at = glyph + index * count / letters.len();
            let own = self.glyphs.get(at).and_then(|glyph| usize::try_from(glyph.run).ok());
            let own = own.unwrap_or(run);
            self.begin_until(&mut run, own);
            if let Ok(glyph) = u32::try_from(at) {
                self.items.push(Item { letter: *letter, glyph });
            }
        }
        let last = self.runs.len();
        self.begin_until(&mut run, last);
    }

    /// Runs after `run` up to `to` begin at the end of the items.
    fn begin_until(&mut self, run: &mut usize, to: usize) {
        while *run < to {
            *run += 1;
            let end = self.items.len();
            if let Some(next) = self.runs.get_mut(*run) {
                next.first_item = end;
            }
        }
    }
}

impl Run {
    pub(crate) fn way(&self) -> Way {
        let Matrix { a, b, c, d, .. } = self.map;
        let (along, next_line) = match self.vertical {
            false => ((a, b), (-c, -d)),
            true => ((-c, -d), (-a, -b)),
        };
        Way {
            along: direction(along),
            next_line: direction(next_line),
            em: c.hypot(d),
        }
    }

    /// A place on the line, `at` em from its beginning, in user space.
    pub(crate) fn point(&self, at: f32) -> (f64, f64) {
        match self.vertical {
            false => self.map.apply(f64::from(at), 0.0),
            true => self.map.apply(0.0, -f64::from(at)),
        }
    }

    /// The box around a glyph as a person sees it.
    pub(crate) fn box_of(&self, glyph: &Glyph, page: &PageGeometry) -> Corners {
        let (start, end) = (f64::from(glyph.at), f64::from(glyph.at + glyph.length));
        let (low, high) = (f64::from(self.low), f64::from(self.high));
        let map = self.map.then(&page.to_visible());
        let corners = match self.vertical {
            false => [(start, low), (start, high), (end, low), (end, high)],
            true => [(low, -start), (high, -start), (low, -end), (high, -end)],
        };
        corners
            .into_iter()
            .map(|(x, y)| map.apply(x, y))
            .fold(Corners::NOTHING, Corners::with)
    }
}

fn direction((x, y): (f64, f64)) -> (f64, f64) {
    let length = x.hypot(y);
    match length > 0.0 {
        true => (x / length, y / length),
        false => (0.0, 0.0),
    }
}

/// A growing box in mm.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Corners {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Corners {
    pub(crate) const NOTHING: Self = Self {
        left: f64::INFINITY,
        top: f64::INFINITY,
        right: f64::NEG_INFINITY,
        bottom: f64::NEG_INFINITY,
    };

    pub(crate) fn with(self, (x, y): (f64, f64)) -> Self {
        Self {
            left: self.left.min(x),
            top: self.top.min(y),
            right: self.right.max(x),
            bottom: self.bottom.max(y),
        }
    }

    pub(crate) fn and(self, other: &Self) -> Self {
        self.with((other.left, other.top)).with((other.right, other.bottom))
    }

    pub(crate) fn to_box(self) -> BoxMm {
        BoxMm {
            x_mm: self.left,
            y_mm: self.top,
            width_mm: self.right - self.left,
            height_mm: self.bottom - self.top,
        }
    }
}
