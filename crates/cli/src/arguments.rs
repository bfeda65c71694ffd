//! What can be typed after `ganjiang`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use app::file_work::{NameFace, NameStyle, NameSuffix, Place, Position};

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
    Sign(SignArguments),
    /// Verify the signatures of a PDF
    Verify(VerifyArguments),
    /// Walk the whole journey against the sandbox platform, leaving a stamped, signed and verified bid
    Demo(DemoArguments),
}

#[derive(Subcommand)]
pub(crate) enum SealCommand {
    /// Round company seal
    Company(CompanyArguments),
    /// Square name seal of a person
    Name(NameArguments),
}

#[derive(Args)]
pub(crate) struct CompanyArguments {
    /// Name around the seal, as on the licence
    #[arg(long)]
    pub(crate) name: String,
    /// Row under the star, such as 投标专用章
    #[arg(long)]
    pub(crate) purpose: Option<String>,
    /// Digits along the lower edge
    #[arg(long, value_name = "DIGITS")]
    pub(crate) code: Option<String>,
    /// Diameter in millimetres: 38, 40, 42 or 45
    #[arg(long, value_name = "MM", default_value_t = 40.0)]
    pub(crate) size: f64,
    #[command(flatten)]
    pub(crate) output: SealOutput,
}

#[derive(Args)]
pub(crate) struct NameArguments {
    /// The name, one to four characters
    #[arg(long)]
    pub(crate) text: String,
    /// Red characters (zhu 朱文) or white ones (bai 白文)
    #[arg(long, value_enum, default_value_t = Style::Zhu)]
    pub(crate) style: Style,
    /// What follows the name: nothing, 印 or 之印
    #[arg(long, value_enum, default_value_t = Suffix::None)]
    pub(crate) suffix: Suffix,
    /// Side in millimetres, 10 to 30
    #[arg(long, value_name = "MM", default_value_t = 20.0)]
    pub(crate) size: f64,
    /// Typeface
    #[arg(long, value_enum, default_value_t = Font::Song)]
    pub(crate) font: Font,
    #[command(flatten)]
    pub(crate) output: SealOutput,
}

#[derive(Args)]
pub(crate) struct SealOutput {
    /// FILE.svg, FILE.png or FILE.pdf
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Dots per inch of a PNG, 36 to 2400
    #[arg(long, value_name = "N", default_value_t = 600)]
    pub(crate) dpi: u32,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Style {
    Zhu,
    Bai,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Suffix {
    None,
    Yin,
    #[value(name = "zhiyin")]
    ZhiYin,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Font {
    Song,
    Kai,
    Brush,
}

#[derive(Args)]
pub(crate) struct StampArguments {
    /// The PDF; it is only read
    #[arg(value_name = "IN.pdf")]
    pub(crate) input: PathBuf,
    /// The stamped PDF
    #[arg(long, value_name = "OUT.pdf")]
    pub(crate) out: PathBuf,
    /// The seal: a PNG picture
    #[arg(long, value_name = "FILE")]
    pub(crate) seal: PathBuf,
    #[command(flatten)]
    pub(crate) places: Places,
}

#[derive(Args)]
pub(crate) struct Places {
    /// Width of the seal in millimetres; without it the picture's own size counts
    #[arg(long, value_name = "MM")]
    pub(crate) seal_width: Option<f64>,
    /// A place: page, then millimetres from the visible page's top left to the seal's top left (again and again)
    #[arg(long, value_name = "PAGE:X_MM,Y_MM", value_parser = place)]
    pub(crate) at: Vec<Place>,
    /// Also on these pages, where --at says, else near the lower right corner: all, odd, even, first, last, 1-3,5
    #[arg(long, value_name = "RANGE")]
    pub(crate) pages: Option<String>,
}

#[derive(Args)]
pub(crate) struct SignArguments {
    /// The PDF; it is only read
    #[arg(value_name = "IN.pdf")]
    pub(crate) input: PathBuf,
    /// The signed PDF
    #[arg(long, value_name = "OUT.pdf")]
    pub(crate) out: PathBuf,
    /// PKCS#12 file with key and certificate
    #[arg(long, value_name = "FILE")]
    pub(crate) p12: PathBuf,
    /// Name of the environment variable that holds its password
    #[arg(long, value_name = "VAR")]
    pub(crate) password_env: String,
    /// The seal: a PNG picture; without it the signature has no picture
    #[arg(long, value_name = "FILE")]
    pub(crate) seal: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) places: Places,
    /// PAdES level
    #[arg(long, value_enum, default_value_t = Level::BB)]
    pub(crate) level: Level,
    /// Why it is signed
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// Name of the signature field
    #[arg(long, value_name = "NAME")]
    pub(crate) field: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Level {
    #[value(name = "b-b")]
    BB,
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
    /// Print the findings as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct DemoArguments {
    /// Folder for the files
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

/// Reads `PAGE:X_MM,Y_MM`; the page may be a word such as `last`.
fn place(text: &str) -> Result<Place, String> {
    let wrong = || format!("`{text}` is not PAGE:X_MM,Y_MM, such as 1:120.5,200");
    let (pages, position) = text.rsplit_once(':').ok_or_else(wrong)?;
    let (x, y) = position.split_once(',').ok_or_else(wrong)?;
    let millimetres = |number: &str| number.trim().parse::<f64>().ok().filter(|value| value.is_finite());
    let (x_mm, y_mm) = millimetres(x).zip(millimetres(y)).ok_or_else(wrong)?;
    Ok(Place {
        pages: pages.to_owned(),
        position: Position::At { x_mm, y_mm },
    })
}

impl Places {
    /// Every place that was asked for: each `--at`, and its position again on each page of `--pages`.
    pub(crate) fn list(&self) -> Vec<Place> {
        let mut places = self.at.clone();
        if let Some(pages) = &self.pages {
            let positions: Vec<Position> = match self.at.as_slice() {
                [] => vec![Position::LowerRight],
                at => at.iter().map(|place| place.position).collect(),
            };
            places.extend(positions.into_iter().map(|position| Place {
                pages: pages.clone(),
                position,
            }));
        }
        places
    }
}

impl From<Style> for NameStyle {
    fn from(style: Style) -> Self {
        match style {
            Style::Zhu => Self::Zhu,
            Style::Bai => Self::Bai,
        }
    }
}

impl From<Suffix> for NameSuffix {
    fn from(suffix: Suffix) -> Self {
        match suffix {
            Suffix::None => Self::None,
            Suffix::Yin => Self::Yin,
            Suffix::ZhiYin => Self::ZhiYin,
        }
    }
}

impl From<Font> for NameFace {
    fn from(font: Font) -> Self {
        match font {
            Font::Song => Self::Song,
            Font::Kai => Self::Kai,
            Font::Brush => Self::Brush,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_page_and_two_lengths() {
        let read = place("last:120.5, 30").unwrap();
        assert_eq!(
            read,
            Place {
                pages: "last".to_owned(),
                position: Position::At {
                    x_mm: 120.5,
                    y_mm: 30.0
                }
            }
        );
        for wrong in ["1", "1:2", "1:a,2", "1:nan,2", "1:2,inf"] {
            assert!(place(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn pages_repeat_the_place_or_fall_back_to_the_corner() {
        let at = place("1:10,20").unwrap();
        let both = Places {
            seal_width: None,
            at: vec![at.clone()],
            pages: Some("2-3".to_owned()),
        };
        assert_eq!(
            both.list(),
            [
                at.clone(),
                Place {
                    pages: "2-3".to_owned(),
                    position: at.position
                }
            ]
        );
        let corner = Places {
            seal_width: None,
            at: Vec::new(),
            pages: Some("all".to_owned()),
        };
        assert_eq!(
            corner.list(),
            [Place {
                pages: "all".to_owned(),
                position: Position::LowerRight
            }]
        );
    }

    #[test]
    fn the_definition_is_consistent() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }
}
