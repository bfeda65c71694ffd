//! Validation material that a PDF carries for its signatures: the document security store (EN 319 142-1, 5.4.2).

use crate::document::Document;
use crate::structure::{Dictionary, Value, View};

/// Most streams that are read; a store with more only serves to make a verifier work.
const MOST_STREAMS: usize = 1_000;

/// Most bytes they may unfold to together.
const MOST_BYTES: usize = 64 << 20;

/// Certificates, lists and responses, each as DER; what cannot be read is left out, for it proves nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ValidationData {
    /// Certificates.
    pub certificates: Vec<Vec<u8>>,
    /// Certificate revocation lists.
    pub lists: Vec<Vec<u8>>,
    /// OCSP responses.
    pub responses: Vec<Vec<u8>>,
}

/// Whether the store of a revision holds lists or responses; they are not read.
pub fn tells_revocation(document: &Document, revision: usize) -> bool {
    let Some((view, store)) = store(document, revision) else {
        return false;
    };
    ["CRLs", "OCSPs"].iter().any(|key| {
        let items = view.entry_of(&store, key).ok().flatten();
        items
            .as_ref()
            .and_then(Value::as_array)
            .is_some_and(|items| !items.is_empty())
    })
}

fn store(document: &Document, revision: usize) -> Option<(View<'_>, Dictionary)> {
    let view = document.written().ok()?.structure.view(revision);
    let (_, catalog) = view.catalog().ok()?;
    match view.entry_of(&catalog, "DSS") {
        Ok(Some(Value::Dictionary(store))) => Some((view, store)),
        _ => None,
    }
}

/// The store as the revision with this index of [`Document::revisions`] has it; empty when it has none.
pub fn read_validation_data(document: &Document, revision: usize) -> ValidationData {
    let Some((view, store)) = store(document, revision) else {
        return ValidationData::default();
    };
    let mut reading = Reading {
        view,
        streams: 0,
        bytes: 0,
    };
    ValidationData {
        certificates: reading.all(&store, "Certs"),
        lists: reading.all(&store, "CRLs"),
        responses: reading.all(&store, "OCSPs"),
    }
}

struct Reading<'a> {
    view: View<'a>,
    streams: usize,
    bytes: usize,
}

impl Reading<'_> {
    fn all(&mut self, store: &Dictionary, key: &str) -> Vec<Vec<u8>> {
        let Ok(Some(Value::Array(items))) = self.view.entry_of(store, key) else {
            return Vec::new();
        };
        items.iter().filter_map(|item| self.one(item)).collect()
    }

    fn one(&mut self, item: &Value) -> Option<Vec<u8>> {
        self.streams += 1;
        if self.streams > MOST_STREAMS {
            return None;
        }
        let data = self.view.decoded_stream(item.as_reference()?)?;
        self.bytes = self.bytes.saturating_add(data.len());
        (self.bytes <= MOST_BYTES).then_some(data)
    }
}
