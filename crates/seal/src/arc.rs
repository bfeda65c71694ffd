//! Measures of text along a circle: one arc by the table, or two concentric arcs for very long names.

use crate::cell::{total_weight, weight};

/// Clear space (mm) between the two arcs of a long name.
const BETWEEN_ARCS: f64 = 0.75;

/// A row of characters along a circle, tops outwards; mm at 40 mm but for the angle.
#[derive(Debug)]
pub(crate) struct Arc {
    /// Cell height.
    pub(crate) height: f64,
    /// Cell width.
    pub(crate) width: f64,
    /// Radius of the cells' tops.
    pub(crate) top: f64,
    /// Edge to edge, radians, centred at 12 o'clock.
    pub(crate) span: f64,
}

/// What else is on the seal, and how far the name may therefore reach.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    /// A row of text under the star.
    pub(crate) purpose: bool,
    /// Widest angle of the name in degrees.
    pub(crate) widest: f64,
}

/// Straight lines between the rows of a table, its ends held.
pub(crate) fn interpolate(table: &[(f64, f64)], at: f64) -> f64 {
    let mut below: Option<(f64, f64)> = None;
    for (x, y) in table {
        if at <= *x {
            return below.map_or(*y, |(x0, y0)| y0 + (y - y0) * (at - x0) / (x - x0));
        }
        below = Some((*x, *y));
    }
    below.map_or(0.0, |(_, y)| y)
}

/// Space between the feet of two characters.
fn space(n: f64) -> f64 {
    const SPACE: [(f64, f64); 7] = [
        (4.0, 1.2),
        (6.0, 0.95),
        (10.0, 0.55),
        (14.0, 0.36),
        (20.0, 0.26),
        (30.0, 0.18),
        (40.0, 0.13),
    ];
    interpolate(&SPACE, n)
}

impl Arc {
    /// A name of weight `n` on one arc inside `inner_radius`, the ring's inner edge.
    pub(crate) fn single(n: f64, inner_radius: f64, room: Room) -> Self {
        const HEIGHT: [(f64, f64); 8] = [
            (4.0, 7.0),
            (8.0, 7.0),
            (12.0, 6.6),
            (16.0, 6.3),
            (20.0, 5.9),
            (25.0, 5.5),
            (30.0, 5.1),
            (40.0, 4.4),
        ];
        const SPAN_DEGREES: [(f64, f64); 10] = [
            (2.0, 70.0),
            (4.0, 148.0),
            (6.0, 184.0),
            (8.0, 212.0),
            (10.0, 234.0),
            (12.0, 248.0),
            (16.0, 260.0),
            (20.0, 268.0),
            (30.0, 276.0),
            (40.0, 282.0),
        ];
        // A purpose row needs the room between the ends of the name.
        const WIDEST_WITH_PURPOSE: [(f64, f64); 2] = [(20.0, 252.0), (25.0, 258.0)];
        let (shrink, widest) = if room.purpose {
            (0.97, interpolate(&WIDEST_WITH_PURPOSE, n))
        } else {
            (1.0, 360.0)
        };
        let height = interpolate(&HEIGHT, n) * shrink;
        let span = interpolate(&SPAN_DEGREES, n).min(widest).min(room.widest).to_radians();
        let top = inner_radius - if n > 20.0 { 0.75 } else { 0.9 };
        Self {
            height,
            width: cell_width(span * (top - height) / n, n, height),
            top,
            span,
        }
    }

    /// The outer and the inner arc of a name that is too long for one.
    pub(crate) fn pair(outer: f64, inner: f64, inner_radius: f64, room: Room) -> [Self; 2] {
        let (widest_outer, widest_inner) = if room.purpose { (250.0, 204.0) } else { (268.0, 236.0) };
        let outer_height = interpolate(&[(24.0, 5.0), (40.0, 4.3)], outer);
        let top = inner_radius - 0.75;
        let first = Self::fitted(outer, outer_height, top, f64::min(widest_outer, room.widest));
        let second = Self::fitted(
            inner,
            outer_height * 0.94,
            top - outer_height - BETWEEN_ARCS,
            widest_inner,
        );
        [first, second]
    }

    /// As wide as the text wants, at most `widest` degrees.
    fn fitted(n: f64, height: f64, top: f64, widest: f64) -> Self {
        let wanted = n * (0.62 * height + space(n)) / (top - height);
        let span = wanted.min(widest.to_radians());
        Self {
            height,
            width: cell_width(span * (top - height) / n, n, height),
            top,
            span,
        }
    }

    /// Radius of the characters' feet.
    pub(crate) fn foot(&self) -> f64 {
        self.top - self.height
    }

    /// Each character with the angle (radians, clockwise from 12 o'clock) of its middle.
    pub(crate) fn places<'a>(&self, text: &'a [char]) -> impl Iterator<Item = (char, f64)> + use<'a> {
        let unit = self.span / total_weight(text).max(1.0);
        let mut angle = -unit * total_weight(text) / 2.0;
        text.iter().map(move |character| {
            let step = unit * weight(*character);
            angle += step;
            (*character, angle - step / 2.0)
        })
    }
}

/// Measured at the foot of the characters: that is where they collide.
fn cell_width(slot: f64, n: f64, height: f64) -> f64 {
    // Few characters are cut wide, or the seal looks empty.
    let widest = interpolate(&[(4.0, 0.76), (8.0, 0.66)], n);
    (slot - space(n)).min(widest * height)
}

/// Where a name is broken into an outer and an inner arc: at a space of a Chinese name or between Latin words, else
/// near two thirds, rather after a word that ends a part.
pub(crate) fn split(name: &[char]) -> (&[char], &[char]) {
    let least = (1..name.len()).min_by(|a, b| split_cost(name, *a).total_cmp(&split_cost(name, *b)));
    let (outer, inner) = name.split_at(least.unwrap_or(name.len()));
    (outer, inner.strip_prefix(&[' ']).unwrap_or(inner))
}

/// How bad a break before the character at `at` would be.
fn split_cost(name: &[char], at: usize) -> f64 {
    const OUTER_SHARE: f64 = 0.66;
    const WORD_END: f64 = 0.14;
    const INSIDE_A_WORD: f64 = 2.0;
    let (outer, inner) = name.split_at(at);
    let distance = (total_weight(outer) / total_weight(name).max(1.0) - OUTER_SHARE).abs();
    let latin = |character: Option<&char>| character.is_some_and(|one| one.is_ascii() && *one != ' ');
    match (outer.last(), inner.first()) {
        (_, Some(' ')) => distance * 0.5 - WORD_END,
        (Some(' '), _) => distance + INSIDE_A_WORD,
        (before, after) if latin(before) && latin(after) => distance + INSIDE_A_WORD,
        _ if ends_a_part(outer) => distance - WORD_END,
        _ => distance,
    }
}

fn ends_a_part(text: &[char]) -> bool {
    const ENDS: [&str; 13] = [
        "公司",
        "集团",
        "中心",
        "研究院",
        "大学",
        "学院",
        "医院",
        "委员会",
        "管理局",
        "自治区",
        "省",
        "）",
        ")",
    ];
    let text: String = text.iter().collect();
    ENDS.iter().any(|end| text.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANYTHING: Room = Room {
        purpose: false,
        widest: 360.0,
    };

    #[test]
    fn one_arc_follows_the_table() {
        // README: n, height, width without a purpose row.
        for (n, height, width) in [
            (4.0, 7.0, 5.32),
            (12.0, 6.6, 3.62),
            (20.0, 5.9, 2.55),
            (40.0, 4.4, 1.55),
        ] {
            let arc = Arc::single(n, 18.8, ANYTHING);
            assert!((arc.height - height).abs() < 0.01, "{n}: {arc:?}");
            assert!((arc.width - width).abs() < 0.02, "{n}: {arc:?}");
        }
        let room = Room {
            purpose: true,
            ..ANYTHING
        };
        let purpose = Arc::single(40.0, 18.8, room);
        assert!((purpose.width - 1.42).abs() < 0.02, "{purpose:?}");
    }

    #[test]
    fn a_long_name_breaks_after_a_word() {
        let name: Vec<char> = "中国石油天然气股份有限公司新疆维吾尔自治区分公司".chars().collect();
        let (outer, inner) = split(&name);
        assert_eq!(String::from_iter(outer), "中国石油天然气股份有限公司");
        assert_eq!(inner.len(), 11);
        let plain = ['甲'; 30];
        assert_eq!(split(&plain).0.len(), 20);
        let said: Vec<char> = "中铁二十三局集团第六工程有限公司渝昆高速铁路 站前工程项目部"
            .chars()
            .collect();
        assert_eq!(String::from_iter(split(&said).1), "站前工程项目部");
        let latin: Vec<char> = "Yunqi Intelligence (Hangzhou) Technology Co., Ltd.".chars().collect();
        assert_eq!(String::from_iter(split(&latin).1), "Technology Co., Ltd.");
    }
}
