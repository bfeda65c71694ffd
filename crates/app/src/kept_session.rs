//! Who stays signed in over a restart: account and refresh token, kept by the operating system's key store.
use pki::vault::{DeviceSecretError, DeviceSecretStore};
use platform::client::SessionKeeper;
use platform::wire;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Under this id the key store keeps it.
const SESSION: Uuid = Uuid::from_u128(0x7369_676e_6564_4969_8000_6761_6e6a_6961);

/// The kept sign-in of one platform.
#[derive(Clone)]
pub(crate) struct KeptSession {
    secrets: Arc<dyn DeviceSecretStore>,
    platform: String,
}

/// What is kept. Neither printable nor copyable: it carries the token.
#[derive(Serialize, Deserialize)]
struct Kept {
    platform: String,
    account: wire::Account,
    refresh_token: String,
}

impl KeptSession {
    /// `platform` is what tells this platform from another: its address, or that it is the sandbox.
    pub(crate) fn new(secrets: Arc<dyn DeviceSecretStore>, platform: &str) -> Self {
        Self {
            secrets,
            platform: platform.to_owned(),
        }
    }

    /// The account and its refresh token; none when nobody is signed in, or to another platform.
    pub(crate) fn read(&self) -> Option<(wire::Account, Zeroizing<String>)> {
        let text = match self.secrets.text(SESSION) {
            Ok(text) => text,
            Err(DeviceSecretError::Missing) => return None,
            Err(error) => {
                tracing::info!(%error, "the kept sign-in cannot be read");
                return None;
            }
        };
        let kept: Kept = serde_json::from_str(&text).ok()?;
        (kept.platform == self.platform).then(|| (kept.account, Zeroizing::new(kept.refresh_token)))
    }

    /// Keeps each new session of a client and forgets one that is over.
    pub(crate) fn keeper(self) -> Arc<SessionKeeper> {
        Arc::new(move |session| {
            let outcome = match session {
                Some(session) => self.keep(session),
                None => self.secrets.remove(SESSION),
            };
            if let Err(error) = outcome {
                tracing::warn!(%error, "the next start asks for the password");
            }
        })
    }

    fn keep(&self, session: &wire::Session) -> Result<(), DeviceSecretError> {
        let kept = Kept {
            platform: self.platform.clone(),
            account: session.account.clone(),
            refresh_token: session.refresh_token.clone(),
        };
        let text = serde_json::to_string(&kept).map(Zeroizing::new);
        let text = text.map_err(|_| DeviceSecretError::Unavailable)?;
        self.secrets.put_text(SESSION, &text)
    }
}
