//! `ganjiang-platform`: the platform as a service of its own, any number of instances on one database.
#![forbid(unsafe_code)]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool speaks on its standard streams"
)]

mod arguments;
mod observe;
mod root_key;
mod serve;
mod settings;
mod upkeep;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command, EnterpriseCommand, OperatorCommand};
use settings::Settings;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// The settings cannot be used.
    #[error("settings: {0}")]
    Settings(String),
    /// The platform refused.
    #[error("{0}")]
    Platform(#[from] server::StartError),
    /// The token that holds the authority's keys.
    #[error("the token with the authority's keys: {0}")]
    Token(#[from] server::KeyFault),
    /// A file or address cannot be used.
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    /// The root's key cannot be written or read.
    #[error("root key: {0}")]
    RootKey(String),
    /// A program that makes the copy failed.
    #[error("backup: {0}")]
    Backup(String),
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("ganjiang-platform: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    let settings = Settings::read(arguments.config.as_deref())?;
    match arguments.command {
        Command::Init { root_key } => upkeep::init(&settings, root_key.as_deref()).await,
        Command::RenewRootList { root_key } => upkeep::renew_root_list(&settings, &root_key).await,
        Command::Migrate => upkeep::migrate(&settings).await,
        Command::Backup { out } => upkeep::backup(&settings, &out).await,
        Command::Operator(OperatorCommand::Add(person)) => upkeep::add_operator(&settings, &person).await,
        Command::Enterprise(EnterpriseCommand::Add(enterprise)) => upkeep::add_enterprise(&settings, &enterprise).await,
        Command::Serve => serve::serve(settings).await,
    }
}
