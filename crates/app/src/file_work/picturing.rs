//! Pages of a file as picture files, drawn in child processes; pages drawn in one go share what was learnt of the file.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use pdf::PageRange;
use tokio::task::JoinSet;

use super::{FileWorkError, PdfPassword, bytes};
use crate::failure::internal;
use crate::files;
use crate::page_worker::{PageFile, PageOrder, PageSize, PageWorkers, Pixels, Urgency, WorkerProgram};

/// Orders given out at once: both workers stay busy, and no more pictures than these are half written.
const IN_FLIGHT: usize = 4;

/// Which pages of which file to draw.
pub struct PictureTask {
    /// The PDF.
    pub input: PathBuf,
    /// Its password, when it has one.
    pub password: Option<PdfPassword>,
    /// `all`, `odd`, `even`, `last`, `1-3,5`.
    pub pages: String,
    /// Pixels per inch of the visible page.
    pub dpi: f64,
}

/// Draws the pages and writes each under the name that `name` gives it (plain pixels for `.ppm`, else PNG); answers with the names, by page.
/// Needs a tokio runtime, and a `main` that calls [`crate::page_worker::serve`] first.
///
/// # Errors
/// [`FileWorkError::Open`], [`FileWorkError::Pages`], [`FileWorkError::Page`] for the first page that cannot be drawn,
/// [`FileWorkError::Unwritable`], [`FileWorkError::OutputIsInput`].
pub async fn draw_pages(
    task: &PictureTask,
    name: impl Fn(u32) -> PathBuf,
    program: WorkerProgram,
) -> Result<Vec<(u32, PathBuf)>, FileWorkError> {
    let count = bytes::open(&task.input, task.password.as_ref())?.page_count();
    let mut pages = PageRange::parse(&task.pages, count)?
        .pages()
        .collect::<Vec<_>>()
        .into_iter();
    let workers = PageWorkers::new(program);
    let mut drawing = JoinSet::new();
    let mut pending = HashMap::new();
    let mut written = Vec::new();
    loop {
        for page in pages.by_ref().take(IN_FLIGHT.saturating_sub(drawing.len())) {
            let path = name(page);
            bytes::keep_apart(&task.input, &path)?;
            let part = files::part_file(files::folder_of(&path))?;
            let (workers, order) = (workers.clone(), task.order(page, &path, part.path()));
            let handle = drawing.spawn(async move { workers.draw(order, Urgency::Work).await });
            pending.insert(handle.id(), (page, path, part));
        }
        let Some(finished) = drawing.join_next_with_id().await else {
            break;
        };
        let (id, outcome) = finished.map_err(|error| internal("drawing stopped", &error))?;
        let Some((page, path, part)) = pending.remove(&id) else {
            continue;
        };
        let drawn = outcome.map_err(|cause| FileWorkError::Page { page, cause })?;
        bytes::name_again(part, &drawn.bytes, &path)?;
        written.push((page, path));
    }
    written.sort();
    Ok(written)
}

/// Plain pixels in a file that is named so, else PNG.
fn pixels_for(path: &Path) -> Pixels {
    match path.extension() {
        Some(ending) if ending.eq_ignore_ascii_case("ppm") => Pixels::Ppm,
        _ => Pixels::Png,
    }
}

impl PictureTask {
    fn order(&self, page: u32, path: &Path, part: &Path) -> PageOrder {
        PageOrder {
            file: PageFile::new(&self.input).with_password(self.password.clone()),
            page,
            size: PageSize::Scale(self.dpi / 72.0),
            pixels: pixels_for(path),
            into: Some(part.as_os_str().to_owned()),
        }
    }
}
