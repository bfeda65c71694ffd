//! Single changed bytes inside what was signed, and bytes after its end: none leaves a valid file.
//!
//! Sampled here; all 10,000 changes and 1,000 tails with `GANJIANG_FULL=1`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, says what it counted, and is told by the environment how much to do"
)]

#[path = "../../pki/tests/tree/mod.rs"]
mod tree;

use pades::{TrustRoots, Verdict, sign, verify};
use pdf::Document;
use pdf::update::SignatureRequest;
use std::ops::Range;
use std::sync::Arc;
use testkit::pdfs;
use tree::{NOW, Tree};

struct Signed {
    tree: Tree,
    bytes: Vec<u8>,
    gap: Range<usize>,
}

impl Signed {
    fn new() -> Self {
        let tree = Tree::new("改动");
        let (key, chain) = tree.signer();
        let original = pdfs::chinese_pages(1);
        let document = Document::open(Arc::new(original.clone())).unwrap();
        let done = sign(&document, &SignatureRequest::new(NOW), &key, &chain, None).unwrap();
        let [_, start, end, _] = done.byte_range.map(|number| usize::try_from(number).unwrap());
        Self {
            tree,
            bytes: [original, done.tail].concat(),
            gap: start..end,
        }
    }

    /// None when it no longer opens, which is not valid either.
    fn verdict(&self, bytes: Vec<u8>) -> Option<Verdict> {
        let document = Document::open(Arc::new(bytes)).ok()?;
        let roots = TrustRoots::new(vec![self.tree.root.clone()]);
        Some(verify(&document, &roots, NOW).verdict)
    }
}

/// Numbers that look random and are the same in every run (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(limit).unwrap()).unwrap()
    }
}

fn count(sampled: usize, full: usize) -> usize {
    if std::env::var_os("GANJIANG_FULL").is_some() {
        full
    } else {
        sampled
    }
}

fn relied_on(verdict: Option<Verdict>) -> bool {
    matches!(verdict, Some(Verdict::Valid | Verdict::ValidWithChanges))
}

#[test]
fn no_changed_byte_inside_the_signed_range_leaves_a_valid_file() {
    let signed = Signed::new();
    assert_eq!(signed.verdict(signed.bytes.clone()), Some(Verdict::Valid));
    let mut numbers = Numbers(2026);
    let (mut opened, times) = (0, count(300, 10_000));
    for _ in 0..times {
        let place = loop {
            let place = numbers.below(signed.bytes.len());
            if !signed.gap.contains(&place) {
                break place;
            }
        };
        let mut changed = signed.bytes.clone();
        changed[place] ^= u8::try_from(1 + numbers.below(255)).unwrap();
        let verdict = signed.verdict(changed);
        opened += usize::from(verdict.is_some());
        assert!(!relied_on(verdict), "byte {place}: {verdict:?}");
    }
    println!("{times} changed bytes, {opened} files still opened, none valid");
    assert!(opened * 3 > times);
}

#[test]
fn no_changed_byte_inside_the_gap_makes_a_valid_file_another() {
    let signed = Signed::new();
    let mut numbers = Numbers(7);
    let used = signed.bytes[signed.gap.clone()]
        .iter()
        .rposition(|byte| !b"0>".contains(byte))
        .unwrap();
    for _ in 0..count(100, 2_000) {
        let place = signed.gap.start + numbers.below(used);
        let mut changed = signed.bytes.clone();
        changed[place] = if changed[place] == b'5' { b'6' } else { b'5' };
        // Containers hold a few bytes that nothing rests on; the verdict may stay, what was signed cannot change.
        let verdict = signed.verdict(changed);
        assert_ne!(verdict, Some(Verdict::ValidWithChanges), "byte {place}");
    }
}

#[test]
fn no_bytes_behind_the_end_leave_a_valid_file() {
    let signed = Signed::new();
    let mut numbers = Numbers(11);
    let times = count(100, 1_000);
    for round in 0..times {
        let length = 1 + numbers.below(200);
        let noise: Vec<u8> = (0..length).map(|_| u8::try_from(numbers.below(256)).unwrap()).collect();
        let tail = match round % 4 {
            0 => noise,
            1 => [b"\n7 0 obj\n<< >>\nendobj\n".as_slice(), &noise].concat(),
            2 => [&noise, b"\nstartxref\n0\n%%EOF\n".as_slice()].concat(),
            _ => [b"\n%".as_slice(), &noise, b"\n%%EOF\n"].concat(),
        };
        let verdict = signed.verdict([signed.bytes.clone(), tail].concat());
        assert!(!relied_on(verdict), "tail {round}: {verdict:?}");
    }
    println!("{times} tails, none valid");
}
