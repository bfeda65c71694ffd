//! CA authorisation: the enterprise's permission to be issued certificates.
use serde::Serialize;
use specta::Type;

/// The CA authorisation of the enterprise.
#[derive(Debug, Clone, Serialize, Type)]
pub struct AuthorisationView {
    /// Where it stands.
    pub state: AuthorisationState,
    /// How it was asked for.
    pub way: Option<AuthorisationWay>,
    /// When it was submitted.
    pub submitted_at: Option<String>,
    /// When it was approved or rejected.
    pub decided_at: Option<String>,
    /// The reviewer's reason for a rejection.
    pub reason: Option<String>,
    /// The face link, while there is one.
    pub face: Option<FaceLinkView>,
    /// The uploaded letter's file name.
    pub letter_file_name: Option<String>,
}

/// States of the CA authorisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AuthorisationState {
    /// Never asked for.
    None,
    /// Under review.
    Submitted,
    /// Given.
    Approved,
    /// Refused; may be submitted again.
    Rejected,
    /// A word of a newer platform.
    Unknown,
}

/// Ways to ask for the CA authorisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AuthorisationWay {
    /// The legal representative's face, on a phone.
    Face,
    /// A signed and stamped letter.
    Letter,
}

/// A short-lived link for the phone.
#[derive(Debug, Clone, Serialize, Type)]
pub struct FaceLinkView {
    /// Link id.
    pub id: String,
    /// The address the phone opens.
    pub url: String,
    /// The address as a QR code (SVG).
    pub qr_svg: String,
    /// What the phone has done so far.
    pub state: FaceState,
    /// When the link ends.
    pub expires_at: String,
}

/// What the phone has done with a face link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum FaceState {
    /// Nothing yet.
    Waiting,
    /// Opened the link.
    Scanned,
    /// The legal representative confirmed.
    Confirmed,
    /// The legal representative refused.
    Refused,
    /// The link ran out.
    Expired,
    /// A word of a newer platform.
    Unknown,
}
