//! The home screen.
use super::{Answer, Shell};
use app::view::HomeView;

/// What is to be done now.
#[tauri::command]
#[specta::specta]
pub(crate) async fn home(shell: Shell<'_>) -> Answer<HomeView> {
    shell.app().await?.home().await
}
