//! What the demonstration leaves behind: files for a person to look at and for other programs to judge.
use crate::application::{App, locked};
use crate::failure::{Failure, internal};
use crate::files;
use crate::view::{OrderView, SealFormat, SealView, SignedView, VerificationView};
use base64::Engine as _;
use serde::Serialize;
use std::path::Path;

/// What happened, as written to `report.json`.
#[derive(Debug, Clone, Serialize)]
pub struct DemoReport {
    /// Number of the order.
    pub order_number: String,
    /// Name of the signed bid in the folder.
    pub signed_bid: String,
    /// Its SHA-256.
    pub sha256: String,
    /// Names of the seal files.
    pub seals: Vec<String>,
    /// Names of the certificate files: root first.
    pub certificates: Vec<String>,
    /// Names of the request files.
    pub requests: Vec<String>,
    /// What verification found.
    pub verification: VerificationView,
}

/// Writes everything and the report. The signed bid is there already.
pub(super) async fn leave(
    app: &App,
    folder: &Path,
    order: &OrderView,
    seals: &[SealView],
    signed: &SignedView,
) -> Result<DemoReport, Failure> {
    let (certificates, requests) = leave_certificates(app, folder)?;
    let mut report = DemoReport {
        order_number: order.number.clone(),
        signed_bid: signed.output_name.clone(),
        sha256: signed.sha256.clone(),
        seals: Vec::new(),
        certificates,
        requests,
        verification: signed.verification.clone(),
    };
    for seal in seals {
        for format in [SealFormat::Svg, SealFormat::Png600, SealFormat::Pdf] {
            report.seals.push(app.export_seal(&seal.id, format).await?.file_name);
        }
    }
    let json = serde_json::to_vec_pretty(&report).map_err(|error| internal("the report", &error))?;
    files::replace(&folder.join("report.json"), &[&json])?;
    Ok(report)
}

fn leave_certificates(app: &App, folder: &Path) -> Result<(Vec<String>, Vec<String>), Failure> {
    let (mut certificates, mut requests) = (vec!["root.pem".to_owned()], Vec::new());
    let roots = locked(&app.inner.roots).clone();
    leave_pem(folder, "root.pem", "CERTIFICATE", &roots)?;
    for (number, key) in (1..).zip(app.inner.store.keys(&app.inner.scope()?)?) {
        let chain: Vec<_> = key.certificate.into_iter().chain(key.chain).collect();
        certificates.push(leave_pem(
            folder,
            &format!("certificate-{number}.pem"),
            "CERTIFICATE",
            &chain,
        )?);
        requests.push(leave_pem(
            folder,
            &format!("request-{number}.pem"),
            "CERTIFICATE REQUEST",
            &[key.request],
        )?);
    }
    Ok((certificates, requests))
}

fn leave_pem(folder: &Path, name: &str, label: &str, ders: &[Vec<u8>]) -> Result<String, Failure> {
    let text: String = ders.iter().map(|der| pem(label, der)).collect();
    files::replace(&folder.join(name), &[text.as_bytes()])?;
    Ok(name.to_owned())
}

/// RFC 7468: 64 characters a line.
fn pem(label: &str, der: &[u8]) -> String {
    let body: Vec<char> = base64::engine::general_purpose::STANDARD.encode(der).chars().collect();
    let lines: Vec<String> = body.chunks(64).map(|line| line.iter().collect()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
