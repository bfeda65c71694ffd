//! Certificates and the opening of their keys: one method per route, as in `routes`.

use reqwest::Method;
use uuid::Uuid;

use super::PlatformClient;
use super::routes::{Answer, escaped};
use super::transport::Call;
use crate::wire::*;

/// Certificates.
impl PlatformClient {
    /// One entitlement.
    ///
    /// # Errors
    /// `Refused(NotFound)`.
    pub async fn certificate(&self, id: Uuid) -> Answer<Certificate> {
        self.json(Call::get(format!("/v1/certificates/{id}"))).await
    }

    /// Sets owner and first holder.
    ///
    /// # Errors
    /// `Refused(OwnerFixed | FieldInvalid | NotFound)`.
    pub async fn assign(&self, id: Uuid, assignment: &Assignment, key: Uuid) -> Answer<Certificate> {
        let path = format!("/v1/certificates/{id}/assign");
        self.json(Call::write(Method::POST, path, key).json(assignment)?).await
    }

    /// Changes the holder.
    ///
    /// # Errors
    /// `Refused(Conflict | NotFound)`.
    pub async fn change_holder(&self, id: Uuid, change: &HolderChange, key: Uuid) -> Answer<Certificate> {
        self.change_holder_seen(id, change, None, key).await
    }

    /// The same, only if the holder still is the one that was seen.
    ///
    /// # Errors
    /// `Refused(Conflict | NotFound)`.
    pub async fn change_holder_seen(
        &self,
        id: Uuid,
        change: &HolderChange,
        seen: Option<&str>,
        key: Uuid,
    ) -> Answer<Certificate> {
        let call = Call::write(Method::POST, format!("/v1/certificates/{id}/holder"), key);
        self.json(call.made_from(seen).json(change)?).await
    }

    /// Asks for the certificate. The same key asked again is answered with the same certificate.
    ///
    /// # Errors
    /// `Refused(CertificateHeldElsewhere | CertificateNotImportable | RequestInvalid)`.
    pub async fn issue(&self, id: Uuid, request: &IssueRequest, key: Uuid) -> Answer<Issued> {
        let path = format!("/v1/certificates/{id}/issue");
        self.json(Call::write(Method::POST, path, key).json(request)?).await
    }

    /// Asks for a certificate of a new key in place of the present one. Asked again, the same one is the answer.
    ///
    /// # Errors
    /// `Refused(CertificateHeldElsewhere | Conflict | RequestInvalid)`.
    pub async fn reissue(&self, id: Uuid, request: &ReissueRequest, key: Uuid) -> Answer<Issued> {
        let path = format!("/v1/certificates/{id}/reissue");
        self.json(Call::write(Method::POST, path, key).json(request)?).await
    }

    /// The reissued certificate is kept: the former one is revoked. Said again, nothing more happens.
    ///
    /// # Errors
    /// `Refused(CertificateHeldElsewhere | Conflict | NotFound)`.
    pub async fn confirm_reissue(
        &self,
        id: Uuid,
        confirmation: &ReissueConfirmation,
        key: Uuid,
    ) -> Answer<Certificate> {
        let path = format!("/v1/certificates/{id}/reissue/confirm");
        self.json(Call::write(Method::POST, path, key).json(confirmation)?)
            .await
    }

    /// Extends the certificate by an unused entitlement. Asked again for the same serial, the same one is the answer.
    ///
    /// # Errors
    /// `Refused(ExtensionTooEarly | NoUnusedEntitlement | CertificateHeldElsewhere | Conflict)`.
    pub async fn extend(&self, id: Uuid, request: &ExtensionRequest, key: Uuid) -> Answer<Issued> {
        let path = format!("/v1/certificates/{id}/extend");
        self.json(Call::write(Method::POST, path, key).json(request)?).await
    }

    /// Revokes the certificate; administrators, or its holder.
    ///
    /// # Errors
    /// `Refused(Conflict)` when there is none or it is revoked already.
    pub async fn revoke(&self, id: Uuid, revocation: &Revocation, key: Uuid) -> Answer<Certificate> {
        let path = format!("/v1/certificates/{id}/revoke");
        self.json(Call::write(Method::POST, path, key).json(revocation)?).await
    }
}

/// Opening keys.
impl PlatformClient {
    /// A registration's first message.
    ///
    /// # Errors
    /// `Refused(NotAllowed | Conflict | Malformed)`.
    pub async fn pin_register(&self, vault: Uuid, message: &PinMessage, key: Uuid) -> Answer<PinRegistration> {
        let path = format!("/v1/pin-vaults/{vault}/registrations");
        self.json(Call::write(Method::POST, path, key).json(message)?).await
    }

    /// A registration's last message.
    ///
    /// # Errors
    /// `Refused(NotAllowed | Conflict | Malformed)`.
    pub async fn pin_keep(&self, vault: Uuid, message: &PinMessage, key: Uuid) -> Answer<()> {
        let path = format!("/v1/pin-vaults/{vault}/registrations/keep");
        self.done(Call::write(Method::POST, path, key).json(message)?).await
    }

    /// Gives up a registration.
    ///
    /// # Errors
    /// `Refused(NotAllowed | NotFound)`.
    pub async fn pin_forget(&self, vault: Uuid, message: &PinMessage, key: Uuid) -> Answer<()> {
        let path = format!("/v1/pin-vaults/{vault}/registrations/forget");
        self.done(Call::write(Method::POST, path, key).json(message)?).await
    }

    /// A login's first message: costs a try.
    ///
    /// # Errors
    /// `Refused(PinLocked | NotAllowed | NotFound | Conflict | Malformed)`.
    pub async fn pin_login(&self, vault: Uuid, message: &PinMessage, key: Uuid) -> Answer<PinLogin> {
        let path = format!("/v1/pin-vaults/{vault}/logins");
        self.json(Call::write(Method::POST, path, key).json(message)?).await
    }

    /// A login's second message: gives the tries back, and tells how long a lease may last.
    ///
    /// # Errors
    /// `Refused(NotAllowed | NotFound)`.
    pub async fn pin_prove(&self, login: &str, proof: &PinProof, key: Uuid) -> Answer<PinLease> {
        let path = format!("/v1/pin-logins/{}/proof", escaped(login));
        self.json(Call::write(Method::POST, path, key).json(proof)?).await
    }

    /// How long devices of the enterprise may open keys without the platform.
    ///
    /// # Errors
    /// No refusal of its own.
    pub async fn pin_lease(&self) -> Answer<PinLease> {
        self.json(Call::get("/v1/pin-lease")).await
    }

    /// Sets it; administrators only.
    ///
    /// # Errors
    /// `Refused(NotAllowed | FieldInvalid)`.
    pub async fn set_pin_lease(&self, lease: PinLease, key: Uuid) -> Answer<PinLease> {
        self.json(Call::write(Method::PUT, "/v1/pin-lease", key).json(&lease)?)
            .await
    }
}
