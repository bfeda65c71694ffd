//! A proxy between application and platform that spoils calls in twelve ways, the same way for the same seed.
//!
//! Real sockets on both sides: the application sees what a bad network or a platform in trouble would do to it.

mod message;
mod plan;

pub use plan::{ALL_FAULTS, Fault, Faults};

use message::{Message, date_moved};
use plan::Plan;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

/// A request held back longer than this goes on although no other came to overtake it.
const LONGEST_HOLD: Duration = Duration::from_millis(300);
/// The platform's clock is moved by this much.
const CLOCK_HOURS: i64 = 24;

/// One call that came through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// Method and path with query, as in `POST /v1/orders`.
    pub call: String,
    /// Its idempotency key, if it had one.
    pub key: Option<String>,
    /// What was done to it.
    pub fault: Option<Fault>,
}

/// What the platform itself answered to one call, whatever became of it on its way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// Method and path with query, as in `POST /v1/orders`.
    pub call: String,
    /// Its status.
    pub status: u16,
    /// How long its body was.
    pub body_bytes: usize,
}

/// The proxy; ends when it is dropped.
pub struct FaultProxy {
    /// Address for the application, without a slash at its end.
    pub base_url: String,
    shared: Arc<Shared>,
    listening: AbortHandle,
}

struct Shared {
    target: String,
    plan: Mutex<Plan>,
    passed: Mutex<Vec<Passed>>,
    answered: Mutex<Vec<Answered>>,
    /// A request that waits to be overtaken.
    held: Mutex<Option<oneshot::Sender<()>>>,
}

impl FaultProxy {
    /// A proxy in front of `http://host:port`, faultless until told otherwise.
    ///
    /// # Panics
    /// When no port can be listened at.
    pub async fn before(base_url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let shared = Arc::new(Shared {
            target: base_url.trim_start_matches("http://").trim_end_matches('/').to_owned(),
            plan: Mutex::default(),
            passed: Mutex::default(),
            answered: Mutex::default(),
            held: Mutex::default(),
        });
        let listening = tokio::spawn(listen(listener, Arc::clone(&shared))).abort_handle();
        Self {
            base_url: format!("http://{address}"),
            shared,
            listening,
        }
    }

    /// Spoils calls from now on in this way; [`Faults::none`] ends it.
    pub fn spoil(&self, faults: Faults) {
        *locked(&self.shared.plan) = Plan::new(faults);
    }

    /// Everything that came through since the last time this was asked.
    #[must_use]
    pub fn take_passed(&self) -> Vec<Passed> {
        std::mem::take(&mut *locked(&self.shared.passed))
    }

    /// Everything the platform answered since the last time this was asked; live streams have no end and are not among it.
    #[must_use]
    pub fn take_answered(&self) -> Vec<Answered> {
        std::mem::take(&mut *locked(&self.shared.answered))
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            // A broken connection is what this is for.
            let _ = serve(stream, &shared).await;
        });
    }
}

/// One call for each connection, so that a fault meets nothing but its own call.
async fn serve(mut client: TcpStream, shared: &Shared) -> std::io::Result<()> {
    if locked(&shared.plan).refuses() {
        return reset(client);
    }
    let Some(request) = message::read_request(&mut client).await? else {
        return Ok(());
    };
    let fault = locked(&shared.plan).decide(request.start_line(), request.header("idempotency-key"));
    locked(&shared.passed).push(Passed {
        call: request.call(),
        key: request.header("idempotency-key").map(str::to_owned),
        fault,
    });
    if fault != Some(Fault::Reordered) {
        let waiting = locked(&shared.held).take();
        let outcome = spoiled(client, &request, fault, shared).await;
        drop(waiting);
        return outcome;
    }
    reordered(client, &request, shared).await
}

/// The caller's connection breaks; the request itself arrives after the next one.
async fn reordered(client: TcpStream, request: &Message, shared: &Shared) -> std::io::Result<()> {
    let (overtaken, wait) = oneshot::channel();
    drop(locked(&shared.held).replace(overtaken));
    reset(client)?;
    // Dropping the sender is the signal: the next call has been answered.
    let _ = tokio::time::timeout(LONGEST_HOLD, wait).await;
    forward(request, shared).await.map(drop)
}

async fn spoiled(
    mut client: TcpStream,
    request: &Message,
    fault: Option<Fault>,
    shared: &Shared,
) -> std::io::Result<()> {
    let longest = locked(&shared.plan).latency();
    match fault {
        Some(Fault::Refused | Fault::ResetBeforeRequest) => return reset(client),
        Some(Fault::ServerError) => return answer(&mut client, &message::unavailable()).await,
        Some(Fault::TooManyRequests) => {
            let seconds = locked(&shared.plan).retry_after_seconds();
            return answer(&mut client, &message::too_many(seconds)).await;
        }
        Some(Fault::Latency) => tokio::time::sleep(longest).await,
        Some(Fault::Duplicated) => drop(forward(request, shared).await?),
        _ => {}
    }
    if request.wants_stream() {
        return stream(client, request, shared).await;
    }
    let reply = forward(request, shared).await?;
    match fault {
        Some(Fault::AnswerLost) => reset(client),
        Some(Fault::ResetInBody) => {
            client.write_all(&reply.first_half()).await?;
            client.flush().await?;
            reset(client)
        }
        Some(Fault::TruncatedJson) => answer(&mut client, &reply.with_body(reply.half_body())).await,
        Some(Fault::WrongJson) => answer(&mut client, &reply.with_body(b"{\"surprise\":[1,2,{}]}")).await,
        Some(Fault::WrongClock) => {
            let hours = if request.call().len().is_multiple_of(2) {
                CLOCK_HOURS
            } else {
                -CLOCK_HOURS
            };
            answer(&mut client, &date_moved(&reply, hours)).await
        }
        _ => answer(&mut client, &reply).await,
    }
}

async fn answer(client: &mut TcpStream, reply: &Message) -> std::io::Result<()> {
    client.write_all(&reply.bytes()).await?;
    client.shutdown().await
}

/// Sends the request to the platform and reads its whole answer.
async fn forward(request: &Message, shared: &Shared) -> std::io::Result<Message> {
    let mut platform = TcpStream::connect(&shared.target).await?;
    platform.write_all(&request.closing().bytes()).await?;
    let mut bytes = Vec::new();
    platform.read_to_end(&mut bytes).await?;
    let reply = Message::parse(bytes);
    locked(&shared.answered).push(Answered {
        call: request.call(),
        status: reply.status(),
        body_bytes: reply.body_bytes(),
    });
    Ok(reply)
}

/// A live stream is passed on as it comes.
async fn stream(mut client: TcpStream, request: &Message, shared: &Shared) -> std::io::Result<()> {
    let mut platform = TcpStream::connect(&shared.target).await?;
    platform.write_all(&request.closing().bytes()).await?;
    tokio::io::copy_bidirectional(&mut client, &mut platform)
        .await
        .map(drop)
}

/// Closes with a reset instead of an orderly end.
fn reset(stream: TcpStream) -> std::io::Result<()> {
    stream.set_zero_linger()?;
    drop(stream);
    Ok(())
}
