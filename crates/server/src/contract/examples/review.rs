//! Examples: the reviewer's side, and the time line everybody sees.

use platform::wire::{
    Approval, ApprovalEvent, ApprovalKind, ApprovalState, Arrival, ArrivalMatch, ArrivalPage, ArrivalState, AuditEntry,
    AuditPage, AutoApprove, BankNotice, BankNoticeOutcome, CertificateKind, ConsoleLink, Decision, EventCode,
    NewRefund, NextActor, OperatorOrder, Queues, Refund, Review, ReviewDetail, ReviewPage, ReviewRow, Role,
};
use time::Duration;

use super::certificates::{seal, subject};
use super::orders::order;
use super::people::{employee, enterprise};
use super::{Examples, NOW, id};
use crate::timeline::{Params, params};

fn approval() -> Approval {
    Approval {
        id: id(31),
        enterprise_id: enterprise().id,
        kind: ApprovalKind::Seal,
        subject_id: seal().id,
        title_params: params([("seal_name", seal().name)]),
        state: ApprovalState::InReview,
        next_actor: NextActor::Platform,
        since: NOW,
        reason: None,
        events: vec![ApprovalEvent {
            at: NOW,
            code: EventCode::Submitted,
            params: Params::new(),
        }],
    }
}

fn notice() -> BankNotice {
    BankNotice {
        notice_number: "20261122000417".to_owned(),
        receiving_account: order().receiving.account,
        amount_fen: 59_900,
        payer_name: enterprise().name,
        payer_account: "3301040160000123".to_owned(),
        at: NOW + Duration::hours(2),
    }
}

fn arrival() -> Arrival {
    Arrival {
        notice: notice(),
        state: ArrivalState::Refunded,
        received_at: NOW + Duration::hours(3),
        order: Some(order()),
        enterprise: Some(enterprise()),
        refund: Some(Refund {
            at: NOW + Duration::days(1),
            reference: "R20261123000012".to_owned(),
            reason: "金额不符，原路退回".to_owned(),
        }),
    }
}

pub(super) fn add(examples: &mut Examples) {
    reviews(examples);
    money(examples);
    examples.add(&AuditPage {
        rows: vec![AuditEntry {
            at: NOW,
            actor: "wangmin".to_owned(),
            role: Some(Role::Administrator),
            enterprise_id: Some(enterprise().id),
            action: "POST /v1/orders".to_owned(),
            target: "/v1/orders".to_owned(),
            request_id: "0d7f3c52".to_owned(),
            content_hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
        }],
        total: 1,
        next: None,
    });
    examples.add(&ConsoleLink {
        url: "https://platform.example/console#enter=5c1f…".to_owned(),
        expires_at: NOW + Duration::minutes(1),
    });
    examples.add(&AutoApprove { seconds: Some(5) });
}

fn reviews(examples: &mut Examples) {
    examples.add(&approval());
    examples.add(&Decision {
        approve: false,
        reason: Some("印文不清晰，请重新上传".to_owned()),
    });
    examples.add(&Queues {
        authorisations: 1,
        seals: 3,
        invoices: 0,
        payments: 2,
    });
    examples.add(&ReviewPage {
        rows: vec![ReviewRow {
            approval: approval(),
            enterprise: enterprise(),
        }],
        total: 1,
        next: None,
    });
    examples.add(&Review {
        approval: approval(),
        enterprise: enterprise(),
        detail: ReviewDetail::Seal {
            seal: Box::new(seal()),
            subject: Some(subject()),
            certificate_kind: CertificateKind::Personal,
            holder: Some(employee()),
        },
    });
}

fn money(examples: &mut Examples) {
    examples.add(&notice());
    examples.add(&BankNoticeOutcome {
        ignored: false,
        order: Some(order()),
        state: ArrivalState::WrongAmount,
    });
    examples.add(&arrival());
    examples.add(&ArrivalPage {
        rows: vec![arrival()],
        total: 1,
        next: None,
    });
    examples.add(&ArrivalMatch {
        order_number: order().number,
    });
    examples.add(&NewRefund {
        reference: "R20261123000012".to_owned(),
        reason: "金额不符，原路退回".to_owned(),
    });
    examples.add(&OperatorOrder {
        order: order(),
        enterprise: enterprise(),
    });
}
