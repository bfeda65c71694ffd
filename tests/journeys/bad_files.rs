//! Files that are no good: stamped and signed, or refused with a reason, never a panic.

use crate::walk::{self, PIN};
use app::view::*;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use testkit::{corpora, judges, pdfs};

/// No file may take longer than this (measures.md, R5).
const LIMIT: Duration = Duration::from_secs(10);

#[tokio::test]
async fn broken_files_are_named_for_what_they_are() {
    let (world, certificate, seal) = walk::ready_to_stamp().await;
    let samples = [
        ("empty.pdf", pdfs::empty(), FailureCode::PdfEmpty),
        ("word.pdf", pdfs::not_a_pdf(), FailureCode::PdfNotPdf),
        ("locked.pdf", pdfs::encrypted(), FailureCode::PdfEncrypted),
    ];
    for (name, bytes, code) in samples {
        let file = pdfs::put(world.folder(), name, &bytes);
        let opened = world.app.open_documents(vec![file]).await.unwrap().remove(0);
        assert_eq!(
            opened.refusal.as_ref().map(|refusal| refusal.code),
            Some(code),
            "{name}"
        );
        let plan = walk::plan(&opened.id, &certificate.id, &seal.id, "1");
        let refused = walk::sign(&world.app, plan, PIN).await.unwrap_err();
        assert_eq!(refused.code, code, "{name}");
    }
}

/// A seal that would hang over the edge is refused before the PIN is spent.
#[tokio::test]
async fn a_mark_off_its_page_is_refused() {
    let (world, certificate, seal) = walk::ready_to_stamp().await;
    let file = pdfs::put(world.folder(), "bid.pdf", &pdfs::simple(1));
    let opened = world.app.open_documents(vec![file]).await.unwrap().remove(0);
    let plan = walk::plan_at(&opened.id, &certificate.id, &seal.id, ("1", 190.0, 20.0));
    let refused = walk::sign(&world.app, plan, "998877").await.unwrap_err();
    assert_eq!(refused.code, FailureCode::MarkOffPage);
}

/// Other projects' malformed PDFs, through the application as a person would open them.
#[tokio::test]
async fn the_malformed_corpus_is_signed_or_refused() {
    let Some(folder) = corpora::folder() else { return };
    let (world, certificate, seal) = walk::ready_to_stamp().await;
    let files = listed(&folder);
    assert!(files.len() > 100, "malformed.tsv lists {} files", files.len());
    let mut signed = Vec::new();
    for file in &files {
        signed.extend(tried(&world.app, file, &certificate.id, &seal.id).await);
    }
    println!(
        "{} of {} malformed files were stamped and signed",
        signed.len(),
        files.len()
    );
    // What is wrong with somebody's earlier signature is not ours to mend.
    let first_signed = signed.iter().filter(|(_, earlier)| *earlier == 0);
    for (output, _) in first_signed.step_by(10) {
        judges::assert_pdfsig_valid(output, 1);
    }
}

/// The signed file and how many signatures it had before, or nothing when it was refused.
async fn tried(app: &app::App, file: &Path, certificate: &str, seal: &str) -> Option<(PathBuf, u32)> {
    let begun = Instant::now();
    let opened = app.open_documents(vec![file.to_path_buf()]).await.unwrap().remove(0);
    let plan = walk::plan_at(&opened.id, certificate, seal, ("1", 0.0, 0.0));
    let outcome = walk::sign(app, plan, PIN).await;
    let _ = app.verify_document(&opened.id).await;
    app.close_document(&opened.id).await.unwrap();
    assert!(begun.elapsed() < LIMIT, "{} took {:?}", file.display(), begun.elapsed());
    match outcome {
        Ok(signed) => Some((
            Path::new(&signed.folder).join(signed.output_name),
            opened.signature_count,
        )),
        Err(refused) => {
            assert_ne!(refused.code, FailureCode::Internal, "{}: {refused}", file.display());
            None
        }
    }
}

fn listed(folder: &Path) -> Vec<PathBuf> {
    let table = std::fs::read_to_string(folder.join("malformed.tsv")).unwrap();
    let names = table.lines().skip(1).filter_map(|line| line.split('\t').next());
    names
        .map(|name| folder.join(name))
        .filter(|file| file.is_file())
        .collect()
}
