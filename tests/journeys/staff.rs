//! What bidding staff may do: use their own certificate, and nothing of the administrator's.

use crate::walk::{self, PIN};
use app::view::*;

#[tokio::test]
async fn staff_cannot_assign_and_import_only_what_they_hold() {
    let world = walk::authorised().await;
    let placed = walk::order(&world.app).await;
    world
        .app
        .sandbox_transfer(&placed.id, TransferCase::Exact)
        .await
        .unwrap();
    let held = walk::assign(&world.app, CertificateKind::Personal, "liuyang").await;
    let taken = walk::import(&world.app, &held.id, PIN, PIN).await.unwrap_err();
    assert_eq!(
        taken.code,
        FailureCode::CertificateHeldElsewhere,
        "the administrator does not hold it"
    );

    let device = world.another_device("liuyang");
    device
        .sign_in("liuyang", SecretText::new("ganjiang".into()))
        .await
        .unwrap();
    let input = AssignInput {
        certificate_id: held.id.clone(),
        document_type: DocumentType::ResidentIdentityCard,
        document_number: "330106198506123419".into(),
        owner_name: "刘洋".into(),
        holder_id: held.holder.unwrap().id,
        email: "bid@example.com".into(),
    };
    let refused = device.assign_certificate(input).await.unwrap_err();
    assert_eq!(refused.code, FailureCode::NotAllowed);
    let imported = walk::import(&device, &held.id, PIN, PIN).await.unwrap();
    assert_eq!((imported.state, imported.here), (CertificateState::Active, true));
}

#[tokio::test]
async fn weak_and_differing_pins_are_refused_before_a_key_is_made() {
    let world = walk::authorised().await;
    let placed = walk::order(&world.app).await;
    world
        .app
        .sandbox_transfer(&placed.id, TransferCase::Exact)
        .await
        .unwrap();
    let held = walk::assign(&world.app, CertificateKind::Personal, "wangmin").await;
    let attempts = [
        ("000000", "000000", FailureCode::PinWeak),
        ("123456", "123456", FailureCode::PinWeak),
        ("850612", "850612", FailureCode::PinWeak),
        ("25081", "25081", FailureCode::PinFormat),
        (PIN, "250818", FailureCode::PinMismatch),
    ];
    for (pin, again, code) in attempts {
        let refused = walk::import(&world.app, &held.id, pin, again).await.unwrap_err();
        assert_eq!(refused.code, code, "{pin} {again}");
    }
    let state = world.app.certificate(&held.id).await.unwrap().certificate.state;
    assert_eq!(state, CertificateState::PendingImport);
}

#[tokio::test]
async fn five_wrong_pins_lock_and_the_right_one_gives_the_tries_back() {
    let (world, certificate, seal) = walk::ready_to_stamp().await;
    let original = testkit::pdfs::put(world.folder(), "bid.pdf", &testkit::pdfs::simple(1));
    let opened = world.app.open_documents(vec![original]).await.unwrap().remove(0);
    let plan = || walk::plan(&opened.id, &certificate.id, &seal.id, "1");
    let wrong = walk::sign(&world.app, plan(), "998877").await.unwrap_err();
    assert_eq!(
        (wrong.code, wrong.params["left"].as_str()),
        (FailureCode::PinWrong, "4")
    );
    walk::sign(&world.app, plan(), PIN).await.unwrap();
    for left in ["4", "3", "2", "1"] {
        let wrong = walk::sign(&world.app, plan(), "998877").await.unwrap_err();
        assert_eq!(
            (wrong.code, wrong.params["left"].as_str()),
            (FailureCode::PinWrong, left)
        );
    }
    for pin in ["998877", PIN] {
        let locked = walk::sign(&world.app, plan(), pin).await.unwrap_err();
        assert_eq!(locked.code, FailureCode::PinLocked);
    }
}
