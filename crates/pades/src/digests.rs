//! What the signatures of a file cover, hashed in one pass over it: later ranges begin with the earlier ones.

use std::collections::HashMap;
use std::sync::OnceLock;

use pdf::Document;
use pdf::signature::SignatureField;
use pki::verification::DigestAlgorithm;
use sha2::{Digest, Sha256};

/// A byte range: offset, length, offset, length.
type Range = [u64; 4];

/// The digests of one file's signatures; the file is read when the first one is asked for.
pub(crate) struct Digests<'a> {
    document: &'a Document,
    fields: &'a [SignatureField],
    known: HashMap<Range, [u8; 32]>,
    found: OnceLock<HashMap<Range, [u8; 32]>>,
}

impl<'a> Digests<'a> {
    /// `known`: digests of ranges whose bytes were hashed when they were written.
    pub(crate) fn new(document: &'a Document, fields: &'a [SignatureField], known: HashMap<Range, [u8; 32]>) -> Self {
        Self {
            document,
            fields,
            known,
            found: OnceLock::new(),
        }
    }

    /// Hashes the file now: whoever asks meanwhile waits for it.
    pub(crate) fn find(&self) -> &HashMap<Range, [u8; 32]> {
        self.found.get_or_init(|| self.in_one_pass())
    }

    /// The digest of what the signature covers; none when its range is not usable.
    pub(crate) fn of(&self, field: &SignatureField, algorithm: DigestAlgorithm) -> Option<Vec<u8>> {
        let range = field.byte_range?;
        if algorithm == DigestAlgorithm::Sha256 {
            let known = self.known.get(&range);
            let digest = known.or_else(|| self.find().get(&range));
            if let Some(digest) = digest {
                return Some(digest.to_vec());
            }
        }
        Some(algorithm.digest(&field.digest_input(self.document)?))
    }

    fn in_one_pass(&self) -> HashMap<Range, [u8; 32]> {
        let mut ranges: Vec<(Range, [&[u8]; 2])> = self
            .fields
            .iter()
            .filter_map(|field| Some((field.byte_range?, field.digest_input(self.document)?)))
            .filter(|(range, _)| range[0] == 0 && !self.known.contains_key(range))
            .collect();
        ranges.sort_unstable_by_key(|(range, _)| range[1]);
        let Some((_, [longest, _])) = ranges.last() else {
            return HashMap::new();
        };
        std::thread::scope(|threads| {
            threads.spawn(|| walk_through(longest));
            hashed(&ranges)
        })
    }
}

/// SHA-256 of ranges that begin with the file, the shortest first. What they share is hashed once: the state at the end of
/// each one's first part is carried on, for itself over its second part and for the others through its gap.
fn hashed(ranges: &[(Range, [&[u8]; 2])]) -> HashMap<Range, [u8; 32]> {
    let mut shared = Sha256::new();
    let mut length = 0;
    let mut found = HashMap::new();
    for (range, [first, second]) in ranges {
        shared.update(first.get(length..).unwrap_or_default());
        length = first.len();
        let own = shared.clone().chain_update(second);
        found.insert(*range, own.finalize().into());
    }
    found
}

/// Looks at every page of memory once. A mapped file is brought in page by page where it is first looked at: done ahead of
/// whoever hashes it, that costs them nothing.
fn walk_through(bytes: &[u8]) {
    const PAGE_BYTES: usize = 4096;
    let seen = bytes.iter().step_by(PAGE_BYTES).fold(0, |seen, byte| seen ^ byte);
    std::hint::black_box(seen);
}
