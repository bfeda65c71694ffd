//! `ganjiang find`, `render` and `repair`: looking into a document, and making a broken one readable.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use app::file_work::{Found, Hit, PictureTask, draw_pages, find_in_file, repair_file};
use app::page_worker::WorkerProgram;
use serde::Serialize;

use crate::arguments::{FindArguments, RenderArguments, RepairArguments};
use crate::complaint::{Complaint, REFUSED, USAGE};
use crate::language::Language;

/// The stable JSON of `find --json`: fields are added, never renamed.
#[derive(Serialize)]
struct FoundFindings {
    hits: Vec<HitFindings>,
    pages_without_text: Vec<u32>,
    truncated: bool,
}

#[derive(Serialize)]
struct HitFindings {
    page: u32,
    x_mm: f64,
    y_mm: f64,
    width_mm: f64,
    height_mm: f64,
}

impl From<&Hit> for HitFindings {
    fn from(hit: &Hit) -> Self {
        Self {
            page: hit.page,
            x_mm: hit.x_mm,
            y_mm: hit.y_mm,
            width_mm: hit.width_mm,
            height_mm: hit.height_mm,
        }
    }
}

pub(crate) fn find(arguments: FindArguments, language: Language) -> Result<ExitCode, Complaint> {
    let password = arguments.password.read()?;
    let found = find_in_file(&arguments.file, password.as_ref(), &arguments.text, &arguments.pages)?;
    if arguments.json {
        let findings = FoundFindings {
            hits: found.hits.iter().map(HitFindings::from).collect(),
            pages_without_text: found.pages_without_text,
            truncated: found.truncated,
        };
        // Numbers and lists only: there is nothing in it that JSON cannot hold.
        println!("{}", serde_json::to_string_pretty(&findings).unwrap_or_default());
    } else {
        print!("{}", in_words(&found, language));
    }
    Ok(ExitCode::SUCCESS)
}

fn in_words(found: &Found, language: Language) -> String {
    let mut text = String::new();
    for hit in &found.hits {
        let Hit { page, x_mm, y_mm, .. } = hit;
        text.push_str(&match language {
            Language::Chinese => format!("第 {page} 页，左 {x_mm:.1} 毫米，上 {y_mm:.1} 毫米\n"),
            Language::English => format!("page {page}: {x_mm:.1} mm from the left, {y_mm:.1} mm from the top\n"),
        });
    }
    let (hits, blank) = (found.hits.len(), found.pages_without_text.len());
    text.push_str(&match language {
        Language::Chinese => format!("共 {hits} 处"),
        Language::English => format!("{hits} in all"),
    });
    if blank > 0 {
        text.push_str(&match language {
            Language::Chinese => format!("；{blank} 页没有文字（可能是扫描件）"),
            Language::English => format!("; {blank} pages show no text of their own (scans?)"),
        });
    }
    if found.truncated {
        text.push_str(language.pick("；没有列全", "; not all are listed"));
    }
    text.push('\n');
    text
}

pub(crate) fn render(arguments: RenderArguments) -> Result<ExitCode, Complaint> {
    if !arguments.dpi.is_finite() || arguments.dpi <= 0.0 {
        return Err(Complaint::new(
            USAGE,
            "resolution_invalid",
            "--dpi 请填写大于 0 的数",
            "--dpi must be above 0",
        ));
    }
    let task = PictureTask {
        input: arguments.file,
        password: arguments.password.read()?,
        pages: arguments.page.clone(),
        dpi: arguments.dpi,
    };
    let runtime = tokio::runtime::Runtime::new().map_err(|error| {
        let chinese = format!("无法开始（{error}）");
        Complaint::new(REFUSED, "internal", chinese, format!("cannot start: {error}"))
    })?;
    let many = arguments.page.trim().parse::<u32>().is_err();
    let name = |page| match many {
        true => numbered(&arguments.out, page),
        false => arguments.out.clone(),
    };
    runtime.block_on(draw_pages(&task, name, WorkerProgram::Own))?;
    Ok(ExitCode::SUCCESS)
}

/// `out.png` for page 3: `out-3.png`.
fn numbered(out: &Path, page: u32) -> PathBuf {
    let stem = out.file_stem().unwrap_or_default().to_string_lossy();
    let ending = out
        .extension()
        .map_or_else(String::new, |ending| format!(".{}", ending.to_string_lossy()));
    out.with_file_name(format!("{stem}-{page}{ending}"))
}

pub(crate) fn repair(arguments: RepairArguments) -> Result<ExitCode, Complaint> {
    let password = arguments.password.read()?;
    repair_file(&arguments.input, &arguments.out, password.as_ref())?;
    Ok(ExitCode::SUCCESS)
}
