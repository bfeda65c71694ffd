//! `ganjiang tokens`: which tokens are plugged in, what they say of their PIN, and their certificates.

use std::path::Path;
use std::process::ExitCode;

use app::file_work::{CertificateFacts, PinState, TokenCertificate, TokenFacts, list_tokens};
use serde_json::{Value, json};

use crate::arguments::TokensArguments;
use crate::complaint::Complaint;
use crate::language::Language;

pub(crate) fn run(arguments: &TokensArguments, language: Language) -> Result<ExitCode, Complaint> {
    let tokens = list_tokens(Path::new(&arguments.module))?;
    if arguments.json {
        let tokens: Vec<Value> = tokens.iter().map(token_json).collect();
        println!("{}", json!({ "tokens": tokens }));
    } else {
        tokens.iter().for_each(|token| show(token, language));
    }
    Ok(ExitCode::SUCCESS)
}

fn token_json(token: &TokenFacts) -> Value {
    json!({
        "label": token.label,
        "manufacturer": token.manufacturer,
        "model": token.model,
        "serial": token.serial,
        "pin": pin_code(token.pin),
        "certificates": token.certificates.iter().map(certificate_json).collect::<Vec<_>>(),
    })
}

fn certificate_json(certificate: &TokenCertificate) -> Value {
    let facts = CertificateFacts::parse(&certificate.der).ok();
    json!({
        "label": certificate.label,
        "subject": facts.as_ref().map(|facts| facts.subject.shown()),
        "key": facts.as_ref().map(|facts| facts.key_algorithm.as_str()),
        "not_after": facts.as_ref().map(|facts| facts.not_after.to_string()),
    })
}

fn pin_code(state: PinState) -> &'static str {
    match state {
        PinState::Untouched => "untouched",
        PinState::SomeTriesLeft => "some_tries_left",
        PinState::LastTry => "last_try",
        PinState::Locked => "locked",
    }
}

fn show(token: &TokenFacts, language: Language) {
    let pin = match token.pin {
        PinState::Untouched => "",
        PinState::SomeTriesLeft => language.pick("（曾输错 PIN）", " (a wrong PIN was given)"),
        PinState::LastTry => language.pick("（PIN 只剩最后一次机会）", " (one PIN try left)"),
        PinState::Locked => language.pick("（已锁定）", " (locked)"),
    };
    println!(
        "{} · {} {} {}{pin}",
        token.label, token.manufacturer, token.model, token.serial
    );
    for certificate in &token.certificates {
        let facts = CertificateFacts::parse(&certificate.der);
        let (subject, key) = facts.map_or_else(
            |_| (String::new(), String::new()),
            |facts| (facts.subject.shown().to_owned(), facts.key_algorithm),
        );
        println!("  {} · {subject} · {key}", certificate.label);
    }
}
