//! A certificate on a token: found by its driver, used at the desk, its end told beside the window; wrong PIN, gone token.

use crate::album::Album;
use anyhow::{Context, Result, ensure};
use std::path::Path;
use testkit::tokens::{PIN, TokenFolder, module};
use testkit::{judges, pdfs};
use tests::screen::{Screen, window_program};
use tests::stage::Stage;

#[tokio::test]
async fn a_token_signs_a_bid_and_its_end_is_told() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    std::fs::create_dir(&data)?;
    let tokens = TokenFolder::new(&data);
    tokens.add_token("bid");
    tokens.add_key("EC:prime256v1", "01", "北方建设集团有限公司");
    tokens.add_key("rsa:1024", "02", "too short");
    let bid = pdfs::put(folder.path(), "标书.pdf", &pdfs::simple(2));
    let mut stage = Stage::set(&data)?;
    let screen = Screen::start(&mut stage, &window_program()?, &[bid.to_string_lossy().into_owned()]).await?;
    let (album, hand, notifications) = (Album::open()?, stage.hand(), stage.watch_notifications()?);
    screen.resize(1280, 800).await?;
    screen.sign_in_as("wangmin").await?;
    screen.press("nav-certificates").await?;
    screen.press("open-tokens").await?;
    screen.see("token-driver").await?;
    album.take(&screen, "66-token-no-driver").await?;
    screen.press("token-driver").await?;
    hand.choose("Open File", &bid)?;
    screen.wait_for("UKey 驱动不能用").await?;
    screen.press("token-driver").await?;
    hand.choose("Open File", Path::new(module()))?;
    screen.see("token-use").await?;
    screen.wait_for("不支持这种密钥").await?;
    album.take(&screen, "67-token-found").await?;
    screen.press("token-use").await?;
    screen.gone("token-dialog").await?;

    // Its certificate ends in 30 days: the bar above every screen, and a notification of the system.
    screen.element("[data-testid=reminder][data-stage='30']").await?;
    album.take(&screen, "68-reminder").await?;
    let told = notifications.next()?;
    ensure!(
        told.contains("证书到期提醒") && told.contains("北方建设集团有限公司"),
        "{told}"
    );

    screen.press("nav-desk").await?;
    screen.press_first("tbody tr:first-child [data-testid^=desk-]").await?;
    screen.element("[data-testid=check-token_ready][data-level=ok]").await?;
    album.take(&screen, "69-desk-token").await?;
    sign(&screen, "000000").await?;
    screen.wait_for("UKey 的 PIN 码不对").await?;
    album.take(&screen, "70-token-pin-wrong").await?;
    screen.fill("token-pin", PIN).await?;
    screen.press("confirm").await?;
    screen.see("signed").await?;
    let signed = data.join("output/标书-已签章.pdf");
    judges::assert_pdfsig_valid(&signed, 1);
    judges::assert_pyhanko_trusts(&signed, &data.join("ca.pem"), 1);

    screen.close().await?;

    // Without the token: said before a PIN is asked for.
    std::fs::rename(data.join("tokens"), data.join("away")).context("pulling the token out")?;
    std::fs::create_dir(data.join("tokens"))?;
    let screen = Screen::start(&mut stage, &window_program()?, &[bid.to_string_lossy().into_owned()]).await?;
    screen.resize(1280, 800).await?;
    // Whoever was signed in still is.
    screen.see("nav-home").await?;
    screen.press("nav-desk").await?;
    screen.press_first("tbody tr:first-child [data-testid^=desk-]").await?;
    screen
        .element("[data-testid=check-token_ready][data-level=problem]")
        .await?;
    album.take(&screen, "71-token-gone").await?;
    screen.close().await
}

async fn sign(screen: &Screen, pin: &str) -> Result<()> {
    screen.press("sign").await?;
    screen.choose("level", "b_b").await?;
    screen.fill("token-pin", pin).await?;
    screen.press("confirm").await
}
