//! Where other people's files are: beside the checkout, in a folder that may be missing.

use std::path::{Path, PathBuf};

/// The folder of test data: GANJIANG_CORPORA, or `../shared/corpora` beside the workspace.
/// None when it is not there; the line printed says so and the test may pass.
pub fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("GANJIANG_CORPORA").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| workspace().join("../shared/corpora"));
    if folder.is_dir() {
        return folder.canonicalize().ok();
    }
    println!("no corpora at {}: nothing is read from there", folder.display());
    None
}

/// The checkout this crate was built from.
pub fn workspace() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("the crate lies two folders down")
}
