//! Declares the window's commands to Tauri, so that each needs a permission of its own.

#[path = "src/command/names.rs"]
mod names;

fn main() -> anyhow::Result<()> {
    let manifest = tauri_build::AppManifest::new().commands(names::NAMES);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))
}
