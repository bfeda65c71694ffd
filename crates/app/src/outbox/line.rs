//! What may be sent next: in order for each subject, and additions of a kind in the order in which the user made them.
use std::collections::{HashSet, VecDeque};
use store::OutboxRow;

/// As many requests are under way together at most: a far platform is waited for once for all of them.
const AT_ONCE: usize = 8;
/// So far ahead is looked for something that may go.
const LOOK_AHEAD: usize = 256;

/// Everything that waits, oldest first.
pub(super) struct Line {
    pub(super) rows: VecDeque<OutboxRow>,
    /// Subjects of which something could not be sent: what comes after it waits too.
    pub(super) held: HashSet<String>,
}

impl Line {
    /// Takes out what can be sent together; empty when nothing can.
    pub(super) fn next_wave(&mut self) -> Vec<OutboxRow> {
        self.drop_held();
        let chosen = self.chosen();
        let mut wave = Vec::with_capacity(chosen.len());
        for index in chosen.into_iter().rev() {
            wave.extend(self.rows.remove(index));
        }
        wave.reverse();
        wave
    }

    /// What rests on something held is held as well.
    fn drop_held(&mut self) {
        let held = &mut self.held;
        if held.is_empty() {
            return;
        }
        self.rows.retain(|row| {
            let goes = !subjects(row).any(|subject| held.contains(subject));
            if !goes {
                held.insert(row.subject.clone());
            }
            goes
        });
    }

    fn chosen(&self) -> Vec<usize> {
        let (mut ahead, mut chosen) = (HashSet::new(), Vec::new());
        for (index, row) in self.rows.iter().enumerate().take(LOOK_AHEAD) {
            let lane = addition(row);
            let mut waited_for = subjects(row).chain(lane);
            if !waited_for.any(|subject| ahead.contains(subject)) {
                chosen.push(index);
            }
            if chosen.len() == AT_ONCE {
                break;
            }
            ahead.insert(row.subject.as_str());
            ahead.extend(lane);
        }
        chosen
    }
}

fn subjects(row: &OutboxRow) -> impl Iterator<Item = &str> {
    std::iter::once(&row.subject).chain(&row.needs).map(String::as_str)
}

/// The kind of thing that is added; none for a change of one that is there. Its subject has the key of the write.
fn addition(row: &OutboxRow) -> Option<&str> {
    row.subject.strip_suffix(row.idempotency_key.to_string().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::OutboxState;
    use time::OffsetDateTime;
    use uuid::Uuid;

    fn row(id: i64, subject: &str, needs: &[&str]) -> OutboxRow {
        let idempotency_key = Uuid::from_u128(id.unsigned_abs().into());
        OutboxRow {
            id,
            idempotency_key,
            subject: subject.replace('*', &idempotency_key.to_string()),
            needs: needs.iter().map(|need| (*need).to_owned()).collect(),
            state: OutboxState::Waiting,
            failure: None,
            theirs: None,
            attempts: 0,
            not_before: OffsetDateTime::UNIX_EPOCH,
            made_at: OffsetDateTime::UNIX_EPOCH,
        }
    }

    fn line(rows: &[OutboxRow]) -> Line {
        Line {
            rows: rows.to_vec().into(),
            held: HashSet::new(),
        }
    }

    fn ids(wave: &[OutboxRow]) -> Vec<i64> {
        wave.iter().map(|row| row.id).collect()
    }

    #[test]
    fn one_subject_goes_in_order_and_others_beside_it() {
        let mut line = line(&[
            row(1, "title:a", &[]),
            row(2, "title:a", &[]),
            row(3, "title:b", &[]),
            row(4, "order:*", &["title:a"]),
            row(5, "title:*", &[]),
            row(6, "title:*", &[]),
        ]);
        assert_eq!(ids(&line.next_wave()), [1, 3, 5]);
        assert_eq!(ids(&line.next_wave()), [2, 6]);
        assert_eq!(ids(&line.next_wave()), [4]);
        assert!(line.next_wave().is_empty());
    }

    #[test]
    fn what_rests_on_something_held_waits_and_no_more_than_eight_go() {
        let mut rows = vec![
            row(1, "title:a", &[]),
            row(2, "order:*", &["title:a"]),
            row(3, "order:x", &[]),
        ];
        rows.extend((10..30).map(|id| row(id, &format!("title:{id}"), &[])));
        let mut line = line(&rows);
        line.held.insert("title:a".to_owned());
        assert_eq!(ids(&line.next_wave()), [3, 10, 11, 12, 13, 14, 15, 16]);
        assert!(line.held.iter().any(|subject| subject.starts_with("order:0")));
    }
}
