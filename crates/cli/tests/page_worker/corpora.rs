//! Other people's files through the workers: an answer in time and in memory for every malformed one (R5), and Chinese
//! text without its font as dark as others draw it.

use super::{dark, order, workers};
use app::page_worker::Urgency;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use testkit::{corpora, judges, pdfs};

const LONGEST: Duration = Duration::from_secs(10);
/// 512 MB, in the kilobytes that /proc counts in.
const MOST_KB: u64 = 512 * 1000 * 1000 / 1024;

fn malformed() -> Vec<PathBuf> {
    let Some(folder) = corpora::folder() else {
        return Vec::new();
    };
    let list = std::fs::read_to_string(folder.join("malformed.tsv")).unwrap();
    let names = list.lines().skip(1).filter_map(|line| line.split('\t').next());
    names
        .map(|name| folder.join(name))
        .filter(|path| path.is_file())
        .collect()
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn every_malformed_file_has_an_answer_in_time_and_in_memory() {
    let workers = workers();
    let (mut drawn, mut refused, mut slowest, mut largest) =
        (0, 0, (Duration::ZERO, String::new()), (0, String::new()));
    let files = malformed();
    for file in &files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        for page in 1..=3 {
            let begun = Instant::now();
            match workers.draw(order(file, page, 800), Urgency::Paper).await {
                Ok(_) => drawn += 1,
                Err(why) => {
                    refused += 1;
                    if why != app::page_worker::NotDrawn::NoSuchPage {
                        println!("{name}, page {page}: {why}");
                    }
                }
            }
            let took = begun.elapsed();
            assert!(took < LONGEST, "{name}, page {page}: {took:?}");
            slowest = slowest.max((took, format!("{name}, page {page}")));
            for id in workers.ids() {
                largest = largest.max((peak_kb(id), name.clone()));
            }
            assert!(largest.0 < MOST_KB, "{largest:?}");
        }
    }
    println!(
        "{} malformed files, pages 1 to 3: {drawn} drawn, {refused} refused; slowest {slowest:?}; largest {largest:?} kB",
        files.len()
    );
}

/// Most memory the process ever had, in kB; 0 when it is gone.
#[cfg(target_os = "linux")]
fn peak_kb(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok())
        .unwrap_or(0)
}

/// Every judge has its own Chinese face, so that the ink differs; a blank page or boxes would differ far more.
#[tokio::test(flavor = "multi_thread")]
async fn chinese_text_without_its_font_is_not_blank() {
    let folder = tempfile::tempdir().unwrap();
    let file = pdfs::put(folder.path(), "cjk.pdf", &pdfs::cjk());
    let ours = workers().draw(order(&file, 1, 827), Urgency::Paper).await.unwrap();
    let theirs = folder.path().join("theirs.ppm");
    judges::must(
        judges::mutool()
            .args(["draw", "-q", "-r", "100", "-c", "rgb", "-F", "ppm", "-o"])
            .arg(&theirs)
            .arg(&file)
            .arg("1"),
    );
    let (ours, theirs) = (dark(&ours.bytes), dark_of_ppm(&theirs));
    println!("dark pixels of a line of Chinese: {ours} here, {theirs} by MuPDF");
    assert!(theirs > 500, "MuPDF drew {theirs}");
    assert!(ours * 2 > theirs && theirs * 2 > ours, "{ours} here, {theirs} by MuPDF");
}

/// Dark pixels of a binary PPM with a head of three lines.
fn dark_of_ppm(path: &Path) -> usize {
    let bytes = std::fs::read(path).unwrap();
    let mut ends = bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'\n')
        .map(|(place, _)| place);
    let head = ends.nth(2).expect("a head of three lines");
    let pixels: Vec<u8> = bytes[head + 1..]
        .chunks_exact(3)
        .flat_map(|rgb| [rgb[0], rgb[1], rgb[2], 255])
        .collect();
    dark(&pixels)
}
