//! Signing with a token: SoftHSM made and filled by its own program and OpenSC, judged like every signature.

use super::Desk;
use testkit::tokens::{TokenFolder, module};
use testkit::{judges, pdfs};

/// A desk with a token «bid».
fn desk_with_token() -> (Desk, TokenFolder) {
    let desk = Desk::new();
    let tokens = TokenFolder::new(desk.folder.path());
    tokens.add_token("bid");
    (desk, tokens)
}

fn signing<'a>(output: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut all = vec!["sign", "bid.pdf", "--out", output, "--token", module()];
    all.extend(more);
    all
}

#[test]
fn keys_of_both_kinds_sign_on_the_token_and_everybody_agrees() {
    let (desk, tokens) = desk_with_token();
    desk.put("bid.pdf", &pdfs::simple(1));
    tokens.add_key("EC:prime256v1", "01", "bidder");
    let listed = desk.json(&["tokens", module(), "--json"]);
    let token = &listed["tokens"][0];
    assert_eq!(
        (token["label"].as_str(), token["pin"].as_str()),
        (Some("bid"), Some("untouched"))
    );
    assert_eq!(token["certificates"][0]["subject"], "bidder", "{listed}");
    desk.done(&signing("ec.pdf", &["--pin-env", "PIN"]));
    tokens.add_key("rsa:2048", "02", "chief");
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
    let (desk, tokens) = desk_with_token();
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
    tokens.add_key("EC:prime256v1", "01", "bidder");
    refused(&["--pin-env", "WRONG_PIN"], 4, "token_pin_wrong");
    // SoftHSM counts wrong PINs only by this flag, and never locks.
    let listed = desk.json(&["tokens", module(), "--json"]);
    assert_eq!(listed["tokens"][0]["pin"], "some_tries_left", "{listed}");
    desk.done(&signing("ok.pdf", &["--pin-env", "PIN"]));
    refused(&["--pin-env", "PIN", "--token-label", "other"], 4, "token_not_found");
    tokens.add_token("second");
    refused(&["--pin-env", "PIN"], 2, "token_not_named");
    // A key that is too short is refused by its certificate, before anything is signed.
    tokens.add_key("rsa:1024", "03", "weak key");
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
    let (desk, tokens) = desk_with_token();
    desk.put("bid.pdf", &pdfs::simple(1));
    tokens.add_key("EC:prime256v1", "01", "bidder");
    tokens.add_key("EC:prime256v1", "02", "other");
    // The certificate of the second key under the identifier of the first.
    tokens.opensc("--delete-object --type cert --id 01", &[]);
    tokens.write_certificate("01", "mixed up");
    let chosen = ["--pin-env", "PIN", "--token-certificate", "mixed up"];
    let (status, _, told) = desk.run(&signing("no.pdf", &chosen));
    assert!(status == 4 && told.contains("signing_failed"), "{status} {told}");
    assert!(!desk.path("no.pdf").exists());
}
