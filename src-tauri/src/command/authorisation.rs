//! CA authorisation: the face link here, the letter through the system's dialogs.
use super::{Answer, Shell};
use crate::dialog;
use crate::letter::DroppedLetter;
use app::view::{AuthorisationView, SavedFileView};
use tauri::{AppHandle, State};

/// Offered as the letter's file name.
const LETTER_FILE_NAME: &str = "CA授权书.pdf";

/// The state of the CA authorisation.
#[tauri::command]
#[specta::specta]
pub(crate) async fn authorisation(shell: Shell<'_>) -> Answer<AuthorisationView> {
    shell.app().await?.authorisation().await
}

/// Asks for a fresh face link.
#[tauri::command]
#[specta::specta]
pub(crate) async fn start_face_authorisation(shell: Shell<'_>) -> Answer<AuthorisationView> {
    shell.app().await?.start_face_authorisation().await
}

/// Saves the filled-in letter where the person chooses; none when they cancel.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_letter_template(handle: AppHandle, shell: Shell<'_>) -> Answer<Option<SavedFileView>> {
    let app = shell.app().await?;
    match dialog::save_as(&handle, LETTER_FILE_NAME).await {
        Some(path) => Ok(Some(app.save_letter_template(&path).await?)),
        None => Ok(None),
    }
}

/// Uploads the letter the person chooses; none when they cancel.
#[tauri::command]
#[specta::specta]
pub(crate) async fn submit_authorisation_letter(
    handle: AppHandle,
    shell: Shell<'_>,
) -> Answer<Option<AuthorisationView>> {
    let app = shell.app().await?;
    match dialog::letter(&handle).await {
        Some(path) => Ok(Some(app.submit_authorisation_letter(&path).await?)),
        None => Ok(None),
    }
}

/// Whether the next file dropped on the window is the letter.
#[tauri::command]
#[specta::specta]
pub(crate) async fn expect_dropped_letter(letter: State<'_, DroppedLetter>, expected: bool) -> Answer<()> {
    letter.expect(expected);
    Ok(())
}

/// Uploads the letter that was dropped on the window; none when there is none.
#[tauri::command]
#[specta::specta]
pub(crate) async fn submit_dropped_letter(
    letter: State<'_, DroppedLetter>,
    shell: Shell<'_>,
) -> Answer<Option<AuthorisationView>> {
    match letter.take() {
        Some(path) => Ok(Some(shell.app().await?.submit_authorisation_letter(&path).await?)),
        None => Ok(None),
    }
}
