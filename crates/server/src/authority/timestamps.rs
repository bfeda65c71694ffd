//! Timestamps (RFC 3161) by the authority's own timestamping key.

use der::oid::ObjectIdentifier;
use pki::timestamping::{RequestFault, TimestampAuthority, TimestampQuery, rejection};
use pki::tsp::Accuracy;
use time::OffsetDateTime;

use super::{Authority, Serial};

/// Policy of the demonstration authority's timestamps, beside the one of its certificates.
const POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.2.1");
/// The clock is the computer's, kept by its operating system: within a second.
const ACCURACY: Accuracy = Accuracy {
    seconds: Some(1),
    millis: None,
    micros: None,
};

impl Authority {
    /// The answer to a timestamp request, a rejection when it cannot be granted.
    pub(crate) fn timestamp(&self, request: &[u8], now: OffsetDateTime) -> Vec<u8> {
        self.granted(request, now).unwrap_or_else(|fault| {
            if fault == RequestFault::SystemFailure {
                tracing::error!("a timestamp could not be made");
            }
            rejection(fault)
        })
    }

    fn granted(&self, request: &[u8], now: OffsetDateTime) -> Result<Vec<u8>, RequestFault> {
        let query = TimestampQuery::parse(request)?;
        // 126 random bits: unique over restarts and over instances that know nothing of each other.
        let serial = Serial::random().map_err(|_| RequestFault::SystemFailure)?;
        let signatory = &self.timestamping;
        let key = signatory.key().map_err(|_| RequestFault::SystemFailure)?;
        let authority = TimestampAuthority {
            signer: key.signer(),
            certificate: &signatory.certificate,
            chain: std::slice::from_ref(&self.issuer.certificate),
            policy: POLICY,
            accuracy: ACCURACY,
        };
        authority.answer(&query, &serial.bytes, now)
    }
}
