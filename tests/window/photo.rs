//! Photos in the real window: dropped and chosen, compared, cropped, turned, declared, reviewed and stamped; the seal
//! switched off, and asked for again after a reissue.

use crate::album::Album;
use anyhow::{Context, Result, ensure};
use app::view::{AutomaticSealInput, SealKind};
use std::fs::File;
use std::path::{Path, PathBuf};
use testkit::story::{PIN, import_enterprise_certificate, import_personal_certificate, pay_for, secret};
use testkit::world::open_as_window;
use testkit::{corpora, judges, pdfs, photos};
use tests::hand::Hand;
use tests::screen::{Screen, window_program};
use tests::stage::Stage;
use thirtyfour::Key;

const NEW_PIN: &str = "739182";
const UPLOADED: &str = "article[data-origin=uploaded]";

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_becomes_a_seal_that_stamps() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let root = made_ready(&data, folder.path()).await?;
    let bid = pdfs::put(folder.path(), "投标文件.pdf", &pdfs::simple(3));
    let mut stage = Stage::set(&data)?;
    let screen = Screen::start(&mut stage, &window_program()?, &[bid.to_string_lossy().into_owned()]).await?;
    screen.resize(1280, 800).await?;
    let walk = Walk {
        hand: stage.hand(),
        screen,
        album: Album::open()?,
        folder: folder.path().to_owned(),
    };
    walk.screen.sign_in_as("wangmin").await?;
    walk.refuse_what_is_no_photo().await?;
    walk.clean().await?;
    walk.send().await?;
    walk.review().await?;
    let signed = walk.stamp(&data).await?;
    judges::assert_sound_pdf(&signed);
    judges::assert_pdfsig_valid(&signed, 1);
    judges::assert_pyhanko_trusts(&signed, &root, 1);
    let objects = judges::must(judges::mutool().args(["show", "-g"]).arg(&signed).arg("grep"));
    ensure!(objects.contains("/SMask"), "the picture lost its transparency");
    walk.find_nothing_on_blank_paper().await?;
    walk.switch_off().await?;
    walk.reissue().await?;
    walk.screen.close().await
}

/// An enterprise with its certificate and an automatic seal, the notice agreed, nothing approved by itself.
async fn made_ready(data: &Path, folder: &Path) -> Result<PathBuf> {
    let (app, server) = open_as_window(data).await;
    app.sign_in("wangmin", secret("ganjiang")).await?;
    app.sandbox_auto_approve(None).await?;
    pay_for(&app, folder, 1).await;
    let certificate = import_enterprise_certificate(&app).await;
    import_personal_certificate(&app, "王敏").await;
    let notice = app.seal_notice().await?;
    app.agree_seal_notice(notice.version).await?;
    let automatic = AutomaticSealInput {
        certificate_id: certificate.id,
        kind: SealKind::BidPurpose,
        style: None,
        suffix: None,
        typeface: None,
        star: None,
        size_mm: 40.0,
    };
    app.create_automatic_seal(automatic).await?;
    let der = pdfs::put(folder, "root.cer", &server.root_certificate_der);
    let root = folder.join("root.pem");
    let mut convert = judges::openssl();
    judges::must(
        convert
            .args(["x509", "-inform", "DER", "-in"])
            .arg(der)
            .arg("-out")
            .arg(&root),
    );
    app.sign_out().await.expect("signed out");
    drop(app);
    server.shutdown().await;
    // The window may come when nobody holds the folder any more.
    let lock = File::open(data.join("ganjiang.lock"))?;
    tokio::task::spawn_blocking(move || lock.lock()).await??;
    Ok(root)
}

struct Walk {
    screen: Screen,
    hand: Hand,
    album: Album,
    folder: PathBuf,
}

impl Walk {
    async fn take(&self, name: &str) -> Result<()> {
        let taken = self.album.take(&self.screen, name).await;
        taken.with_context(|| format!("the picture {name}"))
    }

    async fn mode(&self, mode: &str) -> Result<()> {
        let selector = format!("[data-testid=photo-mode] input[value={mode}] + label");
        self.screen.press_first(&selector).await
    }

    async fn refuse_what_is_no_photo(&self) -> Result<()> {
        let heic = pdfs::put(&self.folder, "IMG_2071.HEIC", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic");
        self.hand.drop_at((700, 500), &heic)?;
        let words = self.screen.see_failure("photo_heic").await?.text().await?;
        ensure!(words.contains("JPEG"), "the way out is not told: {words}");
        self.take("70-photo-heic").await
    }

    /// Another's photo when there is one, else our own.
    fn photo(&self, name: &str, ours: impl FnOnce() -> Vec<u8>) -> PathBuf {
        let given = corpora::folder().map(|folder| folder.join("photos").join(name));
        let given = given.filter(|file| file.is_file());
        given.unwrap_or_else(|| pdfs::put(&self.folder, name, &ours()))
    }

    async fn clean(&self) -> Result<()> {
        let screen = &self.screen;
        screen.press("photo-another").await?;
        let photo = self.photo("s2_text_shadow.jpg", || {
            photos::stamped_paper("杭州云栖智能科技有限公司")
        });
        self.hand.choose("Open File", &photo)?;
        screen.see("clean-picture").await?;
        screen.see("compare").await?;
        self.take("71-photo-compare").await?;
        screen.press("compare-slider").await?;
        screen.key(Key::Home).await?;
        screen
            .element("[data-testid=compare-slider][aria-valuenow='0']")
            .await?;
        screen.press("photo-zoom-in").await?;
        self.take("72-photo-cleaned").await?;
        screen.press("photo-fit").await?;
        self.crop().await?;
        self.turn().await?;
        self.mode("compare").await?;
        screen
            .press_first("[data-testid=photo-ink] input[value=red] + label")
            .await?;
        screen.fill("photo-width", "85").await?;
        screen.see("warning-low_resolution").await?;
        self.take("75a-photo-coarse").await?;
        screen.fill("photo-width", "42").await?;
        screen.wait_for("42.0 × 42.0 mm").await?;
        self.take("75-photo-wished").await
    }

    async fn crop(&self) -> Result<()> {
        let screen = &self.screen;
        self.mode("crop").await?;
        screen.element("[data-testid=crop-frame][data-suggested]").await?;
        self.take("73-photo-crop").await?;
        screen.drag("crop-nw", -30, -24).await?;
        screen.see("crop-auto").await?;
        screen.press("photo-undo").await?;
        screen.gone("crop-auto").await?;
        // The same by keyboard alone: to the handle by Tab, moved by the arrow keys, one step to take back.
        screen
            .tab_to("[data-testid=crop-se]", tests::screen::Way::Forward)
            .await?;
        for _ in 0..3 {
            screen.key(Key::Right).await?;
        }
        screen.see("crop-auto").await?;
        self.take("74-photo-cropped").await?;
        screen.press("photo-undo").await?;
        screen.gone("crop-auto").await
    }

    async fn turn(&self) -> Result<()> {
        let screen = &self.screen;
        screen.press("turn-right").await?;
        screen.wait_for("+90°").await?;
        screen.press("photo-undo").await?;
        screen.press("photo-redo").await?;
        screen.wait_for("+90°").await?;
        screen.press("turn-left").await?;
        let turned = screen.see("photo-turned").await?.text().await?;
        ensure!(turned.trim() == "0°", "turned back it says {turned}");
        Ok(())
    }

    async fn send(&self) -> Result<()> {
        let screen = &self.screen;
        screen.press("photo-submit").await?;
        screen.press("declare-sure").await?;
        self.take("76-photo-declaration").await?;
        screen.press("confirm").await?;
        screen.element(&format!("{UPLOADED}[data-state=in_review] img")).await?;
        self.take("77-seals-in-review").await
    }

    async fn review(&self) -> Result<()> {
        let screen = &self.screen;
        screen.press("nav-desk").await?;
        screen.press_first("tbody [data-testid^=desk-]").await?;
        self.place().await?;
        screen
            .element("[data-testid=check-seal_approved][data-level=problem]")
            .await?;
        self.take("78-desk-in-review").await?;
        screen.press("nav-approvals").await?;
        screen
            .element("article[data-kind=seal][data-state=in_review] img")
            .await?;
        self.take("79-review-of-a-seal").await?;
        screen.press("approve-seal").await?;
        screen.element("article[data-kind=seal][data-state=approved]").await?;
        screen.press("nav-seals").await?;
        screen.element(&format!("{UPLOADED}[data-state=approved] img")).await?;
        self.take("80-seals-approved").await
    }

    /// The uploaded seal is the one beside the automatic one.
    async fn place(&self) -> Result<()> {
        let screen = &self.screen;
        screen
            .press_first("[data-testid^=shelf-]:has(img[data-origin=uploaded])")
            .await?;
        screen.press("mark-add").await?;
        screen.fill("mark-x", "90").await?;
        screen.fill("mark-y", "180").await
    }

    async fn stamp(&self, data: &Path) -> Result<PathBuf> {
        let screen = &self.screen;
        screen.press("nav-desk").await?;
        screen.press_first("tbody [data-testid^=desk-]").await?;
        self.place().await?;
        screen
            .element("[data-testid=check-seal_approved][data-level=ok]")
            .await?;
        self.take("81-desk-uploaded").await?;
        screen.press("sign").await?;
        screen.fill("pin", PIN).await?;
        screen.press("confirm").await?;
        let name = screen.see("output-name").await?.text().await?;
        screen.element("[data-testid=verdict][data-verdict=valid]").await?;
        Ok(data.join("output").join(name.trim()))
    }

    /// And a signature on the next photo: it is told from a seal, and belongs to a person's certificate.
    async fn find_nothing_on_blank_paper(&self) -> Result<()> {
        let screen = &self.screen;
        screen.press("nav-seals").await?;
        let blank = pdfs::put(&self.folder, "blank.jpg", &photos::blank_paper());
        screen.press("upload-photo").await?;
        self.hand.choose("Open File", &blank)?;
        screen.see_failure("photo_no_mark").await?;
        screen.see("crop-use").await?;
        self.take("82-photo-nothing-found").await?;
        let signature = self.photo("g1_black.jpg", photos::signed_paper);
        screen.press("photo-another").await?;
        self.hand.choose("Open File", &signature)?;
        screen.see("compare").await?;
        let kind = screen.element("[data-testid=photo-kind]").await?.value().await?;
        ensure!(
            kind.as_deref() == Some("handwritten"),
            "a signature is taken for {kind:?}"
        );
        screen
            .press_first("[data-testid=photo-ink] input[value=blue] + label")
            .await?;
        screen.press("photo-undo").await?;
        screen
            .press_first("[data-testid=photo-ink] input[value=black] + label")
            .await?;
        self.take("82a-photo-signature").await
    }

    async fn switch_off(&self) -> Result<()> {
        let screen = &self.screen;
        screen.press("nav-seals").await?;
        screen.press_first(&format!("{UPLOADED} [data-testid^=more-]")).await?;
        screen.press_first("[data-testid^=disable-]").await?;
        self.take("83-seal-disable").await?;
        screen.press("confirm").await?;
        screen.element(&format!("{UPLOADED}[data-state=disabled]")).await?;
        screen
            .press_first("[data-testid=seal-filter] input[value=former] + label")
            .await?;
        screen.element(&format!("{UPLOADED}[data-state=disabled] img")).await?;
        self.take("84-seals-former").await
    }

    async fn reissue(&self) -> Result<()> {
        let screen = &self.screen;
        screen.press("nav-certificates").await?;
        let card = "[data-kind=enterprise][data-state=active]";
        screen.press_first(&format!("{card} [data-testid^=more-]")).await?;
        screen.press_first("[role=menu] [data-testid^=reissue-]").await?;
        screen.fill("pin", NEW_PIN).await?;
        screen.fill("pin-again", NEW_PIN).await?;
        screen.press("confirm").await?;
        screen.see("reissued").await?;
        self.take("85-reissued").await?;
        screen.press("reissue-seals").await?;
        screen.see("asked-again").await?;
        screen
            .element("article[data-origin=automatic][data-state=replaced] img")
            .await?;
        self.take("86-seals-asked-again").await?;
        screen.press_first("[data-testid^=take-over-]").await?;
        screen.see("confirm").await?;
        self.take("87-seal-taken-over").await?;
        screen.press("confirm").await?;
        screen
            .element("article[data-origin=automatic][data-state=approved] img")
            .await?;
        screen.gone("asked-again").await
    }
}
