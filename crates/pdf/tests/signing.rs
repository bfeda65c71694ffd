//! Stories of stamping and signing: what is appended, what stays, what is refused.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it counted"
)]

mod judges;
mod recipes;

use pdf::changes::{Changes, changes_since};
use pdf::shown_marks::{MarkKind, read_marks};
use pdf::signature::{Coverage, read_signatures};
use pdf::update::{PlaceError, SignatureRequest, Widget, prepare_signature, prepare_stamp};
use pdf::{Damage, Mark, OpenError, PlacedMm, RefuseReason};
use recipes::{Recipe, References, append_objects, joined, open, square_at, two_colour_square};
use time::macros::datetime;

/// A CMS is none of this crate's business: any DER value shows that the bytes arrive.
const DUMMY_CMS: [u8; 6] = [0x30, 0x04, 0x02, 0x02, 0x01, 0x00];

fn request(marks: Vec<Mark>) -> SignatureRequest {
    SignatureRequest {
        marks,
        reason: Some("投标".to_owned()),
        ..SignatureRequest::new(datetime!(2026-11-22 09:30 +8))
    }
}

fn signed_with(original: &[u8], request: &SignatureRequest) -> Vec<u8> {
    let document = open(original).unwrap();
    let prepared = prepare_signature(&document, request).unwrap();
    let gap = prepared.contents_gap();
    let range = prepared.byte_range();
    let chunks = prepared.digest_input(document.bytes()).concat();
    let output = joined(original, &prepared.with_signature(&DUMMY_CMS).unwrap());
    assert_eq!(range, [0, gap.start, gap.end, output.len() as u64 - gap.end]);
    let (start, end) = (gap.start as usize, gap.end as usize);
    assert_eq!(
        chunks,
        [&output[..start], &output[end..]].concat(),
        "what was hashed is what the range covers"
    );
    output
}

fn signed(original: &[u8], marks: Vec<Mark>) -> Vec<u8> {
    signed_with(original, &request(marks))
}

#[test]
fn a_bid_is_stamped_and_signed_whatever_its_cross_references() {
    for references in [References::Table, References::Stream, References::ObjectStream] {
        let original = Recipe::simple(3).references(references).build();
        judges::qpdf_clean(&original);
        let output = signed(&original, vec![square_at(40.0, &[(1, 100.0, 200.0), (3, 10.0, 10.0)])]);
        assert!(output.starts_with(&original));
        judges::qpdf_clean(&output);
        let document = open(output.clone()).unwrap();
        assert_eq!(document.revisions().unwrap().len(), 2);
        let signatures = read_signatures(&document).unwrap();
        assert_eq!(signatures.len(), 1, "{references:?}");
        assert_eq!(signatures[0].coverage, Coverage::WholeFile);
        assert!(signatures[0].gap_is_contents);
        assert_eq!(signatures[0].contents, DUMMY_CMS);
        assert_eq!(signatures[0].name, "Signature1");
        assert_eq!(signatures[0].reason.as_deref(), Some("投标"));
        assert_eq!(signatures[0].modified.as_deref(), Some("D:20261122093000+08'00'"));
        let table = output[original.len()..].windows(8).any(|window| window == b"\ntrailer");
        assert_eq!(
            table,
            references == References::Table,
            "the update is written like the file"
        );
    }
}

#[test]
fn an_update_has_object_streams_where_the_file_has_them() {
    let container = |file: &[u8], number: usize| {
        let (_folder, path) = judges::written(file);
        let shown = judges::run("qpdf", &["--show-xref", path.to_str().unwrap()]);
        let words = String::from_utf8(shown.stdout).unwrap();
        let line = words
            .lines()
            .find(|line| line.starts_with(&format!("{number}/0:")))
            .map(str::to_owned);
        line.unwrap_or_else(|| panic!("no object {number}: {words}"))
    };
    for (references, packs) in [(References::Stream, false), (References::ObjectStream, true)] {
        let original = Recipe::simple(300).references(references).build();
        let places: Vec<(u32, f64, f64)> = (1..=300).map(|page| (page, 10.0, 10.0)).collect();
        let first = signed(&original, vec![square_at(20.0, &places)]);
        let second = signed(&first, vec![square_at(20.0, &places)]);
        for file in [&first, &second] {
            judges::qpdf_clean(file);
            // The catalog (1) and the last page (602) are both written anew.
            for number in [1, 602] {
                let line = container(file, number);
                assert_eq!(line.contains(": compressed"), packs, "{references:?}: {line}");
            }
        }
        println!(
            "{references:?}: {} and {} bytes more",
            first.len() - original.len(),
            second.len() - first.len()
        );
        let document = open(second).unwrap();
        let signatures = read_signatures(&document).unwrap();
        assert_eq!(signatures[1].pages.len(), 300);
        assert!(
            matches!(changes_since(&document, 1), Changes::Allowed(_)),
            "{:?}",
            changes_since(&document, 1)
        );
    }
}

#[test]
fn a_second_signature_leaves_the_first_and_carries_its_marks_as_widgets() {
    let original = Recipe::simple(2).references(References::Stream).build();
    let first = signed(&original, vec![square_at(30.0, &[(1, 20.0, 20.0)])]);
    let second = signed(&first, vec![square_at(30.0, &[(1, 100.0, 100.0), (2, 100.0, 100.0)])]);
    assert!(second.starts_with(&first));
    judges::qpdf_clean(&second);
    let document = open(second).unwrap();
    let signatures = read_signatures(&document).unwrap();
    let names: Vec<&str> = signatures.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["Signature1", "Signature2"]);
    assert_eq!(signatures[0].coverage, Coverage::WholeRevision);
    assert_eq!(signatures[0].revision, Some(1));
    assert_eq!(signatures[1].coverage, Coverage::WholeFile);
    assert_eq!(signatures[1].pages, [1, 2]);
    assert!(matches!(
        prepare_stamp(&document, &[square_at(9.0, &[(1, 1.0, 1.0)])]),
        Err(PlaceError::AlreadySigned)
    ));
}

#[test]
fn every_mark_of_a_signature_is_listed_where_it_was_put() {
    let turned = Recipe::with_page(
        "/MediaBox[20 30 615 872]/CropBox[40 50 600 800]/Rotate 90/UserUnit 2",
        "q",
    );
    let (first_place, second_place) = ((33.0, 44.0), (5.0, 60.0));
    let first = signed(
        &turned.build(),
        vec![square_at(30.0, &[(1, first_place.0, first_place.1)])],
    );
    let second = signed(&first, vec![square_at(20.0, &[(1, second_place.0, second_place.1)])]);
    let document = open(second).unwrap();
    let signatures = read_signatures(&document).unwrap();
    let cases = [
        (first_place, 30.0, MarkKind::Drawn),
        (second_place, 20.0, MarkKind::Widget),
    ];
    for (signature, ((x_mm, y_mm), size_mm, kind)) in signatures.iter().zip(cases) {
        let marks = read_marks(&document, signature).unwrap();
        assert_eq!(marks.len(), 1, "{marks:?}");
        let mark = marks[0];
        assert_eq!((mark.page, mark.kind), (1, kind));
        let off = [
            mark.x_mm - x_mm,
            mark.y_mm - y_mm,
            mark.width_mm - size_mm,
            mark.height_mm - size_mm,
        ];
        assert!(off.iter().all(|error| error.abs() < 0.01), "{mark:?}");
    }
}

#[test]
fn an_appearance_is_stored_once_for_any_number_of_pages() {
    let original = Recipe::simple(40).build();
    let everywhere: Vec<(u32, f64, f64)> = (1..=40).map(|page| (page, 50.0, 50.0)).collect();
    let document = open(original.clone()).unwrap();
    let tail = prepare_stamp(&document, &[square_at(42.0, &everywhere)]).unwrap();
    let forms = tail.windows(13).filter(|window| window == b"/Subtype /For").count();
    assert_eq!(forms, 1);
    judges::qpdf_clean(&joined(&original, &tail));
}

#[test]
fn a_visible_widget_and_a_picture_with_transparency_are_written() {
    let mut pixels = image::RgbaImage::from_pixel(8, 8, image::Rgba([200, 0, 0, 128]));
    pixels.put_pixel(0, 0, image::Rgba([0, 0, 0, 0]));
    let mut png = std::io::Cursor::new(Vec::new());
    pixels.write_to(&mut png, image::ImageFormat::Png).unwrap();
    let appearance = pdf::Appearance::Raster {
        png: png.into_inner().into(),
        width_mm: 20.0,
        height_mm: 20.0,
    };
    let placement = PlacedMm {
        page: 2,
        x_mm: 30.0,
        y_mm: 30.0,
    };
    let original = Recipe::simple(2).build();
    let wanted = SignatureRequest {
        widget: Widget::Visible { appearance, placement },
        field_name: Some("法定代表人".to_owned()),
        ..request(Vec::new())
    };
    let output = signed_with(&original, &wanted);
    judges::qpdf_clean(&output);
    let document = open(output).unwrap();
    let signatures = read_signatures(&document).unwrap();
    assert_eq!(signatures[0].name, "法定代表人");
    assert_eq!(signatures[0].pages, [2]);
}

#[test]
fn bytes_before_the_header_shift_the_offsets() {
    let original = Recipe {
        prefix: b"junk from a mail gateway\n".to_vec(),
        ..Recipe::simple(1)
    }
    .build();
    let before = judges::qpdf_check(&original).0;
    let output = signed(&original, vec![square_at(20.0, &[(1, 20.0, 20.0)])]);
    assert_eq!(judges::qpdf_check(&output).0, before);
    assert_eq!(
        read_signatures(&open(output).unwrap()).unwrap()[0].coverage,
        Coverage::WholeFile
    );
}

#[test]
fn what_cannot_be_signed_is_refused_with_the_reason() {
    assert_eq!(open(b"").err(), Some(OpenError::Empty));
    assert_eq!(open(b"hello").err(), Some(OpenError::NotPdf));
    assert!(matches!(open(b"%PDF-1.7\nhello").err(), Some(OpenError::Damaged(_))));

    let whole = Recipe::simple(1).build();
    let text = String::from_utf8_lossy(&whole).into_owned();
    let startxref: usize = text
        .rsplit("startxref\n")
        .next()
        .unwrap()
        .split('\n')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let broken = text.replace(&format!("startxref\n{startxref}"), "startxref\n5");
    let document = open(Recipe::simple(1).build()).unwrap();
    assert_eq!(document.can_append(), Ok(()));
    // Viewers repair it, so it can be looked at; appending to it would lose its pages.
    let repaired = open(broken.into_bytes()).unwrap();
    assert_eq!(repaired.page_count(), 1);
    assert_eq!(
        repaired.can_append(),
        Err(RefuseReason::Damaged(Damage::BadSection { at: 5 }))
    );
    assert!(
        read_signatures(&repaired).is_err(),
        "never «unsigned» for what cannot be read"
    );

    let encrypted = text.replace(
        "/Root 1 0 R/ID",
        "/Root 1 0 R/Encrypt<</Filter/Standard/V 1/R 2/P -4/O(x)/U(x)>>/ID",
    );
    assert_eq!(open(encrypted.into_bytes()).err(), Some(OpenError::Encrypted));

    let stray = joined(&whole, b"<html>not ours</html>");
    assert!(matches!(
        open(stray).unwrap().can_append(),
        Err(RefuseReason::StrayBytes { .. })
    ));

    let xfa = Recipe {
        catalog: "/AcroForm<</Fields[]/XFA(x)>>".to_owned(),
        ..Recipe::simple(1)
    }
    .build();
    assert_eq!(open(xfa).unwrap().can_append(), Err(RefuseReason::XfaForm));
}

#[test]
fn a_mark_that_does_not_fit_is_refused() {
    let document = open(Recipe::simple(1).build()).unwrap();
    let refused = |marks: Vec<Mark>| prepare_signature(&document, &request(marks)).unwrap_err();
    assert_eq!(
        refused(vec![square_at(40.0, &[(1, 180.0, 10.0)])]),
        PlaceError::MarkOffPage { page: 1 }
    );
    assert_eq!(
        refused(vec![square_at(40.0, &[(1, -5.0, 10.0)])]),
        PlaceError::MarkOffPage { page: 1 }
    );
    assert_eq!(
        refused(vec![square_at(40.0, &[(1, f64::NAN, 10.0)])]),
        PlaceError::MarkOffPage { page: 1 }
    );
    assert_eq!(
        refused(vec![square_at(40.0, &[(2, 1.0, 1.0)])]),
        PlaceError::NoSuchPage { page: 2 }
    );
    assert_eq!(
        refused(vec![square_at(f64::INFINITY, &[(1, 1.0, 1.0)])]),
        PlaceError::BadSize
    );
    let broken = pdf::Appearance::Raster {
        png: b"no picture".as_slice().into(),
        width_mm: 9.0,
        height_mm: 9.0,
    };
    let corner = PlacedMm {
        page: 1,
        x_mm: 1.0,
        y_mm: 1.0,
    };
    let placements = vec![corner.into()];
    assert_eq!(
        refused(vec![Mark {
            appearance: broken,
            placements
        }]),
        PlaceError::BadPicture
    );
    let named = SignatureRequest {
        field_name: Some("a.b".to_owned()),
        ..request(Vec::new())
    };
    assert_eq!(
        prepare_signature(&document, &named).unwrap_err(),
        PlaceError::BadFieldName
    );
    assert_eq!(prepare_stamp(&document, &[]).unwrap_err(), PlaceError::NothingToPlace);
    let empty = Mark {
        appearance: two_colour_square(9.0),
        placements: Vec::new(),
    };
    assert_eq!(
        prepare_stamp(&document, &[empty]).unwrap_err(),
        PlaceError::NothingToPlace
    );
}

#[test]
fn a_signature_larger_than_the_space_kept_is_refused() {
    let document = open(Recipe::simple(1).build()).unwrap();
    let small = SignatureRequest {
        reserved_bytes: 4,
        ..request(Vec::new())
    };
    let error = prepare_signature(&document, &small)
        .unwrap()
        .with_signature(&DUMMY_CMS)
        .unwrap_err();
    assert_eq!((error.needed, error.reserved), (6, 4));
}

#[test]
fn a_certified_document_that_allows_no_changes_is_left_alone() {
    let certified = certified(1);
    let document = open(certified).unwrap();
    let refused = document.can_append().unwrap_err();
    assert!(
        matches!(refused, RefuseReason::CertifiedNoChanges { ref field } if field == "Boss"),
        "{refused:?}"
    );
    assert_eq!(open(self::certified(2)).unwrap().can_append(), Ok(()));
}

/// A file whose (empty) signature certifies it at a level.
fn certified(level: u8) -> Vec<u8> {
    let original = Recipe::simple(1).build();
    let signature = format!(
        "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange[0 1 2 3]/Contents<3000>\
         /Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/P {level}/V/1.2>>>>]>>"
    );
    let field = "<</FT/Sig/T(Boss)/V 8 0 R/Type/Annot/Subtype/Widget/Rect[0 0 0 0]/P 4 0 R>>";
    let catalog = "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[7 0 R]/SigFlags 3>>/Perms<</DocMDP 8 0 R>>>>";
    append_objects(&original, &[(1, catalog), (7, field), (8, &signature)], "", 9)
}
