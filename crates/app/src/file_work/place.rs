//! Where a seal goes: page words and millimetres from the visible page's top left become placements.

use pdf::{Appearance, Document, Mark, PageGeometry, PageRange, PlacedMm};

use super::{FileWorkError, SealPicture};

/// Distance in mm from the right and lower edge where no position is given.
const CORNER_MARGIN_MM: f64 = 20.0;

/// A seal and the places it goes to.
pub struct Stamp {
    /// What is stamped.
    pub seal: SealPicture,
    /// Where; the same place named twice is stamped once.
    pub places: Vec<Place>,
}

/// One position on each page of a range.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// `all`, `odd`, `even`, `first`, `last`, `1-3,5`.
    pub pages: String,
    /// Where on these pages.
    pub position: Position,
}

/// A position on a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Position {
    /// Top left corner of the seal, in mm from the visible page's top left corner.
    At {
        /// To the right.
        x_mm: f64,
        /// Down.
        y_mm: f64,
    },
    /// 20 mm from the right and lower edge, nearer when the page is smaller than that.
    LowerRight,
}

impl Stamp {
    /// The mark on this document.
    pub(super) fn mark(&self, document: &Document) -> Result<Mark, FileWorkError> {
        let mut placements: Vec<PlacedMm> = Vec::new();
        for place in &self.places {
            for page in PageRange::parse(&place.pages, document.page_count())?.pages() {
                let Some(geometry) = document.page(page) else { continue };
                let placed = self.placed(page, geometry, place.position);
                if !placements.contains(&placed) {
                    placements.push(placed);
                }
            }
        }
        Ok(Mark {
            appearance: self.seal.appearance(),
            placements: placements.into_iter().map(Into::into).collect(),
        })
    }

    fn placed(&self, page: u32, geometry: &PageGeometry, position: Position) -> PlacedMm {
        let (x_mm, y_mm) = match position {
            Position::At { x_mm, y_mm } => (x_mm, y_mm),
            Position::LowerRight => (
                corner(geometry.width_mm(), self.seal.width_mm),
                corner(geometry.height_mm(), self.seal.height_mm),
            ),
        };
        PlacedMm { page, x_mm, y_mm }
    }
}

fn corner(page_mm: f64, seal_mm: f64) -> f64 {
    let room = page_mm - seal_mm;
    (room - CORNER_MARGIN_MM).max(room / 2.0).max(0.0)
}

impl SealPicture {
    fn appearance(&self) -> Appearance {
        let Self {
            png,
            width_mm,
            height_mm,
        } = self;
        Appearance::Raster {
            png: png.clone(),
            width_mm: *width_mm,
            height_mm: *height_mm,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_page_gets_the_seal_in_its_middle_rather_than_off_the_page() {
        assert_eq!(corner(210.0, 40.0), 150.0);
        assert_eq!(corner(60.0, 40.0), 10.0);
        assert_eq!(corner(30.0, 40.0), 0.0);
    }
}
