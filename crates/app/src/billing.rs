//! Invoice titles, remitting accounts, and checks while typing.
use crate::application::App;
use crate::failure::Failure;
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
        let titles: Vec<wire::BillingTitle> = self.inner.all(kind::TITLE)?;
        let accounts: Vec<wire::RemittingAccount> = self.inner.all(kind::REMITTING)?;
        Ok(BillingView {
            titles: titles.iter().map(title_view).collect(),
            accounts: accounts.iter().map(account_view).collect(),
        })
    }

    /// Adds or changes an invoice title.
    ///
    /// # Errors
    /// `FieldInvalid`.
    pub async fn save_billing_title(&self, input: BillingTitleInput) -> Result<BillingView, Failure> {
        let title = wire::NewBillingTitle {
            name: tidy(&input.name),
            tax_number: tidy(&input.tax_number).to_uppercase(),
            address: tidy(&input.address),
            phone: tidy(&input.phone),
            bank: tidy(&input.bank),
            account: digits(&input.account),
        };
        match &input.id {
            Some(text) => {
                self.inner
                    .client
                    .change_billing_title(id(text)?, &title, write_key())
                    .await?
            }
            None => self.inner.client.add_billing_title(&title, write_key()).await?,
        };
        self.billing_after_write().await
    }

    /// Removes an invoice title.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn remove_billing_title(&self, title_id: &str) -> Result<BillingView, Failure> {
        self.inner
            .client
            .remove_billing_title(id(title_id)?, write_key())
            .await?;
        self.billing_after_write().await
    }

    /// Adds or changes a remitting account.
    ///
    /// # Errors
    /// `FieldInvalid`.
    pub async fn save_remitting_account(&self, input: RemittingAccountInput) -> Result<BillingView, Failure> {
        let account = wire::NewRemittingAccount {
            kind: match input.kind {
                AccountKind::Company => wire::RemittingAccountKind::Company,
                AccountKind::Personal => wire::RemittingAccountKind::Personal,
            },
            holder: tidy(&input.holder),
            bank: tidy(&input.bank),
            account: digits(&input.account),
        };
        match &input.id {
            Some(text) => {
                self.inner
                    .client
                    .change_remitting_account(id(text)?, &account, write_key())
                    .await?
            }
            None => self.inner.client.add_remitting_account(&account, write_key()).await?,
        };
        self.billing_after_write().await
    }

    /// Removes a remitting account.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn remove_remitting_account(&self, account_id: &str) -> Result<BillingView, Failure> {
        self.inner
            .client
            .remove_remitting_account(id(account_id)?, write_key())
            .await?;
        self.billing_after_write().await
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

    async fn billing_after_write(&self) -> Result<BillingView, Failure> {
        self.inner.refresh().await;
        self.billing().await
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
        },
        holder: fields.holder,
        bank: fields.bank,
        account: fields.account,
    }
}
