//! Files that come from outside the window: the command line, a second start, a drop.

use crate::shell::Shell;
use std::path::{Path, PathBuf};
use tauri::{AppHandle, Manager};

/// The files among the arguments of a start (the first is the program), made absolute against its folder.
pub(crate) fn among(arguments: &[String], folder: &Path) -> Vec<PathBuf> {
    let files = arguments.iter().skip(1).filter(|argument| !argument.starts_with('-'));
    files.map(|file| folder.join(file)).collect()
}

/// Opens files in the background and tells the window; what cannot be opened is listed with its reason.
pub(crate) fn open(handle: &AppHandle, files: Vec<PathBuf>) {
    if files.is_empty() {
        return;
    }
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        let Ok(app) = handle.state::<Shell>().app().await else {
            return;
        };
        match app.open_documents(files).await {
            Ok(_) => crate::events::documents_opened(&handle),
            Err(failure) => tracing::warn!(%failure, "files from outside were not opened"),
        }
    });
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
    open(handle, among(arguments, Path::new(folder)));
}

#[cfg(test)]
mod tests {
    use super::*;

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
