//! The reviewers' console in Chromium: every queue walked through, screenshots left beside the window's.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests fail by panicking and write scratch files"
)]

mod world;

use std::path::{Path, PathBuf};

use base64::Engine as _;
use platform::client::PlatformClient;
use platform::wire::*;
use world::{World, exact, greedy_request, key};

/// A picture of a round seal, 360 × 360 pixels.
fn picture() -> Vec<u8> {
    let mut bytes = Vec::new();
    {
        let mut encoder = png::Encoder::new(&mut bytes, 360, 360);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().unwrap();
        let pixels: Vec<u8> = (0..360 * 360).flat_map(|at| ring(at % 360, at / 360)).collect();
        writer.write_image_data(&pixels).unwrap();
    }
    bytes
}

/// Red where a round seal's ring and middle are.
fn ring(x: i32, y: i32) -> [u8; 4] {
    let from_middle = (x - 180).pow(2) + (y - 180).pow(2);
    let inked = (150_i32.pow(2)..170_i32.pow(2)).contains(&from_middle) || from_middle < 40_i32.pow(2);
    if inked { [200, 30, 30, 255] } else { [255, 255, 255, 0] }
}

fn ui() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui")
}

/// The target folder, from where this test runs.
fn screens(name: &str) -> PathBuf {
    let program = std::env::current_exe().unwrap();
    let target = program.ancestors().nth(3).unwrap();
    target.join("screens/console").join(name)
}

async fn walk(link: &str, mode: &str) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/console/walk.mjs");
    let output = tokio::process::Command::new("node")
        .arg(script)
        .arg(ui())
        .arg(link)
        .arg(screens(mode))
        .arg(mode)
        .output()
        .await
        .expect("node is missing: run `cargo xtask test`, it looks for it");
    let said = world::printed(&output);
    assert!(output.status.success(), "{said}");
}

async fn order(wangmin: &PlatformClient, title_id: uuid::Uuid, account_id: uuid::Uuid) -> Order {
    let wanted = NewOrder {
        package_id: wangmin.packages().await.unwrap()[0].id,
        quantity: 1,
        title_id,
        account_id,
    };
    wangmin.place_order(&wanted, key()).await.unwrap()
}

/// An uploaded seal of the enterprise's own person waits for review.
async fn seal_waits(world: &World, wangmin: &PlatformClient) {
    let assigned = world.assigned(wangmin, "liuyang").await;
    let liuyang = world.sign_in("liuyang").await;
    let (_, request) = greedy_request();
    liuyang.issue(assigned.id, &request, key()).await.unwrap();
    liuyang.agree_seal_notice(1, key()).await.unwrap();
    let seal = NewSeal {
        certificate_id: assigned.id,
        name: "刘洋的姓名章".to_owned(),
        kind: SealKind::PersonalName,
        origin: SealOrigin::Uploaded,
        width_mm: 20.0,
        height_mm: 20.0,
        design: None,
        picture: base64::engine::general_purpose::STANDARD.encode(picture()),
        declaration_version: Some(1),
        replaces: None,
    };
    liuyang.add_seal(&seal, key()).await.unwrap();
}

/// One thing of every kind waits; the authorisation was approved once, so another enterprise's stands for it.
async fn everything_waits(world: &World) {
    let (wangmin, paid) = world.paid(1).await;
    wangmin.request_invoice(paid.id, key()).await.unwrap();
    seal_waits(world, &wangmin).await;
    // The record of writes goes on for more than a page.
    for _ in 0..60 {
        wangmin.add_billing_title(&world::title(), key()).await.unwrap();
    }
    let operator = world.sign_in("operator").await;
    let title = wangmin.billing_titles().await.unwrap()[0].id;
    let account = wangmin.remitting_accounts().await.unwrap()[0].id;
    let short = order(&wangmin, title, account).await;
    let mut notice = exact(&short, world.now());
    notice.amount_fen -= 100;
    operator.bank_notice(&notice, key()).await.unwrap();
    let strange = order(&wangmin, title, account).await;
    let mut notice = exact(&strange, world.now());
    notice.payer_name = "杭州其他付款单位有限公司".to_owned();
    operator.bank_notice(&notice, key()).await.unwrap();
    let mut notice = exact(&strange, world.now());
    notice.receiving_account = "1202000000000000000".to_owned();
    operator.bank_notice(&notice, key()).await.unwrap();
}

#[tokio::test]
async fn a_reviewer_walks_through_every_queue() {
    let world = World::start().await;
    everything_waits(&world).await;
    let world = world
        .changed_while_down("UPDATE authorisations SET state = 'rejected'")
        .await;
    let wangmin = world.sign_in("wangmin").await;
    wangmin
        .submit_letter("法人授权书（盖章）.png", picture(), key())
        .await
        .unwrap();
    let operator = world.sign_in("operator").await;
    let link = operator.console_link(key()).await.unwrap().url;
    walk(&link, "whole").await;
    assert_eq!(
        wangmin.authorisation().await.unwrap().state,
        AuthorisationState::Approved
    );
    assert_eq!(operator.queues().await.unwrap().seals, 0);
}

#[tokio::test]
async fn on_a_platform_of_its_own_the_console_asks_who_comes() {
    let world = World::start().await;
    let wangmin = world.sign_in("wangmin").await;
    let letter = wangmin.letter_template().await.unwrap();
    wangmin.submit_letter("授权书.pdf", letter, key()).await.unwrap();
    let world = world.restart_alone().await;
    walk(&format!("{}/console", world.server.base_url), "alone").await;
}
