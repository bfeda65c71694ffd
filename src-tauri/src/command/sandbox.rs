//! Playing the bank and the reviewer on the embedded sandbox platform.
use super::{Answer, Shell};
use app::view::{ApprovalView, OrderView, SettingsView, TransferCase};

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
