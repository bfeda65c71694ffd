//! `cargo xtask bundle`: the installer of this operating system, by Tauri's own tool.

use std::process::ExitCode;

use anyhow::Result;

use crate::machine::{self, Need};
use crate::workspace::Workspace;
use crate::{process, screens};

/// Tauri's bundler, pinned; fetched by npx when it is needed and only then.
const TAURI: &str = "@tauri-apps/cli@2.12.5";

/// Builds in the release profile and packs: `.deb`, `.dmg` or an NSIS installer.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    machine::prepare(Need::Bundle)?;
    screens::build_ui(workspace)?;
    let kind = match std::env::consts::OS {
        "windows" => "nsis",
        "macos" => "dmg",
        _ => "deb",
    };
    let npx = if cfg!(windows) { "npx.cmd" } else { "npx" };
    let words = ["--yes", TAURI, "build", "--bundles", kind, "--", "--locked"];
    let mut build = process::command(npx, &words, &workspace.root.join("src-tauri"));
    // Tauri's tool reads `CI=true` as "ask nothing".
    build.env("CI", "true");
    process::run(&mut build)?;
    println!(
        "The installer is under {}",
        workspace.target.join("release/bundle").display()
    );
    Ok(ExitCode::SUCCESS)
}
