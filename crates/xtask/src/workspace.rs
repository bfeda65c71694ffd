//! Where things are: the checkout, the target folder and the programs cargo puts into it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The checkout this xtask was built from and the folders cargo builds into.
pub(crate) struct Workspace {
    /// The folder of the root Cargo.toml.
    pub(crate) root: PathBuf,
    /// The folder with the programs of the dev profile, usually `target/debug`.
    pub(crate) programs: PathBuf,
    /// The folder for everything that is installed or left by us, usually `target`.
    pub(crate) target: PathBuf,
}

impl Workspace {
    /// Finds the checkout from the place xtask was compiled in and the target folder from where xtask runs.
    pub(crate) fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .nth(2)
            .context("the xtask crate is not inside a workspace")?
            .to_path_buf();
        let programs = std::env::current_exe()?
            .parent()
            .context("xtask has no folder")?
            .to_path_buf();
        let target = programs.parent().context("the target folder is missing")?.to_path_buf();
        Ok(Self { root, programs, target })
    }

    /// The screens.
    pub(crate) fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// A program that cargo built in the dev profile.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.programs.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    /// The virtual environment of the judges written in Python.
    pub(crate) fn judges(&self) -> PathBuf {
        self.target.join("judges")
    }

    /// Programs installed for this checkout only.
    pub(crate) fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }
}
