//! Stories of locked files: opened with either password, stamped and signed in their own scheme.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it counted"
)]

mod judges;
mod recipes;

use std::sync::Arc;

use pdf::signature::{Coverage, read_signatures};
use pdf::update::{SignatureRequest, prepare_signature};
use pdf::{Document, OpenError, Password, RefuseReason};
use recipes::{Recipe, References, joined, open, square_at};
use time::macros::datetime;

const USER: &str = "kai-biao";
const OWNER: &str = "zhang-san";
const DUMMY_CMS: [u8; 6] = [0x30, 0x04, 0x02, 0x02, 0x01, 0x00];

/// Every scheme that qpdf can write: its arguments after the two passwords.
const SCHEMES: [&[&str]; 7] = [
    &["40"],
    &["128", "--use-aes=n"],
    &["128", "--use-aes=n", "--force-V4"],
    &["128", "--use-aes=y"],
    &["128", "--use-aes=y", "--cleartext-metadata"],
    &["256", "--force-R5"],
    &["256"],
];

/// What qpdf makes of a file, given the arguments between `qpdf` and the two names.
fn qpdf(plain: &[u8], arguments: &[&str]) -> Vec<u8> {
    let (folder, path) = judges::written(plain);
    let out = folder.path().join("locked.pdf");
    let names = [path.to_str().unwrap(), out.to_str().unwrap()];
    let output = judges::run("qpdf", &[&["--allow-weak-crypto"], arguments, &names].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read(out).unwrap()
}

fn locked_with(plain: &[u8], user: &str, owner: &str, scheme: &[&str]) -> Vec<u8> {
    qpdf(plain, &[&["--encrypt", user, owner], scheme, &["--"]].concat())
}

fn unlock(bytes: &[u8], password: &str) -> Result<Document, OpenError> {
    Document::open_with_password(Arc::new(bytes.to_vec()), &Password::new(password.to_owned()))
}

/// Stamps page 1 and signs; the whole new file.
fn signed(original: &[u8], document: &Document) -> Vec<u8> {
    let request = SignatureRequest {
        marks: vec![square_at(20.0, &[(1, 10.0, 10.0)])],
        reason: Some("投标".to_owned()),
        signer_name: Some("Zhang San".to_owned()),
        ..SignatureRequest::new(datetime!(2026-11-22 09:30 +8))
    };
    let prepared = prepare_signature(document, &request).unwrap();
    joined(original, &prepared.with_signature(&DUMMY_CMS).unwrap())
}

fn clean_with_password(bytes: &[u8], password: &str) {
    let (_folder, path) = judges::written(bytes);
    let secret = format!("--password={password}");
    let output = judges::run("qpdf", &["--check", &secret, path.to_str().unwrap()]);
    let words = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&words));
}

/// The colours of page 1 at 36 dpi, as MuPDF draws a locked file.
fn drawn(bytes: &[u8], password: &str) -> Vec<u8> {
    let (folder, path) = judges::written(bytes);
    let out = folder.path().join("page.ppm");
    let names = [out.to_str().unwrap(), path.to_str().unwrap(), "1"];
    judges::run(
        "mutool",
        &[
            &["draw", "-q", "-p", password, "-r", "36", "-c", "rgb", "-F", "ppm", "-o"],
            &names[..],
        ]
        .concat(),
    );
    std::fs::read(out).unwrap()
}

#[test]
fn a_locked_bid_opens_with_either_password_and_is_signed_in_its_own_scheme() {
    for references in [References::Table, References::ObjectStream] {
        let plain = Recipe::simple(2).references(references).build();
        let plain_signed = drawn(&signed(&plain, &open(plain.clone()).unwrap()), "");
        let plain_shown = shown(&open(signed(&plain, &open(plain.clone()).unwrap())).unwrap());
        for scheme in SCHEMES {
            let scheme_of = format!("{scheme:?} {references:?}");
            let locked = locked_with(&plain, USER, OWNER, scheme);
            assert_eq!(open(locked.clone()).err(), Some(OpenError::Encrypted), "{scheme_of}");
            assert_eq!(
                unlock(&locked, "guess").err(),
                Some(OpenError::WrongPassword),
                "{scheme_of}"
            );
            for password in [USER, OWNER] {
                let document = unlock(&locked, password).unwrap_or_else(|error| panic!("{scheme_of}: {error}"));
                assert!(document.is_encrypted());
                assert_eq!(document.page_count(), 2);
                assert_eq!(document.can_append(), Ok(()), "{scheme_of}");
                let output = signed(&locked, &document);
                assert!(output.starts_with(&locked));
                clean_with_password(&output, USER);
                clean_with_password(&output, OWNER);
                assert_eq!(drawn(&output, USER), plain_signed, "{scheme_of}");
                assert_eq!(shown(&unlock(&output, password).unwrap()), plain_shown, "{scheme_of}");
                assert!(
                    !output[locked.len()..].windows(9).any(|window| window == b"Zhang San"),
                    "{scheme_of}"
                );
                let again = document.open_again(Arc::new(output)).unwrap();
                let signatures = read_signatures(&again).unwrap();
                assert_eq!(signatures.len(), 1);
                assert_eq!(signatures[0].coverage, Coverage::WholeFile);
                assert!(signatures[0].gap_is_contents);
                assert_eq!(signatures[0].contents, DUMMY_CMS);
                assert_eq!(signatures[0].name, "Signature1");
                assert_eq!(signatures[0].reason.as_deref(), Some("投标"));
            }
        }
    }
}

#[test]
fn a_second_signature_on_a_locked_file_leaves_the_first() {
    for scheme in SCHEMES {
        let locked = locked_with(&Recipe::simple(1).build(), USER, OWNER, scheme);
        let first = signed(&locked, &unlock(&locked, USER).unwrap());
        let document = unlock(&first, USER).unwrap();
        let second = signed(&first, &document);
        clean_with_password(&second, USER);
        let document = unlock(&second, USER).unwrap();
        let signatures = read_signatures(&document).unwrap();
        let names: Vec<&str> = signatures.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["Signature1", "Signature2"], "{scheme:?}");
        assert_eq!(signatures[0].coverage, Coverage::WholeRevision);
        assert!(
            signatures
                .iter()
                .all(|field| field.gap_is_contents && field.contents == DUMMY_CMS)
        );
        let changes = pdf::changes::changes_since(&document, signatures[0].revision.unwrap());
        assert!(
            matches!(changes, pdf::changes::Changes::Allowed(_)),
            "{scheme:?}: {changes:?}"
        );
    }
}

#[test]
fn a_file_without_user_password_opens_without_asking() {
    for scheme in SCHEMES {
        let locked = locked_with(&Recipe::simple(1).build(), "", OWNER, scheme);
        let document = open(locked.clone()).unwrap();
        assert!(document.is_encrypted());
        let output = signed(&locked, &document);
        judges::qpdf_clean(&output);
        assert_eq!(read_signatures(&open(output).unwrap()).unwrap().len(), 1);
    }
    let plain = Recipe::simple(1).build();
    let document = unlock(&plain, "needless").unwrap();
    assert!(!document.is_encrypted());
}

#[test]
fn what_the_owner_forbids_is_refused_to_all_but_the_owner() {
    let plain = Recipe::simple(1).build();
    for scheme in [&["128", "--use-aes=y", "--modify=none"][..], &["256", "--modify=none"]] {
        for user in ["", USER] {
            let locked = locked_with(&plain, user, OWNER, scheme);
            let as_user = unlock(&locked, user).unwrap();
            assert_eq!(as_user.can_append(), Err(RefuseReason::NotPermitted), "{scheme:?}");
            let as_owner = unlock(&locked, OWNER).unwrap();
            assert_eq!(as_owner.can_append(), Ok(()), "{scheme:?}");
            clean_with_password(&signed(&locked, &as_owner), OWNER);
        }
    }
    let forms_only = locked_with(&plain, USER, OWNER, &["256", "--modify=form"]);
    assert_eq!(unlock(&forms_only, USER).unwrap().can_append(), Ok(()));
}

#[test]
fn passwords_in_chinese_and_with_accents_open() {
    let plain = Recipe::simple(1).build();
    // Full-width letters are the same password as narrow ones (SASLprep).
    for (password, typed) in [("投标密码", "投标密码"), ("abc", "ａｂｃ"), ("né", "ne\u{301}")] {
        let locked = locked_with(&plain, password, OWNER, &["256"]);
        let document = unlock(&locked, typed).unwrap_or_else(|error| panic!("{typed}: {error}"));
        clean_with_password(&signed(&locked, &document), password);
    }
    let scheme = ["128", "--use-aes=y"];
    for (mode, password) in [("--password-mode=unicode", "né"), ("--password-mode=bytes", "投标")] {
        let locked = qpdf(
            &plain,
            &[&[mode, "--encrypt", password, OWNER], &scheme[..], &["--"]].concat(),
        );
        let document = unlock(&locked, password).unwrap_or_else(|error| panic!("{password}: {error}"));
        assert_eq!(document.page_count(), 1);
        let output = signed(&locked, &document);
        clean_with_password(&output, OWNER);
        assert_eq!(
            shown(&unlock(&output, password).unwrap()),
            shown(&unlock(&output, OWNER).unwrap())
        );
    }
}

/// Page 1 as we draw it.
fn shown(document: &Document) -> pdf::picture::Picture {
    let size = pdf::picture::PictureSize::WidthPixels(120);
    pdf::picture::render(document, 1, size, &pdf::picture::FallbackFonts::default()).unwrap()
}

#[test]
fn a_locked_file_that_is_bent_never_panics() {
    let locked = locked_with(&Recipe::simple(1).build(), USER, OWNER, &["256"]);
    let at = locked.windows(8).position(|window| window == b"/Encrypt").unwrap();
    let dictionary = locked.windows(5).position(|window| window == b"/CFM ").unwrap();
    let mut opened = 0;
    for start in [at, dictionary.saturating_sub(40)] {
        for offset in (start..(start + 160).min(locked.len())).step_by(4) {
            let mut bent = locked.clone();
            bent[offset] ^= 1;
            opened += usize::from(unlock(&bent, USER).is_ok());
        }
    }
    println!("{opened} of 80 bent files open all the same");
    assert!(opened < 80);
}
