//! Playing the bank and the reviewer on the embedded sandbox platform.
use super::{Answer, Shell};
use crate::failure;
use app::view::{ApprovalView, FailureCode, OrderView, SettingsView, TransferCase};
use tauri::AppHandle;
use tauri_plugin_opener::OpenerExt;

/// Plays the bank's notice for an order.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sandbox_transfer(shell: Shell<'_>, order_id: String, transfer: TransferCase) -> Answer<OrderView> {
    shell.app().await?.sandbox_transfer(&order_id, transfer).await
}

/// Sets after how many seconds the sandbox approves by itself.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sandbox_auto_approve(shell: Shell<'_>, seconds: Option<u32>) -> Answer<SettingsView> {
    shell.app().await?.sandbox_auto_approve(seconds).await
}

/// Plays the reviewer.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sandbox_decide(
    shell: Shell<'_>,
    approval_id: String,
    approve: bool,
    reason: Option<String>,
) -> Answer<Vec<ApprovalView>> {
    shell.app().await?.sandbox_decide(&approval_id, approve, reason).await
}

/// Opens the reviewers' console of the embedded sandbox in the system's browser.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_sandbox_console(handle: AppHandle, shell: Shell<'_>) -> Answer<()> {
    let address = shell.app().await?.sandbox_console().await?;
    let opened = handle.opener().open_url(address, None::<&str>);
    opened.map_err(|problem| failure::of(FailureCode::NoBrowser, &problem))
}
