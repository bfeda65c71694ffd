//! Files that come from outside the window: the command line, a second start, a drop.

use crate::letter::DroppedLetter;
use crate::shell::Shell;
use std::path::{Path, PathBuf};
use tauri::{AppHandle, Manager};

/// Endings of photos; all others are opened as documents.
pub(crate) const PHOTO_ENDINGS: [&str; 7] = ["jpg", "jpeg", "png", "webp", "heic", "heif", "avif"];

/// The files among the arguments of a start (the first is the program), made absolute against its folder.
pub(crate) fn among(arguments: &[String], folder: &Path) -> Vec<PathBuf> {
    let is_file = |argument: &&String| !argument.starts_with('-') && !argument.starts_with(app::SCHEME);
    let files = arguments.iter().skip(1).filter(is_file);
    files.map(|file| folder.join(file)).collect()
}

/// Takes over what was dropped on the window: the letter of authorisation where a screen waits for it.
pub(crate) fn dropped(handle: &AppHandle, files: Vec<PathBuf>) {
    if handle.state::<DroppedLetter>().keep(&files) {
        crate::events::letter_dropped(handle);
    } else {
        open(handle, files);
    }
}

/// Takes files over in the background and tells the window: a photo goes to where seals are made, everything else to
/// the desk, where what cannot be opened is listed with its reason.
pub(crate) fn open(handle: &AppHandle, files: Vec<PathBuf>) {
    let (photos, documents): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| is_photo(file));
    if !documents.is_empty() {
        tauri::async_runtime::spawn(open_documents(handle.clone(), documents));
    }
    // Photos are worked on one at a time.
    if let Some(photo) = photos.into_iter().next() {
        tauri::async_runtime::spawn(open_photo(handle.clone(), photo));
    }
}

async fn open_documents(handle: AppHandle, files: Vec<PathBuf>) {
    let Ok(app) = handle.state::<Shell>().app().await else {
        return;
    };
    match app.open_documents(files).await {
        Ok(_) => crate::events::documents_opened(&handle),
        Err(failure) => tracing::warn!(%failure, "files from outside were not opened"),
    }
}

async fn open_photo(handle: AppHandle, file: PathBuf) {
    let Ok(app) = handle.state::<Shell>().app().await else {
        return;
    };
    match app.open_seal_photo(&file).await {
        Ok(opened) => crate::events::photo_opened(&handle, opened.id),
        Err(failure) => tracing::warn!(%failure, "a photo from outside was not opened"),
    }
}

fn is_photo(file: &Path) -> bool {
    let ending = file.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| PHOTO_ENDINGS.contains(&ending.as_str()))
}

/// A second start of the program: this window comes forward and takes over its files.
pub(crate) fn taken_over(handle: &AppHandle, arguments: &[String], folder: &str) {
    if let Some(window) = handle.get_webview_window("main") {
        let shown = window
            .unminimize()
            .and_then(|()| window.show())
            .and_then(|()| window.set_focus());
        if let Err(problem) = shown {
            tracing::warn!(%problem, "the window could not be brought forward");
        }
    }
    crate::link::keep(handle, arguments);
    open(handle, among(arguments, Path::new(folder)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn photos_are_told_from_documents_by_their_ending() {
        let photos = ["公章.JPG", "a/签名.heic", "seal.webp"].map(Path::new);
        assert!(photos.iter().all(|file| is_photo(file)));
        let documents = ["投标文件.pdf", "jpg", "图.pdf.bak"].map(Path::new);
        assert!(!documents.iter().any(|file| is_photo(file)));
    }

    #[test]
    fn switches_and_the_program_are_no_files() {
        let arguments = ["ganjiang-window", "--flag", "投标文件.pdf", "/data/b.pdf"].map(str::to_owned);
        let files = among(&arguments, Path::new("/home/min"));
        assert_eq!(
            files,
            [PathBuf::from("/home/min/投标文件.pdf"), PathBuf::from("/data/b.pdf")]
        );
    }
}
