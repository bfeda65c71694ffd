//! What a program that dies leaves on the disk: nothing of its memory, which may hold a PIN or a key.

/// Asks the operating system to write no core dumps of this process and those it starts. Windows and macOS write none
/// unless somebody set that up, and the system's administrator can do so everywhere.
pub fn forbid() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        // To lower a limit is always allowed.
        let _ = setrlimit(Resource::Core, none);
    }
}
