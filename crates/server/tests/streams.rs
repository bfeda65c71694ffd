//! The live stream over real HTTP: told as it happens, resumed without loss, silent to those it does not concern.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests fail by panicking and write scratch files"
)]

mod world;

use platform::SANDBOX_HEADER;
use platform::wire::{Change, ChangeSubject};
use server::RunningServer;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::TcpStream;
use world::*;

/// One connection, read line by line as a browser would.
struct Listener(Lines<BufReader<TcpStream>>);

#[derive(Debug, PartialEq)]
struct Told {
    event: String,
    id: Option<i64>,
    data: String,
}

impl Listener {
    async fn open(server: &RunningServer, token: &str, last: Option<i64>) -> Self {
        let address = server.base_url.strip_prefix("http://").unwrap();
        let mut connection = TcpStream::connect(address).await.unwrap();
        let sandbox = server.sandbox_token.as_deref().unwrap();
        let last = last.map_or_else(String::new, |last| format!("last-event-id: {last}\r\n"));
        let request = format!(
            "GET /v1/changes/stream HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\
             {SANDBOX_HEADER}: {sandbox}\r\n{last}\r\n"
        );
        connection.write_all(request.as_bytes()).await.unwrap();
        Self(BufReader::new(connection).lines())
    }

    async fn status(&mut self) -> String {
        self.0.next_line().await.unwrap().unwrap()
    }

    /// The next event, or none when the stream was ended.
    async fn next(&mut self) -> Option<Told> {
        let (mut event, mut id, mut data) = (None, None, String::new());
        while let Some(line) = self.0.next_line().await.unwrap() {
            match line.split_once(": ") {
                Some(("event", name)) => event = Some(name.to_owned()),
                Some(("id", cursor)) => id = Some(cursor.parse().unwrap()),
                Some(("data", text)) => text.clone_into(&mut data),
                _ if line.is_empty() && event.is_some() => return event.map(|event| Told { event, id, data }),
                _ => {}
            }
        }
        None
    }

    /// Every line that still comes, but empty ones: what is ended in order ends with a chunk of no bytes.
    async fn rest(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        while let Some(line) = self.0.next_line().await.unwrap() {
            lines.extend(Some(line).filter(|line| !line.is_empty()));
        }
        lines
    }

    async fn change(&mut self) -> Change {
        let told = self.next().await.expect("the stream goes on");
        assert_eq!(told.event, "change");
        let change: Change = serde_json::from_str(&told.data).unwrap();
        assert_eq!(told.id, Some(change.cursor));
        change
    }
}

async fn token(world: &World, account: &str) -> String {
    world.stranger().sign_in(account, "ganjiang").await.unwrap().token
}

#[tokio::test]
async fn a_change_is_told_while_it_happens_and_again_to_whoever_missed_it() {
    let world = World::start().await;
    let token = token(&world, "wangmin").await;
    let mut live = Listener::open(&world.server, &token, None).await;
    assert!(live.status().await.contains(" 200 "));
    let (wangmin, _) = world.paid(1).await;
    let all = wangmin.changes(0, 500).await.unwrap().changes;
    for change in &all {
        assert_eq!(live.change().await, *change);
    }
    let seen = all[2].cursor;
    let mut resumed = Listener::open(&world.server, &token, Some(seen)).await;
    for change in &all[3..] {
        assert_eq!(resumed.change().await, *change);
    }
    let added = wangmin.add_billing_title(&title(), key()).await.unwrap();
    for listener in [&mut live, &mut resumed] {
        let change = listener.change().await;
        assert_eq!(
            (change.subject, change.subject_id),
            (ChangeSubject::BillingTitle, added.id)
        );
    }
}

#[tokio::test]
async fn staff_hear_what_concerns_them_only() {
    let world = World::start().await;
    let liuyang = token(&world, "liuyang").await;
    let mut live = Listener::open(&world.server, &liuyang, None).await;
    assert!(live.status().await.contains(" 200 "));
    let (wangmin, _) = world.paid(1).await;
    world.assigned(&wangmin, "liuyang").await;
    let first = live.change().await;
    let all = wangmin.changes(0, 500).await.unwrap().changes;
    let own = world.sign_in("liuyang").await.changes(0, 500).await.unwrap().changes;
    assert!(own.len() < all.len());
    assert_eq!(first, own[0]);
    for change in &own[1..] {
        assert_eq!(live.change().await, *change);
    }
}

#[tokio::test]
async fn nothing_is_told_after_the_session_or_to_an_operator() {
    let world = World::start().await;
    let mut stranger = Listener::open(&world.server, "made-up", None).await;
    assert!(stranger.status().await.contains(" 401 "));
    let mut operator = Listener::open(&world.server, &token(&world, "operator").await, None).await;
    assert!(operator.status().await.contains(" 403 "));
    let wangmin = world.stranger();
    let token = wangmin.sign_in("wangmin", "ganjiang").await.unwrap().token;
    let mut live = Listener::open(&world.server, &token, None).await;
    assert!(live.status().await.contains(" 200 "));
    wangmin.add_billing_title(&title(), key()).await.unwrap();
    live.change().await;
    wangmin.sign_out().await.unwrap();
    let again = world.sign_in("wangmin").await;
    again.add_billing_title(&title(), key()).await.unwrap();
    assert_eq!(live.next().await, None);
}

#[tokio::test]
async fn an_account_has_sixteen_streams_and_gets_them_back() {
    let world = World::start().await;
    let token = token(&world, "wangmin").await;
    let mut open = Vec::new();
    for _ in 0..16 {
        let mut one = Listener::open(&world.server, &token, None).await;
        assert!(one.status().await.contains(" 200 "));
        open.push(one);
    }
    let mut refused = Listener::open(&world.server, &token, None).await;
    assert!(refused.status().await.contains(" 429 "));
    drop(open);
    // The platform notices when it next writes to them.
    let wangmin = world.sign_in("wangmin").await;
    loop {
        wangmin.add_billing_title(&title(), key()).await.unwrap();
        let mut one = Listener::open(&world.server, &token, None).await;
        if one.status().await.contains(" 200 ") {
            break;
        }
    }
}

#[tokio::test]
async fn a_feed_that_was_set_back_says_so_and_the_end_of_the_platform_ends_the_stream() {
    let world = World::start().await;
    let token = token(&world, "wangmin").await;
    let mut live = Listener::open(&world.server, &token, Some(1_000_000)).await;
    assert_eq!(live.next().await.unwrap().event, "reset");
    world.server.shutdown().await;
    assert_eq!(live.rest().await.last().unwrap(), "0", "it was ended, not cut");
}

/// Two instances on one PostgreSQL: told by one what was written by the other.
#[tokio::test]
async fn what_one_instance_writes_the_other_tells() {
    let world = World::start().await;
    let Some(other) = world.another_instance().await else {
        return;
    };
    let token = token(&world, "wangmin").await;
    let mut live = Listener::open(&other, &token, None).await;
    assert!(live.status().await.contains(" 200 "));
    let wangmin = world.sign_in("wangmin").await;
    for _ in 0..3 {
        let added = wangmin.add_billing_title(&title(), key()).await.unwrap();
        assert_eq!(live.change().await.subject_id, added.id);
    }
    other.shutdown().await;
}
