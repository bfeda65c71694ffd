//! 用印记录.
use super::{Answer, Shell};
use crate::dialog;
use app::view::{SavedFileView, SealLogDoubtView, SealLogHereView, SealLogPageView, SealLogQuery, SealLogSource};
use tauri::AppHandle;

/// A page of this device's entries.
#[tauri::command]
#[specta::specta]
pub(crate) async fn seal_log_here(
    shell: Shell<'_>,
    query: SealLogQuery,
    before: Option<u32>,
    limit: u32,
) -> Answer<SealLogHereView> {
    shell.app().await?.seal_log_here(query, before, limit).await
}

/// A page of the platform's entries.
#[tauri::command]
#[specta::specta]
pub(crate) async fn seal_log_there(
    shell: Shell<'_>,
    query: SealLogQuery,
    after: Option<String>,
) -> Answer<SealLogPageView> {
    shell.app().await?.seal_log_there(query, after).await
}

/// Chains at the platform that are not whole.
#[tauri::command]
#[specta::specta]
pub(crate) async fn seal_log_doubts(shell: Shell<'_>) -> Answer<Vec<SealLogDoubtView>> {
    shell.app().await?.seal_log_doubts().await
}

/// Writes the entries that match into a table where the person chooses; none when they cancel.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_seal_log(
    handle: AppHandle,
    shell: Shell<'_>,
    source: SealLogSource,
    query: SealLogQuery,
    file_name: String,
) -> Answer<Option<SavedFileView>> {
    let app = shell.app().await?;
    match dialog::save_as(&handle, &file_name).await {
        Some(path) => Ok(Some(app.export_seal_log(source, query, &path).await?)),
        None => Ok(None),
    }
}
