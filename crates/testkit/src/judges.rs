//! Programs we did not write and whose word counts: qpdf, pdfsig, pdftoppm, MuPDF, PDFium, OpenSSL, pyHanko, pkilint.

use crate::corpora::workspace;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};

/// qpdf: the structure of a PDF.
pub fn qpdf() -> Command {
    Command::new(on_path("qpdf"))
}

/// Poppler's reading of signatures.
pub fn pdfsig() -> Command {
    Command::new(on_path("pdfsig"))
}

/// Poppler's picture of a page.
pub fn pdftoppm() -> Command {
    Command::new(on_path("pdftoppm"))
}

/// Poppler's pages drawn anew by Cairo, fonts put in.
pub fn pdftocairo() -> Command {
    Command::new(on_path("pdftocairo"))
}

/// MuPDF.
pub fn mutool() -> Command {
    Command::new(on_path("mutool"))
}

/// What a program asks of the operating system, in its order.
pub fn strace() -> Command {
    Command::new(on_path("strace"))
}

/// OpenSSL: chains, requests, messages.
pub fn openssl() -> Command {
    Command::new(on_path("openssl"))
}

/// SoftHSM's own program: it makes tokens in software.
pub fn softhsm2_util() -> Command {
    Command::new(on_path("softhsm2-util"))
}

/// OpenSC's program for tokens: it makes keys on them and writes certificates.
pub fn pkcs11_tool() -> Command {
    Command::new(on_path("pkcs11-tool"))
}

/// pyHanko's command line.
pub fn pyhanko() -> Command {
    Command::new(in_judges("pyhanko"))
}

/// What pyHanko finds in a signed PDF, as JSON, against these roots (PEM) and as of a moment (ISO 8601): `signatures` with
/// `intact`, `valid`, `trusted`, `coverage`, `changes`, `docmdp_ok`, `timestamp`, `from_store` (B-LT: from the document's own evidence,
/// which must be there) and `long_term` (EN 319 102-1), and `timestamps` over the document.
///
/// # Panics
/// When it cannot be asked.
pub fn pyhanko_findings(file: &Path, roots_pem: &Path, moment: &str) -> String {
    let mut python = Command::new(in_judges("python"));
    python.args(["-c", include_str!("pyhanko_judge.py")]);
    must(python.arg(file).arg(roots_pem).arg(moment))
}

/// What pkilint holds against DER by RFC 5280 and RFC 6960, a line for each finding from warnings on; nothing is well.
/// `linter` is its program with its own arguments, as in `lint_crl lint --type CRL --profile PKIX`.
///
/// # Panics
/// When it cannot be asked.
pub fn lint(linter: &str, file: &Path) -> String {
    let mut words = linter.split(' ');
    let mut command = Command::new(in_judges(words.next().unwrap_or_default()));
    let said = ask(command
        .args(words)
        .args(["--severity", "WARNING", "--document-format", "DER"])
        .arg(file));
    // Its exit status counts the findings.
    if said.success { String::new() } else { said.words }
}

/// What judges of OpenAPI 3.1 and JSON Schema say of a document and of exchanges recorded under it: the counts of what was
/// looked at, as JSON (`operations`, `bodies`, `refusals`, `recorded`).
///
/// # Panics
/// With their words, when the document is unsound, a JSON body has no example, or its schema does not allow one.
pub fn openapi_counts(document: &Path, recorded: &[PathBuf]) -> String {
    let mut python = Command::new(in_judges("python"));
    python.args(["-c", include_str!("openapi_judge.py")]);
    must(python.arg(document).args(recorded))
}

/// PDFium, running: it draws page after page.
#[derive(Debug)]
pub struct Pdfium {
    process: Child,
    asked: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Pdfium {
    /// Starts it.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start() -> Self {
        let mut python = Command::new(in_judges("python"));
        python.args(["-c", include_str!("pdfium_judge.py")]);
        let mut process = python
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("PDFium starts");
        let asked = process.stdin.take().expect("it listens");
        let answers = BufReader::new(process.stdout.take().expect("it answers"));
        Self {
            process,
            asked,
            answers,
        }
    }

    /// Draws a page (from 1) with its annotations and form fields into a PPM file; whether it could.
    ///
    /// # Panics
    /// When it has died: then it did not judge.
    pub fn draw(&mut self, file: &Path, page: u32, dpi: u32, out: &Path) -> bool {
        let order = format!("{}\t{page}\t{dpi}\t{}\n", file.display(), out.display());
        self.asked.write_all(order.as_bytes()).expect("PDFium listens");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("PDFium answers");
        assert!(!answer.is_empty(), "PDFium died of {}", file.display());
        answer == "done\n"
    }
}

impl Drop for Pdfium {
    /// It has nothing to lose.
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a judge said, on both streams, and whether it ended well.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// Its exit status was success.
    pub success: bool,
    /// Standard output, then standard error.
    pub words: String,
}

/// Asks a judge.
///
/// # Panics
/// When it cannot be started.
pub fn ask(command: &mut Command) -> Verdict {
    let output: Output = command
        .output()
        .unwrap_or_else(|problem| panic!("{command:?}: {problem}"));
    let mut words = String::from_utf8_lossy(&output.stdout).into_owned();
    words.push_str(&String::from_utf8_lossy(&output.stderr));
    Verdict {
        success: output.status.success(),
        words,
    }
}

/// Asks a judge that must agree; gives back its words.
///
/// # Panics
/// With its words, when it does not.
pub fn must(command: &mut Command) -> String {
    let verdict = ask(command);
    assert!(verdict.success, "{command:?} said:\n{}", verdict.words);
    verdict.words
}

/// `qpdf --check` finds neither errors nor warnings.
///
/// # Panics
/// With its words, when it does.
pub fn assert_sound_pdf(file: &Path) {
    must(qpdf().arg("--check").arg(file));
}

/// `pdfsig` calls this many signatures valid, and nothing less. Document timestamps are beyond it, and not counted.
///
/// # Panics
/// With its words, when it does not.
pub fn assert_pdfsig_valid(file: &Path, signatures: usize) {
    let words = must(pdfsig().arg("-nocert").arg(file));
    let valid = words.matches("Signature Validation: Signature is Valid.").count();
    let timestamps = words.matches("Unable to validate this type of signature").count();
    let stated = words.matches("Signature Validation:").count() - timestamps;
    assert_eq!((valid, stated), (signatures, signatures), "pdfsig said:\n{words}");
}

/// pyHanko calls every signature intact, valid and trusted against this root (PEM), at the time claimed in it.
///
/// # Panics
/// With its words, when it does not.
pub fn assert_pyhanko_trusts(file: &Path, root_pem: &Path, signatures: usize) {
    let words = must(
        pyhanko()
            .args([
                "sign",
                "validate",
                "--pretty-print",
                "--no-revocation-check",
                "--trust-replace",
                "--trust",
            ])
            .arg(root_pem)
            .arg(file),
    );
    let good = words.matches("The signature is judged VALID.").count();
    let bad = words.matches("The signature is judged INVALID.").count();
    assert_eq!((good, bad), (signatures, 0), "pyHanko said:\n{words}");
}

/// How many pictures poppler finds in a file; a mark of vectors is none.
///
/// # Panics
/// With its words, when it cannot read the file.
pub fn pictures_in(file: &Path) -> usize {
    let listed = must(Command::new(on_path("pdfimages")).arg("-list").arg(file));
    let of_a_page = |row: &&str| row.trim_start().starts_with(|first: char| first.is_ascii_digit());
    listed.lines().filter(of_a_page).count()
}

fn on_path(program: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).map(|folder| folder.join(program));
    folders
        .into_iter()
        .find(|file| file.is_file())
        .unwrap_or_else(|| missing(program))
}

fn in_judges(program: &str) -> PathBuf {
    let named = std::env::var_os("GANJIANG_JUDGES").map(PathBuf::from);
    let beside = built_into().map(|target| target.join("judges"));
    let usual = Some(workspace().join("target/judges"));
    let folders = [named, beside, usual].into_iter().flatten();
    let places = folders.flat_map(|folder| [folder.join("bin").join(program), folder.join(program)]);
    places
        .into_iter()
        .find(|file| file.is_file())
        .unwrap_or_else(|| missing(program))
}

/// The target folder the running test was built into.
fn built_into() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let mut above = program.ancestors();
    above
        .find(|folder| folder.file_name() == Some(OsStr::new("debug")))?
        .parent()
        .map(Path::to_path_buf)
}

fn missing(program: &str) -> ! {
    panic!("{program} is missing: run `cargo xtask test`, it installs the judges")
}
