//! What an instance is told: a TOML file, and the environment over it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Deserializer};
use server::{Database, DatabaseKeys, KeyName, KeyStore, TokenKeys, TokenName, TokenSettings};
use zeroize::Zeroizing;

use crate::Failure;

/// Variables that begin so are settings: `GANJIANG_PLATFORM__DATABASE__URL` is `url` in `[database]`.
const PREFIX: &str = "GANJIANG_PLATFORM__";

/// All settings.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    pub(crate) database: DatabaseSettings,
    pub(crate) listen: Listen,
    keys: Option<Keys>,
    #[serde(default)]
    pub(crate) observe: Observe,
}

/// Where the data is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DatabaseSettings {
    /// `postgres://…`, or a path for SQLite.
    url: Option<String>,
    /// A file that holds the address, for addresses with a password (systemd's LoadCredential, a container's secret).
    url_file: Option<PathBuf>,
}

/// Where and how to listen.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Listen {
    pub(crate) address: SocketAddr,
    /// Address others reach the platform at; it stands in certificates.
    pub(crate) public_url: String,
    /// Certificate chain and key (PEM). Without them HTTP is spoken, for a load balancer on a private network.
    pub(crate) tls: Option<Tls>,
}

/// TLS of this instance.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tls {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

/// Keys of the authority on a PKCS#11 token, by their labels; those that are not named are in the database.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    /// The token's driver.
    module: PathBuf,
    /// The token's label,
    token: Option<String>,
    /// or its slot.
    #[serde(default, deserialize_with = "number")]
    slot: Option<u64>,
    /// From the environment only (`GANJIANG_PLATFORM__KEYS__PIN`),
    pin: Option<Secret>,
    /// or a file that holds it.
    pin_file: Option<PathBuf>,
    root: Option<String>,
    issuer: Option<String>,
    ocsp: Option<String>,
    timestamping: Option<String>,
}

/// Wiped when it is dropped, and never printed.
#[derive(Deserialize)]
#[serde(from = "String")]
struct Secret(Zeroizing<String>);

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

/// A number, which is text when it comes from the environment.
fn number<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(u64),
        Text(String),
    }
    let number = match Either::deserialize(from)? {
        Either::Number(number) => Ok(number),
        Either::Text(text) => text.parse(),
    };
    number.map(Some).map_err(serde::de::Error::custom)
}

impl Keys {
    fn token(&self) -> Result<TokenName, Failure> {
        match (&self.token, self.slot) {
            (Some(label), None) => Ok(TokenName::Label(label.clone())),
            (None, Some(slot)) => Ok(TokenName::Slot(slot)),
            _ => Err(Failure::Settings("either keys.token or keys.slot".to_owned())),
        }
    }

    fn pin(&self) -> Result<Zeroizing<String>, Failure> {
        match (&self.pin, &self.pin_file) {
            (Some(Secret(pin)), None) => Ok(pin.clone()),
            (None, Some(file)) => Ok(Zeroizing::new(Zeroizing::new(read(file)?).trim().to_owned())),
            _ => {
                let either = "either keys.pin_file or GANJIANG_PLATFORM__KEYS__PIN";
                Err(Failure::Settings(either.to_owned()))
            }
        }
    }

    fn labels(&self) -> Vec<(KeyName, String)> {
        let labels = [
            (KeyName::Root, &self.root),
            (KeyName::Issuer, &self.issuer),
            (KeyName::Ocsp, &self.ocsp),
            (KeyName::Timestamping, &self.timestamping),
        ];
        let named = labels
            .into_iter()
            .filter_map(|(name, label)| Some((name, label.clone()?)));
        named.collect()
    }
}

/// What is told to those who run it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Observe {
    /// `/metrics`, `/health/live`, `/health/ready`; not for the public.
    pub(crate) address: Option<SocketAddr>,
    /// Levels of the log (tracing's directives).
    pub(crate) log: String,
}

impl Default for Observe {
    fn default() -> Self {
        Self {
            address: None,
            log: "info,sqlx=warn".to_owned(),
        }
    }
}

impl Settings {
    /// The file's, with the environment's over them.
    pub(crate) fn read(file: Option<&Path>) -> Result<Self, Failure> {
        let text = match file {
            Some(file) => read(file)?,
            None => String::new(),
        };
        Self::from(&text, std::env::vars())
    }

    fn from(text: &str, environment: impl Iterator<Item = (String, String)>) -> Result<Self, Failure> {
        let wrong = |error: toml::de::Error| Failure::Settings(error.message().to_owned());
        let mut table: toml::Table = text.parse().map_err(wrong)?;
        if table.get("keys").is_some_and(|keys| keys.get("pin").is_some()) {
            let instead = "keys.pin belongs into the environment, or into keys.pin_file";
            return Err(Failure::Settings(instead.to_owned()));
        }
        for (name, value) in environment {
            if let Some(path) = name.strip_prefix(PREFIX) {
                set(&mut table, &path.to_ascii_lowercase(), value);
            }
        }
        table.try_into().map_err(wrong)
    }

    /// Where the authority's keys are; logs in to their token.
    pub(crate) fn keys(&self) -> Result<Arc<dyn KeyStore>, Failure> {
        let Some(keys) = &self.keys else {
            return Ok(Arc::new(DatabaseKeys));
        };
        let labels = keys.labels();
        if labels.is_empty() {
            return Err(Failure::Settings("[keys] names no key".to_owned()));
        }
        let settings = TokenSettings {
            module: keys.module.clone(),
            token: keys.token()?,
            pin: keys.pin()?,
            labels,
        };
        Ok(Arc::new(TokenKeys::open(settings)?))
    }

    /// Where the data is.
    pub(crate) fn database(&self) -> Result<Database, Failure> {
        let url = match (&self.database.url, &self.database.url_file) {
            (Some(url), None) => url.clone(),
            (None, Some(file)) => read(file)?.trim().to_owned(),
            _ => {
                let either = "either database.url or database.url_file";
                return Err(Failure::Settings(either.to_owned()));
            }
        };
        Ok(if url.starts_with("postgres") {
            Database::Url(url)
        } else {
            Database::File(url.into())
        })
    }
}

fn read(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|error| Failure::File(file.display().to_string(), error))
}

/// Puts the value where its name (`section__key`) says.
fn set(table: &mut toml::Table, path: &str, value: String) {
    match path.split_once("__") {
        None => {
            table.insert(path.to_owned(), toml::Value::String(value));
        }
        Some((section, rest)) => {
            let inner = table
                .entry(section)
                .or_insert_with(|| toml::Value::Table(toml::Table::new()));
            if let toml::Value::Table(inner) = inner {
                set(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "[database]\nurl = 'postgres://db/platform'\n[listen]\naddress = '127.0.0.1:8443'\npublic_url = 'https://p.example'\n";

    fn environment(pairs: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
        let owned: Vec<_> = pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        owned.into_iter()
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let told = environment(&[
            ("GANJIANG_PLATFORM__LISTEN__ADDRESS", "0.0.0.0:80"),
            ("GANJIANG_PLATFORM__OBSERVE__ADDRESS", "127.0.0.1:9464"),
            ("OTHER", "x"),
        ]);
        let settings = Settings::from(FILE, told).unwrap();
        assert_eq!(settings.listen.address, "0.0.0.0:80".parse().unwrap());
        assert_eq!(settings.observe.address, Some("127.0.0.1:9464".parse().unwrap()));
        assert!(matches!(settings.database().unwrap(), Database::Url(url) if url == "postgres://db/platform"));
    }

    #[test]
    fn a_misspelt_setting_is_refused() {
        let text = FILE.replace("public_url", "publicurl");
        assert!(Settings::from(&text, environment(&[])).is_err());
    }

    const TOKEN: &str = "[keys]\nmodule = 'm.so'\nissuer = 'issuer'\n";

    #[test]
    fn a_token_is_named_once_and_its_pin_is_not_in_the_file() {
        let text = format!("{FILE}{TOKEN}");
        let told = [
            ("GANJIANG_PLATFORM__KEYS__SLOT", "7"),
            ("GANJIANG_PLATFORM__KEYS__PIN", "654321"),
        ];
        let keys = Settings::from(&text, environment(&told)).unwrap().keys.unwrap();
        assert_eq!(keys.token().unwrap(), TokenName::Slot(7));
        assert_eq!(keys.pin().unwrap().as_str(), "654321");
        assert_eq!(keys.labels(), [(KeyName::Issuer, "issuer".to_owned())]);
        let none = Settings::from(&text, environment(&[])).unwrap().keys.unwrap();
        assert!(none.token().is_err() && none.pin().is_err());
        let secret = Settings::from(&format!("{text}pin = 654321\n"), environment(&[]));
        let told = secret.err().unwrap().to_string();
        assert!(told.contains("keys.pin_file") && !told.contains("654321"), "{told}");
    }

    #[test]
    fn two_addresses_of_the_database_are_one_too_many() {
        let told = environment(&[("GANJIANG_PLATFORM__DATABASE__URL_FILE", "f")]);
        assert!(Settings::from(FILE, told).unwrap().database().is_err());
    }
}
