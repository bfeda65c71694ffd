//! Asking timestamp and certificate authorities from a thread that may wait.
use crate::failure::{Failure, internal};
use pades::{ServiceUnreachable, TimestampService};
use platform::client::{AuthorityServices, ClientError, ClientOptions};
use std::future::Future;

/// The way to authorities' services. Its methods wait: only for threads beside those that answer the window.
pub(crate) struct Services {
    client: AuthorityServices,
    runtime: Runtime,
}

/// What drives the network while a thread waits.
enum Runtime {
    Shared(tokio::runtime::Handle),
    Own(tokio::runtime::Runtime),
}

impl Services {
    /// Within the application's runtime; the calling thread must be one that may block.
    pub(crate) fn shared(patience: &ClientOptions) -> Result<Self, Failure> {
        Ok(Self {
            client: AuthorityServices::new(patience)?,
            runtime: Runtime::Shared(tokio::runtime::Handle::current()),
        })
    }

    /// With a runtime of its own, for a program that has none.
    pub(crate) fn alone(patience: &ClientOptions) -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        Ok(Self {
            client: AuthorityServices::new(patience)?,
            runtime: Runtime::Own(runtime.map_err(|error| internal("no network runtime", &error))?),
        })
    }

    fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        match &self.runtime {
            Runtime::Shared(handle) => handle.block_on(work),
            Runtime::Own(runtime) => runtime.block_on(work),
        }
    }

    pub(crate) fn ocsp(&self, address: &str, request: &[u8]) -> Result<Vec<u8>, ClientError> {
        self.wait(self.client.ocsp(address, request))
    }

    pub(crate) fn list(&self, address: &str) -> Result<Vec<u8>, ClientError> {
        self.wait(self.client.list(address))
    }

    pub(crate) fn certificate(&self, address: &str) -> Result<Vec<u8>, ClientError> {
        self.wait(self.client.certificate(address))
    }
}

/// A timestamp service at an address.
pub(crate) struct TimestampAt<'a> {
    pub(crate) services: &'a Services,
    pub(crate) address: &'a str,
}

impl TimestampService for TimestampAt<'_> {
    fn ask(&self, request: &[u8]) -> Result<Vec<u8>, ServiceUnreachable> {
        let asked = self.services.client.timestamp(self.address, request);
        self.services
            .wait(asked)
            .map_err(|error| ServiceUnreachable(error.to_string()))
    }
}
