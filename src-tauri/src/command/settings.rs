//! Settings.
use super::{Answer, Shell};
use crate::dialog;
use app::view::{SettingsInput, SettingsView, TrustRootView};
use tauri::AppHandle;

/// Settings and facts about this installation.
#[tauri::command]
#[specta::specta]
pub(crate) async fn settings(shell: Shell<'_>) -> Answer<SettingsView> {
    shell.app().await?.settings().await
}

/// Saves the settings.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_settings(shell: Shell<'_>, input: SettingsInput) -> Answer<SettingsView> {
    shell.app().await?.save_settings(input).await
}

/// Lets the person choose where signed files go.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_output_folder(handle: AppHandle, shell: Shell<'_>) -> Answer<SettingsView> {
    let app = shell.app().await?;
    match dialog::folder(&handle).await {
        Some(folder) => Ok(app.set_output_folder(&folder).await?),
        None => Ok(app.settings().await?),
    }
}

/// For how many hours keys of the enterprise open without the platform.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_pin_lease(shell: Shell<'_>, hours: u32) -> Answer<SettingsView> {
    shell.app().await?.set_pin_lease(hours).await
}

/// The roots that signatures are checked against.
#[tauri::command]
#[specta::specta]
pub(crate) async fn trust_roots(shell: Shell<'_>) -> Answer<Vec<TrustRootView>> {
    shell.app().await?.trust_roots().await
}

/// The certificates of the file the person chooses, to be looked at; none when they cancel.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_trust_roots(handle: AppHandle, shell: Shell<'_>) -> Answer<Option<Vec<TrustRootView>>> {
    let app = shell.app().await?;
    match dialog::root_file(&handle).await {
        Some(path) => Ok(Some(app.read_trust_roots(&path).await?)),
        None => Ok(None),
    }
}

/// Trusts those of the certificates last chosen that have these fingerprints.
#[tauri::command]
#[specta::specta]
pub(crate) async fn add_trust_roots(shell: Shell<'_>, fingerprints: Vec<String>) -> Answer<Vec<TrustRootView>> {
    shell.app().await?.add_trust_roots(&fingerprints).await
}

/// No longer trusts an added root.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_trust_root(shell: Shell<'_>, fingerprint: String) -> Answer<Vec<TrustRootView>> {
    shell.app().await?.remove_trust_root(&fingerprint).await
}
