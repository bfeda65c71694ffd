//! Stamp and sign one document: unlock, append, write aside, verify, rename. The original is never touched.
use crate::application::{App, Inner, off_thread};
use crate::authority_services::Services;
use crate::copying::{Front, Original, copy_beside};
use crate::documents::{self, OpenedFile};
use crate::failure::{Failure, internal, refuse, refuse_with};
use crate::files;
use crate::mapped::{self, Stamp};
use crate::seal_log::KeyUse;
use crate::signing_level::{self, Authorities};
use crate::verification::verification_view;
use crate::view::{Event, FailureCode, ProgressView, SecretText, SignedView, SigningLevel, SigningPlanInput, Topic};
use pades::{SignedPdf, TimestampService, Verdict, Verification};
use pdf::Document;
use pdf::update::SignatureRequest;
use pki::Signer;
use pki::certificate::CertificateFacts;
use sha2::Digest;
use std::path::Path;
use std::sync::Arc;
use store::{KeyPurpose, KeyRow};

/// Steps of a signing, for the progress shown.
const STEPS: u32 = 5;

/// What signing has found out on its way.
struct Done {
    /// How many times something was placed.
    marks: u32,
    /// SHA-256 of the new file, in hexadecimal digits.
    sha256: String,
    /// The new file, verified.
    found: Verification,
}

impl App {
    /// Stamps and signs an opened document into a new file in the output folder, verified before it gets its name.
    ///
    /// # Errors
    /// Everything of the plan before the PIN is tried; `PinFormat`, `PinWrong`, `PinLocked`, or those of a token; `DiskFull`,
    /// `OutputUnwritable` with nothing left behind; `Conflict` when the file was changed since it was opened.
    pub async fn sign_document(&self, plan: SigningPlanInput, pin: SecretText) -> Result<SignedView, Failure> {
        let inner = Arc::clone(&self.inner);
        let app = self.clone();
        let signed = off_thread(move || app.signed(&inner, &plan, &pin)).await?;
        self.inner.changed(&[Topic::Documents, Topic::Certificates]);
        Ok(signed)
    }

    fn signed(&self, inner: &Inner, plan: &SigningPlanInput, pin: &SecretText) -> Result<SignedView, Failure> {
        let file = inner.opened(&plan.document_id)?;
        let document = unchanged(&file)?;
        document.can_append()?;
        inner.valid_certificate(plan)?;
        let marks = inner.resolved(plan, &document)?.marks;
        let count = marks.iter().map(|mark| mark.placements.len()).sum::<usize>();
        let key = inner.signing_key(plan)?;
        inner.signing_progress(plan, 0, "unlock");
        let signer = inner.signer(&key, pin);
        // Tries left are shown with the certificate, so they are news after a wrong PIN too.
        inner.changed(&[Topic::Certificates]);
        let signer = signer?;
        inner.signing_progress(plan, 1, "stamp");
        let folder = inner.output_folder()?;
        files::clear_remains(&folder);
        let network = Network::of(inner, plan.level)?;
        let authorities = network.as_ref().map(Network::authorities);
        let chain = chain_of(&key)?;
        let made = |front: &Front| {
            let request = inner.request(plan, marks, &chain)?;
            let signed = signed_update(
                &document,
                &request,
                (signer.as_ref(), &chain),
                authorities.as_ref(),
                front,
            )?;
            drop(signer);
            inner.signing_progress(plan, 2, "write");
            let whole = front
                .wait()
                .map(|front| front.chain_update(&signed.tail).finalize().into());
            Ok::<_, Failure>((signed, whole))
        };
        let original = Original {
            bytes: document.bytes(),
            path: &file.path,
            stamp: file.stamp.ok_or_else(|| refuse(FailureCode::FileUnreadable))?,
        };
        let copied = copy_beside(&folder, original, true, made, |(signed, _)| &signed.tail)?;
        let (mut aside, (mut signed, mut hash)) = copied;
        if let Some(authorities) = authorities.as_ref().filter(|_| plan.level >= SigningLevel::BLt) {
            let wanted = (plan.level, authorities);
            signing_level::extend(&mut aside, &document, &mut signed, &chain, wanted)?;
            hash = Some(files::sha256(aside.path())?);
        }
        inner.signing_progress(plan, 3, "verify");
        let found = files::synced_beside(&aside, || check_written(inner, aside.path(), &document, &signed, &key))??;
        inner.signing_progress(plan, 4, "rename");
        let done = Done {
            marks: u32::try_from(count).unwrap_or(u32::MAX),
            sha256: hex(&hash.unwrap_or_default()),
            found,
        };
        let stem = inner.output_stem(&file.path)?;
        // The key was used: that is on record before the file can be handed on, whatever happens in between.
        let name = files::free_name(&folder, &stem, "pdf");
        let used = KeyUse {
            kind: inner.kind_of_use(&plan.document_id),
            name: &name,
            sha256: done.sha256.clone(),
            marks: done.marks,
            seals: crate::placing::seals(&plan.items).collect(),
        };
        inner.log_use(&key, &used)?;
        let path = files::keep_as_new(aside, &folder, &stem, "pdf")?;
        let opened = documents::open_with(&path, file.password.clone());
        self.finished(inner, plan, opened, done)
    }

    fn finished(
        &self,
        inner: &Inner,
        plan: &SigningPlanInput,
        opened: OpenedFile,
        done: Done,
    ) -> Result<SignedView, Failure> {
        let Done { marks, sha256, found } = done;
        let document = opened.document()?;
        let path = opened.path.clone();
        let name = files::file_name(&path);
        let view = inner.keep_open(opened);
        inner.signing_progress(plan, STEPS, "rename");
        let saved = self.remember_saved(&path);
        Ok(SignedView {
            verification: verification_view(&found, &document, &view.id, &name, inner.now()),
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

/// The way to timestamps and revocation data, for levels that need one.
struct Network {
    services: Services,
    timestamps: String,
    now: time::OffsetDateTime,
}

impl Network {
    fn of(inner: &Inner, level: SigningLevel) -> Result<Option<Self>, Failure> {
        if level == SigningLevel::BB {
            return Ok(None);
        }
        Ok(Some(Self {
            services: Services::shared(&inner.options.patience)?,
            timestamps: inner.timestamp_address()?,
            now: inner.now(),
        }))
    }

    fn authorities(&self) -> Authorities<'_> {
        Authorities {
            services: &self.services,
            timestamps: &self.timestamps,
            now: self.now,
        }
    }
}

/// The signer's certificate and the others to embed.
fn chain_of(key: &KeyRow) -> Result<Vec<Vec<u8>>, Failure> {
    let certificate = key.certificate.clone().ok_or_else(|| refuse(FailureCode::KeyDamaged))?;
    Ok(std::iter::once(certificate).chain(key.chain.iter().cloned()).collect())
}

impl Inner {
    fn request(
        &self,
        plan: &SigningPlanInput,
        marks: Vec<pdf::Mark>,
        chain: &[Vec<u8>],
    ) -> Result<SignatureRequest, Failure> {
        let certificate = chain.first().map(Vec::as_slice).unwrap_or_default();
        let facts = CertificateFacts::parse(certificate).map_err(|_| refuse(FailureCode::KeyDamaged))?;
        let mut request = SignatureRequest::new(self.now());
        request.signer_name = Some(facts.subject.shown().to_owned());
        request.reason = Some(plan.reason.trim().to_owned()).filter(|reason| !reason.is_empty());
        request.marks = marks;
        Ok(request)
    }
}

fn signed_update(
    document: &Document,
    request: &SignatureRequest,
    (signer, chain): (&dyn Signer, &[Vec<u8>]),
    authorities: Option<&Authorities<'_>>,
    front: &Front,
) -> Result<SignedPdf, Failure> {
    let service = authorities.map(Authorities::timestamp_service);
    let service = service.as_ref().map(|service| service as &dyn TimestampService);
    Ok(pades::sign_hashed(
        document,
        request,
        (signer, chain),
        service,
        &|| front.wait(),
    )?)
}

/// What was written is read back, compared with what was signed, and judged before it gets its name.
fn check_written(
    inner: &Inner,
    path: &Path,
    original: &Document,
    signed: &SignedPdf,
    key: &KeyRow,
) -> Result<Verification, Failure> {
    let bytes = mapped::open_briefly(path)?;
    let written = original.open_again(bytes).map_err(Failure::from)?;
    let found = pades::verify_written(
        &written,
        original.bytes().len(),
        signed,
        &inner.trust_roots(),
        inner.now(),
    )
    .ok_or_else(|| internal("the written file differs from what was signed", &path.display()))?;
    let ours = found.signatures.iter().find(|report| report.field == signed.field_name);
    let good = ours.is_some_and(|report| {
        let verdict = match report.verdict {
            Verdict::Valid | Verdict::ValidWithChanges => true,
            // Another authority's root need not be known here.
            Verdict::Indeterminate => key.purpose == KeyPurpose::OtherAuthority,
            Verdict::Invalid | Verdict::Unsigned => false,
        };
        report.intact == Some(true) && verdict
    });
    if good {
        Ok(found)
    } else {
        Err(internal("the written file does not verify", &format!("{ours:?}")))
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
