//! The steps that journeys share, each as a person takes it.

use app::App;
use app::view::*;
use testkit::world::World;

/// A PIN that every rule allows.
pub(crate) const PIN: &str = "250817";

/// A world whose administrator is signed in and whose enterprise is authorised by the legal representative's face.
pub(crate) async fn authorised() -> World {
    let world = World::signed_in("wangmin").await;
    let link = world.app.start_face_authorisation().await.unwrap().face.unwrap();
    tests::phone::confirm(&link.url).await.unwrap();
    world.app.sync_now().await.unwrap();
    let state = world.app.authorisation().await.unwrap().state;
    assert_eq!(state, AuthorisationState::Approved);
    world
}

/// Registers an invoice title and the company's account.
pub(crate) async fn register_billing(app: &App) -> BillingView {
    let title = BillingTitleInput {
        id: None,
        name: "杭州云栖智能科技有限公司".into(),
        tax_number: "91330106MA2CFUY66Q".into(),
        address: "杭州市西湖区转塘街道云栖小镇1号".into(),
        phone: "0571-88886666".into(),
        bank: "中国工商银行杭州分行".into(),
        account: "6222021202015566778".into(),
    };
    app.save_billing_title(title).await.unwrap();
    let account = RemittingAccountInput {
        id: None,
        kind: AccountKind::Company,
        holder: "杭州云栖智能科技有限公司".into(),
        bank: "中国工商银行杭州分行".into(),
        account: "6222021202015566778".into(),
    };
    app.save_remitting_account(account).await.unwrap()
}

/// Orders one package, with billing registered on the way.
pub(crate) async fn order(app: &App) -> OrderView {
    let billing = register_billing(app).await;
    let input = OrderInput {
        idempotency_key: "7e9c6f0a-93a5-4f1e-8f4e-0d9f5c0e2a11".into(),
        package_id: app.packages().await.unwrap()[0].id.clone(),
        quantity: 1,
        title_id: billing.titles[0].id.clone(),
        account_id: billing.accounts[0].id.clone(),
    };
    let placed = app.place_order(input.clone()).await.unwrap();
    let again = app.place_order(input).await.unwrap();
    assert_eq!(placed.number, again.number, "a doubled click orders once");
    placed
}

/// Assigns an entitlement of a kind to an owner and the account that will use it.
pub(crate) async fn assign(app: &App, kind: CertificateKind, holder_account: &str) -> CertificateView {
    let certificates = app.certificates().await.unwrap();
    let mut free = certificates
        .iter()
        .filter(|each| each.kind == kind && each.state == CertificateState::Unassigned);
    let employees = app.employees().await.unwrap();
    let holder = employees.iter().find(|each| each.account == holder_account).unwrap();
    let (document_type, document_number, owner_name) = match kind {
        CertificateKind::Enterprise => (
            DocumentType::BusinessLicence,
            "91330106MA2CFUY66Q",
            "杭州云栖智能科技有限公司",
        ),
        CertificateKind::Personal => (DocumentType::ResidentIdentityCard, "330106198506123419", "李建国"),
        CertificateKind::Unknown => panic!("nobody assigns a kind that this version does not know"),
    };
    let input = AssignInput {
        certificate_id: free.next().unwrap().id.clone(),
        document_type,
        document_number: document_number.into(),
        owner_name: owner_name.into(),
        holder_id: holder.id.clone(),
        email: "bid@example.com".into(),
    };
    app.assign_certificate(input).await.unwrap()
}

/// Imports a certificate under a PIN.
pub(crate) async fn import(
    app: &App,
    certificate: &str,
    pin: &str,
    again: &str,
) -> Result<CertificateView, FailureView> {
    let secret = |text: &str| SecretText::new(text.to_owned());
    let input = ImportInput {
        certificate_id: certificate.to_owned(),
        pin: secret(pin),
        pin_again: secret(again),
    };
    app.import_certificate(input).await
}

/// An authorised enterprise with one paid package, its company certificate imported here with a company seal.
pub(crate) async fn ready_to_stamp() -> (World, CertificateView, SealView) {
    let world = authorised().await;
    let placed = order(&world.app).await;
    world
        .app
        .sandbox_transfer(&placed.id, TransferCase::Exact)
        .await
        .unwrap();
    let assigned = assign(&world.app, CertificateKind::Enterprise, "wangmin").await;
    let certificate = import(&world.app, &assigned.id, PIN, PIN).await.unwrap();
    let seal = company_seal(&world.app, &certificate.id).await;
    (world, certificate, seal)
}

/// Reads and agrees to the notice, then has the company seal drawn.
pub(crate) async fn company_seal(app: &App, certificate: &str) -> SealView {
    let notice = app.seal_notice().await.unwrap();
    app.agree_seal_notice(notice.version).await.unwrap();
    let input = AutomaticSealInput {
        certificate_id: certificate.to_owned(),
        kind: SealKind::Company,
        style: None,
        suffix: None,
        typeface: None,
        star: None,
        size_mm: 40.0,
    };
    let seal = app.create_automatic_seal(input).await.unwrap();
    assert_eq!(
        seal.state,
        SealState::Approved,
        "an automatic seal is effective at once"
    );
    seal
}

/// A plan with one seal on some pages.
pub(crate) fn plan(document: &str, certificate: &str, seal: &str, pages: &str) -> SigningPlanInput {
    plan_at(document, certificate, seal, (pages, 20.0, 20.0))
}

/// A plan with one seal on some pages at a place in mm.
pub(crate) fn plan_at(
    document: &str,
    certificate: &str,
    seal: &str,
    (pages, x_mm, y_mm): (&str, f64, f64),
) -> SigningPlanInput {
    SigningPlanInput {
        document_id: document.to_owned(),
        certificate_id: certificate.to_owned(),
        items: vec![PlanItemInput {
            content: ContentInput::Seal { seal: seal.to_owned() },
            place: PlaceInput::At {
                pages: pages.to_owned(),
                x_mm,
                y_mm,
            },
        }],
        reason: "投标文件盖章".to_owned(),
        level: SigningLevel::BB,
    }
}

/// Signs with a PIN.
pub(crate) async fn sign(app: &App, plan: SigningPlanInput, pin: &str) -> Result<SignedView, FailureView> {
    app.sign_document(plan, SecretText::new(pin.to_owned())).await
}
