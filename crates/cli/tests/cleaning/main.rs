//! `ganjiang seal clean` on other people's files: photos with their true masks, and pictures made to break decoders.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be, and reads its own switch"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

/// The least agreement (intersection over union) and fidelity (PSNR, dB) of each photo, from measures.md.
const FIGURES: [(&str, &str, f64, f64); 6] = [
    ("s1_plain", "seal", 0.97, 31.0),
    ("s2_text_shadow", "seal", 0.95, 28.0),
    ("s4_lined", "seal", 0.98, 29.0),
    ("s5_name_square", "seal", 0.98, 26.0),
    ("g1_black", "signature", 0.97, 28.0),
    ("g3_thin_yellow", "signature", 0.97, 28.0),
];
/// Pixels around the mark that count for fidelity: the paper beside it is to be white.
const MARGIN: usize = 20;

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_ganjiang"))
}

struct Picture {
    width: usize,
    height: usize,
    channels: usize,
    samples: Vec<u8>,
}

fn picture(path: &Path) -> Picture {
    let mut reader = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(path).unwrap()))
        .read_info()
        .unwrap();
    let mut samples = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut samples).unwrap();
    Picture {
        width: info.width as usize,
        height: info.height as usize,
        channels: info.color_type.samples(),
        samples,
    }
}

#[test]
fn the_photos_of_the_corpus_come_out_as_clean_as_promised() {
    let Some(folder) = testkit::corpora::folder().map(|folder| folder.join("photos")) else {
        return;
    };
    let desk = tempfile::tempdir().unwrap();
    for (name, kind, agreement, fidelity) in FIGURES {
        let (out, mask) = (desk.path().join("out.png"), desk.path().join("mask.png"));
        let ran = program()
            .args(["seal", "clean", "--kind", kind, "--json", "--out"])
            .args([&out, Path::new("--mask"), &mask, &folder.join(format!("{name}.jpg"))])
            .output()
            .unwrap();
        assert!(ran.status.success(), "{name}: {}", String::from_utf8_lossy(&ran.stderr));
        let said: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
        let truth = picture(&folder.join(format!("{name}_gt.png")));
        let facts: serde_json::Value =
            serde_json::from_slice(&std::fs::read(folder.join(format!("{name}.json"))).unwrap()).unwrap();
        let (met, decibels) = compared(&picture(&mask), &truth, ink_of(&out), &facts["ink"]);
        println!("{name}: IoU {met:.3}, PSNR {decibels:.1} dB, {said}");
        assert!(
            met >= agreement && decibels >= fidelity,
            "{name}: IoU {met:.4}, PSNR {decibels:.2} dB"
        );
        if kind == "seal" {
            let off = said["angle_degrees"].as_f64().unwrap() - facts["rot"].as_f64().unwrap();
            assert!(off.abs() < 2.0, "{name}: {off}°"); // perspective turns by 1° to 2°
        }
        assert!(said["dpi_at_size"].as_f64().unwrap() > 200.0);
    }
}

/// The constant colour of a clean picture, as linear light.
fn ink_of(out: &Path) -> [f64; 3] {
    let picture = picture(out);
    assert_eq!(picture.channels, 4);
    [0, 1, 2].map(|channel| linear(f64::from(picture.samples[channel]) / 255.0))
}

fn linear(value: f64) -> f64 {
    if value <= 0.040_45 {
        value / 12.92
    } else {
        ((value + 0.055) / 1.055).powf(2.4)
    }
}

fn coded(light: f64) -> f64 {
    if light <= 0.003_130_8 {
        light * 12.92
    } else {
        1.055 * light.powf(1.0 / 2.4) - 0.055
    }
}

/// Agreement of the masks (truth: more than half of its 90th percentile), and PSNR of both marks on white.
fn compared(mask: &Picture, truth: &Picture, ink: [f64; 3], true_ink: &serde_json::Value) -> (f64, f64) {
    assert_eq!((mask.width, mask.height, mask.channels), (truth.width, truth.height, 1));
    let mut covered: Vec<u8> = truth.samples.iter().copied().filter(|value| *value > 5).collect();
    let place = covered.len() * 9 / 10;
    let half = *covered.select_nth_unstable(place).1 / 2;
    let (mut both, mut any) = (0_u32, 0_u32);
    for (mine, real) in mask.samples.iter().zip(&truth.samples) {
        both += u32::from(*mine > 127 && *real > half);
        any += u32::from(*mine > 127 || *real > half);
    }
    let inked = |(place, value): (usize, &u8)| (*value > 5).then_some((place % truth.width, place / truth.width));
    let places: Vec<(usize, usize)> = truth.samples.iter().enumerate().filter_map(inked).collect();
    let (left, right) = range(places.iter().map(|at| at.0), truth.width);
    let (top, bottom) = range(places.iter().map(|at| at.1), truth.height);
    let (mut error, mut count) = (0.0, 0.0);
    for (y, x) in (top..bottom).flat_map(|y| (left..right).map(move |x| (y, x))) {
        let at = y * truth.width + x;
        let on_white = |cover: u8, ink: f64| coded(1.0 + f64::from(cover) / 255.0 * (ink - 1.0));
        for (channel, mine) in ink.iter().enumerate() {
            let real = true_ink[channel].as_f64().unwrap();
            error += (on_white(mask.samples[at], *mine) - on_white(truth.samples[at], real)).powi(2);
            count += 1.0;
        }
    }
    (f64::from(both) / f64::from(any), -10.0 * (error / count).log10())
}

fn range(values: impl Iterator<Item = usize> + Clone, most: usize) -> (usize, usize) {
    let (least, last) = (values.clone().min().unwrap(), values.max().unwrap());
    (least.saturating_sub(MARGIN), (last + 1 + MARGIN).min(most))
}

#[test]
fn pictures_made_to_break_decoders_are_answered() {
    let Some(folder) = testkit::corpora::folder().map(|folder| folder.join("images")) else {
        return;
    };
    let mut files = Vec::new();
    gather(&folder, &mut files);
    assert!(files.len() > 100);
    // A process each takes a while: every fifth, and all bombs; all of them with GANJIANG_ALL_IMAGES.
    let all = std::env::var_os("GANJIANG_ALL_IMAGES").is_some();
    files.sort();
    let bomb = |file: &Path| file.components().any(|part| part.as_os_str() == "derived-bombs");
    let chosen = files
        .iter()
        .enumerate()
        .filter(|(place, file)| all || bomb(file) || place % 5 == 0);
    let desk = tempfile::tempdir().unwrap();
    for (_, file) in chosen {
        let out = desk.path().join("out.png");
        let ran = program()
            .args(["seal", "clean", "--out"])
            .args([&out, file])
            .output()
            .unwrap();
        let words = String::from_utf8_lossy(&ran.stderr).into_owned();
        let status = ran.status.code();
        assert!(
            matches!(status, Some(0 | 3 | 4)),
            "{}: {status:?} {words}",
            file.display()
        );
        assert!(!words.contains("panicked"), "{}: {words}", file.display());
        assert_eq!(out.exists(), status == Some(0), "{}", file.display());
        let _ = std::fs::remove_file(&out);
    }
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, files);
        } else {
            files.push(path);
        }
    }
}
