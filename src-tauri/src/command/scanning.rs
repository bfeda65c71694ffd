//! 扫码签章: signing tasks from a QR code in a picture file or the clipboard, or from a link.
use super::{Answer, Shell};
use crate::link::Link;
use crate::{clipboard, dialog};
use app::view::{DocumentView, ScanDigestInput, ScanTaskView};
use tauri::AppHandle;

/// Fetches the task of a link that was pasted.
#[tauri::command]
#[specta::specta]
pub(crate) async fn scan_text(shell: Shell<'_>, text: String) -> Answer<ScanTaskView> {
    shell.app().await?.scan_text(&text).await
}

/// The signing link that was opened from outside, once.
#[tauri::command]
#[specta::specta]
pub(crate) async fn take_link(link: tauri::State<'_, Link>) -> Answer<Option<String>> {
    Ok(link.take())
}

/// Fetches the task of the QR code in the picture the person chooses; none when they cancel.
#[tauri::command]
#[specta::specta]
pub(crate) async fn scan_picture(handle: AppHandle, shell: Shell<'_>) -> Answer<Option<ScanTaskView>> {
    let app = shell.app().await?;
    match dialog::photo(&handle).await {
        Some(path) => Ok(Some(app.scan_picture(&path).await?)),
        None => Ok(None),
    }
}

/// Fetches the task of the QR code, or of the link, in the clipboard.
#[tauri::command]
#[specta::specta]
pub(crate) async fn scan_clipboard(shell: Shell<'_>) -> Answer<ScanTaskView> {
    let app = shell.app().await?;
    match clipboard::read().await {
        clipboard::Content::Picture { pixels, width, height } => app.scan_pixels(pixels, width, height).await,
        clipboard::Content::Text(text) => app.scan_text(&text).await,
    }
}

/// The tasks this account has fetched.
#[tauri::command]
#[specta::specta]
pub(crate) async fn scan_tasks(shell: Shell<'_>) -> Answer<Vec<ScanTaskView>> {
    shell.app().await?.scan_tasks().await
}

/// The task of an opened document, when it came with one.
#[tauri::command]
#[specta::specta]
pub(crate) async fn scan_task_of(shell: Shell<'_>, document_id: String) -> Answer<Option<ScanTaskView>> {
    shell.app().await?.scan_task_of(&document_id).await
}

/// Opens the document of a task at the desk.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_scan_document(shell: Shell<'_>, task_id: String) -> Answer<DocumentView> {
    shell.app().await?.open_scan_document(&task_id).await
}

/// Hands a signed document back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn return_scan_result(shell: Shell<'_>, task_id: String, document_id: String) -> Answer<ScanTaskView> {
    shell.app().await?.return_scan_result(&task_id, &document_id).await
}

/// Signs the digest of a task and hands the signature back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_scan_digest(shell: Shell<'_>, input: ScanDigestInput) -> Answer<ScanTaskView> {
    shell.app().await?.sign_scan_digest(input).await
}

/// Refuses a task.
#[tauri::command]
#[specta::specta]
pub(crate) async fn refuse_scan_task(shell: Shell<'_>, task_id: String, reason: String) -> Answer<ScanTaskView> {
    shell.app().await?.refuse_scan_task(&task_id, &reason).await
}
