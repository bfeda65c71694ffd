//! `cargo xtask bench pdf`: our release binary beside the programs that do the same, in one interleaved run.

use std::process::ExitCode;

use anyhow::{Result, ensure};

use crate::machine::{self, Need};
use crate::workspace::Workspace;
use crate::{process, tools};

/// Peers from PyPI, pinned; in an environment of their own, so that no judge changes with them.
const PEERS: &[&str] = &["pymupdf==2.0", "pypdfium2==5.15.2", "pillow==13.0.0"];
/// Runs of each program that count.
const RUNS: &str = "5";

/// Measures documents; `install` brings the peers that can be had.
pub(crate) fn pdf(workspace: &Workspace, install: bool) -> Result<ExitCode> {
    machine::prepare(if install { Need::Peers } else { Need::Everything })?;
    tools::judges(workspace)?;
    let folder = workspace.target.join("bench");
    std::fs::create_dir_all(&folder)?;
    let inside = folder.join("venv/bin/python");
    if install {
        process::run(process::command("python3", &["-m", "venv"], &workspace.root).arg(folder.join("venv")))?;
        let mut peers = process::command(&inside, &["-m", "pip", "install", "--quiet"], &workspace.root);
        process::run(peers.arg("--disable-pip-version-check").args(PEERS))?;
    }
    let mut build = tools::cargo(workspace);
    process::run(build.args(["build", "--locked", "--release", "-p", "cli"]))?;
    let python = if inside.exists() { inside } else { "python3".into() };
    let mut bench = process::command(python, &[], &workspace.root);
    bench.arg(workspace.root.join("crates/xtask/bench/pdf.py"));
    let ours = workspace.target.join("release/ganjiang");
    ensure!(ours.exists(), "no program at {}", ours.display());
    let pyhanko = workspace.judges().join("bin/pyhanko");
    process::run(bench.arg(ours).arg(&folder).arg(RUNS).arg(pyhanko))?;
    Ok(ExitCode::SUCCESS)
}
