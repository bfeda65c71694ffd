//! The mark of a draft (样章): a cleared band across the seal with the word in it, part of the vectors themselves.

use crate::{
    Face, FontStack, SealDrawing,
    cell::{Lettering, Row},
    drawing::{FillRule, Layer},
    outline::{Affine, Outline},
    stroke,
};

/// What the band says.
const WORDS: &str = "样章·仅供预览";
/// The band's slope, radians.
const SLOPE: f64 = -0.32;

/// Cuts a band out of everything on the drawing and writes the words into it.
pub(crate) fn mark(drawing: &mut SealDrawing, fonts: &FontStack) {
    let (width, height) = (drawing.width_mm, drawing.height_mm);
    let length = width.min(height * 1.4);
    let band = (length * 0.14).max(1.6);
    let to_middle = Affine::rotation(SLOPE).then(Affine::translation(width / 2.0, height / 2.0));
    let cleared = Outline::rectangle((-width, -band / 2.0), (2.0 * width, band)).transformed(to_middle);
    for layer in &mut drawing.layers {
        let left = stroke::cut_out(&layer.outline(), layer.rule, &cleared);
        *layer = Layer::of(&left, FillRule::NonZero);
    }
    drawing.layers.retain(|layer| !layer.steps.is_empty());
    let mut words = SealDrawing::new(width, height);
    let lettering = Lettering {
        fonts,
        face: Face::Song,
        boldness: 0.0,
    };
    let row = Row {
        centre: (0.0, 0.0),
        height: band * 0.66,
        total: length * 0.82,
        cell: band * 0.66,
        loosest: 1.25,
    };
    let text: Vec<char> = WORDS.chars().collect();
    lettering.row_turned(&mut words, &row, &text, to_middle);
    drawing.layers.append(&mut words.layers);
}
