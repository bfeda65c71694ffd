//! An authority whose keys the database never sees: what a hardware module needs to implement, and nothing more.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests fail by panicking and write scratch files"
)]

mod world;

use std::sync::Arc;

use pki::key::PrivateKey;
use pki::{Signer, random};
use sea_orm::ConnectionTrait as _;
use server::{DatabaseKeys, Instance, InstanceOptions, KeyFault, KeyName, KeyStore, Maintenance, StartError};
use time::macros::datetime;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use world::*;

/// Stands for a hardware module: it signs, and gives no key away.
struct Module([(KeyName, Arc<PrivateKey>); 4]);

impl Module {
    fn new() -> Self {
        let names = [KeyName::Root, KeyName::Issuer, KeyName::Ocsp, KeyName::Timestamping];
        Self(names.map(|name| {
            let key = PrivateKey::generate(&mut random::system()).unwrap();
            (name, Arc::new(key))
        }))
    }
}

impl KeyStore for Module {
    fn signer(&self, name: KeyName) -> Result<Option<Arc<dyn Signer>>, KeyFault> {
        let found = self.0.iter().find(|(of, _)| *of == name);
        Ok(found.map(|(_, key)| -> Arc<dyn Signer> { key.clone() }))
    }
}

#[tokio::test]
async fn no_key_of_the_authority_is_in_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let data = Data::new(&folder);
    let module = Arc::new(Module::new());
    let now = datetime!(2026-11-22 08:00 UTC);
    let maintenance = Maintenance::open(&data.database).await.unwrap();
    assert!(!maintenance.migrate().await.unwrap().is_empty());
    assert!(maintenance.migrate().await.unwrap().is_empty());
    let made = maintenance
        .init(module.as_ref(), "http://p.test/", false, now)
        .await
        .unwrap();
    assert!(made.root_key.is_none());
    let again = maintenance.init(module.as_ref(), "http://p.test", false, now).await;
    assert!(matches!(again, Err(StartError::AuthorityExists)));
    drop(maintenance);

    let database = sea_orm::Database::connect(data.url()).await.unwrap();
    let sql = "SELECT name FROM authority_keys WHERE length(private_key) > 0";
    let statement = sea_orm::Statement::from_string(database.get_database_backend(), sql);
    let kept = database.query_all_raw(statement).await.unwrap();
    let names: Vec<String> = kept.iter().map(|row| row.try_get("", "name").unwrap()).collect();
    assert_eq!(names, ["pin-vault"], "keys of the authority are kept");
    database.close().await.unwrap();

    let options = |keys: Arc<dyn KeyStore>| InstanceOptions {
        database: data.database.clone(),
        public_url: "http://p.test".to_owned(),
        keys,
        clock: Arc::new(move || now),
    };
    let without = Instance::open(options(Arc::new(DatabaseKeys))).await;
    assert!(matches!(without, Err(StartError::NoAuthority)));
    let others = Instance::open(options(Arc::new(Module::new()))).await;
    let fault = others.err().map(|error| error.to_string()).unwrap();
    assert!(fault.contains("not the key its certificate names"), "{fault}");
    let instance = Instance::open(options(module)).await.unwrap();
    let list = fetched(&instance, "/pki/issuer.crl").await;
    let root = folder.path().join("issuer.der");
    std::fs::write(&root, &made.issuer_certificate).unwrap();
    let pem = folder.path().join("issuer.pem");
    let (root, pem) = (root.to_str().unwrap(), pem.to_str().unwrap());
    openssl(&["x509", "-inform", "DER", "-in", root, "-out", pem]);
    let list_file = folder.path().join("list.crl");
    std::fs::write(&list_file, list).unwrap();
    let list_file = list_file.to_str().unwrap();
    let judged = openssl(&["crl", "-inform", "DER", "-in", list_file, "-CAfile", pem, "-noout"]);
    assert!(printed(&judged).contains("verify OK"), "{}", printed(&judged));
    instance.close().await;
}

/// The body of an answer of the instance's own router.
async fn fetched(instance: &Instance, path: &str) -> Vec<u8> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = instance.router();
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let mut connection = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.unwrap();
    serving.abort();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    answer.split_off(end + 4)
}
