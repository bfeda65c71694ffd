//! `cargo xtask test`: everything that is checked, in order, counted together.

use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::Result;

use crate::machine::{self, Need};
use crate::screens::{self, WITH_SCREENS};
use crate::tally::{self, Tally};
use crate::workspace::Workspace;
use crate::{process, tools};

/// Runs every step, even after a failure, and closes with the line that is counted.
///
/// The steps share their builds: clippy is the one `check` of the dependencies, and one `build` of the whole workspace
/// with all targets serves window, nextest and doc tests, because features and profile are the same in each.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    let mut steps = Steps::default();
    steps.check("System packages", || machine::prepare(Need::Everything));
    steps.check("Formatter, linter, test runner", || {
        tools::toolchain_parts(workspace)?;
        tools::nextest(workspace)
    });
    steps.check("Judges", || tools::judges(workspace));
    steps.check("Rust format", || {
        process::run(tools::cargo(workspace).args(["fmt", "--all", "--check"]))
    });
    screens_steps(workspace, &mut steps);
    steps.check("Clippy, warnings denied", || process::run(&mut clippy(workspace)));
    steps.check("Build: window, command line, tests", || {
        process::run(&mut build(workspace))
    });
    steps.count(
        "Rust tests: units, stories, tidy, bindings, window, judges",
        tally::of_nextest,
        || nextest(workspace),
    );
    steps.count("Doc tests", tally::of_doc_tests, || doc_tests(workspace));
    Ok(steps.finish())
}

/// `cargo xtask sheets`: contact sheets of seals, for the eye.
pub(crate) fn sheets(workspace: &Workspace) -> Result<ExitCode> {
    machine::prepare(Need::Build)?;
    process::run(tools::cargo(workspace).args(["test", "--locked", "--quiet", "-p", "seal", "--test", "sheets"]))?;
    println!(
        "The sheets are in {}",
        workspace.root.join("target/seal-sheets").display()
    );
    Ok(ExitCode::SUCCESS)
}

fn screens_steps(workspace: &Workspace, steps: &mut Steps) {
    let ui = workspace.ui();
    let script = |name| process::npm(&["run", name], &ui);
    steps.check("Screens: npm packages", || tools::npm_packages(workspace));
    steps.check("Screens: types", || process::run(&mut script("check")));
    steps.check("Screens: lint and format", || process::run(&mut script("lint")));
    steps.count("Screens: unit tests", tally::of_vitest, || script("test"));
    steps.check("Screens: build", || screens::build_ui(workspace));
}

fn clippy(workspace: &Workspace) -> Command {
    let mut cargo = tools::cargo(workspace);
    cargo.args([
        "clippy",
        "--locked",
        "--workspace",
        "--all-targets",
        "--features",
        WITH_SCREENS,
    ]);
    cargo.args(["--", "--deny", "warnings"]);
    cargo
}

/// All targets: then development dependencies are on, as they are for the tests, and nothing is built twice.
/// Without xtask, which Windows could not overwrite while it runs.
fn build(workspace: &Workspace) -> Command {
    let mut cargo = tools::cargo(workspace);
    cargo.args([
        "build",
        "--locked",
        "--workspace",
        "--exclude",
        "xtask",
        "--all-targets",
        "--features",
        WITH_SCREENS,
    ]);
    cargo
}

fn nextest(workspace: &Workspace) -> Command {
    let mut cargo = tools::cargo(workspace);
    cargo.args(["nextest", "run", "--locked", "--workspace", "--features", WITH_SCREENS]);
    cargo.env("GANJIANG_PROGRAMS", &workspace.programs);
    cargo
}

fn doc_tests(workspace: &Workspace) -> Command {
    let mut cargo = tools::cargo(workspace);
    cargo.args([
        "test",
        "--locked",
        "--doc",
        "--workspace",
        "--no-fail-fast",
        "--features",
        WITH_SCREENS,
    ]);
    cargo
}

/// What has been done so far: the sum, and a line for each step.
struct Steps {
    begun: Instant,
    sum: Tally,
    lines: Vec<String>,
}

impl Default for Steps {
    fn default() -> Self {
        Self {
            begun: Instant::now(),
            sum: Tally::default(),
            lines: Vec::new(),
        }
    }
}

impl Steps {
    /// A step that is one check: it counts one.
    fn check(&mut self, title: &str, work: impl FnOnce() -> Result<()>) {
        self.step(title, || work().map(|()| Tally::of_check(true)));
    }

    /// A step whose runner counts for itself.
    fn count(&mut self, title: &str, read: fn(&str) -> Option<Tally>, command: impl FnOnce() -> Command) {
        self.step(title, || {
            let heard = process::run_and_listen(&mut command())?;
            Ok(Tally::of_runner(read(&heard.text), heard.success))
        });
    }

    fn step(&mut self, title: &str, work: impl FnOnce() -> Result<Tally>) {
        println!("\n== {title}");
        let begun = Instant::now();
        let tally = work().unwrap_or_else(|problem| {
            println!("{problem:#}");
            Tally::of_check(false)
        });
        let mark = if tally.failed == 0 { "ok  " } else { "FAIL" };
        self.lines.push(format!(
            "{mark} {:>6.1} s  {title}: {tally}",
            begun.elapsed().as_secs_f64()
        ));
        self.sum += tally;
    }

    fn finish(self) -> ExitCode {
        println!(
            "\n== Summary after {:.1} minutes",
            self.begun.elapsed().as_secs_f64() / 60.0
        );
        for line in &self.lines {
            println!("{line}");
        }
        println!("{}", self.sum);
        if self.sum.failed == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}
