//! Page ranges as people type them: `all`, `odd`, `even`, `first`, `last`, `1-3,5`.

use std::collections::BTreeSet;

/// Why a typed page range is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageRangeError {
    /// Nothing was typed.
    #[error("the page range is empty")]
    Empty,
    /// A part that is neither a word, a number nor `from-to`; the part as typed.
    #[error("not a page range: {0}")]
    NotARange(String),
    /// A page the document does not have (or page 0).
    #[error("page {page} does not exist, the document has {count}")]
    NoSuchPage {
        /// The page asked for.
        page: u32,
        /// How many pages there are.
        count: u32,
    },
    /// `5-3`.
    #[error("the range {from}-{to} runs backwards")]
    Backwards {
        /// First page typed.
        from: u32,
        /// Last page typed.
        to: u32,
    },
}

/// A set of 1-based pages, in ascending order, each once, all within the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRange {
    pages: BTreeSet<u32>,
}

impl PageRange {
    /// Reads `text` for a document of `count` pages. Full-width digits, commas and dashes that a
    /// Chinese input method produces are read as their ASCII forms.
    pub fn parse(text: &str, count: u32) -> Result<Self, PageRangeError> {
        let plain: String = text.chars().filter_map(plain_form).collect();
        if plain.is_empty() {
            return Err(PageRangeError::Empty);
        }
        let mut pages = BTreeSet::new();
        for part in plain.split(',') {
            pages.extend(parse_part(part, count)?);
        }
        if pages.is_empty() {
            return Err(PageRangeError::Empty);
        }
        Ok(Self { pages })
    }

    /// The pages, ascending.
    pub fn pages(&self) -> impl Iterator<Item = u32> + '_ {
        self.pages.iter().copied()
    }

    /// How many pages are named.
    pub fn len(&self) -> usize {
        self.pages.len()
    }

    /// Never true for a parsed range: an empty one is refused.
    pub fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    /// Whether the 1-based `page` is named.
    pub fn contains(&self, page: u32) -> bool {
        self.pages.contains(&page)
    }
}

fn plain_form(letter: char) -> Option<char> {
    match letter {
        ' ' | '\t' | '\u{3000}' => None,
        '，' | '、' | ';' | '；' => Some(','),
        '－' | '–' | '—' | '~' | '～' | '至' => Some('-'),
        '０'..='９' => char::from_digit(letter as u32 - '０' as u32, 10),
        other => Some(other.to_ascii_lowercase()),
    }
}

fn parse_part(part: &str, count: u32) -> Result<Vec<u32>, PageRangeError> {
    match part {
        "all" => Ok((1..=count).collect()),
        "odd" => Ok((1..=count).step_by(2).collect()),
        "even" => Ok((2..=count).step_by(2).collect()),
        "first" => span(1, 1, count),
        "last" => span(count, count, count),
        _ => match part.split_once('-') {
            Some((from, to)) => span(number(from, part)?, number(to, part)?, count),
            None => number(part, part).and_then(|page| span(page, page, count)),
        },
    }
}

fn number(digits: &str, part: &str) -> Result<u32, PageRangeError> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(PageRangeError::NotARange(part.to_owned()));
    }
    // More digits than a page number can have: certainly not a page of this document.
    Ok(digits.parse().unwrap_or(u32::MAX))
}

fn span(from: u32, to: u32, count: u32) -> Result<Vec<u32>, PageRangeError> {
    if from > to {
        return Err(PageRangeError::Backwards { from, to });
    }
    match [from, to].into_iter().find(|page| *page == 0 || *page > count) {
        Some(page) => Err(PageRangeError::NoSuchPage { page, count }),
        None => Ok((from..=to).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(text: &str, count: u32) -> Vec<u32> {
        PageRange::parse(text, count).unwrap().pages().collect()
    }

    #[test]
    fn words_numbers_and_spans_are_read() {
        assert_eq!(pages("all", 3), [1, 2, 3]);
        assert_eq!(pages("odd", 5), [1, 3, 5]);
        assert_eq!(pages("even", 5), [2, 4]);
        assert_eq!(pages("first, last", 9), [1, 9]);
        assert_eq!(pages("5,1-3,2", 9), [1, 2, 3, 5]);
        assert_eq!(pages(" １－３，５ ", 9), [1, 2, 3, 5]);
    }

    #[test]
    fn nonsense_is_refused_with_the_reason() {
        let refused = |text: &str| PageRange::parse(text, 4).unwrap_err();
        assert_eq!(refused("  "), PageRangeError::Empty);
        assert_eq!(refused("0"), PageRangeError::NoSuchPage { page: 0, count: 4 });
        assert_eq!(refused("3-7"), PageRangeError::NoSuchPage { page: 7, count: 4 });
        assert_eq!(refused("3-1"), PageRangeError::Backwards { from: 3, to: 1 });
        for text in ["1,,2", "a", "1-", "-1", "1-2-3", "+1"] {
            assert!(matches!(refused(text), PageRangeError::NotARange(_)), "{text}");
        }
        assert!(matches!(refused("99999999999999"), PageRangeError::NoSuchPage { .. }));
        assert_eq!(PageRange::parse("even", 1), Err(PageRangeError::Empty));
    }
}
