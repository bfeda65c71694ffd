//! Signing with a token: SoftHSM made and filled by its own program and OpenSC, judged like every signature.

use super::Desk;
use std::path::Path;
use std::process::Command;
use testkit::{judges, pdfs};

/// Where Debian, and others, put SoftHSM's module.
const MODULES: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
];

fn module() -> &'static str {
    let found = MODULES.into_iter().find(|module| Path::new(module).exists());
    found.expect("SoftHSM is missing: run `cargo xtask test`, it installs it")
}

/// A command that sees the desk's own token store.
fn on_tokens(desk: &Desk, mut command: Command) -> Command {
    command
        .env("SOFTHSM2_CONF", desk.path("softhsm.conf"))
        .current_dir(desk.folder.path());
    command
}

fn opensc(desk: &Desk, arguments: &[&str]) {
    let mut tool = on_tokens(desk, judges::pkcs11_tool());
    tool.args([
        "--module",
        module(),
        "--token-label",
        "bid",
        "--login",
        "--pin",
        "654321",
    ]);
    judges::must(tool.args(arguments));
}

/// A desk with a token «bid», whose keys are made on it and cannot leave it.
fn desk_with_token() -> Desk {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("tokens")).unwrap();
    let settings = format!(
        "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
        desk.path("tokens").display()
    );
    desk.put("softhsm.conf", settings.as_bytes());
    add_token(&desk, "bid");
    make_authority(&desk);
    desk
}

/// An authority that issues certificates for the tokens' keys.
fn make_authority(desk: &Desk) {
    let usage = b"keyUsage=critical,digitalSignature,nonRepudiation\nbasicConstraints=critical,CA:FALSE\n";
    desk.put("usage.cnf", usage);
    let mut authority = judges::openssl();
    authority
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "60"])
        .args(["-subj", "/CN=token authority", "-keyout", "ca.key", "-out", "ca.pem"])
        .current_dir(desk.folder.path());
    judges::must(&mut authority);
}

fn add_token(desk: &Desk, label: &str) {
    let mut make = on_tokens(desk, judges::softhsm2_util());
    make.args([
        "--init-token",
        "--free",
        "--label",
        label,
        "--so-pin",
        "12345678",
        "--pin",
        "654321",
    ]);
    judges::must(&mut make);
}

/// Makes a key on the token and writes a certificate for it, issued by the desk's authority.
fn add_key(desk: &Desk, kind: &str, id: &str, name: &str) {
    opensc(desk, &["--keypairgen", "--key-type", kind, "--id", id, "--label", name]);
    let public = format!("{name}.spki");
    opensc(
        desk,
        &[
            "--read-object",
            "--type",
            "pubkey",
            "--id",
            id,
            "--output-file",
            &public,
        ],
    );
    let subject = format!("/CN={name}");
    let mut issue = judges::openssl();
    issue
        .args([
            "x509",
            "-new",
            "-force_pubkey",
            &public,
            "-subj",
            &subject,
            "-days",
            "30",
        ])
        .args([
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-extfile",
            "usage.cnf",
            "-outform",
            "DER",
            "-out",
            "issued.der",
        ])
        .current_dir(desk.folder.path());
    judges::must(&mut issue);
    opensc(
        desk,
        &[
            "--write-object",
            "issued.der",
            "--type",
            "cert",
            "--id",
            id,
            "--label",
            name,
        ],
    );
}

fn signing<'a>(output: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut all = vec!["sign", "bid.pdf", "--out", output, "--token", module()];
    all.extend(more);
    all
}

#[test]
fn keys_of_both_kinds_sign_on_the_token_and_everybody_agrees() {
    let desk = desk_with_token();
    desk.put("bid.pdf", &pdfs::simple(1));
    add_key(&desk, "EC:prime256v1", "01", "bidder");
    let listed = desk.json(&["tokens", module(), "--json"]);
    let token = &listed["tokens"][0];
    assert_eq!(
        (token["label"].as_str(), token["pin"].as_str()),
        (Some("bid"), Some("untouched"))
    );
    assert_eq!(token["certificates"][0]["subject"], "bidder", "{listed}");
    desk.done(&signing("ec.pdf", &["--pin-env", "PIN"]));
    add_key(&desk, "rsa:2048", "02", "chief");
    let chosen = [
        "--pin-env",
        "PIN",
        "--token-label",
        "bid",
        "--token-certificate",
        "chief",
    ];
    desk.done(&signing("rsa.pdf", &chosen));
    for (file, algorithm) in [("ec.pdf", "EC P-256"), ("rsa.pdf", "RSA 2048")] {
        judges::assert_sound_pdf(&desk.path(file));
        judges::assert_pdfsig_valid(&desk.path(file), 1);
        judges::assert_pyhanko_trusts(&desk.path(file), &desk.path("ca.pem"), 1);
        let verified = desk.json(&["verify", file, "--trust", "ca.pem", "--json"]);
        assert_eq!(verified["verdict"], "valid", "{verified}");
        assert!(
            verified["signatures"][0]["algorithm"]
                .as_str()
                .unwrap()
                .contains(algorithm),
            "{verified}"
        );
    }
    let (status, _, told) = desk.run(&signing("no.pdf", &["--pin-env", "PIN"]));
    assert!(
        status == 4 && told.contains("token_certificate_not_found"),
        "two keys, none named: {told}"
    );
}

#[test]
fn what_is_wrong_with_a_token_is_told_apart() {
    let desk = desk_with_token();
    desk.put("bid.pdf", &pdfs::simple(1));
    let refused = |more: &[&str], status: i32, code: &str| {
        let (told_status, _, told) = desk.run(&signing("no.pdf", more));
        assert!(
            told_status == status && told.contains(code),
            "{more:?}: {told_status} {told}"
        );
        assert!(!desk.path("no.pdf").exists());
    };
    refused(&["--pin-env", "PIN"], 4, "token_certificate_not_found");
    add_key(&desk, "EC:prime256v1", "01", "bidder");
    refused(&["--pin-env", "WRONG_PIN"], 4, "token_pin_wrong");
    // SoftHSM counts wrong PINs only by this flag, and never locks.
    let listed = desk.json(&["tokens", module(), "--json"]);
    assert_eq!(listed["tokens"][0]["pin"], "some_tries_left", "{listed}");
    desk.done(&signing("ok.pdf", &["--pin-env", "PIN"]));
    refused(&["--pin-env", "PIN", "--token-label", "other"], 4, "token_not_found");
    add_token(&desk, "second");
    refused(&["--pin-env", "PIN"], 2, "token_not_named");
    // A key that is too short is refused by its certificate, before anything is signed.
    add_key(&desk, "rsa:1024", "03", "weak key");
    let chosen = [
        "--pin-env",
        "PIN",
        "--token-label",
        "bid",
        "--token-certificate",
        "weak key",
    ];
    refused(&chosen, 4, "token_key_unsupported");
    let (status, _, told) = desk.run(&["tokens", "bid.pdf"]);
    assert!(status == 3 && told.contains("token_module_unusable"), "{status} {told}");
}

#[test]
fn a_certificate_with_the_wrong_key_signs_nothing() {
    let desk = desk_with_token();
    desk.put("bid.pdf", &pdfs::simple(1));
    add_key(&desk, "EC:prime256v1", "01", "bidder");
    add_key(&desk, "EC:prime256v1", "02", "other");
    // The certificate of the second key under the identifier of the first.
    opensc(&desk, &["--delete-object", "--type", "cert", "--id", "01"]);
    opensc(
        &desk,
        &[
            "--write-object",
            "issued.der",
            "--type",
            "cert",
            "--id",
            "01",
            "--label",
            "mixed up",
        ],
    );
    let chosen = ["--pin-env", "PIN", "--token-certificate", "mixed up"];
    let (status, _, told) = desk.run(&signing("no.pdf", &chosen));
    assert!(status == 4 && told.contains("signing_failed"), "{status} {told}");
    assert!(!desk.path("no.pdf").exists());
}
