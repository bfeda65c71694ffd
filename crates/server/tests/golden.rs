//! Recorded exchanges: what the client sends and the platform answers, as files that another platform can be held against.
//!
//! A story is told three times: against this platform, whose answers equal the files; against the files, which the client
//! reads and by which it sends what is recorded; and against the files as a later version of the contract would word them.
//! After a wanted change: `GANJIANG_RECORD=1 cargo nextest run -p server --test golden`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests fail by panicking and write scratch files"
)]

#[path = "golden/exchanges.rs"]
mod exchanges;
#[path = "golden/stories.rs"]
mod stories;
mod world;

use std::path::PathBuf;

use exchanges::{Exchange, Names, Recorder, Replay, later_version, operations};
use platform::client::PlatformClient;
use world::World;

fn file(story: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../platform/golden/{story}.json"))
}

fn kept(story: &str) -> Vec<Exchange> {
    let text = std::fs::read_to_string(file(story)).expect("recorded: see the head of this file");
    serde_json::from_str(&text).unwrap()
}

/// Tells a story against this platform.
async fn recorded<F: AsyncFnOnce(&dyn Fn() -> PlatformClient)>(story: &str, tell: F) {
    let world = World::start().await;
    let recorder = Recorder::before(&world.server.base_url, world.ticking()).await;
    let token = world.server.sandbox_token.clone();
    tell(&|| PlatformClient::new(&recorder.base_url, token.clone()).unwrap()).await;
    let present = Names::default().replaced(recorder.exchanges(), &operations());
    if std::env::var_os("GANJIANG_RECORD").is_some() {
        let text = serde_json::to_string_pretty(&present).unwrap() + "\n";
        std::fs::write(file(story), text).unwrap();
    }
    let kept = kept(story);
    same(&present, &kept, story);
}

fn same(present: &[Exchange], kept: &[Exchange], story: &str) {
    assert_eq!(present.len(), kept.len(), "{story}: another number of exchanges");
    for (present, kept) in present.iter().zip(kept) {
        assert_eq!(present, kept, "{story}");
    }
}

/// Tells it against the files: the client reads every answer, and sends what was recorded.
async fn replayed<F: AsyncFnOnce(&dyn Fn() -> PlatformClient)>(story: &str, tell: F) {
    let kept = kept(story);
    let replay = Replay::of(kept.clone()).await;
    tell(&|| PlatformClient::new(&replay.base_url, Some("token".to_owned())).unwrap()).await;
    let sent = Names::default().replaced(replay.exchanges(), &operations());
    same(&sent, &kept, story);
}

/// Tells it against a later version: fields nobody knows, and another word for every word of an enumeration.
async fn outlived<F: AsyncFnOnce(&dyn Fn() -> PlatformClient)>(story: &str, tell: F) {
    let (later, changed) = later_version(kept(story));
    assert!(changed > 20, "{changed} words changed");
    let replay = Replay::of(later).await;
    tell(&|| PlatformClient::new(&replay.base_url, None).unwrap()).await;
    assert_eq!(replay.exchanges().len(), kept(story).len(), "{story}");
}

macro_rules! golden {
    ($($story:ident)*) => { $(
        mod $story {
            use super::*;

            #[tokio::test]
            async fn this_platform_answers_as_recorded() {
                recorded(stringify!($story), async |client| stories::$story(client).await).await;
            }

            #[tokio::test]
            async fn the_client_reads_what_is_recorded_and_sends_the_same() {
                replayed(stringify!($story), async |client| stories::$story(client).await).await;
            }

            #[tokio::test]
            async fn the_client_outlives_fields_and_words_of_a_later_version() {
                outlived(stringify!($story), async |client| stories::$story(client).await).await;
            }
        }
    )* };
}

golden! { purchase certificate refusals }

#[test]
fn what_is_recorded_fits_the_document() {
    let document = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../platform/openapi.json");
    let files = ["purchase", "certificate", "refusals"].map(file);
    let counts = testkit::judges::openapi_counts(&document, &files);
    let counts: serde_json::Value = serde_json::from_str(&counts).unwrap();
    assert!(counts["recorded"].as_u64() > Some(50), "{counts}");
}
