//! Settings.
use super::{Answer, Shell};
use crate::dialog;
use app::view::{SettingsInput, SettingsView};
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
