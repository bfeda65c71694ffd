//! What parent and worker say to each other: a length, a JSON header, and for an answer the picture's bytes.
use crate::mapped::Stamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Longest header, in bytes: a path and a password.
pub(super) const MOST_HEADER: u32 = 64 * 1024;
/// Longest picture, in bytes: the most pixels there may be, and a file's head.
pub(super) const MOST_BODY: u64 = 4 * pdf::picture::MOST_PIXELS + 4096;

/// A file to draw from, as it was when it was opened.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageFile {
    path: OsString,
    stamp: Option<Stamp>,
    /// Only the first so many bytes.
    length: Option<u64>,
    password: Option<Password>,
}

/// Zeroed when dropped; written out only into the pipe.
#[derive(Clone, PartialEq, Eq)]
struct Password(Zeroizing<String>);

impl Serialize for Password {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

impl PageFile {
    /// The file as it is now.
    pub fn new(path: &Path) -> Self {
        Self {
            path: path.as_os_str().to_owned(),
            stamp: None,
            length: None,
            password: None,
        }
    }

    /// Only as long as it is still this very file: a picture never comes from another revision than the verdict.
    pub(crate) fn unchanged_since(self, stamp: Option<Stamp>) -> Self {
        Self { stamp, ..self }
    }

    /// Only its first so many bytes: an earlier revision.
    pub(crate) fn cut_at(self, length: Option<u64>) -> Self {
        Self { length, ..self }
    }

    /// Opened with this password.
    #[must_use]
    pub fn with_password(self, password: Option<Zeroizing<String>>) -> Self {
        Self {
            password: password.map(Password),
            ..self
        }
    }

    pub(super) fn path(&self) -> PathBuf {
        PathBuf::from(&self.path)
    }

    pub(super) fn stamp(&self) -> Option<Stamp> {
        self.stamp
    }

    pub(super) fn length(&self) -> Option<u64> {
        self.length
    }

    pub(super) fn password(&self) -> Option<&str> {
        self.password.as_ref().map(|password| password.0.as_str())
    }
}

/// How large to draw.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum PageSize {
    /// Pixels per PDF point (1.0 = 72 dpi; times UserUnit).
    Scale(f64),
    /// The picture's width in pixels.
    Width(u32),
}

impl From<PageSize> for pdf::picture::PictureSize {
    fn from(size: PageSize) -> Self {
        match size {
            PageSize::Scale(scale) => Self::Scale(scale),
            PageSize::Width(pixels) => Self::WidthPixels(pixels),
        }
    }
}

/// What the picture is wanted as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pixels {
    /// A PNG file.
    Png,
    /// Opaque RGBA, 8 bits each, rows from the top.
    Rgba,
    /// A portable pixmap file: RGB, 8 bits each.
    Ppm,
}

/// One page to draw.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct PageOrder {
    /// From which file.
    pub file: PageFile,
    /// Which page, from 1.
    pub page: u32,
    /// How large.
    pub size: PageSize,
    /// As what.
    pub pixels: Pixels,
    /// An empty file to write the picture into; then no bytes come back, unless it could not be written.
    pub into: Option<OsString>,
}

/// The header of an answer.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) enum Answer {
    /// `bytes` of picture follow.
    Drawn { width: u32, height: u32, bytes: u64 },
    /// Nothing follows.
    Refused(Refusal),
}

/// Why the worker did not draw; what it does not live to say, the parent sees by its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Refusal {
    Unreadable,
    Changed,
    NoSuchPage,
    BadSize,
    Failed,
}

/// A header as it goes over the pipe; zeroed when dropped, for it may hold a password.
pub(super) fn header(value: &impl Serialize) -> io::Result<Zeroizing<Vec<u8>>> {
    let json = Zeroizing::new(serde_json::to_vec(value)?);
    let length = u32::try_from(json.len()).ok().filter(|length| *length <= MOST_HEADER);
    let length = length.ok_or_else(|| io::Error::from(ErrorKind::InvalidInput))?;
    // With room for all from the start: growing would leave a copy behind.
    let mut frame = Zeroizing::new(Vec::with_capacity(json.len().saturating_add(4)));
    frame.extend_from_slice(&length.to_le_bytes());
    frame.extend_from_slice(&json);
    Ok(frame)
}

/// Length of the header that follows, when it may be so long.
pub(super) fn header_length(bytes: [u8; 4]) -> io::Result<usize> {
    let length = u32::from_le_bytes(bytes);
    match length <= MOST_HEADER {
        true => usize::try_from(length).map_err(io::Error::other),
        false => Err(ErrorKind::InvalidData.into()),
    }
}

/// Reads one header; none at the end of the input.
pub(super) fn read_header<T: DeserializeOwned>(input: &mut impl Read) -> io::Result<Option<T>> {
    let mut length = [0; 4];
    match input.read_exact(&mut length) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        outcome => outcome?,
    }
    let mut json = Zeroizing::new(vec![0; header_length(length)?]);
    input.read_exact(&mut json)?;
    Ok(Some(serde_json::from_slice(&json)?))
}

/// Writes an answer and its picture.
pub(super) fn write_answer(output: &mut impl Write, answer: &Answer, body: &[u8]) -> io::Result<()> {
    output.write_all(&header(answer)?)?;
    output.write_all(body)?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_comes_back_as_it_went_and_a_monstrous_one_is_refused() {
        let order = PageOrder {
            file: PageFile::new(Path::new("/投标/文件.pdf")).with_password(Some(Zeroizing::new("口令".to_owned()))),
            page: 3,
            size: PageSize::Width(800),
            pixels: Pixels::Png,
            into: Some("/投标/页.part".into()),
        };
        let frame = header(&order).unwrap();
        let back: PageOrder = read_header(&mut frame.as_slice()).unwrap().unwrap();
        assert!(back == order);
        assert!(read_header::<PageOrder>(&mut [].as_slice()).unwrap().is_none());
        assert!(read_header::<PageOrder>(&mut [255, 255, 255, 127, b'{'].as_slice()).is_err());
    }
}
