//! Reading a photo from untrusted bytes: JPEG, PNG or WebP, within limits, turned the way a person sees it.

use std::io::Cursor;

use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{ColorType, ImageDecoder, RgbImage};

use super::{CleanError, PixelBox};

/// Largest file read, in bytes; phones write 3 to 25 MB.
pub const PHOTO_LIMIT_BYTES: usize = 64 * 1024 * 1024;
/// Most pixels of a JPEG in reading order or a PNG: the 48 and 50 megapixels of phones.
const MOST_PIXELS: u64 = 52_000_000;
/// Most pixels of a progressive JPEG or a WebP: their decoders keep a whole picture beside the result.
const MOST_PIXELS_KEPT_TWICE: u64 = 26_000_000;
/// Most scans of a JPEG; encoders write up to 12.
const MOST_SCANS: usize = 64;
/// Above this, pixels are averaged two by two: a seal never needs more.
const ENOUGH_PIXELS: usize = 16_000_000;
/// JPEG quality of what is only looked at.
const LOOKING_QUALITY: u8 = 86;
/// Bytes the PNG decoder may take beside the picture.
const PNG_WORK_BYTES: usize = 8 * 1024 * 1024;

/// A photo, read.
pub struct Photo {
    /// Width in pixels after averaging, as a person sees it.
    pub(super) width: usize,
    /// Height likewise.
    pub(super) height: usize,
    /// Red, green, blue; sRGB.
    pub(super) pixels: Vec<u8>,
    /// How many of the file's pixels, along each side, one of ours stands for: 1 or 2.
    pub(super) reduction: usize,
    /// How the file's pixels are to be turned for looking (EXIF).
    pub(super) orientation: Orientation,
    /// Width and height of the file's own pixels.
    pub(super) stored: (usize, usize),
}

impl Photo {
    /// Reads a photo.
    ///
    /// # Errors
    /// [`CleanError::Heic`], [`CleanError::UnknownFormat`], [`CleanError::TooLarge`], [`CleanError::Damaged`].
    pub fn read(bytes: &[u8]) -> Result<Self, CleanError> {
        if bytes.len() > PHOTO_LIMIT_BYTES {
            return Err(CleanError::TooLarge);
        }
        let raw = match bytes {
            [0xFF, 0xD8, 0xFF, ..] => jpeg(bytes),
            [0x89, b'P', b'N', b'G', ..] => png(bytes),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => webp(bytes),
            [_, _, _, _, b'f', b't', b'y', b'p', ..] => Err(CleanError::Heic),
            _ => Err(CleanError::UnknownFormat),
        }?;
        Ok(raw.seen())
    }

    /// Width and height in pixels of the file, as a person sees it.
    pub fn size(&self) -> (usize, usize) {
        let (width, height) = self.stored;
        if swaps(self.orientation) {
            (height, width)
        } else {
            (width, height)
        }
    }

    /// Red, green, blue of the photo as a person sees it, row by row, with its width and height.
    pub fn pixels(&self) -> (&[u8], usize, usize) {
        (&self.pixels, self.width, self.height)
    }

    /// A part of the photo (all of it without one), no side longer than `longest`, encoded anew as a JPEG for looking at.
    ///
    /// # Errors
    /// [`CleanError::Encoding`], also for a part outside the photo.
    pub fn picture(&self, part: Option<PixelBox>, longest: u32) -> Result<Vec<u8>, CleanError> {
        let (left, top, width, height) = part.map_or((0, 0, self.width, self.height), |part| self.held(part));
        let inside = self.rows().skip(top).take(height);
        let inside = inside.filter_map(|row| row.get(left * 3..(left + width) * 3));
        let pixels: Vec<u8> = inside.flatten().copied().collect();
        let (width, height) = (width as u32, height as u32);
        let part = RgbImage::from_raw(width, height, pixels).filter(|part| !part.is_empty());
        let part = part.ok_or_else(|| CleanError::Encoding("nothing of the photo".to_owned()))?;
        let longer = width.max(height);
        let shown = if longer > longest.max(1) {
            let fitting = |side: u32| (u64::from(side) * u64::from(longest) / u64::from(longer)).max(1) as u32;
            image::imageops::thumbnail(&part, fitting(width), fitting(height))
        } else {
            part
        };
        let mut out = Vec::new();
        let encoder = JpegEncoder::new_with_quality(&mut out, LOOKING_QUALITY);
        let written = shown.write_with_encoder(encoder);
        written.map_err(|error| CleanError::Encoding(error.to_string()))?;
        Ok(out)
    }

    /// A box of the file's pixels in ours, held inside the photo: left, top, width, height.
    fn held(&self, part: PixelBox) -> (usize, usize, usize, usize) {
        let ours = |at: usize, most: usize| (at / self.reduction).min(most);
        let (left, top) = (ours(part.x, self.width), ours(part.y, self.height));
        let right = ours(part.x.saturating_add(part.width), self.width);
        let bottom = ours(part.y.saturating_add(part.height), self.height);
        (left, top, right.saturating_sub(left), bottom.saturating_sub(top))
    }

    pub(super) fn rows(&self) -> std::slice::ChunksExact<'_, u8> {
        self.pixels.chunks_exact((self.width * 3).max(1))
    }
}

/// Red, green, blue as the file has them.
struct Raw {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
    orientation: Orientation,
}

impl Raw {
    fn seen(self) -> Photo {
        let stored = (self.width, self.height);
        let many = self.width * self.height > ENOUGH_PIXELS;
        let reduction = if many { 2 } else { 1 };
        let reduced = if many { self.halved() } else { self };
        let (width, height) = (reduced.width, reduced.height);
        let orientation = reduced.orientation;
        let (width, height, pixels) = turned(reduced.pixels, width, height, orientation);
        Photo {
            width,
            height,
            pixels,
            reduction,
            orientation,
            stored,
        }
    }

    fn halved(self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut pixels = Vec::with_capacity(width * height * 3);
        let line = self.width * 3;
        for pair in self.pixels.chunks_exact(line * 2) {
            let (upper, lower) = pair.split_at(line);
            for (one, two) in upper.chunks_exact(6).zip(lower.chunks_exact(6)) {
                let ([a, b, c, d, e, f], [g, h, i, j, k, l]) = (one, two) else {
                    continue;
                };
                pixels.extend([mean(*a, *d, *g, *j), mean(*b, *e, *h, *k), mean(*c, *f, *i, *l)]);
            }
        }
        Self {
            width,
            height,
            pixels,
            orientation: self.orientation,
        }
    }
}

fn mean(a: u8, b: u8, c: u8, d: u8) -> u8 {
    let sum = u16::from(a) + u16::from(b) + u16::from(c) + u16::from(d) + 2;
    (sum / 4) as u8
}

/// Whether width and height change places.
pub(super) fn swaps(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    )
}

/// Where a point of the picture as seen lies in the file's pixels; `width` and `height` are the file's.
pub(super) fn stored_place(at: (f64, f64), (width, height): (f64, f64), orientation: Orientation) -> (f64, f64) {
    let (x, y) = at;
    match orientation {
        Orientation::NoTransforms => (x, y),
        Orientation::FlipHorizontal => (width - x, y),
        Orientation::Rotate180 => (width - x, height - y),
        Orientation::FlipVertical => (x, height - y),
        Orientation::Rotate90FlipH => (y, x),
        Orientation::Rotate90 => (y, height - x),
        Orientation::Rotate270FlipH => (width - y, height - x),
        Orientation::Rotate270 => (width - y, x),
    }
}

/// Where a point of the file's pixels is seen; `width` and `height` are the file's.
pub(super) fn seen_place(at: (f64, f64), (width, height): (f64, f64), orientation: Orientation) -> (f64, f64) {
    let (x, y) = at;
    match orientation {
        Orientation::Rotate90 => (height - y, x),
        Orientation::Rotate270 => (y, width - x),
        Orientation::Rotate270FlipH => (height - y, width - x),
        _ => stored_place(at, (width, height), orientation),
    }
}

fn turned(pixels: Vec<u8>, width: usize, height: usize, orientation: Orientation) -> (usize, usize, Vec<u8>) {
    let fits = (u32::try_from(width), u32::try_from(height));
    let (Ok(across), Ok(down)) = fits else {
        return (width, height, pixels);
    };
    if orientation == Orientation::NoTransforms {
        return (width, height, pixels);
    }
    match RgbImage::from_raw(across, down, pixels) {
        Some(picture) => {
            let mut picture = image::DynamicImage::ImageRgb8(picture);
            picture.apply_orientation(orientation);
            let (width, height) = (picture.width() as usize, picture.height() as usize);
            (width, height, picture.into_bytes())
        }
        None => (0, 0, Vec::new()),
    }
}

fn jpeg(bytes: &[u8]) -> Result<Raw, CleanError> {
    // Inside the coded data FF is always followed by 00 (ITU-T T.81, B.1.1.5), so these are markers, or bytes of
    // comments: then the photo is refused rather than decoded for minutes.
    if markers(bytes, 0xDA) > MOST_SCANS {
        return Err(CleanError::TooLarge);
    }
    if !is_whole(bytes) {
        return Err(CleanError::Damaged("the file is cut off".to_owned()));
    }
    let progressive = markers(bytes, 0xC2) > 0;
    let decoder = JpegDecoder::new(Cursor::new(bytes)).map_err(damaged)?;
    let most = if progressive {
        MOST_PIXELS_KEPT_TWICE
    } else {
        MOST_PIXELS
    };
    decoded(decoder, most)
}

fn markers(bytes: &[u8], kind: u8) -> usize {
    bytes.windows(2).filter(|pair| **pair == [0xFF, kind]).count()
}

/// The end of image (ITU-T T.81, B.1.1.3) comes after the last scan. The decoder would fill up what is missing with grey.
fn is_whole(bytes: &[u8]) -> bool {
    let last = |kind: u8| bytes.windows(2).rposition(|pair| *pair == [0xFF, kind]);
    last(0xD9) > last(0xDA)
}

fn webp(bytes: &[u8]) -> Result<Raw, CleanError> {
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(damaged)?;
    // What is transparent is paper.
    drop(decoder.set_background_color(image::Rgba([255, 255, 255, 255])));
    decoded(decoder, MOST_PIXELS_KEPT_TWICE)
}

fn decoded(mut decoder: impl ImageDecoder, most: u64) -> Result<Raw, CleanError> {
    let (width, height) = decoder.dimensions();
    within(width, height, most)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let colour = decoder.color_type();
    let length = usize::try_from(decoder.total_bytes()).map_err(|_| CleanError::TooLarge)?;
    let mut samples = vec![0; length];
    decoder.read_image(&mut samples).map_err(damaged)?;
    let channels = match colour {
        ColorType::L8 => 1,
        ColorType::La8 => 2,
        ColorType::Rgb8 => 3,
        ColorType::Rgba8 => 4,
        _ => return Err(CleanError::UnknownFormat),
    };
    Ok(Raw {
        width: width as usize,
        height: height as usize,
        pixels: on_white(samples, channels),
        orientation,
    })
}

fn png(bytes: &[u8]) -> Result<Raw, CleanError> {
    let mut decoder = ::png::Decoder::new_with_limits(Cursor::new(bytes), ::png::Limits { bytes: PNG_WORK_BYTES });
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_transformations(::png::Transformations::normalize_to_color8());
    let header = decoder.read_header_info().map_err(damaged)?;
    within(header.width, header.height, MOST_PIXELS)?;
    let mut reader = decoder.read_info().map_err(damaged)?;
    let (width, height) = (reader.info().width as usize, reader.info().height as usize);
    let length = reader.output_buffer_size().ok_or(CleanError::TooLarge)?;
    let channels = reader.output_color_type().0.samples();
    let mut samples = vec![0; length];
    reader.next_frame(&mut samples).map_err(damaged)?;
    let exif = reader.info().exif_metadata.clone();
    let orientation = exif.and_then(|exif| Orientation::from_exif_chunk(&exif));
    Ok(Raw {
        width,
        height,
        pixels: on_white(samples, channels),
        orientation: orientation.unwrap_or(Orientation::NoTransforms),
    })
}

fn within(width: u32, height: u32, most: u64) -> Result<(), CleanError> {
    if width == 0 || height == 0 {
        return Err(CleanError::Damaged(String::new()));
    }
    if u64::from(width) * u64::from(height) > most {
        return Err(CleanError::TooLarge);
    }
    Ok(())
}

fn damaged(problem: impl std::fmt::Display) -> CleanError {
    CleanError::Damaged(problem.to_string())
}

/// Red, green, blue of any number of channels, transparent places on white.
fn on_white(mut samples: Vec<u8>, channels: usize) -> Vec<u8> {
    let cover = |value: u8, alpha: u8| {
        let (value, alpha) = (u16::from(value), u16::from(alpha));
        ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8
    };
    match channels {
        1 => repeated(&samples, 1, |value| match value {
            [value] => *value,
            _ => 255,
        }),
        2 => repeated(&samples, 2, |value| match value {
            [value, alpha] => cover(*value, *alpha),
            _ => 255,
        }),
        4 => {
            // In place: a second copy of a large picture would double the memory.
            let count = samples.len() / 4;
            for index in 0..count {
                let Some([red, green, blue, alpha]) = samples.get(index * 4..index * 4 + 4) else {
                    break;
                };
                let seen = [cover(*red, *alpha), cover(*green, *alpha), cover(*blue, *alpha)];
                if let Some(place) = samples.get_mut(index * 3..index * 3 + 3) {
                    place.copy_from_slice(&seen);
                }
            }
            samples.truncate(count * 3);
            samples
        }
        _ => samples,
    }
}

/// Grey as red, green, blue, in one allocation of the right size.
fn repeated(samples: &[u8], channels: usize, grey: impl Fn(&[u8]) -> u8) -> Vec<u8> {
    let mut pixels = Vec::with_capacity(samples.len() / channels * 3);
    for sample in samples.chunks_exact(channels) {
        pixels.extend([grey(sample); 3]);
    }
    pixels
}
