//! Revocation lists as evidence (RFC 5280, 6.3.3): which list is about a certificate, for which reasons, and who signs it.

use super::{ALL_REASONS, Evidence, Inquiry, RevocationStatus};
use crate::certificate::read;
use crate::crl::{Crl, DIRECTORY_NAME, REMOVE_FROM_CRL, RevokedEntry, Scope, point_names, reason_flags};
use crate::path::{PathRules, PathVerdict, validate_path_within};
use crate::tlv::{self, Elements, Malformed, tag};
use crate::verification::{DigestAlgorithm, SignatureCheck, check_signature};
use certval::compare_names;
use der::Decode;
use time::OffsetDateTime;
use x509_cert::name::Name;
use x509_parser::prelude::X509Certificate;

/// Where a certificate says its revocation is told (RFC 5280, 4.2.1.13).
struct Point {
    names: Vec<Vec<u8>>,
    reasons: u16,
    /// Names of those who issue the list, where that is not the certificate's issuer.
    issuers: Vec<Vec<u8>>,
}

/// What every believable list says about a certificate.
pub(super) fn evidence(
    inquiry: &Inquiry<'_>,
    certificate: &X509Certificate<'_>,
    issuer: &X509Certificate<'_>,
    moment: OffsetDateTime,
    depth: usize,
) -> Vec<Evidence> {
    let points = points(certificate);
    let complete = inquiry.data.lists.iter().filter(|list| list.base_number.is_none());
    complete
        .filter_map(|list| {
            let reasons = covered_reasons(list, certificate, &points);
            let believed = reasons != 0 && is_believable(inquiry, list, issuer, moment, depth);
            believed.then(|| told(inquiry, list, certificate, issuer, (moment, depth), reasons))?
        })
        .collect()
}

fn told(
    inquiry: &Inquiry<'_>,
    list: &Crl,
    certificate: &X509Certificate<'_>,
    issuer: &X509Certificate<'_>,
    (moment, depth): (OffsetDateTime, usize),
    reasons: u16,
) -> Option<Evidence> {
    let delta = newest_delta(inquiry, list, moment);
    let delta = delta.filter(|delta| is_believable(inquiry, delta, issuer, moment, depth));
    let is_issuer = |name: &[u8]| same_name(name, certificate.issuer().as_raw());
    let entry = |list: &Crl| list.entry(certificate.raw_serial(), is_issuer).ok();
    let in_delta = delta.and_then(|delta| entry(delta).flatten());
    let entry = match in_delta {
        Some(change) if change.reason == Some(REMOVE_FROM_CRL) => None,
        Some(change) => Some(change),
        None => entry(list)?,
    };
    let newest = delta.unwrap_or(list);
    Some(Evidence {
        revoked: entry.map(|RevokedEntry { at, reason }| (at, reason)),
        this_update: newest.this_update(),
        next_update: newest.next_update(),
        reasons,
        forgets_expired: true,
    })
}

/// A delta list that builds on this one: same issuer, scope and key, and newer (RFC 5280, 5.2.4).
fn newest_delta<'a>(inquiry: &Inquiry<'a>, list: &Crl, moment: OffsetDateTime) -> Option<&'a Crl> {
    let number = list.number.as_ref()?;
    let fits = |delta: &&Crl| {
        let base = delta.base_number.as_ref();
        let builds_on = base.is_some_and(|base| !is_greater(base, number));
        let newer = delta.number.as_ref().is_some_and(|own| is_greater(own, number));
        builds_on
            && newer
            && same_name(&delta.issuer, &list.issuer)
            && delta.scope == list.scope
            && delta.authority_key == list.authority_key
            && !delta.has_unknown_critical
            && delta.this_update() <= moment.max(list.this_update())
    };
    let lists = inquiry.data.lists.iter();
    lists.filter(fits).max_by_key(|delta| delta.this_update())
}

/// Compares numbers without leading zeros.
fn is_greater(left: &[u8], right: &[u8]) -> bool {
    (left.len(), left) > (right.len(), right)
}

/// The reasons for which a list speaks about a certificate; 0 when it does not at all.
fn covered_reasons(list: &Crl, certificate: &X509Certificate<'_>, points: &[Point]) -> u16 {
    if list.has_unknown_critical {
        return 0;
    }
    let issuer = certificate.issuer().as_raw();
    let scope = list.scope.clone().unwrap_or_default();
    let is_authority = certificate.is_ca();
    let out_of_scope =
        scope.only_attributes || (scope.only_users && is_authority) || (scope.only_authorities && !is_authority);
    if out_of_scope {
        return 0;
    }
    let of_point = |point: &Point| {
        let issued = if point.issuers.is_empty() {
            same_name(&list.issuer, issuer)
        } else {
            scope.indirect && point.issuers.iter().any(|name| same_name(name, &list.issuer))
        };
        let named = scope.names.is_empty() || is_at_point(&scope, point, issuer);
        if issued && named {
            point.reasons & scope.reasons.unwrap_or(ALL_REASONS)
        } else {
            0
        }
    };
    points.iter().map(of_point).fold(0, |all, reasons| all | reasons)
}

/// One of the list's names is one of the point's, or, where the point has none, of those who issue for it.
fn is_at_point(scope: &Scope, point: &Point, issuer: &[u8]) -> bool {
    let directory = |name: &[u8]| tlv::element(DIRECTORY_NAME, &[name]);
    let stand_ins: Vec<Vec<u8>> = if !point.names.is_empty() {
        point.names.clone()
    } else if point.issuers.is_empty() {
        vec![directory(issuer)]
    } else {
        point.issuers.iter().map(|name| directory(name)).collect()
    };
    scope.names.iter().any(|name| stand_ins.contains(name))
}

/// The distribution points of a certificate; without any, a list of its issuer's for every reason.
fn points(certificate: &X509Certificate<'_>) -> Vec<Point> {
    let extension = certificate
        .extensions()
        .iter()
        .find(|extension| extension.oid.to_id_string() == "2.5.29.31");
    let anywhere = Point {
        names: Vec::new(),
        reasons: ALL_REASONS,
        issuers: Vec::new(),
    };
    let Some(extension) = extension else {
        return vec![anywhere];
    };
    // A list of the issuer's without a name of its own covers everything (RFC 5280, 6.3.3).
    let mut points = read_points(extension.value, certificate.issuer().as_raw()).unwrap_or_default();
    points.push(anywhere);
    points
}

fn read_points(value: &[u8], issuer: &[u8]) -> Result<Vec<Point>, Malformed> {
    let read = |point: tlv::Element<'_>| {
        let mut inside = point.inside();
        let choice = inside.optional(tag::CONTEXT_0)?;
        let reasons = inside.optional(0x81)?;
        let names = inside.optional(tag::CONTEXT_2)?;
        let directory = |name: &tlv::Element<'_>| (name.tag == DIRECTORY_NAME).then(|| name.content.to_vec());
        let issuers: Vec<Vec<u8>> = match names {
            Some(names) => names.inside().all()?.iter().filter_map(directory).collect(),
            None => Vec::new(),
        };
        // A relative name is relative to whoever issues the list (RFC 5280, 4.2.1.13).
        let above = issuers.first().map_or(issuer, Vec::as_slice);
        Ok(Point {
            names: match choice {
                Some(choice) => point_names(&choice.inside().any()?, above)?,
                None => Vec::new(),
            },
            reasons: reasons.map_or(ALL_REASONS, |reasons| reason_flags(reasons.content)),
            issuers,
        })
    };
    let points = Elements::of(value).expect(tag::SEQUENCE)?.inside().all()?;
    points.into_iter().map(read).collect()
}

/// Whether a list is signed by the certificate's issuer, or by another of the list's issuer's name whose own path holds.
fn is_believable(
    inquiry: &Inquiry<'_>,
    list: &Crl,
    issuer: &X509Certificate<'_>,
    moment: OffsetDateTime,
    depth: usize,
) -> bool {
    if same_name(issuer.subject().as_raw(), &list.issuer) && has_signed(inquiry, list, issuer) {
        return true;
    }
    let candidates = inquiry.others.intermediates.iter().chain(inquiry.others.roots);
    let named = candidates.filter_map(|der| Some((der, read(der)?)));
    named
        .filter(|(_, signer)| same_name(signer.subject().as_raw(), &list.issuer))
        .any(|(der, signer)| has_signed(inquiry, list, &signer) && is_trusted(inquiry, der, moment, depth))
}

/// A signer of lists must itself lead to a root and must not be known to be revoked.
fn is_trusted(inquiry: &Inquiry<'_>, signer: &[u8], moment: OffsetDateTime, depth: usize) -> bool {
    let rules = PathRules::default();
    match validate_path_within(signer, inquiry.others, &rules, moment, inquiry.budget) {
        PathVerdict::Trusted { chain } if depth > 0 => {
            let status = inquiry.chain_status_to(&chain, moment, depth - 1);
            !matches!(status, RevocationStatus::Revoked { .. })
        }
        PathVerdict::Trusted { .. } => true,
        _ => false,
    }
}

fn has_signed(inquiry: &Inquiry<'_>, list: &Crl, signer: &X509Certificate<'_>) -> bool {
    let may_sign = match signer.key_usage() {
        Ok(Some(usage)) => usage.value.crl_sign(),
        Ok(None) => true,
        Err(_) => false,
    };
    let key_fits = match (&list.authority_key, key_identifier(signer)) {
        (Some(wanted), Some(own)) => wanted == own,
        _ => true,
    };
    let (key, algorithm) = (signer.public_key().raw, &list.algorithm);
    may_sign
        && key_fits
        && inquiry.budget.spend()
        && check_signature(
            key,
            algorithm,
            DigestAlgorithm::Sha256,
            &list.signed_bytes,
            &list.signature,
        ) == SignatureCheck::Valid
}

fn key_identifier<'a>(certificate: &'a X509Certificate<'_>) -> Option<&'a [u8]> {
    use x509_parser::extensions::ParsedExtension;
    let parsed = certificate.extensions().iter();
    parsed
        .filter_map(|extension| match extension.parsed_extension() {
            ParsedExtension::SubjectKeyIdentifier(identifier) => Some(identifier.0),
            _ => None,
        })
        .next()
}

/// Names are compared as RFC 5280, 7.1 says: case and white space do not count.
fn same_name(left: &[u8], right: &[u8]) -> bool {
    left == right
        || match (Name::from_der(left), Name::from_der(right)) {
            (Ok(left), Ok(right)) => compare_names(&left, &right),
            _ => false,
        }
}
