//! Public services of certificate and timestamp authorities, whoever runs them: timestamps, OCSP, lists, certificates.
//!
//! Absent on purpose: reading the answers. Nothing of a session goes along, so redirects may be followed.

use std::time::Duration;

use reqwest::{Client, RequestBuilder, header};

use super::transport::{self, is_unavailable};
use super::{ClientError, ClientOptions, client_builder, is_loopback};

/// Redirects that are followed: lists and certificates are often moved to another host.
const REDIRECTS: usize = 3;
/// A timestamp or OCSP answer has a few kilobytes, a certificate less.
const ANSWER_LIMIT_BYTES: usize = 256 * 1024;
/// Revocation lists of large authorities.
const LIST_LIMIT_BYTES: usize = 16 * 1024 * 1024;
/// Attempts in all: none of these calls changes anything.
const ATTEMPTS: u32 = 2;

/// A client of public services. Cheap to clone.
#[derive(Clone)]
pub struct AuthorityServices {
    http: Client,
    /// Services on this machine must not be looked for behind the company's proxy.
    loopback: Client,
    pause: Duration,
    /// For all attempts together: a service that hangs is not waited for twice.
    patience: Duration,
}

impl AuthorityServices {
    /// A client with this patience.
    ///
    /// # Errors
    /// [`ClientError::Offline`] when the system's certificates cannot be loaded.
    pub fn new(options: &ClientOptions) -> Result<Self, ClientError> {
        let redirects = || reqwest::redirect::Policy::limited(REDIRECTS);
        Ok(Self {
            http: built(client_builder(options).redirect(redirects()))?,
            loopback: built(client_builder(options).redirect(redirects()).no_proxy())?,
            pause: options.first_pause,
            patience: options.timeout,
        })
    }

    /// Sends a `TimeStampReq` (RFC 3161, 3.4); gives back the `TimeStampResp`, unread.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn timestamp(&self, address: &str, request: &[u8]) -> Result<Vec<u8>, ClientError> {
        self.post(address, request, "application/timestamp-query").await
    }

    /// Sends an `OCSPRequest` (RFC 6960, A.1); gives back the `OCSPResponse`, unread.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn ocsp(&self, address: &str, request: &[u8]) -> Result<Vec<u8>, ClientError> {
        self.post(address, request, "application/ocsp-request").await
    }

    /// Fetches a revocation list.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn list(&self, address: &str) -> Result<Vec<u8>, ClientError> {
        let call = self.client(address)?.get(address);
        self.repeated(&call, LIST_LIMIT_BYTES).await
    }

    /// Fetches an issuer's certificate.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn certificate(&self, address: &str) -> Result<Vec<u8>, ClientError> {
        let call = self.client(address)?.get(address);
        self.repeated(&call, ANSWER_LIMIT_BYTES).await
    }

    async fn post(&self, address: &str, body: &[u8], content_type: &str) -> Result<Vec<u8>, ClientError> {
        let call = self.client(address)?.post(address);
        let call = call.header(header::CONTENT_TYPE, content_type).body(body.to_vec());
        self.repeated(&call, ANSWER_LIMIT_BYTES).await
    }

    fn client(&self, address: &str) -> Result<&Client, ClientError> {
        let address = service_address(address)?;
        Ok(if is_loopback(&address) {
            &self.loopback
        } else {
            &self.http
        })
    }

    async fn repeated(&self, call: &RequestBuilder, limit_bytes: usize) -> Result<Vec<u8>, ClientError> {
        let mut attempt = 1;
        let end = tokio::time::Instant::now() + self.patience;
        loop {
            let outcome = match call.try_clone() {
                Some(call) => tokio::time::timeout_at(end, once(call, limit_bytes)).await,
                None => Ok(Err(ClientError::InvalidAddress)),
            };
            match outcome.unwrap_or(Err(ClientError::Timeout)) {
                Err(ClientError::Timeout) => return Err(ClientError::Timeout),
                Err(error) if error.is_passing() && attempt < ATTEMPTS => {
                    attempt += 1;
                    tokio::time::sleep(self.pause).await;
                }
                outcome => return outcome,
            }
        }
    }
}

/// Whether an address is one that a service can have: `http://` or `https://` with a host.
///
/// # Errors
/// [`ClientError::InvalidAddress`].
pub fn check_service_address(address: &str) -> Result<(), ClientError> {
    service_address(address).map(drop)
}

fn service_address(address: &str) -> Result<reqwest::Url, ClientError> {
    let address = reqwest::Url::parse(address).map_err(|_| ClientError::InvalidAddress)?;
    if matches!(address.scheme(), "http" | "https") && address.host_str().is_some() {
        Ok(address)
    } else {
        Err(ClientError::InvalidAddress)
    }
}

fn built(builder: reqwest::ClientBuilder) -> Result<Client, ClientError> {
    builder.build().map_err(|error| ClientError::Offline(error.to_string()))
}

async fn once(call: RequestBuilder, limit_bytes: usize) -> Result<Vec<u8>, ClientError> {
    let response = call.send().await.map_err(|error| ClientError::from_transport(&error))?;
    let status = response.status();
    let body = transport::body(response, limit_bytes).await?;
    if status.is_success() {
        Ok(body)
    } else if is_unavailable(status) || status.is_server_error() {
        Err(ClientError::Unavailable {
            status: status.as_u16(),
            retry_after: None,
        })
    } else {
        Err(ClientError::Nonsense {
            status: status.as_u16(),
            what: "the service refused".to_owned(),
        })
    }
}
