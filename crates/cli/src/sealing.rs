//! `ganjiang seal`: draws a seal into a file.

use std::path::Path;
use std::process::ExitCode;

use app::file_work::{
    Centre, Colour, CompanySeal, FallbackGlyph, InvoiceSeal, Look, NameSeal, OvalSeal, RectangleSeal, SealDesign,
    SealForm, SealFormat, SquareSeal, draw_seal,
};

use crate::complaint::{Complaint, USAGE};
use crate::language::Language;
use crate::seal_arguments::{
    CompanyArguments, InvoiceArguments, LookArguments, NameArguments, RectangleArguments, SealCommand, SealOutput,
    Shape, SquareArguments,
};

pub(crate) fn run(command: SealCommand, language: Language) -> Result<ExitCode, Complaint> {
    let (form, look, output) = match command {
        SealCommand::Company(company) if company.shape == Shape::Oval => oval_seal(company),
        SealCommand::Company(company) => round_seal(company),
        SealCommand::Name(name) => name_seal(name),
        SealCommand::Invoice(invoice) => invoice_seal(invoice),
        SealCommand::Square(square) => square_seal(square),
        SealCommand::Rectangle(rectangle) => rectangle_seal(rectangle),
        SealCommand::Clean(clean) => return crate::cleaning::run(&clean, language),
    };
    let design = SealDesign {
        form,
        look: Look {
            colour: colour(&look.colour)?,
            boldness_mm: look.weight,
        },
    };
    let stand_ins = draw_seal(&design, look.font_file.as_deref(), format(&output)?, &output.out)?;
    tell_stand_ins(&stand_ins, language);
    Ok(ExitCode::SUCCESS)
}

type Parts = (SealForm, LookArguments, SealOutput);

fn round_seal(arguments: CompanyArguments) -> Parts {
    let centre = if arguments.no_star { Centre::Empty } else { Centre::Star };
    let seal = CompanySeal {
        name: arguments.name,
        purpose: arguments.purpose,
        second_line: arguments.second_line,
        code_digits: arguments.code,
        diameter_mm: arguments.size,
        centre,
        arcs: arguments.arcs.into(),
        face: arguments.font.into(),
    };
    (SealForm::Company(seal), arguments.look, arguments.output)
}

fn oval_seal(arguments: CompanyArguments) -> Parts {
    let seal = OvalSeal {
        name: arguments.name,
        purpose: arguments.purpose,
        lower_name: arguments.lower_name,
        face: arguments.font.into(),
    };
    (SealForm::Oval(seal), arguments.look, arguments.output)
}

fn name_seal(arguments: NameArguments) -> Parts {
    let seal = NameSeal {
        text: arguments.text,
        style: arguments.style.into(),
        suffix: arguments.suffix.into(),
        size_mm: arguments.size,
        face: arguments.font.into(),
        order: arguments.order.into(),
        double_surname: arguments.double_surname,
    };
    (SealForm::Name(seal), arguments.look, arguments.output)
}

fn invoice_seal(arguments: InvoiceArguments) -> Parts {
    let seal = InvoiceSeal {
        name: arguments.name,
        tax_number: arguments.tax_number,
        serial: arguments.serial,
        face: arguments.font.into(),
    };
    (SealForm::Invoice(seal), arguments.look, arguments.output)
}

fn square_seal(arguments: SquareArguments) -> Parts {
    let seal = SquareSeal {
        name: arguments.name,
        purpose: arguments.purpose,
        style: arguments.style.into(),
        size_mm: arguments.size,
        face: arguments.font.into(),
    };
    (SealForm::Square(seal), arguments.look, arguments.output)
}

fn rectangle_seal(arguments: RectangleArguments) -> Parts {
    let seal = RectangleSeal {
        lines: arguments.lines,
        width_mm: arguments.width,
        height_mm: arguments.height,
        face: arguments.font.into(),
    };
    (SealForm::Rectangle(seal), arguments.look, arguments.output)
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
fn format(output: &SealOutput) -> Result<SealFormat, Complaint> {
    let ending = Path::new(&output.out)
        .extension()
        .map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("svg") => Ok(SealFormat::Svg),
        Some("png") => Ok(SealFormat::Png { dpi: output.dpi }),
        Some("pdf") => Ok(SealFormat::Pdf),
        _ => Err(Complaint::new(
            USAGE,
            "seal_format_unknown",
            "--out 请以 .svg、.png 或 .pdf 结尾",
            "--out must end in .svg, .png or .pdf",
        )),
    }
}
