//! Certificates: the list with what can be done next, details, assignment, holders.
use crate::application::{App, Inner};
use crate::failure::{Failure, refuse_with};
use crate::sync::kind;
use crate::view::{
    AssignInput, CertificateDetailView, CertificateKind, CertificateNext, CertificateState, CertificateView,
    DocumentType, EmployeeView, FailureCode, RowView,
};
use crate::wire_view::{employee_view, event_view, id, moment, write_key};
use pki::certificate::CertificateFacts;
use platform::{check, wire};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use store::KeyRow;
use time::OffsetDateTime;

/// A certificate with less than this many days left is «about to expire».
const EXPIRING_DAYS: i64 = 90;

/// What is known on this device beside the platform's records.
pub(crate) struct Here {
    account: uuid::Uuid,
    administrator: bool,
    keys: Vec<KeyRow>,
    with_seal: BTreeSet<uuid::Uuid>,
    now: OffsetDateTime,
}

impl App {
    /// All certificates the account may see: the newest purchase first, in each the enterprise's before personal ones.
    ///
    /// # Errors
    /// `SessionExpired` when nobody is signed in.
    pub async fn certificates(&self) -> Result<Vec<CertificateView>, Failure> {
        let here = self.inner.here()?;
        let mut certificates: Vec<wire::Certificate> = self.inner.all(kind::CERTIFICATE)?;
        certificates.sort_by_key(|certificate| {
            let personal = certificate.kind == wire::CertificateKind::Personal;
            (Reverse(certificate.bought_at), personal, certificate.id)
        });
        Ok(certificates.iter().map(|certificate| here.view(certificate)).collect())
    }

    /// Everything about one certificate.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn certificate(&self, certificate_id: &str) -> Result<CertificateDetailView, Failure> {
        let certificate: wire::Certificate = self.inner.one(kind::CERTIFICATE, certificate_id)?;
        let view = self.inner.here()?.view(&certificate);
        let facts = certificate
            .issued
            .as_ref()
            .and_then(|issued| facts_of_pem(&issued.certificate_pem));
        Ok(CertificateDetailView {
            plain: plain_rows(&certificate, facts.as_ref()),
            fields: facts
                .iter()
                .flat_map(|facts| &facts.rows)
                .map(|row| row_view(&row.name, &row.value))
                .collect(),
            fingerprint_sha256: facts.as_ref().map(|facts| facts.sha256_fingerprint.clone()),
            serial: facts.map(|facts| facts.serial_hex),
            history: certificate.history.iter().map(event_view).collect(),
            certificate: view,
        })
    }

    /// The people who can hold certificates.
    ///
    /// # Errors
    /// `SessionExpired` when nobody is signed in.
    pub async fn employees(&self) -> Result<Vec<EmployeeView>, Failure> {
        let employees: Vec<wire::Employee> = self.inner.all(kind::EMPLOYEE)?;
        Ok(employees.iter().map(employee_view).collect())
    }

    /// Sets owner and first holder. The owner can never be changed afterwards.
    ///
    /// # Errors
    /// `FieldInvalid`, `OwnerFixed`, `NotAllowed` for staff.
    pub async fn assign_certificate(&self, input: AssignInput) -> Result<CertificateView, Failure> {
        check_assignment(&input, self.inner.now())?;
        let assignment = wire::Assignment {
            document_type: document_type(input.document_type),
            document_number: input.document_number.trim().to_uppercase(),
            owner_name: input.owner_name.trim().to_owned(),
            holder_id: id(&input.holder_id)?,
            email: input.email.trim().to_owned(),
        };
        let certificate = self
            .inner
            .client
            .assign(id(&input.certificate_id)?, &assignment, write_key())
            .await?;
        self.inner.refresh().await;
        Ok(self.inner.here()?.view(&certificate))
    }

    /// Changes the holder: the new one imports on their own device; the former certificate is revoked then.
    ///
    /// # Errors
    /// `Conflict`, `NotAllowed` for staff.
    pub async fn change_holder(&self, certificate_id: &str, employee_id: &str) -> Result<CertificateView, Failure> {
        let change = wire::HolderChange {
            holder_id: id(employee_id)?,
        };
        let certificate = self
            .inner
            .client
            .change_holder(id(certificate_id)?, &change, write_key())
            .await?;
        self.inner.refresh().await;
        Ok(self.inner.here()?.view(&certificate))
    }
}

impl Inner {
    pub(crate) fn here(&self) -> Result<Here, Failure> {
        let account = self.account()?;
        let seals: Vec<wire::SealRecord> = self.all(kind::SEAL)?;
        let usable = seals.iter().filter(|seal| seal.state == wire::SealState::Approved);
        Ok(Here {
            account: account.id,
            administrator: account.role == wire::Role::Administrator,
            keys: self.store.keys(&account.id.to_string())?,
            with_seal: usable.map(|seal| seal.certificate_id).collect(),
            now: self.now(),
        })
    }
}

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
            },
            state,
            owner_name: certificate.owner.as_ref().map(|owner| owner.name.clone()),
            holder: certificate.holder.as_ref().map(employee_view),
            bought_at: moment(certificate.bought_at),
            valid_from: issued.map(|issued| moment(issued.valid_from)),
            valid_to: issued.map(|issued| moment(issued.valid_to)),
            days_left: issued.and_then(|issued| i32::try_from(self.days_left(issued)).ok()),
            order_number: certificate.order_number.clone(),
            next,
            here: self.key(certificate).is_some(),
            tries_left: self.key(certificate).map(|key| u32::from(key.tries_left)),
            has_seal: self.with_seal.contains(&certificate.id),
            why_not: why_not.map(str::to_owned),
        }
    }

    /// The key in use on this device, if it is the one the certificate now in force is for.
    fn key(&self, certificate: &wire::Certificate) -> Option<&KeyRow> {
        let issued = certificate.issued.as_ref()?;
        let kept = self
            .keys
            .iter()
            .find(|key| key.active && key.entitlement == certificate.id.to_string())?;
        let facts = CertificateFacts::parse(kept.certificate.as_deref()?).ok()?;
        (facts.serial_hex.trim_start_matches('0') == issued.serial.trim_start_matches('0')).then_some(kept)
    }

    fn is_pending(&self, certificate: &wire::Certificate) -> bool {
        let entitlement = certificate.id.to_string();
        self.keys
            .iter()
            .any(|key| !key.active && key.entitlement == entitlement)
    }

    fn days_left(&self, issued: &wire::IssuedCertificate) -> i64 {
        (issued.valid_to - self.now).whole_days()
    }

    fn state(&self, certificate: &wire::Certificate) -> CertificateState {
        match certificate.state {
            wire::CertificateState::Unassigned => CertificateState::Unassigned,
            wire::CertificateState::PendingImport => CertificateState::PendingImport,
            wire::CertificateState::Expired => CertificateState::Expired,
            wire::CertificateState::Revoked => CertificateState::Revoked,
            wire::CertificateState::Active => match certificate.issued.as_ref() {
                // The copy may be older than the end of validity.
                Some(issued) if issued.valid_to <= self.now => CertificateState::Expired,
                Some(issued) if self.days_left(issued) < EXPIRING_DAYS => CertificateState::Expiring,
                _ => CertificateState::Active,
            },
        }
    }

    fn next(
        &self,
        certificate: &wire::Certificate,
        state: CertificateState,
    ) -> (CertificateNext, Option<&'static str>) {
        let mine = certificate
            .holder
            .as_ref()
            .is_some_and(|holder| holder.id == self.account);
        match state {
            CertificateState::Unassigned if self.administrator => (CertificateNext::Assign, None),
            CertificateState::Unassigned => (CertificateNext::None, Some("administrator_assigns")),
            CertificateState::PendingImport if !mine => (CertificateNext::WaitForHolder, Some("held_by_other")),
            CertificateState::PendingImport if self.is_pending(certificate) => (CertificateNext::FinishImport, None),
            CertificateState::PendingImport => (CertificateNext::Import, None),
            CertificateState::Expired => (CertificateNext::None, Some("expired")),
            CertificateState::Revoked => (CertificateNext::None, Some("revoked")),
            CertificateState::Active | CertificateState::Expiring => self.next_in_use(certificate, mine),
        }
    }

    fn next_in_use(&self, certificate: &wire::Certificate, mine: bool) -> (CertificateNext, Option<&'static str>) {
        match self.key(certificate) {
            _ if !mine => (CertificateNext::None, Some("held_by_other")),
            None if self.is_pending(certificate) => (CertificateNext::FinishImport, None),
            None => (CertificateNext::None, Some("on_other_device")),
            Some(key) if key.tries_left == 0 => (CertificateNext::None, Some("pin_locked")),
            Some(_) if self.with_seal.contains(&certificate.id) => (CertificateNext::Sign, None),
            Some(_) => (CertificateNext::MakeSeal, None),
        }
    }
}

fn check_assignment(input: &AssignInput, now: OffsetDateTime) -> Result<(), Failure> {
    let number = input.document_number.trim().to_uppercase();
    let number_check = match input.document_type {
        DocumentType::ResidentIdentityCard => check::identity_number(&number, now.date()).map(drop),
        DocumentType::BusinessLicence => check::credit_code(&number),
        DocumentType::Passport | DocumentType::HongKongMacaoPermit | DocumentType::TaiwanPermit => {
            check::travel_document(&number)
        }
    };
    let checks = [
        ("document_number", number_check),
        ("owner_name", check::name(input.owner_name.trim())),
        ("email", check::email(input.email.trim())),
    ];
    for (field, outcome) in checks {
        outcome.map_err(|problem| {
            refuse_with(
                FailureCode::FieldInvalid,
                &[("field", field.into()), ("why", problem.code().into())],
            )
        })?;
    }
    Ok(())
}

fn document_type(document: DocumentType) -> wire::DocumentType {
    match document {
        DocumentType::ResidentIdentityCard => wire::DocumentType::ResidentIdentityCard,
        DocumentType::Passport => wire::DocumentType::Passport,
        DocumentType::HongKongMacaoPermit => wire::DocumentType::HongKongMacaoPermit,
        DocumentType::TaiwanPermit => wire::DocumentType::TaiwanPermit,
        DocumentType::BusinessLicence => wire::DocumentType::BusinessLicence,
    }
}

/// The certificate inside a PEM text.
pub(crate) fn der_of_pem(pem: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    let body: String = pem
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("-----"))
        .collect();
    base64::engine::general_purpose::STANDARD.decode(body).ok()
}

fn facts_of_pem(pem: &str) -> Option<CertificateFacts> {
    CertificateFacts::parse(&der_of_pem(pem)?).ok()
}

pub(crate) fn row_view(name: &str, value: &str) -> RowView {
    RowView {
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

/// A certificate in plain words: label codes and values.
pub(crate) fn plain_facts(facts: &CertificateFacts) -> Vec<RowView> {
    let rows = [
        ("owner", facts.subject.common_name.clone()),
        ("enterprise", facts.subject.organization.clone()),
        ("credit_code", facts.subject.organization_identifier.clone()),
        ("issuer", facts.issuer.shown().to_owned()),
        ("valid_from", moment(facts.not_before)),
        ("valid_to", moment(facts.not_after)),
        ("key_algorithm", facts.key_algorithm.clone()),
        ("serial", facts.serial_hex.clone()),
    ];
    rows.iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| row_view(name, value))
        .collect()
}

fn plain_rows(certificate: &wire::Certificate, facts: Option<&CertificateFacts>) -> Vec<RowView> {
    let mut rows = facts.map(plain_facts).unwrap_or_default();
    if let Some(owner) = &certificate.owner {
        if facts.is_none() {
            rows.push(row_view("owner", &owner.name));
        }
        rows.push(row_view("document_type", &crate::wire_view::code(&owner.document_type)));
        rows.push(row_view("document_number", &owner.document_number_masked));
        rows.push(row_view("email", &owner.email));
    }
    if let Some(holder) = &certificate.holder {
        rows.push(row_view("holder", &holder.name));
    }
    rows.push(row_view("order_number", &certificate.order_number));
    rows
}
