//! The drawing as PDF path operators, and as a one-page PDF of the seal's exact size (ISO 32000-1 §8.5, §8.10).

use crate::drawing::{FillRule, Layer, Point, SealDrawing, Step, mm_to_units, write_mm};

/// PDF points in a millimetre.
const POINTS_PER_MM: f64 = 72.0 / 25.4;

/// Path operators in mm with y up.
pub(crate) fn content(drawing: &SealDrawing) -> Vec<u8> {
    let colour = drawing.colour;
    let part = |value: u8| decimal(f64::from(value) / 255.0, 4);
    let mut out = format!(
        "q\n{} {} {} rg\n",
        part(colour.red),
        part(colour.green),
        part(colour.blue)
    );
    let height = mm_to_units(drawing.height_mm);
    for layer in &drawing.layers {
        write_layer(layer, height, &mut out);
    }
    out.push_str("Q\n");
    out.into_bytes()
}

fn write_layer(layer: &Layer, height: i32, out: &mut String) {
    for step in &layer.steps {
        match step {
            Step::Move(to) => write_operator(&[*to], height, "m\n", out),
            Step::Line(to) => write_operator(&[*to], height, "l\n", out),
            Step::Cubic(first, second, to) => {
                write_operator(&[*first, *second, *to], height, "c\n", out);
            }
            Step::Close => out.push_str("h\n"),
        }
    }
    out.push_str(match layer.rule {
        FillRule::NonZero => "f\n",
        FillRule::EvenOdd => "f*\n",
    });
}

fn write_operator(points: &[Point], height: i32, operator: &str, out: &mut String) {
    for point in points {
        write_mm(point.x, out);
        out.push(' ');
        write_mm(height - point.y, out);
        out.push(' ');
    }
    out.push_str(operator);
}

/// A fixed-point number without trailing zeros (PDF has no exponents, ISO 32000-1 §7.3.3).
fn decimal(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// One page, exactly as large as the seal.
pub(crate) fn write(drawing: &SealDrawing) -> Vec<u8> {
    let (mut width, mut height) = (String::new(), String::new());
    write_mm(mm_to_units(drawing.width_mm), &mut width);
    write_mm(mm_to_units(drawing.height_mm), &mut height);
    let scale = decimal(POINTS_PER_MM, 9);
    let page_width = decimal(drawing.width_mm * POINTS_PER_MM, 5);
    let page_height = decimal(drawing.height_mm * POINTS_PER_MM, 5);
    let form = content(drawing);
    let mut file = File::new();
    file.object(b"<< /Type /Catalog /Pages 2 0 R >>");
    file.object(b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
    file.object(
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {page_width} {page_height}] \
             /Resources << /XObject << /Seal 5 0 R >> >> /Contents 4 0 R >>"
        )
        .as_bytes(),
    );
    file.stream("", b"/Seal Do\n");
    file.stream(
        &format!(
            " /Type /XObject /Subtype /Form /BBox [0 0 {width} {height}] \
             /Matrix [{scale} 0 0 {scale} 0 0] /Resources << >>"
        ),
        &form,
    );
    file.finish()
}

/// A PDF file being written object by object.
struct File {
    bytes: Vec<u8>,
    offsets: Vec<usize>,
}

impl File {
    fn new() -> Self {
        // The comment of high bytes marks the file as binary (ISO 32000-1 §7.5.2).
        Self {
            bytes: b"%PDF-1.5\n%\xE5\xB9\xB2\xE5\xB0\x86\n".to_vec(),
            offsets: Vec::new(),
        }
    }

    fn object(&mut self, body: &[u8]) {
        self.offsets.push(self.bytes.len());
        let number = self.offsets.len();
        self.bytes.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        self.bytes.extend_from_slice(body);
        self.bytes.extend_from_slice(b"\nendobj\n");
    }

    fn stream(&mut self, entries: &str, data: &[u8]) {
        let mut body = format!("<< /Length {}{entries} >>\nstream\n", data.len()).into_bytes();
        body.extend_from_slice(data);
        body.extend_from_slice(b"\nendstream");
        self.object(&body);
    }

    fn finish(mut self) -> Vec<u8> {
        let start = self.bytes.len();
        let size = self.offsets.len() + 1;
        let mut table = format!("xref\n0 {size}\n0000000000 65535 f \n");
        for offset in &self.offsets {
            table.push_str(&format!("{offset:010} 00000 n \n"));
        }
        table.push_str(&format!(
            "trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
        ));
        self.bytes.extend_from_slice(table.as_bytes());
        self.bytes
    }
}
