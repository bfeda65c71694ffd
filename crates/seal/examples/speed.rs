//! Times layout and the 600 dpi PNG of a round seal, for `cargo xtask bench seal`: prints milliseconds as JSON.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a stopwatch on the command line"
)]

use std::time::Instant;

use seal::{CompanySeal, FontStack, NameSeal, NameSuffix, SealDesign, SealError, SealForm};

/// Seals drawn after the first one.
const ROUNDS: usize = 30;

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
    times.sort_by(f64::total_cmp);
    Ok(times.get(ROUNDS / 2).copied().unwrap_or_default())
}

fn main() -> Result<(), SealError> {
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
