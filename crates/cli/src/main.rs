//! `ganjiang`: the same use cases as the window, for scripts and for judging.
#![forbid(unsafe_code)]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool speaks on its standard streams"
)]

mod arguments;
mod cleaning;
mod complaint;
mod demo;
mod findings;
mod language;
mod looking;
mod places;
mod seal_arguments;
mod sealing;
mod stamping;
mod tokens;
mod verifying;

use std::process::ExitCode;

use clap::Parser;
use time::OffsetDateTime;

use arguments::{Arguments, Command};
use complaint::Complaint;
use language::Language;

fn main() -> ExitCode {
    app::core_dumps::forbid();
    if app::page_worker::serve() {
        return ExitCode::SUCCESS;
    }
    let arguments = Arguments::parse();
    let language = Language::of_environment();
    match run(arguments.command, language) {
        Ok(code) => code,
        Err(complaint) => {
            eprintln!("ganjiang: {}: {}", complaint.code, complaint.words(language));
            ExitCode::from(complaint.status)
        }
    }
}

fn run(command: Command, language: Language) -> Result<ExitCode, Complaint> {
    match command {
        Command::Seal(seal) => sealing::run(seal, language),
        Command::Stamp(stamp) => stamping::stamp(stamp, language, now()),
        Command::Sign(sign) => stamping::sign(*sign, language, now()),
        Command::Find(find) => looking::find(find, language),
        Command::Render(render) => looking::render(render),
        Command::Repair(repair) => looking::repair(repair),
        Command::Tokens(arguments) => tokens::run(&arguments, language),
        Command::Verify(verify) => verifying::run(verify, language, now()),
        Command::Demo(demo) => demo::run(demo, language),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the command line is an edge: the clock is read here and passed down"
)]
fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}
