//! `ganjiang seal`: draws a seal into a file.

use std::process::ExitCode;

use app::file_work::{Colour, FallbackGlyph, Look, SealDesign, SealFormat, draw_seal};

use crate::complaint::{Complaint, USAGE};
use crate::language::Language;
use crate::seal_arguments::{DrawingArguments, SealCommand};

pub(crate) fn run(command: SealCommand, language: Language) -> Result<ExitCode, Complaint> {
    let (form, drawing) = match command {
        SealCommand::Company(company) => company.parts(),
        SealCommand::Name(name) => name.parts(),
        SealCommand::Invoice(invoice) => invoice.parts(),
        SealCommand::Square(square) => square.parts(),
        SealCommand::Rectangle(rectangle) => rectangle.parts(),
        SealCommand::Clean(clean) => return crate::cleaning::run(&clean, language),
    };
    let look = Look {
        colour: colour(&drawing.colour)?,
        boldness_mm: drawing.weight,
    };
    let format = format(&drawing)?;
    let stand_ins = draw_seal(
        &SealDesign { form, look },
        drawing.font_file.as_deref(),
        format,
        &drawing.out,
    )?;
    tell_stand_ins(&stand_ins, language);
    Ok(ExitCode::SUCCESS)
}

fn colour(text: &str) -> Result<Colour, Complaint> {
    Colour::from_hex(text).ok_or_else(|| {
        Complaint::new(
            USAGE,
            "seal_colour_invalid",
            "--colour 请写成 #RRGGBB",
            "--colour is written #RRGGBB",
        )
    })
}

/// What came from another typeface is said, it does not stop anything.
fn tell_stand_ins(stand_ins: &[FallbackGlyph], language: Language) {
    if stand_ins.is_empty() {
        return;
    }
    let characters: String = stand_ins.iter().map(|glyph| glyph.character).collect();
    let words = language.pick("这些字用了备用字体", "drawn from a stand-in typeface");
    eprintln!("ganjiang: {words}: {characters}");
}

/// By the ending of the output's name.
fn format(drawing: &DrawingArguments) -> Result<SealFormat, Complaint> {
    let ending = drawing
        .out
        .extension()
        .map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("svg") => Ok(SealFormat::Svg),
        Some("png") => Ok(SealFormat::Png { dpi: drawing.dpi }),
        Some("pdf") => Ok(SealFormat::Pdf),
        _ => Err(Complaint::new(
            USAGE,
            "seal_format_unknown",
            "--out 请以 .svg、.png 或 .pdf 结尾",
            "--out must end in .svg, .png or .pdf",
        )),
    }
}
