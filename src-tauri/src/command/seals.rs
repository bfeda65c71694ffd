//! The notice, seals drawn by themselves, export.
use super::{Answer, Shell};
use app::view::{AutomaticSealInput, SavedFileView, SealFormat, SealNoticeView, SealPreviewView, SealView};

/// The notice about seal images.
#[tauri::command]
#[specta::specta]
pub(crate) async fn seal_notice(shell: Shell<'_>) -> Answer<SealNoticeView> {
    shell.app().await?.seal_notice().await
}

/// Records the agreement to the notice.
#[tauri::command]
#[specta::specta]
pub(crate) async fn agree_seal_notice(shell: Shell<'_>, version: u32) -> Answer<SealNoticeView> {
    shell.app().await?.agree_seal_notice(version).await
}

/// Every seal.
#[tauri::command]
#[specta::specta]
pub(crate) async fn seals(shell: Shell<'_>) -> Answer<Vec<SealView>> {
    shell.app().await?.seals().await
}

/// Draws and registers a seal.
#[tauri::command]
#[specta::specta]
pub(crate) async fn create_automatic_seal(shell: Shell<'_>, input: AutomaticSealInput) -> Answer<SealView> {
    shell.app().await?.create_automatic_seal(input).await
}

/// Draws a seal for looking at.
#[tauri::command]
#[specta::specta]
pub(crate) async fn preview_automatic_seal(shell: Shell<'_>, input: AutomaticSealInput) -> Answer<SealPreviewView> {
    shell.app().await?.preview_automatic_seal(input).await
}

/// Saves a seal as a file.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_seal(shell: Shell<'_>, id: String, format: SealFormat) -> Answer<SavedFileView> {
    shell.app().await?.export_seal(&id, format).await
}
