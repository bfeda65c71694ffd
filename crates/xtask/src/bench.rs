//! `cargo xtask bench` and `corpora`: our release programs beside the programs that do the same, and on every file of others.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, ensure};

use crate::machine::{self, Need};
use crate::workspace::Workspace;
use crate::{process, tools};

/// What the inputs are made with; in an environment of their own, so that no judge changes with them.
const MAKERS: &str = "pillow==13.0.0 pymupdf==2.0";
/// Peers from PyPI, pinned (PyMuPDF is there already).
const PYTHON_PEERS: &str = "endesive==3.0.1 pypdf==6.21.4 pypdfium2==5.15.2";
/// Peers from npm, pinned.
const NPM_PEERS: &str =
    "@signpdf/placeholder-plain@3.3.0 @signpdf/signer-p12@3.3.0 @signpdf/signpdf@3.3.0 pdf-lib@1.17.1";
/// Where Debian keeps what the Java peer is built with.
const JAVA_LIBRARIES: [&str; 4] = ["pdfbox2", "bcpkix", "bcprov", "bcutil"];
/// What makes photos, and what clean-up is compared with.
const PHOTO_PEERS: &str = "opencv-python-headless==5.0.0.93 numpy==2.4.6 pillow==13.0.0";
/// Peers from npm, pinned, with the canvas that stands in for a browser's.
const SEAL_PEERS: &[&str] = &["@pansy/seal@0.1.4", "seal-generator@1.0.4", "@napi-rs/canvas@1.1.1"];
/// Runs of each program that count.
const RUNS: &str = "5";

/// Measures documents; `install` brings the peers that can be had; `only` names words of the rows that are wanted.
pub(crate) fn pdf(workspace: &Workspace, install: bool, only: &[&str]) -> Result<ExitCode> {
    machine::prepare(if install { Need::Peers } else { Need::Everything })?;
    tools::judges(workspace)?;
    let folder = workspace.target.join("bench");
    std::fs::create_dir_all(&folder)?;
    tools::python_packages(workspace, &folder.join("venv"), MAKERS)?;
    if install {
        install_peers(workspace, &folder)?;
    }
    let ours = release_program(workspace)?;
    let mut bench = script(workspace, &folder.join("venv"), "pdf.py");
    let pyhanko = workspace.judges().join("bin/pyhanko");
    process::run(bench.arg(ours).arg(&folder).arg(RUNS).arg(pyhanko).args(only))?;
    Ok(ExitCode::SUCCESS)
}

/// Takes every file of others (the corpora, or those named) through our release binary and tells what came of it.
pub(crate) fn corpora(workspace: &Workspace, places: &[&str]) -> Result<ExitCode> {
    machine::prepare(Need::Everything)?;
    let folder = workspace.target.join("bench");
    let venv = folder.join("venv");
    let work = folder.join("corpora");
    std::fs::create_dir_all(&work)?;
    tools::python_packages(workspace, &venv, MAKERS)?;
    let ours = release_program(workspace)?;
    let mut walk = script(workspace, &venv, "corpora.py");
    walk.arg(ours).arg(&work);
    match places {
        [] => walk.arg(workspace.root.join("../shared/corpora")),
        places => walk.args(places),
    };
    process::run(&mut walk)?;
    Ok(ExitCode::SUCCESS)
}

/// One of the scripts in `crates/xtask/bench`, which leaves nothing beside itself.
fn script(workspace: &Workspace, venv: &Path, name: &str) -> std::process::Command {
    let mut command = process::command(venv.join("bin/python"), &[], &workspace.root);
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command.arg(workspace.root.join("crates/xtask/bench").join(name));
    command
}

/// `ganjiang` as it is delivered.
fn release_program(workspace: &Workspace) -> Result<std::path::PathBuf> {
    let mut build = tools::cargo(workspace);
    process::run(build.args(["build", "--locked", "--release", "-p", "cli"]))?;
    let program = workspace.target.join("release/ganjiang");
    ensure!(program.exists(), "no program at {}", program.display());
    Ok(program)
}

fn install_peers(workspace: &Workspace, folder: &Path) -> Result<()> {
    tools::python_packages(workspace, &folder.join("venv"), &format!("{MAKERS} {PYTHON_PEERS}"))?;
    let npm = folder.join("npm");
    std::fs::create_dir_all(&npm)?;
    let mut install = process::npm(&["install", "--no-fund", "--no-audit", "--silent", "--no-save"], &npm);
    process::run(install.args(NPM_PEERS.split(' ')))?;
    let classes = folder.join("java");
    std::fs::create_dir_all(&classes)?;
    let libraries = JAVA_LIBRARIES.map(|name| format!("/usr/share/java/{name}.jar"));
    let mut compile = process::command("javac", &["-cp", &libraries.join(":"), "-d"], &workspace.root);
    process::run(compile.arg(classes).arg("crates/xtask/bench/PdfBoxSign.java"))
}

/// Measures the clean-up of photos beside OpenCV pipelines: on those of the shared corpus, and others made here.
pub(crate) fn photos(workspace: &Workspace) -> Result<ExitCode> {
    machine::prepare(Need::Everything)?;
    let folder = workspace.target.join("bench");
    let (venv, made) = (folder.join("photo-venv"), folder.join("photos"));
    std::fs::create_dir_all(&made)?;
    tools::python_packages(workspace, &venv, PHOTO_PEERS)?;
    let ours = release_program(workspace)?;
    process::run(script(workspace, &venv, "photos.py").arg(&ours).arg(&made))?;
    let mut bench = script(workspace, &venv, "clean.py");
    bench
        .arg(ours)
        .arg(stopwatch(workspace)?)
        .arg(&folder)
        .arg(RUNS)
        .arg(made);
    let shared = workspace.root.join("../shared/corpora/photos");
    if shared.is_dir() {
        bench.arg(shared);
    }
    process::run(&mut bench)?;
    Ok(ExitCode::SUCCESS)
}

/// Measures seals; `install` brings the peers.
pub(crate) fn seal(workspace: &Workspace, install: bool) -> Result<ExitCode> {
    machine::prepare(if install { Need::Peers } else { Need::Build })?;
    let folder = workspace.target.join("bench");
    let peers = folder.join("seal-peers");
    std::fs::create_dir_all(&peers)?;
    if install {
        let mut npm = process::npm(
            &["install", "--no-save", "--no-fund", "--no-audit", "--prefix", "."],
            &peers,
        );
        process::run(npm.args(SEAL_PEERS))?;
    }
    let mut bench = process::command("node", &[], &workspace.root);
    bench.arg(workspace.root.join("crates/xtask/bench/seal.mjs"));
    process::run(bench.arg(stopwatch(workspace)?).arg(&folder).arg(RUNS))?;
    Ok(ExitCode::SUCCESS)
}

/// Measures the platform on a PostgreSQL of its own: queries among that many orders, calls to one instance.
pub(crate) fn platform(workspace: &Workspace, rows: &str) -> Result<ExitCode> {
    machine::prepare(Need::Load)?;
    let folder = workspace.target.join("bench");
    std::fs::create_dir_all(&folder)?;
    let mut build = tools::cargo(workspace);
    process::run(build.args(["build", "--locked", "--release", "-p", "service"]))?;
    let mut bench = process::command("python3", &[], &workspace.root);
    bench.env("PYTHONDONTWRITEBYTECODE", "1");
    bench.arg(workspace.root.join("crates/xtask/bench/service.py"));
    bench
        .arg(workspace.target.join("release/ganjiang-platform"))
        .arg(folder);
    process::run(bench.args([rows, RUNS]))?;
    Ok(ExitCode::SUCCESS)
}

/// `crates/seal/examples/speed.rs`, which times what crate seal does inside one process.
fn stopwatch(workspace: &Workspace) -> Result<std::path::PathBuf> {
    let mut build = tools::cargo(workspace);
    process::run(build.args(["build", "--locked", "--release", "-p", "seal", "--example", "speed"]))?;
    let program = workspace.target.join("release/examples/speed");
    ensure!(program.exists(), "no program at {}", program.display());
    Ok(program)
}
