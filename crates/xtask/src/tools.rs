//! What is installed into this checkout: npm packages, the test runner, the judges from PyPI.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::workspace::Workspace;

/// The test runner that is installed where there is none. Built without optimisation: it is waited for once.
const NEXTEST: &str = "0.9.143";
/// The judges, pinned.
const JUDGES: &str = include_str!("../judges.txt");

/// `npm ci`, once for each package-lock.json.
pub(crate) fn npm_packages(workspace: &Workspace) -> Result<()> {
    let lock = fs::read(workspace.ui().join("package-lock.json")).context("ui/package-lock.json cannot be read")?;
    let stamp = workspace.ui().join("node_modules/.installed-lock.json");
    once(&stamp, &lock, || {
        process::run(&mut process::npm(&["ci", "--no-fund", "--no-audit"], &workspace.ui()))
    })
}

/// cargo-nextest, from the machine or built into the target folder.
pub(crate) fn nextest(workspace: &Workspace) -> Result<()> {
    if works(cargo(workspace).args(["nextest", "--version"])) {
        return Ok(());
    }
    let mut install = cargo(workspace);
    install.args(["install", "cargo-nextest", "--version", NEXTEST, "--locked", "--debug"]);
    install.args(["--no-default-features", "--features", "default-no-update"]);
    install.arg("--root").arg(workspace.tools());
    process::run(install.env("CARGO_PROFILE_DEV_DEBUG", "0"))
}

/// rustfmt and clippy, which a minimal toolchain leaves out.
pub(crate) fn toolchain_parts(workspace: &Workspace) -> Result<()> {
    for (part, arguments) in [("rustfmt", ["fmt", "--version"]), ("clippy", ["clippy", "--version"])] {
        if !works(cargo(workspace).args(arguments)) {
            process::run(&mut process::command(
                "rustup",
                &["component", "add", part],
                &workspace.root,
            ))?;
        }
    }
    Ok(())
}

/// pyHanko in a virtual environment of its own.
pub(crate) fn judges(workspace: &Workspace) -> Result<()> {
    let folder = workspace.judges();
    once(&folder.join("installed.txt"), JUDGES.as_bytes(), || {
        let python = if cfg!(windows) { "python" } else { "python3" };
        let mut create = process::command(python, &["-m", "venv", "--clear"], &workspace.root);
        process::run(create.arg(&folder))?;
        let inside = if cfg!(windows) {
            "Scripts/python.exe"
        } else {
            "bin/python"
        };
        let mut install = process::command(
            folder.join(inside),
            &["-m", "pip", "install", "--quiet"],
            &workspace.root,
        );
        install.args(["--disable-pip-version-check", "--requirement"]);
        process::run(install.arg(workspace.root.join("crates/xtask/judges.txt")))
    })
}

/// Packages from PyPI (words with blanks between) in a virtual environment of their own.
pub(crate) fn python_packages(workspace: &Workspace, folder: &Path, packages: &str) -> Result<()> {
    let stamp = folder.join("installed.txt");
    if fs::read_to_string(&stamp)
        .is_ok_and(|there| packages.split(' ').all(|one| there.split(' ').any(|has| has == one)))
    {
        return Ok(());
    }
    process::run(process::command("python3", &["-m", "venv"], &workspace.root).arg(folder))?;
    let inside = folder.join("bin/python");
    let mut install = process::command(inside, &["-m", "pip", "install", "--quiet"], &workspace.root);
    process::run(install.arg("--disable-pip-version-check").args(packages.split(' ')))?;
    fs::write(&stamp, packages).with_context(|| format!("cannot write {}", stamp.display()))
}

/// cargo in the workspace, with the programs we installed on its path and the judges named.
pub(crate) fn cargo(workspace: &Workspace) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = process::command(program, &[], &workspace.root);
    command.env("GANJIANG_JUDGES", workspace.judges());
    if let Some(path) = path_with(&workspace.tools().join("bin")) {
        command.env("PATH", path);
    }
    command
}

fn path_with(folder: &Path) -> Option<OsString> {
    let path = std::env::var_os("PATH")?;
    std::env::join_paths(std::iter::once(folder.to_path_buf()).chain(std::env::split_paths(&path))).ok()
}

fn works(command: &mut Command) -> bool {
    command.output().is_ok_and(|answer| answer.status.success())
}

/// Does the work unless the stamp holds exactly these bytes; writes the stamp last, so that a cut is done again.
fn once(stamp: &Path, content: &[u8], work: impl FnOnce() -> Result<()>) -> Result<()> {
    if fs::read(stamp).is_ok_and(|found| found == content) {
        return Ok(());
    }
    work()?;
    fs::write(stamp, content).with_context(|| format!("cannot write {}", stamp.display()))
}
