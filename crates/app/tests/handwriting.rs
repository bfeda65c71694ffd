//! A signature written by hand: agreed to, sent to review, of no use before it is approved, then stamped as vectors.
#![allow(
    missing_docs,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

use app::App;
use app::demo::sample_bid;
use app::view::*;
use std::path::Path;
use testkit::judges;
use testkit::story::{PIN, import_enterprise_certificate, import_personal_certificate, pay_for, secret};
use testkit::world::World;

fn stroke(from: (f64, f64), to: (f64, f64)) -> PenStrokeInput {
    let points = (0..60).map(|step| f64::from(step) / 59.0).map(|t| {
        let across = from.0 + (to.0 - from.0) * t;
        let down = from.1 + (to.1 - from.1) * t + 12.0 * (t * 6.0).sin();
        [across, down, 0.3 + 0.4 * t, t * 420.0]
    });
    PenStrokeInput {
        pressure: true,
        points: points.collect(),
    }
}

fn written(certificate: &CertificateView) -> HandwritingInput {
    HandwritingInput {
        certificate_id: certificate.id.clone(),
        strokes: vec![
            stroke((100.0, 120.0), (500.0, 100.0)),
            stroke((300.0, 40.0), (320.0, 300.0)),
        ],
        pen: 14.0,
        ink: PenInk::Blue,
        width_mm: 45.0,
    }
}

async fn ready_to_write() -> (World, CertificateView) {
    let world = World::signed_in("wangmin").await;
    pay_for(&world.app, world.folder(), 1).await;
    let certificate = import_personal_certificate(&world.app, "王敏").await;
    (world, certificate)
}

async fn agree(app: &App) {
    let notice = app.seal_notice().await.unwrap();
    app.agree_seal_notice(notice.version).await.unwrap();
}

fn plan(document: &str, certificate: &CertificateView, seal: &SealView) -> SigningPlanInput {
    SigningPlanInput {
        document_id: document.to_owned(),
        certificate_id: certificate.id.clone(),
        items: vec![PlanItemInput {
            content: ContentInput::Seal { seal: seal.id.clone() },
            place: PlaceInput::At {
                pages: "1".to_owned(),
                x_mm: 120.0,
                y_mm: 200.0,
            },
        }],
        reason: String::new(),
        level: SigningLevel::BB,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_is_reviewed_before_it_stamps() {
    let (world, certificate) = ready_to_write().await;
    let app = &world.app;
    let refused = app.create_handwriting(written(&certificate)).await.unwrap_err();
    assert_eq!(refused.code, FailureCode::SealNoticeNotAgreed);
    agree(app).await;
    let seal = app.create_handwriting(written(&certificate)).await.unwrap();
    assert_eq!((seal.kind, seal.origin), (SealKind::Handwritten, SealOrigin::HandDrawn));
    assert_eq!((seal.state, seal.name.as_str()), (SealState::InReview, "王敏 手写签名"));
    assert!((seal.width_mm - 45.0).abs() < 1e-6);

    let path = testkit::pdfs::put(world.folder(), "标书.pdf", &sample_bid());
    let document = app.open_documents(vec![path]).await.unwrap().remove(0);
    let plan = plan(&document.id, &certificate, &seal);
    let early = app.sign_document(plan.clone(), secret(PIN)).await.unwrap_err();
    assert_eq!(early.code, FailureCode::SealNotApproved);

    let approvals = app.approvals().await.unwrap();
    let review = approvals.iter().find(|one| one.kind == ApprovalKind::Seal).unwrap();
    app.sandbox_decide(&review.id, true, None).await.unwrap();
    assert_eq!(app.seals().await.unwrap()[0].state, SealState::Approved);
    let signed = app.sign_document(plan, secret(PIN)).await.unwrap();
    let file = Path::new(&signed.folder).join(&signed.output_name);
    judges::assert_sound_pdf(&file);
    judges::assert_pyhanko_trusts(&file, &world.root_pem(), 1);
    assert_eq!(judges::pictures_in(&file), 0, "it is stamped as vectors");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_device_draws_it_from_the_kept_points() {
    let (world, certificate) = ready_to_write().await;
    agree(&world.app).await;
    let seal = world.app.create_handwriting(written(&certificate)).await.unwrap();
    let previewed = world.app.preview_handwriting(written(&certificate)).await.unwrap();
    let laptop = world.another_device("laptop");
    laptop.sign_in("wangmin", secret("ganjiang")).await.unwrap();
    laptop.sync_now().await.unwrap();
    for app in [&world.app, &laptop] {
        let shown = app.picture(&format!("seal/{}", seal.id), "").await.unwrap();
        assert_eq!(shown.mime, "image/svg+xml");
        assert_eq!(
            *shown.bytes,
            previewed.svg.as_bytes(),
            "what was previewed is what is drawn"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_signature_is_refused_with_the_reason() {
    let (world, certificate) = ready_to_write().await;
    let app = &world.app;
    agree(app).await;
    let with = |strokes| HandwritingInput {
        strokes,
        ..written(&certificate)
    };
    let dot = PenStrokeInput {
        pressure: false,
        points: vec![[400.0, 100.0, 0.5, 0.0]],
    };
    let endless = (0..200).map(|_| stroke((10.0, 10.0), (800.0, 300.0))).collect();
    for (input, why) in [
        (with(Vec::new()), "nothing_written"),
        (with(vec![dot]), "written_too_small"),
        (with(endless), "written_too_much"),
        (
            HandwritingInput {
                pen: 1e6,
                ..written(&certificate)
            },
            "written_wrongly",
        ),
    ] {
        for refused in [
            app.preview_handwriting(input.clone()).await.unwrap_err(),
            app.create_handwriting(input.clone()).await.unwrap_err(),
        ] {
            assert_eq!(refused.code, FailureCode::HandwritingInvalid);
            assert_eq!(refused.params.get("why").map(String::as_str), Some(why));
        }
    }
    let company = import_enterprise_certificate(app).await;
    let refused = app.create_handwriting(written(&company)).await.unwrap_err();
    assert_eq!(
        refused.code,
        FailureCode::SealTextInvalid,
        "a person signs, not a company"
    );
    assert!(app.seals().await.unwrap().is_empty());
}
