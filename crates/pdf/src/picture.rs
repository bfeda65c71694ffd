//! Page pictures for previews, drawn by hayro apart from us: limited in size and time.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use hayro::hayro_interpret::font::FontQuery;
use hayro::hayro_interpret::util::TransformExt as _;
use hayro::hayro_interpret::{FontResolverFn, InterpreterSettings};
use hayro::hayro_syntax::{Pdf, page::Page};
use hayro::kurbo::Affine;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::vello_cpu::{PixmapMut, RasterizerSettings, RenderContext, Resources, TargetInit};
use hayro::{RenderCache, RenderSettings};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder as _};

use crate::document::{Document, Limits, SharedBytes, Written, open_both, page_index, shown_geometry};
use crate::encryption::Password;
use crate::excerpt::Excerpts;
use crate::geometry::PageGeometry;
use crate::isolation::{self, NoAnswer};

/// Longest time to draw one page.
const TIME_TO_DRAW: Duration = Duration::from_secs(10);

/// Most pixels of one picture.
pub const MOST_PIXELS: u64 = 64_000_000;

/// Pixels written at once: they stay in the processor's cache.
const PIXELS_AT_ONCE: usize = 1 << 16;

/// How large to draw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PictureSize {
    /// Pixels per PDF point (1.0 = 72 dpi; times UserUnit).
    Scale(f64),
    /// The picture's width in pixels.
    WidthPixels(u32),
}

/// Fonts for text whose own font is not embedded.
#[derive(Clone, Default)]
pub struct FallbackFonts {
    /// A font with Chinese glyphs (TrueType, OpenType or a collection) and its index in the file.
    pub chinese: Option<(SharedBytes, u32)>,
}

/// Why a page could not be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// No such page.
    #[error("no such page")]
    NoSuchPage,
    /// Over [`MOST_PIXELS`] or a side over 65,535 pixels, or no pixel at all.
    #[error("the picture would be too large or empty")]
    BadSize,
    /// Drawing took too long and was given up.
    #[error("drawing took too long")]
    TooSlow,
    /// The drawing program failed on this page.
    #[error("the page cannot be drawn")]
    Failed,
}

/// A drawn page: opaque RGBA, 8 bits each, rows from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// `width * height * 4` bytes.
    pub rgba: Vec<u8>,
}

impl Picture {
    /// The same as a PNG file, packed quickly rather than tightly: of the filters, each with the fast packing, this one
    /// took 2.6 ms for A4 at 96 dpi, the adaptive choice 4.5 ms, no filter 5.1 ms and a file twice the size. Unpacked
    /// (1 ms) three times fewer pages would fit the cache.
    pub fn to_png(&self) -> Result<Vec<u8>, PictureError> {
        let mut png = Vec::new();
        let encoder = PngEncoder::new_with_quality(&mut png, CompressionType::Fast, FilterType::Sub);
        encoder
            .write_image(&self.rgba, self.width, self.height, ExtendedColorType::Rgba8)
            .map_err(|_| PictureError::Failed)?;
        Ok(png)
    }

    /// Writes the same as a portable pixmap file (P6).
    ///
    /// # Errors
    /// Those of `output`.
    pub fn write_ppm(&self, output: &mut impl Write) -> io::Result<()> {
        write!(output, "P6\n{} {}\n255\n", self.width, self.height)?;
        // One byte more than needed: four are copied at once, the fourth is overwritten by the next pixel.
        let mut rgb = vec![0; PIXELS_AT_ONCE * 3 + 1];
        for pixels in self.rgba.chunks(PIXELS_AT_ONCE * 4) {
            let mut length = 0;
            for pixel in pixels.chunks_exact(4) {
                if let Some(place) = rgb.get_mut(length..length + 4) {
                    place.copy_from_slice(pixel);
                }
                length += 3;
            }
            output.write_all(rgb.get(..length).unwrap_or_default())?;
        }
        Ok(())
    }
}

/// Draws one 1-based page as the newest revision shows it. Waits at most 10 seconds.
///
/// Drawing happens on its own thread with a large stack, panics caught. A page that takes longer
/// is given up; its thread ends when the drawing program does. Memory is not limited here: a program
/// that shows strangers' files draws in a process of its own with a [`Painter`].
pub fn render(
    document: &Document,
    page: u32,
    size: PictureSize,
    fonts: &FallbackFonts,
) -> Result<Picture, PictureError> {
    let source = Source::of(document);
    let fonts = fonts.clone();
    match isolation::run(TIME_TO_DRAW, move || Painter::new(&source, &fonts).draw(page, size)) {
        Ok(picture) => picture,
        Err(NoAnswer::TooSlow) => Err(PictureError::TooSlow),
        Err(NoAnswer::Failed) => Err(PictureError::Failed),
    }
}

/// A PDF opened to be drawn only, as leniently as viewers do.
pub struct Source {
    reader: Arc<Pdf>,
    /// Pages one by one, when the structure is sound.
    excerpts: Option<Excerpts>,
    /// The reader cannot take the file whole.
    in_parts: bool,
}

impl Source {
    fn of(document: &Document) -> Self {
        let in_parts = document.excerpts().is_some();
        let pages = |written: &Written| Excerpts::new(Arc::clone(&written.structure), &written.pages);
        Self {
            reader: Arc::clone(document.reader()),
            excerpts: document.written().ok().map(pages),
            in_parts,
        }
    }

    /// Opens the bytes, with the password when they are encrypted. Neither time nor memory is limited here,
    /// and the reader may panic on hostile bytes: this is for a process that may be lost.
    ///
    /// # Errors
    /// [`PictureError::Failed`] when nothing can be read.
    pub fn open(bytes: SharedBytes, password: Option<&str>) -> Result<Self, PictureError> {
        let password = password.map(|text| Password::new(text.to_owned()));
        let opened = open_both(&bytes, &Limits::default(), password.as_ref()).map_err(|_| PictureError::Failed)?;
        let excerpts = match (&opened.structure, &opened.pages) {
            (Ok(structure), Ok(pages)) => Some(Excerpts::new(Arc::clone(structure), pages)),
            _ if opened.in_parts => return Err(PictureError::Failed),
            _ => None,
        };
        Ok(Self {
            reader: Arc::new(opened.reader),
            excerpts,
            in_parts: opened.in_parts,
        })
    }

    /// The page alone, when it cannot be drawn out of the whole.
    fn apart(&self, page: u32) -> Option<&Excerpts> {
        let excerpts = self.excerpts.as_ref()?;
        (self.in_parts || excerpts.has_vast_picture(page)).then_some(excerpts)
    }

    /// How many pages are shown.
    pub fn page_count(&self) -> u32 {
        u32::try_from(self.reader.pages().len()).unwrap_or(u32::MAX)
    }
}

/// Draws pages of one source and keeps what they share (fonts, glyphs), so that later pages are quicker.
pub struct Painter<'a> {
    source: &'a Source,
    cache: RenderCache<'a>,
    settings: InterpreterSettings,
}

impl<'a> Painter<'a> {
    /// A painter with nothing kept yet.
    pub fn new(source: &'a Source, fonts: &FallbackFonts) -> Self {
        Self {
            source,
            cache: RenderCache::new(),
            settings: InterpreterSettings {
                font_resolver: resolver(fonts.clone()),
                ..InterpreterSettings::default()
            },
        }
    }

    /// Draws one 1-based page. May panic or take for ever on hostile bytes; needs a stack of 64 MB.
    ///
    /// # Errors
    /// [`PictureError::NoSuchPage`], [`PictureError::BadSize`].
    pub fn draw(&self, page: u32, size: PictureSize) -> Result<Picture, PictureError> {
        if let Some(excerpts) = self.source.apart(page) {
            let alone = excerpts.page(page).ok_or(PictureError::Failed)?;
            let page = alone.pages().first().ok_or(PictureError::Failed)?;
            return self.picture(page, &RenderCache::new(), size);
        }
        let page = page_index(page)
            .and_then(|index| self.source.reader.pages().get(index))
            .ok_or(PictureError::NoSuchPage)?;
        self.picture(page, &self.cache, size)
    }

    fn picture<'b>(
        &self,
        page: &'b Page<'b>,
        cache: &RenderCache<'b>,
        size: PictureSize,
    ) -> Result<Picture, PictureError> {
        let target = Target::of(&shown_geometry(page), size)?;
        let mut context = RenderContext::new(target.width, target.height);
        let transform =
            Affine::scale_non_uniform(target.scale_x, target.scale_y) * page.initial_transform(true).to_kurbo();
        let settings = RenderSettings::default();
        hayro::render_into(page, cache, &self.settings, &settings, &mut context, transform);
        context.flush();
        let (width, height) = (u32::from(target.width), u32::from(target.height));
        let mut rgba = vec![0; usize::from(target.width) * usize::from(target.height) * 4];
        let pixels = PixmapMut::new(target.width, target.height, &mut rgba).ok_or(PictureError::BadSize)?;
        let on_white = RasterizerSettings {
            target_init: TargetInit::Clear(WHITE),
            ..RasterizerSettings::default()
        };
        context.render_with(pixels, &mut Resources::default(), on_white);
        // On white every pixel is opaque, so that premultiplied and plain colours are the same.
        Ok(Picture { width, height, rgba })
    }
}

/// Size of the picture and of the page in it.
struct Target {
    width: u16,
    height: u16,
    /// From visible mm to pixels, as hayro counts: pixels per user space unit.
    scale_x: f64,
    scale_y: f64,
}

impl Target {
    fn of(geometry: &PageGeometry, size: PictureSize) -> Result<Self, PictureError> {
        let unit = geometry.mm_per_unit();
        let (width, height) = (geometry.width_mm() / unit, geometry.height_mm() / unit);
        let scale = match size {
            PictureSize::Scale(scale) => scale * geometry.user_unit,
            PictureSize::WidthPixels(pixels) => f64::from(pixels) / width,
        };
        let side = |length: f64| {
            let pixels = (length * scale).round().max(1.0);
            // A side is 16 bits in the drawing program.
            (scale.is_finite() && scale > 0.0 && pixels <= f64::from(u16::MAX)).then_some(pixels as u16)
        };
        let (pixels_wide, pixels_high) = side(width).zip(side(height)).ok_or(PictureError::BadSize)?;
        if u64::from(pixels_wide) * u64::from(pixels_high) > MOST_PIXELS {
            return Err(PictureError::BadSize);
        }
        Ok(Self {
            width: pixels_wide,
            height: pixels_high,
            scale_x: f64::from(pixels_wide) / width,
            scale_y: f64::from(pixels_high) / height,
        })
    }
}

/// Standard fonts from the drawing program; Chinese text without its font from the given one.
fn resolver(fonts: FallbackFonts) -> FontResolverFn {
    Arc::new(move |query| match query {
        FontQuery::Standard(standard) => Some(standard.get_font_data()),
        FontQuery::Fallback(missing) => match &fonts.chinese {
            Some((bytes, index)) if missing.character_collection.is_some() => Some((bytes.clone(), *index)),
            _ => Some(missing.pick_standard_font().get_font_data()),
        },
    })
}
