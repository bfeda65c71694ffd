//! PDF bytes: open safely, geometry, placement, page pictures, tail-only append.
//!
//! Bytes in, bytes out: no files, no clock, no network. Start at [`Document::open`];
//! write with [`update::prepare_signature`]; read back with [`signature::read_signatures`].
#![forbid(unsafe_code)]

mod excerpt;
mod field_lock;
mod form;
mod isolation;
mod reduction;
mod unfolding;

pub mod artwork;
pub mod changes;
pub mod document;
pub mod encryption;
pub mod geometry;
pub mod lettering;
pub mod mark;
pub mod page_range;
pub mod picture;
pub mod plan;
pub mod repair;
pub mod shown_marks;
pub mod signature;
pub mod structure;
pub mod text;
pub mod update;
pub mod validation_data;

pub use document::{Damage, Document, Limits, OpenError, RefuseReason, SharedBytes};
pub use encryption::Password;
pub use geometry::{Matrix, PageGeometry, PlacedMm};
pub use mark::{Appearance, Mark, PartMm, Placement};
pub use page_range::{PageRange, PageRangeError};
