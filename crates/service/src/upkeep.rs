//! The commands beside `serve`: the ceremony, migrations, copies, people.

use std::path::Path;
use std::process::Stdio;

use server::{Database, Maintenance, NewEnterprise, NewPerson};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::Failure;
use crate::arguments::{Enterprise, Person};
use crate::root_key::{self, KeyFile};
use crate::settings::Settings;

/// A secret of a person is at least this long.
const SHORTEST_SECRET: usize = 12;

/// Makes database and authority.
pub(crate) async fn init(settings: &Settings, root_key: Option<&Path>) -> Result<(), Failure> {
    let keys = settings.keys()?;
    let apart = root_key
        .map(|path| Ok::<_, Failure>((secret("passphrase")?, KeyFile::new(path)?)))
        .transpose()?;
    let maintenance = open(settings).await?;
    maintenance.migrate().await?;
    let url = &settings.listen.public_url;
    let made = maintenance.init(keys.as_ref(), url, apart.is_some(), now()).await;
    let made = made.inspect_err(|_| discard(root_key))?;
    if let (Some((passphrase, file)), Some(key)) = (apart, &made.root_key) {
        file.write(key, &passphrase)?;
    }
    println!("root   {}", fingerprint(&made.root_certificate));
    println!("issuer {}", fingerprint(&made.issuer_certificate));
    Ok(())
}

/// The file was made before anything else, to be sure of it; without an authority it holds nothing.
fn discard(root_key: Option<&Path>) {
    if let Some(path) = root_key {
        // An empty file that stays does no harm but to be in the way of the next try.
        let _ = std::fs::remove_file(path);
    }
}

/// SHA-256 as ceremonies write it down.
fn fingerprint(certificate: &[u8]) -> String {
    let digest = server::sha256_hex(certificate);
    let pairs = digest
        .as_bytes()
        .chunks(2)
        .map(|pair| String::from_utf8_lossy(pair).to_uppercase());
    pairs.collect::<Vec<_>>().join(":")
}

/// Signs the root's revocation list anew.
pub(crate) async fn renew_root_list(settings: &Settings, root_key: &Path) -> Result<(), Failure> {
    let key = root_key::read(root_key, &secret("passphrase")?)?;
    Ok(open(settings).await?.renew_root_list(key.as_bytes(), now()).await?)
}

/// Brings the database up to date.
pub(crate) async fn migrate(settings: &Settings) -> Result<(), Failure> {
    for name in open(settings).await?.migrate().await? {
        println!("{name}");
    }
    Ok(())
}

/// Adds a reviewer.
pub(crate) async fn add_operator(settings: &Settings, person: &Person) -> Result<(), Failure> {
    let password = secret("password")?;
    Ok(open(settings)
        .await?
        .add_operator(&new_person(person, &password))
        .await?)
}

/// Adds an enterprise with its first administrator.
pub(crate) async fn add_enterprise(settings: &Settings, wanted: &Enterprise) -> Result<(), Failure> {
    let password = secret("password")?;
    let enterprise = NewEnterprise {
        name: &wanted.enterprise,
        credit_code: &wanted.credit_code,
        legal_representative: &wanted.legal_representative,
        administrator: new_person(&wanted.administrator, &password),
    };
    println!("{}", open(settings).await?.add_enterprise(&enterprise).await?);
    Ok(())
}

fn new_person<'a>(person: &'a Person, password: &'a str) -> NewPerson<'a> {
    NewPerson {
        account: &person.account,
        name: &person.name,
        password,
    }
}

/// Writes a copy.
pub(crate) async fn backup(settings: &Settings, out: &Path) -> Result<(), Failure> {
    if out.exists() {
        return Err(Failure::Backup(format!("{} exists", out.display())));
    }
    match settings.database()? {
        Database::File(_) => {
            let maintenance = open(settings).await?;
            Ok(maintenance.copy_into(&out.display().to_string()).await?)
        }
        Database::Url(url) => dumped(&url, out).await,
    }
}

/// `pg_dump` writes aside; the name stands for a whole copy only.
async fn dumped(url: &str, out: &Path) -> Result<(), Failure> {
    let aside = out.with_extension("part");
    let (address, password) = parted(url)?;
    let mut dump = tokio::process::Command::new("pg_dump");
    dump.args(["--format=custom", "--no-owner", "--file"]).arg(&aside);
    dump.arg("--dbname").arg(address).stdin(Stdio::null());
    if let Some(password) = password {
        dump.env("PGPASSWORD", password.as_str());
    }
    let status = dump
        .status()
        .await
        .map_err(|error| Failure::File("pg_dump".to_owned(), error))?;
    if !status.success() {
        return Err(Failure::Backup(format!("pg_dump ended with {status}")));
    }
    std::fs::rename(&aside, out).map_err(|error| Failure::File(out.display().to_string(), error))
}

/// The address without its password: everyone on the machine may read a command line, but not its environment.
fn parted(url: &str) -> Result<(String, Option<Zeroizing<String>>), Failure> {
    let wrong = || Failure::Settings("database.url is no address".to_owned());
    let mut address = url::Url::parse(url).map_err(|_| wrong())?;
    let password = address.password().map(|encoded| {
        let decoded = percent_encoding::percent_decode_str(encoded).decode_utf8_lossy();
        Zeroizing::new(decoded.into_owned())
    });
    if password.is_some() {
        address.set_password(None).map_err(|()| wrong())?;
    }
    Ok((address.into(), password))
}

/// The first line of standard input.
fn secret(what: &str) -> Result<Zeroizing<String>, Failure> {
    let mut line = Zeroizing::new(String::new());
    let read = std::io::stdin().read_line(&mut line);
    read.map_err(|error| Failure::File(what.to_owned(), error))?;
    let secret = Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned());
    if secret.chars().count() < SHORTEST_SECRET {
        let wanted = format!("the {what} is read from standard input and has {SHORTEST_SECRET} characters or more");
        return Err(Failure::Settings(wanted));
    }
    Ok(secret)
}

async fn open(settings: &Settings) -> Result<Maintenance, Failure> {
    Ok(Maintenance::open(&settings.database()?).await?)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the edge: here the clock is read and passed down"
)]
pub(crate) fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_on_the_command_line() {
        let (address, password) = parted("postgres://p:a%40b%20c@db.example/platform?sslmode=require").unwrap();
        assert_eq!(address, "postgres://p@db.example/platform?sslmode=require");
        assert_eq!(password.unwrap().as_str(), "a@b c");
        assert!(parted("postgres://p@db.example/platform").unwrap().1.is_none());
    }
}
