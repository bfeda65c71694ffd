//! Starting other programs: shown, with their output passed on and, where it is counted, kept.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread;

use anyhow::{Context, Result, bail};

/// A command in `folder` with no standard input: nothing here may stop to ask.
pub(crate) fn command(program: impl AsRef<OsStr>, arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    command
}

/// The npm of this operating system; on Windows it is a batch file.
pub(crate) fn npm(arguments: &[&str], folder: &Path) -> Command {
    command(if cfg!(windows) { "npm.cmd" } else { "npm" }, arguments, folder)
}

/// Prints the command and runs it; fails when it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = shown(command);
    println!("$ {line}");
    let status = command.status().with_context(|| format!("cannot start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}

/// What a program wrote on both streams, and whether it succeeded.
pub(crate) struct Heard {
    pub(crate) success: bool,
    pub(crate) text: String,
}

/// Prints the command, runs it, passes its output on line by line and keeps it.
pub(crate) fn run_and_listen(command: &mut Command) -> Result<Heard> {
    let line = shown(command);
    println!("$ {line}");
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{line}`"))?;
    let text = pass_on(&mut child)?;
    let status = child.wait()?;
    Ok(Heard {
        success: status.success(),
        text,
    })
}

fn pass_on(child: &mut Child) -> Result<String> {
    let errors = child.stderr.take().context("no standard error")?;
    let output = child.stdout.take().context("no standard output")?;
    let listener = thread::spawn(move || copy_lines(errors, &mut std::io::stderr()));
    let mut text = copy_lines(output, &mut std::io::stdout())?;
    match listener.join() {
        Ok(heard) => text.push_str(&heard?),
        Err(_) => bail!("the thread reading standard error failed"),
    }
    Ok(text)
}

fn copy_lines(from: impl Read, to: &mut impl Write) -> Result<String> {
    let mut reader = BufReader::new(from);
    let mut kept = String::new();
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        to.write_all(&line)?;
        kept.push_str(&String::from_utf8_lossy(&line));
        line.clear();
    }
    to.flush()?;
    Ok(kept)
}

/// What the program printed, or nothing when it is missing or failed.
pub(crate) fn ask(program: &str, arguments: &[&str]) -> Option<String> {
    let answer = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    answer
        .status
        .success()
        .then(|| String::from_utf8_lossy(&answer.stdout).into_owned())
}

/// Becomes the given program, so that signals and the exit status are its own.
#[cfg(unix)]
pub(crate) fn become_program(command: &mut Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    let line = shown(command);
    println!("$ {line}");
    std::io::stdout().flush()?;
    Err(command.exec()).with_context(|| format!("cannot start `{line}`"))
}

/// Runs the given program to its end; Windows sends Ctrl-C to it as well.
#[cfg(not(unix))]
pub(crate) fn become_program(command: &mut Command) -> Result<ExitCode> {
    run(command)?;
    Ok(ExitCode::SUCCESS)
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program
        .file_name()
        .unwrap_or(command.get_program())
        .to_string_lossy()
        .into_owned();
    let words = command
        .get_args()
        .map(|argument| argument.to_string_lossy().into_owned());
    std::iter::once(name).chain(words).collect::<Vec<_>>().join(" ")
}
