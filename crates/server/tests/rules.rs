//! Business rules and their unhappy sides: orders given back, both kinds of invoice, links that end.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests fail by panicking and write scratch files"
)]

mod world;

use platform::client::{ClientError, PlatformClient};
use platform::wire::*;
use time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use world::{World, code, exact, key};

fn refund() -> NewRefund {
    NewRefund {
        reference: "R20261123000012".to_owned(),
        reason: "企业申请退款".to_owned(),
    }
}

/// The parameters of a conflict.
fn conflict<T: std::fmt::Debug>(outcome: Result<T, ClientError>) -> (String, Option<String>) {
    match outcome {
        Err(ClientError::Refused {
            code: ErrorCode::Conflict,
            mut params,
        }) => (params.remove("state").unwrap(), params.remove("used")),
        other => panic!("expected a conflict, got {other:?}"),
    }
}

async fn another_order(wangmin: &PlatformClient, like: &Order) -> Order {
    let wanted = NewOrder {
        package_id: like.package.id,
        quantity: 1,
        title_id: like.title.id,
        account_id: like.remitting_account.id,
    };
    wangmin.place_order(&wanted, key()).await.unwrap()
}

#[tokio::test]
async fn a_paid_order_is_given_back_with_everything_it_allowed() {
    let world = World::start().await;
    let (wangmin, order) = world.paid(2).await;
    let operator = world.sign_in("operator").await;
    assert_eq!(wangmin.certificates().await.unwrap().len(), 6);
    assert_eq!(
        code(wangmin.refund_order(order.id, &refund(), key()).await),
        ErrorCode::NotAllowed
    );
    let mut without = refund();
    without.reason = " ".to_owned();
    assert_eq!(
        code(operator.refund_order(order.id, &without, key()).await),
        ErrorCode::FieldInvalid
    );
    assert_eq!(
        code(operator.refund_order(key(), &refund(), key()).await),
        ErrorCode::NotFound
    );
    let same = key();
    let back = operator.refund_order(order.id, &refund(), same).await.unwrap();
    assert_eq!(back.payment.state, PaymentState::Refunded);
    assert_eq!(operator.refund_order(order.id, &refund(), same).await.unwrap(), back);
    assert_eq!(
        conflict(operator.refund_order(order.id, &refund(), key()).await).0,
        "refunded"
    );
    assert!(wangmin.certificates().await.unwrap().is_empty());
    assert_eq!(conflict(wangmin.request_invoice(order.id, key()).await).0, "refunded");
    assert_eq!(
        code(wangmin.cancel_order(order.id, key()).await),
        ErrorCode::OrderNotEditable
    );
    let all = ArrivalQuery {
        all: true,
        q: None,
        after: None,
        limit: None,
    };
    let arrival = operator.arrivals(&all).await.unwrap().rows.remove(0);
    assert_eq!(
        (arrival.state, arrival.refund.unwrap().reference),
        (ArrivalState::Refunded, refund().reference)
    );
    let line = wangmin.approvals().await.unwrap();
    let told = line.iter().find(|one| one.kind == ApprovalKind::Payment).unwrap();
    let last = told.events.last().unwrap();
    assert_eq!(last.code, EventCode::PaymentRefunded);
    assert_eq!(last.params["reference"], refund().reference);
    // Money that still comes for it waits to be sent back, too.
    let late = operator.bank_notice(&exact(&order, world.now()), key()).await.unwrap();
    assert!(late.ignored && late.state == ArrivalState::OrderClosed);
    // Nobody gives it an invoice by itself.
    world.pass(Duration::days(20));
    let world = world.restart().await;
    assert!(world.sign_in("wangmin").await.invoices().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_was_used_or_invoiced_keeps_an_order_as_it_is() {
    let world = World::start().await;
    let (wangmin, order) = world.paid(1).await;
    let operator = world.sign_in("operator").await;
    let unpaid = another_order(&wangmin, &order).await;
    assert_eq!(
        conflict(operator.refund_order(unpaid.id, &refund(), key()).await).0,
        "unpaid"
    );
    world.assigned(&wangmin, "liuyang").await;
    let refused = conflict(operator.refund_order(order.id, &refund(), key()).await);
    assert_eq!(refused, ("entitlements_used".to_owned(), Some("1".to_owned())));
    assert_eq!(wangmin.certificates().await.unwrap().len(), 3, "nothing was withdrawn");
    assert_eq!(wangmin.order(order.id).await.unwrap().payment.state, PaymentState::Paid);
    operator.bank_notice(&exact(&unpaid, world.now()), key()).await.unwrap();
    wangmin.request_invoice(unpaid.id, key()).await.unwrap();
    assert_eq!(
        conflict(operator.refund_order(unpaid.id, &refund(), key()).await).0,
        "invoiced"
    );
    let waiting = operator.operator_approvals().await.unwrap().remove(0);
    let no = Decision {
        approve: false,
        reason: Some("抬头有误".to_owned()),
    };
    operator.decide(waiting.id, &no, key()).await.unwrap();
    operator.refund_order(unpaid.id, &refund(), key()).await.unwrap();
    assert_eq!(wangmin.certificates().await.unwrap().len(), 3);
}

/// Status and body of a page without a session.
async fn get(world: &World, url: &str) -> (u16, Vec<u8>) {
    let host = world.server.base_url.strip_prefix("http://").unwrap();
    let path = url.strip_prefix(&world.server.base_url).unwrap();
    let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let status = String::from_utf8_lossy(&answer[..end])
        .split(' ')
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    (status, answer[end + 4..].to_vec())
}

fn text_of(world: &World, pdf: &[u8]) -> String {
    let file = world.file("invoice.pdf", pdf);
    testkit::judges::assert_sound_pdf(&file);
    let output = testkit::judges::mutool()
        .args(["draw", "-q", "-F", "txt", "-o", "-"])
        .arg(&file)
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The invoice of this kind, issued.
async fn invoiced(wangmin: &PlatformClient, operator: &PlatformClient, order: &Order, kind: InvoiceKind) -> Invoice {
    wangmin.request_invoice_of(order.id, kind, key()).await.unwrap();
    let waiting = operator.operator_approvals().await.unwrap().remove(0);
    let yes = Decision {
        approve: true,
        reason: None,
    };
    operator.decide(waiting.id, &yes, key()).await.unwrap();
    let all = wangmin.invoices().await.unwrap();
    all.into_iter().find(|one| one.order_id == order.id).unwrap()
}

#[tokio::test]
async fn each_kind_of_invoice_has_its_own_numbers_and_fields() {
    let world = World::start().await;
    let (wangmin, order) = world.paid(1).await;
    let operator = world.sign_in("operator").await;
    assert_eq!(
        code(wangmin.request_invoice_of(order.id, InvoiceKind::Unknown, key()).await),
        ErrorCode::FieldInvalid
    );
    let digits = |text: &Option<String>| {
        text.as_ref()
            .map(|text| (text.len(), text.bytes().all(|one| one.is_ascii_digit())))
    };
    let older = invoiced(&wangmin, &operator, &order, InvoiceKind::VatElectronic).await;
    assert_eq!(
        (older.kind, digits(&older.code), digits(&older.number)),
        (InvoiceKind::VatElectronic, Some((12, true)), Some((8, true)))
    );
    let second = another_order(&wangmin, &order).await;
    operator.bank_notice(&exact(&second, world.now()), key()).await.unwrap();
    let newer = invoiced(&wangmin, &operator, &second, InvoiceKind::FullyDigital).await;
    assert_eq!(
        (newer.kind, digits(&newer.code), digits(&newer.number)),
        (InvoiceKind::FullyDigital, None, Some((20, true)))
    );
    for (invoice, title) in [(&older, "浙江增值税电子普通发票"), (&newer, "电子发票（普通发票）")]
    {
        let text = text_of(&world, &wangmin.invoice_file(invoice.id).await.unwrap());
        let wanted = [title, invoice.number.as_deref().unwrap(), "不含税额", "转账时间"];
        assert!(wanted.iter().all(|one| text.contains(one)), "{text}");
        assert_eq!(text.contains("发票代码"), invoice.code.is_some(), "{text}");
        assert!(invoice.code.iter().all(|code| text.contains(code)), "{text}");
    }
    assert_eq!(conflict(wangmin.request_invoice(order.id, key()).await).0, "issued");
}

#[tokio::test]
async fn a_public_link_ends_and_another_can_be_had() {
    let world = World::start().await;
    let (wangmin, order) = world.paid(1).await;
    let operator = world.sign_in("operator").await;
    let invoice = invoiced(&wangmin, &operator, &order, InvoiceKind::FullyDigital).await;
    let (link, ends) = (invoice.link.clone().unwrap(), invoice.link_expires_at.unwrap());
    let file = wangmin.invoice_file(invoice.id).await.unwrap();
    assert_eq!(get(&world, &link).await, (200, file.clone()));
    assert_eq!(wangmin.invoices().await.unwrap()[0], invoice, "the same all day");
    // Nobody makes it live longer, and nobody guesses one.
    let (front, mark) = link.rsplit_once('/').unwrap();
    let (front, seconds) = front.rsplit_once('/').unwrap();
    let later = format!("{front}/{}/{mark}", seconds.parse::<i64>().unwrap() + 1);
    let other = format!("{front}/{seconds}/{}", "0".repeat(64));
    let nobodys = link.replace(&invoice.id.to_string(), &key().to_string());
    for wrong in [later, other, nobodys, format!("{front}/x/{mark}")] {
        assert!(matches!(get(&world, &wrong).await.0, 400 | 404), "{wrong}");
    }
    world.pass(ends - world.now());
    let (status, page) = get(&world, &link).await;
    assert_eq!(status, 410);
    assert!(String::from_utf8_lossy(&page).contains("链接已失效"));
    let fresh = world.sign_in("wangmin").await.invoices().await.unwrap().remove(0);
    assert!(fresh.link_expires_at.unwrap() > world.now() + Duration::days(29));
    assert_eq!(get(&world, &fresh.link.unwrap()).await, (200, file));
}

#[tokio::test]
async fn what_was_changed_meanwhile_is_neither_changed_nor_removed_unseen() {
    let world = World::start().await;
    let (wangmin, title, account) = world.authorised().await;
    let seen = platform::version::of(&title.fields);
    let moved = NewBillingTitle {
        address: "杭州市滨江区".to_owned(),
        ..title.fields.clone()
    };
    let changed = wangmin.change_billing_title(title.id, &moved, Some(&seen), key()).await;
    let now = platform::version::of(&changed.unwrap().fields);
    let again = wangmin.change_billing_title(title.id, &moved, Some(&seen), key()).await;
    assert_eq!(conflict(again).0, "changed");
    let removal = wangmin.remove_billing_title(title.id, Some(&seen), key()).await;
    assert_eq!(conflict(removal).0, "changed");
    assert_eq!(wangmin.billing_titles().await.unwrap().len(), 1);
    wangmin.remove_billing_title(title.id, Some(&now), key()).await.unwrap();
    assert!(wangmin.billing_titles().await.unwrap().is_empty());

    let other = platform::version::of(&NewRemittingAccount {
        bank: "中国工商银行".to_owned(),
        ..account.fields
    });
    let removal = wangmin.remove_remitting_account(account.id, Some(&other), key()).await;
    assert_eq!(conflict(removal).0, "changed");
    // Whoever names no version means it in any case.
    wangmin.remove_remitting_account(account.id, None, key()).await.unwrap();
    assert!(wangmin.remitting_accounts().await.unwrap().is_empty());
}
