//! Settings of this installation.
use crate::application::{App, Inner, locked};
use crate::failure::{Failure, refuse_with};
use crate::files;
use crate::view::{FailureCode, Language, SandboxSettingsView, SettingsInput, SettingsView, Theme, Topic};
use crate::wire_view::write_key;
use platform::wire;
use serde::de::DeserializeOwned;
use std::path::Path;
use store::Store;

/// Where results are saved.
pub(crate) const OUTPUT_FOLDER: &str = "output_folder";
const OUTPUT_SUFFIX: &str = "output_suffix";
const THEME: &str = "theme";
const LANGUAGE: &str = "language";
const PLATFORM: &str = "platform_address";
const TIMESTAMPS: &str = "timestamp_address";
const LEASE_HOURS: &str = "pin_lease_hours";
/// Added to a signed file's name until the user chooses something else.
const USUAL_SUFFIX: &str = "-已签章";

/// The real platform chosen in the settings; none: the embedded sandbox. Asked before the application is opened,
/// because the shell has to start the sandbox first. A file that cannot be read says so when it is opened.
pub fn configured_platform(data_folder: &Path) -> Option<String> {
    Store::setting_in(&data_folder.join("ganjiang.sqlite"), PLATFORM).filter(|address| !address.is_empty())
}

impl App {
    /// The settings, and facts about this installation.
    ///
    /// # Errors
    /// Those of the local data.
    pub async fn settings(&self) -> Result<SettingsView, Failure> {
        let inner = &self.inner;
        Ok(SettingsView {
            theme: inner.chosen(THEME)?.unwrap_or(Theme::System),
            language: inner.chosen(LANGUAGE)?.unwrap_or(Language::Chinese),
            output_folder: inner.output_folder()?.to_string_lossy().into_owned(),
            output_suffix: inner.output_suffix()?,
            platform_address: inner.store.setting(PLATFORM)?.filter(|address| !address.is_empty()),
            timestamp_address: inner.store.setting(TIMESTAMPS)?.filter(|address| !address.is_empty()),
            trusted_root_count: u32::try_from(inner.trust_roots().certificates().len()).unwrap_or(u32::MAX),
            sandbox: inner.is_sandbox().then(|| SandboxSettingsView {
                auto_approve_seconds: *locked(&inner.auto_approve),
            }),
            lease_hours: inner.lease_hours()?,
            may_set_lease: inner
                .account()
                .is_ok_and(|account| account.role == wire::Role::Administrator),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            data_folder: inner.options.data_folder.to_string_lossy().into_owned(),
            device_secret: inner.device_secret,
        })
    }

    /// Keeps settings. Another platform takes effect at the next start.
    ///
    /// # Errors
    /// `FieldInvalid` for a suffix or an address that is none.
    pub async fn save_settings(&self, input: SettingsInput) -> Result<SettingsView, Failure> {
        let suffix = files::fit_for_name(&input.output_suffix);
        if suffix.is_empty() {
            return Err(invalid("output_suffix", "empty"));
        }
        let address = input
            .platform_address
            .map(|text| text.trim().to_owned())
            .unwrap_or_default();
        if !address.is_empty() && platform::client::PlatformClient::new(&address, None).is_err() {
            return Err(invalid("platform_address", "format"));
        }
        let timestamps = input.timestamp_address.unwrap_or_default().trim().to_owned();
        if !timestamps.is_empty() && platform::client::check_service_address(&timestamps).is_err() {
            return Err(invalid("timestamp_address", "format"));
        }
        let values = [
            (TIMESTAMPS, timestamps),
            (THEME, crate::wire_view::code(&input.theme)),
            (LANGUAGE, crate::wire_view::code(&input.language)),
            (OUTPUT_SUFFIX, suffix),
            (PLATFORM, address),
        ];
        for (name, value) in values {
            self.inner.store.set_setting(name, &value)?;
        }
        self.inner.changed(&[Topic::Settings]);
        self.settings().await
    }

    /// For how many hours the enterprise's keys open without the platform after an unlock; 0: never without it.
    ///
    /// # Errors
    /// `NotAllowed` for staff, `FieldInvalid` over 30 days.
    pub async fn set_pin_lease(&self, hours: u32) -> Result<SettingsView, Failure> {
        let kept = self
            .inner
            .client
            .set_pin_lease(wire::PinLease { hours }, write_key())
            .await?;
        self.inner.store.set_setting(LEASE_HOURS, &kept.hours.to_string())?;
        self.inner.changed(&[Topic::Settings]);
        self.settings().await
    }

    /// Asked at the sign-in, so that the settings show it offline too.
    pub(crate) async fn learn_pin_lease(&self) {
        let learned = match self.inner.client.pin_lease().await {
            Ok(lease) => self.inner.store.set_setting(LEASE_HOURS, &lease.hours.to_string()),
            Err(error) => {
                tracing::info!(%error, "the offline lease is not known");
                return;
            }
        };
        if let Err(error) = learned {
            tracing::warn!(%error, "the offline lease is not kept");
        }
    }

    /// Keeps the folder that the user chose in the shell's dialog, after trying to write there.
    ///
    /// # Errors
    /// `OutputUnwritable`.
    pub async fn set_output_folder(&self, folder: &Path) -> Result<SettingsView, Failure> {
        drop(files::aside(folder, &[])?);
        self.inner.store.set_setting(OUTPUT_FOLDER, &folder.to_string_lossy())?;
        self.inner.changed(&[Topic::Settings]);
        self.settings().await
    }
}

impl Inner {
    /// The timestamp service: the one chosen, else the platform's own.
    pub(crate) fn timestamp_address(&self) -> Result<String, Failure> {
        let chosen = self.store.setting(TIMESTAMPS)?.filter(|address| !address.is_empty());
        Ok(chosen.unwrap_or_else(|| format!("{}/pki/tsa", self.client.base_url())))
    }

    fn lease_hours(&self) -> Result<Option<u32>, Failure> {
        let text = self.store.setting(LEASE_HOURS)?;
        Ok(text.and_then(|text| text.parse().ok()))
    }

    pub(crate) fn output_suffix(&self) -> Result<String, Failure> {
        Ok(self
            .store
            .setting(OUTPUT_SUFFIX)?
            .unwrap_or_else(|| USUAL_SUFFIX.to_owned()))
    }

    /// A setting with listed values; one written by another version and not known here counts as not set.
    fn chosen<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Failure> {
        let text = self.store.setting(name)?;
        Ok(text.and_then(|text| serde_json::from_value(serde_json::Value::String(text)).ok()))
    }
}

fn invalid(field: &str, why: &str) -> Failure {
    refuse_with(
        FailureCode::FieldInvalid,
        &[("field", field.to_owned()), ("why", why.to_owned())],
    )
}
