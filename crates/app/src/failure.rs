//! From what went wrong inside to a code with parameters; the details go to the log under an incident id.
use crate::view::{FailureCode, FailureView};
use platform::client::ClientError;
use platform::wire::ErrorCode;
use std::collections::BTreeMap;
use std::fmt;
use std::io::ErrorKind;
use store::StoreError;

/// A failure on its way to the window.
pub type Failure = FailureView;

impl fmt::Display for FailureView {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{:?} {:?} (incident {})",
            self.code, self.params, self.incident
        )
    }
}

impl std::error::Error for FailureView {}

/// A failure with no parameters that is expected in daily use.
pub(crate) fn refuse(code: FailureCode) -> Failure {
    refuse_with(code, &[])
}

/// The same with parameters.
pub(crate) fn refuse_with(code: FailureCode, params: &[(&str, String)]) -> Failure {
    let params: BTreeMap<_, _> = params
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    logged(code, params, &"refused")
}

/// A fault of this program.
pub(crate) fn internal(what: &str, detail: &dyn fmt::Display) -> Failure {
    logged(FailureCode::Internal, BTreeMap::new(), &format!("{what}: {detail}"))
}

pub(crate) fn caused(code: FailureCode, detail: &dyn fmt::Display) -> Failure {
    logged(code, BTreeMap::new(), detail)
}

fn logged(code: FailureCode, params: BTreeMap<String, String>, detail: &dyn fmt::Display) -> Failure {
    let incident: String = uuid::Uuid::new_v4().simple().to_string().chars().take(8).collect();
    if code == FailureCode::Internal {
        tracing::error!(incident, ?code, ?params, %detail, "failure");
    } else {
        tracing::info!(incident, ?code, ?params, %detail, "failure");
    }
    FailureView { code, params, incident }
}

impl FailureView {
    /// Reading a file failed.
    pub(crate) fn from_read(error: &std::io::Error) -> Self {
        let code = match error.kind() {
            ErrorKind::NotFound => FailureCode::FileNotFound,
            _ => FailureCode::FileUnreadable,
        };
        caused(code, error)
    }

    /// Writing a file or folder failed.
    pub(crate) fn from_write(error: &std::io::Error) -> Self {
        let code = match error.kind() {
            // A quota or a limit on file sizes leaves the user in the same place as a full disk.
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => FailureCode::DiskFull,
            ErrorKind::AlreadyExists => FailureCode::OutputExists,
            _ => FailureCode::OutputUnwritable,
        };
        caused(code, error)
    }

    /// The platform may be reachable later; what was begun can be finished then.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(
            self.code,
            FailureCode::Offline
                | FailureCode::PlatformTimeout
                | FailureCode::PlatformFailed
                | FailureCode::PlatformNonsense
                | FailureCode::RateLimited
                | FailureCode::SessionExpired
        )
    }
}

impl From<ClientError> for FailureView {
    fn from(error: ClientError) -> Self {
        let detail = error.to_string();
        match error {
            ClientError::InvalidAddress => refuse_with(
                FailureCode::FieldInvalid,
                &[("field", "platform_address".into()), ("why", "format".into())],
            ),
            ClientError::Offline(_) => caused(FailureCode::Offline, &detail),
            ClientError::Timeout => caused(FailureCode::PlatformTimeout, &detail),
            ClientError::Unauthorized(_) => caused(FailureCode::SessionExpired, &detail),
            ClientError::Refused { code, params } => logged(refused(code), params, &detail),
            ClientError::Unavailable {
                status: 429,
                retry_after,
            } => {
                let seconds = retry_after.map(|seconds| ("seconds".to_owned(), seconds.to_string()));
                logged(FailureCode::RateLimited, seconds.into_iter().collect(), &detail)
            }
            ClientError::Unavailable { .. } => caused(FailureCode::PlatformFailed, &detail),
            ClientError::Nonsense { .. } | ClientError::TooLarge { .. } => {
                caused(FailureCode::PlatformNonsense, &detail)
            }
        }
    }
}

fn refused(code: ErrorCode) -> FailureCode {
    match code {
        ErrorCode::Unauthenticated | ErrorCode::SessionExpired => FailureCode::SessionExpired,
        ErrorCode::WrongPassword => FailureCode::WrongPassword,
        ErrorCode::NotAllowed => FailureCode::NotAllowed,
        ErrorCode::SigningTaskForOther => FailureCode::ScanForOther,
        ErrorCode::SigningTaskExpired => FailureCode::ScanExpired,
        ErrorCode::SigningResultInvalid => FailureCode::ScanResultRefused,
        ErrorCode::NotFound => FailureCode::NotFound,
        ErrorCode::Conflict => FailureCode::Conflict,
        ErrorCode::RateLimited => FailureCode::RateLimited,
        ErrorCode::AuthorisationRequired => FailureCode::AuthorisationRequired,
        ErrorCode::FieldInvalid => FailureCode::FieldInvalid,
        ErrorCode::OrderNotEditable => FailureCode::OrderNotEditable,
        ErrorCode::RemittingAccountRequired => FailureCode::RemittingAccountRequired,
        ErrorCode::BillingTitleRequired => FailureCode::BillingTitleRequired,
        ErrorCode::LetterTooLarge | ErrorCode::BodyTooLarge => FailureCode::LetterTooLarge,
        ErrorCode::LetterWrongType => FailureCode::LetterWrongType,
        ErrorCode::FaceLinkExpired => FailureCode::FaceLinkExpired,
        ErrorCode::CertificateNotImportable => FailureCode::CertificateNotImportable,
        ErrorCode::CertificateHeldElsewhere => FailureCode::CertificateHeldElsewhere,
        ErrorCode::ExtensionTooEarly => FailureCode::ExtensionTooEarly,
        ErrorCode::NoUnusedEntitlement => FailureCode::NoUnusedEntitlement,
        ErrorCode::PinLocked => FailureCode::PinLocked,
        ErrorCode::OwnerFixed => FailureCode::OwnerFixed,
        ErrorCode::SealNoticeNotAgreed => FailureCode::SealNoticeNotAgreed,
        ErrorCode::SealNotDeclared => FailureCode::SealNotDeclared,
        ErrorCode::Internal => FailureCode::PlatformFailed,
        // These mean that the two programs do not speak the same contract.
        ErrorCode::SandboxTokenRequired
        | ErrorCode::IdempotencyKeyRequired
        | ErrorCode::IdempotencyKeyReused
        | ErrorCode::RequestInvalid
        | ErrorCode::Malformed
        | ErrorCode::Unknown => FailureCode::PlatformNonsense,
    }
}

impl From<StoreError> for FailureView {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::FromNewerVersion { found, known } => refuse_with(
                FailureCode::StoreFromNewerVersion,
                &[("found", found.to_string()), ("known", known.to_string())],
            ),
            StoreError::Damaged(_) => caused(FailureCode::StoreDamaged, &error),
            StoreError::OtherKey => caused(FailureCode::StoreKeyMissing, &error),
            StoreError::Busy => caused(FailureCode::StoreBusy, &error),
            StoreError::Full => caused(FailureCode::DiskFull, &error),
            StoreError::Unreachable(_) => caused(FailureCode::OutputUnwritable, &error),
            StoreError::Statement(_) => caused(FailureCode::Internal, &error),
        }
    }
}

impl From<pki::PinError> for FailureView {
    fn from(error: pki::PinError) -> Self {
        match error {
            pki::PinError::Length | pki::PinError::NotADigit => caused(FailureCode::PinFormat, &error),
        }
    }
}

impl From<pki::pin_rules::WeakPin> for FailureView {
    fn from(error: pki::pin_rules::WeakPin) -> Self {
        use pki::pin_rules::WeakPin;
        let why = match error {
            WeakPin::Repeated => "repeated",
            WeakPin::Sequential => "sequential",
            WeakPin::Birthday => "birthday",
        };
        refuse_with(FailureCode::PinWeak, &[("why", why.into())])
    }
}

impl From<pki::vault::VaultError> for FailureView {
    fn from(error: pki::vault::VaultError) -> Self {
        use pki::vault::VaultError;
        match error {
            VaultError::WrongPin => caused(FailureCode::PinWrong, &error),
            VaultError::DeviceSecretMissing | VaultError::DeviceSecretUnavailable => {
                caused(FailureCode::DeviceSecretMissing, &error)
            }
            VaultError::Corrupt | VaultError::UnknownScheme => caused(FailureCode::KeyDamaged, &error),
            VaultError::CannotSeal => caused(FailureCode::Internal, &error),
        }
    }
}

impl From<pki::vault::UnlockError<StoreError>> for FailureView {
    fn from(error: pki::vault::UnlockError<StoreError>) -> Self {
        use pki::vault::UnlockError;
        match error {
            // The fifth wrong try has locked the key: say so at once.
            UnlockError::WrongPin { left: 0 } | UnlockError::Locked => refuse(FailureCode::PinLocked),
            UnlockError::WrongPin { left } => refuse_with(FailureCode::PinWrong, &[("left", left.to_string())]),
            UnlockError::Vault(error) => error.into(),
            UnlockError::Counter(error) => error.into(),
        }
    }
}

impl From<pki::certificate::IssuedCertificateError> for FailureView {
    fn from(error: pki::certificate::IssuedCertificateError) -> Self {
        use pki::certificate::IssuedCertificateError as Issued;
        let why = match error {
            Issued::Unreadable => "unreadable",
            Issued::KeyMismatch => "key_mismatch",
            Issued::SubjectMismatch(_) => "subject_mismatch",
            Issued::NotYetValid => "not_yet_valid",
            Issued::Expired => "expired",
            Issued::NotForSigning => "not_for_signing",
            Issued::ChainBroken => "chain_broken",
        };
        refuse_with(FailureCode::IssuedCertificateRejected, &[("why", why.into())])
    }
}

impl From<pki::pkcs12::Pkcs12Error> for FailureView {
    fn from(error: pki::pkcs12::Pkcs12Error) -> Self {
        use pki::pkcs12::Pkcs12Error;
        let why = match error {
            Pkcs12Error::WrongPassword => return caused(FailureCode::CertificateFilePassword, &error),
            Pkcs12Error::Unreadable => "unreadable",
            Pkcs12Error::UnsupportedEncryption => "encryption",
            Pkcs12Error::NoIdentity => "no_key",
            Pkcs12Error::UnsupportedKey => "key_kind",
            Pkcs12Error::KeyMismatch => "mismatch",
        };
        refuse_with(FailureCode::CertificateFileUnusable, &[("why", why.into())])
    }
}

impl From<pki::pkcs12::ExportError> for FailureView {
    fn from(error: pki::pkcs12::ExportError) -> Self {
        use pki::pkcs12::ExportError;
        match error {
            ExportError::PasswordTooShort => caused(FailureCode::CertificateFilePasswordShort, &error),
            ExportError::KeyMismatch => caused(FailureCode::KeyDamaged, &error),
            ExportError::CannotWrite => caused(FailureCode::Internal, &error),
        }
    }
}

impl From<pki::token::TokenError> for FailureView {
    fn from(error: pki::token::TokenError) -> Self {
        use pki::token::{PinState, TokenError};
        match error {
            TokenError::Module(_) => caused(FailureCode::TokenDriverUnusable, &error),
            TokenError::NoSuchToken | TokenError::SeveralTokens | TokenError::NoSuchCertificate => {
                refuse(FailureCode::TokenMissing)
            }
            TokenError::WrongPin(PinState::LastTry) => {
                refuse_with(FailureCode::TokenPinWrong, &[("why", "token_last_try".into())])
            }
            TokenError::WrongPin(_) => refuse(FailureCode::TokenPinWrong),
            TokenError::PinLocked => refuse(FailureCode::TokenLocked),
            TokenError::PinNotSet => refuse(FailureCode::TokenPinNotSet),
            TokenError::UnsupportedKey => refuse(FailureCode::TokenKeyUnsupported),
            // Keys by label are the platform's way; here keys are found by their certificates.
            TokenError::Failed(_)
            | TokenError::NoSuchKey(_)
            | TokenError::SeveralKeys(_)
            | TokenError::WrongSignature => caused(FailureCode::TokenFailed, &error),
        }
    }
}

impl From<seal::HandwritingError> for FailureView {
    fn from(error: seal::HandwritingError) -> Self {
        use seal::HandwritingError;
        let why = match error {
            HandwritingError::Empty => "nothing_written",
            HandwritingError::TooSmall => "written_too_small",
            HandwritingError::TooMuch => "written_too_much",
            HandwritingError::BadNumber => "written_wrongly",
        };
        refuse_with(FailureCode::HandwritingInvalid, &[("why", why.into())])
    }
}

impl From<seal::SealError> for FailureView {
    fn from(error: seal::SealError) -> Self {
        use seal::SealError;
        let invalid = |why: &str| refuse_with(FailureCode::SealTextInvalid, &[("why", why.to_owned())]);
        match &error {
            SealError::MissingGlyphs(characters) => refuse_with(
                FailureCode::SealMissingGlyphs,
                &[("characters", characters.iter().collect())],
            ),
            SealError::Empty(_) => invalid("empty"),
            SealError::TooShort { .. } => invalid("too_short"),
            SealError::TooLong { .. } => invalid("too_long"),
            SealError::UnusableCharacters { .. } => invalid("characters"),
            SealError::TooManyLines { .. } => invalid("too_long"),
            SealError::Size(_) | SealError::Boldness(_) => invalid("size"),
            SealError::OwnFontMissing | SealError::OwnFontUnreadable => {
                refuse_with(FailureCode::SealFontUnreadable, &[])
            }
            SealError::Resolution(_) | SealError::Encoding(_) => internal("drawing a seal", &error),
        }
    }
}

impl From<seal::clean::CleanError> for FailureView {
    fn from(error: seal::clean::CleanError) -> Self {
        use seal::clean::CleanError;
        match &error {
            CleanError::UnknownFormat => caused(FailureCode::PhotoWrongType, &error),
            CleanError::Heic => caused(FailureCode::PhotoHeic, &error),
            CleanError::TooLarge => caused(FailureCode::PhotoTooLarge, &error),
            CleanError::Damaged(_) => caused(FailureCode::PhotoDamaged, &error),
            CleanError::NothingFound => caused(FailureCode::PhotoNoMark, &error),
            CleanError::Encoding(_) => internal("cleaning a photo", &error),
        }
    }
}

impl From<pdf::OpenError> for FailureView {
    fn from(error: pdf::OpenError) -> Self {
        use pdf::OpenError;
        match &error {
            OpenError::Empty => caused(FailureCode::PdfEmpty, &error),
            OpenError::NotPdf => caused(FailureCode::PdfNotPdf, &error),
            OpenError::Damaged(_) => caused(FailureCode::PdfDamaged, &error),
            OpenError::Encrypted => caused(FailureCode::PdfEncrypted, &error),
            OpenError::WrongPassword => caused(FailureCode::PdfPasswordWrong, &error),
            OpenError::UnsupportedEncryption => caused(FailureCode::PdfEncryptionUnsupported, &error),
            OpenError::TooLarge(limit) => refuse_with(
                FailureCode::PdfTooLarge,
                &[("limit", format!("{limit:?}").to_lowercase())],
            ),
        }
    }
}

impl From<pdf::RefuseReason> for FailureView {
    fn from(error: pdf::RefuseReason) -> Self {
        use pdf::RefuseReason;
        let why = match &error {
            RefuseReason::Damaged(_) => "damaged",
            RefuseReason::CertifiedNoChanges { .. } => "certified",
            RefuseReason::StrayBytes { .. } => "stray_bytes",
            RefuseReason::XfaForm => "xfa",
            RefuseReason::NotPermitted => "not_permitted",
        };
        refuse_with(
            FailureCode::PdfCannotAppend,
            &[("why", why.into()), ("detail", error.to_string())],
        )
    }
}

impl From<pdf::repair::RepairError> for FailureView {
    fn from(error: pdf::repair::RepairError) -> Self {
        use pdf::repair::RepairError;
        let why = match &error {
            RepairError::Signed => "signed",
            RepairError::Encrypted => "encrypted",
            RepairError::NotNeeded => "not_needed",
            RepairError::Unreadable => "unreadable",
            RepairError::TooLarge => "too_large",
        };
        refuse_with(FailureCode::PdfNotRepaired, &[("why", why.into())])
    }
}

impl From<pdf::PageRangeError> for FailureView {
    fn from(error: pdf::PageRangeError) -> Self {
        refuse_with(FailureCode::PageRangeInvalid, &[("range", error.to_string())])
    }
}

impl From<pdf::update::PlaceError> for FailureView {
    fn from(error: pdf::update::PlaceError) -> Self {
        use pdf::update::PlaceError;
        match error {
            PlaceError::Refused(reason) => reason.into(),
            PlaceError::NoSuchPage { page } => {
                refuse_with(FailureCode::PageRangeInvalid, &[("range", page.to_string())])
            }
            PlaceError::MarkOffPage { page } => refuse_with(FailureCode::MarkOffPage, &[("page", page.to_string())]),
            PlaceError::FieldSigned { field } => not_signable(field, "signed"),
            PlaceError::FieldLocked { field } => not_signable(field, "locked"),
            PlaceError::SeedValue { field, .. } => not_signable(field, "seed_value"),
            PlaceError::MarksNeedNewField { field } => not_signable(field, "marks"),
            PlaceError::CertifiedTooLate => refuse(FailureCode::CertifiedTooLate),
            PlaceError::BadSize
            | PlaceError::BadPicture
            | PlaceError::BadFieldName
            | PlaceError::AlreadySigned
            | PlaceError::NothingToPlace => internal("placing marks", &error),
        }
    }
}

fn not_signable(field: String, why: &str) -> Failure {
    refuse_with(
        FailureCode::FieldNotSignable,
        &[("field", field), ("why", why.to_owned())],
    )
}

impl From<crate::page_worker::NotDrawn> for FailureView {
    fn from(error: crate::page_worker::NotDrawn) -> Self {
        use crate::page_worker::NotDrawn;
        let because = |why: &str| {
            let params = BTreeMap::from([("why".to_owned(), why.to_owned())]);
            logged(FailureCode::PageNotDrawn, params, &error)
        };
        match error {
            NotDrawn::NoSuchPage => caused(FailureCode::NotFound, &error),
            NotDrawn::BadSize => because("too_large"),
            NotDrawn::TooSlow => because("too_slow"),
            NotDrawn::Failed => because("failed"),
            NotDrawn::Unreadable | NotDrawn::Changed => caused(FailureCode::FileUnreadable, &error),
            NotDrawn::NotWanted => caused(FailureCode::Cancelled, &error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_and_a_wrong_pin_keep_their_facts() {
        let full = std::io::Error::from(ErrorKind::StorageFull);
        assert_eq!(Failure::from_write(&full).code, FailureCode::DiskFull);
        let wrong = Failure::from(pki::vault::UnlockError::<StoreError>::WrongPin { left: 3 });
        assert_eq!(
            (wrong.code, wrong.params.get("left").map(String::as_str)),
            (FailureCode::PinWrong, Some("3"))
        );
        let last = Failure::from(pki::vault::UnlockError::<StoreError>::WrongPin { left: 0 });
        assert_eq!(last.code, FailureCode::PinLocked);
        assert_ne!(wrong.incident, last.incident);
    }
}
