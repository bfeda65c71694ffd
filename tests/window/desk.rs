//! The stamping desk: every way of placing, taken back and brought back, kept as a template; locked and damaged files.

use crate::album::Album;
use anyhow::{Result, ensure};
use testkit::{judges, pdfs};
use tests::screen::{Screen, window_program};
use tests::stage::Stage;

/// Beside a seal on all four pages of the sample bid: a keyword, a seam, text and a date. Leaves twelve places.
pub(crate) async fn use_every_tool(screen: &Screen, album: &Album) -> Result<()> {
    at_a_keyword(screen, album).await?;
    along_a_seam(screen, album).await?;
    with_words(screen, album).await?;
    back_and_forth(screen).await?;
    as_a_template(screen, album).await
}

async fn at_a_keyword(screen: &Screen, album: &Album) -> Result<()> {
    screen.press("keyword-add").await?;
    album.take(screen, "25a-desk-keyword-empty").await?;
    screen.fill("keyword", "没有这几个字").await?;
    screen.element("[data-testid=hits][data-count='0']").await?;
    screen.see("finding-keyword_missing").await?;
    album.take(screen, "25b-desk-keyword-missing").await?;
    screen.fill("keyword", "投标人").await?;
    screen
        .element("[data-testid=hits]:not([data-count='0']) .hits button")
        .await?;
    screen.choose("keyword-hits", "last").await?;
    screen.choose("keyword-anchor", "right").await?;
    screen.wait_for("共 5 处").await?;
    screen
        .press_first("[data-testid=hits] .hits li:last-child button")
        .await?;
    screen.element(".sheet .placed.still").await?;
    album.take(screen, "25c-desk-keyword").await
}

async fn along_a_seam(screen: &Screen, album: &Album) -> Result<()> {
    screen.press("seam-add").await?;
    screen.see("finding-seam").await?;
    screen.wait_for("共 9 处").await?;
    screen.element(".sheet .placed[data-slice]").await?;
    album.take(screen, "25d-desk-seam").await
}

async fn with_words(screen: &Screen, album: &Album) -> Result<()> {
    screen.press("text-add").await?;
    screen.fill("text-words", "同意投标文件全部内容").await?;
    screen.fill("mark-y", "250").await?;
    screen.wait_for("共 10 处").await?;
    screen.press("date-add").await?;
    screen.choose("date-pattern", "chinese_numerals").await?;
    screen.fill("mark-y", "262").await?;
    screen.wait_for("共 11 处").await?;
    screen.element(".sheet .placed img[src^='data:image/svg']").await?;
    album.take(screen, "25e-desk-text-and-date").await
}

async fn back_and_forth(screen: &Screen) -> Result<()> {
    for _ in 0..3 {
        screen.press("undo").await?;
    }
    screen.wait_for("共 10 处").await?;
    for _ in 0..3 {
        screen.press("redo").await?;
    }
    screen.wait_for("共 11 处").await
}

async fn as_a_template(screen: &Screen, album: &Album) -> Result<()> {
    screen.press("templates").await?;
    screen.see("no-templates").await?;
    screen.fill("template-name", "常用投标方案").await?;
    screen.press("keep-template").await?;
    screen.see("template-常用投标方案").await?;
    album.take(screen, "25f-desk-templates").await?;
    // The same places again are no new places, but the items are there, and go in one step.
    screen.press("use-template").await?;
    screen.see("item-m10").await?;
    screen.press("undo").await?;
    screen.gone("item-m10").await?;
    screen.wait_for("共 11 处").await?;
    screen.element("[data-testid=sign]:not([disabled])").await?;
    album.take(screen, "25g-desk").await
}

#[tokio::test]
async fn locked_and_damaged_files_are_opened_on_the_desk() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    std::fs::create_dir(&data)?;
    let plain = pdfs::put(folder.path(), "plain.pdf", &pdfs::chinese_pages(3));
    let locked = folder.path().join("加密的投标文件.pdf");
    let mut lock = judges::qpdf();
    lock.args(["--encrypt", "kai-biao", "owner", "256", "--"]).arg(plain);
    judges::must(lock.arg(&locked));
    let mut bytes = pdfs::simple(3);
    let end = bytes.windows(9).rposition(|window| window == b"startxref").unwrap();
    bytes.truncate(end);
    bytes.extend_from_slice(b"startxref\n5\n%%EOF\n");
    let broken = pdfs::put(folder.path(), "损坏的投标文件.pdf", &bytes);
    let mut stage = Stage::set(&data)?;
    let files = [locked, broken].map(|file| file.to_string_lossy().into_owned());
    let screen = Screen::start(&mut stage, &window_program()?, &files).await?;
    let album = Album::open()?;
    screen.sign_in_as("wangmin").await?;
    screen.press("nav-desk").await?;
    screen.press_first("tbody tr:first-child [data-testid^=desk-]").await?;
    screen.see("unlock").await?;
    album.take(&screen, "40-desk-locked").await?;
    screen.fill("pdf-password", "kaibiao").await?;
    screen.press("unlock-open").await?;
    screen.see_failure("pdf_password_wrong").await?;
    album.take(&screen, "41-desk-wrong-password").await?;
    screen.fill("pdf-password", "kai-biao").await?;
    screen.press("unlock-open").await?;
    screen.element(".sheet img.page[data-drawn]").await?;
    album.take(&screen, "42-desk-unlocked").await?;

    screen.press("nav-desk").await?;
    screen.press_first("tbody tr:nth-child(2) [data-testid^=desk-]").await?;
    screen.see("can-repair").await?;
    album.take(&screen, "43-desk-damaged").await?;
    screen.press("repair").await?;
    screen.gone("can-repair").await?;
    screen.wait_for("损坏的投标文件-已修复.pdf").await?;
    album.take(&screen, "44-desk-repaired").await?;
    screen.close().await?;
    let mended = data.join("output").join("损坏的投标文件-已修复.pdf");
    judges::assert_sound_pdf(&mended);
    ensure!(
        std::fs::read(folder.path().join("损坏的投标文件.pdf"))? == bytes,
        "the original stays"
    );
    Ok(())
}
