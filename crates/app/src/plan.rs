//! Every check before signing.
use crate::application::{App, Inner, off_thread};
use crate::failure::{Failure, refuse, refuse_with};
use crate::files;
use crate::sync::kind;
use crate::view::{CheckCode, CheckLevel, CheckView, FailureCode, SigningPlanInput};
use crate::wire_view::moment;
use pdf::Document;
use pdf::plan::Resolved;
use pki::certificate::CertificateFacts;
use pki::token::PinState;
use platform::wire;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{KeyPurpose, KeyRow};

/// Warn when a certificate ends within this many days.
const SOON_DAYS: i64 = 30;

impl App {
    /// Everything that can be known to go wrong before the PIN is asked for.
    ///
    /// # Errors
    /// `NotFound` for a document that is not open; what is wrong with the plan is in the result.
    pub async fn check_signing(&self, plan: SigningPlanInput) -> Result<Vec<CheckView>, Failure> {
        let inner = Arc::clone(&self.inner);
        off_thread(move || inner.checks(&plan)).await
    }
}

impl Inner {
    fn checks(&self, plan: &SigningPlanInput) -> Result<Vec<CheckView>, Failure> {
        let file = self.opened(&plan.document_id)?;
        let mut checks = vec![self.certificate_check(plan)];
        checks.extend(self.key_checks(plan));
        checks.push(outcome(CheckCode::SealApproved, self.approved_seals(plan).map(drop)));
        match file.document() {
            Err(failure) => checks.push(problem(CheckCode::DocumentAppendable, &failure)),
            Ok(document) => {
                let appendable = document.can_append().map_err(Failure::from);
                checks.push(outcome(CheckCode::DocumentAppendable, appendable));
                checks.extend(marks_checks(self.resolved_for_looking(plan, &document)));
                checks.push(earlier_signatures(&document));
            }
        }
        checks.push(self.output_check(&file)?);
        Ok(checks)
    }

    fn certificate_check(&self, plan: &SigningPlanInput) -> CheckView {
        match self.valid_certificate(plan) {
            Err(failure) => problem(CheckCode::CertificateValid, &failure),
            Ok(valid_to) => {
                let soon = (valid_to - self.now()).whole_days() < SOON_DAYS;
                let level = if soon { CheckLevel::Warning } else { CheckLevel::Ok };
                check(CheckCode::CertificateValid, level, &[("valid_to", moment(valid_to))])
            }
        }
    }

    /// The platform's word on revocation as last seen; the dates by the certificate itself.
    pub(crate) fn valid_certificate(&self, plan: &SigningPlanInput) -> Result<time::OffsetDateTime, Failure> {
        let key = self.signing_key(plan)?;
        let facts = key
            .certificate
            .as_deref()
            .and_then(|der| CertificateFacts::parse(der).ok());
        let facts = facts.ok_or_else(|| refuse(FailureCode::KeyDamaged))?;
        if key.purpose != KeyPurpose::OtherAuthority {
            self.in_force_here(plan, &facts)?;
        }
        let now = self.now();
        if now < facts.not_before || now > facts.not_after {
            return Err(refuse_with(
                FailureCode::CertificateExpired,
                &[("valid_to", moment(facts.not_after))],
            ));
        }
        Ok(facts.not_after)
    }

    /// By the platform's records the certificate here is the one in force.
    fn in_force_here(&self, plan: &SigningPlanInput, facts: &CertificateFacts) -> Result<(), Failure> {
        let certificate: wire::Certificate = self.one(kind::CERTIFICATE, &plan.certificate_id)?;
        if certificate.state == wire::CertificateState::Revoked {
            return Err(refuse(FailureCode::CertificateRevoked));
        }
        let issued = certificate
            .issued
            .as_ref()
            .map(|issued| issued.serial.trim_start_matches('0'));
        if issued == Some(facts.serial_hex.trim_start_matches('0')) {
            return Ok(());
        }
        // Another device imported after this one: the certificate here is no longer the one in force.
        Err(refuse(FailureCode::CertificateHeldElsewhere))
    }

    pub(crate) fn signing_key(&self, plan: &SigningPlanInput) -> Result<KeyRow, Failure> {
        self.key_in_use(&plan.certificate_id)
    }

    /// The key is within reach, and a PIN can be tried.
    fn key_checks(&self, plan: &SigningPlanInput) -> Vec<CheckView> {
        match self.signing_key(plan) {
            Ok(key) if key.token.is_some() => vec![self.token_check(&key)],
            Ok(key) => vec![check(CheckCode::CertificateHere, CheckLevel::Ok, &[]), pin_check(&key)],
            Err(failure) => {
                let codes = [CheckCode::CertificateHere, CheckCode::PinState];
                codes.map(|code| problem(code, &failure)).into()
            }
        }
    }

    fn token_check(&self, key: &KeyRow) -> CheckView {
        let place = key.token.as_ref().ok_or_else(|| refuse(FailureCode::TokenMissing));
        match place.and_then(|place| self.token_state(key, place)) {
            Ok(PinState::Untouched) => check(CheckCode::TokenReady, CheckLevel::Ok, &[]),
            Ok(PinState::SomeTriesLeft | PinState::LastTry) => check(CheckCode::TokenReady, CheckLevel::Warning, &[]),
            Ok(PinState::Locked) => problem(CheckCode::TokenReady, &refuse(FailureCode::TokenLocked)),
            Err(failure) => problem(CheckCode::TokenReady, &failure),
        }
    }

    fn output_check(&self, file: &crate::documents::OpenedFile) -> Result<CheckView, Failure> {
        let folder = self.output_folder()?;
        let name = files::free_name(&folder, &self.output_stem(&file.path)?, "pdf");
        let params = [("name", name), ("folder", folder.to_string_lossy().into_owned())];
        // Trying is the only honest way to know whether a folder can be written to.
        match files::aside(&folder, &[]) {
            Ok(_) => Ok(check(CheckCode::OutputName, CheckLevel::Ok, &params)),
            Err(failure) => Ok(problem(CheckCode::OutputName, &failure)),
        }
    }

    /// `<原名>-已签章`, without doubling the ending when a signed file is signed again.
    pub(crate) fn output_stem(&self, path: &std::path::Path) -> Result<String, Failure> {
        let suffix = self.output_suffix()?;
        let stem = path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default();
        Ok(if stem.ends_with(&suffix) {
            stem
        } else {
            format!("{stem}{suffix}")
        })
    }
}

fn pin_check(key: &KeyRow) -> CheckView {
    if key.tries_left == 0 {
        return problem(CheckCode::PinState, &refuse(FailureCode::PinLocked));
    }
    let level = if key.tries_left < store::TRIES {
        CheckLevel::Warning
    } else {
        CheckLevel::Ok
    };
    check(CheckCode::PinState, level, &[("left", key.tries_left.to_string())])
}

/// Whether everything can be placed, and how many of the findings should be looked at.
fn marks_checks(resolved: Result<Resolved, Failure>) -> Vec<CheckView> {
    match resolved {
        Err(failure) => vec![problem(CheckCode::MarksOnPage, &failure)],
        Ok(resolved) => {
            let views = resolved.findings.iter().map(crate::placing::finding_view);
            let count = views.filter(|finding| finding.level == CheckLevel::Warning).count();
            let mut checks = vec![check(CheckCode::MarksOnPage, CheckLevel::Ok, &[])];
            if count > 0 {
                let count = [("count", count.to_string())];
                checks.push(check(CheckCode::PlanFindings, CheckLevel::Warning, &count));
            }
            checks
        }
    }
}

fn earlier_signatures(document: &Document) -> CheckView {
    let count = pdf::signature::read_signatures(document).map_or(0, |found| found.len());
    check(
        CheckCode::EarlierSignatures,
        CheckLevel::Ok,
        &[("count", count.to_string())],
    )
}

fn check(code: CheckCode, level: CheckLevel, params: &[(&str, String)]) -> CheckView {
    let params = params
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    CheckView { code, level, params }
}

fn outcome(code: CheckCode, outcome: Result<(), Failure>) -> CheckView {
    match outcome {
        Ok(()) => check(code, CheckLevel::Ok, &[]),
        Err(failure) => problem(code, &failure),
    }
}

fn problem(code: CheckCode, failure: &Failure) -> CheckView {
    let mut params: BTreeMap<String, String> = failure.params.clone();
    params.insert("failure".to_owned(), crate::wire_view::code(&failure.code));
    CheckView {
        code,
        level: CheckLevel::Problem,
        params,
    }
}
