//! What is known on this device of a certificate, beside the platform's records: its state, what can be done, why not.
use crate::application::Inner;
use crate::certificates::{der_of_pem, detail, plain_facts};
use crate::failure::Failure;
use crate::sync::kind;
use crate::view::{
    CertificateAction, CertificateActionView, CertificateDetailView, CertificateKind, CertificateNext,
    CertificateState, CertificateView,
};
use crate::wire_view::{employee_view, moment};
use pki::certificate::CertificateFacts;
use platform::{terms, wire};
use std::collections::BTreeSet;
use store::{KeyPurpose, KeyRow};
use time::OffsetDateTime;

/// A certificate with less than this many days left is «about to expire».
const EXPIRING_DAYS: i64 = 90;

/// The account signed in, its keys on this device, and the time.
pub(crate) struct Here {
    account: wire::Account,
    administrator: bool,
    keys: Vec<KeyRow>,
    with_seal: BTreeSet<uuid::Uuid>,
    seal_in_review: BTreeSet<uuid::Uuid>,
    now: OffsetDateTime,
}

impl Inner {
    pub(crate) fn here(&self) -> Result<Here, Failure> {
        let account = self.account()?;
        let seals: Vec<wire::SealRecord> = self.all(kind::SEAL)?;
        let in_state = |state| seals.iter().filter(move |seal| seal.state == state);
        let certificates = |state| in_state(state).map(|seal| seal.certificate_id).collect();
        Ok(Here {
            administrator: account.role == wire::Role::Administrator,
            keys: self.store.keys(&account.id.to_string())?,
            with_seal: certificates(wire::SealState::Approved),
            seal_in_review: certificates(wire::SealState::InReview),
            now: self.now(),
            account,
        })
    }
}

/// An action, why it is not possible, and from when on it will be.
type Offer = (CertificateAction, Option<&'static str>, Option<OffsetDateTime>);

impl Here {
    pub(crate) fn view(&self, certificate: &wire::Certificate) -> CertificateView {
        let state = self.state(certificate);
        let (next, why_not) = self.next(certificate, state);
        let issued = certificate.issued.as_ref();
        CertificateView {
            id: certificate.id.to_string(),
            kind: match certificate.kind {
                wire::CertificateKind::Enterprise => CertificateKind::Enterprise,
                wire::CertificateKind::Personal => CertificateKind::Personal,
                wire::CertificateKind::Unknown => CertificateKind::Unknown,
            },
            state,
            owner_name: certificate.owner.as_ref().map(|owner| owner.name.clone()),
            holder: certificate.holder.as_ref().map(employee_view),
            bought_at: moment(certificate.bought_at),
            valid_from: issued.map(|issued| moment(issued.valid_from)),
            valid_to: issued.map(|issued| moment(issued.valid_to)),
            days_left: issued
                .filter(|_| state != CertificateState::Revoked)
                .and_then(|issued| i32::try_from(self.days_until(issued.valid_to)).ok()),
            order_number: certificate.order_number.clone(),
            next,
            here: self.key(certificate).is_some(),
            tries_left: self.key(certificate).map(|key| u32::from(key.tries_left)),
            has_seal: self.with_seal.contains(&certificate.id),
            why_not: why_not.map(str::to_owned),
            other_authority: false,
            token: None,
            actions: self.offers(certificate, state).into_iter().map(action_view).collect(),
        }
    }

    /// The key in use on this device, if it is the one the certificate now in force is for.
    pub(crate) fn key(&self, certificate: &wire::Certificate) -> Option<&KeyRow> {
        let issued = der_of_pem(&certificate.issued.as_ref()?.certificate_pem)?;
        let entitlement = certificate.id.to_string();
        let kept = self
            .keys
            .iter()
            .find(|key| key.active && key.entitlement == entitlement)?;
        let facts = CertificateFacts::parse(&issued).ok()?;
        (facts.spki_der == kept.spki).then_some(kept)
    }

    fn pending(&self, certificate: &wire::Certificate) -> Option<&KeyRow> {
        let entitlement = certificate.id.to_string();
        self.keys
            .iter()
            .find(|key| !key.active && key.entitlement == entitlement)
    }

    fn days_until(&self, end: OffsetDateTime) -> i64 {
        (end - self.now).whole_days()
    }

    /// The copy may be older than the end of validity.
    fn in_force(&self, end: OffsetDateTime) -> CertificateState {
        match end {
            end if end <= self.now => CertificateState::Expired,
            end if self.days_until(end) < EXPIRING_DAYS => CertificateState::Expiring,
            _ => CertificateState::Active,
        }
    }

    fn state(&self, certificate: &wire::Certificate) -> CertificateState {
        match certificate.state {
            wire::CertificateState::Unassigned => CertificateState::Unassigned,
            wire::CertificateState::PendingImport => CertificateState::PendingImport,
            wire::CertificateState::Expired => CertificateState::Expired,
            wire::CertificateState::Revoked => CertificateState::Revoked,
            wire::CertificateState::Unknown => CertificateState::Unknown,
            wire::CertificateState::Active => match certificate.issued.as_ref() {
                Some(issued) => self.in_force(issued.valid_to),
                None => CertificateState::Active,
            },
        }
    }

    fn is_mine(&self, certificate: &wire::Certificate) -> bool {
        let holder = certificate.holder.as_ref();
        holder.is_some_and(|holder| holder.id == self.account.id)
    }

    fn next(
        &self,
        certificate: &wire::Certificate,
        state: CertificateState,
    ) -> (CertificateNext, Option<&'static str>) {
        let mine = self.is_mine(certificate);
        match state {
            CertificateState::Unassigned if self.administrator => (CertificateNext::Assign, None),
            CertificateState::Unassigned => (CertificateNext::None, Some("administrator_assigns")),
            CertificateState::PendingImport if !mine => (CertificateNext::WaitForHolder, Some("held_by_other")),
            CertificateState::PendingImport if self.pending(certificate).is_some() => {
                (CertificateNext::FinishImport, None)
            }
            CertificateState::PendingImport => (CertificateNext::Import, None),
            CertificateState::Expired => (CertificateNext::None, Some("expired")),
            CertificateState::Revoked => (CertificateNext::None, Some("revoked")),
            CertificateState::Unknown => (CertificateNext::None, Some("unknown")),
            CertificateState::Active | CertificateState::Expiring => self.next_in_use(certificate, mine),
        }
    }

    fn next_in_use(&self, certificate: &wire::Certificate, mine: bool) -> (CertificateNext, Option<&'static str>) {
        let begun = self.pending(certificate).map(|key| key.purpose);
        match self.key(certificate) {
            _ if !mine => (CertificateNext::None, Some("held_by_other")),
            None if begun == Some(KeyPurpose::Import) => (CertificateNext::FinishImport, None),
            _ if begun == Some(KeyPurpose::Reissue) => (CertificateNext::None, Some("unfinished")),
            None => (CertificateNext::None, Some("on_other_device")),
            Some(key) if key.tries_left == 0 => (CertificateNext::None, Some("pin_locked")),
            Some(_) if self.with_seal.contains(&certificate.id) => (CertificateNext::Sign, None),
            Some(_) if self.seal_in_review.contains(&certificate.id) => (CertificateNext::None, Some("seal_in_review")),
            Some(_) => (CertificateNext::MakeSeal, None),
        }
    }

    fn offers(&self, certificate: &wire::Certificate, state: CertificateState) -> Vec<Offer> {
        let ended = match state {
            CertificateState::Unassigned | CertificateState::PendingImport => Some("not_issued"),
            CertificateState::Expired => Some("expired"),
            CertificateState::Revoked => Some("revoked"),
            CertificateState::Unknown => Some("unknown"),
            CertificateState::Active | CertificateState::Expiring => None,
        };
        let mine = self.is_mine(certificate);
        let not_mine = (!mine).then_some("held_by_other");
        let key = self.key(certificate);
        let not_here = match key {
            None => Some("on_other_device"),
            Some(key) => (key.tries_left == 0).then_some("pin_locked"),
        };
        let uses_key = ended.or(not_mine).or(not_here);
        let (too_early, from) = self.extension_gate(certificate);
        let not_revocable = (!mine && !self.administrator).then_some("held_by_other");
        let not_issued = certificate.issued.is_none().then_some("not_issued");
        let holder_fixed = match state {
            CertificateState::PendingImport => None,
            CertificateState::Unassigned => Some("not_issued"),
            _ => ended,
        };
        let not_administrator = (!self.administrator).then_some("not_administrator");
        vec![
            (CertificateAction::Extend, uses_key.or(too_early), from),
            (CertificateAction::Reissue, ended.or(not_mine), None),
            (CertificateAction::ChangePin, uses_key, None),
            (
                CertificateAction::ChangeHolder,
                not_administrator.or(holder_fixed),
                None,
            ),
            (CertificateAction::ExportKey, uses_key, None),
            (CertificateAction::ExportCertificate, not_issued, None),
            (CertificateAction::Calendar, ended, None),
            (CertificateAction::Revoke, ended.or(not_revocable), None),
        ]
    }

    fn extension_gate(&self, certificate: &wire::Certificate) -> (Option<&'static str>, Option<OffsetDateTime>) {
        let opens = certificate
            .issued
            .as_ref()
            .map(|issued| terms::extension_opens(issued.valid_to));
        match opens {
            Some(opens) if self.now < opens => (Some("too_early"), Some(opens)),
            _ => (None, None),
        }
    }

    /// A certificate of another authority that was brought to this device.
    pub(crate) fn brought(&self, certificate_id: &str) -> Option<&KeyRow> {
        self.keys
            .iter()
            .find(|key| key.purpose == KeyPurpose::OtherAuthority && key.entitlement == certificate_id)
    }

    pub(crate) fn brought_views(&self) -> impl Iterator<Item = CertificateView> + '_ {
        let brought = self.keys.iter().filter(|key| key.purpose == KeyPurpose::OtherAuthority);
        brought.filter_map(|key| self.brought_view(key))
    }

    pub(crate) fn brought_view(&self, key: &KeyRow) -> Option<CertificateView> {
        let facts = CertificateFacts::parse(key.certificate.as_deref()?).ok()?;
        let state = self.in_force(facts.not_after);
        let expired = (state == CertificateState::Expired).then_some("expired");
        let locked = (key.tries_left == 0).then_some("pin_locked");
        let why_not = expired.or(locked);
        let organisation = facts.subject.common_name == facts.subject.organization;
        Some(CertificateView {
            id: key.entitlement.clone(),
            kind: if organisation {
                CertificateKind::Enterprise
            } else {
                CertificateKind::Personal
            },
            state,
            owner_name: Some(facts.subject.shown().to_owned()),
            holder: None,
            bought_at: moment(facts.not_before),
            valid_from: Some(moment(facts.not_before)),
            valid_to: Some(moment(facts.not_after)),
            days_left: i32::try_from(self.days_until(facts.not_after)).ok(),
            order_number: facts.issuer.shown().to_owned(),
            next: if why_not.is_some() {
                CertificateNext::None
            } else {
                CertificateNext::Sign
            },
            here: true,
            // A token counts by itself.
            tries_left: key.token.is_none().then_some(u32::from(key.tries_left)),
            has_seal: false,
            why_not: why_not.map(str::to_owned),
            other_authority: true,
            token: key.token.as_ref().map(|token| token.label.clone()),
            actions: brought_offers(key, expired).into_iter().map(action_view).collect(),
        })
    }

    pub(crate) fn brought_detail(&self, certificate_id: &str) -> Option<CertificateDetailView> {
        let key = self.brought(certificate_id)?;
        let facts = CertificateFacts::parse(key.certificate.as_deref()?).ok()?;
        Some(detail(self.brought_view(key)?, plain_facts(&facts), Some(&facts)))
    }
}

fn brought_offers(key: &KeyRow, expired: Option<&'static str>) -> Vec<Offer> {
    let elsewhere = Some("other_authority");
    let out_of_reach = match &key.token {
        Some(_) => Some("on_token"),
        None => (key.tries_left == 0).then_some("pin_locked"),
    };
    vec![
        (CertificateAction::Extend, elsewhere, None),
        (CertificateAction::Reissue, elsewhere, None),
        (CertificateAction::ChangePin, out_of_reach, None),
        (CertificateAction::ExportKey, out_of_reach, None),
        (CertificateAction::ExportCertificate, None, None),
        (CertificateAction::Calendar, expired, None),
        (CertificateAction::Remove, None, None),
    ]
}

fn action_view((action, why_not, from): Offer) -> CertificateActionView {
    CertificateActionView {
        action,
        why_not: why_not.map(str::to_owned),
        from: from.filter(|_| why_not == Some("too_early")).map(moment),
    }
}
