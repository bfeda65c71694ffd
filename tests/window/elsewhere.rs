//! What happens elsewhere, seen in one window: other devices of the account, a refund by the platform, and the platform gone for a while.

use crate::album::Album;
use crate::together::{platform, window_of};
use anyhow::{Context, Result, ensure};
use platform::client::{ClientError, Device, PlatformClient};
use platform::wire::NewRefund;
use testkit::world;
use tests::screen::Screen;
use tests::stage::Stage;
use uuid::Uuid;

/// A computer without a key of its own.
struct Elsewhere;

impl Device for Elsewhere {
    fn name(&self) -> String {
        "投标二部-备用笔记本 (Windows)".to_owned()
    }

    fn public_key(&self) -> String {
        String::new()
    }

    fn signs_open(&self, _: &str) -> Option<String> {
        None
    }

    fn signs_refresh(&self, _: &str) -> Option<String> {
        None
    }
}

async fn signed_in(base_url: &str, account: &str) -> Result<PlatformClient> {
    let client = PlatformClient::new(base_url, None)?;
    client.set_device(std::sync::Arc::new(Elsewhere));
    client.sign_in(account, "ganjiang").await?;
    Ok(client)
}

#[tokio::test]
async fn one_window_sees_devices_refunds_and_the_platform_go_and_come() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let theirs = folder.path().join("platform");
    let platform = platform(&theirs).await;
    let here = folder.path().join("wangmin");
    world::point_to(&here, &platform).await;
    let base = platform.base_url.clone();
    let other = signed_in(&base, "wangmin").await?;
    let mut stage = Stage::set(&here)?;
    let album = Album::open()?;
    let screen = window_of(&mut stage, &[], "wangmin").await?;

    another_device_is_signed_out(&screen, &album, &other).await?;
    let order = an_invoice_has_a_kind(&screen, &album).await?;
    the_order_is_given_back(&screen, &album, &signed_in(&base, "operator").await?, order).await?;

    platform.shutdown().await;
    a_deed_waits(&screen, &album).await?;
    let platform = world::serve_others(&theirs).await;
    ensure!(platform.base_url == base, "it is back where it was");
    screen.press("outbox-send").await?;
    screen.gone("outbox-bar").await?;
    screen.wait_for("没有待发送的操作").await?;
    screen.press_first("[role=dialog] header button").await?;

    let other = signed_in(&base, "wangmin").await?;
    every_device_is_signed_out(&screen, &album, &other).await?;
    screen.close().await?;
    platform.shutdown().await;
    Ok(())
}

async fn another_device_is_signed_out(screen: &Screen, album: &Album, other: &PlatformClient) -> Result<()> {
    screen.press("nav-settings").await?;
    screen.wait_for("投标二部-备用笔记本").await?;
    album.take(screen, "95-devices").await?;
    screen.press(&format!("end-{}", Elsewhere.name())).await?;
    screen.gone(&format!("end-{}", Elsewhere.name())).await?;
    let refused = other.me().await;
    ensure!(
        matches!(refused, Err(ClientError::Unauthorized(_))),
        "still signed in there: {refused:?}"
    );
    Ok(())
}

/// Opens the paid order; gives its id.
async fn an_invoice_has_a_kind(screen: &Screen, album: &Album) -> Result<Uuid> {
    screen.press("nav-orders").await?;
    screen.see("orders").await?;
    screen.press_first("[data-testid^=order-GJ]").await?;
    screen.press("request-invoice").await?;
    screen.see("invoice-kind").await?;
    album.take(screen, "96-invoice-kind").await?;
    screen.press_first("[role=dialog] header button").await?;
    screen.gone("invoice-kind").await?;
    let place = screen.evaluate("return location.href;").await?;
    let id = place.as_str().and_then(|place| place.rsplit('/').next());
    id.and_then(|id| id.parse().ok())
        .context("the order's place has its id")
}

async fn the_order_is_given_back(screen: &Screen, album: &Album, operator: &PlatformClient, order: Uuid) -> Result<()> {
    let refund = NewRefund {
        reference: "202611260000123".to_owned(),
        reason: "企业申请取消订单，原路退回。".to_owned(),
    };
    operator.refund_order(order, &refund, Uuid::new_v4()).await?;
    // Nobody presses anything here: it comes by itself.
    screen.see("refunded").await?;
    album.take(screen, "97-order-refunded").await?;
    screen.press("see-refund").await?;
    screen.wait_for("企业申请取消订单").await?;
    album.take(screen, "98-approvals-refunded").await?;
    screen.press("nav-orders").await?;
    screen.wait_for("已退款").await
}

async fn a_deed_waits(screen: &Screen, album: &Album) -> Result<()> {
    screen.press("nav-billing").await?;
    screen.press("account-add").await?;
    screen.fill("account-holder", "杭州云栖智能科技有限公司").await?;
    screen.fill("account-bank", "中国银行杭州分行").await?;
    screen.fill("account-number", "6222021202015566778").await?;
    screen.press("confirm").await?;
    screen.see_failure("queued").await?;
    screen.see("outbox-bar").await?;
    album.take(screen, "99-queued").await?;
    screen.press("waits").await?;
    screen.gone("waits").await?;
    album.take(screen, "99a-outbox-bar").await?;
    screen.press("outbox-open").await?;
    screen.see("outbox").await?;
    album.take(screen, "99b-outbox").await
}

async fn every_device_is_signed_out(screen: &Screen, album: &Album, other: &PlatformClient) -> Result<()> {
    screen.press("nav-settings").await?;
    screen.press("sign-out-everywhere").await?;
    screen.see("confirm").await?;
    album.take(screen, "99c-sign-out-everywhere").await?;
    screen.press("confirm").await?;
    screen.see("sign-in").await?;
    let refused = other.me().await;
    ensure!(
        matches!(refused, Err(ClientError::Unauthorized(_))),
        "still signed in there: {refused:?}"
    );
    Ok(())
}
