//! The platform's part in opening keys: OPAQUE messages, a counter of tries, and how long a device may do without it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// One OPAQUE message, signed by the device's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PinMessage {
    /// Registration it belongs to.
    pub registration: Uuid,
    /// The message, base64.
    pub message: String,
    /// The device's public key: P-256 point in base64. Fixed with the first registration of a key.
    pub device_key: String,
    /// ECDSA over step, key, registration and message; DER in base64.
    pub signature: String,
}

/// Answer to a registration's first message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PinRegistration {
    /// OPAQUE's answer, base64.
    pub response: String,
}

/// Answer to a login's first message. The try is spent when this is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PinLogin {
    /// Names the login in the proof.
    pub login: String,
    /// OPAQUE's answer, base64.
    pub response: String,
    /// Tries left after this one.
    pub tries_left: u8,
}

/// A login's second message: proves that the PIN was right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PinProof {
    /// OPAQUE's message, base64.
    pub finalization: String,
}

/// For how long devices of the enterprise may open keys without the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PinLease {
    /// Hours after an unlock with the platform; 0: never without it.
    pub hours: u32,
}

/// Unless the administrator chose otherwise.
pub const USUAL_LEASE_HOURS: u32 = 72;
/// Longest lease an administrator can choose: 30 days.
pub const LONGEST_LEASE_HOURS: u32 = 720;
