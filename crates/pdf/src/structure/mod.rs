//! The file as written: our own strict reading of objects, cross-references and revisions.

mod chain;
mod filter;
mod object_stream;
mod page_tree;
mod parser;
mod section;
mod value;
mod view;

pub(crate) use chain::{Structure, StructureError, header_position};
pub(crate) use filter::unfilter;
pub(crate) use page_tree::{PageNode, read_pages};
pub(crate) use parser::{Parser, is_white};
pub(crate) use section::{Entry, SectionKind};
pub(crate) use value::{Dictionary, Reference, Value};
pub(crate) use view::{Object, View};

/// One revision: what was in the file when it was last saved up to `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revision {
    /// Position of its (newest) cross-reference section, in bytes from the start of the file.
    pub section: u64,
    /// First byte after its `%%EOF` marker (before the line end that follows).
    pub end: u64,
}
