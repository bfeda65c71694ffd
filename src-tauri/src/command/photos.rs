//! Photos of seals and signatures: choose, clean, declare, send to review.
use super::{Answer, Shell};
use crate::dialog;
use app::view::{CleanedPhotoView, PhotoCleanInput, SealDeclarationView, SealPhotoInput, SealPhotoView, SealView};
use tauri::AppHandle;

/// Lets the person choose a photo; nothing when they cancel.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_seal_photo(handle: AppHandle, shell: Shell<'_>) -> Answer<Option<SealPhotoView>> {
    let app = shell.app().await?;
    match dialog::photo(&handle).await {
        Some(file) => Ok(Some(app.open_seal_photo(&file).await?)),
        None => Ok(None),
    }
}

/// The opened photo.
#[tauri::command]
#[specta::specta]
pub(crate) async fn seal_photo(shell: Shell<'_>, id: String) -> Answer<SealPhotoView> {
    shell.app().await?.seal_photo(&id).await
}

/// Forgets the opened photo.
#[tauri::command]
#[specta::specta]
pub(crate) async fn close_seal_photo(shell: Shell<'_>, id: String) -> Answer<()> {
    shell.app().await?.close_seal_photo(Some(&id));
    Ok(())
}

/// Cleans the opened photo for looking at.
#[tauri::command]
#[specta::specta]
pub(crate) async fn clean_seal_photo(shell: Shell<'_>, input: PhotoCleanInput) -> Answer<CleanedPhotoView> {
    shell.app().await?.clean_seal_photo(input).await
}

/// What is declared with an uploaded picture.
#[tauri::command]
#[specta::specta]
pub(crate) async fn seal_declaration(shell: Shell<'_>) -> Answer<SealDeclarationView> {
    shell.app().await?.seal_declaration().await
}

/// Sends the cleaned photo to review.
#[tauri::command]
#[specta::specta]
pub(crate) async fn submit_seal_photo(shell: Shell<'_>, input: SealPhotoInput) -> Answer<SealView> {
    shell.app().await?.submit_seal_photo(input).await
}
