//! What the signatures of a file cover, hashed in one pass over it: later ranges begin with the earlier ones.

use std::collections::HashMap;
use std::sync::OnceLock;

use pdf::Document;
use pdf::signature::SignatureField;
use pki::verification::DigestAlgorithm;
use sha2::Digest;

use crate::ahead::{Ahead, hash_ahead};

/// A byte range: offset, length, offset, length.
type Range = [u64; 4];

/// The digests of one file's signatures; the file is read when the first one is asked for.
pub(crate) struct Digests<'a> {
    document: &'a Document,
    fields: &'a [SignatureField],
    known: HashMap<Range, [u8; 32]>,
    ahead: Option<&'a Ahead<'a>>,
    found: OnceLock<HashMap<Range, [u8; 32]>>,
}

impl<'a> Digests<'a> {
    /// `known`: digests of ranges whose bytes were hashed when they were written.
    /// `ahead`: the file's hash, when it was begun before.
    pub(crate) fn new(
        document: &'a Document,
        fields: &'a [SignatureField],
        known: HashMap<Range, [u8; 32]>,
        ahead: Option<&'a Ahead<'a>>,
    ) -> Self {
        Self {
            document,
            fields,
            known,
            ahead,
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
        let ranges: Vec<(Range, [&[u8]; 2])> = self
            .fields
            .iter()
            .filter_map(|field| Some((field.byte_range?, field.digest_input(self.document)?)))
            .filter(|(range, _)| range[0] == 0 && !self.known.contains_key(range))
            .collect();
        let bytes = self.document.bytes();
        match self.ahead.filter(|ahead| ahead.is_of(bytes)) {
            Some(ahead) => hashed(&ranges, ahead),
            None if ranges.is_empty() => HashMap::new(),
            None => hash_ahead(bytes, |ahead| hashed(&ranges, ahead)),
        }
    }
}

/// SHA-256 of ranges that begin with the file. What they share is hashed once: the state at the end of each one's first
/// part is carried on over its second part.
fn hashed(ranges: &[(Range, [&[u8]; 2])], ahead: &Ahead<'_>) -> HashMap<Range, [u8; 32]> {
    let digest = |[first, second]: [&[u8]; 2]| ahead.state_at(first.len()).chain_update(second).finalize();
    ranges
        .iter()
        .map(|(range, parts)| (*range, digest(*parts).into()))
        .collect()
}
