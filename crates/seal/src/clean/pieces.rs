//! Connected pieces of a picture, found row by row from runs of cells.

use super::plane::Plane;

/// Cells of one row that hang together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub(super) row: usize,
    pub(super) left: usize,
    /// The first column that no longer belongs.
    pub(super) right: usize,
    /// The number of the piece it belongs to.
    pub(super) piece: usize,
}

impl Run {
    /// Its cells.
    pub(super) fn of<'a, T: Copy + Default>(&self, plane: &'a Plane<T>) -> &'a [T] {
        plane.row(self.row).get(self.left..self.right).unwrap_or_default()
    }

    /// Whether a run of the next row hangs together with it, also by a corner.
    fn meets(&self, lower: &Self) -> bool {
        self.left <= lower.right && lower.left <= self.right
    }
}

/// All runs, from the top, and how many pieces they make.
pub(super) struct Runs {
    pub(super) runs: Vec<Run>,
    pub(super) pieces: usize,
}

/// The runs of solid cells, with pieces numbered from 0 in the order of their first run.
pub(super) fn runs<T: Copy + Default>(plane: &Plane<T>, solid: impl Fn(T) -> bool) -> Runs {
    let (mut runs, mut families) = (Vec::<Run>::new(), Families::default());
    let mut upper = 0..0;
    for (row, cells) in plane.rows().enumerate() {
        let first = runs.len();
        let mut upper_row = upper.clone();
        for (left, right) in stretches(cells, &solid) {
            let mut run = Run {
                row,
                left,
                right,
                piece: families.founded(),
            };
            while let Some(above) = runs.get(upper_row.start).filter(|_| !upper_row.is_empty()) {
                if above.meets(&run) {
                    families.join(above.piece, run.piece);
                }
                if above.right > run.right {
                    break;
                }
                upper_row.start += 1;
            }
            run.piece = families.head(run.piece);
            runs.push(run);
        }
        upper = first..runs.len();
    }
    let (numbers, pieces) = families.numbered();
    for run in &mut runs {
        run.piece = numbers.get(run.piece).copied().unwrap_or_default();
    }
    Runs { runs, pieces }
}

/// Where solid cells begin and end in a row.
fn stretches<T: Copy>(cells: &[T], solid: &impl Fn(T) -> bool) -> impl Iterator<Item = (usize, usize)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let left = from + cells.get(from..)?.iter().position(|cell| solid(*cell))?;
        let rest = cells.get(left..)?;
        let length = rest.iter().position(|cell| !solid(*cell)).unwrap_or(rest.len());
        from = left + length;
        Some((left, from))
    })
}

/// Which numbers stand for the same piece: each points to an earlier one, or to itself.
#[derive(Default)]
struct Families(Vec<usize>);

impl Families {
    fn founded(&mut self) -> usize {
        self.0.push(self.0.len());
        self.0.len() - 1
    }

    fn head(&mut self, mut member: usize) -> usize {
        while let Some(next) = self.0.get(member).copied().filter(|next| *next != member) {
            let after = self.0.get(next).copied().unwrap_or(next);
            if let Some(own) = self.0.get_mut(member) {
                *own = after;
            }
            member = next;
        }
        member
    }

    fn join(&mut self, one: usize, two: usize) {
        let (one, two) = (self.head(one), self.head(two));
        if let Some(later) = self.0.get_mut(one.max(two)) {
            *later = one.min(two);
        }
    }

    /// A number of its own for every piece, without gaps, and how many there are.
    fn numbered(mut self) -> (Vec<usize>, usize) {
        let mut pieces = 0;
        for member in 0..self.0.len() {
            let number = match self.0.get(member).copied() {
                Some(earlier) if earlier != member => self.0.get(earlier).copied().unwrap_or_default(),
                _ => {
                    pieces += 1;
                    pieces - 1
                }
            };
            if let Some(own) = self.0.get_mut(member) {
                *own = number;
            }
        }
        (self.0, pieces)
    }
}
