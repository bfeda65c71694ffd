//! Marks on other people's turned, cropped, shifted and scaled pages: other people's renderers show them where they were put.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it counted"
)]

mod judges;
mod recipes;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pdf::geometry::Rotation;
use pdf::update::{SignatureRequest, prepare_signature, prepare_stamp};
use pdf::{Appearance, Document, Mark, PageGeometry, PlacedMm};
use recipes::{joined, open};
use testkit::judges::Pdfium;
use time::macros::datetime;

/// How far from its place a mark may be seen, in mm.
const MOST_OFF_MM: f64 = 0.3;

/// Unusual pages looked at in one file; long files repeat one kind.
const PAGES_PER_FILE: usize = 4;

/// Sharpness of the pictures: 0.17 mm to a pixel.
const DPI: u32 = 150;

/// Pages wider or higher than this are pictures too large to compare, in mm.
const LARGEST_MM: f64 = 900.0;

struct Picture {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

/// Other people's programs that draw pages; each gives none when it cannot, or not within 10 seconds.
const RENDERERS: [(&str, Renderer); 3] = [("MuPDF", mupdf), ("poppler", poppler), ("PDFium", pdfium)];

type Renderer = fn(&mut Counts, &Path, u32, &Path) -> Option<Picture>;

fn mupdf(_: &mut Counts, file: &Path, page: u32, out: &Path) -> Option<Picture> {
    let (number, dpi) = (page.to_string(), DPI.to_string());
    let target = out.to_str().unwrap();
    let words = [
        "10", "mutool", "draw", "-q", "-r", &dpi, "-c", "rgb", "-F", "ppm", "-o", target,
    ];
    judges::run("timeout", &[&words[..], &[file.to_str().unwrap(), &number]].concat());
    ppm(&std::fs::read(out).ok()?)
}

fn poppler(_: &mut Counts, file: &Path, page: u32, _out: &Path) -> Option<Picture> {
    let (number, dpi) = (page.to_string(), DPI.to_string());
    let words = ["10", "pdftoppm", "-r", &dpi, "-f", &number, "-l", &number, "-cropbox"];
    ppm(&judges::run("timeout", &[&words[..], &[file.to_str().unwrap()]].concat()).stdout)
}

fn pdfium(counts: &mut Counts, file: &Path, page: u32, out: &Path) -> Option<Picture> {
    let pdfium = counts.pdfium.get_or_insert_with(Pdfium::start);
    ppm(&pdfium.draw(file, page, DPI, out).then(|| std::fs::read(out).unwrap())?)
}

fn ppm(bytes: &[u8]) -> Option<Picture> {
    let mut fields = bytes.splitn(4, |byte| *byte == b'\n');
    let mut line = || std::str::from_utf8(fields.next()?).ok();
    (line()? == "P6").then_some(())?;
    let (width, height) = line()?.split_once(' ')?;
    let (width, height) = (width.parse().ok()?, height.parse().ok()?);
    line()?;
    let rgb = fields.next()?.to_vec();
    (rgb.len() >= width * height * 3).then_some(Picture { width, height, rgb })
}

/// The box of what differs between two pictures of a page, in mm of the visible page.
fn changed_mm(before: &Picture, after: &Picture, page: &PageGeometry) -> Option<[f64; 4]> {
    if (before.width, before.height) != (after.width, after.height) {
        return None;
    }
    let mut edges: Option<[usize; 4]> = None;
    for (index, (old, new)) in before.rgb.chunks(3).zip(after.rgb.chunks(3)).enumerate() {
        if old.iter().zip(new).all(|(old, new)| old.abs_diff(*new) < 64) {
            continue;
        }
        let (x, y) = (index % before.width, index / before.width);
        let [left, top, right, bottom] = edges.unwrap_or([x, y, x, y]);
        edges = Some([left.min(x), top.min(y), right.max(x), bottom.max(y)]);
    }
    let [left, top, right, bottom] = edges?;
    let across = page.width_mm() / before.width as f64;
    let down = page.height_mm() / before.height as f64;
    Some([
        left as f64 * across,
        top as f64 * down,
        (right + 1) as f64 * across,
        (bottom + 1) as f64 * down,
    ])
}

fn is_unusual(page: &PageGeometry) -> bool {
    let shifted = page.visible.left.abs() > 0.01 || page.visible.bottom.abs() > 0.01;
    page.rotation != Rotation::None || page.user_unit != 1.0 || shifted
}

/// Draws the mark into the page, or as a widget when the file is signed already.
fn marked(document: &Document, bytes: &[u8], at: PlacedMm, size_mm: f64) -> Option<Vec<u8>> {
    // Checks of two colours: on any ground half of each edge differs from what was there.
    let half = size_mm / 2.0;
    let content = format!(
        "1 0 1 rg 0 0 {size_mm} {size_mm} re f 0 0.6 0 rg 0 0 {half} {half} re f {half} {half} {half} {half} re f"
    );
    let mark = Mark {
        appearance: Appearance::Vector {
            content: content.into_bytes().into(),
            width_mm: size_mm,
            height_mm: size_mm,
        },
        placements: vec![at.into()],
    };
    let tail = if document.is_signed() {
        let request = SignatureRequest {
            marks: vec![mark],
            ..SignatureRequest::new(datetime!(2026-11-22 0:00 UTC))
        };
        prepare_signature(document, &request)
            .ok()?
            .with_signature(&[0x30, 0])
            .ok()?
    } else {
        prepare_stamp(document, &[mark]).ok()?
    };
    Some(joined(bytes, &tail))
}

#[derive(Default)]
struct Counts {
    pdfium: Option<Pdfium>,
    pages: usize,
    files: usize,
    refused: usize,
    unseen: Vec<String>,
    measured: BTreeMap<&'static str, usize>,
    worst_mm: f64,
    wrong: Vec<String>,
}

impl Counts {
    fn measure(&mut self, name: &str, who: &'static str, found: [f64; 4], at: PlacedMm, size_mm: f64, pixel_mm: f64) {
        let wanted = [at.x_mm, at.y_mm, at.x_mm + size_mm, at.y_mm + size_mm];
        let off = found.iter().zip(wanted).map(|(found, wanted)| (found - wanted).abs());
        let off = off.fold(0.0, f64::max);
        *self.measured.entry(who).or_default() += 1;
        // An edge is seen on whole pixels only.
        if off > MOST_OFF_MM.max(pixel_mm) {
            self.wrong.push(format!(
                "{name} page {} by {who}: {found:.2?} instead of {wanted:.2?}",
                at.page
            ));
        } else {
            self.worst_mm = self.worst_mm.max(off);
        }
    }

    fn page(&mut self, name: &str, bytes: &[u8], document: &Document, number: u32) {
        let page = *document.page(number).unwrap();
        let size_mm = (page.width_mm().min(page.height_mm()) / 4.0).min(12.0);
        let at = PlacedMm {
            page: number,
            x_mm: page.width_mm() * 0.3,
            y_mm: page.height_mm() * 0.55,
        };
        self.pages += 1;
        let Some(output) = marked(document, bytes, at, size_mm) else {
            self.refused += 1;
            return;
        };
        let ((folder, before), (_other, after)) = (judges::written(bytes), judges::written(&output));
        let mut seen = false;
        for (who, draw) in RENDERERS {
            let out = |name: &str| -> PathBuf { folder.path().join(name) };
            let pictures = draw(self, &before, number, &out("a.ppm")).zip(draw(self, &after, number, &out("b.ppm")));
            let Some((old, new)) = pictures else { continue };
            // pdftoppm 22.12 knows no UserUnit and cuts a CropBox that reaches over the MediaBox elsewhere: another page.
            let shape = old.width as f64 / old.height as f64 - page.width_mm() / page.height_mm();
            if shape.abs() > 0.02 {
                continue;
            }
            if let Some(found) = changed_mm(&old, &new, &page) {
                let pixel_mm = (page.width_mm() / old.width as f64).max(page.height_mm() / old.height as f64);
                self.measure(name, who, found, at, size_mm, pixel_mm);
                seen = true;
            }
        }
        if !seen {
            self.unseen.push(format!("{name} page {number}"));
        }
    }
}

fn listed(folder: &Path) -> Vec<String> {
    let column = |list: &str, index: usize| -> Vec<String> {
        let text = std::fs::read_to_string(folder.join(list)).unwrap();
        let rows = text.lines().skip(1);
        rows.filter_map(|row| row.split('\t').nth(index).map(str::to_owned))
            .collect()
    };
    [column("malformed.tsv", 0), column("signed.tsv", 1)].concat()
}

#[test]
fn marks_are_seen_where_they_were_put_on_every_unusual_page_of_others() {
    let Some(folder) = judges::corpora() else {
        return println!("no corpora here: nothing measured");
    };
    let mut counts = Counts::default();
    for name in listed(&folder) {
        let bytes = std::fs::read(folder.join(&name)).unwrap();
        let Ok(document) = open(bytes.clone()) else { continue };
        let fits = |page: &&PageGeometry| {
            let (width, height) = (page.width_mm(), page.height_mm());
            is_unusual(page) && width.min(height) > 4.0 && width.max(height) < LARGEST_MM
        };
        let unusual: Vec<u32> = (1..)
            .zip(document.pages())
            .filter(|(_, page)| fits(page))
            .map(|(number, _)| number)
            .take(PAGES_PER_FILE)
            .collect();
        counts.files += usize::from(!unusual.is_empty());
        for number in unusual {
            counts.page(&name, &bytes, &document, number);
        }
    }
    println!(
        "{} unusual pages in {} files: {} refused, measurements {:?}, at most {:.2} mm off; not drawn by others: {:#?}",
        counts.pages, counts.files, counts.refused, counts.measured, counts.worst_mm, counts.unseen
    );
    assert!(counts.wrong.is_empty(), "{:#?}", counts.wrong);
    for (who, _) in RENDERERS {
        let measured = counts.measured.get(who).copied().unwrap_or_default();
        assert!(measured >= 20, "only {measured} measurements by {who}");
    }
}
