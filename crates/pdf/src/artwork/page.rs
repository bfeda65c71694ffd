//! A PDF page as path operators.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hayro::hayro_interpret::font::{Glyph, GlyphRun};
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, FillRule, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, Paint, SoftMask, StrokeProps, interpret_page, util::TransformExt as _,
};
use hayro::hayro_syntax::Pdf;
use hayro::kurbo::{Affine, BezPath, Rect, Stroke, stroke};

use super::{ArtworkError, Operators, Rule, Unplain};
use crate::mark::Appearance;

/// Points in a millimetre, at a UserUnit of 1.
const MM_PER_POINT: f64 = 25.4 / 72.0;
/// How far the outline of a stroke may be off, in points.
const TOLERANCE: f64 = 0.002;

pub(super) fn read(reader: &Pdf, (width_mm, height_mm): (f64, f64)) -> Result<Appearance, ArtworkError> {
    let page = reader.pages().first().ok_or(ArtworkError::Empty)?;
    // Upright, y down, from the visible page's top left.
    let shown = page.initial_transform(true).to_kurbo();
    let (wide, _) = page.render_dimensions();
    let scale = if wide > 0.0 {
        width_mm / f64::from(wide)
    } else {
        MM_PER_POINT
    };
    let to_mm = Affine::new([scale, 0.0, 0.0, -scale, 0.0, height_mm]);
    let visible = Rect::new(0.0, 0.0, width_mm / scale, height_mm / scale);
    let cache = InterpreterCache::new();
    let lacks_font = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&lacks_font);
    let settings = InterpreterSettings {
        // Asked for only when a font is not in the file.
        font_resolver: Arc::new(move |_| {
            asked.store(true, Ordering::Relaxed);
            None
        }),
        ..InterpreterSettings::default()
    };
    let mut context = Context::new(shown, visible, &cache, page.xref(), settings);
    let mut operators = Operators::new(to_mm);
    interpret_page(page, &mut context, &mut Writer(&mut operators));
    if lacks_font.load(Ordering::Relaxed) {
        operators.refuse(Unplain::Letters);
    }
    operators.finish((width_mm, height_mm))
}

struct Writer<'o>(&'o mut Operators);

impl Writer<'_> {
    /// Paints in the page's space what was drawn in a space of its own.
    fn draw(&mut self, path: &BezPath, props: &DrawProps<'_>, mode: &DrawMode) {
        if props.soft_mask.is_some() || props.blend_mode != BlendMode::Normal {
            self.0.refuse(Unplain::Transparency);
        }
        let Paint::Color(colour) = &props.paint else {
            self.0.refuse(Unplain::Gradient);
            return;
        };
        let [red, green, blue, opacity] = colour.to_rgba().components();
        if opacity < 1.0 {
            self.0.refuse(Unplain::Transparency);
        }
        let colour = [red, green, blue];
        let mut fill = |path: BezPath, rule| self.0.fill(&(props.transform * path), colour, rule);
        match mode {
            DrawMode::Fill(how) => fill(path.clone(), rule(*how)),
            DrawMode::Stroke(how) => fill(outline(path, how), Rule::NonZero),
            DrawMode::FillAndStroke(inside, edge) => {
                fill(path.clone(), rule(*inside));
                fill(outline(path, edge), Rule::NonZero);
            }
            DrawMode::Invisible => {}
        }
    }
}

fn rule(rule: FillRule) -> Rule {
    match rule {
        FillRule::NonZero => Rule::NonZero,
        FillRule::EvenOdd => Rule::EvenOdd,
    }
}

fn outline(path: &BezPath, how: &StrokeProps) -> BezPath {
    let style = Stroke::new(f64::from(how.line_width))
        .with_caps(how.line_cap)
        .with_join(how.line_join)
        .with_miter_limit(f64::from(how.miter_limit))
        .with_dashes(
            f64::from(how.dash_offset),
            how.dash_array.iter().map(|length| f64::from(*length)),
        );
    stroke(path, &style, &hayro::kurbo::StrokeOpts::default(), TOLERANCE)
}

impl<'a> Device<'a> for Writer<'_> {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.draw(path, &props, mode);
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        self.0.clip(&clip.path, rule(clip.fill));
    }

    fn push_transparency_group(&mut self, opacity: f32, mask: Option<SoftMask<'a>>, blend_mode: BlendMode) {
        if opacity < 1.0 || mask.is_some() || blend_mode != BlendMode::Normal {
            self.0.refuse(Unplain::Transparency);
        }
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        for glyph in run.glyphs() {
            match &**glyph {
                Glyph::Outline(letter) => self.draw(&(glyph.transform() * letter.outline()), &props, mode),
                Glyph::Type3(_) => self.0.refuse(Unplain::Letters),
            }
        }
    }

    fn draw_image(&mut self, _image: Image<'a, '_>, _props: ImageDrawProps<'a>) {
        self.0.refuse(Unplain::Picture);
    }

    fn pop_clip(&mut self) {
        self.0.unclip();
    }

    fn pop_transparency_group(&mut self) {}
}
