//! CA trees, sample PDFs, a world in a temporary folder; development only.
#![forbid(unsafe_code)]
