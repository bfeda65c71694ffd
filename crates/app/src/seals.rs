//! Seals: the notice, automatic seals from the certificate's subject, pictures and export.
use crate::application::{App, Inner, off_thread};
use crate::failure::{Failure, internal, refuse, refuse_with};
use crate::files;
use crate::outbox::Intention;
use crate::seal_pictures::is_picture;
use crate::sync::{ONLY, kind};
use crate::view::{
    AutomaticSealInput, FailureCode, NameSealStyle, NameSealSuffix, SavedFileView, SealFormat, SealKind,
    SealNoticeView, SealOrigin, SealPreviewView, SealState, SealTypeface, SealView,
};
use crate::wire_view::{id, moment, write_key};
use base64::Engine as _;
use pki::certificate::{CertificateFacts, NameFacts};
use platform::wire;
use seal::{
    Centre, CompanySeal, FontStack, Handwriting, InvoiceSeal, NameSeal, NameStyle, NameSuffix, SealDesign, SealDrawing,
    SealForm, Typeface,
};
use std::sync::Arc;

/// Resolution of the picture the platform keeps.
pub(crate) const RECORD_DPI: u32 = 300;

impl App {
    /// The notice to read before the first seal, and whether it was agreed.
    ///
    /// # Errors
    /// `SessionExpired` when nobody is signed in.
    pub async fn seal_notice(&self) -> Result<SealNoticeView, Failure> {
        Ok(notice_view(self.inner.one(kind::NOTICE, ONLY)?))
    }

    /// Agrees to the notice in the version that was read.
    ///
    /// # Errors
    /// `Conflict` when a newer version is in force.
    pub async fn agree_seal_notice(&self, version: u32) -> Result<SealNoticeView, Failure> {
        let meant = Intention::AgreeNotice { version };
        let notice: wire::SealNotice = self.inner.carry_out(write_key(), meant).await?;
        Ok(notice_view(notice))
    }

    /// All seals the account may see.
    ///
    /// # Errors
    /// `SessionExpired` when nobody is signed in.
    pub async fn seals(&self) -> Result<Vec<SealView>, Failure> {
        let seals: Vec<wire::SealRecord> = self.inner.all(kind::SEAL)?;
        Ok(seals.iter().filter_map(seal_view).collect())
    }

    /// Draws an automatic seal for looking at only.
    ///
    /// # Errors
    /// `SealMissingGlyphs`, `SealTextInvalid`, `NotFound`.
    pub async fn preview_automatic_seal(&self, input: AutomaticSealInput) -> Result<SealPreviewView, Failure> {
        let design = self.inner.automatic_design(&input)?;
        off_thread(move || Ok(preview_view(&design, &design.layout(FontStack::bundled())?))).await
    }

    /// Makes an automatic seal: effective at once, registered on the platform.
    ///
    /// # Errors
    /// `SealNoticeNotAgreed`, `CertificateHeldElsewhere`, and those of the preview.
    pub async fn create_automatic_seal(&self, input: AutomaticSealInput) -> Result<SealView, Failure> {
        self.inner.require_notice()?;
        let design = self.inner.automatic_design(&input)?;
        let seal = off_thread(move || new_seal(&input, &design)).await?;
        let record: wire::SealRecord = self.inner.carry_out(write_key(), Intention::AddSeal { seal }).await?;
        seal_view(&record).ok_or_else(|| refuse(FailureCode::PlatformNonsense))
    }

    /// Saves a seal's picture in the output folder. An uploaded one is a PNG picture whatever the format.
    ///
    /// # Errors
    /// `NotFound`, `SealNotApproved`, and those of writing.
    pub async fn export_seal(&self, seal_id: &str, format: SealFormat) -> Result<SavedFileView, Failure> {
        let record: wire::SealRecord = self.inner.one(kind::SEAL, seal_id)?;
        let inner = Arc::clone(&self.inner);
        let folder = self.inner.output_folder()?;
        let path = off_thread(move || {
            let (bytes, ending, extension) = if is_picture(&record) {
                (inner.seal_png(&record)?, "", "png")
            } else {
                encoded(&inner.seal_drawing(&record.id.to_string())?, format)?
            };
            let stem = files::fit_for_name(&format!("{}{ending}", record.name));
            files::keep_as_new(files::aside(&folder, &[&bytes])?, &folder, &stem, extension)
        })
        .await?;
        Ok(self.remember_saved(&path))
    }
}

impl Inner {
    /// The drawing of a seal, laid out again from its design: the same numbers every time.
    pub(crate) fn seal_drawing(&self, seal_id: &str) -> Result<SealDrawing, Failure> {
        let record: wire::SealRecord = self.one(kind::SEAL, seal_id)?;
        let design = record.design.ok_or_else(|| refuse(FailureCode::NotFound))?;
        if record.kind == wire::SealKind::Handwritten {
            let writing: Handwriting =
                serde_json::from_str(&design).map_err(|error| internal("a signature cannot be read", &error))?;
            return Ok(writing.draw()?);
        }
        let design: SealDesign =
            serde_json::from_str(&design).map_err(|error| internal("a seal's design cannot be read", &error))?;
        Ok(design.layout(FontStack::bundled())?)
    }

    /// Agreed to, or about to be: the agreement is sent before the seal.
    pub(crate) fn require_notice(&self) -> Result<(), Failure> {
        let notice: wire::SealNotice = self.one(kind::NOTICE, ONLY)?;
        if notice.agreed_at.is_some() || !self.unsent("notice")?.is_empty() {
            Ok(())
        } else {
            Err(refuse(FailureCode::SealNoticeNotAgreed))
        }
    }

    pub(crate) fn keep_notice(&self, notice: &wire::SealNotice) -> Result<(), Failure> {
        let scope = self.scope()?;
        let Some(position) = self.store.sync_position(&scope)? else {
            return Ok(());
        };
        let body = serde_json::to_string(notice).map_err(|error| internal("keeping the notice", &error))?;
        let rows = vec![store::MirrorRow {
            id: ONLY.to_owned(),
            body,
        }];
        self.store.apply(
            &scope,
            &[store::MirrorUpdate {
                kind: kind::NOTICE,
                rows,
                complete: true,
            }],
            None,
            position,
        )?;
        Ok(())
    }

    /// Only the certificate's own subject gives the words of an automatic seal.
    fn automatic_design(&self, input: &AutomaticSealInput) -> Result<SealDesign, Failure> {
        let (certificate, subject) = self.certificate_to_seal(&input.certificate_id)?;
        let representative = self.legal_representative()?;
        design_of(input, certificate.kind, &subject, representative.as_deref())
    }

    /// Who represents the account's enterprise.
    pub(crate) fn legal_representative(&self) -> Result<Option<String>, Failure> {
        let enterprise = self.account()?.enterprise;
        Ok(enterprise.map(|enterprise| enterprise.legal_representative))
    }

    /// A certificate of this account that was issued, and its subject.
    pub(crate) fn certificate_to_seal(&self, certificate_id: &str) -> Result<(wire::Certificate, NameFacts), Failure> {
        let certificate: wire::Certificate = self.one(kind::CERTIFICATE, certificate_id)?;
        let account = self.account()?;
        if certificate.holder.as_ref().is_none_or(|holder| holder.id != account.id) {
            return Err(refuse(FailureCode::CertificateHeldElsewhere));
        }
        let issued = certificate
            .issued
            .as_ref()
            .ok_or_else(|| refuse(FailureCode::CertificateNotImportable))?;
        let facts = crate::certificates::der_of_pem(&issued.certificate_pem)
            .and_then(|der| CertificateFacts::parse(&der).ok())
            .ok_or_else(|| refuse(FailureCode::PlatformNonsense))?;
        Ok((certificate, facts.subject))
    }
}

fn design_of(
    input: &AutomaticSealInput,
    certificate: wire::CertificateKind,
    subject: &NameFacts,
    representative: Option<&str>,
) -> Result<SealDesign, Failure> {
    use wire::CertificateKind::{Enterprise, Personal};
    let name = subject.common_name.as_str();
    let form = match (input.kind, certificate) {
        (SealKind::Company, Enterprise) => company(input, name, None),
        (SealKind::BidPurpose, Enterprise) => company(input, name, Some("投标专用章")),
        (SealKind::ContractPurpose, Enterprise) => company(input, name, Some("合同专用章")),
        (SealKind::FinancePurpose, Enterprise) => company(input, name, Some("财务专用章")),
        (SealKind::Invoice, Enterprise) => invoice(input, subject),
        (SealKind::PersonalName, Personal) => name_seal(input, name),
        (SealKind::LegalRepresentative, Personal) if representative == Some(name) => name_seal(input, name),
        _ => return Err(refuse_with(FailureCode::SealTextInvalid, &[("why", "kind".into())])),
    };
    Ok(form.into())
}

fn company(input: &AutomaticSealInput, name: &str, purpose: Option<&str>) -> SealForm {
    let star = purpose.is_none() || input.star.unwrap_or(true);
    SealForm::Company(CompanySeal {
        purpose: purpose.map(str::to_owned),
        centre: if star { Centre::Star } else { Centre::Empty },
        face: typeface(input.typeface.unwrap_or(SealTypeface::Song)),
        ..CompanySeal::new(name, input.size_mm)
    })
}

/// The taxpayer number of an enterprise is its unified social credit code, which the subject carries.
fn invoice(input: &AutomaticSealInput, subject: &NameFacts) -> SealForm {
    SealForm::Invoice(InvoiceSeal {
        face: typeface(input.typeface.unwrap_or(SealTypeface::Kai)),
        ..InvoiceSeal::new(&subject.common_name, &subject.organization_identifier)
    })
}

fn name_seal(input: &AutomaticSealInput, name: &str) -> SealForm {
    let usual = match name.chars().count() {
        2 => NameSealSuffix::ZhiYin,
        3 => NameSealSuffix::Yin,
        _ => NameSealSuffix::None,
    };
    SealForm::Name(NameSeal {
        style: style(input.style.unwrap_or(NameSealStyle::Zhu)),
        suffix: suffix(input.suffix.unwrap_or(usual)),
        face: typeface(input.typeface.unwrap_or(SealTypeface::Song)),
        ..NameSeal::new(name, input.size_mm)
    })
}

pub(crate) fn style(style: NameSealStyle) -> NameStyle {
    match style {
        NameSealStyle::Zhu => NameStyle::Zhu,
        NameSealStyle::Bai => NameStyle::Bai,
    }
}

pub(crate) fn suffix(suffix: NameSealSuffix) -> NameSuffix {
    match suffix {
        NameSealSuffix::None => NameSuffix::None,
        NameSealSuffix::Yin => NameSuffix::Yin,
        NameSealSuffix::ZhiYin => NameSuffix::ZhiYin,
    }
}

pub(crate) fn typeface(face: SealTypeface) -> Typeface {
    match face {
        SealTypeface::Song => Typeface::Song,
        SealTypeface::Kai => Typeface::Kai,
        SealTypeface::Brush => Typeface::Brush,
        SealTypeface::Own => Typeface::Own,
    }
}

pub(crate) fn preview_view(design: &SealDesign, drawing: &SealDrawing) -> SealPreviewView {
    SealPreviewView {
        svg: drawing.to_svg(),
        width_mm: drawing.width_mm,
        height_mm: drawing.height_mm,
        text: shown_text(&design.form),
        fallback_characters: drawing.fallback.iter().map(|glyph| glyph.character).collect(),
    }
}

fn shown_text(form: &SealForm) -> String {
    let with = |name: &str, purpose: Option<&String>| format!("{name}{}", purpose.map_or("", String::as_str));
    match form {
        SealForm::Company(seal) => with(&seal.name, seal.purpose.as_ref()),
        SealForm::Oval(seal) => with(&seal.name, seal.purpose.as_ref()),
        SealForm::Square(seal) => with(&seal.name, seal.purpose.as_ref()),
        SealForm::Invoice(seal) => format!("{} {} 发票专用章", seal.name, seal.tax_number),
        SealForm::Name(seal) => format!("{}{}", seal.text, seal.suffix.text()),
        SealForm::Rectangle(seal) => seal.lines.join(" "),
    }
}

fn new_seal(input: &AutomaticSealInput, design: &SealDesign) -> Result<wire::NewSeal, Failure> {
    let drawing = design.layout(FontStack::bundled())?;
    let picture = drawing.to_png(RECORD_DPI)?;
    Ok(wire::NewSeal {
        certificate_id: id(&input.certificate_id)?,
        name: seal_name(input.kind, &owner(&design.form)),
        kind: wire_kind(input.kind),
        origin: wire::SealOrigin::Automatic,
        width_mm: drawing.width_mm,
        height_mm: drawing.height_mm,
        design: Some(serde_json::to_string(design).map_err(|error| internal("keeping a design", &error))?),
        picture: base64::engine::general_purpose::STANDARD.encode(picture),
        declaration_version: None,
        replaces: None,
    })
}

/// What the seal is called in lists, here and on the platform.
pub(crate) fn seal_name(kind: SealKind, owner: &str) -> String {
    let word = match kind {
        SealKind::Company => "公章",
        SealKind::BidPurpose => "投标专用章",
        SealKind::ContractPurpose => "合同专用章",
        SealKind::FinancePurpose => "财务专用章",
        SealKind::Invoice => "发票专用章",
        SealKind::LegalRepresentative => "法定代表人名章",
        SealKind::PersonalName => "姓名章",
        SealKind::Handwritten => "手写签名",
    };
    format!("{owner} {word}")
}

/// Whose name is on the seal.
pub(crate) fn owner(form: &SealForm) -> String {
    match form {
        SealForm::Company(seal) => seal.name.clone(),
        SealForm::Oval(seal) => seal.name.clone(),
        SealForm::Square(seal) => seal.name.clone(),
        SealForm::Invoice(seal) => seal.name.clone(),
        SealForm::Name(seal) => seal.text.clone(),
        SealForm::Rectangle(seal) => seal.lines.join(" "),
    }
}

pub(crate) fn encoded(
    drawing: &SealDrawing,
    format: SealFormat,
) -> Result<(Vec<u8>, &'static str, &'static str), Failure> {
    Ok(match format {
        SealFormat::Svg => (drawing.to_svg().into_bytes(), "", "svg"),
        SealFormat::Png300 => (drawing.to_png(300)?, "-300dpi", "png"),
        SealFormat::Png600 => (drawing.to_png(600)?, "-600dpi", "png"),
        SealFormat::Pdf => (drawing.to_pdf(), "", "pdf"),
    })
}

fn notice_view(notice: wire::SealNotice) -> SealNoticeView {
    SealNoticeView {
        version: notice.version,
        paragraphs: notice.paragraphs,
        agreed_at: notice.agreed_at.map(moment),
    }
}

/// Kinds this version cannot draw yet are not shown.
pub(crate) fn seal_view(record: &wire::SealRecord) -> Option<SealView> {
    Some(SealView {
        id: record.id.to_string(),
        name: record.name.clone(),
        kind: view_kind(record.kind)?,
        origin: match record.origin {
            wire::SealOrigin::Automatic => SealOrigin::Automatic,
            wire::SealOrigin::HandDrawn => SealOrigin::HandDrawn,
            wire::SealOrigin::Uploaded => SealOrigin::Uploaded,
            wire::SealOrigin::Unknown => return None,
        },
        state: match record.state {
            wire::SealState::InReview => SealState::InReview,
            wire::SealState::Approved => SealState::Approved,
            wire::SealState::Rejected => SealState::Rejected,
            wire::SealState::Disabled => SealState::Disabled,
            wire::SealState::Replaced => SealState::Replaced,
            wire::SealState::Unknown => SealState::Unknown,
        },
        reason: record.reason.clone(),
        declared_at: record.declaration.as_ref().map(|declared| moment(declared.at)),
        declaration_version: record.declaration.as_ref().map(|declared| declared.version),
        ended_at: record.ended_at.map(moment),
        replaced_by: record.replaced_by.map(|id| id.to_string()),
        certificate_id: record.certificate_id.to_string(),
        width_mm: record.width_mm,
        height_mm: record.height_mm,
        picture: format!("seal/{}", record.id),
        created_at: moment(record.created_at),
    })
}

fn view_kind(kind: wire::SealKind) -> Option<SealKind> {
    match kind {
        wire::SealKind::Company => Some(SealKind::Company),
        wire::SealKind::BidPurpose => Some(SealKind::BidPurpose),
        wire::SealKind::ContractPurpose => Some(SealKind::ContractPurpose),
        wire::SealKind::LegalRepresentative => Some(SealKind::LegalRepresentative),
        wire::SealKind::PersonalName => Some(SealKind::PersonalName),
        wire::SealKind::FinancePurpose => Some(SealKind::FinancePurpose),
        wire::SealKind::Invoice => Some(SealKind::Invoice),
        wire::SealKind::Handwritten => Some(SealKind::Handwritten),
        wire::SealKind::Unknown => None,
    }
}

pub(crate) fn wire_kind(kind: SealKind) -> wire::SealKind {
    match kind {
        SealKind::Company => wire::SealKind::Company,
        SealKind::BidPurpose => wire::SealKind::BidPurpose,
        SealKind::ContractPurpose => wire::SealKind::ContractPurpose,
        SealKind::FinancePurpose => wire::SealKind::FinancePurpose,
        SealKind::Invoice => wire::SealKind::Invoice,
        SealKind::LegalRepresentative => wire::SealKind::LegalRepresentative,
        SealKind::PersonalName => wire::SealKind::PersonalName,
        SealKind::Handwritten => wire::SealKind::Handwritten,
    }
}
