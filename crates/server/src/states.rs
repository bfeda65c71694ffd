//! The states a row can be in and every way from one to another, in one place. Nothing else sets such a column; the tidy
//! test reads the sources for it.

use platform::wire::{
    ArrivalState, AuthorisationState, CertificateState, FaceState, InvoiceState, IssuanceStage, PaymentState,
    SealLogState, SealState, SigningTaskState,
};
use serde::{Serialize, de::DeserializeOwned};

use crate::refused::{Answer, Refused};
use crate::text::{enumerated, word};

/// A state machine.
pub(crate) trait State: Copy + Eq + Serialize + DeserializeOwned + 'static {
    /// States a new row may have.
    const FIRST: &'static [Self];
    /// From, to.
    const WAYS: &'static [(Self, Self)];
}

/// The column of a new row.
pub(crate) fn first<S: State>(state: S) -> Answer<String> {
    if S::FIRST.contains(&state) {
        Ok(word(&state))
    } else {
        Err(Refused::internal(format!("a row cannot begin as {}", word(&state))))
    }
}

/// Moves a row on; a way that does not exist is a conflict and changes nothing.
pub(crate) fn go<S: State>(column: &mut String, to: S) -> Answer<()> {
    let from: S = enumerated(column)?;
    if !S::WAYS.contains(&(from, to)) {
        return Err(Refused::conflict(column));
    }
    *column = word(&to);
    Ok(())
}

/// States from which there is a way to this one: for statements that move several rows at once.
pub(crate) fn before<S: State>(to: S) -> Vec<String> {
    let ways = S::WAYS.iter().filter(|(_, end)| *end == to);
    ways.map(|(from, _)| word(from)).collect()
}

/// Money decides; only an unpaid order can be cancelled or expire, only a paid one is given back as a whole.
impl State for PaymentState {
    const FIRST: &'static [Self] = &[Self::Unpaid];
    const WAYS: &'static [(Self, Self)] = &[
        (Self::Unpaid, Self::Closed),
        (Self::Unpaid, Self::Paid),
        (Self::Unpaid, Self::WrongAmount),
        (Self::Unpaid, Self::WrongPayer),
        (Self::WrongAmount, Self::Unpaid),
        (Self::WrongAmount, Self::Paid),
        (Self::WrongAmount, Self::WrongAmount),
        (Self::WrongAmount, Self::WrongPayer),
        (Self::WrongPayer, Self::Unpaid),
        (Self::WrongPayer, Self::Paid),
        (Self::WrongPayer, Self::WrongAmount),
        (Self::WrongPayer, Self::WrongPayer),
        (Self::Paid, Self::Refunded),
    ];
}

/// What is sent back is over; what was credited goes back only with the whole order.
impl State for ArrivalState {
    const FIRST: &'static [Self] = &[Self::UnknownAccount];
    const WAYS: &'static [(Self, Self)] = &[
        (Self::UnknownAccount, Self::Credited),
        (Self::UnknownAccount, Self::WrongAmount),
        (Self::UnknownAccount, Self::WrongPayer),
        (Self::UnknownAccount, Self::Surplus),
        (Self::UnknownAccount, Self::OrderClosed),
        (Self::UnknownAccount, Self::Refunded),
        (Self::WrongAmount, Self::Credited),
        (Self::WrongAmount, Self::Surplus),
        (Self::WrongAmount, Self::UnknownAccount),
        (Self::WrongAmount, Self::Refunded),
        (Self::WrongPayer, Self::Refunded),
        (Self::Surplus, Self::Refunded),
        (Self::OrderClosed, Self::Refunded),
        (Self::Credited, Self::Refunded),
    ];
}

/// A refused request can be made again; what is issued stays.
impl State for InvoiceState {
    const FIRST: &'static [Self] = &[Self::NotIssued];
    const WAYS: &'static [(Self, Self)] = &[
        (Self::NotIssued, Self::Requested),
        (Self::Requested, Self::Issued),
        (Self::Requested, Self::NotIssued),
    ];
}

/// Nobody takes an approved authorisation back.
impl State for AuthorisationState {
    const FIRST: &'static [Self] = &[Self::None];
    const WAYS: &'static [(Self, Self)] = &[
        (Self::None, Self::Submitted),
        (Self::Rejected, Self::Submitted),
        (Self::Submitted, Self::Approved),
        (Self::Submitted, Self::Rejected),
    ];
}

/// A link is answered once.
impl State for FaceState {
    const FIRST: &'static [Self] = &[Self::Waiting];
    const WAYS: &'static [(Self, Self)] = &[
        (Self::Waiting, Self::Scanned),
        (Self::Waiting, Self::Confirmed),
        (Self::Waiting, Self::Refused),
        (Self::Waiting, Self::Expired),
        (Self::Scanned, Self::Confirmed),
        (Self::Scanned, Self::Refused),
        (Self::Scanned, Self::Expired),
    ];
}

/// An entitlement and its certificate; `expired` is a matter of the clock and never written.
impl State for CertificateState {
    const FIRST: &'static [Self] = &[Self::Unassigned];
    const WAYS: &'static [(Self, Self)] = &[
        (Self::Unassigned, Self::PendingImport),
        // Withdrawn: its order was refunded.
        (Self::Unassigned, Self::Revoked),
        (Self::PendingImport, Self::PendingImport),
        (Self::PendingImport, Self::Active),
        (Self::PendingImport, Self::Revoked),
        (Self::Active, Self::PendingImport),
        (Self::Active, Self::Revoked),
    ];
}

/// What was written down first is either kept at once or waits for its holder.
impl State for IssuanceStage {
    const FIRST: &'static [Self] = &[Self::Intended];
    const WAYS: &'static [(Self, Self)] = &[
        (Self::Intended, Self::Signed),
        (Self::Intended, Self::Confirmed),
        (Self::Signed, Self::Confirmed),
    ];
}

/// Automatic seals begin approved; what does not stamp any more never does again.
impl State for SealState {
    const FIRST: &'static [Self] = &[Self::InReview, Self::Approved];
    const WAYS: &'static [(Self, Self)] = &[
        (Self::InReview, Self::Approved),
        (Self::InReview, Self::Rejected),
        (Self::Approved, Self::Disabled),
        (Self::Approved, Self::Replaced),
    ];
}

/// What was found to differ stays so.
impl State for SealLogState {
    const FIRST: &'static [Self] = &[Self::Whole];
    const WAYS: &'static [(Self, Self)] = &[(Self::Whole, Self::Differs)];
}

/// Fetched once, signed once; `expired` is a matter of the clock and never written.
impl State for SigningTaskState {
    const FIRST: &'static [Self] = &[Self::Waiting];
    const WAYS: &'static [(Self, Self)] = &[
        (Self::Waiting, Self::Fetched),
        (Self::Waiting, Self::Cancelled),
        (Self::Fetched, Self::Signed),
        (Self::Fetched, Self::Refused),
        (Self::Fetched, Self::Cancelled),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pair of states, the ones without a way above all.
    fn tried<S: State>(all: &[S]) {
        let mut ways = 0;
        for from in all {
            for to in all {
                let mut column = word(from);
                let is_way = S::WAYS.contains(&(*from, *to));
                assert_eq!(go(&mut column, *to).is_ok(), is_way, "{} → {}", word(from), word(to));
                assert_eq!(column, if is_way { word(to) } else { word(from) });
                ways += usize::from(is_way);
            }
            assert_eq!(first(*from).is_ok(), S::FIRST.contains(from));
        }
        assert_eq!(
            ways,
            S::WAYS.len(),
            "a way is named twice, or leads to a state not listed here"
        );
        let mut nonsense = "nonsense".to_owned();
        assert!(go(&mut nonsense, all[0]).is_err() && nonsense == "nonsense");
    }

    #[test]
    fn only_the_ways_that_are_listed_can_be_gone() {
        use PaymentState as P;
        tried(&[
            P::Unpaid,
            P::Paid,
            P::WrongAmount,
            P::WrongPayer,
            P::Closed,
            P::Refunded,
        ]);
        use ArrivalState as A;
        tried(&[
            A::UnknownAccount,
            A::Credited,
            A::WrongAmount,
            A::WrongPayer,
            A::Surplus,
            A::OrderClosed,
            A::Refunded,
        ]);
        tried(&[InvoiceState::NotIssued, InvoiceState::Requested, InvoiceState::Issued]);
        use AuthorisationState as H;
        tried(&[H::None, H::Submitted, H::Approved, H::Rejected]);
        use FaceState as F;
        tried(&[F::Waiting, F::Scanned, F::Confirmed, F::Refused, F::Expired]);
        use CertificateState as C;
        tried(&[C::Unassigned, C::PendingImport, C::Active, C::Expired, C::Revoked]);
        tried(&[IssuanceStage::Intended, IssuanceStage::Signed, IssuanceStage::Confirmed]);
        use SealState as S;
        tried(&[S::InReview, S::Approved, S::Rejected, S::Disabled, S::Replaced]);
        tried(&[SealLogState::Whole, SealLogState::Differs]);
        use SigningTaskState as T;
        tried(&[T::Waiting, T::Fetched, T::Signed, T::Refused, T::Expired, T::Cancelled]);
        // Nothing leads to where only the clock leads, and nothing leaves an end.
        assert!(before(C::Expired).is_empty() && before(T::Expired).is_empty());
        assert_eq!(before(F::Expired), ["waiting", "scanned"]);
    }
}
