//! Small recipes for PDFs that the tests of this crate need: every byte is made here.
#![allow(dead_code, reason = "each test program uses some of the recipes")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it counted"
)]

use std::sync::Arc;

use pdf::{Appearance, Document, Mark, OpenError, PlacedMm};

/// One page of a recipe: extra entries of its dictionary and its content.
#[derive(Clone)]
pub(crate) struct RecipePage {
    pub(crate) entries: String,
    pub(crate) content: String,
}

/// How cross-references are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum References {
    Table,
    Stream,
    /// Objects but the streams themselves in an object stream.
    ObjectStream,
}

/// What is written.
#[derive(Clone)]
pub(crate) struct Recipe {
    pub(crate) pages: Vec<RecipePage>,
    pub(crate) references: References,
    /// Extra catalog entries.
    pub(crate) catalog: String,
    /// Bytes in front of the header.
    pub(crate) prefix: Vec<u8>,
}

impl Recipe {
    /// A4 pages with a line of text.
    pub(crate) fn simple(pages: usize) -> Self {
        let page = |number: usize| RecipePage {
            entries: "/MediaBox[0 0 595 842]".to_owned(),
            content: format!("BT /F1 20 Tf 72 700 Td (Page {}) Tj ET", number + 1),
        };
        Self {
            pages: (0..pages).map(page).collect(),
            references: References::Table,
            catalog: String::new(),
            prefix: Vec::new(),
        }
    }

    pub(crate) fn with_page(entries: &str, content: &str) -> Self {
        let page = RecipePage {
            entries: entries.to_owned(),
            content: content.to_owned(),
        };
        Self {
            pages: vec![page],
            ..Self::simple(0)
        }
    }

    pub(crate) fn references(self, references: References) -> Self {
        Self { references, ..self }
    }

    /// The file. Objects: 1 catalog, 2 page tree, 3 font, then page and content in turn.
    pub(crate) fn build(&self) -> Vec<u8> {
        let kids: Vec<String> = (0..self.pages.len())
            .map(|index| format!("{} 0 R", 4 + 2 * index))
            .collect();
        let mut plain = vec![
            (1, format!("<</Type/Catalog/Pages 2 0 R{}>>", self.catalog)),
            (
                2,
                format!(
                    "<</Type/Pages/Count {}/Kids[{}]/Resources<</Font<</F1 3 0 R>>>>>>",
                    self.pages.len(),
                    kids.join(" ")
                ),
            ),
            (3, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned()),
        ];
        let mut streams = Vec::new();
        for (index, page) in self.pages.iter().enumerate() {
            let number = 4 + 2 * index;
            plain.push((
                number,
                format!(
                    "<</Type/Page/Parent 2 0 R/Contents {} 0 R{}>>",
                    number + 1,
                    page.entries
                ),
            ));
            streams.push((number + 1, stream("", page.content.as_bytes())));
        }
        let next = 4 + 2 * self.pages.len();
        let mut file = Writer::new(&self.prefix);
        let mut compressed = Vec::new();
        if self.references == References::ObjectStream {
            compressed = plain.iter().map(|(number, _)| *number).collect();
            streams.push((next, object_stream(&plain)));
        } else {
            plain
                .iter()
                .for_each(|(number, body)| file.object(*number, body.as_bytes()));
        }
        streams.iter().for_each(|(number, body)| file.object(*number, body));
        match self.references {
            References::Table => file.table(next),
            References::Stream => file.stream(next, &[], 0),
            References::ObjectStream => file.stream(next + 1, &compressed, next),
        }
        file.bytes
    }
}

fn stream(entries: &str, data: &[u8]) -> Vec<u8> {
    let mut body = format!("<<{entries}/Length {}>>stream\n", data.len()).into_bytes();
    body.extend_from_slice(data);
    body.extend_from_slice(b"\nendstream");
    body
}

fn object_stream(objects: &[(usize, String)]) -> Vec<u8> {
    let (mut head, mut body) = (String::new(), String::new());
    for (number, text) in objects {
        head += &format!("{number} {} ", body.len());
        body += text;
        body.push('\n');
    }
    let entries = format!("/Type/ObjStm/N {}/First {}", objects.len(), head.len());
    stream(&entries, (head + &body).as_bytes())
}

struct Writer {
    bytes: Vec<u8>,
    base: usize,
    offsets: Vec<(usize, usize)>,
}

impl Writer {
    fn new(prefix: &[u8]) -> Self {
        let mut bytes = prefix.to_vec();
        bytes.extend_from_slice(b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n");
        Self {
            bytes,
            base: prefix.len(),
            offsets: Vec::new(),
        }
    }

    fn object(&mut self, number: usize, body: &[u8]) {
        self.offsets.push((number, self.bytes.len() - self.base));
        self.bytes.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        self.bytes.extend_from_slice(body);
        self.bytes.extend_from_slice(b"\nendobj\n");
    }

    fn table(&mut self, size: usize) {
        let at = self.bytes.len() - self.base;
        self.offsets.sort_unstable();
        let mut text = format!("xref\n0 {size}\n0000000000 65535 f \n");
        for (_, offset) in &self.offsets {
            text += &format!("{offset:010} 00000 n \n");
        }
        text += &format!(
            "trailer\n<</Size {size}/Root 1 0 R/ID[<00112233445566778899AABBCCDDEEFF><00112233445566778899AABBCCDDEEFF>]>>\nstartxref\n{at}\n%%EOF\n"
        );
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn stream(&mut self, own: usize, compressed: &[usize], container: usize) {
        let at = self.bytes.len() - self.base;
        let mut rows = vec![vec![0, 0, 0, 0, 0, 255, 255]; own + 1];
        let mut row = |number: usize, kind: u8, second: usize, third: usize| {
            let mut bytes = vec![kind];
            bytes.extend_from_slice(&u32::try_from(second).unwrap().to_be_bytes());
            bytes.extend_from_slice(&u16::try_from(third).unwrap().to_be_bytes());
            rows[number] = bytes;
        };
        for (number, offset) in &self.offsets {
            row(*number, 1, *offset, 0);
        }
        for (index, number) in compressed.iter().enumerate() {
            row(*number, 2, container, index);
        }
        row(own, 1, at, 0);
        let entries = format!("/Type/XRef/Size {}/W[1 4 2]/Root 1 0 R", own + 1);
        self.object(own, &stream(&entries, &rows.concat()));
        self.bytes
            .extend_from_slice(format!("startxref\n{at}\n%%EOF\n").as_bytes());
    }
}

/// Opens bytes.
pub(crate) fn open(bytes: impl Into<Vec<u8>>) -> Result<Document, OpenError> {
    Document::open(Arc::new(bytes.into()))
}

/// A square of pure red, `size` mm, with a blue square in its lower left quarter: shows whether it
/// stands upright.
pub(crate) fn two_colour_square(size: f64) -> Appearance {
    let half = size / 2.0;
    let content = format!("1 0 0 rg 0 0 {size} {size} re f 0 0 1 rg 0 0 {half} {half} re f");
    Appearance::Vector {
        content: content.into_bytes().into(),
        width_mm: size,
        height_mm: size,
    }
}

/// A mark of [`two_colour_square`] at places (page, x, y).
pub(crate) fn square_at(size: f64, places: &[(u32, f64, f64)]) -> Mark {
    let placements = places
        .iter()
        .map(|(page, x_mm, y_mm)| {
            let at = PlacedMm {
                page: *page,
                x_mm: *x_mm,
                y_mm: *y_mm,
            };
            at.into()
        })
        .collect();
    Mark {
        appearance: two_colour_square(size),
        placements,
    }
}

/// Original and tail in one.
pub(crate) fn joined(original: &[u8], tail: &[u8]) -> Vec<u8> {
    [original, tail].concat()
}

/// Appends a revision that replaces or adds whole objects (table kind).
pub(crate) fn append_objects(original: &[u8], objects: &[(usize, &str)], trailer: &str, size: usize) -> Vec<u8> {
    let text = String::from_utf8_lossy(original);
    let at = text.rfind("startxref\n").expect("a startxref") + 10;
    let previous: usize = text[at..].split_whitespace().next().unwrap().parse().unwrap();
    let mut out = original.to_vec();
    let mut table = String::from("xref\n");
    for (number, body) in objects {
        table += &format!("{number} 1\n{:010} 00000 n \n", out.len());
        out.extend_from_slice(format!("{number} 0 obj\n{body}\nendobj\n").as_bytes());
    }
    let at = out.len();
    out.extend_from_slice(table.as_bytes());
    out.extend_from_slice(
        format!("trailer\n<</Size {size}/Root 1 0 R/Prev {previous}{trailer}>>\nstartxref\n{at}\n%%EOF\n").as_bytes(),
    );
    out
}
