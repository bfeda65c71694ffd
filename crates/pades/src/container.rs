//! The container of a signature by its sub-filter (ISO 32000-2, table 260): read once, then checked against the file.

use crate::digests::Digests;
use crate::reason::Reason;
use pdf::signature::{SignatureField, SignatureKind};
use pki::certificate::CertificateFacts;
use pki::cms::{CertificateBinding, CmsFindings, CmsReadError, ParsedSignature};
use pki::tsp::{TimeStampToken, TokenReadError};
use pki::verification::{DigestAlgorithm, Reliance, SignatureCheck, check_bare_signature};
use time::OffsetDateTime;

/// A container.
pub(crate) enum Container {
    /// `ETSI.CAdES.detached`.
    Cades(ParsedSignature),
    /// `adbe.pkcs7.detached`, or `PBAD.PAdES`.
    Pkcs7(ParsedSignature),
    /// `adbe.pkcs7.sha1`: the SHA-1 of the document is carried inside and signed.
    Pkcs7Sha1(ParsedSignature),
    /// `adbe.x509.rsa_sha1`: a bare signature; the certificates stand beside it.
    Bare(Vec<Vec<u8>>),
    /// `ETSI.RFC3161`.
    Timestamp(Box<TimeStampToken>),
}

/// What checking it against the file gave.
#[derive(Default)]
pub(crate) struct Checked {
    /// As signed; none when that cannot be checked.
    pub(crate) intact: Option<bool>,
    /// The signed attributes name the certificate.
    pub(crate) is_bound: bool,
    pub(crate) reasons: Vec<Reason>,
}

impl Container {
    pub(crate) fn read(field: &SignatureField) -> Result<Self, Reason> {
        let parse = || ParsedSignature::parse(&field.contents).map_err(read_reason);
        match field.sub_filter.as_deref() {
            Some("ETSI.RFC3161") => TimeStampToken::parse(&field.contents)
                .map(|token| Self::Timestamp(Box::new(token)))
                .map_err(token_reason),
            _ if field.kind == SignatureKind::DocumentTimestamp => Err(Reason::UnsupportedSubFilter),
            Some("ETSI.CAdES.detached") => parse().map(Self::Cades),
            // ICP-Brasil's is the same structure under another name (DOC-ICP-15.03).
            Some("adbe.pkcs7.detached" | "PBAD.PAdES") => parse().map(Self::Pkcs7),
            Some("adbe.pkcs7.sha1") => parse().map(Self::Pkcs7Sha1),
            Some("adbe.x509.rsa_sha1") => Ok(Self::Bare(field.certificates.clone())),
            _ => Err(Reason::UnsupportedSubFilter),
        }
    }

    /// The CMS inside, where there is one.
    pub(crate) fn cms(&self) -> Option<&ParsedSignature> {
        match self {
            Self::Cades(parsed) | Self::Pkcs7(parsed) | Self::Pkcs7Sha1(parsed) => Some(parsed),
            Self::Timestamp(token) => Some(token.container()),
            Self::Bare(_) => None,
        }
    }

    /// Every certificate it carries (DER).
    pub(crate) fn certificates(&self) -> &[Vec<u8>] {
        match self {
            Self::Bare(certificates) => certificates,
            _ => self.cms().map(ParsedSignature::certificates).unwrap_or_default(),
        }
    }

    /// The signer's certificate (DER).
    pub(crate) fn signer(&self) -> Option<&[u8]> {
        match self {
            Self::Bare(certificates) => certificates.first().map(Vec::as_slice),
            _ => self.cms()?.signer_certificate(),
        }
    }

    /// The digest by which the document is hashed.
    pub(crate) fn digest_algorithm(&self) -> DigestAlgorithm {
        match self {
            Self::Cades(parsed) | Self::Pkcs7(parsed) => parsed.digest_algorithm(),
            Self::Pkcs7Sha1(_) | Self::Bare(_) => DigestAlgorithm::Sha1,
            Self::Timestamp(token) => token.imprint_algorithm(),
        }
    }

    /// How far the digests it rests on can be relied on, when it was made at that moment or before.
    pub(crate) fn reliance(&self, made_at: OffsetDateTime) -> Reliance {
        let own = self.digest_algorithm().reliance(made_at);
        self.cms().map_or(own, |cms| cms.reliance(made_at).max(own))
    }

    pub(crate) fn check(&self, field: &SignatureField, digests: &Digests<'_>) -> Checked {
        let Some(digest) = digests.of(field, self.digest_algorithm()) else {
            return Checked::default();
        };
        match self {
            Self::Cades(parsed) => check_detached(parsed, &digest, true),
            Self::Pkcs7(parsed) => check_detached(parsed, &digest, false),
            Self::Pkcs7Sha1(parsed) => check_carried(parsed, &digest),
            Self::Bare(certificates) => check_bare(certificates, &field.contents, &digest),
            Self::Timestamp(token) => check_token(token, &digest),
        }
    }
}

fn read_reason(error: CmsReadError) -> Reason {
    match error {
        CmsReadError::Unreadable | CmsReadError::BadSignedAttributes => Reason::ContainerUnreadable,
        CmsReadError::NotOneSigner => Reason::NotOneSigner,
        CmsReadError::UnknownDigest => Reason::UnsupportedAlgorithm,
    }
}

pub(crate) fn token_reason(error: TokenReadError) -> Reason {
    match error {
        TokenReadError::Container(error) => read_reason(error),
        TokenReadError::Content => Reason::ContainerUnreadable,
        TokenReadError::UnknownDigest => Reason::UnsupportedAlgorithm,
    }
}

fn check_detached(parsed: &ParsedSignature, digest: &[u8], is_cades: bool) -> Checked {
    let findings = parsed.verify_digest(digest);
    let mut checked = of_cms(&findings);
    let unbound = matches!(
        findings.binding,
        CertificateBinding::Absent | CertificateBinding::Unsupported
    );
    // EN 319 142-1, 6.3: signing-certificate is required; ISO 32000-1 did not ask for it.
    checked
        .reasons
        .extend((is_cades && unbound).then_some(Reason::CertificateNotBound));
    checked
        .reasons
        .extend(parsed.has_content().then_some(Reason::NotDetached));
    checked
}

fn check_carried(parsed: &ParsedSignature, sha1: &[u8]) -> Checked {
    let Some(content) = parsed.content() else {
        return Checked {
            reasons: vec![Reason::ContainerUnreadable],
            ..Checked::default()
        };
    };
    let own = parsed.digest_algorithm().digest(&[content]);
    let mut checked = of_cms(&parsed.verify_digest(&own));
    if content != sha1 {
        checked.intact = Some(false);
        checked.reasons.push(Reason::DocumentChanged);
    }
    checked
}

fn check_bare(certificates: &[Vec<u8>], contents: &[u8], sha1: &[u8]) -> Checked {
    let facts = certificates.first().map(|der| CertificateFacts::parse(der));
    let Some(Ok(facts)) = facts else {
        return Checked {
            reasons: vec![Reason::SignerCertificateMissing],
            ..Checked::default()
        };
    };
    let signature = check_bare_signature(&facts.spki_der, contents, sha1);
    Checked {
        intact: intact(signature),
        is_bound: false,
        reasons: signature_reason(signature).into_iter().collect(),
    }
}

fn check_token(token: &TimeStampToken, digest: &[u8]) -> Checked {
    let findings = token.verify_digest(digest);
    let mut checked = of_cms(&findings.container);
    if !findings.imprint_matches {
        checked.intact = Some(false);
        checked.reasons.push(Reason::DocumentChanged);
    }
    checked
        .reasons
        .extend((!findings.for_timestamping).then_some(Reason::NotForTimestamping));
    checked
}

/// A wrong digest is proof of a change; a right one alone proves nothing.
fn of_cms(findings: &CmsFindings) -> Checked {
    let proven = !findings.digest_matches || !findings.content_type_matches;
    let mismatch = findings.binding == CertificateBinding::Mismatch;
    let reasons = [
        (!findings.digest_matches, Reason::DocumentChanged),
        (!findings.content_type_matches, Reason::ContentTypeMismatch),
        (mismatch, Reason::CertificateSubstituted),
    ];
    let found = reasons
        .into_iter()
        .filter(|(found, _)| *found)
        .map(|(_, reason)| reason);
    Checked {
        intact: if proven {
            Some(false)
        } else {
            intact(findings.signature)
        },
        is_bound: findings.binding == CertificateBinding::Bound,
        reasons: found.chain(signature_reason(findings.signature)).collect(),
    }
}

fn intact(signature: SignatureCheck) -> Option<bool> {
    match signature {
        SignatureCheck::Valid => Some(true),
        SignatureCheck::Invalid => Some(false),
        SignatureCheck::Unsupported => None,
    }
}

fn signature_reason(signature: SignatureCheck) -> Option<Reason> {
    match signature {
        SignatureCheck::Valid => None,
        SignatureCheck::Invalid => Some(Reason::SignatureWrong),
        SignatureCheck::Unsupported => Some(Reason::UnsupportedAlgorithm),
    }
}
