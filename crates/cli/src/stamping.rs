//! `ganjiang stamp` and `ganjiang sign`: put a seal on pages, with or without a signature.

use std::process::ExitCode;

use app::file_work::plan::Finding;
use app::file_work::{
    Identity, Password, PdfPassword, SealPicture, SigningOrder, Stamp, StampingOrder, sign_file, stamp_file,
};
use time::OffsetDateTime;

use crate::arguments::{IdentityArguments, PdfPasswordArgument, SignArguments, StampArguments};
use crate::complaint::{Complaint, USAGE};
use crate::findings::words;
use crate::language::Language;
use crate::places::Places;

pub(crate) fn stamp(arguments: StampArguments, language: Language, at: OffsetDateTime) -> Result<ExitCode, Complaint> {
    let stamp = read_stamp(&arguments.places)?.ok_or_else(nothing_to_place)?;
    let findings = stamp_file(&StampingOrder {
        input: &arguments.input,
        output: &arguments.out,
        pdf_password: arguments.password.read()?.as_ref(),
        stamp: &stamp,
        at,
    })?;
    tell(&findings, language);
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn sign(arguments: SignArguments, language: Language, at: OffsetDateTime) -> Result<ExitCode, Complaint> {
    let stamp = read_stamp(&arguments.places)?;
    if stamp.is_none() && arguments.places.seal.is_some() {
        return Err(nothing_to_place());
    }
    let identity = &arguments.identity;
    let variable = identity.password_env.as_ref().or(identity.pin_env.as_ref());
    let password = variable
        .map(|variable| secret(variable))
        .transpose()?
        .map(Password::new);
    let (_, findings) = sign_file(SigningOrder {
        input: &arguments.input,
        output: &arguments.out,
        identity: identity.of(password.as_ref())?,
        pdf_password: arguments.pdf_password.read()?.as_ref(),
        stamp: stamp.as_ref(),
        reason: arguments.reason,
        field: arguments.field,
        level: arguments.level.into(),
        timestamps: arguments.tsa.as_deref(),
        certification: arguments.certify.map(Into::into),
        at,
    })?;
    tell(&findings, language);
    Ok(ExitCode::SUCCESS)
}

impl IdentityArguments {
    /// What was asked for, with the password or PIN that was read for it.
    fn of<'a>(&'a self, password: Option<&'a Password>) -> Result<Identity<'a>, Complaint> {
        match (&self.p12, &self.token, password) {
            (Some(file), _, Some(password)) => Ok(Identity::Pkcs12 { file, password }),
            (_, Some(module), pin) => Ok(Identity::Token {
                module,
                label: self.token_label.as_deref(),
                certificate: self.token_certificate.as_deref(),
                pin,
            }),
            _ => Err(Complaint::new(
                USAGE,
                "identity_missing",
                "请用 --p12 和 --password-env，或 --token 和 --pin-env 指定证书",
                "give a certificate: --p12 with --password-env, or --token with --pin-env",
            )),
        }
    }
}

/// What should be known of the plan goes to standard error; the work is done all the same.
fn tell(findings: &[Finding], language: Language) {
    for finding in findings {
        if let Some(words) = words(finding, language) {
            eprintln!("ganjiang: {words}");
        }
    }
}

/// What is to be placed, or nothing.
fn read_stamp(places: &Places) -> Result<Option<Stamp>, Complaint> {
    if places
        .seal_width
        .is_some_and(|width| !width.is_finite() || width <= 0.0)
    {
        return Err(Complaint::new(
            USAGE,
            "seal_size_invalid",
            "--seal-width 请填写大于 0 的毫米数",
            "--seal-width must be a length in millimetres above 0",
        ));
    }
    let typed = places.typed();
    if places.seal.is_none() && !typed.items.is_empty() {
        return Err(no_seal());
    }
    let seal = places.seal.as_deref();
    let seal = seal
        .map(|seal| SealPicture::read(seal, places.seal_width))
        .transpose()?;
    match (&places.plan, seal) {
        (Some(plan), seal) => Ok(Some(Stamp::read(plan, seal)?.and(typed))),
        (None, Some(seal)) if !typed.items.is_empty() => Ok(Some(Stamp::of(typed, seal))),
        (None, _) => Ok(None),
    }
}

fn no_seal() -> Complaint {
    Complaint::new(
        USAGE,
        "seal_missing",
        "指定了位置，但没有 --seal",
        "places were given, but no --seal",
    )
}

fn nothing_to_place() -> Complaint {
    Complaint::new(
        USAGE,
        "nothing_to_place",
        "没有指定盖章位置，请用 --at、--pages、--keyword、--seam 或 --plan",
        "nowhere to stamp: give --at, --pages, --keyword, --seam or --plan",
    )
}

impl PdfPasswordArgument {
    /// The PDF's password, when a variable was named.
    pub(crate) fn read(&self) -> Result<Option<PdfPassword>, Complaint> {
        let read = self.pdf_password_env.as_deref().map(secret).transpose()?;
        Ok(read.map(PdfPassword::new))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the command line is an edge: the user names the variable to read"
)]
fn secret(variable: &str) -> Result<String, Complaint> {
    std::env::var(variable).map_err(|_| {
        let chinese = format!("环境变量 {variable} 没有设置，密码从这里读取");
        let english = format!("the environment variable {variable} is not set; the password is read from it");
        Complaint::new(USAGE, "password_missing", chinese, english)
    })
}
