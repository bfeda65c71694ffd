//! A platform in a temporary folder with a clock that tests move, and people signed in over real HTTP.
#![allow(dead_code, reason = "each test file uses a part")]

use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::vault::{DeviceKey, DeviceSecret, SessionStep};
use platform::client::{ClientError, PlatformClient};
use platform::wire::*;
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256};
use server::{Database, RunningServer, ServerOptions};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

pub(crate) const ENTERPRISE: &str = "杭州云栖智能科技有限公司";
pub(crate) const CREDIT_CODE: &str = "91330106MA2CFUY66Q";

pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) server: RunningServer,
    time: Arc<Mutex<OffsetDateTime>>,
    data: Data,
}

/// Where the platform's data is: a SQLite file, or a database of a PostgreSQL cluster when `tests/postgres.rs` tells the story.
pub(crate) struct Data {
    pub(crate) database: Database,
    #[cfg(unix)]
    _cluster: Option<Arc<testkit::postgres::Cluster>>,
}

impl Data {
    pub(crate) fn new(folder: &tempfile::TempDir) -> Self {
        #[cfg(unix)]
        if env!("CARGO_CRATE_NAME") == "postgres" {
            let cluster = testkit::postgres::Cluster::shared();
            let name = format!("test_{}", Uuid::new_v4().simple());
            return Self {
                database: Database::Url(cluster.database(&name).unwrap()),
                _cluster: Some(cluster),
            };
        }
        Self {
            database: Database::File(folder.path().join("platform.sqlite")),
            #[cfg(unix)]
            _cluster: None,
        }
    }

    pub(crate) fn url(&self) -> String {
        match &self.database {
            Database::File(file) => format!("sqlite://{}", file.display()),
            Database::Url(url) => url.clone(),
        }
    }
}

pub(crate) fn key() -> Uuid {
    Uuid::new_v4()
}

impl World {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let time = Arc::new(Mutex::new(datetime!(2026-11-22 08:00 UTC)));
        let data = Data::new(&folder);
        let server = serve(&data, &time).await;
        Self {
            folder,
            server,
            time,
            data,
        }
    }

    /// A second platform on the same data; a SQLite file has one at a time.
    pub(crate) async fn another_instance(&self) -> Option<RunningServer> {
        match &self.data.database {
            Database::File(_) => None,
            Database::Url(_) => Some(serve(&self.data, &self.time).await),
        }
    }

    /// Ends the platform and starts it again on the same data.
    pub(crate) async fn restart(self) -> Self {
        self.changed_while_down("SELECT 1").await
    }

    /// Ends the platform, changes its data by SQL, and starts it again.
    pub(crate) async fn changed_while_down(self, sql: &str) -> Self {
        use sea_orm::ConnectionTrait;
        self.server.shutdown().await;
        let database = sea_orm::Database::connect(self.data.url()).await.unwrap();
        database.execute_unprepared(sql).await.unwrap();
        database.close().await.unwrap();
        let server = serve(&self.data, &self.time).await;
        Self { server, ..self }
    }

    /// Ends the platform and starts it on the same data as one of its own, not as a sandbox.
    pub(crate) async fn restart_alone(self) -> Self {
        self.server.shutdown().await;
        let options = ServerOptions {
            sandbox: None,
            ..options(&self.data, &self.time)
        };
        let server = server::start(options).await.unwrap();
        Self { server, ..self }
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        *self.time.lock().unwrap()
    }

    pub(crate) fn pass(&self, duration: Duration) {
        *self.time.lock().unwrap() += duration;
    }

    /// Lets a second pass each time it is called.
    pub(crate) fn ticking(&self) -> impl Fn() + Send + Sync + 'static {
        let time = self.time.clone();
        move || *time.lock().unwrap() += Duration::SECOND
    }

    pub(crate) fn stranger(&self) -> PlatformClient {
        PlatformClient::new(&self.server.base_url, self.server.sandbox_token.clone()).unwrap()
    }

    pub(crate) async fn sign_in(&self, account: &str) -> PlatformClient {
        let client = self.stranger();
        client.sign_in(account, "ganjiang").await.unwrap();
        client
    }

    /// A name for a file in the world's folder.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Authorised by letter, billing filled in.
    pub(crate) async fn authorised(&self) -> (PlatformClient, BillingTitle, RemittingAccount) {
        let wangmin = self.sign_in("wangmin").await;
        let operator = self.sign_in("operator").await;
        let letter = b"%PDF-1.4 signed and stamped".to_vec();
        wangmin.submit_letter("授权书.pdf", letter, key()).await.unwrap();
        let waiting = operator.operator_approvals().await.unwrap();
        let yes = Decision {
            approve: true,
            reason: None,
        };
        operator.decide(waiting[0].id, &yes, key()).await.unwrap();
        let title = wangmin.add_billing_title(&title(), key()).await.unwrap();
        let account = wangmin.add_remitting_account(&account(), key()).await.unwrap();
        (wangmin, title, account)
    }

    /// An order of `quantity` packages, paid exactly.
    pub(crate) async fn paid(&self, quantity: u32) -> (PlatformClient, Order) {
        let (wangmin, title, account) = self.authorised().await;
        let wanted = NewOrder {
            package_id: wangmin.packages().await.unwrap()[0].id,
            quantity,
            title_id: title.id,
            account_id: account.id,
        };
        let order = wangmin.place_order(&wanted, key()).await.unwrap();
        let operator = self.sign_in("operator").await;
        let outcome = operator.bank_notice(&exact(&order, self.now()), key()).await.unwrap();
        (wangmin, outcome.order.unwrap())
    }

    /// A personal certificate assigned to `holder`, not imported yet.
    pub(crate) async fn assigned(&self, wangmin: &PlatformClient, holder: &str) -> Certificate {
        let unassigned = wangmin
            .certificates()
            .await
            .unwrap()
            .into_iter()
            .find(|one| one.kind == CertificateKind::Personal && one.state == CertificateState::Unassigned)
            .unwrap();
        let wanted = Assignment {
            document_type: DocumentType::ResidentIdentityCard,
            document_number: "11010519491231002X".to_owned(),
            owner_name: "刘洋".to_owned(),
            holder_id: employee(wangmin, holder).await,
            email: "liuyang@example.cn".to_owned(),
        };
        wangmin.assign(unassigned.id, &wanted, key()).await.unwrap()
    }
}

async fn serve(data: &Data, time: &Arc<Mutex<OffsetDateTime>>) -> RunningServer {
    server::start(options(data, time)).await.unwrap()
}

fn options(data: &Data, time: &Arc<Mutex<OffsetDateTime>>) -> ServerOptions {
    let time = time.clone();
    let clock = Arc::new(move || *time.lock().unwrap());
    ServerOptions {
        database: data.database.clone(),
        ..ServerOptions::sandbox(PathBuf::new(), clock)
    }
}

pub(crate) async fn employee(wangmin: &PlatformClient, account: &str) -> Uuid {
    let people = wangmin.employees().await.unwrap();
    people.iter().find(|one| one.account == account).unwrap().id
}

/// The first entry of a chain.
pub(crate) fn used(account: Uuid, certificate: Uuid) -> SealLogPart {
    let written = SealUse {
        at: time::macros::datetime!(2026-11-22 08:30 UTC),
        account,
        kind: SealUseKind::Document,
        file_name: "投标文件-已签.pdf".to_owned(),
        sha256: "5f".repeat(32),
        marks: 3,
        certificate,
        owner: "刘洋".to_owned(),
        serial: "5f0c2a9b".to_owned(),
        seals: Vec::new(),
    };
    let entry = linked(&[0; 32], &written);
    SealLogPart {
        position: 1,
        entries: vec![entry],
        broken_from: None,
        continues: None,
    }
}

/// An entry that goes on from a hash.
pub(crate) fn linked(before: &[u8; 32], used: &SealUse) -> WrittenEntry {
    let written = used.written();
    let hash = seal_log_link(before, &written);
    WrittenEntry {
        written,
        hash: hash.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

pub(crate) fn title() -> NewBillingTitle {
    NewBillingTitle {
        name: ENTERPRISE.to_owned(),
        tax_number: CREDIT_CODE.to_owned(),
        address: "杭州市西湖区".to_owned(),
        phone: "0571-88888888".to_owned(),
        bank: "中国银行杭州分行".to_owned(),
        account: "3301040160000123".to_owned(),
    }
}

pub(crate) fn account() -> NewRemittingAccount {
    NewRemittingAccount {
        kind: RemittingAccountKind::Company,
        holder: ENTERPRISE.to_owned(),
        bank: "中国银行杭州分行".to_owned(),
        account: "3301040160000123".to_owned(),
    }
}

/// The notice of a transfer that fits the order.
pub(crate) fn exact(order: &Order, at: OffsetDateTime) -> BankNotice {
    BankNotice {
        notice_number: Uuid::new_v4().to_string(),
        receiving_account: order.receiving.account.clone(),
        amount_fen: order.amount_fen,
        payer_name: order.remitting_account.fields.holder.clone(),
        payer_account: order.remitting_account.fields.account.clone(),
        at,
    }
}

/// A request whose contents ask for more than anyone should get, and its key.
pub(crate) fn greedy_request() -> (KeyPair, IssueRequest) {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    let mut params = CertificateParams::default();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    params.not_after = datetime!(2099-01-01 0:00 UTC);
    params.key_usages = vec![rcgen::KeyUsagePurpose::KeyCertSign];
    params.distinguished_name.push(rcgen::DnType::CommonName, "别人");
    let request = params.serialize_request(&key).unwrap();
    (
        key,
        IssueRequest {
            request: STANDARD.encode(request.der()),
        },
    )
}

pub(crate) fn code<T: std::fmt::Debug>(outcome: Result<T, ClientError>) -> ErrorCode {
    match outcome {
        Err(ClientError::Refused { code, .. } | ClientError::Unauthorized(code)) => code,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// Runs OpenSSL, the judge of certificates; fails when it is missing.
pub(crate) fn openssl(arguments: &[&str]) -> Output {
    Command::new("openssl")
        .args(arguments)
        .output()
        .expect("openssl is missing: run `cargo xtask test`, it installs the judges")
}

/// Everything OpenSSL printed.
pub(crate) fn printed(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    String::from_utf8_lossy(&[out.as_slice(), err.as_slice()].concat()).into_owned()
}

/// A device with its key, whose signatures may be spoiled.
pub(crate) struct Laptop {
    key: DeviceKey,
    spoiled: bool,
}

impl Laptop {
    pub(crate) fn number(byte: u8) -> Arc<Self> {
        let secret = DeviceSecret::from_slice(&[byte; 32]).unwrap();
        let key = DeviceKey::for_sessions(Uuid::from_u128(1), &secret).unwrap();
        Arc::new(Self {
            key,
            spoiled: byte == 0,
        })
    }

    fn signs(&self, step: SessionStep, message: &str) -> Option<String> {
        let message = if self.spoiled { "another" } else { message };
        let signature = self.key.sign(step, message.as_bytes()).unwrap();
        Some(STANDARD.encode(signature))
    }
}

impl platform::client::Device for Laptop {
    fn name(&self) -> String {
        "laptop".to_owned()
    }

    fn public_key(&self) -> String {
        STANDARD.encode(self.key.public_key())
    }

    fn signs_open(&self, account: &str) -> Option<String> {
        self.signs(SessionStep::Open, account)
    }

    fn signs_refresh(&self, token: &str) -> Option<String> {
        self.signs(SessionStep::Refresh, token)
    }
}
