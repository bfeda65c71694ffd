//! What a seal is, its layout, vector and raster output.
#![forbid(unsafe_code)]
