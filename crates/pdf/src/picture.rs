//! Page pictures for previews, drawn by hayro apart from us: limited in size and time.

use std::sync::Arc;

use crate::document::{Document, SharedBytes};

/// Most pixels of one picture.
pub const MOST_PIXELS: u64 = 64_000_000;

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
    /// The same as a PNG file.
    pub fn to_png(&self) -> Result<Vec<u8>, PictureError> {
        Err(PictureError::Failed)
    }
}

/// Draws one 1-based page as the newest revision shows it.
pub fn render(
    _document: &Arc<Document>,
    _page: u32,
    _size: PictureSize,
    _fonts: &FallbackFonts,
) -> Result<Picture, PictureError> {
    Err(PictureError::Failed)
}
