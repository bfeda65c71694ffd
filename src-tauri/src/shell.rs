//! The opened application, or why it could not be opened; commands that come earlier wait for it.

use app::App;
use app::view::FailureView;
use tokio::sync::watch;

type Opened = Option<Result<App, FailureView>>;

/// What every command receives.
pub(crate) struct Shell {
    opened: watch::Sender<Opened>,
}

impl Shell {
    /// A shell whose application is still being opened.
    pub(crate) fn opening() -> Self {
        Self {
            opened: watch::Sender::new(None),
        }
    }

    /// Says how opening ended; everything that waits goes on.
    pub(crate) fn finish(&self, result: Result<App, FailureView>) {
        self.opened.send_replace(Some(result));
    }

    /// The application, once it is open; the same failure to everyone when it cannot be.
    pub(crate) async fn app(&self) -> Result<App, FailureView> {
        let mut opened = self.opened.subscribe();
        match opened.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(result)) => result.clone(),
            Ok(None) | Err(_) => Err(crate::failure::internal(&"the application was never opened")),
        }
    }
}
