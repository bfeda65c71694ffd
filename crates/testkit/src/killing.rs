//! Ends a program by SIGKILL at its nth write, whichever of its threads makes it: the kernel stops every thread at every
//! call, and the call that is counted is never made.

use std::collections::HashSet;
use std::io::Write;
use std::process::{Child, Command, Stdio};

use nix::errno::Errno;
use nix::libc;
use nix::sys::ptrace::{self, Event, Options};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

/// Calls that change what a file or another program holds, by their first argument, an open file.
const ON_OPEN_FILES: [i64; 13] = [
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_pwrite64,
    libc::SYS_pwritev,
    libc::SYS_sendto,
    libc::SYS_sendmsg,
    libc::SYS_sendfile,
    libc::SYS_copy_file_range,
    libc::SYS_fsync,
    libc::SYS_fdatasync,
    libc::SYS_sync_file_range,
    libc::SYS_ftruncate,
    libc::SYS_fallocate,
];

/// Calls that change names.
const ON_NAMES: [i64; 8] = [
    libc::SYS_rename,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_link,
    libc::SYS_linkat,
    libc::SYS_unlink,
    libc::SYS_unlinkat,
    libc::SYS_mkdir,
];

/// How a traced program ended, and after how many calls that change something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// It was killed before it came to its end.
    pub killed: bool,
    /// It ended by itself and well.
    pub well: bool,
    /// Calls counted, with the one at which it was killed.
    pub calls: usize,
}

/// Runs a program and kills it at the entrance of its nth call (from 1) that writes to a file or a connection, syncs,
/// shortens, or names. None: nobody kills it. Its output is thrown away.
///
/// Only one at a time in a process: whatever ends meanwhile is taken for the program's.
///
/// # Panics
/// When the program cannot be started or traced.
#[expect(
    clippy::zombie_processes,
    reason = "the tracer waits for it, as for all of its threads"
)]
pub fn run_killed_at(command: &Command, nth: Option<usize>) -> Ending {
    let mut child = waiting(command);
    let main = Pid::from_raw(i32::try_from(child.id()).expect("a process id"));
    let options = Options::PTRACE_O_TRACESYSGOOD
        | Options::PTRACE_O_TRACECLONE
        | Options::PTRACE_O_TRACEFORK
        | Options::PTRACE_O_TRACEVFORK
        | Options::PTRACE_O_TRACEEXEC
        | Options::PTRACE_O_EXITKILL;
    ptrace::seize(main, options).expect("a child can be traced");
    ptrace::interrupt(main).expect("a traced child can be stopped");
    let mut go = child.stdin.take().expect("its input is ours");
    go.write_all(b"go\n").expect("it waits for a line");
    drop(go);
    Tracer::new(main, nth).follow()
}

/// A shell that becomes the program once it is told to, so that nothing happens before it is traced.
fn waiting(command: &Command) -> Child {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "read go; exec \"$@\"", "sh"])
        .arg(command.get_program());
    shell.args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        shell.current_dir(folder);
    }
    shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    shell.spawn().expect("a shell")
}

struct Tracer {
    main: Pid,
    nth: Option<usize>,
    calls: usize,
    /// The shell has become the program.
    started: bool,
    /// Threads that are in a call.
    inside: HashSet<Pid>,
    /// Programs that the program started.
    others: HashSet<Pid>,
}

impl Tracer {
    fn new(main: Pid, nth: Option<usize>) -> Self {
        Self {
            main,
            nth,
            calls: 0,
            started: false,
            inside: HashSet::new(),
            others: HashSet::new(),
        }
    }

    fn follow(mut self) -> Ending {
        loop {
            match waitpid(None, Some(WaitPidFlag::__WALL)).expect("the program is not lost") {
                WaitStatus::Exited(thread, code) if thread == self.main => return self.ending(false, code == 0),
                WaitStatus::Signaled(thread, ..) if thread == self.main => return self.ending(true, false),
                WaitStatus::PtraceSyscall(thread) => {
                    self.at_call(thread);
                    go_on(thread, None);
                }
                WaitStatus::PtraceEvent(thread, _, event) => {
                    self.at_event(thread, event);
                    go_on(thread, None);
                }
                WaitStatus::Stopped(thread, signal) => go_on(thread, Some(signal)),
                WaitStatus::Exited(thread, _) | WaitStatus::Signaled(thread, ..) => {
                    self.inside.remove(&thread);
                    self.others.remove(&thread);
                }
                WaitStatus::Continued(_) | WaitStatus::StillAlive => {}
            }
        }
    }

    /// What the program started ends with it.
    fn ending(&self, killed: bool, well: bool) -> Ending {
        for other in &self.others {
            // It may be gone already.
            let _ = kill(*other, Signal::SIGKILL);
            while waitpid(*other, Some(WaitPidFlag::__WALL)).is_ok_and(|status| !is_the_last(status)) {
                go_on(*other, None);
            }
        }
        Ending {
            killed,
            well,
            calls: self.calls,
        }
    }

    fn at_event(&mut self, thread: Pid, event: i32) {
        self.started |= event == Event::PTRACE_EVENT_EXEC as i32;
        let forked = [Event::PTRACE_EVENT_FORK as i32, Event::PTRACE_EVENT_VFORK as i32];
        if forked.contains(&event) {
            let other = ptrace::getevent(thread).ok().and_then(|id| i32::try_from(id).ok());
            self.others.extend(other.map(Pid::from_raw));
        }
    }

    /// A thread stops on its way in, and again on its way out.
    fn at_call(&mut self, thread: Pid) {
        if self.inside.remove(&thread) {
            return;
        }
        self.inside.insert(thread);
        if self.started && changes_something(thread) {
            self.calls += 1;
            if Some(self.calls) == self.nth {
                // It may be gone already, which is as good.
                let _ = kill(self.main, Signal::SIGKILL);
            }
        }
    }
}

const fn is_the_last(status: WaitStatus) -> bool {
    matches!(status, WaitStatus::Exited(..) | WaitStatus::Signaled(..))
}

/// A thread that was killed meanwhile cannot go on.
fn go_on(thread: Pid, signal: Option<Signal>) {
    match ptrace::syscall(thread, signal) {
        Ok(()) | Err(Errno::ESRCH) => {}
        Err(error) => panic!("a traced thread does not go on: {error}"),
    }
}

fn changes_something(thread: Pid) -> bool {
    let Ok(registers) = ptrace::getregs(thread) else {
        return false;
    };
    let call = registers.orig_rax.cast_signed();
    ON_NAMES.contains(&call) || (ON_OPEN_FILES.contains(&call) && leads_out(thread, registers.rdi))
}

/// Whether an open file is one that others see: not a thread's own bell, nor what the test prints.
fn leads_out(thread: Pid, descriptor: u64) -> bool {
    let link = std::fs::read_link(format!("/proc/{thread}/fd/{descriptor}"));
    let link = link.map(|link| link.to_string_lossy().into_owned()).unwrap_or_default();
    descriptor > 2 && (link.starts_with('/') || link.starts_with("socket:"))
}
