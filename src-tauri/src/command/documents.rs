//! Opened PDF files: check, sign, verify.
use super::{Answer, Shell};
use crate::dialog;
use app::view::{
    CheckView, DocumentView, FoundView, PlanItemInput, PlanPreviewView, PlanTemplateView, SavedFileView, SecretText,
    SignedRevisionView, SignedView, SigningPlanInput, VerificationView,
};
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

/// Opens a locked file with its password.
#[tauri::command]
#[specta::specta]
pub(crate) async fn unlock_document(shell: Shell<'_>, id: String, password: SecretText) -> Answer<DocumentView> {
    shell.app().await?.unlock_document(&id, password).await
}

/// Writes a repaired copy of a damaged file into the output folder and opens it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn repair_document(shell: Shell<'_>, id: String) -> Answer<DocumentView> {
    shell.app().await?.repair_document(&id).await
}

/// Finds a word on pages; a newer search in the same file ends the older.
#[tauri::command]
#[specta::specta]
pub(crate) async fn find_word(shell: Shell<'_>, id: String, word: String, pages: String) -> Answer<FoundView> {
    shell.app().await?.find_word(&id, &word, &pages).await
}

/// Where everything of a plan will show.
#[tauri::command]
#[specta::specta]
pub(crate) async fn preview_plan(shell: Shell<'_>, plan: SigningPlanInput) -> Answer<PlanPreviewView> {
    shell.app().await?.preview_plan(plan).await
}

/// The kept plans, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_templates(shell: Shell<'_>) -> Answer<Vec<PlanTemplateView>> {
    shell.app().await?.plan_templates().await
}

/// Keeps a plan under a name.
#[tauri::command]
#[specta::specta]
pub(crate) async fn keep_plan_template(
    shell: Shell<'_>,
    name: String,
    items: Vec<PlanItemInput>,
) -> Answer<PlanTemplateView> {
    shell.app().await?.keep_plan_template(&name, items).await
}

/// Forgets a kept plan.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_plan_template(shell: Shell<'_>, id: String) -> Answer<()> {
    shell.app().await?.remove_plan_template(&id).await
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

/// Opens the file as it was when a field was signed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_signed_revision(shell: Shell<'_>, id: String, field: String) -> Answer<SignedRevisionView> {
    shell.app().await?.open_signed_revision(&id, &field).await
}

/// Saves the findings on an opened file as a PDF where the person chooses; none when they cancel.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_verification_report(
    handle: AppHandle,
    shell: Shell<'_>,
    id: String,
) -> Answer<Option<SavedFileView>> {
    let app = shell.app().await?;
    match dialog::save_as(&handle, &app.report_file_name(&id)?).await {
        Some(path) => Ok(Some(app.save_verification_report(&id, &path).await?)),
        None => Ok(None),
    }
}
