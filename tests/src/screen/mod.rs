//! The window as a person meets it: found by the words on it, waited for by what it shows, never by the clock.

mod drawing;
mod keyboard;
mod start;

pub use drawing::Pointer;
pub use keyboard::Way;
pub use start::window_program;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::path::Path;
use thirtyfour::{WebDriver, WebElement};

/// What is looked for and how, run inside the page.
const FINDERS: &str = include_str!("finders.js");
/// How long a screen may take to show what is waited for, in milliseconds; a deadline, not a pause.
const PATIENCE_MS: u64 = 30_000;

/// WebKitGTK answers a screenshot at the next frame, and a page at rest paints none: one pixel keeps it painting.
const KEEP_PAINTING: &str = "const pixel = document.createElement('i'); pixel.id = 'keep-painting'; \
    pixel.style.cssText = 'position:fixed;left:0;top:0;width:1px;height:1px;pointer-events:none'; \
    document.documentElement.append(pixel); let count = 0; \
    const paint = () => { count += 1; pixel.style.background = `rgba(0,0,0,${count % 2 ? 0.01 : 0.02})`; \
    if (pixel.isConnected) requestAnimationFrame(paint); }; paint();";

/// The real window, driven over WebDriver.
pub struct Screen {
    driver: WebDriver,
}

impl Screen {
    /// Waits until these words are somewhere on the screen.
    ///
    /// # Errors
    /// With the words that are there when they do not come.
    pub async fn wait_for(&self, text: &str) -> Result<()> {
        self.until("text", text).await.map(drop)
    }

    /// Waits until something with this test id is visible, and gives it back.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn see(&self, id: &str) -> Result<WebElement> {
        self.until("visible", &test_id(id)).await
    }

    /// Waits until nothing with this test id is visible.
    ///
    /// # Errors
    /// When it stays.
    pub async fn gone(&self, id: &str) -> Result<()> {
        self.until("gone", &test_id(id)).await.map(drop)
    }

    /// Waits for a failure to be shown with this code.
    ///
    /// # Errors
    /// When it is not.
    pub async fn see_failure(&self, code: &str) -> Result<WebElement> {
        self.element(&format!("[data-testid=failure][data-code={code}]")).await
    }

    /// Presses a control by its test id, once it can be pressed.
    ///
    /// # Errors
    /// When there is none.
    pub async fn press(&self, id: &str) -> Result<()> {
        let element = self.until("control", &test_id(id)).await?;
        element.click().await.with_context(|| format!("pressing `{id}`"))
    }

    /// Presses the first control a CSS selector finds.
    ///
    /// # Errors
    /// When there is none.
    pub async fn press_first(&self, selector: &str) -> Result<()> {
        let element = self.until("control", selector).await?;
        element.click().await.with_context(|| format!("pressing {selector}"))
    }

    /// Takes hold of a control by its test id with the pointer, moves it by so many pixels and lets it go.
    ///
    /// # Errors
    /// When there is none.
    pub async fn drag(&self, id: &str, across: i64, down: i64) -> Result<()> {
        let element = self.until("control", &test_id(id)).await?;
        let hand = self
            .driver
            .action_chain()
            .move_to_element_center(&element)
            .click_and_hold();
        let hand = hand
            .move_by_offset(across / 2, down / 2)
            .move_by_offset(across - across / 2, down - down / 2);
        hand.release()
            .perform()
            .await
            .with_context(|| format!("dragging `{id}`"))
    }

    /// Replaces what is in a field, key by key.
    ///
    /// # Errors
    /// When there is no such field.
    pub async fn fill(&self, id: &str, value: &str) -> Result<()> {
        let field = self.until("field", &test_id(id)).await?;
        // What is selected is replaced by the first key, as for a person; clearing from outside is not seen by React.
        let select = "arguments[0].focus(); arguments[0].select();";
        self.driver.execute(select, vec![field.to_json()?]).await?;
        field.send_keys(value).await.with_context(|| format!("filling `{id}`"))
    }

    /// Chooses in a list by the words or the value of the choice.
    ///
    /// # Errors
    /// When there is no such list or choice.
    pub async fn choose(&self, id: &str, choice: &str) -> Result<()> {
        let list = self.until("field", &test_id(id)).await?;
        let script = format!("{FINDERS} return choose(arguments[0], arguments[1]);");
        let chosen = self
            .driver
            .execute(script, vec![list.to_json()?, json!(choice)])
            .await?;
        anyhow::ensure!(chosen.json() == &json!(true), "`{id}` does not offer «{choice}»");
        Ok(())
    }

    /// Waits for an element by a CSS selector.
    ///
    /// # Errors
    /// When there is none.
    pub async fn element(&self, selector: &str) -> Result<WebElement> {
        self.until("visible", selector).await
    }

    /// Signs in as one of the sandbox's demonstration accounts, by one click.
    ///
    /// # Errors
    /// When the home screen does not come.
    pub async fn sign_in_as(&self, account: &str) -> Result<()> {
        self.press(&format!("demo-account-{account}")).await?;
        self.see("nav-home").await.map(drop)
    }

    /// The words now on the screen.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn words(&self) -> Result<String> {
        let words = self.driver.execute("return document.body.innerText;", vec![]).await?;
        Ok(words.json().as_str().unwrap_or_default().to_owned())
    }

    /// Runs a script in the page and gives back its value.
    ///
    /// # Errors
    /// When the script fails.
    pub async fn evaluate(&self, script: &str) -> Result<Value> {
        Ok(self.driver.execute(script, vec![]).await?.json().clone())
    }

    /// Runs a script that answers by its last argument, a function.
    ///
    /// # Errors
    /// When the script fails or does not answer in time.
    pub async fn evaluate_later(&self, script: &str) -> Result<Value> {
        Ok(self.driver.execute_async(script, vec![]).await?.json().clone())
    }

    /// Makes the window's content this large, in pixels.
    ///
    /// # Errors
    /// When the window refuses.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        self.driver.set_window_rect(0, 0, width, height).await?;
        self.until("size", &format!("{width}x{height}")).await.map(drop)
    }

    /// Saves a picture of the window, once its own pictures are drawn.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn picture(&self, file: &Path) -> Result<()> {
        self.until("drawn", "").await?;
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        self.evaluate(KEEP_PAINTING).await?;
        let picture = self.driver.screenshot_as_png().await;
        self.evaluate("document.getElementById('keep-painting')?.remove();")
            .await?;
        let picture = picture?;
        #[expect(
            clippy::disallowed_methods,
            reason = "a picture for looking at; the next run replaces it"
        )]
        std::fs::write(file, picture).with_context(|| file.display().to_string())
    }

    /// Ends the window.
    ///
    /// # Errors
    /// When the driver does not answer.
    pub async fn close(self) -> Result<()> {
        Ok(self.driver.quit().await?)
    }

    /// Waits inside the page until the finder of this kind finds something; the element found (or the body).
    async fn until(&self, kind: &str, name: &str) -> Result<WebElement> {
        let script = format!("{FINDERS} waitFor(arguments[0], arguments[1], arguments[2], arguments[3]);");
        let arguments = vec![json!(kind), json!(name), json!(PATIENCE_MS)];
        let found = self.driver.execute_async(script, arguments).await?;
        if found.json().is_null() {
            let words = self.words().await.unwrap_or_default();
            anyhow::bail!(
                "no {kind} «{name}» after {} s; the screen says:\n{words}",
                PATIENCE_MS / 1000
            );
        }
        Ok(found.element()?)
    }
}

/// The selector of a test id.
fn test_id(id: &str) -> String {
    format!("[data-testid=\"{id}\"]")
}
