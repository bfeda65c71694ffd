//! The seal designer in the real window: before anybody signs in, every shape, and drafts that reach the disk.

use crate::album::Album;
use anyhow::{Context, Result, ensure};
use tests::screen::{Screen, window_program};
use tests::stage::Stage;

#[tokio::test]
async fn seals_are_designed_without_an_account() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    std::fs::create_dir(&data)?;
    let mut stage = Stage::set(&data)?;
    let screen = Screen::start(&mut stage, &window_program()?, &[]).await?;
    let album = Album::open()?;
    screen.press("open-designer").await?;
    screen.see("draft-preview").await?;
    album.take(&screen, "60-designer-round").await?;
    screen.fill("draft-name", "北京㐂科技有限公司").await?;
    screen.see_failure("seal_missing_glyphs").await?;
    album.take(&screen, "61-designer-missing-character").await?;
    let long = "中铁二十三局集团第六工程有限公司渝昆高速铁路站前工程施工总承包项目经理部";
    screen.fill("draft-name", long).await?;
    wait_for_preview_of(&screen, "项目经理部").await?;
    album.take(&screen, "62-designer-long-name").await?;
    for (shape, words, picture) in [
        ("发票专用章（40 × 30 mm）", "91330106MA27X12A3B", "63-designer-invoice"),
        ("姓名章（法定代表人、个人）", "李建国", "64-designer-name"),
        ("方形印章（财务专用章等）", "财务专用章", "65-designer-square"),
        ("长方形印章", "现金收讫", "66-designer-rectangle"),
        ("椭圆形公章（45 × 30 mm）", "有限公司", "67-designer-oval"),
    ] {
        screen.choose("draft-shape", shape).await?;
        wait_for_preview_of(&screen, words).await?;
        album.take(&screen, picture).await?;
    }
    screen.choose("draft-shape", "姓名章（法定代表人、个人）").await?;
    screen.choose("draft-typeface", "毛笔").await?;
    screen.fill("draft-name", "王喆").await?;
    screen.see("draft-fallback").await?;
    album.take(&screen, "68-designer-stand-in").await?;
    screen.press("designer-export").await?;
    screen.press("designer-svg").await?;
    screen.see("saved").await?;
    album.take(&screen, "69-designer-exported").await?;
    screen.press("designer-back").await?;
    screen.see("account").await?;
    screen.close().await
}

/// Waits until the picture shows a seal with these words.
async fn wait_for_preview_of(screen: &Screen, words: &str) -> Result<()> {
    let selector = format!("[data-testid=draft-preview][alt*='{words}']");
    let picture = screen.element(&selector).await.context("the preview")?;
    ensure!(picture.is_displayed().await?, "the preview of {words} is hidden");
    Ok(())
}
