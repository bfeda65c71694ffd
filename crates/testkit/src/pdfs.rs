//! Sample PDFs from recipes: small, made byte by byte here, each with one thing that matters about it.

use crate::judges;
use std::fmt::Write as _;
use std::path::Path;

/// A4 in points, rounded as most programs do.
const A4: &str = "[0 0 595.28 841.89]";

/// A PDF of `pages` A4 pages, each with its number in Latin letters.
pub fn simple(pages: usize) -> Vec<u8> {
    let pages = (1..=pages).map(|number| Page {
        boxes: format!("/MediaBox {A4}"),
        content: format!("BT /F1 24 Tf 72 760 Td (Page {number}) Tj ET"),
    });
    document(&pages.collect::<Vec<_>>(), LATIN)
}

/// One A4 page of Chinese text in a font that is not embedded, as office programs of the region write it.
pub fn cjk() -> Vec<u8> {
    let content = format!("BT /F1 24 Tf 72 760 Td <{}> Tj ET", utf16("投标文件：投标人（盖章）"));
    let page = Page {
        boxes: format!("/MediaBox {A4}"),
        content,
    };
    document(&[page], CHINESE)
}

/// A4 pages full of Chinese text, 40 lines of 36 characters, in a font that is not embedded: a long bid.
pub fn chinese_pages(pages: usize) -> Vec<u8> {
    let words = "投标人法定代表人授权委托书施工组织设计工程量清单投标保证金招标文件中标通知书技术标商务标质量安全";
    let words: Vec<char> = words.chars().collect();
    let pages = (0..pages).map(|page| {
        let mut content = "BT /F1 12 Tf 18 TL 72 780 Td".to_owned();
        for line in 0..40 {
            let from = page * 7 + line * 11;
            let text: String = words.iter().cycle().skip(from % words.len()).take(36).collect();
            let _ = write!(content, " <{}> Tj T*", utf16(&text));
        }
        content.push_str(" ET");
        Page {
            boxes: format!("/MediaBox {A4}"),
            content,
        }
    });
    document(&pages.collect::<Vec<_>>(), CHINESE)
}

/// Pages whose visible sides differ from their boxes: turned by 90, 180 and 270 degrees, cropped, shifted, in larger units.
pub fn unusual_pages() -> Vec<u8> {
    let boxes = [
        format!("/MediaBox {A4} /Rotate 90"),
        format!("/MediaBox {A4} /Rotate 180"),
        format!("/MediaBox {A4} /Rotate 270"),
        format!("/MediaBox {A4} /CropBox [100 100 500 700]"),
        "/MediaBox [-200 -300 395 541]".to_owned(),
        "/MediaBox [0 0 300 420] /UserUnit 2".to_owned(),
        format!("/MediaBox {A4} /CropBox [50 60 450 660] /Rotate 90"),
    ];
    let pages = boxes.into_iter().map(|boxes| Page {
        boxes,
        content: "BT /F1 24 Tf 120 300 Td (Unusual) Tj ET".to_owned(),
    });
    document(&pages.collect::<Vec<_>>(), LATIN)
}

/// Two pages whose cross-reference table is a stream (PDF 1.5).
pub fn xref_stream() -> Vec<u8> {
    let mut body = Body::new();
    let objects = objects(
        &[1, 2].map(|number| Page {
            boxes: format!("/MediaBox {A4}"),
            content: format!("BT /F1 24 Tf 72 760 Td (Page {number}) Tj ET"),
        }),
        LATIN,
    );
    for object in &objects {
        body.object(object);
    }
    body.finish_with_stream()
}

/// A page with a form: the text field `Price` and empty signature fields, of which `Legal` locks `Price`, `Boss` locks
/// everything, `Strict` demands the reason «award», `Chief` wants to certify, and `Late` asks for nothing.
pub fn form() -> Vec<u8> {
    let widget = |name: &str, row: u32, more: &str| {
        let top = 700 - 40 * row;
        format!(
            "<< /Type /Annot /Subtype /Widget /T ({name}) /Rect [72 {} 272 {top}] /P 4 0 R /F 4 {more} >>",
            top - 20
        )
    };
    let signature = |name, row, more: &str| widget(name, row, &format!("/FT /Sig {more}"));
    let fields = [
        widget("Price", 0, "/FT /Tx /V (100) /DA (/F1 12 Tf 0 g)"),
        signature(
            "Legal",
            1,
            "/Lock << /Type /SigFieldLock /Action /Include /Fields [(Price)] >>",
        ),
        signature("Boss", 2, "/Lock << /Type /SigFieldLock /Action /All >>"),
        signature("Strict", 3, "/SV << /Type /SV /Ff 8 /Reasons [(award)] >>"),
        signature("Chief", 4, "/SV << /Type /SV /MDP << /P 2 >> >>"),
        signature("Late", 5, ""),
    ];
    let numbers: Vec<String> = (0..fields.len()).map(|index| format!("{} 0 R", 6 + index)).collect();
    let numbers = numbers.join(" ");
    let page = Page {
        boxes: format!("/MediaBox {A4} /Annots [{numbers}]"),
        content: "BT /F1 24 Tf 72 760 Td (Form) Tj ET".to_owned(),
    };
    let mut objects = objects(&[page], LATIN);
    if let Some(catalog) = objects.first_mut() {
        *catalog = format!(
            "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [{numbers}] /DR << /Font << /F1 3 0 R >> >> >> >>"
        );
    }
    objects.extend(fields);
    let mut body = Body::new();
    for object in &objects {
        body.object(object);
    }
    body.finish_with_table()
}

/// Two pages for old and new readers at once: the font is in an object stream that only the second, hidden cross-reference
/// names (a hybrid file, as office programs write them).
pub fn hybrid() -> Vec<u8> {
    let pages = [1, 2].map(|number| Page {
        boxes: format!("/MediaBox {A4}"),
        content: format!("BT /F1 24 Tf 72 760 Td (Hybrid {number}) Tj ET"),
    });
    let mut body = Body::new();
    for (index, object) in objects(&pages, LATIN).iter().enumerate() {
        match index {
            2 => body.places.push(HIDDEN),
            _ => body.object(object),
        }
    }
    let head = "3 0 ";
    let packed = format!("{head}{LATIN}");
    let length = packed.len();
    body.object(&format!(
        "<< /Type /ObjStm /N 1 /First {} /Length {length} >>\nstream\n{packed}\nendstream",
        head.len()
    ));
    let hidden = body.bytes.len();
    body.object(
        "<< /Type /XRef /Size 10 /W [1 1 1] /Index [3 1] /Root 1 0 R /Length 3 >>\nstream\n\u{2}\u{8}\u{0}\nendstream",
    );
    body.finish_with_table_and(&format!(" /XRefStm {hidden}"))
}

/// A PDF locked with a password (AES-256), made by qpdf.
///
/// # Panics
/// When qpdf is missing or fails.
pub fn encrypted() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let open = folder.path().join("open.pdf");
    let locked = folder.path().join("locked.pdf");
    std::fs::write(&open, simple(1)).expect("a scratch file");
    judges::must(
        judges::qpdf()
            .args(["--encrypt", "geheim", "owner", "256", "--"])
            .arg(&open)
            .arg(&locked),
    );
    std::fs::read(&locked).expect("what qpdf wrote")
}

/// A PDF that ends in the middle of a page.
pub fn truncated() -> Vec<u8> {
    let mut bytes = simple(3);
    bytes.truncate(bytes.len() / 3);
    bytes
}

/// A file with no bytes.
pub fn empty() -> Vec<u8> {
    Vec::new()
}

/// Something that was only named `.pdf`.
pub fn not_a_pdf() -> Vec<u8> {
    b"PK\x03\x04 this is a word processor's file".to_vec()
}

/// Writes a sample under a name in a folder and gives back its path.
///
/// # Panics
/// When the folder cannot be written to.
pub fn put(folder: &Path, name: &str, bytes: &[u8]) -> std::path::PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("a scratch file");
    path
}

struct Page {
    boxes: String,
    content: String,
}

/// Place of an object that the table calls free.
const HIDDEN: usize = 0;
const LATIN: &str = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>";
const CHINESE: &str = "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H \
    /DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light \
    /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /DW 1000 \
    /FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] \
    /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >> >>] >>";

fn utf16(text: &str) -> String {
    text.encode_utf16().fold(String::new(), |mut digits, unit| {
        let _ = write!(digits, "{unit:04X}");
        digits
    })
}

/// Catalog, page tree, font, then a page and its content for each page.
fn objects(pages: &[Page], font: &str) -> Vec<String> {
    let kids: Vec<String> = (0..pages.len()).map(|index| format!("{} 0 R", 4 + 2 * index)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()),
        font.to_owned(),
    ];
    for (index, page) in pages.iter().enumerate() {
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R {} /Resources << /Font << /F1 3 0 R >> >> /Contents {} 0 R >>",
            page.boxes,
            5 + 2 * index
        ));
        let content = &page.content;
        objects.push(format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()));
    }
    objects
}

fn document(pages: &[Page], font: &str) -> Vec<u8> {
    of_objects(&objects(pages, font))
}

/// A PDF of these objects, numbered from 1, the first of them the catalog.
pub(crate) fn of_objects(objects: &[String]) -> Vec<u8> {
    let mut body = Body::new();
    objects.iter().for_each(|object| body.object(object));
    body.finish_with_table()
}

/// A PDF being written, with the place of each object.
struct Body {
    bytes: Vec<u8>,
    places: Vec<usize>,
}

impl Body {
    fn new() -> Self {
        Self {
            bytes: b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec(),
            places: Vec::new(),
        }
    }

    fn object(&mut self, text: &str) {
        self.places.push(self.bytes.len());
        let number = self.places.len();
        self.bytes.extend(format!("{number} 0 obj\n{text}\nendobj\n").bytes());
    }

    fn finish_with_table(self) -> Vec<u8> {
        self.finish_with_table_and("")
    }

    fn finish_with_table_and(mut self, entries: &str) -> Vec<u8> {
        let start = self.bytes.len();
        let size = self.places.len() + 1;
        let mut table = format!("xref\n0 {size}\n0000000000 65535 f \n");
        for place in &self.places {
            let kind = if *place == HIDDEN { "65535 f" } else { "00000 n" };
            let _ = writeln!(table, "{place:010} {kind} ");
        }
        let _ = write!(
            table,
            "trailer\n<< /Size {size} /Root 1 0 R{entries} >>\nstartxref\n{start}\n%%EOF\n"
        );
        self.bytes.extend(table.bytes());
        self.bytes
    }

    fn finish_with_stream(mut self) -> Vec<u8> {
        let start = self.bytes.len();
        let mut rows = vec![0, 0, 0, 0, 0];
        for place in self.places.iter().chain([&start]) {
            rows.push(1);
            rows.extend(u32::try_from(*place).expect("a small file").to_be_bytes());
        }
        let number = self.places.len() + 1;
        let size = number + 1;
        let head = format!(
            "{number} 0 obj\n<< /Type /XRef /Size {size} /W [1 4 0] /Root 1 0 R /Length {} >>\nstream\n",
            rows.len()
        );
        self.bytes.extend(head.bytes());
        self.bytes.extend(rows);
        self.bytes
            .extend(format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n").bytes());
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A recipe that is not a sound PDF would make every test built on it worthless.
    #[test]
    fn qpdf_finds_the_recipes_sound() {
        let folder = tempfile::tempdir().unwrap();
        let sound = [
            ("simple", simple(3)),
            ("cjk", cjk()),
            ("chinese_pages", chinese_pages(2)),
            ("unusual_pages", unusual_pages()),
            ("xref_stream", xref_stream()),
            ("form", form()),
            ("hybrid", hybrid()),
        ];
        for (name, bytes) in sound {
            judges::assert_sound_pdf(&put(folder.path(), name, &bytes));
        }
    }

    #[test]
    fn qpdf_refuses_the_broken_ones() {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in [
            ("encrypted", encrypted()),
            ("empty", empty()),
            ("not_a_pdf", not_a_pdf()),
            ("truncated", truncated()),
        ] {
            let file = put(folder.path(), name, &bytes);
            let verdict = judges::ask(judges::qpdf().arg("--check").arg(file));
            assert!(!verdict.success, "{name}: {}", verdict.words);
        }
    }
}
