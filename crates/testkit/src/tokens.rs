//! SoftHSM tokens in a folder of their own, made and filled by its program and OpenSC; their keys never leave them.

use crate::judges;
#[cfg(unix)]
pub use remote::{RemoteTokens, remote_module};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The PIN of every token made here.
pub const PIN: &str = "654321";

/// Where Debian, and others, put SoftHSM's module.
const MODULES: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
];

/// SoftHSM's driver.
///
/// # Panics
/// When it is not installed.
pub fn module() -> &'static str {
    let found = MODULES.into_iter().find(|module| Path::new(module).exists());
    found.expect("SoftHSM is missing: run `cargo xtask test`, it installs it")
}

/// Tokens kept in a folder, and an authority that issues certificates for their keys (`ca.pem` there).
pub struct TokenFolder {
    folder: PathBuf,
}

impl TokenFolder {
    /// Makes the store without a token in it, and the authority.
    ///
    /// # Panics
    /// When a file cannot be written or OpenSSL fails.
    pub fn new(folder: &Path) -> Self {
        std::fs::create_dir(folder.join("tokens")).unwrap();
        let settings = format!(
            "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
            folder.join("tokens").display()
        );
        std::fs::write(folder.join("softhsm.conf"), settings).unwrap();
        let usage = "keyUsage=critical,digitalSignature,nonRepudiation\nbasicConstraints=critical,CA:FALSE\n";
        std::fs::write(folder.join("usage.cnf"), usage).unwrap();
        let mut authority = judges::openssl();
        authority
            .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "60"])
            .args(["-subj", "/CN=token authority", "-keyout", "ca.key", "-out", "ca.pem"])
            .current_dir(folder);
        judges::must(&mut authority);
        Self {
            folder: folder.to_owned(),
        }
    }

    /// What a program needs in its environment to see these tokens.
    pub fn environment(&self) -> (&'static str, PathBuf) {
        ("SOFTHSM2_CONF", self.folder.join("softhsm.conf"))
    }

    fn with(&self, mut command: Command, words: &str, more: &[&str]) {
        let (name, value) = self.environment();
        command.args(words.split(' ')).args(more);
        judges::must(command.env(name, value).current_dir(&self.folder));
    }

    /// Makes a token with [`PIN`].
    ///
    /// # Panics
    /// When SoftHSM's program fails.
    pub fn add_token(&self, label: &str) {
        let words = "--init-token --free --so-pin 12345678 --pin";
        self.with(judges::softhsm2_util(), words, &[PIN, "--label", label]);
    }

    /// Does something with OpenSC, logged in to the token «bid».
    ///
    /// # Panics
    /// When it fails.
    pub fn opensc(&self, words: &str, more: &[&str]) {
        let logged_in = format!("--token-label bid --login --pin {PIN} {words}");
        let mut tool = judges::pkcs11_tool();
        tool.args(["--module", module()]);
        self.with(tool, &logged_in, more);
    }

    /// Makes a key on the token «bid» (`EC:prime256v1`, `rsa:2048`) and writes a certificate for it with this subject
    /// name, which is its label too. The certificate stays in the folder as `issued.der`.
    ///
    /// # Panics
    /// When OpenSC or OpenSSL fails.
    pub fn add_key(&self, kind: &str, id: &str, name: &str) {
        self.opensc(&format!("--keypairgen --key-type {kind} --id {id} --label"), &[name]);
        self.opensc(
            &format!("--read-object --type pubkey --id {id} --output-file key.spki"),
            &[],
        );
        let request = "req -new -utf8 -key ca.key -out name.csr -subj";
        self.with(judges::openssl(), request, &[&format!("/CN={name}")]);
        let issue = "x509 -req -in name.csr -force_pubkey key.spki -days 30 -CA ca.pem -CAkey ca.key -extfile usage.cnf \
                     -outform DER -out issued.der";
        self.with(judges::openssl(), issue, &[]);
        self.write_certificate(id, name);
    }

    /// Writes `issued.der` to the token «bid» under an identifier.
    ///
    /// # Panics
    /// When OpenSC fails.
    pub fn write_certificate(&self, id: &str, label: &str) {
        self.opensc(
            &format!("--write-object issued.der --type cert --id {id} --label"),
            &[label],
        );
    }
}

/// Tokens at the other end of a wire, as network modules are: `p11-kit server` is the box, its client module the driver.
#[cfg(unix)]
mod remote {
    use super::{TokenFolder, module};
    use std::io::{BufRead as _, BufReader};
    use std::os::unix::process::CommandExt as _;
    use std::path::{Path, PathBuf};
    use std::process::{Child, Command, Stdio};

    /// Where Debian, and others, put the driver.
    const MODULES: [&str; 2] = [
        "/usr/lib/x86_64-linux-gnu/pkcs11/p11-kit-client.so",
        "/usr/lib64/pkcs11/p11-kit-client.so",
    ];

    /// The driver of tokens at the other end.
    ///
    /// # Panics
    /// When it is not installed.
    pub fn remote_module() -> &'static str {
        let found = MODULES.into_iter().find(|module| Path::new(module).exists());
        found.expect("p11-kit's client module is missing: run `cargo xtask test`, it installs it")
    }

    /// The tokens of a folder, reachable until this is dropped.
    pub struct RemoteTokens {
        server: Child,
        socket: PathBuf,
    }

    impl RemoteTokens {
        /// Starts the server, at the same address each time.
        ///
        /// # Panics
        /// When it does not start.
        pub fn start(tokens: &TokenFolder) -> Self {
            let socket = tokens.folder.join("box");
            // The one of a server that was killed.
            let _ = std::fs::remove_file(&socket);
            let mut server = Command::new("p11-kit");
            server.args(["server", "--foreground", "--provider", module(), "--name"]);
            server.arg(&socket).arg("pkcs11:").stdout(Stdio::piped());
            let (name, value) = tokens.environment();
            let server = server.env(name, value).process_group(0).spawn();
            let mut server = server.expect("p11-kit is missing: run `cargo xtask test`, it installs it");
            let said = BufReader::new(server.stdout.take().unwrap()).lines().next();
            assert!(said.unwrap().unwrap().contains("P11_KIT_SERVER_ADDRESS"));
            Self { server, socket }
        }

        /// What a program needs in its environment to reach them.
        pub fn environment(&self) -> (&'static str, String) {
            ("P11_KIT_SERVER_ADDRESS", format!("unix:path={}", self.socket.display()))
        }
    }

    impl Drop for RemoteTokens {
        /// The server has a process for each of its callers: all of them go.
        fn drop(&mut self) {
            let group = format!("-{}", self.server.id());
            // Gone is what is wanted.
            let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
            let _ = self.server.wait();
        }
    }
}
