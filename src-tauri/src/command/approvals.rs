//! Everything under review.
use super::{Answer, Shell};
use app::view::ApprovalView;

/// Every review with its events.
#[tauri::command]
#[specta::specta]
pub(crate) async fn approvals(shell: Shell<'_>) -> Answer<Vec<ApprovalView>> {
    shell.app().await?.approvals().await
}
