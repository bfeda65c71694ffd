//! From what the person placed to marks on pages: seals by id, today's date, the bundled font; previews and words found.
use crate::application::{App, Inner, locked, off_thread};
use crate::failure::{Failure, internal, refuse, refuse_with};
use crate::sync::kind;
use crate::view::{
    CheckLevel, ContentInput, FailureCode, FindingCode, FindingView, FoundView, HitView, PartView, PlacedBoxView,
    PlanItemInput, PlanItemView, PlanPreviewView, SigningPlanInput,
};
use pdf::plan::{Finding, Item, Materials, Plan, PlanError, Resolved};
use pdf::text::{FindError, FindOptions, Found};
use pdf::{Appearance, Document, PageRange, SharedBytes};
use platform::wire;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use time::{Date, UtcOffset};

/// Pages named in a message; more are only counted.
const PAGES_NAMED: usize = 20;

/// Seals that can be placed and looked at; only approved ones stamp.
const PLACED_STATES: [wire::SealState; 2] = [wire::SealState::Approved, wire::SealState::InReview];

/// Searches under way, by document; a newer one ends the older.
pub(crate) type Searches = HashMap<String, Arc<AtomicBool>>;

/// What the plan's words stand for, gathered before it is resolved.
pub(crate) struct Shelf {
    pub(crate) seals: HashMap<String, Appearance>,
    pub(crate) today: Date,
}

impl Materials for Shelf {
    fn seal(&self, name: &str) -> Option<Appearance> {
        self.seals.get(name).cloned()
    }

    fn font(&self) -> SharedBytes {
        Arc::new(seal::Face::Song.file())
    }

    fn today(&self) -> Date {
        self.today
    }
}

impl App {
    /// Works out where everything of a plan shows, for the preview. What is wrong with an item is told with the item.
    ///
    /// # Errors
    /// `NotFound` for a document that is not open, or why it cannot be read.
    pub async fn preview_plan(&self, plan: SigningPlanInput) -> Result<PlanPreviewView, Failure> {
        let inner = Arc::clone(&self.inner);
        off_thread(move || inner.preview(&plan)).await
    }

    /// Finds a word on the pages of a range. A newer search in the same document ends this one.
    ///
    /// # Errors
    /// `NotFound`, `PageRangeInvalid`, `PlanUnusable` for a word that cannot be looked for, `Cancelled`.
    pub async fn find_word(&self, document_id: &str, word: &str, pages: &str) -> Result<FoundView, Failure> {
        let cancel = Arc::new(AtomicBool::new(false));
        let older = locked(&self.inner.searches).insert(document_id.to_owned(), Arc::clone(&cancel));
        if let Some(older) = older {
            older.store(true, Ordering::Relaxed);
        }
        let (inner, document_id) = (Arc::clone(&self.inner), document_id.to_owned());
        let (word, pages) = (word.to_owned(), pages.to_owned());
        off_thread(move || {
            let document = inner.opened(&document_id)?.document()?;
            let options = FindOptions {
                pages: Some(PageRange::parse(&pages, document.page_count())?),
                cancel: Some(cancel),
                ..FindOptions::default()
            };
            Ok(found_view(pdf::text::find(&document, &word, &options)?))
        })
        .await
    }
}

impl Inner {
    /// Every mark of a plan; nothing of it is used when one item cannot be, so that nothing is found out after the PIN.
    pub(crate) fn resolved(&self, plan: &SigningPlanInput, document: &Document) -> Result<Resolved, Failure> {
        self.resolved_with(plan, document, &[wire::SealState::Approved])
    }

    /// The same for looking at: a seal under review can be placed, and the other checks keep it from stamping.
    pub(crate) fn resolved_for_looking(
        &self,
        plan: &SigningPlanInput,
        document: &Document,
    ) -> Result<Resolved, Failure> {
        self.resolved_with(plan, document, &PLACED_STATES)
    }

    fn resolved_with(
        &self,
        plan: &SigningPlanInput,
        document: &Document,
        states: &[wire::SealState],
    ) -> Result<Resolved, Failure> {
        let wanted = plan_of(&plan.items)?;
        let mut shelf = self.empty_shelf();
        for seal in seals(&plan.items) {
            shelf.seals.insert(seal.to_owned(), self.seal_of(seal, plan, states)?);
        }
        Ok(wanted.resolve(document, &shelf)?)
    }

    /// Every seal of the plan is approved and belongs to the certificate.
    pub(crate) fn approved_seals(&self, plan: &SigningPlanInput) -> Result<(), Failure> {
        seals(&plan.items).try_for_each(|seal| self.seal_in_state(seal, plan, &[wire::SealState::Approved]).map(drop))
    }

    fn seal_in_state(
        &self,
        seal: &str,
        plan: &SigningPlanInput,
        states: &[wire::SealState],
    ) -> Result<wire::SealRecord, Failure> {
        let seal: wire::SealRecord = self.one(kind::SEAL, seal)?;
        let why = if seal.certificate_id.to_string() != plan.certificate_id {
            "other_certificate".to_owned()
        } else if states.contains(&seal.state) {
            return Ok(seal);
        } else {
            crate::wire_view::code(&seal.state)
        };
        Err(refuse_with(
            FailureCode::SealNotApproved,
            &[("name", seal.name), ("why", why)],
        ))
    }

    fn seal_of(&self, seal: &str, plan: &SigningPlanInput, states: &[wire::SealState]) -> Result<Appearance, Failure> {
        self.seal_appearance(&self.seal_in_state(seal, plan, states)?)
    }

    fn empty_shelf(&self) -> Shelf {
        Shelf {
            seals: HashMap::new(),
            today: beijing_day(self.now()),
        }
    }

    fn preview(&self, plan: &SigningPlanInput) -> Result<PlanPreviewView, Failure> {
        let document = self.opened(&plan.document_id)?.document()?;
        let mut shelf = self.empty_shelf();
        let mut refused_seals = HashMap::new();
        for seal in seals(&plan.items) {
            match self.seal_of(seal, plan, &PLACED_STATES) {
                Ok(appearance) => drop(shelf.seals.insert(seal.to_owned(), appearance)),
                Err(failure) => drop(refused_seals.insert(seal, failure)),
            }
        }
        let (resolved, refused) = plan_of(&plan.items)?.resolve_each(&document, &shelf)?;
        let mut problems: HashMap<usize, Failure> = refused
            .into_iter()
            .map(|(index, error)| (index, error.into()))
            .collect();
        for (index, item) in plan.items.iter().enumerate() {
            let refusal = seal_in(&item.content).and_then(|seal| refused_seals.get(seal));
            problems.extend(refusal.map(|failure| (index, failure.clone())));
        }
        let mut marks = resolved.marks.iter();
        let views = (0..plan.items.len()).map(|index| match problems.remove(&index) {
            Some(problem) => PlanItemView::refused(problem),
            None => marks
                .next()
                .map_or_else(PlanItemView::empty, |mark| PlanItemView::of(&mark.appearance)),
        });
        Ok(PlanPreviewView {
            items: views.collect(),
            boxes: resolved.boxes.iter().map(box_view).collect(),
            findings: resolved.findings.iter().map(finding_view).collect(),
            as_widgets: document.is_signed(),
        })
    }
}

/// The day it is in Beijing: what a document signed in China states, wherever the machine's clock is set to.
pub(crate) fn beijing_day(now: time::OffsetDateTime) -> Date {
    let beijing = UtcOffset::from_hms(8, 0, 0).unwrap_or(UtcOffset::UTC);
    now.to_offset(beijing).date()
}

fn seal_in(content: &ContentInput) -> Option<&str> {
    match content {
        ContentInput::Seal { seal } => Some(seal),
        ContentInput::Text { .. } | ContentInput::Date { .. } => None,
    }
}

/// Every seal of the items, by id.
pub(crate) fn seals(items: &[PlanItemInput]) -> impl Iterator<Item = &str> {
    items.iter().filter_map(|item| seal_in(&item.content))
}

/// The plan of these items.
pub(crate) fn plan_of(items: &[PlanItemInput]) -> Result<Plan, Failure> {
    items.iter().map(item).collect::<Result<Vec<_>, _>>().map(Plan::new)
}

/// The item as the document's side knows it: the two have one JSON form.
fn item(input: &PlanItemInput) -> Result<Item, Failure> {
    let value = serde_json::to_value(input).map_err(|error| internal("writing an item of a plan", &error))?;
    serde_json::from_value(value).map_err(|_| refuse_with(FailureCode::PlanUnusable, &[("why", "unreadable".into())]))
}

impl PlanItemView {
    fn refused(problem: Failure) -> Self {
        Self {
            problem: Some(problem),
            ..Self::empty()
        }
    }

    fn empty() -> Self {
        Self {
            problem: None,
            width_mm: 0.0,
            height_mm: 0.0,
            svg: None,
        }
    }

    fn of(appearance: &Appearance) -> Self {
        let (width_mm, height_mm) = appearance.size_mm();
        let svg = match appearance {
            Appearance::Text(block) => Some(block.to_svg(seal::Face::Song.file())),
            Appearance::Vector { .. } | Appearance::Raster { .. } => None,
        };
        Self {
            problem: None,
            width_mm,
            height_mm,
            svg,
        }
    }
}

fn index(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn box_view(placed: &pdf::plan::PlacedBox) -> PlacedBoxView {
    PlacedBoxView {
        item: index(placed.item),
        page: placed.page,
        x_mm: placed.x_mm,
        y_mm: placed.y_mm,
        width_mm: placed.width_mm,
        height_mm: placed.height_mm,
        part: placed.part.map(|part| PartView {
            x_mm: part.x_mm,
            y_mm: part.y_mm,
            width_mm: part.width_mm,
            height_mm: part.height_mm,
        }),
    }
}

pub(crate) fn finding_view(finding: &Finding) -> FindingView {
    let told = |code, level, item: &usize, params: &[(&str, String)]| {
        let params = params.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        FindingView {
            code,
            level,
            item: index(*item),
            params: params.collect::<BTreeMap<_, _>>(),
        }
    };
    let warned = |code, item, params: &[(&str, String)]| told(code, CheckLevel::Warning, item, params);
    match finding {
        Finding::Seam {
            item,
            pages,
            groups,
            largest_group,
            slice_mm,
            is_thin,
        } => {
            let params = [
                ("pages", pages.to_string()),
                ("groups", groups.to_string()),
                ("largest_group", largest_group.to_string()),
                ("slice_mm", format!("{slice_mm:.1}")),
            ];
            if *is_thin {
                warned(FindingCode::SeamThin, item, &params)
            } else {
                told(FindingCode::Seam, CheckLevel::Ok, item, &params)
            }
        }
        Finding::Keyword { item, hits, chosen } => {
            let params = [("hits", hits.to_string()), ("chosen", chosen.to_string())];
            told(FindingCode::Keyword, CheckLevel::Ok, item, &params)
        }
        Finding::KeywordMissing { item, hits } => {
            warned(FindingCode::KeywordMissing, item, &[("hits", hits.to_string())])
        }
        Finding::PagesWithoutText { item, pages } => {
            let named: Vec<String> = pages.iter().take(PAGES_NAMED).map(u32::to_string).collect();
            let params = [("pages", named.join("、")), ("count", pages.len().to_string())];
            warned(FindingCode::PagesWithoutText, item, &params)
        }
        Finding::SearchCutShort { item } => warned(FindingCode::SearchCutShort, item, &[]),
        Finding::CoversMark { item, other, page } => {
            let params = [("page", page.to_string()), ("other", other.to_string())];
            warned(FindingCode::CoversMark, item, &params)
        }
        Finding::CoversSignature { item, field, page } => {
            let params = [("page", page.to_string()), ("field", field.clone())];
            warned(FindingCode::CoversSignature, item, &params)
        }
    }
}

fn found_view(found: Found) -> FoundView {
    let hits = found.hits.iter().map(|hit| HitView {
        page: hit.page,
        x_mm: hit.x_mm,
        y_mm: hit.y_mm,
        width_mm: hit.width_mm,
        height_mm: hit.height_mm,
    });
    FoundView {
        hits: hits.collect(),
        pages_without_text: found.pages_without_text,
        truncated: found.truncated,
    }
}

fn unusable(why: &str) -> Failure {
    refuse_with(FailureCode::PlanUnusable, &[("why", why.to_owned())])
}

impl From<FindError> for Failure {
    fn from(error: FindError) -> Self {
        match error {
            FindError::EmptyWord => unusable("keyword_empty"),
            FindError::WordTooLong => unusable("keyword_too_long"),
            FindError::Cancelled => refuse(FailureCode::Cancelled),
            FindError::Failed => unusable("search_failed"),
        }
    }
}

impl From<PlanError> for Failure {
    fn from(error: PlanError) -> Self {
        use pdf::lettering::LetteringError;
        match error {
            PlanError::UnknownVersion { .. } => unusable("newer_version"),
            PlanError::TooLarge => unusable("too_large"),
            PlanError::Pages { error, .. } => error.into(),
            PlanError::NoSuchSeal { seal, .. } => refuse_with(FailureCode::SealNotApproved, &[("name", seal)]),
            PlanError::Keyword { error, .. } => error.into(),
            PlanError::Text { error, .. } => match error {
                LetteringError::Empty => unusable("text_empty"),
                LetteringError::TooLong => unusable("text_too_long"),
                LetteringError::BadSize => unusable("text_size"),
                LetteringError::MissingCharacter { character } => refuse_with(
                    FailureCode::PlanUnusable,
                    &[("why", "missing_character".into()), ("character", character.into())],
                ),
                LetteringError::BadFont => internal("the bundled font", &error),
            },
            PlanError::OffPage { page, .. } => refuse_with(FailureCode::MarkOffPage, &[("page", page.to_string())]),
            PlanError::SeamTooShort { .. } => unusable("seam_too_short"),
            PlanError::BadNumber { .. } => unusable("number"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The window's types and the plan's have one JSON form, for every kind of content and place.
    #[test]
    fn every_item_of_the_window_is_one_of_the_plan() {
        let contents = [
            json!({"kind": "seal", "seal": "a"}),
            json!({"kind": "text", "text": "同意", "size_pt": 12.0, "color": "#d7000f"}),
            json!({"kind": "date", "pattern": "chinese_numerals", "size_pt": 12.0, "color": "#000000"}),
        ];
        let places = [
            json!({"kind": "at", "pages": "all", "x_mm": 1.5, "y_mm": 2.0}),
            json!({"kind": "corner", "pages": "last", "corner": "bottom_right", "margin_mm": 20.0}),
            json!({"kind": "keyword", "word": "盖章", "hits": {"nth": 2}, "pages": "all", "anchor": "center", "dx_mm": 0.0, "dy_mm": 0.0}),
            json!({"kind": "keyword", "word": "盖章", "hits": "all", "pages": "all", "anchor": "right", "dx_mm": 0.0, "dy_mm": 0.0}),
            json!({"kind": "seam", "pages": "all", "side": "right", "pages_per_group": 20, "odd_pages_only": true, "skip_cover": false, "along_mm": null}),
        ];
        for content in &contents {
            for place in &places {
                let value = json!({"content": content, "place": place});
                let input: PlanItemInput = serde_json::from_value(value.clone()).unwrap();
                assert_eq!(serde_json::to_value(item(&input).unwrap()).unwrap(), value);
            }
        }
    }

    #[test]
    fn a_colour_that_is_none_is_refused() {
        let content = json!({"kind": "text", "text": "a", "size_pt": 12.0, "color": "red"});
        let place = json!({"kind": "at", "pages": "all", "x_mm": 0.0, "y_mm": 0.0});
        let input = serde_json::from_value(json!({"content": content, "place": place})).unwrap();
        assert_eq!(item(&input).unwrap_err().code, FailureCode::PlanUnusable);
    }

    #[test]
    fn the_day_is_that_of_beijing() {
        let late = time::macros::datetime!(2026-11-23 17:30 UTC);
        assert_eq!(beijing_day(late), time::macros::date!(2026 - 11 - 24));
    }
}
