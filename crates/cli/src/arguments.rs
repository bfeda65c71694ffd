//! What can be typed after `ganjiang`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use app::file_work::{CertificationLevel, SigningLevel, USUAL_TIME};

use crate::places::Places;
use crate::seal_arguments::SealCommand;

/// 干将签章 on the command line: draw seals, stamp, sign and verify PDFs.
///
/// Exit status: 0 done or valid; 1 not valid; 2 wrong usage; 3 an input cannot be read; 4 refused, with a code on
/// standard error.
#[derive(Parser)]
#[command(name = "ganjiang", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Draw a seal (.svg, .png or .pdf)
    #[command(subcommand)]
    Seal(SealCommand),
    /// Stamp a PDF without signing it
    Stamp(StampArguments),
    /// Sign a PDF, and stamp it in the same step
    Sign(Box<SignArguments>),
    /// Find a word, with the places where it stands
    Find(FindArguments),
    /// Draw a page as a PNG picture
    Render(RenderArguments),
    /// Write a repaired copy of a damaged PDF that was never signed
    Repair(RepairArguments),
    /// List the tokens that are plugged in, and their certificates
    Tokens(TokensArguments),
    /// Verify the signatures of a PDF
    Verify(VerifyArguments),
    /// Walk the whole journey against the sandbox platform, leaving a stamped, signed and verified bid
    Demo(DemoArguments),
}

#[derive(Args)]
pub(crate) struct PdfPasswordArgument {
    /// Name of the environment variable that holds the PDF's own password
    #[arg(long, value_name = "VAR")]
    pub(crate) pdf_password_env: Option<String>,
}

#[derive(Args)]
pub(crate) struct FindArguments {
    /// The PDF
    #[arg(value_name = "FILE.pdf")]
    pub(crate) file: PathBuf,
    /// The word; full and half width, ligatures, upper and lower case are the same
    #[arg(long, value_name = "WORD")]
    pub(crate) text: String,
    /// Only on these pages: all, odd, even, first, last, 1-3,5
    #[arg(long, value_name = "RANGE", default_value = "all")]
    pub(crate) pages: String,
    /// Print the hits as JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) password: PdfPasswordArgument,
}

#[derive(Args)]
pub(crate) struct RenderArguments {
    /// The PDF
    #[arg(value_name = "FILE.pdf")]
    pub(crate) file: PathBuf,
    /// Page, from 1; or a range such as 1-3, which puts the number of the page before the ending of --out
    #[arg(long, value_name = "N")]
    pub(crate) page: String,
    /// Pixels per inch of the visible page
    #[arg(long, value_name = "N", default_value_t = 96.0)]
    pub(crate) dpi: f64,
    /// The picture: PNG, or plain pixels in a file named .ppm
    #[arg(long, value_name = "FILE.png")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) password: PdfPasswordArgument,
}

#[derive(Args)]
pub(crate) struct RepairArguments {
    /// The damaged PDF; it is only read
    #[arg(value_name = "IN.pdf")]
    pub(crate) input: PathBuf,
    /// The repaired copy; it has no password
    #[arg(long, value_name = "OUT.pdf")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) password: PdfPasswordArgument,
}

#[derive(Args)]
pub(crate) struct StampArguments {
    /// The PDF; it is only read
    #[arg(value_name = "IN.pdf")]
    pub(crate) input: PathBuf,
    /// The stamped PDF
    #[arg(long, value_name = "OUT.pdf")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) places: Places,
    #[command(flatten)]
    pub(crate) password: PdfPasswordArgument,
}

#[derive(Args)]
pub(crate) struct SignArguments {
    /// The PDF; it is only read
    #[arg(value_name = "IN.pdf")]
    pub(crate) input: PathBuf,
    /// The signed PDF
    #[arg(long, value_name = "OUT.pdf")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) identity: IdentityArguments,
    #[command(flatten)]
    pub(crate) places: Places,
    #[command(flatten)]
    pub(crate) pdf_password: PdfPasswordArgument,
    /// PAdES level: b-b; b-t with a timestamp; b-lt with certificates and revocation data too; b-lta with a timestamp
    /// over everything
    #[arg(long, value_enum, default_value_t = Level::BB)]
    pub(crate) level: Level,
    /// Address of the timestamp service (RFC 3161)
    #[arg(long, value_name = "URL")]
    pub(crate) tsa: Option<String>,
    /// Certify the document: what others may still do with it (only its first signature can)
    #[arg(long, value_enum, value_name = "CHANGES")]
    pub(crate) certify: Option<Changes>,
    /// Why it is signed
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// Name of an empty signature field to sign into, or of a new one
    #[arg(long, value_name = "NAME")]
    pub(crate) field: Option<String>,
}

/// Whose signature: a PKCS#12 file or a token.
#[derive(Args)]
#[group(skip)]
pub(crate) struct IdentityArguments {
    /// PKCS#12 file with key and certificate
    #[arg(
        long,
        value_name = "FILE",
        requires = "password_env",
        required_unless_present = "token"
    )]
    pub(crate) p12: Option<PathBuf>,
    /// Name of the environment variable that holds its password
    #[arg(long, value_name = "VAR")]
    pub(crate) password_env: Option<String>,
    /// Driver (PKCS#11 module) of the token that holds key and certificate
    #[arg(long, value_name = "MODULE", conflicts_with = "p12")]
    pub(crate) token: Option<PathBuf>,
    /// Label of the token, when there are several
    #[arg(long, value_name = "LABEL", requires = "token")]
    pub(crate) token_label: Option<String>,
    /// Label or common name of the certificate on the token, when it holds several
    #[arg(long, value_name = "NAME", requires = "token")]
    pub(crate) token_certificate: Option<String>,
    /// Name of the environment variable that holds the token's PIN; without it the token asks on its own keypad
    #[arg(long, value_name = "VAR", requires = "token")]
    pub(crate) pin_env: Option<String>,
}

#[derive(Args)]
pub(crate) struct TokensArguments {
    /// Driver (PKCS#11 module) of the tokens
    #[arg(value_name = "MODULE")]
    pub(crate) module: PathBuf,
    /// Print the tokens as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Level {
    #[value(name = "b-b")]
    BB,
    #[value(name = "b-t")]
    BT,
    #[value(name = "b-lt")]
    BLt,
    #[value(name = "b-lta")]
    BLta,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Changes {
    /// Nothing
    None,
    /// Fill in forms and sign
    Forms,
    /// Fill in forms, sign and annotate
    Annotations,
}

#[derive(Args)]
pub(crate) struct VerifyArguments {
    /// The PDF
    #[arg(value_name = "FILE.pdf")]
    pub(crate) file: PathBuf,
    /// Certificates to trust (PEM, one or many; or one in DER)
    #[arg(long, value_name = "ROOTS.pem")]
    pub(crate) trust: Option<PathBuf>,
    /// As of this moment, such as 2026-11-22T09:30:00+08:00; without it: now
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// How long judging the signatures may take, besides reading the file; then it cannot be decided
    #[arg(long, value_name = "SECONDS", default_value_t = USUAL_TIME.as_secs())]
    pub(crate) time_limit: u64,
    /// Print the findings as JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) password: PdfPasswordArgument,
}

#[derive(Args)]
pub(crate) struct DemoArguments {
    /// Folder for the files
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

impl From<Level> for SigningLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::BB => Self::BB,
            Level::BT => Self::BT,
            Level::BLt => Self::BLt,
            Level::BLta => Self::BLta,
        }
    }
}

impl From<Changes> for CertificationLevel {
    fn from(changes: Changes) -> Self {
        match changes {
            Changes::None => Self::NoChanges,
            Changes::Forms => Self::FormFilling,
            Changes::Annotations => Self::Annotating,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }
}
