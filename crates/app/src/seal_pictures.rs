//! Seals that are pictures: kept here, fetched from the platform when they are not, stamped with their transparency.
use crate::application::{Inner, off_thread};
use crate::failure::{Failure, refuse};
use crate::sync::kind;
use crate::view::FailureCode;
use pdf::Appearance;
use platform::wire;
use seal::clean::Photo;

/// A seal without a design is its picture; the others are drawn anew.
pub(crate) fn is_picture(record: &wire::SealRecord) -> bool {
    record.design.is_none()
}

impl Inner {
    /// What a seal puts on a page. The calling thread must be one that may block.
    pub(crate) fn seal_appearance(&self, record: &wire::SealRecord) -> Result<Appearance, Failure> {
        if is_picture(record) {
            return Ok(Appearance::Raster {
                png: self.seal_png(record)?.into(),
                width_mm: record.width_mm,
                height_mm: record.height_mm,
            });
        }
        let drawing = self.seal_drawing(&record.id.to_string())?;
        Ok(Appearance::Vector {
            content: drawing.to_pdf_content().into(),
            width_mm: drawing.width_mm,
            height_mm: drawing.height_mm,
        })
    }

    /// The picture of a seal: the one kept here, or else the platform's. The calling thread must be one that may block.
    pub(crate) fn seal_png(&self, record: &wire::SealRecord) -> Result<Vec<u8>, Failure> {
        match self.store.seal_picture(&self.scope()?, &record.id.to_string())? {
            Some(kept) => Ok(kept),
            None => tokio::runtime::Handle::current().block_on(self.read_picture(record)),
        }
    }

    /// Keeps a picture, so that the seal stamps without the platform too.
    pub(crate) fn keep_picture(&self, record: &wire::SealRecord, png: &[u8]) -> Result<(), Failure> {
        Ok(self
            .store
            .keep_seal_picture(&self.scope()?, &record.id.to_string(), png)?)
    }

    /// Reads the pictures that are not here yet; what fails now is read when it is wanted.
    pub(crate) async fn read_missing_pictures(&self) {
        let seals: Result<Vec<wire::SealRecord>, Failure> = self.all(kind::SEAL);
        let (Ok(seals), Ok(scope)) = (seals, self.scope()) else {
            return;
        };
        for record in seals.iter().filter(|record| is_picture(record)) {
            let here = self.store.has_seal_picture(&scope, &record.id.to_string());
            if matches!(here, Ok(false)) && self.read_picture(record).await.is_err() {
                return;
            }
        }
    }

    async fn read_picture(&self, record: &wire::SealRecord) -> Result<Vec<u8>, Failure> {
        let png = self.client.seal_picture(record.id).await?;
        let png = off_thread(move || checked(png)).await?;
        self.keep_picture(record, &png)?;
        Ok(png)
    }
}

/// What came is decoded once, within the limits of photos, before anything else sees it.
fn checked(png: Vec<u8>) -> Result<Vec<u8>, Failure> {
    if png.starts_with(b"\x89PNG") && Photo::read(&png).is_ok() {
        Ok(png)
    } else {
        Err(refuse(FailureCode::PlatformNonsense))
    }
}
