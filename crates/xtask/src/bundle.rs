//! `cargo xtask bundle`: the installer of this operating system, by Tauri's own tool.

use std::process::ExitCode;

use anyhow::Result;

use crate::machine::{self, Need};
use crate::workspace::Workspace;
use crate::{process, tools};

/// Builds in the release profile and packs: `.deb`, `.dmg` or an NSIS installer.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    machine::prepare(Need::Bundle)?;
    tools::npm_packages(workspace)?;
    let kind = match std::env::consts::OS {
        "windows" => "nsis",
        "macos" => "dmg",
        _ => "deb",
    };
    let tauri = workspace.ui().join("node_modules/@tauri-apps/cli/tauri.js");
    let mut build = process::command("node", &[], &workspace.root.join("src-tauri"));
    // Tauri's tool reads `CI=true` as "ask nothing".
    build
        .arg(tauri)
        .args(["build", "--bundles", kind, "--", "--locked"])
        .env("CI", "true");
    process::run(&mut build)?;
    println!(
        "The installer is under {}",
        workspace.target.join("release/bundle").display()
    );
    Ok(ExitCode::SUCCESS)
}
