//! `ganjiang demo`: the whole journey against the sandbox platform, told step by step.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use app::demo::{DemoOptions, DemoReport};
use app::view::Verdict;
use app::{Clock, PlatformAddress, SystemClock};
use server::{RunningServer, ServerOptions};

use crate::arguments::DemoArguments;
use crate::complaint::{Complaint, REFUSED};
use crate::language::Language;

pub(crate) fn run(arguments: DemoArguments, language: Language) -> Result<ExitCode, Complaint> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| not_started(&error))?;
    let report = runtime.block_on(walk(&arguments.out, language))?;
    println!("{}", arguments.out.join(&report.signed_bid).display());
    // The second signature is a permitted change after the first.
    Ok(match report.verification.verdict {
        Verdict::Valid | Verdict::ValidWithChanges => ExitCode::SUCCESS,
        Verdict::Invalid | Verdict::Indeterminate | Verdict::Unsigned => ExitCode::FAILURE,
    })
}

async fn walk(out: &Path, language: Language) -> Result<DemoReport, Complaint> {
    let data = tempfile::tempdir().map_err(|error| not_started(&error))?;
    let options = ServerOptions::sandbox(data.path().join("sandbox.sqlite"), Arc::new(|| SystemClock.now()));
    let sandbox = server::start(options).await.map_err(|error| not_started(&error))?;
    let options = DemoOptions {
        platform: address_of(&sandbox),
        clock: Arc::new(SystemClock),
    };
    let told = |step: &str| println!("{}", step_words(step, language));
    let report = app::demo::run(out, options, &told).await;
    sandbox.shutdown().await;
    Ok(report?)
}

fn address_of(sandbox: &RunningServer) -> PlatformAddress {
    PlatformAddress {
        base_url: sandbox.base_url.clone(),
        sandbox_token: sandbox.sandbox_token.clone(),
        root_certificate: Some(sandbox.root_certificate_der.clone()),
    }
}

fn not_started(cause: &dyn std::fmt::Display) -> Complaint {
    let chinese = format!("沙盒平台没有启动（{cause}）");
    Complaint::new(
        REFUSED,
        "sandbox_not_started",
        chinese,
        format!("the sandbox platform did not start: {cause}"),
    )
}

/// A step that has no words here yet is told by its code.
fn step_words(step: &str, language: Language) -> &str {
    match step {
        "sign_in" => language.pick("登录演示企业", "sign in to the demonstration enterprise"),
        "authorise" => language.pick("CA 授权", "CA authorisation"),
        "buy" => language.pick("购买证书并付款", "buy certificates and pay"),
        "assign" => language.pick("分配证书", "assign the certificates"),
        "import" => language.pick("生成密钥并导入证书", "make keys and import the certificates"),
        "seals" => language.pick("制作印章", "make the seals"),
        "sign" => language.pick("盖章签名并复核", "stamp, sign and verify the bid"),
        "report" => language.pick("写出证书、印章和报告", "write certificates, seals and report"),
        other => other,
    }
}
