//! The reviewer's queues, money that came, and the record of writes; needs an operator's session.

use reqwest::Method;
use uuid::Uuid;

use super::PlatformClient;
use super::routes::{Answer, escaped};
use super::transport::Call;
use crate::wire::*;

impl PlatformClient {
    /// How much waits for the platform.
    ///
    /// # Errors
    /// [`super::ClientError`].
    pub async fn queues(&self) -> Answer<Queues> {
        self.json(Call::get("/v1/operator/queues")).await
    }

    /// Part of a queue.
    ///
    /// # Errors
    /// [`super::ClientError`].
    pub async fn reviews(&self, query: &ReviewQuery) -> Answer<ReviewPage> {
        self.json(Call::query("/v1/operator/reviews", query)?).await
    }

    /// One review, with what has to be looked at.
    ///
    /// # Errors
    /// `Refused(NotFound)`.
    pub async fn review(&self, approval: Uuid) -> Answer<Review> {
        self.json(Call::get(format!("/v1/operator/reviews/{approval}"))).await
    }

    /// Enters the bank's notice.
    ///
    /// # Errors
    /// `Refused(Conflict)` for a known number with another content.
    pub async fn bank_notice(&self, notice: &BankNotice, key: Uuid) -> Answer<BankNoticeOutcome> {
        self.json(Call::write(Method::POST, "/v1/operator/bank-notices", key).json(notice)?)
            .await
    }

    /// Money that came.
    ///
    /// # Errors
    /// [`super::ClientError`].
    pub async fn arrivals(&self, query: &ArrivalQuery) -> Answer<ArrivalPage> {
        self.json(Call::query("/v1/operator/arrivals", query)?).await
    }

    /// Records that money was sent back.
    ///
    /// # Errors
    /// `Refused(Conflict)` for what pays an order or was sent back before.
    pub async fn refund(&self, notice_number: &str, refund: &NewRefund, key: Uuid) -> Answer<Arrival> {
        let path = format!("/v1/operator/arrivals/{}/refund", escaped(notice_number));
        self.json(Call::write(Method::POST, path, key).json(refund)?).await
    }

    /// Gives money whose receiving account was mistyped to its order.
    ///
    /// # Errors
    /// `Refused(NotFound | Conflict)`.
    pub async fn match_arrival(&self, notice_number: &str, order: &ArrivalMatch, key: Uuid) -> Answer<Arrival> {
        let path = format!("/v1/operator/arrivals/{}/match", escaped(notice_number));
        self.json(Call::write(Method::POST, path, key).json(order)?).await
    }

    /// Orders of all enterprises.
    ///
    /// # Errors
    /// [`super::ClientError`].
    pub async fn operator_orders(&self, query: &OperatorOrderQuery) -> Answer<Vec<OperatorOrder>> {
        self.json(Call::query("/v1/operator/orders", query)?).await
    }

    /// The record of writes, newest first.
    ///
    /// # Errors
    /// [`super::ClientError`].
    pub async fn audit(&self, query: &AuditQuery) -> Answer<AuditPage> {
        self.json(Call::query("/v1/operator/audit", query)?).await
    }

    /// A link into the console that works once, within a minute.
    ///
    /// # Errors
    /// `Refused(NotAllowed)` for other accounts.
    pub async fn console_link(&self, key: Uuid) -> Answer<ConsoleLink> {
        self.json(Call::write(Method::POST, "/v1/operator/console-links", key))
            .await
    }

    /// Records that the money of a paid order was sent back; its unused entitlements are withdrawn.
    ///
    /// # Errors
    /// `Refused(Conflict)` when it is not paid, or an entitlement was used, or an invoice asked for; `NotFound`,
    /// `FieldInvalid`.
    pub async fn refund_order(&self, order: Uuid, refund: &NewRefund, key: Uuid) -> Answer<Order> {
        let path = format!("/v1/operator/orders/{order}/refund");
        self.json(Call::write(Method::POST, path, key).json(refund)?).await
    }
}
