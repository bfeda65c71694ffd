//! The file as written: our own strict reading of objects, cross-references and revisions.

/// One revision: what was in the file when it was last saved up to `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revision {
    /// Position of its (newest) cross-reference section, in bytes from the start of the file.
    pub section: u64,
    /// First byte after its `%%EOF` marker (before the line end that follows).
    pub end: u64,
}
