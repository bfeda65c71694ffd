//! The letter of authorisation dropped on the window: kept while a screen waits for one, until it is submitted.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Whether a letter is waited for, and the file that was dropped.
#[derive(Default)]
pub(crate) struct DroppedLetter(Mutex<State>);

#[derive(Default)]
struct State {
    expected: bool,
    file: Option<PathBuf>,
}

impl DroppedLetter {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A screen begins or ends to wait for a letter; a file nobody asked for is forgotten.
    pub(crate) fn expect(&self, expected: bool) {
        *self.state() = State { expected, file: None };
    }

    /// Takes the first of the dropped files for the letter; false when no screen waits for one.
    pub(crate) fn keep(&self, files: &[PathBuf]) -> bool {
        let mut state = self.state();
        if state.expected {
            state.file = files.first().cloned();
        }
        state.expected && state.file.is_some()
    }

    /// Gives the file away; it is submitted once.
    pub(crate) fn take(&self) -> Option<PathBuf> {
        self.state().file.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_file_is_a_letter_only_while_one_is_waited_for() {
        let (letter, files) = (
            DroppedLetter::default(),
            ["授权书.jpg", "投标文件.pdf"].map(PathBuf::from),
        );
        assert!(!letter.keep(&files));
        letter.expect(true);
        assert!(!letter.keep(&[]));
        assert!(letter.keep(&files));
        assert_eq!(letter.take().as_ref(), files.first());
        assert_eq!(letter.take(), None);
        assert!(letter.keep(&files));
        letter.expect(false);
        assert_eq!(letter.take(), None);
        assert!(!letter.keep(&files));
    }
}
