//! The legal representative's phone: opens the face link and confirms, over plain HTTP as a phone would.

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Opens the link and presses «confirm».
///
/// # Errors
/// When the platform does not take it.
pub async fn confirm(url: &str) -> Result<()> {
    let page = ask("GET", url).await?;
    ensure!(page.starts_with("HTTP/1.1 200"), "the face page answers {page}");
    let answer = ask("POST", &format!("{url}/confirm")).await?;
    ensure!(answer.starts_with("HTTP/1.1 303"), "confirming answers {answer}");
    Ok(())
}

/// Downloads something the platform gives to everyone, such as its root certificate.
///
/// # Errors
/// When it does not answer with it.
pub async fn download(url: &str) -> Result<Vec<u8>> {
    let answer = exchanged("GET", url).await?;
    ensure!(answer.starts_with(b"HTTP/1.1 200"), "{url} is not given");
    let mut windows = answer.windows(4);
    let body = windows
        .position(|window| window == b"\r\n\r\n")
        .context("an answer without a body")?;
    Ok(answer.into_iter().skip(body + 4).collect())
}

async fn ask(method: &str, url: &str) -> Result<String> {
    Ok(String::from_utf8_lossy(&exchanged(method, url).await?).into_owned())
}

async fn exchanged(method: &str, url: &str) -> Result<Vec<u8>> {
    let rest = url
        .strip_prefix("http://")
        .context("the sandbox speaks plain HTTP on loopback")?;
    let (host, path) = rest.split_once('/').context("the link has no path")?;
    let mut stream = TcpStream::connect(host).await?;
    let request =
        format!("{method} /{path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(answer)
}
