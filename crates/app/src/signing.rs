//! Stamp and sign one document: unlock, append, write aside, verify, rename. The original is never touched.
use crate::application::{App, Inner, off_thread};
use crate::documents::{self, OpenedFile};
use crate::failure::{Failure, internal, refuse, refuse_with};
use crate::files;
use crate::import::Tries;
use crate::mapped::{self, Stamp};
use crate::verification::verification_view;
use crate::view::{Event, FailureCode, ProgressView, SecretText, SignedView, SigningPlanInput, Topic};
use pades::{SignPdfError, SignedPdf, Verdict, Verification};
use pdf::Document;
use pdf::update::SignatureRequest;
use pki::certificate::CertificateFacts;
use pki::vault::{SealedKey, unlock_counted};
use pki::{Pin, vault::UnlockedKey};
use std::path::Path;
use std::sync::Arc;
use store::{KeyRow, SealLogEntry};

/// Steps of a signing, for the progress shown.
const STEPS: u32 = 5;

/// What signing has found out on its way.
struct Done {
    /// How many times something was placed.
    count: usize,
    /// SHA-256 of the new file.
    hash: [u8; 32],
    /// The new file, verified.
    found: Verification,
}

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
        let folder = inner.output_folder()?;
        let written = std::thread::scope(|threads| {
            let copy = threads.spawn(|| files::copy_aside(&folder, document.bytes(), true));
            let signed = signed_update(inner, plan, &document, marks, &key, &unlocked);
            drop(unlocked);
            let copy = copy
                .join()
                .map_err(|_| internal("copying stopped", &"a thread ended"))?;
            inner.signing_progress(plan, 2, "write");
            let signed = signed?;
            copy?.finish(&signed.tail).map(|(aside, hash)| (aside, hash, signed))
        });
        let (aside, hash, signed) = written?;
        inner.signing_progress(plan, 3, "verify");
        let found = check_written(inner, aside.path(), &document, &signed)?;
        inner.signing_progress(plan, 4, "rename");
        let path = files::keep_as_new(aside, &folder, &inner.output_stem(&file.path)?, "pdf")?;
        let opened = documents::open_with(&path, file.password.clone());
        self.finished(
            inner,
            plan,
            &key,
            opened,
            Done {
                count,
                hash: hash.unwrap_or_default(),
                found,
            },
        )
    }

    fn finished(
        &self,
        inner: &Inner,
        plan: &SigningPlanInput,
        key: &KeyRow,
        opened: OpenedFile,
        done: Done,
    ) -> Result<SignedView, Failure> {
        let Done { count, hash, found } = done;
        let document = opened.document()?;
        let path = opened.path.clone();
        let now = inner.now();
        let sha256 = hex(&hash);
        let name = files::file_name(&path);
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

fn signed_update(
    inner: &Inner,
    plan: &SigningPlanInput,
    document: &Document,
    marks: Vec<pdf::Mark>,
    key: &KeyRow,
    unlocked: &UnlockedKey,
) -> Result<SignedPdf, Failure> {
    let certificate = key.certificate.clone().ok_or_else(|| refuse(FailureCode::KeyDamaged))?;
    let facts = CertificateFacts::parse(&certificate).map_err(|_| refuse(FailureCode::KeyDamaged))?;
    let mut request = SignatureRequest::new(inner.now());
    request.signer_name = Some(facts.subject.shown().to_owned());
    request.reason = Some(plan.reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    request.marks = marks;
    let chain: Vec<_> = std::iter::once(certificate).chain(key.chain.iter().cloned()).collect();
    Ok(pades::sign_b_b(document, &request, unlocked, &chain)?)
}

/// What was written is read back, compared with what was signed, and judged before it gets its name.
fn check_written(inner: &Inner, path: &Path, original: &Document, signed: &SignedPdf) -> Result<Verification, Failure> {
    let (bytes, _) = mapped::open(path)?;
    let written = original.open_again(bytes).map_err(Failure::from)?;
    let found = pades::verify_written(&written, original, signed, &inner.trust_roots(), inner.now())
        .ok_or_else(|| internal("the written file differs from what was signed", &path.display()))?;
    let newest = found.signatures.last();
    let good = newest.is_some_and(|report| {
        report.intact == Some(true) && matches!(report.verdict, Verdict::Valid | Verdict::ValidWithChanges)
    });
    if good {
        Ok(found)
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
