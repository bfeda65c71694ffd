//! The life of a certificate on a device: reissue, extension, PIN, files, end; with the platform away in between.
#![allow(
    missing_docs,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

use app::App;
use app::view::*;
use testkit::judges::{must, openssl};
use testkit::story::{PIN, import_enterprise_certificate, pay_for, secret};
use testkit::world::World;
use time::Duration;

const NEW_PIN: &str = "739182";
const PASSWORD: &str = "出差 2026 laptop";

async fn imported(packages: u32) -> (World, CertificateView) {
    let world = World::signed_in("wangmin").await;
    pay_for(&world.app, world.folder(), packages).await;
    let certificate = import_enterprise_certificate(&world.app).await;
    (world, certificate)
}

async fn again(app: &App, id: &str) -> CertificateView {
    app.certificate(id).await.unwrap().certificate
}

async fn serial(app: &App, id: &str) -> String {
    app.certificate(id).await.unwrap().serial.unwrap()
}

fn why(certificate: &CertificateView, action: CertificateAction) -> Option<&str> {
    let offer = certificate.actions.iter().find(|one| one.action == action).unwrap();
    offer.why_not.as_deref()
}

fn reissue(id: &str, pin: &str) -> ReissueInput {
    ReissueInput {
        certificate_id: id.to_owned(),
        reason: ReissueReason::PinForgotten,
        pin: secret(pin),
        pin_again: secret(pin),
    }
}

fn pin_change(id: &str, old: &str, new: &str) -> PinChangeInput {
    PinChangeInput {
        certificate_id: id.to_owned(),
        old_pin: secret(old),
        pin: secret(new),
        pin_again: secret(new),
    }
}

fn export(id: &str, pin: &str) -> ExportKeyInput {
    ExportKeyInput {
        certificate_id: id.to_owned(),
        pin: secret(pin),
        password: secret(PASSWORD),
        password_again: secret(PASSWORD),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_pin_locks_and_a_reissue_is_the_way_out() {
    let (world, first) = imported(1).await;
    let (app, id) = (&world.app, first.id.as_str());
    let old_serial = serial(app, id).await;
    for left in (0..5_u32).rev() {
        let refused = app.change_pin(pin_change(id, "111223", NEW_PIN)).await.unwrap_err();
        let expected = if left == 0 {
            FailureCode::PinLocked
        } else {
            FailureCode::PinWrong
        };
        assert_eq!(refused.code, expected);
    }
    let locked = again(app, id).await;
    assert_eq!(
        (locked.tries_left, why(&locked, CertificateAction::ChangePin)),
        (Some(0), Some("pin_locked"))
    );
    assert_eq!(why(&locked, CertificateAction::Extend), Some("pin_locked"));
    assert_eq!(why(&locked, CertificateAction::Reissue), None);

    let weak = app.reissue_certificate(reissue(id, "123456")).await.unwrap_err();
    assert_eq!(weak.code, FailureCode::PinWeak);
    let renewed = app.reissue_certificate(reissue(id, NEW_PIN)).await.unwrap();
    assert_eq!(
        (renewed.tries_left, renewed.valid_to.as_deref()),
        (Some(5), locked.valid_to.as_deref())
    );
    assert_ne!(serial(app, id).await, old_serial);
    // The new PIN opens the new key; the former one opens nothing.
    let refused = app.change_pin(pin_change(id, PIN, "482915")).await.unwrap_err();
    assert_eq!(refused.code, FailureCode::PinWrong);
    app.change_pin(pin_change(id, NEW_PIN, "482915")).await.unwrap();
    app.change_pin(pin_change(id, "482915", NEW_PIN)).await.unwrap();
    assert_eq!(again(app, id).await.tries_left, Some(5));
    let approvals = app.approvals().await.unwrap();
    assert!(approvals.iter().any(|one| one.kind == ApprovalKind::Reissue));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_device_takes_over_by_a_reissue() {
    let (world, first) = imported(1).await;
    let laptop = world.another_device("laptop");
    laptop.sign_in("wangmin", secret("ganjiang")).await.unwrap();
    let seen = again(&laptop, &first.id).await;
    assert_eq!(
        (seen.here, why(&seen, CertificateAction::ExportKey)),
        (false, Some("on_other_device"))
    );
    let moved = laptop.reissue_certificate(reissue(&first.id, NEW_PIN)).await.unwrap();
    assert!(moved.here);
    world.app.sync_now().await.unwrap();
    let left = again(&world.app, &first.id).await;
    assert_eq!((left.here, left.why_not.as_deref()), (false, Some("on_other_device")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extension_comes_in_the_last_three_months_and_costs_an_entitlement() {
    let (world, first) = imported(2).await;
    let (app, id) = (&world.app, first.id.as_str());
    let early = app.extend_certificate(id).await.unwrap_err();
    assert_eq!(early.code, FailureCode::ExtensionTooEarly);
    let offer = first
        .actions
        .iter()
        .find(|one| one.action == CertificateAction::Extend)
        .unwrap();
    assert_eq!(
        (offer.why_not.as_deref(), offer.from.is_some()),
        (Some("too_early"), true)
    );
    world.clock.turn(Duration::days(300));
    world.sign_in("wangmin").await;
    let before = app.certificates().await.unwrap().len();
    let extended = app.extend_certificate(id).await.unwrap();
    assert_eq!(app.certificates().await.unwrap().len(), before - 1);
    assert!(extended.days_left.unwrap() > 365 + 60, "the remaining days are kept");
    assert!(extended.here, "the same key");
    app.change_pin(pin_change(id, PIN, NEW_PIN)).await.unwrap();

    world.clock.turn(Duration::days(360));
    world.sign_in("wangmin").await;
    let refused = app.extend_certificate(id).await.unwrap_err();
    assert_eq!(refused.code, FailureCode::NoUnusedEntitlement);
    world.clock.turn(Duration::days(120));
    world.sign_in("wangmin").await;
    let ended = again(app, id).await;
    assert_eq!(
        (ended.state, why(&ended, CertificateAction::Extend)),
        (CertificateState::Expired, Some("expired"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_leaves_in_a_file_that_openssl_opens_and_comes_back_as_another_authoritys() {
    let (world, first) = imported(1).await;
    let (app, id) = (&world.app, first.id.as_str());
    let file = world.folder().join("out.p12");
    let mut short = export(id, PIN);
    (short.password, short.password_again) = (secret("1234567"), secret("1234567"));
    let refused = app.export_key(short, &file).await.unwrap_err();
    assert_eq!(refused.code, FailureCode::CertificateFilePasswordShort);
    let mut typo = export(id, PIN);
    typo.password_again = secret("another word");
    let refused = app.export_key(typo, &file).await.unwrap_err();
    assert_eq!(refused.code, FailureCode::CertificateFilePasswordMismatch);
    let refused = app.export_key(export(id, "111223"), &file).await.unwrap_err();
    assert_eq!(refused.code, FailureCode::PinWrong);
    assert!(!file.exists());
    app.export_key(export(id, PIN), &file).await.unwrap();
    let password = format!("pass:{PASSWORD}");
    let told = must(
        openssl()
            .args(["pkcs12", "-nodes", "-passin", &password, "-in"])
            .arg(&file),
    );
    assert_eq!(
        told.matches("BEGIN CERTIFICATE").count(),
        3,
        "certificate, issuer, root"
    );
    assert!(told.contains("BEGIN PRIVATE KEY"));

    let bring = |password: &str| BringInput {
        password: secret(password),
        pin: secret(NEW_PIN),
        pin_again: secret(NEW_PIN),
    };
    let refused = app.bring_certificate(&file, bring(PASSWORD)).await.unwrap_err();
    assert_eq!(refused.code, FailureCode::CertificateHereAlready);
    let laptop = world.another_device("laptop");
    laptop.sign_in("wangmin", secret("ganjiang")).await.unwrap();
    let refused = laptop
        .bring_certificate(&file, bring("not this one"))
        .await
        .unwrap_err();
    assert_eq!(refused.code, FailureCode::CertificateFilePassword);
    let brought = laptop.bring_certificate(&file, bring(PASSWORD)).await.unwrap();
    assert!(brought.other_authority && brought.here);
    assert_eq!(brought.owner_name, first.owner_name);
    let listed = laptop.certificates().await.unwrap();
    assert!(listed.iter().any(|one| one.id == brought.id));
    assert!(!laptop.certificate(&brought.id).await.unwrap().fields.is_empty());
    laptop.remove_brought_certificate(&brought.id).await.unwrap();
    assert!(laptop.certificate(&brought.id).await.is_err());
    let missing = laptop
        .bring_certificate(&world.folder().join("none.p12"), bring(PASSWORD))
        .await;
    assert_eq!(missing.unwrap_err().code, FailureCode::FileNotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_rsa_certificate_of_another_authority_signs_a_bid() {
    let world = World::signed_in("wangmin").await;
    let path = |name: &str| world.folder().join(name);
    must(
        openssl()
            .args(["req", "-x509", "-nodes", "-newkey", "rsa:2048", "-days", "90", "-utf8"])
            .args(["-addext", "keyUsage=critical,digitalSignature,nonRepudiation"])
            .args(["-subj", "/C=CN/O=北方认证/CN=李建国", "-keyout"])
            .arg(path("key"))
            .arg("-out")
            .arg(path("certificate")),
    );
    let password = format!("pass:{PASSWORD}");
    must(
        openssl()
            .args(["pkcs12", "-export", "-passout", &password, "-inkey"])
            .arg(path("key"))
            .arg("-in")
            .arg(path("certificate"))
            .arg("-out")
            .arg(path("other.p12")),
    );
    let bring = BringInput {
        password: secret(PASSWORD),
        pin: secret(PIN),
        pin_again: secret(PIN),
    };
    let brought = world.app.bring_certificate(&path("other.p12"), bring).await.unwrap();
    assert_eq!(
        (brought.owner_name.as_deref(), brought.next),
        (Some("李建国"), CertificateNext::Sign)
    );
    let bid = testkit::pdfs::put(world.folder(), "标书.pdf", &app::demo::sample_bid());
    let opened = world.app.open_documents(vec![bid]).await.unwrap();
    let plan = SigningPlanInput {
        document_id: opened[0].id.clone(),
        certificate_id: brought.id,
        items: Vec::new(),
        reason: String::new(),
        level: SigningLevel::BB,
    };
    // The certificate was made after this world's clock was stopped.
    world.clock.turn(Duration::minutes(1));
    let signed = world.app.sign_document(plan, secret(PIN)).await.unwrap();
    let newest = signed.verification.signatures.last().unwrap();
    assert_eq!((newest.intact, newest.signer.as_str()), (Some(true), "李建国"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_ends_it_and_the_calendar_and_the_public_file_are_written() {
    let (world, first) = imported(1).await;
    let (app, id) = (&world.app, first.id.as_str());
    let (calendar, public) = (world.folder().join("end.ics"), world.folder().join("public.cer"));
    app.save_calendar(id, &calendar).await.unwrap();
    let text = std::fs::read_to_string(calendar).unwrap();
    assert_eq!(text.matches("BEGIN:VALARM").count(), 4);
    assert!(text.contains("TRIGGER:-P90D\r\n") && text.ends_with("END:VCALENDAR\r\n"));
    app.export_certificate(id, &public).await.unwrap();
    must(openssl().args(["x509", "-inform", "DER", "-noout", "-in"]).arg(public));

    let revoked = app
        .revoke_certificate(id, RevocationReason::KeyCompromise)
        .await
        .unwrap();
    assert_eq!(
        (revoked.state, why(&revoked, CertificateAction::Reissue)),
        (CertificateState::Revoked, Some("revoked"))
    );
    assert_eq!(revoked.days_left, None, "nothing is left of it");
    let refused = app.reissue_certificate(reissue(id, NEW_PIN)).await.unwrap_err();
    assert_eq!(refused.code, FailureCode::CertificateRevoked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_clock_is_told() {
    let world = World::signed_in("wangmin").await;
    assert_eq!(world.app.sync_state().clock_ahead_minutes, None);
    let late = world.device_with_clock("late", -Duration::minutes(7));
    late.sign_in("wangmin", secret("ganjiang")).await.unwrap();
    assert_eq!(late.sync_state().clock_ahead_minutes, Some(-7));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_is_reminded_of_once_in_each_of_four_stages() {
    let (world, certificate) = imported(1).await;
    let (app, id) = (&world.app, certificate.id.as_str());
    let stages = async || -> Vec<u32> {
        app.reminders()
            .await
            .unwrap()
            .iter()
            .map(|one| one.stage_days)
            .collect()
    };
    assert!(stages().await.is_empty(), "a year is left");
    let mut days_gone = 0;
    for (day, stage) in [(280, 90), (340, 30), (359, 7), (364, 1)] {
        world.clock.turn(Duration::days(day - days_gone));
        days_gone = day;
        assert_eq!(stages().await, [stage]);
        assert!(app.dismiss_reminder(id).await.unwrap().is_empty());
        assert!(stages().await.is_empty(), "said to be known");
    }
    world.clock.turn(Duration::days(3));
    assert!(stages().await.is_empty(), "it is over: the list says so");
}
