//! Files kept for the user: written aside, synced, then given their name; a crash leaves the old file or the new, never half.
use crate::application::{App, locked};
use crate::failure::{Failure, internal, refuse};
use crate::view::{FailureCode, SavedFileView};
use sha2::{Digest, Sha256};
use std::fs::DirEntry;
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::NamedTempFile;

/// Tries at finding a free name.
const MOST_NAMES: u32 = 1000;

/// How the name of a file that is not whole yet begins and ends.
const PART: (&str, &str) = (".ganjiang-", ".part");

/// A file that is not whole and was not written to for so long is nobody's any more.
const FORSAKEN: Duration = Duration::from_hours(1);

/// Bytes copied at once.
const COPIED_AT_ONCE: usize = 256 * 1024;

/// A temporary file beside where the result will be, holding the chunks, on disk. Gone when dropped.
pub(crate) fn aside(folder: &Path, chunks: &[&[u8]]) -> Result<NamedTempFile, Failure> {
    let mut file = part_file(folder)?;
    for chunk in chunks {
        file.write_all(chunk).map_err(|error| Failure::from_write(&error))?;
    }
    file.as_file().sync_all().map_err(|error| Failure::from_write(&error))?;
    Ok(file)
}

pub(crate) fn part_file(folder: &Path) -> Result<NamedTempFile, Failure> {
    std::fs::create_dir_all(folder).map_err(|error| Failure::from_write(&error))?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(PART.0).suffix(PART.1);
    // Results are the user's documents, handed on to others: the umask decides, as for any file they save.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder).map_err(|error| Failure::from_write(&error))
}

/// Removes what a run that was cut off left in a folder; what cannot be removed stays until the next time.
pub(crate) fn clear_remains(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_part = name
            .to_str()
            .is_some_and(|name| name.starts_with(PART.0) && name.ends_with(PART.1));
        if is_part && is_forsaken(&entry) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

fn is_forsaken(entry: &DirEntry) -> bool {
    let age = entry
        .metadata()
        .and_then(|metadata| metadata.modified())
        .map(|at| at.elapsed());
    matches!(age, Ok(Ok(age)) if age > FORSAKEN)
}

/// Looks at a file that has no name yet while the rest of it goes to the disk; both are done when this comes back.
pub(crate) fn synced_beside<T>(file: &NamedTempFile, look: impl FnOnce() -> T) -> Result<T, Failure> {
    std::thread::scope(|threads| {
        let sync = threads.spawn(|| file.as_file().sync_all());
        let seen = look();
        let synced = sync
            .join()
            .map_err(|_| internal("syncing stopped", &"a thread ended"))?;
        synced.map_err(|error| Failure::from_write(&error))?;
        Ok(seen)
    })
}

/// Appends to a file that has no name yet and brings it to the disk.
pub(crate) fn append(file: &mut NamedTempFile, tail: &[u8]) -> Result<(), Failure> {
    let written = file.seek(std::io::SeekFrom::End(0)).and_then(|_| file.write_all(tail));
    written
        .and_then(|()| file.as_file().sync_all())
        .map_err(|error| Failure::from_write(&error))
}

/// The beginning of a file, one byte more than `most` when it goes on: whoever reads it sees that it is too long.
pub(crate) fn limited(path: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    let failed = |error: std::io::Error| Failure::from_read(&error);
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// SHA-256 of a whole file.
pub(crate) fn sha256(path: &Path) -> Result<[u8; 32], Failure> {
    let mut file = std::fs::File::open(path).map_err(|error| Failure::from_read(&error))?;
    let mut hash = Sha256::new();
    let mut piece = vec![0; COPIED_AT_ONCE];
    loop {
        let length = file.read(&mut piece).map_err(|error| Failure::from_read(&error))?;
        match piece.get(..length) {
            Some(read) if length > 0 => hash.update(read),
            _ => return Ok(hash.finalize().into()),
        }
    }
}

/// Gives the file a name that nobody has: `stem.extension`, `stem (2).extension`, … Never overwrites.
pub(crate) fn keep_as_new(
    mut file: NamedTempFile,
    folder: &Path,
    stem: &str,
    extension: &str,
) -> Result<PathBuf, Failure> {
    for number in 1..=MOST_NAMES {
        let target = folder.join(numbered(stem, extension, number));
        match file.persist_noclobber(&target) {
            Ok(_) => return settle(folder, target),
            Err(failed) if failed.error.kind() == std::io::ErrorKind::AlreadyExists => file = failed.file,
            Err(failed) => return Err(Failure::from_write(&failed.error)),
        }
    }
    Err(refuse(FailureCode::OutputExists))
}

/// The first of `stem.extension`, `stem (2).extension`, … that is free now.
pub(crate) fn free_name(folder: &Path, stem: &str, extension: &str) -> String {
    let names = (1..=MOST_NAMES).map(|number| numbered(stem, extension, number));
    names
        .into_iter()
        .find(|name| !folder.join(name).exists())
        .unwrap_or_else(|| numbered(stem, extension, 1))
}

fn numbered(stem: &str, extension: &str, number: u32) -> String {
    match number {
        0 | 1 => format!("{stem}.{extension}"),
        _ => format!("{stem} ({number}).{extension}"),
    }
}

/// Writes the file under a name the user chose and has agreed to replace.
pub(crate) fn replace(target: &Path, chunks: &[&[u8]]) -> Result<(), Failure> {
    name(aside(folder_of(target), chunks)?, target)
}

/// Gives a file its name, in place of what stands there; a power cut may lose it.
pub(crate) fn name_unsynced(file: NamedTempFile, target: &Path) -> Result<(), Failure> {
    let named = file.persist(target);
    named.map(drop).map_err(|failed| Failure::from_write(&failed.error))
}

/// Gives a whole file its name, in place of what stands there; durable when this comes back.
pub(crate) fn name(file: NamedTempFile, target: &Path) -> Result<(), Failure> {
    file.persist(target)
        .map_err(|failed| Failure::from_write(&failed.error))?;
    settle(folder_of(target), target.to_owned()).map(drop)
}

/// The folder of a target; a bare name lies in the current one.
pub(crate) fn folder_of(target: &Path) -> &Path {
    match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Makes the new name itself durable.
fn settle(folder: &Path, target: PathBuf) -> Result<PathBuf, Failure> {
    #[cfg(unix)]
    std::fs::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| Failure::from_write(&error))?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(target)
}

/// A text fit to be part of a file name on every system.
pub(crate) fn fit_for_name(text: &str) -> String {
    let fit: String = text
        .chars()
        .map(|character| match character {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
            other if other.is_control() => '_',
            other => other,
        })
        .collect();
    fit.trim().trim_end_matches('.').chars().take(80).collect()
}

impl App {
    /// Keeps the place of a file written for the user, under a name for the window.
    pub(crate) fn remember_saved(&self, path: &Path) -> SavedFileView {
        let saved_id = uuid::Uuid::new_v4().to_string();
        locked(&self.inner.saved).insert(saved_id.clone(), path.to_owned());
        SavedFileView {
            saved_id,
            file_name: file_name(path),
            folder: folder_name(path),
        }
    }

    /// Where a file written for the user is, for the shell to show it.
    ///
    /// # Errors
    /// `NotFound` for an id of an earlier start, `FileNotFound` when the file is gone.
    pub fn saved_path(&self, saved_id: &str) -> Result<PathBuf, Failure> {
        let path = locked(&self.inner.saved).get(saved_id).cloned();
        let path = path.ok_or_else(|| refuse(FailureCode::NotFound))?;
        if path.exists() {
            Ok(path)
        } else {
            Err(refuse(FailureCode::FileNotFound))
        }
    }
}

pub(crate) fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

pub(crate) fn folder_name(path: &Path) -> String {
    path.parent()
        .map(|folder| folder.to_string_lossy().into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_writes_to_any_more_is_cleared() {
        let folder = tempfile::tempdir().unwrap();
        let hours_ago = std::time::SystemTime::now() - Duration::from_hours(2);
        let put = |name: &str, at: std::time::SystemTime| {
            let file = std::fs::File::create(folder.path().join(name)).unwrap();
            file.set_modified(at).unwrap();
        };
        put(".ganjiang-old.part", hours_ago);
        put("tender.pdf", hours_ago);
        put("tender.part", hours_ago);
        put(".ganjiang-new.part", std::time::SystemTime::now());
        clear_remains(folder.path());
        let mut left: Vec<_> = std::fs::read_dir(folder.path())
            .unwrap()
            .flatten()
            .map(|entry| entry.file_name())
            .collect();
        left.sort();
        assert_eq!(left, [".ganjiang-new.part", "tender.part", "tender.pdf"]);
        clear_remains(&folder.path().join("not there"));
    }

    #[cfg(unix)]
    #[test]
    fn a_result_may_be_read_as_any_saved_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("saved"), b"x").unwrap();
        let usual = folder.path().join("saved").metadata().unwrap().permissions().mode();
        replace(&folder.path().join("ours"), &[b"x"]).unwrap();
        let ours = folder.path().join("ours").metadata().unwrap().permissions().mode();
        assert_eq!(ours, usual);
    }

    #[test]
    fn a_bare_name_lies_in_the_current_folder() {
        assert_eq!(folder_of(Path::new("seal.png")), Path::new("."));
        assert_eq!(folder_of(Path::new("out/seal.png")), Path::new("out"));
    }

    #[test]
    fn a_taken_name_is_numbered_and_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        for expected in ["标书.pdf", "标书 (2).pdf", "标书 (3).pdf"] {
            let file = aside(folder.path(), &[expected.as_bytes()]).unwrap();
            assert_eq!(free_name(folder.path(), "标书", "pdf"), expected);
            let path = keep_as_new(file, folder.path(), "标书", "pdf").unwrap();
            assert_eq!(path, folder.path().join(expected));
        }
        assert_eq!(
            std::fs::read(folder.path().join("标书.pdf")).unwrap(),
            "标书.pdf".as_bytes()
        );
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            3,
            "something was left behind"
        );
    }

    /// Runs in a process of its own whose files may not grow past 4 KB: the same error path as a full disk.
    #[test]
    #[ignore = "started by a_full_disk_leaves_nothing_behind"]
    fn writes_more_than_there_is_room_for() {
        let folder = std::env::var("GANJIANG_TEST_FOLDER").unwrap();
        let failure = aside(Path::new(&folder), &[&vec![0; 1 << 20]]).unwrap_err();
        assert_eq!(failure.code, FailureCode::DiskFull);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let outcome = std::process::Command::new("sh")
            .args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" --exact --ignored \"$1\""])
            .arg(std::env::current_exe().unwrap())
            .arg("files::tests::writes_more_than_there_is_room_for")
            .env("GANJIANG_TEST_FOLDER", folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&outcome.stdout).into_owned();
        assert!(outcome.status.success() && said.contains("1 passed"), "{said}");
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            0,
            "something was left behind"
        );
    }

    #[test]
    fn names_lose_what_windows_cannot_store() {
        assert_eq!(fit_for_name("a/b:c?.\n"), "a_b_c_._");
    }
}
