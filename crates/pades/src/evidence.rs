//! Everything in the file that helps to judge it: certificates, lists and responses, and the times that are proven.

use crate::container::Container;
use crate::digests::Digests;
use crate::verify::{Request, TrustRoots};
use pdf::Document;
use pdf::signature::{Coverage, SignatureField};
use pdf::validation_data::{ValidationData, read_validation_data, tells_revocation};
use pki::budget::Budget;
use pki::path::{Certificates, PathRules, PathVerdict, validate_path_within};
use pki::revocation::{Inquiry, RevocationData, RevocationStatus};
use pki::tsp::TimeStampToken;
use pki::verification::Reliance;
use time::{Duration, OffsetDateTime};

/// Certificates from the whole file that may be part of a path.
const POOL_LIMIT: usize = 150;
/// `CRLReason`s that make everything doubtful that a key ever signed: unspecified, key or authority compromised.
const COMPROMISED: [u8; 3] = [0, 1, 2];

/// How far the clock of an authority may be ahead.
const CLOCK_SKEW: Duration = Duration::minutes(5);

/// What is at hand.
pub(crate) struct Evidence<'a> {
    pub(crate) request: &'a Request<'a>,
    /// Certificates of the store and of every container.
    pool: Vec<Vec<u8>>,
    /// All lists and responses.
    everything: RevocationData,
    /// Only those of the store: what makes level B-LT.
    store: RevocationData,
    times: Vec<DocumentTime>,
    /// The file has signatures and not only document timestamps.
    pub(crate) has_signatures: bool,
}

/// An intact document timestamp.
struct DocumentTime {
    /// End of what it covers.
    end: u64,
    moment: OffsetDateTime,
    is_trusted: bool,
    /// What it covers has a store that tells revocation.
    covers_store: bool,
}

/// What a timestamp is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Authority {
    /// Its authority leads to a given root.
    Trusted,
    /// It does not, or was revoked.
    Untrusted,
}

impl<'a> Evidence<'a> {
    pub(crate) fn gather(
        document: &Document,
        fields: &[SignatureField],
        containers: &[Option<Container>],
        digests: &Digests<'_>,
        request: &'a Request<'a>,
    ) -> Self {
        let newest = document
            .revisions()
            .map_or(0, |revisions| revisions.len().saturating_sub(1));
        let stored = read_validation_data(document, newest);
        let store = revocation_data(&stored);
        let mut everything = store.clone();
        request
            .revocation_lists
            .iter()
            .for_each(|list| everything.add_list(list));
        request
            .ocsp_responses
            .iter()
            .for_each(|response| everything.add_response(response));
        let mut pool = Pool::default();
        for container in containers.iter().flatten() {
            pool.extend(container.certificates());
            if let Some(cms) = container.cms() {
                archived(cms).for_each(|der| match der {
                    Archived::List(der) => everything.add_list(der),
                    Archived::Response(der) => everything.add_response(der),
                });
                let tokens = cms
                    .timestamps()
                    .iter()
                    .filter_map(|token| TimeStampToken::parse(token).ok());
                tokens.for_each(|token| pool.extend(token.container().certificates()));
            }
        }
        pool.extend(&stored.certificates);
        everything.certificates().for_each(|der| pool.add(der));
        let mut evidence = Self {
            request,
            pool: pool.0,
            everything,
            store,
            times: Vec::new(),
            has_signatures: containers
                .iter()
                .any(|container| !matches!(container, Some(Container::Timestamp(_)))),
        };
        evidence.times = evidence.document_times(document, fields, containers, digests);
        evidence
    }

    fn document_times(
        &self,
        document: &Document,
        fields: &[SignatureField],
        containers: &[Option<Container>],
        digests: &Digests<'_>,
    ) -> Vec<DocumentTime> {
        let mut times = Vec::new();
        for (field, container) in fields.iter().zip(containers) {
            let (Some(Container::Timestamp(token)), Some([_, _, start, length])) = (container, field.byte_range) else {
                continue;
            };
            let digest = digests.of(field, token.imprint_algorithm());
            let intact = digest.is_some_and(|digest| token.verify_digest(&digest).is_intact());
            if !intact || field.coverage == Coverage::Partial {
                continue;
            }
            let covered = field.revision.and_then(|own| own.checked_sub(1));
            times.push(DocumentTime {
                end: start.saturating_add(length),
                moment: token.moment(),
                is_trusted: self.authority(token) == Authority::Trusted,
                covers_store: covered.is_some_and(|revision| tells_revocation(document, revision)),
            });
        }
        times
    }

    /// The path of a certificate at a moment; `own` are the certificates that came with it.
    pub(crate) fn path(&self, leaf: &[u8], own: &[Vec<u8>], moment: OffsetDateTime) -> PathVerdict {
        let intermediates = self.intermediates(own);
        let others = self.certificates(&intermediates);
        validate_path_within(leaf, others, &PathRules::default(), moment, &self.budget())
    }

    /// The revocation status of a chain at a moment.
    pub(crate) fn revocation(&self, chain: &[Vec<u8>], moment: OffsetDateTime) -> RevocationStatus {
        self.revocation_by(&self.everything, chain, moment)
    }

    /// Whether the store alone tells that a chain was good at a moment.
    pub(crate) fn is_settled_by_store(&self, chain: &[Vec<u8>], moment: OffsetDateTime) -> bool {
        !self.store.is_empty() && self.revocation_by(&self.store, chain, moment) != RevocationStatus::Unknown
    }

    fn revocation_by(&self, data: &RevocationData, chain: &[Vec<u8>], moment: OffsetDateTime) -> RevocationStatus {
        let intermediates = self.intermediates(chain);
        let inquiry = Inquiry {
            data,
            others: self.certificates(&intermediates),
            now: self.request.at,
            budget: &self.budget(),
        };
        inquiry.chain_status(chain, moment)
    }

    fn intermediates(&self, own: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let mut all = Pool::default();
        all.extend(own);
        all.extend(&self.pool);
        all.0
    }

    fn certificates<'b>(&'b self, intermediates: &'b [Vec<u8>]) -> Certificates<'b> {
        Certificates {
            intermediates,
            roots: self.roots().certificates(),
        }
    }

    fn budget(&self) -> Budget {
        self.request.budget.renewed()
    }

    pub(crate) fn roots(&self) -> &TrustRoots {
        self.request.roots
    }

    /// Whether an authority of timestamps leads to a root. Its certificate has to hold at the moment it states, as
    /// viewers do it; that it has expired since does not undo its tokens, that its key was compromised does.
    pub(crate) fn authority(&self, token: &TimeStampToken) -> Authority {
        let container = token.container();
        // A moment that is still to come, seen from the one that was asked about, proves nothing for it.
        let leaf = container
            .signer_certificate()
            .filter(|_| token.moment() <= self.request.at + CLOCK_SKEW);
        let Some(leaf) = leaf else {
            return Authority::Untrusted;
        };
        let PathVerdict::Trusted { chain } = self.path(leaf, container.certificates(), token.moment()) else {
            return Authority::Untrusted;
        };
        match self.revocation(&chain, token.moment()) {
            RevocationStatus::Revoked { .. } => return Authority::Untrusted,
            RevocationStatus::Good | RevocationStatus::Unknown => {}
        }
        match self.revocation(&chain, self.request.at) {
            RevocationStatus::Revoked { reason, .. } if reason.is_none_or(|why| COMPROMISED.contains(&why)) => {
                Authority::Untrusted
            }
            _ if container.reliance(token.moment()) == Reliance::Broken => Authority::Untrusted,
            _ => Authority::Trusted,
        }
    }

    /// The earliest trusted document timestamp over everything up to `end`.
    pub(crate) fn proven_by_document(&self, end: u64) -> Option<OffsetDateTime> {
        let covering = self.times.iter().filter(|time| time.end > end && time.is_trusted);
        covering.map(|time| time.moment).min()
    }

    /// Whether an intact document timestamp follows, and whether one covers a store.
    pub(crate) fn archived_after(&self, end: u64) -> (bool, bool) {
        let mut later = self.times.iter().filter(|time| time.end > end).peekable();
        (later.peek().is_some(), later.any(|time| time.covers_store))
    }
}

fn revocation_data(stored: &ValidationData) -> RevocationData {
    let mut data = RevocationData::new();
    stored.lists.iter().for_each(|list| data.add_list(list));
    stored.responses.iter().for_each(|response| data.add_response(response));
    data
}

enum Archived<'a> {
    List(&'a [u8]),
    Response(&'a [u8]),
}

fn archived(cms: &pki::cms::ParsedSignature) -> impl Iterator<Item = Archived<'_>> {
    let (lists, responses) = cms.archived_revocation();
    let lists = lists.iter().chain(cms.revocation_lists());
    let lists = lists.map(|der| Archived::List(der));
    lists.chain(responses.iter().map(|der| Archived::Response(der)))
}

/// Certificates without doubles, up to the limit.
#[derive(Default)]
struct Pool(Vec<Vec<u8>>);

impl Pool {
    fn add(&mut self, der: &[u8]) {
        if self.0.len() < POOL_LIMIT && self.0.iter().all(|known| known != der) {
            self.0.push(der.to_vec());
        }
    }

    fn extend(&mut self, certificates: &[Vec<u8>]) {
        certificates.iter().for_each(|der| self.add(der));
    }
}
