//! Signing in and out, and who is signed in.
use crate::application::{App, locked, root_setting};
use crate::failure::{Failure, refuse};
use crate::outbox::Haste;
use crate::view::{
    AccountView, DemoAccountView, DeviceSecretKind, FailureCode, Role, SandboxView, SecretText, SessionView, Topic,
    WarningView,
};
use platform::wire;
use std::collections::BTreeMap;

impl App {
    /// Who is signed in, and what the sign-in screen offers. Also works with the platform away.
    ///
    /// # Errors
    /// None in practice; the window treats all commands alike.
    pub async fn session_state(&self) -> Result<SessionView, Failure> {
        self.go_on_with_kept_session();
        if self.inner.is_sandbox() && locked(&self.inner.demo_accounts).is_empty() {
            match self.inner.client.sandbox_accounts().await {
                Ok(accounts) => *locked(&self.inner.demo_accounts) = accounts,
                Err(error) => tracing::info!(%error, "no demonstration accounts"),
            }
            self.learn_auto_approve().await;
        }
        Ok(self.session_view())
    }

    /// A session of an earlier start is gone on with in the background; the window need not wait for the platform.
    fn go_on_with_kept_session(&self) {
        let begins = {
            let session = locked(&self.inner.session);
            session.account.is_some() && session.background.is_none()
        };
        if begins {
            self.start_background_sync();
        }
    }

    /// Signs in, brings the local copy up to date and keeps it so in the background.
    ///
    /// # Errors
    /// `WrongPassword`, `RateLimited`, `NotAllowed` for an operator's account, and those of reaching the platform.
    pub async fn sign_in(&self, account: &str, password: SecretText) -> Result<SessionView, Failure> {
        self.signs_as_this_device().await?;
        let session = self.inner.client.sign_in(account.trim(), password.expose()).await?;
        if session.account.role == wire::Role::Operator || session.account.enterprise.is_none() {
            self.forget_session().await;
            return Err(refuse(FailureCode::NotAllowed));
        }
        self.pin_root().await?;
        locked(&self.inner.session).account = Some(session.account);
        self.inner.pull().await?;
        self.inner.exchange(Haste::All).await?;
        self.finish_imports().await;
        self.learn_pin_lease().await;
        self.start_background_sync();
        self.inner.changed(&[Topic::Session, Topic::Home]);
        self.session_state().await
    }

    /// Signs out. What was seen stays in the local data, for this account only.
    ///
    /// # Errors
    /// None; with the platform away the session ends there by itself.
    pub async fn sign_out(&self) -> Result<SessionView, Failure> {
        self.forget_session().await;
        self.inner.changed(&[Topic::Session, Topic::Home]);
        Ok(self.session_view())
    }

    /// Nobody is signed in here any more.
    pub(crate) fn leave(&self) {
        let background = {
            let mut session = locked(&self.inner.session);
            session.account = None;
            session.background.take()
        };
        if let Some(task) = background {
            task.abort();
        }
    }

    async fn forget_session(&self) {
        self.leave();
        if let Err(error) = self.inner.client.sign_out().await {
            tracing::info!(%error, "signed out here only");
        }
    }

    /// A platform met for the first time: its root is kept and from then on the only one believed.
    async fn pin_root(&self) -> Result<(), Failure> {
        use base64::Engine as _;
        if !locked(&self.inner.roots).is_empty() {
            return Ok(());
        }
        let root = self.inner.client.root_certificate().await?;
        if pki::certificate::CertificateFacts::parse(&root).is_err() {
            return Err(refuse(FailureCode::PlatformNonsense));
        }
        let text = base64::engine::general_purpose::STANDARD.encode(&root);
        self.inner
            .store
            .set_setting(&root_setting(&self.inner.options.platform.base_url), &text)?;
        locked(&self.inner.roots).push(root);
        Ok(())
    }

    pub(crate) fn session_view(&self) -> SessionView {
        let inner = &self.inner;
        SessionView {
            account: locked(&inner.session).account.as_ref().map(account_view),
            sandbox: inner.is_sandbox().then(|| SandboxView {
                accounts: locked(&inner.demo_accounts)
                    .iter()
                    .filter_map(demo_account_view)
                    .collect(),
                auto_approve_seconds: *locked(&inner.auto_approve),
            }),
            platform_address: inner.options.platform.base_url.clone(),
            warnings: warnings(inner.device_secret),
        }
    }
}

fn warnings(device_secret: DeviceSecretKind) -> Vec<WarningView> {
    match device_secret {
        DeviceSecretKind::SystemKeyStore => Vec::new(),
        DeviceSecretKind::PlainFile => {
            vec![WarningView {
                code: "plain_device_secret".to_owned(),
                params: BTreeMap::new(),
            }]
        }
    }
}

fn account_view(account: &wire::Account) -> AccountView {
    let enterprise = account.enterprise.clone();
    let fact = |read: fn(&wire::Enterprise) -> &String| enterprise.as_ref().map(read).cloned().unwrap_or_default();
    AccountView {
        id: account.id.to_string(),
        name: account.name.clone(),
        role: role(account.role),
        enterprise_name: fact(|enterprise| &enterprise.name),
        enterprise_credit_code: fact(|enterprise| &enterprise.credit_code),
        legal_representative: fact(|enterprise| &enterprise.legal_representative),
    }
}

/// Operators never get past the sign-in; their accounts are not offered.
fn demo_account_view(account: &wire::DemoAccount) -> Option<DemoAccountView> {
    (account.role != wire::Role::Operator).then(|| DemoAccountView {
        account: account.account.clone(),
        name: account.name.clone(),
        role: role(account.role),
        password: account.password.clone(),
    })
}

pub(crate) fn role(role: wire::Role) -> Role {
    match role {
        wire::Role::Administrator => Role::Administrator,
        wire::Role::Staff | wire::Role::Operator | wire::Role::Unknown => Role::Staff,
    }
}
