//! The main journey without a mouse: every control on the way is reached by Tab, named and seen, and the focus never lost.

use anyhow::{Result, ensure};
use serde_json::json;
use testkit::pdfs;
use tests::screen::{Screen, Way, window_program};
use tests::stage::Stage;
use thirtyfour::Key;

const PIN: &str = "250817";
const COMPANY: &str = "杭州云栖智能科技有限公司";
const CREDIT_CODE: &str = "91330106MA2CFUY66Q";

#[tokio::test]
async fn the_journey_by_keyboard_alone() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    std::fs::create_dir(&data)?;
    let bid = pdfs::put(folder.path(), "投标文件.pdf", &app::demo::sample_bid());
    let mut stage = Stage::set(&data)?;
    let screen = Screen::start(&mut stage, &window_program()?, &[bid.to_string_lossy().into_owned()]).await?;
    screen.resize(1280, 800).await?;
    let hands = Hands { screen };
    hands.sign_in().await?;
    hands.authorise().await?;
    hands.register_billing().await?;
    hands.order_and_pay().await?;
    hands.assign().await?;
    hands.import().await?;
    hands.make_the_seal().await?;
    hands.place_and_nudge().await?;
    hands.sign().await?;
    hands.verify().await?;
    hands.screen.close().await
}

struct Hands {
    screen: Screen,
}

impl Hands {
    /// Goes to a place by its link in the navigation, backwards from the screen.
    async fn go(&self, place: &str) -> Result<()> {
        self.screen
            .tab_to(&format!("[data-testid=nav-{place}]"), Way::Back)
            .await?;
        self.screen.key(Key::Enter).await?;
        self.screen.see(place).await?;
        self.screen.focus_is(&format!("nav-{place}")).await
    }

    /// Goes to a field and types.
    async fn type_into(&self, id: &str, text: &str) -> Result<()> {
        self.screen.tab_to(&format!("[data-testid={id}]"), Way::Forward).await?;
        self.screen.type_text(text).await
    }

    async fn sign_in(&self) -> Result<()> {
        let screen = &self.screen;
        screen.see("demo-account-wangmin").await?;
        self.type_into("account", "wangmin").await?;
        self.type_into("password", "not the password").await?;
        screen.key(Key::Enter).await?;
        screen.see_failure("wrong_password").await?;
        screen.focus_is("password").await?;
        screen.tab_to("[data-testid=demo-account-wangmin]", Way::Back).await?;
        screen.key(Key::Space).await?;
        screen.see("todo-authorise").await?;
        screen.sound_focus().await.map(drop)
    }

    async fn authorise(&self) -> Result<()> {
        let screen = &self.screen;
        screen
            .tab_to("[data-testid=todo-authorise] button", Way::Forward)
            .await?;
        screen.key(Key::Enter).await?;
        screen.see("start-face").await?;
        screen.sound_focus().await?;
        screen.enter("start-face").await?;
        let link = screen.see("face-url").await?.text().await?;
        screen.sound_focus().await?;
        tests::phone::confirm(link.trim()).await?;
        screen.see("authorised").await?;
        screen.sound_focus().await.map(drop)
    }

    async fn register_billing(&self) -> Result<()> {
        let screen = &self.screen;
        self.go("billing").await?;
        screen.enter("title-add").await?;
        screen.see("title-name").await?;
        screen.key(Key::Escape).await?;
        screen.gone("title-name").await?;
        screen.focus_is("title-add").await?;
        screen.key(Key::Enter).await?;
        self.type_into("title-name", COMPANY).await?;
        self.type_into("title-tax-number", CREDIT_CODE).await?;
        screen.key(Key::Enter).await?;
        screen.gone("title-name").await?;
        screen.focus_is("title-add").await?;
        screen.enter("account-add").await?;
        self.choose_by_arrows().await?;
        self.type_into("account-holder", COMPANY).await?;
        self.type_into("account-bank", "中国工商银行杭州分行").await?;
        self.type_into("account-number", "6222021202015566778").await?;
        screen.enter("confirm").await?;
        screen.gone("confirm").await?;
        screen.focus_is("account-add").await
    }

    /// In a group of choices the arrows choose: the next one and back again.
    async fn choose_by_arrows(&self) -> Result<()> {
        let screen = &self.screen;
        screen.tab_to("[role=dialog] input[type=radio]", Way::Forward).await?;
        let chosen = "return document.activeElement.value;";
        ensure!(screen.evaluate(chosen).await? == json!("company"));
        screen.key(Key::Right).await?;
        ensure!(
            screen.evaluate(chosen).await? == json!("personal"),
            "the arrow does not choose"
        );
        screen.sound_focus().await?;
        screen.key(Key::Left).await?;
        ensure!(screen.evaluate(chosen).await? == json!("company"));
        Ok(())
    }

    async fn order_and_pay(&self) -> Result<()> {
        let screen = &self.screen;
        self.go("purchase").await?;
        screen.enter("place-order").await?;
        screen.see("receiving-account").await?;
        screen.sound_focus().await?;
        screen.enter("transfer-exact").await?;
        screen.see("paid").await?;
        screen.sound_focus().await.map(drop)
    }

    async fn assign(&self) -> Result<()> {
        let screen = &self.screen;
        self.go("certificates").await?;
        let button = "[data-kind=enterprise] [data-testid^=assign-]";
        screen.tab_to(button, Way::Forward).await?;
        screen.key(Key::Enter).await?;
        // Number and name of the own enterprise are filled in.
        screen.tab_to("[data-testid=holder]", Way::Forward).await?;
        self.select("王敏").await?;
        self.type_into("email", "wangmin@example.com").await?;
        screen.enter("assign-next").await?;
        screen.see("assign-owner").await?;
        screen.sound_focus().await?;
        screen.tab_to("[data-testid=assign-sure]", Way::Forward).await?;
        screen.key(Key::Space).await?;
        screen.enter("confirm").await?;
        screen
            .element("[data-kind=enterprise][data-state=pending_import]")
            .await?;
        screen.gone("confirm").await?;
        screen.sound_focus().await.map(drop)
    }

    /// Chooses in the list that has the focus, by the arrow keys.
    async fn select(&self, words: &str) -> Result<()> {
        let shown = "const list = document.activeElement; return list.options[list.selectedIndex].textContent;";
        let mut seen = Vec::new();
        for _ in 0..8 {
            let now = self.screen.evaluate(shown).await?;
            if now.as_str().is_some_and(|text| text.contains(words)) {
                return Ok(());
            }
            seen.push(now);
            self.screen.key(Key::Down).await?;
        }
        anyhow::bail!("the arrows do not reach «{words}», only {seen:?}")
    }

    async fn import(&self) -> Result<()> {
        let screen = &self.screen;
        let button = "[data-kind=enterprise] [data-testid^=import-]";
        screen.tab_to(button, Way::Forward).await?;
        screen.key(Key::Enter).await?;
        screen.see("pin-again").await?;
        screen.focus_is("pin").await?;
        screen.type_text("123456").await?;
        self.type_into("pin-again", "123456").await?;
        screen.key(Key::Enter).await?;
        screen.see_failure("pin_weak").await?;
        screen.focus_is("pin").await?;
        screen.key(Key::Escape).await?;
        screen.gone("pin").await?;
        ensure!(
            screen
                .sound_focus()
                .await?
                .ids
                .iter()
                .any(|id| id.starts_with("import-")),
            "Escape does not lead back to the button"
        );
        screen.key(Key::Enter).await?;
        screen.see("pin-again").await?;
        screen.focus_is("pin").await?;
        screen.type_text(PIN).await?;
        self.type_into("pin-again", PIN).await?;
        screen.enter("confirm").await?;
        screen.see("imported").await?;
        screen.focus_is("import-make-seal").await?;
        screen.key(Key::Enter).await?;
        screen.see("agree-notice").await?;
        screen.sound_focus().await.map(drop)
    }

    async fn make_the_seal(&self) -> Result<()> {
        let screen = &self.screen;
        screen.enter("agree-notice").await?;
        screen.see("make-first-seal").await?;
        screen.sound_focus().await?;
        screen.enter("make-first-seal").await?;
        screen.see("seal-preview").await?;
        screen.sound_focus().await?;
        screen.enter("create-seal").await?;
        screen.element("article[data-testid^=seal-] img").await?;
        screen.sound_focus().await.map(drop)
    }

    async fn place_and_nudge(&self) -> Result<()> {
        let screen = &self.screen;
        self.go("desk").await?;
        screen.tab_to("tbody [data-testid^=desk-]", Way::Forward).await?;
        screen.key(Key::Enter).await?;
        screen.see("sheet").await?;
        screen.sound_focus().await?;
        screen.tab_to("[data-testid^=shelf-]", Way::Forward).await?;
        screen.key(Key::Space).await?;
        screen.enter("mark-add").await?;
        let mark = screen.element(".placed[data-selected]").await?;
        ensure!(screen.sound_focus().await?.ids.iter().any(|id| id.starts_with("mark-")));
        let before = mark.attr("aria-label").await?;
        screen.key(Key::Right).await?;
        screen.key(Key::Down).await?;
        let script = "return document.activeElement.getAttribute('aria-label');";
        let after = screen.evaluate(script).await?;
        ensure!(
            after.as_str() != before.as_deref() && after.is_string(),
            "the arrow keys do not move the seal: {after}"
        );
        screen.sound_focus().await.map(drop)
    }

    async fn sign(&self) -> Result<()> {
        let screen = &self.screen;
        screen.tab_to("[data-testid=sign]", Way::Back).await?;
        screen.key(Key::Enter).await?;
        screen.see("pin").await?;
        screen.focus_is("pin").await?;
        screen.key(Key::Escape).await?;
        screen.gone("pin").await?;
        screen.focus_is("sign").await?;
        screen.key(Key::Enter).await?;
        screen.see("pin").await?;
        screen.focus_is("pin").await?;
        screen.type_text("998877").await?;
        screen.key(Key::Enter).await?;
        screen.see_failure("pin_wrong").await?;
        screen.focus_is("pin").await?;
        screen.type_text(PIN).await?;
        screen.key(Key::Enter).await?;
        screen.see("output-name").await?;
        screen.sound_focus().await.map(drop)
    }

    async fn verify(&self) -> Result<()> {
        let screen = &self.screen;
        self.go("verify").await?;
        let signed = "nav.files a[title*='已签']";
        screen.tab_to(signed, Way::Forward).await?;
        screen.key(Key::Enter).await?;
        screen.element("[data-testid=verdict][data-verdict=valid]").await?;
        screen.sound_focus().await.map(drop)
    }
}
