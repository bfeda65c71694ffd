//! `ganjiang verify`: one sentence for each signature, or every finding as JSON.

use std::process::ExitCode;
use std::time::Duration;

use app::file_work::report::{SignatureReport, Verdict, Verification};
use app::file_work::{Reason, TrustRoots, Verified, read_roots, reason_in_chinese, verify_file};
use app::view::ShownMarkView;
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::arguments::VerifyArguments;
use crate::complaint::{Complaint, USAGE};
use crate::language::Language;

pub(crate) fn run(arguments: VerifyArguments, language: Language, now: OffsetDateTime) -> Result<ExitCode, Complaint> {
    let at = arguments.at.as_deref().map_or(Ok(now), moment)?;
    let roots = arguments
        .trust
        .as_deref()
        .map_or_else(|| Ok(TrustRoots::none()), read_roots)?;
    let password = arguments.password.read()?;
    let limit = Duration::from_secs(arguments.time_limit);
    let verified = verify_file(&arguments.file, password.as_ref(), &roots, at, limit)?;
    let verification = &verified.verification;
    let file = arguments.file.display().to_string();
    if arguments.json {
        println!("{}", FileFindings::new(file, &verified).to_json());
    } else {
        print!("{}", in_words(&file, verification, language));
    }
    Ok(match verification.verdict {
        Verdict::Valid | Verdict::ValidWithChanges => ExitCode::SUCCESS,
        Verdict::Invalid | Verdict::Indeterminate | Verdict::Unsigned => ExitCode::FAILURE,
    })
}

fn moment(text: &str) -> Result<OffsetDateTime, Complaint> {
    OffsetDateTime::parse(text, &Rfc3339).map_err(|_| {
        Complaint::new(
            USAGE,
            "time_invalid",
            "--at 请写成 2026-11-22T09:30:00+08:00 这样的时间",
            "--at must be a time such as 2026-11-22T09:30:00+08:00",
        )
    })
}

/// The stable JSON of `verify --json`: fields are added, never renamed.
#[derive(Serialize)]
struct FileFindings {
    file: String,
    verdict: &'static str,
    signatures: Vec<SignatureFindings>,
    reasons: Vec<&'static str>,
}

#[derive(Serialize)]
struct SignatureFindings {
    field: String,
    signer: String,
    verdict: &'static str,
    intact: Option<bool>,
    coverage: &'static str,
    changes_after: &'static str,
    trust: &'static str,
    time: TimeFindings,
    level: &'static str,
    algorithm: String,
    reasons: Vec<&'static str>,
    revocation: RevocationFindings,
    changes: Vec<String>,
    allowed_changes: Vec<String>,
    is_document_timestamp: bool,
    marks: Vec<ShownMarkView>,
}

/// Revocation of the signer's chain at the proven time of signing (else when verified), and when verified.
#[derive(Serialize)]
struct RevocationFindings {
    at_signing: &'static str,
    now: &'static str,
}

#[derive(Serialize)]
struct TimeFindings {
    source: &'static str,
    value: Option<String>,
}

impl FileFindings {
    fn new(file: String, verified: &Verified) -> Self {
        let Verified { verification, marks } = verified;
        let signatures = verification.signatures.iter().zip(marks);
        Self {
            file,
            verdict: verification.verdict.code(),
            signatures: signatures
                .map(|(report, marks)| SignatureFindings::new(report, marks.clone()))
                .collect(),
            reasons: verification.reasons.iter().map(|reason| reason.code()).collect(),
        }
    }

    fn to_json(&self) -> String {
        // Strings, booleans and lists only: there is nothing in it that JSON cannot hold.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

impl SignatureFindings {
    fn new(report: &SignatureReport, marks: Vec<ShownMarkView>) -> Self {
        Self {
            field: report.field.clone(),
            signer: report.signer.clone(),
            verdict: report.verdict.code(),
            intact: report.intact,
            coverage: report.coverage.code(),
            changes_after: report.changes_after.code(),
            trust: report.trust.code(),
            time: TimeFindings {
                source: report.time.source.code(),
                value: report.time.value.and_then(|value| value.format(&Rfc3339).ok()),
            },
            level: report.level.code(),
            algorithm: report.algorithm.clone(),
            reasons: report.reasons.iter().map(|reason| reason.code()).collect(),
            revocation: RevocationFindings {
                at_signing: report.revocation.at_signing.code(),
                now: report.revocation.now.code(),
            },
            changes: report.changes.iter().map(|change| change.code()).collect(),
            allowed_changes: report.allowed.iter().map(|change| change.code()).collect(),
            is_document_timestamp: report.is_document_timestamp,
            marks,
        }
    }
}

fn in_words(file: &str, verification: &Verification, language: Language) -> String {
    let verdict = verdict_words(verification.verdict, language);
    let mut text = format!("{file}: {verdict}{}\n", why(&verification.reasons, language));
    for report in &verification.signatures {
        text.push_str(&format!(
            "  {} ({}): {}{}\n",
            report.signer,
            report.field,
            verdict_words(report.verdict, language),
            why(&report.reasons, language)
        ));
    }
    text
}

/// The reasons behind a colon; nothing where there are none.
fn why(reasons: &[Reason], language: Language) -> String {
    let words: Vec<&str> = reasons.iter().map(|reason| reason_words(*reason, language)).collect();
    match words.is_empty() {
        true => String::new(),
        false => format!("{}{}", language.pick("：", ": "), words.join(language.pick("；", ", "))),
    }
}

/// In Chinese as the window says it; in English the codes are words already, but for what concerns the whole file.
fn reason_words(reason: Reason, language: Language) -> &'static str {
    let english = match reason {
        Reason::BudgetExceeded => "the file is too complex to be checked completely in the time allowed",
        Reason::StructureDamaged => "the file's structure is damaged",
        other => other.code(),
    };
    language.pick(reason_in_chinese(reason), english)
}

fn verdict_words(verdict: Verdict, language: Language) -> &'static str {
    match verdict {
        Verdict::Valid => language.pick("签名有效", "valid"),
        Verdict::ValidWithChanges => {
            language.pick("签名有效，之后有允许的改动", "valid, with permitted changes afterwards")
        }
        Verdict::Invalid => language.pick("签名无效", "not valid"),
        Verdict::Indeterminate => language.pick("无法判定", "cannot be decided"),
        Verdict::Unsigned => language.pick("没有签名", "no signature"),
    }
}
