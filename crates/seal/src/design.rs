//! What the user chose for a seal, in millimetres, versioned for storage.

use serde::{Deserialize, Serialize};

use crate::{Colour, FontStack, SealDrawing, SealError, SealForm, company, name, oval, rectangle, square};

/// The version written into stored designs. 1 knew company and name seals only, without a look.
pub const DESIGN_VERSION: u32 = 2;
/// The oldest version that can be read.
const OLDEST_VERSION: u32 = 1;

/// How much thinner or fatter than the typeface the strokes may be made, mm on each side.
pub const BOLDNESS_RANGE_MM: (f64, f64) = (-0.05, 0.10);

/// A seal as designed: serialises to `{"version":2,"seal":{"company":{…}},"look":{…}}` and refuses a version it does
/// not know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Versioned", into = "Versioned")]
pub struct SealDesign {
    /// Kind, texts and measures.
    pub form: SealForm,
    /// Ink and stroke weight.
    pub look: Look,
}

/// What every kind of seal may have: an ink colour and a stroke weight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// Ink.
    #[serde(default)]
    pub colour: Colour,
    /// Added to each side of every stroke of text, mm, within [`BOLDNESS_RANGE_MM`]; 0 is the typeface as it is.
    #[serde(default)]
    pub boldness_mm: f64,
}

impl From<SealForm> for SealDesign {
    fn from(form: SealForm) -> Self {
        Self {
            form,
            look: Look::default(),
        }
    }
}

impl SealDesign {
    /// Lays the seal out by the tables of this crate (README: where the numbers come from).
    ///
    /// # Errors
    /// Texts that are empty, too short, too long or carry unusable characters; sizes that do not exist; characters
    /// for which no face of `fonts` has an outline; the user's own font when `fonts` has none.
    pub fn layout(&self, fonts: &FontStack) -> Result<SealDrawing, SealError> {
        let boldness = self.look.boldness_mm;
        if !(BOLDNESS_RANGE_MM.0..=BOLDNESS_RANGE_MM.1).contains(&boldness) {
            return Err(SealError::Boldness(boldness));
        }
        let drawing = match &self.form {
            SealForm::Company(seal) => company::layout(seal, fonts, boldness),
            SealForm::Oval(seal) => oval::company(seal, fonts, boldness),
            SealForm::Invoice(seal) => oval::invoice(seal, fonts, boldness),
            SealForm::Square(seal) => square::layout(seal, fonts, boldness),
            SealForm::Name(seal) => name::layout(seal, fonts, boldness),
            SealForm::Rectangle(seal) => rectangle::layout(seal, fonts, boldness),
        }?;
        Ok(drawing.with_colour(self.look.colour))
    }
}

/// The stored form of a design.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Versioned {
    version: u32,
    seal: SealForm,
    #[serde(default)]
    look: Look,
}

/// A stored design from a version of the program this one does not know.
#[derive(Debug, thiserror::Error)]
#[error("seal design version {0} is not known")]
struct UnknownVersion(u32);

impl From<SealDesign> for Versioned {
    fn from(design: SealDesign) -> Self {
        Self {
            version: DESIGN_VERSION,
            seal: design.form,
            look: design.look,
        }
    }
}

impl TryFrom<Versioned> for SealDesign {
    type Error = UnknownVersion;

    fn try_from(stored: Versioned) -> Result<Self, UnknownVersion> {
        if !(OLDEST_VERSION..=DESIGN_VERSION).contains(&stored.version) {
            return Err(UnknownVersion(stored.version));
        }
        Ok(Self {
            form: stored.seal,
            look: stored.look,
        })
    }
}
