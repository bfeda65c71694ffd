//! Pages drawn by child processes of the command line tool: hostile pages, limits, order, and the colours that come.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be; its files are scratch"
)]

mod corpora;
mod recipes;

use app::page_worker::{NotDrawn, PageFile, PageOrder, PageSize, PageWorkers, Pixels, Urgency, WorkerProgram};
use std::path::Path;
use std::time::{Duration, Instant};
use testkit::pdfs;

/// The tool whose `main` serves as a worker.
fn workers() -> PageWorkers {
    PageWorkers::new(WorkerProgram::At(env!("CARGO_BIN_EXE_ganjiang").into()))
}

fn order(file: &Path, page: u32, width: u32) -> PageOrder {
    PageOrder {
        file: PageFile::new(file),
        page,
        size: PageSize::Width(width),
        pixels: Pixels::Rgba,
        into: None,
    }
}

/// Pixels darker than half grey.
fn dark(rgba: &[u8]) -> usize {
    rgba.chunks_exact(4)
        .filter(|pixel| pixel[..3].iter().map(|value| u32::from(*value)).sum::<u32>() < 384)
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_comes_with_its_words_and_a_missing_page_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = pdfs::put(folder.path(), "三页.pdf", &pdfs::simple(3));
    let workers = workers();
    let drawn = workers.draw(order(&file, 2, 600), Urgency::Paper).await.unwrap();
    assert_eq!((drawn.width, drawn.height), (600, 849));
    assert_eq!(drawn.bytes.len(), 600 * 849 * 4);
    assert!(dark(&drawn.bytes) > 200, "{} dark pixels", dark(&drawn.bytes));
    let missing = workers.draw(order(&file, 4, 600), Urgency::Paper).await;
    assert_eq!(missing.unwrap_err(), NotDrawn::NoSuchPage);
    let gone = folder.path().join("gone.pdf");
    let gone = workers.draw(order(&gone, 1, 600), Urgency::Paper).await;
    assert_eq!(gone.unwrap_err(), NotDrawn::Unreadable);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_goes_into_the_file_it_is_for_and_comes_back_where_it_cannot() {
    let folder = tempfile::tempdir().unwrap();
    let file = pdfs::put(folder.path(), "一页.pdf", &pdfs::simple(1));
    let workers = workers();
    let pixels = workers.draw(order(&file, 1, 300), Urgency::Work).await.unwrap();
    let rgb: Vec<u8> = pixels
        .bytes
        .chunks_exact(4)
        .flat_map(|pixel| pixel[..3].to_vec())
        .collect();
    let expected = [format!("P6\n300 {}\n255\n", pixels.height).as_bytes(), &rgb].concat();
    let into = tempfile::NamedTempFile::new_in(folder.path()).unwrap();
    let wanted = |path: &Path| PageOrder {
        pixels: Pixels::Ppm,
        into: Some(path.as_os_str().to_owned()),
        ..order(&file, 1, 300)
    };
    let written = workers.draw(wanted(into.path()), Urgency::Work).await.unwrap();
    assert_eq!((written.width, written.height), (pixels.width, pixels.height));
    assert!(written.bytes.is_empty());
    assert!(std::fs::read(into.path()).unwrap() == expected);
    let nowhere = folder.path().join("gone/1.part");
    let back = workers.draw(wanted(&nowhere), Urgency::Work).await.unwrap();
    assert!(back.bytes == expected, "the bytes come back");
    assert!(!nowhere.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_wants_gigabytes_fails_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = pdfs::put(folder.path(), "huge.pdf", &recipes::huge_image_then_text());
    let workers = workers();
    workers.draw(order(&file, 2, 400), Urgency::Paper).await.unwrap();
    let before = workers.ids();
    let hostile = workers.draw(order(&file, 1, 400), Urgency::Paper).await;
    assert!(
        matches!(hostile, Err(NotDrawn::Failed | NotDrawn::TooSlow)),
        "{hostile:?}"
    );
    let next = workers.draw(order(&file, 2, 401), Urgency::Paper).await.unwrap();
    assert!(dark(&next.bytes) > 100, "the page after it is drawn");
    assert!(workers.ids().iter().all(|id| !before.contains(id)), "by another worker");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_without_end_is_given_up_in_time_and_its_worker_killed() {
    let folder = tempfile::tempdir().unwrap();
    let file = pdfs::put(folder.path(), "endless.pdf", &recipes::endless_then_text());
    let workers = workers();
    let begun = Instant::now();
    let (endless, other) = tokio::join!(
        workers.draw(order(&file, 1, 2000), Urgency::Paper),
        workers.draw(order(&file, 2, 400), Urgency::Thumbnail)
    );
    assert_eq!(endless.unwrap_err(), NotDrawn::TooSlow);
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert!(dark(&other.unwrap().bytes) > 100, "the other page did not wait for it");
    assert!(workers.ids().len() <= 1, "the stuck worker is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_looked_at_now_does_not_wait_behind_what_was_looked_at_before() {
    let folder = tempfile::tempdir().unwrap();
    let file = pdfs::put(folder.path(), "endless.pdf", &recipes::endless_then_text());
    let workers = workers();
    let left_behind = [2000, 2001].map(|width| {
        let (workers, order) = (workers.clone(), order(&file, 1, width));
        tokio::spawn(async move { (workers.draw(order, Urgency::Paper).await, Instant::now()) })
    });
    let (looked_at, answered) = {
        // Both workers are at it before the third page is asked for.
        while workers.ids().len() < 2 {
            tokio::task::yield_now().await;
        }
        (workers.draw(order(&file, 2, 400), Urgency::Paper).await, Instant::now())
    };
    assert!(dark(&looked_at.unwrap().bytes) > 100);
    let [first, second] = left_behind;
    let (first, second) = (first.await.unwrap(), second.await.unwrap());
    let ended: Vec<_> = [&first, &second]
        .map(|(outcome, _)| outcome.as_ref().unwrap_err())
        .into();
    assert_eq!(
        ended.iter().filter(|why| ***why == NotDrawn::NotWanted).count(),
        1,
        "{ended:?}"
    );
    assert!(answered < first.1.max(second.1), "it did not wait for the other one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_file_is_drawn_no_further() {
    let folder = tempfile::tempdir().unwrap();
    let file = pdfs::put(folder.path(), "endless.pdf", &recipes::endless_then_text());
    let workers = workers();
    let begun = {
        let (workers, order) = (workers.clone(), order(&file, 1, 2000));
        tokio::spawn(async move { workers.draw(order, Urgency::Paper).await })
    };
    while workers.ids().is_empty() {
        tokio::task::yield_now().await;
    }
    workers.forget(&PageFile::new(&file));
    assert_eq!(begun.await.unwrap().unwrap_err(), NotDrawn::NotWanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_picture_is_drawn_once_and_old_wishes_give_way() {
    let folder = tempfile::tempdir().unwrap();
    let file = pdfs::put(folder.path(), "many.pdf", &pdfs::simple(400));
    let workers = workers();
    let wishes = (1..=400).map(|page| {
        let (workers, order) = (workers.clone(), order(&file, page, 80));
        tokio::spawn(async move { workers.draw(order, Urgency::Thumbnail).await })
    });
    let wishes: Vec<_> = wishes.collect();
    let same = tokio::join!(
        workers.draw(order(&file, 7, 500), Urgency::Paper),
        workers.draw(order(&file, 7, 500), Urgency::Paper)
    );
    let (first, second) = (same.0.unwrap(), same.1.unwrap());
    assert!(std::sync::Arc::ptr_eq(&first, &second), "one drawing for both");
    let (mut drawn, mut dropped) = (0, 0);
    for wish in wishes {
        match wish.await.unwrap() {
            Ok(_) => drawn += 1,
            Err(NotDrawn::NotWanted) => dropped += 1,
            Err(other) => panic!("{other}"),
        }
    }
    println!("of 400 thumbnails wished for at once {drawn} were drawn and {dropped} gave way");
    assert!(dropped > 300, "{drawn} drawn, {dropped} dropped");
    assert!(drawn >= 48, "{drawn} drawn, {dropped} dropped");
    assert!(workers.ids().len() <= 2, "no more than two workers");
}

#[tokio::test(flavor = "multi_thread")]
async fn work_for_a_file_is_never_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let file = pdfs::put(folder.path(), "many.pdf", &pdfs::simple(90));
    let task = app::file_work::PictureTask {
        input: file,
        password: None,
        pages: "all".to_owned(),
        dpi: 20.0,
    };
    let name = |page| folder.path().join(format!("{page}.png"));
    let program = WorkerProgram::At(env!("CARGO_BIN_EXE_ganjiang").into());
    let written = app::file_work::draw_pages(&task, name, program).await.unwrap();
    assert_eq!(written.len(), 90);
    for (page, path) in written {
        assert_eq!(path, name(page));
        assert!(std::fs::read(path).unwrap().starts_with(b"\x89PNG"), "page {page}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn workers_end_with_their_parent() {
    let folder = tempfile::tempdir().unwrap();
    let file = pdfs::put(folder.path(), "simple.pdf", &pdfs::simple(1));
    let workers = workers();
    workers.draw(order(&file, 1, 100), Urgency::Paper).await.unwrap();
    // What a parent leaves behind when it is killed is only a closed pipe: the worker must end of itself.
    let mut orphan = std::process::Command::new(env!("CARGO_BIN_EXE_ganjiang"))
        .arg("--page-worker")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(orphan.stdin.take());
    assert!(orphan.wait().unwrap().success());
}
