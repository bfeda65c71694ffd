//! The dialogs of the system and files dropped on the window: the letter of authorisation out and in, bids opened.

use anyhow::{Result, ensure};
use testkit::{judges, pdfs};
use tests::screen::{Screen, window_program};
use tests::stage::Stage;

#[tokio::test]
async fn files_go_in_and_out_by_dialog_and_drop() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    std::fs::create_dir(&data)?;
    let mut stage = Stage::set(&data)?;
    let screen = Screen::start(&mut stage, &window_program()?, &[]).await?;
    screen.resize(1280, 800).await?;
    let hand = stage.hand();
    screen.sign_in_as("wangmin").await?;

    screen.press("nav-desk").await?;
    let dropped = pdfs::put(folder.path(), "dropped.pdf", &pdfs::chinese_pages(2));
    hand.drop_at((700, 500), &dropped)?;
    screen.wait_for("dropped.pdf").await?;
    screen.press("open-pdf").await?;
    hand.cancel("Open File")?;
    let chosen = pdfs::put(folder.path(), "chosen.pdf", &pdfs::chinese_pages(3));
    screen.press("open-pdf").await?;
    hand.choose("Open File", &chosen)?;
    screen.element(".sheet img.page[data-drawn]").await?;

    screen.press("nav-authorisation").await?;
    screen.press("letter-template").await?;
    let letter = folder.path().join("letter.pdf");
    hand.choose("Save File", &letter)?;
    screen.wait_for("letter.pdf").await?;
    judges::assert_sound_pdf(&letter);
    // A photo or a PDF dropped here is the letter: no photo of a seal is opened, no file on the desk.
    let nonsense = pdfs::put(folder.path(), "letter.png", b"not a picture");
    hand.drop_at((700, 500), &nonsense)?;
    screen.see_failure("letter_wrong_type").await?;
    screen.press("letter-submit").await?;
    hand.choose("Open File", &nonsense)?;
    screen.see_failure("letter_wrong_type").await?;
    hand.drop_at((700, 500), &letter)?;
    screen.see("submitted").await?;
    screen.close().await?;
    ensure!(
        pdfs::chinese_pages(3) == std::fs::read(&chosen)?,
        "the chosen file was touched"
    );
    Ok(())
}
