//! Certificates: list, details, assignment, holders, revocation. What can be done with each is told in `here`.
use crate::application::App;
use crate::failure::{Failure, refuse_with};
use crate::outbox::Intention;
use crate::sync::kind;
use crate::view::{
    AssignInput, CertificateDetailView, CertificateView, DocumentType, EmployeeView, FailureCode, RevocationReason,
    RowView,
};
use crate::wire_view::{employee_view, event_view, id, moment, write_key};
use pki::certificate::CertificateFacts;
use platform::{check, wire};
use std::cmp::Reverse;
use time::OffsetDateTime;

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
        let ours = certificates.iter().map(|certificate| here.view(certificate));
        Ok(ours.chain(here.brought_views()).collect())
    }

    /// Everything about one certificate.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn certificate(&self, certificate_id: &str) -> Result<CertificateDetailView, Failure> {
        if let Some(detail) = self.inner.here()?.brought_detail(certificate_id) {
            return Ok(detail);
        }
        let certificate: wire::Certificate = self.inner.one(kind::CERTIFICATE, certificate_id)?;
        let view = self.inner.here()?.view(&certificate);
        let facts = certificate
            .issued
            .as_ref()
            .and_then(|issued| facts_of_pem(&issued.certificate_pem));
        let plain = plain_rows(&certificate, facts.as_ref());
        Ok(CertificateDetailView {
            history: certificate.history.iter().map(event_view).collect(),
            ..detail(view, plain, facts.as_ref())
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
        let id = id(&input.certificate_id)?;
        let meant = Intention::Assign { id, assignment };
        let certificate: wire::Certificate = self.inner.carry_out(write_key(), meant).await?;
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
        let kept: wire::Certificate = self.inner.one(kind::CERTIFICATE, certificate_id)?;
        let meant = Intention::ChangeHolder {
            id: kept.id,
            owner: owner_name(&kept),
            change,
            was: kept.holder.map(|holder| wire::HolderChange { holder_id: holder.id }),
        };
        let certificate: wire::Certificate = self.inner.carry_out(write_key(), meant).await?;
        Ok(self.inner.here()?.view(&certificate))
    }

    /// Revokes a certificate for good: its holder, or an administrator.
    ///
    /// # Errors
    /// `Conflict` when there is none or it is revoked already, `NotFound` for others.
    pub async fn revoke_certificate(
        &self,
        certificate_id: &str,
        reason: RevocationReason,
    ) -> Result<CertificateView, Failure> {
        let revocation = wire::Revocation {
            reason: match reason {
                RevocationReason::KeyCompromise => wire::RevocationReason::KeyCompromise,
                RevocationReason::AffiliationChanged => wire::RevocationReason::AffiliationChanged,
                RevocationReason::Superseded => wire::RevocationReason::Superseded,
                RevocationReason::CessationOfOperation => wire::RevocationReason::CessationOfOperation,
            },
        };
        let meant = Intention::Revoke {
            id: id(certificate_id)?,
            owner: self
                .inner
                .one::<wire::Certificate>(kind::CERTIFICATE, certificate_id)
                .map(|kept| owner_name(&kept))
                .unwrap_or_default(),
            revocation,
        };
        let certificate: wire::Certificate = self.inner.carry_out(write_key(), meant).await?;
        Ok(self.inner.here()?.view(&certificate))
    }
}

fn owner_name(certificate: &wire::Certificate) -> String {
    let owner = certificate.owner.as_ref();
    owner.map(|owner| owner.name.clone()).unwrap_or_default()
}

/// What a certificate says, with every X.509 field.
pub(crate) fn detail(
    certificate: CertificateView,
    plain: Vec<RowView>,
    facts: Option<&CertificateFacts>,
) -> CertificateDetailView {
    let rows = facts.iter().flat_map(|facts| &facts.rows);
    CertificateDetailView {
        certificate,
        plain,
        fields: rows.map(|row| row_view(&row.name, &row.value)).collect(),
        fingerprint_sha256: facts.map(|facts| facts.sha256_fingerprint.clone()),
        serial: facts.map(|facts| facts.serial_hex.clone()),
        history: Vec::new(),
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
