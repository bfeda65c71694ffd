//! Exchanges between client and platform: recorded, given names that stay the same, played back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use platform::IDEMPOTENCY_HEADER;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use uuid::Uuid;

/// One call and its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Exchange {
    /// `method /path/{of}/the/contract`.
    pub(crate) operation: String,
    /// Path and query as sent.
    pub(crate) path: String,
    /// Did it carry an idempotency key?
    pub(crate) keyed: bool,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) request: Option<Value>,
    pub(crate) status: u16,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) reply: Option<Value>,
    /// The header that leads to the next page.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) link: Option<String>,
}

/// Files are no JSON: their length and kind vary, their presence does not.
fn json(bytes: &[u8]) -> Option<Value> {
    match serde_json::from_slice(bytes) {
        Ok(value) => Some(value),
        Err(_) if bytes.is_empty() => None,
        Err(_) => Some(json!("(a file)")),
    }
}

type Kept = Arc<Mutex<Vec<Exchange>>>;

/// Stands between client and platform.
pub(crate) struct Recorder {
    pub(crate) base_url: String,
    kept: Kept,
}

impl Recorder {
    /// `tick` is called before each call, so that no two things happen at the same time.
    pub(crate) async fn before(base_url: &str, tick: impl Fn() + Send + Sync + 'static) -> Self {
        let kept = Kept::default();
        let host = base_url.strip_prefix("http://").unwrap().to_owned();
        let state = State((host, Arc::new(tick) as Tick, kept.clone()));
        let listening = served(state, passed).await;
        Self {
            base_url: listening,
            kept,
        }
    }

    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        self.kept.lock().unwrap().clone()
    }
}

async fn served<S, F, Fut>(State(state): State<S>, answer: F) -> String
where
    S: Clone + Send + Sync + 'static,
    F: Fn(S, Request) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Response> + Send,
{
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = axum::Router::new().fallback(move |request: Request| answer(state.clone(), request));
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

async fn taken(request: Request) -> (Exchange, HeaderMap, Bytes) {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let exchange = Exchange {
        operation: parts.method.as_str().to_lowercase(),
        path: parts.uri.to_string(),
        keyed: parts.headers.contains_key(IDEMPOTENCY_HEADER),
        request: json(&body),
        status: 0,
        reply: None,
        link: None,
    };
    (exchange, parts.headers, body)
}

type Tick = Arc<dyn Fn() + Send + Sync>;

async fn passed((host, tick, kept): (String, Tick, Kept), request: Request) -> Response {
    tick();
    let (mut exchange, headers, body) = taken(request).await;
    let mut head = format!("{} {} HTTP/1.1\r\n", exchange.operation.to_uppercase(), exchange.path);
    for (name, value) in headers.iter().filter(|(name, _)| **name != header::CONNECTION) {
        head += &format!("{name}: {}\r\n", value.to_str().unwrap());
    }
    let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
    stream
        .write_all(format!("{head}connection: close\r\n\r\n").as_bytes())
        .await
        .unwrap();
    stream.write_all(&body).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    let body = answer[end + 4..].to_vec();
    exchange.status = head.split(' ').nth(1).unwrap().parse().unwrap();
    exchange.reply = json(&body);
    exchange.link = head
        .lines()
        .find_map(|line| line.strip_prefix("link: ").map(str::to_owned));
    let (status, link) = (exchange.status, exchange.link.clone());
    kept.lock().unwrap().push(exchange);
    response(status, link, body)
}

fn response(status: u16, link: Option<String>, body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    if let Some(link) = link {
        response.headers_mut().insert(header::LINK, link.parse().unwrap());
    }
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
}

/// Answers as recorded, one after another, and records what it was asked.
pub(crate) struct Replay {
    pub(crate) base_url: String,
    kept: Kept,
}

impl Replay {
    pub(crate) async fn of(exchanges: Vec<Exchange>) -> Self {
        let kept = Kept::default();
        let left = Arc::new(Mutex::new(exchanges.into_iter()));
        let base_url = served(State((left, kept.clone())), played).await;
        Self { base_url, kept }
    }

    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        self.kept.lock().unwrap().clone()
    }
}

async fn played((left, kept): (Arc<Mutex<std::vec::IntoIter<Exchange>>>, Kept), request: Request) -> Response {
    let (exchange, ..) = taken(request).await;
    let recorded = left.lock().unwrap().next().expect("more calls than recorded");
    let body = match &recorded.reply {
        Some(Value::String(file)) if file == "(a file)" => b"%PDF-1.4".to_vec(),
        Some(value) => serde_json::to_vec(value).unwrap(),
        None => Vec::new(),
    };
    kept.lock().unwrap().push(Exchange {
        status: recorded.status,
        reply: recorded.reply.clone(),
        link: recorded.link.clone(),
        ..exchange
    });
    response(recorded.status, recorded.link, body)
}

/// The operations of the document: method, path.
pub(crate) fn operations() -> Vec<(String, String)> {
    let document: Value = serde_json::from_str(include_str!("../../../platform/openapi.json")).unwrap();
    let paths = document["paths"].as_object().unwrap().clone();
    let of_path = |(path, item): (String, Value)| {
        let methods: Vec<String> = item.as_object().unwrap().keys().cloned().collect();
        methods.into_iter().map(move |method| (method, path.clone()))
    };
    paths.into_iter().flat_map(of_path).collect()
}

fn fits(template: &str, path: &str) -> bool {
    let (one, other): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    one.len() == other.len()
        && one
            .iter()
            .zip(&other)
            .all(|(one, other)| one.starts_with('{') || one == other)
}

/// What is random gets the same name in every recording: identifiers by their order, secrets and numbers by their field.
#[derive(Default)]
pub(crate) struct Names {
    of: BTreeMap<String, String>,
    count: usize,
}

/// Fields whose text is random, or depends on the address.
const RANDOM: [&str; 22] = [
    "token",
    "refresh_token",
    "link",
    "url",
    "number",
    "order_number",
    "receiving_account",
    "serial",
    "certificate",
    "certificate_pem",
    "chain",
    "request",
    "epoch",
    "mark",
    "request_id",
    "content_hash",
    "api_key",
    "page_url",
    "secret",
    "device_key",
    "written",
    "hash",
];

/// What stands between the parts of a path, its query, and a link.
const PARTS: [char; 6] = ['/', '?', '=', '&', ':', '>'];

impl Names {
    pub(crate) fn replaced(mut self, exchanges: Vec<Exchange>, operations: &[(String, String)]) -> Vec<Exchange> {
        exchanges
            .into_iter()
            .map(|one| self.exchange(one, operations))
            .collect()
    }

    fn exchange(&mut self, mut exchange: Exchange, operations: &[(String, String)]) -> Exchange {
        let bare = exchange.path.split('?').next().unwrap().to_owned();
        let method = exchange.operation.split(' ').next().unwrap().to_owned();
        let exact = operations.iter().find(|(one, path)| *one == method && *path == bare);
        let found = exact.or_else(|| {
            operations
                .iter()
                .find(|(one, path)| *one == method && fits(path, &bare))
        });
        exchange.operation = format!("{method} {}", found.expect("an operation of the contract").1);
        exchange.path = self.parts(&exchange.path);
        exchange.link = exchange.link.map(|link| self.parts(&link));
        // Entitlements of one order come in any sequence.
        if let ("get /v1/certificates", Some(Value::Array(rows))) = (exchange.operation.as_str(), &mut exchange.reply) {
            rows.sort_by_key(|row| row["kind"].to_string());
        }
        for value in [&mut exchange.request, &mut exchange.reply].into_iter().flatten() {
            self.value(value, "");
        }
        exchange
    }

    /// A path with its query, or a link.
    fn parts(&mut self, text: &str) -> String {
        let text = text.replace("%3A", ":");
        text.split_inclusive(PARTS).map(|part| self.part(part)).collect()
    }

    fn part(&mut self, part: &str) -> String {
        let (text, end) = match part.char_indices().last() {
            Some((at, end)) if PARTS.contains(&end) => part.split_at(at),
            _ => (part, ""),
        };
        format!("{}{end}", self.text(text, ""))
    }

    fn value(&mut self, value: &mut Value, field: &str) {
        match value {
            Value::String(text) => *text = self.text(text, field),
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(item, field)),
            Value::Object(fields) => {
                let of_receiving = field == "receiving";
                for (name, value) in fields {
                    let name = if of_receiving && name == "account" {
                        "receiving_account"
                    } else {
                        name
                    };
                    self.value(value, name);
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str, field: &str) -> String {
        if let Some(known) = self.of.get(text) {
            return known.clone();
        }
        let count = self.count + 1;
        let name = match text.parse::<Uuid>() {
            Ok(_) => Uuid::from_u128(0x4000_8000_0000_0000_0000 + count as u128).to_string(),
            Err(_) if RANDOM.contains(&field) && !text.is_empty() => format!("{field}-{count}"),
            Err(_) => return text.to_owned(),
        };
        self.count = count;
        self.of.insert(text.to_owned(), name.clone());
        // What the client made and the platform repeats has its name in the files already.
        self.of.insert(name.clone(), name.clone());
        name
    }
}

/// Fields whose parts are named by codes: their texts are data.
const DATA: [&str; 2] = ["params", "title_params"];

/// The exchanges with a new field in every object and a new word in the place of every word of an enumeration, and how
/// many words that were.
pub(crate) fn later_version(mut exchanges: Vec<Exchange>) -> (Vec<Exchange>, usize) {
    let words = enumerated_words();
    let mut changed = 0;
    for reply in exchanges.iter_mut().filter_map(|exchange| exchange.reply.as_mut()) {
        reworded(reply, "", &words, &mut changed);
    }
    (exchanges, changed)
}

/// Fields that hold words of an enumeration somewhere, and the words.
fn enumerated_words() -> BTreeSet<String> {
    let document: Value = serde_json::from_str(include_str!("../../../platform/openapi.json")).unwrap();
    let mut words = BTreeSet::new();
    collected(&document["components"]["schemas"], &mut words);
    words
}

fn collected(schema: &Value, words: &mut BTreeSet<String>) {
    if let Some(list) = schema["enum"].as_array() {
        words.extend(list.iter().filter_map(Value::as_str).map(str::to_owned));
    }
    match schema {
        Value::Object(fields) => fields.values().for_each(|value| collected(value, words)),
        Value::Array(items) => items.iter().for_each(|value| collected(value, words)),
        _ => {}
    }
}

fn reworded(value: &mut Value, field: &str, words: &BTreeSet<String>, changed: &mut usize) {
    match value {
        // An account is called «operator», which is the word of a role.
        Value::String(text) if words.contains(text) && !matches!(field, "account" | "reason") => {
            *text = "word_of_a_later_version".to_owned();
            *changed += 1;
        }
        Value::Array(items) => items.iter_mut().for_each(|item| reworded(item, field, words, changed)),
        Value::Object(_) if DATA.contains(&field) => {}
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                reworded(value, name, words, changed);
            }
            fields.insert("of_a_later_version".to_owned(), json!({"new": [1, true, null]}));
        }
        _ => {}
    }
}
