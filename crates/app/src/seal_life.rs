//! Seals out of use: switched off, replaced, and wanted again.
use crate::application::{App, Inner, off_thread};
use crate::failure::{Failure, refuse};
use crate::outbox::Intention;
use crate::seal_pictures::is_picture;
use crate::seals::{RECORD_DPI, seal_view};
use crate::sync::kind;
use crate::view::{FailureCode, RenewSealInput, SealView};
use crate::wire_view::{id, write_key};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use platform::wire;
use std::sync::Arc;

impl App {
    /// Takes a seal out of use; it stays in the list for old records and stamps nothing any more.
    ///
    /// # Errors
    /// `NotFound`, `Conflict` when it is not in use.
    pub async fn disable_seal(&self, seal_id: &str) -> Result<SealView, Failure> {
        let kept = self.inner.one::<wire::SealRecord>(kind::SEAL, seal_id);
        let meant = Intention::DisableSeal {
            id: id(seal_id)?,
            name: kept.map(|seal| seal.name).unwrap_or_default(),
        };
        let record: wire::SealRecord = self.inner.carry_out(write_key(), meant).await?;
        shown(&record)
    }

    /// Asks for a seal that is out of use once more, as it was: an automatic one is effective at once, the others are
    /// reviewed again. After a reissue this is how the former seals are taken over.
    ///
    /// # Errors
    /// `NotFound`, `Conflict` for a seal that is in use or under review, `SealNotDeclared`.
    pub async fn renew_seal(&self, input: RenewSealInput) -> Result<SealView, Failure> {
        let former: wire::SealRecord = self.inner.one(kind::SEAL, &input.seal_id)?;
        if matches!(former.state, wire::SealState::InReview | wire::SealState::Approved) {
            return Err(refuse(FailureCode::Conflict));
        }
        let key = id(&input.idempotency_key)?;
        let inner = Arc::clone(&self.inner);
        let (seal, png) = off_thread(move || again(&inner, &former, input.declaration_version)).await?;
        let record: wire::SealRecord = self.inner.carry_out(key, Intention::AddSeal { seal }).await?;
        if is_picture(&record) {
            self.inner.keep_picture(&record, &png)?;
        }
        shown(&record)
    }
}

fn again(
    inner: &Inner,
    former: &wire::SealRecord,
    declaration_version: Option<u32>,
) -> Result<(wire::NewSeal, Vec<u8>), Failure> {
    let png = if is_picture(former) {
        inner.seal_png(former)?
    } else {
        inner.seal_drawing(&former.id.to_string())?.to_png(RECORD_DPI)?
    };
    let seal = wire::NewSeal {
        certificate_id: former.certificate_id,
        name: former.name.clone(),
        kind: former.kind,
        origin: former.origin,
        width_mm: former.width_mm,
        height_mm: former.height_mm,
        design: former.design.clone(),
        picture: STANDARD.encode(&png),
        declaration_version,
        replaces: None,
    };
    Ok((seal, png))
}

fn shown(record: &wire::SealRecord) -> Result<SealView, Failure> {
    seal_view(record).ok_or_else(|| refuse(FailureCode::PlatformNonsense))
}
