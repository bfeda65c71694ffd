//! One worker as its parent sees it: started, asked, and killed when it does not answer.
use super::protocol::{Answer, MOST_BODY, PageOrder, Refusal, header, header_length};
use super::serving::ARGUMENT;
use std::fmt;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use zeroize::Zeroizing;

/// Longest time to draw one page, starting the worker and opening the file included.
const TIME_TO_DRAW: Duration = Duration::from_secs(9);

/// A running worker. Dropped, it is killed; when we are killed ourselves, it ends with its input.
pub(super) struct Worker {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

/// A finished picture.
#[derive(Clone)]
pub struct Drawn {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// As was ordered.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Drawn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} × {} pixels, {} bytes",
            self.width,
            self.height,
            self.bytes.len()
        )
    }
}

/// Why a worker gave no picture.
pub(super) enum NoPicture {
    /// It said so, and can go on.
    Refused(Refusal),
    /// It took too long and was killed.
    TooSlow,
    /// It died, or spoke nonsense and was killed.
    Broken,
}

impl Worker {
    pub(super) fn start(program: &Path) -> io::Result<Self> {
        let mut child = Command::new(program)
            .arg(ARGUMENT)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (input, output) = pipes.ok_or_else(|| io::Error::from(ErrorKind::BrokenPipe))?;
        Ok(Self {
            child,
            input,
            output: BufReader::new(output),
        })
    }

    /// The worker's process id, while it runs.
    pub(super) fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Has one page drawn. After anything but a picture or a refusal the worker is of no more use.
    pub(super) async fn draw(&mut self, order: &PageOrder) -> Result<Drawn, NoPicture> {
        match tokio::time::timeout(TIME_TO_DRAW, self.exchange(order)).await {
            Ok(Ok(Ok(drawn))) => Ok(drawn),
            Ok(Ok(Err(refusal))) => Err(NoPicture::Refused(refusal)),
            Ok(Err(_)) => Err(NoPicture::Broken),
            Err(_) => Err(NoPicture::TooSlow),
        }
    }

    /// Kills it and waits until it is gone.
    pub(super) async fn end(mut self) {
        // It may have ended by itself.
        let _ = self.child.kill().await;
    }

    async fn exchange(&mut self, order: &PageOrder) -> io::Result<Result<Drawn, Refusal>> {
        self.input.write_all(&header(order)?).await?;
        self.input.flush().await?;
        let mut length = [0; 4];
        self.output.read_exact(&mut length).await?;
        let mut json = Zeroizing::new(vec![0; header_length(length)?]);
        self.output.read_exact(&mut json).await?;
        match serde_json::from_slice(&json)? {
            Answer::Refused(refusal) => Ok(Err(refusal)),
            Answer::Drawn { bytes, .. } if bytes > MOST_BODY => Err(ErrorKind::InvalidData.into()),
            Answer::Drawn { width, height, bytes } => {
                let mut body = vec![0; usize::try_from(bytes).map_err(io::Error::other)?];
                self.output.read_exact(&mut body).await?;
                Ok(Ok(Drawn {
                    width,
                    height,
                    bytes: body,
                }))
            }
        }
    }
}
