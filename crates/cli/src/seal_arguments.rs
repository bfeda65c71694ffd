//! What can be typed after `ganjiang seal`, and the seal each of it means.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};

use app::file_work::clean::MarkKind;
use app::file_work::{
    Centre, Colour, ColumnOrder, CompanySeal, InvoiceSeal, NameArcs, NameSeal, NameStyle, NameSuffix, OvalSeal,
    RectangleSeal, SealForm, SquareSeal, Typeface,
};

#[derive(Subcommand)]
pub(crate) enum SealCommand {
    /// Seal of an organisation: round, or oval
    Company(Drawn<CompanyArguments>),
    /// Square name seal of a person
    Name(Drawn<NameArguments>),
    /// Invoice seal (发票专用章) by the official sizes
    Invoice(Drawn<InvoiceArguments>),
    /// Square seal of an organisation, such as 财务专用章
    Square(Drawn<SquareArguments>),
    /// Rectangular seal of one to three lines
    Rectangle(Drawn<RectangleArguments>),
    /// Clean picture from a photo of a seal or signature on paper
    Clean(CleanArguments),
}

/// A kind of seal, and how and where any kind is drawn.
#[derive(Args)]
pub(crate) struct Drawn<Kind: Args> {
    #[command(flatten)]
    kind: Kind,
    #[command(flatten)]
    drawing: DrawingArguments,
}

/// What can be said about one kind of seal.
pub(crate) trait Kind: Args {
    /// Its usual typeface.
    const FACE: Typeface = Typeface::Song;

    fn form(self, face: Typeface) -> SealForm;
}

impl<K: Kind> Drawn<K> {
    pub(crate) fn parts(self) -> (SealForm, DrawingArguments) {
        let face = self.drawing.font.unwrap_or(K::FACE);
        (self.kind.form(face), self.drawing)
    }
}

#[derive(Args)]
pub(crate) struct DrawingArguments {
    /// Typeface: song unless given, but kai for invoice seals, where it stands in for 仿宋; own is the one of --font-file
    #[arg(long, value_parser = one_of(&FACES))]
    font: Option<Typeface>,
    /// Ink
    #[arg(long, value_name = "#RRGGBB", default_value = "#d41e1e")]
    pub(crate) colour: String,
    /// Added to each side of the strokes in millimetres, -0.05 to 0.1
    #[arg(long, value_name = "MM", default_value_t = 0.0, allow_negative_numbers = true)]
    pub(crate) weight: f64,
    /// A font file of one's own (TrueType, OpenType) for --font own; only its outlines are used
    #[arg(long, value_name = "FILE")]
    pub(crate) font_file: Option<PathBuf>,
    /// FILE.svg, FILE.png or FILE.pdf
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Dots per inch of a PNG, 36 to 2400
    #[arg(long, value_name = "N", default_value_t = 600)]
    pub(crate) dpi: u32,
}

#[derive(Args)]
pub(crate) struct CompanyArguments {
    /// Name around the seal, as on the licence; in two arcs a space says where to break it
    #[arg(long)]
    name: String,
    /// Row under the star, such as 投标专用章; a number in parentheses at its end goes below
    #[arg(long)]
    purpose: Option<String>,
    /// Second row under the purpose
    #[arg(long, value_name = "TEXT", requires = "purpose")]
    second_line: Option<String>,
    /// Digits along the lower edge; none unless given
    #[arg(long, value_name = "DIGITS")]
    code: Option<String>,
    /// Diameter in millimetres: 38, 40, 42 or 45 (an oval seal is 45 × 30)
    #[arg(long, value_name = "MM", default_value_t = 40.0)]
    size: f64,
    /// Round, or oval without a star
    #[arg(long, value_parser = one_of(&SHAPES), default_value = "round")]
    shape: Shape,
    /// Nothing in the middle but the purpose
    #[arg(long)]
    no_star: bool,
    /// How many arcs the name takes
    #[arg(long, value_parser = one_of(&ARCS), default_value = "auto")]
    arcs: NameArcs,
    /// Text along the lower side of an oval seal, such as the English name
    #[arg(long, value_name = "TEXT")]
    lower_name: Option<String>,
}

impl Kind for CompanyArguments {
    fn form(self, face: Typeface) -> SealForm {
        match self.shape {
            Shape::Round => SealForm::Company(CompanySeal {
                name: self.name,
                purpose: self.purpose,
                second_line: self.second_line,
                code_digits: self.code,
                diameter_mm: self.size,
                centre: if self.no_star { Centre::Empty } else { Centre::Star },
                arcs: self.arcs,
                face,
            }),
            Shape::Oval => SealForm::Oval(OvalSeal {
                name: self.name,
                purpose: self.purpose,
                lower_name: self.lower_name,
                face,
            }),
        }
    }
}

#[derive(Args)]
pub(crate) struct NameArguments {
    /// The name, one to four characters
    #[arg(long)]
    text: String,
    /// Red characters (zhu 朱文) or white ones (bai 白文)
    #[arg(long, value_parser = one_of(&STYLES), default_value = "zhu")]
    style: NameStyle,
    /// What follows the name: nothing, 印 or 之印
    #[arg(long, value_parser = one_of(&SUFFIXES), default_value = "none")]
    suffix: NameSuffix,
    /// Side in millimetres, 10 to 30
    #[arg(long, value_name = "MM", default_value_t = 20.0)]
    size: f64,
    /// Which side the columns start from: the right (rtl) or the left (ltr)
    #[arg(long, value_parser = one_of(&ORDERS), default_value = "rtl")]
    order: ColumnOrder,
    /// Whether the surname has two characters; without it common ones are known
    #[arg(long, value_name = "true|false")]
    double_surname: Option<bool>,
}

impl Kind for NameArguments {
    fn form(self, face: Typeface) -> SealForm {
        SealForm::Name(NameSeal {
            text: self.text,
            style: self.style,
            suffix: self.suffix,
            size_mm: self.size,
            face,
            order: self.order,
            double_surname: self.double_surname,
        })
    }
}

#[derive(Args)]
pub(crate) struct InvoiceArguments {
    /// Name of the taxpayer
    #[arg(long)]
    name: String,
    /// Taxpayer number, 15 to 20 digits and letters
    #[arg(long, value_name = "TEXT")]
    tax_number: String,
    /// Number of the seal when there are several, 1 to 999
    #[arg(long, value_name = "N")]
    serial: Option<String>,
}

impl Kind for InvoiceArguments {
    const FACE: Typeface = Typeface::Kai;

    fn form(self, face: Typeface) -> SealForm {
        SealForm::Invoice(InvoiceSeal {
            name: self.name,
            tax_number: self.tax_number,
            serial: self.serial,
            face,
        })
    }
}

#[derive(Args)]
pub(crate) struct SquareArguments {
    /// Name of the organisation
    #[arg(long)]
    name: String,
    /// What it is for, such as 财务专用章
    #[arg(long)]
    purpose: Option<String>,
    /// Red characters (zhu 朱文) or white ones (bai 白文)
    #[arg(long, value_parser = one_of(&STYLES), default_value = "zhu")]
    style: NameStyle,
    /// Side in millimetres, 18 to 40
    #[arg(long, value_name = "MM", default_value_t = 22.0)]
    size: f64,
}

impl Kind for SquareArguments {
    fn form(self, face: Typeface) -> SealForm {
        SealForm::Square(SquareSeal {
            name: self.name,
            purpose: self.purpose,
            style: self.style,
            size_mm: self.size,
            face,
        })
    }
}

#[derive(Args)]
pub(crate) struct RectangleArguments {
    /// A line (up to three times)
    #[arg(long = "line", value_name = "TEXT", required = true)]
    lines: Vec<String>,
    /// Width in millimetres
    #[arg(long, value_name = "MM", default_value_t = 20.0)]
    width: f64,
    /// Height in millimetres
    #[arg(long, value_name = "MM", default_value_t = 10.0)]
    height: f64,
}

impl Kind for RectangleArguments {
    fn form(self, face: Typeface) -> SealForm {
        SealForm::Rectangle(RectangleSeal {
            lines: self.lines,
            width_mm: self.width,
            height_mm: self.height,
            face,
        })
    }
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
    #[arg(long, value_parser = one_of(&MARKS))]
    pub(crate) kind: Option<MarkKind>,
    /// Another ink than the photo's own
    #[arg(long, value_parser = one_of(&INKS), default_value = "kept")]
    pub(crate) ink: Ink,
    /// True width in millimetres; without it what is usual for the shape
    #[arg(long, value_name = "MM")]
    pub(crate) size: Option<f64>,
    /// Print the findings as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Copy)]
enum Shape {
    Round,
    Oval,
}

/// A unified ink, or the photo's own.
#[derive(Clone, Copy)]
pub(crate) struct Ink(pub(crate) Option<Colour>);

const FACES: [(&str, Typeface); 4] = [
    ("song", Typeface::Song),
    ("kai", Typeface::Kai),
    ("brush", Typeface::Brush),
    ("own", Typeface::Own),
];
const SHAPES: [(&str, Shape); 2] = [("round", Shape::Round), ("oval", Shape::Oval)];
const ARCS: [(&str, NameArcs); 3] = [
    ("auto", NameArcs::Automatic),
    ("one", NameArcs::One),
    ("two", NameArcs::Two),
];
const STYLES: [(&str, NameStyle); 2] = [("zhu", NameStyle::Zhu), ("bai", NameStyle::Bai)];
const SUFFIXES: [(&str, NameSuffix); 3] = [
    ("none", NameSuffix::None),
    ("yin", NameSuffix::Yin),
    ("zhiyin", NameSuffix::ZhiYin),
];
const ORDERS: [(&str, ColumnOrder); 2] = [("rtl", ColumnOrder::RightToLeft), ("ltr", ColumnOrder::LeftToRight)];
const MARKS: [(&str, MarkKind); 2] = [("seal", MarkKind::Seal), ("signature", MarkKind::Signature)];
const INKS: [(&str, Ink); 4] = [
    ("kept", Ink(None)),
    ("red", Ink(Some(Colour::SEAL_RED))),
    ("black", Ink(Some(Colour::PEN_BLACK))),
    ("blue", Ink(Some(Colour::PEN_BLUE))),
];

/// A word of a table, read as what it means.
fn one_of<T: Copy + Send + Sync + 'static>(table: &'static [(&'static str, T)]) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(table.iter().map(|(word, _)| *word)).try_map(move |typed| {
        let meant = table.iter().find(|(word, _)| *word == typed);
        meant.map(|(_, meaning)| *meaning).ok_or("not one of the words")
    })
}
