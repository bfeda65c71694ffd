//! Opened PDF files: check, sign, verify.
use super::{Answer, Shell};
use crate::dialog;
use app::view::{CheckView, DocumentView, SecretText, SignedView, SigningPlanInput, VerificationView};
use tauri::AppHandle;

/// Opens the PDF files the person chooses.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_documents(handle: AppHandle, shell: Shell<'_>) -> Answer<Vec<DocumentView>> {
    let app = shell.app().await?;
    app.open_documents(dialog::pdf_files(&handle).await).await
}

/// Every opened file.
#[tauri::command]
#[specta::specta]
pub(crate) async fn documents(shell: Shell<'_>) -> Answer<Vec<DocumentView>> {
    shell.app().await?.documents().await
}

/// One opened file.
#[tauri::command]
#[specta::specta]
pub(crate) async fn document(shell: Shell<'_>, id: String) -> Answer<DocumentView> {
    shell.app().await?.document(&id).await
}

/// Closes a file; nothing on disk changes.
#[tauri::command]
#[specta::specta]
pub(crate) async fn close_document(shell: Shell<'_>, id: String) -> Answer<()> {
    shell.app().await?.close_document(&id).await
}

/// Checks a plan before the PIN is asked for.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_signing(shell: Shell<'_>, plan: SigningPlanInput) -> Answer<Vec<CheckView>> {
    shell.app().await?.check_signing(plan).await
}

/// Stamps, signs, verifies and saves.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_document(shell: Shell<'_>, plan: SigningPlanInput, pin: SecretText) -> Answer<SignedView> {
    shell.app().await?.sign_document(plan, pin).await
}

/// Verifies an opened file.
#[tauri::command]
#[specta::specta]
pub(crate) async fn verify_document(shell: Shell<'_>, id: String) -> Answer<VerificationView> {
    shell.app().await?.verify_document(&id).await
}
