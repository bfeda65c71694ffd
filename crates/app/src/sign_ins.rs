//! Where the account is signed in: the list, an end on one device, an end on all of them.
use crate::application::App;
use crate::failure::Failure;
use crate::view::{SessionView, SignInView, Topic};
use crate::wire_view::{id, moment};
use platform::wire;

impl App {
    /// Where this account is signed in: here first, then newest first. Only the platform knows.
    ///
    /// # Errors
    /// `SessionExpired`, and those of reaching the platform.
    pub async fn sign_ins(&self) -> Result<Vec<SignInView>, Failure> {
        let all = self.inner.client.sign_ins().await?;
        let here = all.iter().find(|one| one.current);
        let here = here.and_then(|one| one.device_id.clone());
        let mut views: Vec<_> = all.iter().map(|one| sign_in_view(one, here.as_deref())).collect();
        views.sort_by_key(|one| !one.current);
        Ok(views)
    }

    /// Ends a sign-in elsewhere; gives those that are left.
    ///
    /// # Errors
    /// `NotFound` when it was over before, and those of reaching the platform.
    pub async fn end_sign_in(&self, sign_in: &str) -> Result<Vec<SignInView>, Failure> {
        self.inner.client.end_sign_in(id(sign_in)?).await?;
        self.sign_ins().await
    }

    /// Signs out on every device, this one included. Nothing changes here unless the platform did it.
    ///
    /// # Errors
    /// Those of reaching the platform.
    pub async fn sign_out_everywhere(&self) -> Result<SessionView, Failure> {
        self.inner.client.sign_out_everywhere().await?;
        self.leave();
        self.inner.changed(&[Topic::Session, Topic::Home]);
        Ok(self.session_view())
    }
}

fn sign_in_view(one: &wire::SignedIn, here: Option<&str>) -> SignInView {
    SignInView {
        id: one.id.to_string(),
        device_name: one.device_name.clone(),
        opened_at: moment(one.opened_at),
        last_used_at: moment(one.last_used_at),
        current: one.current,
        this_device: one.current || (here.is_some() && one.device_id.as_deref() == here),
    }
}
