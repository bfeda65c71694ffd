//! The notice, seals drawn by themselves, signatures by hand, drafts, export.
use super::{Answer, Shell};
use crate::dialog;
use app::view::{
    AutomaticSealInput, HandwritingInput, RenewSealInput, SavedFileView, SealDraftInput, SealFontView, SealFormat,
    SealNoticeView, SealPreviewView, SealView,
};
use tauri::AppHandle;

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

/// Takes a seal out of use.
#[tauri::command]
#[specta::specta]
pub(crate) async fn disable_seal(shell: Shell<'_>, id: String) -> Answer<SealView> {
    shell.app().await?.disable_seal(&id).await
}

/// Asks for a former seal once more.
#[tauri::command]
#[specta::specta]
pub(crate) async fn renew_seal(shell: Shell<'_>, input: RenewSealInput) -> Answer<SealView> {
    shell.app().await?.renew_seal(input).await
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

/// Draws a seal of the designer for looking at.
#[tauri::command]
#[specta::specta]
pub(crate) async fn preview_draft_seal(shell: Shell<'_>, input: SealDraftInput) -> Answer<SealPreviewView> {
    shell.app().await?.preview_draft_seal(input).await
}

/// Saves a seal of the designer, marked as a draft.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_draft_seal(
    shell: Shell<'_>,
    input: SealDraftInput,
    format: SealFormat,
) -> Answer<SavedFileView> {
    shell.app().await?.export_draft_seal(input, format).await
}

/// Lets the person choose a font file for drafts; nothing when they cancel.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_seal_font(handle: AppHandle, shell: Shell<'_>) -> Answer<Option<SealFontView>> {
    let app = shell.app().await?;
    match dialog::font(&handle).await {
        Some(file) => Ok(Some(app.use_seal_font(&file).await?)),
        None => Ok(None),
    }
}

/// Draws a signature as it will be stamped.
#[tauri::command]
#[specta::specta]
pub(crate) async fn preview_handwriting(shell: Shell<'_>, input: HandwritingInput) -> Answer<SealPreviewView> {
    shell.app().await?.preview_handwriting(input).await
}

/// Sends a signature to review.
#[tauri::command]
#[specta::specta]
pub(crate) async fn create_handwriting(shell: Shell<'_>, input: HandwritingInput) -> Answer<SealView> {
    shell.app().await?.create_handwriting(input).await
}
