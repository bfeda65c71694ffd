//! The words of one account's orders in memory: any part of any word is found among 100,000 orders in milliseconds.
//!
//! Short Chinese words rule out an index of triples, and words that every order has rule out one of pairs: going through
//! all the text is quicker, and it may stay sealed on the disk.
use crate::{OrderColumn, OrderFilter};
use memchr::memmem::Finder;
use std::cmp::Ordering;
use std::collections::HashMap;

/// Ends a line; no word has it.
const END: char = '\0';

/// What an order is found, filtered and sorted by.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) row: i64,
    pub(crate) number: String,
    pub(crate) placed_at: i64,
    pub(crate) amount_fen: i64,
    pub(crate) state: String,
    pub(crate) words: String,
}

/// An order's line in the text.
struct Line {
    row: i64,
    start: usize,
    number_end: usize,
    placed_at: i64,
    amount_fen: i64,
    /// Position among the states met; none when another line took its place.
    state: Option<usize>,
}

/// The orders of one account.
#[derive(Default)]
pub(crate) struct Words {
    text: String,
    lines: Vec<Line>,
    line_of_row: HashMap<i64, usize>,
    states: Vec<String>,
    replaced: usize,
}

impl Words {
    /// Adds an order, or puts it in the place of its former self.
    pub(crate) fn put(&mut self, entry: &Entry) {
        let state = self.state(&entry.state);
        let start = self.text.len();
        self.text.push_str(&entry.number);
        let number_end = self.text.len();
        self.text.push(' ');
        self.text.extend(entry.words.chars().filter(|letter| *letter != END));
        self.text.push(END);
        let line = self.lines.len();
        self.lines.push(Line {
            row: entry.row,
            start,
            number_end,
            placed_at: entry.placed_at,
            amount_fen: entry.amount_fen,
            state: Some(state),
        });
        if let Some(former) = self.line_of_row.insert(entry.row, line)
            && let Some(former) = self.lines.get_mut(former)
        {
            former.state = None;
            self.replaced += 1;
        }
    }

    /// So much was replaced that reading all anew is better.
    pub(crate) fn is_worn(&self) -> bool {
        self.replaced > 1000 && self.replaced > self.lines.len() / 2
    }

    /// The rows of a page, and how many match in all.
    pub(crate) fn page(&self, filter: &OrderFilter) -> (Vec<i64>, u64) {
        let mut found = self.matching(&filter.text.trim().to_lowercase(), filter.state.as_deref());
        let total = found.len();
        let from = (filter.offset as usize).min(total);
        let until = from.saturating_add(filter.limit as usize).min(total);
        let order = |one: &&Line, other: &&Line| self.order(filter, one, other);
        if until < total {
            found.select_nth_unstable_by(until, order);
            found.truncate(until);
        }
        found.sort_unstable_by(order);
        let rows = found.iter().skip(from).map(|line| line.row).collect();
        (rows, total as u64)
    }

    fn matching(&self, needle: &str, state: Option<&str>) -> Vec<&Line> {
        if needle.contains(END) {
            return Vec::new();
        }
        let wanted = state.map(|state| self.states.iter().position(|known| known == state));
        let (finder, text) = (Finder::new(needle), self.text.as_bytes());
        let mut lines = self.lines.iter().peekable();
        let (mut found, mut rest_from) = (Vec::new(), 0);
        while let Some(at) = text.get(rest_from..).and_then(|rest| finder.find(rest)) {
            let mut line = None;
            while let Some(next) = lines.next_if(|next| next.start <= rest_from + at) {
                line = Some(next);
            }
            let Some(line) = line else { break };
            if line.state.is_some() && wanted.is_none_or(|wanted| wanted == line.state) {
                found.push(line);
            }
            // One hit in a line is enough.
            rest_from = lines.peek().map_or(text.len(), |next| next.start);
        }
        found
    }

    fn order(&self, filter: &OrderFilter, one: &Line, other: &Line) -> Ordering {
        let by_column = match filter.column {
            OrderColumn::PlacedAt => one.placed_at.cmp(&other.placed_at),
            OrderColumn::Amount => one.amount_fen.cmp(&other.amount_fen),
            OrderColumn::Number => self.number(one).cmp(self.number(other)),
        };
        let order = by_column.then(one.row.cmp(&other.row));
        if filter.descending { order.reverse() } else { order }
    }

    fn number(&self, line: &Line) -> &str {
        self.text.get(line.start..line.number_end).unwrap_or_default()
    }

    fn state(&mut self, state: &str) -> usize {
        let known = self.states.iter().position(|known| known == state);
        known.unwrap_or_else(|| {
            self.states.push(state.to_owned());
            self.states.len() - 1
        })
    }
}

/// The words that are in memory: of the account that searched last.
#[derive(Default)]
pub(crate) enum Held {
    #[default]
    Nothing,
    /// They are being read; what changes meanwhile is put on top.
    Reading { scope: String, changed: Vec<Entry> },
    /// They are all there.
    Words { scope: String, words: Words },
}

impl Held {
    /// What was changed in the file is changed here.
    pub(crate) fn put(&mut self, of: &str, entries: Vec<Entry>) {
        match self {
            Self::Reading { scope, changed } if scope == of => changed.extend(entries),
            Self::Words { scope, words } if scope == of => {
                entries.iter().for_each(|entry| words.put(entry));
                if words.is_worn() {
                    *self = Self::Nothing;
                }
            }
            Self::Nothing | Self::Reading { .. } | Self::Words { .. } => {}
        }
    }
}
