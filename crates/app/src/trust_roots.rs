//! Whom to believe when verifying: the platform's root, and roots that the user added knowing their fingerprints.
use crate::application::{App, Inner, locked, off_thread};
use crate::failure::{Failure, refuse, refuse_with};
use crate::file_work::{FileWorkError, read_roots};
use crate::files;
use crate::view::{FailureCode, Topic, TrustRootSource, TrustRootView};
use crate::wire_view::moment;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pades::TrustRoots;
use pki::certificate::CertificateFacts;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Setting that holds the added roots as JSON.
const ADDED: &str = "added_trust_roots";

/// Most roots of one file, and most that are kept.
const MOST_ROOTS: usize = 200;

/// A root the user added.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct AddedRoot {
    /// The certificate as DER, in Base64.
    der: String,
    file_name: String,
    added_at: String,
}

impl App {
    /// The roots that signatures are checked against: the platform's, then those added, in the order of adding.
    ///
    /// # Errors
    /// Those of the local data.
    pub async fn trust_roots(&self) -> Result<Vec<TrustRootView>, Failure> {
        let platform = locked(&self.inner.roots).clone();
        let own = platform.iter().filter_map(|der| view(der, None));
        let added = self.inner.added_roots()?;
        let added = added.iter().filter_map(|root| view(&root.bytes()?, Some(root)));
        Ok(own.chain(added).collect())
    }

    /// Reads the certificates of a file (PEM, one or many; or one in DER) for the user to look at: nothing is trusted yet.
    ///
    /// # Errors
    /// `FileNotFound`, `FileUnreadable`, `CertificateFileUnusable`.
    pub async fn read_trust_roots(&self, path: &Path) -> Result<Vec<TrustRootView>, Failure> {
        let (path, now) = (path.to_owned(), moment(self.inner.now()));
        let offered = off_thread(move || {
            let roots = read_roots(&path).map_err(unusable)?;
            if roots.certificates().len() > MOST_ROOTS {
                return Err(refuse_with(
                    FailureCode::CertificateFileUnusable,
                    &[("why", "unreadable".into())],
                ));
            }
            let added = |der: &Vec<u8>| AddedRoot {
                der: STANDARD.encode(der),
                file_name: files::file_name(&path),
                added_at: now.clone(),
            };
            Ok(roots.certificates().iter().map(added).collect::<Vec<_>>())
        })
        .await?;
        let views = offered
            .iter()
            .filter_map(|root| view(&root.bytes()?, Some(root)))
            .collect();
        *locked(&self.inner.offered_roots) = offered;
        Ok(views)
    }

    /// Trusts those of the certificates last read whose fingerprints (SHA-256, hexadecimal) are given.
    ///
    /// # Errors
    /// `NotFound` when none of them was read, and those of the local data.
    pub async fn add_trust_roots(&self, fingerprints: &[String]) -> Result<Vec<TrustRootView>, Failure> {
        let offered = std::mem::take(&mut *locked(&self.inner.offered_roots));
        let chosen = offered.into_iter().filter(|root| root.is_among(fingerprints));
        let mut kept = self.inner.added_roots()?;
        let before = kept.len();
        for root in chosen {
            if kept.iter().all(|known| known.der != root.der) && kept.len() < MOST_ROOTS {
                kept.push(root);
            }
        }
        if kept.len() == before {
            return Err(refuse(FailureCode::NotFound));
        }
        self.keep_roots(&kept).await
    }

    /// No longer trusts an added root.
    ///
    /// # Errors
    /// `NotFound` for one that was not added, as the platform's own.
    pub async fn remove_trust_root(&self, fingerprint: &str) -> Result<Vec<TrustRootView>, Failure> {
        let mut kept = self.inner.added_roots()?;
        let before = kept.len();
        kept.retain(|root| !root.is_among(&[fingerprint.to_owned()]));
        if kept.len() == before {
            return Err(refuse(FailureCode::NotFound));
        }
        self.keep_roots(&kept).await
    }

    async fn keep_roots(&self, roots: &[AddedRoot]) -> Result<Vec<TrustRootView>, Failure> {
        let text = serde_json::to_string(roots).map_err(|error| crate::failure::internal("roots", &error))?;
        self.inner.store.set_setting(ADDED, &text)?;
        self.inner.changed(&[Topic::Settings, Topic::Documents]);
        self.trust_roots().await
    }
}

impl Inner {
    /// Those of the platform and those added. A list that cannot be read trusts nobody more than the platform.
    pub(crate) fn trust_roots(&self) -> TrustRoots {
        let mut roots = locked(&self.roots).clone();
        match self.added_roots() {
            Ok(added) => roots.extend(added.iter().filter_map(AddedRoot::bytes)),
            Err(failure) => tracing::warn!(?failure, "the added trust roots cannot be read"),
        }
        TrustRoots::new(roots)
    }

    fn added_roots(&self) -> Result<Vec<AddedRoot>, Failure> {
        let text = self.store.setting(ADDED)?;
        text.map_or_else(|| Ok(Vec::new()), |text| crate::application::parsed(&text))
    }
}

impl AddedRoot {
    fn bytes(&self) -> Option<Vec<u8>> {
        STANDARD.decode(&self.der).ok()
    }

    fn is_among(&self, fingerprints: &[String]) -> bool {
        let facts = self.bytes().and_then(|der| CertificateFacts::parse(&der).ok());
        facts.is_some_and(|facts| fingerprints.contains(&facts.sha256_fingerprint))
    }
}

fn unusable(error: FileWorkError) -> Failure {
    match error {
        FileWorkError::Unreadable { missing: true, .. } => refuse(FailureCode::FileNotFound),
        FileWorkError::Unreadable { .. } => refuse(FailureCode::FileUnreadable),
        _ => refuse_with(FailureCode::CertificateFileUnusable, &[("why", "unreadable".into())]),
    }
}

fn view(der: &[u8], added: Option<&AddedRoot>) -> Option<TrustRootView> {
    let facts = CertificateFacts::parse(der).ok()?;
    Some(TrustRootView {
        fingerprint: facts.sha256_fingerprint.clone(),
        name: facts.subject.shown().to_owned(),
        organization: facts.subject.organization.clone(),
        valid_from: moment(facts.not_before),
        valid_to: moment(facts.not_after),
        is_authority: facts.is_authority,
        source: match added {
            None => TrustRootSource::Platform,
            Some(_) => TrustRootSource::Added,
        },
        file_name: added.map(|root| root.file_name.clone()),
        added_at: added.map(|root| root.added_at.clone()),
    })
}
