//! The window by keyboard alone: every stop of the focus must be named and seen.

use super::{PATIENCE_MS, Screen, test_id};
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;
use thirtyfour::Key;

/// What has the focus, told from inside the page.
const FOCUS: &str = include_str!("focus.js");
/// Answers with what has the focus as soon as something has it: when a control goes away, another takes over in a moment.
const UNTIL_FOUND: &str = "const answer = arguments[arguments.length - 1]; const latest = performance.now() + 2000; \
    const look = () => { const found = focused(); \
    if (found || performance.now() > latest) answer(found); else setTimeout(look, 10); }; look();";
/// More stops than any screen has.
const STOPS: usize = 160;

/// What has the focus.
#[derive(Debug, Deserialize)]
pub struct Focus {
    /// The element's name in HTML.
    pub tag: String,
    /// What a screen reader says.
    pub name: String,
    /// Whether the focus can be seen.
    pub ring: bool,
    /// Test ids of the element and of what it is in, innermost first.
    pub ids: Vec<String>,
    /// How it begins, for messages.
    pub html: String,
}

impl Focus {
    fn sound(self) -> Result<Self> {
        ensure!(
            !self.name.is_empty(),
            "the focus is on something without a name: {self:?}"
        );
        ensure!(self.ring, "the focus cannot be seen on {self:?}");
        Ok(self)
    }
}

/// Which way Tab goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Tab.
    Forward,
    /// Shift and Tab.
    Back,
}

impl Screen {
    /// What has the focus; none when it is lost.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn focus(&self) -> Result<Option<Focus>> {
        let found = self.evaluate(&format!("{FOCUS} return focused();")).await?;
        Ok(serde_json::from_value(found)?)
    }

    /// Has the focus somewhere, named and seen.
    ///
    /// # Errors
    /// When it is lost, or on something nameless, or cannot be seen.
    pub async fn sound_focus(&self) -> Result<Focus> {
        let found = self.evaluate_later(&format!("{FOCUS} {UNTIL_FOUND}")).await?;
        let focus: Option<Focus> = serde_json::from_value(found)?;
        focus.context("the focus is lost")?.sound()
    }

    /// Presses one key.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn key(&self, key: Key) -> Result<()> {
        let text = key.value().to_string();
        let keys = self
            .driver
            .action_chain_with_delay(Some(Duration::ZERO), Some(Duration::ZERO))
            .send_keys(text);
        keys.perform().await.context("pressing a key")
    }

    /// Types a text, key by key, where the focus is.
    ///
    /// # Errors
    /// When nothing has the focus.
    pub async fn type_text(&self, text: &str) -> Result<()> {
        self.sound_focus().await?;
        let field = self.driver.active_element().await?;
        field.send_keys(text).await.context("typing")
    }

    /// Goes on by one stop.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn tab(&self, way: Way) -> Result<()> {
        let tab = Key::Tab.value().to_string();
        let keys = self
            .driver
            .action_chain_with_delay(Some(Duration::ZERO), Some(Duration::ZERO));
        let keys = match way {
            Way::Forward => keys.send_keys(tab),
            Way::Back => keys.key_down(Key::Shift).send_keys(tab).key_up(Key::Shift),
        };
        keys.perform().await.context("pressing Tab")
    }

    /// Goes on by Tab until this control has the focus; every stop on the way must be named and seen.
    ///
    /// # Errors
    /// When it is not reached, or a stop is not as it must be.
    pub async fn tab_to(&self, selector: &str, way: Way) -> Result<()> {
        self.until("control", selector).await?;
        let script = format!("{FOCUS} return [focused(), isFocused({})];", json!(selector));
        let mut passed = Vec::new();
        for _ in 0..STOPS {
            self.tab(way).await?;
            let found = self.evaluate(&script).await?;
            let (focus, arrived): (Option<Focus>, bool) = serde_json::from_value(found)?;
            // Behind the last stop the window itself has its turn, and then the first stop.
            let Some(focus) = focus else {
                passed.push("(around)".to_owned());
                continue;
            };
            passed.push(focus.sound()?.name);
            if arrived {
                return Ok(());
            }
        }
        anyhow::bail!("{selector} is not reached by keyboard; stops: {}", passed.join(" · "))
    }

    /// Goes to a control by Tab and presses Enter on it.
    ///
    /// # Errors
    /// As [`Screen::tab_to`].
    pub async fn enter(&self, id: &str) -> Result<()> {
        self.tab_to(&test_id(id), Way::Forward).await?;
        self.key(Key::Enter).await
    }

    /// Waits until exactly this control has the focus: a dialog gives it back when it has faded.
    ///
    /// # Errors
    /// When another one keeps it, or nothing.
    pub async fn focus_is(&self, id: &str) -> Result<()> {
        let selector = json!(test_id(id));
        let script = format!(
            "{FOCUS} const done = arguments[arguments.length - 1]; const until = Date.now() + {PATIENCE_MS}; \
             const look = () => isFocused({selector}) ? done(true) : Date.now() > until ? done(false) : requestAnimationFrame(look); \
             look();"
        );
        let arrived = self.evaluate_later(&script).await?;
        let focus = self.focus().await?;
        ensure!(
            arrived == json!(true),
            "«{id}» should have the focus, but it is on {focus:?}"
        );
        self.sound_focus().await.map(drop)
    }
}
