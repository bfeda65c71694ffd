//! The client against a counterpart that misbehaves: a listener that plays back bytes.
#![cfg(feature = "client")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use platform::client::{AuthorityServices, ClientError, ClientOptions, PlatformClient};
use platform::wire::ErrorCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use uuid::Uuid;

/// Answers the calls in turn, the last answer for all that follow; tells how many came.
async fn playback(answers: Vec<String>) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = calls.clone();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 65536];
            let _ = stream.read(&mut request).await;
            let turn = counted.fetch_add(1, Ordering::SeqCst);
            let answer = &answers[turn.min(answers.len() - 1)];
            let _ = stream.write_all(answer.as_bytes()).await;
            if !answer.is_empty() {
                let _ = stream.shutdown().await;
            }
            // One that says nothing keeps the line open until the client gives up; and what is closed with something
            // unread is reset, and the answer lost.
            while stream.read(&mut request).await.is_ok_and(|count| count > 0) {}
        }
    });
    (url, calls)
}

fn http(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}")
}

fn client(url: &str) -> PlatformClient {
    with_patience(url, ClientOptions::default().timeout)
}

fn with_patience(url: &str, timeout: Duration) -> PlatformClient {
    let options = ClientOptions {
        timeout,
        first_pause: Duration::from_millis(5),
        answer_limit_bytes: 1000,
        ..ClientOptions::default()
    };
    PlatformClient::with_options(url, None, options).unwrap()
}

#[tokio::test]
async fn pages_that_lead_back_to_one_before_end_the_walk() {
    let page = |after: &str| http("200 OK", &format!("link: <?after={after}>; rel=\"next\"\r\n"), "[]");
    let (url, calls) = playback(vec![page("1:a"), page("2:b"), page("1:a")]).await;
    let outcome = client(&url).certificates().await;
    assert!(matches!(outcome, Err(ClientError::Nonsense { .. })), "{outcome:?}");
    assert_eq!(calls.load(Ordering::SeqCst), 3);
    // One that knows no pages answers with everything, whatever is asked.
    let (url, calls) = playback(vec![http("200 OK", "", "[]")]).await;
    assert_eq!(client(&url).invoices().await, Ok(Vec::new()));
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn answers_that_make_no_sense() {
    for body in ["<html>登录上网</html>", "", "{}", "[1,2", "{\"code\":\"new_code\"}"] {
        for status in ["200 OK", "404 Not Found", "500 Internal Server Error"] {
            let (url, _) = playback(vec![http(status, "", body)]).await;
            let outcome = client(&url).me().await;
            assert!(
                matches!(outcome, Err(ClientError::Nonsense { .. })),
                "{status} {body} {outcome:?}"
            );
        }
    }
    let (url, _) = playback(vec![http("302 Found", "location: http://127.0.0.1:1/\r\n", "")]).await;
    assert!(matches!(
        client(&url).me().await,
        Err(ClientError::Nonsense { status: 302, .. })
    ));
    let (url, _) = playback(vec![http("200 OK", "", &"x".repeat(2000))]).await;
    assert_eq!(
        client(&url).letter_template().await,
        Err(ClientError::TooLarge { limit_bytes: 1000 })
    );
}

#[tokio::test]
async fn refusals_keep_code_and_parameters() {
    let body = r#"{"code":"field_invalid","message":"","params":{"field":"phone","why":"length"}}"#;
    let (url, calls) = playback(vec![http("422 Unprocessable Entity", "", body)]).await;
    match client(&url).me().await {
        Err(ClientError::Refused { code, params }) => {
            assert_eq!((code, params["field"].as_str()), (ErrorCode::FieldInvalid, "phone"));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(calls.load(Ordering::SeqCst), 1, "a refusal is not repeated");
    let body = r#"{"code":"session_expired","message":"","params":{}}"#;
    let (url, _) = playback(vec![http("401 Unauthorized", "", body)]).await;
    assert_eq!(
        client(&url).me().await,
        Err(ClientError::Unauthorized(ErrorCode::SessionExpired))
    );
}

#[tokio::test]
async fn what_may_be_repeated_is_repeated() {
    let busy = http("503 Service Unavailable", "retry-after: 0\r\n", "busy");
    let fine = http("200 OK", "", "[]");
    let (url, calls) = playback(vec![busy.clone(), busy.clone(), fine]).await;
    assert_eq!(client(&url).packages().await, Ok(Vec::new()));
    assert_eq!(calls.load(Ordering::SeqCst), 3);

    let (url, calls) = playback(vec![busy.clone()]).await;
    let outcome = client(&url)
        .remove_billing_title(Uuid::new_v4(), None, Uuid::new_v4())
        .await;
    assert_eq!(
        outcome,
        Err(ClientError::Unavailable {
            status: 503,
            retry_after: Some(0)
        })
    );
    assert_eq!(calls.load(Ordering::SeqCst), 3, "a write with a key is repeated");

    let (url, calls) = playback(vec![busy]).await;
    assert!(client(&url).sign_in("a", "b").await.is_err());
    assert_eq!(calls.load(Ordering::SeqCst), 1, "a sign-in is not");

    let patience = http("429 Too Many Requests", "retry-after: 3600\r\n", "later");
    let (url, calls) = playback(vec![patience]).await;
    assert_eq!(
        client(&url).me().await,
        Err(ClientError::Unavailable {
            status: 429,
            retry_after: Some(3600)
        })
    );
    assert_eq!(calls.load(Ordering::SeqCst), 1, "an hour is not waited for");
}

#[tokio::test]
async fn nobody_there_or_nobody_answering() {
    let (url, _) = playback(vec![String::new()]).await;
    let hanging = with_patience(&url, Duration::from_millis(400));
    assert_eq!(hanging.me().await, Err(ClientError::Timeout));
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let outcome = client(&url).me().await;
    assert!(matches!(outcome, Err(ClientError::Offline(_))), "{outcome:?}");
    assert!(outcome.unwrap_err().is_passing());
    for address in ["", "ganjiang", "ftp://example.cn", "file:///etc/passwd"] {
        assert!(
            matches!(PlatformClient::new(address, None), Err(ClientError::InvalidAddress)),
            "{address}"
        );
    }
}

#[tokio::test]
async fn an_authority_that_hangs_is_waited_for_once() {
    let (url, calls) = playback(vec![String::new()]).await;
    let options = ClientOptions {
        timeout: Duration::from_millis(400),
        ..ClientOptions::default()
    };
    let services = AuthorityServices::new(&options).unwrap();
    assert!(matches!(
        services.ocsp(&url, b"request").await,
        Err(ClientError::Timeout)
    ));
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    // One that is out of order is asked once more within the same time.
    let services = AuthorityServices::new(&ClientOptions::default()).unwrap();
    let (url, calls) = playback(vec![http("503 Busy", "", ""), http("200 OK", "", "answer")]).await;
    assert_eq!(services.ocsp(&url, b"request").await.unwrap(), b"answer");
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}
