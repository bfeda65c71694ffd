//! The real program: ceremony, people, a call, metrics, logs, copies, certificates changed while it runs, an orderly end.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests fail by panicking and write scratch files"
)]

mod service;

use service::*;
use testkit::postgres::Durability;

const PASSPHRASE: &str = "kept in the safe\n";

#[tokio::test]
async fn from_the_ceremony_to_the_end() {
    let service = Service::new(Durability::Scratch);
    let settings = service.settings("platform.toml", "127.0.0.1:0", "http://platform.test", "");
    let early = service.run(&settings, &["serve"], "");
    assert!(!early.status.success());
    assert!(String::from_utf8_lossy(&early.stderr).contains("migrate it first"));

    let key = service.path("root.key");
    let init = ["init", "--root-key", key.to_str().unwrap()];
    let short = service.run(&settings, &init, "short\n");
    assert!(!short.status.success() && !key.exists());
    let ceremony = service.done(&settings, &init, PASSPHRASE);
    assert!(
        !service.run(&settings, &["init"], "").status.success(),
        "there is one authority only"
    );
    service.people(&settings);
    let secret = format!("{PASSWORD}\n");
    let taken = service.run(
        &settings,
        &["operator", "add", "--account", "wangmin", "--name", "x"],
        &secret,
    );
    assert!(String::from_utf8_lossy(&taken.stderr).contains("exists already"));

    let running = Running::start(&settings);
    judged_by_openssl(&service, &running, &ceremony);
    let base = format!("http://{}", running.calls);
    let wangmin = signed_in(&base, "wangmin").await;
    assert_eq!(wangmin.enterprise().await.unwrap().name, ENTERPRISE);
    signed_in(&base, "operator").await.operator_approvals().await.unwrap();

    let metrics = get(&running.metrics, "/metrics");
    let counted = "ganjiang_http_requests_total{method=\"GET\",route=\"/v1/enterprise\",status=\"200\"} 1";
    assert!(metrics.contains(counted), "{metrics}");
    assert!(get(&running.metrics, "/health/ready").starts_with("HTTP/1.1 200"));
    assert!(
        get(&running.calls, "/metrics").starts_with("HTTP/1.1 404"),
        "metrics are not for the public"
    );

    let copy = service.path("copy.dump");
    service.done(&settings, &["backup", "--out", copy.to_str().unwrap()], "");
    assert!(printed("pg_restore", &["--list", copy.to_str().unwrap()]).contains("TABLE DATA public orders"));
    assert!(
        !service
            .run(&settings, &["backup", "--out", copy.to_str().unwrap()], "")
            .status
            .success()
    );

    let (success, log) = running.end();
    assert!(success);
    let log = log.join("\n");
    assert!(log.contains("/v1/sessions"), "calls are logged");
    for personal in ["wangmin", "王敏", PASSWORD, CREDIT_CODE, ENTERPRISE, "Bearer"] {
        assert!(!log.contains(personal), "{personal} is in the log");
    }
    let second_list = ["renew-root-list", "--root-key", key.to_str().unwrap()];
    assert!(
        !service
            .run(&settings, &second_list, "the wrong passphrase\n")
            .status
            .success()
    );
    service.done(&settings, &second_list, PASSPHRASE);
}

/// The root's key is apart, encrypted, and no part of it in the database; its certificate and list are good.
fn judged_by_openssl(service: &Service, running: &Running, ceremony: &str) {
    let key = service.path("root.key");
    let pass = format!("pass:{}", PASSPHRASE.trim());
    let public = printed(
        "openssl",
        &["pkey", "-in", key.to_str().unwrap(), "-passin", &pass, "-pubout"],
    );
    let kept = service.cluster.psql(
        "platform",
        "SELECT name, octet_length(private_key) FROM authority_keys ORDER BY 1",
    );
    assert!(kept.unwrap().contains("root|0\n"));
    let files = ["root.cer", "issuer.cer", "root.crl"].map(|name| fetched(service, running, name));
    let [root, issuer, list] = files.each_ref().map(|path| path.to_str().unwrap());
    assert_eq!(
        printed("openssl", &["x509", "-in", root, "-inform", "DER", "-noout", "-pubkey"]),
        public
    );
    let told = printed(
        "openssl",
        &[
            "x509",
            "-in",
            root,
            "-inform",
            "DER",
            "-noout",
            "-fingerprint",
            "-sha256",
        ],
    );
    assert!(
        ceremony.contains(told.trim().rsplit('=').next().unwrap()),
        "{ceremony} {told}"
    );
    let (root_pem, list_pem) = (service.path("root.pem"), service.path("list.pem"));
    let (root_pem, list_pem) = (root_pem.to_str().unwrap(), list_pem.to_str().unwrap());
    printed("openssl", &["x509", "-in", root, "-inform", "DER", "-out", root_pem]);
    printed(
        "openssl",
        &[
            "crl", "-in", list, "-inform", "DER", "-CAfile", root_pem, "-out", list_pem,
        ],
    );
    let checked = [
        "verify",
        "-x509_strict",
        "-crl_check",
        "-CAfile",
        root_pem,
        "-CRLfile",
        list_pem,
        issuer,
    ];
    printed("openssl", &checked);
}

/// A public file of the authority.
fn fetched(service: &Service, running: &Running, name: &str) -> std::path::PathBuf {
    let path = service.path(name);
    let url = format!("http://{}/pki/{name}", running.calls);
    printed(
        "curl",
        &["--silent", "--fail", "--output", path.to_str().unwrap(), &url],
    );
    path
}

#[test]
fn a_new_certificate_is_taken_without_an_interruption() {
    let service = Service::new(Durability::Scratch);
    let (certificate, key) = (service.path("tls.pem"), service.path("tls.key"));
    made(&certificate, &key, "first.test");
    let tls = format!(
        "tls = {{ certificate = '{}', key = '{}' }}",
        certificate.display(),
        key.display()
    );
    let settings = service.settings("platform.toml", "127.0.0.1:0", "https://platform.test", &tls);
    service.done(&settings, &["init"], "");
    let running = Running::start(&settings);
    assert!(presented(&running).contains("first.test"));
    std::fs::write(&certificate, "not a certificate").unwrap();
    running.signal("-HUP");
    running.line("the new certificate cannot be used; the former one stays");
    assert!(presented(&running).contains("first.test"));
    made(&certificate, &key, "second.test");
    running.signal("-HUP");
    running.line("certificate read again");
    assert!(presented(&running).contains("second.test"));
    assert!(running.end().0);
}

fn made(certificate: &std::path::Path, key: &std::path::Path, name: &str) {
    let subject = format!("/CN={name}");
    let words = [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
        "-subj",
        &subject,
        "-keyout",
        key.to_str().unwrap(),
        "-out",
        certificate.to_str().unwrap(),
    ];
    printed("openssl", &words);
}

/// The certificate a client is shown, over TLS 1.3.
fn presented(running: &Running) -> String {
    printed(
        "openssl",
        &["s_client", "-connect", &running.calls, "-tls1_3", "-showcerts"],
    )
}

/// SQLite is enough for a small platform; its copy is a database that opens.
#[test]
fn a_small_platform_has_its_data_in_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::new(Durability::Scratch);
    let file = folder.path().join("platform.sqlite");
    let settings = folder.path().join("platform.toml");
    let text = format!(
        "[database]\nurl = '{}'\n[listen]\naddress = '127.0.0.1:0'\npublic_url = 'http://p.test'\n[observe]\naddress = '127.0.0.1:0'\n",
        file.display()
    );
    std::fs::write(&settings, text).unwrap();
    service.done(&settings, &["init"], "");
    service.people(&settings);
    let copy = folder.path().join("copy.sqlite");
    service.done(&settings, &["backup", "--out", copy.to_str().unwrap()], "");
    std::fs::rename(&copy, &file).unwrap();
    let running = Running::start(&settings);
    assert!(get(&running.metrics, "/health/ready").starts_with("HTTP/1.1 200"));
    assert!(running.end().0);
}
