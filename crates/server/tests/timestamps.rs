//! The timestamp service over real HTTP: OpenSSL asks, OpenSSL verifies; what must be refused is refused.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod world;

use std::collections::HashSet;
use std::path::Path;

use pki::timestamping::{TimestampAnswer, TimestampError, TimestampRequest};
use platform::client::{AuthorityServices, ClientOptions};
use time::Duration;
use world::{World, openssl, printed};

const DATA: &[u8] = "投标文件".as_bytes();

async fn ask(world: &World, request: &[u8]) -> Vec<u8> {
    let services = AuthorityServices::new(&ClientOptions::default()).unwrap();
    let address = format!("{}/pki/tsa", world.server.base_url);
    services.timestamp(&address, request).await.unwrap()
}

/// What OpenSSL asks with, and the answer, both on disk.
async fn asked_by_openssl(world: &World, options: &[&str]) -> (String, String) {
    let data = world.file("data", DATA);
    let query = world.folder.path().join("query.tsq");
    let mut arguments = vec![
        "ts",
        "-query",
        "-data",
        data.to_str().unwrap(),
        "-out",
        query.to_str().unwrap(),
    ];
    arguments.extend(options);
    let made = openssl(&arguments);
    assert!(made.status.success(), "{}", printed(&made));
    let reply = ask(world, &std::fs::read(&query).unwrap()).await;
    let reply = world.file("reply.tsr", &reply);
    (query.to_str().unwrap().to_owned(), reply.to_str().unwrap().to_owned())
}

fn pem(world: &World, name: &str, der: &[u8]) -> String {
    let from = world.file("certificate.der", der);
    let to = world.folder.path().join(name).to_str().unwrap().to_owned();
    let converted = openssl(&["x509", "-inform", "DER", "-in", from.to_str().unwrap(), "-out", &to]);
    assert!(converted.status.success(), "{}", printed(&converted));
    to
}

#[tokio::test]
async fn openssl_verifies_the_token_in_every_form_it_can_ask_for() {
    let world = World::start().await;
    world.pass(Duration::milliseconds(772));
    let root = pem(&world, "root.pem", &world.server.root_certificate_der);
    for options in [
        &["-sha256", "-cert"][..],
        &["-sha384", "-cert", "-no_nonce"],
        &["-sha512", "-cert", "-tspolicy", "1.3.6.1.4.1.32473.2.1"],
    ] {
        let (query, reply) = asked_by_openssl(&world, options).await;
        let moment = world.now().unix_timestamp().to_string();
        let verified = openssl(&[
            "ts",
            "-verify",
            "-queryfile",
            &query,
            "-in",
            &reply,
            "-CAfile",
            &root,
            "-attime",
            &moment,
        ]);
        assert!(
            printed(&verified).contains("Verification: OK"),
            "{options:?}: {}",
            printed(&verified)
        );
        let shown = printed(&openssl(&["ts", "-reply", "-in", &reply, "-text"]));
        assert!(shown.contains("Time stamp: Nov 22 08:00:00.772 2026 GMT"), "{shown}");
        assert!(shown.contains("Accuracy: 0x01 seconds"), "{shown}");
    }
    let (_, reply) = asked_by_openssl(&world, &["-sha256", "-cert"]).await;
    let other = world.file("other", b"other");
    let refused = openssl(&[
        "ts",
        "-verify",
        "-data",
        other.to_str().unwrap(),
        "-in",
        &reply,
        "-CAfile",
        &root,
    ]);
    assert!(
        printed(&refused).contains("message imprint mismatch"),
        "{}",
        printed(&refused)
    );
}

#[tokio::test]
async fn the_certificate_is_for_timestamps_only_and_its_state_is_told() {
    let world = World::start().await;
    let request = TimestampRequest::over(DATA, [7; 16]);
    let token = TimestampAnswer::from_response(&ask(&world, &request.to_der()).await, &request).unwrap();
    let certificate = pem(&world, "tsa.pem", &token.signer_certificate);
    let shown = printed(&openssl(&["x509", "-in", &certificate, "-noout", "-text"]));
    let usage = shown.split("X509v3 Extended Key Usage: critical").nth(1).expect(&shown);
    assert!(usage.lines().nth(1).unwrap().trim() == "Time Stamping", "{shown}");
    let issuer = token
        .certificates
        .iter()
        .find(|one| **one != token.signer_certificate)
        .unwrap();
    let issuer = pem(&world, "issuer.pem", issuer);
    let root = pem(&world, "root.pem", &world.server.root_certificate_der);
    let address = format!("{}/pki/ocsp", world.server.base_url);
    let asked = tokio::task::spawn_blocking(move || {
        openssl(&[
            "ocsp",
            "-issuer",
            &issuer,
            "-cert",
            &certificate,
            "-url",
            &address,
            "-CAfile",
            &root,
            "-partial_chain",
            // The platform's clock stands on another day than OpenSSL's.
            "-validity_period",
            "2000000000",
        ])
    });
    let asked = printed(&asked.await.unwrap());
    assert!(asked.contains("tsa.pem: good"), "{asked}");
}

#[tokio::test]
async fn serials_and_times_go_on_and_answers_fit_their_question_only() {
    let world = World::start().await;
    let mut serials = HashSet::new();
    for number in 0..20 {
        let request = TimestampRequest::over(DATA, [number; 16]);
        let answer = ask(&world, &request.to_der()).await;
        let token = TimestampAnswer::from_response(&answer, &request).unwrap();
        assert_eq!(token.time, world.now());
        assert!(serials.insert(token.serial.clone()), "a serial number came twice");
        let other = TimestampRequest::over(b"other", [number; 16]);
        let replayed = TimestampRequest::over(DATA, [number + 100; 16]);
        for unfit in [other, replayed] {
            let refused = TimestampAnswer::from_response(&answer, &unfit);
            assert_eq!(refused, Err(TimestampError::NotForThisRequest));
        }
        let mut changed = answer.clone();
        let last = changed.len() - 1;
        changed[last] ^= 1;
        assert!(TimestampAnswer::from_response(&changed, &request).is_err());
    }
    let before = world.now();
    let world = world.restart().await;
    let request = TimestampRequest::over(DATA, [99; 16]);
    let token = TimestampAnswer::from_response(&ask(&world, &request.to_der()).await, &request).unwrap();
    assert_eq!(token.time, before);
    assert!(
        serials.insert(token.serial),
        "a serial number came twice over a restart"
    );
}

#[tokio::test]
async fn what_cannot_be_granted_is_rejected_with_its_reason() {
    let world = World::start().await;
    let request = TimestampRequest::over(DATA, [7; 16]);
    let good = request.to_der();
    let answer = |options: &'static [&'static str]| {
        let world = &world;
        async move { std::fs::read(Path::new(&asked_by_openssl(world, options).await.1)).unwrap() }
    };
    let mut short = good.clone();
    // One byte less of digest: every length above it shrinks.
    let digest_at = short.windows(2).position(|two| two == [4, 32]).unwrap();
    short.remove(digest_at + 33);
    short[digest_at + 1] = 31;
    short[1] -= 1;
    let imprint_at = short.windows(2).position(|two| two == [0x30, 0x31]).unwrap();
    short[imprint_at + 1] = 0x30;
    let mut extended = good.clone();
    extended.extend([0xa0, 2, 0x30, 0]);
    extended[1] += 4;
    let mut later = good.clone();
    later[4] = 2;
    let cases = [
        ("sha1", answer(&["-sha1"]).await, 0),
        ("policy", answer(&["-sha256", "-tspolicy", "1.2.3.4"]).await, 15),
        ("length", ask(&world, &short).await, 5),
        ("extension", ask(&world, &extended).await, 16),
        ("version", ask(&world, &later).await, 2),
        ("garbage", ask(&world, b"garbage").await, 5),
        ("nothing", ask(&world, b"").await, 5),
    ];
    for (name, answer, bit) in cases {
        let refused = TimestampAnswer::from_response(&answer, &request);
        let Err(TimestampError::Rejected { status, failure, text }) = refused else {
            panic!("{name}: {refused:?}");
        };
        assert_eq!((status, failure), (2, Some(bit)), "{name}");
        assert!(!text.is_empty(), "{name}");
        let reply = world.file("rejected.tsr", &answer);
        let shown = printed(&openssl(&["ts", "-reply", "-in", reply.to_str().unwrap(), "-text"]));
        assert!(shown.contains("Status: Rejected"), "{name}: {shown}");
    }
}
