//! From the sign-in to a signed bid that others believe, in the real window, with a picture of every screen.

use crate::album::Album;
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use testkit::{judges, pdfs};
use tests::screen::{Screen, window_program};
use tests::stage::Stage;

const PIN: &str = "250817";
const COMPANY: &str = "杭州云栖智能科技有限公司";
const CREDIT_CODE: &str = "91330106MA2CFUY66Q";
const ACCOUNT: &str = "6222021202015566778";

#[tokio::test]
async fn from_the_sign_in_to_a_signed_bid() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    std::fs::create_dir(&data)?;
    let bid = pdfs::put(folder.path(), "投标文件.pdf", &app::demo::sample_bid());
    let mut stage = Stage::set(&data)?;
    let program = window_program()?;
    let screen = Screen::start(&mut stage, &program, &[bid.to_string_lossy().into_owned()]).await?;
    let walk = Walk {
        screen,
        album: Album::open()?,
    };
    walk.watch_the_policy().await?;
    walk.sign_in().await?;
    let link = walk.authorise().await?;
    walk.register_billing().await?;
    walk.order_with_a_wrong_amount().await?;
    walk.order_and_pay().await?;
    walk.assign().await?;
    walk.import().await?;
    walk.make_the_seal().await?;
    walk.place_marks().await?;
    let signed = walk.sign(&data).await?;
    judged(&signed, &bid, &root_of(&link, folder.path()).await?)?;
    walk.verify(&signed).await?;
    walk.look_around().await?;
    walk.a_second_start_hands_over(&stage, &program, folder.path()).await?;
    walk.settings().await?;
    walk.the_policy_was_kept().await?;
    walk.screen.close().await?;
    nothing_secret_was_written(&data)
}

struct Walk {
    screen: Screen,
    album: Album,
}

impl Walk {
    async fn watch_the_policy(&self) -> Result<()> {
        let script = "window.refusals = []; document.addEventListener('securitypolicyviolation', \
                      (event) => window.refusals.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));";
        self.screen.evaluate(script).await.map(drop)
    }

    async fn the_policy_was_kept(&self) -> Result<()> {
        let refusals = self.screen.evaluate("return window.refusals;").await?;
        ensure!(
            refusals == serde_json::json!([]),
            "the content security policy refused {refusals}"
        );
        Ok(())
    }

    async fn take(&self, name: &str) -> Result<()> {
        self.album
            .take(&self.screen, name)
            .await
            .with_context(|| format!("the picture {name}"))
    }

    /// Goes somewhere by the navigation and waits for its head.
    async fn go(&self, place: &str) -> Result<()> {
        self.screen.press(&format!("nav-{place}")).await?;
        self.screen.see(place).await.map(drop)
    }

    async fn sign_in(&self) -> Result<()> {
        let screen = &self.screen;
        screen.see("demo-account-wangmin").await?;
        self.take("01-sign-in").await?;
        screen.fill("account", "wangmin").await?;
        screen.fill("password", "not the password").await?;
        screen.press("sign-in").await?;
        screen.see_failure("wrong_password").await?;
        self.take("02-sign-in-wrong").await?;
        screen.sign_in_as("wangmin").await?;
        screen.see("todo-authorise").await?;
        self.take("03-home-first").await
    }

    /// Gives back the face link.
    async fn authorise(&self) -> Result<String> {
        let screen = &self.screen;
        screen.press("nav-purchase").await?;
        screen.see("purchase-gate").await?;
        self.take("04-purchase-gate").await?;
        screen.press("go-authorise").await?;
        screen.see("authorisation").await?;
        self.take("05-authorisation").await?;
        screen.press("start-face").await?;
        let link = screen.see("face-url").await?.text().await?;
        self.take("06-face").await?;
        tests::phone::confirm(link.trim()).await?;
        screen.see("authorised").await?;
        self.take("07-authorised").await?;
        Ok(link)
    }

    async fn register_billing(&self) -> Result<()> {
        let screen = &self.screen;
        self.go("billing").await?;
        screen.press("title-add").await?;
        screen.fill("title-name", COMPANY).await?;
        screen.fill("title-tax-number", "91330106MA2CFUY66A").await?;
        screen.fill("title-phone", "0571-88886666").await?;
        self.take("08-title-wrong-number").await?;
        screen.fill("title-tax-number", CREDIT_CODE).await?;
        screen.press("confirm").await?;
        screen.gone("confirm").await?;
        screen.press("account-add").await?;
        screen.fill("account-holder", COMPANY).await?;
        screen.fill("account-bank", "中国工商银行杭州分行").await?;
        screen.fill("account-number", ACCOUNT).await?;
        self.take("09-remitting-account").await?;
        screen.press("confirm").await?;
        screen.gone("confirm").await?;
        self.take("10-billing").await
    }

    async fn place_order(&self) -> Result<()> {
        self.go("purchase").await?;
        self.screen.see("total").await?;
        self.take("11-purchase").await?;
        self.screen.press("place-order").await?;
        self.screen.see("receiving-account").await.map(drop)
    }

    async fn order_with_a_wrong_amount(&self) -> Result<()> {
        self.place_order().await?;
        self.take("12-order-unpaid").await?;
        self.screen.press("transfer-wrong-amount").await?;
        self.screen.see("payment-problem").await?;
        self.take("13-order-wrong-amount").await
    }

    async fn order_and_pay(&self) -> Result<()> {
        self.place_order().await?;
        self.screen.press("transfer-exact").await?;
        self.screen.see("paid").await?;
        self.take("14-order-paid").await?;
        self.screen.press("request-invoice").await?;
        self.screen
            .press_first("[data-testid=invoice-kind] input[value=vat_electronic] + label")
            .await?;
        self.take("14a-invoice-kind").await?;
        self.screen.press("confirm").await?;
        self.screen.gone("request-invoice").await?;
        self.go("orders").await?;
        self.screen
            .element("[data-testid^=order-DD], [data-testid^='order-']:not(input)")
            .await?;
        self.take("15-orders").await
    }

    async fn assign(&self) -> Result<()> {
        let screen = &self.screen;
        self.go("certificates").await?;
        screen.element("[data-kind=enterprise]").await?;
        self.take("16-certificates-unassigned").await?;
        screen
            .press_first("[data-kind=enterprise] [data-testid^=assign-]")
            .await?;
        screen.fill("document-number", CREDIT_CODE).await?;
        screen.fill("owner-name", COMPANY).await?;
        screen.choose("holder", "王敏").await?;
        screen.fill("email", "wangmin@example.com").await?;
        self.take("17-assign").await?;
        screen.press("assign-next").await?;
        screen.see("assign-owner").await?;
        screen.press("assign-sure").await?;
        self.take("18-assign-confirm").await?;
        screen.press("confirm").await?;
        screen
            .element("[data-kind=enterprise][data-state=pending_import]")
            .await
            .map(drop)
    }

    async fn import(&self) -> Result<()> {
        let screen = &self.screen;
        screen
            .press_first("[data-kind=enterprise] [data-testid^=import-]")
            .await?;
        self.try_pins("123456", "123456").await?;
        screen.see_failure("pin_weak").await?;
        self.take("19-import-weak-pin").await?;
        self.try_pins(PIN, "250818").await?;
        screen.see_failure("pin_mismatch").await?;
        self.try_pins(PIN, PIN).await?;
        screen.see("imported").await?;
        self.take("20-imported").await?;
        screen.press("import-make-seal").await
    }

    async fn try_pins(&self, pin: &str, again: &str) -> Result<()> {
        self.screen.fill("pin", pin).await?;
        self.screen.fill("pin-again", again).await?;
        self.screen.press("confirm").await
    }

    async fn make_the_seal(&self) -> Result<()> {
        let screen = &self.screen;
        screen.see("agree-notice").await?;
        self.take("21-seal-notice").await?;
        screen.press("agree-notice").await?;
        screen.press("make-first-seal").await?;
        screen.see("seal-preview").await?;
        self.take("22-seal-form").await?;
        screen.press("create-seal").await?;
        screen.element("article[data-testid^=seal-] img").await?;
        self.take("23-seals").await
    }

    async fn place_marks(&self) -> Result<()> {
        let screen = &self.screen;
        self.go("desk").await?;
        self.take("24-desk-files").await?;
        screen.press_first("tbody [data-testid^=desk-]").await?;
        screen.see("sheet").await?;
        screen.press_first("[data-testid^=shelf-]").await?;
        screen.press("mark-add").await?;
        screen.fill("mark-x", "120").await?;
        screen.fill("mark-y", "200").await?;
        screen.press("pages-all").await?;
        screen.wait_for("共 4 处").await?;
        self.take("25-desk").await?;
        crate::desk::use_every_tool(screen, &self.album).await
    }

    async fn sign(&self, data: &Path) -> Result<PathBuf> {
        let screen = &self.screen;
        screen.press("sign").await?;
        screen.fill("pin", "998877").await?;
        screen.press("confirm").await?;
        let words = screen.see_failure("pin_wrong").await?.text().await?;
        ensure!(words.contains('4'), "the tries left are not told: {words}");
        self.take("26-wrong-pin").await?;
        screen.fill("pin", PIN).await?;
        screen.press("confirm").await?;
        let name = screen.see("output-name").await?.text().await?;
        screen.element("[data-testid=verdict][data-verdict=valid]").await?;
        self.take("27-signed").await?;
        Ok(data.join("output").join(name.trim()))
    }

    async fn verify(&self, signed: &Path) -> Result<()> {
        let name = signed.file_name().unwrap_or_default().to_string_lossy();
        self.go("verify").await?;
        self.screen
            .press_first(&format!("nav.files a[title$='{name}']"))
            .await?;
        self.screen.element("[data-testid=verdict][data-verdict=valid]").await?;
        self.take("28-verify-valid").await?;
        self.screen.press_first("nav.files a[title$='投标文件.pdf']").await?;
        self.screen
            .element("[data-testid=verdict][data-verdict=unsigned]")
            .await?;
        self.take("29-verify-unsigned").await
    }

    async fn look_around(&self) -> Result<()> {
        let screen = &self.screen;
        self.go("certificates").await?;
        self.take("30-certificates").await?;
        screen
            .press_first("[data-kind=enterprise] [data-testid^=detail-]")
            .await?;
        screen.see("certificate-detail").await?;
        self.take("31-certificate-detail").await?;
        screen
            .press_first("[role=dialog] header button, [role=dialog] .mantine-Drawer-close")
            .await?;
        screen.gone("certificate-detail").await?;
        self.go("approvals").await?;
        screen.element("[data-testid^=approval-]").await?;
        self.take("32-approvals").await?;
        self.go("invoices").await?;
        screen.element("[data-testid^=invoice-]").await?;
        screen.wait_for("增值税电子普通发票").await?;
        self.take("33-invoices").await?;
        crate::certificates::live_with_one(screen, &self.album, PIN).await?;
        self.go("home").await?;
        self.take("34-home").await
    }

    /// Single instance: the second start ends well and its file is opened in this window.
    async fn a_second_start_hands_over(&self, stage: &Stage, program: &Path, folder: &Path) -> Result<()> {
        let second = pdfs::put(folder, "第二份.pdf", &pdfs::cjk());
        let status = stage.start_again(program, &[second.into_os_string()])?;
        ensure!(status.success(), "the second start ended with {status}");
        self.screen.see("desk").await?;
        self.screen.wait_for("第二份.pdf").await
    }

    async fn settings(&self) -> Result<()> {
        let screen = &self.screen;
        self.go("settings").await?;
        self.take("35-settings").await?;
        screen
            .press_first("[data-testid=theme] input[value=dark] + label")
            .await?;
        screen.element("html[data-mantine-color-scheme=dark]").await?;
        screen
            .press_first("[data-testid=language] input[value=english] + label")
            .await?;
        screen.wait_for("Settings").await?;
        self.take("36-settings-english").await
    }
}

fn judged(signed: &Path, original: &Path, root: &Path) -> Result<()> {
    ensure!(
        std::fs::read(signed)?.starts_with(&std::fs::read(original)?),
        "the original is an exact prefix"
    );
    judges::assert_sound_pdf(signed);
    judges::assert_pdfsig_valid(signed, 1);
    judges::assert_pyhanko_trusts(signed, root, 1);
    Ok(())
}

/// The sandbox's root as anybody can fetch it, as PEM.
async fn root_of(link: &str, folder: &Path) -> Result<PathBuf> {
    let origin = link.split("/phone/").next().unwrap_or_default();
    let der = pdfs::put(
        folder,
        "root.cer",
        &tests::phone::download(&format!("{origin}/pki/root.cer")).await?,
    );
    let pem = folder.join("root.pem");
    let mut convert = judges::openssl();
    judges::must(
        convert
            .args(["x509", "-inform", "DER", "-in"])
            .arg(der)
            .arg("-out")
            .arg(&pem),
    );
    Ok(pem)
}

/// No PIN in any file of the data folder; the log is one of them.
fn nothing_secret_was_written(folder: &Path) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            nothing_secret_was_written(&path)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "log" || extension == "sqlite")
        {
            let bytes = std::fs::read(&path)?;
            let found = bytes.windows(PIN.len()).any(|window| window == PIN.as_bytes());
            ensure!(!found, "a PIN is in {}", path.display());
        }
    }
    Ok(())
}
