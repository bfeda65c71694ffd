//! What is stamped where: a plan, and the pictures that its seals stand for.

use std::collections::HashMap;
use std::path::Path;

use pdf::Document;
use pdf::plan::{Content, Plan, Resolved};
use time::OffsetDateTime;

use super::{FileWorkError, SealPicture, bytes};
use crate::placing::{Shelf, beijing_day};

/// The name by which a plan means the seal that is given beside it.
pub const GIVEN_SEAL: &str = "seal";

/// A plan and its seals.
pub struct Stamp {
    plan: Plan,
    seals: HashMap<String, SealPicture>,
}

impl Stamp {
    /// A plan that places only `seal`, under the name [`GIVEN_SEAL`].
    pub fn of(plan: Plan, seal: SealPicture) -> Self {
        Self {
            plan,
            seals: HashMap::from([(GIVEN_SEAL.to_owned(), seal)]),
        }
    }

    /// Reads a plan file. A seal's name in it is [`GIVEN_SEAL`], for the seal given beside it, or a PNG, SVG or PDF
    /// file, by its path from the plan's folder.
    ///
    /// # Errors
    /// [`FileWorkError::PlanFile`], [`FileWorkError::Unreadable`], [`FileWorkError::SealFile`].
    pub fn read(path: &Path, given: Option<SealPicture>) -> Result<Self, FileWorkError> {
        let plan = Plan::from_json(&bytes::read(path)?)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut seals: HashMap<String, SealPicture> =
            given.into_iter().map(|seal| (GIVEN_SEAL.to_owned(), seal)).collect();
        for item in &plan.items {
            if let Content::Seal { seal } = &item.content
                && !seals.contains_key(seal)
            {
                seals.insert(seal.clone(), SealPicture::read(&folder.join(seal), None)?);
            }
        }
        Ok(Self { plan, seals })
    }

    /// Places more than the plan does: another plan's items, with the seals of this one.
    #[must_use]
    pub fn and(mut self, plan: Plan) -> Self {
        self.plan.items.extend(plan.items);
        self
    }

    /// The marks on this document; a plan that places nothing at all is an error.
    pub(super) fn resolve(&self, document: &Document, at: OffsetDateTime) -> Result<Resolved, FileWorkError> {
        let seals = self.seals.iter().map(|(name, seal)| (name.clone(), seal.appearance()));
        let shelf = Shelf {
            seals: seals.collect(),
            today: beijing_day(at),
        };
        let resolved = self.plan.resolve(document, &shelf)?;
        if resolved.boxes.is_empty() && !self.plan.items.is_empty() {
            return Err(FileWorkError::NothingFound);
        }
        Ok(resolved)
    }
}
