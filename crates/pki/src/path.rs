//! Certification path building and validation (RFC 5280, section 6) by certval.
//!
//! Absent: revocation. A verdict here says nothing about it; `trust: revoked` needs CRL or OCSP data (later).

use crate::certificate::read;
use certval::{
    CertFile, CertSource, CertVector, CertificationPath, CertificationPathResults, CertificationPathSettings, Error,
    PDVCertificate, PathValidationStatus, PkiEnvironment, TaSource, TimeOfInterest,
};
use time::OffsetDateTime;

/// A signature carries a handful of certificates; more only serves to make a verifier work.
const POOL_LIMIT: usize = 40;
/// Candidate paths that are tried.
const PATH_LIMIT: usize = 10;

/// What a certificate's chain is worth at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathVerdict {
    /// Every rule of the path holds up to a given root.
    Trusted {
        /// The path as DER certificates, leaf first, root last.
        chain: Vec<Vec<u8>>,
    },
    /// No path leads to a given root.
    Untrusted,
    /// A path leads to a root, but a certificate of it has expired.
    Expired,
    /// A path leads to a root, but a certificate of it is not valid yet.
    NotYetValid,
    /// A path leads to a root, but breaks a rule: a signature, a constraint, an unknown critical extension.
    Refused(PathFault),
    /// The certificate cannot be read, or there are more certificates than will be looked at.
    Unreadable,
}

/// Which rule a path breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathFault {
    /// A signature in the path is wrong.
    Signature,
    /// Basic constraints, path length or key usage of an issuer.
    Authority,
    /// Policies or name constraints.
    Constraints,
    /// A critical extension nobody here knows.
    CriticalExtension,
    /// Anything else, or an algorithm that is not supported.
    Other,
}

/// Validates a certificate at the moment `at`, with the given other certificates and roots (all DER).
#[must_use]
pub fn validate_path(leaf: &[u8], intermediates: &[Vec<u8>], roots: &[Vec<u8>], at: OffsetDateTime) -> PathVerdict {
    if intermediates.len() + roots.len() > POOL_LIMIT {
        return PathVerdict::Unreadable;
    }
    if roots.iter().any(|root| root == leaf) {
        return leaf_that_is_a_root(leaf, at);
    }
    candidate_verdicts(leaf, intermediates, roots, at).unwrap_or(PathVerdict::Unreadable)
}

/// The user trusts this very certificate: only its dates are left to check.
fn leaf_that_is_a_root(leaf: &[u8], at: OffsetDateTime) -> PathVerdict {
    let Some(certificate) = read(leaf) else {
        return PathVerdict::Unreadable;
    };
    let (validity, now) = (certificate.validity(), at.unix_timestamp());
    if now < validity.not_before.timestamp() {
        PathVerdict::NotYetValid
    } else if now > validity.not_after.timestamp() {
        PathVerdict::Expired
    } else {
        PathVerdict::Trusted {
            chain: vec![leaf.to_vec()],
        }
    }
}

fn candidate_verdicts(
    leaf: &[u8],
    intermediates: &[Vec<u8>],
    roots: &[Vec<u8>],
    at: OffsetDateTime,
) -> Result<PathVerdict, Error> {
    let target = PDVCertificate::try_from(leaf)?;
    let environment = environment(intermediates, roots)?;
    let mut paths = Vec::new();
    // Built without dates, so that «expired» can be told from «no path»; each is then validated at `at`.
    let found = environment.get_paths_for_target(&target, &mut paths, 0, TimeOfInterest::disabled());
    if found.is_err() || paths.is_empty() {
        return Ok(PathVerdict::Untrusted);
    }
    let settings = settings_at(at)?;
    let verdicts = paths
        .iter()
        .take(PATH_LIMIT)
        .map(|path| path_verdict(&environment, &settings, path, (leaf, roots)));
    Ok(verdicts.min_by_key(rank).unwrap_or(PathVerdict::Untrusted))
}

/// The best of several paths counts.
fn rank(verdict: &PathVerdict) -> u8 {
    match verdict {
        PathVerdict::Trusted { .. } => 0,
        PathVerdict::Expired | PathVerdict::NotYetValid => 1,
        PathVerdict::Refused(_) => 2,
        PathVerdict::Untrusted => 3,
        PathVerdict::Unreadable => 4,
    }
}

fn environment(intermediates: &[Vec<u8>], roots: &[Vec<u8>]) -> Result<PkiEnvironment, Error> {
    let mut settings = CertificationPathSettings::new();
    settings.set_time_of_interest(TimeOfInterest::disabled());
    let mut environment = PkiEnvironment::default();
    environment.populate_5280_pki_environment();
    let mut anchors = TaSource::new();
    readable(roots).for_each(|file| anchors.push(file));
    anchors.initialize()?;
    environment.add_trust_anchor_source(Box::new(anchors));
    let mut pool = CertSource::new();
    readable(intermediates).for_each(|file| pool.push(file));
    pool.initialize(&settings)?;
    pool.find_all_partial_paths(&environment, &settings);
    environment.add_certificate_source(Box::new(pool));
    Ok(environment)
}

/// One damaged certificate among the others must not spoil the rest.
fn readable(certificates: &[Vec<u8>]) -> impl Iterator<Item = CertFile> + '_ {
    let fit = certificates
        .iter()
        .filter(|der| PDVCertificate::try_from(der.as_slice()).is_ok());
    fit.enumerate().map(|(index, der)| CertFile {
        filename: index.to_string(),
        bytes: der.clone(),
    })
}

fn settings_at(at: OffsetDateTime) -> Result<CertificationPathSettings, Error> {
    let seconds = u64::try_from(at.unix_timestamp()).map_err(|_| Error::Unrecognized)?;
    let mut settings = CertificationPathSettings::new();
    settings.set_time_of_interest(TimeOfInterest::from_unix_secs(seconds)?);
    settings.set_check_revocation_status(false);
    Ok(settings)
}

fn path_verdict(
    environment: &PkiEnvironment,
    settings: &CertificationPathSettings,
    path: &CertificationPath,
    (leaf, roots): (&[u8], &[Vec<u8>]),
) -> PathVerdict {
    let mut results = CertificationPathResults::new();
    match environment.validate_path(environment, settings, path, &mut results) {
        Ok(()) => PathVerdict::Trusted {
            chain: chain_of(path, leaf, roots),
        },
        Err(Error::PathValidation(status)) => verdict_of(&status),
        Err(_) => PathVerdict::Refused(PathFault::Other),
    }
}

fn verdict_of(status: &PathValidationStatus) -> PathVerdict {
    use PathValidationStatus as Status;
    match status {
        Status::InvalidNotAfterDate => PathVerdict::Expired,
        Status::InvalidNotBeforeDate => PathVerdict::NotYetValid,
        Status::SignatureVerificationFailure => PathVerdict::Refused(PathFault::Signature),
        Status::MissingBasicConstraints
        | Status::InvalidBasicConstraints
        | Status::InvalidPathLength
        | Status::InvalidKeyUsage => PathVerdict::Refused(PathFault::Authority),
        Status::NullPolicySet | Status::NameConstraintsViolation => PathVerdict::Refused(PathFault::Constraints),
        Status::UnprocessedCriticalExtension => PathVerdict::Refused(PathFault::CriticalExtension),
        Status::MissingTrustAnchor | Status::NoPathsFound | Status::NameChainingFailure => PathVerdict::Untrusted,
        _ => PathVerdict::Refused(PathFault::Other),
    }
}

/// certval keeps intermediates from the anchor down to the leaf's issuer.
fn chain_of(path: &CertificationPath, leaf: &[u8], roots: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut chain = vec![leaf.to_vec()];
    chain.extend(
        path.intermediates
            .iter()
            .rev()
            .map(|certificate| certificate.as_bytes().to_vec()),
    );
    // The anchor's own encoding may be wrapped; the certificate that was given is what a reader expects.
    let anchor = path.trust_anchor.as_bytes();
    chain.extend(roots.iter().find(|root| anchor.ends_with(root)).cloned());
    chain
}
