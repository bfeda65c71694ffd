//! Opened PDF files: known to the window by an id only.
use crate::application::{App, Inner, locked, off_thread};
use crate::failure::{Failure, refuse, refuse_with};
use crate::files;
use crate::mapped::{self, Stamp};
use crate::page_worker::PageFile;
use crate::view::{DocumentView, FailureCode, PageView, SecretText, Topic};
use pdf::Document;
use pdf::encryption::Password;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Files open at once.
const MOST_OPEN: usize = 200;

/// The opened files, oldest first.
#[derive(Default)]
pub(crate) struct Opened {
    files: Vec<Arc<OpenedFile>>,
}

/// One opened file.
pub(crate) struct OpenedFile {
    pub(crate) id: String,
    pub(crate) path: PathBuf,
    pub(crate) stamp: Option<Stamp>,
    /// Only the first so many bytes of the file: an earlier revision, which is not in the list of opened files.
    pub(crate) length: Option<u64>,
    /// Or why it cannot be read; such a file is listed with its reason.
    pub(crate) content: Result<Arc<Document>, Failure>,
    /// What it was unlocked with, for the processes that draw its pages.
    pub(crate) password: Option<Zeroizing<String>>,
    view: DocumentView,
}

impl OpenedFile {
    /// The same file for the processes that draw its pages.
    pub(crate) fn page_file(&self) -> PageFile {
        PageFile::new(&self.path)
            .unchanged_since(self.stamp)
            .cut_at(self.length)
            .with_password(self.password.clone())
    }
}

impl App {
    /// Opens files by path; the shell's dialogs, drops and command line call this, never the window.
    /// A file that cannot be read is listed too, with the reason.
    ///
    /// # Errors
    /// None in practice.
    pub async fn open_documents(&self, paths: Vec<PathBuf>) -> Result<Vec<DocumentView>, Failure> {
        let opened = off_thread(move || Ok(paths.iter().map(|path| open(path)).collect::<Vec<_>>())).await?;
        let views = opened.into_iter().map(|file| self.inner.keep_open(file)).collect();
        self.inner.changed(&[Topic::Documents]);
        Ok(views)
    }

    /// The opened files, oldest first.
    ///
    /// # Errors
    /// None in practice.
    pub async fn documents(&self) -> Result<Vec<DocumentView>, Failure> {
        Ok(locked(&self.inner.documents)
            .files
            .iter()
            .filter(|file| file.length.is_none())
            .map(|file| file.view.clone())
            .collect())
    }

    /// One opened file.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn document(&self, document_id: &str) -> Result<DocumentView, Failure> {
        Ok(self.inner.opened(document_id)?.view.clone())
    }

    /// Opens a locked file with its password; it keeps its id.
    ///
    /// # Errors
    /// `NotFound`, `PdfPasswordWrong`, or why the file cannot be read; it stays locked then.
    pub async fn unlock_document(&self, document_id: &str, password: SecretText) -> Result<DocumentView, Failure> {
        let locked_file = self.inner.opened(document_id)?;
        let password = Zeroizing::new(password.expose().to_owned());
        let unlocked = off_thread(move || {
            let file = open_as(&locked_file.id, &locked_file.path, locked_file.length, Some(password));
            file.document().map(|_| file)
        })
        .await?;
        let view = self.inner.keep_open(unlocked);
        self.inner.changed(&[Topic::Documents]);
        Ok(view)
    }

    /// Writes a repaired copy of a damaged file into the output folder and opens it. The original stays as it is; the
    /// copy of a locked file has no password.
    ///
    /// # Errors
    /// `NotFound`, `PdfNotRepaired` (always for a file that was ever signed), `DiskFull`, `OutputUnwritable`.
    pub async fn repair_document(&self, document_id: &str) -> Result<DocumentView, Failure> {
        let file = self.inner.opened(document_id)?;
        let folder = self.inner.output_folder()?;
        let repaired = off_thread(move || repaired(&file, &folder)).await?;
        let view = self.inner.keep_open(repaired);
        self.inner.changed(&[Topic::Documents]);
        Ok(view)
    }

    /// Forgets an opened file; pictures of it that are being drawn are given up.
    ///
    /// # Errors
    /// None: a file that is not open is closed.
    pub async fn close_document(&self, document_id: &str) -> Result<(), Failure> {
        let closed = self.inner.opened(document_id);
        locked(&self.inner.documents)
            .files
            .retain(|file| file.id != document_id);
        locked(&self.inner.pictures).forget(document_id);
        if let Ok(file) = closed {
            self.inner.page_workers.forget(&file.page_file());
        }
        self.inner.changed(&[Topic::Documents]);
        Ok(())
    }
}

impl Inner {
    pub(crate) fn opened(&self, document_id: &str) -> Result<Arc<OpenedFile>, Failure> {
        let opened = locked(&self.documents);
        opened
            .files
            .iter()
            .find(|file| file.id == document_id)
            .cloned()
            .ok_or_else(|| refuse(FailureCode::NotFound))
    }

    /// Opening the same unchanged file again gives the entry that is there.
    pub(crate) fn keep_open(&self, file: OpenedFile) -> DocumentView {
        let mut opened = locked(&self.documents);
        let same_part = |other: &Arc<OpenedFile>| other.path == file.path && other.length == file.length;
        let same = |other: &&Arc<OpenedFile>| same_part(other) && other.stamp == file.stamp && file.password.is_none();
        if let Some(there) = opened.files.iter().find(same) {
            return there.view.clone();
        }
        let view = file.view.clone();
        let place = opened.files.iter().position(same_part);
        let file = Arc::new(file);
        if let Some(there) = place.and_then(|place| opened.files.get_mut(place)) {
            // Opened anew, changed or unlocked: it keeps its place in the list.
            *there = file;
            return view;
        }
        if opened.files.len() >= MOST_OPEN {
            opened.files.remove(0);
        }
        opened.files.push(file);
        view
    }
}

impl OpenedFile {
    /// The document, or why it cannot be read.
    pub(crate) fn document(&self) -> Result<Arc<Document>, Failure> {
        self.content.clone()
    }
}

/// Opens a file; slow for large ones.
pub(crate) fn open(path: &Path) -> OpenedFile {
    open_with(path, None)
}

/// Opens a file that may need a password.
pub(crate) fn open_with(path: &Path, password: Option<Zeroizing<String>>) -> OpenedFile {
    open_as(&uuid::Uuid::new_v4().to_string(), path, None, password)
}

/// Opens the first so many bytes of a file that is open.
pub(crate) fn open_revision(file: &OpenedFile, length: u64) -> OpenedFile {
    let id = uuid::Uuid::new_v4().to_string();
    open_as(&id, &file.path, Some(length), file.password.clone())
}

fn open_as(id: &str, path: &Path, length: Option<u64>, password: Option<Zeroizing<String>>) -> OpenedFile {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let (content, stamp) = match mapped::open_front(&path, length) {
        Ok((bytes, stamp)) => {
            let document = match &password {
                Some(password) => Document::open_with_password(bytes, &Password::new((**password).clone())),
                None => Document::open(bytes),
            };
            (document.map(Arc::new).map_err(Failure::from), Some(stamp))
        }
        Err(failure) => (Err(failure), None),
    };
    let size_bytes = length.or(stamp.map(|stamp| stamp.size_bytes)).unwrap_or(0);
    let view = view(id, &path, size_bytes, content.as_ref());
    OpenedFile {
        password,
        id: id.to_owned(),
        path,
        stamp,
        length,
        content,
        view,
    }
}

/// The repaired copy, written and opened again.
fn repaired(file: &OpenedFile, folder: &Path) -> Result<OpenedFile, Failure> {
    let document = file.document()?;
    let bytes = pdf::repair::repair(&document)?;
    let aside = files::aside(folder, &[&bytes])?;
    let copy = open(aside.path()).document()?;
    if copy.page_count() != document.page_count() || copy.can_append().is_err() {
        return Err(refuse_with(
            FailureCode::PdfNotRepaired,
            &[("why", "unreadable".into())],
        ));
    }
    let stem = file.path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let stem = format!("{}-已修复", stem.unwrap_or_default());
    Ok(open(&files::keep_as_new(aside, folder, &stem, "pdf")?))
}

fn view(id: &str, path: &Path, size_bytes: u64, content: Result<&Arc<Document>, &Failure>) -> DocumentView {
    let document = content.ok();
    let refusal = match content {
        Err(failure) => Some(failure.clone()),
        Ok(document) => document.can_append().err().map(Failure::from),
    };
    let pages: Vec<_> = document
        .iter()
        .flat_map(|document| document.pages())
        .map(page_view)
        .collect();
    let signatures = document.and_then(|document| pdf::signature::read_signatures(document).ok());
    DocumentView {
        id: id.to_owned(),
        name: files::file_name(path),
        folder: files::folder_name(path),
        size_bytes,
        page_count: u32::try_from(pages.len()).unwrap_or(u32::MAX),
        pages,
        signature_count: signatures.map_or(0, |found| u32::try_from(found.len()).unwrap_or(u32::MAX)),
        needs_password: refusal
            .as_ref()
            .is_some_and(|failure| failure.code == FailureCode::PdfEncrypted),
        is_encrypted: document.is_some_and(|document| document.is_encrypted()),
        can_repair: document.is_some_and(|document| pdf::repair::check(document).is_ok()),
        refusal,
    }
}

fn page_view(page: &pdf::PageGeometry) -> PageView {
    PageView {
        width_mm: page.width_mm(),
        height_mm: page.height_mm(),
    }
}
