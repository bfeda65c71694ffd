//! Every operation of the OpenAPI document, tried by everybody: what is an enterprise's own stays its own.
//!
//! The document is walked; an operation that is not in the table below fails the test, and so does a line without one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests fail by panicking and write scratch files"
)]

mod world;

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use platform::client::PlatformClient;
use platform::wire::*;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use uuid::Uuid;
use world::{World, account, exact, greedy_request, key, title, used};

/// Who may use an operation, on what is theirs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum May {
    /// Anybody, without signing in.
    Open,
    /// Whoever is signed in.
    Everybody,
    /// People of an enterprise.
    Enterprise,
    /// Administrators of an enterprise.
    Administrator,
    Operator,
    /// Business systems, by their key.
    System,
}

use May::{Administrator, Enterprise, Everybody, Open, Operator, System};

/// Method, path, who. `{…}` are filled with things of the first enterprise.
const TABLE: &[(&str, &str, May)] = &[
    ("get", "/v1/approvals", Enterprise),
    ("get", "/v1/authorisation", Enterprise),
    ("post", "/v1/authorisation/face", Administrator),
    ("post", "/v1/authorisation/letter", Administrator),
    ("get", "/v1/authorisation/letter-template", Administrator),
    ("get", "/v1/billing-titles", Administrator),
    ("post", "/v1/billing-titles", Administrator),
    ("put", "/v1/billing-titles/{id}", Administrator),
    ("delete", "/v1/billing-titles/{id}", Administrator),
    ("get", "/v1/certificates", Enterprise),
    ("get", "/v1/certificates/{id}", Enterprise),
    ("post", "/v1/certificates/{id}/assign", Administrator),
    ("post", "/v1/certificates/{id}/extend", Enterprise),
    ("post", "/v1/certificates/{id}/holder", Administrator),
    ("post", "/v1/certificates/{id}/issue", Enterprise),
    ("post", "/v1/certificates/{id}/reissue", Enterprise),
    ("post", "/v1/certificates/{id}/reissue/confirm", Enterprise),
    ("post", "/v1/certificates/{id}/revoke", Enterprise),
    ("get", "/v1/changes", Enterprise),
    ("get", "/v1/changes/stream", Enterprise),
    ("get", "/v1/employees", Enterprise),
    ("get", "/v1/enterprise", Enterprise),
    ("get", "/v1/invoices", Administrator),
    ("get", "/v1/invoices/{id}/file", Administrator),
    ("get", "/v1/me", Everybody),
    ("get", "/v1/operator/approvals", Operator),
    ("post", "/v1/operator/approvals/{id}/decision", Operator),
    ("get", "/v1/operator/arrivals", Operator),
    ("post", "/v1/operator/arrivals/{number}/match", Operator),
    ("post", "/v1/operator/arrivals/{number}/refund", Operator),
    ("get", "/v1/operator/audit", Operator),
    ("get", "/v1/operator/authorisations/{id}/letter", Operator),
    ("get", "/v1/operator/auto-approve", Operator),
    ("put", "/v1/operator/auto-approve", Operator),
    ("post", "/v1/operator/bank-notices", Operator),
    ("post", "/v1/operator/console-links", Operator),
    ("get", "/v1/operator/issuances/{serial}", Operator),
    ("post", "/v1/operator/issuances/{serial}/revoke", Operator),
    ("get", "/v1/operator/orders", Operator),
    ("post", "/v1/operator/orders/{id}/refund", Operator),
    ("get", "/v1/operator/queues", Operator),
    ("get", "/v1/operator/reviews", Operator),
    ("get", "/v1/operator/reviews/{id}", Operator),
    ("get", "/v1/operator/seals/{id}/picture", Operator),
    ("get", "/v1/operator/systems", Operator),
    ("post", "/v1/operator/systems", Operator),
    ("delete", "/v1/operator/systems/{id}", Operator),
    ("get", "/v1/orders", Administrator),
    ("post", "/v1/orders", Administrator),
    ("get", "/v1/orders/{id}", Administrator),
    ("put", "/v1/orders/{id}", Administrator),
    ("post", "/v1/orders/{id}/cancel", Administrator),
    ("post", "/v1/orders/{id}/invoice", Administrator),
    ("get", "/v1/packages", Everybody),
    ("get", "/v1/pin-lease", Enterprise),
    ("put", "/v1/pin-lease", Administrator),
    ("post", "/v1/pin-logins/{login}/proof", Enterprise),
    ("post", "/v1/pin-vaults/{id}/logins", Enterprise),
    ("post", "/v1/pin-vaults/{id}/registrations", Enterprise),
    ("post", "/v1/pin-vaults/{id}/registrations/forget", Enterprise),
    ("post", "/v1/pin-vaults/{id}/registrations/keep", Enterprise),
    ("get", "/v1/remitting-accounts", Administrator),
    ("post", "/v1/remitting-accounts", Administrator),
    ("put", "/v1/remitting-accounts/{id}", Administrator),
    ("delete", "/v1/remitting-accounts/{id}", Administrator),
    ("get", "/v1/sandbox/accounts", Open),
    ("get", "/v1/seal-declaration", Everybody),
    ("get", "/v1/seal-notice", Everybody),
    ("post", "/v1/seal-notice/agreements", Everybody),
    ("get", "/v1/seal-log", Enterprise),
    ("get", "/v1/seal-log/chains", Enterprise),
    ("post", "/v1/seal-log/chains/{id}/entries", Enterprise),
    ("get", "/v1/seals", Enterprise),
    ("post", "/v1/seals", Enterprise),
    ("post", "/v1/seals/{id}/disable", Enterprise),
    ("get", "/v1/seals/{id}/picture", Enterprise),
    ("get", "/v1/sessions", Everybody),
    ("post", "/v1/sessions", Open),
    ("delete", "/v1/sessions", Everybody),
    ("delete", "/v1/sessions/current", Everybody),
    ("post", "/v1/sessions/refresh", Open),
    ("delete", "/v1/sessions/{id}", Everybody),
    ("get", "/v1/signing-tasks", Everybody),
    ("get", "/v1/signing-tasks/{id}", Enterprise),
    ("get", "/v1/signing-tasks/{id}/document", Enterprise),
    ("post", "/v1/signing-tasks/{id}/fetch", Enterprise),
    ("post", "/v1/signing-tasks/{id}/refuse", Enterprise),
    ("post", "/v1/signing-tasks/{id}/result", Enterprise),
    ("get", "/v1/systems/signing-tasks/{id}", System),
    ("put", "/v1/systems/signing-tasks/{id}", System),
    ("delete", "/v1/systems/signing-tasks/{id}", System),
    ("get", "/v1/systems/signing-tasks/{id}/result", System),
];

/// Calls that end the caller's own session: tried without one only.
const ENDING: &[(&str, &str)] = &[("delete", "/v1/sessions"), ("delete", "/v1/sessions/current")];

/// Things of the first enterprise.
struct Things {
    title: Uuid,
    account: Uuid,
    order: Uuid,
    invoice: Uuid,
    certificate: Uuid,
    serial: String,
    seal: Uuid,
    chain: Uuid,
    approval: Uuid,
    enterprise: Uuid,
    arrival: String,
    task: Uuid,
    system: Uuid,
    sign_in: Uuid,
    package: Uuid,
    holder: Uuid,
}

impl Things {
    fn path(&self, path: &str) -> String {
        let thing = match path {
            p if p.contains("/billing-titles/") => self.title.to_string(),
            p if p.contains("/remitting-accounts/") => self.account.to_string(),
            p if p.contains("/orders/") => self.order.to_string(),
            p if p.contains("/invoices/") => self.invoice.to_string(),
            p if p.contains("/certificates/") => self.certificate.to_string(),
            p if p.contains("/issuances/") => self.serial.clone(),
            p if p.contains("/seal-log/chains/") => self.chain.to_string(),
            p if p.contains("/seals/") => self.seal.to_string(),
            p if p.contains("/approvals/") || p.contains("/reviews/") => self.approval.to_string(),
            p if p.contains("/authorisations/") => self.enterprise.to_string(),
            p if p.contains("/arrivals/") => self.arrival.clone(),
            p if p.contains("signing-tasks/") => self.task.to_string(),
            p if p.contains("/operator/systems/") => self.system.to_string(),
            p if p.contains("/sessions/") => self.sign_in.to_string(),
            _ => Uuid::new_v4().to_string(),
        };
        let filled = ["{id}", "{number}", "{serial}", "{login}"]
            .iter()
            .fold(path.to_owned(), |path, part| path.replace(part, &thing));
        match path {
            "/v1/authorisation/letter" => format!("{filled}?file_name=a.pdf"),
            "/v1/operator/reviews" => format!("{filled}?kind=seal"),
            "/v1/operator/orders" => format!("{filled}?q=GJ"),
            _ => filled,
        }
    }

    /// A body that is right by the contract.
    fn body(&self, method: &str, path: &str) -> Vec<u8> {
        let request = greedy_request().1.request;
        let chosen = json!({"quantity": 1, "title_id": self.title, "account_id": self.account});
        let value = match (method, path) {
            ("post" | "put", p) if p.starts_with("/v1/billing-titles") => json!(title()),
            ("post" | "put", p) if p.starts_with("/v1/remitting-accounts") => json!(NewRemittingAccount {
                kind: RemittingAccountKind::Personal,
                ..account()
            }),
            ("post", "/v1/orders") => {
                let mut order = chosen;
                order["package_id"] = json!(self.package);
                order
            }
            ("put", "/v1/orders/{id}") => chosen,
            ("post", "/v1/certificates/{id}/assign") => json!({"document_type": "resident_identity_card",
                "document_number": "11010519491231002X", "owner_name": "刘洋", "holder_id": self.holder,
                "email": "a@example.cn"}),
            ("post", p) if p.ends_with("/extend") || p.ends_with("/confirm") => json!({"serial": self.serial}),
            ("post", p) if p.ends_with("/holder") => json!({"holder_id": self.holder}),
            ("post", p) if p.ends_with("/issue") => json!({"request": request}),
            ("post", p) if p.ends_with("/reissue") => json!({"request": request, "reason": "new_device"}),
            ("post", p) if p.ends_with("/revoke") => json!({"reason": "key_compromise"}),
            ("post", p) if p.ends_with("/decision") => json!({"approve": true}),
            ("post", p) if p.ends_with("/match") => json!({"order_number": "GJ1"}),
            ("post", p) if p.ends_with("/refund") => json!({"reference": "1", "reason": "1"}),
            ("put", "/v1/operator/auto-approve") => json!({"seconds": null}),
            ("post", "/v1/operator/bank-notices") => json!({"notice_number": "1", "receiving_account": "1",
                "amount_fen": 1, "payer_name": "a", "payer_account": "1", "at": "2026-01-01T00:00:00Z"}),
            ("post", "/v1/operator/systems") => json!({"name": "a"}),
            ("put", "/v1/pin-lease") => json!({"hours": 1}),
            ("post", p) if p.ends_with("/proof") => json!({"finalization": STANDARD.encode(b"x")}),
            ("post", p) if p.starts_with("/v1/pin-vaults") => json!({"registration": Uuid::new_v4(),
                "message": STANDARD.encode(first_message()), "device_key": STANDARD.encode([4; 65]),
                "signature": STANDARD.encode(b"x")}),
            ("post", p) if p.starts_with("/v1/seal-log") => json!(used(self.holder, self.certificate)),
            ("post", "/v1/seal-notice/agreements") => json!({"version": 1}),
            ("post", "/v1/seals") => json!({"certificate_id": self.certificate, "name": "公司公章", "kind": "company",
                "origin": "automatic", "width_mm": 10.0, "height_mm": 10.0, "design": null,
                "picture": STANDARD.encode(b"\x89PNG\r\n\x1a\n")}),
            ("post", "/v1/sessions") => json!({"account": "nobody", "password": "wrong"}),
            ("post", "/v1/sessions/refresh") => json!({"refresh_token": "a.b"}),
            ("post", "/v1/signing-tasks/{id}/fetch") => json!({"secret": "0"}),
            ("post", "/v1/signing-tasks/{id}/refuse") => json!({"reason": "a"}),
            ("put", "/v1/systems/signing-tasks/{id}") => json!({"title": "a",
                "content": {"kind": "digest", "name": "a", "sha256": "0".repeat(64)}}),
            ("post", "/v1/authorisation/letter") => return b"%PDF-1.4".to_vec(),
            _ => return Vec::new(),
        };
        value.to_string().into_bytes()
    }

    /// What must not be seen by others.
    fn marks(&self) -> Vec<String> {
        [
            self.title,
            self.account,
            self.order,
            self.invoice,
            self.certificate,
            self.seal,
            self.chain,
            self.holder,
        ]
        .iter()
        .map(Uuid::to_string)
        .collect()
    }
}

/// A login's first message as far as its form goes: the generator of ristretto255 for both of its points.
fn first_message() -> Vec<u8> {
    const GENERATOR: [u8; 32] = [
        0xe2, 0xf2, 0xae, 0x0a, 0x6a, 0xbc, 0x4e, 0x71, 0xa8, 0x84, 0xa9, 0x61, 0xc5, 0x00, 0x51, 0x5f, 0x58, 0xe3,
        0x0b, 0x6a, 0xa5, 0x82, 0xdd, 0x8d, 0xb6, 0xa6, 0x59, 0x45, 0xe0, 0x8d, 0x2d, 0x76,
    ];
    [GENERATOR, [7; 32], GENERATOR].concat()
}

const OTHERS: &str = "\
    INSERT INTO enterprises (id, name, credit_code, legal_representative, feed_cursor) VALUES \
    ('7a1f0a35-8f43-4f0b-9f53-0d2a4f1f2b01', '上海另一家有限公司', '91310115MA1K4BX72R', '赵六', 0);\
    INSERT INTO authorisations (id, state) VALUES ('7a1f0a35-8f43-4f0b-9f53-0d2a4f1f2b01', 'none');\
    INSERT INTO accounts (id, enterprise_id, account, name, role, password_hash) \
    SELECT '7a1f0a35-8f43-4f0b-9f53-0d2a4f1f2b02', '7a1f0a35-8f43-4f0b-9f53-0d2a4f1f2b01', 'other-admin', '钱七', \
    'administrator', password_hash FROM accounts WHERE account = 'wangmin';\
    INSERT INTO accounts (id, enterprise_id, account, name, role, password_hash) \
    SELECT '7a1f0a35-8f43-4f0b-9f53-0d2a4f1f2b03', '7a1f0a35-8f43-4f0b-9f53-0d2a4f1f2b01', 'other-staff', '孙八', \
    'staff', password_hash FROM accounts WHERE account = 'wangmin';";

/// One of everything, in the first enterprise.
async fn things(world: &World) -> Things {
    let (wangmin, paid) = world.paid(1).await;
    let operator = world.sign_in("operator").await;
    let assigned = world.assigned(&wangmin, "liuyang").await;
    let liuyang = world.sign_in("liuyang").await;
    let (_, request) = greedy_request();
    let issued = liuyang.issue(assigned.id, &request, key()).await.unwrap();
    liuyang.agree_seal_notice(1, key()).await.unwrap();
    let seal = NewSeal {
        certificate_id: assigned.id,
        name: "刘洋".to_owned(),
        kind: SealKind::PersonalName,
        origin: SealOrigin::HandDrawn,
        width_mm: 20.0,
        height_mm: 20.0,
        design: None,
        picture: STANDARD.encode(b"\x89PNG\r\n\x1a\n"),
        declaration_version: None,
        replaces: None,
    };
    let seal = liuyang.add_seal(&seal, key()).await.unwrap();
    let part = used(liuyang.me().await.unwrap().id, assigned.id);
    let chain = liuyang.hand_in_seal_log(Uuid::new_v4(), &part, key()).await.unwrap();
    wangmin.request_invoice(paid.id, key()).await.unwrap();
    let surplus = exact(&paid, world.now());
    operator.bank_notice(&surplus, key()).await.unwrap();
    let (task, system) = signing_task(world, &operator, &liuyang).await;
    let waiting = operator.operator_approvals().await.unwrap();
    Things {
        title: wangmin.billing_titles().await.unwrap()[0].id,
        account: wangmin.remitting_accounts().await.unwrap()[0].id,
        order: paid.id,
        invoice: wangmin.invoices().await.unwrap()[0].id,
        certificate: assigned.id,
        serial: issued.entitlement.issued.unwrap().serial,
        seal: seal.id,
        chain: chain.id,
        approval: waiting.iter().find(|one| one.subject_id == seal.id).unwrap().id,
        enterprise: wangmin.enterprise().await.unwrap().id,
        arrival: surplus.notice_number,
        task,
        system,
        sign_in: wangmin.sign_ins().await.unwrap()[0].id,
        package: wangmin.packages().await.unwrap()[0].id,
        holder: liuyang.me().await.unwrap().id,
    }
}

async fn signing_task(world: &World, operator: &PlatformClient, liuyang: &PlatformClient) -> (Uuid, Uuid) {
    let made = operator.add_business_system("系统", key()).await.unwrap();
    let id = Uuid::new_v4();
    let task = NewSigningTask {
        title: "签".to_owned(),
        content: NewSigningContent::Document {
            file_name: "a.pdf".to_owned(),
            file: STANDARD.encode(b"%PDF-1.4"),
        },
        credit_code: None,
        account: None,
        seconds: None,
    };
    let link = world
        .stranger()
        .make_signing_task(&made.api_key, id, &task)
        .await
        .unwrap()
        .link;
    let (_, secret) = link.split_once("&secret=").unwrap();
    liuyang.fetch_signing_task(id, secret, key()).await.unwrap();
    (id, made.system.id)
}

/// Status and body of a call.
async fn call(world: &World, (method, path): (&str, &str), body: &[u8], token: Option<&str>) -> (u16, String) {
    let host = world.server.base_url.strip_prefix("http://").unwrap();
    let sandbox = world.server.sandbox_token.as_deref().unwrap();
    let session = token.map_or_else(String::new, |token| format!("authorization: Bearer {token}\r\n"));
    let (method, length, key) = (method.to_uppercase(), body.len(), Uuid::new_v4());
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nx-sandbox-token: {sandbox}\r\nidempotency-key: {key}\r\n{session}\
         content-length: {length}\r\nconnection: close\r\n\r\n"
    );
    let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    // The live stream does not end by itself: its first piece says all that is asked here.
    let streams = path.starts_with("/v1/changes/stream");
    loop {
        let count = stream.read(&mut piece).await.unwrap();
        answer.extend_from_slice(&piece[..count]);
        if count == 0 || (streams && answer.windows(4).any(|four| four == b"\r\n\r\n")) {
            break;
        }
    }
    let text = String::from_utf8_lossy(&answer).into_owned();
    let status = text.split(' ').nth(1).unwrap().parse().unwrap();
    (status, text)
}

async fn token(world: &World, account: &str) -> String {
    world.stranger().sign_in(account, "ganjiang").await.unwrap().token
}

fn documented() -> BTreeSet<(String, String)> {
    let document: Value = serde_json::from_str(&server::openapi_json().unwrap()).unwrap();
    let mut found = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in ["get", "post", "put", "delete", "patch"] {
            if item.get(method).is_some() {
                found.insert((method.to_owned(), path.clone()));
            }
        }
    }
    found
}

#[test]
fn every_documented_operation_is_in_the_table() {
    let table: BTreeSet<(String, String)> = TABLE
        .iter()
        .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    let document = documented();
    let missing: Vec<_> = document.difference(&table).collect();
    let stale: Vec<_> = table.difference(&document).collect();
    assert!(
        missing.is_empty() && stale.is_empty(),
        "not covered {missing:?}; gone {stale:?}"
    );
}

/// Lists that come whole or by pages: both are tried.
const LISTS: [&str; 4] = [
    "/v1/approvals",
    "/v1/certificates",
    "/v1/invoices",
    "/v1/seal-log/chains",
];

#[tokio::test]
async fn nobody_reaches_what_is_not_theirs() {
    let world = World::start().await.changed_while_down(OTHERS).await;
    let things = things(&world).await;
    let marks = things.marks();
    let callers = [
        ("nobody", None),
        ("operator", Some(token(&world, "operator").await)),
        ("other-staff", Some(token(&world, "other-staff").await)),
        ("other-admin", Some(token(&world, "other-admin").await)),
        ("zhangxiaotong", Some(token(&world, "zhangxiaotong").await)),
    ];
    let mut faults = Vec::new();
    let mut tried = 0;
    for (method, path, may) in TABLE {
        let body = things.body(method, path);
        let address = things.path(path);
        let page = format!("{address}?limit=2000&of_a_later_version=1");
        let addresses = [
            Some(address),
            Some(page).filter(|_| LISTS.contains(path) && *method == "get"),
        ];
        let tries = addresses
            .iter()
            .flatten()
            .flat_map(|address| callers.iter().map(move |caller| (address, caller)));
        for (address, (name, token)) in tries {
            if token.is_some() && ENDING.contains(&(*method, *path)) {
                continue;
            }
            let (status, text) = call(&world, (method, address), &body, token.as_deref()).await;
            tried += 1;
            let fault = judged(name, (*method, *path, *may), status, &text, &marks);
            faults.extend(fault.map(|why| format!("{name} {method} {path}: {status} {why}")));
        }
    }
    assert!(faults.is_empty(), "{} of {tried}:\n{}", faults.len(), faults.join("\n"));
    assert!(tried > 400, "{tried}");
}

/// What is wrong with an answer, if anything.
fn judged(
    name: &str,
    (method, path, may): (&str, &str, May),
    status: u16,
    text: &str,
    marks: &[String],
) -> Option<&'static str> {
    let refused = matches!(status, 401 | 403 | 404);
    let is_thing = path.contains('{');
    if name == "nobody" {
        return (may != Open && status != 401).then_some("without a session");
    }
    let has_role = match may {
        Open | Everybody => true,
        Enterprise => name != "operator",
        Administrator => name == "other-admin",
        Operator => name == "operator",
        System => false,
    };
    if !has_role {
        return (!refused).then_some("by the wrong role");
    }
    if name == "operator" && may == Operator {
        return (status == 401 || status == 403).then_some("the operator is kept out");
    }
    if is_thing && may != Open {
        return (!refused).then_some("a thing of somebody else");
    }
    let names_things = method == "post" && matches!(path, "/v1/orders" | "/v1/seals");
    if names_things && status == 200 {
        return Some("made with things of somebody else");
    }
    marks
        .iter()
        .any(|mark| text.contains(mark))
        .then_some("tells of things of somebody else")
}
