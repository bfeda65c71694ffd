//! The screens and their window: built when they are stale, started with or without a display.

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::SystemTime;

use anyhow::{Result, bail};

use crate::machine::{self, Need};
use crate::workspace::Workspace;
use crate::{process, tools};

/// The screens are inside the program instead of on a development server.
pub(crate) const WITH_SCREENS: &str = "ganjiang-window/custom-protocol";
const WINDOW: &str = "ganjiang-window";

/// `cargo xtask run`: from a bare machine to the home screen. What follows `run` goes to the window (files to open).
pub(crate) fn run(workspace: &Workspace, arguments: &[&str]) -> Result<ExitCode> {
    let display = has_display();
    machine::prepare(if display {
        Need::Build
    } else {
        Need::BuildAndVirtualScreen
    })?;
    build_ui(workspace)?;
    if display {
        build(workspace, &["--package", WINDOW])?;
        let mut window = process::command(workspace.program(WINDOW), arguments, &workspace.root);
        return process::become_program(&mut window);
    }
    println!("No display here (neither DISPLAY nor WAYLAND_DISPLAY is set): starting the window on a virtual one.");
    build(
        workspace,
        &[
            "--package",
            WINDOW,
            "--package",
            "tests",
            "--bin",
            WINDOW,
            "--bin",
            "home-screen",
        ],
    )?;
    let mut screen = process::command(workspace.program("home-screen"), &[], &workspace.root);
    process::become_program(screen.arg(workspace.program(WINDOW)).args(arguments))
}

/// `npm ci` and `vite build`, when something under `ui` is newer than what was built last.
pub(crate) fn build_ui(workspace: &Workspace) -> Result<()> {
    tools::npm_packages(workspace)?;
    if ui_is_current(&workspace.ui()) {
        return Ok(());
    }
    process::run(&mut process::npm(&["run", "build"], &workspace.ui()))
}

/// `cargo xtask bindings`: writes what tests compare, the window's bindings and the OpenAPI document.
pub(crate) fn write_bindings(workspace: &Workspace) -> Result<ExitCode> {
    machine::prepare(Need::Build)?;
    build_ui(workspace)?;
    let mut bindings = tools::cargo(workspace);
    bindings.args([
        "test",
        "--locked",
        "--package",
        WINDOW,
        "--features",
        WITH_SCREENS,
        "generated_",
    ]);
    process::run(bindings.env("GANJIANG_WRITE_GENERATED", "1"))?;
    let mut openapi = tools::cargo(workspace);
    let document = openapi
        .args([
            "run",
            "--locked",
            "--quiet",
            "--package",
            "server",
            "--example",
            "openapi",
        ])
        .output()?;
    if !document.status.success() {
        bail!(
            "the OpenAPI document was not generated: {}",
            String::from_utf8_lossy(&document.stderr)
        );
    }
    fs::write(workspace.root.join("crates/platform/openapi.json"), document.stdout)?;
    Ok(ExitCode::SUCCESS)
}

fn build(workspace: &Workspace, what: &[&str]) -> Result<()> {
    let mut cargo = tools::cargo(workspace);
    process::run(cargo.args(["build", "--locked", "--features", WITH_SCREENS]).args(what))
}

fn has_display() -> bool {
    let named = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(windows) || cfg!(target_os = "macos") || named("DISPLAY") || named("WAYLAND_DISPLAY")
}

fn ui_is_current(ui: &Path) -> bool {
    let built = fs::metadata(ui.join("dist/index.html"))
        .and_then(|facts| facts.modified())
        .ok();
    let sources = newest(ui, &["dist", "node_modules"]);
    built.is_some() && sources.is_some() && built > sources
}

/// When the newest file below a folder was changed, leaving out the named children.
fn newest(folder: &Path, without: &[&str]) -> Option<SystemTime> {
    let entries = fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let kept = entries.filter(|entry| !without.iter().any(|name| entry.file_name() == *name));
    kept.filter_map(|entry| match entry.file_type().ok()?.is_dir() {
        true => newest(&entry.path(), &[]),
        false => entry.metadata().ok()?.modified().ok(),
    })
    .max()
}
