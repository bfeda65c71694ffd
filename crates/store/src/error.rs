//! Why the local data cannot be used.
use rusqlite::ErrorCode;

/// A failure of the local database, told apart by what can be done about it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A newer version of the program wrote it; this one must not touch it.
    #[error("the file has form {found}, this program knows up to {known}")]
    FromNewerVersion {
        /// Form of the file.
        found: i64,
        /// Newest form this program knows.
        known: i64,
    },
    /// The file is not a database of ours, or it is damaged.
    #[error("the file is damaged: {0}")]
    Damaged(String),
    /// It was sealed under another key than the one given.
    #[error("the file belongs to another key")]
    OtherKey,
    /// Another process holds it for too long.
    #[error("the file is in use")]
    Busy,
    /// No room on the disk.
    #[error("the disk is full")]
    Full,
    /// The file or its folder cannot be read or written.
    #[error("the file cannot be reached: {0}")]
    Unreachable(String),
    /// Anything else: a fault of this program.
    #[error("the statement failed: {0}")]
    Statement(String),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let text = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Self::Damaged(text),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(
                ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::SystemIoFailure,
            ) => Self::Unreachable(text),
            _ => Self::Statement(text),
        }
    }
}
