//! Playing bank and reviewer: only on the sandbox inside this program, through the operator's own interface.
use crate::application::{App, locked};
use crate::failure::{Failure, refuse};
use crate::view::{ApprovalView, FailureCode, OrderView, SettingsView, Topic, TransferCase};
use crate::wire_view::{id, write_key};
use platform::client::{ClientError, PlatformClient};
use platform::wire;

/// One yuan, in fen.
const ONE_YUAN_FEN: i64 = 100;

impl App {
    /// Plays a transfer to the order's receiving account.
    ///
    /// # Errors
    /// `NotAllowed` when the platform is no embedded sandbox; `NotFound`.
    pub async fn sandbox_transfer(&self, order_id: &str, case: TransferCase) -> Result<OrderView, Failure> {
        let order = self.inner.kept_order(order_id)?;
        let notice = bank_notice(&order, case, self.inner.now());
        let operator = self.operator().await?;
        let outcome = operator.bank_notice(&notice, write_key()).await?;
        self.inner.refresh().await;
        let order = outcome.order.ok_or_else(|| refuse(FailureCode::NotFound))?;
        Ok(crate::orders::order_view(&order))
    }

    /// Reviews approve themselves after so many seconds; none: by hand.
    ///
    /// # Errors
    /// `NotAllowed` when the platform is no embedded sandbox.
    pub async fn sandbox_auto_approve(&self, seconds: Option<u32>) -> Result<SettingsView, Failure> {
        let operator = self.operator().await?;
        let setting = operator
            .set_auto_approve(wire::AutoApprove { seconds }, write_key())
            .await?;
        *locked(&self.inner.auto_approve) = setting.seconds;
        self.inner.changed(&[Topic::Settings, Topic::Session]);
        self.settings().await
    }

    /// Decides on something under review.
    ///
    /// # Errors
    /// `NotAllowed` when the platform is no embedded sandbox; `Conflict` when it is decided; `FieldInvalid` for a
    /// rejection without a reason.
    pub async fn sandbox_decide(
        &self,
        approval_id: &str,
        approve: bool,
        reason: Option<String>,
    ) -> Result<Vec<ApprovalView>, Failure> {
        let operator = self.operator().await?;
        operator
            .decide(id(approval_id)?, &wire::Decision { approve, reason }, write_key())
            .await?;
        self.inner.refresh().await;
        self.approvals().await
    }

    /// The address of the reviewers' console, with a secret that works once, within a minute.
    ///
    /// # Errors
    /// `NotAllowed` when the platform is no embedded sandbox.
    pub async fn sandbox_console(&self) -> Result<String, Failure> {
        let operator = self.operator().await?;
        Ok(operator.console_link(write_key()).await?.url)
    }

    /// Reads the present setting; without it the settings show «by hand».
    pub(crate) async fn learn_auto_approve(&self) {
        let setting = match self.operator().await {
            Ok(operator) => operator.auto_approve().await,
            Err(failure) => {
                tracing::info!(%failure, "no operator");
                return;
            }
        };
        match setting {
            Ok(setting) => *locked(&self.inner.auto_approve) = setting.seconds,
            Err(error) => tracing::info!(%error, "the sandbox's setting is not known"),
        }
    }

    /// A client signed in as the sandbox's operator. Its password is public; a real platform never gets here.
    async fn operator(&self) -> Result<PlatformClient, Failure> {
        let Some(token) = self.inner.options.platform.sandbox_token.clone() else {
            return Err(refuse(FailureCode::NotAllowed));
        };
        let mut kept = self.inner.operator.lock().await;
        if let Some(client) = kept.as_ref() {
            match client.me().await {
                Ok(_) => return Ok(client.clone()),
                Err(ClientError::Unauthorized(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let options = &self.inner.options;
        let client = PlatformClient::with_options(&options.platform.base_url, Some(token), options.patience)?;
        let accounts = client.sandbox_accounts().await?;
        let operator = accounts.iter().find(|account| account.role == wire::Role::Operator);
        let operator = operator.ok_or_else(|| refuse(FailureCode::NotAllowed))?;
        client.sign_in(&operator.account, &operator.password).await?;
        *kept = Some(client.clone());
        Ok(client)
    }
}

fn bank_notice(order: &wire::Order, case: TransferCase, at: time::OffsetDateTime) -> wire::BankNotice {
    let remitting = &order.remitting_account.fields;
    let (amount_fen, payer_account) = match case {
        TransferCase::Exact => (order.amount_fen, remitting.account.clone()),
        TransferCase::WrongAmount => (order.amount_fen - ONE_YUAN_FEN, remitting.account.clone()),
        TransferCase::WrongPayer => (order.amount_fen, "6222000000000000000".to_owned()),
    };
    let payer_name = match case {
        TransferCase::WrongPayer => "其他付款单位".to_owned(),
        TransferCase::Exact | TransferCase::WrongAmount => remitting.holder.clone(),
    };
    wire::BankNotice {
        notice_number: write_key().simple().to_string(),
        receiving_account: order.receiving.account.clone(),
        amount_fen,
        payer_name,
        payer_account,
        at,
    }
}
