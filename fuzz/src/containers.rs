//! Seeds for what stands in signatures and key files: taken from signed files of others, and made by OpenSSL.

use std::path::{Path, PathBuf};
use std::process::Command;

use pdf::signature::read_signatures;
use pdf::validation_data::read_validation_data;
use pki::cms::ParsedSignature;

use super::{PASSWORD, recipes, seeds};

/// Larger ones slow the search down more than they find.
const MOST_BYTES: usize = 12_000;

/// Containers of signatures in files of others.
pub fn signatures() -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for file in signed_files() {
        let Ok(document) = recipes::open(file) else { continue };
        for field in read_signatures(&document).unwrap_or_default() {
            found.push(field.contents.clone());
        }
    }
    fit(found)
}

/// Responses and lists of others, timestamps, and a request of our own.
pub fn authority_words() -> Vec<Vec<u8>> {
    let request = pki::timestamping::TimestampRequest::over(b"ganjiang", [7; 16]);
    let mut found = vec![request.to_der()];
    for file in signed_files() {
        let Ok(document) = recipes::open(file) else { continue };
        let revisions = document.revisions().map_or(0, <[_]>::len);
        let stored = read_validation_data(&document, revisions.saturating_sub(1));
        found.extend(stored.responses);
        found.extend(stored.lists);
        for field in read_signatures(&document).unwrap_or_default() {
            let Ok(parsed) = ParsedSignature::parse(&field.contents) else { continue };
            found.extend(parsed.timestamps().to_vec());
            found.extend(parsed.archived_revocation().1.to_vec());
        }
    }
    if let Some(folder) = std::env::var_os("GANJIANG_CORPORA") {
        for entry in std::fs::read_dir(Path::new(&folder).join("pkits/crls")).into_iter().flatten().flatten() {
            found.extend(std::fs::read(entry.path()));
        }
    }
    fit(found)
}

/// Signed files of others, of any size: only what they hold is kept.
fn signed_files() -> Vec<Vec<u8>> {
    let Some(folder) = std::env::var_os("GANJIANG_CORPORA") else {
        return Vec::new();
    };
    let mut files = Vec::new();
    for name in ["signed-dss", "signed-pyhanko", "signed-libreoffice", "signed-openpdf"] {
        seeds::gather(&Path::new(&folder).join(name), &["pdf"], &mut files, 0, 4_000_000);
    }
    files
}

/// Small ones, each once.
fn fit(mut found: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    found.retain(|one| !one.is_empty() && one.len() <= MOST_BYTES);
    found.sort();
    found.dedup();
    found
}

/// Key files by OpenSSL, with few iterations so that many can be tried.
pub fn key_files() -> Vec<Vec<u8>> {
    let folder = std::env::temp_dir().join(format!("ganjiang-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a seed");
    let made = make_key_files(&folder);
    std::fs::remove_dir_all(&folder).expect("a seed");
    made
}

fn make_key_files(folder: &Path) -> Vec<Vec<u8>> {
    let mut made = Vec::new();
    for (name, kind) in [("ec", &["ec", "-pkeyopt", "ec_paramgen_curve:P-256"][..]), ("rsa", &["rsa:2048"])] {
        let [key, certificate] = [folder.join(format!("{name}.key")), folder.join(format!("{name}.cer"))];
        let mut request = Command::new("openssl");
        request.args(["req", "-x509", "-nodes", "-subj", "/CN=seed", "-newkey"]).args(kind);
        run(request.arg("-keyout").arg(&key).arg("-out").arg(&certificate));
        for options in [
            &["-iter", "1"][..],
            &["-iter", "1", "-legacy"],
            &["-iter", "1", "-keypbe", "NONE", "-certpbe", "NONE"],
            &["-iter", "1", "-nomac"],
            &["-iter", "1", "-macalg", "sha1"],
        ] {
            let out: PathBuf = folder.join("out.p12");
            let mut export = Command::new("openssl");
            export.args(["pkcs12", "-export", "-passout", &format!("pass:{PASSWORD}"), "-inkey"]).arg(&key);
            if run(export.arg("-in").arg(&certificate).args(options).arg("-out").arg(&out)) {
                made.extend(std::fs::read(&out));
            }
        }
    }
    made
}

/// Whether it did what it was told; a seed less is no harm.
fn run(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}
