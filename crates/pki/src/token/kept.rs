//! A token that a service stays logged in to: keys found or made by their labels, a lost session opened anew.
//!
//! A PIN that was refused is never tried again: who gives the token a wrong one three times may find it locked.

use super::key::Way;
use super::{TokenError, TokenModule};
use crate::secret::Password;
use crate::signer::{KeyAlgorithm, SignError, Signer};
use crate::tlv::{Elements, tag};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, SessionState};
use cryptoki::slot::Slot;
use p256::pkcs8::EncodePublicKey;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// The curve's name, `CKA_EC_PARAMS` (RFC 5480, 2.1.1.1).
const P256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

/// How a token is told from others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenName {
    /// By its label.
    Label(String),
    /// By its slot; drivers may number slots anew at every start.
    Slot(u64),
}

/// What it takes to log in to a token.
pub struct TokenAccess {
    /// The driver. Loading it runs its code in this process.
    pub module: PathBuf,
    /// Which token.
    pub token: TokenName,
    /// The user's PIN.
    pub pin: Password,
}

/// A token one is logged in to, by whoever uses its keys; nobody else of this process may use the same driver, because
/// losing the token ends all its sessions.
pub struct KeptToken {
    access: TokenAccess,
    connection: RwLock<Connection>,
}

/// What came of the last try to log in, and how many tries there were.
struct Connection {
    tries: u64,
    outcome: Result<LoggedIn, TokenError>,
}

impl KeptToken {
    /// Loads the driver and logs in.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn open(access: TokenAccess) -> Result<Arc<Self>, TokenError> {
        let open = LoggedIn::open(&access)?;
        let connection = RwLock::new(Connection {
            tries: 1,
            outcome: Ok(open),
        });
        Ok(Arc::new(Self { access, connection }))
    }

    /// Whether its keys can be used now; a session that was lost is opened anew.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn check(&self) -> Result<(), TokenError> {
        self.with(LoggedIn::check)
    }

    /// The P-256 key of this label.
    ///
    /// # Errors
    /// [`TokenError::NoSuchKey`] among others.
    pub fn key(self: &Arc<Self>, label: &str) -> Result<Arc<dyn Signer>, TokenError> {
        let spki = self.with(|open| open.seated(|seat| seat.public_key(label)))?;
        Ok(Arc::new(KeptKey {
            token: self.clone(),
            label: label.to_owned(),
            spki,
        }))
    }

    /// Makes a P-256 key of this label, which cannot be taken out of the token.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn make_key(self: &Arc<Self>, label: &str) -> Result<Arc<dyn Signer>, TokenError> {
        self.with(|open| open.make_key(label))?;
        self.key(label)
    }

    /// Does something on the token, once more when the session was lost before.
    fn with<T>(&self, act: impl Fn(&LoggedIn) -> Result<T, TokenError>) -> Result<T, TokenError> {
        let (tries, first) = self.tried(&act);
        match first {
            Err(
                TokenError::Failed(_) | TokenError::NoSuchToken | TokenError::SeveralTokens | TokenError::Module(_),
            ) => {
                self.log_in_again(tries);
                self.tried(&act).1
            }
            settled => settled,
        }
    }

    fn tried<T>(&self, act: impl Fn(&LoggedIn) -> Result<T, TokenError>) -> (u64, Result<T, TokenError>) {
        let connection = self.connection.read().unwrap_or_else(PoisonError::into_inner);
        let result = match &connection.outcome {
            Ok(open) => act(open),
            Err(error) => Err(error.clone()),
        };
        (connection.tries, result)
    }

    /// One try for everybody who saw the same one fail; nobody else is inside meanwhile.
    fn log_in_again(&self, seen: u64) {
        let mut connection = self.connection.write().unwrap_or_else(PoisonError::into_inner);
        if connection.tries != seen {
            return;
        }
        let lost = std::mem::replace(&mut connection.outcome, Err(TokenError::NoSuchToken));
        if let Ok(open) = lost {
            tracing::warn!("the session with the token was lost");
            open.end();
        }
        connection.tries += 1;
        connection.outcome = LoggedIn::open(&self.access);
        match &connection.outcome {
            Ok(_) => tracing::info!("logged in to the token again"),
            Err(error) => tracing::error!(%error, "the token cannot be logged in to"),
        }
    }
}

/// A driver with a session that is logged in, which makes all others of this process so.
struct LoggedIn {
    module: TokenModule,
    slot: Slot,
    login: Mutex<Session>,
    idle: Mutex<Vec<Seat>>,
}

impl LoggedIn {
    fn open(access: &TokenAccess) -> Result<Self, TokenError> {
        let module = TokenModule::load(&access.module)?;
        match session(&module, access) {
            Ok((slot, session)) => Ok(Self {
                module,
                slot,
                login: Mutex::new(session),
                idle: Mutex::default(),
            }),
            Err(error) => {
                ended(module);
                Err(error)
            }
        }
    }

    /// Closes every session and the driver itself: one that lost its way to the token starts again only so.
    fn end(self) {
        let Self {
            module, login, idle, ..
        } = self;
        drop((login, idle));
        ended(module);
    }

    fn check(&self) -> Result<(), TokenError> {
        let session = self.login.lock().unwrap_or_else(PoisonError::into_inner);
        match session.get_session_info()?.session_state() {
            SessionState::RoUser | SessionState::RwUser => Ok(()),
            _ => Err(TokenError::Failed("logged out".to_owned())),
        }
    }

    /// Uses an idle session or another one; a session that failed is not used again.
    fn seated<T>(&self, act: impl FnOnce(&mut Seat) -> Result<T, TokenError>) -> Result<T, TokenError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut seat = match idle {
            Some(seat) => seat,
            None => Seat::new(self.module.context.open_ro_session(self.slot)?),
        };
        let done = act(&mut seat)?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(seat);
        Ok(done)
    }

    fn make_key(&self, label: &str) -> Result<(), TokenError> {
        let session = self.module.context.open_rw_session(self.slot)?;
        let named = [
            Attribute::Token(true),
            Attribute::Label(label.as_bytes().to_vec()),
            Attribute::Id(label.as_bytes().to_vec()),
        ];
        let public = [
            Attribute::Private(false),
            Attribute::Verify(true),
            Attribute::EcParams(P256.to_vec()),
        ];
        let private = [
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::Sign(true),
        ];
        let (public, private) = ([&named[..], &public].concat(), [&named[..], &private].concat());
        session.generate_key_pair(&Mechanism::EccKeyPairGen, &public, &private)?;
        Ok(())
    }
}

/// A session with the token, logged in.
fn session(module: &TokenModule, access: &TokenAccess) -> Result<(Slot, Session), TokenError> {
    let slot = match &access.token {
        TokenName::Label(label) => module.slot(Some(label))?,
        TokenName::Slot(number) => module.slot_numbered(*number)?,
    };
    let session = module.context.open_ro_session(slot)?;
    module.log_in(slot, &session, Some(&access.pin))?;
    Ok((slot, session))
}

fn ended(module: TokenModule) {
    // A driver that is beyond ending is loaded again all the same.
    let _ = module.context.finalize();
}

/// A session, with the keys it found: what a handle means is the session's own.
struct Seat {
    session: Session,
    found: Vec<(String, ObjectHandle)>,
}

impl Seat {
    fn new(session: Session) -> Self {
        Self {
            session,
            found: Vec::new(),
        }
    }

    fn private_key(&mut self, label: &str) -> Result<ObjectHandle, TokenError> {
        if let Some((_, handle)) = self.found.iter().find(|(known, _)| known == label) {
            return Ok(*handle);
        }
        let handle = self.object(ObjectClass::PRIVATE_KEY, label)?;
        self.found.push((label.to_owned(), handle));
        Ok(handle)
    }

    fn object(&self, class: ObjectClass, label: &str) -> Result<ObjectHandle, TokenError> {
        let template = [Attribute::Class(class), Attribute::Label(label.as_bytes().to_vec())];
        match self.session.find_objects(&template)?.as_slice() {
            [only] => Ok(*only),
            [] => Err(TokenError::NoSuchKey(label.to_owned())),
            _ => Err(TokenError::SeveralKeys(label.to_owned())),
        }
    }

    /// The public key as DER `SubjectPublicKeyInfo`; the private one has to be there as well.
    fn public_key(&mut self, label: &str) -> Result<Vec<u8>, TokenError> {
        self.private_key(label)?;
        let public = self.object(ObjectClass::PUBLIC_KEY, label)?;
        let read = self.session.get_attributes(public, &[AttributeType::EcPoint])?;
        let point = read.iter().find_map(|attribute| match attribute {
            Attribute::EcPoint(point) => Some(point.as_slice()),
            _ => None,
        });
        spki(point.unwrap_or_default()).ok_or(TokenError::UnsupportedKey)
    }
}

/// From `CKA_EC_POINT`: an OCTET STRING that holds the point (PKCS#11, 6.3.3); some drivers give the point alone.
fn spki(point: &[u8]) -> Option<Vec<u8>> {
    let inner = || Some(Elements::of(point).expect(tag::OCTET_STRING).ok()?.content);
    let read = |bytes| p256::PublicKey::from_sec1_bytes(bytes).ok();
    let key = read(point).or_else(|| read(inner()?))?;
    Some(key.to_public_key_der().ok()?.into_vec())
}

/// A key of a token that is kept.
struct KeptKey {
    token: Arc<KeptToken>,
    label: String,
    spki: Vec<u8>,
}

impl Signer for KeptKey {
    fn spki_der(&self) -> &[u8] {
        &self.spki
    }

    fn algorithm(&self) -> KeyAlgorithm {
        KeyAlgorithm::EcdsaP256Sha256
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let signed = self.token.with(|open| {
            open.seated(|seat| {
                let key = seat.private_key(&self.label)?;
                Way::Ecdsa.signature(&seat.session, key, &self.spki, message)
            })
        });
        signed.map_err(|error| {
            tracing::error!(%error, key = self.label, "a key on the token cannot sign");
            match error {
                TokenError::WrongSignature => SignError::KeyFailed,
                _ => SignError::KeyUnreachable,
            }
        })
    }
}
