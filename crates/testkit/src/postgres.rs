//! A PostgreSQL of the tests' own: an empty cluster in a temporary folder, reached by a socket, gone with its last user.
//!
//! PostgreSQL refuses to run as root; then the cluster belongs to the account `postgres` that its Debian package makes.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

/// Starts the cluster, says so, and stops it when its standard input ends: whatever becomes of the test, nothing stays behind.
const SUPERVISOR: &str = r#"
trap '' HUP INT TERM
"$1/pg_ctl" --pgdata="$2/data" --log="$2/log" --wait --options="$3" start >/dev/null || { cat "$2/log" >&2; exit 1; }
echo ready
cat >/dev/null
"$1/pg_ctl" --pgdata="$2/data" --mode=immediate --wait stop >/dev/null
rm -rf "$2/data" "$2/log"
"#;
/// Owner of everything in the cluster.
const USER: &str = "ganjiang";

/// How much a crash of the machine may lose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Nothing waits for the disk: for tests, whose data nobody keeps.
    Scratch,
    /// As PostgreSQL is delivered: for measuring, and for tests that kill it.
    Full,
}

/// A running cluster. Dropped, or ended in any other way, it takes its data along.
pub struct Cluster {
    folder: TempDir,
    supervisor: Child,
}

impl Cluster {
    /// The cluster that the tests of this process share.
    ///
    /// # Panics
    /// When PostgreSQL is missing or does not start.
    pub fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<Cluster>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let cluster = Self::start(Durability::Scratch, &[]).expect("PostgreSQL starts");
            let cluster = Arc::new(cluster);
            *shared = Arc::downgrade(&cluster);
            cluster
        })
    }

    /// Starts a cluster with these settings (`name=value`) beside the ones tests need.
    ///
    /// # Errors
    /// When PostgreSQL is missing (`cargo xtask test` installs it) or does not start.
    pub fn start(durability: Durability, settings: &[&str]) -> Result<Self> {
        let programs = programs()?;
        let account = Account::find()?;
        let folder = tempfile::Builder::new().prefix("pg").tempdir()?;
        copy(&template(&programs, &account)?, &folder.path().join("data"))?;
        account.give(folder.path())?;
        let mut supervisor = account.command("sh");
        supervisor
            .args(["-c", SUPERVISOR, "sh"])
            .arg(&programs)
            .arg(folder.path());
        supervisor.arg(options(folder.path(), durability, settings));
        let mut supervisor = supervisor.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut said = String::new();
        let output = supervisor.stdout.take().context("no standard output")?;
        BufReader::new(output).read_line(&mut said)?;
        ensure!(said.trim() == "ready", "PostgreSQL did not start");
        Ok(Self { folder, supervisor })
    }

    /// Makes an empty database and gives its address.
    ///
    /// # Errors
    /// When it exists already.
    pub fn database(&self, name: &str) -> Result<String> {
        let mut create = Command::new(programs()?.join("createdb"));
        create.arg("--host").arg(self.folder.path());
        done(create.args(["--username", USER, name]))?;
        Ok(self.address(name))
    }

    /// The address of a database in this cluster.
    pub fn address(&self, database: &str) -> String {
        let folder = self.folder.path().display().to_string().replace('/', "%2F");
        format!("postgres://{USER}@localhost/{database}?host={folder}")
    }

    /// What `psql` prints for some SQL, without headings, columns parted by `|`.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn psql(&self, database: &str, sql: &str) -> Result<String> {
        let mut psql = Command::new(programs()?.join("psql"));
        psql.arg("--host").arg(self.folder.path());
        psql.args(["--username", USER, "--dbname", database, "--no-psqlrc", "--quiet"]);
        psql.args(["--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", "--command", sql]);
        done(&mut psql)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.supervisor.stdin.take());
        // It stops the cluster; a cluster that does not stop would outlive the test and be seen.
        let _ = self.supervisor.wait();
    }
}

fn options(folder: &Path, durability: Durability, settings: &[&str]) -> String {
    let mut all = vec!["listen_addresses=", "max_connections=200"];
    if durability == Durability::Scratch {
        all.extend([
            "fsync=off",
            "full_page_writes=off",
            "shared_buffers=16MB",
            "synchronous_commit=off",
        ]);
    }
    all.extend(settings);
    let all: Vec<String> = all.into_iter().map(|one| format!("-c {one}")).collect();
    format!("-k {} {}", folder.display(), all.join(" "))
}

/// The folder of the newest PostgreSQL that Debian installed.
fn programs() -> Result<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .context("PostgreSQL is missing: run `cargo xtask test`, it installs what the tests need")?;
    let version = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = versions.flatten().map(|entry| entry.path()).max_by_key(version);
    Ok(newest.context("no version of PostgreSQL is installed")?.join("bin"))
}

/// Who runs PostgreSQL: this account, or `postgres` when this is root.
struct Account(Option<(u32, u32)>);

impl Account {
    fn find() -> Result<Self> {
        if number(&["-u"])? != 0 {
            return Ok(Self(None));
        }
        Ok(Self(Some((number(&["-u", "postgres"])?, number(&["-g", "postgres"])?))))
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/");
        if let Self(Some((user, group))) = self {
            command.uid(*user).gid(*group);
        }
        command
    }

    fn give(&self, folder: &Path) -> Result<()> {
        if let Self(Some((user, group))) = self {
            let owner = format!("{user}:{group}");
            done(Command::new("chown").args(["--recursive", &owner]).arg(folder))?;
        }
        Ok(())
    }
}

fn number(arguments: &[&str]) -> Result<u32> {
    Ok(done(Command::new("id").args(arguments))?.trim().parse()?)
}

/// An empty cluster beside the built programs, made once: copying is much quicker than making.
fn template(programs: &Path, account: &Account) -> Result<PathBuf> {
    let here = std::env::current_exe()?;
    let target = here
        .ancestors()
        .nth(2)
        .context("tests are built into a folder of a folder")?;
    let version = programs.parent().and_then(Path::file_name).context("no version")?;
    let made = target.join(format!("postgresql-{}", version.to_string_lossy()));
    let lock = std::fs::File::create(made.with_extension("lock"))?;
    lock.lock()?;
    if made.exists() {
        return Ok(made);
    }
    let folder = tempfile::tempdir()?;
    account.give(folder.path())?;
    let data = folder.path().join("data");
    let mut make = account.command(programs.join("initdb"));
    make.args([
        "--no-sync",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--username",
        USER,
    ]);
    done(make.arg("--pgdata").arg(&data))?;
    let aside = made.with_extension("new");
    let _ = std::fs::remove_dir_all(&aside);
    copy(&data, &aside)?;
    std::fs::rename(&aside, &made)?;
    Ok(made)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    done(
        Command::new("cp")
            .args(["--recursive", "--preserve=mode"])
            .arg(from)
            .arg(to),
    )
    .map(drop)
}

/// What the command printed; its complaint when it fails.
fn done(command: &mut Command) -> Result<String> {
    let answer = command.stdin(Stdio::null()).output();
    let answer = answer.with_context(|| format!("cannot start {command:?}"))?;
    if !answer.status.success() {
        bail!("{command:?}: {}", String::from_utf8_lossy(&answer.stderr));
    }
    Ok(String::from_utf8_lossy(&answer.stdout).into_owned())
}
