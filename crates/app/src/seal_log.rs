//! 用印记录: what every use of a key leaves behind, before what was signed can be handed on.
//!
//! Recorded is what leaves this program with a signature by the key, and a copy of the key itself, because what that is used
//! for leaves no trace here. Requests for certificates are signed too, but only prove that the key is there: the
//! certificate's own history at the platform tells of them.
use crate::application::{App, Inner, locked, off_thread};
use crate::failure::{Failure, refuse, refuse_with};
use crate::sync::kind;
use crate::view::{
    FailureCode, FailureView, SealLogDoubtView, SealLogHereView, SealLogPageView, SealLogQuery, SealLogRowState,
    SealLogRowView, SealLogSeamView, SealUseKind, Topic,
};
use crate::wire_view::{id, moment};
use pki::certificate::CertificateFacts;
use platform::wire::{self, SealUse, UsedSeal};
use std::sync::Arc;
use store::{ChainedEntry, KeyRow, SealLogStanding, Seam};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Longest name that the platform takes, in characters.
const LONGEST_NAME: usize = 300;
/// Rows of the platform's pages.
const PAGE: u64 = 100;
/// Entries read from the file at once.
const AT_ONCE: u32 = 500;

/// A use of a key, as far as the key does not tell by itself.
pub(crate) struct KeyUse<'a> {
    pub(crate) kind: wire::SealUseKind,
    /// The file, or what the digest is of.
    pub(crate) name: &'a str,
    /// Hexadecimal.
    pub(crate) sha256: String,
    pub(crate) marks: u32,
    /// Ids of the seals.
    pub(crate) seals: Vec<&'a str>,
}

impl Inner {
    /// Writes a use down; from here on it is on record, whatever happens.
    pub(crate) fn log_use(&self, key: &KeyRow, used: &KeyUse<'_>) -> Result<(), Failure> {
        let facts = key
            .certificate
            .as_deref()
            .and_then(|der| CertificateFacts::parse(der).ok());
        let facts = facts.ok_or_else(|| refuse(FailureCode::KeyDamaged))?;
        // Each once, however many places it was put at.
        let mut seals = used.seals.clone();
        seals.sort_unstable();
        seals.dedup();
        let entry = SealUse {
            at: self.now().replace_nanosecond(0).unwrap_or(OffsetDateTime::UNIX_EPOCH),
            account: id(&key.account)?,
            kind: used.kind,
            file_name: plain(used.name),
            sha256: used.sha256.clone(),
            marks: used.marks,
            certificate: id(&key.entitlement)?,
            owner: plain(facts.subject.shown()),
            serial: facts.serial_hex,
            seals: seals
                .iter()
                .map(|seal| self.used_seal(seal))
                .collect::<Result<_, _>>()?,
        };
        self.store.log_seal(&key.account, &entry.written())?;
        self.changed(&[Topic::SealLog]);
        self.news_to_send.notify_one();
        Ok(())
    }

    fn used_seal(&self, seal_id: &str) -> Result<UsedSeal, Failure> {
        let record: Result<wire::SealRecord, Failure> = self.one(kind::SEAL, seal_id);
        Ok(UsedSeal {
            id: id(seal_id)?,
            name: record.map(|record| plain(&record.name)).unwrap_or_default(),
        })
    }
}

/// Without what cannot be seen, and not longer than the platform takes.
fn plain(text: &str) -> String {
    let seen = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter });
    seen.take(LONGEST_NAME).collect()
}

impl App {
    /// This device's entries of the account that match, newest first, those before a position. With the first page every
    /// link of the chain is checked, and all that match are counted.
    ///
    /// # Errors
    /// `SessionExpired` when nobody is signed in.
    pub async fn seal_log_here(
        &self,
        query: SealLogQuery,
        before: Option<u32>,
        limit: u32,
    ) -> Result<SealLogHereView, Failure> {
        let inner = Arc::clone(&self.inner);
        off_thread(move || {
            let wanted = Wanted::of(&query)?;
            let (standing, total) = match before {
                None => inner.checked_log(&wanted)?,
                Some(_) => (inner.store.seal_log_standing(&inner.account()?.id.to_string())?, None),
            };
            let (rows, next) = inner.rows_here(&wanted, &standing, before.map(u64::from), limit as usize)?;
            Ok(SealLogHereView {
                rows,
                next: next.map(small),
                total,
                count: small(standing.count),
                waiting: small(standing.count.saturating_sub(standing.handed_in)),
                broken_from: standing.broken_from.map(small),
                seams: standing.seams.iter().map(seam_view).collect(),
                failure: inner.hand_in_failure(&standing),
            })
        })
        .await
    }

    /// A page of the platform's entries.
    ///
    /// # Errors
    /// Those of the platform.
    pub async fn seal_log_there(&self, query: SealLogQuery, after: Option<String>) -> Result<SealLogPageView, Failure> {
        let wanted = Wanted::of(&query)?;
        let page = self.inner.client.seal_log(&wanted.asked(after)).await?;
        Ok(SealLogPageView {
            rows: page.rows.iter().map(row_there).collect(),
            next: page.next,
        })
    }

    /// Chains at the platform that are not whole.
    ///
    /// # Errors
    /// Those of the platform.
    pub async fn seal_log_doubts(&self) -> Result<Vec<SealLogDoubtView>, Failure> {
        let chains = self.inner.client.seal_log_chains().await?;
        let views = chains.iter().map(|chain| doubt_view(chain, &chains));
        Ok(views.filter(SealLogDoubtView::is_doubtful).collect())
    }
}

impl Inner {
    /// Where the log of whoever is signed in stands, every link checked, and how many entries match.
    pub(crate) fn checked_log(&self, wanted: &Wanted) -> Result<(SealLogStanding, Option<u32>), Failure> {
        let account = self.account()?.id.to_string();
        let mut total = 0;
        let standing = self.store.seal_log_checked(&account, |chained| {
            total += u64::from(wanted.entry(chained).is_some());
        })?;
        Ok((standing, Some(small(total))))
    }

    /// Of this device, as many as match before a position, newest first; and the last one's position when more follow.
    pub(crate) fn rows_here(
        &self,
        wanted: &Wanted,
        standing: &SealLogStanding,
        before: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<SealLogRowView>, Option<u64>), Failure> {
        let account = self.account()?;
        let scope = account.id.to_string();
        let (mut rows, mut before, mut last) = (Vec::new(), before, None);
        loop {
            let entries = self.store.seal_log_before(&scope, before, AT_ONCE)?;
            for chained in &entries {
                let Some(used) = wanted.entry(chained) else { continue };
                if rows.len() == limit {
                    return Ok((rows, last));
                }
                rows.push(row_here(chained, &used, standing, &account.name));
                last = Some(chained.position);
            }
            match entries.last() {
                Some(oldest) => before = Some(oldest.position),
                None => return Ok((rows, None)),
            }
        }
    }

    /// Why the platform did not take what waits, as long as nothing was added since.
    fn hand_in_failure(&self, standing: &SealLogStanding) -> Option<FailureView> {
        let refused = locked(&self.seal_log_refused);
        let refused = refused.as_ref().filter(|refused| refused.at == *standing);
        refused.map(|refused| refused.failure.clone())
    }
}

fn row_here(chained: &ChainedEntry, used: &SealUse, standing: &SealLogStanding, person: &str) -> SealLogRowView {
    let state = match chained.position {
        position if standing.broken_from.is_some_and(|from| position >= from) => SealLogRowState::Doubtful,
        position if position <= standing.handed_in => SealLogRowState::HandedIn,
        _ => SealLogRowState::Waiting,
    };
    SealLogRowView {
        person: person.to_owned(),
        device_name: None,
        state,
        handed_in_at: None,
        ..row(
            used,
            &standing.stretch(chained.position).chain.to_string(),
            chained.position,
            crate::signing::hex(&chained.hash),
        )
    }
}

fn seam_view(seam: &Seam) -> SealLogSeamView {
    SealLogSeamView {
        from: small(seam.after + 1),
        there: small(seam.former.count),
    }
}

/// Seals of other authorities' certificates and entries of older versions have no name: then their id tells them apart.
fn seal_name(seal: &UsedSeal) -> String {
    if seal.name.is_empty() {
        seal.id.to_string()
    } else {
        seal.name.clone()
    }
}

fn row(used: &SealUse, chain: &str, position: u64, hash: String) -> SealLogRowView {
    SealLogRowView {
        id: format!("{chain}:{position}"),
        at: moment(used.at),
        kind: match used.kind {
            wire::SealUseKind::Document => SealUseKind::Document,
            wire::SealUseKind::ScanDocument => SealUseKind::ScanDocument,
            wire::SealUseKind::ScanDigest => SealUseKind::ScanDigest,
            wire::SealUseKind::KeyExport => SealUseKind::KeyExport,
            wire::SealUseKind::Unknown => SealUseKind::Unknown,
        },
        file_name: used.file_name.clone(),
        sha256: used.sha256.clone(),
        marks: used.marks,
        owner_name: used.owner.clone(),
        serial: used.serial.clone(),
        seals: used.seals.iter().map(seal_name).collect(),
        person: String::new(),
        device_name: None,
        position: small(position),
        hash,
        state: SealLogRowState::HandedIn,
        handed_in_at: None,
    }
}

fn row_there(kept: &wire::SealLogRow) -> SealLogRowView {
    SealLogRowView {
        person: kept.person.clone(),
        device_name: Some(kept.device_name.clone()),
        handed_in_at: Some(moment(kept.handed_in_at)),
        ..row(
            &kept.used,
            &kept.chain.to_string(),
            kept.position,
            kept.entry.hash.clone(),
        )
    }
}

fn doubt_view(chain: &wire::SealLogChain, all: &[wire::SealLogChain]) -> SealLogDoubtView {
    let heads = all.iter().filter_map(|other| other.continues.as_ref());
    let continued = heads.filter(|head| head.chain == chain.id).map(|head| head.count).max();
    SealLogDoubtView {
        id: chain.id.to_string(),
        person: chain.person.clone(),
        device_name: chain.device_name.clone(),
        differs_from: chain.differs_from.map(small),
        broken_from: chain.broken_from.map(small),
        continued_after: continued.map(small),
    }
}

impl SealLogDoubtView {
    fn is_doubtful(&self) -> bool {
        [self.differs_from, self.broken_from, self.continued_after]
            .iter()
            .any(Option::is_some)
    }
}

fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// What is looked for.
pub(crate) struct Wanted {
    text: String,
    account: Option<uuid::Uuid>,
    from: Option<OffsetDateTime>,
    until: Option<OffsetDateTime>,
}

impl Wanted {
    pub(crate) fn of(query: &SealLogQuery) -> Result<Self, Failure> {
        let wrong = || refuse_with(FailureCode::FieldInvalid, &[("field", "at".to_owned())]);
        let time = |text: &String| OffsetDateTime::parse(text, &Rfc3339).map_err(|_| wrong());
        Ok(Self {
            text: query.text.trim().to_lowercase(),
            account: query.account_id.as_deref().map(id).transpose()?,
            from: query.from.as_ref().map(time).transpose()?,
            until: query.until.as_ref().map(time).transpose()?,
        })
    }

    /// What the entry says, when it is wanted.
    fn entry(&self, chained: &ChainedEntry) -> Option<SealUse> {
        SealUse::read(&chained.text).filter(|used| self.fits(used))
    }

    /// The same words as the platform looks for.
    fn fits(&self, used: &SealUse) -> bool {
        let is_in_time = self.from.is_none_or(|from| used.at >= from) && self.until.is_none_or(|until| used.at < until);
        let has_words = |text: &String| text.to_lowercase().contains(&self.text);
        let is_named = has_words(&used.file_name) || has_words(&used.owner) || used.sha256.starts_with(&self.text);
        is_in_time && is_named
    }

    pub(crate) fn asked(&self, after: Option<String>) -> wire::SealLogQuery {
        wire::SealLogQuery {
            q: Some(self.text.clone()).filter(|text| !text.is_empty()),
            certificate: None,
            account: self.account,
            from: self.from,
            until: self.until,
            after,
            limit: Some(PAGE),
        }
    }
}
