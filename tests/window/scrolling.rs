//! A document of 3,000 pages in the real window: scrolled from end to end and leafed through, with what was measured printed.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use testkit::pdfs;
use tests::screen::{Screen, window_program};
use tests::stage::Stage;
use thirtyfour::Key;

const PAGES: usize = 3000;
/// Pictures that may be asked for while all pages are scrolled past: a fraction of them, or nothing is saved.
const MOST_ASKED: u64 = 600;

/// Runs in the page; `rest` waits until what is seen has its pictures and gives back the milliseconds, or null.
const MEASURE: &str = include_str!("scrolling.js");

#[tokio::test]
async fn three_thousand_pages_scroll_and_their_pictures_come() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    std::fs::create_dir(&data)?;
    let long = pdfs::put(folder.path(), "三千页.pdf", &pdfs::chinese_pages(PAGES));
    let mut stage = Stage::set(&data)?;
    let screen = Screen::start(&mut stage, &window_program()?, &[long.to_string_lossy().into_owned()]).await?;
    screen.sign_in_as("wangmin").await?;
    screen.press("nav-desk").await?;
    screen.press_first("tbody [data-testid^=desk-]").await?;
    screen.see("sheet").await?;
    let scrolled = measured(&screen, "scrollThrough").await?;
    told("scrolled past 3,000 pages", &scrolled, "frames");
    let asked = scrolled["asked"].as_u64().context("how many were asked for")?;
    println!("  {asked} pictures asked for on the way");
    ensure!(asked <= MOST_ASKED, "{asked} pictures were asked for");
    let jumped = measured(&screen, "jumpAround").await?;
    told("thumbnails seen after a jump", &jumped, "waits");
    let leafed = measured(&screen, "leafThrough").await?;
    told("frames while leafing", &leafed, "frames");
    told("sharp page after leafing", &leafed, "waits");
    ensure!(leafed["page"] == "61", "the paper is at page {}", leafed["page"]);
    jumped_and_enlarged(&screen).await?;
    screen.close().await
}

/// A page asked for by its number comes; one that is not there changes nothing; a larger page comes in a sharper picture.
async fn jumped_and_enlarged(screen: &Screen) -> Result<()> {
    for (asked, comes) in [
        ("2718", 2718),
        ("3001", 2718),
        ("0", 2718),
        ("页", 2718),
        ("3000", 3000),
    ] {
        screen.fill("go-page", asked).await?;
        screen.key(Key::Enter).await?;
        screen
            .element(&format!(".sheet img.page[data-page='{comes}'][data-drawn]"))
            .await?;
        screen
            .element(&format!(".thumbs [aria-current=page] img[data-page='{comes}']"))
            .await?;
    }
    let before = sharp_width(screen, 0).await?;
    screen.press("zoom-in").await?;
    screen.press("zoom-in").await?;
    let after = sharp_width(screen, before).await?;
    ensure!(after > before, "{before} pixels wide, then {after}");
    screen.press("zoom-out").await?;
    screen.press("zoom-out").await
}

/// How wide (CSS pixels) the paper is once it is wider than before and its picture has a pixel for each of the screen's.
async fn sharp_width(screen: &Screen, before: u64) -> Result<u64> {
    let script = format!(
        "const done = arguments[arguments.length - 1]; const until = Date.now() + 30000; const look = () => {{ \
         const page = document.querySelector('.sheet img.page[data-drawn]'); const wide = page?.clientWidth ?? 0; \
         if (wide > {before} && page.naturalWidth >= Math.min(2400, wide * devicePixelRatio)) done(wide); \
         else if (Date.now() > until) done(null); else requestAnimationFrame(look); }}; look();"
    );
    let wide = screen.evaluate_later(&script).await?;
    wide.as_u64().context("no sharp picture of the larger page came")
}

/// Every wait must have ended with the pictures there.
async fn measured(screen: &Screen, what: &str) -> Result<Value> {
    let answer = screen
        .evaluate_later(&format!(
            "{MEASURE} {what}().then(done, (error) => done(String(error)));"
        ))
        .await?;
    let waits = answer["waits"]
        .as_array()
        .with_context(|| format!("{what}: {answer}"))?;
    ensure!(
        !waits.is_empty() && waits.iter().all(Value::is_number),
        "{what}: pictures did not come: {answer}"
    );
    Ok(answer)
}

/// Prints the percentiles of a list of milliseconds.
fn told(title: &str, answer: &Value, name: &str) {
    let mut values: Vec<f64> = answer[name]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_f64)
        .collect();
    values.sort_by(f64::total_cmp);
    let at = |share: f64| {
        values
            .get(((values.len() as f64 - 1.0) * share).round() as usize)
            .copied()
            .unwrap_or(f64::NAN)
    };
    println!(
        "{title}: {} measured; median {:.0} ms, p95 {:.0} ms, p99 {:.0} ms, longest {:.0} ms",
        values.len(),
        at(0.5),
        at(0.95),
        at(0.99),
        at(1.0)
    );
}
