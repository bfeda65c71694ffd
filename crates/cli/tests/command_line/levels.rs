//! Levels above B-B against the real sandbox platform's timestamp service, OCSP and lists.

use super::{Desk, signing};
use serde_json::Value;
use server::{RunningServer, ServerOptions};
use std::io::BufRead;
use std::process::{Child, Stdio};
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

/// pyHanko's findings a minute later: its moments are whole seconds, and must not lie before the last timestamp.
fn found(desk: &Desk, file: &str) -> Value {
    let later = OffsetDateTime::now_utc() + time::Duration::minutes(1);
    let moment = later.format(&Rfc3339).unwrap();
    let (seconds, _) = moment.split_at(19);
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
        assert_eq!(signature["from_store"] == true, level != "b-t", "{level}: {found}");
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

/// Another authority: OpenSSL issues the certificate, and OpenSSL's own responder speaks for it.
struct Stranger<'a> {
    desk: &'a Desk,
    port: u16,
}

impl<'a> Stranger<'a> {
    /// Makes `other.p12`, whose certificate names the responder, and adds the authority to `roots.pem`.
    fn new(desk: &'a Desk) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let extensions = format!(
            "keyUsage=critical,digitalSignature,nonRepudiation\nbasicConstraints=critical,CA:FALSE\n\
             authorityInfoAccess=OCSP;URI:http://127.0.0.1:{port}/\n"
        );
        desk.put("other.cnf", extensions.as_bytes());
        let run = |arguments: &str| {
            let mut openssl = judges::openssl();
            openssl.args(arguments.split(' ')).current_dir(desk.folder.path());
            judges::must(&mut openssl);
        };
        run("req -x509 -newkey rsa:2048 -nodes -days 60 -subj /CN=stranger -keyout ca.key -out ca.pem");
        run("req -new -newkey rsa:2048 -nodes -subj /CN=bidder -keyout other.key -out other.csr");
        run(
            "x509 -req -in other.csr -CA ca.pem -CAkey ca.key -set_serial 0x4711 -days 30 -extfile other.cnf -out other.pem",
        );
        run("pkcs12 -export -inkey other.key -in other.pem -out other.p12 -passout pass:zhang-kai");
        let roots = std::fs::read_to_string(desk.path("roots.pem")).unwrap();
        let own = std::fs::read_to_string(desk.path("ca.pem")).unwrap();
        desk.put("roots.pem", (roots + &own).as_bytes());
        Self { desk, port }
    }

    /// A responder whose register has this line for the certificate.
    fn answering(&self, line: &str) -> Responder {
        let line = line.replace(' ', "\t");
        self.desk
            .put("index.txt", format!("{line}\t4711\tunknown\t/CN=bidder\n").as_bytes());
        let mut openssl = judges::openssl();
        openssl
            .args([
                "ocsp",
                "-index",
                "index.txt",
                "-rsigner",
                "ca.pem",
                "-rkey",
                "ca.key",
                "-CA",
                "ca.pem",
            ])
            .args(["-nmin", "60", "-port", &self.port.to_string()])
            .current_dir(self.desk.folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut child = openssl.spawn().unwrap();
        // It says when it listens. A connection without a request would keep it busy for ever.
        let mut words = std::io::BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("waiting for OCSP client") {
            line.clear();
            assert!(words.read_line(&mut line).unwrap() > 0, "OpenSSL's responder ended");
        }
        Responder { child, _words: words }
    }

    fn sign(&self, output: &str, address: &str) -> (i32, String) {
        let arguments = [
            "sign",
            "bid.pdf",
            "--out",
            output,
            "--p12",
            "other.p12",
            "--password-env",
            "P12",
        ];
        let more = ["--level", "b-lta", "--tsa", address];
        let (status, _, told) = self.desk.run(&[&arguments[..], &more].concat());
        (status, told)
    }
}

/// Ends with its owner.
struct Responder {
    child: Child,
    /// Open to its end, or the responder's next word would end it.
    _words: std::io::BufReader<std::process::ChildStderr>,
}

impl Drop for Responder {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn anothers_certificate_is_asked_about_at_its_own_responder() {
    let desk = Desk::new();
    let platform = Platform::start(&desk);
    platform.roots(&desk);
    let stranger = Stranger::new(&desk);
    desk.put("bid.pdf", &pdfs::simple(1));
    let address = platform.timestamps();

    let (status, told) = stranger.sign("no.pdf", &address);
    assert!(
        status == 4 && told.contains("issuer_missing"),
        "the file has no chain: {status} {told}"
    );
    let mut pack = judges::openssl();
    pack.args([
        "pkcs12",
        "-export",
        "-inkey",
        "other.key",
        "-in",
        "other.pem",
        "-certfile",
        "ca.pem",
    ])
    .args(["-out", "other.p12", "-passout", "pass:zhang-kai"])
    .current_dir(desk.folder.path());
    judges::must(&mut pack);
    let (status, told) = stranger.sign("no.pdf", &address);
    assert!(
        status == 4 && told.contains("revocation_unknown"),
        "nobody answers: {status} {told}"
    );

    let good = stranger.answering("V 351231235959Z ");
    let (status, told) = stranger.sign("good.pdf", &address);
    assert_eq!(status, 0, "{told}");
    drop(good);
    let found = found(&desk, "good.pdf");
    assert_eq!(found["signatures"][0]["from_store"], true, "{found}");

    let _revoked = stranger.answering("R 351231235959Z 260101000000Z,keyCompromise");
    let (status, told) = stranger.sign("no.pdf", &address);
    assert!(status == 4 && told.contains("certificate_revoked"), "{status} {told}");
    assert!(!desk.path("no.pdf").exists());
}
