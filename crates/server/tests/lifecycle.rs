//! Reissue, extension and revocation over real HTTP, and what lists and OCSP then say, judged by OpenSSL.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests fail by panicking and write scratch files"
)]

mod world;

use platform::client::PlatformClient;
use platform::wire::*;
use time::Duration;
use time::macros::datetime;
use uuid::Uuid;
use world::{World, code, employee, greedy_request, key, openssl, printed};

/// A certificate imported by its holder.
async fn imported(world: &World, quantity: u32) -> (PlatformClient, PlatformClient, Issued) {
    let (wangmin, _) = world.paid(quantity).await;
    let assigned = world.assigned(&wangmin, "liuyang").await;
    let liuyang = world.sign_in("liuyang").await;
    let (_, request) = greedy_request();
    let issued = liuyang.issue(assigned.id, &request, key()).await.unwrap();
    (wangmin, liuyang, issued)
}

fn reissue_request(reason: ReissueReason) -> ReissueRequest {
    ReissueRequest {
        request: greedy_request().1.request,
        reason,
    }
}

fn serial(issued: &Issued) -> String {
    let der = {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD
            .decode(&issued.certificate)
            .unwrap()
    };
    let (_, certificate) = x509_parser::parse_x509_certificate(&der).unwrap();
    let digits: String = certificate
        .raw_serial()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    digits.trim_start_matches('0').to_owned()
}

/// What the revocation list says of a serial number: its reason, when it is listed.
async fn listed(world: &World, client: &PlatformClient, serial: &str) -> Option<String> {
    let list = world.file("list.crl", &client.issuer_crl().await.unwrap());
    let said = printed(&openssl(&[
        "crl",
        "-inform",
        "DER",
        "-in",
        list.to_str().unwrap(),
        "-noout",
        "-text",
    ]));
    let (_, entry) = said.split_once(&format!("Serial Number: {}", serial.to_uppercase()))?;
    let reason = entry.split_once("Reason Code:").map(|(_, rest)| rest.trim_start());
    reason
        .and_then(|rest| rest.lines().next())
        .map(|line| line.trim().to_owned())
}

#[tokio::test]
async fn a_reissue_takes_the_former_ones_place_only_when_it_is_confirmed() {
    let world = World::start().await;
    let (wangmin, liuyang, first) = imported(&world, 1).await;
    let id = first.entitlement.id;
    world.pass(Duration::days(40));
    let liuyang_again = world.sign_in("liuyang").await;
    let request = reissue_request(ReissueReason::PinForgotten);
    let second = liuyang_again.reissue(id, &request, key()).await.unwrap();
    let (old, new) = (serial(&first), serial(&second));
    assert_ne!(old, new);
    assert_eq!(
        second.entitlement.issued.as_ref().unwrap().serial,
        old,
        "the former one is still in force"
    );
    assert_eq!(listed(&world, &liuyang_again, &old).await, None);
    // The answer was lost and the app asks again, even with another idempotency key.
    let again = liuyang_again.reissue(id, &request, key()).await.unwrap();
    assert_eq!(again.certificate, second.certificate);

    let confirmation = ReissueConfirmation { serial: new.clone() };
    let confirmed = liuyang_again.confirm_reissue(id, &confirmation, key()).await.unwrap();
    let issued = confirmed.issued.unwrap();
    assert_eq!(issued.serial, new);
    assert_eq!(
        issued.valid_to,
        datetime!(2027-11-22 08:00 UTC),
        "the end does not move"
    );
    assert_eq!(confirmed.state, CertificateState::Active);
    assert_eq!(
        listed(&world, &liuyang_again, &old).await.as_deref(),
        Some("Superseded")
    );
    assert_eq!(listed(&world, &liuyang_again, &new).await, None);
    let once_more = liuyang_again.confirm_reissue(id, &confirmation, key()).await.unwrap();
    assert_eq!(once_more.issued.unwrap().serial, new);
    let codes: Vec<_> = once_more.history.iter().map(|event| event.code).collect();
    let expected = [
        EventCode::Bought,
        EventCode::Assigned,
        EventCode::Issued,
        EventCode::ReissueStarted,
        EventCode::Reissued,
    ];
    assert_eq!(codes, expected);
    let wangmin = {
        let _ended = wangmin;
        world.sign_in("wangmin").await
    };
    let reissues: Vec<_> = wangmin.approvals().await.unwrap();
    let reissue = reissues.iter().find(|one| one.kind == ApprovalKind::Reissue).unwrap();
    assert_eq!(
        (reissue.state, reissue.next_actor),
        (ApprovalState::Approved, NextActor::Nobody)
    );
    drop(liuyang);
}

#[tokio::test]
async fn a_reissue_nobody_confirmed_gives_way_and_a_compromised_key_is_called_so() {
    let world = World::start().await;
    let (wangmin, liuyang, first) = imported(&world, 1).await;
    let id = first.entitlement.id;
    let lost = liuyang
        .reissue(id, &reissue_request(ReissueReason::NewDevice), key())
        .await
        .unwrap();
    let kept = liuyang
        .reissue(id, &reissue_request(ReissueReason::KeyCompromise), key())
        .await
        .unwrap();
    assert_eq!(
        listed(&world, &liuyang, &serial(&lost)).await.as_deref(),
        Some("Superseded")
    );
    let of = |issued: &Issued| ReissueConfirmation { serial: serial(issued) };
    assert_eq!(
        code(liuyang.confirm_reissue(id, &of(&lost), key()).await),
        ErrorCode::Conflict
    );
    assert_eq!(
        code(
            liuyang.confirm_reissue(id, &of(&first), key()).await.map(|_| ()).and(
                liuyang
                    .confirm_reissue(
                        id,
                        &ReissueConfirmation {
                            serial: "7f".to_owned()
                        },
                        key()
                    )
                    .await
                    .map(|_| ())
            )
        ),
        ErrorCode::NotFound
    );
    let zhang = world.sign_in("zhangxiaotong").await;
    assert_eq!(
        code(
            zhang
                .reissue(id, &reissue_request(ReissueReason::NewDevice), key())
                .await
        ),
        ErrorCode::NotFound
    );
    assert_eq!(
        code(
            wangmin
                .reissue(id, &reissue_request(ReissueReason::NewDevice), key())
                .await
        ),
        ErrorCode::CertificateHeldElsewhere
    );
    liuyang.confirm_reissue(id, &of(&kept), key()).await.unwrap();
    assert_eq!(
        listed(&world, &liuyang, &serial(&first)).await.as_deref(),
        Some("Key Compromise")
    );
}

#[tokio::test]
async fn the_present_key_is_not_reissued_and_a_revocation_ends_everything() {
    let world = World::start().await;
    let (_, _) = world.paid(1).await;
    let wangmin = world.sign_in("wangmin").await;
    let assigned = world.assigned(&wangmin, "liuyang").await;
    let liuyang = world.sign_in("liuyang").await;
    let early = liuyang
        .reissue(assigned.id, &reissue_request(ReissueReason::NewDevice), key())
        .await;
    assert_eq!(code(early), ErrorCode::Conflict);
    let (_, request) = greedy_request();
    let first = liuyang.issue(assigned.id, &request, key()).await.unwrap();
    let same = ReissueRequest {
        request: request.request,
        reason: ReissueReason::NewDevice,
    };
    assert_eq!(
        code(liuyang.reissue(assigned.id, &same, key()).await),
        ErrorCode::RequestInvalid
    );
    let second = liuyang
        .reissue(assigned.id, &reissue_request(ReissueReason::NewDevice), key())
        .await
        .unwrap();
    let wanted = Revocation {
        reason: RevocationReason::AffiliationChanged,
    };
    wangmin.revoke(assigned.id, &wanted, key()).await.unwrap();
    for one in [&first, &second] {
        let said = listed(&world, &liuyang, &serial(one)).await;
        assert_eq!(said.as_deref(), Some("Affiliation Changed"));
    }
    let confirmation = ReissueConfirmation {
        serial: serial(&second),
    };
    let late = liuyang.confirm_reissue(assigned.id, &confirmation, key()).await;
    assert_eq!(code(late), ErrorCode::Conflict);
}

#[tokio::test]
async fn an_extension_keeps_the_days_and_the_key_and_consumes_an_entitlement() {
    let world = World::start().await;
    let (_, _, first) = imported(&world, 1).await;
    let id = first.entitlement.id;
    let request = ExtensionRequest { serial: serial(&first) };
    let liuyang = world.sign_in("liuyang").await;
    let early = liuyang.extend(id, &request, key()).await;
    assert_eq!(code(early), ErrorCode::ExtensionTooEarly);
    world.pass(Duration::days(300));
    let (liuyang, wangmin) = (world.sign_in("liuyang").await, world.sign_in("wangmin").await);
    let before = wangmin.certificates().await.unwrap().len();
    let extended = liuyang.extend(id, &request, key()).await.unwrap();
    let issued = extended.entitlement.issued.clone().unwrap();
    assert_eq!(issued.valid_to, datetime!(2028-11-22 08:00 UTC));
    assert_eq!(
        wangmin.certificates().await.unwrap().len(),
        before - 1,
        "one entitlement is used"
    );
    let keys: Vec<_> = [&first, &extended]
        .map(|one| world.file("one.pem", one_pem(one).as_bytes()))
        .iter()
        .map(|file| printed(&openssl(&["x509", "-in", file.to_str().unwrap(), "-noout", "-pubkey"])))
        .collect();
    assert_eq!(keys[0], keys[1], "the key stays");
    assert_eq!(
        listed(&world, &liuyang, &serial(&first)).await,
        None,
        "the former certificate ends by itself"
    );
    // The same intention again: the same answer, nothing more is used.
    let again = liuyang.extend(id, &request, key()).await.unwrap();
    assert_eq!(again.certificate, extended.certificate);
    assert_eq!(wangmin.certificates().await.unwrap().len(), before - 1);
    let stale = ExtensionRequest {
        serial: "7f".to_owned(),
    };
    assert_eq!(code(liuyang.extend(id, &stale, key()).await), ErrorCode::Conflict);

    world.pass(Duration::days(360));
    let (liuyang, wangmin) = (world.sign_in("liuyang").await, world.sign_in("wangmin").await);
    let request = ExtensionRequest {
        serial: serial(&extended),
    };
    let personal_left = wangmin
        .certificates()
        .await
        .unwrap()
        .into_iter()
        .any(|one| one.kind == CertificateKind::Personal && one.state == CertificateState::Unassigned);
    assert!(!personal_left, "only an enterprise entitlement is left");
    assert_eq!(
        code(liuyang.extend(id, &request, key()).await),
        ErrorCode::NoUnusedEntitlement
    );
    // Both certificates of the key end with a revocation.
    let wanted = Revocation {
        reason: RevocationReason::KeyCompromise,
    };
    liuyang.revoke(id, &wanted, key()).await.unwrap();
    for one in [&first, &extended] {
        assert_eq!(
            listed(&world, &liuyang, &serial(one)).await.as_deref(),
            Some("Key Compromise")
        );
    }
}

fn one_pem(issued: &Issued) -> String {
    issued.entitlement.issued.clone().unwrap().certificate_pem
}

/// Boulder's lesson: written down before it is signed, so it is found and revoked whatever happened to the answer.
#[tokio::test]
async fn what_was_never_kept_is_found_and_revoked() {
    let world = World::start().await;
    let (_, _, first) = imported(&world, 1).await;
    let id = first.entitlement.id;
    // The platform died after writing its intention down: the next row it would have signed.
    let orphan = "5a".repeat(16);
    let sql = format!(
        "INSERT INTO issued_certificates SELECT '{orphan}', certificate_id, account_id, 'gone', substr(der, 1, 0), valid_from, \
         valid_to, issued_at, NULL, NULL, 'intended', 'reissue', serial, 'superseded' FROM issued_certificates;"
    );
    let world = world.changed_while_down(&sql).await;
    let (operator, liuyang) = (world.sign_in("operator").await, world.sign_in("liuyang").await);
    let found = operator.issuance(&orphan).await.unwrap();
    assert_eq!(
        (found.stage, found.certificate_id, found.revoked_at),
        (IssuanceStage::Intended, id, None)
    );
    assert_eq!(code(liuyang.issuance(&orphan).await), ErrorCode::NotAllowed);
    // The next issuing of the entitlement takes it out of the world; so does a start ten minutes later.
    let second = liuyang
        .reissue(id, &reissue_request(ReissueReason::NewDevice), key())
        .await
        .unwrap();
    assert!(operator.issuance(&orphan).await.unwrap().revoked_at.is_some());
    assert_eq!(
        listed(&world, &liuyang, &orphan).await.as_deref(),
        Some("Cessation Of Operation")
    );

    // Signed and kept, its answer never heard: found and revocable by its number.
    let silent = serial(&second);
    let found = operator.issuance(&silent).await.unwrap();
    assert_eq!(found.stage, IssuanceStage::Signed);
    assert!(found.certificate_pem.unwrap().contains("BEGIN CERTIFICATE"));
    let wanted = Revocation {
        reason: RevocationReason::KeyCompromise,
    };
    let revoked = operator.revoke_issuance(&silent, &wanted, key()).await.unwrap();
    assert_eq!(revoked.reason, Some(RevocationReason::KeyCompromise));
    assert_eq!(
        code(operator.revoke_issuance(&silent, &wanted, key()).await),
        ErrorCode::Conflict
    );
    assert_eq!(liuyang.certificate(id).await.unwrap().state, CertificateState::Active);
    operator.revoke_issuance(&serial(&first), &wanted, key()).await.unwrap();
    assert_eq!(liuyang.certificate(id).await.unwrap().state, CertificateState::Revoked);
    assert_eq!(code(operator.issuance("00").await), ErrorCode::NotFound);
}

#[tokio::test]
async fn a_start_revokes_what_a_process_that_is_gone_left_unfinished() {
    let world = World::start().await;
    imported(&world, 1).await;
    let orphan = "5b".repeat(16);
    let sql = format!(
        "INSERT INTO issued_certificates SELECT '{orphan}', certificate_id, account_id, 'gone', substr(der, 1, 0), valid_from, \
         valid_to, issued_at, NULL, NULL, 'intended', 'import', NULL, NULL FROM issued_certificates;"
    );
    world.pass(Duration::minutes(11));
    let world = world.changed_while_down(&sql).await;
    let operator = world.sign_in("operator").await;
    assert!(operator.issuance(&orphan).await.unwrap().revoked_at.is_some());
}

#[tokio::test]
async fn a_new_holders_import_ends_a_reissue_that_was_never_confirmed() {
    let world = World::start().await;
    let (wangmin, liuyang, first) = imported(&world, 1).await;
    let id: Uuid = first.entitlement.id;
    let waiting = liuyang
        .reissue(id, &reissue_request(ReissueReason::NewDevice), key())
        .await
        .unwrap();
    let change = HolderChange {
        holder_id: employee(&wangmin, "zhangxiaotong").await,
    };
    wangmin.change_holder(id, &change, key()).await.unwrap();
    let confirmation = ReissueConfirmation {
        serial: serial(&waiting),
    };
    let late = liuyang.confirm_reissue(id, &confirmation, key()).await;
    assert_eq!(code(late), ErrorCode::CertificateHeldElsewhere);
    let zhang = world.sign_in("zhangxiaotong").await;
    let (_, request) = greedy_request();
    zhang.issue(id, &request, key()).await.unwrap();
    for one in [&first, &waiting] {
        assert_eq!(
            listed(&world, &zhang, &serial(one)).await.as_deref(),
            Some("Superseded")
        );
    }
}
