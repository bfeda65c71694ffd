//! What went wrong, as a code with parameters; the words live in the window's own table.
use serde::{Deserialize, Serialize};
use specta::Type;
use std::collections::BTreeMap;

/// A failure as the window shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FailureView {
    /// What happened.
    pub code: FailureCode,
    /// Facts the words need: a number of tries left, a field's name, a file's name.
    pub params: BTreeMap<String, String>,
    /// Short id under which the details are in the log.
    pub incident: String,
}

/// Every kind of failure. The window has words and a next step for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum FailureCode {
    /// The platform cannot be reached.
    Offline,
    /// The platform did not answer in time.
    PlatformTimeout,
    /// The platform answered something that is not the contract.
    PlatformNonsense,
    /// The platform reported a fault of its own.
    PlatformFailed,
    /// The sign-in has ended; sign in again.
    SessionExpired,
    /// Account or password is wrong.
    WrongPassword,
    /// This account may not do that.
    NotAllowed,
    /// The thing does not exist (any more).
    NotFound,
    /// Somebody changed it meanwhile, or it is not in the state this needs.
    Conflict,
    /// Kept on this device; sent by itself when the platform can be reached.
    Queued,
    /// Too many requests; params: `seconds` when known.
    RateLimited,
    /// CA authorisation comes first.
    AuthorisationRequired,
    /// A field's value is not acceptable; params: `field`, `why`.
    FieldInvalid,
    /// The order is paid or closed.
    OrderNotEditable,
    /// A remitting account must be registered first.
    RemittingAccountRequired,
    /// An invoice title must be registered first.
    BillingTitleRequired,
    /// The authorisation letter is larger than 10 MB; params: `limit_mb`.
    LetterTooLarge,
    /// The authorisation letter is not a JPEG, PNG or PDF.
    LetterWrongType,
    /// The face link ran out; get a new one.
    FaceLinkExpired,
    /// The certificate is not waiting for an import by this account.
    CertificateNotImportable,
    /// The certificate's key is on another device or belongs to another holder.
    CertificateHeldElsewhere,
    /// The owner was fixed and can never be changed.
    OwnerFixed,
    /// The issued certificate failed a check and was not kept; params: `why`.
    IssuedCertificateRejected,
    /// A PIN is exactly six digits.
    PinFormat,
    /// The two PINs differ.
    PinMismatch,
    /// The PIN is too easy to guess; params: `why`.
    PinWeak,
    /// The PIN is wrong; params: `left`.
    PinWrong,
    /// Five wrong tries: the certificate is locked on this device.
    PinLocked,
    /// The PIN can be tried only with the platform now; params: `why` (`no_lease`, `over`, `tries`, `clock`).
    PinNeedsPlatform,
    /// The platform no longer knows this device's key.
    PinNotAccepted,
    /// The operating system's half of the key protection is gone.
    DeviceSecretMissing,
    /// The stored key is damaged.
    KeyDamaged,
    /// The certificate's validity is over (or has not begun).
    CertificateExpired,
    /// The certificate was revoked.
    CertificateRevoked,
    /// The timestamp service cannot be reached.
    TimestampUnreachable,
    /// The timestamp service refused, or its answer does not hold; params: `detail`.
    TimestampRefused,
    /// A long-term signature lacks evidence; params: `why` (`issuer`, `revocation`), `certificate`.
    EvidenceMissing,
    /// A signature field cannot be signed into; params: `field`, `why` (`signed`, `locked`, `seed_value`, `marks`).
    FieldNotSignable,
    /// Signed already: it cannot be certified any more.
    CertifiedTooLate,
    /// More than three months are left; params: `from`.
    ExtensionTooEarly,
    /// The enterprise has no unused certificate for an extension.
    NoUnusedEntitlement,
    /// The password does not open the certificate file.
    CertificateFilePassword,
    /// The certificate file cannot be used; params: `why` (`unreadable`, `encryption`, `no_key`, `key_kind`, `mismatch`).
    CertificateFileUnusable,
    /// The password for a certificate file has fewer than eight characters.
    CertificateFilePasswordShort,
    /// The two passwords for a certificate file differ.
    CertificateFilePasswordMismatch,
    /// A certificate with this key is here already.
    CertificateHereAlready,
    /// The picture shows no QR code.
    ScanNoCode,
    /// What was read is no signing link.
    ScanNotOurs,
    /// The link names another platform; params: `host`.
    ScanOtherHost,
    /// The signing task was not signed in time.
    ScanExpired,
    /// The signing task is for another account.
    ScanForOther,
    /// The platform did not take the result; params: `why`.
    ScanResultRefused,
    /// The token's driver cannot be loaded: not there, or not a PKCS#11 library.
    TokenDriverUnusable,
    /// The token with the certificate is not plugged in.
    TokenMissing,
    /// The token's PIN is wrong; params: `why` (`token_last_try`) when the token tells that one try is left.
    TokenPinWrong,
    /// The token is locked by wrong PINs.
    TokenLocked,
    /// The token wants its PIN set or changed first.
    TokenPinNotSet,
    /// The kind of key on the token is not supported.
    TokenKeyUnsupported,
    /// The token failed, or was pulled out.
    TokenFailed,
    /// The key is on a token and cannot be taken from it.
    KeyOnToken,
    /// The seal notice must be read and agreed first.
    SealNoticeNotAgreed,
    /// The seal is not approved; params: `name`, `why` (its state).
    SealNotApproved,
    /// An uploaded picture comes with the declaration now in force; read it again.
    SealNotDeclared,
    /// No bundled font has these characters; params: `characters`.
    SealMissingGlyphs,
    /// The seal's text or size cannot be drawn; params: `why`.
    SealTextInvalid,
    /// The font file chosen for a seal cannot be read.
    SealFontUnreadable,
    /// The photo is neither JPEG nor PNG nor WebP.
    PhotoWrongType,
    /// The photo is HEIC or AVIF.
    PhotoHeic,
    /// The photo has more bytes or pixels than the limits.
    PhotoTooLarge,
    /// The photo cannot be decoded.
    PhotoDamaged,
    /// No seal or signature stands out from the paper.
    PhotoNoMark,
    /// Nothing was written, too little or too much, or with numbers that are none; params: `why`.
    HandwritingInvalid,
    /// The file has no bytes.
    PdfEmpty,
    /// The file is not a PDF.
    PdfNotPdf,
    /// The PDF is damaged.
    PdfDamaged,
    /// The PDF is locked by a password, which was not given.
    PdfEncrypted,
    /// The password given does not open the PDF.
    PdfPasswordWrong,
    /// The PDF is locked in a way this program does not know.
    PdfEncryptionUnsupported,
    /// No repaired copy of the PDF can be made; params: `why`.
    PdfNotRepaired,
    /// The PDF is over a limit; params: `limit`.
    PdfTooLarge,
    /// The PDF can be read, but nothing may be added to it; params: `why`.
    PdfCannotAppend,
    /// One page cannot be drawn; params: `why` (`too_slow`, `too_large`, `failed`).
    PageNotDrawn,
    /// A seal does not lie inside its page; params: `page`.
    MarkOffPage,
    /// The page range is not understood or names a page that is not there; params: `range`.
    PageRangeInvalid,
    /// An item of a plan cannot be used; params: `why`, `character`.
    PlanUnusable,
    /// The signature uses something this program does not know.
    SignatureUnsupported,
    /// The file is gone.
    FileNotFound,
    /// The file cannot be read.
    FileUnreadable,
    /// The disk is full; nothing was left behind.
    DiskFull,
    /// The folder cannot be written to.
    OutputUnwritable,
    /// A file of that name exists already.
    OutputExists,
    /// The local data was written by a newer version; params: `found`, `known`.
    StoreFromNewerVersion,
    /// The local data is damaged.
    StoreDamaged,
    /// The operating system's key store does not give the key of the local data.
    StoreKeyMissing,
    /// Another window holds the local data.
    StoreBusy,
    /// The user stopped it.
    Cancelled,
    /// The system has no browser to open a page with.
    NoBrowser,
    /// A fault of this program; the log has it under the incident.
    Internal,
}

/// A circumstance to be told, not a failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct WarningView {
    /// What it is: `plain_device_secret`.
    pub code: String,
    /// Facts the words need.
    pub params: BTreeMap<String, String>,
}
