//! Drawing in the window: a pointer goes down on a surface, along a line, and up.

use super::{Screen, test_id};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use thirtyfour::common::command::{Actions, Command};

/// Time between two places of the pointer, in milliseconds.
const STEP_MS: u64 = 4;

/// What a person draws with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pointer {
    /// A mouse.
    Mouse,
    /// A pen.
    Pen,
}

impl Pointer {
    fn name(self) -> &'static str {
        match self {
            Self::Mouse => "mouse",
            Self::Pen => "pen",
        }
    }
}

impl Screen {
    /// Draws lines on the surface with this test id; places are shares of its width and height.
    ///
    /// # Errors
    /// When there is no such surface, or the driver has no such pointer.
    pub async fn draw(&self, id: &str, pointer: Pointer, lines: &[Vec<(f64, f64)>]) -> Result<()> {
        let surface = self.until("visible", &test_id(id)).await?;
        surface.scroll_into_view().await?;
        let size = surface.rect().await?;
        let origin = surface.to_json()?;
        let go = |(x, y): &(f64, f64)| {
            json!({
                "type": "pointerMove", "duration": STEP_MS, "origin": origin,
                "x": ((x - 0.5) * size.width).round() as i64, "y": ((y - 0.5) * size.height).round() as i64,
            })
        };
        for line in lines {
            let mut steps: Vec<Value> = line.iter().map(go).collect();
            steps.insert(1.min(steps.len()), json!({ "type": "pointerDown", "button": 0 }));
            steps.push(json!({ "type": "pointerUp", "button": 0 }));
            let source = json!([{
                "type": "pointer", "id": pointer.name(), "parameters": { "pointerType": pointer.name() },
                "actions": steps,
            }]);
            let command = Command::PerformActions(Actions::from(source));
            self.driver
                .cmd(command)
                .await
                .with_context(|| format!("drawing with {pointer:?}"))?;
        }
        Ok(())
    }
}
