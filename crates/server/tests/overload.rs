//! More calls at once than an instance lets in: the next is asked to come again, and comes in as soon as one is done.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests fail by panicking and write scratch files"
)]

mod world;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use world::*;

/// As many as an instance lets in.
const INSIDE: usize = 128;
/// More than are in the queue of connections that wait to be accepted.
const TRIES: usize = 10_000;

#[tokio::test]
async fn who_is_one_too_many_is_asked_to_come_again() {
    let world = World::start().await;
    let address = world.server.base_url.trim_start_matches("http://").to_owned();
    let mut inside = Vec::new();
    for _ in 0..INSIDE {
        inside.push(half_a_call(&address).await);
    }
    let refused = tried_until(&address, "503").await;
    assert!(refused.contains("retry-after: 1"), "{refused}");
    assert!(refused.contains("\"code\":\"internal\""), "{refused}");
    assert!(
        asked(&address, "/health").await.starts_with("HTTP/1.1 200"),
        "those who look after it come in"
    );
    inside.truncate(INSIDE / 2);
    tried_until(&address, "200").await;
    for mut call in inside {
        // The rest of the body comes: who was let in is answered.
        call.write_all(b"?").await.unwrap();
        let mut answer = String::new();
        call.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}

/// A call whose body does not come yet.
async fn half_a_call(address: &str) -> TcpStream {
    let mut connection = TcpStream::connect(address).await.unwrap();
    let head = format!("POST /pki/tsa HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: 1\r\n\r\n");
    connection.write_all(head.as_bytes()).await.unwrap();
    connection
}

async fn asked(address: &str, path: &str) -> String {
    let mut connection = TcpStream::connect(address).await.unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// Calls until it is answered so: what was sent before may not have been read yet.
async fn tried_until(address: &str, status: &str) -> String {
    for _ in 0..TRIES {
        let answer = asked(address, "/pki/root.cer").await;
        if answer.starts_with(&format!("HTTP/1.1 {status}")) {
            return answer;
        }
    }
    panic!("never answered {status}");
}
