//! From nothing to entitlements and an invoice, as the enterprise and the reviewer live it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests fail by panicking and write scratch files"
)]

mod world;

use platform::wire::*;
use time::Duration;
use world::{World, code, exact, key};

#[tokio::test]
async fn the_whole_purchase() {
    let world = World::start().await;
    let wangmin = world.sign_in("wangmin").await;
    let packages = wangmin.packages().await.unwrap();
    let mut wanted = NewOrder {
        package_id: packages[0].id,
        quantity: 2,
        title_id: key(),
        account_id: key(),
    };
    assert_eq!(
        code(wangmin.place_order(&wanted, key()).await),
        ErrorCode::AuthorisationRequired
    );

    let (wangmin, title, account) = world.authorised().await;
    let authorisation = wangmin.authorisation().await.unwrap();
    assert_eq!(authorisation.state, AuthorisationState::Approved);
    assert_eq!(
        code(wangmin.place_order(&wanted, key()).await),
        ErrorCode::BillingTitleRequired
    );
    wanted.title_id = title.id;
    assert_eq!(
        code(wangmin.place_order(&wanted, key()).await),
        ErrorCode::RemittingAccountRequired
    );
    wanted.account_id = account.id;
    let order = wangmin.place_order(&wanted, key()).await.unwrap();
    assert_eq!(order.amount_fen, 60_000);
    let other = wangmin.place_order(&wanted, key()).await.unwrap();
    assert_ne!(order.receiving.account, other.receiving.account);
    assert_eq!(
        wangmin.cancel_order(other.id, key()).await.unwrap().payment.state,
        PaymentState::Closed
    );
    let change = OrderChange {
        quantity: 1,
        title_id: title.id,
        account_id: account.id,
    };
    assert_eq!(
        code(wangmin.change_order(other.id, &change, key()).await),
        ErrorCode::OrderNotEditable
    );
    let order = wangmin.change_order(order.id, &change, key()).await.unwrap();
    assert_eq!(order.amount_fen, 30_000);

    let operator = world.sign_in("operator").await;
    let mut notice = exact(&order, world.now());
    notice.amount_fen = 29_999;
    let outcome = operator.bank_notice(&notice, key()).await.unwrap();
    assert_eq!(outcome.order.as_ref().unwrap().payment.state, PaymentState::WrongAmount);
    assert_eq!(
        outcome
            .order
            .as_ref()
            .unwrap()
            .payment
            .arrived
            .as_ref()
            .unwrap()
            .amount_fen,
        29_999
    );
    let mut notice = exact(&order, world.now());
    notice.payer_name = "王敏".to_owned();
    let outcome = operator.bank_notice(&notice, key()).await.unwrap();
    assert_eq!(outcome.order.as_ref().unwrap().payment.state, PaymentState::WrongPayer);
    assert!(wangmin.certificates().await.unwrap().is_empty());
    assert_eq!(
        code(wangmin.request_invoice(order.id, key()).await),
        ErrorCode::Conflict
    );

    let notice = exact(&order, world.now());
    let outcome = operator.bank_notice(&notice, key()).await.unwrap();
    assert_eq!(
        (outcome.ignored, outcome.order.as_ref().unwrap().payment.state),
        (false, PaymentState::Paid)
    );
    // The bank repeats itself, with another key and even as another booking: nothing more is granted.
    assert!(operator.bank_notice(&notice, key()).await.unwrap().ignored);
    let again = exact(&order, world.now());
    assert!(operator.bank_notice(&again, key()).await.unwrap().ignored);
    let certificates = wangmin.certificates().await.unwrap();
    let enterprise = |one: &&Certificate| one.kind == CertificateKind::Enterprise;
    assert_eq!(
        (certificates.len(), certificates.iter().filter(enterprise).count()),
        (3, 1)
    );

    let order = wangmin.request_invoice(order.id, key()).await.unwrap();
    assert_eq!(order.invoice_state, InvoiceState::Requested);
    let invoice = wangmin.invoices().await.unwrap().remove(0);
    assert_eq!(code(wangmin.invoice_file(invoice.id).await), ErrorCode::NotFound);
    let waiting = operator.operator_approvals().await.unwrap();
    assert_eq!((waiting.len(), waiting[0].kind), (1, ApprovalKind::Invoice));
    let yes = Decision {
        approve: true,
        reason: None,
    };
    operator.decide(waiting[0].id, &yes, key()).await.unwrap();
    assert_eq!(
        code(operator.decide(waiting[0].id, &yes, key()).await),
        ErrorCode::Conflict
    );
    let invoice = wangmin.invoices().await.unwrap().remove(0);
    assert_eq!(invoice.net_fen + invoice.tax_fen, 30_000);
    assert_eq!(invoice.number.as_ref().unwrap().len(), 20);
    let file = wangmin.invoice_file(invoice.id).await.unwrap();
    judged_by_qpdf(&world, "invoice.pdf", &file);
    let linked = reqwest_free_get(&world, &invoice.link.unwrap()).await;
    assert!(
        linked.ends_with(&file),
        "the link gives the same file without a session"
    );
}

#[tokio::test]
async fn a_letter_is_judged_by_its_bytes_and_can_come_again() {
    let world = World::start().await;
    let wangmin = world.sign_in("wangmin").await;
    let operator = world.sign_in("operator").await;
    let template = wangmin.letter_template().await.unwrap();
    judged_by_qpdf(&world, "letter.pdf", &template);
    let word = b"PK\x03\x04 a Word file".to_vec();
    assert_eq!(
        code(wangmin.submit_letter("授权书.pdf", word, key()).await),
        ErrorCode::LetterWrongType
    );
    let mut huge = b"\xff\xd8\xff".to_vec();
    huge.resize(LETTER_LIMIT_BYTES + 1, 0);
    assert_eq!(
        code(wangmin.submit_letter("a.jpg", huge, key()).await),
        ErrorCode::LetterTooLarge
    );
    let letter = b"\x89PNG\r\n\x1a\n scan".to_vec();
    let sent = wangmin
        .submit_letter("扫描 1.png", letter.clone(), key())
        .await
        .unwrap();
    assert_eq!(sent.letter_file_name.as_deref(), Some("扫描 1.png"));
    assert_eq!(
        code(wangmin.submit_letter("b.png", letter.clone(), key()).await),
        ErrorCode::Conflict
    );
    let waiting = operator.operator_approvals().await.unwrap();
    assert_eq!(operator.operator_letter(waiting[0].subject_id).await.unwrap(), letter);
    let mut no = Decision {
        approve: false,
        reason: None,
    };
    assert_eq!(
        code(operator.decide(waiting[0].id, &no, key()).await),
        ErrorCode::FieldInvalid
    );
    no.reason = Some("公章不清晰".to_owned());
    operator.decide(waiting[0].id, &no, key()).await.unwrap();
    let rejected = wangmin.authorisation().await.unwrap();
    assert_eq!(rejected.state, AuthorisationState::Rejected);
    assert_eq!(rejected.reason.as_deref(), Some("公章不清晰"));
    wangmin.submit_letter("c.png", letter, key()).await.unwrap();
    let line = wangmin.approvals().await.unwrap();
    let codes: Vec<_> = line[0].events.iter().map(|one| one.code).collect();
    assert_eq!(codes, [EventCode::Submitted, EventCode::Rejected, EventCode::Submitted]);
}

#[tokio::test]
async fn the_phone_confirms_a_fresh_link_only() {
    let world = World::start().await;
    let wangmin = world.sign_in("wangmin").await;
    let old = wangmin.start_face(key()).await.unwrap().face.unwrap();
    world.pass(Duration::minutes(4));
    let face = wangmin.authorisation().await.unwrap().face.unwrap();
    assert_eq!(face.state, FaceState::Expired);
    assert!(post(&world, &format!("{}/confirm", old.url)).await.contains("410"));

    let refused = wangmin.start_face(key()).await.unwrap().face.unwrap();
    post(&world, &format!("{}/refuse", refused.url)).await;
    let after = wangmin.authorisation().await.unwrap();
    assert_eq!(after.state, AuthorisationState::None);
    assert_eq!(after.face.unwrap().state, FaceState::Refused);

    let fresh = wangmin.start_face(key()).await.unwrap().face.unwrap();
    let page = String::from_utf8(reqwest_free_get(&world, &fresh.url).await).unwrap();
    assert!(page.contains("李建国") && page.contains("同意授权"), "{page}");
    let scanned = wangmin.authorisation().await.unwrap().face.unwrap();
    assert_eq!(scanned.state, FaceState::Scanned);
    post(&world, &format!("{}/confirm", fresh.url)).await;
    let after = wangmin.authorisation().await.unwrap();
    assert_eq!(after.state, AuthorisationState::Approved);
    assert_eq!(after.way, Some(AuthorisationWay::Face));
    assert_eq!(code(wangmin.start_face(key()).await), ErrorCode::Conflict);
}

#[tokio::test]
async fn the_sandbox_approves_by_itself_when_its_time_has_come() {
    let world = World::start().await;
    let wangmin = world.sign_in("wangmin").await;
    let operator = world.sign_in("operator").await;
    let setting = AutoApprove { seconds: Some(60) };
    operator.set_auto_approve(setting, key()).await.unwrap();
    wangmin
        .submit_letter("a.pdf", b"%PDF-1.4".to_vec(), key())
        .await
        .unwrap();
    world.pass(Duration::seconds(61));
    let mut after = 0;
    let approved = async {
        loop {
            let page = wangmin.changes(after, 100).await.unwrap();
            after = page.next;
            if wangmin.authorisation().await.unwrap().state == AuthorisationState::Approved {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), approved)
        .await
        .expect("approved by itself");
}

fn judged_by_qpdf(world: &World, name: &str, bytes: &[u8]) {
    let file = world.file(name, bytes);
    let output = std::process::Command::new("qpdf")
        .arg("--check")
        .arg(&file)
        .output()
        .expect("qpdf is missing: run `cargo xtask test`, it installs the judges");
    assert!(output.status.success(), "{}", world::printed(&output));
    // MuPDF brings its own tables for Chinese; poppler's are a package of their own.
    let output = std::process::Command::new("mutool")
        .args(["draw", "-q", "-F", "txt", "-o", "-"])
        .arg(&file)
        .output()
        .expect("mutool is missing: run `cargo xtask test`, it installs the judges");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains(world::ENTERPRISE), "{text}");
    assert!(text.contains(world::CREDIT_CODE), "{text}");
}

/// A browser without a session, in a few lines: the whole answer after the headers.
async fn reqwest_free_get(world: &World, url: &str) -> Vec<u8> {
    let answer = exchange(world, "GET", url).await;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    answer[end + 4..].to_vec()
}

async fn post(world: &World, url: &str) -> String {
    String::from_utf8(exchange(world, "POST", url).await).unwrap()
}

async fn exchange(world: &World, method: &str, url: &str) -> Vec<u8> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let host = world.server.base_url.strip_prefix("http://").unwrap();
    let path = url.strip_prefix(&world.server.base_url).unwrap();
    let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
    let request = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    answer
}
