//! A file's hash from its first byte on, begun before it is known how much of it a signature covers.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

use sha2::{Digest, Sha256};

/// The state is kept after every piece of so many bytes: from the nearest one on, little is left to hash.
const PIECE_BYTES: usize = 1 << 20;

/// The SHA-256 of the front of a file, as far as it has come.
pub struct Ahead<'a> {
    bytes: &'a [u8],
    /// The state after each whole piece.
    states: Mutex<Vec<Sha256>>,
    grown: Condvar,
    /// Nothing more will be hashed beside.
    over: AtomicBool,
}

/// Runs `work` while these bytes are hashed beside it; that ends when `work` does.
pub fn hash_ahead<T>(bytes: &[u8], work: impl FnOnce(&Ahead<'_>) -> T) -> T {
    let ahead = Ahead {
        bytes,
        states: Mutex::default(),
        grown: Condvar::new(),
        over: AtomicBool::new(bytes.len() < PIECE_BYTES),
    };
    if ahead.is_over() {
        return work(&ahead);
    }
    std::thread::scope(|threads| {
        threads.spawn(|| ahead.walk_through());
        threads.spawn(|| ahead.hash());
        // Also when `work` panics: nobody waits for the others then.
        let _end = End(&ahead);
        work(&ahead)
    })
}

struct End<'a>(&'a Ahead<'a>);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.over.store(true, Ordering::Relaxed);
    }
}

impl Ahead<'_> {
    /// Whether these are the bytes that are hashed.
    pub(crate) fn is_of(&self, bytes: &[u8]) -> bool {
        std::ptr::eq(self.bytes, bytes)
    }

    /// The state after the first `length` bytes, at most all of them; waited for when it has not come so far.
    pub(crate) fn state_at(&self, length: usize) -> Sha256 {
        let pieces = length / PIECE_BYTES;
        let states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        let far_enough = |states: &mut Vec<Sha256>| states.len() < pieces && !self.is_over();
        let states = self.grown.wait_while(states, far_enough);
        let states = states.unwrap_or_else(PoisonError::into_inner);
        let done = states.len().min(pieces);
        let state = done.checked_sub(1).and_then(|last| states.get(last)).cloned();
        drop(states);
        let rest = self.bytes.get(done * PIECE_BYTES..length).unwrap_or_default();
        state.unwrap_or_default().chain_update(rest)
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    fn hash(&self) {
        let mut state = Sha256::new();
        for piece in self.bytes.chunks_exact(PIECE_BYTES) {
            if self.is_over() {
                break;
            }
            state.update(piece);
            let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
            states.push(state.clone());
            drop(states);
            self.grown.notify_all();
        }
    }

    /// Looks at every page of memory once. A mapped file is brought in page by page where it is first looked at: done ahead
    /// of whoever hashes it, that costs them nothing.
    fn walk_through(&self) {
        const PAGE_BYTES: usize = 4096;
        for piece in self.bytes.chunks(PIECE_BYTES) {
            if self.is_over() {
                return;
            }
            let seen = piece.iter().step_by(PAGE_BYTES).fold(0, |seen, byte| seen ^ byte);
            std::hint::black_box(seen);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_front_has_the_hash_it_would_have_alone() {
        for size in [0, 1, PIECE_BYTES - 1, PIECE_BYTES, 3 * PIECE_BYTES + 5] {
            let bytes: Vec<u8> = (0..size).map(|at| (at % 253) as u8).collect();
            hash_ahead(&bytes, |ahead| {
                for length in [0, 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES - 1, size] {
                    let length = length.min(size);
                    let expected = Sha256::digest(&bytes[..length]);
                    assert_eq!(ahead.state_at(length).finalize(), expected, "{length} of {size}");
                }
            });
        }
    }

    #[test]
    fn who_comes_when_it_is_over_hashes_the_rest_alone() {
        let bytes = vec![7; 5 * PIECE_BYTES];
        hash_ahead(&bytes, |ahead| {
            drop(End(ahead));
            assert_eq!(ahead.state_at(bytes.len()).finalize(), Sha256::digest(&bytes));
        });
    }
}
