//! What is recorded: a purchase, a certificate with its seal, and how the platform says no.
//!
//! The stories look at no state: a later version may call it otherwise, and they go on.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use platform::client::{ClientError, PlatformClient};
use platform::wire::*;
use time::macros::datetime;
use uuid::Uuid;

use super::world::{account, employee, greedy_request, key, title, used};

type Clients<'a> = &'a dyn Fn() -> PlatformClient;

async fn signed_in(clients: Clients<'_>, account: &str) -> PlatformClient {
    let client = clients();
    client.sign_in(account, "ganjiang").await.unwrap();
    client
}

const YES: Decision = Decision {
    approve: true,
    reason: None,
};

fn notice(order: &Order, amount_fen: i64) -> BankNotice {
    BankNotice {
        notice_number: format!("20261122-{amount_fen}"),
        amount_fen,
        ..super::world::exact(order, datetime!(2026-11-22 09:00 UTC))
    }
}

/// Authorised by letter, billing filled in, an order placed.
async fn ordered(wangmin: &PlatformClient, operator: &PlatformClient) -> Order {
    let letter = b"%PDF-1.4 signed and stamped".to_vec();
    wangmin.submit_letter("授权书.pdf", letter, key()).await.unwrap();
    let waiting = operator.operator_approvals().await.unwrap().remove(0);
    operator.operator_letter(waiting.subject_id).await.unwrap();
    operator.review(waiting.id).await.unwrap();
    operator.decide(waiting.id, &YES, key()).await.unwrap();
    let wanted = NewOrder {
        package_id: wangmin.packages().await.unwrap()[0].id,
        quantity: 2,
        title_id: wangmin.add_billing_title(&title(), key()).await.unwrap().id,
        account_id: wangmin.add_remitting_account(&account(), key()).await.unwrap().id,
    };
    wangmin.place_order(&wanted, key()).await.unwrap()
}

/// From nothing to an invoice.
pub(crate) async fn purchase(clients: Clients<'_>) {
    clients().sandbox_accounts().await.unwrap();
    let wangmin = signed_in(clients, "wangmin").await;
    let operator = signed_in(clients, "operator").await;
    wangmin.me().await.unwrap();
    wangmin.enterprise().await.unwrap();
    wangmin.employees().await.unwrap();
    wangmin.authorisation().await.unwrap();
    wangmin.start_face(key()).await.unwrap();
    wangmin.letter_template().await.unwrap();
    let order = ordered(&wangmin, &operator).await;
    let change = OrderChange {
        quantity: 1,
        title_id: order.title.id,
        account_id: order.remitting_account.id,
    };
    let order = wangmin.change_order(order.id, &change, key()).await.unwrap();
    paid(&operator, &order).await;
    invoiced(&wangmin, &operator, &order).await;
    let again = NewOrder {
        package_id: order.package.id,
        quantity: 1,
        title_id: order.title.id,
        account_id: order.remitting_account.id,
    };
    let again = wangmin.place_order(&again, key()).await.unwrap();
    wangmin.cancel_order(again.id, key()).await.unwrap();
    wangmin.orders(PageQuery::default()).await.unwrap();
    wangmin.billing_titles().await.unwrap();
    wangmin.remitting_accounts().await.unwrap();
    wangmin.approvals().await.unwrap();
    let some = ListQuery {
        limit: Some(2),
        after: None,
    };
    let some = wangmin.approvals_page(&some).await.unwrap();
    let others = ListQuery {
        limit: Some(2),
        after: some.next,
    };
    wangmin.approvals_page(&others).await.unwrap();
    let page = wangmin.changes(0, 3).await.unwrap();
    let next = ChangeQuery {
        after: page.next,
        epoch: Some(page.epoch),
        mark: Some(page.mark),
        ..ChangeQuery::default()
    };
    wangmin.feed(&next).await.unwrap();
    wangmin.pin_lease().await.unwrap();
}

/// First too little, sent back; then what is due.
async fn paid(operator: &PlatformClient, order: &Order) {
    let short = notice(order, order.amount_fen - 100);
    operator.bank_notice(&short, key()).await.unwrap();
    let waiting = ArrivalQuery {
        all: false,
        q: None,
        after: None,
        limit: None,
    };
    operator.arrivals(&waiting).await.unwrap();
    let refund = NewRefund {
        reference: "R20261122000001".to_owned(),
        reason: "金额不符".to_owned(),
    };
    operator.refund(&short.notice_number, &refund, key()).await.unwrap();
    operator
        .bank_notice(&notice(order, order.amount_fen), key())
        .await
        .unwrap();
}

async fn invoiced(wangmin: &PlatformClient, operator: &PlatformClient, order: &Order) {
    wangmin.request_invoice(order.id, key()).await.unwrap();
    operator.queues().await.unwrap();
    let waiting = operator.operator_approvals().await.unwrap().remove(0);
    operator.decide(waiting.id, &YES, key()).await.unwrap();
    let invoice = wangmin.invoices().await.unwrap().remove(0);
    wangmin.invoice_file(invoice.id).await.unwrap();
}

/// From an entitlement to a certificate with its seal, issued anew, and its end.
pub(crate) async fn certificate(clients: Clients<'_>) {
    let wangmin = signed_in(clients, "wangmin").await;
    let operator = signed_in(clients, "operator").await;
    let liuyang = signed_in(clients, "liuyang").await;
    let order = ordered(&wangmin, &operator).await;
    operator
        .bank_notice(&notice(&order, order.amount_fen), key())
        .await
        .unwrap();
    let listed = wangmin.certificates().await.unwrap();
    let personal = |one: &&Certificate| one.kind == CertificateKind::Personal;
    // Their kinds may have other names; the enterprise's come first in the file.
    let free = listed.iter().find(personal).unwrap_or(&listed[2]).id;
    let wanted = Assignment {
        document_type: DocumentType::ResidentIdentityCard,
        document_number: "11010519491231002X".to_owned(),
        owner_name: "刘洋".to_owned(),
        holder_id: employee(&wangmin, "liuyang").await,
        email: "liuyang@example.cn".to_owned(),
    };
    wangmin.assign(free, &wanted, key()).await.unwrap();
    liuyang.issue(free, &greedy_request().1, key()).await.unwrap();
    sealed(&liuyang, free).await;
    logged(&liuyang, &wangmin, free).await;
    let again = ReissueRequest {
        request: greedy_request().1.request,
        reason: ReissueReason::NewDevice,
    };
    liuyang.reissue(free, &again, key()).await.unwrap();
    let current = liuyang.certificate(free).await.unwrap();
    let serial = current.issued.unwrap().serial;
    operator.issuance(&serial).await.unwrap();
    let ended = Revocation {
        reason: RevocationReason::KeyCompromise,
    };
    liuyang.revoke(free, &ended, key()).await.unwrap();
    liuyang.approvals().await.unwrap();
    liuyang.changes(0, 100).await.unwrap();
}

async fn sealed(liuyang: &PlatformClient, certificate_id: Uuid) {
    let notice = liuyang.seal_notice().await.unwrap();
    liuyang.agree_seal_notice(notice.version, key()).await.unwrap();
    let declaration = liuyang.seal_declaration().await.unwrap();
    let seal = NewSeal {
        certificate_id,
        name: "刘洋的姓名章".to_owned(),
        kind: SealKind::PersonalName,
        origin: SealOrigin::Uploaded,
        width_mm: 20.0,
        height_mm: 20.0,
        design: None,
        picture: STANDARD.encode(b"\x89PNG\r\n\x1a\n"),
        declaration_version: Some(declaration.version),
        replaces: None,
    };
    liuyang.add_seal(&seal, key()).await.unwrap();
    liuyang.seals().await.unwrap();
}

/// A use of the key, handed in twice, and the same place once more with another.
async fn logged(liuyang: &PlatformClient, wangmin: &PlatformClient, certificate: Uuid) {
    let chain = Uuid::new_v4();
    let me = liuyang.me().await.unwrap().id;
    let part = used(me, certificate);
    liuyang.hand_in_seal_log(chain, &part, key()).await.unwrap();
    liuyang.hand_in_seal_log(chain, &part, key()).await.unwrap();
    let other = used(me, Uuid::from_u128(3));
    liuyang.hand_in_seal_log(chain, &other, key()).await.unwrap();
    let wanted = SealLogQuery {
        q: Some("投标".to_owned()),
        account: Some(me),
        ..SealLogQuery::default()
    };
    wangmin.seal_log(&wanted).await.unwrap();
    wangmin.seal_log_chains().await.unwrap();
}

/// How the platform says no.
pub(crate) async fn refusals(clients: Clients<'_>) {
    refused(clients().me().await);
    refused(clients().sign_in("wangmin", "wrong").await.map(drop));
    let wangmin = signed_in(clients, "wangmin").await;
    let liuyang = signed_in(clients, "liuyang").await;
    let operator = signed_in(clients, "operator").await;
    refused(liuyang.billing_titles().await);
    refused(wangmin.operator_approvals().await);
    refused(wangmin.order(Uuid::from_u128(1)).await);
    let mut wrong = title();
    wrong.tax_number = "91310115MA1H8R7C6D".to_owned();
    refused(wangmin.add_billing_title(&wrong, key()).await);
    let wanted = NewOrder {
        package_id: Uuid::from_u128(1),
        quantity: 1,
        title_id: Uuid::from_u128(1),
        account_id: Uuid::from_u128(1),
    };
    refused(wangmin.place_order(&wanted, key()).await);
    refused(
        wangmin
            .submit_letter("授权书.docx", b"PK\x03\x04".to_vec(), key())
            .await,
    );
    let order = ordered(&wangmin, &operator).await;
    refused(wangmin.start_face(key()).await);
    operator
        .bank_notice(&notice(&order, order.amount_fen), key())
        .await
        .unwrap();
    refused(wangmin.cancel_order(order.id, key()).await);
    let same = key();
    wangmin.add_billing_title(&title(), same).await.unwrap();
    wrong.tax_number = title().tax_number;
    wrong.address = "别处".to_owned();
    refused(wangmin.add_billing_title(&wrong, same).await);
    let listed = wangmin.certificates().await.unwrap();
    let enterprise = |one: &&Certificate| one.kind == CertificateKind::Enterprise;
    let free = listed.iter().find(enterprise).unwrap_or(&listed[0]);
    refused(wangmin.issue(free.id, &greedy_request().1, key()).await);
    let mut part = used(wangmin.me().await.unwrap().id, free.id);
    part.position = 2;
    refused(wangmin.hand_in_seal_log(Uuid::new_v4(), &part, key()).await);
    wangmin.sign_ins().await.unwrap();
}

/// A refusal with a code, whichever: not an answer that makes no sense.
fn refused<T: std::fmt::Debug>(outcome: Result<T, ClientError>) {
    assert!(
        matches!(outcome, Err(ClientError::Refused { .. } | ClientError::Unauthorized(_))),
        "{outcome:?}"
    );
}
