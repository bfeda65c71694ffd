//! HTTP/1.1 messages, read whole and written anew with other bodies or headers.

use time::OffsetDateTime;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

/// Larger than any head of ours.
const HEAD_LIMIT_BYTES: usize = 64 * 1024;

/// A request or an answer.
#[derive(Clone)]
pub(super) struct Message {
    start: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// Reads one request; none when the caller went away before sending any.
pub(super) async fn read_request(stream: &mut TcpStream) -> std::io::Result<Option<Message>> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = head_end(&bytes) {
            break end;
        }
        if bytes.len() > HEAD_LIMIT_BYTES || stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    };
    let head = Message::parse(bytes.get(..end).unwrap_or_default().to_vec());
    let length: usize = head
        .header("content-length")
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    while bytes.len() < end + length {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    }
    Ok(Some(Message::parse(bytes)))
}

fn head_end(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
}

impl Message {
    /// A whole message; an answer in chunks is put together.
    pub(super) fn parse(bytes: Vec<u8>) -> Self {
        let end = head_end(&bytes).unwrap_or(bytes.len());
        let (head, body) = bytes.split_at(end);
        let head = String::from_utf8_lossy(head).into_owned();
        let mut lines = head.lines();
        let start = lines.next().unwrap_or_default().to_owned();
        let headers = lines.filter_map(|line| line.split_once(':'));
        let headers = headers.map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        let mut message = Self {
            start,
            headers: headers.collect(),
            body: body.to_vec(),
        };
        if message.header("transfer-encoding").is_some() {
            message.body = joined(&message.body);
            message.remove("transfer-encoding");
        }
        message
    }

    pub(super) fn start_line(&self) -> &str {
        &self.start
    }

    /// Method and path.
    pub(super) fn call(&self) -> String {
        self.start.trim_end_matches(" HTTP/1.1").to_owned()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(one, _)| one == name)
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn wants_stream(&self) -> bool {
        self.header("accept")
            .is_some_and(|kinds| kinds.contains("text/event-stream"))
    }

    fn remove(&mut self, name: &str) {
        self.headers.retain(|(one, _)| one != name);
    }

    fn set(&mut self, name: &str, value: String) {
        self.remove(name);
        self.headers.push((name.to_owned(), value));
    }

    /// The same, but the other side closes after it.
    pub(super) fn closing(&self) -> Self {
        let mut message = self.clone();
        message.set("connection", "close".to_owned());
        message
    }

    /// The same with another body.
    pub(super) fn with_body(&self, body: &[u8]) -> Self {
        let mut message = self.clone();
        message.body = body.to_vec();
        message
    }

    /// An answer's status; 0 for what is none.
    pub(super) fn status(&self) -> u16 {
        let word = self.start.split(' ').nth(1);
        word.and_then(|word| word.parse().ok()).unwrap_or(0)
    }

    pub(super) fn body_bytes(&self) -> usize {
        self.body.len()
    }

    pub(super) fn half_body(&self) -> &[u8] {
        self.body.get(..self.body.len() / 2).unwrap_or_default()
    }

    /// The head as if everything came, and half of what it promises.
    pub(super) fn first_half(&self) -> Vec<u8> {
        let all = self.bytes();
        let kept = all.len() - self.body.len().div_ceil(2);
        all.get(..kept).unwrap_or_default().to_vec()
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut message = self.clone();
        let has_body = !message.body.is_empty() || message.start.starts_with("HTTP/");
        if has_body {
            message.set("content-length", message.body.len().to_string());
        }
        message.set("connection", "close".to_owned());
        let mut head = format!("{}\r\n", message.start);
        for (name, value) in &message.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        [head.into_bytes(), message.body].concat()
    }
}

/// Chunks put together (RFC 9112, 7.1).
fn joined(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(line_end) = rest.windows(2).position(|two| two == b"\r\n") {
        let (line, after) = rest.split_at(line_end);
        let size = std::str::from_utf8(line)
            .ok()
            .and_then(|text| usize::from_str_radix(text, 16).ok());
        let after = after.get(2..).unwrap_or_default();
        let Some(chunk) = size.filter(|size| *size > 0).and_then(|size| after.get(..size)) else {
            break;
        };
        body.extend_from_slice(chunk);
        rest = after.get(chunk.len() + 2..).unwrap_or_default();
    }
    body
}

/// What a gateway says when the platform is not there.
pub(super) fn unavailable() -> Message {
    Message::parse(b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/html\r\n\r\n<h1>503</h1>".to_vec())
}

/// What a gateway says to a hasty caller.
pub(super) fn too_many(seconds: u64) -> Message {
    let text = format!("HTTP/1.1 429 Too Many Requests\r\nretry-after: {seconds}\r\n\r\nslow down");
    Message::parse(text.into_bytes())
}

/// The answer, as if the platform's clock were wrong by so many hours.
pub(super) fn date_moved(reply: &Message, hours: i64) -> Message {
    let mut moved = reply.clone();
    let told = reply.header("date").and_then(platform::http_date::read);
    let told = told.unwrap_or_else(OffsetDateTime::now_utc) + time::Duration::hours(hours);
    moved.set("date", platform::http_date::written(told));
    moved
}
