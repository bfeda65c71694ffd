//! 用印记录: every use of a key, in chains that devices hand in and the platform keeps (product.md 2.13).

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Most entries of a part.
pub const SEAL_LOG_PART: usize = 200;

/// SHA-256 that links an entry to the one before it: over that one's hash and the entry in UTF-8 as it was written. Before
/// the first entry stand 32 zero bytes, or the hash at the head that its chain continues ([`SealLogHead`]).
pub fn seal_log_link(before: &[u8; 32], written: &str) -> [u8; 32] {
    Sha256::new()
        .chain_update(before)
        .chain_update(written)
        .finalize()
        .into()
}

/// What a key was used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SealUseKind {
    /// A document was stamped and signed.
    Document,
    /// The document of a signing task was.
    ScanDocument,
    /// The digest of a signing task was signed.
    ScanDigest,
    /// The key was copied into a PKCS#12 file: what it is used for there is in no log.
    KeyExport,
    /// A word of a later version of the contract.
    #[serde(other)]
    Unknown,
}

/// A seal that was placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UsedSeal {
    /// Identifier.
    pub id: Uuid,
    /// Its name at that time.
    pub name: String,
}

/// A use of a key; written as JSON, which is what the chain is made over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SealUse {
    /// When, by the device's clock.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Account that did it.
    pub account: Uuid,
    /// What for.
    pub kind: SealUseKind,
    /// Name of the file that was made; of a digest, what it is of. 1–300 characters.
    pub file_name: String,
    /// SHA-256 of the file; of a digest, itself. 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// How many times a seal or a text was placed.
    pub marks: u32,
    /// Identifier of the entitlement; of a certificate of another authority, the device's own for it.
    pub certificate: Uuid,
    /// Who the certificate names.
    pub owner: String,
    /// Serial number of the certificate, lower-case hexadecimal.
    pub serial: String,
    /// Seals that were placed.
    pub seals: Vec<UsedSeal>,
}

/// An entry of before its fields had names: position, Unix time in seconds, account, file name, SHA-256, marks,
/// certificate, seals separated by commas.
type OlderEntry = (u64, i64, Uuid, String, String, u32, Uuid, String);

impl SealUse {
    /// The entry as it is written into a chain.
    pub fn written(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads what was written; none when it is no entry.
    pub fn read(written: &str) -> Option<Self> {
        if let Ok(entry) = serde_json::from_str(written) {
            return Some(entry);
        }
        let (_, at, account, file_name, sha256, marks, certificate, seals) =
            serde_json::from_str::<OlderEntry>(written).ok()?;
        let seals = seals.split(',').filter(|id| !id.is_empty());
        let seal = |id: &str| {
            let (id, name) = (id.parse().ok()?, String::new());
            Some(UsedSeal { id, name })
        };
        Some(Self {
            at: OffsetDateTime::from_unix_timestamp(at).ok()?,
            account,
            kind: SealUseKind::Document,
            file_name,
            sha256,
            marks,
            certificate,
            owner: String::new(),
            serial: String::new(),
            seals: seals.map(seal).collect::<Option<_>>()?,
        })
    }
}

/// An entry as it is handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WrittenEntry {
    /// The entry as it was written: a `SealUse` as JSON. It is kept as it stands.
    pub written: String,
    /// SHA-256 over the hash of the entry before it and `written` in UTF-8; 64 lower-case hexadecimal digits. Before the
    /// first stand 32 zero bytes, or the hash of the head that the chain continues.
    pub hash: String,
}

/// Where a chain ended when another took its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SealLogHead {
    /// The chain.
    pub chain: Uuid,
    /// How many of its entries the platform had.
    pub count: u64,
    /// Hash of the last of them: what the first entry of the new chain goes on from.
    pub hash: String,
}

/// Part of a device's chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SealLogPart {
    /// Position of the first of these entries; 1 for the first of the chain.
    pub position: u64,
    /// One after another, 1–200.
    pub entries: Vec<WrittenEntry>,
    /// From this position on the device has found its own chain changed by other means.
    #[serde(default)]
    pub broken_from: Option<u64>,
    /// When the chain takes the place of another of this account: that one's head, as the platform told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continues: Option<SealLogHead>,
}

/// Whether a chain is whole, as far as the platform knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SealLogState {
    /// Nothing speaks against it.
    Whole,
    /// Entries were handed in that do not go on from those that are kept, or the device found its own chain changed.
    Differs,
    /// A word of a later version of the contract.
    #[serde(other)]
    Unknown,
}

/// The chain of one account on one device, as the platform has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SealLogChain {
    /// Identifier, made by the device.
    pub id: Uuid,
    /// Whose.
    pub account: Uuid,
    /// Name of the person.
    pub person: String,
    /// Name of the device, as given when signing in.
    pub device_name: String,
    /// How many entries are kept.
    pub count: u64,
    /// Hash of the last one; empty before the first.
    pub hash: String,
    /// Whether it is whole.
    pub state: SealLogState,
    /// From this position on other entries were handed in than those that are kept; none of them was taken.
    pub differs_from: Option<u64>,
    /// From this position on the device found its own chain changed.
    pub broken_from: Option<u64>,
    /// The head of the chain whose place it took, because the device could not go on from there: it was set back to older
    /// data, or is another one. The first entry goes on from its hash.
    #[serde(default)]
    pub continues: Option<SealLogHead>,
    /// In the answer to a part: up to this position the platform has what was handed in. None in lists.
    #[serde(default)]
    pub same_until: Option<u64>,
    /// When something was handed in last.
    #[serde(with = "time::serde::rfc3339")]
    pub handed_in_at: OffsetDateTime,
}

/// Which entries of the seal log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SealLogQuery {
    /// Part of the file's or the certificate owner's name, or the beginning of the SHA-256.
    pub q: Option<String>,
    /// Only uses of this certificate.
    pub certificate: Option<Uuid>,
    /// Only uses by this account.
    pub account: Option<Uuid>,
    /// Not before (RFC 3339).
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub from: Option<OffsetDateTime>,
    /// Before (RFC 3339).
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub until: Option<OffsetDateTime>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// Rows wanted, 1–100; 50 when absent.
    pub limit: Option<u64>,
}

/// An entry that the platform keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SealLogRow {
    /// Its chain.
    pub chain: Uuid,
    /// Its place there.
    pub position: u64,
    /// What it says.
    pub used: SealUse,
    /// Name of the person.
    pub person: String,
    /// Name of the device.
    pub device_name: String,
    /// As it was handed in, for whoever checks the chain.
    pub entry: WrittenEntry,
    /// When it was handed in, by the platform's clock.
    #[serde(with = "time::serde::rfc3339")]
    pub handed_in_at: OffsetDateTime,
}

/// A page of the seal log, newest use first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SealLogPage {
    /// The rows.
    pub rows: Vec<SealLogRow>,
    /// Pass as `after` for what follows; none at the end.
    pub next: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_before_are_read_and_nonsense_is_not() {
        let id = Uuid::from_u128(7);
        let older = format!(r#"[3,60,"{id}","标书.pdf","00",2,"{id}","{id},{id}"]"#);
        let entry = SealUse::read(&older).unwrap();
        assert_eq!((entry.at.unix_timestamp(), entry.marks, entry.seals.len()), (60, 2, 2));
        assert_eq!(SealUse::read(&entry.written()).unwrap(), entry);
        for nonsense in ["", "{}", "[]", "[1,2]", &older.replace("60", "1e99")] {
            assert_eq!(SealUse::read(nonsense), None, "{nonsense}");
        }
    }
}
