//! Layout of round company seals: ring, name along one or two arcs, star, rows of text, code digits.
//!
//! All numbers are mm for a seal of 40 mm and scale with the diameter, but for the ring (README, "numbers").

use crate::{
    COMPANY_DIAMETERS_MM, Centre, CompanySeal, Face, FontStack, NameArcs, SealDrawing, SealError, TextPart,
    arc::{self, Arc, Room},
    cell::{Lettering, Row, total_weight},
    drawing::FillRule,
    outline::{Affine, Outline},
    text,
};

/// The diameter the tables are written for.
const TABLE_DIAMETER_MM: f64 = 40.0;
/// From the ring's inner edge to the top of the digits along the lower edge.
const CODE_GAP: f64 = 0.55;
/// Height of those digits.
const CODE_HEIGHT: f64 = 1.35;
/// Distance between them along their middle line.
const CODE_PITCH: f64 = 1.30;
/// Clear angle (degrees) between the ends of the name and the digits.
const CODE_CLEARANCE: f64 = 9.0;
/// Names heavier than this take two arcs by themselves: on one, two pixels of 300 dpi would part their strokes.
const HEAVIEST_ON_ONE_ARC: f64 = 34.0;
/// Clear space (mm) between a row in the middle and the feet of the name.
const ROW_CLEARANCE: f64 = 0.9;

/// A company seal's texts and sizes, checked.
struct Plan<'a> {
    lettering: Lettering<'a>,
    diameter: f64,
    /// Diameter over the tables' diameter.
    scale: f64,
    ring: f64,
    name: Vec<char>,
    two_arcs: bool,
    star: bool,
    purpose: Vec<char>,
    second: Vec<char>,
    /// A number in parentheses, cut small in the face of the digits.
    serial: Vec<char>,
    code: Vec<char>,
}

/// Lays a company seal out.
pub(crate) fn layout(seal: &CompanySeal, fonts: &FontStack, boldness: f64) -> Result<SealDrawing, SealError> {
    let lettering = Lettering {
        fonts,
        face: seal.face.into(),
        boldness,
    };
    let plan = Plan::check(seal, lettering)?;
    let mut drawing = SealDrawing::new(plan.diameter, plan.diameter);
    plan.draw_ring(&mut drawing);
    let foot = plan.draw_name(&mut drawing);
    plan.draw_star(&mut drawing);
    plan.draw_rows(&mut drawing, foot);
    plan.draw_code(&mut drawing);
    Ok(drawing)
}

/// Width of the ring in mm: local rules name it per diameter, it does not scale.
fn ring_width(diameter: f64) -> f64 {
    if diameter < 40.0 {
        1.0
    } else if diameter < 45.0 {
        1.2
    } else {
        1.5
    }
}

/// The name, and whether it takes two arcs.
fn name(seal: &CompanySeal) -> Result<(Vec<char>, bool), SealError> {
    let length = match seal.arcs {
        NameArcs::Automatic => text::ROUND_NAME_LENGTH,
        NameArcs::One => text::ONE_ARC_LENGTH,
        NameArcs::Two => text::TWO_ARC_LENGTH,
    };
    let name = text::company_name(&seal.name, length)?;
    let two = match seal.arcs {
        NameArcs::Automatic => total_weight(&name) > HEAVIEST_ON_ONE_ARC,
        NameArcs::One => false,
        NameArcs::Two => true,
    };
    Ok((name, two))
}

impl<'a> Plan<'a> {
    fn check(seal: &CompanySeal, lettering: Lettering<'a>) -> Result<Self, SealError> {
        let diameter = seal.diameter_mm;
        if !COMPANY_DIAMETERS_MM.contains(&diameter) {
            return Err(SealError::Size(diameter));
        }
        let (name, two_arcs) = name(seal)?;
        let mut plan = Self {
            lettering,
            diameter,
            scale: diameter / TABLE_DIAMETER_MM,
            ring: ring_width(diameter),
            name,
            two_arcs,
            star: seal.centre == Centre::Star,
            purpose: Vec::new(),
            second: Vec::new(),
            serial: Vec::new(),
            code: Vec::new(),
        };
        plan.check_rows(seal)?;
        if let Some(code) = &seal.code_digits {
            plan.code = text::code_digits(code)?;
        }
        text::require_glyphs(lettering.fonts, &plan.texts())?;
        Ok(plan)
    }

    fn check_rows(&mut self, seal: &CompanySeal) -> Result<(), SealError> {
        match (&seal.purpose, &seal.second_line) {
            (None, None) => {}
            (None, Some(_)) => return Err(SealError::Empty(TextPart::Purpose)),
            (Some(purpose), None) => {
                let purpose = text::purpose(purpose)?;
                self.purpose = purpose.row;
                self.serial = purpose.serial;
            }
            (Some(purpose), Some(second)) => {
                self.purpose = text::row(TextPart::Purpose, purpose, text::ROW_LENGTH)?;
                self.second = text::row(TextPart::SecondLine, second, text::ROW_LENGTH)?;
            }
        }
        Ok(())
    }

    /// Every text with the face it is drawn in.
    fn texts(&self) -> [(Face, &[char]); 5] {
        let face = self.lettering.face;
        [
            (face, &self.name),
            (face, &self.purpose),
            (face, &self.second),
            (Face::Sans, &self.serial),
            (Face::Sans, &self.code),
        ]
    }

    fn radius(&self) -> f64 {
        self.diameter / 2.0
    }

    /// A length of the tables in mm on this seal.
    fn mm(&self, at_40: f64) -> f64 {
        at_40 * self.scale
    }

    fn draw_ring(&self, drawing: &mut SealDrawing) {
        let (r, inner) = (self.radius(), self.radius() - self.ring);
        let mut ring = Outline::ellipse((r, r), (r, r));
        ring.append(&Outline::ellipse((r, r), (inner, inner)));
        drawing.fill(&ring, FillRule::EvenOdd);
    }

    /// Gives back the radius (at 40 mm) of the innermost feet.
    fn draw_name(&self, drawing: &mut SealDrawing) -> f64 {
        let inner_radius = (self.radius() - self.ring) / self.scale;
        let room = Room {
            purpose: !self.purpose.is_empty() && self.star,
            widest: self.widest(),
        };
        if self.two_arcs {
            let (outer, inner) = arc::split(&self.name);
            let [first, second] = Arc::pair(total_weight(outer), total_weight(inner), inner_radius, room);
            self.draw_arc(drawing, &first, outer);
            self.draw_arc(drawing, &second, inner);
            second.foot()
        } else {
            let arc = Arc::single(total_weight(&self.name), inner_radius, room);
            self.draw_arc(drawing, &arc, &self.name);
            arc.foot()
        }
    }

    /// Degrees the name may take beside the digits along the lower edge.
    fn widest(&self) -> f64 {
        if self.code.is_empty() {
            return 360.0;
        }
        let digits = self.code.len() as f64 * self.code_step();
        360.0 - digits.to_degrees() - 2.0 * CODE_CLEARANCE
    }

    fn draw_arc(&self, drawing: &mut SealDrawing, arc: &Arc, text: &[char]) {
        let middle_line = self.mm(arc.top - arc.height / 2.0);
        let cell = (self.mm(arc.width), self.mm(arc.height));
        for (character, angle) in arc.places(text) {
            let turn = Affine::translation(0.0, -middle_line)
                .then(Affine::rotation(angle))
                .then(Affine::translation(self.radius(), self.radius()));
            self.lettering.cut(drawing, character, cell, turn);
        }
    }

    fn draw_star(&self, drawing: &mut SealDrawing) {
        if !self.star {
            return;
        }
        let (radius, lift) = match (self.two_arcs, self.purpose.is_empty(), self.second.is_empty()) {
            (false, true, _) => (7.0, 0.0),
            (false, false, true) => (6.5, 0.6),
            (false, false, false) => (5.8, 1.6),
            (true, true, _) => (5.2, 0.0),
            (true, false, true) => (4.6, 1.4),
            (true, false, false) => (4.2, 2.0),
        };
        let star = Outline::star(self.radius(), self.radius() - self.mm(lift), self.mm(radius));
        drawing.fill(&star, FillRule::NonZero);
    }

    fn draw_rows(&self, drawing: &mut SealDrawing, foot: f64) {
        let rows = if self.star {
            self.rows_under_star()
        } else {
            self.rows_in_middle(foot)
        };
        let digits = Lettering {
            face: Face::Sans,
            ..self.lettering
        };
        for ((lettering, text), (top, height, total, cell)) in [
            (self.lettering, &self.purpose),
            (self.lettering, &self.second),
            (digits, &self.serial),
        ]
        .into_iter()
        .zip(rows)
        {
            let row = Row {
                centre: (self.radius(), self.radius() + self.mm(top + height / 2.0)),
                height: self.mm(height),
                total: self.mm(total),
                cell: self.mm(cell),
                loosest: 1.16,
            };
            lettering.row(drawing, &row, text);
        }
    }

    /// Top below the centre, height, longest, widest cell; for purpose, second line and serial number.
    fn rows_under_star(&self) -> [(f64, f64, f64, f64); 3] {
        // A long name reaches further down on both sides.
        let long = total_weight(&self.name) > 16.0;
        let widest = if long { 17.4 } else { 18.2 };
        match (self.two_arcs, self.second.is_empty()) {
            (false, true) => [(7.9, 4.7, widest, 3.4), (0.0, 0.0, 0.0, 0.0), (13.3, 2.2, 10.0, 1.7)],
            (false, false) => [
                (6.2, 4.2, widest, 3.2),
                (11.2, 3.6, 14.4, self.second_cell(widest, 2.8)),
                (0.0, 0.0, 0.0, 0.0),
            ],
            (true, true) => [(6.4, 4.0, 16.0, 3.0), (0.0, 0.0, 0.0, 0.0), (11.4, 2.2, 10.0, 1.7)],
            (true, false) => [
                (5.6, 3.8, 15.6, 2.9),
                (10.2, 3.2, 13.6, self.second_cell(15.6, 2.4)),
                (0.0, 0.0, 0.0, 0.0),
            ],
        }
    }

    /// A cell of the second row is hardly wider than one of a crowded first row: both are cut with the same tool.
    fn second_cell(&self, first_total: f64, widest: f64) -> f64 {
        (first_total / total_weight(&self.purpose).max(1.0)).min(widest)
    }

    /// The same without a star: the purpose is the middle of the seal.
    fn rows_in_middle(&self, foot: f64) -> [(f64, f64, f64, f64); 3] {
        // Both lower corners of a row stay clear of the feet of the name.
        let longest = |bottom: f64| 2.0 * (libm::sqrt((foot * foot - bottom * bottom).max(1.0)) - ROW_CLEARANCE);
        if self.second.is_empty() {
            let (top, height) = (-1.2, 5.4);
            [
                (top, height, longest(top + height), 4.2),
                (0.0, 0.0, 0.0, 0.0),
                (top + height + 1.4, 2.6, 10.0, 2.0),
            ]
        } else {
            let (top, height, second) = (-3.6, 4.8, 2.4);
            [
                (top, height, longest(-top), 3.8),
                (second, 4.4, longest(second + 4.4), self.second_cell(longest(-top), 3.5)),
                (0.0, 0.0, 0.0, 0.0),
            ]
        }
    }

    fn code_middle_line(&self) -> f64 {
        self.radius() - self.ring - self.mm(CODE_GAP) - self.mm(CODE_HEIGHT) / 2.0
    }

    /// Angle between two digits.
    fn code_step(&self) -> f64 {
        self.mm(CODE_PITCH) / self.code_middle_line()
    }

    fn draw_code(&self, drawing: &mut SealDrawing) {
        let height = self.mm(CODE_HEIGHT);
        let step = self.code_step();
        let mut angle = step * (self.code.len() as f64 - 1.0) / 2.0;
        for digit in &self.code {
            if let Some(glyph) = self.lettering.fonts.find(Face::Sans, *digit) {
                let scale = height / glyph.capital.height();
                let anchor = (glyph.ink.centre().0, glyph.capital.centre().1);
                let turn = Affine::translation(0.0, self.code_middle_line())
                    .then(Affine::rotation(angle))
                    .then(Affine::translation(self.radius(), self.radius()));
                let outline = glyph.centred_at(anchor, scale * 0.92, scale);
                drawing.fill(&outline.transformed(turn), FillRule::NonZero);
            }
            angle -= step;
        }
    }
}
