//! `cargo xtask fuzz TARGET [SECONDS]`: builds a target of `fuzz/` with libFuzzer on the stable toolchain and runs it.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::machine::{self, Need};
use crate::workspace::Workspace;
use crate::{process, tools};

/// What cargo-fuzz gives the compiler, without the sanitizers that only a nightly toolchain has: our code has no `unsafe`.
const COVERAGE: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";
/// One input may take this many seconds, and all of them together this many megabytes.
const LIMITS: [&str; 3] = ["-timeout=10", "-rss_limit_mb=1024", "-max_len=65536"];

/// Runs until the time is up or something is found; what is found lies in `target/fuzz/artifacts`.
pub(crate) fn run(workspace: &Workspace, target: &str, seconds: &str) -> Result<ExitCode> {
    machine::prepare(Need::Build)?;
    let machine =
        process::ask("rustc", &["--print", "host-tuple"]).context("rustc does not say what machine this is")?;
    let machine = machine.trim();
    let folder = workspace.target.join("fuzz");
    let mut build = tools::cargo(workspace);
    build.args(["build", "--locked", "--release", "--manifest-path", "fuzz/Cargo.toml"]);
    // With a target named, what runs while building is built without the flags.
    build
        .args(["--target", machine, "--bin", target])
        .env("CARGO_TARGET_DIR", &folder)
        .env("RUSTFLAGS", COVERAGE);
    process::run(&mut build)?;
    let program = folder.join(machine).join("release").join(target);
    let [seeds, corpus, found] = ["seeds", "corpus", "artifacts"].map(|name| folder.join(name).join(target));
    for place in [&seeds, &corpus, &found] {
        std::fs::create_dir_all(place)?;
    }
    process::run(seeding(&program, &seeds, workspace).arg("-runs=0"))?;
    let mut fuzz = process::command(program, &LIMITS, &workspace.root);
    fuzz.arg(format!("-max_total_time={seconds}"));
    fuzz.arg(format!("-artifact_prefix={}/", found.display()))
        .arg("-print_final_stats=1");
    process::run(fuzz.arg(corpus).arg(seeds))?;
    Ok(ExitCode::SUCCESS)
}

/// The target itself writes its seeds: the recipes of the tests and small files of others.
fn seeding(program: &Path, seeds: &Path, workspace: &Workspace) -> std::process::Command {
    let mut command = process::command(program, &[], &workspace.root);
    command.env("GANJIANG_SEEDS", seeds);
    command.env("GANJIANG_CORPORA", workspace.root.join("../shared/corpora"));
    command
}
