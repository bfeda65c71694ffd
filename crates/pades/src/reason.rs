//! Why a signature is not plainly valid, and what was not checked: stable codes for reports.

/// A reason, in the order in which a person would want to hear them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The document's digest is not the one that was signed.
    DocumentChanged,
    /// The signature over the attributes does not fit the certificate's key.
    SignatureWrong,
    /// The attributes state another content type (RFC 5652, 11.1).
    ContentTypeMismatch,
    /// The attributes name another certificate: a substitution (RFC 5035).
    CertificateSubstituted,
    /// The certificate had been revoked before the proven time of signing.
    RevokedBeforeSigning,
    /// Content is carried inside a signature that claims to be detached.
    NotDetached,
    /// The byte range is missing, or its numbers are not sane.
    ByteRangeBad,
    /// The gap in the byte range is not exactly this signature's own contents.
    GapIsNotContents,
    /// Not the whole of a revision is covered.
    PartialCoverage,
    /// The newest revision no longer has this signature.
    Removed,
    /// Something was changed afterwards that later signing does not need.
    ForbiddenChanges,
    /// What was changed afterwards cannot be judged.
    UnknownChanges,
    /// The file's structure cannot be read strictly.
    StructureDamaged,
    /// The signature's container cannot be read.
    ContainerUnreadable,
    /// None or several signers in one container.
    NotOneSigner,
    /// The sub-filter is not one that is checked here.
    UnsupportedSubFilter,
    /// The signature algorithm or key is not one that is checked here.
    UnsupportedAlgorithm,
    /// It rests on SHA-1 or MD5, and nothing proves that it was made before that was broken.
    WeakDigest,
    /// It rests on an RSA key shorter than 2048 bits, and nothing proves that it was made when that was enough.
    WeakKey,
    /// The certificate of a document timestamp is not for timestamping alone (RFC 3161, 2.3).
    NotForTimestamping,
    /// The signer's certificate is not embedded.
    SignerCertificateMissing,
    /// Nothing binds the certificate to the signature.
    CertificateNotBound,
    /// No trust roots were given.
    NoTrustRoots,
    /// The certificate does not chain to a given root.
    UntrustedIssuer,
    /// The certificate's chain breaks a rule.
    ChainRefused,
    /// The certificate has expired.
    CertificateExpired,
    /// The certificate is not valid yet.
    CertificateNotYetValid,
    /// The certificate's key usage does not allow signing documents.
    KeyUsageForbids,
    /// The certificate was revoked at the moment of verification, and no time of signing is proven.
    CertificateRevoked,
    /// To find out more would have cost too much.
    BudgetExceeded,
    /// The certificate was revoked after the proven time of signing.
    RevokedSinceSigning,
    /// A signature timestamp is damaged or belongs to another signature; it proves nothing.
    TimestampWrong,
    /// The authority of a signature timestamp does not lead to a given root; the time is only claimed.
    TimestampUntrusted,
    /// Whether the certificate was revoked was not looked up.
    RevocationNotChecked,
    /// It rests on SHA-1 or MD5, which still held at the moment that counts.
    DatedDigest,
    /// It rests on an RSA key shorter than 2048 bits, which was still enough at the moment that counts.
    DatedKey,
}

/// Every reason, in order.
pub const ALL: [Reason; 36] = [
    Reason::DocumentChanged,
    Reason::SignatureWrong,
    Reason::ContentTypeMismatch,
    Reason::CertificateSubstituted,
    Reason::RevokedBeforeSigning,
    Reason::NotDetached,
    Reason::ByteRangeBad,
    Reason::GapIsNotContents,
    Reason::PartialCoverage,
    Reason::Removed,
    Reason::ForbiddenChanges,
    Reason::UnknownChanges,
    Reason::StructureDamaged,
    Reason::ContainerUnreadable,
    Reason::NotOneSigner,
    Reason::UnsupportedSubFilter,
    Reason::UnsupportedAlgorithm,
    Reason::WeakDigest,
    Reason::WeakKey,
    Reason::NotForTimestamping,
    Reason::SignerCertificateMissing,
    Reason::CertificateNotBound,
    Reason::NoTrustRoots,
    Reason::UntrustedIssuer,
    Reason::ChainRefused,
    Reason::CertificateExpired,
    Reason::CertificateNotYetValid,
    Reason::KeyUsageForbids,
    Reason::CertificateRevoked,
    Reason::BudgetExceeded,
    Reason::RevokedSinceSigning,
    Reason::TimestampWrong,
    Reason::TimestampUntrusted,
    Reason::RevocationNotChecked,
    Reason::DatedDigest,
    Reason::DatedKey,
];

impl Reason {
    /// The code in JSON reports.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::DocumentChanged => "document_changed",
            Self::SignatureWrong => "signature_wrong",
            Self::ContentTypeMismatch => "content_type_mismatch",
            Self::CertificateSubstituted => "certificate_substituted",
            Self::RevokedBeforeSigning => "revoked_before_signing",
            Self::NotDetached => "not_detached",
            Self::ByteRangeBad => "byte_range_bad",
            Self::GapIsNotContents => "gap_is_not_contents",
            Self::PartialCoverage => "partial_coverage",
            Self::Removed => "removed",
            Self::ForbiddenChanges => "forbidden_changes",
            Self::UnknownChanges => "unknown_changes",
            Self::StructureDamaged => "structure_damaged",
            Self::ContainerUnreadable => "container_unreadable",
            Self::NotOneSigner => "not_one_signer",
            Self::UnsupportedSubFilter => "unsupported_sub_filter",
            Self::UnsupportedAlgorithm => "unsupported_algorithm",
            Self::WeakDigest => "weak_digest",
            Self::WeakKey => "weak_key",
            Self::NotForTimestamping => "not_for_timestamping",
            Self::SignerCertificateMissing => "signer_certificate_missing",
            Self::CertificateNotBound => "certificate_not_bound",
            Self::NoTrustRoots => "no_trust_roots",
            Self::UntrustedIssuer => "untrusted_issuer",
            Self::ChainRefused => "chain_refused",
            Self::CertificateExpired => "certificate_expired",
            Self::CertificateNotYetValid => "certificate_not_yet_valid",
            Self::KeyUsageForbids => "key_usage_forbids",
            Self::CertificateRevoked => "certificate_revoked",
            Self::BudgetExceeded => "budget_exceeded",
            Self::RevokedSinceSigning => "revoked_since_signing",
            Self::TimestampWrong => "timestamp_wrong",
            Self::TimestampUntrusted => "timestamp_untrusted",
            Self::RevocationNotChecked => "revocation_not_checked",
            Self::DatedDigest => "dated_digest",
            Self::DatedKey => "dated_key",
        }
    }

    /// Whether it shows the signature to be wrong.
    pub(crate) fn condemns(self) -> bool {
        matches!(
            self,
            Self::DocumentChanged
                | Self::SignatureWrong
                | Self::ContentTypeMismatch
                | Self::CertificateSubstituted
                | Self::RevokedBeforeSigning
                | Self::NotDetached
                | Self::ByteRangeBad
                | Self::ForbiddenChanges
        )
    }

    /// Whether it only tells what was not looked at, without weakening what was found.
    #[must_use]
    pub fn only_informs(self) -> bool {
        matches!(
            self,
            Self::TimestampWrong
                | Self::TimestampUntrusted
                | Self::RevocationNotChecked
                | Self::RevokedSinceSigning
                | Self::DatedDigest
                | Self::DatedKey
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole_and_in_order() {
        assert_eq!(ALL.len(), Reason::DatedKey as usize + 1);
        assert!(ALL.is_sorted());
    }
}
