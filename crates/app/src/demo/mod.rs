//! The whole journey without a window: from CA authorisation to a stamped, signed and verified bid, on the sandbox.
mod bid;
mod results;

pub use bid::sample_bid;
pub use results::DemoReport;

use crate::application::App;
use crate::failure::{Failure, refuse};
use crate::files;
use crate::options::{AppOptions, Clock, DeviceSecretPlace, PlatformAddress};
use crate::view::{
    AccountKind, ApprovalKind, AssignInput, AuthorisationState, AutomaticSealInput, BillingTitleInput, CertificateKind,
    CertificateNext, CertificateView, ContentInput, DocumentType, FailureCode, ImportInput, OrderInput, OrderView,
    PlaceInput, PlanItemInput, RemittingAccountInput, SealKind, SealView, SecretText, SignedView, SigningLevel,
    SigningPlanInput, TransferCase,
};
use std::path::Path;
use std::sync::Arc;

/// The sandbox's administrator, who also holds the certificates of the demonstration.
const ADMINISTRATOR: &str = "wangmin";
/// Password of every sandbox account.
const PASSWORD: &str = "ganjiang";
/// PIN of the demonstration's keys.
const PIN: &str = "250917";

/// Where the demonstration takes place.
#[derive(Clone)]
pub struct DemoOptions {
    /// A started sandbox platform with demonstration data.
    pub platform: PlatformAddress,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Walks the journey and leaves in `out_folder`: the bid, the signed bid, seals (SVG, PNG, PDF), the root certificate,
/// certificates and requests (PEM) and `report.json`. `told` is called with a stable code before each step.
///
/// The local data of the demonstration lies in a temporary folder and is gone afterwards.
///
/// # Errors
/// The failure of the step that was told last.
pub async fn run(out_folder: &Path, options: DemoOptions, told: &(dyn Fn(&str) + Sync)) -> Result<DemoReport, Failure> {
    std::fs::create_dir_all(out_folder).map_err(|error| Failure::from_write(&error))?;
    let data = tempfile::tempdir().map_err(|error| Failure::from_write(&error))?;
    let app = App::open(AppOptions {
        clock: Arc::clone(&options.clock),
        device_secrets: DeviceSecretPlace::PlainFile,
        ..AppOptions::new(data.path().to_owned(), out_folder.to_owned(), options.platform)
    })?;
    told("sign_in");
    app.sign_in(ADMINISTRATOR, SecretText::new(PASSWORD.to_owned())).await?;
    told("authorise");
    authorise(&app, data.path()).await?;
    told("buy");
    let order = buy(&app).await?;
    told("assign");
    assign(&app).await?;
    told("import");
    let certificates = import(&app).await?;
    told("seals");
    let seals = make_seals(&app, &certificates).await?;
    told("sign");
    let signed = sign_bid(&app, out_folder, &certificates, &seals).await?;
    told("report");
    results::leave(&app, out_folder, &order, &seals, &signed).await
}

/// The letter way: the platform's own template comes back as the «signed» letter, and the reviewer approves.
async fn authorise(app: &App, scratch: &Path) -> Result<(), Failure> {
    if app.authorisation().await?.state == AuthorisationState::Approved {
        return Ok(());
    }
    let letter = scratch.join("授权书.pdf");
    app.save_letter_template(&letter).await?;
    app.submit_authorisation_letter(&letter).await?;
    let approvals = app.approvals().await?;
    let review = approvals
        .iter()
        .find(|approval| approval.kind == ApprovalKind::Authorisation);
    let review = review.ok_or_else(|| refuse(FailureCode::NotFound))?;
    app.sandbox_decide(&review.id, true, None).await?;
    Ok(())
}

async fn buy(app: &App) -> Result<OrderView, Failure> {
    let account = app
        .session_state()
        .await?
        .account
        .ok_or_else(|| refuse(FailureCode::SessionExpired))?;
    let title = BillingTitleInput {
        id: None,
        name: account.enterprise_name.clone(),
        tax_number: account.enterprise_credit_code,
        address: "浙江省杭州市西湖区云栖小镇 1 号".to_owned(),
        phone: "0571-88886666".to_owned(),
        bank: "中国工商银行杭州云栖支行".to_owned(),
        account: "1202026619900012345".to_owned(),
    };
    let remitting = RemittingAccountInput {
        id: None,
        kind: AccountKind::Company,
        holder: account.enterprise_name,
        bank: "中国工商银行杭州云栖支行".to_owned(),
        account: "1202026619900012345".to_owned(),
    };
    app.save_billing_title(title).await?;
    let billing = app.save_remitting_account(remitting).await?;
    let first = |id: Option<String>| id.ok_or_else(|| refuse(FailureCode::NotFound));
    let order = OrderInput {
        idempotency_key: uuid::Uuid::new_v4().to_string(),
        package_id: first(app.packages().await?.first().map(|package| package.id.clone()))?,
        quantity: 1,
        title_id: first(billing.titles.last().map(|title| title.id.clone()))?,
        account_id: first(billing.accounts.last().map(|account| account.id.clone()))?,
    };
    let placed = app.place_order(order).await?;
    app.sandbox_transfer(&placed.id, TransferCase::Exact).await
}

/// The enterprise's certificate and the legal representative's.
async fn assign(app: &App) -> Result<(), Failure> {
    let account = app
        .session_state()
        .await?
        .account
        .ok_or_else(|| refuse(FailureCode::SessionExpired))?;
    let business = (
        DocumentType::BusinessLicence,
        account.enterprise_credit_code,
        account.enterprise_name,
    );
    let person = (
        DocumentType::ResidentIdentityCard,
        "330106197803157215".to_owned(),
        account.legal_representative,
    );
    let wanted = [
        (CertificateKind::Enterprise, business),
        (CertificateKind::Personal, person),
    ];
    for (kind, (document_type, document_number, owner_name)) in wanted {
        let certificates = app.certificates().await?;
        let free = certificates
            .iter()
            .find(|one| one.kind == kind && one.next == CertificateNext::Assign);
        let assignment = AssignInput {
            certificate_id: free.ok_or_else(|| refuse(FailureCode::NotFound))?.id.clone(),
            document_type,
            document_number,
            owner_name,
            holder_id: account.id.clone(),
            email: "wangmin@example.com".to_owned(),
        };
        app.assign_certificate(assignment).await?;
    }
    Ok(())
}

async fn import(app: &App) -> Result<Vec<CertificateView>, Failure> {
    let mut imported = Vec::new();
    for certificate in app.certificates().await? {
        if certificate.next == CertificateNext::Import {
            let pin = || SecretText::new(PIN.to_owned());
            let input = ImportInput {
                certificate_id: certificate.id,
                pin: pin(),
                pin_again: pin(),
            };
            imported.push(app.import_certificate(input).await?);
        }
    }
    Ok(imported)
}

async fn make_seals(app: &App, certificates: &[CertificateView]) -> Result<Vec<SealView>, Failure> {
    let notice = app.seal_notice().await?;
    app.agree_seal_notice(notice.version).await?;
    let mut seals = Vec::new();
    for certificate in certificates {
        let wanted: &[(SealKind, f64)] = match certificate.kind {
            CertificateKind::Enterprise => &[(SealKind::Company, 40.0), (SealKind::BidPurpose, 40.0)],
            CertificateKind::Personal => &[(SealKind::LegalRepresentative, 20.0)],
            CertificateKind::Unknown => &[],
        };
        for (kind, size_mm) in wanted {
            let certificate_id = certificate.id.clone();
            let input = AutomaticSealInput {
                certificate_id,
                kind: *kind,
                style: None,
                suffix: None,
                typeface: None,
                star: None,
                size_mm: *size_mm,
            };
            seals.push(app.create_automatic_seal(input).await?);
        }
    }
    Ok(seals)
}

/// Two signatures, each carrying its own marks: the enterprise's, then the legal representative's.
async fn sign_bid(
    app: &App,
    out_folder: &Path,
    certificates: &[CertificateView],
    seals: &[SealView],
) -> Result<SignedView, Failure> {
    let path = out_folder.join("投标文件.pdf");
    files::replace(&path, &[&sample_bid()])?;
    let opened = app.open_documents(vec![path]).await?;
    let mut document_id = opened.first().map(|document| document.id.clone());
    let mut signed = None;
    for certificate in certificates {
        let plan = SigningPlanInput {
            document_id: document_id.take().ok_or_else(|| refuse(FailureCode::NotFound))?,
            certificate_id: certificate.id.clone(),
            items: seals
                .iter()
                .filter(|seal| seal.certificate_id == certificate.id)
                .map(mark)
                .collect(),
            reason: "投标".to_owned(),
            level: SigningLevel::BB,
        };
        let view = app.sign_document(plan, SecretText::new(PIN.to_owned())).await?;
        document_id = Some(view.document.id.clone());
        signed = Some(view);
    }
    signed.ok_or_else(|| refuse(FailureCode::NotFound))
}

fn mark(seal: &SealView) -> PlanItemInput {
    let (pages, x_mm, y_mm) = match seal.kind {
        SealKind::Company => ("first,2", 120.0, 95.0),
        SealKind::BidPurpose => ("all", 150.0, 235.0),
        // One place: further marks of a second signature are kid widgets, which old Poppler counts as unsigned fields.
        _ => ("3", 95.0, 130.0),
    };
    PlanItemInput {
        content: ContentInput::Seal { seal: seal.id.clone() },
        place: PlaceInput::At {
            pages: pages.to_owned(),
            x_mm,
            y_mm,
        },
    }
}
