//! Certificates: assign, import, details; their life afterwards; employees who may hold them.
use super::{Answer, Shell};
use crate::dialog;
use app::view::{
    AssignInput, BringInput, CertificateDetailView, CertificateView, EmployeeView, ExportKeyInput, ImportInput,
    PinChangeInput, ReissueInput, ReminderView, RevocationReason, SavedFileView, TokensView,
};
use tauri::AppHandle;

/// Every certificate this account may see.
#[tauri::command]
#[specta::specta]
pub(crate) async fn certificates(shell: Shell<'_>) -> Answer<Vec<CertificateView>> {
    shell.app().await?.certificates().await
}

/// One certificate in full.
#[tauri::command]
#[specta::specta]
pub(crate) async fn certificate(shell: Shell<'_>, id: String) -> Answer<CertificateDetailView> {
    shell.app().await?.certificate(&id).await
}

/// Who may hold a certificate.
#[tauri::command]
#[specta::specta]
pub(crate) async fn employees(shell: Shell<'_>) -> Answer<Vec<EmployeeView>> {
    shell.app().await?.employees().await
}

/// Fixes a certificate's owner and holder.
#[tauri::command]
#[specta::specta]
pub(crate) async fn assign_certificate(shell: Shell<'_>, input: AssignInput) -> Answer<CertificateView> {
    shell.app().await?.assign_certificate(input).await
}

/// Gives a certificate to another holder.
#[tauri::command]
#[specta::specta]
pub(crate) async fn change_holder(shell: Shell<'_>, id: String, employee_id: String) -> Answer<CertificateView> {
    shell.app().await?.change_holder(&id, &employee_id).await
}

/// Makes the key here and has the certificate issued.
#[tauri::command]
#[specta::specta]
pub(crate) async fn import_certificate(shell: Shell<'_>, input: ImportInput) -> Answer<CertificateView> {
    shell.app().await?.import_certificate(input).await
}

/// Makes a new key with a new PIN here; the former certificate is revoked when the new one is kept.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reissue_certificate(shell: Shell<'_>, input: ReissueInput) -> Answer<CertificateView> {
    shell.app().await?.reissue_certificate(input).await
}

/// Extends a certificate by one term.
#[tauri::command]
#[specta::specta]
pub(crate) async fn extend_certificate(shell: Shell<'_>, id: String) -> Answer<CertificateView> {
    shell.app().await?.extend_certificate(&id).await
}

/// Revokes a certificate for good.
#[tauri::command]
#[specta::specta]
pub(crate) async fn revoke_certificate(
    shell: Shell<'_>,
    id: String,
    reason: RevocationReason,
) -> Answer<CertificateView> {
    shell.app().await?.revoke_certificate(&id, reason).await
}

/// Changes the PIN of a key on this device.
#[tauri::command]
#[specta::specta]
pub(crate) async fn change_pin(shell: Shell<'_>, input: PinChangeInput) -> Answer<()> {
    shell.app().await?.change_pin(input).await
}

/// Writes key and certificate into a file where the person chooses; none when they cancel.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_key(
    handle: AppHandle,
    shell: Shell<'_>,
    input: ExportKeyInput,
) -> Answer<Option<SavedFileView>> {
    let app = shell.app().await?;
    let name = app.certificate_file_name(&input.certificate_id)?;
    match dialog::save_as(&handle, &format!("{name}.p12")).await {
        Some(path) => Ok(Some(app.export_key(input, &path).await?)),
        None => Ok(None),
    }
}

/// Saves the public certificate where the person chooses; none when they cancel.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_certificate(
    handle: AppHandle,
    shell: Shell<'_>,
    id: String,
) -> Answer<Option<SavedFileView>> {
    let app = shell.app().await?;
    match dialog::save_as(&handle, &format!("{}.cer", app.certificate_file_name(&id)?)).await {
        Some(path) => Ok(Some(app.export_certificate(&id, &path).await?)),
        None => Ok(None),
    }
}

/// Saves the end of a certificate for the calendar where the person chooses; none when they cancel.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_calendar(handle: AppHandle, shell: Shell<'_>, id: String) -> Answer<Option<SavedFileView>> {
    let app = shell.app().await?;
    match dialog::save_as(&handle, &format!("{}.ics", app.certificate_file_name(&id)?)).await {
        Some(path) => Ok(Some(app.save_calendar(&id, &path).await?)),
        None => Ok(None),
    }
}

/// The certificates whose end should be known now.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reminders(shell: Shell<'_>) -> Answer<Vec<ReminderView>> {
    shell.app().await?.reminders().await
}

/// The reminder of this certificate is known.
#[tauri::command]
#[specta::specta]
pub(crate) async fn dismiss_reminder(shell: Shell<'_>, id: String) -> Answer<Vec<ReminderView>> {
    shell.app().await?.dismiss_reminder(&id).await
}

/// Tells a reminder beside the window, in words of the screens; once in each stage.
#[tauri::command]
#[specta::specta]
pub(crate) async fn notify_reminder(
    handle: AppHandle,
    shell: Shell<'_>,
    id: String,
    title: String,
    body: String,
) -> Answer<()> {
    if shell.app().await?.first_told(&id).await? {
        crate::notification::show(&handle, &title, &body);
    }
    Ok(())
}

/// Takes over a certificate of another authority from the file the person chooses; none when they cancel.
#[tauri::command]
#[specta::specta]
pub(crate) async fn bring_certificate(
    handle: AppHandle,
    shell: Shell<'_>,
    input: BringInput,
) -> Answer<Option<CertificateView>> {
    let app = shell.app().await?;
    match dialog::certificate_file(&handle).await {
        Some(path) => Ok(Some(app.bring_certificate(&path, input).await?)),
        None => Ok(None),
    }
}

/// What is plugged in, by the token driver used last.
#[tauri::command]
#[specta::specta]
pub(crate) async fn tokens(shell: Shell<'_>) -> Answer<TokensView> {
    shell.app().await?.tokens().await
}

/// What is plugged in, by the token driver the person chooses; none when they cancel.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_token_driver(handle: AppHandle, shell: Shell<'_>) -> Answer<Option<TokensView>> {
    let app = shell.app().await?;
    match dialog::token_driver(&handle).await {
        Some(path) => Ok(Some(app.read_tokens(&path).await?)),
        None => Ok(None),
    }
}

/// Takes a certificate on a token into use.
#[tauri::command]
#[specta::specta]
pub(crate) async fn take_token_certificate(shell: Shell<'_>, fingerprint: String) -> Answer<CertificateView> {
    shell.app().await?.take_token_certificate(&fingerprint).await
}

/// Takes a certificate of another authority off this device.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_brought_certificate(shell: Shell<'_>, id: String) -> Answer<()> {
    shell.app().await?.remove_brought_certificate(&id).await
}
