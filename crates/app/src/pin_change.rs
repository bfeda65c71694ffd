//! A new PIN for a key that stays: only the wrapping changes, in one write.
use crate::application::{App, Inner, off_thread};
use crate::failure::Failure;
use crate::import::new_pin;
use crate::sync::kind;
use crate::view::{PinChangeInput, Topic};
use pki::Pin;
use platform::wire;
use std::sync::Arc;

impl App {
    /// Changes the PIN of a key on this device.
    ///
    /// # Errors
    /// `PinFormat`, `PinMismatch`, `PinWeak` before the present PIN is tried; `PinWrong`, `PinLocked`;
    /// `CertificateHeldElsewhere` when the key is not here.
    pub async fn change_pin(&self, input: PinChangeInput) -> Result<(), Failure> {
        let new = new_pin(&input.pin, &input.pin_again)?;
        pki::pin_rules::check_new_pin(&new, self.inner.birthday(&input.certificate_id))?;
        let old = Pin::parse(input.old_pin.expose())?;
        let inner = Arc::clone(&self.inner);
        let changed = off_thread(move || inner.change_pin_of(&input.certificate_id, &old, &new)).await;
        // Tries left are shown with the certificate, so they are news after a wrong PIN too.
        self.inner.changed(&[Topic::Certificates]);
        changed
    }
}

impl Inner {
    /// The owner's birthday, where the platform tells it: a PIN that is the birthday is refused.
    fn birthday(&self, certificate_id: &str) -> Option<time::Date> {
        let certificate: wire::Certificate = self.one(kind::CERTIFICATE, certificate_id).ok()?;
        certificate.owner.and_then(|owner| owner.birthday)
    }

    fn change_pin_of(&self, certificate_id: &str, old: &Pin, new: &Pin) -> Result<(), Failure> {
        self.seal_anew(&self.key_in_use(certificate_id)?, old, new)?;
        self.leave_lease(&self.key_in_use(certificate_id)?, new);
        Ok(())
    }
}
