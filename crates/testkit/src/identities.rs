//! Keys and certificates that OpenSSL made: signers whom no platform of ours knows.

use crate::judges;
use std::path::Path;

/// The password of the PKCS#12 file that [`by_openssl`] makes.
pub const PASSWORD: &str = "zhang-kai";

/// Puts a P-256 key into a folder, with a certificate of its own for 30 days that may sign (`key.pem`, `root.pem`), and
/// both as `key.p12` under [`PASSWORD`]. `subject` as OpenSSL writes it: `/CN=name`.
///
/// # Panics
/// When OpenSSL cannot.
pub fn by_openssl(folder: &Path, subject: &str) {
    let openssl = |words: &str, more: &[&str]| {
        let mut command = judges::openssl();
        command.args(words.split(' ')).args(more).current_dir(folder);
        judges::must(&mut command);
    };
    openssl(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -utf8 -keyout key.pem -out root.pem",
        &[
            "-addext",
            "keyUsage=critical,digitalSignature,nonRepudiation",
            "-subj",
            subject,
        ],
    );
    let password = format!("pass:{PASSWORD}");
    openssl(
        "pkcs12 -export -inkey key.pem -in root.pem -out key.p12",
        &["-passout", &password],
    );
}
