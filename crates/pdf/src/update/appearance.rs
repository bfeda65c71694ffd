//! Turns an appearance into a form XObject in millimetres, stored once.

use image::{ImageFormat, ImageReader, Limits, Rgba, RgbaImage};

use super::tail::Tail;
use super::{PlaceError, embedded_font};
use crate::geometry::{Matrix, PageGeometry, Rectangle};
use crate::lettering::TEXT_FONT;
use crate::mark::Appearance;
use crate::structure::{Dictionary, Value};

/// Most pixels of a picture.
const MOST_PIXELS: u64 = 40_000_000;

/// Stores the appearance: a form whose box is `[0 0 width height]` in mm.
pub(super) fn store(tail: &mut Tail<'_>, appearance: &Appearance) -> Result<u32, PlaceError> {
    let (width, height) = appearance.size_mm();
    let usable = |size: f64| size.is_finite() && (0.01..=10_000.0).contains(&size);
    if !usable(width) || !usable(height) {
        return Err(PlaceError::BadSize);
    }
    let matrix = Matrix::scale(1.0, 1.0);
    let bounds = Rectangle::from_corners((0.0, 0.0), (width, height));
    match appearance {
        Appearance::Vector { content, .. } => {
            let form = form_dictionary(bounds, &matrix, Dictionary::default());
            Ok(tail.add_stream(form, content))
        }
        Appearance::Raster { png, .. } => {
            let picture = store_picture(tail, png)?;
            let form = form_dictionary(bounds, &matrix, resource("XObject", "Im", picture));
            let draw = format!("q {} cm /Im Do Q", numbers(&Matrix::scale(width, height)));
            Ok(tail.add_stream(form, draw.as_bytes()))
        }
        Appearance::Text(block) => {
            let font = embedded_font::store(tail, block.font());
            let form = form_dictionary(bounds, &matrix, resource("Font", TEXT_FONT, font));
            Ok(tail.add_stream(form, &block.content()))
        }
    }
}

/// A form that shows what lies in `shown` (mm, y up) of `inner`, upright on a page turned like `geometry`: a widget's
/// appearance is only fitted to its rectangle, so the turn is in the form's matrix (12.5.5, algorithm 8).
pub(super) fn store_turned(tail: &mut Tail<'_>, inner: u32, shown: Rectangle, geometry: &PageGeometry) -> u32 {
    let whole = geometry.upright(0.0, 0.0, 0.0);
    let unit = geometry.mm_per_unit();
    let turn = Matrix {
        a: whole.a * unit,
        b: whole.b * unit,
        c: whole.c * unit,
        d: whole.d * unit,
        e: 0.0,
        f: 0.0,
    };
    tail.add_stream(
        form_dictionary(shown, &turn, resource("XObject", "Fm", inner)),
        b"/Fm Do",
    )
}

/// The six numbers of a matrix as content stream operands.
pub(crate) fn numbers(matrix: &Matrix) -> String {
    let Matrix { a, b, c, d, e, f } = *matrix;
    let mut out = Vec::new();
    for number in [a, b, c, d] {
        // Scales need more digits than places: an error here grows with the size of the mark.
        Value::Real(format!("{number:.8}")).write(&mut out);
        out.push(b' ');
    }
    for number in [e, f] {
        Value::real(number).write(&mut out);
        out.push(b' ');
    }
    String::from_utf8_lossy(&out).trim_end().to_owned()
}

fn form_dictionary(bounds: Rectangle, matrix: &Matrix, resources: Dictionary) -> Dictionary {
    let Matrix { a, b, c, d, e, f } = *matrix;
    let numbers = |numbers: &[f64]| Value::Array(numbers.iter().map(|number| Value::real(*number)).collect());
    Dictionary::from_iter([
        ("Type", Value::name("XObject")),
        ("Subtype", Value::name("Form")),
        ("BBox", numbers(&[bounds.left, bounds.bottom, bounds.right, bounds.top])),
        ("Matrix", numbers(&[a, b, c, d, e, f])),
        ("Resources", Value::Dictionary(resources)),
    ])
}

fn resource(kind: &'static str, name: &'static str, number: u32) -> Dictionary {
    let objects = Dictionary::from_iter([(name, Value::reference(number))]);
    Dictionary::from_iter([(kind, Value::Dictionary(objects))])
}

fn store_picture(tail: &mut Tail<'_>, png: &[u8]) -> Result<u32, PlaceError> {
    let mut reader = ImageReader::with_format(std::io::Cursor::new(png), ImageFormat::Png);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_PIXELS * 8);
    reader.limits(limits);
    let (width, height) = ImageReader::with_format(std::io::Cursor::new(png), ImageFormat::Png)
        .into_dimensions()
        .map_err(|_| PlaceError::BadPicture)?;
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(PlaceError::BadPicture);
    }
    let pixels = reader.decode().map_err(|_| PlaceError::BadPicture)?.into_rgba8();
    let opacity: Vec<u8> = pixels.pixels().map(|pixel| pixel.0[3]).collect();
    let (mut picture, colours) = match only_colour(&pixels) {
        Some(colour) => one_colour(width, height, colour),
        None => {
            let colours = pixels.pixels().flat_map(|pixel| [pixel.0[0], pixel.0[1], pixel.0[2]]);
            (
                image_dictionary(width, height, Value::name("DeviceRGB")),
                colours.collect(),
            )
        }
    };
    if opacity.iter().any(|value| *value != 255) {
        let mask = tail.add_stream_of_runs(image_dictionary(width, height, Value::name("DeviceGray")), &opacity);
        picture.set("SMask", Value::reference(mask));
    }
    Ok(tail.add_stream(picture, &colours))
}

/// The colour of everything that shows, when it is one, as most seals are.
fn only_colour(pixels: &RgbaImage) -> Option<[u8; 3]> {
    let mut shown = pixels.pixels().filter(|pixel| pixel.0[3] != 0);
    let Rgba([red, green, blue, _]) = *shown.next()?;
    let same = |pixel: &Rgba<u8>| pixel.0[..3] == [red, green, blue];
    shown.all(same).then_some([red, green, blue])
}

/// A picture of one bit a pixel, all of them the only entry of a palette (8.6.6.3): the mask alone has the shape.
fn one_colour(width: u32, height: u32, colour: [u8; 3]) -> (Dictionary, Vec<u8>) {
    let palette = Value::Array(vec![
        Value::name("Indexed"),
        Value::name("DeviceRGB"),
        Value::Integer(0),
        Value::String(colour.to_vec()),
    ]);
    let mut picture = image_dictionary(width, height, palette);
    picture.set("BitsPerComponent", Value::Integer(1));
    let row = width.div_ceil(8) as usize;
    (picture, vec![0; row * height as usize])
}

fn image_dictionary(width: u32, height: u32, colours: Value) -> Dictionary {
    Dictionary::from_iter([
        ("Type", Value::name("XObject")),
        ("Subtype", Value::name("Image")),
        ("Width", Value::Integer(i64::from(width))),
        ("Height", Value::Integer(i64::from(height))),
        ("ColorSpace", colours),
        ("BitsPerComponent", Value::Integer(8)),
    ])
}
