//! The kinds of seals and what each of them may be told, in millimetres.

use serde::{Deserialize, Serialize};

/// Diameters (mm) a round company seal may have; 40 is usual.
pub const COMPANY_DIAMETERS_MM: [f64; 4] = [38.0, 40.0, 42.0, 45.0];
/// Smallest and largest side (mm) of a name seal; 20 is usual.
pub const NAME_SIZE_RANGE_MM: (f64, f64) = (10.0, 30.0);
/// Smallest and largest side (mm) of a square seal of an organisation; 22 is usual.
pub const SQUARE_SIZE_RANGE_MM: (f64, f64) = (18.0, 40.0);
/// Width and height (mm) of an invoice seal (国家税务总局公告 2011 年第 7 号).
pub const INVOICE_SIZE_MM: (f64, f64) = (40.0, 30.0);
/// Width and height (mm) of an oval company seal.
pub const OVAL_SIZE_MM: (f64, f64) = (45.0, 30.0);
/// Smallest and largest side (mm) of a rectangular seal; 20 × 10 is usual for a name.
pub const RECTANGLE_SIDE_RANGE_MM: (f64, f64) = (6.0, 80.0);

/// What kind of seal it is, with its texts and measures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SealForm {
    /// Round seal of an organisation (公章, 专用章).
    Company(CompanySeal),
    /// Oval company seal without a star, customary for foreign-invested companies.
    Oval(OvalSeal),
    /// Oval invoice seal (发票专用章) by the official sizes.
    Invoice(InvoiceSeal),
    /// Square seal of an organisation, such as 财务专用章.
    Square(SquareSeal),
    /// Square seal of a person (姓名章, 法定代表人名章).
    Name(NameSeal),
    /// Rectangular seal of one to three lines.
    Rectangle(RectangleSeal),
}

/// Round company seal: ring, name along the upper arc, star, optional rows under it and code digits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompanySeal {
    /// Name around the seal, 4–60 characters, as on the licence; white space at both ends is ignored.
    pub name: String,
    /// Row under the star, such as 投标专用章, up to 12 characters; a number in parentheses at its end
    /// (`合同专用章(1)`) becomes a small second row. `None` for the plain company seal.
    #[serde(default)]
    pub purpose: Option<String>,
    /// A second row under the purpose, up to 12 characters; only with a purpose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_line: Option<String>,
    /// 6–18 digits along the lower edge, tops towards the centre. Off (`None`) by default: this app does not invent
    /// police registration codes.
    #[serde(default)]
    pub code_digits: Option<String>,
    /// Diameter in mm, one of [`COMPANY_DIAMETERS_MM`].
    pub diameter_mm: f64,
    /// What stands in the middle.
    #[serde(default)]
    pub centre: Centre,
    /// How many arcs the name takes.
    #[serde(default)]
    pub arcs: NameArcs,
    /// The typeface of name and rows.
    #[serde(default)]
    pub face: Typeface,
}

/// What stands in the middle of a round seal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Centre {
    /// The five-pointed star.
    #[default]
    Star,
    /// Nothing, or the purpose when there is one.
    Empty,
}

/// How many concentric arcs a name takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameArcs {
    /// Two when one would be too dense to read.
    #[default]
    Automatic,
    /// One; names of up to 40 characters.
    One,
    /// Two; names of at least 12 characters.
    Two,
}

/// Oval company seal: the name along the upper side, no star.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OvalSeal {
    /// Name along the upper side, 4–30 characters.
    pub name: String,
    /// Row in the middle, such as 合同专用章, up to 12 characters.
    #[serde(default)]
    pub purpose: Option<String>,
    /// Text along the lower side, feet towards the edge, such as the English name; up to 48 characters.
    #[serde(default)]
    pub lower_name: Option<String>,
    /// The typeface of the Chinese texts.
    #[serde(default = "kai")]
    pub face: Typeface,
}

/// Invoice seal: name of the taxpayer, tax number, 发票专用章, optional serial number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvoiceSeal {
    /// Name of the taxpayer, 4–30 characters.
    pub name: String,
    /// Taxpayer number (纳税人识别号): 15–20 digits and capital letters.
    pub tax_number: String,
    /// Number of the seal when a taxpayer has several, 1–3 digits; parentheses around it are ignored.
    #[serde(default)]
    pub serial: Option<String>,
    /// The typeface of name and purpose: the announcement says 仿宋, for which Kai stands in.
    #[serde(default = "kai")]
    pub face: Typeface,
}

/// Square seal of an organisation: columns from right to left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SquareSeal {
    /// Name of the organisation, 2–30 characters.
    pub name: String,
    /// What it is for, such as 财务专用章, up to 8 characters; it ends the seal.
    #[serde(default)]
    pub purpose: Option<String>,
    /// Red characters or white characters.
    #[serde(default)]
    pub style: NameStyle,
    /// Side in mm, within [`SQUARE_SIZE_RANGE_MM`].
    pub size_mm: f64,
    /// The typeface.
    #[serde(default)]
    pub face: Typeface,
}

/// Square name seal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameSeal {
    /// The name, 1–4 characters; white space in it is ignored.
    pub text: String,
    /// Red characters or white characters.
    pub style: NameStyle,
    /// What follows the name.
    pub suffix: NameSuffix,
    /// Side in mm, within [`NAME_SIZE_RANGE_MM`].
    pub size_mm: f64,
    /// The typeface.
    pub face: Typeface,
    /// Which side the columns start from.
    #[serde(default)]
    pub order: ColumnOrder,
    /// Whether the first two characters are the surname (欧阳); `None` looks them up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub double_surname: Option<bool>,
}

/// Rectangular seal: a border around lines of text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RectangleSeal {
    /// One to three lines of 1–20 characters.
    pub lines: Vec<String>,
    /// Width in mm, within [`RECTANGLE_SIDE_RANGE_MM`].
    pub width_mm: f64,
    /// Height in mm, within [`RECTANGLE_SIDE_RANGE_MM`].
    pub height_mm: f64,
    /// The typeface.
    #[serde(default)]
    pub face: Typeface,
}

/// How figure and ground are divided in a square seal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameStyle {
    /// 朱文: red characters and border, clear ground.
    #[default]
    Zhu,
    /// 白文: characters cut out of a red ground as true holes.
    Bai,
}

/// What follows the name in a name seal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameSuffix {
    /// Nothing.
    #[default]
    None,
    /// 印
    Yin,
    /// 之印
    ZhiYin,
}

/// Which side the columns of a name seal start from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnOrder {
    /// As seals have always been read.
    #[default]
    RightToLeft,
    /// As modern text is read.
    LeftToRight,
}

/// Typefaces a seal may be cut in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Typeface {
    /// 宋: bold Song, as on company seals.
    #[default]
    Song,
    /// 楷: regular script.
    Kai,
    /// 毛笔: brush.
    Brush,
    /// The font file of the user's own that the font stack was given.
    Own,
}

impl NameSuffix {
    /// The characters of the suffix, possibly none.
    pub fn text(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Yin => "印",
            Self::ZhiYin => "之印",
        }
    }
}

impl CompanySeal {
    /// The plain round seal of an organisation.
    pub fn new(name: impl Into<String>, diameter_mm: f64) -> Self {
        Self {
            name: name.into(),
            purpose: None,
            second_line: None,
            code_digits: None,
            diameter_mm,
            centre: Centre::Star,
            arcs: NameArcs::Automatic,
            face: Typeface::Song,
        }
    }
}

impl NameSeal {
    /// A name seal in red characters without an ending.
    pub fn new(text: impl Into<String>, size_mm: f64) -> Self {
        Self {
            text: text.into(),
            style: NameStyle::Zhu,
            suffix: NameSuffix::None,
            size_mm,
            face: Typeface::Song,
            order: ColumnOrder::RightToLeft,
            double_surname: None,
        }
    }
}

impl InvoiceSeal {
    /// An invoice seal without a serial number.
    pub fn new(name: impl Into<String>, tax_number: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            tax_number: tax_number.into(),
            serial: None,
            face: kai(),
        }
    }
}

impl OvalSeal {
    /// An oval company seal with nothing in the middle.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            purpose: None,
            lower_name: None,
            face: Typeface::Song,
        }
    }
}

/// What stands in for 仿宋.
fn kai() -> Typeface {
    Typeface::Kai
}
