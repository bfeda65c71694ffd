//! The same work on bands of rows, on several processors at once. The bands are the same on every machine, and so is what
//! comes of them.

use std::ops::Range;
use std::thread;

/// Rows of a band.
const BAND_ROWS: usize = 128;
/// More threads gain little: starting them costs too.
const MOST_THREADS: usize = 4;

/// Lets `work` fill every band of `cells`, told its first row. `width`: cells of a row.
pub(super) fn fill<T: Send>(cells: &mut [T], width: usize, work: impl Fn(usize, &mut [T]) + Sync) {
    let band = BAND_ROWS * width.max(1);
    let threads = thread::available_parallelism().map_or(1, |count| count.get().min(MOST_THREADS));
    let share = cells.len().div_ceil(band).div_ceil(threads).max(1);
    let together = |first: usize, cells: &mut [T]| {
        for (number, cells) in cells.chunks_mut(band).enumerate() {
            work((first + number) * BAND_ROWS, cells);
        }
    };
    let (ours, others) = cells.split_at_mut((share * band).min(cells.len()));
    thread::scope(|scope| {
        for (number, cells) in others.chunks_mut(share * band).enumerate() {
            scope.spawn(move || together((number + 1) * share, cells));
        }
        together(0, ours);
    });
}

/// The same by single rows.
pub(super) fn fill_rows<T: Send>(cells: &mut [T], width: usize, work: impl Fn(usize, &mut [T]) + Sync) {
    fill(cells, width, |top, band| {
        for (row, cells) in (top..).zip(band.chunks_mut(width.max(1))) {
            work(row, cells);
        }
    });
}

/// The same by bands that also read `reach` rows above and below: told those rows, and how many of them come before the
/// band's own.
pub(super) fn fill_widened<T: Send>(
    cells: &mut [T],
    (width, height): (usize, usize),
    reach: usize,
    work: impl Fn(Range<usize>, usize, &mut [T]) + Sync,
) {
    fill(cells, width, |top, band| {
        let first = top.saturating_sub(reach);
        let end = (top + band.len() / width.max(1) + reach).min(height);
        work(first..end, top - first, band);
    });
}

/// Does both at once.
pub(super) fn both<A: Send, B>(one: impl FnOnce() -> A + Send, two: impl FnOnce() -> B) -> (A, B) {
    thread::scope(|scope| {
        let one = scope.spawn(one);
        let two = two();
        match one.join() {
            Ok(one) => (one, two),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}
