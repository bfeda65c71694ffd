//! From an empty folder to a stamped, signed and verified bid.

use crate::walk::{self, PIN};
use app::view::*;
use std::path::{Path, PathBuf};
use testkit::{judges, pdfs};

#[tokio::test]
async fn a_bid_is_stamped_signed_and_believed_by_others() {
    let (world, certificate, seal) = walk::ready_to_stamp().await;
    let samples = [
        ("三页.pdf", pdfs::simple(3)),
        ("中文.pdf", pdfs::cjk()),
        ("交叉引用流.pdf", pdfs::xref_stream()),
    ];
    for (name, bytes) in samples {
        let original = pdfs::put(world.folder(), name, &bytes);
        let opened = world.app.open_documents(vec![original]).await.unwrap().remove(0);
        let plan = walk::plan(&opened.id, &certificate.id, &seal.id, "all");
        let checks = world.app.check_signing(plan.clone()).await.unwrap();
        assert!(
            checks.iter().all(|check| check.level != CheckLevel::Problem),
            "{checks:?}"
        );
        let signed = walk::sign(&world.app, plan, PIN).await.unwrap();
        assert_eq!(
            (signed.verification.verdict, signed.marks),
            (Verdict::Valid, opened.page_count)
        );
        let output = Path::new(&signed.folder).join(&signed.output_name);
        judged_good(&output, &world.root_pem(), 1);
        assert!(
            std::fs::read(&output).unwrap().starts_with(&bytes),
            "the original is an exact prefix"
        );
    }
}

/// A second person signs what the first signed; both stay good.
#[tokio::test]
async fn a_second_signature_leaves_the_first_valid() {
    let (world, certificate, seal) = walk::ready_to_stamp().await;
    let original = pdfs::put(world.folder(), "bid.pdf", &pdfs::simple(2));
    let opened = world.app.open_documents(vec![original]).await.unwrap().remove(0);
    let first = walk::sign(&world.app, walk::plan(&opened.id, &certificate.id, &seal.id, "1"), PIN)
        .await
        .unwrap();
    let plan = walk::plan(&first.document.id, &certificate.id, &seal.id, "2");
    let second = walk::sign(&world.app, plan, PIN).await.unwrap();
    assert_eq!(second.verification.signatures.len(), 2);
    judged_good(
        &Path::new(&second.folder).join(&second.output_name),
        &world.root_pem(),
        2,
    );
}

/// Marks on turned, cropped, shifted and scaled pages.
#[tokio::test]
async fn unusual_pages_are_stamped_too() {
    let (world, certificate, seal) = walk::ready_to_stamp().await;
    let original = pdfs::put(world.folder(), "unusual.pdf", &pdfs::unusual_pages());
    let opened = world.app.open_documents(vec![original]).await.unwrap().remove(0);
    let signed = walk::sign(
        &world.app,
        walk::plan(&opened.id, &certificate.id, &seal.id, "all"),
        PIN,
    )
    .await
    .unwrap();
    assert_eq!(signed.marks, opened.page_count);
    judged_good(
        &Path::new(&signed.folder).join(&signed.output_name),
        &world.root_pem(),
        1,
    );
}

/// Changing one byte anywhere in what was signed is found out.
#[tokio::test]
async fn a_changed_byte_is_found() {
    let (world, certificate, seal) = walk::ready_to_stamp().await;
    let original = pdfs::put(world.folder(), "bid.pdf", &pdfs::simple(1));
    let opened = world.app.open_documents(vec![original]).await.unwrap().remove(0);
    let signed = walk::sign(&world.app, walk::plan(&opened.id, &certificate.id, &seal.id, "1"), PIN)
        .await
        .unwrap();
    let mut bytes = std::fs::read(Path::new(&signed.folder).join(&signed.output_name)).unwrap();
    let place = bytes.windows(8).position(|window| window == b"(Page 1)").unwrap();
    bytes[place + 6] = b'2';
    let changed = pdfs::put(world.folder(), "changed.pdf", &bytes);
    let opened = world.app.open_documents(vec![changed]).await.unwrap().remove(0);
    let found = world.app.verify_document(&opened.id).await.unwrap();
    assert_eq!(
        (found.verdict, found.signatures[0].intact),
        (Verdict::Invalid, Some(false))
    );
}

/// The chain holds under OpenSSL's strict rules; the revocation lists are there.
#[tokio::test]
async fn openssl_believes_the_chain() {
    let (world, certificate, seal) = walk::ready_to_stamp().await;
    let original = pdfs::put(world.folder(), "bid.pdf", &pdfs::simple(1));
    let opened = world.app.open_documents(vec![original]).await.unwrap().remove(0);
    let signed = walk::sign(&world.app, walk::plan(&opened.id, &certificate.id, &seal.id, "1"), PIN)
        .await
        .unwrap();
    let output = Path::new(&signed.folder).join(&signed.output_name);
    let chain = chain_inside(&output, world.folder());
    let certificates = pems(&std::fs::read_to_string(&chain).unwrap(), world.folder());
    assert!(certificates.len() >= 2, "signer and issuer are inside");
    for one in certificates {
        let mut verify = judges::openssl();
        verify
            .args(["verify", "-x509_strict", "-CAfile"])
            .arg(world.root_pem())
            .arg("-untrusted")
            .arg(&chain);
        let words = judges::must(verify.arg(one));
        assert!(words.contains("OK"), "{words}");
    }
}

/// Each certificate of a PEM file in a file of its own.
fn pems(text: &str, folder: &Path) -> Vec<PathBuf> {
    let bodies = text
        .split("-----BEGIN CERTIFICATE-----")
        .skip(1)
        .filter_map(|rest| rest.split("-----END").next());
    let whole = bodies.map(|body| format!("-----BEGIN CERTIFICATE-----{body}-----END CERTIFICATE-----\n"));
    whole
        .enumerate()
        .map(|(index, pem)| pdfs::put(folder, &format!("{index}.pem"), pem.as_bytes()))
        .collect()
}

/// The certificates inside a signature as PEM, the signer's first: taken out by pdfsig and OpenSSL, not by us.
fn chain_inside(signed: &Path, folder: &Path) -> PathBuf {
    let dumped = folder.join("dump");
    std::fs::create_dir(&dumped).unwrap();
    judges::must(judges::pdfsig().arg("-dump").arg(signed).current_dir(&dumped));
    let cms = std::fs::read_dir(&dumped).unwrap().next().unwrap().unwrap().path();
    let chain = folder.join("chain.pem");
    let mut print = judges::openssl();
    print
        .args(["pkcs7", "-inform", "DER", "-print_certs", "-in"])
        .arg(cms)
        .arg("-out")
        .arg(&chain);
    judges::must(&mut print);
    chain
}

fn judged_good(file: &Path, root: &Path, signatures: usize) {
    judges::assert_sound_pdf(file);
    judges::assert_pdfsig_valid(file, signatures);
    judges::assert_pyhanko_trusts(file, root, signatures);
}
