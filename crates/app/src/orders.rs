//! Packages and orders.
use crate::application::{App, off_thread, parsed};
use crate::failure::{Failure, refuse, refuse_with};
use crate::outbox::Intention;
use crate::sync::{ONLY, kind};
use crate::view::{
    ArrivedPaymentView, FailureCode, InvoiceChoice, InvoiceState, OrderChangeInput, OrderInput, OrderPageView,
    OrderQuery, OrderSort, OrderView, PackageView, PaymentState, ReceivingAccountView,
};
use crate::wire_view::{id, moment, write_key};
use platform::wire;
use store::{OrderColumn, OrderFilter};

impl App {
    /// What can be bought.
    ///
    /// # Errors
    /// `SessionExpired` when nobody is signed in.
    pub async fn packages(&self) -> Result<Vec<PackageView>, Failure> {
        let packages: Vec<wire::Package> = self.inner.all(kind::PACKAGE)?;
        Ok(packages.iter().map(package_view).collect())
    }

    /// Places an order. The window's key makes sure that a doubled click orders once.
    ///
    /// # Errors
    /// `AuthorisationRequired`, `BillingTitleRequired`, `RemittingAccountRequired`, `FieldInvalid`, `Queued`.
    pub async fn place_order(&self, input: OrderInput) -> Result<OrderView, Failure> {
        let key = id(&input.idempotency_key)
            .map_err(|_| refuse_with(FailureCode::FieldInvalid, &[("field", "idempotency_key".into())]))?;
        self.require_authorisation()?;
        let order = wire::NewOrder {
            package_id: id(&input.package_id)?,
            quantity: input.quantity,
            title_id: id(&input.title_id).map_err(|_| refuse(FailureCode::BillingTitleRequired))?,
            account_id: id(&input.account_id).map_err(|_| refuse(FailureCode::RemittingAccountRequired))?,
        };
        let placed: wire::Order = self.inner.carry_out(key, Intention::PlaceOrder { order }).await?;
        Ok(order_view(&placed))
    }

    /// A page of the order list, from the local copy.
    ///
    /// # Errors
    /// `SessionExpired` when nobody is signed in.
    pub async fn orders(&self, query: OrderQuery) -> Result<OrderPageView, Failure> {
        let filter = OrderFilter {
            text: query.text,
            state: query.state.map(|state| crate::wire_view::code(&state)),
            column: match query.sort {
                OrderSort::PlacedAt => OrderColumn::PlacedAt,
                OrderSort::Amount => OrderColumn::Amount,
                OrderSort::Number => OrderColumn::Number,
            },
            descending: query.descending,
            offset: query.offset,
            limit: query.limit,
        };
        let (scope, store) = (self.inner.scope()?, self.inner.store.clone());
        if filter.text.trim().is_empty() {
            // Whoever looks at the list may search it next.
            let (scope, store) = (scope.clone(), store.clone());
            tokio::task::spawn_blocking(move || store.prepare_search(&scope));
        }
        let (bodies, total) = off_thread(move || Ok(store.orders(&scope, &filter)?)).await?;
        let rows: Result<Vec<_>, Failure> = bodies.iter().map(|body| Ok(order_view(&parsed(body)?))).collect();
        Ok(OrderPageView {
            rows: rows?,
            total: u32::try_from(total).unwrap_or(u32::MAX),
        })
    }

    /// One order, from the local copy.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn order(&self, order_id: &str) -> Result<OrderView, Failure> {
        Ok(order_view(&self.inner.kept_order(order_id)?))
    }

    /// 购买信息修改, while unpaid.
    ///
    /// # Errors
    /// `OrderNotEditable`, `Conflict` when somebody changed it meanwhile, and those of [`App::place_order`].
    pub async fn update_order(&self, order_id: &str, input: OrderChangeInput) -> Result<OrderView, Failure> {
        let change = wire::OrderChange {
            quantity: input.quantity,
            title_id: id(&input.title_id)?,
            account_id: id(&input.account_id)?,
        };
        let id = id(order_id)?;
        let kept = self.inner.kept_order(order_id)?;
        let unsent = self.inner.unsent("order:")?;
        let was = match unsent.get(&format!("order:{id}")) {
            Some(Intention::ChangeOrder { change, .. }) => change.clone(),
            _ => changeable(&kept),
        };
        let meant = Intention::ChangeOrder {
            id,
            number: kept.number,
            change,
            was: Some(was),
        };
        let order: wire::Order = self.inner.carry_out(write_key(), meant).await?;
        Ok(order_view(&order))
    }

    /// Cancels an unpaid order.
    ///
    /// # Errors
    /// `OrderNotEditable`.
    pub async fn cancel_order(&self, order_id: &str) -> Result<OrderView, Failure> {
        let number = self.inner.kept_order(order_id)?.number;
        let id = id(order_id)?;
        let order: wire::Order = self
            .inner
            .carry_out(write_key(), Intention::CancelOrder { id, number })
            .await?;
        Ok(order_view(&order))
    }

    /// Asks for the invoice of a paid order, of the kind the buyer wants.
    ///
    /// # Errors
    /// `Conflict` when it is not paid, or asked for already.
    pub async fn request_invoice(&self, order_id: &str, kind: InvoiceChoice) -> Result<OrderView, Failure> {
        let number = self.inner.kept_order(order_id)?.number;
        let id = id(order_id)?;
        let kind = Some(match kind {
            InvoiceChoice::VatElectronic => wire::InvoiceKind::VatElectronic,
            InvoiceChoice::FullyDigital => wire::InvoiceKind::FullyDigital,
        });
        let order: wire::Order = self
            .inner
            .carry_out(write_key(), Intention::RequestInvoice { id, number, kind })
            .await?;
        Ok(order_view(&order))
    }

    /// Told at once, without asking the platform, when it is known that the answer would be no.
    fn require_authorisation(&self) -> Result<(), Failure> {
        let authorisation: wire::Authorisation = self.inner.one(kind::AUTHORISATION, ONLY)?;
        match authorisation.state {
            wire::AuthorisationState::Approved => Ok(()),
            _ => Err(refuse(FailureCode::AuthorisationRequired)),
        }
    }
}

impl crate::application::Inner {
    pub(crate) fn kept_order(&self, order_id: &str) -> Result<wire::Order, Failure> {
        let body = self.store.order(&self.scope()?, order_id)?;
        parsed(&body.ok_or_else(|| refuse(FailureCode::NotFound))?)
    }
}

/// What the user can change of an order.
pub(crate) fn changeable(order: &wire::Order) -> wire::OrderChange {
    wire::OrderChange {
        quantity: order.quantity,
        title_id: order.title.id,
        account_id: order.remitting_account.id,
    }
}

fn package_view(package: &wire::Package) -> PackageView {
    PackageView {
        id: package.id.to_string(),
        name: package.name.clone(),
        price_fen: package.price_fen,
        enterprise_certificates: package.enterprise_certificates,
        personal_certificates: package.personal_certificates,
        months: package.months,
    }
}

pub(crate) fn order_view(order: &wire::Order) -> OrderView {
    let payment_state = payment_state(order.payment.state);
    OrderView {
        id: order.id.to_string(),
        number: order.number.clone(),
        package_name: order.package.name.clone(),
        quantity: order.quantity,
        amount_fen: order.amount_fen,
        placed_at: moment(order.placed_at),
        receiving: ReceivingAccountView {
            bank: order.receiving.bank.clone(),
            holder: order.receiving.holder.clone(),
            account: order.receiving.account.clone(),
        },
        payment_state,
        arrived: order.payment.arrived.as_ref().map(arrived_view),
        invoice_state: invoice_state(order.invoice_state),
        title: crate::billing::title_view(&order.title),
        remitting_account: crate::billing::account_view(&order.remitting_account),
        can_edit: payment_state == PaymentState::Unpaid,
        can_cancel: payment_state == PaymentState::Unpaid,
        can_request_invoice: payment_state == PaymentState::Paid
            && order.invoice_state == wire::InvoiceState::NotIssued,
    }
}

fn arrived_view(arrived: &wire::ArrivedPayment) -> ArrivedPaymentView {
    ArrivedPaymentView {
        amount_fen: arrived.amount_fen,
        payer_name: arrived.payer_name.clone(),
        payer_account: arrived.payer_account.clone(),
        at: moment(arrived.at),
    }
}

fn payment_state(state: wire::PaymentState) -> PaymentState {
    match state {
        wire::PaymentState::Unpaid => PaymentState::Unpaid,
        wire::PaymentState::Paid => PaymentState::Paid,
        wire::PaymentState::WrongAmount => PaymentState::WrongAmount,
        wire::PaymentState::WrongPayer => PaymentState::WrongPayer,
        wire::PaymentState::Closed => PaymentState::Closed,
        wire::PaymentState::Refunded => PaymentState::Refunded,
        wire::PaymentState::Unknown => PaymentState::Unknown,
    }
}

/// The state's code, as the store filters by it; the same word as in the view.
pub(crate) fn state_code(state: wire::PaymentState) -> &'static str {
    match state {
        wire::PaymentState::Unpaid => "unpaid",
        wire::PaymentState::Paid => "paid",
        wire::PaymentState::WrongAmount => "wrong_amount",
        wire::PaymentState::WrongPayer => "wrong_payer",
        wire::PaymentState::Closed => "closed",
        wire::PaymentState::Refunded => "refunded",
        wire::PaymentState::Unknown => "unknown",
    }
}

pub(crate) fn invoice_state(state: wire::InvoiceState) -> InvoiceState {
    match state {
        wire::InvoiceState::NotIssued => InvoiceState::NotIssued,
        wire::InvoiceState::Requested => InvoiceState::Requested,
        wire::InvoiceState::Issued => InvoiceState::Issued,
        wire::InvoiceState::Unknown => InvoiceState::Unknown,
    }
}
