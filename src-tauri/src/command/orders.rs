//! Packages and orders.
use super::{Answer, Shell};
use app::view::{InvoiceChoice, OrderChangeInput, OrderInput, OrderPageView, OrderQuery, OrderView, PackageView};

/// What can be bought.
#[tauri::command]
#[specta::specta]
pub(crate) async fn packages(shell: Shell<'_>) -> Answer<Vec<PackageView>> {
    shell.app().await?.packages().await
}

/// Places an order, once for each idempotency key.
#[tauri::command]
#[specta::specta]
pub(crate) async fn place_order(shell: Shell<'_>, input: OrderInput) -> Answer<OrderView> {
    shell.app().await?.place_order(input).await
}

/// A page of the order list.
#[tauri::command]
#[specta::specta]
pub(crate) async fn orders(shell: Shell<'_>, query: OrderQuery) -> Answer<OrderPageView> {
    shell.app().await?.orders(query).await
}

/// One order.
#[tauri::command]
#[specta::specta]
pub(crate) async fn order(shell: Shell<'_>, id: String) -> Answer<OrderView> {
    shell.app().await?.order(&id).await
}

/// Changes an unpaid order.
#[tauri::command]
#[specta::specta]
pub(crate) async fn update_order(shell: Shell<'_>, id: String, input: OrderChangeInput) -> Answer<OrderView> {
    shell.app().await?.update_order(&id, input).await
}

/// Cancels an unpaid order.
#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel_order(shell: Shell<'_>, id: String) -> Answer<OrderView> {
    shell.app().await?.cancel_order(&id).await
}

/// Asks for the invoice of a paid order, of the kind the buyer wants.
#[tauri::command]
#[specta::specta]
pub(crate) async fn request_invoice(shell: Shell<'_>, order_id: String, kind: InvoiceChoice) -> Answer<OrderView> {
    shell.app().await?.request_invoice(&order_id, kind).await
}
