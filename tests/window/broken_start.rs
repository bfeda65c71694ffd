//! Local data the window cannot open: it comes up nevertheless and says what is wrong and what to do.

use anyhow::Result;
use std::path::Path;
use tests::screen::{Screen, window_program};
use tests::stage::Stage;

/// Where SQLite keeps the number this program counts its migrations with (big endian, SQLite file format 1.3.11).
const USER_VERSION: std::ops::Range<usize> = 60..64;

#[tokio::test]
async fn data_from_a_newer_version_is_left_alone_and_named() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let database = made_by_a_first_start(folder.path()).await?;
    let mut bytes = std::fs::read(&database)?;
    bytes[USER_VERSION].copy_from_slice(&9999_u32.to_be_bytes());
    std::fs::write(&database, &bytes)?;
    let failure = shown_at_start(folder.path(), "store_from_newer_version").await?;
    assert!(failure.contains("版本"), "{failure}");
    assert_eq!(std::fs::read(&database)?, bytes, "nothing was changed");
    Ok(())
}

#[tokio::test]
async fn damaged_data_is_named() -> Result<()> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("ganjiang.sqlite"), "这不是数据库".repeat(500))?;
    shown_at_start(folder.path(), "store_damaged").await.map(drop)
}

async fn made_by_a_first_start(folder: &Path) -> Result<std::path::PathBuf> {
    let mut stage = Stage::set(folder)?;
    let screen = Screen::start(&mut stage, &window_program()?, &[]).await?;
    screen.see("demo-account-wangmin").await?;
    screen.close().await?;
    Ok(folder.join("ganjiang.sqlite"))
}

async fn shown_at_start(folder: &Path, code: &str) -> Result<String> {
    let mut stage = Stage::set(folder)?;
    let screen = Screen::start(&mut stage, &window_program()?, &[]).await?;
    let words = screen.see_failure(code).await?.text().await?;
    screen.close().await?;
    Ok(words)
}
