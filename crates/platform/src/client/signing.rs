//! Signing tasks: the app's side (fetch, read, hand back, refuse) and a business system's.

use reqwest::Method;
use uuid::Uuid;

use super::PlatformClient;
use super::routes::Answer;
use super::transport::Call;
use crate::wire::*;

/// For the signer.
impl PlatformClient {
    /// Fetches a task by its link's secret; from then on it is this account's.
    ///
    /// # Errors
    /// `Refused(NotFound)` for a wrong secret, `Conflict` (`state`) when it was fetched or is over, `SigningTaskExpired`,
    /// `SigningTaskForOther` for another account than the one asked for.
    pub async fn fetch_signing_task(&self, id: Uuid, secret: &str, key: Uuid) -> Answer<SigningTask> {
        let body = SigningTaskFetch {
            secret: secret.to_owned(),
        };
        let path = format!("/v1/signing-tasks/{id}/fetch");
        self.json(Call::write(Method::POST, path, key).json(&body)?).await
    }

    /// Tasks this account has fetched, newest first.
    ///
    /// # Errors
    /// [`super::ClientError`].
    pub async fn signing_tasks(&self) -> Answer<Vec<SigningTask>> {
        self.json(Call::get("/v1/signing-tasks")).await
    }

    /// One task this account has fetched.
    ///
    /// # Errors
    /// `Refused(NotFound)`.
    pub async fn signing_task(&self, id: Uuid) -> Answer<SigningTask> {
        self.json(Call::get(format!("/v1/signing-tasks/{id}"))).await
    }

    /// The document of a task this account has fetched (PDF).
    ///
    /// # Errors
    /// `Refused(NotFound)`, also for a digest.
    pub async fn signing_document(&self, id: Uuid) -> Answer<Vec<u8>> {
        self.file(Call::get(format!("/v1/signing-tasks/{id}/document"))).await
    }

    /// Hands the result back: the signed PDF, or the detached CMS signature (DER) over the digest.
    ///
    /// # Errors
    /// `Refused(SigningResultInvalid)` (`why`), `SigningTaskExpired`, `Conflict` when it is over.
    pub async fn finish_signing_task(&self, id: Uuid, result: Vec<u8>, key: Uuid) -> Answer<SigningTask> {
        let path = format!("/v1/signing-tasks/{id}/result");
        self.json(Call::write(Method::POST, path, key).bytes(result)).await
    }

    /// Refuses to sign.
    ///
    /// # Errors
    /// `Refused(SigningTaskExpired | Conflict)`.
    pub async fn refuse_signing_task(&self, id: Uuid, reason: &str, key: Uuid) -> Answer<SigningTask> {
        let body = SigningRefusal {
            reason: reason.to_owned(),
        };
        let path = format!("/v1/signing-tasks/{id}/refuse");
        self.json(Call::write(Method::POST, path, key).json(&body)?).await
    }
}

/// For a business system, by its key.
impl PlatformClient {
    /// Makes a task. The same identifier and content again while nobody has fetched it: fresh secrets.
    ///
    /// # Errors
    /// `Refused(Unauthenticated | FieldInvalid | Conflict)`.
    pub async fn make_signing_task(&self, api_key: &str, id: Uuid, task: &NewSigningTask) -> Answer<SigningTaskMade> {
        let mut call = Call::get(format!("/v1/systems/signing-tasks/{id}")).json(task)?;
        call.method = Method::PUT;
        self.json(call.by_system(api_key)).await
    }

    /// Where a task stands.
    ///
    /// # Errors
    /// `Refused(Unauthenticated | NotFound)`.
    pub async fn made_signing_task(&self, api_key: &str, id: Uuid) -> Answer<SigningTask> {
        let call = Call::get(format!("/v1/systems/signing-tasks/{id}"));
        self.json(call.by_system(api_key)).await
    }

    /// The verified result of a signed task.
    ///
    /// # Errors
    /// `Refused(Unauthenticated | NotFound)`.
    pub async fn signing_result(&self, api_key: &str, id: Uuid) -> Answer<Vec<u8>> {
        let call = Call::get(format!("/v1/systems/signing-tasks/{id}/result"));
        self.file(call.by_system(api_key)).await
    }

    /// Takes a task back.
    ///
    /// # Errors
    /// `Refused(Unauthenticated | NotFound | Conflict)`.
    pub async fn cancel_signing_task(&self, api_key: &str, id: Uuid) -> Answer<SigningTask> {
        let mut call = Call::get(format!("/v1/systems/signing-tasks/{id}"));
        call.method = Method::DELETE;
        self.json(call.by_system(api_key)).await
    }
}

/// For an operator.
impl PlatformClient {
    /// Registers a business system; its key is shown once.
    ///
    /// # Errors
    /// `Refused(NotAllowed | FieldInvalid)`.
    pub async fn add_business_system(&self, name: &str, key: Uuid) -> Answer<BusinessSystemMade> {
        let body = NewBusinessSystem { name: name.to_owned() };
        self.json(Call::write(Method::POST, "/v1/operator/systems", key).json(&body)?)
            .await
    }

    /// All business systems.
    ///
    /// # Errors
    /// `Refused(NotAllowed)`.
    pub async fn business_systems(&self) -> Answer<Vec<BusinessSystem>> {
        self.json(Call::get("/v1/operator/systems")).await
    }

    /// Removes a business system; its key is over at once.
    ///
    /// # Errors
    /// `Refused(NotAllowed | NotFound)`.
    pub async fn remove_business_system(&self, id: Uuid, key: Uuid) -> Answer<()> {
        self.done(Call::write(Method::DELETE, format!("/v1/operator/systems/{id}"), key))
            .await
    }
}
