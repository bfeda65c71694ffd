//! SVG, PNG and PDF of a seal show the same drawing, as judged by MuPDF; the page is exactly as large as the seal.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops at the first thing that is not as it should be"
)]

use std::{io::ErrorKind, path::Path, process::Command};

use seal::{
    Centre, Colour, CompanySeal, FontStack, InvoiceSeal, NameSeal, NameStyle, NameSuffix, OvalSeal, SealDesign,
    SealDrawing, SealForm, SquareSeal, Typeface,
};

const DPI: u32 = 600;

/// What to say when a judge is not installed.
const INSTALL: &str = "run `cargo xtask test`, it installs the judges";

/// Runs `mutool` and gives its standard output.
fn mutool(arguments: &[&str], folder: &Path) -> String {
    let output = match Command::new("mutool").args(arguments).current_dir(folder).output() {
        Ok(output) => output,
        Err(error) if error.kind() == ErrorKind::NotFound => panic!("mutool is missing: {INSTALL}"),
        Err(error) => panic!("mutool: {error}"),
    };
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "mutool {arguments:?}: {complaints}");
    assert!(
        !complaints.contains("error") && !complaints.contains("repair"),
        "{complaints}"
    );
    String::from_utf8(output.stdout).unwrap()
}

/// Alpha of a picture.
struct Coverage {
    width: usize,
    height: usize,
    alpha: Vec<u8>,
}

fn coverage(picture: &[u8]) -> Coverage {
    let mut reader = png::Decoder::new(std::io::Cursor::new(picture)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(info.color_type, png::ColorType::Rgba);
    let alpha = pixels.chunks_exact(4).map(|pixel| pixel[3]).collect();
    Coverage {
        width: info.width as usize,
        height: info.height as usize,
        alpha,
    }
}

/// Intersection over union of the covered pixels.
fn overlap(ours: &Coverage, theirs: &Coverage) -> f64 {
    assert_eq!(
        (ours.width, ours.height),
        (theirs.width, theirs.height),
        "same size in pixels"
    );
    let (mut both, mut either) = (0_u32, 0_u32);
    for (a, b) in ours.alpha.iter().zip(&theirs.alpha) {
        let (a, b) = (*a >= 128, *b >= 128);
        both += u32::from(a && b);
        either += u32::from(a || b);
    }
    f64::from(both) / f64::from(either)
}

fn drawn(form: SealForm) -> SealDrawing {
    SealDesign::from(form).layout(FontStack::bundled()).unwrap()
}

fn company(name: &str, purpose: Option<&str>, code: Option<&str>, diameter_mm: f64) -> SealDrawing {
    drawn(SealForm::Company(CompanySeal {
        purpose: purpose.map(str::to_owned),
        code_digits: code.map(str::to_owned),
        ..CompanySeal::new(name, diameter_mm)
    }))
}

fn person(text: &str, style: NameStyle, face: Typeface, size_mm: f64) -> SealDrawing {
    drawn(SealForm::Name(NameSeal {
        style,
        suffix: NameSuffix::Yin,
        face,
        ..NameSeal::new(text, size_mm)
    }))
}

fn samples() -> Vec<(&'static str, SealDrawing)> {
    vec![
        ("plain", company("杭州云栖智能科技有限公司", None, None, 40.0)),
        (
            "purpose",
            company(
                "云栖（杭州）智能科技有限公司",
                Some("合同专用章(1)"),
                Some("3301060012345"),
                42.0,
            ),
        ),
        (
            "two arcs",
            company(&"新疆维吾尔自治区".repeat(5), Some("投标专用章"), None, 45.0),
        ),
        ("latin", company("Yunqi (Hangzhou) Co., Ltd. 3M", None, None, 38.0)),
        ("zhu", person("李建国", NameStyle::Zhu, Typeface::Kai, 20.0)),
        ("bai", person("王敏", NameStyle::Bai, Typeface::Song, 18.0)),
        (
            "no star",
            drawn(SealForm::Company(CompanySeal {
                purpose: Some("财务专用章".to_owned()),
                centre: Centre::Empty,
                ..CompanySeal::new("杭州云栖智能科技有限公司", 38.0)
            })),
        ),
        (
            "invoice",
            drawn(SealForm::Invoice(InvoiceSeal::new(
                "杭州云栖智能科技有限公司",
                "91330106MA27X12A3B",
            ))),
        ),
        ("oval", drawn(SealForm::Oval(OvalSeal::new("云栖（中国）有限公司")))),
        (
            "square",
            drawn(SealForm::Square(SquareSeal {
                name: "杭州云栖智能科技有限公司".to_owned(),
                purpose: Some("财务专用章".to_owned()),
                style: NameStyle::Zhu,
                size_mm: 22.0,
                face: Typeface::Song,
            })),
        ),
        ("brush", person("欧阳晓彤", NameStyle::Bai, Typeface::Brush, 22.0)),
    ]
}

#[test]
fn mupdf_sees_the_same_seal_in_pdf_and_svg_as_we_draw_in_png() {
    let folder = tempfile::tempdir().unwrap();
    let resolution = DPI.to_string();
    for (name, drawing) in samples() {
        let ours = coverage(&drawing.to_png(DPI).unwrap());
        for (kind, bytes) in [("pdf", drawing.to_pdf()), ("svg", drawing.to_svg().into_bytes())] {
            let (file, picture) = (format!("{name}.{kind}"), format!("{name}.{kind}.png"));
            put(folder.path(), &file, &bytes);
            mutool(
                &["draw", "-q", "-r", &resolution, "-c", "rgba", "-o", &picture, &file],
                folder.path(),
            );
            let theirs = coverage(&std::fs::read(folder.path().join(picture)).unwrap());
            let share = overlap(&ours, &theirs);
            println!("{name}.{kind}: IoU {share:.4}");
            assert!(share >= 0.99, "{name}.{kind}: {share}");
        }
    }
}

/// Its own smoothing knows seventeen shades, which misplaces straight edges by up to an eighth of a pixel: it draws
/// four times as large, and the mean of sixteen pixels is taken.
fn by_resvg(svg: &str, (width, height): (usize, usize)) -> Coverage {
    const FINER: usize = 4;
    // SVG has 96 pixels to the inch.
    let scale = (DPI * FINER as u32) as f32 / 96.0;
    let tree = resvg::usvg::Tree::from_str(svg, &resvg::usvg::Options::default()).unwrap();
    let wide = width * FINER;
    let mut large = tiny_skia::Pixmap::new(wide as u32, (height * FINER) as u32).unwrap();
    resvg::render(
        &tree,
        tiny_skia::Transform::from_scale(scale, scale),
        &mut large.as_mut(),
    );
    let pixels = large.data();
    let mean = |index: usize| {
        let (x, y) = (index % width * FINER, index / width * FINER);
        let cells = (0..FINER * FINER).map(|cell| (y + cell / FINER) * wide + x + cell % FINER);
        (cells.map(|cell| u32::from(pixels[cell * 4 + 3])).sum::<u32>() / (FINER * FINER) as u32) as u8
    };
    Coverage {
        width,
        height,
        alpha: (0..width * height).map(mean).collect(),
    }
}

#[test]
fn resvg_sees_the_same_seal_in_svg_as_we_draw_in_png() {
    for (name, drawing) in samples() {
        let ours = coverage(&drawing.to_png(DPI).unwrap());
        let theirs = by_resvg(&drawing.to_svg(), (ours.width, ours.height));
        let share = overlap(&ours, &theirs);
        println!("{name} by resvg: IoU {share:.4}");
        assert!(share >= 0.99, "{name}: {share}");
    }
}

/// The same pixels on every machine: SHA-256 of each sample's alpha at 600 dpi. A number of a layout, a font file or
/// the rasteriser that changes, changes these; look at the sheets before writing the new ones here.
const PIXELS: &[(&str, &str)] = &[
    ("plain", "985f2f2b0097ae54"),
    ("purpose", "51d169132aed2328"),
    ("two arcs", "124bf60e336918be"),
    ("latin", "e6f754056ecfb0f9"),
    ("zhu", "fe641674b2850cc5"),
    ("bai", "99ce016be8b6b616"),
    ("no star", "63589c72a58161b4"),
    ("invoice", "a049689b06841b04"),
    ("oval", "1948bcb3be03aa91"),
    ("square", "f4dcf4738c44f5da"),
    ("brush", "5d16189644b81453"),
];

#[test]
fn pixels_are_the_same_on_every_machine() {
    use sha2::{Digest, Sha256};
    let mut found = Vec::new();
    for (name, drawing) in samples() {
        let picture = coverage(&drawing.to_png(DPI).unwrap());
        let hash = Sha256::digest(&picture.alpha);
        let hex: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        println!("    (\"{name}\", \"{hex}\"),");
        found.push((name, hex));
    }
    let pinned: Vec<(&str, String)> = PIXELS.iter().map(|(name, hex)| (*name, (*hex).to_owned())).collect();
    assert_eq!(found, pinned);
}

#[test]
fn the_page_is_exactly_as_large_as_the_seal() {
    let folder = tempfile::tempdir().unwrap();
    for (name, drawing) in samples() {
        let file = format!("{name}.pdf");
        put(folder.path(), &file, &drawing.to_pdf());
        let shown = mutool(&["show", &file, "pages/1/MediaBox"], folder.path());
        let numbers: Vec<f64> = shown
            .split(|c: char| !c.is_ascii_digit() && c != '.')
            .filter_map(|word| word.parse().ok())
            .collect();
        let expected = [
            0.0,
            0.0,
            drawing.width_mm * 72.0 / 25.4,
            drawing.height_mm * 72.0 / 25.4,
        ];
        assert_eq!(numbers.len(), 4, "{shown}");
        for (number, wanted) in numbers.iter().zip(expected) {
            assert!((number - wanted).abs() < 0.000_01, "{name}: {shown}");
        }
    }
}

#[test]
fn the_picture_is_transparent_and_knows_its_resolution() {
    let (_, drawing) = samples().remove(0);
    let picture = drawing
        .with_colour(Colour {
            red: 1,
            green: 2,
            blue: 3,
        })
        .to_png(300)
        .unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(picture)).read_info().unwrap();
    let info = reader.info();
    assert_eq!((info.width, info.height), (473, 473), "40 mm at 300 dpi, rounded up");
    let size = info.pixel_dims.unwrap();
    assert_eq!((size.xppu, size.yppu, size.unit), (11_811, 11_811, png::Unit::Meter));
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    assert_eq!(
        pixels[..4],
        [1, 2, 3, 0],
        "a corner is clear, and already in ink colour"
    );
    assert!(pixels.chunks_exact(4).all(|pixel| pixel[..3] == [1, 2, 3]));
    assert!(pixels.chunks_exact(4).any(|pixel| pixel[3] == 255));
}

#[test]
fn every_number_of_the_svg_is_in_the_pdf() {
    let (_, drawing) = samples().remove(4);
    let svg = drawing.to_svg();
    assert!(svg.contains("width=\"20mm\" height=\"20mm\" viewBox=\"0 0 20 20\""));
    let pdf = String::from_utf8(drawing.to_pdf_content()).unwrap();
    let paths: String = svg
        .split(" d=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let numbers = |text: &str| -> Vec<f64> {
        text.split(|c: char| !c.is_ascii_digit() && c != '.' && c != '-')
            .filter_map(|word| word.parse().ok())
            .collect()
    };
    let drawn: Vec<f64> = pdf
        .lines()
        .filter(|line| line.ends_with([' ', 'm', 'l', 'c']))
        .flat_map(numbers)
        .collect();
    let described = numbers(&paths);
    assert_eq!(described.len(), drawn.len());
    for (svg, pdf) in described.chunks_exact(2).zip(drawn.chunks_exact(2)) {
        assert_eq!(svg[0], pdf[0]);
        assert!((20.0 - svg[1] - pdf[1]).abs() < 1e-9, "{svg:?} {pdf:?}");
    }
}

/// Writes a scratch file.
fn put(folder: &Path, name: &str, bytes: &[u8]) {
    let mut file = std::fs::File::create_new(folder.join(name)).unwrap();
    std::io::Write::write_all(&mut file, bytes).unwrap();
}
