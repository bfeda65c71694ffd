//! `cargo xtask`: the commands of this project, each of which first installs what it needs.
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "a command line tool speaks on standard output")]
#![expect(clippy::print_stderr, reason = "problems go to standard error")]
#![expect(
    clippy::disallowed_methods,
    reason = "this is an edge: it reads the environment and writes stamp files that may be lost at any time"
)]

mod bench;
mod bundle;
mod checks;
mod fuzz;
mod journeys;
mod machine;
mod process;
mod screens;
mod tally;
mod tools;
mod workspace;

use std::process::ExitCode;

use workspace::Workspace;

const HELP: &str = "\
cargo xtask run        build everything and start the window on the embedded sandbox platform
cargo xtask test       every check and test there is; ends with `N passed, N failed`
cargo xtask demo       walk the whole journey without a window; files are left in target/demo
cargo xtask bindings   write the generated files again (window bindings, OpenAPI document)
cargo xtask bench pdf  time documents beside other programs (--install-peers brings those); target/bench/report.md
cargo xtask corpora    take every file of ../shared/corpora (or those named) through the release program; counts what came of it
cargo xtask fuzz NAME  feed hostile bytes to a target of fuzz/ (reader, append, signature, plan, image, cms, ocsp, pkcs12), 60 seconds or as many as named
cargo xtask bench photos  clean photos of seals beside OpenCV pipelines; target/bench/photos.md
cargo xtask bench seal time round seals beside other programs (--install-peers brings those); target/bench/seal.md
cargo xtask bench platform [--rows N]  what the platform's queries cost among N orders, and what one instance answers; target/bench/platform.md
cargo xtask sheets     draw contact sheets of every kind of seal to look at; target/seal-sheets
cargo xtask bundle     make the installer of this operating system (Debian: .deb)

Each command first installs what is missing; on Windows and macOS it says what to install.
";

fn main() -> ExitCode {
    match dispatch() {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("xtask: {problem:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let workspace = Workspace::find()?;
    match words.as_slice() {
        ["run", rest @ ..] => screens::run(&workspace, rest),
        ["test"] => checks::run(&workspace),
        ["demo"] => journeys::demo(&workspace),
        ["bindings"] => screens::write_bindings(&workspace),
        ["bench", "pdf", "--install-peers", only @ ..] => bench::pdf(&workspace, true, only),
        ["bench", "pdf", only @ ..] => bench::pdf(&workspace, false, only),
        ["corpora", places @ ..] => bench::corpora(&workspace, places),
        ["fuzz", target] => fuzz::run(&workspace, target, "60"),
        ["fuzz", target, seconds] => fuzz::run(&workspace, target, seconds),
        ["bench", "photos"] => bench::photos(&workspace),
        ["bench", "seal"] => bench::seal(&workspace, false),
        ["bench", "seal", "--install-peers"] => bench::seal(&workspace, true),
        ["bench", "platform"] => bench::platform(&workspace, "100000"),
        ["bench", "platform", "--rows", rows] => bench::platform(&workspace, rows),
        ["sheets"] => checks::sheets(&workspace),
        ["bundle"] => bundle::run(&workspace),
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        _ => {
            eprint!("xtask: unknown command `{}`\n\n{HELP}", words.join(" "));
            Ok(ExitCode::from(2))
        }
    }
}
