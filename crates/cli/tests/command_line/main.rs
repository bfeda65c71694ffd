//! The command line as scripts use it: exit status, JSON, and files that other people's programs accept.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be; its files are scratch"
)]

mod breaks;
mod order;
mod vector_seals;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use testkit::{identities, judges, pdfs};

mod levels;
mod tokens;
mod verifying;

struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    /// A folder with a seal, a PKCS#12 file made by OpenSSL and its certificate as a root.
    fn new() -> Self {
        let desk = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let name = "杭州云栖智能科技有限公司";
        assert_eq!(desk.run(&["seal", "company", "--name", name, "--out", "seal.png"]).0, 0);
        identities::by_openssl(desk.folder.path(), "/CN=ganjiang test");
        desk
    }

    fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        pdfs::put(self.folder.path(), name, bytes)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Exit status, standard output, standard error.
    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_ganjiang"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env("P12", identities::PASSWORD)
            .env("PDF", "kai-biao")
            .env("PIN", "654321")
            .env("WRONG_PIN", "111111")
            .env("SOFTHSM2_CONF", self.path("softhsm.conf"))
            .env("LC_ALL", "zh_CN.UTF-8")
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (status.code().expect("it ended by itself"), text(stdout), text(stderr))
    }

    fn done(&self, arguments: &[&str]) -> String {
        let (status, out, error) = self.run(arguments);
        assert_eq!(status, 0, "{arguments:?}: {error}");
        out
    }

    fn json(&self, arguments: &[&str]) -> serde_json::Value {
        serde_json::from_str(&self.done(arguments)).unwrap()
    }
}

fn signing<'a>(input: &'a str, output: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut all = vec![
        "sign",
        input,
        "--out",
        output,
        "--p12",
        "key.p12",
        "--password-env",
        "P12",
    ];
    all.extend(more);
    all
}

#[test]
fn words_are_found_and_stamped_where_they_stand() {
    let desk = Desk::new();
    desk.put("bid.pdf", &pdfs::chinese_pages(4));
    let found = desk.json(&["find", "bid.pdf", "--text", "商务标", "--json"]);
    let hits = found["hits"].as_array().unwrap();
    assert!(hits.len() > 4 && found["truncated"] == false, "{found}");
    let first = &hits[0];
    let stamping = [
        "stamp",
        "bid.pdf",
        "--out",
        "stamped.pdf",
        "--seal",
        "seal.png",
        "--seal-width",
        "20",
    ];
    let (status, _, told) =
        desk.run(&[&stamping[..], &["--keyword", "商务标:1", "--seam", "--pages", "last"]].concat());
    assert_eq!(status, 0, "{told}");
    judges::assert_sound_pdf(&desk.path("stamped.pdf"));
    let middle = |at: &str, length: &str| first[at].as_f64().unwrap() + first[length].as_f64().unwrap() / 2.0;
    let (x, y) = (middle("x_mm", "width_mm"), middle("y_mm", "height_mm"));
    let page = first["page"].as_u64().unwrap().to_string();
    let centre = red_centre(&desk, "bid.pdf", "stamped.pdf", &page, (x, y));
    assert!(
        (centre.0 - x).abs() < 0.3 && (centre.1 - y).abs() < 0.3,
        "{centre:?} instead of {x} {y}"
    );

    let (status, _, told) = desk.run(&[&stamping[..], &["--keyword", "没有的词"]].concat());
    assert!(status == 4 && told.contains("keyword_not_found"), "{status} {told}");
    let (status, _, told) = desk.run(&[&stamping[..], &["--at", "1:20,20", "--keyword", "没有的词"]].concat());
    assert!(
        status == 0 && told.contains("没有找到"),
        "a miss beside a place is told: {told}"
    );
    assert_eq!(desk.run(&["find", "bid.pdf", "--text", " "]).0, 2);
    assert_eq!(desk.run(&["find", "none.pdf", "--text", "a"]).0, 3);
}

/// The middle in mm of what changed within 15 mm of a place, as poppler draws both files.
fn red_centre(desk: &Desk, before: &str, after: &str, page: &str, (x_mm, y_mm): (f64, f64)) -> (f64, f64) {
    let draw = |file: &str| {
        let mut command = judges::pdftoppm();
        command
            .args(["-r", "254", "-f", page, "-l", page, "-singlefile"])
            .arg(desk.path(file))
            .arg(desk.path(file));
        judges::must(&mut command);
        let ppm = std::fs::read(desk.path(&format!("{file}.ppm"))).unwrap();
        let header = ppm.split(|byte| *byte == b'\n').nth(1).unwrap().to_vec();
        let width: usize = String::from_utf8(header)
            .unwrap()
            .split(' ')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        (width, ppm)
    };
    let ((width, old), (_, new)) = (draw(before), draw(after));
    let start = new.len() - new.len() / (width * 3) * width * 3;
    let near = |pixel: usize| {
        // 254 dpi: ten pixels to a millimetre.
        let (x, y) = ((pixel % width) as f64 / 10.0, (pixel / width) as f64 / 10.0);
        ((x - x_mm).abs() < 15.0 && (y - y_mm).abs() < 15.0).then_some((x, y))
    };
    let differs = |pixel: &usize| old[start + pixel * 3..][..3] != new[start + pixel * 3..][..3];
    let changed: Vec<(f64, f64)> = (0..(new.len() - start) / 3).filter(differs).filter_map(near).collect();
    let edge =
        |pick: fn(&(f64, f64)) -> f64, best: fn(f64, f64) -> f64, from: f64| changed.iter().map(pick).fold(from, best);
    let middle = |pick| (edge(pick, f64::min, f64::MAX) + edge(pick, f64::max, f64::MIN)) / 2.0;
    (middle(|at: &(f64, f64)| at.0), middle(|at: &(f64, f64)| at.1))
}

#[test]
fn a_plan_file_is_signed_and_its_marks_are_listed() {
    let desk = Desk::new();
    desk.put("bid.pdf", &pdfs::chinese_pages(5));
    let plan = serde_json::json!({ "version": 1, "items": [
        { "content": { "kind": "seal", "seal": "seal.png" },
          "place": { "kind": "seam", "pages": "all", "side": "right", "pages_per_group": 3, "along_mm": null } },
        { "content": { "kind": "date", "pattern": "chinese", "size_pt": 12.0, "color": "#000000" },
          "place": { "kind": "corner", "pages": "last", "corner": "bottom_right", "margin_mm": 20.0 } },
    ]});
    desk.put("plan.json", plan.to_string().as_bytes());
    desk.done(&signing(
        "bid.pdf",
        "signed.pdf",
        &["--plan", "plan.json", "--reason", "投标"],
    ));
    judges::assert_sound_pdf(&desk.path("signed.pdf"));
    judges::assert_pdfsig_valid(&desk.path("signed.pdf"), 1);
    judges::assert_pyhanko_trusts(&desk.path("signed.pdf"), &desk.path("root.pem"), 1);
    let verified = desk.json(&["verify", "signed.pdf", "--trust", "root.pem", "--json"]);
    let marks = verified["signatures"][0]["marks"].as_array().unwrap();
    assert_eq!(marks.len(), 6, "{verified}");

    desk.done(&signing(
        "signed.pdf",
        "twice.pdf",
        &["--seal", "seal.png", "--at", "1:20,20"],
    ));
    judges::assert_pdfsig_valid(&desk.path("twice.pdf"), 2);
    let (status, _, told) = desk.run(&["stamp", "signed.pdf", "--out", "no.pdf", "--plan", "plan.json"]);
    assert!(status == 4 && told.contains("already_signed"), "{status} {told}");

    desk.put("newer.json", br#"{"version":2,"items":[]}"#);
    let (status, _, told) = desk.run(&signing("bid.pdf", "no.pdf", &["--plan", "newer.json"]));
    assert!(status == 3 && told.contains("plan_unreadable"), "{status} {told}");
    assert!(!desk.path("no.pdf").exists(), "nothing is left behind");
}

#[test]
fn locked_and_damaged_files_are_worked_on_too() {
    let desk = Desk::new();
    let plain = desk.put("plain.pdf", &pdfs::chinese_pages(2));
    let mut lock = judges::qpdf();
    lock.args(["--encrypt", "kai-biao", "owner", "256", "--"])
        .arg(&plain)
        .arg(desk.path("locked.pdf"));
    judges::must(&mut lock);
    let (status, _, told) = desk.run(&["find", "locked.pdf", "--text", "投标人"]);
    assert!(status == 3 && told.contains("pdf_encrypted"), "{status} {told}");
    let password = ["--pdf-password-env", "PDF"];
    assert!(
        desk.done(&[&["find", "locked.pdf", "--text", "投标人"][..], &password].concat())
            .contains("第 1 页")
    );
    desk.done(
        &[
            &["render", "locked.pdf", "--page", "2", "--out", "2.png"][..],
            &password,
        ]
        .concat(),
    );
    desk.done(&[
        "render",
        "plain.pdf",
        "--page",
        "all",
        "--dpi",
        "30",
        "--out",
        "all.png",
    ]);
    assert!(desk.path("all-1.png").exists() && desk.path("all-2.png").exists() && !desk.path("all.png").exists());
    assert!(std::fs::read(desk.path("2.png")).unwrap().starts_with(b"\x89PNG"));
    desk.done(&["render", "plain.pdf", "--page", "1", "--dpi", "72", "--out", "1.ppm"]);
    let plain = std::fs::read(desk.path("1.ppm")).unwrap();
    assert!(plain.starts_with(b"P6\n595 842\n255\n") && plain.len() == 15 + 595 * 842 * 3);
    // What cannot be named is told, and nothing half is left.
    std::fs::create_dir(desk.path("taken.png")).unwrap();
    let (status, _, told) = desk.run(&["render", "plain.pdf", "--page", "1", "--out", "taken.png"]);
    assert!(
        status == 4 && told.contains("output_unwritable: 输出位置不能写入"),
        "{status} {told}"
    );
    let names = std::fs::read_dir(desk.path("."))
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let parts: Vec<_> = names.filter(|name| name.to_string_lossy().ends_with(".part")).collect();
    assert!(parts.is_empty(), "{parts:?}");
    desk.done(&signing(
        "locked.pdf",
        "signed.pdf",
        &[&["--seal", "seal.png", "--pages", "all"][..], &password].concat(),
    ));
    judges::must(judges::pdfsig().args(["-upw", "kai-biao"]).arg(desk.path("signed.pdf")));
    let verified = desk.json(
        &[
            &["verify", "signed.pdf", "--trust", "root.pem", "--json"][..],
            &password,
        ]
        .concat(),
    );
    assert_eq!(verified["verdict"], "valid", "{verified}");

    let mut broken = pdfs::simple(3);
    let end = broken.windows(9).rposition(|window| window == b"startxref").unwrap();
    broken.truncate(end);
    broken.extend_from_slice(b"startxref\n5\n%%EOF\n");
    desk.put("broken.pdf", &broken);
    let (status, _, told) = desk.run(&signing("broken.pdf", "no.pdf", &[]));
    assert!(status == 4 && told.contains("pdf_cannot_append"), "{status} {told}");
    desk.done(&["repair", "broken.pdf", "--out", "mended.pdf"]);
    judges::assert_sound_pdf(&desk.path("mended.pdf"));
    let (status, _, told) = desk.run(&["repair", "mended.pdf", "--out", "again.pdf"]);
    assert!(status == 4 && told.contains("pdf_not_repaired"), "{status} {told}");
}

#[test]
fn wrong_usage_is_told_apart_from_what_is_refused() {
    let desk = Desk::new();
    desk.put("bid.pdf", &pdfs::simple(1));
    let stamp = |more: &[&str]| desk.run(&[&["stamp", "bid.pdf", "--out", "out.pdf"][..], more].concat());
    for (more, expected) in [
        (&[][..], 2),
        (&["--seal", "seal.png"], 2),
        (&["--at", "1:10,10"], 2),
        (&["--seal", "seal.png", "--at", "9:10,10"], 2),
        (&["--seal", "seal.png", "--at", "1:200,10"], 4),
        (&["--seal", "seal.png", "--seam"], 4),
        (&["--seal", "seal.png", "--seam", "side=up"], 2),
        (&["--seal", "none.png", "--pages", "all"], 3),
    ] {
        let (status, _, told) = stamp(more);
        assert_eq!(status, expected, "{more:?}: {told}");
        assert!(!desk.path("out.pdf").exists());
    }
    let same = desk.run(&[
        "stamp", "bid.pdf", "--out", "bid.pdf", "--seal", "seal.png", "--pages", "all",
    ]);
    assert_eq!(same.0, 2, "the original is never replaced");
    assert!(Path::new(&desk.path("bid.pdf")).exists());
}

#[test]
fn every_kind_of_seal_is_drawn_in_every_format_at_its_true_size() {
    let desk = Desk {
        folder: tempfile::tempdir().unwrap(),
    };
    let name = "杭州云栖智能科技有限公司";
    let kinds: [(&str, &[&str], (f64, f64)); 8] = [
        (
            "round",
            &[
                "company",
                "--name",
                name,
                "--purpose",
                "投标专用章",
                "--code",
                "3301060012345",
                "--size",
                "42",
            ],
            (42.0, 42.0),
        ),
        (
            "bare",
            &[
                "company",
                "--name",
                name,
                "--purpose",
                "合同专用章",
                "--second-line",
                "第一项目部",
                "--no-star",
            ],
            (40.0, 40.0),
        ),
        (
            "arcs",
            &[
                "company",
                "--name",
                "中国石油天然气股份有限公司新疆分公司",
                "--arcs",
                "two",
                "--font",
                "kai",
            ],
            (40.0, 40.0),
        ),
        ("oval", &["company", "--name", name, "--shape", "oval"], (45.0, 30.0)),
        (
            "invoice",
            &[
                "invoice",
                "--name",
                name,
                "--tax-number",
                "91330106MA27X12A3B",
                "--serial",
                "2",
            ],
            (40.0, 30.0),
        ),
        (
            "name",
            &[
                "name",
                "--text",
                "欧阳修",
                "--style",
                "bai",
                "--suffix",
                "zhiyin",
                "--size",
                "18",
                "--font",
                "brush",
            ],
            (18.0, 18.0),
        ),
        (
            "square",
            &[
                "square",
                "--name",
                name,
                "--purpose",
                "财务专用章",
                "--weight",
                "0.02",
                "--colour",
                "#1f3f9a",
            ],
            (22.0, 22.0),
        ),
        (
            "rectangle",
            &[
                "rectangle",
                "--line",
                "李建国",
                "--line",
                "审核",
                "--width",
                "20",
                "--height",
                "14",
            ],
            (20.0, 14.0),
        ),
    ];
    for (file, words, (width, height)) in kinds {
        for ending in ["svg", "pdf", "png"] {
            let out = format!("{file}.{ending}");
            let (status, _, complaint) = desk.run(&[&["seal"][..], words, &["--out", &out]].concat());
            assert_eq!(status, 0, "{file}: {complaint}");
        }
        let svg = std::fs::read_to_string(desk.path(&format!("{file}.svg"))).unwrap();
        assert!(
            svg.contains(&format!("width=\"{width}mm\" height=\"{height}mm\"")),
            "{file}"
        );
        judges::must(judges::qpdf().args(["--check"]).arg(desk.path(&format!("{file}.pdf"))));
    }
}

#[test]
fn a_seal_that_cannot_be_drawn_says_why_with_a_code() {
    let desk = Desk {
        folder: tempfile::tempdir().unwrap(),
    };
    let company = |more: &[&'static str]| -> Vec<&str> {
        [&["seal", "company", "--out", "seal.png", "--name"][..], more].concat()
    };
    let name = "杭州云栖科技有限公司";
    for (words, status, code) in [
        (company(&["杭州𪚥科技有限公司"]), 4, "seal_missing_glyphs"),
        (company(&["公司"]), 2, "seal_text_too_short"),
        (company(&[name, "--size", "39"]), 2, "seal_size_invalid"),
        (company(&[name, "--colour", "red"]), 2, "seal_colour_invalid"),
        (company(&[name, "--weight", "1"]), 2, "seal_weight_invalid"),
        (company(&[name, "--font", "own"]), 2, "seal_font_missing"),
        (company(&[name, "--font", "own", "--font-file", "none.ttf"]), 3, ""),
        (
            vec![
                "seal",
                "invoice",
                "--name",
                name,
                "--tax-number",
                "123",
                "--out",
                "seal.pdf",
            ],
            2,
            "seal_text_too_short",
        ),
    ] {
        let (found, _, complaint) = desk.run(&words);
        assert_eq!(found, status, "{words:?}: {complaint}");
        assert!(complaint.contains(code), "{complaint}");
    }
    assert!(!desk.path("seal.png").exists() && !desk.path("seal.pdf").exists());
    let fonts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../seal/fonts/seal-song.otf");
    let own = company(&["杭州云栖科技有限公司", "--font", "own", "--font-file"]);
    let (status, _, complaint) = desk.run(&[&own[..], &[fonts.to_str().unwrap()]].concat());
    assert_eq!(status, 0, "{complaint}");
}
