//! Seam seals (骑缝章): one seal cut into slices over the edges of a group of pages.

use serde::{Deserialize, Serialize};

use crate::geometry::{PageGeometry, PlacedMm};
use crate::mark::{PartMm, Placement};

/// The edge of the visible page that carries the slices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Left edge.
    Left,
    /// Right edge, the usual one.
    Right,
    /// Top edge.
    Top,
    /// Bottom edge.
    Bottom,
}

impl Side {
    fn is_upright(self) -> bool {
        matches!(self, Self::Left | Self::Right)
    }

    /// Whether the first page of a group has the seal's left (top) slice. Pages are fanned out with the first on top:
    /// to the right and downwards the next page's slice follows, to the left and upwards it comes before.
    fn starts_at_origin(self) -> bool {
        matches!(self, Self::Right | Self::Bottom)
    }
}

/// Splits `pages` into groups of at most `most` that differ by one page at most. No group has a single page: where
/// `most` is 2 and the pages are odd in number, one group has three.
pub(super) fn groups(pages: &[u32], most: usize) -> Vec<Vec<u32>> {
    let needed = pages.len().div_ceil(most.max(2));
    let count = needed.min(pages.len() / 2).max(1);
    let (least, longer) = (pages.len() / count, pages.len() % count);
    let mut rest = pages.iter().copied();
    (0..count)
        .map(|index| rest.by_ref().take(least + usize::from(index < longer)).collect())
        .collect()
}

/// The slices of a seal of `size` mm over one group; `along_mm` is where the seal begins, from the top (left) end of
/// the edge, `None` in its middle.
pub(super) fn slices(
    group: &[(u32, PageGeometry)],
    side: Side,
    (width_mm, height_mm): (f64, f64),
    along_mm: Option<f64>,
) -> Vec<Placement> {
    let count = group.len();
    let breadth = if side.is_upright() { width_mm } else { height_mm } / count.max(1) as f64;
    let slice = |(index, (page, geometry)): (usize, &(u32, PageGeometry))| {
        let place = if side.starts_at_origin() {
            index
        } else {
            count - 1 - index
        };
        let start = breadth * place as f64;
        let (page_width, page_height) = (geometry.width_mm(), geometry.height_mm());
        let middle = |edge: f64, seal: f64| along_mm.unwrap_or((edge - seal) / 2.0);
        let (x_mm, y_mm) = match side {
            Side::Left => (0.0, middle(page_height, height_mm)),
            Side::Right => (page_width - breadth, middle(page_height, height_mm)),
            Side::Top => (middle(page_width, width_mm), 0.0),
            Side::Bottom => (middle(page_width, width_mm), page_height - breadth),
        };
        let part = if side.is_upright() {
            PartMm {
                x_mm: start,
                y_mm: 0.0,
                width_mm: breadth,
                height_mm,
            }
        } else {
            PartMm {
                x_mm: 0.0,
                y_mm: start,
                width_mm,
                height_mm: breadth,
            }
        };
        Placement {
            at: PlacedMm {
                page: *page,
                x_mm,
                y_mm,
            },
            part: Some(part),
        }
    };
    group.iter().enumerate().map(slice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_balanced_and_never_of_one_page() {
        for count in 2..200_u32 {
            for most in 2..40 {
                let pages: Vec<u32> = (1..=count).collect();
                let groups = groups(&pages, most);
                assert_eq!(groups.concat(), pages);
                let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
                let (least, largest) = (*sizes.iter().min().unwrap(), *sizes.iter().max().unwrap());
                assert!(least >= 2 && largest - least <= 1, "{count} by {most}: {sizes:?}");
                let odd_pairs = most == 2 && count % 2 == 1;
                assert!(largest <= most + usize::from(odd_pairs), "{count} by {most}: {sizes:?}");
            }
        }
    }
}
