//! Signing in and out, and going on with a sign-in of an earlier start.

use reqwest::Method;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::routes::Answer;
use super::transport::Call;
use super::{ClientError, PlatformClient};
use crate::wire::*;

impl PlatformClient {
    /// Signs in and keeps the session; the token is in the answer for whoever stores it. Never repeated by itself.
    ///
    /// # Errors
    /// `Refused(WrongPassword | RateLimited)` and every transport failure.
    pub async fn sign_in(&self, account: &str, password: &str) -> Answer<Session> {
        let body = SignIn {
            account: account.to_owned(),
            password: password.to_owned(),
            device_name: self.device().map(|device| device.name()),
            device: self.device().and_then(|device| {
                Some(DeviceProof {
                    key: device.public_key(),
                    signature: device.signs_open(account)?,
                })
            }),
        };
        let mut call = Call::get("/v1/sessions").json(&body)?;
        call.method = Method::POST;
        let session: Session = self.json(call).await?;
        self.keep_session(session).await
    }

    async fn keep_session(&self, session: Session) -> Answer<Session> {
        let mut refresh = self.refresh.lock().await;
        let session = self.tell_keeper(Some(session)).await.ok_or(ClientError::Timeout)?;
        *refresh = Some(Zeroizing::new(session.refresh_token.clone()));
        self.set_session(Some(session.token.clone()));
        Ok(session)
    }

    /// Goes on with a sign-in of an earlier start. The token is used up; the answer has the next one. Never repeated by
    /// itself.
    ///
    /// # Errors
    /// `Unauthorized` when it is over, and every transport failure.
    pub async fn resume(&self, refresh_token: &str) -> Answer<Session> {
        let body = self.refresh_of(refresh_token);
        let mut call = Call::get("/v1/sessions/refresh").json(&body)?;
        call.method = Method::POST;
        let session: Session = self.json(call).await?;
        self.keep_session(session).await
    }

    /// Where this account is signed in, newest first.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn sign_ins(&self) -> Answer<Vec<SignedIn>> {
        self.json(Call::get("/v1/sessions")).await
    }

    /// Ends a sign-in on another device.
    ///
    /// # Errors
    /// `Refused(NotFound)`.
    pub async fn end_sign_in(&self, id: Uuid) -> Answer<()> {
        let mut call = Call::get(format!("/v1/sessions/{id}"));
        call.method = Method::DELETE;
        self.done(call).await
    }

    /// Signs out on every device, this one included.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn sign_out_everywhere(&self) -> Answer<()> {
        let mut call = Call::get("/v1/sessions");
        call.method = Method::DELETE;
        self.done(call).await?;
        self.forget_session().await;
        Ok(())
    }

    async fn forget_session(&self) {
        *self.refresh.lock().await = None;
        self.set_session(None);
        self.tell_keeper(None).await;
    }

    /// Ends the session here and, when it can be reached, on the platform.
    ///
    /// # Errors
    /// Transport failures; the session is forgotten here all the same.
    pub async fn sign_out(&self) -> Answer<()> {
        let mut call = Call::get("/v1/sessions/current");
        call.method = Method::DELETE;
        let outcome = self.done(call).await;
        self.forget_session().await;
        outcome
    }
}
