//! Two people of one enterprise at two windows against one platform: what one does, the other sees come.

use crate::album::Album;
use anyhow::{Result, ensure};
use std::path::Path;
use testkit::judges;
use testkit::story::{PIN, pay_for, secret};
use testkit::{pdfs, world};
use tests::screen::{Screen, window_program};
use tests::stage::Stage;

const WAITING: &str = "[data-kind=personal][data-state=pending_import]";
const IN_USE: &str = "[data-kind=personal][data-state=active]";

/// A platform that serves others, with an enterprise that has paid for one package.
pub(crate) async fn platform(folder: &Path) -> server::RunningServer {
    let (app, sandbox) = world::open_as_window(folder).await;
    app.sign_in("wangmin", secret("ganjiang")).await.expect("signed in");
    pay_for(&app, folder, 1).await;
    drop(app);
    sandbox.shutdown().await;
    world::serve_others(folder).await
}

pub(crate) async fn window_of(stage: &mut Stage, files: &[String], account: &str) -> Result<Screen> {
    let screen = Screen::start(stage, &window_program()?, files).await?;
    screen.resize(1280, 800).await?;
    screen.fill("account", account).await?;
    screen.fill("password", "ganjiang").await?;
    screen.press("sign-in").await?;
    screen.see("nav-home").await?;
    Ok(screen)
}

#[tokio::test]
async fn what_one_does_the_other_sees_come() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let platform = platform(&folder.path().join("platform")).await;
    let (here, there) = (folder.path().join("wangmin"), folder.path().join("liuyang"));
    for data in [&here, &there] {
        world::point_to(data, &platform).await;
    }
    let bid = pdfs::put(folder.path(), "报价单.pdf", &pdfs::simple(2));
    let (mut first, mut second) = (Stage::set(&here)?, Stage::set(&there)?);
    let album = Album::open()?;
    let administrator = window_of(&mut first, &[], "wangmin").await?;
    let files = [bid.to_string_lossy().into_owned()];
    let staff = window_of(&mut second, &files, "liuyang").await?;
    staff.gone("nav-orders").await?;
    staff.press("nav-certificates").await?;
    staff.see("certificates").await?;
    album.take(&staff, "90-together-nothing-yet").await?;

    assign(&administrator).await?;
    // Nobody presses anything here: it comes by itself.
    staff.element(WAITING).await?;
    album.take(&staff, "91-together-assigned").await?;
    staff.press_first(&format!("{WAITING} [data-testid^=import-]")).await?;
    staff.fill("pin", PIN).await?;
    staff.fill("pin-again", PIN).await?;
    staff.press("confirm").await?;
    staff.see("imported").await?;
    administrator.element(IN_USE).await?;
    album.take(&administrator, "92-together-in-use").await?;

    staff.press("import-make-seal").await?;
    staff.press("agree-notice").await?;
    staff.press("make-first-seal").await?;
    staff.see("seal-preview").await?;
    staff.press("create-seal").await?;
    staff.gone("create-seal").await?;
    sign(&staff).await?;
    judges::assert_pdfsig_valid(&there.join("output/报价单-已签章.pdf"), 1);

    revoke(&administrator).await?;
    staff.press("nav-certificates").await?;
    staff.element("[data-kind=personal][data-state=revoked]").await?;
    album.take(&staff, "93-together-revoked").await?;
    let words = staff.words().await?;
    ensure!(words.contains("已吊销") && !words.contains("还有"), "{words}");
    administrator.close().await?;
    staff.close().await?;
    platform.shutdown().await;
    Ok(())
}

async fn assign(screen: &Screen) -> Result<()> {
    screen.press("nav-certificates").await?;
    screen
        .press_first("[data-kind=personal] [data-testid^=assign-]")
        .await?;
    screen.fill("document-number", "11010519491231002X").await?;
    screen.fill("owner-name", "刘洋").await?;
    screen.choose("holder", "刘洋").await?;
    screen.fill("email", "liuyang@example.com").await?;
    screen.press("assign-next").await?;
    screen.press("assign-sure").await?;
    screen.press("confirm").await?;
    screen.element(WAITING).await.map(drop)
}

async fn sign(screen: &Screen) -> Result<()> {
    screen.press("nav-desk").await?;
    screen.press_first("tbody tr:first-child [data-testid^=desk-]").await?;
    screen.press("sign").await?;
    screen.choose("level", "b_b").await?;
    screen.fill("pin", PIN).await?;
    screen.press("confirm").await?;
    screen.see("signed").await.map(drop)
}

async fn revoke(screen: &Screen) -> Result<()> {
    screen.press_first(&format!("{IN_USE} [data-testid^=more-]")).await?;
    screen.press_first("[role=menu] [data-testid^=revoke-]").await?;
    screen.choose("revoke-reason", "key_compromise").await?;
    screen.press("revoke-sure").await?;
    screen.press("confirm").await?;
    screen.gone("confirm").await
}
