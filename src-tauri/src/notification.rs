//! The system's notifications.

use tauri::AppHandle;
use tauri_plugin_notification::NotificationExt;

/// Shows a notification. Whoever switched them off has the bar in the window, so a refusal is only logged.
pub(crate) fn show(handle: &AppHandle, title: &str, body: &str) {
    let shown = handle.notification().builder().title(title).body(body).show();
    if let Err(problem) = shown {
        tracing::info!(%problem, "no notification");
    }
}
