//! What breaks in other programs (shared notes: twelve kinds of files, thirteen programs), done by ours: the table in
//! crates/pdf/README.md is what this test finds.

use std::fmt::Write as _;
use std::path::Path;

use testkit::{judges, pdfs};

use super::{Desk, signing};

/// The table in the README stands between these.
const BEGIN: &str = "<!-- found by crates/cli/tests/command_line/breaks.rs -->\n";
const END: &str = "<!-- end -->\n";

/// A file to stamp and sign, and the signatures it has then.
struct Kind {
    name: &'static str,
    file: &'static str,
    options: &'static [&'static str],
    places: &'static [&'static str],
    signatures: usize,
}

/// Where the seal goes.
const ONE_PAGE: &[&str] = &["--at", "1:20,20"];
const BOTH_PAGES: &[&str] = &["--at", "1:20,20", "--pages", "2"];

const WITH_PASSWORD: &[&str] = &["--pdf-password-env", "PDF"];

/// Every kind in the order of the table, made on the desk.
fn kinds(desk: &Desk) -> Vec<Kind> {
    let plain = pdfs::simple(2);
    desk.put("table.pdf", &plain);
    desk.put("hybrid.pdf", &pdfs::hybrid());
    desk.put("prefix.pdf", &[&[b'x'; 511], &b"\n"[..], &plain].concat());
    let start = plain.windows(9).rposition(|window| window == b"startxref").unwrap();
    desk.put(
        "bad-startxref.pdf",
        &[&plain[..start], b"startxref\n5\n%%EOF\n"].concat(),
    );
    let trailer = plain.windows(7).rposition(|window| window == b"trailer").unwrap();
    desk.put("no-trailer.pdf", &plain[..trailer]);
    desk.put(
        "stray-bytes.pdf",
        &[&plain, &b"7 0 obj\n(later)\nendobj\n"[..]].concat(),
    );
    let qpdf = |options: &[&str], to: &str| {
        judges::must(
            judges::qpdf()
                .args(options)
                .arg(desk.path("table.pdf"))
                .arg(desk.path(to)),
        );
    };
    qpdf(&["--object-streams=generate"], "object-streams.pdf");
    qpdf(&["--linearize"], "linearized.pdf");
    qpdf(&["--linearize", "--object-streams=generate"], "linearized-packed.pdf");
    let lock = |user: &str, scheme: &[&str], to: &str| {
        qpdf(
            &[&["--allow-weak-crypto", "--encrypt", user, "owner"], scheme, &["--"]].concat(),
            to,
        );
    };
    lock("", &["256"], "aes256.pdf");
    lock("", &["128", "--use-aes=y"], "aes128.pdf");
    lock("", &["128", "--use-aes=n"], "rc4.pdf");
    lock("kai-biao", &["256"], "aes256-password.pdf");
    desk.done(&signing("table.pdf", "signed.pdf", &[]));
    desk.done(&signing("object-streams.pdf", "signed-packed.pdf", &[]));
    let signed = std::fs::read(desk.path("signed.pdf")).unwrap();
    let start = signed.windows(9).rposition(|window| window == b"startxref").unwrap();
    desk.put(
        "signed-bad-startxref.pdf",
        &[&signed[..start], b"startxref\n5\n%%EOF\n"].concat(),
    );
    let kind = |name, file, options, signatures| Kind {
        name,
        file,
        options,
        places: BOTH_PAGES,
        signatures,
    };
    let on_one_page = |kind| Kind {
        places: ONE_PAGE,
        ..kind
    };
    vec![
        kind("cross-reference table", "table.pdf", &[], 1),
        kind("object streams", "object-streams.pdf", &[], 1),
        kind("linearized", "linearized.pdf", &[], 1),
        kind("linearized, object streams", "linearized-packed.pdf", &[], 1),
        kind("hybrid", "hybrid.pdf", &[], 1),
        on_one_page(kind("signed, marks on one page", "signed.pdf", &[], 2)),
        on_one_page(kind(
            "signed, object streams, marks on one page",
            "signed-packed.pdf",
            &[],
            2,
        )),
        kind("signed, marks on both pages", "signed.pdf", &[], 2),
        kind("AES-256, owner's password", "aes256.pdf", &[], 1),
        kind("AES-128, owner's password", "aes128.pdf", &[], 1),
        kind("RC4, owner's password", "rc4.pdf", &[], 1),
        kind(
            "AES-256, user's password given",
            "aes256-password.pdf",
            WITH_PASSWORD,
            1,
        ),
        kind("AES-256, user's password not given", "aes256-password.pdf", &[], 1),
        kind("512 bytes before the header", "prefix.pdf", &[], 1),
        kind("bad startxref", "bad-startxref.pdf", &[], 1),
        kind("no trailer", "no-trailer.pdf", &[], 1),
        kind("bytes after the end", "stray-bytes.pdf", &[], 1),
        kind("signed, bad startxref", "signed-bad-startxref.pdf", &[], 2),
    ]
}

#[test]
fn what_breaks_in_others_is_done_or_refused_with_a_reason() {
    let desk = Desk::new();
    let mut table = String::from(
        "| file | stamped and signed | `qpdf --check` | pdfsig | pyHanko | repaired, then signed |\n|---|---|---|---|---|---|\n",
    );
    for kind in kinds(&desk) {
        let (status, _, told) = desk.run(&signing(kind.file, "out.pdf", &stamped(&kind)));
        let row = match status {
            0 => {
                assert!(
                    keeps(&desk, kind.file, "out.pdf"),
                    "{}: the original is kept",
                    kind.name
                );
                format!("yes, appended | {} | –", judged(&desk, "out.pdf", &kind))
            }
            _ => format!("refused: `{}` | – | – | – | {}", code(&told), repaired(&desk, &kind)),
        };
        let _ = writeln!(table, "| {} | {row} |", kind.name);
        let _ = std::fs::remove_file(desk.path("out.pdf"));
    }
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../pdf/README.md");
    let text = std::fs::read_to_string(readme).unwrap();
    let written = text
        .split_once(BEGIN)
        .and_then(|(_, rest)| rest.split_once(END))
        .map(|(table, _)| table);
    assert_eq!(
        written,
        Some(table.as_str()),
        "crates/pdf/README.md has another table than this:\n{table}"
    );
}

fn stamped(kind: &Kind) -> Vec<&'static str> {
    [&["--seal", "seal.png"], kind.places, kind.options].concat()
}

fn keeps(desk: &Desk, original: &str, output: &str) -> bool {
    let read = |name: &str| std::fs::read(desk.path(name)).unwrap();
    read(output).starts_with(&read(original))
}

/// The code in a complaint: `ganjiang: CODE: …`.
fn code(told: &str) -> String {
    let complaint = told
        .lines()
        .filter_map(|line| line.strip_prefix("ganjiang: "))
        .next_back();
    complaint
        .and_then(|words| words.split(':').next())
        .unwrap_or(told)
        .to_owned()
}

/// The verdicts of qpdf, pdfsig and pyHanko, and every page still there for MuPDF.
fn judged(desk: &Desk, output: &str, kind: &Kind) -> String {
    let file = desk.path(output);
    let password = if kind.options.is_empty() { "" } else { "kai-biao" };
    let qpdf = judges::ask(
        judges::qpdf()
            .arg(format!("--password={password}"))
            .arg("--check")
            .arg(&file),
    );
    let pdfsig = judges::ask(judges::pdfsig().args(["-nocert", "-upw", password]).arg(&file));
    let valid = pdfsig.words.matches("Signature is Valid.").count();
    let mut pyhanko = judges::pyhanko();
    pyhanko.args([
        "sign",
        "validate",
        "--pretty-print",
        "--no-revocation-check",
        "--trust-replace",
    ]);
    if kind.file.starts_with("aes") || kind.file.starts_with("rc4") {
        pyhanko.args(["--password", password]);
    }
    let pyhanko = judges::ask(pyhanko.arg("--trust").arg(desk.path("root.pem")).arg(&file));
    let trusted = pyhanko.words.matches("judged VALID").count();
    let pages = judges::must(judges::mutool().args(["info", "-p", password]).arg(&file));
    assert!(pages.contains("Pages: 2"), "{}: {pages}", kind.name);
    let of = |count: usize, words: &str| match count == kind.signatures {
        true => format!("{count} of {count} valid"),
        false if count == 0 => format!("does not read it ({})", reason(words)),
        false => format!("{count} of {} valid", kind.signatures),
    };
    let clean = if qpdf.success {
        "clean".to_owned()
    } else {
        reason(&qpdf.words)
    };
    format!(
        "{clean} | {} | {}",
        of(valid, &pdfsig.words),
        of(trusted, &pyhanko.words)
    )
}

/// Why a judge does not like a file: its last line without the file's name.
fn reason(words: &str) -> String {
    let last = words
        .lines()
        .rev()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    last.rsplit(": ")
        .next()
        .unwrap_or_default()
        .trim()
        .trim_end_matches('.')
        .to_owned()
}

/// What becomes of a refused file that is repaired into a new one.
fn repaired(desk: &Desk, kind: &Kind) -> String {
    let (status, _, told) = desk.run(&["repair", kind.file, "--out", "repaired.pdf"]);
    if status != 0 {
        return format!("refused: `{}`", code(&told));
    }
    judges::assert_sound_pdf(&desk.path("repaired.pdf"));
    desk.done(&signing("repaired.pdf", "out.pdf", &stamped(kind)));
    let verdicts = judged(desk, "out.pdf", kind);
    assert_eq!(verdicts, "clean | 1 of 1 valid | 1 of 1 valid", "{}", kind.name);
    "yes, all clean and valid".to_owned()
}
