//! Timestamps (RFC 3161) from both sides: what is asked, what an authority answers, and whether an answer is for the question.
//!
//! Absent: whether the authority can be trusted; that is asked of its certificate's path like of any other.

mod answer;
mod authority;
mod request;

pub use answer::{TimestampAnswer, TimestampError};
pub use authority::{RequestFault, TimestampAuthority, TimestampQuery, rejection};
pub use request::TimestampRequest;
