//! Who is kept out, what is never done twice, and what the document says.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests fail by panicking and write scratch files"
)]

mod world;

use base64::Engine as _;
use platform::client::{ClientError, PlatformClient};
use platform::wire::*;
use time::Duration;
use world::{World, account, code, greedy_request, key, title};

#[tokio::test]
async fn other_programs_on_this_machine_are_kept_out() {
    let world = World::start().await;
    for token in [None, Some("guess".to_owned())] {
        let client = PlatformClient::new(&world.server.base_url, token).unwrap();
        assert_eq!(code(client.sandbox_accounts().await), ErrorCode::SandboxTokenRequired);
        assert_eq!(
            code(client.sign_in("wangmin", "ganjiang").await.map(drop)),
            ErrorCode::SandboxTokenRequired
        );
        assert_eq!(
            client.root_certificate().await.unwrap(),
            world.server.root_certificate_der
        );
    }
    assert_eq!(world.stranger().sandbox_accounts().await.unwrap().len(), 4);
}

#[tokio::test]
async fn sessions_end() {
    let world = World::start().await;
    assert_eq!(code(world.stranger().me().await), ErrorCode::Unauthenticated);
    assert_eq!(
        code(world.stranger().sign_in("wangmin", "wrong").await.map(drop)),
        ErrorCode::WrongPassword
    );
    assert_eq!(
        code(world.stranger().sign_in("nobody", "ganjiang").await.map(drop)),
        ErrorCode::WrongPassword
    );
    let wangmin = world.sign_in("wangmin").await;
    assert_eq!(wangmin.me().await.unwrap().name, "王敏");
    world.pass(Duration::days(31));
    assert!(matches!(
        wangmin.me().await,
        Err(ClientError::Unauthorized(ErrorCode::SessionExpired))
    ));
    let wangmin = world.sign_in("wangmin").await;
    let clone = wangmin.clone();
    clone.sign_out().await.unwrap();
    assert!(!wangmin.has_session());
    for _ in 0..10 {
        let _ = world.stranger().sign_in("liuyang", "wrong").await;
    }
    let paused = world.stranger().sign_in("liuyang", "ganjiang").await.map(drop);
    assert_eq!(code(paused), ErrorCode::RateLimited);
}

#[tokio::test]
async fn staff_and_operator_stay_on_their_side() {
    let world = World::start().await;
    let (wangmin, order) = world.paid(1).await;
    let assigned = world.assigned(&wangmin, "liuyang").await;
    let zhang = world.sign_in("zhangxiaotong").await;
    let operator = world.sign_in("operator").await;
    for outsider in [&zhang, &operator] {
        let refused = [
            code(outsider.orders(PageQuery::default()).await),
            code(outsider.order(order.id).await),
            code(outsider.billing_titles().await),
            code(outsider.add_billing_title(&title(), key()).await),
            code(outsider.add_remitting_account(&account(), key()).await),
            code(outsider.cancel_order(order.id, key()).await),
            code(outsider.invoices().await),
            code(outsider.start_face(key()).await),
            code(outsider.letter_template().await),
        ];
        assert!(refused.iter().all(|code| *code == ErrorCode::NotAllowed), "{refused:?}");
    }
    for enterprise in [&zhang, &wangmin] {
        assert_eq!(code(enterprise.operator_approvals().await), ErrorCode::NotAllowed);
        assert_eq!(
            code(enterprise.bank_notice(&world::exact(&order, world.now()), key()).await),
            ErrorCode::NotAllowed
        );
        assert_eq!(
            code(enterprise.set_auto_approve(AutoApprove { seconds: None }, key()).await),
            ErrorCode::NotAllowed
        );
        assert_eq!(
            code(enterprise.operator_letter(assigned.id).await),
            ErrorCode::NotAllowed
        );
    }
    assert!(zhang.certificates().await.unwrap().is_empty());
    assert_eq!(zhang.employees().await.unwrap().len(), 1);
    let (_, request) = greedy_request();
    assert_eq!(
        code(zhang.issue(assigned.id, &request, key()).await),
        ErrorCode::NotFound
    );
    assert_eq!(
        code(wangmin.issue(assigned.id, &request, key()).await),
        ErrorCode::CertificateHeldElsewhere
    );
    assert_eq!(code(operator.certificates().await), ErrorCode::NotAllowed);

    let feed = zhang.changes(0, 500).await.unwrap();
    let only_authorisation = |one: &Change| one.subject == ChangeSubject::Authorisation;
    assert!(feed.changes.iter().all(only_authorisation), "{feed:?}");
    let liuyang = world.sign_in("liuyang").await;
    let own = liuyang.changes(0, 500).await.unwrap();
    assert!(own.changes.iter().any(|one| one.subject_id == assigned.id));
    let owner = liuyang.certificate(assigned.id).await.unwrap().owner.unwrap();
    assert_eq!(owner.document_number_masked, "110*************2X");
    assert!(owner.birthday.is_some(), "the holder's PIN rules need it");
    assert!(
        wangmin
            .certificate(assigned.id)
            .await
            .unwrap()
            .owner
            .unwrap()
            .birthday
            .is_none()
    );
}

#[tokio::test]
async fn the_feed_is_ordered_and_complete() {
    let world = World::start().await;
    let (wangmin, _) = world.paid(3).await;
    let all = wangmin.changes(0, 500).await.unwrap();
    assert!(all.changes.windows(2).all(|two| two[0].cursor < two[1].cursor));
    let (mut after, mut seen) = (0, Vec::new());
    loop {
        let page = wangmin.changes(after, 4).await.unwrap();
        assert!(page.changes.len() <= 4);
        seen.extend(page.changes);
        after = page.next;
        if !page.more {
            break;
        }
    }
    assert_eq!(seen, all.changes);
}

#[tokio::test]
async fn the_same_key_is_the_same_write() {
    let world = World::start().await;
    let wangmin = world.sign_in("wangmin").await;
    let same = key();
    let first = wangmin.add_billing_title(&title(), same).await.unwrap();
    assert_eq!(wangmin.add_billing_title(&title(), same).await.unwrap(), first);
    let mut other = title();
    other.address.push('1');
    assert_eq!(
        code(wangmin.add_billing_title(&other, same).await),
        ErrorCode::IdempotencyKeyReused
    );
    let (at_once, fields) = (key(), account());
    let (one, two) = tokio::join!(
        wangmin.add_remitting_account(&fields, at_once),
        wangmin.add_remitting_account(&fields, at_once)
    );
    assert_eq!(one.unwrap(), two.unwrap());
    assert_eq!(wangmin.billing_titles().await.unwrap().len(), 1);
    assert_eq!(wangmin.remitting_accounts().await.unwrap().len(), 1);
    // A refusal changes nothing and is not kept: corrected data may come with the same key.
    let key = key();
    other.tax_number = "91330106MA2CFUY660".to_owned();
    assert_eq!(
        code(wangmin.add_billing_title(&other, key).await),
        ErrorCode::FieldInvalid
    );
    wangmin.add_billing_title(&title(), key).await.unwrap();
}

#[tokio::test]
async fn seals_follow_notice_and_review() {
    let world = World::start().await;
    let (wangmin, _) = world.paid(1).await;
    let assigned = world.assigned(&wangmin, "liuyang").await;
    let liuyang = world.sign_in("liuyang").await;
    let mut seal = NewSeal {
        certificate_id: assigned.id,
        name: "刘洋的姓名章".to_owned(),
        kind: SealKind::PersonalName,
        origin: SealOrigin::Automatic,
        width_mm: 20.0,
        height_mm: 20.0,
        design: Some("{}".to_owned()),
        picture: base64::engine::general_purpose::STANDARD.encode(b"\x89PNG\r\n\x1a\n picture"),
        declaration_version: None,
        replaces: None,
    };
    assert_eq!(code(liuyang.add_seal(&seal, key()).await), ErrorCode::Conflict);
    let (_, request) = greedy_request();
    liuyang.issue(assigned.id, &request, key()).await.unwrap();
    assert_eq!(
        code(liuyang.add_seal(&seal, key()).await),
        ErrorCode::SealNoticeNotAgreed
    );
    let notice = liuyang.seal_notice().await.unwrap();
    assert!(notice.agreed_at.is_none() && !notice.paragraphs.is_empty());
    assert!(
        liuyang
            .agree_seal_notice(notice.version, key())
            .await
            .unwrap()
            .agreed_at
            .is_some()
    );
    assert_eq!(
        code(wangmin.add_seal(&seal, key()).await),
        ErrorCode::CertificateHeldElsewhere
    );
    let drawn = liuyang.add_seal(&seal, key()).await.unwrap();
    assert_eq!((drawn.state, drawn.declaration), (SealState::Approved, None));
    seal.origin = SealOrigin::Uploaded;
    assert_eq!(code(liuyang.add_seal(&seal, key()).await), ErrorCode::SealNotDeclared);
    let declaration = liuyang.seal_declaration().await.unwrap();
    seal.declaration_version = Some(declaration.version + 1);
    assert_eq!(code(liuyang.add_seal(&seal, key()).await), ErrorCode::SealNotDeclared);
    seal.declaration_version = Some(declaration.version);
    seal.replaces = Some(uuid::Uuid::new_v4());
    assert_eq!(code(liuyang.add_seal(&seal, key()).await), ErrorCode::NotFound);
    seal.replaces = Some(drawn.id);
    let uploaded = liuyang.add_seal(&seal, key()).await.unwrap();
    assert_eq!(uploaded.state, SealState::InReview);
    assert_eq!(uploaded.declaration.unwrap().version, declaration.version);
    assert_eq!(
        code(liuyang.disable_seal(uploaded.id, key()).await),
        ErrorCode::Conflict
    );
    let operator = world.sign_in("operator").await;
    let reviewed = operator.operator_seal_picture(uploaded.id).await.unwrap();
    assert!(reviewed.starts_with(b"\x89PNG"));
    assert_eq!(
        code(liuyang.operator_seal_picture(uploaded.id).await),
        ErrorCode::NotAllowed
    );
    let waiting = operator.operator_approvals().await.unwrap();
    let no = Decision {
        approve: false,
        reason: Some("图片模糊".to_owned()),
    };
    operator.decide(waiting[0].id, &no, key()).await.unwrap();
    let seals = liuyang.seals().await.unwrap();
    let rejected = seals.iter().find(|one| one.id == uploaded.id).unwrap();
    assert_eq!(
        (rejected.state, rejected.reason.as_deref()),
        (SealState::Rejected, Some("图片模糊"))
    );
    let former = seals.iter().find(|one| one.id == drawn.id).unwrap();
    assert_eq!(
        former.state,
        SealState::Approved,
        "a rejected picture takes nobody's place"
    );
    let again = liuyang.add_seal(&seal, key()).await.unwrap();
    let waiting = operator.operator_approvals().await.unwrap();
    let yes = Decision {
        approve: true,
        reason: None,
    };
    operator.decide(waiting[0].id, &yes, key()).await.unwrap();
    let seals = liuyang.seals().await.unwrap();
    let former = seals.iter().find(|one| one.id == drawn.id).unwrap();
    assert_eq!(
        (former.state, former.replaced_by),
        (SealState::Replaced, Some(again.id))
    );
    assert!(former.ended_at.is_some());
    let disabled = liuyang.disable_seal(again.id, key()).await.unwrap();
    assert_eq!(
        (disabled.state, disabled.ended_at.is_some()),
        (SealState::Disabled, true)
    );
    let zhang = world.sign_in("zhangxiaotong").await;
    assert!(zhang.seals().await.unwrap().is_empty());
    assert_eq!(code(zhang.seal_picture(uploaded.id).await), ErrorCode::NotFound);
    assert!(liuyang.seal_picture(uploaded.id).await.unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn the_committed_document_is_the_one_the_routes_make() {
    let committed = include_str!("../../platform/openapi.json");
    assert!(
        server::openapi_json().unwrap() == committed,
        "run `cargo run -p server --example openapi > crates/platform/openapi.json`"
    );
    let document: serde_json::Value = serde_json::from_str(committed).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
}

#[test]
fn the_document_is_sound_and_every_example_fits_its_schema() {
    let document = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../platform/openapi.json");
    let counts: serde_json::Value = serde_json::from_str(&testkit::judges::openapi_counts(&document, &[])).unwrap();
    let operations = counts["operations"].as_u64().unwrap();
    assert!(
        operations >= 88 && counts["bodies"].as_u64() > Some(operations) && counts["refusals"].as_u64() > Some(500),
        "{counts}"
    );
}
