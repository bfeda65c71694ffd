//! Photos of seals and signatures: opened, cleaned as the person wants, declared to be one's own, sent to review.
use crate::application::{App, Inner, locked, off_thread};
use crate::failure::{Failure, refuse, refuse_with};
use crate::files;
use crate::outbox::Intention;
use crate::pictures::{Picture, asked, raster_picture};
use crate::seals::{seal_name, seal_view, wire_kind};
use crate::sync::{ONLY, kind};
use crate::view::{
    CleanedPhotoView, FailureCode, PhotoBox, PhotoCleanInput, PhotoInk, PhotoMark, PhotoShape, PhotoWarning,
    SealDeclarationView, SealKind, SealPhotoInput, SealPhotoView, SealView,
};
use crate::wire_view::id;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::certificate::NameFacts;
use platform::wire;
use seal::Colour;
use seal::clean::{
    CleanMark, CleanOptions, CleanWarning, MarkKind, MarkShape, PHOTO_LIMIT_BYTES, Photo, PixelBox, clean,
};
use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// Longest side of a photo's picture for the window, in pixels.
const SHOWN_PIXELS: u32 = 1600;
/// Clean pictures kept: the one shown and those just before it.
const RESULTS_KEPT: usize = 4;
/// Longest side of a seal, in mm; the platform's own most.
const MOST_MM: f64 = 100.0;

/// The photo being worked on: one at a time, gone when the next one is opened.
#[derive(Default)]
pub(crate) struct SealPhotos {
    opened: Mutex<Option<Opened>>,
    results: Mutex<VecDeque<CleanPictures>>,
    /// One photo is cleaned at a time: two would take twice the memory and no less time.
    turn: Mutex<()>,
}

struct Opened {
    view: SealPhotoView,
    photo: Option<Arc<Photo>>,
}

struct CleanPictures {
    id: String,
    straight: Arc<Vec<u8>>,
    overlay: Arc<Vec<u8>>,
}

impl App {
    /// Opens a photo by path; the shell's dialog and drops call this, never the window. One that cannot be read is
    /// shown with the reason.
    ///
    /// # Errors
    /// None in practice.
    pub async fn open_seal_photo(&self, path: &Path) -> Result<SealPhotoView, Failure> {
        let (path, file_name) = (path.to_owned(), files::file_name(path));
        // The former photo goes first: two need not be held at once.
        self.close_seal_photo(None);
        let read = off_thread(move || read(&path)).await;
        let (photo, refusal) = match read {
            Ok(photo) => (Some(Arc::new(photo)), None),
            Err(failure) => (None, Some(failure)),
        };
        let (width, height) = photo.as_ref().map_or((0, 0), |photo| photo.size());
        let view = SealPhotoView {
            id: uuid::Uuid::new_v4().to_string(),
            file_name,
            width: pixels(width),
            height: pixels(height),
            refusal,
        };
        *locked(&self.inner.seal_photos.opened) = Some(Opened {
            view: view.clone(),
            photo,
        });
        Ok(view)
    }

    /// The opened photo.
    ///
    /// # Errors
    /// `NotFound` when another one was opened meanwhile.
    pub async fn seal_photo(&self, photo_id: &str) -> Result<SealPhotoView, Failure> {
        let opened = locked(&self.inner.seal_photos.opened);
        let opened = opened.as_ref().filter(|opened| opened.view.id == photo_id);
        opened
            .map(|opened| opened.view.clone())
            .ok_or_else(|| refuse(FailureCode::NotFound))
    }

    /// Forgets a photo and what was made of it; without an id, whatever is open.
    pub fn close_seal_photo(&self, photo_id: Option<&str>) {
        let mut opened = locked(&self.inner.seal_photos.opened);
        if photo_id.is_none_or(|id| opened.as_ref().is_some_and(|opened| opened.view.id == id)) {
            *opened = None;
            locked(&self.inner.seal_photos.results).clear();
        }
    }

    /// Cleans the opened photo for looking at.
    ///
    /// # Errors
    /// `NotFound`, `PhotoNoMark`.
    pub async fn clean_seal_photo(&self, input: PhotoCleanInput) -> Result<CleanedPhotoView, Failure> {
        let photo = self.inner.photo(&input.photo_id)?;
        let inner = Arc::clone(&self.inner);
        off_thread(move || {
            let mark = inner.cleaned(&photo, &input)?;
            let pictures = CleanPictures {
                id: uuid::Uuid::new_v4().simple().to_string(),
                straight: Arc::new(mark.to_png()?),
                overlay: Arc::new(mark.overlay_png()?),
            };
            let view = cleaned_view(&mark, &format!("photo/{}/{}", input.photo_id, pictures.id));
            let mut results = locked(&inner.seal_photos.results);
            results.push_back(pictures);
            while results.len() > RESULTS_KEPT {
                results.pop_front();
            }
            Ok(view)
        })
        .await
    }

    /// What is declared with an uploaded picture.
    ///
    /// # Errors
    /// Those of asking the platform.
    pub async fn seal_declaration(&self) -> Result<SealDeclarationView, Failure> {
        let text = self.inner.client.seal_declaration().await?;
        Ok(SealDeclarationView {
            version: text.version,
            paragraphs: text.paragraphs,
        })
    }

    /// Sends the cleaned photo to review, with the declaration. Nothing of the photo but the clean picture leaves the
    /// device.
    ///
    /// # Errors
    /// `NotFound`, `SealNoticeNotAgreed`, `SealNotDeclared`, `CertificateHeldElsewhere`, `SealTextInvalid` for a kind
    /// that the certificate does not have or a size beyond 100 mm, and those of cleaning.
    pub async fn submit_seal_photo(&self, input: SealPhotoInput) -> Result<SealView, Failure> {
        let notice: wire::SealNotice = self.inner.one(kind::NOTICE, ONLY)?;
        if notice.agreed_at.is_none() {
            return Err(refuse(FailureCode::SealNoticeNotAgreed));
        }
        let key = id(&input.idempotency_key)?;
        let photo = self.inner.photo(&input.clean.photo_id)?;
        let (certificate, subject) = self.inner.certificate_to_seal(&input.certificate_id)?;
        self.inner.fits(input.kind, certificate.kind, &subject)?;
        let inner = Arc::clone(&self.inner);
        let (seal, png) = off_thread(move || {
            let mark = inner.cleaned(&photo, &input.clean)?;
            new_seal(&input, &subject.common_name, &mark)
        })
        .await?;
        let record: wire::SealRecord = self.inner.carry_out(key, Intention::AddSeal { seal }).await?;
        self.inner.keep_picture(&record, &png)?;
        seal_view(&record).ok_or_else(|| refuse(FailureCode::PlatformNonsense))
    }

    /// The photo, or a part of it in full, as a JPEG for looking at.
    pub(crate) async fn photo_picture(&self, photo_id: &str, query: &str) -> Result<Picture, Failure> {
        let photo = self.inner.photo(photo_id)?;
        let number = |name: &str| asked(query, name)?.parse::<usize>().ok();
        let part = number("x").zip(number("y")).zip(number("width")).zip(number("height"));
        let part = part.map(|(((x, y), width), height)| PixelBox { x, y, width, height });
        let jpeg = off_thread(move || Ok(photo.picture(part, SHOWN_PIXELS)?)).await?;
        Ok(raster_picture("image/jpeg", jpeg))
    }

    /// `clean` or `overlay` of a result.
    pub(crate) fn cleaned_picture(&self, result: &str, which: &str) -> Result<Picture, Failure> {
        let results = locked(&self.inner.seal_photos.results);
        let found = results.iter().find(|one| one.id == result);
        let bytes = found.and_then(|found| match which {
            "clean" => Some(Arc::clone(&found.straight)),
            "overlay" => Some(Arc::clone(&found.overlay)),
            _ => None,
        });
        Ok(Picture {
            mime: "image/png",
            bytes: bytes.ok_or_else(|| refuse(FailureCode::NotFound))?,
        })
    }
}

impl Inner {
    fn photo(&self, photo_id: &str) -> Result<Arc<Photo>, Failure> {
        let opened = locked(&self.seal_photos.opened);
        let opened = opened.as_ref().filter(|opened| opened.view.id == photo_id);
        opened
            .and_then(|opened| opened.photo.clone())
            .ok_or_else(|| refuse(FailureCode::NotFound))
    }

    fn cleaned(&self, photo: &Photo, input: &PhotoCleanInput) -> Result<CleanMark, Failure> {
        let _one_at_a_time = locked(&self.seal_photos.turn);
        Ok(clean(photo, &options(input))?)
    }

    /// Seals of an organisation belong to its certificate, a person's to the person's.
    fn fits(&self, kind: SealKind, certificate: wire::CertificateKind, subject: &NameFacts) -> Result<(), Failure> {
        use wire::CertificateKind::{Enterprise, Personal};
        let representative = self.legal_representative()?;
        let fits = match kind {
            SealKind::Company
            | SealKind::BidPurpose
            | SealKind::ContractPurpose
            | SealKind::FinancePurpose
            | SealKind::Invoice => certificate == Enterprise,
            SealKind::PersonalName | SealKind::Handwritten => certificate == Personal,
            SealKind::LegalRepresentative => {
                certificate == Personal && representative.as_deref() == Some(subject.common_name.as_str())
            }
        };
        if fits { Ok(()) } else { Err(unusable("kind")) }
    }
}

fn unusable(why: &str) -> Failure {
    refuse_with(FailureCode::SealTextInvalid, &[("why", why.to_owned())])
}

fn read(path: &Path) -> Result<Photo, Failure> {
    let file = std::fs::metadata(path).map_err(|error| Failure::from_read(&error))?;
    if file.len() > PHOTO_LIMIT_BYTES as u64 {
        return Err(refuse(FailureCode::PhotoTooLarge));
    }
    let bytes = std::fs::read(path).map_err(|error| Failure::from_read(&error))?;
    Ok(Photo::read(&bytes)?)
}

fn options(input: &PhotoCleanInput) -> CleanOptions {
    CleanOptions {
        kind: input.mark.map(|mark| match mark {
            PhotoMark::Seal => MarkKind::Seal,
            PhotoMark::Signature => MarkKind::Signature,
        }),
        crop: input.crop.map(|crop| PixelBox {
            x: crop.x as usize,
            y: crop.y as usize,
            width: crop.width as usize,
            height: crop.height as usize,
        }),
        turn_degrees: input.turn_degrees,
        ink: match input.ink {
            PhotoInk::Kept => None,
            PhotoInk::Red => Some(Colour::SEAL_RED),
            PhotoInk::Black => Some(Colour::PEN_BLACK),
            PhotoInk::Blue => Some(Colour::PEN_BLUE),
        },
        width_mm: input.width_mm,
    }
}

fn new_seal(input: &SealPhotoInput, owner: &str, mark: &CleanMark) -> Result<(wire::NewSeal, Vec<u8>), Failure> {
    if mark.height_mm > MOST_MM {
        return Err(unusable("size"));
    }
    let png = mark.to_png()?;
    let seal = wire::NewSeal {
        certificate_id: id(&input.certificate_id)?,
        name: seal_name(input.kind, owner),
        kind: wire_kind(input.kind),
        origin: wire::SealOrigin::Uploaded,
        width_mm: mark.width_mm,
        height_mm: mark.height_mm,
        design: None,
        picture: STANDARD.encode(&png),
        declaration_version: Some(input.declaration_version),
        replaces: input.replaces.as_deref().map(id).transpose()?,
    };
    Ok((seal, png))
}

fn pixels(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn cleaned_view(mark: &CleanMark, path: &str) -> CleanedPhotoView {
    let Colour { red, green, blue } = mark.ink;
    CleanedPhotoView {
        mark: match mark.kind {
            MarkKind::Seal => PhotoMark::Seal,
            MarkKind::Signature => PhotoMark::Signature,
        },
        shape: match mark.shape {
            MarkShape::Round => PhotoShape::Round,
            MarkShape::Oval => PhotoShape::Oval,
            MarkShape::Square => PhotoShape::Square,
            MarkShape::Rectangle => PhotoShape::Rectangle,
            MarkShape::Free => PhotoShape::Free,
        },
        place: PhotoBox {
            x: pixels(mark.place.x),
            y: pixels(mark.place.y),
            width: pixels(mark.place.width),
            height: pixels(mark.place.height),
        },
        angle_degrees: mark.angle_degrees,
        width_mm: mark.width_mm,
        height_mm: mark.height_mm,
        dpi: mark.dpi,
        ink: format!("#{red:02x}{green:02x}{blue:02x}"),
        warnings: mark.warnings.iter().map(|warning| warning_view(*warning)).collect(),
        picture: format!("{path}/clean"),
        overlay: format!("{path}/overlay"),
    }
}

fn warning_view(warning: CleanWarning) -> PhotoWarning {
    match warning {
        CleanWarning::LowResolution => PhotoWarning::LowResolution,
        CleanWarning::AtEdge => PhotoWarning::AtEdge,
        CleanWarning::NotStraightened => PhotoWarning::NotStraightened,
        CleanWarning::TurnUnsure => PhotoWarning::TurnUnsure,
        CleanWarning::Faint => PhotoWarning::Faint,
    }
}
