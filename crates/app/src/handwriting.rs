//! Handwritten signatures: the pen's points are kept, the platform reviews the picture, vectors are stamped.
use crate::application::{App, Inner, off_thread};
use crate::failure::{Failure, internal, refuse, refuse_with};
use crate::outbox::Intention;
use crate::sync::kind;
use crate::view::{FailureCode, HandwritingInput, PenInk, SealPreviewView, SealView};
use crate::wire_view::{id, write_key};
use base64::Engine as _;
use platform::wire;
use seal::{Colour, HANDWRITING_VERSION, Handwriting, PenStroke};

/// Resolution of the picture the reviewer sees.
const RECORD_DPI: u32 = 600;

impl App {
    /// Draws a signature as it will be stamped.
    ///
    /// # Errors
    /// `HandwritingInvalid`.
    pub async fn preview_handwriting(&self, input: HandwritingInput) -> Result<SealPreviewView, Failure> {
        off_thread(move || {
            let drawing = written(input).draw()?;
            Ok(SealPreviewView {
                svg: drawing.to_svg(),
                width_mm: drawing.width_mm,
                height_mm: drawing.height_mm,
                text: String::new(),
                fallback_characters: String::new(),
            })
        })
        .await
    }

    /// Sends a signature to review; until it is approved it stamps nothing.
    ///
    /// # Errors
    /// `SealNoticeNotAgreed`, `CertificateHeldElsewhere`, `SealTextInvalid` for a certificate of an enterprise,
    /// `HandwritingInvalid`.
    pub async fn create_handwriting(&self, input: HandwritingInput) -> Result<SealView, Failure> {
        let certificate = self.inner.certificate_for_handwriting(&input.certificate_id)?;
        let owner = certificate.owner.map(|owner| owner.name).unwrap_or_default();
        let certificate_id = id(&input.certificate_id)?;
        let seal = off_thread(move || {
            let writing = written(input);
            let drawing = writing.draw()?;
            let picture = drawing.to_png(RECORD_DPI)?;
            Ok(wire::NewSeal {
                certificate_id,
                name: format!("{owner} 手写签名").trim().to_owned(),
                kind: wire::SealKind::Handwritten,
                origin: wire::SealOrigin::HandDrawn,
                width_mm: drawing.width_mm,
                height_mm: drawing.height_mm,
                design: Some(serde_json::to_string(&writing).map_err(|error| internal("keeping strokes", &error))?),
                picture: base64::engine::general_purpose::STANDARD.encode(picture),
                declaration_version: None,
                replaces: None,
            })
        })
        .await?;
        let record: wire::SealRecord = self.inner.carry_out(write_key(), Intention::AddSeal { seal }).await?;
        crate::seals::seal_view(&record).ok_or_else(|| refuse(FailureCode::PlatformNonsense))
    }
}

impl Inner {
    /// A personal certificate of this account, after the notice was agreed.
    fn certificate_for_handwriting(&self, certificate_id: &str) -> Result<wire::Certificate, Failure> {
        self.require_notice()?;
        let certificate: wire::Certificate = self.one(kind::CERTIFICATE, certificate_id)?;
        let account = self.account()?;
        if certificate.holder.as_ref().is_none_or(|holder| holder.id != account.id) {
            return Err(refuse(FailureCode::CertificateHeldElsewhere));
        }
        match certificate.kind {
            wire::CertificateKind::Personal => Ok(certificate),
            wire::CertificateKind::Enterprise | wire::CertificateKind::Unknown => {
                Err(refuse_with(FailureCode::SealTextInvalid, &[("why", "kind".into())]))
            }
        }
    }
}

fn written(input: HandwritingInput) -> Handwriting {
    let ink = match input.ink {
        PenInk::Black => Colour::PEN_BLACK,
        PenInk::Blue => Colour::PEN_BLUE,
        PenInk::Red => Colour::PEN_RED,
    };
    let strokes = input.strokes.into_iter().map(|stroke| PenStroke {
        pressure: stroke.pressure,
        points: stroke.points.into_iter().map(rounded).collect(),
    });
    Handwriting {
        version: HANDWRITING_VERSION,
        strokes: strokes.collect(),
        pen: input.pen,
        ink: [ink.red, ink.green, ink.blue],
        width_mm: input.width_mm,
    }
}

/// Finer than any pen tells, and short in what is kept.
fn rounded([x, y, pressure, at]: [f64; 4]) -> [f64; 4] {
    let to = |value: f64, steps: f64| (value * steps).round() / steps;
    [to(x, 100.0), to(y, 100.0), to(pressure, 1000.0), to(at, 1.0)]
}
