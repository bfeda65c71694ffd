//! 扫码签章 in the real window: a link from the system, a picture with the code, signed at the desk and handed back.

use crate::album::Album;
use anyhow::{Result, ensure};
use std::ffi::OsString;
use std::path::Path;
use testkit::asking::{Asking, code_picture, digest, letter};
use testkit::story::{PIN, import_enterprise_certificate, pay_for, secret};
use testkit::{judges, pdfs, world};
use tests::screen::{Screen, window_program};
use tests::stage::Stage;

/// The links of three tasks: a document, a digest, and one to be refused.
async fn asked(data: &Path, scratch: &Path) -> Result<[String; 3]> {
    let (app, server) = world::open_as_window(data).await;
    app.sign_in("wangmin", secret("ganjiang")).await.expect("signed in");
    pay_for(&app, scratch, 1).await;
    import_enterprise_certificate(&app).await;
    let asking = Asking::registered(&server).await;
    let mut links = Vec::new();
    for content in [
        letter(&app::demo::sample_bid()),
        digest(b"a price"),
        letter(&pdfs::simple(1)),
    ] {
        links.push(asking.asks(content, None).await.link);
    }
    app.sign_out().await.expect("signed out");
    drop(app);
    server.shutdown().await;
    links.try_into().map_err(|_| anyhow::anyhow!("three tasks"))
}

#[tokio::test]
async fn tasks_are_read_signed_and_handed_back() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    std::fs::create_dir(&data)?;
    let [document, number, unwanted] = asked(&data, folder.path()).await?;
    let mut stage = Stage::set(&data)?;
    let screen = Screen::start(&mut stage, &window_program()?, &[]).await?;
    let (album, hand) = (Album::open()?, stage.hand());
    screen.resize(1280, 800).await?;
    screen.sign_in_as("wangmin").await?;
    screen.press("nav-scan").await?;
    screen.wait_for("还没有读取过签章任务").await?;
    album.take(&screen, "80-scan-empty").await?;
    screen.fill("scan-link", "https://example.com/pay").await?;
    screen.press("scan-read").await?;
    screen.see_failure("scan_not_ours").await?;
    album.take(&screen, "81-scan-not-ours").await?;

    // The system starts the program again with the link, as a browser does.
    stage.start_again(&window_program()?, &[OsString::from(&document)])?;
    screen.element("[data-testid=scan-task][data-state=open]").await?;
    album.take(&screen, "82-scan-task").await?;
    screen.press("scan-open").await?;
    screen.see("scan-banner").await?;
    album.take(&screen, "83-scan-desk").await?;
    screen.press("sign").await?;
    screen.choose("level", "b_b").await?;
    screen.fill("pin", PIN).await?;
    screen.press("confirm").await?;
    screen.see("scan-handed-back").await?;
    album.take(&screen, "84-scan-handed-back").await?;
    judges::assert_pdfsig_valid(&data.join("output/承诺函 第1版-已签章.pdf"), 1);

    screen.press("nav-scan").await?;
    screen.fill("scan-link", &number).await?;
    screen.press("scan-read").await?;
    screen.press("scan-digest").await?;
    screen.fill("pin", PIN).await?;
    album.take(&screen, "85-scan-digest").await?;
    screen.press("confirm").await?;
    screen.gone("confirm").await?;
    let picture = pdfs::put(folder.path(), "screenshot.png", &code_picture(&unwanted));
    let copied = hand.copy_picture(&picture)?;
    screen.press("scan-clipboard").await?;
    screen.press("scan-refuse").await?;
    drop(copied);
    screen.fill("scan-reason", "金额与招标文件不一致").await?;
    screen.press("confirm").await?;
    screen.element("[data-testid=scan-task][data-state=refused]").await?;
    album.take(&screen, "86-scan-done").await?;
    let words = screen.words().await?;
    ensure!(
        words.contains("王敏") || words.contains("云栖"),
        "who signed is told: {words}"
    );
    screen.close().await
}
