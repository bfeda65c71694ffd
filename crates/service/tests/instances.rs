//! Three instances behind nginx on one PostgreSQL, killed in the middle of their work, and a network that spoils calls in
//! all twelve ways: every effect exactly once.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests fail by panicking and write scratch files"
)]

mod service;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use platform::client::{ClientError, PlatformClient};
use platform::wire::*;
use service::*;
use testkit::faults::{ALL_FAULTS, FaultProxy, Faults};
use testkit::postgres::Durability;
use uuid::Uuid;

/// People who order at the same time, and how often.
const BUYERS: usize = 4;
const ORDERS_EACH: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_effect_happens_once_whoever_dies_and_whatever_gets_lost() {
    let service = Service::new(Durability::Full);
    let ports: Vec<u16> = free_ports(4);
    let base = format!("http://127.0.0.1:{}", ports[3]);
    let settings: Vec<PathBuf> = ports[..3]
        .iter()
        .map(|port| service.settings(&format!("{port}.toml"), &format!("127.0.0.1:{port}"), &base, ""))
        .collect();
    service.done(&settings[0], &["init"], "");
    service.people(&settings[0]);
    let running: Vec<Running> = settings.iter().map(|one| Running::start(one)).collect();
    let _balancer = Balancer::start(&service, &ports);

    let proxy = Arc::new(FaultProxy::before(&base).await);
    let wangmin = signed_in(&proxy.base_url, "wangmin").await;
    let operator = signed_in(&proxy.base_url, "operator").await;
    let (title, account) = authorised(&wangmin, &operator).await;
    let told = Listening::start(ports[3], &base).await;

    let (finished, heard) = channel();
    let spoiling = Arc::clone(&proxy);
    let killing = std::thread::spawn(move || trouble(running, &settings, &spoiling, &heard));
    let buying = tokio::task::LocalSet::new();
    let buyers: Vec<_> = (0..BUYERS)
        .map(|_| {
            let buyer = Buyer {
                wangmin: wangmin.clone(),
                operator: operator.clone(),
                title: title.id,
                account: account.id,
                finished: finished.clone(),
            };
            buying.spawn_local(buyer.buy())
        })
        .collect();
    drop(finished);
    buying.await;
    let mut bought = Vec::new();
    for buyer in buyers {
        bought.extend(buyer.await.unwrap());
    }
    let (running, kills, ways) = killing.join().unwrap();
    println!("{kills} instances were killed, calls spoiled in {ways} ways");
    assert!(kills >= 6, "only {kills}");
    assert!(ways >= ALL_FAULTS.len(), "only {ways}");
    judge(&service, &wangmin, &bought).await;
    let end = service
        .cluster
        .psql("platform", "SELECT feed_cursor FROM enterprises")
        .unwrap();
    told.judge(end.trim().parse().unwrap());
    for one in running {
        assert!(one.end().0, "an instance ends in order");
    }
}

/// Each time somebody is done, the next instance dies while the others' calls are under way on it, and starts again; and
/// when calls were spoiled in one way, they are in the next. Answers with how many died and in how many ways.
fn trouble(
    mut running: Vec<Running>,
    settings: &[PathBuf],
    proxy: &FaultProxy,
    finished: &Receiver<()>,
) -> (Vec<Running>, usize, usize) {
    let (mut kills, mut ways) = (0, 0);
    let way = |ways: usize| ALL_FAULTS[ways % ALL_FAULTS.len()];
    let spoil = |ways: usize| proxy.spoil(Faults::of(&[way(ways)], ways as u64));
    spoil(ways);
    while finished.recv().is_ok() {
        let at = kills % running.len();
        running.remove(at).kill();
        running.insert(at, Running::start(&settings[at]));
        kills += 1;
        if proxy.take_passed().iter().any(|call| call.fault == Some(way(ways))) {
            ways += 1;
            spoil(ways);
        }
    }
    proxy.spoil(Faults::none());
    (running, kills, ways)
}

/// Somebody who places an order, has it paid and asks for its invoice, again and again under the same keys until it is done.
struct Buyer {
    wangmin: PlatformClient,
    operator: PlatformClient,
    title: Uuid,
    account: Uuid,
    finished: Sender<()>,
}

impl Buyer {
    async fn buy(self) -> Vec<Uuid> {
        let package = insisted(async || self.wangmin.packages().await).await[0].id;
        let wanted = NewOrder {
            package_id: package,
            quantity: 1,
            title_id: self.title,
            account_id: self.account,
        };
        let mut bought = Vec::new();
        for _ in 0..ORDERS_EACH {
            let keys = [(); 3].map(|()| Uuid::new_v4());
            let order = insisted(async || self.wangmin.place_order(&wanted, keys[0]).await).await;
            let notice = paid(&order);
            let outcome = insisted(async || self.operator.bank_notice(&notice, keys[1]).await).await;
            assert!(!outcome.ignored, "the first answer to this key is kept");
            insisted(async || self.wangmin.request_invoice(order.id, keys[2]).await).await;
            bought.push(order.id);
            self.finished.send(()).unwrap();
        }
        bought
    }
}

/// Sends the same call until it is answered; a refusal is no answer that a fault may cause.
async fn insisted<T>(call: impl AsyncFn() -> Result<T, ClientError>) -> T {
    loop {
        match call().await {
            Ok(answer) => return answer,
            Err(ClientError::Refused { code, .. }) if code != ErrorCode::Internal => panic!("refused: {code:?}"),
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
        }
    }
}

/// Counted in the database, beside what the platform says.
async fn judge(service: &Service, wangmin: &PlatformClient, bought: &[Uuid]) {
    let all = BUYERS * ORDERS_EACH;
    assert_eq!(bought.len(), all);
    let psql = |sql: &str| service.cluster.psql("platform", sql).unwrap().trim().to_owned();
    assert_eq!(psql("SELECT count(*) FROM orders"), all.to_string());
    assert_eq!(
        psql("SELECT count(*) FROM orders WHERE payment_state = 'paid'"),
        all.to_string()
    );
    assert_eq!(psql("SELECT count(*) FROM bank_notices"), all.to_string());
    assert_eq!(psql("SELECT count(*) FROM certificates"), (3 * all).to_string());
    assert_eq!(psql("SELECT count(*) FROM invoices"), all.to_string());
    let gaps = "SELECT count(*) - max(cursor), count(*) - count(DISTINCT cursor) FROM changes";
    assert_eq!(psql(gaps), "0|0");
    let steps = "SELECT DISTINCT kind, json_array_length(events::json) FROM approvals ORDER BY 1";
    assert_eq!(psql(steps), "authorisation|2\ninvoice|1\npayment|2");
    let page = wangmin
        .orders(PageQuery {
            after: None,
            limit: 500,
        })
        .await
        .unwrap();
    assert!(bought.iter().all(|id| page.rows.iter().any(|row| row.id == *id)));
}

/// Somebody who follows the live stream through nginx, and connects again with the last event whenever it breaks off.
struct Listening {
    ended: Arc<AtomicBool>,
    heard: Receiver<i64>,
}

impl Listening {
    async fn start(port: u16, base: &str) -> Self {
        let token = PlatformClient::new(base, None)
            .unwrap()
            .sign_in("wangmin", PASSWORD)
            .await
            .unwrap()
            .token;
        let (ended, address) = (Arc::new(AtomicBool::new(false)), format!("127.0.0.1:{port}"));
        let (sender, heard) = channel();
        let stop = ended.clone();
        std::thread::spawn(move || {
            let mut last = 0;
            while !stop.load(Ordering::Relaxed) {
                let Ok(mut connection) = std::net::TcpStream::connect(&address) else {
                    continue;
                };
                let request = format!(
                    "GET /v1/changes/stream HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
                     authorization: Bearer {token}\r\nlast-event-id: {last}\r\n\r\n"
                );
                if connection.write_all(request.as_bytes()).is_err() {
                    continue;
                }
                for line in BufReader::new(connection).lines().map_while(Result::ok) {
                    if let Some(id) = line.strip_prefix("id: ") {
                        last = id.parse().unwrap();
                        if sender.send(last).is_err() {
                            return;
                        }
                    }
                }
            }
        });
        Self { ended, heard }
    }

    /// Heard of every change up to the end, once each and in order.
    fn judge(self, end: i64) {
        let patience = std::time::Duration::from_secs(60);
        for cursor in 1..=end {
            assert_eq!(self.heard.recv_timeout(patience).unwrap(), cursor);
        }
        self.ended.store(true, Ordering::Relaxed);
    }
}

/// nginx in the foreground of a shell that stops it when its standard input ends.
struct Balancer(Child);

impl Balancer {
    fn start(service: &Service, ports: &[u16]) -> Self {
        let file = service.path("nginx.conf");
        std::fs::write(&file, configuration(service, ports)).unwrap();
        let script = r#"trap '' HUP INT TERM
nginx -e "$1/nginx.err" -p "$1" -c "$1/nginx.conf" || exit 1
echo ready
cat >/dev/null
nginx -e "$1/nginx.err" -p "$1" -c "$1/nginx.conf" -s stop"#;
        let mut shell = Command::new("sh");
        shell.args(["-c", script, "sh"]).arg(service.folder.path());
        let mut shell = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = [0; 5];
        let heard = shell.stdout.take().unwrap().read_exact(&mut said);
        heard.expect("nginx starts: run `cargo xtask test`, it installs what the tests need");
        assert_eq!(&said, b"ready");
        Self(shell)
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        // It stops nginx; one that stays would be seen.
        let _ = self.0.wait();
    }
}

/// The delivered configuration with the addresses and files of this test.
fn configuration(service: &Service, ports: &[u16]) -> String {
    let delivered = include_str!("../deploy/nginx.conf");
    let servers: String = ports[..3]
        .iter()
        .map(|port| format!("server 127.0.0.1:{port} max_fails=0; "))
        .collect();
    let folder = service.folder.path().display();
    let paths: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|kind| format!("{kind}_temp_path {folder}/{kind}; "))
        .collect();
    let ours = delivered
        .replace("server instance:8080 max_fails=2 fail_timeout=2s;", &servers)
        .replace("listen 80;", &format!("listen 127.0.0.1:{};", ports[3]))
        .replace("http {", &format!("http {{ access_log off; {paths}"));
    assert!(ours.contains(&servers) && !ours.contains("listen 80;"));
    let user = if folder_is_of_root(service) { "user root; " } else { "" };
    format!("{user}pid {folder}/nginx.pid; {ours}")
}

fn folder_is_of_root(service: &Service) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(service.folder.path()).unwrap().uid() == 0
}

/// Ports nobody uses now.
fn free_ports(count: usize) -> Vec<u16> {
    let listeners: Vec<TcpListener> = (0..count).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    listeners.iter().map(|one| one.local_addr().unwrap().port()).collect()
}
