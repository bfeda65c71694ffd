//! The words of the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// The platform as a service of its own.
#[derive(Parser)]
#[command(name = "ganjiang-platform", version)]
pub(crate) struct Arguments {
    /// Settings (TOML); the environment (GANJIANG_PLATFORM__DATABASE__URL and so on) wins over them.
    #[arg(long, global = true)]
    pub(crate) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make the database and hold the key ceremony: root, issuer, OCSP responder, timestamp service.
    Init {
        /// Keep the root's key apart, encrypted in this new file; the passphrase is read from standard input.
        #[arg(long)]
        root_key: Option<PathBuf>,
    },
    /// Sign the root's revocation list for another year; the passphrase of its key is read from standard input.
    RenewRootList {
        /// The file that `init` wrote.
        #[arg(long)]
        root_key: PathBuf,
    },
    /// Run one instance until SIGTERM; SIGHUP reads the TLS certificate again.
    Serve,
    /// Bring the database up to date.
    Migrate,
    /// Write a consistent copy of the database: pg_dump's custom format, or a SQLite file.
    Backup {
        /// A file that does not exist yet.
        #[arg(long)]
        out: PathBuf,
    },
    /// Reviewers of the platform.
    #[command(subcommand)]
    Operator(OperatorCommand),
    /// Enterprises.
    #[command(subcommand)]
    Enterprise(EnterpriseCommand),
}

#[derive(Subcommand)]
pub(crate) enum OperatorCommand {
    /// Add one; the password is read from standard input.
    Add(Person),
}

#[derive(Subcommand)]
pub(crate) enum EnterpriseCommand {
    /// Add one with its first administrator, whose password is read from standard input.
    Add(Enterprise),
}

#[derive(Args)]
pub(crate) struct Person {
    /// Account name.
    #[arg(long)]
    pub(crate) account: String,
    /// Real name.
    #[arg(long)]
    pub(crate) name: String,
}

#[derive(Args)]
pub(crate) struct Enterprise {
    /// Full name.
    #[arg(long)]
    pub(crate) enterprise: String,
    /// Unified social credit code.
    #[arg(long)]
    pub(crate) credit_code: String,
    /// Legal representative.
    #[arg(long)]
    pub(crate) legal_representative: String,
    #[command(flatten)]
    pub(crate) administrator: Person,
}
