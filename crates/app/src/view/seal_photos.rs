//! Photos of seals and signatures on their way to becoming seals.
use crate::view::{FailureView, SealKind};
use serde::{Deserialize, Serialize};
use specta::Type;

/// An opened photo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct SealPhotoView {
    /// Photo id.
    pub id: String,
    /// Name of its file.
    pub file_name: String,
    /// Width in pixels, as a person sees it; 0 when it cannot be read.
    pub width: u32,
    /// Height likewise.
    pub height: u32,
    /// Why it cannot be read.
    pub refusal: Option<FailureView>,
}

/// A rectangle of a photo, in its pixels as a person sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PhotoBox {
    /// Pixels from the left edge.
    pub x: u32,
    /// Pixels from the upper edge.
    pub y: u32,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// What is looked for in a photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PhotoMark {
    /// A stamped seal.
    Seal,
    /// A signature.
    Signature,
}

/// The outline that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PhotoShape {
    /// A ring.
    Round,
    /// An oval.
    Oval,
    /// Four equal edges.
    Square,
    /// Four edges.
    Rectangle,
    /// None.
    Free,
}

/// Inks of the clean picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PhotoInk {
    /// As in the photo.
    Kept,
    /// The red of seals.
    Red,
    /// Black.
    Black,
    /// Blue.
    Blue,
}

/// What a person should know before the picture is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PhotoWarning {
    /// Fewer than 300 pixels an inch at true size.
    LowResolution,
    /// It reaches the photo's edge and may be cut off.
    AtEdge,
    /// The edge of the seal was not found.
    NotStraightened,
    /// Which way is up could only be guessed.
    TurnUnsure,
    /// The ink is pale.
    Faint,
}

/// How a photo is to be cleaned.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct PhotoCleanInput {
    /// Photo id.
    pub photo_id: String,
    /// What is looked for; without it the ink decides.
    pub mark: Option<PhotoMark>,
    /// Where; without it everywhere.
    pub crop: Option<PhotoBox>,
    /// Turned further by hand, in degrees clockwise.
    #[specta(type = i32)]
    pub turn_degrees: f64,
    /// Ink.
    pub ink: PhotoInk,
    /// True width in mm; without it what is usual for the shape.
    #[specta(type = Option<i32>)]
    pub width_mm: Option<f64>,
}

/// A clean picture for looking at.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct CleanedPhotoView {
    /// What was found.
    pub mark: PhotoMark,
    /// Its outline.
    pub shape: PhotoShape,
    /// Where it is in the photo.
    pub place: PhotoBox,
    /// How far it was turned in the photo, in degrees clockwise.
    #[specta(type = i32)]
    pub angle_degrees: f64,
    /// True width in mm.
    #[specta(type = i32)]
    pub width_mm: f64,
    /// True height in mm.
    #[specta(type = i32)]
    pub height_mm: f64,
    /// Pixels an inch at true size.
    #[specta(type = i32)]
    pub dpi: f64,
    /// Its ink, `#rrggbb`.
    pub ink: String,
    /// What to know before it is used.
    pub warnings: Vec<PhotoWarning>,
    /// Path of the clean picture under the `picture` scheme.
    pub picture: String,
    /// Path of the same ink where it lies in the photo at `place`, to be compared with it.
    pub overlay: String,
}

/// A cleaned photo to be sent to review.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct SealPhotoInput {
    /// How it is cleaned.
    pub clean: PhotoCleanInput,
    /// The certificate it is to be bound to.
    pub certificate_id: String,
    /// Kind.
    pub kind: SealKind,
    /// The declaration that was read and made.
    pub declaration_version: u32,
    /// The seal it takes the place of once it is approved.
    pub replaces: Option<String>,
    /// One for one intention, however often it is sent.
    pub idempotency_key: String,
}

/// What is declared with an uploaded picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct SealDeclarationView {
    /// Version of the words.
    pub version: u32,
    /// The words.
    pub paragraphs: Vec<String>,
}

/// A seal out of use that is wanted again.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct RenewSealInput {
    /// The former seal.
    pub seal_id: String,
    /// The declaration that was read and made, for an uploaded picture.
    pub declaration_version: Option<u32>,
    /// One for one intention, however often it is sent.
    pub idempotency_key: String,
}
