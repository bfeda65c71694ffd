//! Pictures of every screen: light and dark, in the two sizes the window must look right in.

use anyhow::Result;
use std::path::PathBuf;
use tests::screen::Screen;

/// The usual and the smallest size of the window, in pixels.
const SIZES: [(u32, u32); 2] = [(1280, 800), (1024, 700)];

/// Where the pictures go: `<light|dark>-<width>x<height>/<name>.png`.
pub(crate) struct Album(PathBuf);

impl Album {
    /// The album in the folder the tests are built into.
    pub(crate) fn open() -> Result<Self> {
        let program = std::env::current_exe()?;
        let built = program
            .ancestors()
            .find(|folder| folder.ends_with("debug") || folder.ends_with("release"));
        let target = built
            .and_then(|folder| folder.parent())
            .expect("tests are built into a target folder");
        Ok(Self(target.join("screens")))
    }

    /// Takes the present screen four times and leaves it light and in its usual size.
    pub(crate) async fn take(&self, screen: &Screen, name: &str) -> Result<()> {
        for (width, height) in SIZES.into_iter().rev() {
            screen.resize(width, height).await?;
            for scheme in ["dark", "light"] {
                dress(screen, scheme).await?;
                let folder = self.0.join(format!("{scheme}-{width}x{height}"));
                screen.picture(&folder.join(format!("{name}.png"))).await?;
            }
        }
        Ok(())
    }
}

/// What the theme setting does to the page; that the setting does it is tested apart.
async fn dress(screen: &Screen, scheme: &str) -> Result<()> {
    let script = format!("document.documentElement.setAttribute('data-mantine-color-scheme', '{scheme}');");
    screen.evaluate(&script).await.map(drop)
}
