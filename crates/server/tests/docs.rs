//! The contract in Chromium: every operation listed, nothing asked of another address; screenshots left beside the window's.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests fail by panicking and write scratch files"
)]

mod world;

use std::path::Path;

use world::World;

#[tokio::test]
async fn the_contract_is_read_in_a_browser_without_a_network() {
    let world = World::start().await;
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = std::env::current_exe().unwrap();
    let screens = program.ancestors().nth(3).unwrap().join("screens/docs");
    let output = tokio::process::Command::new("node")
        .arg(here.join("tests/docs/read.mjs"))
        .arg(here.join("../../ui"))
        .arg(&world.server.base_url)
        .arg(screens)
        .output()
        .await
        .expect("node is missing: run `cargo xtask test`, it looks for it");
    assert!(output.status.success(), "{}", world::printed(&output));
}
