//! OPAQUE (RFC 9807) with ristretto255, 3DH, SHA-512 and Argon2id, as bytes in and bytes out: the platform's half is
//! public, the device's half belongs to the vault. The platform learns neither the PIN nor the export key, and a device
//! cannot try a PIN without it.

use super::VaultError;
use crate::random::Rng as _;
use opaque_ke::generic_array::{ArrayLength, GenericArray};
use opaque_ke::rand::{self, CryptoRng, RngCore};
use opaque_ke::{
    CipherSuite, ClientLogin, ClientLoginFinishParameters, ClientRegistration, ClientRegistrationFinishParameters,
    CredentialFinalization, CredentialRequest, CredentialResponse, Identifiers, RegistrationRequest,
    RegistrationResponse, RegistrationUpload, Ristretto255, ServerLogin, ServerLoginParameters, ServerRegistration,
    ServerSetup, TripleDh,
};
use std::sync::OnceLock;
use uuid::Uuid;
use zeroize::Zeroizing;

/// The platform's name inside the protocol.
const PLATFORM: &[u8] = b"ganjiang/pin-vault/1";
/// OPAQUE stretches a value that is already unique to each registration, so its salt may be fixed.
const STRETCH_SALT: &[u8; 16] = &[0; 16];

/// The operating system's randomness, as the protocol's older traits want it.
struct SystemRandom;

impl RngCore for SystemRandom {
    fn next_u32(&mut self) -> u32 {
        crate::random::system().next_u32()
    }

    fn next_u64(&mut self) -> u64 {
        crate::random::system().next_u64()
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        crate::random::system().fill_bytes(bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for SystemRandom {}

/// The chosen algorithms.
struct Suite;

impl CipherSuite for Suite {
    type OprfCs = Ristretto255;
    type KeyExchange = TripleDh<Ristretto255, sha2_10::Sha512>;
    type Ksf = Stretch;
}

/// Argon2id, on the device only. The value without costs is for the platform's half, which never stretches.
#[derive(Default)]
struct Stretch {
    costs: Option<(u32, u32)>,
}

impl opaque_ke::ksf::Ksf for Stretch {
    fn hash<L: ArrayLength<u8>>(
        &self,
        input: GenericArray<u8, L>,
    ) -> Result<GenericArray<u8, L>, opaque_ke::errors::InternalError> {
        let failed = opaque_ke::errors::InternalError::KsfError;
        let Some((memory_kib, passes)) = self.costs else {
            return Err(failed);
        };
        let mut output = GenericArray::default();
        let length = output.len();
        let params = argon2::Params::new(memory_kib, passes, 1, Some(length)).map_err(|_| failed)?;
        argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
            .hash_password_into(&input, STRETCH_SALT, &mut output)
            .map_err(|_| failed)?;
        Ok(output)
    }
}

fn identifiers(vault: &[u8; 16]) -> Identifiers<'_> {
    Identifiers {
        client: Some(vault),
        server: Some(PLATFORM),
    }
}

/// The platform's long-term secrets: without them nobody, the platform's own database included, can test a PIN.
pub struct PinServer {
    setup: ServerSetup<Suite>,
    nobody: OnceLock<Zeroizing<Vec<u8>>>,
}

/// An answer to the first message of a login, and what the platform keeps until the second.
pub struct LoginStarted {
    /// For the device.
    pub response: Vec<u8>,
    /// For [`PinServer::finish_login`], once.
    pub state: Zeroizing<Vec<u8>>,
}

impl PinServer {
    /// Makes new secrets.
    #[must_use]
    pub fn generate() -> Self {
        Self::of(ServerSetup::new(&mut SystemRandom))
    }

    /// Takes over kept secrets; none when they are damaged.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        ServerSetup::deserialize(bytes).ok().map(Self::of)
    }

    fn of(setup: ServerSetup<Suite>) -> Self {
        Self {
            setup,
            nobody: OnceLock::new(),
        }
    }

    /// The secrets, to be kept.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.setup.serialize().to_vec())
    }

    /// Answers a registration's first message; none when it is malformed.
    #[must_use]
    pub fn begin_registration(&self, registration: Uuid, request: &[u8]) -> Option<Vec<u8>> {
        let request = RegistrationRequest::<Suite>::deserialize(request).ok()?;
        let started = ServerRegistration::start(&self.setup, request, registration.as_bytes()).ok()?;
        Some(started.message.serialize().to_vec())
    }

    /// Turns a registration's last message into the record to keep; none when it is malformed.
    #[must_use]
    pub fn finish_registration(upload: &[u8]) -> Option<Vec<u8>> {
        let upload = RegistrationUpload::<Suite>::deserialize(upload).ok()?;
        Some(ServerRegistration::finish(upload).serialize().to_vec())
    }

    /// Answers a login's first message. Without a record the answer looks the same and takes as long; no second message
    /// fits it. None when the message is malformed.
    #[must_use]
    pub fn begin_login(
        &self,
        vault: Uuid,
        registration: Uuid,
        record: Option<&[u8]>,
        request: &[u8],
    ) -> Option<LoginStarted> {
        let request = CredentialRequest::<Suite>::deserialize(request).ok()?;
        let record = record.and_then(|record| ServerRegistration::deserialize(record).ok());
        let parameters = ServerLoginParameters {
            context: None,
            identifiers: identifiers(vault.as_bytes()),
        };
        let started = ServerLogin::start(
            &mut SystemRandom,
            &self.setup,
            record,
            request,
            registration.as_bytes(),
            parameters,
        )
        .ok()?;
        Some(LoginStarted {
            response: started.message.serialize().to_vec(),
            state: Zeroizing::new(started.state.serialize().to_vec()),
        })
    }

    /// Whether a login's second message proves that the PIN was right. Without a login that waits for one it never
    /// does, and takes as long.
    #[must_use]
    pub fn finish_login(&self, vault: Uuid, state: Option<&[u8]>, finalization: &[u8]) -> bool {
        let waited_for = state.unwrap_or_else(|| self.nobodys_login());
        let (Ok(state), Ok(finalization)) = (
            ServerLogin::<Suite>::deserialize(waited_for),
            CredentialFinalization::deserialize(finalization),
        ) else {
            return false;
        };
        let parameters = ServerLoginParameters {
            context: None,
            identifiers: identifiers(vault.as_bytes()),
        };
        state.finish(finalization, parameters).is_ok()
    }

    /// The state of a login that nobody began; made once, for nothing of it can ever be finished.
    fn nobodys_login(&self) -> &[u8] {
        self.nobody.get_or_init(|| {
            let request =
                ClientLogin::<Suite>::start(&mut SystemRandom, &[]).map(|started| started.message.serialize());
            let (vault, registration) = (Uuid::nil(), Uuid::nil());
            let started = request
                .ok()
                .and_then(|request| self.begin_login(vault, registration, None, &request));
            started.map(|started| started.state).unwrap_or_default()
        })
    }
}

/// What a device has after either protocol.
pub(super) struct Finished {
    /// The last message for the platform.
    pub(super) message: Vec<u8>,
    /// Known to the device only, and only with the right PIN.
    pub(super) export_key: Zeroizing<Vec<u8>>,
    /// The platform's public key: the same each time, or it is another platform.
    pub(super) server_key: Vec<u8>,
}

impl Finished {
    fn new(message: &[u8], export_key: &[u8], server_key: &[u8]) -> Self {
        Self {
            message: message.to_vec(),
            export_key: Zeroizing::new(export_key.to_vec()),
            server_key: server_key.to_vec(),
        }
    }
}

/// A registration that waits for the platform's answer.
pub(super) struct Registering {
    state: ClientRegistration<Suite>,
    pub(super) message: Vec<u8>,
}

impl Registering {
    pub(super) fn begin(password: &[u8]) -> Result<Self, VaultError> {
        let started =
            ClientRegistration::<Suite>::start(&mut SystemRandom, password).map_err(|_| VaultError::CannotSeal)?;
        Ok(Self {
            message: started.message.serialize().to_vec(),
            state: started.state,
        })
    }

    pub(super) fn finish(
        self,
        vault: Uuid,
        password: &[u8],
        costs: (u32, u32),
        response: &[u8],
    ) -> Result<Finished, VaultError> {
        let response = RegistrationResponse::deserialize(response).map_err(|_| VaultError::CannotSeal)?;
        let stretch = Stretch { costs: Some(costs) };
        let parameters = ClientRegistrationFinishParameters::new(identifiers(vault.as_bytes()), Some(&stretch));
        let finished = self.state.finish(&mut SystemRandom, password, response, parameters);
        let finished = finished.map_err(|_| VaultError::CannotSeal)?;
        let server_key = finished.server_s_pk.serialize();
        Ok(Finished::new(
            &finished.message.serialize(),
            &finished.export_key,
            &server_key,
        ))
    }
}

/// A login that waits for the platform's answer.
pub(super) struct LoggingIn {
    state: ClientLogin<Suite>,
    pub(super) message: Vec<u8>,
}

impl LoggingIn {
    pub(super) fn begin(password: &[u8]) -> Result<Self, VaultError> {
        let started = ClientLogin::<Suite>::start(&mut SystemRandom, password).map_err(|_| VaultError::CannotSeal)?;
        Ok(Self {
            message: started.message.serialize().to_vec(),
            state: started.state,
        })
    }

    /// # Errors
    /// [`VaultError::WrongPin`]; also when the answer was made up.
    pub(super) fn finish(
        self,
        vault: Uuid,
        password: &[u8],
        costs: (u32, u32),
        response: &[u8],
    ) -> Result<Finished, VaultError> {
        let response = CredentialResponse::deserialize(response).map_err(|_| VaultError::WrongPin)?;
        let stretch = Stretch { costs: Some(costs) };
        let parameters = ClientLoginFinishParameters::new(None, identifiers(vault.as_bytes()), Some(&stretch));
        let finished = self.state.finish(&mut SystemRandom, password, response, parameters);
        let finished = finished.map_err(|_| VaultError::WrongPin)?;
        let server_key = finished.server_s_pk.serialize();
        Ok(Finished::new(
            &finished.message.serialize(),
            &finished.export_key,
            &server_key,
        ))
    }
}
