//! Marks of an update: each appearance stored once, drawn into pages or made widgets, whole or in part.

use std::collections::{BTreeMap, HashMap};

use super::field::PlannedWidget;
use super::page_content::{self, Drawn};
use super::tail::Tail;
use super::{PlaceError, appearance, damaged};
use crate::document::{Document, page_index};
use crate::geometry::{PageGeometry, PlacedMm, Rectangle, Rotation};
use crate::mark::{Appearance, Mark, PartMm, Placement};

/// One placement of a stored appearance.
pub(super) struct StoredMark {
    form: u32,
    /// Of the whole appearance, in mm.
    size: (f64, f64),
    placement: Placement,
}

/// Stores each appearance once and checks every placement.
pub(super) fn store(tail: &mut Tail<'_>, document: &Document, marks: &[Mark]) -> Result<Vec<StoredMark>, PlaceError> {
    let mut stored = Vec::new();
    let mut forms: Vec<(&Appearance, u32)> = Vec::new();
    for mark in marks.iter().filter(|mark| !mark.placements.is_empty()) {
        let known = forms.iter().find(|(known, _)| known.is_clone_of(&mark.appearance));
        let form = match known {
            Some((_, form)) => *form,
            None => {
                let form = appearance::store(tail, &mark.appearance)?;
                forms.push((&mark.appearance, form));
                form
            }
        };
        let size = mark.appearance.size_mm();
        for placement in &mark.placements {
            let mark = StoredMark {
                form,
                size,
                placement: *placement,
            };
            mark.page(document)?;
            stored.push(mark);
        }
    }
    Ok(stored)
}

/// Stores one appearance for one place, where it shows whole.
pub(super) fn store_at(
    tail: &mut Tail<'_>,
    document: &Document,
    appearance: &Appearance,
    placement: &PlacedMm,
) -> Result<StoredMark, PlaceError> {
    let mark = StoredMark {
        form: appearance::store(tail, appearance)?,
        size: appearance.size_mm(),
        placement: Placement::from(*placement),
    };
    mark.page(document).map(|_| mark)
}

/// Draws the marks into the pages' content.
pub(super) fn draw(tail: &mut Tail<'_>, document: &Document, marks: &[StoredMark]) -> Result<(), PlaceError> {
    let mut drawn: BTreeMap<u32, Vec<Drawn>> = BTreeMap::new();
    for mark in marks {
        let geometry = mark.page(document)?;
        drawn
            .entry(mark.placement.at.page)
            .or_default()
            .push(mark.drawn(geometry));
    }
    page_content::draw(tail, document, &drawn)
}

/// The marks as widgets; what shows the same form turned the same way in the same part shares one form.
pub(super) fn as_widgets(
    tail: &mut Tail<'_>,
    document: &Document,
    marks: &[StoredMark],
) -> Result<Vec<PlannedWidget>, PlaceError> {
    let mut turned: HashMap<(u32, Rotation, [u64; 4]), u32> = HashMap::new();
    let mut widgets = Vec::new();
    for mark in marks {
        let geometry = mark.page(document)?;
        let part = mark.part();
        let bits = [part.x_mm, part.y_mm, part.width_mm, part.height_mm].map(f64::to_bits);
        let form = *turned
            .entry((mark.form, geometry.rotation, bits))
            .or_insert_with(|| appearance::store_turned(tail, mark.form, mark.form_box(), geometry));
        widgets.push(mark.widget(document, geometry, form)?);
    }
    Ok(widgets)
}

impl StoredMark {
    fn part(&self) -> PartMm {
        let (width_mm, height_mm) = self.size;
        self.placement.part.unwrap_or(PartMm {
            x_mm: 0.0,
            y_mm: 0.0,
            width_mm,
            height_mm,
        })
    }

    /// What shows, in the form's own space (mm, y up).
    fn form_box(&self) -> Rectangle {
        let part = self.part();
        let top = self.size.1 - part.y_mm;
        Rectangle::from_corners((part.x_mm, top - part.height_mm), (part.x_mm + part.width_mm, top))
    }

    /// The page, when what shows fits there and is a part of the appearance.
    fn page<'a>(&self, document: &'a Document) -> Result<&'a PageGeometry, PlaceError> {
        let PlacedMm { page, x_mm, y_mm } = self.placement.at;
        let geometry = document.page(page).ok_or(PlaceError::NoSuchPage { page })?;
        let part = self.part();
        if !is_within(&part, self.size) {
            return Err(PlaceError::BadSize);
        }
        match geometry.holds(x_mm, y_mm, part.width_mm, part.height_mm) {
            true => Ok(geometry),
            false => Err(PlaceError::MarkOffPage { page }),
        }
    }

    fn area(&self, geometry: &PageGeometry) -> Rectangle {
        let PlacedMm { x_mm, y_mm, .. } = self.placement.at;
        let part = self.part();
        geometry.rectangle(x_mm, y_mm, part.width_mm, part.height_mm)
    }

    fn drawn(&self, geometry: &PageGeometry) -> Drawn {
        let PlacedMm { x_mm, y_mm, .. } = self.placement.at;
        let part = self.part();
        Drawn {
            form: self.form,
            matrix: geometry.upright(x_mm - part.x_mm, y_mm - part.y_mm, self.size.1),
            clip: self.placement.part.map(|_| self.area(geometry)),
        }
    }

    fn widget(&self, document: &Document, geometry: &PageGeometry, form: u32) -> Result<PlannedWidget, PlaceError> {
        let page = self.placement.at.page;
        let written = document.written().map_err(damaged)?;
        let node = page_index(page)
            .and_then(|index| written.pages.get(index))
            .ok_or(PlaceError::NoSuchPage { page })?;
        Ok(PlannedWidget {
            page: node.reference,
            rectangle: Some(self.area(geometry)),
            appearance: Some(form),
        })
    }
}

fn is_within(part: &PartMm, (width, height): (f64, f64)) -> bool {
    // A millionth of a millimetre: sums of slice widths are not exact.
    const SLACK: f64 = 1e-6;
    let all_finite = [part.x_mm, part.y_mm, part.width_mm, part.height_mm]
        .iter()
        .all(|value| value.is_finite());
    all_finite
        && part.width_mm > 0.0
        && part.height_mm > 0.0
        && part.x_mm >= -SLACK
        && part.y_mm >= -SLACK
        && part.x_mm + part.width_mm <= width + SLACK
        && part.y_mm + part.height_mm <= height + SLACK
}
