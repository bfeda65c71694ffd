//! The journey through the real platform in process: authorise, buy, assign, import, seal, sign, verify.
#![allow(
    missing_docs,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

use app::demo::{DemoOptions, sample_bid};
use app::view::*;
use app::{App, PlatformAddress};
use std::path::Path;
use std::sync::Arc;
use testkit::world::World;
use time::Duration;

const PIN: &str = "250917";

fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

fn import_input(certificate: &CertificateView, pin: &str, again: &str) -> ImportInput {
    ImportInput {
        certificate_id: certificate.id.clone(),
        pin: secret(pin),
        pin_again: secret(again),
    }
}

async fn authorise(app: &App, folder: &Path) {
    let letter = folder.join("letter.pdf");
    app.save_letter_template(&letter).await.unwrap();
    let submitted = app.submit_authorisation_letter(&letter).await.unwrap();
    assert_eq!(submitted.state, AuthorisationState::Submitted);
    let approvals = app.approvals().await.unwrap();
    let review = approvals
        .iter()
        .find(|approval| approval.kind == ApprovalKind::Authorisation)
        .unwrap();
    app.sandbox_decide(&review.id, true, None).await.unwrap();
    assert_eq!(app.authorisation().await.unwrap().state, AuthorisationState::Approved);
}

async fn order_input(app: &App) -> OrderInput {
    let account = app.session_state().await.unwrap().account.unwrap();
    let title = BillingTitleInput {
        id: None,
        name: account.enterprise_name.clone(),
        tax_number: account.enterprise_credit_code,
        address: String::new(),
        phone: String::new(),
        bank: String::new(),
        account: String::new(),
    };
    let remitting = RemittingAccountInput {
        id: None,
        kind: AccountKind::Company,
        holder: account.enterprise_name,
        bank: "中国工商银行".to_owned(),
        account: "1202026619900012345".to_owned(),
    };
    app.save_billing_title(title).await.unwrap();
    let billing = app.save_remitting_account(remitting).await.unwrap();
    OrderInput {
        idempotency_key: uuid::Uuid::new_v4().to_string(),
        package_id: app.packages().await.unwrap()[0].id.clone(),
        quantity: 1,
        title_id: billing.titles.last().unwrap().id.clone(),
        account_id: billing.accounts.last().unwrap().id.clone(),
    }
}

/// An administrator with a paid order and the enterprise certificate assigned to themselves, not imported yet.
async fn ready_to_import() -> (World, CertificateView) {
    let world = World::signed_in("wangmin").await;
    let app = &world.app;
    authorise(app, world.folder()).await;
    let order = app.place_order(order_input(app).await).await.unwrap();
    app.sandbox_transfer(&order.id, TransferCase::Exact).await.unwrap();
    let account = app.session_state().await.unwrap().account.unwrap();
    let certificates = app.certificates().await.unwrap();
    let free = certificates
        .iter()
        .find(|one| one.kind == CertificateKind::Enterprise)
        .unwrap();
    let assignment = AssignInput {
        certificate_id: free.id.clone(),
        document_type: DocumentType::BusinessLicence,
        document_number: account.enterprise_credit_code,
        owner_name: account.enterprise_name,
        holder_id: account.id,
        email: "wangmin@example.com".to_owned(),
    };
    let assigned = app.assign_certificate(assignment).await.unwrap();
    assert_eq!(assigned.next, CertificateNext::Import);
    (world, assigned)
}

/// The same with the certificate imported and a company seal; the sample bid is open.
async fn ready_to_sign() -> (World, SigningPlanInput) {
    let (world, certificate) = ready_to_import().await;
    let app = &world.app;
    app.import_certificate(import_input(&certificate, PIN, PIN))
        .await
        .unwrap();
    let notice = app.seal_notice().await.unwrap();
    app.agree_seal_notice(notice.version).await.unwrap();
    let seal = app.create_automatic_seal(company_seal(&certificate)).await.unwrap();
    let path = testkit::pdfs::put(world.folder(), "标书.pdf", &sample_bid());
    let opened = app.open_documents(vec![path]).await.unwrap();
    let plan = SigningPlanInput {
        document_id: opened[0].id.clone(),
        certificate_id: certificate.id,
        items: vec![PlanItemInput {
            content: ContentInput::Seal { seal: seal.id },
            place: PlaceInput::At {
                pages: "1-2".to_owned(),
                x_mm: 120.0,
                y_mm: 90.0,
            },
        }],
        reason: String::new(),
        level: SigningLevel::BB,
    };
    (world, plan)
}

fn company_seal(certificate: &CertificateView) -> AutomaticSealInput {
    AutomaticSealInput {
        certificate_id: certificate.id.clone(),
        kind: SealKind::Company,
        style: None,
        suffix: None,
        typeface: None,
        star: None,
        size_mm: 40.0,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn from_authorisation_to_a_verified_bid() {
    let world = World::new().await;
    let out = world.folder().join("demo");
    let options = DemoOptions {
        platform: PlatformAddress {
            base_url: world.server.base_url.clone(),
            sandbox_token: world.server.sandbox_token.clone(),
            root_certificate: Some(world.server.root_certificate_der.clone()),
        },
        clock: Arc::new({
            let clock = world.clock.clone();
            move || clock.time()
        }),
    };
    let report = app::demo::run(&out, options, &|_| {}).await.unwrap();

    assert_eq!(report.verification.signatures.len(), 2);
    let newest = report.verification.signatures.last().unwrap();
    assert_eq!(
        (newest.verdict, newest.trust, newest.coverage),
        (Verdict::Valid, Trust::Trusted, Coverage::WholeFile)
    );
    assert_eq!(newest.signer, "李建国");
    assert!(
        report
            .verification
            .signatures
            .iter()
            .all(|signature| signature.intact == Some(true))
    );
    for name in report.seals.iter().chain(&report.certificates).chain(&report.requests) {
        assert!(std::fs::metadata(out.join(name)).unwrap().len() > 0, "{name} is empty");
    }
    let original = std::fs::read(out.join("投标文件.pdf")).unwrap();
    let signed = std::fs::read(out.join(&report.signed_bid)).unwrap();
    assert_eq!(original, sample_bid());
    assert!(signed.starts_with(&original));
}

#[tokio::test(flavor = "multi_thread")]
async fn buying_without_authorisation_says_so_and_staff_may_not() {
    let world = World::signed_in("wangmin").await;
    let input = order_input(&world.app).await;
    let refused = world.app.place_order(input).await.unwrap_err();
    assert_eq!(refused.code, FailureCode::AuthorisationRequired);
    let home = world.app.home().await.unwrap();
    assert_eq!(home.todos[0].kind, TodoKind::Authorise);

    world.sign_in("liuyang").await;
    let refused = world.app.start_face_authorisation().await.unwrap_err();
    assert_eq!(refused.code, FailureCode::NotAllowed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_payment_tells_what_arrived_and_an_order_is_placed_once() {
    let world = World::signed_in("wangmin").await;
    authorise(&world.app, world.folder()).await;
    let input = order_input(&world.app).await;
    let first = world.app.place_order(input.clone()).await.unwrap();
    let again = world.app.place_order(input).await.unwrap();
    assert_eq!(first.id, again.id);

    let order = world
        .app
        .sandbox_transfer(&first.id, TransferCase::WrongAmount)
        .await
        .unwrap();
    assert_eq!(order.payment_state, PaymentState::WrongAmount);
    assert_eq!(order.arrived.unwrap().amount_fen, first.amount_fen - 100);
    let home = world.app.home().await.unwrap();
    assert!(home.todos.iter().any(|todo| todo.kind == TodoKind::PaymentProblem));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_must_be_six_good_digits_typed_twice() {
    let (world, certificate) = ready_to_import().await;
    let cases = [
        ("12345", "12345", FailureCode::PinFormat),
        ("25091a", "25091a", FailureCode::PinFormat),
        ("250917", "250918", FailureCode::PinMismatch),
        ("000000", "000000", FailureCode::PinWeak),
        ("123456", "123456", FailureCode::PinWeak),
    ];
    for (pin, again, expected) in cases {
        let refused = world
            .app
            .import_certificate(import_input(&certificate, pin, again))
            .await
            .unwrap_err();
        assert_eq!(refused.code, expected, "{pin}");
    }
    assert_eq!(
        world.app.certificate(&certificate.id).await.unwrap().certificate.next,
        CertificateNext::Import
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_pin_counts_down_and_five_lock() {
    let (world, plan) = ready_to_sign().await;
    for left in [4, 3, 2, 1] {
        let refused = world
            .app
            .sign_document(plan.clone(), secret("135790"))
            .await
            .unwrap_err();
        assert_eq!(
            (refused.code, refused.params["left"].as_str()),
            (FailureCode::PinWrong, left.to_string().as_str())
        );
    }
    let fifth = world
        .app
        .sign_document(plan.clone(), secret("135790"))
        .await
        .unwrap_err();
    assert_eq!(fifth.code, FailureCode::PinLocked);
    let right = world.app.sign_document(plan.clone(), secret(PIN)).await.unwrap_err();
    assert_eq!(right.code, FailureCode::PinLocked);
    let certificate = world.app.certificate(&plan.certificate_id).await.unwrap().certificate;
    assert_eq!(
        (certificate.tries_left, certificate.why_not.as_deref()),
        (Some(0), Some("pin_locked"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_never_overwrites_and_the_original_stays() {
    let (world, plan) = ready_to_sign().await;
    let checks = world.app.check_signing(plan.clone()).await.unwrap();
    assert!(checks.iter().all(|check| check.level == CheckLevel::Ok), "{checks:?}");
    let first = world.app.sign_document(plan.clone(), secret(PIN)).await.unwrap();
    let second = world.app.sign_document(plan.clone(), secret(PIN)).await.unwrap();
    assert_eq!(
        (first.output_name.as_str(), second.output_name.as_str()),
        ("标书-已签章.pdf", "标书-已签章 (2).pdf")
    );
    assert_eq!((first.marks, first.verification.verdict), (2, Verdict::Valid));
    assert_eq!(std::fs::read(world.folder().join("标书.pdf")).unwrap(), sample_bid());
    let names: Vec<_> = std::fs::read_dir(&first.folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names.len(), 2, "{names:?}");

    let page = world
        .app
        .picture(&format!("page/{}/1", first.document.id), "width=200")
        .await
        .unwrap();
    assert!(page.bytes.starts_with(b"\x89PNG"));
    let ContentInput::Seal { seal } = &plan.items[0].content else {
        panic!("a seal was placed")
    };
    let seal = world.app.picture(&format!("seal/{seal}"), "").await.unwrap();
    assert!(seal.bytes.starts_with(b"<?xml") || seal.bytes.starts_with(b"<svg"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_cannot_be_done_is_refused_before_the_pin_is_tried() {
    let (world, plan) = ready_to_sign().await;
    let with = |pages: &str, x_mm: f64| {
        let mut changed = plan.clone();
        changed.items[0].place = PlaceInput::At {
            pages: pages.to_owned(),
            x_mm,
            y_mm: 90.0,
        };
        changed
    };
    for (bad, expected) in [
        (with("1-9", 10.0), FailureCode::PageRangeInvalid),
        (with("abc", 10.0), FailureCode::PageRangeInvalid),
        (with("all", 190.0), FailureCode::MarkOffPage),
        (with("all", f64::NAN), FailureCode::PlanUnusable),
    ] {
        let refused = world
            .app
            .sign_document(bad.clone(), secret("135790"))
            .await
            .unwrap_err();
        assert_eq!(refused.code, expected);
        let checks = world.app.check_signing(bad).await.unwrap();
        assert!(
            checks
                .iter()
                .any(|check| check.code == CheckCode::MarksOnPage && check.level == CheckLevel::Problem)
        );
    }
    let certificate = world.app.certificate(&plan.certificate_id).await.unwrap().certificate;
    assert_eq!(certificate.tries_left, Some(5));

    testkit::pdfs::put(world.folder(), "标书.pdf", &testkit::pdfs::simple(3));
    let refused = world.app.sign_document(plan, secret(PIN)).await.unwrap_err();
    assert_eq!(
        (refused.code, refused.params["what"].as_str()),
        (FailureCode::Conflict, "file_changed")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_certificate_signs_nothing() {
    let (world, plan) = ready_to_sign().await;
    world.clock.turn(Duration::days(340));
    let detail = world.app.certificate(&plan.certificate_id).await.unwrap().certificate;
    assert_eq!(detail.state, CertificateState::Expiring);
    world.clock.turn(Duration::days(40));
    let refused = world.app.sign_document(plan, secret(PIN)).await.unwrap_err();
    assert_eq!(refused.code, FailureCode::CertificateExpired);
}

/// What the settings are, with another timestamp service.
async fn with_timestamps_at(app: &App, address: Option<&str>) -> Result<SettingsView, app::Failure> {
    let view = app.settings().await.unwrap();
    app.save_settings(SettingsInput {
        theme: view.theme,
        language: view.language,
        output_suffix: view.output_suffix,
        platform_address: view.platform_address,
        timestamp_address: address.map(str::to_owned),
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_term_signature_is_made_with_the_platforms_timestamps_and_revocation_data() {
    let (world, mut plan) = ready_to_sign().await;
    plan.level = SigningLevel::BLta;
    let signed = world.app.sign_document(plan, secret(PIN)).await.unwrap();
    let output = Path::new(&signed.folder).join(&signed.output_name);
    testkit::judges::assert_sound_pdf(&output);
    testkit::judges::assert_pdfsig_valid(&output, 1);
    let later = world.clock.time() + Duration::minutes(1);
    let moment = later.format(&time::format_description::well_known::Rfc3339).unwrap();
    let moment = format!("{}+00:00", moment.get(..19).unwrap());
    let found = testkit::judges::pyhanko_findings(&output, &world.root_pem(), &moment);
    assert!(found.contains("AdESPassed.OK"), "{found}");
    assert!(!found.contains(r#""trusted": false"#), "{found}");
    let bytes = std::fs::read(&output).unwrap();
    let in_file = |name: &[u8]| bytes.windows(name.len()).any(|window| window == name);
    assert!(
        in_file(b"/OCSPs") && in_file(b"/CRLs") && in_file(b"/DocTimeStamp"),
        "evidence of both kinds"
    );
    let hash = testkit::judges::must(testkit::judges::openssl().args(["dgst", "-sha256", "-r"]).arg(&output));
    assert!(
        hash.starts_with(&signed.sha256),
        "the hash told is that of the whole file"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_timestamp_service_nothing_is_signed_until_the_user_chooses_the_basic_level() {
    let (world, mut plan) = ready_to_sign().await;
    let app = &world.app;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    with_timestamps_at(app, Some(&format!("http://{nobody}/tsa")))
        .await
        .unwrap();
    plan.level = SigningLevel::BT;
    let refused = app.sign_document(plan.clone(), secret(PIN)).await.unwrap_err();
    assert_eq!(refused.code, FailureCode::TimestampUnreachable, "{refused}");
    let left: Vec<_> = std::fs::read_dir(world.folder().join("output"))
        .unwrap()
        .flatten()
        .collect();
    assert!(left.is_empty(), "{left:?}");
    plan.level = SigningLevel::BB;
    let signed = app.sign_document(plan, secret(PIN)).await.unwrap();
    assert_eq!(signed.verification.signatures[0].level, "B-B");
    let refused = with_timestamps_at(app, Some("ftp://somewhere")).await.unwrap_err();
    assert_eq!(refused.code, FailureCode::FieldInvalid);
    assert_eq!(with_timestamps_at(app, None).await.unwrap().timestamp_address, None);
}

fn draft(shape: SealShape, name: &str) -> SealDraftInput {
    SealDraftInput {
        shape,
        name: name.to_owned(),
        purpose: String::new(),
        second_line: String::new(),
        code_digits: String::new(),
        tax_number: "91330106MA27X12A3B".to_owned(),
        serial: String::new(),
        lower_name: String::new(),
        star: true,
        two_arcs: false,
        style: NameSealStyle::Zhu,
        suffix: NameSealSuffix::None,
        left_to_right: false,
        typeface: SealTypeface::Song,
        size_mm: 20.0,
        height_mm: 10.0,
        colour: "#d41e1e".to_owned(),
        boldness_mm: 0.0,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn anybody_previews_seals_and_takes_marked_drafts_home() {
    let world = World::new().await;
    let app = &world.app;
    assert!(app.session_state().await.unwrap().account.is_none());
    for (shape, name, size_mm) in [
        (SealShape::Round, "杭州云栖智能科技有限公司", 42.0),
        (SealShape::Oval, "云栖（中国）有限公司", 45.0),
        (SealShape::Invoice, "杭州云栖智能科技有限公司", 40.0),
        (SealShape::Square, "杭州云栖智能科技有限公司", 22.0),
        (SealShape::Name, "欧阳修", 20.0),
        (SealShape::Rectangle, "现金\n收讫", 20.0),
    ] {
        let input = SealDraftInput {
            size_mm,
            ..draft(shape, name)
        };
        let preview = app.preview_draft_seal(input.clone()).await.unwrap();
        assert!((preview.width_mm - size_mm).abs() < 1e-9, "{shape:?}");
        let saved = app.export_draft_seal(input, SealFormat::Svg).await.unwrap();
        assert!(saved.file_name.contains("样章"), "{}", saved.file_name);
        let exported = std::fs::read_to_string(app.saved_path(&saved.saved_id).unwrap()).unwrap();
        assert_ne!(exported, preview.svg, "a draft is marked as one");
    }
    let own = SealDraftInput {
        typeface: SealTypeface::Own,
        ..draft(SealShape::Name, "李建国")
    };
    let missing = app.preview_draft_seal(own.clone()).await.unwrap_err();
    assert_eq!(missing.code, FailureCode::SealFontUnreadable);
    let font = Path::new(env!("CARGO_MANIFEST_DIR")).join("../seal/fonts/seal-song.otf");
    assert_eq!(app.use_seal_font(&font).await.unwrap().file_name, "seal-song.otf");
    app.preview_draft_seal(own).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_seal_takes_name_and_number_from_the_certificate() {
    let (world, certificate) = ready_to_import().await;
    let app = &world.app;
    app.import_certificate(import_input(&certificate, PIN, PIN))
        .await
        .unwrap();
    let input = AutomaticSealInput {
        kind: SealKind::Invoice,
        ..company_seal(&certificate)
    };
    let preview = app.preview_automatic_seal(input.clone()).await.unwrap();
    let account = app.session_state().await.unwrap().account.unwrap();
    assert_eq!(
        preview.text,
        format!(
            "{} {} 发票专用章",
            account.enterprise_name, account.enterprise_credit_code
        )
    );
    assert_eq!((preview.width_mm, preview.height_mm), (40.0, 30.0));
    let notice = app.seal_notice().await.unwrap();
    app.agree_seal_notice(notice.version).await.unwrap();
    let seal = app.create_automatic_seal(input).await.unwrap();
    assert_eq!((seal.kind, seal.state), (SealKind::Invoice, SealState::Approved));
}
