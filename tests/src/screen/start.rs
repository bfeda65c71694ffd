//! Starting the window under the driver.

use super::{PATIENCE_MS, Screen};
use crate::stage::Stage;
use anyhow::{Context, Result};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use thirtyfour::{Capabilities, WebDriver};

/// How long the driver may take to listen and the window to come up; a deadline, not a pause.
const START: Duration = Duration::from_secs(60);

impl Screen {
    /// Starts the window with these arguments (files to open) on the stage and waits for its first words.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn start(stage: &mut Stage, program: &Path, arguments: &[String]) -> Result<Self> {
        // The HTTP client takes its cryptography from the process; a second installation is refused and harmless.
        let _ = rustls::crypto::ring::default_provider().install_default();
        listening(stage).await?;
        let mut capabilities = Capabilities::new();
        let options = json!({ "binary": program, "args": arguments });
        capabilities.set("webkitgtk:browserOptions", options)?;
        let driver = WebDriver::new(stage.driver_url(), capabilities).await;
        let driver = driver.with_context(|| format!("starting {}", program.display()))?;
        driver
            .set_script_timeout(Duration::from_millis(2 * PATIENCE_MS))
            .await?;
        let screen = Self { driver };
        screen.element("#root *").await.context(
            "the window stays empty: was it built with its screens (`--features ganjiang-window/custom-protocol`)?",
        )?;
        Ok(screen)
    }
}

/// The window's program: beside the running one, or in the folder GANJIANG_PROGRAMS names.
///
/// # Errors
/// When it was not built.
pub fn window_program() -> Result<PathBuf> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the tests' edge: xtask says where the programs are"
    )]
    let named = std::env::var_os("GANJIANG_PROGRAMS").map(PathBuf::from);
    let here = std::env::current_exe()?;
    let folders = named
        .into_iter()
        .chain(here.ancestors().skip(1).take(2).map(Path::to_path_buf));
    let mut programs = folders.map(|folder| folder.join("ganjiang-window"));
    programs.find(|program| program.is_file()).context(
        "ganjiang-window is not built: `cargo build --package ganjiang-window --features custom-protocol` after `npm run build`",
    )
}

/// Waits until the driver accepts connections; it gives no sign by itself.
async fn listening(stage: &mut Stage) -> Result<()> {
    let begun = Instant::now();
    let address = stage.driver_url().replace("http://", "");
    let mut pause = tokio::time::interval(Duration::from_millis(50));
    while tokio::net::TcpStream::connect(&address).await.is_err() {
        stage.check()?;
        anyhow::ensure!(begun.elapsed() < START, "WebKitWebDriver does not listen on {address}");
        pause.tick().await;
    }
    Ok(())
}
