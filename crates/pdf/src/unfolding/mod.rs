//! How large a filtered stream becomes, asked before the tolerant reader unfolds one: it knows no limit, and a kilobyte
//! can hold gigabytes.

use std::borrow::Cow;

use hayro::hayro_syntax::Filter;
use hayro::hayro_syntax::object::{Array, Dict, Stream};

mod containers;
mod packing;

pub(crate) use containers::{MOST_OF_CONTAINERS, found_containers_fit};
pub(crate) use packing::Packing;

/// The data of a stream as the tolerant reader unfolds it; none when that fails or makes more than `most` bytes.
pub(crate) fn data<'a>(stream: &Stream<'a>, most: usize) -> Option<Cow<'a, [u8]>> {
    match stream_fits(stream, most) {
        true => stream.decoded_data().ok(),
        false => None,
    }
}

/// Whether the tolerant reader, asked for its data, makes at most `most` bytes of a stream.
pub(crate) fn stream_fits(stream: &Stream<'_>, most: usize) -> bool {
    let filters = stream.filters();
    let unfolding = filters.iter().filter(|filter| **filter != Filter::Crypt);
    // A picture's filter among them, and the reader refuses.
    let packings: Option<Vec<_>> = unfolding.map(|filter| Packing::of(*filter)).collect();
    packings.is_none_or(|packings| fits(&stream.raw_data(), &packings, most))
}

/// The data of all content streams of a page, in one (they may part anywhere between two words), up to `most` bytes; and
/// whether that is all.
pub(crate) fn page_content(page: &Dict<'_>, most: usize) -> (Vec<u8>, bool) {
    let mut content = Vec::new();
    let mut whole = true;
    let mut add = |stream: Stream<'_>| match data(&stream, most.saturating_sub(content.len())) {
        Some(unfolded) => {
            content.extend_from_slice(&unfolded);
            content.push(b' ');
        }
        None => whole = false,
    };
    if let Some(stream) = page.get::<Stream<'_>>("Contents") {
        add(stream);
    } else if let Some(streams) = page.get::<Array<'_>>("Contents") {
        streams.iter::<Stream<'_>>().for_each(add);
    }
    (content, whole)
}

/// Whether data under these filters (the outermost first) unfolds to at most `most` bytes, also on the way. Broken data
/// that could become more does not fit.
pub(crate) fn fits(raw: &[u8], packings: &[Packing], most: usize) -> bool {
    Packing::bound(raw.len(), packings) <= most || size(raw, packings, most).is_some()
}

/// To how many bytes data under these filters unfolds; none when it is more than `most`, or may be, or much more on the way
/// than real data is.
pub(crate) fn size(raw: &[u8], packings: &[Packing], most: usize) -> Option<usize> {
    const MOST_ON_THE_WAY: usize = 32 << 20;
    let Some((last, before)) = packings.split_last() else {
        return (raw.len() <= most).then_some(raw.len());
    };
    let mut data = Cow::Borrowed(raw);
    for packing in before {
        data = Cow::Owned(packing.unfolded(&data, most.min(MOST_ON_THE_WAY))?);
    }
    last.size(&data, most)
}
