//! The worker's side: limits itself, then draws page after page until its input ends.
use super::protocol::{Answer, PageFile, PageOrder, Pixels, Refusal, read_header, write_answer};
use crate::mapped;
use crate::pictures::fallback_fonts;
use pdf::picture::{Painter, Picture, PictureError, Source};
use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::path::Path;

/// The hidden first argument of a worker.
pub(super) const ARGUMENT: &str = "--page-worker";

/// Stack for drawing, in bytes: forms in forms go deep.
const STACK: usize = 64 << 20;

/// Most memory of its own a worker may have, in bytes; with the program itself it stays below 512 MB.
#[cfg(unix)]
const MOST_MEMORY: u64 = 400 << 20;

/// Pages after which fonts and glyphs kept for a document are let go: kept for ever, they would fill the memory.
const PAGES_PER_PAINTER: u32 = 64;

/// Draws pages for a parent, when this program was started for that; says whether it was. To be called before
/// anything else: then `main` has only to return.
pub fn serve() -> bool {
    let is_worker = std::env::args_os().nth(1).is_some_and(|argument| argument == ARGUMENT);
    if is_worker {
        limit_memory();
        let worker = std::thread::Builder::new().stack_size(STACK).spawn(|| {
            // A closed pipe means that the parent is gone or has given up: either way this is the end.
            let _ = work(&mut io::stdin().lock(), &mut io::stdout().lock());
        });
        // A panic ends the worker; the parent sees its output end.
        let _ = worker.map(std::thread::JoinHandle::join);
    }
    is_worker
}

/// RLIMIT_DATA, because RLIMIT_AS would count the mapped file and refuse large documents. Linux honours it;
/// macOS takes the call and ignores it, and Windows would need a job object: there only the time is limited.
fn limit_memory() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let limit = |bytes| Rlimit {
            current: Some(bytes),
            maximum: Some(bytes),
        };
        // Refused where the person's own limit is lower still.
        let _ = setrlimit(Resource::Data, limit(MOST_MEMORY));
    }
}

fn work(input: &mut impl Read, output: &mut impl Write) -> io::Result<()> {
    let mut next = read_header::<PageOrder>(input)?;
    while let Some(order) = next {
        next = match opened(&order.file) {
            Ok(source) => draw_from(&source, order, input, output)?,
            Err(refusal) => {
                write_answer(output, &Answer::Refused(refusal), &[])?;
                read_header(input)?
            }
        };
    }
    Ok(())
}

fn opened(file: &PageFile) -> Result<Source, Refusal> {
    let (bytes, stamp) = mapped::open_front(&file.path(), file.length()).map_err(|_| Refusal::Unreadable)?;
    if file.stamp().is_some_and(|wanted| wanted != stamp) {
        return Err(Refusal::Changed);
    }
    Source::open(bytes, file.password()).map_err(|_| Refusal::Unreadable)
}

/// Draws until another file is asked for; gives back that order.
fn draw_from(
    source: &Source,
    first: PageOrder,
    input: &mut impl Read,
    output: &mut impl Write,
) -> io::Result<Option<PageOrder>> {
    let fonts = fallback_fonts();
    let mut painter = Painter::new(source, &fonts);
    let mut order = first;
    let mut drawn: u32 = 0;
    loop {
        match picture(&painter, &order) {
            Ok((answer, body)) => write_answer(output, &answer, &body)?,
            Err(refusal) => write_answer(output, &Answer::Refused(refusal), &[])?,
        }
        drawn = drawn.saturating_add(1);
        if drawn.is_multiple_of(PAGES_PER_PAINTER) {
            painter = Painter::new(source, &fonts);
        }
        match read_header::<PageOrder>(input)? {
            Some(next) if next.file == order.file => order = next,
            other => return Ok(other),
        }
    }
}

fn picture(painter: &Painter<'_>, order: &PageOrder) -> Result<(Answer, Vec<u8>), Refusal> {
    let drawn = painter.draw(order.page, order.size.into()).map_err(refusal)?;
    let (width, height) = (drawn.width, drawn.height);
    let body = match &order.into {
        Some(path) if write_into(Path::new(path), &drawn, order.pixels).is_ok() => Vec::new(),
        _ => {
            let mut body = Vec::new();
            write(&drawn, order.pixels, &mut body).map_err(|_| Refusal::Failed)?;
            body
        }
    };
    let bytes = u64::try_from(body.len()).map_err(|_| Refusal::BadSize)?;
    Ok((Answer::Drawn { width, height, bytes }, body))
}

/// Where that fails, the parent gets the bytes, tries by itself and says why not.
fn write_into(path: &Path, drawn: &Picture, pixels: Pixels) -> io::Result<()> {
    write(drawn, pixels, &mut OpenOptions::new().write(true).open(path)?)
}

fn write(drawn: &Picture, pixels: Pixels, output: &mut impl Write) -> io::Result<()> {
    match pixels {
        Pixels::Png => output.write_all(&drawn.to_png().map_err(io::Error::other)?),
        Pixels::Rgba => output.write_all(&drawn.rgba),
        Pixels::Ppm => drawn.write_ppm(output),
    }
}

fn refusal(error: PictureError) -> Refusal {
    match error {
        PictureError::NoSuchPage => Refusal::NoSuchPage,
        PictureError::BadSize => Refusal::BadSize,
        PictureError::TooSlow | PictureError::Failed => Refusal::Failed,
    }
}
