//! Where our own programs are that tests start.

use std::path::{Path, PathBuf};

/// The command line tool: in GANJIANG_PROGRAMS, or beside the running test. It is built with the workspace;
/// a test of one crate alone needs `cargo build --package cli` before.
///
/// # Panics
/// When the running test does not know where it is.
pub fn command_line() -> PathBuf {
    let named = std::env::var_os("GANJIANG_PROGRAMS").map(PathBuf::from);
    let here = std::env::current_exe().expect("the test's own path");
    let built = here.ancestors().nth(2).map(Path::to_path_buf);
    let folder = named.or(built).expect("tests are built into a folder of a folder");
    folder.join(format!("ganjiang{}", std::env::consts::EXE_SUFFIX))
}
