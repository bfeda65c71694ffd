//! Everything under review, as time lines.
use crate::application::App;
use crate::failure::Failure;
use crate::sync::kind;
use crate::view::{ApprovalKind, ApprovalState, ApprovalView, NextActor};
use crate::wire_view::{event_view, moment};
use platform::wire;

impl App {
    /// All time lines the account may see, newest first, from the local copy.
    ///
    /// # Errors
    /// `SessionExpired` when nobody is signed in.
    pub async fn approvals(&self) -> Result<Vec<ApprovalView>, Failure> {
        let approvals: Vec<wire::Approval> = self.inner.all(kind::APPROVAL)?;
        Ok(approvals.iter().map(approval_view).collect())
    }
}

fn approval_view(approval: &wire::Approval) -> ApprovalView {
    ApprovalView {
        id: approval.id.to_string(),
        kind: match approval.kind {
            wire::ApprovalKind::Authorisation => ApprovalKind::Authorisation,
            wire::ApprovalKind::Payment => ApprovalKind::Payment,
            wire::ApprovalKind::Seal => ApprovalKind::Seal,
            wire::ApprovalKind::Reissue => ApprovalKind::Reissue,
            wire::ApprovalKind::Invoice => ApprovalKind::Invoice,
            wire::ApprovalKind::Unknown => ApprovalKind::Unknown,
        },
        subject_id: approval.subject_id.to_string(),
        title_params: approval.title_params.clone(),
        state: match approval.state {
            wire::ApprovalState::Waiting => ApprovalState::Waiting,
            wire::ApprovalState::InReview => ApprovalState::InReview,
            wire::ApprovalState::Approved => ApprovalState::Approved,
            wire::ApprovalState::Rejected => ApprovalState::Rejected,
            wire::ApprovalState::Unknown => ApprovalState::Unknown,
        },
        next_actor: match approval.next_actor {
            wire::NextActor::Administrator | wire::NextActor::Holder => NextActor::You,
            wire::NextActor::Platform => NextActor::Platform,
            wire::NextActor::Nobody | wire::NextActor::Unknown => NextActor::Nobody,
        },
        since: moment(approval.since),
        reason: approval.reason.clone(),
        events: approval.events.iter().map(event_view).collect(),
    }
}
