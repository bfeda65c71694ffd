//! An SVG as path operators.

use hayro::kurbo::{Affine, BezPath, Point};
use usvg::roxmltree;
use usvg::tiny_skia_path::{Path as SkiaPath, PathSegment, Point as SkiaPoint, Transform};
use usvg::{BlendMode, FillRule, Group, ImageHrefResolver, Node, Opacity, Options, Paint, Path, Tree};

use super::{ArtworkError, Operators, Rule, Unplain};
use crate::mark::Appearance;

/// Millimetres of one SVG pixel: 96 to the inch (CSS Values 3, 6.2).
const MM_PER_PIXEL: f64 = 25.4 / 96.0;
/// How finely strokes are turned into outlines: for 2,400 dots an inch.
const STROKE_SCALE: f32 = 25.0;

pub(super) fn read(file: &[u8]) -> Result<Appearance, ArtworkError> {
    let unpacked;
    let text = match file {
        [0x1f, 0x8b, ..] => {
            unpacked = unpack(file)?;
            &unpacked
        }
        plain => plain,
    };
    let text = std::str::from_utf8(text).map_err(|_| ArtworkError::Unreadable)?;
    let rules = roxmltree::ParsingOptions {
        allow_dtd: true,
        ..roxmltree::ParsingOptions::default()
    };
    let xml = roxmltree::Document::parse_with_options(text, rules).map_err(|_| ArtworkError::Unreadable)?;
    refuse_left_out(&xml)?;
    let options = Options {
        // Nothing is fetched, whatever the file names.
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    };
    let tree = Tree::from_xmltree(&xml, &options).map_err(|_| ArtworkError::Unreadable)?;
    let (width, height) = (f64::from(tree.size().width()), f64::from(tree.size().height()));
    let to_mm = Affine::new([MM_PER_PIXEL, 0.0, 0.0, -MM_PER_PIXEL, 0.0, height * MM_PER_PIXEL]);
    let mut operators = Operators::new(to_mm);
    group(tree.root(), &mut operators);
    operators.finish((width * MM_PER_PIXEL, height * MM_PER_PIXEL))
}

fn unpack(file: &[u8]) -> Result<Vec<u8>, ArtworkError> {
    use std::io::Read as _;
    let mut unpacked = Vec::new();
    let most = super::MOST_SVG_BYTES;
    let mut rest = flate2::read::GzDecoder::new(file).take(most as u64 + 1);
    rest.read_to_end(&mut unpacked).map_err(|_| ArtworkError::Unreadable)?;
    if unpacked.len() > most {
        return Err(ArtworkError::TooLarge);
    }
    Ok(unpacked)
}

/// The reader drops these without a word: letters need fonts, and nothing is fetched.
fn refuse_left_out(xml: &roxmltree::Document<'_>) -> Result<(), ArtworkError> {
    for node in xml.descendants() {
        let why = match node.tag_name().name() {
            "text" => Unplain::Letters,
            "image" | "foreignObject" => Unplain::Picture,
            _ => continue,
        };
        return Err(ArtworkError::NotPlain(why));
    }
    Ok(())
}

fn group(group: &Group, operators: &mut Operators) {
    if group.opacity() != Opacity::ONE || group.blend_mode() != BlendMode::Normal {
        operators.refuse(Unplain::Transparency);
    }
    if group.mask().is_some() || group.clip_path().is_some() || !group.filters().is_empty() {
        operators.refuse(Unplain::Effect);
    }
    for node in group.children() {
        match node {
            Node::Group(inner) => self::group(inner, operators),
            Node::Path(shape) => path(shape, operators),
            Node::Image(_) => operators.refuse(Unplain::Picture),
            Node::Text(_) => operators.refuse(Unplain::Letters),
        }
    }
}

fn path(path: &Path, operators: &mut Operators) {
    if !path.is_visible() {
        return;
    }
    let fill = |operators: &mut Operators| {
        if let Some(fill) = path.fill() {
            let rule = match fill.rule() {
                FillRule::NonZero => Rule::NonZero,
                FillRule::EvenOdd => Rule::EvenOdd,
            };
            paint(
                path.data(),
                path.abs_transform(),
                fill.paint(),
                fill.opacity(),
                rule,
                operators,
            );
        }
    };
    let stroke = |operators: &mut Operators| {
        let Some(stroke) = path.stroke() else { return };
        let how = stroke.to_tiny_skia();
        let dashed = how.dash.as_ref().and_then(|dash| path.data().dash(dash, STROKE_SCALE));
        if let Some(outline) = dashed.as_ref().unwrap_or(path.data()).stroke(&how, STROKE_SCALE) {
            paint(
                &outline,
                path.abs_transform(),
                stroke.paint(),
                stroke.opacity(),
                Rule::NonZero,
                operators,
            );
        }
    };
    match path.paint_order() {
        usvg::PaintOrder::FillAndStroke => {
            fill(operators);
            stroke(operators);
        }
        usvg::PaintOrder::StrokeAndFill => {
            stroke(operators);
            fill(operators);
        }
    }
}

fn paint(
    data: &SkiaPath,
    transform: Transform,
    paint: &Paint,
    opacity: Opacity,
    rule: Rule,
    operators: &mut Operators,
) {
    let Paint::Color(colour) = paint else {
        operators.refuse(Unplain::Gradient);
        return;
    };
    if opacity != Opacity::ONE {
        operators.refuse(Unplain::Transparency);
    }
    let part = |value: u8| f32::from(value) / 255.0;
    let colour = [part(colour.red), part(colour.green), part(colour.blue)];
    operators.fill(&outline(data, transform), colour, rule);
}

/// The path in the picture's own space.
fn outline(data: &SkiaPath, transform: Transform) -> BezPath {
    let Transform { sx, kx, ky, sy, tx, ty } = transform;
    let placed = Affine::new([sx, ky, kx, sy, tx, ty].map(f64::from));
    let point = |point: SkiaPoint| Point::new(f64::from(point.x), f64::from(point.y));
    let mut path = BezPath::new();
    for segment in data.segments() {
        match segment {
            PathSegment::MoveTo(to) => path.move_to(point(to)),
            PathSegment::LineTo(to) => path.line_to(point(to)),
            PathSegment::QuadTo(over, to) => path.quad_to(point(over), point(to)),
            PathSegment::CubicTo(first, second, to) => path.curve_to(point(first), point(second), point(to)),
            PathSegment::Close => path.close_path(),
        }
    }
    placed * path
}
