//! Signing links that the system hands over (`ganjiang://…`): kept until somebody who is signed in asks for them.

use std::sync::{Mutex, PoisonError};
use tauri::{AppHandle, Manager};

/// The link that was opened last.
#[derive(Default)]
pub(crate) struct Link(Mutex<Option<String>>);

impl Link {
    /// Gives the link away; it is followed once.
    pub(crate) fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Keeps the last link among some arguments or addresses, and tells the window.
pub(crate) fn keep(handle: &AppHandle, arguments: &[String]) {
    let Some(link) = arguments.iter().rfind(|argument| argument.starts_with(app::SCHEME)) else {
        return;
    };
    let kept = handle.state::<Link>();
    *kept.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(link.clone());
    crate::events::link_opened(handle);
}
