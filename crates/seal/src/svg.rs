//! The drawing as SVG: one path per fill, coordinates in mm.

use crate::drawing::{FillRule, Layer, Point, SealDrawing, Step, mm_to_units, write_mm};

/// A stand-alone document of true size.
pub(crate) fn write(drawing: &SealDrawing) -> String {
    let (mut width, mut height) = (String::new(), String::new());
    write_mm(mm_to_units(drawing.width_mm), &mut width);
    write_mm(mm_to_units(drawing.height_mm), &mut height);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}mm\" height=\"{height}mm\" \
         viewBox=\"0 0 {width} {height}\"><g fill=\"{}\">",
        drawing.colour.to_hex()
    );
    for layer in &drawing.layers {
        write_layer(layer, &mut out);
    }
    out.push_str("</g></svg>\n");
    out
}

fn write_layer(layer: &Layer, out: &mut String) {
    out.push_str("<path");
    if layer.rule == FillRule::EvenOdd {
        out.push_str(" fill-rule=\"evenodd\"");
    }
    out.push_str(" d=\"");
    for step in &layer.steps {
        match step {
            Step::Move(to) => write_command('M', &[*to], out),
            Step::Line(to) => write_command('L', &[*to], out),
            Step::Cubic(first, second, to) => write_command('C', &[*first, *second, *to], out),
            Step::Close => out.push('Z'),
        }
    }
    out.push_str("\"/>");
}

fn write_command(command: char, points: &[Point], out: &mut String) {
    out.push(command);
    for (index, point) in points.iter().enumerate() {
        if index > 0 {
            out.push(' ');
        }
        write_mm(point.x, out);
        out.push(' ');
        write_mm(point.y, out);
    }
}
