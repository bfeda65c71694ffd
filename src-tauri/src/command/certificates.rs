//! Certificates: assign, import, details; employees who may hold them.
use super::{Answer, Shell};
use app::view::{AssignInput, CertificateDetailView, CertificateView, EmployeeView, ImportInput};

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
