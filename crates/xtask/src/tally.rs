//! Counting: what each runner says it passed and failed, and the one line at the end.

use std::fmt;
use std::ops::AddAssign;

/// Passed and failed, of one runner or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Tally {
    /// A check that is one thing: formatting, lints, a build.
    pub(crate) fn of_check(success: bool) -> Self {
        Self {
            passed: u64::from(success),
            failed: u64::from(!success),
        }
    }

    /// A runner's own count, which must agree with its exit status: a runner that failed without counting a failure
    /// (a build error, an unhandled rejection) counts one, and a silent runner counts as failed.
    pub(crate) fn of_runner(counted: Option<Self>, success: bool) -> Self {
        let mut tally = counted.unwrap_or(Self { passed: 0, failed: 1 });
        if !success && tally.failed == 0 {
            tally.failed = 1;
        }
        tally
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// `Summary [ 1.2s] 12 tests run: 9 passed (1 slow), 2 failed, 1 timed out, 3 skipped`
pub(crate) fn of_nextest(text: &str) -> Option<Tally> {
    let plain = without_colour(text);
    let line = plain
        .lines()
        .rev()
        .find(|line| line.contains("Summary [") && line.contains(" run: "))?;
    let (_, counts) = line.split_once(" run: ")?;
    let counts = without_brackets(counts);
    Some(Tally {
        passed: before(&counts, "passed"),
        failed: before(&counts, "failed") + before(&counts, "timed out") + before(&counts, "exec failed"),
    })
}

/// `Tests  3 failed | 12 passed | 1 skipped (16)`
pub(crate) fn of_vitest(text: &str) -> Option<Tally> {
    let plain = without_colour(text);
    let line = plain
        .lines()
        .rev()
        .find(|line| line.trim_start().starts_with("Tests "))?;
    let counts = without_brackets(line).replace('|', ",").replace("Tests", "");
    Some(Tally {
        passed: before(&counts, "passed"),
        failed: before(&counts, "failed"),
    })
}

/// `test result: ok. 3 passed; 0 failed; 1 ignored; ...`, one line for each crate.
pub(crate) fn of_doc_tests(text: &str) -> Option<Tally> {
    let plain = without_colour(text);
    let mut lines = plain
        .lines()
        .filter_map(|line| line.strip_prefix("test result: "))
        .peekable();
    lines.peek()?;
    let mut sum = Tally::default();
    for line in lines {
        let counts = line
            .split_once(". ")
            .map_or(line, |(_, counts)| counts)
            .replace(';', ",");
        sum += Tally {
            passed: before(&counts, "passed"),
            failed: before(&counts, "failed"),
        };
    }
    Some(sum)
}

/// The number that stands before exactly this word in a comma-separated list, 0 when the word is absent.
fn before(counts: &str, word: &str) -> u64 {
    let part = counts.split(',').find_map(|part| part.trim().strip_suffix(word));
    part.and_then(|number| number.trim().parse().ok()).unwrap_or(0)
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    text.chars()
        .filter(|character| {
            match character {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => return depth == 0,
            }
            false
        })
        .collect()
}

/// Takes out terminal colours (`ESC [ … m`).
fn without_colour(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut inside = false;
    for character in text.chars() {
        match (inside, character) {
            (false, '\u{1b}') => inside = true,
            (false, other) => plain.push(other),
            (true, 'm') => inside = false,
            (true, _) => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: u64, failed: u64) -> Option<Tally> {
        Some(Tally { passed, failed })
    }

    #[test]
    fn nextest_counts_every_way_to_fail() {
        let green = "     Summary [   1.034s] 12 tests run: 12 passed (2 slow, 1 flaky), 3 skipped\n";
        assert_eq!(of_nextest(green), tally(12, 0));
        let red = "Summary [ 9.0s] 15/20 tests run: 9 passed (1 slow), 3 failed (1 due to being leaky), 2 timed out, \
                   1 exec failed, 0 skipped";
        assert_eq!(of_nextest(red), tally(9, 6));
        assert_eq!(of_nextest("error: could not compile"), None);
    }

    #[test]
    fn the_last_nextest_summary_counts_even_in_colour() {
        let text = "\u{1b}[32;1m     Summary\u{1b}[0m [   0.004s] \u{1b}[1m1\u{1b}[0m test run: \u{1b}[1m1\u{1b}[0m passed, 0 skipped";
        assert_eq!(of_nextest(text), tally(1, 0));
    }

    #[test]
    fn vitest_counts_tests_and_not_files() {
        let text = " Test Files  1 failed | 2 passed (3)\n      Tests  3 failed | 12 passed | 1 skipped (16)\n";
        assert_eq!(of_vitest(text), tally(12, 3));
        assert_eq!(of_vitest("      Tests  7 passed (7)"), tally(7, 0));
        assert_eq!(of_vitest("No test files found"), None);
    }

    #[test]
    fn doc_tests_are_summed_over_crates() {
        let text = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n\n\
                    test result: FAILED. 1 passed; 2 failed; 0 ignored";
        assert_eq!(of_doc_tests(text), tally(4, 2));
        assert_eq!(of_doc_tests(""), None);
    }

    #[test]
    fn a_runner_that_fails_without_counting_still_fails() {
        assert_eq!(Tally::of_runner(tally(5, 0), false), Tally { passed: 5, failed: 1 });
        assert_eq!(Tally::of_runner(None, true), Tally { passed: 0, failed: 1 });
        assert_eq!(Tally::of_runner(tally(5, 2), false), Tally { passed: 5, failed: 2 });
    }

    #[test]
    fn the_last_line_is_plain() {
        assert_eq!(Tally { passed: 211, failed: 0 }.to_string(), "211 passed, 0 failed");
    }
}
