//! Least squares with a few unknowns, repeated without the points that lie far off.

/// Solves a small system by elimination with pivoting; `None` when it has no single answer.
pub(super) fn solved<const N: usize>(mut rows: [[f64; N]; N], mut right: [f64; N]) -> Option<[f64; N]> {
    for step in 0..N {
        let pivot = (step..N).max_by(|a, b| {
            let size = |row: &usize| {
                rows.get(*row)
                    .and_then(|row| row.get(step))
                    .map_or(0.0, |value| value.abs())
            };
            size(a).total_cmp(&size(b))
        })?;
        rows.swap(step, pivot);
        right.swap(step, pivot);
        let (row, value) = (*rows.get(step)?, *right.get(step)?);
        let head = *row.get(step)?;
        if head.abs() < 1e-12 {
            return None;
        }
        for (index, (other, answer)) in rows.iter_mut().zip(right.iter_mut()).enumerate() {
            if index != step {
                let factor = other.get(step)? / head;
                other.iter_mut().zip(&row).for_each(|(cell, own)| *cell -= factor * own);
                *answer -= factor * value;
            }
        }
    }
    let diagonal = rows.iter().enumerate().map(|(index, row)| row.get(index).copied());
    let mut out = [0.0; N];
    for ((out, head), value) in out.iter_mut().zip(diagonal).zip(right) {
        *out = value / head?;
    }
    Some(out)
}

/// The coefficients that bring `terms · coefficients` closest to `value` over all samples (terms, value, weight).
pub(super) fn least_squares<const N: usize>(samples: &[([f64; N], f64, f64)]) -> Option<[f64; N]> {
    let mut rows = [[0.0; N]; N];
    let mut right = [0.0; N];
    for (terms, value, weight) in samples {
        for ((row, answer), own) in rows.iter_mut().zip(right.iter_mut()).zip(terms) {
            row.iter_mut()
                .zip(terms)
                .for_each(|(cell, other)| *cell += weight * own * other);
            *answer += weight * own * value;
        }
    }
    solved(rows, right)
}

/// As [`least_squares`], five times, each without what lies more than 2.5 medians (at least `slack`) off the last fit;
/// with the share of samples that stayed.
pub(super) fn trimmed<const N: usize>(samples: &[([f64; N], f64, f64)], slack: f64) -> Option<([f64; N], f64)> {
    let mut kept = samples.to_vec();
    let mut answer = least_squares(&kept)?;
    for _ in 0..5 {
        let off = |sample: &([f64; N], f64, f64)| (dot(&sample.0, &answer) - sample.1).abs();
        let mut distances: Vec<f64> = kept.iter().map(off).collect();
        let limit = (2.5 * median(&mut distances)?).max(slack);
        kept = samples.iter().filter(|sample| off(sample) <= limit).copied().collect();
        answer = least_squares(&kept)?;
    }
    Some((answer, kept.len() as f64 / samples.len().max(1) as f64))
}

pub(super) fn dot<const N: usize>(one: &[f64; N], two: &[f64; N]) -> f64 {
    one.iter().zip(two).map(|(a, b)| a * b).sum()
}

pub(super) fn median(values: &mut [f64]) -> Option<f64> {
    let middle = values.len() / 2;
    (middle < values.len()).then(|| *values.select_nth_unstable_by(middle, f64::total_cmp).1)
}
