//! The log: a file in the data folder (where none can be opened, standard error); it never holds a secret.

use std::fs::{File, OpenOptions};
use std::path::Path;
use std::sync::Mutex;
use tracing_subscriber::EnvFilter;

/// Larger than this many bytes and the log begins anew; the former one is kept beside it.
const LIMIT: u64 = 4 << 20;

/// Starts logging; what is logged is chosen by RUST_LOG's value, or warnings and our own news.
pub(crate) fn begin(data_folder: &Path, filter: Option<String>) {
    let filter = filter.unwrap_or_else(|| "warn,app=info,server=info,ganjiang_window=info".to_owned());
    let builder = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_env_filter(EnvFilter::new(filter));
    let started = match open(data_folder) {
        Ok(file) => builder.with_writer(Mutex::new(file)).try_init(),
        Err(_) => builder.with_writer(std::io::stderr).try_init(),
    };
    if let Err(problem) = started {
        tracing::warn!(%problem, "logging was started already");
    }
}

fn open(data_folder: &Path) -> std::io::Result<File> {
    let folder = data_folder.join("log");
    std::fs::create_dir_all(&folder)?;
    let path = folder.join("ganjiang.log");
    if std::fs::metadata(&path).is_ok_and(|facts| facts.len() > LIMIT) {
        std::fs::rename(&path, folder.join("ganjiang.1.log"))?;
    }
    OpenOptions::new().create(true).append(true).open(path)
}
