//! Signing in and out, and how fresh the local copy is.
use super::{Answer, Shell};
use app::view::{SecretText, SessionView, SignInView, SyncView};

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

/// Where the account is signed in.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_ins(shell: Shell<'_>) -> Answer<Vec<SignInView>> {
    shell.app().await?.sign_ins().await
}

/// Ends a sign-in elsewhere.
#[tauri::command]
#[specta::specta]
pub(crate) async fn end_sign_in(shell: Shell<'_>, id: String) -> Answer<Vec<SignInView>> {
    shell.app().await?.end_sign_in(&id).await
}

/// Signs out on every device.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_out_everywhere(shell: Shell<'_>) -> Answer<SessionView> {
    shell.app().await?.sign_out_everywhere().await
}

/// Brings the local copy up to date.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sync_now(shell: Shell<'_>) -> Answer<SyncView> {
    shell.app().await?.sync_now().await
}
