//! Signing in and out, and how fresh the local copy is.
use super::{Answer, Shell};
use app::view::{SecretText, SessionView, SyncView};

/// Who is signed in, and where.
#[tauri::command]
#[specta::specta]
pub(crate) async fn session_state(shell: Shell<'_>) -> Answer<SessionView> {
    shell.app().await?.session_state().await
}

/// Signs in.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_in(shell: Shell<'_>, account: String, password: SecretText) -> Answer<SessionView> {
    shell.app().await?.sign_in(&account, password).await
}

/// Signs out.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_out(shell: Shell<'_>) -> Answer<SessionView> {
    shell.app().await?.sign_out().await
}

/// Brings the local copy up to date.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sync_now(shell: Shell<'_>) -> Answer<SyncView> {
    shell.app().await?.sync_now().await
}
