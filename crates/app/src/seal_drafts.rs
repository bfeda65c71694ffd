//! The seal designer without certificate, account and network: previews, and exports that say they are drafts.
use crate::application::{App, locked, off_thread};
use crate::failure::{Failure, refuse, refuse_with};
use crate::files;
use crate::seals::{encoded, owner, preview_view, style, suffix, typeface};
use crate::view::{FailureCode, SavedFileView, SealDraftInput, SealFontView, SealFormat, SealPreviewView, SealShape};
use seal::{
    Centre, Colour, ColumnOrder, CompanySeal, FontStack, InvoiceSeal, Look, NameArcs, NameSeal, OvalSeal,
    RectangleSeal, SealDesign, SealDrawing, SealForm, SquareSeal,
};
use std::path::Path;
use std::sync::Arc;

/// Larger font files are refused; the largest Chinese collections have half of it.
const LARGEST_FONT: u64 = 64 << 20;

/// The bundled fonts, and the person's own while the program runs.
pub(crate) type DraftFonts = Option<Arc<FontStack>>;

impl App {
    /// Draws a draft for looking at.
    ///
    /// # Errors
    /// `SealMissingGlyphs`, `SealTextInvalid`, `SealFontUnreadable` when the own font is wanted before one was chosen.
    pub async fn preview_draft_seal(&self, input: SealDraftInput) -> Result<SealPreviewView, Failure> {
        let fonts = self.draft_fonts();
        off_thread(move || {
            let (design, drawing) = drawn(&input, fonts)?;
            Ok(preview_view(&design, &drawing))
        })
        .await
    }

    /// Saves a draft, marked as one, in the output folder.
    ///
    /// # Errors
    /// Those of the preview, and of writing.
    pub async fn export_draft_seal(&self, input: SealDraftInput, format: SealFormat) -> Result<SavedFileView, Failure> {
        let fonts = self.draft_fonts();
        let folder = self.inner.output_folder()?;
        let path = off_thread(move || {
            let (design, drawing) = drawn(&input, fonts)?;
            let drawing = drawing.as_draft(FontStack::bundled());
            let (bytes, ending, extension) = encoded(&drawing, format)?;
            let stem = files::fit_for_name(&format!("{} 样章{ending}", owner(&design.form)));
            files::keep_as_new(files::aside(&folder, &[&bytes])?, &folder, &stem, extension)
        })
        .await?;
        Ok(self.remember_saved(&path))
    }

    /// Takes a font file of the person's own for drafts, until the program ends.
    ///
    /// # Errors
    /// `SealFontUnreadable`.
    pub async fn use_seal_font(&self, file: &Path) -> Result<SealFontView, Failure> {
        let (path, file_name) = (file.to_owned(), files::file_name(file));
        let fonts = off_thread(move || {
            let unreadable = || refuse(FailureCode::SealFontUnreadable);
            let length = std::fs::metadata(&path).map_err(|_| unreadable())?.len();
            if length > LARGEST_FONT {
                return Err(unreadable());
            }
            Ok(FontStack::with_own(std::fs::read(&path).map_err(|_| unreadable())?)?)
        })
        .await?;
        *locked(&self.inner.draft_fonts) = Some(Arc::new(fonts));
        Ok(SealFontView { file_name })
    }

    fn draft_fonts(&self) -> DraftFonts {
        locked(&self.inner.draft_fonts).clone()
    }
}

fn drawn(input: &SealDraftInput, fonts: DraftFonts) -> Result<(SealDesign, SealDrawing), Failure> {
    let design = design(input)?;
    let drawing = design.layout(fonts.as_deref().unwrap_or(FontStack::bundled()))?;
    Ok((design, drawing))
}

fn design(input: &SealDraftInput) -> Result<SealDesign, Failure> {
    let colour = Colour::from_hex(&input.colour);
    let colour = colour.ok_or_else(|| refuse_with(FailureCode::SealTextInvalid, &[("why", "colour".into())]))?;
    Ok(SealDesign {
        form: form(input),
        look: Look {
            colour,
            boldness_mm: input.boldness_mm,
        },
    })
}

fn form(input: &SealDraftInput) -> SealForm {
    let face = typeface(input.typeface);
    match input.shape {
        SealShape::Round => SealForm::Company(round(input)),
        SealShape::Oval => SealForm::Oval(OvalSeal {
            purpose: said(&input.purpose),
            lower_name: said(&input.lower_name),
            face,
            ..OvalSeal::new(&input.name)
        }),
        SealShape::Invoice => SealForm::Invoice(InvoiceSeal {
            serial: said(&input.serial),
            face,
            ..InvoiceSeal::new(&input.name, &input.tax_number)
        }),
        SealShape::Square => SealForm::Square(SquareSeal {
            name: input.name.clone(),
            purpose: said(&input.purpose),
            style: style(input.style),
            size_mm: input.size_mm,
            face,
        }),
        SealShape::Name => SealForm::Name(name(input)),
        SealShape::Rectangle => SealForm::Rectangle(RectangleSeal {
            lines: input.name.lines().filter_map(said).collect(),
            width_mm: input.size_mm,
            height_mm: input.height_mm,
            face,
        }),
    }
}

fn round(input: &SealDraftInput) -> CompanySeal {
    let purpose = said(&input.purpose);
    CompanySeal {
        second_line: said(&input.second_line).filter(|_| purpose.is_some()),
        purpose,
        code_digits: said(&input.code_digits),
        centre: if input.star { Centre::Star } else { Centre::Empty },
        arcs: if input.two_arcs {
            NameArcs::Two
        } else {
            NameArcs::Automatic
        },
        face: typeface(input.typeface),
        ..CompanySeal::new(&input.name, input.size_mm)
    }
}

fn name(input: &SealDraftInput) -> NameSeal {
    NameSeal {
        style: style(input.style),
        suffix: suffix(input.suffix),
        face: typeface(input.typeface),
        order: if input.left_to_right {
            ColumnOrder::LeftToRight
        } else {
            ColumnOrder::RightToLeft
        },
        ..NameSeal::new(&input.name, input.size_mm)
    }
}

/// Empty words are none.
fn said(words: &str) -> Option<String> {
    let words = words.trim();
    (!words.is_empty()).then(|| words.to_owned())
}
