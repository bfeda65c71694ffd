//! What the window is told without asking, and the listener that passes it on.

use app::view::{Event as AppEvent, ProgressView, SyncView, Topic};
use serde::Serialize;
use specta::Type;
use tauri::AppHandle;
use tauri_specta::{Event, Events, collect_events};

/// These subjects are stale: ask again.
#[derive(Debug, Clone, Serialize, Type, Event)]
pub(crate) struct Changed {
    topics: Vec<Topic>,
}

/// Long work moved on.
#[derive(Debug, Clone, Serialize, Type, Event)]
pub(crate) struct Progress(ProgressView);

/// The local copy's freshness changed.
#[derive(Debug, Clone, Serialize, Type, Event)]
pub(crate) struct SyncChanged(SyncView);

/// Files were dropped on the window or handed over from outside.
#[derive(Debug, Clone, Serialize, Type, Event)]
pub(crate) struct DocumentsOpened;

/// A photo was dropped on the window and is open.
#[derive(Debug, Clone, Serialize, Type, Event)]
pub(crate) struct PhotoOpened {
    id: String,
}

/// The letter of authorisation was dropped on the window: submit it.
#[derive(Debug, Clone, Serialize, Type, Event)]
pub(crate) struct LetterDropped;

/// A signing link was opened from outside: ask for it.
#[derive(Debug, Clone, Serialize, Type, Event)]
pub(crate) struct LinkOpened;

/// Every event of the window.
pub(crate) fn all() -> Events {
    collect_events![
        Changed,
        Progress,
        SyncChanged,
        DocumentsOpened,
        LetterDropped,
        LinkOpened,
        PhotoOpened
    ]
}

/// Passes one event on to the window.
pub(crate) fn forward(handle: &AppHandle, event: AppEvent) {
    log_failure(match event {
        AppEvent::Changed(topics) => Changed { topics }.emit(handle),
        AppEvent::Progress(progress) => Progress(progress).emit(handle),
        AppEvent::Sync(state) => SyncChanged(state).emit(handle),
    });
}

/// Tells the window that files were opened from outside.
pub(crate) fn documents_opened(handle: &AppHandle) {
    log_failure(DocumentsOpened.emit(handle));
}

/// Tells the window that a letter was dropped on it.
pub(crate) fn letter_dropped(handle: &AppHandle) {
    log_failure(LetterDropped.emit(handle));
}

/// Tells the window that a signing link waits.
pub(crate) fn link_opened(handle: &AppHandle) {
    log_failure(LinkOpened.emit(handle));
}

/// Tells the window that a photo was dropped on it.
pub(crate) fn photo_opened(handle: &AppHandle, id: String) {
    log_failure(PhotoOpened { id }.emit(handle));
}

fn log_failure(sent: tauri::Result<()>) {
    if let Err(problem) = sent {
        tracing::warn!(%problem, "the window could not be told");
    }
}
