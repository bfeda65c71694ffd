//! Pictures for the window: pages, seals and the face link's QR code, by path.
use crate::application::{App, locked, off_thread};
use crate::failure::{Failure, refuse};
use crate::page_worker::{PageOrder, PageSize, Pixels, Urgency};
use crate::sync::{ONLY, kind};
use crate::view::FailureCode;
use pdf::picture::FallbackFonts;
use platform::wire;
use std::collections::VecDeque;
use std::sync::Arc;

/// Bytes of finished page pictures kept.
const CACHE_BYTES: usize = 64 * 1024 * 1024;
/// Largest scale, in pixels per point: 576 dpi.
const MOST_SCALE: f64 = 8.0;
/// Widest page picture, in pixels.
const MOST_WIDTH: u32 = 8192;
/// Widest picture that counts as a thumbnail, in pixels: 72 CSS pixels on a screen of three times the density.
const WIDEST_THUMBNAIL: u32 = 240;

/// A picture for the window.
#[derive(Debug, Clone)]
pub struct Picture {
    /// `image/png`, `image/jpeg` or `image/svg+xml`.
    pub mime: &'static str,
    /// The file.
    pub bytes: Arc<Vec<u8>>,
}

/// Finished page pictures, least recently used first.
#[derive(Default)]
pub(crate) struct PictureCache {
    entries: VecDeque<(String, Arc<Vec<u8>>)>,
    bytes: usize,
}

impl PictureCache {
    fn get(&mut self, key: &str) -> Option<Arc<Vec<u8>>> {
        let place = self.entries.iter().position(|(name, _)| name == key)?;
        let entry = self.entries.remove(place)?;
        let bytes = Arc::clone(&entry.1);
        self.entries.push_back(entry);
        Some(bytes)
    }

    fn put(&mut self, key: String, bytes: Arc<Vec<u8>>) {
        self.bytes = self.bytes.saturating_add(bytes.len());
        self.entries.push_back((key, bytes));
        while self.bytes > CACHE_BYTES {
            let Some((_, gone)) = self.entries.pop_front() else {
                break;
            };
            self.bytes = self.bytes.saturating_sub(gone.len());
        }
    }

    /// Drops every picture of a document.
    pub(crate) fn forget(&mut self, document_id: &str) {
        self.entries.retain(|(name, _)| !name.starts_with(document_id));
        self.bytes = self.entries.iter().map(|(_, bytes)| bytes.len()).sum();
    }
}

impl App {
    /// The picture at a path of the `picture` scheme: `page/<document>/<page>` with `scale=` (pixels per point) or
    /// `width=` (pixels), `seal/<seal>`, `photo/<photo>` with or without `x= y= width= height=`, the clean pictures of a
    /// photo, `face-qr`. Leading slash or not, percent-encoded or not.
    ///
    /// # Errors
    /// `NotFound`, and for pages those of drawing.
    pub async fn picture(&self, path: &str, query: &str) -> Result<Picture, Failure> {
        let path = path.replace("%2F", "/").replace("%2f", "/");
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        match parts.as_slice() {
            ["page", document, page] => self.page_picture(document, page, query).await,
            ["seal", seal] => self.seal_picture(seal).await,
            ["photo", photo] => self.photo_picture(photo, query).await,
            ["photo", _, result, which] => self.cleaned_picture(result, which),
            ["face-qr"] => self.face_picture(),
            _ => Err(refuse(FailureCode::NotFound)),
        }
    }

    async fn page_picture(&self, document_id: &str, page: &str, query: &str) -> Result<Picture, Failure> {
        let page: u32 = page.parse().map_err(|_| refuse(FailureCode::NotFound))?;
        let size = picture_size(query);
        let key = format!("{document_id}/{page}/{size:?}");
        if let Some(bytes) = locked(&self.inner.pictures).get(&key) {
            return Ok(Picture {
                mime: "image/png",
                bytes,
            });
        }
        let opened = self.inner.opened(document_id)?;
        // A file that cannot be read says why; nobody is asked to draw it.
        opened.document()?;
        let order = PageOrder {
            file: opened.page_file(),
            page,
            size,
            pixels: Pixels::Png,
            into: None,
        };
        let drawn = self.inner.page_workers.draw(order, urgency(size)).await?;
        let bytes = Arc::new(drawn.bytes.clone());
        locked(&self.inner.pictures).put(key, Arc::clone(&bytes));
        Ok(Picture {
            mime: "image/png",
            bytes,
        })
    }

    async fn seal_picture(&self, seal_id: &str) -> Result<Picture, Failure> {
        let (inner, seal_id) = (Arc::clone(&self.inner), seal_id.to_owned());
        off_thread(move || {
            let record = inner.one(kind::SEAL, &seal_id)?;
            if crate::seal_pictures::is_picture(&record) {
                return Ok(raster_picture("image/png", inner.seal_png(&record)?));
            }
            Ok(svg_picture(inner.seal_drawing(&seal_id)?.to_svg()))
        })
        .await
    }

    fn face_picture(&self) -> Result<Picture, Failure> {
        let authorisation: wire::Authorisation = self.inner.one(kind::AUTHORISATION, ONLY)?;
        let face = authorisation.face.ok_or_else(|| refuse(FailureCode::NotFound))?;
        Ok(svg_picture(crate::wire_view::qr_svg(&face.url)?))
    }
}

/// Many Chinese programs write PDFs without embedding the font; ours stands in.
pub(crate) fn fallback_fonts() -> FallbackFonts {
    let song: pdf::SharedBytes = Arc::new(seal::Face::Song.file());
    FallbackFonts {
        chinese: Some((song, 0)),
    }
}

pub(crate) fn raster_picture(mime: &'static str, bytes: Vec<u8>) -> Picture {
    Picture {
        mime,
        bytes: Arc::new(bytes),
    }
}

fn svg_picture(svg: String) -> Picture {
    Picture {
        mime: "image/svg+xml",
        bytes: Arc::new(svg.into_bytes()),
    }
}

/// Narrow pictures are the thumbnails at the side.
fn urgency(size: PageSize) -> Urgency {
    match size {
        PageSize::Width(pixels) if pixels <= WIDEST_THUMBNAIL => Urgency::Thumbnail,
        PageSize::Width(_) | PageSize::Scale(_) => Urgency::Paper,
    }
}

/// The value of a name in a query.
pub(crate) fn asked<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = query.trim_start_matches('?').split('&');
    pairs.find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

/// Sizes outside sane limits are brought to the limit; nonsense is a page at 96 dpi.
fn picture_size(query: &str) -> PageSize {
    let value = |name: &str| asked(query, name);
    if let Some(width) = value("width").and_then(|text| text.parse::<u32>().ok()) {
        return PageSize::Width(width.clamp(16, MOST_WIDTH));
    }
    let scale = value("scale")
        .and_then(|text| text.parse::<f64>().ok())
        .filter(|scale| scale.is_finite());
    PageSize::Scale(scale.unwrap_or(96.0 / 72.0).clamp(0.05, MOST_SCALE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_forgets_the_least_recently_used() {
        let mut cache = PictureCache::default();
        let third = Arc::new(vec![0_u8; CACHE_BYTES / 3]);
        for key in ["a", "b", "c"] {
            cache.put(key.to_owned(), Arc::clone(&third));
        }
        assert!(cache.get("a").is_some());
        cache.put("d".to_owned(), Arc::clone(&third));
        assert!(cache.get("b").is_none());
        assert!(cache.get("a").is_some() && cache.get("d").is_some());
        cache.forget("a");
        assert!(cache.get("a").is_none());
    }

    #[test]
    fn sizes_are_read_and_kept_within_limits() {
        assert_eq!(picture_size("scale=2"), PageSize::Scale(2.0));
        assert_eq!(picture_size("?scale=1e9"), PageSize::Scale(MOST_SCALE));
        assert_eq!(picture_size("width=800"), PageSize::Width(800));
        assert_eq!(picture_size("scale=NaN"), PageSize::Scale(96.0 / 72.0));
    }
}
