//! A person's hand on keyboard and mouse: X events by xdotool, for dialogs of the system and files dropped from outside.

use anyhow::{Context, Result, ensure};
use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a window may take to come or go; a deadline, not a pause.
const PATIENCE: Duration = Duration::from_secs(30);
/// A window that offers files to whoever takes them: `DRAG_SOURCE X Y FILE...`.
const DRAG_SOURCE: &str = include_str!("drag_source.py");
/// Keeps a picture in the clipboard: `CLIPBOARD FILE`.
const CLIPBOARD: &str = include_str!("clipboard.py");
/// Where the offering window stands, in pixels of the screen: right of the window under test.
const OFFERED_AT: (u32, u32) = (1400, 500);

/// The hand on one screen.
pub struct Hand(Vec<(&'static str, OsString)>);

impl Hand {
    pub(crate) fn new(surroundings: Vec<(&'static str, OsString)>) -> Self {
        Self(surroundings)
    }

    /// Waits for a dialog with this title, types the file's path into it and presses Enter.
    ///
    /// # Errors
    /// When no such dialog comes.
    pub fn choose(&self, title: &str, file: &Path) -> Result<()> {
        let dialog = self.dialog(title)?;
        // GTK's key for the place where a path is typed; what is in it already is replaced.
        self.key("ctrl+l")?;
        self.key("ctrl+a")?;
        let path = file.to_str().context("a path that can be typed")?;
        self.xdotool(&["type", "--delay", "2", path])?;
        self.press_until_gone(&dialog, "Return")
    }

    /// Waits for a dialog with this title and leaves it by Escape.
    ///
    /// # Errors
    /// When no such dialog comes.
    pub fn cancel(&self, title: &str) -> Result<()> {
        let dialog = self.dialog(title)?;
        self.press_until_gone(&dialog, "Escape")
    }

    /// Drags a file from another program's window and lets it go at a point of the screen.
    ///
    /// # Errors
    /// When the other window does not come, or nobody takes the file.
    pub fn drop_at(&self, (x, y): (u32, u32), file: &Path) -> Result<()> {
        let mut source = self.offer(file)?;
        let said = source.stdout.take().context("the source's words are not read")?;
        let mut said = BufReader::new(said).lines();
        ensure!(
            said.next().transpose()?.as_deref() == Some("shown"),
            "the source does not show"
        );
        let (from_x, from_y) = OFFERED_AT;
        self.pointer(from_x + 50, from_y + 50)?;
        self.xdotool(&["mousedown", "1"])?;
        for step in 1..=20 {
            let between = |from: u32, to: u32| (from * (20 - step) + to * step) / 20;
            self.pointer(between(from_x + 50, x), between(from_y + 50, y))?;
        }
        self.xdotool(&["mouseup", "1"])?;
        let end = said.next().transpose()?;
        source.wait()?;
        ensure!(end.as_deref() == Some("taken"), "the drop ended with {end:?}");
        Ok(())
    }

    /// Copies a picture; it is in the clipboard as long as what comes back lives.
    ///
    /// # Errors
    /// When it cannot be copied.
    pub fn copy_picture(&self, file: &Path) -> Result<Copied> {
        let mut holder = Command::new("/usr/bin/python3");
        holder.args(["-c", CLIPBOARD]).arg(file).envs(self.0.iter().cloned());
        let mut holder = Copied(holder.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?);
        let said = holder.0.stdout.take().context("the holder's words are not read")?;
        let said = BufReader::new(said).lines().next().transpose()?;
        ensure!(said.as_deref() == Some("copied"), "the picture is not copied");
        Ok(holder)
    }

    fn offer(&self, file: &Path) -> Result<Child> {
        let mut source = Command::new("/usr/bin/python3");
        let (x, y) = OFFERED_AT;
        source
            .args(["-c", DRAG_SOURCE, &x.to_string(), &y.to_string()])
            .arg(file);
        source
            .envs(self.0.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        source.spawn().context("python3 with its GTK is missing")
    }

    /// The dialog's X window, once it shows and takes the keys; there is no window manager here to give them to it.
    fn dialog(&self, title: &str) -> Result<String> {
        let found = self.xdotool(&["search", "--sync", "--onlyvisible", "--name", title])?;
        let dialog = found.lines().next().context("no window")?;
        self.xdotool(&["windowfocus", "--sync", dialog])?;
        Ok(dialog.to_owned())
    }

    /// GTK drops a key while it still looks for files; it is pressed again as long as this dialog has the keys.
    fn press_until_gone(&self, dialog: &str, key: &str) -> Result<()> {
        let begun = Instant::now();
        while self.xdotool(&["getwindowfocus", "-f"])?.trim() == dialog {
            ensure!(begun.elapsed() < PATIENCE, "the dialog does not close");
            self.xdotool(&["key", "--delay", "300", key])?;
        }
        Ok(())
    }

    fn pointer(&self, x: u32, y: u32) -> Result<()> {
        self.xdotool(&["mousemove", "--sync", &x.to_string(), &y.to_string()])
            .map(drop)
    }

    fn key(&self, key: &str) -> Result<()> {
        self.xdotool(&["key", "--clearmodifiers", key]).map(drop)
    }

    /// What xdotool answers; it waits by X events, and we give up after a deadline.
    fn xdotool(&self, words: &[&str]) -> Result<String> {
        let mut command = Command::new("timeout");
        command
            .arg(PATIENCE.as_secs().to_string())
            .arg("xdotool")
            .args(words)
            .envs(self.0.iter().cloned());
        let answer = command.stdin(Stdio::null()).output().context("xdotool is missing")?;
        let problem = String::from_utf8_lossy(&answer.stderr).into_owned();
        ensure!(
            answer.status.success(),
            "xdotool {words:?}: {} {problem}",
            answer.status
        );
        Ok(String::from_utf8_lossy(&answer.stdout).into_owned())
    }
}

/// What is in the clipboard, until it is dropped.
pub struct Copied(Child);

impl Drop for Copied {
    fn drop(&mut self) {
        // It may have ended with its screen.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
