//! Programs that others wrote and that judge what this crate writes.
#![allow(dead_code, reason = "each test program uses some of the judges")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it counted"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Runs a judge; one that is missing fails the test, because then nothing was judged.
pub(crate) fn run(program: &str, arguments: &[&str]) -> Output {
    match Command::new(program).args(arguments).output() {
        Ok(output) => output,
        Err(error) => {
            panic!("the judge {program} does not run ({error}): run `cargo xtask test`, it installs the judges")
        }
    }
}

/// A file in a fresh folder that goes away with the returned guard.
pub(crate) fn written(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.pdf");
    let mut file = std::fs::File::create_new(&path).unwrap();
    std::io::Write::write_all(&mut file, bytes).unwrap();
    (folder, path)
}

/// What `qpdf --check` says: exit status (0 clean, 2 errors, 3 warnings) and its words.
pub(crate) fn qpdf_check(bytes: &[u8]) -> (i32, String) {
    let (_folder, path) = written(bytes);
    let output = run("qpdf", &["--check", path.to_str().unwrap()]);
    let words = [output.stdout, output.stderr].concat();
    (
        output.status.code().unwrap_or(-1),
        String::from_utf8_lossy(&words).into_owned(),
    )
}

/// Fails unless `qpdf --check` finds nothing.
pub(crate) fn qpdf_clean(bytes: &[u8]) {
    let (status, words) = qpdf_check(bytes);
    assert_eq!(status, 0, "{words}");
}

/// A page as poppler draws it, at 72 dpi times `scale`: width, height, RGB rows.
pub(crate) fn poppler_picture(bytes: &[u8], page: u32, dpi: u32) -> (usize, usize, Vec<u8>) {
    let (_folder, path) = written(bytes);
    let number = page.to_string();
    let dpi = dpi.to_string();
    let arguments = [
        "-r",
        &dpi,
        "-f",
        &number,
        "-l",
        &number,
        "-cropbox",
        path.to_str().unwrap(),
    ];
    ppm(&run("pdftoppm", &arguments).stdout)
}

/// The same by MuPDF.
pub(crate) fn mupdf_picture(bytes: &[u8], page: u32, dpi: u32) -> (usize, usize, Vec<u8>) {
    let (folder, path) = written(bytes);
    let out = folder.path().join("page.ppm");
    let dpi = dpi.to_string();
    let number = page.to_string();
    let arguments = [
        "draw",
        "-q",
        "-r",
        &dpi,
        "-c",
        "rgb",
        "-F",
        "ppm",
        "-o",
        out.to_str().unwrap(),
        path.to_str().unwrap(),
        &number,
    ];
    run("mutool", &arguments);
    ppm(&std::fs::read(out).unwrap())
}

fn ppm(bytes: &[u8]) -> (usize, usize, Vec<u8>) {
    let mut fields = bytes.splitn(4, |byte| *byte == b'\n');
    let mut line = || String::from_utf8_lossy(fields.next().expect("a picture")).into_owned();
    assert_eq!(line(), "P6");
    let sizes: Vec<usize> = line().split(' ').map(|size| size.parse().unwrap()).collect();
    assert_eq!(line(), "255");
    (sizes[0], sizes[1], fields.next().unwrap().to_vec())
}

/// The folder with test data made by others, when it is there.
pub(crate) fn corpora() -> Option<PathBuf> {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test is an edge: the folder may be given from outside"
    )]
    let given = std::env::var_os("GANJIANG_CORPORA").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora");
    let folder = given.unwrap_or(beside);
    folder.is_dir().then_some(folder)
}
