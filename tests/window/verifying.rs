//! Verifying another's file: untrusted, then with a root of one's own; what was changed, the signed revision, the report.

use crate::album::Album;
use anyhow::{Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;
use testkit::attacks::open_changes;
use testkit::{identities, judges, pdfs, programs};
use tests::screen::{Screen, window_program};
use tests::stage::Stage;

/// A file that another authority's customer signed, then somebody filled in; beside it the authority's root.
fn filled_in(folder: &Path) -> PathBuf {
    identities::by_openssl(folder, "/O=某市公共资源交易中心/CN=外部签名人");
    pdfs::put(folder, "in.pdf", &open_changes::with_form());
    let mut sign = Command::new(programs::command_line());
    sign.args([
        "sign",
        "in.pdf",
        "--out",
        "signed.pdf",
        "--p12",
        "key.p12",
        "--password-env",
        "P12",
    ]);
    judges::must(sign.current_dir(folder).env("P12", identities::PASSWORD));
    let signed = std::fs::read(folder.join("signed.pdf")).unwrap();
    pdfs::put(folder, "外来合同.pdf", &open_changes::payee_filled(&signed))
}

#[tokio::test]
async fn another_authoritys_file_with_a_root_of_ones_own() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    std::fs::create_dir(&data)?;
    let file = filled_in(folder.path());
    let mut stage = Stage::set(&data)?;
    let screen = Screen::start(&mut stage, &window_program()?, &[file.to_string_lossy().into_owned()]).await?;
    let (album, hand) = (Album::open()?, stage.hand());
    screen.resize(1280, 800).await?;
    screen.sign_in_as("wangmin").await?;
    open_for_verifying(&screen).await?;
    screen
        .element("[data-testid=verdict][data-verdict=indeterminate]")
        .await?;
    album.take(&screen, "60-verify-untrusted").await?;

    screen.press("nav-settings").await?;
    screen.see("root-platform").await?;
    screen.press("root-add").await?;
    hand.choose("Open File", &folder.path().join("root.pem"))?;
    screen.see("root-offered").await?;
    album.take(&screen, "61-root-offered").await?;
    screen.press("confirm").await?;
    screen.see("root-added").await?;
    album.take(&screen, "62-settings-roots").await?;

    open_for_verifying(&screen).await?;
    screen
        .element("[data-testid=verdict][data-verdict=valid_with_changes]")
        .await?;
    screen.wait_for("填写了表单「payee」").await?;
    album.take(&screen, "63-verify-changes").await?;
    screen.press("revision-Signature1").await?;
    screen.element("[data-testid=revision][data-verdict=valid]").await?;
    screen.element("[data-testid=revision] img.page[data-drawn]").await?;
    album.take(&screen, "64-verify-revision").await?;
    screen.press_first("[role=dialog] header button").await?;
    screen.gone("revision").await?;

    let report = folder.path().join("report.pdf");
    screen.press("save-report").await?;
    hand.choose("Save File", &report)?;
    screen.see("saved").await?;
    album.take(&screen, "65-verify-report-saved").await?;
    judges::assert_sound_pdf(&report);

    screen.press("nav-settings").await?;
    screen.press("root-remove").await?;
    screen.gone("root-added").await?;
    open_for_verifying(&screen).await?;
    screen
        .element("[data-testid=verdict][data-verdict=indeterminate]")
        .await?;
    screen.close().await?;
    ensure!(std::fs::read(file)?.len() > 1000, "the file stays");
    Ok(())
}

async fn open_for_verifying(screen: &Screen) -> Result<()> {
    screen.press("nav-verify").await?;
    screen.press_first(".files .file a").await
}
