//! Milliseconds as JSON: layout and 600 dpi PNG of seals for `cargo xtask bench seal`; with photos named, what takes
//! them from JPEG to pixels and from pixels to the clean PNG, for `cargo xtask bench photos`.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a stopwatch on the command line"
)]

use std::error::Error;
use std::time::Instant;

use seal::clean::{CleanOptions, Photo, clean};
use seal::{CompanySeal, FontStack, NameSeal, NameSuffix, SealDesign, SealError, SealForm};

/// Seals drawn after the first one.
const ROUNDS: usize = 30;
/// Times each photo is cleaned.
const PHOTO_ROUNDS: usize = 5;

fn round(name: &str) -> SealDesign {
    SealForm::Company(CompanySeal {
        purpose: Some("投标专用章".to_owned()),
        code_digits: Some("3301060012345".to_owned()),
        ..CompanySeal::new(name, 40.0)
    })
    .into()
}

fn milliseconds(design: &SealDesign) -> Result<f64, SealError> {
    let start = Instant::now();
    let picture = design.layout(FontStack::bundled())?.to_png(600)?;
    let time = start.elapsed().as_secs_f64() * 1000.0;
    Ok(if picture.is_empty() { f64::NAN } else { time })
}

fn median(design: &SealDesign) -> Result<f64, SealError> {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        times.push(milliseconds(design)?);
    }
    Ok(middle(times))
}

fn middle(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn main() -> Result<(), Box<dyn Error>> {
    let photos: Vec<String> = std::env::args().skip(1).collect();
    if photos.is_empty() {
        Ok(seals()?)
    } else {
        photos.iter().try_for_each(|photo| cleaned(photo))
    }
}

/// One line for each photo.
fn cleaned(path: &str) -> Result<(), Box<dyn Error>> {
    let file = std::fs::read(path)?;
    let (mut decoding, mut cleaning) = (Vec::new(), Vec::new());
    for _ in 0..PHOTO_ROUNDS {
        let start = Instant::now();
        let photo = Photo::read(&file)?;
        decoding.push(start.elapsed().as_secs_f64() * 1000.0);
        let start = Instant::now();
        clean(&photo, &CleanOptions::default())?.to_png()?;
        cleaning.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    println!(
        "{{\"decoding\": {:.1}, \"cleaning\": {:.1}}}",
        middle(decoding),
        middle(cleaning)
    );
    Ok(())
}

fn seals() -> Result<(), SealError> {
    let usual = round("杭州云栖智能科技有限公司");
    let first = milliseconds(&usual)?;
    let long = round("内蒙古自治区呼伦贝尔市海拉尔区建设工程质量安全监督管理服务中心");
    let name = SealForm::Name(NameSeal {
        suffix: NameSuffix::Yin,
        ..NameSeal::new("李建国", 20.0)
    });
    println!(
        "{{\"first\": {first:.3}, \"round\": {:.3}, \"long\": {:.3}, \"name\": {:.3}}}",
        median(&usual)?,
        median(&long)?,
        median(&name.into())?
    );
    Ok(())
}
