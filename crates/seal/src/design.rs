//! What the user chose for a seal, in millimetres, versioned for storage.

use serde::{Deserialize, Serialize};

use crate::{FontStack, SealDrawing, SealError, company, name};

/// The version written into stored designs.
pub const DESIGN_VERSION: u32 = 1;

/// Diameters (mm) a company seal may have; 40 is usual.
pub const COMPANY_DIAMETERS_MM: [f64; 4] = [38.0, 40.0, 42.0, 45.0];

/// Smallest and largest side (mm) of a name seal; 20 is usual.
pub const NAME_SIZE_RANGE_MM: (f64, f64) = (10.0, 30.0);

/// A seal as designed: serialises to `{"version":1,"seal":{"company":{…}}}` and refuses a version it does not know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Versioned", into = "Versioned")]
pub enum SealDesign {
    /// Round seal of an organisation.
    Company(CompanySeal),
    /// Square seal of a person.
    Name(NameSeal),
}

/// Round company seal: ring, name along the upper arc, star, optional purpose row and code digits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompanySeal {
    /// Name around the seal, 4–40 characters, as on the licence; white space at both ends is ignored.
    pub name: String,
    /// Row under the star, such as 投标专用章, up to 12 characters; a number in parentheses at its end
    /// (`合同专用章(1)`) becomes a small second row. `None` for the plain company seal.
    #[serde(default)]
    pub purpose: Option<String>,
    /// 6–18 digits along the lower edge, tops towards the centre. Off (`None`) by default: this app does not invent
    /// police registration codes.
    #[serde(default)]
    pub code_digits: Option<String>,
    /// Diameter in mm, one of [`COMPANY_DIAMETERS_MM`].
    pub diameter_mm: f64,
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
    pub face: NameFace,
}

/// How figure and ground are divided in a name seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameStyle {
    /// 朱文: red characters and border, clear ground.
    Zhu,
    /// 白文: characters cut out of a red ground as true holes.
    Bai,
}

/// What follows the name in a name seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameSuffix {
    /// Nothing.
    None,
    /// 印
    Yin,
    /// 之印
    ZhiYin,
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

/// Typefaces a name seal may be cut in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameFace {
    /// 宋: bold Song, as on company seals.
    Song,
    /// 楷: regular script.
    Kai,
    /// 毛笔: brush.
    Brush,
}

impl SealDesign {
    /// Lays the seal out by the tables of this crate (README: where the numbers come from).
    ///
    /// # Errors
    /// Texts that are empty, too short, too long or carry unusable characters; sizes that do not exist; characters
    /// for which no face of `fonts` has an outline.
    pub fn layout(&self, fonts: &FontStack) -> Result<SealDrawing, SealError> {
        match self {
            Self::Company(seal) => company::layout(seal, fonts),
            Self::Name(seal) => name::layout(seal, fonts),
        }
    }
}

/// The stored form of a design.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Versioned {
    version: u32,
    seal: Stored,
}

/// The seal inside the stored form.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stored {
    Company(CompanySeal),
    Name(NameSeal),
}

/// A stored design from a version of the program this one does not know.
#[derive(Debug, thiserror::Error)]
#[error("seal design version {0} is not known")]
struct UnknownVersion(u32);

impl From<SealDesign> for Versioned {
    fn from(design: SealDesign) -> Self {
        let seal = match design {
            SealDesign::Company(seal) => Stored::Company(seal),
            SealDesign::Name(seal) => Stored::Name(seal),
        };
        Self {
            version: DESIGN_VERSION,
            seal,
        }
    }
}

impl TryFrom<Versioned> for SealDesign {
    type Error = UnknownVersion;

    fn try_from(stored: Versioned) -> Result<Self, UnknownVersion> {
        if stored.version != DESIGN_VERSION {
            return Err(UnknownVersion(stored.version));
        }
        Ok(match stored.seal {
            Stored::Company(seal) => Self::Company(seal),
            Stored::Name(seal) => Self::Name(seal),
        })
    }
}
