//! The parent's side: few workers, newest wish first, nothing drawn twice at once, and the dead replaced.
use super::child::{Drawn, NoPicture, Worker};
use super::protocol::{PageFile, PageOrder, Refusal};
use crate::application::locked;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Notify, oneshot};

/// Workers at once: a person's computer has other things to do.
const MOST_WORKERS: usize = 2;
/// Wishes kept for pages in full size: the window shows one paper at a time, older wishes are of pages left behind.
const MOST_PAPERS: usize = 4;
/// Wishes kept for thumbnails: what fits a tall screen, twice.
const MOST_THUMBNAILS: usize = 48;
/// What a person looks at waits this long for a worker; then what was begun before, and is looked at no longer, is given
/// up. Nearly every page is drawn sooner, and a worker that is killed takes its caches along.
const POLITENESS: Duration = Duration::from_millis(300);
/// A worker with nothing to do for this long is ended: its caches cost memory.
const PATIENCE: Duration = Duration::from_secs(20);

/// Which wish goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// Small pictures at the side; dropped when too many are waiting.
    Thumbnail,
    /// What the person looks at; dropped when newer ones came.
    Paper,
    /// For a file to be written: never dropped, and no hurry.
    Work,
}

/// Why there is no picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotDrawn {
    /// No such page.
    #[error("no such page")]
    NoSuchPage,
    /// The picture would have too many pixels, or none.
    #[error("the picture would be too large or empty")]
    BadSize,
    /// The page took longer than may be; its worker was killed.
    #[error("drawing took too long")]
    TooSlow,
    /// The page cannot be drawn, or not within the memory a worker may have.
    #[error("the page cannot be drawn")]
    Failed,
    /// The file cannot be read any more.
    #[error("the file cannot be read")]
    Unreadable,
    /// The file is not the one that was opened.
    #[error("the file has changed")]
    Changed,
    /// Newer wishes pushed this one out, waiting or half drawn, or its file was closed.
    #[error("no longer wanted")]
    NotWanted,
}

/// Which program the workers are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkerProgram {
    /// This very program: its `main` calls [`super::serve`].
    Own,
    /// Another one that does: tests, whose own program is the test runner's.
    At(PathBuf),
}

/// Draws pages in child processes. Cheap to clone; clones share the workers.
#[derive(Clone)]
pub struct PageWorkers {
    shared: Arc<Shared>,
}

struct Shared {
    program: WorkerProgram,
    state: Mutex<State>,
    bell: Notify,
}

#[derive(Default)]
struct State {
    /// Oldest first.
    waiting: Vec<Wish>,
    /// Begun, oldest first.
    drawing: Vec<Begun>,
    workers: usize,
    idle: usize,
    ids: Vec<u32>,
}

struct Wish {
    order: PageOrder,
    urgency: Urgency,
    listeners: Vec<oneshot::Sender<Outcome>>,
}

/// A wish in a worker's hands; dropped, its drawing is given up.
struct Begun {
    wish: Wish,
    _stop: oneshot::Sender<()>,
}

/// An order, and the end of waiting for it: resolves when nobody wants the picture any more.
type Begin = (PageOrder, oneshot::Receiver<()>);

type Outcome = Result<Arc<Drawn>, NotDrawn>;

impl PageWorkers {
    /// No worker is started before there is something to draw.
    pub fn new(program: WorkerProgram) -> Self {
        Self {
            shared: Arc::new(Shared {
                program,
                state: Mutex::default(),
                bell: Notify::new(),
            }),
        }
    }

    /// Has a page drawn; answers within 10 seconds from when its turn came. What a person looks at does not wait behind
    /// slow pages that were looked at before. Needs a tokio runtime.
    ///
    /// # Errors
    /// Every kind of [`NotDrawn`].
    pub async fn draw(&self, order: PageOrder, urgency: Urgency) -> Result<Arc<Drawn>, NotDrawn> {
        let (listener, mut outcome) = oneshot::channel();
        let wants_worker = locked(&self.shared.state).wish(order.clone(), urgency, listener);
        if wants_worker {
            tokio::spawn(work(Arc::clone(&self.shared)));
        } else {
            self.shared.bell.notify_one();
        }
        if urgency == Urgency::Paper {
            if let Ok(outcome) = tokio::time::timeout(POLITENESS, &mut outcome).await {
                return outcome.unwrap_or(Err(NotDrawn::Failed));
            }
            locked(&self.shared.state).make_room(&order);
        }
        outcome.await.unwrap_or(Err(NotDrawn::Failed))
    }

    /// Gives up every picture of a file, waiting or half drawn.
    pub fn forget(&self, file: &PageFile) {
        locked(&self.shared.state).give_up(|wish| wish.order.file == *file);
    }

    /// Process ids of the running workers.
    pub fn ids(&self) -> Vec<u32> {
        locked(&self.shared.state).ids.clone()
    }
}

impl State {
    /// Adds a wish, or joins the same one; says whether another worker is to be started.
    fn wish(&mut self, order: PageOrder, urgency: Urgency, listener: oneshot::Sender<Outcome>) -> bool {
        if let Some(same) = self.drawing.iter_mut().find(|begun| begun.wish.order == order) {
            same.wish.listeners.push(listener);
            return false;
        }
        let mut wish = match self.waiting.iter().position(|wish| wish.order == order) {
            Some(place) => self.waiting.remove(place),
            None => Wish {
                order,
                urgency,
                listeners: Vec::new(),
            },
        };
        wish.urgency = wish.urgency.max(urgency);
        wish.listeners.push(listener);
        self.waiting.push(wish);
        self.forget_old(Urgency::Paper, MOST_PAPERS);
        self.forget_old(Urgency::Thumbnail, MOST_THUMBNAILS);
        let start = self.idle == 0 && self.workers < MOST_WORKERS;
        if start {
            self.workers = self.workers.saturating_add(1);
        }
        start
    }

    fn forget_old(&mut self, urgency: Urgency, most: usize) {
        let count = self.waiting.iter().filter(|wish| wish.urgency == urgency).count();
        if count <= most {
            return;
        }
        if let Some(oldest) = self.waiting.iter().position(|wish| wish.urgency == urgency) {
            self.waiting.remove(oldest).tell(&Err(NotDrawn::NotWanted));
        }
    }

    /// Gives up the oldest drawing that was for the eye, when this order still waits behind it.
    fn make_room(&mut self, order: &PageOrder) {
        if !self.waiting.iter().any(|wish| wish.order == *order) {
            return;
        }
        if let Some(oldest) = self
            .drawing
            .iter()
            .position(|begun| begun.wish.urgency <= Urgency::Paper)
        {
            self.drawing.remove(oldest).wish.tell(&Err(NotDrawn::NotWanted));
        }
    }

    fn give_up(&mut self, unwanted: impl Fn(&Wish) -> bool) {
        let waiting = self.waiting.extract_if(.., |wish| unwanted(wish));
        let begun = self.drawing.extract_if(.., |begun| unwanted(&begun.wish));
        for wish in waiting.chain(begun.map(|begun| begun.wish)) {
            wish.tell(&Err(NotDrawn::NotWanted));
        }
    }

    /// The next order: what is looked at, then thumbnails, the newest first; then work, the oldest first.
    fn next(&mut self) -> Option<Begin> {
        let newest = |urgency| self.waiting.iter().rposition(|wish| wish.urgency == urgency);
        let place = newest(Urgency::Paper).or_else(|| newest(Urgency::Thumbnail));
        let place = place.or((!self.waiting.is_empty()).then_some(0))?;
        let wish = self.waiting.remove(place);
        let order = wish.order.clone();
        let (stop, stopped) = oneshot::channel();
        self.drawing.push(Begun { wish, _stop: stop });
        Some((order, stopped))
    }

    fn finished(&mut self, order: &PageOrder, outcome: &Outcome) {
        if let Some(place) = self.drawing.iter().position(|begun| begun.wish.order == *order) {
            self.drawing.remove(place).wish.tell(outcome);
        }
    }
}

impl Wish {
    /// Who does not listen any more is not missed.
    fn tell(self, outcome: &Outcome) {
        for listener in self.listeners {
            let _ = listener.send(outcome.clone());
        }
    }
}

/// One place at the bench: draws with a worker, replaces it when it dies, and ends it when there is nothing to do.
async fn work(shared: Arc<Shared>) {
    let mut worker = None;
    while let Some((order, stopped)) = next_order(&shared).await {
        let drawn = tokio::select! {
            drawn = draw(&shared, &mut worker, &order) => Some(drawn.map(Arc::new)),
            _ = stopped => None,
        };
        match drawn {
            Some(outcome) => locked(&shared.state).finished(&order, &outcome),
            // It is in the middle of what nobody wants.
            None => end(&shared, worker.take()).await,
        }
    }
    end(&shared, worker).await;
}

/// Waits for work; none when it did not come in time, and then this place is given up in the same moment.
async fn next_order(shared: &Shared) -> Option<Begin> {
    loop {
        {
            let mut state = locked(&shared.state);
            if let Some(begin) = state.next() {
                return Some(begin);
            }
            state.idle = state.idle.saturating_add(1);
        }
        let waited = tokio::time::timeout(PATIENCE, shared.bell.notified()).await;
        let mut state = locked(&shared.state);
        state.idle = state.idle.saturating_sub(1);
        if waited.is_err() && state.waiting.is_empty() {
            state.workers = state.workers.saturating_sub(1);
            return None;
        }
    }
}

/// A worker that drew before may have died of what it kept: then a fresh one tries once more.
async fn draw(shared: &Shared, place: &mut Option<Worker>, order: &PageOrder) -> Result<Drawn, NotDrawn> {
    loop {
        let is_fresh = place.is_none();
        let worker = match place {
            Some(used) => used,
            None => place.insert(started(shared)?),
        };
        let not_drawn = match worker.draw(order).await {
            Ok(drawn) => return Ok(drawn),
            Err(NoPicture::Refused(refusal)) => return Err(refusal.into()),
            Err(NoPicture::TooSlow) => Some(NotDrawn::TooSlow),
            Err(NoPicture::Broken) => is_fresh.then_some(NotDrawn::Failed),
        };
        end(shared, place.take()).await;
        if let Some(not_drawn) = not_drawn {
            return Err(not_drawn);
        }
    }
}

fn started(shared: &Shared) -> Result<Worker, NotDrawn> {
    let worker = own_program(&shared.program)
        .and_then(|program| Worker::start(&program))
        .map_err(|error| {
            tracing::error!(%error, "no page worker");
            NotDrawn::Failed
        })?;
    locked(&shared.state).ids.extend(worker.id());
    Ok(worker)
}

async fn end(shared: &Shared, worker: Option<Worker>) {
    if let Some(worker) = worker {
        let id = worker.id();
        locked(&shared.state).ids.retain(|other| Some(*other) != id);
        worker.end().await;
    }
}

fn own_program(program: &WorkerProgram) -> std::io::Result<PathBuf> {
    match program {
        WorkerProgram::At(path) => Ok(path.clone()),
        // The running program itself, also after an update has put another file at its path.
        WorkerProgram::Own if cfg!(target_os = "linux") => Ok(PathBuf::from("/proc/self/exe")),
        WorkerProgram::Own => std::env::current_exe(),
    }
}

impl From<Refusal> for NotDrawn {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unreadable => Self::Unreadable,
            Refusal::Changed => Self::Changed,
            Refusal::NoSuchPage => Self::NoSuchPage,
            Refusal::BadSize => Self::BadSize,
            Refusal::Failed => Self::Failed,
        }
    }
}
