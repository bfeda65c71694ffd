//! The counter of PIN tries over real HTTP: ten thousand at once evaluate exactly five, and nobody else can spend them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests fail by panicking and read their own switch"
)]

mod world;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::key::PrivateKey;
use pki::vault::{
    FileDeviceSecrets, GuardedError, LoginAnswer, PinMessage, PinPlatform, PinPlatformError, SealedKey, ServerPinVault,
    TRIES,
};
use pki::{Pin, random};
use platform::client::{ClientError, PlatformClient};
use platform::wire::{self, ErrorCode, PinLease, PinProof};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Instant;
use time::Duration;
use tokio::runtime::Handle;
use uuid::Uuid;
use world::{World, code, key};

const PIN: &str = "250917";

fn pin(text: &str) -> Pin {
    Pin::parse(text).unwrap()
}

fn sent(message: &PinMessage) -> wire::PinMessage {
    wire::PinMessage {
        registration: message.registration,
        message: STANDARD.encode(&message.message),
        device_key: STANDARD.encode(&message.device_key),
        signature: STANDARD.encode(&message.signature),
    }
}

/// What proved a PIN: the attempt's id and the client's last message.
type Proof = (String, Vec<u8>);

/// A device's way to the platform. While `caught` is on, login messages are kept instead of sent.
#[derive(Clone)]
struct Wire {
    client: PlatformClient,
    caught: Arc<Mutex<Option<Vec<PinMessage>>>>,
    proofs: Arc<Mutex<Vec<Proof>>>,
}

impl Wire {
    fn ask<T>(&self, call: impl Future<Output = Result<T, ClientError>>) -> Result<T, PinPlatformError> {
        let asked = tokio::task::block_in_place(|| Handle::current().block_on(call));
        asked.map_err(|error| match error {
            ClientError::Refused {
                code: ErrorCode::PinLocked,
                ..
            } => PinPlatformError::Locked,
            ClientError::Refused { .. } => PinPlatformError::Refused,
            other => panic!("{other:?}"),
        })
    }
}

impl PinPlatform for Wire {
    fn register(&self, message: &PinMessage) -> Result<Vec<u8>, PinPlatformError> {
        let answer = self.ask(self.client.pin_register(message.vault, &sent(message), key()))?;
        Ok(STANDARD.decode(answer.response).unwrap())
    }

    fn keep(&self, message: &PinMessage) -> Result<(), PinPlatformError> {
        self.ask(self.client.pin_keep(message.vault, &sent(message), key()))
    }

    fn login(&self, message: &PinMessage) -> Result<LoginAnswer, PinPlatformError> {
        if let Some(caught) = self.caught.lock().unwrap().as_mut() {
            caught.push(message.clone());
            return Err(PinPlatformError::Away);
        }
        let answer = self.ask(self.client.pin_login(message.vault, &sent(message), key()))?;
        Ok(LoginAnswer {
            login: answer.login,
            response: STANDARD.decode(answer.response).unwrap(),
            left: answer.tries_left,
        })
    }

    fn prove(&self, login: &str, finalization: &[u8]) -> Result<u32, PinPlatformError> {
        self.proofs
            .lock()
            .unwrap()
            .push((login.to_owned(), finalization.to_vec()));
        let proof = PinProof {
            finalization: STANDARD.encode(finalization),
        };
        Ok(self.ask(self.client.pin_prove(login, &proof, key()))?.hours)
    }

    fn forget(&self, message: &PinMessage) -> Result<(), PinPlatformError> {
        self.ask(self.client.pin_forget(message.vault, &sent(message), key()))
    }
}

struct Device {
    wire: Wire,
    vault: ServerPinVault<Wire>,
    sealed: SealedKey,
}

async fn device(world: &World, account: &str) -> Device {
    let wire = Wire {
        client: world.sign_in(account).await,
        caught: Arc::default(),
        proofs: Arc::default(),
    };
    let secrets = FileDeviceSecrets::new(&world.folder.path().join("device"));
    let vault = ServerPinVault::new(Box::new(secrets), wire.clone());
    let made = PrivateKey::generate(&mut random::system()).unwrap();
    let sealed = vault
        .enroll(Uuid::new_v4(), &made, &pin(PIN), &mut random::system())
        .unwrap();
    Device { wire, vault, sealed }
}

impl Device {
    fn open(&self, text: &str) -> Result<u32, GuardedError> {
        self.vault
            .unlock(&self.sealed, &pin(text))
            .map(|opened| opened.lease_hours)
    }

    /// So many different login messages of this device, signed and not sent.
    fn messages(&self, count: usize) -> Vec<PinMessage> {
        *self.wire.caught.lock().unwrap() = Some(Vec::new());
        for number in 0..count {
            let refused = self.open(&format!("{:06}", number % 1_000_000));
            assert_eq!(refused, Err(GuardedError::Platform(PinPlatformError::Away)));
        }
        self.wire.caught.lock().unwrap().take().unwrap()
    }
}

/// Figure R11. The suite sends a thousand; `GANJIANG_ALL_TRIES=1` sends ten thousand.
#[tokio::test(flavor = "multi_thread")]
async fn of_thousands_of_tries_at_once_exactly_five_are_evaluated() {
    let count = if std::env::var_os("GANJIANG_ALL_TRIES").is_some() {
        10_000
    } else {
        1_000
    };
    let world = World::start().await;
    let device = device(&world, "liuyang").await;
    let lanes = 64;
    let messages = device.messages(count);
    let calls = messages.chunks(count.div_ceil(lanes)).map(|lane| {
        let (client, lane) = (device.wire.client.clone(), lane.to_vec());
        tokio::spawn(async move {
            let mut outcomes = Vec::new();
            for message in lane {
                outcomes.push(client.pin_login(message.vault, &sent(&message), key()).await);
            }
            outcomes
        })
    });
    let calls: Vec<_> = calls.collect();
    let (mut evaluated, mut locked) = (Vec::new(), 0);
    for call in calls {
        for outcome in call.await.unwrap() {
            match outcome {
                Ok(answer) => evaluated.push(answer.tries_left),
                Err(ClientError::Refused {
                    code: ErrorCode::PinLocked,
                    ..
                }) => locked += 1,
                Err(other) => panic!("{other:?}"),
            }
        }
    }
    evaluated.sort_unstable();
    assert_eq!(evaluated, [0, 1, 2, 3, 4]);
    assert_eq!(locked, count - usize::from(TRIES));
    assert_eq!(device.open(PIN), Err(GuardedError::Platform(PinPlatformError::Locked)));
    // A restart gives nothing back, and neither does the clock.
    world.pass(Duration::hours(1));
    let world = world.restart().await;
    let again = world.sign_in("liuyang").await;
    let one_more = again.pin_login(messages[0].vault, &sent(&messages[0]), key()).await;
    assert_eq!(code(one_more), ErrorCode::PinLocked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_gives_the_tries_back_and_only_a_proof() {
    let world = World::start().await;
    let device = device(&world, "liuyang").await;
    assert_eq!(device.open("250918"), Err(GuardedError::WrongPin { left: 4 }));
    assert_eq!(device.open(PIN), Ok(72));
    assert_eq!(device.open("250918"), Err(GuardedError::WrongPin { left: 4 }));
    // A proof of before, or none at all, gives nothing back.
    let (login, finalization) = device.wire.proofs.lock().unwrap().last().cloned().unwrap();
    let proof = PinProof {
        finalization: STANDARD.encode(&finalization),
    };
    assert_eq!(
        code(device.wire.client.pin_prove(&login, &proof, key()).await),
        ErrorCode::NotAllowed
    );
    let message = device.messages(1).remove(0);
    let answer = device
        .wire
        .client
        .pin_login(message.vault, &sent(&message), key())
        .await
        .unwrap();
    assert_eq!(answer.tries_left, 3);
    assert_eq!(
        code(device.wire.client.pin_prove(&answer.login, &proof, key()).await),
        ErrorCode::NotAllowed
    );
    // The same message again is not answered twice, and the same call again costs nothing.
    assert_eq!(
        code(
            device
                .wire
                .client
                .pin_login(message.vault, &sent(&message), key())
                .await
        ),
        ErrorCode::Conflict
    );
    assert_eq!(device.open("250918"), Err(GuardedError::WrongPin { left: 2 }));
    // A login left alone is over.
    let message = device.messages(1).remove(0);
    let late = device
        .wire
        .client
        .pin_login(message.vault, &sent(&message), key())
        .await
        .unwrap();
    world.pass(Duration::minutes(3));
    assert_eq!(
        code(device.wire.client.pin_prove(&late.login, &proof, key()).await),
        ErrorCode::NotAllowed
    );
}

/// All that an answer says: its code, which decides the status, its words and its facts.
fn whole<T: std::fmt::Debug>(answer: Result<T, ClientError>) -> String {
    format!("{:?}", answer.unwrap_err())
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_unknown_used_and_expired_get_the_same_answer() {
    let world = World::start().await;
    let device = device(&world, "liuyang").await;
    let client = &device.wire.client;
    let login = async |message: &PinMessage| client.pin_login(message.vault, &sent(message), key()).await;
    let honest = device.messages(1).remove(0);
    let mut unsigned = honest.clone();
    unsigned.signature = device.messages(1).remove(0).signature;
    let wrong = whole(login(&unsigned).await);
    let mut unknown = honest.clone();
    unknown.vault = Uuid::new_v4();
    assert_eq!(whole(login(&unknown).await), wrong, "no such key");
    let mut unknown = honest.clone();
    unknown.registration = Uuid::new_v4();
    assert_eq!(whole(login(&unknown).await), wrong, "no such registration");
    let elsewhere = world.sign_in("wangmin").await;
    let another = elsewhere.pin_login(honest.vault, &sent(&honest), key()).await;
    assert_eq!(whole(another), wrong, "the key of another account");

    assert_eq!(device.open(PIN), Ok(72));
    let (used, finalization) = device.wire.proofs.lock().unwrap().last().cloned().unwrap();
    let proof = PinProof {
        finalization: STANDARD.encode(&finalization),
    };
    let prove = async |login: &str| whole(client.pin_prove(login, &proof, key()).await);
    let begun = login(&honest).await.unwrap().login;
    let wrong = prove(&begun).await;
    assert_eq!(prove(&used).await, wrong, "used");
    assert_eq!(prove(&"0".repeat(64)).await, wrong, "unknown");
    world.pass(Duration::minutes(3));
    assert_eq!(prove(&begun).await, wrong, "over");
    let another = elsewhere.pin_prove(&begun, &proof, key()).await;
    assert_eq!(whole(another), wrong, "another's");
}

/// Median and quartiles of each in µs, asked in turns so that the machine's moods meet all alike; time judges nothing.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures: cargo test -p server --test pins -- --ignored --nocapture"]
async fn how_long_wrong_unknown_used_and_expired_take() {
    const TURNS: usize = 200;
    let world = World::start().await;
    let device = device(&world, "liuyang").await;
    let client = &device.wire.client;
    let elsewhere = world.sign_in("wangmin").await;
    let honest = device.messages(1).remove(0);
    let unsigned = PinMessage {
        signature: device.messages(1).remove(0).signature,
        ..honest.clone()
    };
    let no_key = PinMessage {
        vault: Uuid::new_v4(),
        ..honest.clone()
    };
    let no_registration = PinMessage {
        registration: Uuid::new_v4(),
        ..honest.clone()
    };
    assert_eq!(device.open(PIN), Ok(72));
    let (used, finalization) = device.wire.proofs.lock().unwrap().last().cloned().unwrap();
    let proof = PinProof {
        finalization: STANDARD.encode(&finalization),
    };
    let begun = client
        .pin_login(honest.vault, &sent(&honest), key())
        .await
        .unwrap()
        .login;
    world.pass(Duration::minutes(3));
    let nobodys = "0".repeat(64);
    let logins = [
        ("login: signature wrong", client, &unsigned),
        ("login: no such key", client, &no_key),
        ("login: no such registration", client, &no_registration),
        ("login: another's key", &elsewhere, &honest),
    ];
    let proofs = [
        ("proof: used", client, &used),
        ("proof: no such login", client, &nobodys),
        ("proof: over", client, &begun),
        ("proof: another's", &elsewhere, &begun),
    ];
    let mut times: BTreeMap<&str, Vec<u128>> = BTreeMap::new();
    for turn in 0..TURNS {
        // So many refusals are paced; the hour after they are not.
        world.pass(Duration::hours(1));
        for client in [client, &elsewhere] {
            // Renews the session.
            client.pin_prove(&nobodys, &proof, key()).await.unwrap_err();
        }
        let mut took = |what, began: Instant, refused| {
            assert_eq!(refused, ErrorCode::NotAllowed);
            times.entry(what).or_default().push(began.elapsed().as_micros());
        };
        // Nobody is always the first.
        let places = (turn..turn + 4).map(|place| place % 4);
        for (what, client, message) in places.clone().map(|place| logins[place]) {
            let began = Instant::now();
            let answer = client.pin_login(message.vault, &sent(message), key()).await;
            took(what, began, code(answer));
        }
        for (what, client, login) in places.map(|place| proofs[place]) {
            let began = Instant::now();
            let answer = client.pin_prove(login, &proof, key()).await;
            took(what, began, code(answer));
        }
    }
    for (what, mut times) in times {
        times.sort_unstable();
        let at = |part: usize| times[TURNS * part / 4];
        println!("{what:28} {} ({} to {})", at(2), at(1), at(3));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_can_use_up_the_tries_or_get_an_evaluation() {
    let world = World::start().await;
    let device = device(&world, "liuyang").await;
    let honest = device.messages(1).remove(0);
    let wangmin = world.sign_in("wangmin").await;
    let other_account = wangmin.pin_login(honest.vault, &sent(&honest), key()).await;
    assert_eq!(code(other_account), ErrorCode::NotAllowed);
    let mut forged = honest.clone();
    forged.signature = device.messages(1).remove(0).signature;
    let unsigned = device.wire.client.pin_login(forged.vault, &sent(&forged), key()).await;
    assert_eq!(code(unsigned), ErrorCode::NotAllowed);
    let mut unknown = honest.clone();
    unknown.registration = Uuid::new_v4();
    let refused = device
        .wire
        .client
        .pin_login(unknown.vault, &sent(&unknown), key())
        .await;
    assert_eq!(code(refused), ErrorCode::NotAllowed);
    // Registering again under the same name would evaluate a PIN that nobody counts.
    let again = device
        .wire
        .client
        .pin_register(honest.vault, &sent(&honest), key())
        .await;
    assert_eq!(code(again), ErrorCode::NotAllowed);
    assert_eq!(device.open(PIN), Ok(72), "no try was lost");
    assert_eq!(device.open("250918"), Err(GuardedError::WrongPin { left: 4 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_pin_a_restart_and_a_forgotten_registration() {
    let world = World::start().await;
    let mut device = device(&world, "liuyang").await;
    let mut rng = random::system();
    let former = device.sealed.clone();
    device.sealed = device
        .vault
        .change_pin(&former, &pin(PIN), &pin("739182"), &mut rng)
        .unwrap();
    assert_eq!(device.open("739182"), Ok(72));
    device.vault.forget_registration(&former).unwrap();
    let refused = device.vault.unlock(&former, &pin(PIN)).err();
    assert_eq!(refused, Some(GuardedError::Platform(PinPlatformError::Refused)));
    let world = world.restart().await;
    device.wire.client = world.sign_in("liuyang").await;
    let secrets = FileDeviceSecrets::new(&world.folder.path().join("device"));
    device.vault = ServerPinVault::new(Box::new(secrets), device.wire.clone());
    assert_eq!(
        device.open("739182"),
        Ok(72),
        "the platform's secrets outlive a restart"
    );
}

#[tokio::test]
async fn the_administrator_says_how_long_a_lease_lasts() {
    let world = World::start().await;
    let (wangmin, liuyang) = (world.sign_in("wangmin").await, world.sign_in("liuyang").await);
    assert_eq!(liuyang.pin_lease().await.unwrap().hours, 72);
    assert_eq!(
        code(liuyang.set_pin_lease(PinLease { hours: 0 }, key()).await),
        ErrorCode::NotAllowed
    );
    assert_eq!(
        code(wangmin.set_pin_lease(PinLease { hours: 721 }, key()).await),
        ErrorCode::FieldInvalid
    );
    wangmin.set_pin_lease(PinLease { hours: 8 }, key()).await.unwrap();
    assert_eq!(liuyang.pin_lease().await.unwrap().hours, 8);
}
