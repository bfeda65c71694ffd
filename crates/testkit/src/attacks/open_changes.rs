//! What signers leave open: a form that is filled in and pages that are commented after signing, honestly and otherwise.

use super::Attack;
use super::incremental::with;
use super::update::{append, end_of, object_text, stream};
use crate::pdfs;

const PAGE: u32 = 4;
const PAYEE: u32 = 6;
const PAYEE_SHOWN: u32 = 7;
const AGREED: u32 = 8;
const SEAL: u32 = 13;
/// Objects that the recipes add themselves.
const FIRST_NEW: u32 = 60;
/// A page like that of [`with_form`] without its form, for comments.
const COMMENTED_PAGE: u32 = 4;

/// A page with a text field `payee`, a check box `agreed`, a combo box `unit`, and two empty signature fields: `seal`
/// locks `payee`, `approval` locks nothing.
pub fn with_form() -> Vec<u8> {
    pdfs::of_objects(&form_objects())
}

fn form_objects() -> Vec<String> {
    let widget = |rest: &str| format!("<< /Type /Annot /Subtype /Widget /P {PAGE} 0 R /F 4 {rest} >>");
    let empty = "/Type /XObject /Subtype /Form /BBox [0 0 12 12]";
    vec![
        "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R 8 0 R 11 0 R 13 0 R 14 0 R] /DA (/F1 12 Tf) /DR << \
         /Font << /F1 3 0 R >> >> >> >>"
            .to_owned(),
        "<< /Type /Pages /Kids [4 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 3 0 R >> >> \
         /Annots [6 0 R 8 0 R 11 0 R 13 0 R 14 0 R] >>"
            .to_owned(),
        stream("", "BT /F1 24 Tf 72 760 Td (Pay 100 to) Tj ET"),
        widget("/FT /Tx /T (payee) /V (Alice) /Rect [60 700 300 730] /DA (/F1 12 Tf) /AP << /N 7 0 R >>"),
        shown("Alice"),
        widget("/FT /Btn /T (agreed) /V /Off /AS /Off /Rect [60 660 72 672] /AP << /N << /Yes 9 0 R /Off 10 0 R >> >>"),
        stream(empty, "0 0 m 12 12 l S"),
        stream(empty, ""),
        widget(
            "/FT /Ch /Ff 131072 /T (unit) /Opt [[(t) (Tonnes)] [(kg) (Kilograms)]] /V (t) /Rect [60 620 300 650] /DA \
             (/F1 12 Tf) /AP << /N 12 0 R >>",
        ),
        shown("Tonnes"),
        widget("/FT /Sig /T (seal) /Rect [0 0 0 0] /Lock << /Type /SigFieldLock /Action /Include /Fields [(payee)] >>"),
        widget("/FT /Sig /T (approval) /Rect [0 0 0 0]"),
    ]
}

/// The same, and the document says which extensions it uses.
pub fn with_extensions() -> Vec<u8> {
    let mut objects = form_objects();
    let number = objects.len() + 1;
    objects[0] = objects[0].replacen("<<", &format!("<< /Extensions {number} 0 R"), 1);
    objects.push("<< /ADBE << /BaseVersion /1.7 /ExtensionLevel 3 >> >>".to_owned());
    pdfs::of_objects(&objects)
}

/// What other programs do beside signing the field `seal`: they set a flag, say what kind of thing the widget is, write
/// the extensions anew where they stand, note the time, and leave an empty form behind. `flags`: the widget's.
pub fn signed_by_another_program(signed: &[u8], flags: u32) -> Vec<u8> {
    let size = end_of(signed).size as u32;
    let extensions = object_text(signed, 1);
    let extensions = extensions
        .split("/Extensions")
        .nth(1)
        .expect("the catalog's extensions");
    let number = extensions
        .split_whitespace()
        .next()
        .expect("a reference")
        .parse()
        .expect("a number");
    let widget = object_text(signed, SEAL).replace("/F 4", &format!("/F {flags} /V {size} 0 R"));
    append(
        signed,
        &[
            (SEAL, widget),
            (number, "<< /ISO_ << /BaseVersion /2.0 /ExtensionLevel 32002 >> >>".to_owned()),
            (
                size,
                "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /ByteRange [0 9 19 9] /Contents <00> >>"
                    .to_owned(),
            ),
            (size + 1, stream("/Type /XObject /Subtype /Form /BBox [0 0 0 0]", "")),
        ],
    )
}

/// An appearance of a field that shows a line of text.
fn shown(text: &str) -> String {
    shown_by(&format!("BT /F1 12 Tf 4 8 Td ({text}) Tj ET"))
}

fn shown_by(content: &str) -> String {
    let content = format!("/Tx BMC q 1 1 238 28 re W n {content} Q EMC");
    stream(
        "/Type /XObject /Subtype /Form /BBox [0 0 240 30] /Resources << /Font << /F1 3 0 R >> >>",
        &content,
    )
}

/// The payee filled in as programs do it: another value, and an appearance that shows it.
pub fn payee_filled(signed: &[u8]) -> Vec<u8> {
    append(
        signed,
        &[(PAYEE, payee(signed, "(Bob)", FIRST_NEW)), (FIRST_NEW, shown("Bob"))],
    )
}

/// The payee filled in by a program that replaces the appearance where it stands.
pub fn payee_filled_in_place(signed: &[u8]) -> Vec<u8> {
    append(
        signed,
        &[
            (PAYEE, payee(signed, "(Bob)", PAYEE_SHOWN)),
            (PAYEE_SHOWN, shown("Bob")),
        ],
    )
}

/// The payee filled in with Chinese, in a composite font with a character map.
pub fn payee_filled_in_chinese(signed: &[u8]) -> Vec<u8> {
    let font = "<< /Type /Font /Subtype /Type0 /BaseFont /Song /Encoding /Identity-H /DescendantFonts [62 0 R] \
                /ToUnicode 63 0 R >>";
    let descendant = "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Song /CIDSystemInfo << /Registry (Adobe) \
                      /Ordering (Identity) /Supplement 0 >> /FontDescriptor 64 0 R >>";
    let descriptor = "<< /Type /FontDescriptor /FontName /Song /Flags 4 /FontBBox [0 0 1000 1000] /ItalicAngle 0 \
                      /Ascent 880 /Descent -120 /CapHeight 700 /StemV 80 >>";
    let map = "begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange 2 beginbfchar <0001> <738B> <0002> <654F> \
               endbfchar endcmap";
    let appearance = stream(
        "/Type /XObject /Subtype /Form /BBox [0 0 240 30] /Resources << /Font << /C 61 0 R >> >>",
        "BT /C 12 Tf 4 8 Td <00010002> Tj ET",
    );
    append(
        signed,
        &[
            (PAYEE, payee(signed, "<FEFF738B654F>", FIRST_NEW)),
            (FIRST_NEW, appearance),
            (61, font.to_owned()),
            (62, descendant.to_owned()),
            (63, stream("", map)),
            (64, descriptor.to_owned()),
        ],
    )
}

/// The check box ticked.
pub fn agreed(signed: &[u8]) -> Vec<u8> {
    let ticked = object_text(signed, AGREED)
        .replace("/V /Off", "/V /Yes")
        .replace("/AS /Off", "/AS /Yes");
    append(signed, &[(AGREED, ticked)])
}

/// Another unit chosen.
pub fn unit_chosen(signed: &[u8]) -> Vec<u8> {
    let chosen = object_text(signed, 11)
        .replace("/V (t)", "/V (kg)")
        .replace("/N 12 0 R", &format!("/N {FIRST_NEW} 0 R"));
    append(signed, &[(11, chosen), (FIRST_NEW, shown("Kilograms"))])
}

fn payee(signed: &[u8], value: &str, appearance: u32) -> String {
    object_text(signed, PAYEE)
        .replace("/V (Alice)", &format!("/V {value}"))
        .replace(&format!("/N {PAYEE_SHOWN} 0 R"), &format!("/N {appearance} 0 R"))
}

/// Fields that are filled in so that they show something else than they hold, or more.
pub fn dishonest_fillings(signed: &[u8]) -> Vec<Attack> {
    let filled = |name: &str, field: String, appearance: String| {
        let objects = [(PAYEE, field), (FIRST_NEW, appearance)];
        Attack::new(name, append(signed, &objects))
    };
    let bob = || payee(signed, "(Bob)", FIRST_NEW);
    let image = "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 \
                 /Length 1 >>\nstream\nx\nendstream";
    let with_image = append(
        signed,
        &[
            (PAYEE, bob()),
            (
                FIRST_NEW,
                stream(
                    "/Type /XObject /Subtype /Form /BBox [0 0 240 30] /Resources << /Font << /F1 3 0 R >> /XObject << /I \
                     61 0 R >> >>",
                    "BT /F1 12 Tf 4 8 Td (Bob) Tj ET 240 0 0 30 0 0 cm /I Do",
                ),
            ),
            (61, image.to_owned()),
        ],
    );
    vec![
        filled("shows another value", bob(), shown("Mallory")),
        filled("shows more than the value", bob(), shown("Bob and 1 000 000")),
        filled(
            "draws letters as outlines",
            bob(),
            shown_by("0 0 m 1 2 3 4 5 6 c f BT /F1 12 Tf (Bob) Tj ET"),
        ),
        filled(
            "has a font of its own meaning",
            bob(),
            stream(
                "/Type /XObject /Subtype /Form /BBox [0 0 240 30] /Resources << /Font << /F1 << /Type /Font /Subtype \
                 /Type1 /BaseFont /Helvetica /Encoding << /Type /Encoding /Differences [66 /M] >> >> >> >>",
                "BT /F1 12 Tf 4 8 Td (Bob) Tj ET",
            ),
        ),
        Attack::new("draws a picture", with_image),
        filled(
            "moves the field over the page",
            bob().replace("/Rect [60 700 300 730]", "/Rect [60 740 400 800]"),
            shown("Bob"),
        ),
        filled("hides the field", bob().replace("/F 4", "/F 2"), shown("Bob")),
        filled(
            "gains an action",
            with(&bob(), "/AA << /E << /S /JavaScript /JS (1) >> >>"),
            shown("Bob"),
        ),
        filled(
            "has an appearance under the mouse as well",
            bob().replace("/AP <<", &format!("/AP << /R {PAYEE_SHOWN} 0 R")),
            shown("Bob"),
        ),
        Attack::new(
            "a box ticked without its value",
            append(
                signed,
                &[(AGREED, object_text(signed, AGREED).replace("/AS /Off", "/AS /Yes"))],
            ),
        ),
        Attack::new(
            "the appearance of a ticked box",
            append(
                signed,
                &[
                    (
                        AGREED,
                        object_text(signed, AGREED)
                            .replace("/V /Off", "/V /Yes")
                            .replace("/AS /Off", "/AS /Yes")
                            .replace("/Yes 9 0 R", &format!("/Yes {FIRST_NEW} 0 R")),
                    ),
                    (FIRST_NEW, shown("Mallory")),
                ],
            ),
        ),
    ]
}

/// A note, and text that is marked: what a reviewer adds to [`crate::pdfs::simple`].
pub fn reviewed(signed: &[u8]) -> Vec<u8> {
    let next = u32::try_from(end_of(signed).size).expect("a small file");
    let note = format!(
        "<< /Type /Annot /Subtype /Text /Rect [500 780 518 800] /Contents (Please check) /T (Reviewer) /C [1 1 0] /F 28 /P \
         {COMMENTED_PAGE} 0 R /Popup {} 0 R >>",
        next + 1
    );
    let popup = format!(
        "<< /Type /Annot /Subtype /Popup /Rect [300 700 480 780] /Parent {next} 0 R /P {COMMENTED_PAGE} 0 R /Open false >>"
    );
    let highlight = format!(
        "<< /Type /Annot /Subtype /Highlight /Rect [70 755 200 785] /QuadPoints [70 785 200 785 70 755 200 755] /C [1 1 0] \
         /F 4 /P {COMMENTED_PAGE} 0 R /AP << /N {} 0 R >> >>",
        next + 3
    );
    let drawn = stream(
        "/Type /XObject /Subtype /Form /BBox [70 755 200 785] /Matrix [1 0 0 1 -70 -755] /Resources << /ExtGState << /M << \
         /BM /Multiply >> >> >>",
        "/M gs 1 1 0 rg 70 755 130 30 re f",
    );
    let page = object_text(signed, COMMENTED_PAGE);
    let page = added(&added(&added(&page, next), next + 1), next + 2);
    append(
        signed,
        &[
            (COMMENTED_PAGE, page),
            (next, note),
            (next + 1, popup),
            (next + 2, highlight),
            (next + 3, drawn),
        ],
    )
}

/// Comments that hide what was certified or look like a part of it.
pub fn dishonest_comments(signed: &[u8]) -> Vec<Attack> {
    let next = u32::try_from(end_of(signed).size).expect("a small file");
    let page = added(&object_text(signed, COMMENTED_PAGE), next);
    let comment = |name: &str, annotation: &str, content: &str| {
        let annotation = format!(
            "<< /Type /Annot /Rect [60 740 400 800] /F 4 /P {COMMENTED_PAGE} 0 R /AP << /N {} 0 R >> {annotation} >>",
            next + 1
        );
        let drawn = stream(
            "/Type /XObject /Subtype /Form /BBox [0 0 340 60] /Resources << /ExtGState << /M << /BM /Multiply >> >> >>",
            content,
        );
        let objects = [(COMMENTED_PAGE, page.clone()), (next, annotation), (next + 1, drawn)];
        Attack::new(name, append(signed, &objects))
    };
    let quads = "/Subtype /Highlight /C [1 1 0] /QuadPoints [60 800 400 800 60 740 400 740]";
    vec![
        comment("a highlight that is white paint", quads, "1 g 0 0 340 60 re f"),
        comment("a highlight that is a black bar", quads, "/M gs 0 g 0 0 340 60 re f"),
        comment(
            "a highlight with words",
            quads,
            "/M gs 1 1 0 rg 0 0 340 60 re f BT (Pay Mallory) Tj ET",
        ),
        comment(
            "a line as thick as the text",
            "/Subtype /StrikeOut",
            "1 G 40 w 0 30 m 340 30 l S",
        ),
        comment(
            "a thin line made thick",
            "/Subtype /StrikeOut",
            "1 0 0 40 0 0 cm 1 G 0 1 m 340 1 l S",
        ),
        comment("a note as large as the text", "/Subtype /Text", "1 g 0 0 340 60 re f"),
        comment(
            "a note with an action",
            "/Subtype /Text /A << /S /URI /URI (http://x) >>",
            "",
        ),
    ]
}

fn added(page: &str, annotation: u32) -> String {
    super::certification::with_annotation(page, annotation)
}
