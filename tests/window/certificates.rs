//! The life of a certificate in the real window: what can be done and why not, a new PIN, a reissue, the end.

use crate::album::Album;
use anyhow::{Result, ensure};
use tests::screen::Screen;
use thirtyfour::Key;

const NEW_PIN: &str = "739182";
const CARD: &str = "[data-kind=enterprise][data-state=active]";

/// Changes the PIN and reissues the certificate; looks at every other dialog and leaves it.
pub(crate) async fn live_with_one(screen: &Screen, album: &Album, pin: &str) -> Result<()> {
    screen.press("nav-certificates").await?;
    screen.element(CARD).await?;
    open_menu(screen).await?;
    screen.wait_for("起可以延期").await?;
    album.take(screen, "40-certificate-menu").await?;
    change_pin(screen, album, pin).await?;
    for (action, picture) in [("export_key", "42-export-key"), ("revoke", "43-revoke")] {
        open_menu(screen).await?;
        screen.press_first(&format!("[data-testid^={action}-]")).await?;
        screen.see("confirm").await?;
        album.take(screen, picture).await?;
        screen.key(Key::Escape).await?;
        screen.gone("confirm").await?;
    }
    reissue(screen, album).await?;
    screen.press("bring").await?;
    screen.see("file-password").await?;
    album.take(screen, "46-bring").await?;
    screen.key(Key::Escape).await?;
    screen.gone("file-password").await
}

async fn open_menu(screen: &Screen) -> Result<()> {
    screen.press_first(&format!("{CARD} [data-testid^=more-]")).await?;
    screen.element("[role=menu] [data-testid^=reissue-]").await.map(drop)
}

async fn change_pin(screen: &Screen, album: &Album, pin: &str) -> Result<()> {
    open_menu(screen).await?;
    screen.press_first("[data-testid^=change_pin-]").await?;
    screen.fill("pin-old", "998877").await?;
    new_pin(screen, NEW_PIN).await?;
    let words = screen.see_failure("pin_wrong").await?.text().await?;
    ensure!(words.contains('4'), "the tries left are not told: {words}");
    album.take(screen, "41-change-pin").await?;
    screen.fill("pin-old", pin).await?;
    new_pin(screen, NEW_PIN).await?;
    screen.see("pin-changed").await?;
    screen.press("pin-close").await?;
    screen.gone("pin-changed").await
}

async fn new_pin(screen: &Screen, pin: &str) -> Result<()> {
    screen.fill("pin", pin).await?;
    screen.fill("pin-again", pin).await?;
    screen.press("confirm").await
}

async fn reissue(screen: &Screen, album: &Album) -> Result<()> {
    open_menu(screen).await?;
    screen.press_first("[role=menu] [data-testid^=reissue-]").await?;
    screen.see("reissue-reason").await?;
    album.take(screen, "44-reissue").await?;
    new_pin(screen, "482915").await?;
    screen.see("reissued").await?;
    album.take(screen, "45-reissued").await?;
    screen.press("reissue-close").await?;
    screen.gone("reissued").await
}
