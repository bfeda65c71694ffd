//! The beginning that many stories share: an authorised enterprise, a paid order, a certificate in its holder's hands.

use app::App;
use app::view::{
    AccountKind, ApprovalKind, AssignInput, BillingTitleInput, CertificateKind, CertificateView, DocumentType,
    ImportInput, OrderInput, RemittingAccountInput, SecretText, TransferCase,
};
use platform::client::PlatformClient;
use platform::wire::{Order, PageQuery};
use std::path::Path;

/// The PIN that stories use.
pub const PIN: &str = "250917";

/// A secret as typed.
#[must_use]
pub fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

/// Every order of the caller's enterprise, page by page.
///
/// # Panics
/// When the platform does not answer.
pub async fn all_orders(platform: &PlatformClient) -> Vec<Order> {
    let (mut all, mut page) = (Vec::new(), PageQuery::default());
    loop {
        let told = platform.orders(page.clone()).await.expect("a page of orders");
        all.extend(told.rows);
        match told.next {
            Some(next) => page.after = Some(next),
            None => return all,
        }
    }
}

/// Authorised by letter, billing registered, an order of so many packages paid. The administrator is signed in.
///
/// # Panics
/// When a step fails.
pub async fn pay_for(app: &App, scratch: &Path, packages: u32) {
    let letter = scratch.join("letter.pdf");
    app.save_letter_template(&letter).await.expect("the letter");
    app.submit_authorisation_letter(&letter).await.expect("submitted");
    let approvals = app.approvals().await.expect("approvals");
    let mut reviews = approvals.iter();
    let review = reviews.find(|one| one.kind == ApprovalKind::Authorisation);
    let review = review.expect("a review of the authorisation");
    app.sandbox_decide(&review.id, true, None).await.expect("approved");
    let order = app.place_order(order(app, packages).await).await.expect("placed");
    let paid = app.sandbox_transfer(&order.id, TransferCase::Exact).await;
    paid.expect("paid");
}

async fn order(app: &App, quantity: u32) -> OrderInput {
    let session = app.session_state().await.expect("a session");
    let account = session.account.expect("somebody is signed in");
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
    app.save_billing_title(title).await.expect("a title");
    let billing = app.save_remitting_account(remitting).await.expect("an account");
    let packages = app.packages().await.expect("packages");
    let newest = |ids: Vec<String>| ids.last().cloned().expect("one is registered");
    OrderInput {
        idempotency_key: uuid::Uuid::new_v4().to_string(),
        package_id: packages.first().expect("a package").id.clone(),
        quantity,
        title_id: newest(billing.titles.iter().map(|one| one.id.clone()).collect()),
        account_id: newest(billing.accounts.iter().map(|one| one.id.clone()).collect()),
    }
}

/// The first free enterprise certificate, assigned to whoever is signed in and imported under [`PIN`].
///
/// # Panics
/// When a step fails.
pub async fn import_enterprise_certificate(app: &App) -> CertificateView {
    let session = app.session_state().await.expect("a session");
    let account = session.account.expect("somebody is signed in");
    let licence = (DocumentType::BusinessLicence, account.enterprise_credit_code.as_str());
    import_certificate(app, CertificateKind::Enterprise, licence, &account.enterprise_name).await
}

/// The first free personal certificate, assigned to this person, held by whoever is signed in and imported under [`PIN`].
///
/// # Panics
/// When a step fails.
pub async fn import_personal_certificate(app: &App, owner: &str) -> CertificateView {
    let card = (DocumentType::ResidentIdentityCard, "11010519491231002X");
    import_certificate(app, CertificateKind::Personal, card, owner).await
}

async fn import_certificate(
    app: &App,
    kind: CertificateKind,
    (document_type, document_number): (DocumentType, &str),
    owner: &str,
) -> CertificateView {
    let session = app.session_state().await.expect("a session");
    let account = session.account.expect("somebody is signed in");
    let certificates = app.certificates().await.expect("certificates");
    let mut free = certificates
        .iter()
        .filter(|one| one.kind == kind && one.owner_name.is_none());
    let assignment = AssignInput {
        certificate_id: free.next().expect("a free certificate").id.clone(),
        document_type,
        document_number: document_number.to_owned(),
        owner_name: owner.to_owned(),
        holder_id: account.id,
        email: "wangmin@example.com".to_owned(),
    };
    let assigned = app.assign_certificate(assignment).await.expect("assigned");
    let input = ImportInput {
        certificate_id: assigned.id,
        pin: secret(PIN),
        pin_again: secret(PIN),
    };
    app.import_certificate(input).await.expect("imported")
}
