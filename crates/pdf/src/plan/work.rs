//! Resolving one item of a plan: its appearance, its places, and whether they are on the page.

use std::collections::HashSet;
use std::sync::Arc;

use super::keyword::Keyword;
use super::{Content, Corner, Finding, HitChoice, Item, MOST_MARKS, Materials, Place, PlacedBox, PlanError, seam};
use crate::document::Document;
use crate::geometry::{PageGeometry, PlacedMm};
use crate::lettering::{Color, TextBlock};
use crate::mark::{Appearance, Mark, Placement};
use crate::page_range::PageRange;

/// One item on its way to marks.
pub(super) struct Work<'a> {
    pub(super) document: &'a Document,
    pub(super) index: usize,
}

/// What the items before have given.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) marks: Vec<Mark>,
    pub(super) boxes: Vec<PlacedBox>,
    pub(super) findings: Vec<Finding>,
    /// Each content once, however many items place it: it is stored once in the file.
    known: Vec<(Content, Appearance)>,
    taken: HashSet<Taken>,
}

/// A content (its place among the known ones), a page, and the bits of where on it and of which part.
type Taken = (usize, u32, [u64; 4]);

impl Gathered {
    fn known(&self, content: &Content) -> Option<usize> {
        self.known.iter().position(|(known, _)| known == content)
    }

    /// Whether nothing put the same thing there before: one place named twice is stamped once.
    fn takes(&mut self, content: &Content, placement: &Placement) -> bool {
        let PlacedMm { page, x_mm, y_mm } = placement.at;
        let part = placement.part.map_or((0.0, 0.0), |part| (part.x_mm, part.y_mm));
        let bits = [x_mm, y_mm, part.0, part.1].map(f64::to_bits);
        let known = self.known(content).unwrap_or(usize::MAX);
        self.taken.insert((known, page, bits))
    }
}

impl Work<'_> {
    pub(super) fn item(
        &self,
        item: &Item,
        materials: &dyn Materials,
        gathered: &mut Gathered,
    ) -> Result<(), PlanError> {
        let appearance = self.appearance(&item.content, materials, gathered)?;
        let size = appearance.size_mm();
        let mut placements = match &item.place {
            Place::At { pages, x_mm, y_mm } => self.at(pages, *x_mm, *y_mm)?,
            Place::Corner {
                pages,
                corner,
                margin_mm,
            } => self.corner(pages, *corner, *margin_mm, size)?,
            Place::Keyword { .. } => self.keyword(item, size, &mut gathered.findings)?,
            Place::Seam { .. } => self.seam(&item.place, size, &mut gathered.findings)?,
        };
        placements.retain(|placement| gathered.takes(&item.content, placement));
        if gathered.boxes.len() + placements.len() > MOST_MARKS {
            return Err(PlanError::TooLarge);
        }
        let boxes: Result<Vec<_>, _> = placements
            .iter()
            .map(|placement| self.placed_box(placement, size))
            .collect();
        gathered.boxes.extend(boxes?);
        gathered.marks.push(Mark { appearance, placements });
        Ok(())
    }

    fn appearance(
        &self,
        content: &Content,
        materials: &dyn Materials,
        gathered: &mut Gathered,
    ) -> Result<Appearance, PlanError> {
        if let Some((_, appearance)) = gathered.known(content).and_then(|index| gathered.known.get(index)) {
            return Ok(appearance.clone());
        }
        let appearance = self.new_appearance(content, materials)?;
        gathered.known.push((content.clone(), appearance.clone()));
        Ok(appearance)
    }

    fn new_appearance(&self, content: &Content, materials: &dyn Materials) -> Result<Appearance, PlanError> {
        match content {
            Content::Seal { seal } => materials.seal(seal).ok_or_else(|| PlanError::NoSuchSeal {
                item: self.index,
                seal: seal.clone(),
            }),
            Content::Text { text, size_pt, color } => self.block(text, *size_pt, *color, materials),
            Content::Date {
                pattern,
                size_pt,
                color,
            } => self.block(&pattern.write(materials.today()), *size_pt, *color, materials),
        }
    }

    fn block(
        &self,
        text: &str,
        size_pt: f64,
        color: Color,
        materials: &dyn Materials,
    ) -> Result<Appearance, PlanError> {
        let font = materials.font();
        let block = TextBlock::new(text, size_pt, color, (*font).as_ref());
        block
            .map(|block| Appearance::Text(Arc::new(block)))
            .map_err(|error| PlanError::Text {
                item: self.index,
                error,
            })
    }

    fn range(&self, pages: &str) -> Result<PageRange, PlanError> {
        PageRange::parse(pages, self.document.page_count()).map_err(|error| PlanError::Pages {
            item: self.index,
            error,
        })
    }

    fn at(&self, pages: &str, x_mm: f64, y_mm: f64) -> Result<Vec<Placement>, PlanError> {
        let place = |page| Placement::from(PlacedMm { page, x_mm, y_mm });
        Ok(self.range(pages)?.pages().map(place).collect())
    }

    fn corner(
        &self,
        pages: &str,
        corner: Corner,
        margin_mm: f64,
        size: (f64, f64),
    ) -> Result<Vec<Placement>, PlanError> {
        let place = |page| {
            let (x_mm, y_mm) = corner.of(self.document.page(page)?, size, margin_mm);
            Some(Placement::from(PlacedMm { page, x_mm, y_mm }))
        };
        match margin_mm.is_finite() {
            true => Ok(self.range(pages)?.pages().filter_map(place).collect()),
            false => Err(PlanError::BadNumber { item: self.index }),
        }
    }

    fn keyword(&self, item: &Item, size: (f64, f64), findings: &mut Vec<Finding>) -> Result<Vec<Placement>, PlanError> {
        let Place::Keyword {
            word,
            hits,
            pages,
            anchor,
            dx_mm,
            dy_mm,
        } = &item.place
        else {
            return Ok(Vec::new());
        };
        if !dx_mm.is_finite() || !dy_mm.is_finite() || *hits == HitChoice::Nth(0) {
            return Err(PlanError::BadNumber { item: self.index });
        }
        let keyword = Keyword {
            item: self.index,
            word,
            hits: *hits,
            pages: self.range(pages)?,
            anchor: *anchor,
            offset_mm: (*dx_mm, *dy_mm),
        };
        let (places, found) = keyword.places(self.document, &item.content, size)?;
        findings.extend(found);
        Ok(places.into_iter().map(Placement::from).collect())
    }

    fn seam(&self, place: &Place, size: (f64, f64), findings: &mut Vec<Finding>) -> Result<Vec<Placement>, PlanError> {
        let Place::Seam {
            pages,
            side,
            pages_per_group,
            odd_pages_only,
            skip_cover,
            along_mm,
        } = place
        else {
            return Ok(Vec::new());
        };
        let most = pages_per_group.map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(usize::MAX));
        if most < 2 || along_mm.is_some_and(|along| !along.is_finite()) {
            return Err(PlanError::BadNumber { item: self.index });
        }
        let wanted = |page: &u32| (!skip_cover || *page != 1) && (!odd_pages_only || page % 2 == 1);
        let pages: Vec<u32> = self.range(pages)?.pages().filter(wanted).collect();
        if pages.len() < 2 {
            return Err(PlanError::SeamTooShort { item: self.index });
        }
        let mut placements = Vec::with_capacity(pages.len());
        let groups = seam::groups(&pages, most);
        for group in &groups {
            let group: Vec<(u32, PageGeometry)> = group
                .iter()
                .filter_map(|page| Some((*page, *self.document.page(*page)?)))
                .collect();
            placements.extend(seam::slices(&group, *side, size, *along_mm));
        }
        findings.push(Finding::of_seam(self.index, &groups, *side, size));
        Ok(placements)
    }

    fn placed_box(&self, placement: &Placement, whole: (f64, f64)) -> Result<PlacedBox, PlanError> {
        let PlacedMm { page, x_mm, y_mm } = placement.at;
        let (width_mm, height_mm) = placement.size_mm(whole);
        let holds = self
            .document
            .page(page)
            .is_some_and(|page| page.holds(x_mm, y_mm, width_mm, height_mm));
        if !holds {
            return Err(PlanError::OffPage { item: self.index, page });
        }
        Ok(PlacedBox {
            item: self.index,
            page,
            x_mm,
            y_mm,
            width_mm,
            height_mm,
            part: placement.part,
        })
    }
}

impl Corner {
    /// Where the top left corner of a mark of `size` goes on the page, in mm.
    fn of(self, page: &PageGeometry, size: (f64, f64), margin_mm: f64) -> (f64, f64) {
        let near = |room: f64| margin_mm.min(room / 2.0).max(0.0);
        let far = |room: f64| room.max(0.0) - near(room);
        let (across, down) = (page.width_mm() - size.0, page.height_mm() - size.1);
        match self {
            Self::TopLeft => (near(across), near(down)),
            Self::TopRight => (far(across), near(down)),
            Self::BottomLeft => (near(across), far(down)),
            Self::BottomRight => (far(across), far(down)),
        }
    }
}
