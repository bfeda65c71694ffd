//! Layout of oval seals: the invoice seal by its official sizes, and the company seal of 45 × 30 mm.

use crate::{
    Face, FontStack, INVOICE_SIZE_MM, InvoiceSeal, OVAL_SIZE_MM, OvalSeal, SealDrawing, SealError, TextPart,
    arc::interpolate,
    cell::{Lettering, Row, total_weight},
    drawing::FillRule,
    outline::{Affine, Outline},
    rim::{Rim, RimText},
    text,
};

/// What every invoice seal says.
const INVOICE_PURPOSE: &str = "发票专用章";

/// The measures of 国家税务总局公告 2011 年第 7 号, mm.
mod official {
    pub(super) const RING: f64 = 1.0;
    pub(super) const NAME_HEIGHT: f64 = 4.2;
    pub(super) const NAME_GAP: f64 = 0.5;
    pub(super) const NUMBER_HEIGHT: f64 = 3.7;
    pub(super) const NUMBER_WIDTH: f64 = 1.3;
    /// Length of eighteen characters.
    pub(super) const NUMBER_LENGTH: f64 = 26.0;
    pub(super) const PURPOSE_HEIGHT: f64 = 4.6;
    pub(super) const PURPOSE_WIDTH: f64 = 3.0;
    /// Top below the centre line.
    pub(super) const PURPOSE_TOP: f64 = 4.2;
    pub(super) const SERIAL_HEIGHT: f64 = 2.2;
    pub(super) const SERIAL_WIDTH: f64 = 1.7;
    pub(super) const SERIAL_TOP: f64 = 10.0;
}

/// Lays an invoice seal out.
pub(crate) fn invoice(seal: &InvoiceSeal, fonts: &FontStack, boldness: f64) -> Result<SealDrawing, SealError> {
    let name = text::company_name(&seal.name, text::OVAL_NAME_LENGTH)?;
    let number = text::tax_number(&seal.tax_number)?;
    let serial = seal.serial.as_deref().map(text::serial_number).transpose()?;
    let serial = serial.unwrap_or_default();
    let purpose: Vec<char> = INVOICE_PURPOSE.chars().collect();
    let lettering = Lettering {
        fonts,
        face: seal.face.into(),
        boldness,
    };
    let texts = [
        (lettering.face, &*name),
        (lettering.face, &*purpose),
        (Face::Sans, &*number),
    ];
    text::require_glyphs(fonts, &texts)?;
    let (mut drawing, rim) = ring(INVOICE_SIZE_MM, official::RING);
    invoice_name(rim, total_weight(&name)).draw(lettering, &mut drawing, &name);
    draw_number(&mut drawing, fonts, rim, &number);
    let digits = Lettering {
        face: Face::Sans,
        ..lettering
    };
    for (lettering, text, row) in [
        (lettering, &purpose, invoice_purpose(rim)),
        (digits, &serial, invoice_serial(rim)),
    ] {
        lettering.row(&mut drawing, &row, text);
    }
    Ok(drawing)
}

/// An elliptical ring that fills the drawing, and its inner edge.
fn ring((width, height): (f64, f64), thickness: f64) -> (SealDrawing, Rim) {
    let mut drawing = SealDrawing::new(width, height);
    let centre = (width / 2.0, height / 2.0);
    let axes = (centre.0 - thickness, centre.1 - thickness);
    let mut ring = Outline::ellipse(centre, centre);
    ring.append(&Outline::ellipse(centre, axes));
    drawing.fill(&ring, FillRule::EvenOdd);
    (drawing, Rim { centre, axes })
}

/// The name around an invoice seal: 210–260° (short names less, or they fall apart).
fn invoice_name(rim: Rim, n: f64) -> RimText {
    const SPAN: [(f64, f64); 6] = [
        (4.0, 150.0),
        (6.0, 186.0),
        (8.0, 210.0),
        (12.0, 226.0),
        (20.0, 244.0),
        (30.0, 258.0),
    ];
    RimText {
        rim,
        gap: official::NAME_GAP,
        height: official::NAME_HEIGHT,
        span: interpolate(&SPAN, n),
        widest: 0.78,
        lower: false,
    }
}

/// The tax number across the middle, each character squeezed to its official width by itself.
fn draw_number(drawing: &mut SealDrawing, fonts: &FontStack, rim: Rim, number: &[char]) {
    let count = number.len() as f64;
    let pitch = official::NUMBER_LENGTH / count.max(18.0);
    let widest = official::NUMBER_WIDTH.min(pitch * 0.9);
    let usual = fonts.find(Face::Sans, '0').map_or(1.0, |zero| zero.ink.width());
    for (index, character) in number.iter().enumerate() {
        if let Some(glyph) = fonts.find(Face::Sans, *character) {
            let across = widest / usual.max(glyph.ink.width());
            let down = official::NUMBER_HEIGHT / glyph.capital.height();
            let anchor = (glyph.ink.centre().0, glyph.capital.centre().1);
            let x = rim.centre.0 + (index as f64 - (count - 1.0) / 2.0) * pitch;
            let outline = glyph.centred_at(anchor, across, down);
            drawing.fill(
                &outline.transformed(Affine::translation(x, rim.centre.1)),
                FillRule::NonZero,
            );
        }
    }
}

fn invoice_purpose(rim: Rim) -> Row {
    Row {
        centre: (
            rim.centre.0,
            rim.centre.1 + official::PURPOSE_TOP + official::PURPOSE_HEIGHT / 2.0,
        ),
        height: official::PURPOSE_HEIGHT,
        total: 18.0,
        cell: official::PURPOSE_WIDTH,
        loosest: 1.14,
    }
}

fn invoice_serial(rim: Rim) -> Row {
    Row {
        centre: (
            rim.centre.0,
            rim.centre.1 + official::SERIAL_TOP + official::SERIAL_HEIGHT / 2.0,
        ),
        height: official::SERIAL_HEIGHT,
        total: 8.0,
        cell: official::SERIAL_WIDTH,
        loosest: 1.16,
    }
}

/// Lays an oval company seal out.
pub(crate) fn company(seal: &OvalSeal, fonts: &FontStack, boldness: f64) -> Result<SealDrawing, SealError> {
    let name = text::company_name(&seal.name, text::OVAL_NAME_LENGTH)?;
    let purpose = seal.purpose.as_deref();
    let purpose = purpose.map(|raw| text::row(TextPart::Purpose, raw, text::ROW_LENGTH));
    let purpose = purpose.transpose()?.unwrap_or_default();
    let lower = seal.lower_name.as_deref().map(text::lower_name).transpose()?;
    let lower = lower.unwrap_or_default();
    let lettering = Lettering {
        fonts,
        face: seal.face.into(),
        boldness,
    };
    let face = lettering.face;
    let lower_face = if lower.iter().all(char::is_ascii) {
        Face::Sans
    } else {
        face
    };
    text::require_glyphs(fonts, &[(face, &*name), (face, &*purpose), (lower_face, &*lower)])?;
    let (mut drawing, rim) = ring(OVAL_SIZE_MM, 1.2);
    let alone = lower.is_empty();
    company_name(rim, total_weight(&name), alone).draw(lettering, &mut drawing, &name);
    let below = Lettering {
        face: lower_face,
        ..lettering
    };
    company_lower(rim, total_weight(&lower)).draw(below, &mut drawing, &lower);
    let row = Row {
        centre: (rim.centre.0, rim.centre.1 + if alone { 3.2 } else { 0.9 }),
        height: 4.8,
        total: if alone { 24.0 } else { 26.0 },
        cell: 3.6,
        loosest: 1.2,
    };
    lettering.row(&mut drawing, &row, &purpose);
    Ok(drawing)
}

fn company_name(rim: Rim, n: f64, alone: bool) -> RimText {
    const SPAN: [(f64, f64); 6] = [
        (4.0, 130.0),
        (6.0, 168.0),
        (8.0, 196.0),
        (12.0, 222.0),
        (20.0, 240.0),
        (30.0, 252.0),
    ];
    const HEIGHT: [(f64, f64); 4] = [(8.0, 5.4), (12.0, 5.0), (20.0, 4.5), (30.0, 4.2)];
    RimText {
        rim,
        gap: 0.7,
        height: interpolate(&HEIGHT, n),
        span: interpolate(&SPAN, n).min(if alone { 360.0 } else { 206.0 }),
        widest: 0.76,
        lower: false,
    }
}

fn company_lower(rim: Rim, n: f64) -> RimText {
    RimText {
        rim,
        gap: 0.8,
        height: 3.0,
        span: interpolate(&[(3.0, 40.0), (8.0, 80.0), (16.0, 118.0), (24.0, 132.0)], n),
        widest: 0.9,
        lower: true,
    }
}
