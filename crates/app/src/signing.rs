//! Stamp and sign one document: unlock, append, write aside, verify, rename. The original is never touched.
use crate::application::{App, Inner, off_thread};
use crate::documents::{self, OpenedFile};
use crate::failure::{Failure, internal, refuse, refuse_with};
use crate::files;
use crate::import::Tries;
use crate::mapped::Stamp;
use crate::verification::verification_view;
use crate::view::{Event, FailureCode, ProgressView, SecretText, SignedView, SigningPlanInput, Topic};
use pades::{SignPdfError, Verdict};
use pdf::Document;
use pdf::update::SignatureRequest;
use pki::certificate::CertificateFacts;
use pki::vault::{SealedKey, unlock_counted};
use pki::{Pin, vault::UnlockedKey};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::{KeyRow, SealLogEntry};

/// Steps of a signing, for the progress shown.
const STEPS: u32 = 5;

impl App {
    /// Stamps and signs an opened document into a new file in the output folder, verified before it gets its name.
    ///
    /// # Errors
    /// Everything of the plan before the PIN is tried; `PinFormat`, `PinWrong`, `PinLocked`; `DiskFull`,
    /// `OutputUnwritable` with nothing left behind; `Conflict` when the file was changed since it was opened.
    pub async fn sign_document(&self, plan: SigningPlanInput, pin: SecretText) -> Result<SignedView, Failure> {
        let pin = Pin::parse(pin.expose())?;
        let inner = Arc::clone(&self.inner);
        let app = self.clone();
        let signed = off_thread(move || app.signed(&inner, &plan, &pin)).await?;
        self.inner.changed(&[Topic::Documents, Topic::Certificates]);
        Ok(signed)
    }

    fn signed(&self, inner: &Inner, plan: &SigningPlanInput, pin: &Pin) -> Result<SignedView, Failure> {
        let file = inner.opened(&plan.document_id)?;
        let document = unchanged(&file)?;
        document.can_append()?;
        inner.valid_certificate(plan)?;
        let marks = inner.resolved(plan, &document)?.marks;
        let count = marks.iter().map(|mark| mark.placements.len()).sum::<usize>();
        let key = inner.signing_key(plan)?;
        inner.signing_progress(plan, 0, "unlock");
        let unlocked = inner.unlock(&key, pin);
        // Tries left are shown with the certificate, so they are news after a wrong PIN too.
        inner.changed(&[Topic::Certificates]);
        let unlocked = unlocked?;
        inner.signing_progress(plan, 1, "stamp");
        let tail = signed_tail(inner, plan, &document, marks, &key, &unlocked)?;
        drop(unlocked);
        let path = self.write_verified(inner, plan, &file, &document, &tail)?;
        self.finished(
            inner,
            plan,
            &key,
            documents::open_with(&path, file.password.clone()),
            count,
        )
    }

    fn write_verified(
        &self,
        inner: &Inner,
        plan: &SigningPlanInput,
        file: &OpenedFile,
        document: &Document,
        tail: &[u8],
    ) -> Result<PathBuf, Failure> {
        let folder = inner.output_folder()?;
        inner.signing_progress(plan, 2, "write");
        let aside = files::aside(&folder, &[document.bytes(), tail])?;
        inner.signing_progress(plan, 3, "verify");
        check_written(inner, aside.path(), file)?;
        inner.signing_progress(plan, 4, "rename");
        files::keep_as_new(aside, &folder, &inner.output_stem(&file.path)?, "pdf")
    }

    fn finished(
        &self,
        inner: &Inner,
        plan: &SigningPlanInput,
        key: &KeyRow,
        opened: OpenedFile,
        count: usize,
    ) -> Result<SignedView, Failure> {
        let document = opened.document()?;
        let path = opened.path.clone();
        let now = inner.now();
        let sha256 = hex(&Sha256::digest(document.bytes()));
        let name = files::file_name(&path);
        let found = pades::verify(&document, &inner.trust_roots(), now);
        let marks = u32::try_from(count).unwrap_or(u32::MAX);
        let seals: Vec<_> = crate::placing::seals(&plan.items).collect();
        inner.store.log_seal(&SealLogEntry {
            at: now,
            account: key.account.clone(),
            file_name: name.clone(),
            sha256: sha256.clone(),
            marks,
            certificate: plan.certificate_id.clone(),
            seals: seals.join(","),
        })?;
        let view = inner.keep_open(opened);
        inner.signing_progress(plan, STEPS, "rename");
        let saved = self.remember_saved(&path);
        Ok(SignedView {
            verification: verification_view(&found, &document, &view.id, &name, now),
            document: view,
            output_name: name,
            folder: saved.folder,
            saved_id: saved.saved_id,
            sha256,
            marks,
        })
    }
}

impl Inner {
    fn unlock(&self, key: &KeyRow, pin: &Pin) -> Result<UnlockedKey, Failure> {
        let sealed = SealedKey::from_bytes(&key.sealed)?;
        Ok(unlock_counted(&self.vault, &Tries(&self.store), &sealed, pin)?)
    }

    fn signing_progress(&self, plan: &SigningPlanInput, done: u32, stage: &str) {
        let job = format!("sign:{}", plan.document_id);
        self.tell(Event::Progress(ProgressView {
            job,
            done,
            total: STEPS,
            stage: stage.to_owned(),
        }));
    }
}

/// What was previewed is what is signed.
fn unchanged(file: &OpenedFile) -> Result<Arc<Document>, Failure> {
    let document = file.document()?;
    if file.stamp == Some(Stamp::now(&file.path)?) {
        Ok(document)
    } else {
        Err(refuse_with(FailureCode::Conflict, &[("what", "file_changed".into())]))
    }
}

fn signed_tail(
    inner: &Inner,
    plan: &SigningPlanInput,
    document: &Document,
    marks: Vec<pdf::Mark>,
    key: &KeyRow,
    unlocked: &UnlockedKey,
) -> Result<Vec<u8>, Failure> {
    let certificate = key.certificate.clone().ok_or_else(|| refuse(FailureCode::KeyDamaged))?;
    let facts = CertificateFacts::parse(&certificate).map_err(|_| refuse(FailureCode::KeyDamaged))?;
    let mut request = SignatureRequest::new(inner.now());
    request.signer_name = Some(facts.subject.shown().to_owned());
    request.reason = Some(plan.reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    request.marks = marks;
    let chain: Vec<_> = std::iter::once(certificate).chain(key.chain.iter().cloned()).collect();
    Ok(pades::sign_b_b(document, &request, unlocked, &chain)?.tail)
}

/// What was written is read back and judged before it gets its name.
fn check_written(inner: &Inner, path: &Path, original: &OpenedFile) -> Result<(), Failure> {
    let written = documents::open_with(path, original.password.clone()).document()?;
    let found = pades::verify(&written, &inner.trust_roots(), inner.now());
    let newest = found.signatures.last();
    let good = newest.is_some_and(|report| {
        report.intact == Some(true) && matches!(report.verdict, Verdict::Valid | Verdict::ValidWithChanges)
    });
    if good {
        Ok(())
    } else {
        Err(internal("the written file does not verify", &format!("{newest:?}")))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl From<SignPdfError> for Failure {
    fn from(error: SignPdfError) -> Self {
        match error {
            SignPdfError::Place(error) => error.into(),
            SignPdfError::KeyMismatch => refuse(FailureCode::KeyDamaged),
            SignPdfError::Container(_) | SignPdfError::Key(_) | SignPdfError::TooLarge(_) => {
                internal("signing", &error)
            }
        }
    }
}
