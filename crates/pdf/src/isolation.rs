//! Runs code that hostile bytes may break (a foreign drawing program) apart from the caller:
//! own thread, own large stack, a time limit, panics caught.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

/// Stack of the worker, in bytes; only touched pages cost memory.
pub(crate) const STACK: usize = 256 << 20;

/// Most workers that may still be running after their time was up. A thread cannot be stopped
/// from outside; more than this many strays and further work is refused at once.
const MOST_STRAYS: usize = 4;

static STRAYS: AtomicUsize = AtomicUsize::new(0);

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    TooSlow,
    Failed,
}

/// Runs `work` and waits at most `limit` for it.
pub(crate) fn run<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, NoAnswer> {
    if STRAYS.load(Ordering::Relaxed) >= MOST_STRAYS {
        return Err(NoAnswer::TooSlow);
    }
    let (sender, receiver) = sync_channel(1);
    let builder = std::thread::Builder::new()
        .name("pdf worker".to_owned())
        .stack_size(STACK);
    let worker = builder.spawn(move || {
        let answer = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
        // Fails only when the caller gave up: then this thread was counted as a stray.
        if sender.send(answer).is_err() {
            STRAYS.fetch_sub(1, Ordering::Relaxed);
        }
    });
    if worker.is_err() {
        return Err(NoAnswer::Failed);
    }
    match receiver.recv_timeout(limit) {
        Ok(answer) => answer.map_err(|_| NoAnswer::Failed),
        Err(RecvTimeoutError::Disconnected) => Err(NoAnswer::Failed),
        Err(RecvTimeoutError::Timeout) => {
            STRAYS.fetch_add(1, Ordering::Relaxed);
            // The answer may have arrived between the two lines above.
            match receiver.try_recv() {
                Ok(answer) => {
                    STRAYS.fetch_sub(1, Ordering::Relaxed);
                    answer.map_err(|_| NoAnswer::Failed)
                }
                Err(_) => Err(NoAnswer::TooSlow),
            }
        }
    }
}
