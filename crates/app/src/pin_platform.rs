//! The way from the vault to the platform: its five messages over the client, from a thread that may wait.
use crate::wire_view::write_key;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::vault::{LoginAnswer, PinMessage, PinPlatform, PinPlatformError};
use platform::client::{ClientError, PlatformClient};
use platform::wire;
use std::future::Future;

/// The platform as the vault sees it.
pub(crate) struct PlatformPins(pub(crate) PlatformClient);

impl PlatformPins {
    /// Unlocking runs on a thread that may block; where no runtime is, there is no platform either.
    fn ask<T>(&self, call: impl Future<Output = Result<T, ClientError>>) -> Result<T, PinPlatformError> {
        let runtime = tokio::runtime::Handle::try_current().map_err(|_| PinPlatformError::Away)?;
        runtime.block_on(call).map_err(|error| refusal(&error))
    }
}

fn refusal(error: &ClientError) -> PinPlatformError {
    match error {
        ClientError::Refused {
            code: wire::ErrorCode::PinLocked,
            ..
        } => PinPlatformError::Locked,
        ClientError::Refused { .. } => PinPlatformError::Refused,
        // A session that is over is like no network: what may be opened without the platform still opens.
        ClientError::Offline(_)
        | ClientError::Timeout
        | ClientError::Unavailable { .. }
        | ClientError::Unauthorized(_)
        | ClientError::InvalidAddress
        | ClientError::Nonsense { .. }
        | ClientError::TooLarge { .. } => PinPlatformError::Away,
    }
}

fn sent(message: &PinMessage) -> wire::PinMessage {
    wire::PinMessage {
        registration: message.registration,
        message: STANDARD.encode(&message.message),
        device_key: STANDARD.encode(&message.device_key),
        signature: STANDARD.encode(&message.signature),
    }
}

fn decoded(text: &str) -> Result<Vec<u8>, PinPlatformError> {
    STANDARD.decode(text).map_err(|_| PinPlatformError::Away)
}

impl PinPlatform for PlatformPins {
    fn register(&self, message: &PinMessage) -> Result<Vec<u8>, PinPlatformError> {
        let answer = self.ask(self.0.pin_register(message.vault, &sent(message), write_key()))?;
        decoded(&answer.response)
    }

    fn keep(&self, message: &PinMessage) -> Result<(), PinPlatformError> {
        self.ask(self.0.pin_keep(message.vault, &sent(message), write_key()))
    }

    fn login(&self, message: &PinMessage) -> Result<LoginAnswer, PinPlatformError> {
        let answer = self.ask(self.0.pin_login(message.vault, &sent(message), write_key()))?;
        Ok(LoginAnswer {
            response: decoded(&answer.response)?,
            login: answer.login,
            left: answer.tries_left,
        })
    }

    fn prove(&self, login: &str, finalization: &[u8]) -> Result<u32, PinPlatformError> {
        let proof = wire::PinProof {
            finalization: STANDARD.encode(finalization),
        };
        Ok(self.ask(self.0.pin_prove(login, &proof, write_key()))?.hours)
    }

    fn forget(&self, message: &PinMessage) -> Result<(), PinPlatformError> {
        self.ask(self.0.pin_forget(message.vault, &sent(message), write_key()))
    }
}
