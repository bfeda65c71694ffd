//! `ganjiang seal clean`: a photo of a seal or signature becomes a transparent picture of true size.

use std::process::ExitCode;

use app::file_work::clean::{CleanError, CleanMark, CleanOptions, CleanWarning, MarkKind, MarkShape, Photo};
use app::file_work::clean_photo;
use serde_json::json;

use crate::complaint::{Complaint, REFUSED, UNREADABLE};
use crate::language::Language;
use crate::seal_arguments::CleanArguments;

pub(crate) fn run(arguments: &CleanArguments, language: Language) -> Result<ExitCode, Complaint> {
    let options = CleanOptions {
        kind: arguments.kind,
        crop: None,
        turn_degrees: 0.0,
        ink: arguments.ink.0,
        width_mm: arguments.size,
    };
    let (mark, photo) = clean_photo(&arguments.photo, &options, &arguments.out, arguments.mask.as_deref())?;
    if arguments.json {
        println!("{:#}", json_of(&mark, &photo));
    } else {
        println!("{}", words(&mark, language));
    }
    Ok(ExitCode::SUCCESS)
}

fn json_of(mark: &CleanMark, photo: &Photo) -> serde_json::Value {
    let place = mark.place_in_file(photo);
    let (width, height) = mark.pixels();
    json!({
        "kind": match mark.kind { MarkKind::Seal => "seal", MarkKind::Signature => "signature" },
        "shape": match mark.shape {
            MarkShape::Round => "round",
            MarkShape::Oval => "oval",
            MarkShape::Square => "square",
            MarkShape::Rectangle => "rectangle",
            MarkShape::Free => "free",
        },
        "box": { "x": place.x, "y": place.y, "width": place.width, "height": place.height },
        "angle_degrees": rounded(mark.angle_degrees, 100.0),
        "width_mm": rounded(mark.width_mm, 100.0),
        "height_mm": rounded(mark.height_mm, 100.0),
        "width": width,
        "height": height,
        "dpi_at_size": rounded(mark.dpi, 10.0),
        "ink": format!("#{:02x}{:02x}{:02x}", mark.ink.red, mark.ink.green, mark.ink.blue),
        "warnings": mark.warnings.iter().map(|warning| code(*warning)).collect::<Vec<_>>(),
    })
}

fn rounded(value: f64, steps: f64) -> f64 {
    (value * steps).round() / steps
}

/// The stable name of a warning.
fn code(warning: CleanWarning) -> &'static str {
    match warning {
        CleanWarning::LowResolution => "low_resolution",
        CleanWarning::AtEdge => "at_edge",
        CleanWarning::NotStraightened => "not_straightened",
        CleanWarning::TurnUnsure => "turn_unsure",
        CleanWarning::Faint => "faint",
    }
}

fn words(mark: &CleanMark, language: Language) -> String {
    let size = format!("{:.1} × {:.1} mm, {:.0} dpi", mark.width_mm, mark.height_mm, mark.dpi);
    let notes = mark.warnings.iter().map(|warning| {
        let (chinese, english) = match warning {
            CleanWarning::LowResolution => ("分辨率不足 300 dpi", "fewer than 300 dpi"),
            CleanWarning::AtEdge => (
                "印章或签名靠近照片边缘，可能不完整",
                "at the photo's edge: it may be cut off",
            ),
            CleanWarning::NotStraightened => (
                "没有找到印章边缘，未摆正",
                "the seal's edge was not found: not straightened",
            ),
            CleanWarning::TurnUnsure => ("方向是估计的，请核对", "which way is up was guessed: please check"),
            CleanWarning::Faint => ("印迹很淡", "the ink is faint"),
        };
        format!("; {}", language.pick(chinese, english))
    });
    size + &notes.collect::<String>()
}

pub(crate) fn of_clean(cause: &CleanError) -> Complaint {
    let (status, code, chinese) = match cause {
        CleanError::UnknownFormat => (UNREADABLE, "photo_format", "请用 JPEG、PNG 或 WebP 照片"),
        CleanError::Heic => (UNREADABLE, "photo_heic", "不支持 HEIC 照片，请在手机上另存为 JPEG"),
        CleanError::TooLarge => (UNREADABLE, "photo_too_large", "照片太大"),
        CleanError::Damaged(_) => (UNREADABLE, "photo_damaged", "照片已损坏，无法读取"),
        CleanError::NothingFound => (REFUSED, "photo_no_mark", "照片中没有找到印章或签名"),
        CleanError::Encoding(_) => (REFUSED, "seal_encoding_failed", "图片没有写成"),
    };
    Complaint::detailed(status, code, chinese, cause)
}
