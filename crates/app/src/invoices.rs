//! Invoices: the list, and their files.
use crate::application::{App, Inner};
use crate::failure::{Failure, refuse};
use crate::files;
use crate::sync::kind;
use crate::view::{FailureCode, InvoiceKind, InvoiceView, SavedFileView};
use crate::wire_view::{moment, qr_svg};
use platform::wire;
use store::FileCopy;
use time::OffsetDateTime;
use uuid::Uuid;

impl App {
    /// All invoices, newest first, from the local copy.
    ///
    /// # Errors
    /// `SessionExpired` when nobody is signed in.
    pub async fn invoices(&self) -> Result<Vec<InvoiceView>, Failure> {
        let now = self.inner.now();
        let mut invoices: Vec<wire::Invoice> = self.inner.all(kind::INVOICE)?;
        if invoices.iter().any(|invoice| is_link_over(invoice, now)) && self.inner.read_again(kind::INVOICE).await {
            invoices = self.inner.all(kind::INVOICE)?;
        }
        invoices.iter().map(|invoice| invoice_view(invoice, now)).collect()
    }

    /// Saves an invoice's file in the output folder.
    ///
    /// # Errors
    /// `NotFound` before it is issued, and those of writing.
    pub async fn save_invoice(&self, invoice_id: &str) -> Result<SavedFileView, Failure> {
        let invoice: wire::Invoice = self.inner.one(kind::INVOICE, invoice_id)?;
        let bytes = self.inner.invoice_file(invoice.id).await?;
        let folder = self.inner.output_folder()?;
        let stem = files::fit_for_name(&format!(
            "发票-{}",
            invoice.number.as_deref().unwrap_or(&invoice.order_number)
        ));
        let path = files::keep_as_new(files::aside(&folder, &[&bytes])?, &folder, &stem, "pdf")?;
        Ok(self.remember_saved(&path))
    }
}

impl Inner {
    /// The file as the platform has it now; with the platform away, as it was fetched before.
    async fn invoice_file(&self, invoice_id: Uuid) -> Result<Vec<u8>, Failure> {
        let (scope, name) = (self.scope()?, format!("invoice:{invoice_id}"));
        let kept = self.store.file_copy(&scope, &name)?;
        let tag = kept.as_ref().map(|kept| kept.tag.as_str());
        match (self.client.invoice_file_unless(invoice_id, tag).await, kept) {
            (Ok(Some(file)), _) => {
                if let Some(tag) = file.tag {
                    let bytes = file.bytes.clone();
                    self.store.keep_file_copy(&scope, &name, &FileCopy { tag, bytes })?;
                }
                Ok(file.bytes)
            }
            (Ok(None), Some(kept)) => Ok(kept.bytes),
            (Ok(None), None) => Err(refuse(FailureCode::PlatformNonsense)),
            (Err(error), Some(kept)) if error.is_passing() => Ok(kept.bytes),
            (Err(error), _) => Err(error.into()),
        }
    }
}

/// Links end; one that is over is worse than none.
fn is_link_over(invoice: &wire::Invoice, now: OffsetDateTime) -> bool {
    invoice.link_expires_at.is_some_and(|end| end <= now)
}

fn invoice_view(invoice: &wire::Invoice, now: OffsetDateTime) -> Result<InvoiceView, Failure> {
    let link = invoice.link.as_ref().filter(|_| !is_link_over(invoice, now));
    let filled = |text: &String| (!text.is_empty()).then(|| text.clone());
    Ok(InvoiceView {
        id: invoice.id.to_string(),
        order_id: invoice.order_id.to_string(),
        order_number: invoice.order_number.clone(),
        state: crate::orders::invoice_state(invoice.state),
        kind: match invoice.kind {
            wire::InvoiceKind::VatElectronic => InvoiceKind::VatElectronic,
            wire::InvoiceKind::FullyDigital => InvoiceKind::FullyDigital,
            wire::InvoiceKind::Unknown => InvoiceKind::Unknown,
        },
        code: invoice.code.clone(),
        number: invoice.number.clone(),
        issued_at: invoice.issued_at.map(moment),
        net_fen: invoice.net_fen,
        tax_fen: invoice.tax_fen,
        title_name: invoice.title_name.clone(),
        payer_name: filled(&invoice.payer_name),
        payer_account: filled(&invoice.payer_account),
        transferred_at: invoice.transferred_at.map(moment),
        link: link.cloned(),
        link_qr_svg: link.map(|link| qr_svg(link)).transpose()?,
    })
}
