//! A one-page A4 PDF of text lines, Chinese included: letters to print and invoices.
//!
//! The font is named, not embedded (STSong-Light with UniGB-UCS2-H, ISO 32000-1 9.7.5.2): every reader and printer
//! driver substitutes its own Song face.

/// A line of text at a place.
pub(crate) struct Line {
    /// From the left edge, in pt.
    pub(crate) x: f64,
    /// From the top edge to the base line, in pt.
    pub(crate) y: f64,
    /// Size, in pt.
    pub(crate) size: f64,
    pub(crate) text: String,
}

/// Width and height of A4, in pt.
const WIDTH: f64 = 595.28;
const HEIGHT: f64 = 841.89;

impl Line {
    pub(crate) fn at(x: f64, y: f64, size: f64, text: impl Into<String>) -> Self {
        Self {
            x,
            y,
            size,
            text: text.into(),
        }
    }

    /// In the middle of the page; counts a Chinese character as one em, others as half.
    pub(crate) fn centred(y: f64, size: f64, text: impl Into<String>) -> Self {
        let text = text.into();
        let ems: f64 = text.chars().map(|one| if one.is_ascii() { 0.5 } else { 1.0 }).sum();
        Self::at((WIDTH - ems * size) / 2.0, y, size, text)
    }
}

/// The page as a PDF file.
pub(crate) fn page(lines: &[Line]) -> Vec<u8> {
    let content: String = lines.iter().map(show).collect();
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R /Lang (zh-CN) >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Resources << /Font << /F 4 0 R >> >> /Contents 7 0 R >>"),
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light-UniGB-UCS2-H /Encoding /UniGB-UCS2-H /DescendantFonts [5 0 R] >>".to_owned(),
        // Adobe-GB1: CIDs 1–95 are ASCII, half an em wide here as in the layout above.
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /FontDescriptor 6 0 R /DW 1000 /W [1 95 500] >>".to_owned(),
        "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{content}endstream", content.len()),
    ];
    assemble(&objects)
}

fn show(line: &Line) -> String {
    let hex: String = line.text.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
    let Line { x, size, .. } = line;
    format!("BT /F {size} Tf {x:.2} {:.2} Td <{hex}> Tj ET\n", HEIGHT - line.y)
}

fn assemble(objects: &[String]) -> Vec<u8> {
    let mut file = "%PDF-1.4\n%\u{e2}\u{e3}\n".as_bytes().to_vec();
    let mut table = String::from("0000000000 65535 f \n");
    for (index, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.extend_from_slice(format!("{} 0 obj\n{object}\nendobj\n", index + 1).as_bytes());
    }
    let (start, size) = (file.len(), objects.len() + 1);
    let tail = format!("xref\n0 {size}\n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
    file.extend_from_slice(tail.as_bytes());
    file
}
