//! PDFs made to hurt whoever draws them: gigabytes of image in a few kilobytes, and work without end.

use std::fmt::Write as _;

const TEXT: &str = "BT /F1 24 Tf 72 700 Td (The page after the bad one) Tj ET";

/// Page 1 is an image of 30,000 × 30,000 pixels in three colours, 2.7 GB unpacked; page 2 a line of text.
pub(crate) fn huge_image_then_text() -> Vec<u8> {
    let image = "<< /Type /XObject /Subtype /Image /Width 30000 /Height 30000 /ColorSpace /DeviceRGB \
                 /BitsPerComponent 8 /Filter [/RunLengthDecode /RunLengthDecode /RunLengthDecode] ";
    // The run of 128 bytes of value 129 is written 129, 129: each layer makes 64 times as much, and the like again.
    // Each layer ends with 128, its end of data, which the layer around it must hold as it is.
    let mut data = [129_u8, 129].repeat(30_000 * 30_000 * 3 / (128 * 64 * 64) + 1);
    data.extend([2, 0, 128, 128, 128]);
    document(
        &["q 500 0 0 500 50 200 cm /Im Do Q".to_owned(), TEXT.to_owned()],
        Some((image, data)),
        Vec::new(),
    )
}

/// Page 1 calls a form that calls a form ten times over, twelve deep, and so never ends; page 2 is a line of text.
pub(crate) fn endless_then_text() -> Vec<u8> {
    let calls = |number: usize| format!("/F{number} Do ").repeat(10);
    let forms: Vec<Vec<u8>> = (0..12)
        .map(|depth| {
            let head = format!(
                "<< /Type /XObject /Subtype /Form /BBox [0 0 500 500] /Resources << /XObject << /F{0} {1} 0 R >> >> ",
                depth + 1,
                FIRST_FORM + depth + 1
            );
            stream(&head, calls(depth + 1).as_bytes())
        })
        .chain([stream("<< /Type /XObject /Subtype /Form /BBox [0 0 500 500] ", b"q Q")])
        .collect();
    document(&[calls(0), TEXT.to_owned()], None, forms)
}

/// Number of the first object after the pages.
const FIRST_FORM: usize = 9;

fn document(pages: &[String], image: Option<(&str, Vec<u8>)>, forms: Vec<Vec<u8>>) -> Vec<u8> {
    let mut objects: Vec<Vec<u8>> = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        format!("<< /Type /Pages /Kids [5 0 R 7 0 R] /Count {} >>", pages.len()).into_bytes(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec(),
    ];
    let (head, data) = image.unwrap_or(("<< ", Vec::new()));
    objects.push(stream(head, &data));
    for (index, content) in pages.iter().enumerate() {
        let page = format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {} 0 R \
             /Resources << /Font << /F1 3 0 R >> /XObject << /Im 4 0 R /F0 {FIRST_FORM} 0 R >> >> >>",
            6 + 2 * index
        );
        objects.push(page.into_bytes());
        objects.push(stream("<< ", content.as_bytes()));
    }
    objects.extend(forms);
    written(&objects)
}

fn stream(head: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = format!("{head}/Length {} >>\nstream\n", data.len()).into_bytes();
    bytes.extend(data);
    bytes.extend(b"\nendstream");
    bytes
}

fn written(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (index, object) in objects.iter().enumerate() {
        let _ = writeln!(table, "{:010} 00000 n ", bytes.len());
        bytes.extend(format!("{} 0 obj\n", index + 1).bytes());
        bytes.extend(object);
        bytes.extend(b"\nendobj\n");
    }
    let start = bytes.len();
    let size = objects.len() + 1;
    bytes.extend(table.bytes());
    bytes.extend(format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n").bytes());
    bytes
}
