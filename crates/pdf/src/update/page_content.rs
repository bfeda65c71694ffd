//! Draws marks into page content: the old content wrapped in q…Q, the marks after it.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::content::UntypedIter;

use super::PlaceError;
use super::tail::Tail;
use crate::document::{Damage, Document, page_index};
use crate::geometry::{Matrix, Rectangle};
use crate::isolation;
use crate::structure::{Dictionary, PageNode, Reference, Value};
use crate::unfolding;

/// Longest time to look through the old content of the pages that get marks.
const TIME_TO_BALANCE: Duration = Duration::from_secs(60);

/// Most bytes of a page's content that are looked through.
const MOST_OF_A_PAGE: usize = 128 << 20;

/// A form at one place of a page.
pub(super) struct Drawn {
    pub(super) form: u32,
    pub(super) matrix: Matrix,
    /// In the page's user space; `None`: the whole form shows.
    pub(super) clip: Option<Rectangle>,
}

/// Saves and restores that a page's own content leaves open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Balance {
    /// `q` without its `Q`.
    unclosed: usize,
    /// `Q` without its `q`.
    unopened: usize,
}

/// Draws `drawn` (by 1-based page) on the pages.
pub(super) fn draw(
    tail: &mut Tail<'_>,
    document: &Document,
    drawn: &std::collections::BTreeMap<u32, Vec<Drawn>>,
) -> Result<(), PlaceError> {
    let numbers: Vec<u32> = drawn.keys().copied().collect();
    let balances = balances(document.reader(), numbers);
    let (mut opening, mut closers) = (HashMap::new(), HashMap::new());
    for (page, marks) in drawn {
        let written = document.written().map_err(refused)?;
        let node = page_index(*page).and_then(|index| written.pages.get(index));
        let node = node.ok_or(PlaceError::NoSuchPage { page: *page })?;
        let balance = balances.get(page).copied().unwrap_or_default();
        let opener = *opening
            .entry(balance.unopened)
            .or_insert_with(|| tail.add_stream(Dictionary::default(), "q\n".repeat(1 + balance.unopened).as_bytes()));
        draw_page(tail, node, marks, opener, balance, &mut closers).map_err(refused)?;
    }
    Ok(())
}

fn refused(damage: Damage) -> PlaceError {
    PlaceError::Refused(crate::document::RefuseReason::Damaged(damage))
}

fn draw_page(
    tail: &mut Tail<'_>,
    node: &PageNode,
    marks: &[Drawn],
    opener: u32,
    balance: Balance,
    closers: &mut HashMap<String, u32>,
) -> Result<(), Damage> {
    let mut page = tail.dictionary(node.reference)?;
    let mut resources = page_resources(tail, node, &page)?;
    let mut objects = match tail.view().entry_of(&resources, "XObject")? {
        Some(Value::Dictionary(objects)) => objects,
        _ => Dictionary::default(),
    };
    let mut text = "Q\n".repeat(1 + balance.unclosed);
    for mark in marks {
        let name = name_for(&mut objects, mark.form);
        let numbers = super::appearance::numbers(&mark.matrix);
        let clip = mark.clip.map(clipping).unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "q {clip}{numbers} cm /{name} Do Q");
    }
    // Pages of one size with the same slice of a seam seal share the stream that draws it.
    let closer = *closers
        .entry(text)
        .or_insert_with_key(|text| tail.add_stream(Dictionary::default(), format!("\n{text}").as_bytes()));
    resources.set("XObject", Value::Dictionary(objects));
    page.set("Resources", Value::Dictionary(resources));
    let mut contents = vec![Value::reference(opener)];
    contents.extend(old_contents(tail, node.reference, &page)?);
    contents.push(Value::reference(closer));
    page.set("Contents", Value::Array(contents));
    tail.set(node.reference, Value::Dictionary(page));
    Ok(())
}

/// Operators that cut what follows to a rectangle (8.5.4).
fn clipping(area: Rectangle) -> String {
    let mut out = Vec::new();
    for number in [area.left, area.bottom, area.width(), area.height()] {
        Value::real(number).write(&mut out);
        out.push(b' ');
    }
    format!("{}re W n ", String::from_utf8_lossy(&out))
}

/// The page's resources as its own dictionary: shared ones must not change for other pages.
fn page_resources(tail: &Tail<'_>, node: &PageNode, page: &Dictionary) -> Result<Dictionary, Damage> {
    let raw = page.get("Resources").or(node.inherited_resources.as_deref());
    match raw.map(|raw| tail.view().resolve(raw)).transpose()? {
        Some(Value::Dictionary(resources)) => Ok(resources),
        None | Some(Value::Null) => Ok(Dictionary::default()),
        Some(_) => Err(Damage::BadEntry {
            number: node.reference.number,
            key: "Resources",
        }),
    }
}

fn name_for(objects: &mut Dictionary, form: u32) -> String {
    let wanted = Value::reference(form);
    if let Some((name, _)) = objects
        .entries()
        .find(|(name, value)| name.starts_with(b"GjMark") && **value == wanted)
    {
        return String::from_utf8_lossy(name).into_owned();
    }
    let mut serial = form;
    loop {
        let name = format!("GjMark{serial}");
        if objects.insert_new(name.clone().into_bytes(), wanted.clone()) {
            return name;
        }
        serial = serial.wrapping_add(1);
    }
}

fn old_contents(tail: &Tail<'_>, page_reference: Reference, page: &Dictionary) -> Result<Vec<Value>, Damage> {
    let bad = Damage::BadEntry {
        number: page_reference.number,
        key: "Contents",
    };
    let Some(raw) = page.get("Contents") else {
        return Ok(Vec::new());
    };
    match tail.view().resolve(raw)? {
        Value::Array(items) => Ok(items),
        // A stream's own dictionary: keep the reference to it.
        Value::Dictionary(_) if raw.as_reference().is_some() => Ok(vec![raw.clone()]),
        Value::Null => Ok(Vec::new()),
        _ => Err(bad),
    }
}

/// Counts what the old content leaves open. Content that cannot be read counts as balanced: then
/// viewers cannot read it either.
fn balances(reader: &Arc<Pdf>, pages: Vec<u32>) -> HashMap<u32, Balance> {
    let reader = reader.clone();
    let count = move || {
        let of_page = |number: u32| {
            let page = reader.pages().get(page_index(number)?)?;
            let (content, _) = unfolding::page_content(page.raw(), MOST_OF_A_PAGE);
            Some((number, balance_of(&content)))
        };
        pages.into_iter().filter_map(of_page).collect()
    };
    isolation::run(TIME_TO_BALANCE, count).unwrap_or_default()
}

fn balance_of(content: &[u8]) -> Balance {
    let mut balance = Balance::default();
    let mut operators = UntypedIter::new(content);
    while let Some(operator) = operators.next() {
        match operator.operator.as_ref() {
            b"q" => balance.unclosed += 1,
            b"Q" if balance.unclosed > 0 => balance.unclosed -= 1,
            b"Q" => balance.unopened += 1,
            _ => {}
        }
    }
    // Viewers cap nesting far lower; this only bounds what hostile content makes us write.
    Balance {
        unclosed: balance.unclosed.min(1000),
        unopened: balance.unopened.min(1000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_old_content_leaves_open_is_counted() {
        assert_eq!(balance_of(b"q 1 0 0 1 0 0 cm Q"), Balance::default());
        assert_eq!(
            balance_of(b"q q 1 w Q"),
            Balance {
                unclosed: 1,
                unopened: 0
            }
        );
        assert_eq!(
            balance_of(b"Q q (Q q) Tj"),
            Balance {
                unclosed: 1,
                unopened: 1
            }
        );
    }
}
