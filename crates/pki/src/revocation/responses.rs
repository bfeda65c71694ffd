//! OCSP responses as evidence: the answer must be about the certificate, and come from whom its issuer lets answer.

use super::{ALL_REASONS, Evidence, Inquiry};
use crate::certificate::read;
use crate::ocsp::{Answer, AnsweredStatus, OcspResponse, Responder};
use crate::tlv;
use crate::verification::{DigestAlgorithm, SignatureCheck, check_signature};
use x509_parser::prelude::X509Certificate;

/// What every believable response says about a certificate.
pub(super) fn evidence(
    inquiry: &Inquiry<'_>,
    certificate: &X509Certificate<'_>,
    issuer: &X509Certificate<'_>,
) -> Vec<Evidence> {
    let mut found = Vec::new();
    for response in &inquiry.data.responses {
        let about = response
            .answers()
            .iter()
            .filter(|answer| is_about(answer, certificate, issuer));
        let told: Vec<Evidence> = about.filter_map(told).collect();
        if !told.is_empty() && is_believable(inquiry, response, issuer) {
            found.extend(told);
        }
    }
    found
}

fn told(answer: &Answer) -> Option<Evidence> {
    let revoked = match answer.status {
        AnsweredStatus::Good => None,
        AnsweredStatus::Revoked { at, reason } => Some((at, reason)),
        AnsweredStatus::Unknown => return None,
    };
    Some(Evidence {
        revoked,
        this_update: answer.this_update,
        next_update: answer.next_update,
        reasons: ALL_REASONS,
        forgets_expired: false,
    })
}

/// `CertID` (RFC 6960, 4.1.1): hashes of the issuer's name and key, and the serial number.
fn is_about(answer: &Answer, certificate: &X509Certificate<'_>, issuer: &X509Certificate<'_>) -> bool {
    let Some(hash) = answer.hash_algorithm else {
        return false;
    };
    answer.serial == certificate.raw_serial()
        && answer.issuer_key_hash == hash.digest(&[&issuer.public_key().subject_public_key.data])
        && answer.issuer_name_hash == hash.digest(&[certificate.issuer().as_raw()])
}

/// The issuer itself, or one to whom it gave the right to answer (RFC 6960, 4.2.2.2).
fn is_believable(inquiry: &Inquiry<'_>, response: &OcspResponse, issuer: &X509Certificate<'_>) -> bool {
    if is_named(response.responder(), issuer) && has_signed(inquiry, response, issuer) {
        return true;
    }
    let candidates = response.certificates().iter().chain(inquiry.others.intermediates);
    let delegates = candidates.filter_map(|der| Some((der, read(der)?)));
    delegates
        .filter(|(_, delegate)| is_named(response.responder(), delegate) && may_answer(response, delegate, issuer))
        .any(|(_, delegate)| is_issued_by(inquiry, &delegate, issuer) && has_signed(inquiry, response, &delegate))
}

fn is_named(responder: &Responder, certificate: &X509Certificate<'_>) -> bool {
    match responder {
        Responder::Name(name) => name == certificate.subject().as_raw(),
        Responder::KeyHash(hash) => {
            let key = &certificate.public_key().subject_public_key.data;
            *hash == DigestAlgorithm::Sha1.digest(&[key])
        }
    }
}

fn may_answer(response: &OcspResponse, delegate: &X509Certificate<'_>, issuer: &X509Certificate<'_>) -> bool {
    let usage = delegate.extended_key_usage().ok().flatten();
    let produced = response.produced_at().unix_timestamp();
    let validity = delegate.validity();
    usage.is_some_and(|usage| usage.value.ocsp_signing)
        && delegate.issuer().as_raw() == issuer.subject().as_raw()
        && (validity.not_before.timestamp()..=validity.not_after.timestamp()).contains(&produced)
}

fn has_signed(inquiry: &Inquiry<'_>, response: &OcspResponse, signer: &X509Certificate<'_>) -> bool {
    let key = signer.public_key().raw;
    let (message, signature) = (&response.signed_bytes, &response.signature);
    inquiry.budget.spend()
        && check_signature(key, &response.algorithm, DigestAlgorithm::Sha256, message, signature)
            == SignatureCheck::Valid
}

fn is_issued_by(inquiry: &Inquiry<'_>, certificate: &X509Certificate<'_>, issuer: &X509Certificate<'_>) -> bool {
    let (key, signature) = (issuer.public_key().raw, &certificate.signature_value.data);
    let message = certificate.tbs_certificate.as_ref();
    let Some(algorithm) = inner_algorithm(message) else {
        return false;
    };
    inquiry.budget.spend()
        && check_signature(key, &algorithm, DigestAlgorithm::Sha256, message, signature) == SignatureCheck::Valid
}

/// The algorithm that a `TBSCertificate` names, the one that is itself signed.
pub(super) fn inner_algorithm(tbs_certificate: &[u8]) -> Option<Vec<u8>> {
    use tlv::tag;
    let mut inside = tlv::Elements::of(tbs_certificate).expect(tag::SEQUENCE).ok()?.inside();
    inside.optional(tag::CONTEXT_0).ok()?;
    inside.expect(tag::INTEGER).ok()?;
    Some(inside.expect(tag::SEQUENCE).ok()?.raw.to_vec())
}
