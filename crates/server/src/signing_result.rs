//! Whether what was handed back for a signing task is a signature over exactly what was asked for.
//!
//! The gap of a PDF's signature is found in its own byte range, which has to cover the whole file but one hexadecimal
//! string behind the original's end: nothing inside the PDF needs to be believed.

use pki::certificate::CertificateFacts;
use pki::cms::{CertificateBinding, ParsedSignature};

/// Why a result is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Invalid {
    /// No signature can be read.
    Unreadable,
    /// The original is not the beginning of the result, or something is not covered.
    OtherContent,
    /// The signature is over another digest.
    Digest,
    /// The key of its certificate did not make it, or its attributes name another certificate.
    Signature,
}

impl Invalid {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::OtherContent => "other_content",
            Self::Digest => "digest",
            Self::Signature => "signature",
        }
    }
}

/// A signature that is intact; its certificate is not judged yet.
pub(crate) struct Intact {
    pub(crate) certificate: Vec<u8>,
    pub(crate) facts: CertificateFacts,
}

/// A detached signature over a SHA-256 digest.
pub(crate) fn over_digest(result: &[u8], sha256: &[u8]) -> Result<Intact, Invalid> {
    let signature = ParsedSignature::parse(result).map_err(|_| Invalid::Unreadable)?;
    if signature.has_content() {
        return Err(Invalid::OtherContent);
    }
    judged(&signature, sha256)
}

/// The original with a signature appended that covers all of it.
pub(crate) fn over_document(result: &[u8], original: &[u8]) -> Result<Intact, Invalid> {
    let tail = result.strip_prefix(original).ok_or(Invalid::OtherContent)?;
    let [first, start, second, length] = last_byte_range(tail).ok_or(Invalid::Unreadable)?;
    let end = second.checked_add(length).ok_or(Invalid::OtherContent)?;
    if first != 0 || start < original.len() || end != result.len() {
        return Err(Invalid::OtherContent);
    }
    let gap = result.get(start..second).ok_or(Invalid::OtherContent)?;
    let hex = gap.strip_prefix(b"<").and_then(|gap| gap.strip_suffix(b">"));
    let container = from_hex(hex.ok_or(Invalid::OtherContent)?).ok_or(Invalid::Unreadable)?;
    let signature = ParsedSignature::parse(&container).map_err(|_| Invalid::Unreadable)?;
    let covered = [
        result.get(..start).ok_or(Invalid::OtherContent)?,
        result.get(second..).ok_or(Invalid::OtherContent)?,
    ];
    let digest = signature.digest_algorithm().digest(&covered);
    judged(&signature, &digest)
}

fn judged(signature: &ParsedSignature, digest: &[u8]) -> Result<Intact, Invalid> {
    let findings = signature.verify_digest(digest);
    if !findings.digest_matches {
        return Err(Invalid::Digest);
    }
    // Without an ESS attribute another certificate of the same key could be put in its place (EN 319 122-1, 5.2.2).
    if !findings.is_intact() || findings.binding != CertificateBinding::Bound {
        return Err(Invalid::Signature);
    }
    let certificate = signature.signer_certificate().ok_or(Invalid::Unreadable)?.to_vec();
    let facts = CertificateFacts::parse(&certificate).map_err(|_| Invalid::Unreadable)?;
    Ok(Intact { certificate, facts })
}

/// The four numbers of the last `/ByteRange` in what was appended.
fn last_byte_range(tail: &[u8]) -> Option<[usize; 4]> {
    const NAME: &[u8] = b"/ByteRange";
    let at = tail.windows(NAME.len()).rposition(|window| window == NAME)?;
    let behind = tail.get(at + NAME.len()..)?;
    let open = behind.iter().position(|byte| *byte == b'[')?;
    let close = behind.iter().position(|byte| *byte == b']')?;
    let inside = std::str::from_utf8(behind.get(open + 1..close)?).ok()?;
    let numbers: Vec<usize> = inside
        .split_ascii_whitespace()
        .map(|one| one.parse().ok())
        .collect::<Option<_>>()?;
    numbers.try_into().ok()
}

fn from_hex(digits: &[u8]) -> Option<Vec<u8>> {
    digits
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => {
                let value = char::from(*high).to_digit(16)? * 16 + char::from(*low).to_digit(16)?;
                u8::try_from(value).ok()
            }
            _ => None,
        })
        .collect()
}
