//! A signature written in the real window with mouse and pen: tried, taken back, reviewed, stamped, signed.

use crate::album::Album;
use anyhow::{Result, ensure};
use std::path::Path;
use testkit::story::{PIN, import_personal_certificate, pay_for};
use testkit::{judges, pdfs, world};
use tests::screen::{Pointer, Screen, window_program};
use tests::stage::Stage;

const PAD: &str = "signature-pad";

#[tokio::test]
async fn a_signature_is_written_reviewed_and_stamped() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    std::fs::create_dir(&data)?;
    with_a_personal_certificate(&data, folder.path()).await?;
    let bid = pdfs::put(folder.path(), "投标函.pdf", &app::demo::sample_bid());
    let mut stage = Stage::set(&data)?;
    let files = [bid.to_string_lossy().into_owned()];
    let screen = Screen::start(&mut stage, &window_program()?, &files).await?;
    let album = Album::open()?;
    screen.sign_in_as("wangmin").await?;
    screen.press("nav-seals").await?;
    screen.press("agree-notice").await?;
    screen.press("write-signature").await?;
    screen.see(PAD).await?;
    album.take(&screen, "70-signature-empty").await?;
    a_slip_is_refused(&screen, &album).await?;
    write(&screen, &album).await?;
    screen.press("signature-submit").await?;
    screen.gone(PAD).await?;
    screen.element("article[data-testid^=seal-] img").await?;
    screen.press("nav-approvals").await?;
    screen.element("[data-kind=seal][data-state=approved]").await?;
    screen.press("nav-seals").await?;
    screen.element("article[data-testid^=seal-] img").await?;
    album.take(&screen, "74-signature-approved").await?;
    let signed = data.join("output").join(stamped(&screen, &album).await?);
    screen.close().await?;
    judges::assert_sound_pdf(&signed);
    judges::assert_pdfsig_valid(&signed, 1);
    ensure!(judges::pictures_in(&signed) == 0, "it is stamped as vectors");
    Ok(())
}

/// What the journey's test does in the window, done before it starts.
async fn with_a_personal_certificate(data: &Path, scratch: &Path) -> Result<()> {
    let (app, server) = world::open_as_window(data).await;
    app.sign_in("wangmin", testkit::story::secret("ganjiang"))
        .await
        .expect("signed in");
    pay_for(&app, scratch, 1).await;
    import_personal_certificate(&app, "王敏").await;
    app.sign_out().await.expect("signed out");
    drop(app);
    server.shutdown().await;
    Ok(())
}

async fn a_slip_is_refused(screen: &Screen, album: &Album) -> Result<()> {
    screen
        .draw(PAD, Pointer::Mouse, &[line((0.5, 0.5), (0.51, 0.52))])
        .await?;
    let words = screen.see_failure("handwriting_invalid").await?.text().await?;
    ensure!(words.contains("写得太小"), "the reason is not told: {words}");
    screen.element("[data-testid=signature-submit][disabled]").await?;
    album.take(screen, "71-signature-too-small").await?;
    screen.press("signature-undo").await?;
    screen.element("[data-testid=signature-undo][disabled]").await.map(drop)
}

/// The upper strokes with the mouse, the others with the pen; cleared and brought back in between.
async fn write(screen: &Screen, album: &Album) -> Result<()> {
    let strokes = name();
    let (first, rest) = strokes.split_at(4);
    screen.draw(PAD, Pointer::Mouse, first).await?;
    strokes_shown(screen, first.len()).await?;
    screen.see("signature-preview").await?;
    album.take(screen, "72-signature-begun").await?;
    screen.press("signature-clear").await?;
    strokes_shown(screen, 0).await?;
    screen.press("signature-undo").await?;
    strokes_shown(screen, first.len()).await?;
    screen.draw(PAD, Pointer::Pen, rest).await?;
    strokes_shown(screen, strokes.len()).await?;
    screen.press("signature-undo").await?;
    strokes_shown(screen, strokes.len() - 1).await?;
    screen.press("signature-redo").await?;
    strokes_shown(screen, strokes.len()).await?;
    screen
        .press_first("[data-testid=signature-pen] input[value=thin] + label")
        .await?;
    screen
        .press_first("[data-testid=signature-ink] input[value=blue] + label")
        .await?;
    screen.element("[data-testid=signature-preview][src*='1f3a8a']").await?;
    album.take(screen, "73-signature").await
}

async fn strokes_shown(screen: &Screen, count: usize) -> Result<()> {
    let selector = format!("[data-testid={PAD}][data-strokes='{count}']");
    screen.element(&selector).await.map(drop)
}

/// Puts the signature on the first page and signs; the new file's name.
async fn stamped(screen: &Screen, album: &Album) -> Result<String> {
    screen.press("nav-desk").await?;
    screen.press_first("tbody [data-testid^=desk-]").await?;
    screen.see("sheet").await?;
    screen.press_first("[data-testid^=shelf-]").await?;
    screen.press("mark-add").await?;
    screen.fill("mark-x", "110").await?;
    screen.fill("mark-y", "180").await?;
    screen.wait_for("共 1 处").await?;
    screen.element("[data-testid=sign]:not([disabled])").await?;
    album.take(screen, "75-signature-on-the-desk").await?;
    screen.press("sign").await?;
    screen.fill("pin", PIN).await?;
    screen.press("confirm").await?;
    let name = screen.see("output-name").await?.text().await?;
    Ok(name.trim().to_owned())
}

fn line(from: (f64, f64), to: (f64, f64)) -> Vec<(f64, f64)> {
    curve(from, from, to, to)
}

/// A stroke of the hand: a cubic curve, slow at both ends.
fn curve(from: (f64, f64), one: (f64, f64), two: (f64, f64), to: (f64, f64)) -> Vec<(f64, f64)> {
    let place = |t: f64| {
        let u = 1.0 - t;
        let mixed =
            |a: f64, b: f64, c: f64, d: f64| u * u * u * a + 3.0 * u * u * t * b + 3.0 * u * t * t * c + t * t * t * d;
        (mixed(from.0, one.0, two.0, to.0), mixed(from.1, one.1, two.1, to.1))
    };
    let eased = |step: u32| {
        let t = f64::from(step) / 24.0;
        t * t * (3.0 - 2.0 * t)
    };
    (0..=24).map(|step| place(eased(step))).collect()
}

/// 王 and a flourish for 敏.
fn name() -> Vec<Vec<(f64, f64)>> {
    vec![
        curve((0.14, 0.26), (0.20, 0.25), (0.28, 0.24), (0.36, 0.22)),
        curve((0.15, 0.48), (0.21, 0.47), (0.28, 0.46), (0.35, 0.45)),
        curve((0.25, 0.24), (0.26, 0.40), (0.24, 0.60), (0.25, 0.76)),
        curve((0.08, 0.78), (0.20, 0.73), (0.32, 0.74), (0.43, 0.70)),
        curve((0.54, 0.18), (0.53, 0.26), (0.49, 0.32), (0.47, 0.38)),
        curve((0.50, 0.30), (0.56, 0.27), (0.60, 0.27), (0.62, 0.26)),
        curve((0.54, 0.40), (0.50, 0.80), (0.44, 0.78), (0.64, 0.70)),
        curve((0.46, 0.56), (0.54, 0.52), (0.60, 0.53), (0.67, 0.50)),
        curve((0.72, 0.20), (0.70, 0.34), (0.64, 0.44), (0.62, 0.50)),
        curve((0.69, 0.38), (0.78, 0.34), (0.84, 0.34), (0.88, 0.32)),
        curve((0.84, 0.36), (0.80, 0.66), (0.66, 0.82), (0.56, 0.88)),
        curve((0.70, 0.48), (0.78, 0.74), (0.86, 0.88), (0.96, 0.80)),
    ]
}
