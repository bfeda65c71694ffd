//! Certification paths (RFC 5280, section 6): candidates are built here within a budget, certval validates each.
//!
//! Absent: revocation, which `revocation` finds out for a path that is trusted otherwise.

use crate::budget::Budget;
use crate::certificate::read;
use crate::verification::{self, DigestAlgorithm, Reliance, SignatureCheck};
use certval::{
    CertificationPath, CertificationPathResults, CertificationPathSettings, Error, PDVCertificate,
    PDVTrustAnchorChoice, PathValidationStatus, PkiEnvironment, TimeOfInterest, compare_names,
};
use der::Encode;
use der::asn1::BitString;
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use time::OffsetDateTime;

/// A signature carries a handful of certificates; more only serves to make a verifier work.
const POOL_LIMIT: usize = 200;
/// Longest path that is tried.
const LONGEST: usize = 12;
/// Steps of the search for candidates.
const STEP_LIMIT: usize = 1_000;

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
    /// To find out would cost more than the budget.
    TooCostly,
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

/// What besides the rules of RFC 5280 a path must fulfil (its 6.1.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PathRules {
    /// Policies that are acceptable, as OIDs with dots; none when any is.
    pub policies: Option<Vec<String>>,
    /// A policy must be there.
    pub explicit_policy: bool,
    /// Policies may not be mapped.
    pub inhibit_policy_mapping: bool,
    /// anyPolicy does not count.
    pub inhibit_any_policy: bool,
}

/// Whom to believe, and what lies between.
#[derive(Clone, Copy)]
pub struct Certificates<'a> {
    /// Certificates that may be part of a path (DER).
    pub intermediates: &'a [Vec<u8>],
    /// Certificates at which a path may end (DER).
    pub roots: &'a [Vec<u8>],
}

/// Validates a certificate at the moment `at`, with the given other certificates and roots (all DER).
#[must_use]
pub fn validate_path(leaf: &[u8], intermediates: &[Vec<u8>], roots: &[Vec<u8>], at: OffsetDateTime) -> PathVerdict {
    let others = Certificates { intermediates, roots };
    validate_path_within(leaf, others, &PathRules::default(), at, &Budget::default())
}

/// As [`validate_path`], with rules of the caller's and within a budget.
#[must_use]
pub fn validate_path_within(
    leaf: &[u8],
    others: Certificates<'_>,
    rules: &PathRules,
    at: OffsetDateTime,
    budget: &Budget,
) -> PathVerdict {
    if others.intermediates.len() > POOL_LIMIT {
        return PathVerdict::Unreadable;
    }
    if others.roots.iter().any(|root| root == leaf) {
        return leaf_that_is_a_root(leaf, at);
    }
    let search = Search::new(leaf, others, rules, at, budget);
    search.map_or(PathVerdict::Unreadable, Search::run)
}

/// How far the signatures below the root of a chain can be relied on, made at that moment or before.
#[must_use]
pub fn reliance(chain: &[Vec<u8>], made_at: OffsetDateTime) -> Reliance {
    let below_root = chain.iter().take(chain.len().saturating_sub(1));
    below_root
        .filter_map(|der| signature_digest(der))
        .map(|digest| digest.reliance(made_at))
        .max()
        .unwrap_or(Reliance::Sound)
}

/// The digest that the signature of a certificate rests on.
fn signature_digest(certificate_der: &[u8]) -> Option<DigestAlgorithm> {
    use crate::tlv::{Elements, tag};
    let mut inside = Elements::of(certificate_der).expect(tag::SEQUENCE).ok()?.inside();
    inside.expect(tag::SEQUENCE).ok()?;
    verification::stated_digest(inside.expect(tag::SEQUENCE).ok()?.raw)
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

/// The best of several paths counts.
fn rank(verdict: &PathVerdict) -> u8 {
    match verdict {
        PathVerdict::Trusted { .. } => 0,
        PathVerdict::TooCostly => 1,
        PathVerdict::Expired | PathVerdict::NotYetValid => 2,
        PathVerdict::Refused(_) => 3,
        PathVerdict::Untrusted => 4,
        PathVerdict::Unreadable => 5,
    }
}

/// A search for a path, depth first from the leaf.
struct Search<'a> {
    leaf: PDVCertificate,
    pool: Vec<PDVCertificate>,
    anchors: Vec<(PDVTrustAnchorChoice, PDVCertificate)>,
    environment: PkiEnvironment,
    settings: CertificationPathSettings,
    budget: &'a Budget,
    steps: usize,
    best: PathVerdict,
}

impl<'a> Search<'a> {
    fn new(
        leaf: &[u8],
        others: Certificates<'_>,
        rules: &PathRules,
        at: OffsetDateTime,
        budget: &'a Budget,
    ) -> Option<Self> {
        let anchor = |root: &Vec<u8>| {
            let choice = PDVTrustAnchorChoice::try_from(root.as_slice()).ok()?;
            Some((choice, PDVCertificate::try_from(root.as_slice()).ok()?))
        };
        // One damaged certificate among the others must not spoil the rest.
        let readable = |der: &Vec<u8>| PDVCertificate::try_from(der.as_slice()).ok();
        let mut pool: Vec<PDVCertificate> = Vec::new();
        for certificate in others.intermediates.iter().filter_map(readable) {
            if certificate.as_bytes() != leaf && pool.iter().all(|known| known.as_bytes() != certificate.as_bytes()) {
                pool.push(certificate);
            }
        }
        Some(Self {
            leaf: PDVCertificate::try_from(leaf).ok()?,
            pool,
            anchors: others.roots.iter().filter_map(anchor).collect(),
            environment: environment(budget.clone()),
            settings: settings(rules, at)?,
            budget,
            steps: 0,
            best: PathVerdict::Untrusted,
        })
    }

    fn run(mut self) -> PathVerdict {
        self.extend(&mut Vec::new());
        self.best
    }

    /// The certificate whose issuer is looked for: the last of the path, which goes up from the leaf.
    fn top(&self, path: &[usize]) -> &PDVCertificate {
        path.last()
            .and_then(|index| self.pool.get(*index))
            .unwrap_or(&self.leaf)
    }

    fn extend(&mut self, path: &mut Vec<usize>) {
        self.steps += 1;
        if self.is_done() {
            return;
        }
        let top = self.top(path);
        let anchors: Vec<usize> = (0..self.anchors.len())
            .filter(|index| self.anchors.get(*index).is_some_and(|(_, anchor)| issued(anchor, top)))
            .collect();
        let next: Vec<usize> = (0..self.pool.len())
            .filter(|index| !path.contains(index) && self.pool.get(*index).is_some_and(|found| issued(found, top)))
            .collect();
        for anchor in anchors {
            let verdict = self.validate(path, anchor);
            if rank(&verdict) < rank(&self.best) {
                self.best = verdict;
            }
        }
        if path.len() < LONGEST {
            for index in next {
                path.push(index);
                self.extend(path);
                path.pop();
            }
        }
    }

    fn is_done(&mut self) -> bool {
        if matches!(self.best, PathVerdict::Trusted { .. }) {
            return true;
        }
        let exceeded = self.steps > STEP_LIMIT || self.budget.is_spent();
        if exceeded {
            self.best = PathVerdict::TooCostly;
        }
        exceeded
    }

    fn validate(&self, path: &[usize], anchor: usize) -> PathVerdict {
        let between: Option<Vec<PDVCertificate>> =
            path.iter().rev().map(|index| self.pool.get(*index).cloned()).collect();
        let (Some((anchor, root)), Some(between)) = (self.anchors.get(anchor), between) else {
            return PathVerdict::Unreadable;
        };
        let up = path.iter().filter_map(|index| self.pool.get(*index));
        let chain = std::iter::once(&self.leaf).chain(up).chain(std::iter::once(root));
        let chain = chain.map(|certificate| certificate.as_bytes().to_vec()).collect();
        let path = CertificationPath::new(anchor.clone(), between, self.leaf.clone());
        let mut results = CertificationPathResults::new();
        match self
            .environment
            .validate_path(&self.environment, &self.settings, &path, &mut results)
        {
            Ok(()) => PathVerdict::Trusted { chain },
            Err(_) if self.budget.is_spent() => PathVerdict::TooCostly,
            Err(Error::PathValidation(status)) => verdict_of(&status),
            Err(_) => PathVerdict::Refused(PathFault::Other),
        }
    }
}

/// Whether one certificate's name is that of another's issuer.
fn issued(issuer: &PDVCertificate, certificate: &PDVCertificate) -> bool {
    let (above, below) = (
        issuer.decoded().tbs_certificate(),
        certificate.decoded().tbs_certificate(),
    );
    compare_names(above.subject(), below.issuer())
}

/// certval with our own signature check, which counts what it costs.
fn environment(budget: Budget) -> PkiEnvironment {
    let mut environment = PkiEnvironment::default();
    environment.populate_5280_pki_environment();
    environment.clear_verify_signature_message_callbacks();
    environment.add_verify_signature_message_callback(
        move |_: &PkiEnvironment,
              message: &[u8],
              signature: &BitString,
              algorithm: &AlgorithmIdentifierOwned,
              key: &SubjectPublicKeyInfoOwned| {
            if budget.spend() {
                counted_check(message, signature, algorithm, key)
            } else {
                Err(Error::PathValidation(PathValidationStatus::ProcessingLimitExceeded))
            }
        },
    );
    environment.add_signature_cache(Box::new(certval::DefaultSignatureVerificationCache::new()));
    environment
}

fn counted_check(
    message: &[u8],
    signature: &BitString,
    algorithm: &AlgorithmIdentifierOwned,
    key: &SubjectPublicKeyInfoOwned,
) -> Result<(), Error> {
    let (key, algorithm) = (key.to_der()?, algorithm.to_der()?);
    let signature = signature.as_bytes().ok_or(Error::ParseError)?;
    let digest = DigestAlgorithm::Sha256;
    match verification::check_signature(&key, &algorithm, digest, message, signature) {
        SignatureCheck::Valid => Ok(()),
        SignatureCheck::Invalid => Err(Error::PathValidation(
            PathValidationStatus::SignatureVerificationFailure,
        )),
        SignatureCheck::Unsupported => Err(Error::Unrecognized),
    }
}

fn settings(rules: &PathRules, at: OffsetDateTime) -> Option<CertificationPathSettings> {
    let seconds = u64::try_from(at.unix_timestamp()).ok()?;
    let mut settings = CertificationPathSettings::new();
    settings.set_time_of_interest(TimeOfInterest::from_unix_secs(seconds).ok()?);
    settings.set_check_revocation_status(false);
    // The candidates end at the given roots already.
    settings.set_require_ta_store(false);
    // Short keys are reported as such, not as no path.
    settings.set_min_rsa_modulus_bits(0);
    if let Some(policies) = &rules.policies {
        settings.set_initial_policy_set(policies.clone());
    }
    settings.set_initial_explicit_policy_indicator(rules.explicit_policy);
    settings.set_initial_policy_mapping_inhibit_indicator(rules.inhibit_policy_mapping);
    settings.set_initial_inhibit_any_policy_indicator(rules.inhibit_any_policy);
    Some(settings)
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
