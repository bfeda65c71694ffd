//! Everything that can be wrong with a seal's design or its output: codes with parameters, no sentences for users.

/// The text of a seal an error speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextPart {
    /// The name around a company seal.
    CompanyName,
    /// The row under the star, such as 投标专用章.
    Purpose,
    /// The digits along the lower edge.
    CodeDigits,
    /// The name in a personal name seal.
    PersonalName,
    /// The second row under the star.
    SecondLine,
    /// The taxpayer number of an invoice seal.
    TaxNumber,
    /// The number of one of several invoice seals.
    SerialNumber,
    /// The text along the lower side of an oval seal.
    LowerName,
    /// A line of a rectangular seal.
    Line,
}

/// Why a seal cannot be laid out or written.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SealError {
    /// A text that must be there is empty (or only white space).
    #[error("{0:?} is empty")]
    Empty(TextPart),
    /// A text has too few characters.
    #[error("{part:?} has {count} characters, at least {least} are needed")]
    TooShort {
        /// Which text.
        part: TextPart,
        /// How many characters it has.
        count: usize,
        /// How many it must have.
        least: usize,
    },
    /// A text has too many characters.
    #[error("{part:?} has {count} characters, at most {most} fit")]
    TooLong {
        /// Which text.
        part: TextPart,
        /// How many characters it has.
        count: usize,
        /// How many fit.
        most: usize,
    },
    /// A rectangular seal has too many lines.
    #[error("{count} lines, at most {most} fit")]
    TooManyLines {
        /// How many lines it has.
        count: usize,
        /// How many fit.
        most: usize,
    },
    /// Characters that no seal carries: control characters, line breaks, joiners, symbols, non-digits in a code.
    #[error("{part:?} has characters a seal cannot carry: {characters:?}")]
    UnusableCharacters {
        /// Which text.
        part: TextPart,
        /// Each such character once, in order of appearance.
        characters: Vec<char>,
    },
    /// No bundled face has an outline for these characters (each once, in order of appearance).
    #[error("no outline for the characters {0:?}")]
    MissingGlyphs(Vec<char>),
    /// The size in millimetres is not one the kind of seal may have.
    #[error("{0} mm is not a size of this kind of seal")]
    Size(f64),
    /// The stroke weight in mm is outside [`crate::BOLDNESS_RANGE_MM`].
    #[error("{0} mm is no stroke weight")]
    Boldness(f64),
    /// The design wants the user's own font, and none was given.
    #[error("the design needs a font file of its own")]
    OwnFontMissing,
    /// The user's own font file is none that can be read.
    #[error("the font file cannot be read")]
    OwnFontUnreadable,
    /// The resolution in dots per inch is outside what [`crate::SealDrawing::to_png`] draws.
    #[error("{0} dpi is outside the supported resolutions")]
    Resolution(u32),
    /// The PNG encoder failed; the text is the encoder's own.
    #[error("the picture could not be encoded: {0}")]
    Encoding(String),
}
