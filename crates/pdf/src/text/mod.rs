//! Keyword hits: where a word stands on the pages, in millimetres as a person sees them.
//!
//! Counts as text: what content streams, the forms they draw and the annotations on them show, visible or not
//! (recognised text under a scan is invisible). Does not: pictures, glyphs that stand for no character, what the page's
//! boxes cut away. Clipping paths and hidden layers are not looked at.

mod annotations;
mod bare;
mod faces;
mod folding;
mod lines;
mod matching;
mod shown;
mod walker;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hayro::hayro_syntax::Pdf;

use crate::document::Document;
use crate::geometry::PageGeometry;
use crate::isolation::{self, NoAnswer};
use crate::page_range::PageRange;

use folding::Word;
use lines::Sequence;
use shown::Shown;
use walker::Walker;

/// Longest word, in characters.
const LONGEST_WORD: usize = 200;

/// Pages a thread takes at a time.
const PAGES_AT_A_TIME: usize = 8;

/// Stack of a searching thread, in bytes; only touched pages cost memory.
const STACK: usize = 64 << 20;

/// How to search.
#[derive(Debug, Clone)]
pub struct FindOptions {
    /// Only these pages; `None`: all.
    pub pages: Option<PageRange>,
    /// Most hits; 10,000 by default.
    pub most_hits: usize,
    /// Longest time; 9 seconds by default.
    pub time: Duration,
    /// How many threads; `None`: as many as there are processors, at most 4.
    pub threads: Option<usize>,
    /// Set it from elsewhere to end the search with [`FindError::Cancelled`].
    pub cancel: Option<Arc<AtomicBool>>,
}

impl Default for FindOptions {
    fn default() -> Self {
        Self {
            pages: None,
            most_hits: 10_000,
            time: Duration::from_secs(9),
            threads: None,
            cancel: None,
        }
    }
}

/// A box on a page, in mm from the visible page's top left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BoxMm {
    /// Left edge.
    pub x_mm: f64,
    /// Top edge.
    pub y_mm: f64,
    /// Width.
    pub width_mm: f64,
    /// Height.
    pub height_mm: f64,
}

/// Where a word stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// 1-based page.
    pub page: u32,
    /// Left edge from the visible page's left, in mm.
    pub x_mm: f64,
    /// Top edge from the visible page's top, in mm.
    pub y_mm: f64,
    /// Width in mm; of a word that goes on in the next line, that of its first part.
    pub width_mm: f64,
    /// Height in mm of the same.
    pub height_mm: f64,
    /// The box of every line the word stands on; the first is the hit's own.
    pub parts: Vec<BoxMm>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// By page, then from top to bottom, then from left to right.
    pub hits: Vec<Hit>,
    /// Searched pages on which nothing can be found because they show no text of
    /// their own (scans; a signature on one is no text), ascending.
    pub pages_without_text: Vec<u32>,
    /// Not everything was searched or listed: too many hits, no time left, or a page too large or broken to read.
    pub truncated: bool,
}

/// Why nothing was searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FindError {
    /// The word has no character that could be found.
    #[error("there is nothing to look for")]
    EmptyWord,
    /// The word has more than 200 characters.
    #[error("the word is too long")]
    WordTooLong,
    /// [`FindOptions::cancel`] was set.
    #[error("cancelled")]
    Cancelled,
    /// The search could not run at all.
    #[error("the pages cannot be searched")]
    Failed,
}

/// Finds `word` on the pages as the newest revision shows them.
///
/// Full-width and half-width forms, ligatures, radicals that stand for characters, upper and lower case are the same;
/// spaces count only between letters of scripts that need them. A word that goes on in the next line is found. Never
/// panics; a thread that a hostile page holds up is given up when the time is over.
///
/// # Errors
/// [`FindError`]
pub fn find(document: &Document, word: &str, options: &FindOptions) -> Result<Found, FindError> {
    if word.chars().count() > LONGEST_WORD {
        return Err(FindError::WordTooLong);
    }
    let word = Word::new(word).ok_or(FindError::EmptyWord)?;
    let search = Arc::new(Search {
        reader: Arc::clone(document.reader()),
        pages: wanted(document, options),
        word,
        most_hits: options.most_hits.max(1),
        next: AtomicUsize::new(0),
        hits: AtomicUsize::new(0),
        stop: AtomicBool::new(false),
        cancel: options.cancel.clone(),
        done: Mutex::new(Vec::new()),
    });
    let threads = threads(options)
        .min(search.pages.len().div_ceil(PAGES_AT_A_TIME))
        .max(1);
    let running = Arc::clone(&search);
    let answer = isolation::run(options.time, move || running.run(threads));
    search.stop.store(true, Ordering::Relaxed);
    if search.is_cancelled() {
        return Err(FindError::Cancelled);
    }
    match answer {
        Err(NoAnswer::Failed) => Err(FindError::Failed),
        Ok(()) | Err(NoAnswer::TooSlow) => Ok(search.found()),
    }
}

fn threads(options: &FindOptions) -> usize {
    let available = || std::thread::available_parallelism().map_or(1, |count| count.get().min(4));
    options.threads.unwrap_or_else(available).clamp(1, 64)
}

/// The pages to search, with what places them.
fn wanted(document: &Document, options: &FindOptions) -> Vec<(u32, PageGeometry)> {
    (1..)
        .zip(document.pages().iter().copied())
        .filter(|(page, _)| options.pages.as_ref().is_none_or(|pages| pages.contains(*page)))
        .collect()
}

/// One search, shared by its threads.
struct Search {
    reader: Arc<Pdf>,
    pages: Vec<(u32, PageGeometry)>,
    word: Word,
    most_hits: usize,
    /// Index of the next page nobody has taken.
    next: AtomicUsize,
    hits: AtomicUsize,
    stop: AtomicBool,
    cancel: Option<Arc<AtomicBool>>,
    done: Mutex<Vec<PageAnswer>>,
}

/// What one page said.
struct PageAnswer {
    page: u32,
    hits: Vec<Hit>,
    has_text: bool,
    /// Read to its end.
    whole: bool,
}

impl Search {
    fn run(&self, threads: usize) {
        std::thread::scope(|scope| {
            for _ in 1..threads {
                // One thread fewer only makes it slower.
                let _ = std::thread::Builder::new()
                    .stack_size(STACK)
                    .spawn_scoped(scope, || self.work());
            }
            self.work();
        });
    }

    fn work(&self) {
        let mut walker = Walker::new();
        let (mut shown, mut sequence) = (Shown::default(), Sequence::default());
        while !self.is_over() {
            let first = self.next.fetch_add(PAGES_AT_A_TIME, Ordering::Relaxed);
            if first >= self.pages.len() {
                return;
            }
            for (page, geometry) in self.pages.iter().skip(first).take(PAGES_AT_A_TIME) {
                let reading = || self.page(*page, geometry, &mut walker, &mut shown, &mut sequence);
                let Ok(answer) = catch_unwind(AssertUnwindSafe(reading)) else {
                    walker = Walker::new();
                    self.add(PageAnswer::broken(*page));
                    continue;
                };
                self.add(answer);
            }
        }
    }

    fn page<'a>(
        &'a self,
        page: u32,
        geometry: &PageGeometry,
        walker: &mut Walker<'a>,
        shown: &mut Shown,
        sequence: &mut Sequence,
    ) -> PageAnswer {
        let pages = self.reader.pages();
        let Some(source) = crate::document::page_index(page).and_then(|index| pages.get(index)) else {
            return PageAnswer::broken(page);
        };
        let whole = walker.page(source, shown, &|| self.is_stopped());
        PageAnswer {
            page,
            hits: matching::hits(&self.word, page, geometry, shown, sequence, self.most_hits),
            has_text: shown.has_text(),
            whole,
        }
    }

    fn add(&self, answer: PageAnswer) {
        self.hits.fetch_add(answer.hits.len(), Ordering::Relaxed);
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.push(answer);
    }

    fn is_cancelled(&self) -> bool {
        self.cancel
            .as_ref()
            .is_some_and(|cancel| cancel.load(Ordering::Relaxed))
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.is_cancelled()
    }

    /// Pages are taken in order, so with this many hits the first ones are among those found.
    fn is_over(&self) -> bool {
        self.is_stopped() || self.hits.load(Ordering::Relaxed) > self.most_hits
    }

    fn found(&self) -> Found {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        let mut answers = std::mem::take(&mut *done);
        answers.sort_by_key(|answer| answer.page);
        let mut found = Found {
            truncated: answers.len() < self.pages.len(),
            ..Found::default()
        };
        for answer in answers {
            found.truncated |= !answer.whole;
            if !answer.has_text && answer.whole && answer.hits.is_empty() {
                found.pages_without_text.push(answer.page);
            }
            found.hits.extend(answer.hits);
        }
        found.truncated |= found.hits.len() > self.most_hits;
        found.hits.truncate(self.most_hits);
        found
    }
}

impl PageAnswer {
    fn broken(page: u32) -> Self {
        Self {
            page,
            hits: Vec::new(),
            has_text: false,
            whole: false,
        }
    }
}
