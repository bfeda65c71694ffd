//! PDF bytes: open safely, geometry, placement, page pictures, tail-only append.
#![forbid(unsafe_code)]
