//! Gathering what proves a signature later: the certificates of every path, and that none of them was revoked.
use crate::authority_services::Services;
use pades::Evidence;
use pki::authority_access::{AuthorityAddresses, is_issued_by, is_self_issued, ocsp_request};
use pki::budget::Budget;
use pki::certificate::CertificateFacts;
use pki::ocsp::OcspResponse;
use pki::path::Certificates;
use pki::revocation::{Inquiry, RevocationData, RevocationStatus};
use std::collections::HashSet;
use time::OffsetDateTime;

/// Longest path.
const LONGEST_PATH: usize = 10;

/// Why a signature cannot be given long-term evidence. The certificate is named as people name it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceError {
    /// The certificate's issuer is neither embedded nor to be fetched.
    #[error("the issuer of {certificate} cannot be found")]
    IssuerMissing {
        /// Which.
        certificate: String,
    },
    /// Nobody says whether the certificate was revoked.
    #[error("it cannot be found out whether {certificate} was revoked")]
    RevocationUnknown {
        /// Which.
        certificate: String,
    },
    /// The certificate was revoked.
    #[error("{certificate} was revoked")]
    Revoked {
        /// Which.
        certificate: String,
    },
}

/// Gathers evidence for paths, each given by its certificate first and whatever others are at hand.
pub(crate) fn gather(
    services: &Services,
    paths: &[&[Vec<u8>]],
    now: OffsetDateTime,
) -> Result<Evidence, EvidenceError> {
    let mut gathering = Gathering {
        services,
        now,
        evidence: Evidence::default(),
        known: RevocationData::new(),
        asked: HashSet::new(),
    };
    for path in paths {
        gathering.path(path)?;
    }
    Ok(gathering.evidence)
}

struct Gathering<'a> {
    services: &'a Services,
    now: OffsetDateTime,
    evidence: Evidence,
    known: RevocationData,
    asked: HashSet<String>,
}

impl Gathering<'_> {
    fn path(&mut self, given: &[Vec<u8>]) -> Result<(), EvidenceError> {
        let path = self.completed(given)?;
        for pair in path.windows(2) {
            if let [certificate, issuer] = pair {
                self.state(certificate, issuer)?;
            }
        }
        path.into_iter()
            .for_each(|certificate| add(&mut self.evidence.certificates, certificate));
        Ok(())
    }

    /// From the certificate to one that names itself as its issuer.
    fn completed(&self, given: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, EvidenceError> {
        let mut path: Vec<Vec<u8>> = given.first().cloned().into_iter().collect();
        while let Some(last) = path.last().cloned().filter(|last| !is_self_issued(last)) {
            let pool = given.iter().chain(&self.evidence.certificates);
            let at_hand = pool.into_iter().find(|other| is_issued_by(&last, other)).cloned();
            let issuer = at_hand.or_else(|| self.fetched_issuer(&last));
            let issuer = issuer.filter(|issuer| path.len() < LONGEST_PATH && !path.contains(issuer));
            path.push(issuer.ok_or_else(|| EvidenceError::IssuerMissing {
                certificate: shown(&last),
            })?);
        }
        Ok(path)
    }

    fn fetched_issuer(&self, certificate: &[u8]) -> Option<Vec<u8>> {
        let addresses = AuthorityAddresses::of(certificate).issuers;
        let fetched = addresses
            .iter()
            .filter_map(|address| self.services.certificate(address).ok());
        fetched.into_iter().find(|issuer| is_issued_by(certificate, issuer))
    }

    /// Asks the certificate's authority until somebody says that it is good.
    fn state(&mut self, certificate: &[u8], issuer: &[u8]) -> Result<(), EvidenceError> {
        let facts = CertificateFacts::parse(certificate).map(|facts| facts.sha256_fingerprint);
        if !facts.is_ok_and(|fingerprint| self.asked.insert(fingerprint)) {
            return Ok(());
        }
        let addresses = AuthorityAddresses::of(certificate);
        let request = ocsp_request(certificate, issuer).unwrap_or_default();
        for address in &addresses.ocsp {
            let answer = self.services.ocsp(address, &request).ok();
            if let Some(answer) = answer.filter(|answer| self.keeps_response(answer))
                && self.says(certificate, issuer)? == RevocationStatus::Good
            {
                add(&mut self.evidence.ocsp_responses, answer);
                return Ok(());
            }
        }
        for address in &addresses.lists {
            if let Ok(list) = self.services.list(address) {
                self.known.add_list(&list);
                if self.says(certificate, issuer)? == RevocationStatus::Good {
                    add(&mut self.evidence.crls, list);
                    return Ok(());
                }
            }
        }
        Err(EvidenceError::RevocationUnknown {
            certificate: shown(certificate),
        })
    }

    /// Takes in what a responder said, and the certificates it brought.
    fn keeps_response(&mut self, answer: &[u8]) -> bool {
        let Ok(response) = OcspResponse::parse(answer) else {
            return false;
        };
        self.known.add_response(answer);
        for certificate in response.certificates() {
            add(&mut self.evidence.certificates, certificate.clone());
        }
        true
    }

    fn says(&self, certificate: &[u8], issuer: &[u8]) -> Result<RevocationStatus, EvidenceError> {
        let roots = [issuer.to_vec()];
        let inquiry = Inquiry {
            data: &self.known,
            others: Certificates {
                intermediates: &self.evidence.certificates,
                roots: &roots,
            },
            now: self.now,
            budget: &Budget::default(),
        };
        match inquiry.certificate_status(certificate, issuer, self.now) {
            RevocationStatus::Revoked { .. } => Err(EvidenceError::Revoked {
                certificate: shown(certificate),
            }),
            status => Ok(status),
        }
    }
}

fn add(list: &mut Vec<Vec<u8>>, item: Vec<u8>) {
    if !list.contains(&item) {
        list.push(item);
    }
}

fn shown(certificate: &[u8]) -> String {
    CertificateFacts::parse(certificate).map_or_else(|_| String::new(), |facts| facts.subject.shown().to_owned())
}
