//! The only module that knows which crate reads fonts: characters in, outlines in font units out.
//!
//! Sharp edges of rusttype handled here: it answers a missing character with glyph 0 (tofu), some fonts map a
//! character to a blank glyph (both count as missing), and its `Scale` means ascent − descent, not em; asking for
//! exactly that height gives plain font units.

use std::{io::Read as _, sync::OnceLock};

use rusttype::{Font, GlyphId, OutlineBuilder, Scale};

use crate::{
    SealError, Typeface,
    outline::{Affine, Bounds, Outline, Segment},
    stroke::Shapes,
};

static SONG: &[u8] = include_bytes!("../fonts/seal-song.otf");
static SANS: &[u8] = include_bytes!("../fonts/seal-sans.ttf");
// The faces of name seals are packed (Brotli): they are a third of the program, and few starts need them.
static PACKED_KAI: &[u8] = include_bytes!("../fonts/seal-kai.ttf.br");
static PACKED_BRUSH: &[u8] = include_bytes!("../fonts/seal-brush.ttf.br");

/// More than any font of ours; `tests/fonts.rs` knows their true sizes.
const LARGEST_FONT: u64 = 16 << 20;

/// Bytes read at once while unpacking.
const UNPACKING_BUFFER: usize = 1 << 16;

/// Full, square characters whose mean ink box stands for "a character" of a face.
const REFERENCE_HAN: &str = "国酬鑫赢贸圈团圆围展厦源程融备德";

/// Characters of plain strokes whose thickness stands for a face's.
const REFERENCE_STROKES: &str = "国公司有中";

/// How far (font units) polygons may leave the curves when strokes are measured.
const STROKE_TOLERANCE: f64 = 2.0;

/// Stand-in when a face has no Han characters.
const REFERENCE_LATIN: &str = "H";

/// A bundled typeface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Face {
    /// Bold Song (宋), GBK and the 8105 standard characters: company seals.
    Song,
    /// Bold Kai (楷), GB2312 and the 8105 standard characters: name seals.
    Kai,
    /// Brush (毛笔), GB2312: name seals.
    Brush,
    /// Sans serif, ASCII only: code digits and serial numbers.
    Sans,
    /// The user's own font file, known to the stack that was given it.
    Own,
}

impl From<Typeface> for Face {
    fn from(face: Typeface) -> Self {
        match face {
            Typeface::Song => Self::Song,
            Typeface::Kai => Self::Kai,
            Typeface::Brush => Self::Brush,
            Typeface::Own => Self::Own,
        }
    }
}

impl Face {
    /// The font file, for programs that draw text with it (page previews of documents without fonts of their own);
    /// empty for the user's own font, which is not part of the program.
    pub fn file(self) -> &'static [u8] {
        static KAI: OnceLock<Vec<u8>> = OnceLock::new();
        static BRUSH: OnceLock<Vec<u8>> = OnceLock::new();
        match self {
            Self::Song => SONG,
            Self::Kai => KAI.get_or_init(|| unpacked(PACKED_KAI)),
            Self::Brush => BRUSH.get_or_init(|| unpacked(PACKED_BRUSH)),
            Self::Sans => SANS,
            Self::Own => &[],
        }
    }

    /// The face itself, then the ones that stand in for it.
    fn order(self) -> &'static [Self] {
        match self {
            Self::Song => &[Self::Song],
            Self::Kai => &[Self::Kai, Self::Song],
            Self::Brush => &[Self::Brush, Self::Kai, Self::Song],
            Self::Sans => &[Self::Sans, Self::Song],
            Self::Own => &[Self::Own, Self::Song],
        }
    }
}

/// A font that was packed; empty, which no face can be read from, if it were damaged.
fn unpacked(packed: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut font = brotli_decompressor::Decompressor::new(packed, UNPACKING_BUFFER).take(LARGEST_FONT);
    match font.read_to_end(&mut bytes) {
        Ok(_) => bytes,
        Err(_) => Vec::new(),
    }
}

/// The typefaces a seal is drawn with; a bundled one is read when it is first asked for.
#[derive(Default)]
pub struct FontStack {
    own: Option<LoadedFace>,
}

/// One readable face.
struct LoadedFace {
    face: Face,
    font: Font<'static>,
    reference: Bounds,
    capital: Bounds,
    stroke: OnceLock<f64>,
}

/// A character as found: its outline and the measures of the face it came from, all in that face's units, y down.
pub(crate) struct Glyph<'a> {
    pub(crate) face: Face,
    pub(crate) outline: Outline,
    /// The outline's own ink.
    pub(crate) ink: Bounds,
    /// Mean ink of full Han characters of the face.
    pub(crate) reference: &'a Bounds,
    /// Ink of a capital H: its height is the cap height, its bottom the base line.
    pub(crate) capital: &'a Bounds,
}

impl FontStack {
    /// The faces that are part of this crate (`fonts/`), each read once per process.
    pub fn bundled() -> &'static Self {
        static BUNDLED: FontStack = FontStack { own: None };
        &BUNDLED
    }

    /// The bundled faces and the user's own font file (TrueType or OpenType, the first face of a collection), which
    /// is kept by this stack only.
    ///
    /// # Errors
    /// [`SealError::OwnFontUnreadable`].
    pub fn with_own(file: Vec<u8>) -> Result<Self, SealError> {
        let font = Font::try_from_vec(file).ok_or(SealError::OwnFontUnreadable)?;
        let own = LoadedFace::measure(Face::Own, font).ok_or(SealError::OwnFontUnreadable)?;
        Ok(Self { own: Some(own) })
    }

    /// Whether the user's own font is part of this stack.
    pub fn has_own(&self) -> bool {
        self.own.is_some()
    }

    /// Whether `face` or one of its stand-ins can draw `character`; the answer is the face that would.
    pub fn covering_face(&self, face: Face, character: char) -> Option<Face> {
        self.find(face, character).map(|glyph| glyph.face)
    }

    pub(crate) fn find(&self, face: Face, character: char) -> Option<Glyph<'_>> {
        face.order()
            .iter()
            .find_map(|wanted| self.loaded(*wanted)?.glyph(character))
    }

    /// Mean thickness of the strokes of a face, as a share of the height of its full characters.
    pub(crate) fn stroke(&self, face: Face) -> Option<f64> {
        self.loaded(face).map(LoadedFace::stroke)
    }

    fn loaded(&self, face: Face) -> Option<&LoadedFace> {
        static SONG_FACE: Slot = Slot::new();
        static KAI_FACE: Slot = Slot::new();
        static BRUSH_FACE: Slot = Slot::new();
        static SANS_FACE: Slot = Slot::new();
        let slot = match face {
            Face::Song => &SONG_FACE,
            Face::Kai => &KAI_FACE,
            Face::Brush => &BRUSH_FACE,
            Face::Sans => &SANS_FACE,
            Face::Own => return self.own.as_ref(),
        };
        slot.get_or_init(|| LoadedFace::measure(face, Font::try_from_bytes(face.file())?))
            .as_ref()
    }
}

/// Where a bundled face is kept once it was read.
type Slot = OnceLock<Option<LoadedFace>>;

impl LoadedFace {
    fn measure(face: Face, font: Font<'static>) -> Option<Self> {
        let han = mean_ink(&font, REFERENCE_HAN);
        let capital = mean_ink(&font, REFERENCE_LATIN).or(han)?;
        Some(Self {
            face,
            font,
            reference: han.unwrap_or(capital),
            capital,
            stroke: OnceLock::new(),
        })
    }

    fn glyph(&self, character: char) -> Option<Glyph<'_>> {
        let outline = outline_in_font_units(&self.font, character)?;
        let ink = outline.bounds()?;
        Some(Glyph {
            face: self.face,
            outline,
            ink,
            reference: &self.reference,
            capital: &self.capital,
        })
    }

    fn stroke(&self) -> f64 {
        *self.stroke.get_or_init(|| {
            let widths: Vec<f64> = REFERENCE_STROKES
                .chars()
                .filter_map(|character| outline_in_font_units(&self.font, character))
                .map(|outline| Shapes::of(&outline, STROKE_TOLERANCE).mean_stroke())
                .collect();
            widths.iter().sum::<f64>() / (widths.len().max(1) as f64) / self.reference.height()
        })
    }
}

fn mean_ink(font: &Font<'static>, characters: &str) -> Option<Bounds> {
    let boxes: Vec<Bounds> = characters
        .chars()
        .filter_map(|character| outline_in_font_units(font, character)?.bounds())
        .collect();
    let count = f64::from(u32::try_from(boxes.len()).ok()?);
    let mean = |side: fn(&Bounds) -> f64| boxes.iter().map(side).sum::<f64>() / count;
    (count > 0.0).then(|| Bounds {
        left: mean(|bounds| bounds.left),
        top: mean(|bounds| bounds.top),
        right: mean(|bounds| bounds.right),
        bottom: mean(|bounds| bounds.bottom),
    })
}

/// `None` for glyph 0 and for glyphs without ink: a hair's breadth in font units cannot be fitted to any cell.
fn outline_in_font_units(font: &Font<'static>, character: char) -> Option<Outline> {
    let glyph = font.glyph(character);
    if glyph.id() == GlyphId(0) {
        return None;
    }
    let metrics = font.v_metrics_unscaled();
    let font_units = Scale::uniform(metrics.ascent - metrics.descent);
    let mut pen = Pen(Outline::default());
    glyph.scaled(font_units).build_outline(&mut pen);
    let ink = pen.0.bounds()?;
    (ink.width() >= 1.0 && ink.height() >= 1.0).then_some(pen.0)
}

/// Collects what rusttype draws; it already turns y downwards.
struct Pen(Outline);

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.push(Segment::Move(x.into(), y.into()));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.push(Segment::Line(x.into(), y.into()));
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.0.push(Segment::Quad(cx.into(), cy.into(), x.into(), y.into()));
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        self.0.push(Segment::Cubic(
            ax.into(),
            ay.into(),
            bx.into(),
            by.into(),
            x.into(),
            y.into(),
        ));
    }

    fn close(&mut self) {
        self.0.push(Segment::Close);
    }
}

impl Glyph<'_> {
    /// The outline with the point `from` (font units) moved to the origin and then scaled.
    pub(crate) fn centred_at(&self, from: (f64, f64), scale_x: f64, scale_y: f64) -> Outline {
        self.outline
            .transformed(Affine::translation(-from.0, -from.1).then(Affine::scaling(scale_x, scale_y)))
    }
}
