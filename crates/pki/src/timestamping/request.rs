//! The question: a digest to be timestamped, and a nonce that ties the answer to it.

use crate::cms::{object_identifier, oid};
use crate::tlv::{element, tag, unsigned};
use crate::verification::DigestAlgorithm;

/// A `TimeStampReq` over SHA-256 that asks for the authority's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimestampRequest {
    digest: Vec<u8>,
    nonce: Vec<u8>,
}

impl TimestampRequest {
    /// Asks for a timestamp over `data`; the nonce must be fresh.
    #[must_use]
    pub fn over(data: &[u8], nonce: [u8; 16]) -> Self {
        Self::of_digest(DigestAlgorithm::Sha256.digest(&[data]), nonce)
    }

    /// Asks for a timestamp over data whose SHA-256 is known.
    #[must_use]
    pub fn over_digest(digest: &[u8; 32], nonce: [u8; 16]) -> Self {
        Self::of_digest(digest.to_vec(), nonce)
    }

    fn of_digest(digest: Vec<u8>, nonce: [u8; 16]) -> Self {
        Self {
            digest,
            nonce: unsigned(&nonce),
        }
    }

    /// The SHA-256 that is to be timestamped.
    pub(super) fn digest(&self) -> &[u8] {
        &self.digest
    }

    /// The nonce as an INTEGER element.
    pub(super) fn nonce(&self) -> &[u8] {
        &self.nonce
    }

    /// The `TimeStampReq`, to be sent as `application/timestamp-query`.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        let algorithm = object_identifier(oid::SHA256).unwrap_or_default();
        // NULL parameters: older authorities know no other form.
        let algorithm = element(tag::SEQUENCE, &[&algorithm, &element(tag::NULL, &[])]);
        let imprint = element(
            tag::SEQUENCE,
            &[&algorithm, &element(tag::OCTET_STRING, &[&self.digest])],
        );
        let certificates_wanted = element(tag::BOOLEAN, &[&[0xff]]);
        element(
            tag::SEQUENCE,
            &[
                &element(tag::INTEGER, &[&[1]]),
                &imprint,
                &self.nonce,
                &certificates_wanted,
            ],
        )
    }
}
