//! Invoice titles, remitting accounts, and checks while typing.
use crate::application::{App, Inner};
use crate::failure::Failure;
use crate::outbox::{self, Intention};
use crate::sync::kind;
use crate::view::{
    AccountKind, BillingTitleInput, BillingTitleView, BillingView, FieldCheckView, FieldKind, FieldProblem,
    RemittingAccountInput, RemittingAccountView,
};
use crate::wire_view::{id, write_key};
use platform::{check, wire};

impl App {
    /// Everything registered for billing, as last seen.
    ///
    /// # Errors
    /// `SessionExpired` when nobody is signed in.
    pub async fn billing(&self) -> Result<BillingView, Failure> {
        Ok(BillingView {
            titles: self.inner.titles()?.iter().map(title_view).collect(),
            accounts: self.inner.remitting_accounts()?.iter().map(account_view).collect(),
        })
    }

    /// Adds or changes an invoice title.
    ///
    /// # Errors
    /// `FieldInvalid`, `Queued`, `Conflict` when somebody changed it meanwhile.
    pub async fn save_billing_title(&self, input: BillingTitleInput) -> Result<BillingView, Failure> {
        let title = wire::NewBillingTitle {
            name: tidy(&input.name),
            tax_number: tidy(&input.tax_number).to_uppercase(),
            address: tidy(&input.address),
            phone: tidy(&input.phone),
            bank: tidy(&input.bank),
            account: digits(&input.account),
        };
        let meant = match input.id.as_deref().map(id).transpose()? {
            Some(id) => {
                let was = self.inner.titles()?.into_iter().find(|one| one.id == id);
                let was = was.map(|title| title.fields);
                Intention::ChangeTitle { id, title, was }
            }
            None => Intention::AddTitle { title },
        };
        let _: wire::BillingTitle = self.inner.carry_out(write_key(), meant).await?;
        self.billing().await
    }

    /// Removes an invoice title.
    ///
    /// # Errors
    /// `NotFound`, `Queued`, `Conflict` when somebody changed it meanwhile.
    pub async fn remove_billing_title(&self, title_id: &str) -> Result<BillingView, Failure> {
        let id = id(title_id)?;
        let was = self.inner.titles()?.into_iter().find(|title| title.id == id);
        let was = was.map(|title| title.fields);
        let name = was.as_ref().map(|fields| fields.name.clone()).unwrap_or_default();
        let () = self
            .inner
            .carry_out(write_key(), Intention::RemoveTitle { id, name, was })
            .await?;
        self.billing().await
    }

    /// Adds or changes a remitting account.
    ///
    /// # Errors
    /// `FieldInvalid`, `Queued`, `Conflict` when somebody changed it meanwhile.
    pub async fn save_remitting_account(&self, input: RemittingAccountInput) -> Result<BillingView, Failure> {
        let account = wire::NewRemittingAccount {
            kind: match input.kind {
                AccountKind::Company => wire::RemittingAccountKind::Company,
                AccountKind::Personal => wire::RemittingAccountKind::Personal,
                // Kept as it came, it cannot be written back: the platform refuses it.
                AccountKind::Unknown => wire::RemittingAccountKind::Unknown,
            },
            holder: tidy(&input.holder),
            bank: tidy(&input.bank),
            account: digits(&input.account),
        };
        let meant = match input.id.as_deref().map(id).transpose()? {
            Some(id) => {
                let was = self.inner.remitting_accounts()?.into_iter().find(|one| one.id == id);
                let was = was.map(|account| account.fields);
                Intention::ChangeAccount { id, account, was }
            }
            None => Intention::AddAccount { account },
        };
        let _: wire::RemittingAccount = self.inner.carry_out(write_key(), meant).await?;
        self.billing().await
    }

    /// Removes a remitting account.
    ///
    /// # Errors
    /// `NotFound`, `Queued`, `Conflict` when somebody changed it meanwhile.
    pub async fn remove_remitting_account(&self, account_id: &str) -> Result<BillingView, Failure> {
        let id = id(account_id)?;
        let accounts = self.inner.remitting_accounts()?;
        let was = accounts.into_iter().find(|account| account.id == id);
        let was = was.map(|account| account.fields);
        let holder = was.as_ref().map(|fields| fields.holder.clone()).unwrap_or_default();
        let () = self
            .inner
            .carry_out(write_key(), Intention::RemoveAccount { id, holder, was })
            .await?;
        self.billing().await
    }

    /// Checks a field while it is typed; the platform checks again by the same rules.
    ///
    /// # Errors
    /// None; the result says what is wrong with the value.
    pub async fn check_field(&self, field: FieldKind, value: &str) -> Result<FieldCheckView, Failure> {
        let value = value.trim();
        let outcome = match field {
            FieldKind::CreditCode => check::credit_code(&value.to_uppercase()),
            FieldKind::TaxNumber => check::tax_number(&value.to_uppercase()),
            FieldKind::BankAccount => check::bank_account(&digits(value)),
            FieldKind::Phone => check::phone(value),
            FieldKind::Email => check::email(value),
            FieldKind::Name => check::name(value),
            FieldKind::IdentityNumber => {
                check::identity_number(&value.to_uppercase(), self.inner.now().date()).map(drop)
            }
        };
        Ok(FieldCheckView {
            ok: outcome.is_ok(),
            why: outcome.err().map(problem),
        })
    }
}

impl Inner {
    /// The invoice titles, with what was changed here and not sent yet.
    fn titles(&self) -> Result<Vec<wire::BillingTitle>, Failure> {
        let unsent = self.unsent("title:")?;
        let titles: Vec<wire::BillingTitle> = self.all(kind::TITLE)?;
        let shown = titles
            .into_iter()
            .filter_map(|kept| match unsent.get(&outbox::title(kept.id)) {
                Some(Intention::ChangeTitle { title, .. }) => Some(wire::BillingTitle {
                    fields: title.clone(),
                    ..kept
                }),
                Some(Intention::RemoveTitle { .. }) => None,
                _ => Some(kept),
            });
        Ok(shown.collect())
    }

    /// The remitting accounts, with what was changed here and not sent yet.
    fn remitting_accounts(&self) -> Result<Vec<wire::RemittingAccount>, Failure> {
        let unsent = self.unsent("account:")?;
        let accounts: Vec<wire::RemittingAccount> = self.all(kind::REMITTING)?;
        let shown = accounts
            .into_iter()
            .filter_map(|kept| match unsent.get(&outbox::account(kept.id)) {
                Some(Intention::ChangeAccount { account, .. }) => Some(wire::RemittingAccount {
                    fields: account.clone(),
                    ..kept
                }),
                Some(Intention::RemoveAccount { .. }) => None,
                _ => Some(kept),
            });
        Ok(shown.collect())
    }
}

fn tidy(text: &str) -> String {
    text.trim().to_owned()
}

/// People copy account numbers with their spaces.
fn digits(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace()).collect()
}

fn problem(problem: check::FieldProblem) -> FieldProblem {
    match problem {
        check::FieldProblem::Empty => FieldProblem::Empty,
        check::FieldProblem::Length => FieldProblem::Length,
        check::FieldProblem::Characters => FieldProblem::Characters,
        check::FieldProblem::CheckDigit => FieldProblem::CheckDigit,
        check::FieldProblem::Date => FieldProblem::Date,
        check::FieldProblem::Region => FieldProblem::Region,
        check::FieldProblem::Format => FieldProblem::Format,
    }
}

pub(crate) fn title_view(title: &wire::BillingTitle) -> BillingTitleView {
    let fields = title.fields.clone();
    BillingTitleView {
        id: title.id.to_string(),
        name: fields.name,
        tax_number: fields.tax_number,
        address: fields.address,
        phone: fields.phone,
        bank: fields.bank,
        account: fields.account,
    }
}

pub(crate) fn account_view(account: &wire::RemittingAccount) -> RemittingAccountView {
    let fields = account.fields.clone();
    RemittingAccountView {
        id: account.id.to_string(),
        kind: match fields.kind {
            wire::RemittingAccountKind::Company => AccountKind::Company,
            wire::RemittingAccountKind::Personal => AccountKind::Personal,
            wire::RemittingAccountKind::Unknown => AccountKind::Unknown,
        },
        holder: fields.holder,
        bank: fields.bank,
        account: fields.account,
    }
}
