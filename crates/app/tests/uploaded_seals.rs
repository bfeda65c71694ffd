//! Photos become seals: cleaned, declared to be one's own, reviewed, stamped; disabled, replaced, and asked for again.
#![allow(
    missing_docs,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

use app::App;
use app::view::*;
use std::path::{Path, PathBuf};
use testkit::judges::{self, must, mutool};
use testkit::story::{PIN, import_enterprise_certificate, pay_for, secret};
use testkit::world::World;
use testkit::{pdfs, photos};

const COMPANY: &str = "杭州云栖智能科技有限公司";

async fn with_certificate() -> (World, CertificateView) {
    let world = World::signed_in("wangmin").await;
    pay_for(&world.app, world.folder(), 1).await;
    let certificate = import_enterprise_certificate(&world.app).await;
    (world, certificate)
}

async fn agreed() -> (World, CertificateView) {
    let (world, certificate) = with_certificate().await;
    let notice = world.app.seal_notice().await.unwrap();
    world.app.agree_seal_notice(notice.version).await.unwrap();
    (world, certificate)
}

async fn opened(world: &World, name: &str, bytes: &[u8]) -> SealPhotoView {
    let path = pdfs::put(world.folder(), name, bytes);
    world.app.open_seal_photo(&path).await.unwrap()
}

fn as_it_is(photo: &SealPhotoView) -> PhotoCleanInput {
    PhotoCleanInput {
        photo_id: photo.id.clone(),
        mark: None,
        crop: None,
        turn_degrees: 0.0,
        ink: PhotoInk::Kept,
        width_mm: None,
    }
}

fn company_seal(clean: PhotoCleanInput, certificate: &CertificateView) -> SealPhotoInput {
    SealPhotoInput {
        clean,
        certificate_id: certificate.id.clone(),
        kind: SealKind::Company,
        declaration_version: 1,
        replaces: None,
        idempotency_key: key(),
    }
}

fn key() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// The photo sent to review, not decided yet.
async fn submitted(world: &World, certificate: &CertificateView) -> SealView {
    let photo = opened(world, "公章.jpg", &photos::stamped_paper(COMPANY)).await;
    let input = company_seal(as_it_is(&photo), certificate);
    world.app.submit_seal_photo(input).await.unwrap()
}

async fn decide(app: &App, seal: &SealView, approve: bool) {
    app.sync_now().await.unwrap();
    let approvals = app.approvals().await.unwrap();
    let review = approvals.iter().find(|one| one.subject_id == seal.id).unwrap();
    let reason = (!approve).then(|| "印迹不清晰".to_owned());
    app.sandbox_decide(&review.id, approve, reason).await.unwrap();
}

async fn again(app: &App, seal: &SealView) -> SealView {
    let seals = app.seals().await.unwrap();
    seals.into_iter().find(|one| one.id == seal.id).unwrap()
}

/// A plan with this seal at one place of the first page.
async fn plan(world: &World, certificate: &CertificateView, seal: &SealView) -> SigningPlanInput {
    let path = pdfs::put(world.folder(), "标书.pdf", &pdfs::simple(2));
    let opened = world.app.open_documents(vec![path]).await.unwrap();
    SigningPlanInput {
        document_id: opened[0].id.clone(),
        certificate_id: certificate.id.clone(),
        items: vec![PlanItemInput {
            content: ContentInput::Seal { seal: seal.id.clone() },
            place: PlaceInput::At {
                pages: "1".to_owned(),
                x_mm: 100.0,
                y_mm: 150.0,
            },
        }],
        reason: String::new(),
        level: SigningLevel::BB,
    }
}

fn why(failure: &FailureView) -> (FailureCode, Option<&str>) {
    (failure.code, failure.params.get("why").map(String::as_str))
}

fn problems(checks: &[CheckView]) -> Vec<CheckCode> {
    let problems = checks.iter().filter(|check| check.level == CheckLevel::Problem);
    problems.map(|check| check.code).collect()
}

/// Left, top, width and height in mm of what is red on the first page, as MuPDF draws it.
fn red_on_the_page(file: &Path) -> [f64; 4] {
    const DPI: f64 = 300.0;
    let picture = file.with_extension("page.png");
    must(
        mutool()
            .args(["draw", "-q", "-r", "300", "-o"])
            .arg(&picture)
            .arg(file)
            .arg("1"),
    );
    let page = image::open(&picture).unwrap().to_rgb8();
    let red = page.enumerate_pixels().filter(|(_, _, pixel)| {
        let [red, green, blue] = pixel.0;
        red > 110 && i16::from(red) - i16::from(green.max(blue)) > 60
    });
    let (mut left, mut top, mut right, mut bottom) = (u32::MAX, u32::MAX, 0, 0);
    for (x, y, _) in red {
        (left, top) = (left.min(x), top.min(y));
        (right, bottom) = (right.max(x + 1), bottom.max(y + 1));
    }
    let mm = |pixels: u32| f64::from(pixels) / DPI * 25.4;
    [mm(left), mm(top), mm(right - left), mm(bottom - top)]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_is_cleaned_declared_reviewed_and_stamped_at_its_true_size() {
    let (world, certificate) = with_certificate().await;
    let app = &world.app;
    let photo = opened(&world, "公章.jpg", &photos::stamped_paper(COMPANY)).await;
    assert_eq!((photo.width, photo.height, &photo.refusal), (1800, 1350, &None));
    let cleaned = app.clean_seal_photo(as_it_is(&photo)).await.unwrap();
    assert_eq!((cleaned.mark, cleaned.shape), (PhotoMark::Seal, PhotoShape::Round));
    assert!(cleaned.warnings.is_empty(), "{:?}", cleaned.warnings);
    assert!(
        (cleaned.width_mm - 40.0).abs() < 1e-9 && cleaned.dpi > 380.0,
        "{cleaned:?}"
    );
    let clean = app.picture(&cleaned.picture, "").await.unwrap();
    assert!(clean.bytes.starts_with(b"\x89PNG"));
    let address = format!("photo/{}", photo.id);
    let part = app.picture(&address, "x=900&y=300&width=600&height=500").await.unwrap();
    let part = image::load_from_memory(&part.bytes).unwrap();
    assert_eq!((part.width(), part.height()), (600, 500));

    // Nothing is sent before the notice is agreed and the declaration made, nor for what the certificate is not.
    let input = company_seal(as_it_is(&photo), &certificate);
    let refused = app.submit_seal_photo(input.clone()).await.unwrap_err();
    assert_eq!(refused.code, FailureCode::SealNoticeNotAgreed);
    let notice = app.seal_notice().await.unwrap();
    app.agree_seal_notice(notice.version).await.unwrap();
    let undeclared = SealPhotoInput {
        declaration_version: 0,
        ..input.clone()
    };
    let refused = app.submit_seal_photo(undeclared).await.unwrap_err();
    assert_eq!(refused.code, FailureCode::SealNotDeclared);
    let personal = SealPhotoInput {
        kind: SealKind::Handwritten,
        ..input.clone()
    };
    let refused = app.submit_seal_photo(personal).await.unwrap_err();
    assert_eq!(why(&refused), (FailureCode::SealTextInvalid, Some("kind")));
    let declaration = app.seal_declaration().await.unwrap();
    assert!(declaration.paragraphs.iter().any(|text| text.contains("刑法")));
    let seal = app.submit_seal_photo(input.clone()).await.unwrap();
    assert_eq!((seal.origin, seal.state), (SealOrigin::Uploaded, SealState::InReview));
    assert_eq!(seal.declaration_version, Some(declaration.version));
    assert!(seal.declared_at.is_some());
    // Sent twice by accident it is one seal.
    assert_eq!(app.submit_seal_photo(input).await.unwrap().id, seal.id);
    let waiting = app.certificate(&certificate.id).await.unwrap().certificate;
    assert_eq!(
        (waiting.next, waiting.why_not.as_deref()),
        (CertificateNext::None, Some("seal_in_review"))
    );

    // Under review it can be placed and looked at, and stamps nothing.
    let plan = plan(&world, &certificate, &seal).await;
    let preview = app.preview_plan(plan.clone()).await.unwrap();
    assert_eq!((preview.boxes.len(), &preview.items[0].problem), (1, &None));
    let checks = app.check_signing(plan.clone()).await.unwrap();
    assert_eq!(problems(&checks), [CheckCode::SealApproved]);
    let refused = app.sign_document(plan.clone(), secret(PIN)).await.unwrap_err();
    assert_eq!(why(&refused), (FailureCode::SealNotApproved, Some("in_review")));

    decide(app, &seal, true).await;
    assert_eq!(again(app, &seal).await.state, SealState::Approved);
    assert!(problems(&app.check_signing(plan.clone()).await.unwrap()).is_empty());
    let signed = app.sign_document(plan, secret(PIN)).await.unwrap();
    assert_eq!((signed.marks, signed.verification.verdict), (1, Verdict::Valid));
    let file = PathBuf::from(&signed.folder).join(&signed.output_name);
    judges::assert_sound_pdf(&file);
    judges::assert_pdfsig_valid(&file, 1);
    judges::assert_pyhanko_trusts(&file, &world.root_pem(), 1);
    let objects = must(mutool().args(["show", "-g"]).arg(&file).arg("grep"));
    assert_eq!(
        objects.matches("/SMask").count(),
        1,
        "the picture is there once, with its transparency"
    );
    let [left, top, width, height] = red_on_the_page(&file);
    for (found, wanted) in [(left, 100.0), (top, 150.0), (width, 40.0), (height, 40.0)] {
        assert!((found - wanted).abs() < 0.35, "{found} mm instead of {wanted}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_approves_by_itself_after_a_moment_and_the_news_arrives() {
    let (world, certificate) = agreed().await;
    let app = &world.app;
    app.sandbox_auto_approve(Some(5)).await.unwrap();
    let seal = submitted(&world, &certificate).await;
    let home = app.home().await.unwrap();
    assert!(home.todos.iter().any(|todo| todo.kind == TodoKind::SealInReview));
    let mut news = app.subscribe();
    world.clock.turn(time::Duration::seconds(6));
    let arrives = async {
        while again(app, &seal).await.state != SealState::Approved {
            news.recv().await.unwrap();
        }
    };
    let patience = std::time::Duration::from_secs(30);
    tokio::time::timeout(patience, arrives).await.expect("it is approved");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_photo_is_refused_with_its_reason() {
    let world = World::signed_in("wangmin").await;
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec();
    let paper = photos::stamped_paper(COMPANY);
    let mut giant = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\x01\0\0\0\x01\0\0\x08\x02\0\0\0".to_vec();
    giant.extend_from_slice(&[0; 40]);
    for (name, bytes, code) in [
        ("公章.heic", heic, FailureCode::PhotoHeic),
        (
            "公章.jpg",
            b"%PDF-1.7 not a photo".to_vec(),
            FailureCode::PhotoWrongType,
        ),
        ("截断.jpg", paper[..40].to_vec(), FailureCode::PhotoDamaged),
        ("空.png", Vec::new(), FailureCode::PhotoWrongType),
    ] {
        let photo = opened(&world, name, &bytes).await;
        let refusal = photo.refusal.clone().unwrap_or_else(|| panic!("{name} was read"));
        assert_eq!(refusal.code, code, "{name}");
        let cleaned = world.app.clean_seal_photo(as_it_is(&photo)).await.unwrap_err();
        assert_eq!(cleaned.code, FailureCode::NotFound);
    }
    let photo = opened(&world, "巨大.png", &giant).await;
    let code = photo.refusal.map(|refusal| refusal.code);
    assert!(
        matches!(code, Some(FailureCode::PhotoTooLarge | FailureCode::PhotoDamaged)),
        "{code:?}"
    );
    let missing = world
        .app
        .open_seal_photo(&world.folder().join("没有.jpg"))
        .await
        .unwrap();
    assert_eq!(missing.refusal.unwrap().code, FailureCode::FileNotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_is_cropped_and_turned_by_hand() {
    let world = World::signed_in("wangmin").await;
    let app = &world.app;
    let blank = opened(&world, "白纸.jpg", &photos::blank_paper()).await;
    let nothing = app.clean_seal_photo(as_it_is(&blank)).await.unwrap_err();
    assert_eq!(nothing.code, FailureCode::PhotoNoMark);

    let photo = opened(&world, "公章.jpg", &photos::stamped_paper(COMPANY)).await;
    let former = app.clean_seal_photo(as_it_is(&blank)).await.unwrap_err();
    assert_eq!(former.code, FailureCode::NotFound, "one photo is worked on at a time");
    let plain = app.clean_seal_photo(as_it_is(&photo)).await.unwrap();
    let crop = PhotoBox {
        x: plain.place.x,
        y: plain.place.y,
        width: plain.place.width / 2,
        height: plain.place.height,
    };
    let half = PhotoCleanInput {
        crop: Some(crop),
        mark: Some(PhotoMark::Seal),
        ..as_it_is(&photo)
    };
    let half = app.clean_seal_photo(half).await.unwrap();
    assert!(half.place.width <= crop.width + 2 && half.place.x >= crop.x, "{half:?}");
    let outside = PhotoCleanInput {
        crop: Some(PhotoBox {
            x: 5000,
            y: 5000,
            width: 10,
            height: 10,
        }),
        ..as_it_is(&photo)
    };
    assert_eq!(
        app.clean_seal_photo(outside).await.unwrap_err().code,
        FailureCode::PhotoNoMark
    );

    let wanted = PhotoCleanInput {
        turn_degrees: 90.0,
        ink: PhotoInk::Red,
        width_mm: Some(42.0),
        ..as_it_is(&photo)
    };
    let turned = app.clean_seal_photo(wanted).await.unwrap();
    assert_eq!((turned.ink.as_str(), turned.width_mm), ("#d41e1e", 42.0));
    let pictures = [&plain.picture, &turned.picture].map(|path| app.picture(path, ""));
    let [plain, turned] = pictures;
    let alpha = |bytes: &[u8]| image::load_from_memory(bytes).unwrap().to_rgba8();
    let (plain, turned) = (alpha(&plain.await.unwrap().bytes), alpha(&turned.await.unwrap().bytes));
    assert!(alike(&image::imageops::rotate90(&plain), &turned) > 0.9);
    assert!(alike(&plain, &turned) < 0.8, "the turn can be told");
}

/// Share of the ink that two pictures have in common.
fn alike(one: &image::RgbaImage, other: &image::RgbaImage) -> f64 {
    let other = image::imageops::resize(other, one.width(), one.height(), image::imageops::FilterType::Triangle);
    let ink = one
        .pixels()
        .zip(other.pixels())
        .map(|(a, b)| (a.0[3] > 127, b.0[3] > 127));
    let (mut both, mut either) = (0.0, 0.0);
    for (a, b) in ink {
        both += f64::from(u8::from(a && b));
        either += f64::from(u8::from(a || b));
    }
    both / either
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_stamps_without_the_platform_and_reaches_another_device() {
    let (mut world, certificate) = agreed().await;
    let seal = submitted(&world, &certificate).await;
    decide(&world.app, &seal, true).await;
    let laptop = world.another_device("laptop");
    laptop.sign_in("wangmin", secret("ganjiang")).await.unwrap();
    laptop.sync_now().await.unwrap();
    let here = world.app.picture(&seal.picture, "").await.unwrap();
    let elsewhere = World::new().await.server;
    std::mem::replace(&mut world.server, elsewhere).shutdown().await;
    let there = laptop.picture(&seal.picture, "").await.unwrap();
    assert!(here.bytes == there.bytes, "read before the platform went away");
    let plan = plan(&world, &certificate, &seal).await;
    let signed = world.app.sign_document(plan, secret(PIN)).await.unwrap();
    let file = PathBuf::from(&signed.folder).join(&signed.output_name);
    judges::assert_pdfsig_valid(&file, 1);
    let saved = world.app.export_seal(&seal.id, SealFormat::Png600).await.unwrap();
    let saved = std::fs::read(PathBuf::from(saved.folder).join(saved.file_name)).unwrap();
    assert!(saved == **here.bytes, "exported as it is");
}

#[tokio::test(flavor = "multi_thread")]
async fn disabled_replaced_and_rejected_seals_stay_as_records_and_stamp_nothing() {
    let (world, certificate) = agreed().await;
    let app = &world.app;
    let first = submitted(&world, &certificate).await;
    decide(app, &first, true).await;
    let photo = opened(&world, "新公章.jpg", &photos::stamped_paper(COMPANY)).await;
    let second = SealPhotoInput {
        replaces: Some(first.id.clone()),
        ..company_seal(as_it_is(&photo), &certificate)
    };
    let second = app.submit_seal_photo(second).await.unwrap();
    assert_eq!(
        again(app, &first).await.state,
        SealState::Approved,
        "in use until the new one is approved"
    );
    decide(app, &second, true).await;
    let former = again(app, &first).await;
    assert_eq!(
        (former.state, former.replaced_by.as_ref()),
        (SealState::Replaced, Some(&second.id))
    );
    assert!(former.ended_at.is_some());
    assert!(
        app.picture(&former.picture, "").await.is_ok(),
        "the record can be looked at"
    );
    let with_former = plan(&world, &certificate, &first).await;
    let refused = app.sign_document(with_former.clone(), secret(PIN)).await.unwrap_err();
    assert_eq!(why(&refused), (FailureCode::SealNotApproved, Some("replaced")));
    let preview = app.preview_plan(with_former).await.unwrap();
    assert!(preview.items[0].problem.is_some());

    let off = app.disable_seal(&second.id).await.unwrap();
    assert_eq!(off.state, SealState::Disabled);
    let with_off = plan(&world, &certificate, &second).await;
    let refused = app.sign_document(with_off, secret(PIN)).await.unwrap_err();
    assert_eq!(why(&refused), (FailureCode::SealNotApproved, Some("disabled")));
    assert_eq!(
        app.disable_seal(&second.id).await.unwrap_err().code,
        FailureCode::Conflict
    );

    // Wanted again it is declared and reviewed again.
    let undeclared = RenewSealInput {
        seal_id: second.id.clone(),
        declaration_version: None,
        idempotency_key: key(),
    };
    let refused = app.renew_seal(undeclared.clone()).await.unwrap_err();
    assert_eq!(refused.code, FailureCode::SealNotDeclared);
    let declared = RenewSealInput {
        declaration_version: Some(1),
        idempotency_key: key(),
        ..undeclared
    };
    let third = app.renew_seal(declared).await.unwrap();
    assert_eq!((third.state, third.width_mm), (SealState::InReview, second.width_mm));
    decide(app, &third, false).await;
    let rejected = again(app, &third).await;
    assert_eq!(
        (rejected.state, rejected.reason.as_deref()),
        (SealState::Rejected, Some("印迹不清晰"))
    );
    let with_rejected = plan(&world, &certificate, &third).await;
    let refused = app.sign_document(with_rejected, secret(PIN)).await.unwrap_err();
    assert_eq!(why(&refused), (FailureCode::SealNotApproved, Some("rejected")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reissue_asks_for_the_seals_again() {
    let (world, certificate) = agreed().await;
    let app = &world.app;
    let automatic = AutomaticSealInput {
        certificate_id: certificate.id.clone(),
        kind: SealKind::BidPurpose,
        style: None,
        suffix: None,
        typeface: None,
        star: None,
        size_mm: 40.0,
    };
    let drawn = app.create_automatic_seal(automatic).await.unwrap();
    let uploaded = submitted(&world, &certificate).await;
    decide(app, &uploaded, true).await;
    let reviewed = submitted(&world, &certificate).await;
    assert!(app.certificate(&certificate.id).await.unwrap().certificate.has_seal);

    let reissue = ReissueInput {
        certificate_id: certificate.id.clone(),
        reason: ReissueReason::PinForgotten,
        pin: secret("739182"),
        pin_again: secret("739182"),
    };
    app.reissue_certificate(reissue).await.unwrap();
    for seal in [&drawn, &uploaded] {
        let former = again(app, seal).await;
        assert_eq!((former.state, former.replaced_by), (SealState::Replaced, None));
        let with_former = plan(&world, &certificate, seal).await;
        let refused = app.sign_document(with_former, secret("739182")).await.unwrap_err();
        assert_eq!(why(&refused), (FailureCode::SealNotApproved, Some("replaced")));
    }
    assert_eq!(
        again(app, &reviewed).await.state,
        SealState::InReview,
        "a review goes on"
    );
    decide(app, &reviewed, false).await;
    let asked = app.certificate(&certificate.id).await.unwrap().certificate;
    assert_eq!((asked.has_seal, asked.next), (false, CertificateNext::MakeSeal));
    let home = app.home().await.unwrap();
    assert!(home.todos.iter().any(|todo| todo.kind == TodoKind::MakeSeal));

    let renewed = |seal: &SealView, declaration_version| RenewSealInput {
        seal_id: seal.id.clone(),
        declaration_version,
        idempotency_key: key(),
    };
    let drawn_again = app.renew_seal(renewed(&drawn, None)).await.unwrap();
    assert_eq!(
        (drawn_again.state, drawn_again.kind),
        (SealState::Approved, SealKind::BidPurpose)
    );
    let uploaded_again = app.renew_seal(renewed(&uploaded, Some(1))).await.unwrap();
    assert_eq!(uploaded_again.state, SealState::InReview);
    let plan = plan(&world, &certificate, &drawn_again).await;
    let signed = app.sign_document(plan, secret("739182")).await.unwrap();
    assert_eq!(signed.verification.verdict, Verdict::Valid);
    assert_eq!(
        app.renew_seal(renewed(&drawn_again, None)).await.unwrap_err().code,
        FailureCode::Conflict
    );
}
