//! `cargo xtask demo`: the whole journey without a window.

use std::process::ExitCode;

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{process, tools};

/// Walks the journey against the sandbox platform with the command line program.
pub(crate) fn demo(workspace: &Workspace) -> Result<ExitCode> {
    let mut build = tools::cargo(workspace);
    process::run(build.args(["build", "--locked", "--package", "cli"]))?;
    let mut demo = process::command(workspace.program("ganjiang"), &["demo", "--out"], &workspace.root);
    process::become_program(demo.arg(workspace.target.join("demo")))
}
