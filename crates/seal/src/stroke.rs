//! Stroke weight: glyphs fattened so far as their counters and their share of ink allow, and cut out of a block.

use i_overlay::{
    core::{fill_rule::FillRule, overlay_rule::OverlayRule},
    float::single::SingleFloatOverlay,
    mesh::float::{
        outline::offset::OutlineOffset,
        style::{LineJoin, OutlineStyle},
    },
};

use crate::{
    drawing,
    outline::{Bounds, Outline, Polygon},
};

/// How far (mm) polygons may leave the curves: a tenth of a pixel at 600 dpi.
const TOLERANCE_MM: f64 = 0.004;
/// Angle (radians) below which a corner is cut off instead of drawn to a point.
const SHARPEST_CORNER: f64 = 0.6;
/// Offsets (mm) below this are none.
const NO_OFFSET_MM: f64 = 1e-6;
/// Halvings of the search for an offset: 0.30 mm / 2⁶ is finer than any printer.
const HALVINGS: u32 = 6;

/// Non-overlapping shapes: each a contour followed by its holes.
pub(crate) struct Shapes(Vec<Vec<Polygon>>);

impl Shapes {
    /// The filled area of an outline.
    pub(crate) fn of(outline: &Outline, tolerance: f64) -> Self {
        let polygons = outline.flattened(tolerance);
        let nothing: Vec<Polygon> = Vec::new();
        Self(polygons.overlay(&nothing, OverlayRule::Subject, FillRule::NonZero))
    }

    pub(crate) fn to_outline(&self) -> Outline {
        Outline::from_polygons(self.0.iter().flatten())
    }

    fn grown(&self, offset: f64) -> Self {
        let style = OutlineStyle::new(offset).line_join(LineJoin::Miter(SHARPEST_CORNER));
        Self(self.0.outline(&style))
    }

    /// Area over half the length of the contours: what a long stroke is thick.
    pub(crate) fn mean_stroke(&self) -> f64 {
        2.0 * self.area() / self.edge().max(f64::MIN_POSITIVE)
    }

    fn area(&self) -> f64 {
        self.0.iter().flatten().map(signed_area).sum::<f64>().abs()
    }

    fn holes(&self) -> usize {
        self.0.iter().map(|contours| contours.len().saturating_sub(1)).sum()
    }

    /// Length of all contours: it falls when a channel between two strokes fills up.
    fn edge(&self) -> f64 {
        self.0.iter().flatten().map(perimeter).sum()
    }

    /// Ink area over the area of the ink's box.
    fn coverage(&self) -> f64 {
        self.to_outline()
            .bounds()
            .map_or(0.0, |bounds| self.area() / (bounds.width() * bounds.height()))
    }
}

fn perimeter(polygon: &Polygon) -> f64 {
    let next = polygon.iter().cycle().skip(1);
    polygon
        .iter()
        .zip(next)
        .map(|([x0, y0], [x1, y1])| libm::sqrt((x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0)))
        .sum()
}

fn signed_area(polygon: &Polygon) -> f64 {
    let next = polygon.iter().cycle().skip(1);
    let doubled: f64 = polygon
        .iter()
        .zip(next)
        .map(|([x0, y0], [x1, y1])| x0 * y1 - x1 * y0)
        .sum();
    doubled / 2.0
}

/// Share of the contours' length that must remain: below, open channels between strokes have closed.
const EDGE_KEPT: f64 = 0.86;

/// A glyph that is to fill a cell with its own ink.
pub(crate) struct Fitting {
    pub(crate) outline: Outline,
    pub(crate) ink: Bounds,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

/// One axis is never stretched more than this against the other.
const STRETCH: f64 = 2.4;

impl Fitting {
    /// The glyph centred at the origin, its strokes fattened by `offset` mm on both sides, filling the cell.
    pub(crate) fn with_weight(&self, offset: f64) -> Shapes {
        let room = |side: f64| (side - 2.0 * offset).max(0.1);
        let mut across = room(self.width) / self.ink.width().max(1.0);
        let mut down = room(self.height) / self.ink.height().max(1.0);
        across = across.min(down * STRETCH);
        down = down.min(across * STRETCH);
        let (x, y) = self.ink.centre();
        let fitted = self.outline.transformed(
            crate::outline::Affine::translation(-x, -y).then(crate::outline::Affine::scaling(across, down)),
        );
        let shapes = Shapes::of(&fitted, TOLERANCE_MM);
        if offset < NO_OFFSET_MM {
            shapes
        } else {
            shapes.grown(offset)
        }
    }

    /// The largest offset up to `most` mm with which ink covers at most `coverage` and no counter or channel
    /// closes.
    pub(crate) fn heaviest(&self, coverage: f64, most: f64) -> f64 {
        let plain = self.with_weight(0.0);
        let (counters, edge) = (plain.holes(), plain.edge());
        // A stroke that is all of its character (一) covers its box from the start: there is nothing to clog.
        let one_stroke = counters == 0 && plain.0.len() <= 2 && plain.coverage() > coverage;
        let coverage = if one_stroke { 1.0 } else { coverage };
        let legible = |shapes: &Shapes| {
            shapes.coverage() <= coverage && shapes.holes() >= counters && shapes.edge() >= edge * EDGE_KEPT
        };
        let (mut low, mut high) = (0.0, most);
        for _ in 0..HALVINGS {
            let middle = (low + high) / 2.0;
            if legible(&self.with_weight(middle)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        low
    }
}

/// `outline` (mm) with `offset` mm added to both sides of its strokes, or taken from them.
pub(crate) fn weighted(outline: &Outline, offset: f64) -> Outline {
    Shapes::of(outline, TOLERANCE_MM).grown(offset).to_outline()
}

/// `ground` (filled by `rule`) with `holes` cut out of it.
pub(crate) fn cut_out(ground: &Outline, rule: drawing::FillRule, holes: &Outline) -> Outline {
    let ground = filled(ground, rule).0;
    let holes = Shapes::of(holes, TOLERANCE_MM).0;
    Shapes(ground.overlay(&holes, OverlayRule::Difference, FillRule::NonZero)).to_outline()
}

/// What a layer's own rule fills.
fn filled(outline: &Outline, rule: drawing::FillRule) -> Shapes {
    let nothing: Vec<Polygon> = Vec::new();
    let rule = match rule {
        drawing::FillRule::NonZero => FillRule::NonZero,
        drawing::FillRule::EvenOdd => FillRule::EvenOdd,
    };
    let polygons = outline.flattened(TOLERANCE_MM);
    Shapes(polygons.overlay(&nothing, OverlayRule::Subject, rule))
}

/// Area (mm²) under layers that do not overlap.
pub(crate) fn covered(layers: impl Iterator<Item = (Outline, drawing::FillRule)>) -> f64 {
    layers.map(|(outline, rule)| filled(&outline, rule).area()).sum()
}
