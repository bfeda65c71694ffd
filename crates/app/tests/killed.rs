//! Killed at a write: the process of application and platform ends by SIGKILL at its nth write, sync, rename or send, by
//! the kernel's own hand, whichever thread makes it, and whatever starts next finds one certificate, all of the money and no half file.
//!
//! The suite kills at a few points of each deed; `GANJIANG_ALL_KILLS=1` at all of them, some thousands, which takes hours
//! on a slow machine.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test fails by panicking, reads its own switches and copies scratch folders"
)]

use app::App;
use app::view::*;
use std::path::Path;
use std::process::Command;
use testkit::killing::{self, Ending};
use testkit::story::{PIN, import_enterprise_certificate, pay_for, secret};
use testkit::world::open_in;
use time::Duration;

const NEW_PIN: &str = "739182";
const BID: &str = "标书.pdf";
const CHANGED: &str = "杭州市西湖区 1 号";
const FOLDER: &str = "GANJIANG_KILLED_FOLDER";
const DEED: &str = "GANJIANG_KILLED_DEED";
/// More writes than any deed makes.
const MOST: usize = 5000;
/// So many writes before its own a deed is first killed.
const SLACK: usize = 40;
/// Points tried for each deed in the suite; each process start takes seconds.
const SOME: usize = 5;

/// What the child process does, over the data in a folder.
#[derive(Clone, Copy, PartialEq)]
enum Deed {
    /// Only starting and signing in, with which every other deed begins.
    Open,
    Import,
    Reissue,
    Extend,
    Revoke,
    ChangePin,
    ChangeTitle,
    Sign,
}

impl Deed {
    const ALL: [(Self, &'static str); 8] = [
        (Self::Open, "open"),
        (Self::Import, "import"),
        (Self::Reissue, "reissue"),
        (Self::Extend, "extend"),
        (Self::Revoke, "revoke"),
        (Self::ChangePin, "change_pin"),
        (Self::ChangeTitle, "change_title"),
        (Self::Sign, "sign"),
    ];

    fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|(_, one)| *one == name).unwrap().0
    }

    fn ahead(self) -> Duration {
        match self {
            Self::Extend => Duration::days(300),
            _ => Duration::ZERO,
        }
    }
}

async fn opened(folder: &Path, deed: Deed) -> (App, server::RunningServer) {
    let (app, server) = open_in(folder, deed.ahead()).await;
    app.sign_in("wangmin", secret("ganjiang")).await.unwrap();
    (app, server)
}

async fn imported(app: &App) -> Option<CertificateView> {
    let certificates = app.certificates().await.unwrap();
    certificates
        .into_iter()
        .find(|one| one.kind == CertificateKind::Enterprise && one.valid_to.is_some())
}

async fn done(app: &App, folder: &Path, deed: Deed) -> Result<(), FailureView> {
    let id = imported(app).await.map(|one| one.id).unwrap_or_default();
    match deed {
        Deed::Open => Ok(()),
        Deed::Import => {
            import_enterprise_certificate(app).await;
            Ok(())
        }
        Deed::Reissue => {
            let input = ReissueInput {
                certificate_id: id,
                reason: ReissueReason::NewDevice,
                pin: secret(NEW_PIN),
                pin_again: secret(NEW_PIN),
            };
            app.reissue_certificate(input).await.map(drop)
        }
        Deed::Extend => app.extend_certificate(&id).await.map(drop),
        Deed::Revoke => app
            .revoke_certificate(&id, RevocationReason::KeyCompromise)
            .await
            .map(drop),
        Deed::ChangePin => change_pin(app, &id, PIN, NEW_PIN).await,
        Deed::ChangeTitle => change_title(app).await,
        Deed::Sign => sign(app, folder, id).await,
    }
}

/// Stamps and signs a bid of three pages.
async fn sign(app: &App, folder: &Path, certificate_id: String) -> Result<(), FailureView> {
    let seal = app.seals().await?.remove(0);
    let opened = app.open_documents(vec![folder.join(BID)]).await?;
    let plan = SigningPlanInput {
        document_id: opened[0].id.clone(),
        certificate_id,
        items: vec![PlanItemInput {
            content: ContentInput::Seal { seal: seal.id },
            place: PlaceInput::At {
                pages: "all".to_owned(),
                x_mm: 120.0,
                y_mm: 90.0,
            },
        }],
        reason: String::new(),
        level: SigningLevel::BB,
    };
    app.sign_document(plan, secret(PIN)).await.map(drop)
}

/// A bid to be signed and the seal for it.
async fn lay_out_a_bid(app: &App, folder: &Path) {
    let notice = app.seal_notice().await.unwrap();
    app.agree_seal_notice(notice.version).await.unwrap();
    let seal = AutomaticSealInput {
        certificate_id: imported(app).await.unwrap().id,
        kind: SealKind::Company,
        style: None,
        suffix: None,
        typeface: None,
        star: None,
        size_mm: 40.0,
    };
    app.create_automatic_seal(seal).await.unwrap();
    testkit::pdfs::put(folder, BID, &testkit::pdfs::simple(3));
}

/// What has a name is whole, its use is on record, the original is as it was, and the bid can be signed again.
async fn whole_or_not_there(app: App, server: server::RunningServer, folder: &Path, nth: usize) {
    let results = results_in(folder);
    let named = u32::try_from(results.len()).unwrap();
    for result in &results {
        testkit::judges::assert_pdfsig_valid(result, 1);
    }
    assert_eq!(
        std::fs::read(folder.join(BID)).unwrap(),
        testkit::pdfs::simple(3),
        "killed at {nth}"
    );
    let database = rusqlite::Connection::open(folder.join("data").join("ganjiang.sqlite")).unwrap();
    let logged: u32 = database
        .query_row("SELECT COUNT(*) FROM seal_log", [], |row| row.get(0))
        .unwrap();
    assert!(
        named <= logged && logged <= 1,
        "killed at {nth}: {results:?}, {logged} uses on record"
    );
    let id = imported(&app).await.unwrap().id;
    sign(&app, folder, id).await.unwrap();
    assert_eq!(results_in(folder).len(), results.len() + 1, "killed at {nth}");
    drop(app);
    server.shutdown().await;
}

fn results_in(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder.join("output")).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "pdf"))
        .collect()
}

/// Into the outbox, out to the platform, and what changed back in again.
async fn change_title(app: &App) -> Result<(), FailureView> {
    let title = app.billing().await?.titles.remove(0);
    let input = BillingTitleInput {
        id: Some(title.id),
        name: title.name,
        tax_number: title.tax_number,
        address: CHANGED.to_owned(),
        phone: String::new(),
        bank: String::new(),
        account: String::new(),
    };
    app.save_billing_title(input).await.map(drop)
}

async fn change_pin(app: &App, id: &str, old: &str, new: &str) -> Result<(), FailureView> {
    let input = PinChangeInput {
        certificate_id: id.to_owned(),
        old_pin: secret(old),
        pin: secret(new),
        pin_again: secret(new),
    };
    app.change_pin(input).await
}

/// Runs in the process that is killed.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[ignore = "the other tests of this file start it in a process of its own"]
async fn child() {
    let folder = std::env::var_os(FOLDER).unwrap();
    let deed = Deed::named(&std::env::var(DEED).unwrap());
    let (app, server) = opened(Path::new(&folder), deed).await;
    done(&app, Path::new(&folder), deed).await.unwrap();
    drop(app);
    server.shutdown().await;
}

/// Does the deed in a process of its own, over a copy of a folder, and kills it at its nth write.
fn run_killed_at(folder: &Path, deed: &str, nth: Option<usize>) -> Ending {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "child", "--ignored", "--test-threads=1"]);
    killing::run_killed_at(child.env(FOLDER, folder).env(DEED, deed), nth)
}

/// How many writes a deed makes when nobody stops it, in another's folder.
fn writes_of(base: &Path, what: &str) -> usize {
    let folder = tempfile::tempdir().unwrap();
    copied(base, folder.path());
    let ending = run_killed_at(folder.path(), what, None);
    assert!(ending.well, "{what}: nobody stopped it");
    ending.calls
}

/// A folder in which everything up to the deed is done.
async fn prepared(deed: Deed) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (app, server) = opened(folder.path(), Deed::Import).await;
    pay_for(&app, folder.path(), 2).await;
    if !matches!(deed, Deed::Import | Deed::ChangeTitle) {
        import_enterprise_certificate(&app).await;
    }
    if deed == Deed::Sign {
        lay_out_a_bid(&app, folder.path()).await;
    }
    drop(app);
    server.shutdown().await;
    folder
}

fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copied(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

async fn killed_in_every_place(name: &str) {
    let deed = Deed::named(name);
    let base = prepared(deed).await;
    let all = std::env::var_os("GANJIANG_ALL_KILLS").is_some();
    let begins = if deed == Deed::Open {
        1
    } else {
        // Two runs are not alike to the last write.
        writes_of(base.path(), "open").saturating_sub(SLACK).max(1)
    };
    let points: Vec<usize> = if all {
        (begins..MOST).collect()
    } else {
        let own = writes_of(base.path(), name).saturating_sub(begins);
        (1..=SOME).map(|part| begins + own * part / (SOME + 1)).collect()
    };
    let (mut killed, mut finished) = (0, 0);
    for nth in points {
        let folder = tempfile::tempdir().unwrap();
        copied(base.path(), folder.path());
        let ending = run_killed_at(folder.path(), name, Some(nth));
        assert!(ending.killed || ending.well, "{name}: it failed by itself before {nth}");
        if ending.killed {
            killed += 1;
        } else {
            finished += 1;
        }
        whole_after(folder.path(), deed, nth).await;
        if all && finished > 0 {
            break;
        }
    }
    assert!(killed > 0, "no point was reached");
    assert!(!all || finished > 0, "the deed never came to its end");
    println!("{name}: killed at {killed} points, whole after each");
}

/// After the next start: one certificate in force, its key here and open, nothing used twice.
async fn whole_after(folder: &Path, deed: Deed, nth: usize) {
    let (app, server) = opened(folder, deed).await;
    app.sync_now().await.unwrap();
    if deed == Deed::ChangeTitle {
        return changed_once_or_never(app, server, nth).await;
    }
    if deed == Deed::Sign {
        return whole_or_not_there(app, server, folder, nth).await;
    }
    let certificates = app.certificates().await.unwrap();
    let unused = certificates
        .iter()
        .filter(|one| one.state == CertificateState::Unassigned)
        .count();
    let Some(certificate) = imported(&app).await else {
        assert!(deed == Deed::Import, "killed at {nth}: the certificate is gone");
        return once_more(&app, server, folder, deed).await;
    };
    match deed {
        Deed::Revoke if certificate.state == CertificateState::Revoked => return,
        Deed::Extend => {
            let extended = certificate.days_left.unwrap() > 365;
            assert_eq!(
                unused,
                if extended { 4 } else { 5 },
                "killed at {nth}: extended {extended}"
            );
        }
        _ => assert_eq!(unused, 5, "killed at {nth}"),
    }
    assert!(certificate.here, "killed at {nth}: {certificate:?}");
    let opens = |pin: &'static str| change_pin(&app, &certificate.id, pin, "482915");
    let by_new = opens(NEW_PIN).await;
    let by_old = if by_new.is_ok() {
        Err(by_new.clone().err())
    } else {
        opens(PIN).await.map_err(Some)
    };
    assert!(
        by_new.is_ok() || by_old.is_ok(),
        "killed at {nth}: neither PIN opens it: {by_new:?} {by_old:?}"
    );
    drop(app);
    server.shutdown().await;
}

/// What the user did is on the platform once, or was not begun; nothing waits, and the copy here is the platform's.
async fn changed_once_or_never(app: App, server: server::RunningServer, nth: usize) {
    assert!(app.outbox().await.unwrap().entries.is_empty(), "killed at {nth}");
    let here = app.billing().await.unwrap().titles.remove(0);
    let client = platform::client::PlatformClient::new(&server.base_url, server.sandbox_token.clone()).unwrap();
    client.sign_in("wangmin", "ganjiang").await.unwrap();
    let there = client.billing_titles().await.unwrap().remove(0);
    assert_eq!(here.address, there.fields.address, "killed at {nth}");
    let changes = client.changes(0, 500).await.unwrap().changes;
    let told = changes.iter().filter(|change| change.subject_id == there.id).count();
    let expected = if there.fields.address == CHANGED { 2 } else { 1 };
    assert_eq!(told, expected, "killed at {nth}: made, and changed once or never");
    drop(app);
    server.shutdown().await;
}

/// Nothing had happened yet: it can still be done.
async fn once_more(app: &App, server: server::RunningServer, folder: &Path, deed: Deed) {
    let pending = app.certificates().await.unwrap();
    let assigned = pending.iter().find(|one| one.owner_name.is_some());
    match assigned {
        Some(assigned) => {
            let input = ImportInput {
                certificate_id: assigned.id.clone(),
                pin: secret(PIN),
                pin_again: secret(PIN),
            };
            app.import_certificate(input).await.unwrap();
        }
        None => done(app, folder, deed).await.unwrap(),
    }
    assert!(imported(app).await.unwrap().here);
    server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn starting_and_signing_in() {
    killed_in_every_place("open").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import() {
    killed_in_every_place("import").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reissue() {
    killed_in_every_place("reissue").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extension() {
    killed_in_every_place("extend").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation() {
    killed_in_every_place("revoke").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_pin() {
    killed_in_every_place("change_pin").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stamping_and_signing() {
    killed_in_every_place("sign").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn something_on_its_way_to_the_platform() {
    killed_in_every_place("change_title").await;
}
