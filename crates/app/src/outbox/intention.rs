//! What a user can do that the platform has to know: kept as it was meant, sent by one call each.
use platform::client::{ClientError, PlatformClient};
use platform::wire;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One thing the user did. What is kept of it is read by later versions: names stay, fields are added with defaults.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
pub(crate) enum Intention {
    AddTitle {
        title: wire::NewBillingTitle,
    },
    /// `was` is the version the user changed or removed; none: in any case.
    ChangeTitle {
        id: Uuid,
        title: wire::NewBillingTitle,
        was: Option<wire::NewBillingTitle>,
    },
    RemoveTitle {
        id: Uuid,
        name: String,
        was: Option<wire::NewBillingTitle>,
    },
    AddAccount {
        account: wire::NewRemittingAccount,
    },
    ChangeAccount {
        id: Uuid,
        account: wire::NewRemittingAccount,
        was: Option<wire::NewRemittingAccount>,
    },
    RemoveAccount {
        id: Uuid,
        holder: String,
        was: Option<wire::NewRemittingAccount>,
    },
    PlaceOrder {
        order: wire::NewOrder,
    },
    ChangeOrder {
        id: Uuid,
        number: String,
        change: wire::OrderChange,
        was: Option<wire::OrderChange>,
    },
    CancelOrder {
        id: Uuid,
        number: String,
    },
    /// `kind`: none leaves it to the platform, as earlier versions did.
    RequestInvoice {
        id: Uuid,
        number: String,
        #[serde(default)]
        kind: Option<wire::InvoiceKind>,
    },
    Assign {
        id: Uuid,
        assignment: wire::Assignment,
    },
    ChangeHolder {
        id: Uuid,
        owner: String,
        change: wire::HolderChange,
        was: Option<wire::HolderChange>,
    },
    Revoke {
        id: Uuid,
        owner: String,
        revocation: wire::Revocation,
    },
    AgreeNotice {
        version: u32,
    },
    AddSeal {
        seal: wire::NewSeal,
    },
    DisableSeal {
        id: Uuid,
        name: String,
    },
    SubmitLetter {
        file_name: String,
        /// The file, in base64.
        letter: String,
    },
}

impl Intention {
    /// What it is about: the user's deeds about one subject are sent in order.
    pub(crate) fn subject(&self, key: Uuid) -> String {
        match self {
            Self::AddTitle { .. } => format!("title:{key}"),
            Self::ChangeTitle { id, .. } | Self::RemoveTitle { id, .. } => title(*id),
            Self::AddAccount { .. } => format!("account:{key}"),
            Self::ChangeAccount { id, .. } | Self::RemoveAccount { id, .. } => account(*id),
            Self::PlaceOrder { .. } => format!("order:{key}"),
            Self::ChangeOrder { id, .. } | Self::CancelOrder { id, .. } | Self::RequestInvoice { id, .. } => {
                format!("order:{id}")
            }
            Self::Assign { id, .. } | Self::ChangeHolder { id, .. } | Self::Revoke { id, .. } => certificate(*id),
            Self::AgreeNotice { .. } => "notice".to_owned(),
            Self::AddSeal { .. } => format!("seal:{key}"),
            Self::DisableSeal { id, .. } => format!("seal:{id}"),
            Self::SubmitLetter { .. } => "authorisation".to_owned(),
        }
    }

    /// Subjects whose earlier deeds must have been sent before this one.
    pub(crate) fn needs(&self) -> Vec<String> {
        match self {
            Self::PlaceOrder { order } => {
                vec![
                    title(order.title_id),
                    account(order.account_id),
                    "authorisation".to_owned(),
                ]
            }
            Self::ChangeOrder { change, .. } => vec![title(change.title_id), account(change.account_id)],
            Self::AddSeal { seal } => {
                let former = seal.replaces.map(|id| format!("seal:{id}"));
                let mut needs = vec!["notice".to_owned(), certificate(seal.certificate_id)];
                needs.extend(former);
                needs
            }
            _ => Vec::new(),
        }
    }

    /// Sends it under its key; the answer as JSON.
    pub(crate) async fn send(&self, client: &PlatformClient, key: Uuid) -> Result<serde_json::Value, ClientError> {
        match self {
            Self::AddTitle { title } => json(client.add_billing_title(title, key).await),
            Self::ChangeTitle { id, title, was } => {
                let seen = version(was.as_ref());
                json(client.change_billing_title(*id, title, seen.as_deref(), key).await)
            }
            Self::RemoveTitle { id, was, .. } => {
                let seen = version(was.as_ref());
                json(client.remove_billing_title(*id, seen.as_deref(), key).await)
            }
            Self::AddAccount { account } => json(client.add_remitting_account(account, key).await),
            Self::ChangeAccount { id, account, was } => {
                let seen = version(was.as_ref());
                json(
                    client
                        .change_remitting_account(*id, account, seen.as_deref(), key)
                        .await,
                )
            }
            Self::RemoveAccount { id, was, .. } => {
                let seen = version(was.as_ref());
                json(client.remove_remitting_account(*id, seen.as_deref(), key).await)
            }
            Self::PlaceOrder { order } => json(client.place_order(order, key).await),
            Self::ChangeOrder { id, change, was, .. } => {
                let seen = version(was.as_ref());
                json(client.change_order_seen(*id, change, seen.as_deref(), key).await)
            }
            Self::CancelOrder { id, .. } => json(client.cancel_order(*id, key).await),
            Self::RequestInvoice { id, kind, .. } => json(match kind {
                Some(kind) => client.request_invoice_of(*id, *kind, key).await,
                None => client.request_invoice(*id, key).await,
            }),
            _ => self.send_other(client, key).await,
        }
    }

    async fn send_other(&self, client: &PlatformClient, key: Uuid) -> Result<serde_json::Value, ClientError> {
        match self {
            Self::Assign { id, assignment } => json(client.assign(*id, assignment, key).await),
            Self::ChangeHolder { id, change, was, .. } => {
                let seen = version(was.as_ref());
                json(client.change_holder_seen(*id, change, seen.as_deref(), key).await)
            }
            Self::Revoke { id, revocation, .. } => json(client.revoke(*id, revocation, key).await),
            Self::AgreeNotice { version } => json(client.agree_seal_notice(*version, key).await),
            Self::AddSeal { seal } => json(client.add_seal(seal, key).await),
            Self::DisableSeal { id, .. } => json(client.disable_seal(*id, key).await),
            Self::SubmitLetter { file_name, letter } => {
                use base64::Engine as _;
                let bytes = base64::engine::general_purpose::STANDARD.decode(letter);
                json(client.submit_letter(file_name, bytes.unwrap_or_default(), key).await)
            }
            _ => Err(ClientError::InvalidAddress),
        }
    }

    /// The same change made from the platform's version, when the user wants it in spite of it.
    pub(crate) fn made_from(self, theirs: &str) -> Option<Self> {
        Some(match self {
            Self::ChangeTitle { id, title, .. } => Self::ChangeTitle {
                id,
                title,
                was: Some(serde_json::from_str(theirs).ok()?),
            },
            Self::RemoveTitle { id, name, .. } => Self::RemoveTitle {
                id,
                name,
                was: Some(serde_json::from_str(theirs).ok()?),
            },
            Self::RemoveAccount { id, holder, .. } => Self::RemoveAccount {
                id,
                holder,
                was: Some(serde_json::from_str(theirs).ok()?),
            },
            Self::ChangeAccount { id, account, .. } => Self::ChangeAccount {
                id,
                account,
                was: Some(serde_json::from_str(theirs).ok()?),
            },
            Self::ChangeOrder { id, number, change, .. } => Self::ChangeOrder {
                id,
                number,
                change,
                was: Some(serde_json::from_str(theirs).ok()?),
            },
            Self::ChangeHolder { id, owner, change, .. } => Self::ChangeHolder {
                id,
                owner,
                change,
                was: Some(serde_json::from_str(theirs).ok()?),
            },
            _ => return None,
        })
    }
}

pub(crate) fn title(id: Uuid) -> String {
    format!("title:{id}")
}

pub(crate) fn account(id: Uuid) -> String {
    format!("account:{id}")
}

fn certificate(id: Uuid) -> String {
    format!("certificate:{id}")
}

fn version<T: Serialize>(was: Option<&T>) -> Option<String> {
    was.map(|was| platform::version::of(was))
}

fn json<T: Serialize>(answer: Result<T, ClientError>) -> Result<serde_json::Value, ClientError> {
    serde_json::to_value(answer?).map_err(|error| ClientError::Nonsense {
        status: 200,
        what: error.to_string(),
    })
}
