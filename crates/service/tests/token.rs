//! An authority whose keys are on a token at the other end of a wire: ceremony, issuing, lists, answers, and the token lost and found.
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

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use platform::client::{ClientError, PlatformClient};
use platform::wire::*;
use service::*;
use testkit::judges;
use testkit::tokens::{PIN, RemoteTokens, TokenFolder, module, remote_module};
use uuid::Uuid;

const LABELS: &str = "root = 'ca-root'\nissuer = 'ca-issuer'\nocsp = 'ca-ocsp'\ntimestamping = 'ca-time'\n";

/// A folder with a token, the settings of a platform that uses it, and its database.
struct Place {
    folder: tempfile::TempDir,
    tokens: TokenFolder,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tokens = TokenFolder::new(folder.path());
        tokens.add_token("authority");
        Self { folder, tokens }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program; `keys` goes into the settings.
    fn program(&self, name: &str, keys: &str, environment: &[(&'static str, String)]) -> Program {
        let file = self.path(name);
        let text = format!(
            "[database]\nurl = '{}'\n[listen]\naddress = '127.0.0.1:0'\npublic_url = 'http://platform.test'\n\
             [observe]\naddress = '127.0.0.1:0'\n{keys}",
            self.path("platform.sqlite").display()
        );
        std::fs::write(&file, text).unwrap();
        Program::new(&file, environment)
    }

    /// What OpenSC does or says, logged in, on the machine the token is in.
    fn opensc(&self, words: &[&str]) -> String {
        let (name, value) = self.tokens.environment();
        let mut tool = judges::pkcs11_tool();
        tool.args(["--module", module(), "--token-label", "authority", "--login"]);
        judges::must(tool.args(["--pin", PIN]).args(words).env(name, value))
    }
}

fn keys(token: &str, pin: &str, labels: &str) -> String {
    format!(
        "[keys]\nmodule = '{}'\ntoken = '{token}'\n{pin}\n{labels}",
        remote_module()
    )
}

#[tokio::test]
async fn every_key_of_the_authority_is_on_a_token_that_may_be_lost_and_found() {
    let place = Place::new();
    let wire = RemoteTokens::start(&place.tokens);
    let reached = [wire.environment()];
    std::fs::write(place.path("pin"), format!("{PIN}\n")).unwrap();
    let pin_file = format!("pin_file = '{}'", place.path("pin").display());
    refused_before_anything_is_made(&place, &pin_file, &reached);
    let program = place.program("platform.toml", &keys("authority", &pin_file, LABELS), &reached);
    let ceremony = program.done(&["init"], "");
    assert!(ceremony.contains("issuer "), "{ceremony}");
    let there = place.opensc(&["--list-objects", "--type", "privkey"]);
    assert_eq!(there.matches("never extractable").count(), 4, "{there}");
    refused_afterwards(&place, &pin_file, &reached);
    program.people();

    let running = Running::start_as(&program);
    assert!(get(&running.metrics, "/health/keys").starts_with("HTTP/1.1 200"));
    let base = format!("http://{}", running.calls);
    let (wangmin, operator) = (signed_in(&base, "wangmin").await, signed_in(&base, "operator").await);
    let certificate = assigned(&wangmin, &operator).await;
    let request = requested(&place);
    drop(wire);
    lost(&place, &running);
    let waiting = wangmin.issue(certificate, &request, Uuid::new_v4()).await;
    assert!(matches!(waiting, Err(ClientError::Unavailable { .. })), "{waiting:?}");

    let wire = RemoteTokens::start(&place.tokens);
    let issued = wangmin.issue(certificate, &request, Uuid::new_v4()).await.unwrap();
    assert!(get(&running.metrics, "/health/keys").starts_with("HTTP/1.1 200"));
    assert!(get(&running.metrics, "/metrics").contains("ganjiang_authority_keys_usable 1"));
    judged(&place, &running, &issued);

    drop(wire);
    place.opensc(&["--change-pin", "--new-pin", "987654"]);
    let _wire = RemoteTokens::start(&place.tokens);
    for _ in 0..2 {
        let health = get(&running.metrics, "/health/keys");
        assert!(
            health.starts_with("HTTP/1.1 503") && health.contains("PIN is wrong"),
            "{health}"
        );
    }
    let (success, log) = running.end();
    assert!(success);
    let log = log.join("\n");
    assert!(log.contains("logged in to the token again"), "{log}");
    let tries = log.matches("cannot be logged in to: the token's PIN is wrong").count();
    let tries = tries + log.matches("\"error\":\"the token's PIN is wrong\"").count();
    assert_eq!(tries, 1, "a PIN that was refused is not tried again: {log}");
    assert!(!log.contains(PIN), "the PIN is in the log");
}

/// Wrong PIN, another token, no token: said at once, and nothing is made.
fn refused_before_anything_is_made(place: &Place, pin_file: &str, reached: &[(&'static str, String)]) {
    let init = |name, keys: &str, environment: &[_]| place.program(name, keys, environment).refused(&["init"]);
    let wrong = [
        reached[0].clone(),
        ("GANJIANG_PLATFORM__KEYS__PIN", "111111".to_owned()),
    ];
    let told = init("pin.toml", &keys("authority", "", LABELS), &wrong);
    assert!(told.contains("PIN is wrong") && !told.contains("111111"), "{told}");
    let told = init("other.toml", &keys("another", pin_file, LABELS), reached);
    assert!(told.contains("no such token"), "{told}");
    let nowhere = [(reached[0].0, format!("unix:path={}", place.path("nobody").display()))];
    let told = init("nowhere.toml", &keys("authority", pin_file, LABELS), &nowhere);
    assert!(told.contains("token with the authority's keys"), "{told}");
    assert!(!place.path("platform.sqlite").exists());
}

/// Keys that are not on the token, or settings without it: said at the start.
fn refused_afterwards(place: &Place, pin_file: &str, reached: &[(&'static str, String)]) {
    let missing = LABELS.replace("ca-ocsp", "ca-gone");
    let told = place.program("missing.toml", &keys("authority", pin_file, &missing), reached);
    assert!(told.refused(&["serve"]).contains("the token holds no key «ca-gone»"));
    let exchanged = LABELS.replace("ca-ocsp", "ca-time");
    let told = place.program("other.toml", &keys("authority", pin_file, &exchanged), reached);
    assert!(told.refused(&["serve"]).contains("not the key its certificate names"));
    let without = place.program("without.toml", "", reached);
    assert!(without.refused(&["serve"]).contains("cannot reach a key"));
}

/// What is said while the token is away; what needs no key goes on.
fn lost(place: &Place, running: &Running) {
    let health = get(&running.metrics, "/health/keys");
    assert!(
        health.starts_with("HTTP/1.1 503") && health.contains("token"),
        "{health}"
    );
    assert!(get(&running.metrics, "/health/ready").starts_with("HTTP/1.1 200"));
    assert!(get(&running.metrics, "/metrics").contains("ganjiang_authority_keys_usable 0"));
    let (root, issuer) = (pem(place, running, "root"), pem(place, running, "issuer"));
    let url = format!("http://{}/pki/ocsp", running.calls);
    let words = [
        "ocsp", "-issuer", &issuer, "-serial", "7", "-url", &url, "-CAfile", &root,
    ];
    let asked = judges::openssl().args(words).stdin(Stdio::null()).output().unwrap();
    let told = String::from_utf8_lossy(&[asked.stdout, asked.stderr].concat()).into_owned();
    assert!(told.contains("trylater"), "{told}");
}

/// Certificate, list and answer as OpenSSL sees them; a timestamp as well.
fn judged(place: &Place, running: &Running, issued: &Issued) {
    let (root, issuer) = (pem(place, running, "root"), pem(place, running, "issuer"));
    let der = place.path("person.der");
    let decoded = Command::new("base64")
        .arg("-d")
        .stdin(Stdio::piped())
        .stdout(std::fs::File::create(&der).unwrap())
        .spawn();
    let mut decoded = decoded.unwrap();
    std::io::Write::write_all(&mut decoded.stdin.take().unwrap(), issued.certificate.as_bytes()).unwrap();
    assert!(decoded.wait().unwrap().success());
    let person = shown(&place.path("person.pem"));
    printed(
        "openssl",
        &["x509", "-inform", "DER", "-in", &shown(&der), "-out", &person],
    );
    let lists = shown(&place.path("lists.pem"));
    let mut all = String::new();
    for (name, by) in [("root", &root), ("issuer", &issuer)] {
        let list = fetched(place, running, &format!("{name}.crl"));
        all += &printed("openssl", &["crl", "-inform", "DER", "-in", &list, "-CAfile", by]);
    }
    std::fs::write(&lists, all).unwrap();
    let chain = [
        "verify",
        "-x509_strict",
        "-crl_check_all",
        "-CAfile",
        &root,
        "-CRLfile",
        &lists,
    ];
    printed("openssl", &[&chain[..], &["-untrusted", &issuer, &person]].concat());
    let url = format!("http://{}/pki/ocsp", running.calls);
    let asked = [
        "ocsp", "-issuer", &issuer, "-cert", &person, "-url", &url, "-CAfile", &root,
    ];
    let told = printed("openssl", &asked);
    assert!(told.contains(": good"), "{told}");
    stamped(place, running, (&root, &issuer));
}

fn stamped(place: &Place, running: &Running, (root, issuer): (&str, &str)) {
    let [query, reply] = ["query.tsq", "reply.tsr"].map(|name| shown(&place.path(name)));
    printed(
        "openssl",
        &["ts", "-query", "-data", root, "-sha256", "-cert", "-out", &query],
    );
    let url = format!("http://{}/pki/tsa", running.calls);
    let (body, kind) = (format!("@{query}"), "content-type: application/timestamp-query");
    printed(
        "curl",
        &[
            "--silent",
            "--fail",
            "--header",
            kind,
            "--data-binary",
            &body,
            "--output",
            &reply,
            &url,
        ],
    );
    let verify = [
        "ts",
        "-verify",
        "-queryfile",
        &query,
        "-in",
        &reply,
        "-CAfile",
        root,
        "-untrusted",
        issuer,
    ];
    printed("openssl", &verify);
}

fn shown(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

fn fetched(place: &Place, running: &Running, name: &str) -> String {
    let path = shown(&place.path(name));
    let url = format!("http://{}/pki/{name}", running.calls);
    printed("curl", &["--silent", "--fail", "--output", &path, &url]);
    path
}

/// A certificate of the authority.
fn pem(place: &Place, running: &Running, name: &str) -> String {
    let der = fetched(place, running, &format!("{name}.cer"));
    let pem = shown(&place.path(&format!("{name}.pem")));
    printed("openssl", &["x509", "-inform", "DER", "-in", &der, "-out", &pem]);
    pem
}

/// A paid order's enterprise certificate, for its administrator to import.
async fn assigned(wangmin: &PlatformClient, operator: &PlatformClient) -> Uuid {
    let (title, account) = authorised(wangmin, operator).await;
    let wanted = NewOrder {
        package_id: wangmin.packages().await.unwrap()[0].id,
        quantity: 1,
        title_id: title.id,
        account_id: account.id,
    };
    let order = wangmin.place_order(&wanted, Uuid::new_v4()).await.unwrap();
    operator.bank_notice(&paid(&order), Uuid::new_v4()).await.unwrap();
    let all = wangmin.certificates().await.unwrap();
    let personal = all.iter().find(|one| one.kind == CertificateKind::Personal).unwrap();
    let assignment = Assignment {
        document_type: DocumentType::ResidentIdentityCard,
        document_number: "11010519491231002X".to_owned(),
        owner_name: "王敏".to_owned(),
        holder_id: wangmin.employees().await.unwrap()[0].id,
        email: "wangmin@example.cn".to_owned(),
    };
    wangmin
        .assign(personal.id, &assignment, Uuid::new_v4())
        .await
        .unwrap()
        .id
}

/// A request of OpenSSL's making.
fn requested(place: &Place) -> IssueRequest {
    let key = shown(&place.path("person.key"));
    let words = [
        "req",
        "-new",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-subj",
        "/CN=anybody",
        "-keyout",
        &key,
    ];
    let pem = printed("openssl", &words);
    let body = pem.lines().filter(|line| !line.starts_with("-----"));
    IssueRequest {
        request: body.collect(),
    }
}
