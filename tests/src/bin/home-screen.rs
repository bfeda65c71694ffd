//! `cargo xtask run` without a display: the real window on a virtual screen, signed in, its picture saved, kept running.
#![forbid(unsafe_code)]

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use tests::screen::Screen;
use tests::stage::Stage;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let window = PathBuf::from(arguments.next().context("usage: home-screen PROGRAM [FILE]...")?);
    let files: Vec<String> = arguments.collect();
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut ended = signal(SignalKind::terminate())?;
    let data = tempfile::tempdir()?;
    let mut stage = Stage::set(data.path())?;
    tokio::select! {
        shown = show(&mut stage, &window, &files) => {
            let screen = shown?;
            tokio::select! { _ = interrupted.recv() => {}, _ = ended.recv() => {} }
            screen.close().await?;
        }
        _ = interrupted.recv() => {}
        _ = ended.recv() => {}
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a program for people: where the picture is")]
async fn show(stage: &mut Stage, window: &Path, files: &[String]) -> Result<Screen> {
    let screen = Screen::start(stage, window, files).await?;
    screen.resize(1280, 800).await?;
    screen.sign_in_as("wangmin").await?;
    let picture = target(window).join("screens/home.png");
    screen.picture(&picture).await?;
    println!("The window is running on a virtual screen, signed in as the demonstration administrator.");
    println!("Its home screen: {}", picture.display());
    println!("It runs until it is interrupted (Ctrl-C).");
    Ok(screen)
}

/// The target folder: above `debug` or `release`, where the program lies.
fn target(window: &Path) -> PathBuf {
    let folder = window.parent().and_then(Path::parent);
    folder.map_or_else(|| PathBuf::from("target"), Path::to_path_buf)
}
