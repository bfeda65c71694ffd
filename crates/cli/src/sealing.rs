//! `ganjiang seal`: draws a seal into a file.

use std::path::Path;
use std::process::ExitCode;

use app::file_work::{CompanySeal, NameSeal, SealDesign, SealFormat, draw_seal};

use crate::arguments::{CompanyArguments, NameArguments, SealCommand, SealOutput};
use crate::complaint::{Complaint, USAGE};
use crate::language::Language;

pub(crate) fn run(command: SealCommand, language: Language) -> Result<ExitCode, Complaint> {
    let (design, output) = match command {
        SealCommand::Company(company) => company_seal(company),
        SealCommand::Name(name) => name_seal(name),
        SealCommand::Clean(clean) => return crate::cleaning::run(&clean, language),
    };
    draw_seal(&design, format(&output)?, &output.out)?;
    Ok(ExitCode::SUCCESS)
}

fn company_seal(arguments: CompanyArguments) -> (SealDesign, SealOutput) {
    let CompanyArguments {
        name,
        purpose,
        code,
        size,
        output,
    } = arguments;
    (
        SealDesign::Company(CompanySeal {
            name,
            purpose,
            code_digits: code,
            diameter_mm: size,
        }),
        output,
    )
}

fn name_seal(arguments: NameArguments) -> (SealDesign, SealOutput) {
    let NameArguments {
        text,
        style,
        suffix,
        size,
        font,
        output,
    } = arguments;
    let seal = NameSeal {
        text,
        style: style.into(),
        suffix: suffix.into(),
        size_mm: size,
        face: font.into(),
    };
    (SealDesign::Name(seal), output)
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
