//! A screen, a message bus and a WebDriver of our own, each on a free address, all ended when dropped.

use crate::hand::Hand;
use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// A notification is waited for so long.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where a window can be started without a person's display.
pub struct Stage {
    driver_port: u16,
    // Dropped in this order: the driver first (it ends its window), the screen last.
    driver: Running,
    bus: Running,
    display: Running,
    display_name: String,
    bus_address: String,
    data_folder: PathBuf,
}

impl Stage {
    /// Starts Xvfb, a session bus and WebKitWebDriver; the window to come keeps its data in `data_folder`.
    ///
    /// # Errors
    /// When one of them is not installed or does not come up.
    pub fn set(data_folder: &Path) -> Result<Self> {
        let (display, number) = virtual_screen()?;
        let display_name = format!(":{number}");
        let (bus, bus_address) = session_bus(&display_name)?;
        let driver_port = free_port()?;
        let mut driver = Command::new("WebKitWebDriver");
        driver.arg(format!("--port={driver_port}")).arg("--host=127.0.0.1");
        let surroundings = surroundings(&display_name, &bus_address, data_folder);
        let driver = Running::start(driver.envs(surroundings).stdin(Stdio::null()))?;
        Ok(Self {
            driver_port,
            driver,
            bus,
            display,
            display_name,
            bus_address,
            data_folder: data_folder.to_path_buf(),
        })
    }

    /// The driver's address.
    pub fn driver_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.driver_port)
    }

    /// A person's hand on this screen's keyboard and mouse, for what no WebDriver reaches: dialogs of the system, drops.
    pub fn hand(&self) -> Hand {
        Hand::new(surroundings(&self.display_name, &self.bus_address, &self.data_folder))
    }

    /// Watches from now on what the notification daemon of this bus is asked to show.
    ///
    /// # Errors
    /// When the bus cannot be watched.
    pub fn watch_notifications(&self) -> Result<NotificationWatch> {
        let mut monitor = Command::new("dbus-monitor");
        monitor.args([
            "--session",
            "interface='org.freedesktop.Notifications'",
            "type='method_return'",
        ]);
        let surroundings = surroundings(&self.display_name, &self.bus_address, &self.data_folder);
        let mut running = Running::start(monitor.envs(surroundings).stdin(Stdio::null()).stdout(Stdio::piped()))?;
        let output = running.0.stdout.take().context("the monitor has no output")?;
        let (send, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(NotificationWatch {
            lines,
            _monitor: running,
        })
    }

    /// Fails when one of the programs has ended meanwhile.
    ///
    /// # Errors
    /// Names the program.
    pub fn check(&mut self) -> Result<()> {
        for (name, program) in [
            ("WebKitWebDriver", &mut self.driver),
            ("dbus-daemon", &mut self.bus),
            ("Xvfb", &mut self.display),
        ] {
            if let Some(status) = program.0.try_wait()? {
                bail!("{name} ended with {status}");
            }
        }
        Ok(())
    }

    /// Starts the window once more beside the first, as a person would by a double click on a file.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start_again(&self, program: &Path, arguments: &[OsString]) -> Result<std::process::ExitStatus> {
        let surroundings = surroundings(&self.display_name, &self.bus_address, &self.data_folder);
        let mut second = Command::new(program);
        second.args(arguments).envs(surroundings).stdin(Stdio::null());
        second
            .status()
            .with_context(|| format!("cannot start {}", program.display()))
    }
}

/// Sees what the notification daemon is asked to show.
pub struct NotificationWatch {
    lines: mpsc::Receiver<String>,
    _monitor: Running,
}

impl NotificationWatch {
    /// The next notification that was shown: all of its words.
    ///
    /// # Errors
    /// When none came in half a minute.
    pub fn next(&self) -> Result<String> {
        let mut words = String::new();
        let mut asked = false;
        loop {
            let line = self.lines.recv_timeout(PATIENCE).context("no notification came")?;
            asked |= line.contains("member=Notify");
            // The daemon's answer: it is on the screen.
            if asked && line.starts_with("method return") {
                return Ok(words);
            }
            if asked {
                words.push_str(&line);
                words.push('\n');
            }
        }
    }
}

/// What the window finds in its environment: our screen, our bus, no key store, software drawing, a fixed language.
fn surroundings(display: &str, bus: &str, data: &Path) -> Vec<(&'static str, OsString)> {
    vec![
        ("DISPLAY", display.into()),
        ("WAYLAND_DISPLAY", "".into()),
        ("GDK_BACKEND", "x11".into()),
        ("DBUS_SESSION_BUS_ADDRESS", bus.into()),
        ("TAURI_WEBVIEW_AUTOMATION", "true".into()),
        ("WEBKIT_DISABLE_DMABUF_RENDERER", "1".into()),
        ("LIBGL_ALWAYS_SOFTWARE", "1".into()),
        ("GTK_USE_PORTAL", "0".into()),
        ("NO_AT_BRIDGE", "1".into()),
        ("LANG", "C.UTF-8".into()),
        ("GANJIANG_DATA", data.into()),
        // Tokens in software are looked for beside the data.
        ("SOFTHSM2_CONF", data.join("softhsm.conf").into()),
    ]
}

/// A program that is ended when dropped; a key press that interrupts us does not reach it.
struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let child = command.spawn();
        let name = command.get_program().to_string_lossy().into_owned();
        Ok(Self(child.with_context(|| {
            format!("cannot start {name}: run `cargo xtask test`, it installs what is missing")
        })?))
    }

    /// The first line it writes on standard output.
    fn first_line(&mut self) -> Result<String> {
        let output = self.0.stdout.take().context("its output is not read")?;
        let mut line = String::new();
        BufReader::new(output.take(4096)).read_line(&mut line)?;
        if line.trim().is_empty() {
            bail!("it ended without saying where it listens");
        }
        Ok(line.trim().to_owned())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Already ended is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Xvfb chooses a free display by itself and says which.
fn virtual_screen() -> Result<(Running, String)> {
    let mut command = Command::new("Xvfb");
    command.args(["-displayfd", "1", "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]);
    let mut running = Running::start(
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null()),
    )?;
    let number = running.first_line().context("Xvfb")?;
    Ok((running, number))
}

/// What the bus starts by itself, such as the notification daemon, is to find our screen.
fn session_bus(display: &str) -> Result<(Running, String)> {
    let mut command = Command::new("dbus-daemon");
    command.args(["--session", "--nofork", "--print-address=1"]);
    let mut running = Running::start(
        command
            .env("DISPLAY", display)
            .env("WAYLAND_DISPLAY", "")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null()),
    )?;
    let address = running.first_line().context("dbus-daemon")?;
    Ok((running, address))
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
