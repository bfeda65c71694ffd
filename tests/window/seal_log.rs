//! 用印记录 in the real window: empty, whole, searched, in full, as a table, offline, and when it is not what it was.

use crate::album::Album;
use anyhow::{Result, ensure};
use app::App;
use app::view::{CertificateView, SigningLevel, SigningPlanInput};
use std::path::Path;
use testkit::story::{PIN, import_enterprise_certificate, import_personal_certificate, pay_for, secret};
use testkit::{pdfs, world};
use tests::screen::{Screen, window_program};
use tests::stage::Stage;
use thirtyfour::Key;

const LONG_NAME: &str =
    "杭州市城市轨道交通四期工程机电设备采购与安装项目（第三标段）投标文件-商务技术合订本-终稿-20261120";

/// A platform with an enterprise that has paid for one package.
async fn platform(folder: &Path) -> server::RunningServer {
    let (app, sandbox) = world::open_as_window(folder).await;
    app.sign_in("wangmin", secret("ganjiang")).await.expect("signed in");
    pay_for(&app, folder, 1).await;
    drop(app);
    sandbox.shutdown().await;
    world::serve_others(folder).await
}

async fn sign(app: &App, scratch: &Path, certificate: &CertificateView, name: &str) -> String {
    let path = pdfs::put(scratch, &format!("{name}.pdf"), &pdfs::simple(1));
    let opened = app.open_documents(vec![path]).await.expect("opened").remove(0);
    let plan = SigningPlanInput {
        document_id: opened.id,
        certificate_id: certificate.id.clone(),
        items: Vec::new(),
        reason: String::new(),
        level: SigningLevel::BB,
    };
    app.sign_document(plan, secret(PIN)).await.expect("signed").sha256
}

/// What was signed before the window opens; the SHA-256 of the last file.
async fn signed_before(data: &Path, scratch: &Path, platform: &server::RunningServer) -> String {
    let app = world::open_with_data(data, platform);
    app.sign_in("wangmin", secret("ganjiang")).await.expect("signed in");
    let enterprise = import_enterprise_certificate(&app).await;
    let personal = import_personal_certificate(&app, "欧阳诸葛慕容").await;
    for number in 1..=30 {
        sign(&app, scratch, &enterprise, &format!("附件{number}")).await;
    }
    sign(&app, scratch, &enterprise, LONG_NAME).await;
    let last = sign(&app, scratch, &personal, "法定代表人授权书").await;
    app.sync_now().await.expect("handed in");
    last
}

async fn window_of(stage: &mut Stage, files: &[String]) -> Result<Screen> {
    let screen = Screen::start(stage, &window_program()?, files).await?;
    screen.resize(1280, 800).await?;
    Ok(screen)
}

async fn sign_in(screen: &Screen, account: &str) -> Result<()> {
    screen.fill("account", account).await?;
    screen.fill("password", "ganjiang").await?;
    screen.press("sign-in").await?;
    screen.see("nav-home").await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn uses_of_keys_are_seen_searched_and_taken_along() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let platform = platform(&folder.path().join("platform")).await;
    let (data, other) = (folder.path().join("wangmin"), folder.path().join("liuyang"));
    for data in [&data, &other] {
        world::point_to(data, &platform).await;
    }
    let last = signed_before(&data, folder.path(), &platform).await;
    let album = Album::open()?;

    let mut stage = Stage::set(&other)?;
    let staff = window_of(&mut stage, &[]).await?;
    sign_in(&staff, "liuyang").await?;
    staff.press("nav-sealLog").await?;
    staff.wait_for("还没有用印记录").await?;
    album.take(&staff, "100-log-empty").await?;
    staff.close().await?;

    let mut stage = Stage::set(&data)?;
    let bid = pdfs::put(folder.path(), "报价单.pdf", &pdfs::simple(2));
    let screen = window_of(&mut stage, &[bid.to_string_lossy().into_owned()]).await?;
    let hand = stage.hand();
    screen.press("nav-sealLog").await?;
    screen.see("log-whole").await?;
    screen.wait_for("记录完整，共 32 条，均已上传平台").await?;
    album.take(&screen, "101-log-whole").await?;
    screen
        .fill("log-search", LONG_NAME.get(..30).unwrap_or_default())
        .await?;
    screen.press_first("[data-testid=log-row]:only-child").await?;
    screen.see("log-detail").await?;
    album.take(&screen, "102-log-detail").await?;
    screen.key(Key::Escape).await?;
    screen.fill("log-search", &last).await?;
    screen.press_first("[data-testid=log-row]:only-child").await?;
    screen.wait_for(&last).await?;
    screen.key(Key::Escape).await?;
    screen.fill("log-search", "没有这样的文件").await?;
    screen.wait_for("没有符合条件的记录").await?;
    album.take(&screen, "103-log-no-match").await?;
    screen.fill("log-search", "授权书").await?;
    screen.element("[data-testid=log-row]:only-child").await?;
    screen.press("export-log").await?;
    let table = folder.path().join("log.csv");
    hand.choose("Save File", &table)?;
    screen.see("saved").await?;
    let written = std::fs::read_to_string(&table)?;
    ensure!(written.lines().count() == 2 && written.contains(&last), "{written}");
    album.take(&screen, "104-log-exported").await?;

    screen
        .press_first("[data-testid=log-source] input[value=there] + label")
        .await?;
    screen.see("log-person").await?;
    screen.fill("log-search", "附件").await?;
    screen.element("[data-testid=log-row]").await?;
    album.take(&screen, "105-log-enterprise").await?;
    screen.choose("log-person", "刘洋").await?;
    screen.wait_for("没有符合条件的记录").await?;

    // The platform goes away: what is signed now waits, and is said to.
    platform.shutdown().await;
    sign_at_desk(&screen).await?;
    screen.press("nav-sealLog").await?;
    screen.element("[data-testid=log-row][data-state=waiting]").await?;
    screen.wait_for("1 条待上传").await?;
    album.take(&screen, "106-log-waiting").await?;
    screen
        .press_first("[data-testid=log-source] input[value=there] + label")
        .await?;
    screen.see_failure("offline").await?;
    album.take(&screen, "107-log-offline").await?;
    screen.close().await
}

async fn sign_at_desk(screen: &Screen) -> Result<()> {
    screen.press("nav-desk").await?;
    screen.press_first("tbody tr:first-child [data-testid^=desk-]").await?;
    screen.press("sign").await?;
    screen.choose("level", "b_b").await?;
    screen.fill("pin", PIN).await?;
    screen.press("confirm").await?;
    screen.see("signed").await.map(drop)
}

/// A device's data put back to an older copy: the platform has another second entry.
async fn set_back(data: &Path, scratch: &Path, platform: &server::RunningServer) {
    let app = world::open_with_data(data, platform);
    app.sign_in("wangmin", secret("ganjiang")).await.expect("signed in");
    let certificate = import_enterprise_certificate(&app).await;
    sign(&app, scratch, &certificate, "一").await;
    app.sync_now().await.expect("handed in");
    drop(app);
    let kept = |name: &str| data.join(name);
    // What was there when nothing ran.
    drop(world::open_with_data(data, platform));
    let older = std::fs::read(kept("ganjiang.sqlite")).expect("the data");
    let app = world::open_with_data(data, platform);
    app.sign_in("wangmin", secret("ganjiang")).await.expect("signed in");
    sign(&app, scratch, &certificate, "二").await;
    app.sync_now().await.expect("handed in");
    drop(app);
    drop(world::open_with_data(data, platform));
    std::fs::write(kept("ganjiang.sqlite"), older).expect("put back");
    let app = world::open_with_data(data, platform);
    app.sign_in("wangmin", secret("ganjiang")).await.expect("signed in");
    sign(&app, scratch, &certificate, "三").await;
    app.sync_now().await.expect("synced");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_differs_is_told_with_its_place() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let platform = platform(&folder.path().join("platform")).await;
    let data = folder.path().join("wangmin");
    world::point_to(&data, &platform).await;
    set_back(&data, folder.path(), &platform).await;
    let mut stage = Stage::set(&data)?;
    let (screen, album) = (window_of(&mut stage, &[]).await?, Album::open()?);
    screen.see("todo-seal_log_differs").await?;
    album.take(&screen, "108-log-todo").await?;
    screen.press("nav-sealLog").await?;
    screen.see("log-differs").await?;
    screen.element("[data-testid=log-row][data-state=handed_in]").await?;
    album.take(&screen, "109-log-differs").await?;
    screen
        .press_first("[data-testid=log-source] input[value=there] + label")
        .await?;
    screen.see("log-doubt").await?;
    album.take(&screen, "110-log-doubt").await?;
    screen.close().await?;
    platform.shutdown().await;
    Ok(())
}
