//! What waits to be sent.
use super::{Answer, Shell};
use app::view::OutboxView;

/// Everything that was not sent yet.
#[tauri::command]
#[specta::specta]
pub(crate) async fn outbox(shell: Shell<'_>) -> Answer<OutboxView> {
    shell.app().await?.outbox().await
}

/// Sends what waits now: everything, or one entry.
#[tauri::command]
#[specta::specta]
pub(crate) async fn retry_outbox(shell: Shell<'_>, id: Option<String>) -> Answer<OutboxView> {
    shell.app().await?.retry_outbox(id.as_deref()).await
}

/// Gives an entry up.
#[tauri::command]
#[specta::specta]
pub(crate) async fn discard_outbox_entry(shell: Shell<'_>, id: String) -> Answer<OutboxView> {
    shell.app().await?.discard_outbox_entry(&id).await
}

/// After a conflict the user's version is to stand.
#[tauri::command]
#[specta::specta]
pub(crate) async fn keep_outbox_entry(shell: Shell<'_>, id: String) -> Answer<OutboxView> {
    shell.app().await?.keep_outbox_entry(&id).await
}
