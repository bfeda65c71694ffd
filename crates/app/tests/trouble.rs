//! Bad input and bad days: platform away or talking nonsense, expired session, bad files, full disk, foreign data.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

use app::view::*;
use app::{App, AppOptions, DeviceSecretPlace, PlatformAddress};
use platform::client::ClientOptions;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::path::Path;
use testkit::pdfs;
use testkit::world::World;
use time::Duration;

fn options(folder: &Path, base_url: &str) -> AppOptions {
    let platform = PlatformAddress {
        base_url: base_url.to_owned(),
        sandbox_token: None,
        root_certificate: None,
    };
    AppOptions {
        device_secrets: DeviceSecretPlace::PlainFile,
        patience: ClientOptions {
            attempts: 1,
            ..ClientOptions::default()
        },
        ..AppOptions::new(folder.join("data"), folder.join("output"), platform)
    }
}

fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_platform_away_what_was_seen_can_be_read_and_writes_fail_clearly() {
    let World { app, server, .. } = &mut World::signed_in("wangmin").await;
    let before = app.packages().await.unwrap().len();
    assert!(before > 0);
    let stopped = std::mem::replace(server, World::new().await.server);
    stopped.shutdown().await;

    assert_eq!(app.packages().await.unwrap().len(), before);
    app.home().await.unwrap();
    let refused = app.start_face_authorisation().await.unwrap_err();
    assert_eq!(refused.code, FailureCode::Offline);
    assert_eq!(app.sync_now().await.unwrap_err().code, FailureCode::Offline);
    assert_eq!(app.sync_state().state, SyncState::Offline);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_session_is_told_and_what_was_seen_stays() {
    let world = World::signed_in("wangmin").await;
    world.clock.turn(Duration::days(400));
    let refused = world.app.start_face_authorisation().await.unwrap_err();
    assert_eq!(refused.code, FailureCode::SessionExpired);
    assert_eq!(
        world.app.sync_now().await.unwrap_err().code,
        FailureCode::SessionExpired
    );
    assert_eq!(world.app.sync_state().state, SyncState::Expired);
    assert!(!world.app.packages().await.unwrap().is_empty());
    world.sign_in("wangmin").await;
    assert_eq!(world.app.sync_state().state, SyncState::Synced);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_an_operator_do_not_get_in() {
    let world = World::new().await;
    let refused = world.app.sign_in("wangmin", secret("wrong")).await.unwrap_err();
    assert_eq!(refused.code, FailureCode::WrongPassword);
    let refused = world.app.sign_in("operator", secret("ganjiang")).await.unwrap_err();
    assert_eq!(refused.code, FailureCode::NotAllowed);
    let offered = world.app.session_state().await.unwrap().sandbox.unwrap().accounts;
    assert_eq!(offered.len(), 3);
    assert_eq!(world.app.home().await.unwrap_err().code, FailureCode::SessionExpired);
}

/// Answers every call with the same bytes.
fn answering(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer.as_bytes());
            // What is closed with something unread is reset, and the answer lost.
            let _ = stream.shutdown(Shutdown::Write);
            let _ = std::io::copy(&mut stream, &mut std::io::sink());
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_talks_nonsense_is_told_apart_from_none() {
    let folder = tempfile::tempdir().unwrap();
    let page =
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 13\r\nconnection: close\r\n\r\n<html></html>";
    let app = App::open(options(folder.path(), &answering(page))).unwrap();
    assert_eq!(
        app.sign_in("a", secret("b")).await.unwrap_err().code,
        FailureCode::PlatformNonsense
    );

    let folder = tempfile::tempdir().unwrap();
    let app = App::open(options(folder.path(), "http://127.0.0.1:9")).unwrap();
    assert_eq!(
        app.sign_in("a", secret("b")).await.unwrap_err().code,
        FailureCode::Offline
    );
    let not_an_address = App::open(options(&folder.path().join("x"), "ftp://example.com"))
        .err()
        .unwrap();
    assert_eq!(not_an_address.code, FailureCode::FieldInvalid);
}

#[tokio::test]
async fn bad_files_are_listed_with_their_reason() {
    let folder = tempfile::tempdir().unwrap();
    let app = App::open(options(folder.path(), "http://127.0.0.1:9")).unwrap();
    let cases = [
        (pdfs::empty(), FailureCode::PdfEmpty),
        (pdfs::not_a_pdf(), FailureCode::PdfNotPdf),
        (pdfs::encrypted(), FailureCode::PdfEncrypted),
    ];
    for (number, (bytes, expected)) in cases.into_iter().enumerate() {
        let path = pdfs::put(folder.path(), &format!("{number}.pdf"), &bytes);
        let opened = app.open_documents(vec![path]).await.unwrap();
        assert_eq!(opened[0].refusal.as_ref().map(|refusal| refusal.code), Some(expected));
        assert_eq!(app.verify_document(&opened[0].id).await.unwrap_err().code, expected);
    }
    let damaged = pdfs::put(folder.path(), "damaged.pdf", &pdfs::truncated());
    let opened = app
        .open_documents(vec![damaged, folder.path().join("missing.pdf")])
        .await
        .unwrap();
    assert!(opened[0].refusal.is_some());
    assert_eq!(
        opened[1].refusal.as_ref().map(|refusal| refusal.code),
        Some(FailureCode::FileNotFound)
    );
    let unsigned = pdfs::put(folder.path(), "plain.pdf", &pdfs::simple(2));
    let opened = app.open_documents(vec![unsigned]).await.unwrap();
    assert_eq!((opened[0].page_count, opened[0].refusal.is_none()), (2, true));
    assert_eq!(
        app.verify_document(&opened[0].id).await.unwrap().verdict,
        Verdict::Unsigned
    );
}

#[tokio::test]
async fn two_programs_do_not_share_one_data_folder() {
    let folder = tempfile::tempdir().unwrap();
    let first = App::open(options(folder.path(), "http://127.0.0.1:9")).unwrap();
    let second = App::open(options(folder.path(), "http://127.0.0.1:9")).err().unwrap();
    assert_eq!(second.code, FailureCode::StoreBusy);
    drop(first);
    App::open(options(folder.path(), "http://127.0.0.1:9")).unwrap();
}

#[tokio::test]
async fn data_of_a_newer_version_is_refused_with_both_numbers() {
    let folder = tempfile::tempdir().unwrap();
    drop(App::open(options(folder.path(), "http://127.0.0.1:9")).unwrap());
    let database = folder.path().join("data").join("ganjiang.sqlite");
    rusqlite::Connection::open(database)
        .unwrap()
        .pragma_update(None, "user_version", 77)
        .unwrap();
    let refused = App::open(options(folder.path(), "http://127.0.0.1:9")).err().unwrap();
    assert_eq!(
        (refused.code, refused.params["found"].as_str()),
        (FailureCode::StoreFromNewerVersion, "77")
    );
}

#[tokio::test]
async fn settings_are_kept_and_bad_ones_refused() {
    let folder = tempfile::tempdir().unwrap();
    let app = App::open(options(folder.path(), "http://127.0.0.1:9")).unwrap();
    let input = |suffix: &str, address: Option<&str>| SettingsInput {
        theme: Theme::Dark,
        language: Language::English,
        output_suffix: suffix.to_owned(),
        platform_address: address.map(str::to_owned),
        timestamp_address: None,
    };
    assert_eq!(
        app.save_settings(input(" ", None)).await.unwrap_err().code,
        FailureCode::FieldInvalid
    );
    assert_eq!(
        app.save_settings(input("x", Some("nonsense"))).await.unwrap_err().code,
        FailureCode::FieldInvalid
    );
    app.save_settings(input("-signed", Some("https://platform.example")))
        .await
        .unwrap();
    drop(app);
    let address = app::configured_platform(&folder.path().join("data"));
    assert_eq!(address.as_deref(), Some("https://platform.example"));
    let app = App::open(options(folder.path(), "http://127.0.0.1:9")).unwrap();
    let settings = app.settings().await.unwrap();
    assert_eq!(
        (settings.theme, settings.output_suffix.as_str()),
        (Theme::Dark, "-signed")
    );
}
