//! The system's file dialogs; paths stay in Rust, the window never sees one.

use std::path::PathBuf;
use tauri::AppHandle;
use tauri_plugin_dialog::{DialogExt, FileDialogBuilder, FilePath};
use tokio::sync::oneshot;

/// Lets the person choose PDF files; empty when they cancel.
pub(crate) async fn pdf_files(handle: &AppHandle) -> Vec<PathBuf> {
    let (answer, chosen) = oneshot::channel();
    let dialog = builder(handle).add_filter("PDF", &["pdf", "PDF"]);
    dialog.pick_files(move |files| drop(answer.send(files)));
    let files = chosen.await.ok().flatten().unwrap_or_default();
    files.into_iter().filter_map(path).collect()
}

/// Lets the person choose the photographed or scanned letter.
pub(crate) async fn letter(handle: &AppHandle) -> Option<PathBuf> {
    let (answer, chosen) = oneshot::channel();
    let dialog = builder(handle).add_filter(
        "JPEG, PNG, PDF",
        &["jpg", "jpeg", "png", "pdf", "JPG", "JPEG", "PNG", "PDF"],
    );
    dialog.pick_file(move |file| drop(answer.send(file)));
    chosen.await.ok().flatten().and_then(path)
}

/// Lets the person choose a photo of a seal or signature; HEIC is offered too, to be told what to do about it.
pub(crate) async fn photo(handle: &AppHandle) -> Option<PathBuf> {
    let (answer, chosen) = oneshot::channel();
    let endings = crate::files::PHOTO_ENDINGS.iter().map(|ending| (*ending).to_owned());
    let endings: Vec<String> = endings.flat_map(|ending| [ending.to_uppercase(), ending]).collect();
    let endings: Vec<&str> = endings.iter().map(String::as_str).collect();
    let dialog = builder(handle).add_filter("JPEG, PNG, WebP", &endings);
    dialog.pick_file(move |file| drop(answer.send(file)));
    chosen.await.ok().flatten().and_then(path)
}

/// Lets the person choose a PKCS#12 file.
pub(crate) async fn certificate_file(handle: &AppHandle) -> Option<PathBuf> {
    let (answer, chosen) = oneshot::channel();
    let dialog = builder(handle).add_filter("PKCS#12", &["p12", "pfx", "P12", "PFX"]);
    dialog.pick_file(move |file| drop(answer.send(file)));
    chosen.await.ok().flatten().and_then(path)
}

/// Lets the person choose a token's driver; its ending is the system's own for libraries.
pub(crate) async fn token_driver(handle: &AppHandle) -> Option<PathBuf> {
    let (answer, chosen) = oneshot::channel();
    let dialog = builder(handle).add_filter("PKCS#11", &["dll", "so", "dylib", "DLL"]);
    dialog.pick_file(move |file| drop(answer.send(file)));
    chosen.await.ok().flatten().and_then(path)
}

/// Lets the person choose a file of certificates to trust.
pub(crate) async fn root_file(handle: &AppHandle) -> Option<PathBuf> {
    let (answer, chosen) = oneshot::channel();
    let dialog = builder(handle).add_filter("PEM, DER", &["pem", "cer", "crt", "der", "PEM", "CER", "CRT", "DER"]);
    dialog.pick_file(move |file| drop(answer.send(file)));
    chosen.await.ok().flatten().and_then(path)
}

/// Lets the person choose a font file.
pub(crate) async fn font(handle: &AppHandle) -> Option<PathBuf> {
    let (answer, chosen) = oneshot::channel();
    let dialog = builder(handle).add_filter("TTF, OTF, TTC", &["ttf", "otf", "ttc", "TTF", "OTF", "TTC"]);
    dialog.pick_file(move |file| drop(answer.send(file)));
    chosen.await.ok().flatten().and_then(path)
}

/// Lets the person choose where to save a file.
pub(crate) async fn save_as(handle: &AppHandle, file_name: &str) -> Option<PathBuf> {
    let (answer, chosen) = oneshot::channel();
    let dialog = builder(handle).set_file_name(file_name);
    dialog.save_file(move |file| drop(answer.send(file)));
    chosen.await.ok().flatten().and_then(path)
}

/// Lets the person choose a folder.
pub(crate) async fn folder(handle: &AppHandle) -> Option<PathBuf> {
    let (answer, chosen) = oneshot::channel();
    builder(handle).pick_folder(move |folder| drop(answer.send(folder)));
    chosen.await.ok().flatten().and_then(path)
}

fn builder(handle: &AppHandle) -> FileDialogBuilder<tauri::Wry> {
    use tauri::Manager;
    let dialog = handle.dialog().file();
    match handle.get_webview_window("main") {
        Some(window) => dialog.set_parent(&window),
        None => dialog,
    }
}

fn path(chosen: FilePath) -> Option<PathBuf> {
    chosen.into_path().ok()
}
