//! Verifying in the application: roots of one's own, the signed revision, the report, and a file that takes too long.
#![allow(
    missing_docs,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be; its files are scratch"
)]

use app::view::*;
use app::{App, AppOptions, DeviceSecretPlace, PlatformAddress};
use pdf::Document;
use pdf::signature::CertificationLevel;
use pdf::update::SignatureRequest;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use testkit::attacks::open_changes;
use testkit::{identities, judges, pdfs};
use time::OffsetDateTime;

struct Desk {
    folder: tempfile::TempDir,
    app: App,
}

impl Desk {
    /// An application that never meets its platform, and a signer of another authority (made by OpenSSL).
    fn new() -> Self {
        Self::with_time(app::file_work::USUAL_TIME)
    }

    fn with_time(time: std::time::Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let platform = PlatformAddress {
            base_url: "http://127.0.0.1:9".to_owned(),
            sandbox_token: None,
            root_certificate: None,
        };
        let (data, output) = (folder.path().join("data"), folder.path().join("output"));
        let app = App::open(AppOptions {
            device_secrets: DeviceSecretPlace::PlainFile,
            page_worker: app::page_worker::WorkerProgram::At(testkit::programs::command_line()),
            verification_time: time,
            ..AppOptions::new(data, output, platform)
        });
        let desk = Self {
            folder,
            app: app.unwrap(),
        };
        identities::by_openssl(desk.folder.path(), "/O=某市公共资源交易中心/CN=外部签名人");
        desk
    }

    fn openssl(&self, arguments: &[&str]) {
        judges::must(judges::openssl().args(arguments).current_dir(self.folder.path()));
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn signed(&self, original: &[u8], level: Option<CertificationLevel>) -> Vec<u8> {
        let file = std::fs::read(self.path("key.p12")).unwrap();
        let identity = pki::pkcs12::open(&file, &pki::Password::new(identities::PASSWORD.to_owned())).unwrap();
        let mut request = SignatureRequest::new(OffsetDateTime::now_utc());
        request.certification = level;
        let document = Document::open(Arc::new(original.to_vec())).unwrap();
        let done = pades::sign(&document, &request, &*identity.signer, &[identity.certificate], None).unwrap();
        [original, &done.tail].concat()
    }

    async fn opened(&self, name: &str, bytes: &[u8]) -> DocumentView {
        let path = pdfs::put(self.folder.path(), name, bytes);
        self.app.open_documents(vec![path]).await.unwrap().remove(0)
    }

    async fn trust(&self, file: &Path) -> Vec<TrustRootView> {
        let offered = self.app.read_trust_roots(file).await.unwrap();
        let fingerprints: Vec<String> = offered.iter().map(|root| root.fingerprint.clone()).collect();
        self.app.add_trust_roots(&fingerprints).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_root_is_trusted_once_it_was_confirmed_and_no_longer_when_it_is_removed() {
    let desk = Desk::new();
    let file = desk.opened("外来文件.pdf", &desk.signed(&pdfs::simple(1), None)).await;
    let verdict = async || desk.app.verify_document(&file.id).await.unwrap().signatures.remove(0);
    assert!(desk.app.trust_roots().await.unwrap().is_empty());
    assert_eq!(verdict().await.reasons, ["no_trust_roots"]);

    let offered = desk.app.read_trust_roots(&desk.path("root.pem")).await.unwrap();
    assert_eq!(verdict().await.trust, Trust::Unknown, "only looked at, not trusted");
    let stated = judges::must(
        judges::openssl()
            .args(["x509", "-noout", "-fingerprint", "-sha256", "-in"])
            .arg(desk.path("root.pem")),
    );
    let stated = stated
        .trim()
        .rsplit('=')
        .next()
        .unwrap()
        .replace(':', "")
        .to_lowercase();
    assert_eq!(offered[0].fingerprint, stated);
    assert_eq!(offered[0].name, "外部签名人");
    let wrong = desk.app.add_trust_roots(&["00".repeat(32)]).await.unwrap_err();
    assert_eq!(wrong.code, FailureCode::NotFound);

    let kept = desk.trust(&desk.path("root.pem")).await;
    assert_eq!((kept.len(), kept[0].source), (1, TrustRootSource::Added));
    assert_eq!(kept[0].file_name.as_deref(), Some("root.pem"));
    let found = verdict().await;
    assert_eq!((found.verdict, found.trust), (Verdict::Valid, Trust::Trusted));
    assert_eq!(desk.app.settings().await.unwrap().trusted_root_count, 1);

    // The same in DER is the same root; a file without a certificate is refused.
    desk.openssl(&["x509", "-in", "root.pem", "-outform", "DER", "-out", "root.cer"]);
    let again = desk.app.read_trust_roots(&desk.path("root.cer")).await.unwrap();
    assert_eq!(again[0].fingerprint, stated);
    let twice = desk
        .app
        .add_trust_roots(std::slice::from_ref(&stated))
        .await
        .unwrap_err();
    assert_eq!(twice.code, FailureCode::NotFound);
    let nonsense = desk.app.read_trust_roots(&desk.path("key.pem")).await.unwrap_err();
    assert_eq!(nonsense.code, FailureCode::CertificateFileUnusable);

    assert!(desk.app.remove_trust_root(&stated).await.unwrap().is_empty());
    assert_eq!(verdict().await.trust, Trust::Unknown);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_signed_revision_shows_its_own_pages_and_its_own_verdict() {
    let desk = Desk::new();
    desk.trust(&desk.path("root.pem")).await;
    let signed = desk.signed(&open_changes::with_form(), None);
    let now = desk.opened("填写后.pdf", &open_changes::payee_filled(&signed)).await;
    let found = desk.app.verify_document(&now.id).await.unwrap();
    assert_eq!(found.verdict, Verdict::ValidWithChanges);
    let changes: Vec<(&str, &str, Option<bool>)> = found.signatures[0]
        .changes
        .iter()
        .map(|change| (change.code.as_str(), change.what.as_str(), change.is_allowed))
        .collect();
    assert_eq!(changes, [("field_filled", "payee", Some(true))]);
    assert!(found.signatures[0].has_revision);

    let field = &found.signatures[0].field;
    let then = desk.app.open_signed_revision(&now.id, field).await.unwrap();
    assert_eq!(then.verification.verdict, Verdict::Valid, "nothing came after it");
    assert_eq!(then.verification.signatures[0].coverage, Coverage::WholeFile);
    assert_eq!(then.document.size_bytes, signed.len() as u64);
    let picture = async |id: &str| {
        desk.app
            .picture(&format!("page/{id}/1"), "width=400")
            .await
            .unwrap()
            .bytes
    };
    let (shown_now, shown_then) = (picture(&now.id).await, picture(&then.document.id).await);
    assert!(shown_now != shown_then, "the field shows another name now");
    let original = desk.opened("签署时.pdf", &signed).await;
    assert!(
        picture(&original.id).await == shown_then,
        "it is the file as it was signed"
    );

    // It is no file of its own: the list does not show it, closing it closes nothing else.
    let listed: Vec<String> = desk
        .app
        .documents()
        .await
        .unwrap()
        .iter()
        .map(|one| one.id.clone())
        .collect();
    assert_eq!(listed, [now.id.clone(), original.id.clone()]);
    desk.app.close_document(&then.document.id).await.unwrap();
    assert_eq!(desk.app.documents().await.unwrap().len(), 2);
    let gone = desk.app.open_signed_revision(&now.id, "Nobody").await.unwrap_err();
    assert_eq!(gone.code, FailureCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_allowed_is_listed_by_name() {
    let desk = Desk::new();
    desk.trust(&desk.path("root.pem")).await;
    let signed = desk.signed(&open_changes::with_form(), Some(CertificationLevel::NoChanges));
    let file = desk.opened("改动.pdf", &open_changes::payee_filled(&signed)).await;
    let found = desk.app.verify_document(&file.id).await.unwrap();
    assert_eq!(found.verdict, Verdict::Invalid);
    let change = &found.signatures[0].changes[0];
    assert_eq!(
        (change.code.as_str(), change.is_allowed),
        ("certified_no_changes", Some(false))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_is_a_pdf_that_others_read() {
    let desk = Desk::new();
    desk.trust(&desk.path("root.pem")).await;
    let signed = desk.signed(&open_changes::with_form(), None);
    let file = desk
        .opened("采购合同 (终稿) №7 𠮷.pdf", &open_changes::payee_filled(&signed))
        .await;
    assert_eq!(
        desk.app.report_file_name(&file.id).unwrap(),
        "采购合同 (终稿) №7 𠮷-验签报告.pdf"
    );
    let target = desk.path("报告.pdf");
    let saved = desk.app.save_verification_report(&file.id, &target).await.unwrap();
    assert_eq!(saved.file_name, "报告.pdf");
    judges::assert_sound_pdf(&target);
    let text = judges::must(Command::new("pdftotext").arg("-layout").arg(&target).arg("-"));
    let sha256 = judges::must(
        judges::openssl()
            .args(["dgst", "-sha256", "-r"])
            .arg(desk.path("采购合同 (终稿) №7 𠮷.pdf")),
    );
    let squeezed: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    for words in [
        "验签报告",
        "签名有效，签后有允许的改动",
        "由“外部签名人”签名，签后只有允许的改动，证书可信，可以信赖。",
        "填写了表单“payee”",
        "签过的内容未被改动",
        "覆盖签名当时的整个文件",
        "某市公共资源交易中心",
        "北京时间",
        "第1页，共1页",
        sha256.get(..64).unwrap(),
    ] {
        assert!(squeezed.contains(words), "«{words}» is not in the report:\n{text}");
    }
    let fonts = judges::must(Command::new("pdffonts").arg(&target));
    let lines: Vec<&str> = fonts.lines().skip(2).collect();
    assert_eq!(lines.len(), 1, "one font for all pages: {fonts}");
    let told: Vec<&str> = lines[0].split_whitespace().collect();
    assert!(
        told[0].contains('+') && told.windows(3).any(|words| words == ["yes", "yes", "yes"]),
        "{fonts}"
    );
    assert!(std::fs::metadata(&target).unwrap().len() < 200_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_without_signatures_and_a_file_with_many_have_a_report_too() {
    let desk = Desk::new();
    let plain = desk.opened("合同 ญ.pdf", &pdfs::simple(1)).await;
    desk.app
        .save_verification_report(&plain.id, &desk.path("plain-report.pdf"))
        .await
        .unwrap();
    judges::assert_sound_pdf(&desk.path("plain-report.pdf"));
    let text = judges::must(Command::new("pdftotext").arg(desk.path("plain-report.pdf")).arg("-"));
    assert!(
        text.contains("合同 [U+0E0D].pdf"),
        "what the font has not is told by its number: {text}"
    );
    let mut bytes = pdfs::simple(2);
    for _ in 0..5 {
        bytes = desk.signed(&bytes, None);
    }
    let many = desk.opened("many.pdf", &bytes).await;
    desk.app
        .save_verification_report(&many.id, &desk.path("many-report.pdf"))
        .await
        .unwrap();
    judges::assert_sound_pdf(&desk.path("many-report.pdf"));
    let text = judges::must(Command::new("pdftotext").arg(desk.path("many-report.pdf")).arg("-"));
    assert!(text.contains("签名 5") && text.contains("第 3 页，共 3 页"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_takes_too_long_is_said_to() {
    let desk = Desk::with_time(std::time::Duration::ZERO);
    desk.trust(&desk.path("root.pem")).await;
    let file = desk.opened("slow.pdf", &desk.signed(&pdfs::simple(1), None)).await;
    let found = desk.app.verify_document(&file.id).await.unwrap();
    assert_eq!(
        (found.verdict, found.reasons),
        (Verdict::Indeterminate, vec!["budget_exceeded".to_owned()])
    );
}
