//! What can be typed after `ganjiang seal`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use app::file_work::{ColumnOrder, NameArcs, NameStyle, NameSuffix, Typeface};

#[derive(Subcommand)]
pub(crate) enum SealCommand {
    /// Seal of an organisation: round, or oval
    Company(CompanyArguments),
    /// Square name seal of a person
    Name(NameArguments),
    /// Invoice seal (发票专用章) by the official sizes
    Invoice(InvoiceArguments),
    /// Square seal of an organisation, such as 财务专用章
    Square(SquareArguments),
    /// Rectangular seal of one to three lines
    Rectangle(RectangleArguments),
    /// Clean picture from a photo of a seal or signature on paper
    Clean(CleanArguments),
}

#[derive(Args)]
pub(crate) struct CompanyArguments {
    /// Name around the seal, as on the licence; in two arcs a space says where to break it
    #[arg(long)]
    pub(crate) name: String,
    /// Row under the star, such as 投标专用章; a number in parentheses at its end goes below
    #[arg(long)]
    pub(crate) purpose: Option<String>,
    /// Second row under the purpose
    #[arg(long, value_name = "TEXT", requires = "purpose")]
    pub(crate) second_line: Option<String>,
    /// Digits along the lower edge; none unless given
    #[arg(long, value_name = "DIGITS")]
    pub(crate) code: Option<String>,
    /// Diameter in millimetres: 38, 40, 42 or 45 (an oval seal is 45 × 30)
    #[arg(long, value_name = "MM", default_value_t = 40.0)]
    pub(crate) size: f64,
    /// Round, or oval without a star
    #[arg(long, value_enum, default_value_t = Shape::Round)]
    pub(crate) shape: Shape,
    /// Nothing in the middle but the purpose
    #[arg(long)]
    pub(crate) no_star: bool,
    /// How many arcs the name takes
    #[arg(long, value_enum, default_value_t = Arcs::Auto)]
    pub(crate) arcs: Arcs,
    /// Text along the lower side of an oval seal, such as the English name
    #[arg(long, value_name = "TEXT")]
    pub(crate) lower_name: Option<String>,
    /// Typeface
    #[arg(long, value_enum, default_value_t = Font::Song)]
    pub(crate) font: Font,
    #[command(flatten)]
    pub(crate) look: LookArguments,
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
    /// Which side the columns start from
    #[arg(long, value_enum, default_value_t = Order::Rtl)]
    pub(crate) order: Order,
    /// Whether the surname has two characters; without it common ones are known
    #[arg(long, value_name = "true|false")]
    pub(crate) double_surname: Option<bool>,
    /// Typeface
    #[arg(long, value_enum, default_value_t = Font::Song)]
    pub(crate) font: Font,
    #[command(flatten)]
    pub(crate) look: LookArguments,
    #[command(flatten)]
    pub(crate) output: SealOutput,
}

#[derive(Args)]
pub(crate) struct InvoiceArguments {
    /// Name of the taxpayer
    #[arg(long)]
    pub(crate) name: String,
    /// Taxpayer number, 15 to 20 digits and letters
    #[arg(long, value_name = "TEXT")]
    pub(crate) tax_number: String,
    /// Number of the seal when there are several, 1 to 999
    #[arg(long, value_name = "N")]
    pub(crate) serial: Option<String>,
    /// Typeface of the name; Kai stands in for 仿宋
    #[arg(long, value_enum, default_value_t = Font::Kai)]
    pub(crate) font: Font,
    #[command(flatten)]
    pub(crate) look: LookArguments,
    #[command(flatten)]
    pub(crate) output: SealOutput,
}

#[derive(Args)]
pub(crate) struct SquareArguments {
    /// Name of the organisation
    #[arg(long)]
    pub(crate) name: String,
    /// What it is for, such as 财务专用章
    #[arg(long)]
    pub(crate) purpose: Option<String>,
    /// Red characters (zhu 朱文) or white ones (bai 白文)
    #[arg(long, value_enum, default_value_t = Style::Zhu)]
    pub(crate) style: Style,
    /// Side in millimetres, 18 to 40
    #[arg(long, value_name = "MM", default_value_t = 22.0)]
    pub(crate) size: f64,
    /// Typeface
    #[arg(long, value_enum, default_value_t = Font::Song)]
    pub(crate) font: Font,
    #[command(flatten)]
    pub(crate) look: LookArguments,
    #[command(flatten)]
    pub(crate) output: SealOutput,
}

#[derive(Args)]
pub(crate) struct RectangleArguments {
    /// A line (up to three times)
    #[arg(long = "line", value_name = "TEXT", required = true)]
    pub(crate) lines: Vec<String>,
    /// Width in millimetres
    #[arg(long, value_name = "MM", default_value_t = 20.0)]
    pub(crate) width: f64,
    /// Height in millimetres
    #[arg(long, value_name = "MM", default_value_t = 10.0)]
    pub(crate) height: f64,
    /// Typeface
    #[arg(long, value_enum, default_value_t = Font::Song)]
    pub(crate) font: Font,
    #[command(flatten)]
    pub(crate) look: LookArguments,
    #[command(flatten)]
    pub(crate) output: SealOutput,
}

#[derive(Args)]
pub(crate) struct CleanArguments {
    /// The photo: JPEG, PNG or WebP
    #[arg(value_name = "PHOTO")]
    pub(crate) photo: PathBuf,
    /// The clean, straightened, transparent picture
    #[arg(long, value_name = "FILE.png")]
    pub(crate) out: PathBuf,
    /// Its alpha, 8 bits, in the photo's own frame and size
    #[arg(long, value_name = "FILE.png")]
    pub(crate) mask: Option<PathBuf>,
    /// What is looked for; without it the ink decides
    #[arg(long, value_enum)]
    pub(crate) kind: Option<CleanKind>,
    /// The photo's own ink, or another
    #[arg(long, value_enum, default_value_t = CleanInk::Kept)]
    pub(crate) ink: CleanInk,
    /// True width in millimetres; without it what is usual for the shape
    #[arg(long, value_name = "MM")]
    pub(crate) size: Option<f64>,
    /// Print the findings as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum CleanKind {
    Seal,
    Signature,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum CleanInk {
    Kept,
    Red,
    Black,
    Blue,
}

#[derive(Args)]
pub(crate) struct LookArguments {
    /// Ink
    #[arg(long, value_name = "#RRGGBB", default_value = "#d41e1e")]
    pub(crate) colour: String,
    /// Added to each side of the strokes in millimetres, -0.05 to 0.1
    #[arg(long, value_name = "MM", default_value_t = 0.0, allow_negative_numbers = true)]
    pub(crate) weight: f64,
    /// A font file of one's own (TrueType, OpenType) for --font own; only its outlines are used
    #[arg(long, value_name = "FILE")]
    pub(crate) font_file: Option<PathBuf>,
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

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shape {
    Round,
    Oval,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Arcs {
    Auto,
    One,
    Two,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Order {
    /// From right to left
    Rtl,
    /// From left to right
    Ltr,
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
    /// The one of --font-file
    Own,
}

impl From<Arcs> for NameArcs {
    fn from(arcs: Arcs) -> Self {
        match arcs {
            Arcs::Auto => Self::Automatic,
            Arcs::One => Self::One,
            Arcs::Two => Self::Two,
        }
    }
}

impl From<Order> for ColumnOrder {
    fn from(order: Order) -> Self {
        match order {
            Order::Rtl => Self::RightToLeft,
            Order::Ltr => Self::LeftToRight,
        }
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

impl From<Font> for Typeface {
    fn from(font: Font) -> Self {
        match font {
            Font::Song => Self::Song,
            Font::Kai => Self::Kai,
            Font::Brush => Self::Brush,
            Font::Own => Self::Own,
        }
    }
}
