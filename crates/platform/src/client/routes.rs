//! One method per route. `key` is the idempotency key: made once per intention of the user, kept until the answer is known.

use reqwest::Method;
use uuid::Uuid;

use super::transport::{Call, TaggedFile};
use super::{ClientError, PlatformClient};
use crate::wire::*;

pub(super) type Answer<T> = Result<T, ClientError>;

/// People.
impl PlatformClient {
    /// The account of the session.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn me(&self) -> Answer<Account> {
        self.json(Call::get("/v1/me")).await
    }

    /// The enterprise of the session.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn enterprise(&self) -> Answer<Enterprise> {
        self.json(Call::get("/v1/enterprise")).await
    }

    /// The people of the enterprise; staff see themselves only.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn employees(&self) -> Answer<Vec<Employee>> {
        self.json(Call::get("/v1/employees")).await
    }

    /// Demonstration accounts; `NotFound` on a platform that is no sandbox. Needs no session.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn sandbox_accounts(&self) -> Answer<Vec<DemoAccount>> {
        self.json(Call::get("/v1/sandbox/accounts")).await
    }
}

/// CA authorisation.
impl PlatformClient {
    /// The enterprise's authorisation.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn authorisation(&self) -> Answer<Authorisation> {
        self.json(Call::get("/v1/authorisation")).await
    }

    /// Makes a fresh face link; an older one ends.
    ///
    /// # Errors
    /// `Refused(Conflict)` when submitted or approved already.
    pub async fn start_face(&self, key: Uuid) -> Answer<Authorisation> {
        self.json(Call::write(Method::POST, "/v1/authorisation/face", key))
            .await
    }

    /// Uploads and submits the letter (JPEG, PNG or PDF, up to [`LETTER_LIMIT_BYTES`]).
    ///
    /// # Errors
    /// `Refused(LetterTooLarge | LetterWrongType | Conflict)`.
    pub async fn submit_letter(&self, file_name: &str, bytes: Vec<u8>, key: Uuid) -> Answer<Authorisation> {
        let path = format!("/v1/authorisation/letter?file_name={}", escaped(file_name));
        self.json(Call::write(Method::POST, path, key).bytes(bytes)).await
    }

    /// The letter to print, filled in with the enterprise's data (PDF).
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn letter_template(&self) -> Answer<Vec<u8>> {
        self.file(Call::get("/v1/authorisation/letter-template")).await
    }
}

/// Billing and remittance.
impl PlatformClient {
    /// All invoice titles.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn billing_titles(&self) -> Answer<Vec<BillingTitle>> {
        self.json(Call::get("/v1/billing-titles")).await
    }

    /// Adds an invoice title.
    ///
    /// # Errors
    /// `Refused(FieldInvalid)`.
    pub async fn add_billing_title(&self, title: &NewBillingTitle, key: Uuid) -> Answer<BillingTitle> {
        self.json(Call::write(Method::POST, "/v1/billing-titles", key).json(title)?)
            .await
    }

    /// Changes an invoice title; orders placed before keep the old one. With `seen`, only if it still is that version.
    ///
    /// # Errors
    /// `Refused(FieldInvalid | NotFound | Conflict)`.
    pub async fn change_billing_title(
        &self,
        id: Uuid,
        title: &NewBillingTitle,
        seen: Option<&str>,
        key: Uuid,
    ) -> Answer<BillingTitle> {
        let call = Call::write(Method::PUT, format!("/v1/billing-titles/{id}"), key);
        self.json(call.made_from(seen).json(title)?).await
    }

    /// Removes an invoice title. With `seen`, only if it still is that version.
    ///
    /// # Errors
    /// `Refused(NotFound | Conflict)`.
    pub async fn remove_billing_title(&self, id: Uuid, seen: Option<&str>, key: Uuid) -> Answer<()> {
        let call = Call::write(Method::DELETE, format!("/v1/billing-titles/{id}"), key);
        self.done(call.made_from(seen)).await
    }

    /// All remitting accounts.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn remitting_accounts(&self) -> Answer<Vec<RemittingAccount>> {
        self.json(Call::get("/v1/remitting-accounts")).await
    }

    /// Adds a remitting account.
    ///
    /// # Errors
    /// `Refused(FieldInvalid)`.
    pub async fn add_remitting_account(&self, account: &NewRemittingAccount, key: Uuid) -> Answer<RemittingAccount> {
        self.json(Call::write(Method::POST, "/v1/remitting-accounts", key).json(account)?)
            .await
    }

    /// Changes a remitting account; orders placed before keep the old one. With `seen`, only if it still is that version.
    ///
    /// # Errors
    /// `Refused(FieldInvalid | NotFound | Conflict)`.
    pub async fn change_remitting_account(
        &self,
        id: Uuid,
        account: &NewRemittingAccount,
        seen: Option<&str>,
        key: Uuid,
    ) -> Answer<RemittingAccount> {
        let call = Call::write(Method::PUT, format!("/v1/remitting-accounts/{id}"), key);
        self.json(call.made_from(seen).json(account)?).await
    }

    /// Removes a remitting account. With `seen`, only if it still is that version.
    ///
    /// # Errors
    /// `Refused(NotFound | Conflict)`.
    pub async fn remove_remitting_account(&self, id: Uuid, seen: Option<&str>, key: Uuid) -> Answer<()> {
        let call = Call::write(Method::DELETE, format!("/v1/remitting-accounts/{id}"), key);
        self.done(call.made_from(seen)).await
    }
}

/// Purchase, orders, invoices.
impl PlatformClient {
    /// What can be bought.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn packages(&self) -> Answer<Vec<Package>> {
        self.json(Call::get("/v1/packages")).await
    }

    /// Part of the orders, newest first.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn orders(&self, page: PageQuery) -> Answer<OrderPage> {
        self.json(Call::query("/v1/orders", &page)?).await
    }

    /// These orders, at most 100; what does not exist is left out.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn orders_of(&self, ids: &[Uuid]) -> Answer<OrderPage> {
        let ids: Vec<String> = ids.iter().map(Uuid::to_string).collect();
        self.json(Call::get(format!("/v1/orders?limit=100&ids={}", ids.join(","))))
            .await
    }

    /// One order.
    ///
    /// # Errors
    /// `Refused(NotFound)`.
    pub async fn order(&self, id: Uuid) -> Answer<Order> {
        self.json(Call::get(format!("/v1/orders/{id}"))).await
    }

    /// Places an order.
    ///
    /// # Errors
    /// `Refused(AuthorisationRequired | BillingTitleRequired | RemittingAccountRequired | FieldInvalid)`.
    pub async fn place_order(&self, order: &NewOrder, key: Uuid) -> Answer<Order> {
        self.json(Call::write(Method::POST, "/v1/orders", key).json(order)?)
            .await
    }

    /// Changes an unpaid order.
    ///
    /// # Errors
    /// `Refused(OrderNotEditable)` and those of [`Self::place_order`].
    pub async fn change_order(&self, id: Uuid, change: &OrderChange, key: Uuid) -> Answer<Order> {
        self.change_order_seen(id, change, None, key).await
    }

    /// The same, only if the order still is the version that was seen.
    ///
    /// # Errors
    /// `Refused(Conflict)` and those of [`Self::change_order`].
    pub async fn change_order_seen(
        &self,
        id: Uuid,
        change: &OrderChange,
        seen: Option<&str>,
        key: Uuid,
    ) -> Answer<Order> {
        let call = Call::write(Method::PUT, format!("/v1/orders/{id}"), key);
        self.json(call.made_from(seen).json(change)?).await
    }

    /// Cancels an unpaid order.
    ///
    /// # Errors
    /// `Refused(OrderNotEditable)`.
    pub async fn cancel_order(&self, id: Uuid, key: Uuid) -> Answer<Order> {
        self.json(Call::write(Method::POST, format!("/v1/orders/{id}/cancel"), key))
            .await
    }

    /// Asks for the invoice of a paid order.
    ///
    /// # Errors
    /// `Refused(Conflict)` when not paid, or asked for already.
    pub async fn request_invoice(&self, order: Uuid, key: Uuid) -> Answer<Order> {
        self.json(Call::write(Method::POST, format!("/v1/orders/{order}/invoice"), key))
            .await
    }

    /// Asks for the invoice of a paid order, of this kind.
    ///
    /// # Errors
    /// `Refused(Conflict)` when it is not paid or the invoice was asked for.
    pub async fn request_invoice_of(&self, order: Uuid, kind: InvoiceKind, key: Uuid) -> Answer<Order> {
        let path = format!("/v1/orders/{order}/invoice");
        self.json(Call::write(Method::POST, path, key).json(&InvoiceRequest { kind })?)
            .await
    }

    /// The file of an issued invoice (PDF).
    ///
    /// # Errors
    /// `Refused(NotFound)` before it is issued.
    pub async fn invoice_file(&self, id: Uuid) -> Answer<Vec<u8>> {
        self.file(Call::get(format!("/v1/invoices/{id}/file"))).await
    }

    /// The same, or none when the file with this tag still is the newest.
    ///
    /// # Errors
    /// `Refused(NotFound)` before it is issued.
    pub async fn invoice_file_unless(&self, id: Uuid, kept: Option<&str>) -> Answer<Option<TaggedFile>> {
        self.file_unless(Call::get(format!("/v1/invoices/{id}/file")), kept)
            .await
    }
}

/// Seals, approvals, changes.
impl PlatformClient {
    /// The notice and whether this account agreed.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn seal_notice(&self) -> Answer<SealNotice> {
        self.json(Call::get("/v1/seal-notice")).await
    }

    /// Agrees to the notice.
    ///
    /// # Errors
    /// `Refused(Conflict)` when the version is no longer current.
    pub async fn agree_seal_notice(&self, version: u32, key: Uuid) -> Answer<SealNotice> {
        let body = SealNoticeAgreement { version };
        self.json(Call::write(Method::POST, "/v1/seal-notice/agreements", key).json(&body)?)
            .await
    }

    /// All seals; staff see those of certificates they hold.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn seals(&self) -> Answer<Vec<SealRecord>> {
        self.json(Call::get("/v1/seals")).await
    }

    /// Adds a seal.
    ///
    /// # Errors
    /// `Refused(SealNoticeNotAgreed | FieldInvalid | CertificateHeldElsewhere | Conflict)`.
    pub async fn add_seal(&self, seal: &NewSeal, key: Uuid) -> Answer<SealRecord> {
        self.json(Call::write(Method::POST, "/v1/seals", key).json(seal)?).await
    }

    /// What is declared with an uploaded picture.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn seal_declaration(&self) -> Answer<SealDeclarationText> {
        self.json(Call::get("/v1/seal-declaration")).await
    }

    /// Picture of a seal (PNG).
    ///
    /// # Errors
    /// `Refused(NotFound)`.
    pub async fn seal_picture(&self, id: Uuid) -> Answer<Vec<u8>> {
        self.file(Call::get(format!("/v1/seals/{id}/picture"))).await
    }

    /// Takes a seal out of use.
    ///
    /// # Errors
    /// `Refused(NotFound | Conflict)`.
    pub async fn disable_seal(&self, id: Uuid, key: Uuid) -> Answer<SealRecord> {
        self.json(Call::write(Method::POST, format!("/v1/seals/{id}/disable"), key))
            .await
    }

    /// Part of the change feed, oldest first.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn changes(&self, after: i64, limit: u64) -> Answer<ChangePage> {
        let limit = Some(limit);
        self.feed(&ChangeQuery {
            after,
            limit,
            ..ChangeQuery::default()
        })
        .await
    }

    /// The same, telling the platform which feed was read before.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn feed(&self, wanted: &ChangeQuery) -> Answer<ChangePage> {
        let mut path = format!("/v1/changes?after={}&end={}", wanted.after, wanted.end);
        if let Some(limit) = wanted.limit {
            path.push_str(&format!("&limit={limit}"));
        }
        for (name, value) in [("epoch", &wanted.epoch), ("mark", &wanted.mark)] {
            if let Some(value) = value {
                path.push_str(&format!("&{name}={}", escaped(value)));
            }
        }
        self.json(Call::get(path)).await
    }
}

/// The reviewer's side; needs an operator's session.
impl PlatformClient {
    /// Everything waiting for the platform, oldest first, over all enterprises.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn operator_approvals(&self) -> Answer<Vec<Approval>> {
        self.json(Call::get("/v1/operator/approvals")).await
    }

    /// Decides on an authorisation, seal or invoice.
    ///
    /// # Errors
    /// `Refused(Conflict)` when decided already, `FieldInvalid` without a reason to reject.
    pub async fn decide(&self, approval: Uuid, decision: &Decision, key: Uuid) -> Answer<Approval> {
        let path = format!("/v1/operator/approvals/{approval}/decision");
        self.json(Call::write(Method::POST, path, key).json(decision)?).await
    }

    /// The picture of a seal under review (PNG).
    ///
    /// # Errors
    /// `Refused(NotFound)`.
    pub async fn operator_seal_picture(&self, seal: Uuid) -> Answer<Vec<u8>> {
        self.file(Call::get(format!("/v1/operator/seals/{seal}/picture"))).await
    }

    /// What the authority knows of a serial number: also of one that was signed and never answered.
    ///
    /// # Errors
    /// `Refused(NotFound)`.
    pub async fn issuance(&self, serial: &str) -> Answer<Issuance> {
        let serial = escaped(serial);
        self.json(Call::get(format!("/v1/operator/issuances/{serial}"))).await
    }

    /// Revokes by serial number.
    ///
    /// # Errors
    /// `Refused(NotFound | Conflict)`.
    pub async fn revoke_issuance(&self, serial: &str, revocation: &Revocation, key: Uuid) -> Answer<Issuance> {
        let path = format!("/v1/operator/issuances/{}/revoke", escaped(serial));
        self.json(Call::write(Method::POST, path, key).json(revocation)?).await
    }

    /// The letter of an authorisation (its approval's `subject_id`).
    ///
    /// # Errors
    /// `Refused(NotFound)`.
    pub async fn operator_letter(&self, authorisation: Uuid) -> Answer<Vec<u8>> {
        self.file(Call::get(format!("/v1/operator/authorisations/{authorisation}/letter")))
            .await
    }

    /// Approval by itself.
    ///
    /// # Errors
    /// `Refused(NotFound)` on a platform that is no sandbox.
    pub async fn auto_approve(&self) -> Answer<AutoApprove> {
        self.json(Call::get("/v1/operator/auto-approve")).await
    }

    /// Sets approval by itself.
    ///
    /// # Errors
    /// `Refused(NotFound)` on a platform that is no sandbox.
    pub async fn set_auto_approve(&self, setting: AutoApprove, key: Uuid) -> Answer<AutoApprove> {
        self.json(Call::write(Method::PUT, "/v1/operator/auto-approve", key).json(&setting)?)
            .await
    }
}

/// The certificate authority's public files; need no session.
impl PlatformClient {
    /// Root certificate, DER.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn root_certificate(&self) -> Answer<Vec<u8>> {
        self.file(Call::get("/pki/root.cer")).await
    }

    /// Issuer's certificate, DER.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn issuer_certificate(&self) -> Answer<Vec<u8>> {
        self.file(Call::get("/pki/issuer.cer")).await
    }

    /// The root's revocation list, DER.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn root_crl(&self) -> Answer<Vec<u8>> {
        self.file(Call::get("/pki/root.crl")).await
    }

    /// The issuer's revocation list, DER.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn issuer_crl(&self) -> Answer<Vec<u8>> {
        self.file(Call::get("/pki/issuer.crl")).await
    }
}

/// Percent-encodes everything but unreserved characters (RFC 3986 2.3).
pub(super) fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
