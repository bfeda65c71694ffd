//! The home screen: what needs doing now, in order of urgency.
use crate::application::App;
use crate::failure::Failure;
use crate::sync::{ONLY, kind};
use crate::view::{
    ApprovalState, AuthorisationState, CertificateNext, CertificateState, CertificateView, HomeCounts, HomeView,
    InvoiceState, OrderPageView, OrderQuery, OrderSort, OrderView, PaymentState, SealState, SealView, TodoKind,
    TodoView,
};
use platform::wire;
use std::cmp::Reverse;

/// Certificates shown on the home screen.
const MOST_CERTIFICATES: usize = 5;
/// Orders looked at for things to do.
const MOST_ORDERS: u32 = 20;

impl App {
    /// What needs doing now, and the numbers on the tiles, from the local copy.
    ///
    /// # Errors
    /// `SessionExpired` when nobody is signed in.
    pub async fn home(&self) -> Result<HomeView, Failure> {
        let account = self.inner.account()?;
        let administrator = account.role == wire::Role::Administrator;
        let authorisation: wire::Authorisation = self.inner.one(kind::AUTHORISATION, ONLY)?;
        let state = crate::authorisation::state(authorisation.state);
        let certificates = self.certificates().await?;
        let seals = self.seals().await?;
        let unpaid = self.orders_in(PaymentState::Unpaid).await?;
        let mut todos = seal_log_todos(&self.inner.store.seal_log_standing(&account.id.to_string())?);
        if administrator {
            todos.extend(authorisation_todo(state, authorisation.reason.as_deref()));
            todos.extend(self.order_todos(&unpaid).await?);
            todos.extend(self.billing_todo(state).await?);
        }
        todos.extend(
            certificates
                .iter()
                .filter_map(|certificate| certificate_todo(certificate, administrator)),
        );
        todos.extend(seals.iter().filter_map(seal_todo));
        Ok(HomeView {
            account_name: account.name,
            todos,
            counts: self.counts(&certificates, unpaid.total).await?,
            certificates: most_urgent(certificates),
            authorised: state == AuthorisationState::Approved,
        })
    }

    async fn orders_in(&self, state: PaymentState) -> Result<OrderPageView, Failure> {
        let query = OrderQuery {
            text: String::new(),
            state: Some(state),
            sort: OrderSort::PlacedAt,
            descending: true,
            offset: 0,
            limit: MOST_ORDERS,
        };
        self.orders(query).await
    }

    async fn order_todos(&self, unpaid: &OrderPageView) -> Result<Vec<TodoView>, Failure> {
        let mut todos = Vec::new();
        for state in [PaymentState::WrongAmount, PaymentState::WrongPayer] {
            let orders = self.orders_in(state).await?;
            todos.extend(
                orders
                    .rows
                    .iter()
                    .map(|order| order_todo(TodoKind::PaymentProblem, order)),
            );
        }
        todos.extend(unpaid.rows.iter().map(|order| order_todo(TodoKind::UnpaidOrder, order)));
        Ok(todos)
    }

    async fn billing_todo(&self, state: AuthorisationState) -> Result<Option<TodoView>, Failure> {
        let billing = self.billing().await?;
        let missing = billing.titles.is_empty() || billing.accounts.is_empty();
        Ok((state == AuthorisationState::Approved && missing).then(|| todo(TodoKind::BillingMissing, None, &[])))
    }

    async fn counts(&self, certificates: &[CertificateView], unpaid: u32) -> Result<HomeCounts, Failure> {
        let invoices = self.invoices().await?;
        let approvals = self.approvals().await?;
        let states = |wanted: CertificateState| count(certificates, |one| one.state == wanted);
        Ok(HomeCounts {
            unpaid_orders: unpaid,
            certificates_to_import: count(certificates, |one| {
                matches!(one.next, CertificateNext::Import | CertificateNext::FinishImport)
            }),
            certificates_expiring: states(CertificateState::Expiring),
            invoices: count(&invoices, |one| one.state == InvoiceState::Issued),
            approvals_in_review: count(&approvals, |one| one.state == ApprovalState::InReview),
            unassigned: states(CertificateState::Unassigned),
        })
    }
}

fn count<T>(items: &[T], wanted: impl Fn(&T) -> bool) -> u32 {
    u32::try_from(items.iter().filter(|item| wanted(item)).count()).unwrap_or(u32::MAX)
}

fn todo(kind: TodoKind, subject_id: Option<&str>, params: &[(&str, &str)]) -> TodoView {
    TodoView {
        kind,
        subject_id: subject_id.map(str::to_owned),
        params: params
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    }
}

fn authorisation_todo(state: AuthorisationState, reason: Option<&str>) -> Option<TodoView> {
    match state {
        AuthorisationState::None => Some(todo(TodoKind::Authorise, None, &[])),
        AuthorisationState::Rejected => Some(todo(
            TodoKind::AuthorisationRejected,
            None,
            &[("reason", reason.unwrap_or_default())],
        )),
        AuthorisationState::Submitted | AuthorisationState::Approved | AuthorisationState::Unknown => None,
    }
}

/// Evidence that does not hold comes before everything else.
fn seal_log_todos(standing: &store::SealLogStanding) -> Vec<TodoView> {
    let anew = standing.seams.last().map(|seam| seam.after + 1);
    let found = [
        (TodoKind::SealLogBroken, standing.broken_from),
        (TodoKind::SealLogDiffers, anew),
    ];
    let found = found
        .into_iter()
        .filter_map(|(kind, from)| Some((kind, from?.to_string())));
    found
        .map(|(kind, from)| todo(kind, None, &[("position", &from)]))
        .collect()
}

fn order_todo(kind: TodoKind, order: &OrderView) -> TodoView {
    let state = crate::wire_view::code(&order.payment_state);
    let amount = order.amount_fen.to_string();
    todo(
        kind,
        Some(&order.id),
        &[("number", &order.number), ("amount_fen", &amount), ("state", &state)],
    )
}

fn certificate_todo(certificate: &CertificateView, administrator: bool) -> Option<TodoView> {
    let kind = match certificate.next {
        CertificateNext::Import | CertificateNext::FinishImport => TodoKind::ImportCertificate,
        CertificateNext::Assign if administrator => TodoKind::AssignCertificate,
        CertificateNext::MakeSeal => TodoKind::MakeSeal,
        _ if certificate.state == CertificateState::Expiring => TodoKind::CertificateExpiring,
        _ => return None,
    };
    let days = certificate.days_left.map(|days| days.to_string()).unwrap_or_default();
    let name = certificate.owner_name.as_deref().unwrap_or_default();
    let certificate_kind = crate::wire_view::code(&certificate.kind);
    Some(todo(
        kind,
        Some(&certificate.id),
        &[("name", name), ("days", &days), ("kind", &certificate_kind)],
    ))
}

fn seal_todo(seal: &SealView) -> Option<TodoView> {
    let kind = match seal.state {
        SealState::Rejected => TodoKind::SealRejected,
        SealState::InReview => TodoKind::SealInReview,
        SealState::Approved | SealState::Disabled | SealState::Replaced | SealState::Unknown => return None,
    };
    let reason = seal.reason.as_deref().unwrap_or_default();
    Some(todo(kind, Some(&seal.id), &[("name", &seal.name), ("reason", reason)]))
}

/// What can be acted on first, then what ends soonest.
fn most_urgent(mut certificates: Vec<CertificateView>) -> Vec<CertificateView> {
    certificates.sort_by_key(|certificate| {
        let acts = !matches!(certificate.next, CertificateNext::None | CertificateNext::WaitForHolder);
        (Reverse(acts), certificate.days_left.unwrap_or(i32::MAX))
    });
    certificates.truncate(MOST_CERTIFICATES);
    certificates
}
