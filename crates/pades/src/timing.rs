//! When a signature was made, as far as somebody else vouches for it (EN 319 122-1, 5.3; EN 319 142-1, 5.4.3).

use crate::container::Container;
use crate::evidence::{Authority, Evidence};
use crate::reason::Reason;
use crate::report::{SignatureTime, TimeSource};
use pdf::signature::{Coverage, SignatureField};
use pki::tsp::TimeStampToken;
use time::OffsetDateTime;

/// Timestamps of one signature that are looked at.
const TOKEN_LIMIT: usize = 8;

/// What is known about the time.
#[derive(Default)]
pub(crate) struct Timing {
    /// The earliest moment that a trusted authority vouches for.
    pub(crate) proven: Option<OffsetDateTime>,
    /// There is an intact signature timestamp, whoever made it.
    pub(crate) has_token: bool,
    pub(crate) reasons: Vec<Reason>,
}

impl Timing {
    /// The proven time, else the claimed one.
    pub(crate) fn time(&self, claimed: SignatureTime) -> SignatureTime {
        match self.proven {
            Some(moment) => SignatureTime {
                source: TimeSource::Timestamp,
                value: Some(moment),
            },
            None => claimed,
        }
    }

    fn add(&mut self, moment: OffsetDateTime) {
        self.proven = Some(self.proven.map_or(moment, |known| known.min(moment)));
    }
}

/// Judges the timestamps of a signature and the document timestamps over it.
pub(crate) fn timing(container: &Container, field: &SignatureField, evidence: &Evidence<'_>) -> Timing {
    let mut timing = Timing::default();
    match container {
        Container::Timestamp(token) => judge_own(token, evidence, &mut timing),
        _ => container
            .cms()
            .into_iter()
            .flat_map(|cms| {
                cms.timestamps()
                    .iter()
                    .take(TOKEN_LIMIT)
                    .map(|token| (token, cms.signature()))
            })
            .for_each(|(token, signature)| judge_token(token, signature, evidence, &mut timing)),
    }
    let end = field
        .byte_range
        .and_then(|[_, _, start, length]| start.checked_add(length));
    if let Some(end) = end.filter(|_| field.coverage != Coverage::Partial)
        && let Some(moment) = evidence.proven_by_document(end)
    {
        timing.add(moment);
    }
    timing
}

/// A document timestamp vouches for its own moment.
fn judge_own(token: &TimeStampToken, evidence: &Evidence<'_>, timing: &mut Timing) {
    if evidence.authority(token) == Authority::Trusted {
        timing.add(token.moment());
    }
}

/// A signature timestamp is made over the value of the signature.
fn judge_token(der: &[u8], signature: &[u8], evidence: &Evidence<'_>, timing: &mut Timing) {
    let Ok(token) = TimeStampToken::parse(der) else {
        timing.reasons.push(Reason::TimestampWrong);
        return;
    };
    let findings = token.verify_digest(&token.imprint_algorithm().digest(&[signature]));
    if findings.is_wrong() {
        timing.reasons.push(Reason::TimestampWrong);
    } else if !findings.is_intact() {
        timing.reasons.push(Reason::TimestampUntrusted);
    } else {
        timing.has_token = true;
        if findings.for_timestamping && evidence.authority(&token) == Authority::Trusted {
            timing.add(token.moment());
        } else {
            timing.reasons.push(Reason::TimestampUntrusted);
        }
    }
}
