//! Seals as files: drawn from a design, and read back as a picture that knows its true size.

use std::path::Path;
use std::sync::Arc;

use pdf::artwork::{self, ArtworkError};
use pdf::{Appearance, Document};
use seal::{FallbackGlyph, FontStack, SealDesign};

use super::{FileWorkError, bytes};

/// The eight bytes every PNG begins with (ISO/IEC 15948, 5.2).
const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// What a drawn seal is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealFormat {
    /// Vector, millimetres.
    Svg,
    /// Transparent picture at this many dots per inch.
    Png {
        /// Dots per inch, 36 to 2400.
        dpi: u32,
    },
    /// One page of the seal's exact size.
    Pdf,
}

/// Why a seal's picture cannot be stamped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealFileError {
    /// Neither PNG nor SVG nor PDF.
    #[error("neither a PNG, an SVG nor a PDF")]
    UnknownKind,
    /// The picture does not say how large it is, and no size was given.
    #[error("the picture has no true size")]
    NoSize,
    /// A vector picture that plain paths cannot show as it is.
    #[error(transparent)]
    Artwork(#[from] ArtworkError),
}

/// A seal's picture with its true size.
pub struct SealPicture {
    appearance: Appearance,
}

/// Draws a seal into a file, replacing what stands there only when the new file is whole. With a font file of one's
/// own that face can be drawn too. Gives back the characters that came from a stand-in face.
///
/// # Errors
/// [`FileWorkError::Seal`] when it cannot be drawn, [`FileWorkError::Unreadable`] without the font file,
/// [`FileWorkError::Unwritable`].
pub fn draw_seal(
    design: &SealDesign,
    own_font: Option<&Path>,
    format: SealFormat,
    output: &Path,
) -> Result<Vec<FallbackGlyph>, FileWorkError> {
    let drawing = match own_font {
        None => design.layout(FontStack::bundled())?,
        Some(file) => design.layout(&FontStack::with_own(bytes::read(file)?)?)?,
    };
    let content = match format {
        SealFormat::Svg => drawing.to_svg().into_bytes(),
        SealFormat::Png { dpi } => drawing.to_png(dpi)?,
        SealFormat::Pdf => drawing.to_pdf(),
    };
    bytes::write(output, &content)?;
    Ok(drawing.fallback)
}

impl SealPicture {
    /// Reads a PNG, an SVG (plain or gzipped) or the first page of a PDF; what it is, its first bytes say. It becomes
    /// `width_mm` wide when given, else as wide as the picture itself says (pHYs, `width`, the page).
    ///
    /// # Errors
    /// [`FileWorkError::Unreadable`], [`FileWorkError::SealFile`], [`FileWorkError::Open`].
    pub fn read(path: &Path, width_mm: Option<f64>) -> Result<Self, FileWorkError> {
        let file: Arc<[u8]> = bytes::read(path)?.into();
        let appearance = if file.starts_with(PNG_SIGNATURE) {
            raster(file, width_mm)?
        } else if is_pdf(&file) {
            scaled(artwork::from_page(&Document::open(Arc::new(file))?), width_mm)?
        } else if is_svg(&file) {
            scaled(artwork::from_svg(file), width_mm)?
        } else {
            return Err(SealFileError::UnknownKind.into());
        };
        Ok(Self { appearance })
    }

    pub(super) fn appearance(&self) -> Appearance {
        self.appearance.clone()
    }
}

/// A PDF may begin with some bytes of another kind.
fn is_pdf(file: &[u8]) -> bool {
    let head = file.get(..1024).unwrap_or(file);
    head.windows(5).any(|bytes| bytes == b"%PDF-")
}

/// Text that begins a tag, or a gzipped file.
fn is_svg(file: &[u8]) -> bool {
    let text = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file);
    file.starts_with(&[0x1f, 0x8b]) || text.trim_ascii_start().starts_with(b"<")
}

fn raster(png: Arc<[u8]>, width_mm: Option<f64>) -> Result<Appearance, SealFileError> {
    let facts = PngFacts::of(&png).ok_or(SealFileError::UnknownKind)?;
    let (width_mm, height_mm) = facts.size_mm(width_mm).ok_or(SealFileError::NoSize)?;
    Ok(Appearance::Raster {
        png,
        width_mm,
        height_mm,
    })
}

fn scaled(artwork: Result<Appearance, ArtworkError>, width_mm: Option<f64>) -> Result<Appearance, SealFileError> {
    let artwork = artwork?;
    Ok(match width_mm {
        Some(width_mm) => artwork.with_width_mm(width_mm),
        None => artwork,
    })
}

/// The pixels of a PNG, and how many of them make a metre.
#[derive(Debug, PartialEq)]
struct PngFacts {
    width: u32,
    height: u32,
    per_metre: Option<(u32, u32)>,
}

impl PngFacts {
    fn of(png: &[u8]) -> Option<Self> {
        let mut rest = png.strip_prefix(PNG_SIGNATURE)?;
        let (header, body, after) = chunk(rest)?;
        let mut facts = Self {
            width: number(body, 0)?,
            height: number(body, 4)?,
            per_metre: None,
        };
        if header != b"IHDR" || facts.width == 0 || facts.height == 0 {
            return None;
        }
        rest = after;
        // pHYs stands before the pixels (11.3.5.3); unit 1 is the metre.
        while let Some((kind, body, after)) = chunk(rest).filter(|(kind, ..)| kind != b"IDAT") {
            if kind == b"pHYs" && body.get(8) == Some(&1) {
                facts.per_metre = number(body, 0).zip(number(body, 4)).filter(|(x, y)| *x > 0 && *y > 0);
            }
            rest = after;
        }
        Some(facts)
    }

    fn size_mm(&self, width_mm: Option<f64>) -> Option<(f64, f64)> {
        let (width, height) = (f64::from(self.width), f64::from(self.height));
        if let Some(width_mm) = width_mm {
            return Some((width_mm, width_mm * height / width));
        }
        let (x, y) = self.per_metre?;
        Some((width / f64::from(x) * 1000.0, height / f64::from(y) * 1000.0))
    }
}

/// Kind, content and what follows of the first chunk (5.3).
fn chunk(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let length = usize::try_from(number(bytes, 0)?).ok()?;
    let kind = bytes.get(4..8)?;
    let end = length.checked_add(8)?;
    Some((kind, bytes.get(8..end)?, bytes.get(end.checked_add(4)?..)?))
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at + 4)?;
    Some(u32::from_be_bytes(four.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn design() -> SealDesign {
        seal::SealForm::Company(seal::CompanySeal::new("杭州云栖智能科技有限公司", 40.0)).into()
    }

    fn size(picture: &SealPicture) -> (f64, f64) {
        picture.appearance.size_mm()
    }

    #[test]
    fn what_was_drawn_knows_its_true_size_in_every_format() {
        let folder = tempfile::tempdir().unwrap();
        for (name, format) in [
            ("seal.png", SealFormat::Png { dpi: 600 }),
            ("seal.svg", SealFormat::Svg),
            ("seal.pdf", SealFormat::Pdf),
        ] {
            let path = folder.path().join(name);
            draw_seal(&design(), None, format, &path).unwrap();
            let (width, height) = size(&SealPicture::read(&path, None).unwrap());
            // Whole pixels and whole pixels per metre: off by less than one pixel.
            assert!(
                (width - 40.0).abs() < 0.05 && (height - 40.0).abs() < 0.05,
                "{name}: {width} × {height}"
            );
            let (width, height) = size(&SealPicture::read(&path, Some(42.0)).unwrap());
            assert!(
                (width - 42.0).abs() < 1e-9 && (height - 42.0).abs() < 0.01,
                "{name}: {width} × {height}"
            );
        }
    }

    #[test]
    fn what_is_no_picture_or_is_cut_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seal.docx");
        std::fs::write(&path, b"PK\x03\x04").unwrap();
        let refused = SealPicture::read(&path, None);
        assert!(matches!(
            refused,
            Err(FileWorkError::SealFile(SealFileError::UnknownKind))
        ));
        let png = design().layout(FontStack::bundled()).unwrap().to_png(72).unwrap();
        for length in 0..40 {
            let facts = PngFacts::of(&png[..length]);
            assert!(
                facts.is_none_or(|facts| facts.size_mm(None).is_none()),
                "{length} bytes"
            );
        }
    }
}
