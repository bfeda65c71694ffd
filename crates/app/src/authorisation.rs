//! CA authorisation: by the legal representative's face, or by a letter.
use crate::application::App;
use crate::failure::{Failure, refuse, refuse_with};
use crate::files;
use crate::outbox::Intention;
use crate::sync::{ONLY, kind};
use crate::view::{
    AuthorisationState, AuthorisationView, AuthorisationWay, FaceLinkView, FaceState, FailureCode, SavedFileView,
};
use crate::wire_view::{moment, qr_svg, write_key};
use base64::Engine as _;
use platform::wire;
use std::path::Path;
use time::OffsetDateTime;

impl App {
    /// The enterprise's authorisation, as last seen.
    ///
    /// # Errors
    /// `SessionExpired` when nobody is signed in.
    pub async fn authorisation(&self) -> Result<AuthorisationView, Failure> {
        let authorisation: wire::Authorisation = self.inner.one(kind::AUTHORISATION, ONLY)?;
        view(&authorisation, self.inner.now())
    }

    /// Asks for a fresh link for the legal representative's phone.
    ///
    /// # Errors
    /// `Conflict` when submitted or approved already, `NotAllowed` for staff.
    pub async fn start_face_authorisation(&self) -> Result<AuthorisationView, Failure> {
        let authorisation = self.inner.client.start_face(write_key()).await?;
        self.inner.refresh().await;
        view(&authorisation, self.inner.now())
    }

    /// Writes the letter to print, filled in by the platform, to the place the user chose.
    ///
    /// # Errors
    /// Those of reaching the platform and of writing.
    pub async fn save_letter_template(&self, target: &Path) -> Result<SavedFileView, Failure> {
        let letter = self.inner.client.letter_template().await?;
        files::replace(target, &[&letter])?;
        Ok(self.remember_saved(target))
    }

    /// Uploads and submits the signed letter.
    ///
    /// # Errors
    /// `LetterTooLarge` and `LetterWrongType` before anything is sent; `Conflict` when one is under review.
    pub async fn submit_authorisation_letter(&self, path: &Path) -> Result<AuthorisationView, Failure> {
        let bytes = read_letter(path)?;
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let meant = Intention::SubmitLetter {
            file_name: name,
            letter: base64::engine::general_purpose::STANDARD.encode(bytes),
        };
        let authorisation: wire::Authorisation = self.inner.carry_out(write_key(), meant).await?;
        view(&authorisation, self.inner.now())
    }
}

fn read_letter(path: &Path) -> Result<Vec<u8>, Failure> {
    let size = std::fs::metadata(path)
        .map_err(|error| Failure::from_read(&error))?
        .len();
    if size > wire::LETTER_LIMIT_BYTES as u64 {
        return Err(refuse_with(FailureCode::LetterTooLarge, &[("limit_mb", "10".into())]));
    }
    let bytes = std::fs::read(path).map_err(|error| Failure::from_read(&error))?;
    // By content, not by name: a photo renamed to .pdf helps nobody.
    let known: [&[u8]; 3] = [b"\xFF\xD8\xFF", b"\x89PNG\r\n\x1A\n", b"%PDF-"];
    if known.iter().any(|start| bytes.starts_with(start)) {
        Ok(bytes)
    } else {
        Err(refuse(FailureCode::LetterWrongType))
    }
}

fn view(authorisation: &wire::Authorisation, now: OffsetDateTime) -> Result<AuthorisationView, Failure> {
    Ok(AuthorisationView {
        state: state(authorisation.state),
        way: authorisation.way.and_then(|way| match way {
            wire::AuthorisationWay::Face => Some(AuthorisationWay::Face),
            wire::AuthorisationWay::Letter => Some(AuthorisationWay::Letter),
            wire::AuthorisationWay::Unknown => None,
        }),
        submitted_at: authorisation.submitted_at.map(moment),
        decided_at: authorisation.decided_at.map(moment),
        reason: authorisation.reason.clone(),
        face: authorisation
            .face
            .as_ref()
            .map(|face| face_view(face, now))
            .transpose()?,
        letter_file_name: authorisation.letter_file_name.clone(),
    })
}

pub(crate) fn state(state: wire::AuthorisationState) -> AuthorisationState {
    match state {
        wire::AuthorisationState::None => AuthorisationState::None,
        wire::AuthorisationState::Submitted => AuthorisationState::Submitted,
        wire::AuthorisationState::Approved => AuthorisationState::Approved,
        wire::AuthorisationState::Rejected => AuthorisationState::Rejected,
        wire::AuthorisationState::Unknown => AuthorisationState::Unknown,
    }
}

fn face_view(face: &wire::FaceLink, now: OffsetDateTime) -> Result<FaceLinkView, Failure> {
    let state = match face.state {
        // The end of a link is a matter of the clock; the platform does not announce it.
        wire::FaceState::Waiting | wire::FaceState::Scanned if face.expires_at <= now => FaceState::Expired,
        wire::FaceState::Waiting => FaceState::Waiting,
        wire::FaceState::Scanned => FaceState::Scanned,
        wire::FaceState::Confirmed => FaceState::Confirmed,
        wire::FaceState::Refused => FaceState::Refused,
        wire::FaceState::Expired => FaceState::Expired,
        wire::FaceState::Unknown => FaceState::Unknown,
    };
    Ok(FaceLinkView {
        id: face.id.to_string(),
        url: face.url.clone(),
        qr_svg: qr_svg(&face.url)?,
        state,
        expires_at: moment(face.expires_at),
    })
}
