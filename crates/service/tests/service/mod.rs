//! The real program on a PostgreSQL of its own: commands, instances that listen, people who sign in.
#![allow(dead_code, reason = "each test file uses a part")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use platform::client::PlatformClient;
use platform::wire::*;
use serde_json::Value;
use testkit::postgres::{Cluster, Durability};
use uuid::Uuid;

pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const ENTERPRISE: &str = "杭州云栖智能科技有限公司";
pub(crate) const CREDIT_CODE: &str = "91330106MA2CFUY66Q";

/// A database, settings and a folder for files.
pub(crate) struct Service {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) cluster: Cluster,
    pub(crate) url: String,
}

impl Service {
    pub(crate) fn new(durability: Durability) -> Self {
        let cluster = Cluster::start(durability, &[]).unwrap();
        let url = cluster.database("platform").unwrap();
        let folder = tempfile::tempdir().unwrap();
        Self { folder, cluster, url }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Settings in a file; `address` is where it listens, `more` goes into `[listen]`.
    pub(crate) fn settings(&self, name: &str, address: &str, public_url: &str, more: &str) -> PathBuf {
        let file = self.path(name);
        let text = format!(
            "[database]\nurl = '{}'\n[listen]\naddress = '{address}'\npublic_url = '{public_url}'\n{more}\n\
             [observe]\naddress = '127.0.0.1:0'\n",
            self.url
        );
        std::fs::write(&file, text).unwrap();
        file
    }

    /// Runs a command of the program to its end.
    pub(crate) fn run(&self, settings: &Path, words: &[&str], input: &str) -> Output {
        Program::plain(settings).run(words, input)
    }

    /// The same, and it must succeed; gives what it printed.
    pub(crate) fn done(&self, settings: &Path, words: &[&str], input: &str) -> String {
        Program::plain(settings).done(words, input)
    }

    /// An operator and an enterprise with its administrator `wangmin`.
    pub(crate) fn people(&self, settings: &Path) {
        Program::plain(settings).people();
    }
}

/// The program with its settings, and variables of its environment.
pub(crate) struct Program {
    settings: PathBuf,
    environment: Vec<(&'static str, String)>,
}

impl Program {
    pub(crate) fn new(settings: &Path, environment: &[(&'static str, String)]) -> Self {
        Self {
            settings: settings.to_owned(),
            environment: environment.to_vec(),
        }
    }

    fn plain(settings: &Path) -> Self {
        Self::new(settings, &[])
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ganjiang-platform"));
        command.arg("--config").arg(&self.settings).args(words);
        command.envs(self.environment.iter().cloned()).stdout(Stdio::piped());
        command
    }

    /// Runs a command of it to its end.
    pub(crate) fn run(&self, words: &[&str], input: &str) -> Output {
        let mut child = self.command(words);
        let mut child = child.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A command that was refused early does not read what it is told.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// The same, and it must succeed; gives what it printed.
    pub(crate) fn done(&self, words: &[&str], input: &str) -> String {
        let output = self.run(words, input);
        assert!(
            output.status.success(),
            "{words:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// The same, and it must fail; gives what it complained of.
    pub(crate) fn refused(&self, words: &[&str]) -> String {
        let output = self.run(words, "");
        assert!(!output.status.success(), "{words:?} was done");
        String::from_utf8(output.stderr).unwrap()
    }

    /// An operator and an enterprise with its administrator `wangmin`.
    pub(crate) fn people(&self) {
        let secret = format!("{PASSWORD}\n");
        self.done(
            &["operator", "add", "--account", "operator", "--name", "审核员"],
            &secret,
        );
        let enterprise = [
            "enterprise",
            "add",
            "--enterprise",
            ENTERPRISE,
            "--credit-code",
            CREDIT_CODE,
            "--legal-representative",
            "李建国",
            "--account",
            "wangmin",
            "--name",
            "王敏",
        ];
        self.done(&enterprise, &secret);
    }
}

/// An instance that runs until it is told to end, or dropped.
pub(crate) struct Running {
    child: Child,
    lines: Receiver<String>,
    /// Address of calls.
    pub(crate) calls: String,
    /// Address of metrics and health.
    pub(crate) metrics: String,
}

impl Running {
    /// Starts it and waits until it listens.
    pub(crate) fn start(settings: &Path) -> Self {
        Self::start_as(&Program::plain(settings))
    }

    /// The same, with an environment.
    pub(crate) fn start_as(program: &Program) -> Self {
        let mut child = program.command(&["serve"]).stdin(Stdio::null()).spawn().unwrap();
        let output = child.stdout.take().unwrap();
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            // Ends with the program, or with the test.
            BufReader::new(output)
                .lines()
                .map_while(Result::ok)
                .try_for_each(|line| sender.send(line).ok())
        });
        let mut running = Self {
            child,
            lines,
            calls: String::new(),
            metrics: String::new(),
        };
        while running.calls.is_empty() || running.metrics.is_empty() {
            let (line, _) = running.line("listening");
            let address = line["fields"]["address"].as_str().unwrap().to_owned();
            match line["fields"]["what"].as_str().unwrap() {
                "calls" => running.calls = address,
                _ => running.metrics = address,
            }
        }
        running
    }

    /// The next line of the log with this message, and what was skipped before it.
    pub(crate) fn line(&self, message: &str) -> (Value, Vec<String>) {
        let mut skipped = Vec::new();
        loop {
            let line = self
                .lines
                .recv_timeout(Duration::from_secs(60))
                .expect("the log goes on");
            let value: Value = serde_json::from_str(&line).expect("every line is JSON");
            if value["fields"]["message"] == message {
                return (value, skipped);
            }
            skipped.push(line);
        }
    }

    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    }

    /// Kills it in the middle of whatever it does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Tells it to end; gives its exit status and the rest of its log.
    pub(crate) fn end(mut self) -> (bool, Vec<String>) {
        self.signal("-TERM");
        let success = self.child.wait().unwrap().success();
        (success, self.lines.iter().collect())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Already gone is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Signed in at this address.
pub(crate) async fn signed_in(base_url: &str, account: &str) -> PlatformClient {
    let client = PlatformClient::new(base_url, None).unwrap();
    client.sign_in(account, PASSWORD).await.unwrap();
    client
}

/// What a program printed; it must succeed.
pub(crate) fn printed(program: &str, words: &[&str]) -> String {
    let output = Command::new(program).args(words).stdin(Stdio::null()).output();
    let output =
        output.unwrap_or_else(|_| panic!("{program} is missing: run `cargo xtask test`, it installs the judges"));
    assert!(
        output.status.success(),
        "{program} {words:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// GET over plain HTTP: head and body.
pub(crate) fn get(address: &str, path: &str) -> String {
    use std::io::Read as _;
    let mut connection = std::net::TcpStream::connect(address).unwrap();
    write!(
        connection,
        "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// What the bank tells of an order that was paid exactly.
pub(crate) fn paid(order: &Order) -> BankNotice {
    BankNotice {
        notice_number: Uuid::new_v4().to_string(),
        receiving_account: order.receiving.account.clone(),
        amount_fen: order.amount_fen,
        payer_name: order.remitting_account.fields.holder.clone(),
        payer_account: order.remitting_account.fields.account.clone(),
        at: order.placed_at,
    }
}

/// An enterprise that may buy: authorised, with a title and an account.
pub(crate) async fn authorised(
    wangmin: &PlatformClient,
    operator: &PlatformClient,
) -> (BillingTitle, RemittingAccount) {
    let letter = b"%PDF-1.4 signed and stamped".to_vec();
    wangmin
        .submit_letter("授权书.pdf", letter, Uuid::new_v4())
        .await
        .unwrap();
    let waiting = operator.operator_approvals().await.unwrap();
    let yes = Decision {
        approve: true,
        reason: None,
    };
    operator.decide(waiting[0].id, &yes, Uuid::new_v4()).await.unwrap();
    let title = NewBillingTitle {
        name: ENTERPRISE.to_owned(),
        tax_number: CREDIT_CODE.to_owned(),
        address: "杭州市西湖区".to_owned(),
        phone: "0571-88888888".to_owned(),
        bank: "中国银行杭州分行".to_owned(),
        account: "3301040160000123".to_owned(),
    };
    let account = NewRemittingAccount {
        kind: RemittingAccountKind::Company,
        holder: ENTERPRISE.to_owned(),
        bank: "中国银行杭州分行".to_owned(),
        account: "3301040160000123".to_owned(),
    };
    (
        wangmin.add_billing_title(&title, Uuid::new_v4()).await.unwrap(),
        wangmin.add_remitting_account(&account, Uuid::new_v4()).await.unwrap(),
    )
}
