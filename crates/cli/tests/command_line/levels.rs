//! Levels above B-B against the real sandbox platform's timestamp service, OCSP and lists.

use super::{Desk, signing};
use serde_json::Value;
use server::{RunningServer, ServerOptions};
use std::sync::Arc;
use testkit::{judges, pdfs};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The platform, on threads of its own.
struct Platform {
    server: RunningServer,
    _runtime: tokio::runtime::Runtime,
}

impl Platform {
    fn start(desk: &Desk) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let options = ServerOptions::sandbox(desk.path("platform.sqlite"), Arc::new(OffsetDateTime::now_utc));
        let server = runtime.block_on(server::start(options)).unwrap();
        Self {
            server,
            _runtime: runtime,
        }
    }

    fn timestamps(&self) -> String {
        format!("{}/pki/tsa", self.server.base_url)
    }

    /// The platform's root and the desk's own, as one file of roots.
    fn roots(&self, desk: &Desk) {
        desk.put("platform.der", &self.server.root_certificate_der);
        let mut convert = judges::openssl();
        convert
            .args(["x509", "-inform", "DER", "-in"])
            .arg(desk.path("platform.der"));
        let platform = judges::must(&mut convert);
        let own = std::fs::read_to_string(desk.path("root.pem")).unwrap();
        desk.put("roots.pem", (own + &platform).as_bytes());
    }
}

fn found(desk: &Desk, file: &str) -> Value {
    let now = OffsetDateTime::now_utc().format(&Rfc3339).unwrap();
    let now = now.replace('Z', "+00:00");
    let (seconds, _) = now.split_once('.').unwrap();
    let words = judges::pyhanko_findings(&desk.path(file), &desk.path("roots.pem"), &format!("{seconds}+00:00"));
    serde_json::from_str(&words).unwrap()
}

#[test]
fn each_level_is_made_with_the_platforms_own_services() {
    let desk = Desk::new();
    let platform = Platform::start(&desk);
    platform.roots(&desk);
    desk.put("bid.pdf", &pdfs::chinese_pages(2));
    let address = platform.timestamps();
    for level in ["b-t", "b-lt", "b-lta"] {
        let output = format!("{level}.pdf");
        let more = [
            "--level", level, "--tsa", &address, "--seal", "seal.png", "--pages", "last",
        ];
        desk.done(&signing("bid.pdf", &output, &more));
        judges::assert_sound_pdf(&desk.path(&output));
        judges::assert_pdfsig_valid(&desk.path(&output), 1);
        let found = found(&desk, &output);
        let signature = &found["signatures"][0];
        for finding in ["intact", "valid", "trusted", "timestamp"] {
            assert_eq!(signature[finding], true, "{level} {finding}: {found}");
        }
        if level == "b-lta" {
            assert_eq!(signature["long_term"]["result"], "AdESPassed.OK", "{found}");
            assert_eq!(found["timestamps"][0]["trusted"], true, "{found}");
        }
    }
    let more = [
        "--level", "b-lta", "--tsa", &address, "--field", "Late", "--reason", "award",
    ];
    desk.put("form.pdf", &pdfs::form());
    desk.done(&signing("form.pdf", "field.pdf", &more));
    assert_eq!(found(&desk, "field.pdf")["signatures"][0]["field"], "Late");
}

#[test]
fn what_stands_in_the_way_of_a_level_is_told_and_nothing_is_left() {
    let desk = Desk::new();
    desk.put("bid.pdf", &pdfs::simple(1));
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let nobody = format!("http://{nobody}/tsa");
    for (more, status, code) in [
        (&["--level", "b-t"][..], 2, "timestamp_service_missing"),
        (&["--level", "b-t", "--tsa", "ftp://x"], 2, "timestamp_service_missing"),
        (&["--level", "b-lta", "--tsa", &nobody], 4, "timestamp_unreachable"),
    ] {
        let (told_status, _, told) = desk.run(&signing("bid.pdf", "no.pdf", more));
        assert!(
            told_status == status && told.contains(code),
            "{more:?}: {told_status} {told}"
        );
        assert!(!desk.path("no.pdf").exists());
    }
    desk.put("form.pdf", &pdfs::form());
    let (status, _, told) = desk.run(&signing("form.pdf", "no.pdf", &["--field", "Strict"]));
    assert!(status == 4 && told.contains("field_demands"), "{status} {told}");
    desk.done(&signing(
        "form.pdf",
        "chief.pdf",
        &["--field", "Chief", "--certify", "forms"],
    ));
    let (status, _, told) = desk.run(&signing("chief.pdf", "no.pdf", &["--certify", "none"]));
    assert!(status == 4 && told.contains("certified_too_late"), "{status} {told}");
    let left: Vec<_> = std::fs::read_dir(desk.folder.path()).unwrap().flatten().collect();
    assert!(
        left.iter()
            .all(|entry| !entry.file_name().to_string_lossy().starts_with(".ganjiang-")),
        "{left:?}"
    );
}
