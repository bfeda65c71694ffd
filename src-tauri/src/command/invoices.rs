//! Invoices, and showing a saved file in its folder.
use super::{Answer, Shell};
use crate::failure;
use app::view::FailureCode;
use app::view::{InvoiceView, SavedFileView};
use tauri::AppHandle;
use tauri_plugin_opener::OpenerExt;

/// Every invoice.
#[tauri::command]
#[specta::specta]
pub(crate) async fn invoices(shell: Shell<'_>) -> Answer<Vec<InvoiceView>> {
    shell.app().await?.invoices().await
}

/// Saves an invoice into the output folder.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_invoice(shell: Shell<'_>, id: String) -> Answer<SavedFileView> {
    shell.app().await?.save_invoice(&id).await
}

/// Shows a file saved by this program in its folder.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reveal_saved_file(handle: AppHandle, shell: Shell<'_>, saved_id: String) -> Answer<()> {
    let path = shell.app().await?.saved_path(&saved_id)?;
    let shown = handle.opener().reveal_item_in_dir(path);
    shown.map_err(|problem| failure::of(FailureCode::FileNotFound, &problem))
}
