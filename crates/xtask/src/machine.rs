//! What the operating system must have: looked up, installed on Debian and Ubuntu, named elsewhere.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;

/// To compile the window.
const TO_BUILD: &[&str] = &[
    "build-essential",
    "ca-certificates",
    "libwebkit2gtk-4.1-dev",
    "pkg-config",
];
/// To show and drive the window where there is no screen. `dbus` carries the "one instance only" rule.
const WITHOUT_SCREEN: &[&str] = &[
    "dbus",
    "dbus-x11",
    "fonts-noto-cjk",
    "procps",
    "webkit2gtk-driver",
    "xauth",
    "xvfb",
];
/// To use the system's own dialogs, to drop files on the window and to see its notifications, as a person does.
const HANDS: &[&str] = &["dunst", "gir1.2-gtk-3.0", "python3-gi", "xdotool"];
/// Programs we did not write that judge what we write; `python3-venv` carries pyHanko, `softhsm2` is a token in software
/// that `opensc` fills and `p11-kit` puts at the other end of a wire, `chromium` shows the platform's pages, `strace` sees in which order files are synced and named, and
/// kills ours at its writes.
const JUDGES: &[&str] = &[
    "chromium",
    "mupdf-tools",
    "openssl",
    "opensc",
    "p11-kit",
    "p11-kit-modules",
    "poppler-utils",
    "python3-venv",
    "qpdf",
    "softhsm2",
    "strace",
];
/// What the platform stands on as a service: its database, and what shares calls out among its instances.
const SERVICE: &[&str] = &["curl", "nginx", "postgresql"];
/// What calls the platform as fast as it answers.
const LOAD: &[&str] = &["wrk"];
/// Programs that do what ours does, to be timed beside it.
const PEERS: &[&str] = &[
    "default-jdk-headless",
    "libbcpkix-java",
    "libnss3-tools",
    "libpdfbox2-java",
    "libpodofo-utils",
];
/// To make the installer.
const TO_BUNDLE: &[&str] = &["file", "librsvg2-dev", "xdg-utils"];

/// What a command is about to do, and so what it needs from the operating system.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Build,
    BuildAndVirtualScreen,
    Everything,
    Peers,
    Load,
    Bundle,
}

impl Need {
    fn packages(self) -> Vec<&'static str> {
        let groups: &[&[&str]] = match self {
            Self::Build => &[TO_BUILD],
            Self::BuildAndVirtualScreen => &[TO_BUILD, WITHOUT_SCREEN],
            Self::Everything => &[TO_BUILD, WITHOUT_SCREEN, HANDS, JUDGES, SERVICE],
            Self::Peers => &[TO_BUILD, JUDGES, PEERS],
            Self::Load => &[TO_BUILD, JUDGES, SERVICE, LOAD],
            Self::Bundle => &[TO_BUILD, TO_BUNDLE],
        };
        groups.concat()
    }
}

/// Installs what is missing, or says what to install where that is not ours to do.
pub(crate) fn prepare(need: Need) -> Result<()> {
    node_is_recent()?;
    if cfg!(windows) {
        println!("Windows needs: Visual Studio Build Tools with «Desktop development with C++», and WebView2");
        println!("(part of Windows 11; otherwise https://developer.microsoft.com/microsoft-edge/webview2).");
        return Ok(());
    }
    if cfg!(target_os = "macos") {
        println!("macOS needs the Xcode command line tools: xcode-select --install");
        return Ok(());
    }
    debian_packages(&need.packages())
}

fn node_is_recent() -> Result<()> {
    let version = process::ask("node", &["--version"]).context("Node.js 20 or later is needed: https://nodejs.org")?;
    let major = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|number| number.parse::<u32>().ok());
    match major {
        Some(20..) => Ok(()),
        _ => bail!("Node.js 20 or later is needed, found {}", version.trim()),
    }
}

fn debian_packages(wanted: &[&str]) -> Result<()> {
    if process::ask("dpkg-query", &["--version"]).is_none() {
        println!(
            "This is not Debian or Ubuntu: please install what these Debian packages hold: {}",
            wanted.join(" ")
        );
        return Ok(());
    }
    let missing = missing_packages(wanted)?;
    if missing.is_empty() {
        return Ok(());
    }
    println!("Missing Debian packages: {}", missing.join(" "));
    process::run(as_root()?.args(["apt-get", "update", "--quiet"]))?;
    let mut install = as_root()?;
    install.args([
        "DEBIAN_FRONTEND=noninteractive",
        // Where there is no systemd: installed daemons are not started; the tests start their own.
        "RUNLEVEL=1",
        "apt-get",
        "install",
        "--yes",
        "--quiet",
    ]);
    process::run(install.arg("--no-install-recommends").args(&missing))
}

fn missing_packages<'a>(wanted: &[&'a str]) -> Result<Vec<&'a str>> {
    let mut query = Command::new("dpkg-query");
    query
        .args(["--show", "--showformat=${db:Status-Status} ${Package}\n"])
        .args(wanted);
    // dpkg-query fails when it knows nothing of some package; what it prints is right all the same.
    let answer = query.output().context("cannot ask dpkg-query")?;
    let installed = installed_packages(&String::from_utf8_lossy(&answer.stdout));
    Ok(wanted
        .iter()
        .copied()
        .filter(|name| !installed.contains(*name))
        .collect())
}

fn installed_packages(listing: &str) -> BTreeSet<String> {
    listing
        .lines()
        .filter_map(|line| line.strip_prefix("installed "))
        .map(str::to_owned)
        .collect()
}

/// A command that runs the given words as root: `env` when we are root already, else `sudo env`.
fn as_root() -> Result<Command> {
    if process::ask("id", &["-u"]).is_some_and(|user| user.trim() == "0") {
        return Ok(process::command("env", &[], Path::new("/")));
    }
    if process::ask("sudo", &["--version"]).is_none() {
        bail!("packages are missing and this user is neither root nor able to use sudo");
    }
    // sudo asks for a password, if it must, on the terminal itself.
    Ok(process::command("sudo", &["env"], Path::new("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removed_package_with_leftover_settings_is_missing() {
        let listing = "installed qpdf\nconfig-files xvfb\nnot-installed openssl\n";
        assert_eq!(installed_packages(listing), BTreeSet::from(["qpdf".to_owned()]));
    }

    #[test]
    fn testing_needs_all_that_running_needs() {
        let everything = Need::Everything.packages();
        assert!(
            Need::BuildAndVirtualScreen
                .packages()
                .iter()
                .all(|name| everything.contains(name))
        );
    }
}
