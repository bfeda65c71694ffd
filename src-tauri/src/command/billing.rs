//! Invoice titles and remitting accounts.
use super::{Answer, Shell};
use app::view::{BillingTitleInput, BillingView, FieldCheckView, FieldKind, RemittingAccountInput};

/// Invoice titles and remitting accounts.
#[tauri::command]
#[specta::specta]
pub(crate) async fn billing(shell: Shell<'_>) -> Answer<BillingView> {
    shell.app().await?.billing().await
}

/// Adds or changes an invoice title.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_billing_title(shell: Shell<'_>, input: BillingTitleInput) -> Answer<BillingView> {
    shell.app().await?.save_billing_title(input).await
}

/// Removes an invoice title.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_billing_title(shell: Shell<'_>, id: String) -> Answer<BillingView> {
    shell.app().await?.remove_billing_title(&id).await
}

/// Adds or changes a remitting account.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_remitting_account(shell: Shell<'_>, input: RemittingAccountInput) -> Answer<BillingView> {
    shell.app().await?.save_remitting_account(input).await
}

/// Removes a remitting account.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_remitting_account(shell: Shell<'_>, id: String) -> Answer<BillingView> {
    shell.app().await?.remove_remitting_account(&id).await
}

/// Checks a field while it is typed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_field(shell: Shell<'_>, kind: FieldKind, value: String) -> Answer<FieldCheckView> {
    shell.app().await?.check_field(kind, &value).await
}
