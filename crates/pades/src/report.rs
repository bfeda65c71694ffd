//! The report of a verification: findings kept apart, and the verdict that follows from them.

use crate::reason::Reason;
use pdf::changes::{AllowedChange, ChangeReason};
use pki::certificate::CertificateFacts;
use time::OffsetDateTime;

/// What can be said about a signature, or about a whole file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Intact, the whole document covered, trusted, nothing changed after it.
    Valid,
    /// As [`Verdict::Valid`], with later changes that are permitted and have no visible effect on what was signed.
    ValidWithChanges,
    /// Shown to be wrong: damaged, forged, or changed afterwards in a way nobody allowed.
    Invalid,
    /// Cannot be decided here; the reasons say what is missing.
    Indeterminate,
    /// The file has no signature. Only for a whole file.
    Unsigned,
}

impl Verdict {
    /// The word in JSON reports.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::ValidWithChanges => "valid_with_changes",
            Self::Invalid => "invalid",
            Self::Indeterminate => "indeterminate",
            Self::Unsigned => "unsigned",
        }
    }
}

/// How much of the file the signature covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// To the end of the file.
    WholeFile,
    /// To the end of its own revision; revisions follow.
    WholeRevision,
    /// Anything else.
    Partial,
}

impl Coverage {
    /// The word in JSON reports.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::WholeFile => "whole_file",
            Self::WholeRevision => "whole_revision",
            Self::Partial => "partial",
        }
    }
}

/// What was done to the file after the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangesAfter {
    /// Nothing.
    None,
    /// Only validation data and document timestamps: nothing to be seen, the earlier signatures are proved for longer.
    Proof,
    /// Only what later signing needs.
    Allowed,
    /// Something else.
    Forbidden,
    /// It cannot be judged.
    Unknown,
}

impl ChangesAfter {
    /// The word in JSON reports.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Proof | Self::Allowed => "allowed",
            Self::Forbidden => "forbidden",
            Self::Unknown => "unknown",
        }
    }
}

/// What the signer's certificate is worth at the moment of verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// It chains to a given root; what is known of revocation stands apart ([`Revocation`]).
    Trusted,
    /// It does not chain to a given root, or its chain breaks a rule.
    Untrusted,
    /// It chains to a root, but has expired.
    Expired,
    /// It chains to a root, but is not valid yet.
    NotYetValid,
    /// It was revoked.
    Revoked,
    /// No roots were given, or the certificate cannot be read.
    Unknown,
}

impl Trust {
    /// The word in JSON reports.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Trusted => "trusted",
            Self::Untrusted => "untrusted",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::Revoked => "revoked",
            Self::Unknown => "unknown",
        }
    }
}

/// What is known about revocation at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RevocationFinding {
    /// Not revoked, up to the root.
    Good,
    /// Revoked.
    Revoked,
    /// Nothing at hand tells.
    #[default]
    Unknown,
}

impl RevocationFinding {
    /// The word in JSON reports.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Revoked => "revoked",
            Self::Unknown => "unknown",
        }
    }
}

/// Revocation of the signer's chain, then and now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Revocation {
    /// At the proven time of signing; at the moment of verification where none is proven.
    pub at_signing: RevocationFinding,
    /// At the moment of verification.
    pub now: RevocationFinding,
}

/// Where a signing time comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeSource {
    /// A verified timestamp, of the signature or over the document, of an authority that leads to a given root.
    Timestamp,
    /// The signer's own word (`/M`).
    Claimed,
    /// There is none.
    None,
}

impl TimeSource {
    /// The word in JSON reports.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Timestamp => "timestamp",
            Self::Claimed => "claimed",
            Self::None => "none",
        }
    }
}

/// When it was signed, as far as known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignatureTime {
    /// Where it comes from.
    pub source: TimeSource,
    /// The moment; none when there is none, or it cannot be read.
    pub value: Option<OffsetDateTime>,
}

/// The PAdES baseline level (EN 319 142-1) that was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Basic signature.
    BB,
    /// With a signature timestamp.
    BT,
    /// With validation material.
    BLt,
    /// With archive timestamps.
    BLta,
    /// None of them.
    None,
}

impl Level {
    /// The word in JSON reports.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::BB => "B-B",
            Self::BT => "B-T",
            Self::BLt => "B-LT",
            Self::BLta => "B-LTA",
            Self::None => "none",
        }
    }
}

/// Everything found out about one signature.
#[derive(Clone, Debug, PartialEq)]
pub struct SignatureReport {
    /// Fully qualified name of the field.
    pub field: String,
    /// It is a timestamp over the document and nobody's signature.
    pub is_document_timestamp: bool,
    /// Whom the certificate names, for a person; empty when it cannot be read.
    pub signer: String,
    /// The signer's certificate.
    pub certificate: Option<CertificateFacts>,
    /// What follows from the rest.
    pub verdict: Verdict,
    /// The signed bytes are as signed and the key made this signature; none when that cannot be checked.
    pub intact: Option<bool>,
    /// How much of the file is covered.
    pub coverage: Coverage,
    /// What was done afterwards.
    pub changes_after: ChangesAfter,
    /// What was done that is not allowed, or cannot be judged, one by one.
    pub changes: Vec<ChangeReason>,
    /// What was done that is allowed, one by one; empty where something else was done as well.
    pub allowed: Vec<AllowedChange>,
    /// What the certificate is worth at the proven time of signing, else at the moment of verification.
    pub trust: Trust,
    /// Its revocation then and now.
    pub revocation: Revocation,
    /// When, and according to whom.
    pub time: SignatureTime,
    /// Baseline level.
    pub level: Level,
    /// Such as `ECDSA P-256 with SHA-256`; empty when unknown.
    pub algorithm: String,
    /// Why the verdict is not plainly valid, and what was not checked; stable codes.
    pub reasons: Vec<Reason>,
    /// Reason of the signer (`/Reason`).
    pub stated_reason: Option<String>,
    /// Pages (1-based) that show it.
    pub pages: Vec<u32>,
    /// Length in bytes of the revision that was signed; none when the coverage is partial.
    pub signed_length: Option<u64>,
}

/// The verdict of a file: that of its weakest signature.
///
/// A document timestamp that is not in order proves nothing and takes nothing from the signatures beside it; but it is
/// there, so that the file is not plainly what was signed.
#[must_use]
pub fn file_verdict(signatures: &[SignatureReport]) -> Verdict {
    let has_signatures = signatures.iter().any(|report| !report.is_document_timestamp);
    let counted = signatures.iter().map(|report| match report.verdict {
        Verdict::Invalid | Verdict::Indeterminate if report.is_document_timestamp && has_signatures => {
            Verdict::ValidWithChanges
        }
        verdict => verdict,
    });
    counted
        .max_by_key(|verdict| weakness(*verdict))
        .unwrap_or(Verdict::Unsigned)
}

fn weakness(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Unsigned => 0,
        Verdict::Valid => 1,
        Verdict::ValidWithChanges => 2,
        Verdict::Indeterminate => 3,
        Verdict::Invalid => 4,
    }
}

/// Everything found out about a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Verification {
    /// The weakest of the signatures' verdicts: invalid, then indeterminate, then with changes, then valid. A document
    /// timestamp that is not in order counts as a change where there are signatures.
    pub verdict: Verdict,
    /// Each signature in the order of signing.
    pub signatures: Vec<SignatureReport>,
    /// What is wrong with the file as a whole, such as a structure that cannot be read.
    pub reasons: Vec<Reason>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(verdict: Verdict, is_document_timestamp: bool) -> SignatureReport {
        SignatureReport {
            field: String::new(),
            is_document_timestamp,
            signer: String::new(),
            certificate: None,
            verdict,
            intact: None,
            coverage: Coverage::Partial,
            changes_after: ChangesAfter::Unknown,
            changes: Vec::new(),
            allowed: Vec::new(),
            trust: Trust::Unknown,
            revocation: Revocation::default(),
            time: SignatureTime {
                source: TimeSource::None,
                value: None,
            },
            level: Level::None,
            algorithm: String::new(),
            reasons: Vec::new(),
            stated_reason: None,
            pages: Vec::new(),
            signed_length: None,
        }
    }

    #[test]
    fn a_file_is_as_weak_as_its_weakest_signature() {
        let of = |verdicts: &[Verdict]| {
            let reports: Vec<_> = verdicts.iter().map(|verdict| report(*verdict, false)).collect();
            file_verdict(&reports)
        };
        assert_eq!(of(&[]), Verdict::Unsigned);
        assert_eq!(
            of(&[Verdict::Valid, Verdict::ValidWithChanges]),
            Verdict::ValidWithChanges
        );
        assert_eq!(of(&[Verdict::Indeterminate, Verdict::Valid]), Verdict::Indeterminate);
        assert_eq!(of(&[Verdict::Invalid, Verdict::Indeterminate]), Verdict::Invalid);
    }

    #[test]
    fn a_timestamp_that_is_not_in_order_is_a_change_and_counts_in_full_where_it_is_all_there_is() {
        for wrong in [Verdict::Invalid, Verdict::Indeterminate] {
            let beside = [report(Verdict::Valid, false), report(wrong, true)];
            assert_eq!(file_verdict(&beside), Verdict::ValidWithChanges);
            assert_eq!(file_verdict(&[report(wrong, true)]), wrong);
            let condemned = [report(Verdict::Invalid, false), report(wrong, true)];
            assert_eq!(file_verdict(&condemned), Verdict::Invalid);
        }
    }
}
