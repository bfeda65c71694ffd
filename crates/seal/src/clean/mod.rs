//! A phone photo of a seal or signature on paper becomes a clean transparent picture of true size.
//!
//! [`Photo::read`] → [`clean`] → [`CleanMark`]: the light is evened out, the paper taken away, the mark's ink told from
//! other ink, the mark straightened. Bytes in, values out; limits hold before anything is decoded.

mod bands;
mod fit;
mod light;
mod locate;
mod output;
mod photo;
mod pieces;
mod plane;
mod region;
mod ruling;
mod shape;
mod straighten;
mod tidy;
mod unmix;
mod warp;

use light::{Linear, Map};
use locate::{Found, Hue, Rectangle};
pub use photo::{PHOTO_LIMIT_BYTES, Photo};
use plane::Plane;
use region::Region;
use shape::Outline;
use unmix::Inks;

use crate::Colour;

/// Why a photo gives no clean picture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CleanError {
    /// Neither JPEG nor PNG nor WebP.
    #[error("not a JPEG, PNG or WebP picture")]
    UnknownFormat,
    /// HEIC or AVIF, as some phones write: to be saved as JPEG first.
    #[error("a HEIC or AVIF picture")]
    Heic,
    /// More bytes, pixels or scans than a photo needs.
    #[error("the picture is too large")]
    TooLarge,
    /// The decoder gave up; the text is the decoder's own.
    #[error("the picture cannot be decoded: {0}")]
    Damaged(String),
    /// No ink stands out from the paper; a narrower crop may help.
    #[error("no seal or signature was found")]
    NothingFound,
    /// The PNG encoder failed; the text is the encoder's own.
    #[error("the picture could not be encoded: {0}")]
    Encoding(String),
}

/// What is looked for in a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkKind {
    /// A stamped seal: ring, square or oval.
    Seal,
    /// A handwritten signature.
    Signature,
}

/// A rectangle of the photo, in its own pixels as a person sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PixelBox {
    /// Pixels from the left edge.
    pub x: usize,
    /// Pixels from the upper edge.
    pub y: usize,
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
}

/// What to look for, and what to make of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CleanOptions {
    /// Seal or signature; `None` lets the ink decide.
    pub kind: Option<MarkKind>,
    /// Where to look; everything of the ink inside belongs to the mark.
    pub crop: Option<PixelBox>,
    /// Turned further by hand, in degrees clockwise.
    pub turn_degrees: f64,
    /// Another ink (unified); `None` keeps the photo's own.
    pub ink: Option<Colour>,
    /// True width in mm; `None` takes what is usual for the shape.
    pub width_mm: Option<f64>,
}

/// The mark's outline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkShape {
    /// A ring; usually 40 mm.
    Round,
    /// An oval; usually 40 mm wide.
    Oval,
    /// Four equal edges; usually 20 mm.
    Square,
    /// Four edges; usually 40 mm wide.
    Rectangle,
    /// No outline: a signature, or a seal whose edge was not found; usually 50 mm wide.
    Free,
}

impl MarkShape {
    fn usual_width_mm(self) -> f64 {
        match self {
            Self::Round | Self::Oval | Self::Rectangle => 40.0,
            Self::Square => 20.0,
            Self::Free => 50.0,
        }
    }
}

/// What a person should know before the mark is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CleanWarning {
    /// Fewer than 300 pixels an inch at true size.
    LowResolution,
    /// The mark reaches the photo's edge and may be cut off.
    AtEdge,
    /// The edge of the seal was not found, so that it is not straightened.
    NotStraightened,
    /// Which way is up could only be guessed.
    TurnUnsure,
    /// The ink is so pale that the paper's grain shows in it.
    Faint,
}

/// Pixels an inch below which print looks coarse.
const ENOUGH_DPI: f64 = 300.0;
/// Ink that lets this much light through is faint.
const FAINT_INK: f32 = 0.42;
/// Pixels below which there is no mark. (imageproc's labelling also fails on a single pixel.)
const LEAST_SIDE: usize = 8;
/// Wider than any mark on paper.
const MOST_MM: f64 = 100.0;

/// A mark, clean.
pub struct CleanMark {
    /// Seal or signature.
    pub kind: MarkKind,
    /// Its outline.
    pub shape: MarkShape,
    /// Its ink: the photo's own, or the one asked for.
    pub ink: Colour,
    /// Where it is in the photo.
    pub place: PixelBox,
    /// How far it is turned in the photo, in degrees clockwise; 0 when that cannot be told.
    pub angle_degrees: f64,
    /// True width in mm.
    pub width_mm: f64,
    /// True height in mm.
    pub height_mm: f64,
    /// Pixels an inch at true size.
    pub dpi: f64,
    /// What to tell the person.
    pub warnings: Vec<CleanWarning>,
    straight: image::GrayImage,
    region: Region,
    alpha: Plane<u8>,
}

/// Cleans the mark in a photo.
///
/// # Errors
/// [`CleanError::NothingFound`].
pub fn clean(photo: &Photo, options: &CleanOptions) -> Result<CleanMark, CleanError> {
    if photo.width.min(photo.height) < LEAST_SIDE {
        return Err(CleanError::NothingFound);
    }
    let sheet = Sheet::of(photo);
    let window = options.crop.map(|crop| window(crop, sheet.cell * photo.reduction));
    let tries = locate::tries(options.kind).iter();
    let mut found = tries.filter_map(|what| locate::find(&sheet.seen, *what, window));
    found
        .find_map(|found| cleaned(photo, options, &sheet, &found, window))
        .ok_or(CleanError::NothingFound)
}

/// The paper of a photo: what is known of all of it before the mark is looked at closely.
struct Sheet {
    table: Linear,
    /// Pixels along a cell's side.
    cell: usize,
    paper: Plane<light::Light>,
    rules: ruling::Rules,
    /// What the paper lets through, its ruled lines taken away.
    seen: Plane<light::Light>,
}

impl Sheet {
    fn of(photo: &Photo) -> Self {
        let table = Linear::new();
        let map = Map::of(photo, &table);
        let paper = light::paper_light(&map);
        let ruled = locate::reflectances(&map, &paper);
        let rules = ruling::Rules::find(&ruled);
        let seen = rules.lifted(ruled);
        Self {
            table,
            cell: map.cell,
            paper,
            rules,
            seen,
        }
    }

    /// A region, pixel by pixel.
    fn region(&self, photo: &Photo, region: &Region) -> Plane<light::Light> {
        let seen = region::reflectance(photo, region, &self.paper, self.cell, &self.table);
        let scale = self.cell as f64 / region.step as f64;
        self.rules.lifted_region(seen, scale, region.corner())
    }
}

/// What was found, made clean; `None` when a closer look shows no mark.
fn cleaned(
    photo: &Photo,
    options: &CleanOptions,
    sheet: &Sheet,
    found: &Found,
    window: Option<Rectangle>,
) -> Option<CleanMark> {
    let area = found.area.widened(6, sheet.seen.width, sheet.seen.height);
    let region = Region::of(window.map_or(area, |window| area.within(&window)).scaled(sheet.cell));
    if region.area.width().min(region.area.height()) < LEAST_SIDE * region.step {
        return None;
    }
    let seen = sheet.region(photo, &region);
    let ink = unmix::ink_colour(&seen, found.hue)?;
    let mut alpha = covered(&seen, ink, found.hue);
    drop(seen);
    let outline = match found.kind {
        MarkKind::Seal => shape::outline(&alpha),
        MarkKind::Signature => Outline::Free,
    };
    if found.kind == MarkKind::Signature && options.kind.is_none() && shape::ring(&alpha).is_some() {
        // Nobody signs with a circle: it is a seal, only not a red one.
        let (kind, hue) = (MarkKind::Seal, Hue::of(ink));
        return cleaned(photo, options, sheet, &Found { kind, hue, ..*found }, window);
    }
    shape::without_outside(&mut alpha, &outline);
    finished(photo, options, (found.kind, ink), region, alpha, &outline)
}

/// The ink of a region as alpha.
fn covered(seen: &Plane<light::Light>, ink: light::Light, hue: Hue) -> Plane<u8> {
    let cover = unmix::unmix(seen, &Inks::of(ink, hue), hue);
    let noise = unmix::paper_noise(seen, ink);
    let mut alpha = tidy::alpha(&tidy::sharpened(&cover), hue, noise);
    tidy::without_specks(&mut alpha);
    alpha
}

/// A crop in cells of the map.
fn window(crop: PixelBox, cell: usize) -> Rectangle {
    Rectangle {
        left: crop.x / cell,
        top: crop.y / cell,
        right: crop.x.saturating_add(crop.width).div_ceil(cell),
        bottom: crop.y.saturating_add(crop.height).div_ceil(cell),
    }
}

fn finished(
    photo: &Photo,
    options: &CleanOptions,
    (kind, ink): (MarkKind, light::Light),
    region: Region,
    alpha: Plane<u8>,
    outline: &Outline,
) -> Option<CleanMark> {
    let turn = if options.turn_degrees.is_finite() {
        options.turn_degrees
    } else {
        0.0
    };
    let straight = straighten::straightened(&alpha, outline, turn)?;
    let place = tidy::ink_box(&alpha)?;
    let (width, height) = (f64::from(straight.alpha.width()), f64::from(straight.alpha.height()));
    let usual = straight.shape.usual_width_mm();
    let wanted = options.width_mm.filter(|width| *width > 0.0 && *width <= MOST_MM);
    let width_mm = wanted.unwrap_or(usual);
    let mut mark = CleanMark {
        kind,
        shape: straight.shape,
        ink: options.ink.unwrap_or_else(|| unmix::seen_colour(ink)),
        place: region.in_photo(&place, photo.reduction),
        angle_degrees: straight.turned,
        width_mm,
        height_mm: width_mm * height / width,
        dpi: width / width_mm * MM_PER_INCH,
        warnings: Vec::new(),
        straight: straight.alpha,
        region,
        alpha,
    };
    mark.warnings = warnings(&mark, photo, straight.sure, light::luminance(ink) > FAINT_INK);
    Some(mark)
}

fn warnings(mark: &CleanMark, photo: &Photo, sure: bool, faint: bool) -> Vec<CleanWarning> {
    let (width, height) = photo.size();
    let place = mark.place;
    let beyond = place.x + place.width + 2 >= width || place.y + place.height + 2 >= height;
    let seal = mark.kind == MarkKind::Seal;
    let free = mark.shape == MarkShape::Free;
    let all = [
        (mark.dpi < ENOUGH_DPI, CleanWarning::LowResolution),
        (place.x < 2 || place.y < 2 || beyond, CleanWarning::AtEdge),
        (seal && free, CleanWarning::NotStraightened),
        (seal && !free && !sure, CleanWarning::TurnUnsure),
        (faint, CleanWarning::Faint),
    ];
    all.into_iter()
        .filter(|(holds, _)| *holds)
        .map(|(_, warning)| warning)
        .collect()
}

impl CleanMark {
    /// The straightened mark: constant ink, straight alpha, true size in pHYs.
    ///
    /// # Errors
    /// [`CleanError::Encoding`].
    pub fn to_png(&self) -> Result<Vec<u8>, CleanError> {
        output::mark(&self.straight, self.ink, self.dpi)
    }

    /// Where it is in the pixels of the photo's file, which [`CleanMark::mask_png`] has too.
    pub fn place_in_file(&self, photo: &Photo) -> PixelBox {
        output::place_in_file(photo, self.place)
    }

    /// Its size in pixels.
    pub fn pixels(&self) -> (u32, u32) {
        self.straight.dimensions()
    }

    /// Alpha in the photo's own frame and size, as an 8-bit grey PNG; turned for looking as the photo is (EXIF).
    ///
    /// # Errors
    /// [`CleanError::Encoding`].
    pub fn mask_png(&self, photo: &Photo) -> Result<Vec<u8>, CleanError> {
        let (width, height) = photo.stored;
        let mask = output::in_stored_frame(photo, &self.alpha, &self.region);
        output::mask(&mask, (width, height), photo.orientation)
    }

    /// The mark where it is in the photo, not straightened, as a transparent PNG of the part of the photo at
    /// [`CleanMark::place`]: what lies over the photo in a comparison.
    ///
    /// # Errors
    /// [`CleanError::Encoding`].
    pub fn overlay_png(&self) -> Result<Vec<u8>, CleanError> {
        let place = tidy::ink_box(&self.alpha).ok_or(CleanError::NothingFound)?;
        let picture = tidy::picture(&self.alpha).ok_or(CleanError::NothingFound)?;
        let (left, top) = (place.left as u32, place.top as u32);
        let part = image::imageops::crop_imm(&picture, left, top, place.width() as u32, place.height() as u32);
        output::mark(&part.to_image(), self.ink, ENOUGH_DPI)
    }
}

/// Millimetres in an inch.
const MM_PER_INCH: f64 = 25.4;
