//! 扫码签章: signing tasks of business systems, read from a QR code or a link, signed once and handed back.
//!
//! A link is followed only when it names the platform this application is signed in to: a code on a poster must not send
//! anybody's session elsewhere.
use crate::application::{App, Inner, locked, off_thread};
use crate::failure::{Failure, internal, refuse, refuse_with};
use crate::files;
use crate::seal_log::KeyUse;
use crate::view::{DocumentView, FailureCode, ScanContent, ScanDigestInput, ScanState, ScanTaskView, Topic};
use crate::wire_view::{id, moment, write_key};
use pki::cms::SignedAttributes;
use platform::wire::{SealUseKind, SigningContent, SigningTask, SigningTaskState};
use seal::clean::{PHOTO_LIMIT_BYTES, Photo};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Mutex;
use uuid::Uuid;

/// What a link begins with; also the system's name for our links.
pub const SCHEME: &str = "ganjiang://";
/// The longest link that is looked at; real ones have some 200 characters.
const MOST_LINK: usize = 2048;
/// Folder of fetched documents inside the data folder.
const FOLDER: &str = "scanned";
/// A greyscale picture has at most this many pixels along a side; more are left out evenly.
const MOST_SIDE: usize = 4000;

/// Which opened documents belong to a task.
#[derive(Default)]
pub(crate) struct ScanDocuments(Mutex<HashMap<String, Uuid>>);

/// A link as the platform makes it.
#[derive(Debug, PartialEq, Eq)]
struct Link {
    host: String,
    task: Uuid,
    secret: String,
}

impl Link {
    /// `ganjiang://sign?host=…&task=…&secret=…`, percent-encoded; unknown parts are ignored.
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (scheme, rest) = text.split_at_checked(SCHEME.len())?;
        let (place, query) = rest.split_once('?')?;
        if text.len() > MOST_LINK
            || !scheme.eq_ignore_ascii_case(SCHEME)
            || !place.trim_end_matches('/').eq_ignore_ascii_case("sign")
        {
            return None;
        }
        let parts: HashMap<&str, String> = query
            .split('&')
            .filter_map(|part| part.split_once('='))
            .filter_map(|(name, value)| Some((name, decoded(value)?)))
            .collect();
        Some(Self {
            host: parts.get("host")?.trim_end_matches('/').to_owned(),
            task: parts.get("task")?.parse().ok()?,
            secret: parts.get("secret").filter(|secret| !secret.is_empty())?.clone(),
        })
    }
}

/// Percent-decoding (RFC 3986, 2.1).
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            let digits = std::str::from_utf8(&digits).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

impl App {
    /// Fetches the task that a link names. It can be fetched once; from then on it is this account's.
    ///
    /// # Errors
    /// `ScanNotOurs` for anything but a signing link, `ScanOtherHost` for another platform's; `NotFound`, `Conflict`,
    /// `ScanExpired`, `ScanForOther` from the platform.
    pub async fn scan_text(&self, text: &str) -> Result<ScanTaskView, Failure> {
        let link = Link::parse(text).ok_or_else(|| refuse(FailureCode::ScanNotOurs))?;
        self.inner.account()?;
        let ours = self.inner.options.platform.base_url.trim_end_matches('/');
        if !link.host.eq_ignore_ascii_case(ours) {
            return Err(refuse_with(FailureCode::ScanOtherHost, &[("host", link.host)]));
        }
        let key = once(&[b"fetch", link.task.as_bytes(), link.secret.as_bytes()]);
        let task = self
            .inner
            .client
            .fetch_signing_task(link.task, &link.secret, key)
            .await?;
        Ok(task_view(&task))
    }

    /// Reads the QR code of a picture file and fetches its task.
    ///
    /// # Errors
    /// `ScanNoCode` when there is none, those of reading a picture, and of [`App::scan_text`].
    pub async fn scan_picture(&self, path: &Path) -> Result<ScanTaskView, Failure> {
        let path = path.to_owned();
        let words = off_thread(move || {
            let bytes = files::limited(&path, PHOTO_LIMIT_BYTES as u64)?;
            let photo = Photo::read(&bytes)?;
            let (pixels, width, height) = photo.pixels();
            Ok(codes(pixels, 3, width, height))
        })
        .await?;
        self.scan_codes(&words).await
    }

    /// Reads the QR code of a picture in memory (red, green, blue, alpha; row by row) and fetches its task.
    ///
    /// # Errors
    /// As [`App::scan_picture`].
    pub async fn scan_pixels(&self, pixels: Vec<u8>, width: usize, height: usize) -> Result<ScanTaskView, Failure> {
        let words = off_thread(move || Ok(codes(&pixels, 4, width, height))).await?;
        self.scan_codes(&words).await
    }

    /// Of several codes in a picture the first that is ours counts.
    async fn scan_codes(&self, words: &[String]) -> Result<ScanTaskView, Failure> {
        let ours = words.iter().find(|words| Link::parse(words).is_some());
        match ours.or(words.first()) {
            Some(words) => self.scan_text(words).await,
            None => Err(refuse(FailureCode::ScanNoCode)),
        }
    }

    /// The tasks this account has fetched, newest first.
    ///
    /// # Errors
    /// Those of the platform.
    pub async fn scan_tasks(&self) -> Result<Vec<ScanTaskView>, Failure> {
        let tasks = self.inner.client.signing_tasks().await?;
        Ok(tasks.iter().map(task_view).collect())
    }

    /// The task of an opened document, when it came with one.
    ///
    /// # Errors
    /// Those of the platform.
    pub async fn scan_task_of(&self, document_id: &str) -> Result<Option<ScanTaskView>, Failure> {
        let task = locked(&self.inner.scanned.0).get(document_id).copied();
        match task {
            Some(task) => Ok(Some(task_view(&self.inner.client.signing_task(task).await?))),
            None => Ok(None),
        }
    }

    /// Fetches the document of a task and opens it for stamping; what arrives is compared with what was announced.
    ///
    /// # Errors
    /// `NotFound`, `PlatformNonsense` when the document is not the announced one; those of writing a file.
    pub async fn open_scan_document(&self, task_id: &str) -> Result<DocumentView, Failure> {
        let task = self.inner.client.signing_task(id(task_id)?).await?;
        let SigningContent::Document { file_name, sha256, .. } = &task.content else {
            return Err(refuse(FailureCode::NotFound));
        };
        let bytes = self.inner.client.signing_document(task.id).await?;
        if crate::signing::hex(&Sha256::digest(&bytes)) != *sha256 {
            return Err(refuse(FailureCode::PlatformNonsense));
        }
        let folder = self.inner.options.data_folder.join(FOLDER).join(task.id.to_string());
        std::fs::create_dir_all(&folder).map_err(|error| Failure::from_write(&error))?;
        let stem = files::fit_for_name(file_name.trim_end_matches(".pdf").trim_end_matches(".PDF"));
        let path = folder.join(format!("{}.pdf", if stem.is_empty() { "document" } else { &stem }));
        files::replace(&path, &[&bytes])?;
        let opened = self.open_documents(vec![path]).await?;
        let view = opened.into_iter().next().ok_or_else(|| refuse(FailureCode::NotFound))?;
        locked(&self.inner.scanned.0).insert(view.id.clone(), task.id);
        Ok(view)
    }

    /// Hands a signed document back; the platform verifies it before it counts. The same again has no other effect.
    ///
    /// # Errors
    /// `NotFound` for a document that is not open; `ScanResultRefused` (`why`), `ScanExpired`, `Conflict`; those of a
    /// platform that is away: nothing is lost, it can be handed back later.
    pub async fn return_scan_result(&self, task_id: &str, signed_document_id: &str) -> Result<ScanTaskView, Failure> {
        let file = self.inner.opened(signed_document_id)?;
        let bytes = file.document()?.bytes().to_vec();
        self.hand_back(id(task_id)?, bytes).await
    }

    /// Signs the digest of a task and hands the signature back (CMS, detached).
    ///
    /// # Errors
    /// `PinFormat`, `PinWrong`, `PinLocked`; those of [`App::return_scan_result`].
    pub async fn sign_scan_digest(&self, input: ScanDigestInput) -> Result<ScanTaskView, Failure> {
        let task = self.inner.client.signing_task(id(&input.task_id)?).await?;
        let SigningContent::Digest { sha256, name } = &task.content else {
            return Err(refuse(FailureCode::NotFound));
        };
        let digest = digest(sha256).ok_or_else(|| refuse(FailureCode::PlatformNonsense))?;
        let inner = std::sync::Arc::clone(&self.inner);
        let name = name.clone();
        let signed = off_thread(move || inner.signed_digest(&input, &name, &digest)).await;
        // Tries left are shown with the certificate, so they are news after a wrong PIN too.
        self.inner.changed(&[Topic::Certificates]);
        self.hand_back(task.id, signed?).await
    }

    /// Refuses to sign; whoever asked is told why.
    ///
    /// # Errors
    /// `FieldInvalid` for an empty reason, `ScanExpired`, `Conflict`.
    pub async fn refuse_scan_task(&self, task_id: &str, reason: &str) -> Result<ScanTaskView, Failure> {
        let (task, reason) = (id(task_id)?, reason.trim());
        let task = self.inner.client.refuse_signing_task(task, reason, write_key()).await?;
        Ok(task_view(&task))
    }

    async fn hand_back(&self, task: Uuid, result: Vec<u8>) -> Result<ScanTaskView, Failure> {
        let key = once(&[b"result", task.as_bytes(), &Sha256::digest(&result)]);
        let task = self.inner.client.finish_signing_task(task, result, key).await?;
        Ok(task_view(&task))
    }
}

impl Inner {
    /// Whether a document came with a task.
    pub(crate) fn kind_of_use(&self, document_id: &str) -> SealUseKind {
        match locked(&self.scanned.0).contains_key(document_id) {
            true => SealUseKind::ScanDocument,
            false => SealUseKind::Document,
        }
    }

    /// The use is on record before the signature can be handed on.
    fn signed_digest(&self, input: &ScanDigestInput, name: &str, digest: &[u8; 32]) -> Result<Vec<u8>, Failure> {
        let key = self.key_in_use(&input.certificate_id)?;
        let certificate = key.certificate.clone().ok_or_else(|| refuse(FailureCode::KeyDamaged))?;
        let signer = self.signer(&key, &input.pin)?;
        let failed = |error: &dyn std::fmt::Display| internal("signing a digest", &error.to_string());
        let attributes = SignedAttributes::new(digest, &certificate).map_err(|error| failed(&error))?;
        let signature = signer
            .sign(&attributes.to_be_signed())
            .map_err(|error| failed(&error))?;
        let container = attributes.complete(signer.algorithm(), &signature, &key.chain);
        let container = container.and_then(|container| container.to_der());
        let container = container.map_err(|error| failed(&error))?;
        let used = KeyUse {
            kind: SealUseKind::ScanDigest,
            name,
            sha256: crate::signing::hex(digest),
            marks: 0,
            seals: Vec::new(),
        };
        self.log_use(&key, &used)?;
        Ok(container)
    }
}

/// The same intention has the same key, whenever it is tried again.
pub(crate) fn once(parts: &[&[u8]]) -> Uuid {
    let hash = Sha256::digest(parts.concat());
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(hash).for_each(|(byte, hash)| *byte = hash);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// A SHA-256 from its hexadecimal digits.
pub(crate) fn digest(hexadecimal: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> = (0..hexadecimal.len())
        .step_by(2)
        .map(|at| {
            hexadecimal
                .get(at..at + 2)
                .and_then(|pair| u8::from_str_radix(pair, 16).ok())
        })
        .collect::<Option<_>>()?;
    digits.try_into().ok()
}

/// What the QR codes of a picture say. Pixels of `channels` bytes that begin with red, green and blue.
fn codes(pixels: &[u8], channels: usize, width: usize, height: usize) -> Vec<String> {
    let step = width.max(height).div_ceil(MOST_SIDE).max(1);
    let grey = |x: usize, y: usize| {
        let at = (y * step * width + x * step) * channels;
        match pixels.get(at..at + 3) {
            Some([red, green, blue]) => ((u16::from(*red) + 2 * u16::from(*green) + u16::from(*blue)) / 4) as u8,
            _ => 255,
        }
    };
    let (width, height) = (width / step, height / step);
    if width == 0 || height == 0 {
        return Vec::new();
    }
    // A strange picture may make the reader panic; then it holds no code.
    let read = || {
        let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, grey);
        let grids = prepared.detect_grids();
        grids
            .iter()
            .filter_map(|grid| grid.decode().ok())
            .map(|(_, words)| words)
            .collect()
    };
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_default()
}

fn task_view(task: &SigningTask) -> ScanTaskView {
    let nothing = String::new();
    let (content, name, sha256, bytes) = match &task.content {
        SigningContent::Document {
            file_name,
            sha256,
            bytes,
        } => (ScanContent::Document, file_name, sha256, Some(*bytes)),
        SigningContent::Digest { name, sha256 } => (ScanContent::Digest, name, sha256, None),
        SigningContent::Unknown => (ScanContent::Digest, &nothing, &nothing, None),
    };
    ScanTaskView {
        id: task.id.to_string(),
        requester: task.requester.clone(),
        title: task.title.clone(),
        content,
        name: name.clone(),
        sha256: sha256.clone(),
        size_bytes: bytes,
        state: match task.state {
            _ if task.content == SigningContent::Unknown => ScanState::Unknown,
            SigningTaskState::Waiting | SigningTaskState::Fetched => ScanState::Open,
            SigningTaskState::Signed => ScanState::Signed,
            SigningTaskState::Refused => ScanState::Refused,
            SigningTaskState::Expired => ScanState::Expired,
            SigningTaskState::Cancelled => ScanState::Cancelled,
            SigningTaskState::Unknown => ScanState::Unknown,
        },
        expires_at: moment(task.expires_at),
        reason: task.reason.clone(),
        signer: task.result.as_ref().map(|result| result.common_name.clone()),
        signed_at: task.result.as_ref().map(|result| moment(result.at)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_signing_links_are_links() {
        let task = Uuid::from_u128(7);
        let good = format!("ganjiang://sign?host=https%3A%2F%2Fca.example%2F&task={task}&secret=a%2Bb&later=1");
        let link = Link::parse(&good).unwrap();
        assert_eq!(
            (link.host.as_str(), link.task, link.secret.as_str()),
            ("https://ca.example", task, "a+b")
        );
        assert_eq!(
            Link::parse(&good.to_uppercase().replace("HOST", "host")),
            None,
            "names are exact"
        );
        for bad in [
            "",
            "签",
            "https://ca.example/sign?task=1",
            "ganjiang://pay?host=a&task=b&secret=c",
            "ganjiang://sign?host=a&task=no&secret=c",
            "ganjiang://sign?host=%4&task=b&secret=c",
            &format!("ganjiang://sign?host=a&task={task}&secret="),
            &format!("{good}&more={}", "x".repeat(MOST_LINK)),
        ] {
            assert_eq!(Link::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_code_is_read_from_pixels_and_strange_pixels_do_no_harm() {
        let words = "ganjiang://sign?host=a&task=b&secret=c";
        let code = qrcode::QrCode::new(words).unwrap();
        let (side, scale) = (code.width() + 8, 5);
        let colours = code.to_colors();
        let dark = |x: usize, y: usize| {
            let inside = (4..side - 4).contains(&x) && (4..side - 4).contains(&y);
            inside && colours[(y - 4) * code.width() + x - 4] == qrcode::Color::Dark
        };
        let mut pixels = Vec::new();
        for y in 0..side * scale {
            for x in 0..side * scale {
                let value = if dark(x / scale, y / scale) { 20 } else { 240 };
                pixels.extend([value, value, value, 255]);
            }
        }
        assert_eq!(codes(&pixels, 4, side * scale, side * scale), [words]);
        drop(codes(&pixels, 4, side * scale * 2, side * scale));
        assert!(codes(&[], 4, 1000, 1000).is_empty() && codes(&[], 4, 0, 9).is_empty());
    }
}
