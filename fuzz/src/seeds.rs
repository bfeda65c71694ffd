//! What the targets begin with: the tests' own recipes, and small files of others where those are.

use std::path::{Path, PathBuf};

use super::recipes::{self, Recipe, References, append_objects, square_at};
use super::signed;

/// Larger files slow the search down more than they find.
const MOST_BYTES: u64 = 40_000;
/// Longer side of the small versions of photos, in pixels.
const PHOTO_SIDE: u32 = 200;

/// Writes seeds into the folder that the environment names and ends; does nothing where none is named.
pub fn write_when_asked(seeds: impl FnOnce() -> Vec<Vec<u8>>) {
    let Some(folder) = std::env::var_os("GANJIANG_SEEDS").map(PathBuf::from) else {
        return;
    };
    std::fs::create_dir_all(&folder).expect("a seed");
    for (number, seed) in seeds().iter().enumerate() {
        std::fs::write(folder.join(format!("seed-{number}")), seed).expect("a seed");
    }
    std::process::exit(0);
}

/// PDFs: recipes, and small files of others.
pub fn files() -> Vec<Vec<u8>> {
    let mut files = recipes_of_files();
    if let Some(folder) = std::env::var_os("GANJIANG_CORPORA") {
        gather(Path::new(&folder), &["pdf"], &mut files, 0, MOST_BYTES);
    }
    files
}

/// Files with these endings and fewer bytes than that, of a folder and the folders in it.
pub fn gather(from: &Path, endings: &[&str], files: &mut Vec<Vec<u8>>, depth: usize, below: u64) {
    for entry in std::fs::read_dir(from).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && depth < 3 {
            gather(&path, endings, files, depth + 1, below);
        } else if path.extension().is_some_and(|own| endings.iter().any(|ending| own == *ending))
            && entry.metadata().expect("a seed").len() < below
        {
            files.push(std::fs::read(path).expect("a seed"));
        }
    }
}

/// Photos: a drawn seal, small versions of the photos of the corpora, and small pictures of others.
pub fn photos() -> Vec<Vec<u8>> {
    let design = seal::SealForm::Company(seal::CompanySeal::new("杭州云栖智能科技有限公司", 40.0));
    let drawing = seal::SealDesign::from(design).layout(seal::FontStack::bundled());
    let drawn = drawing.expect("a seed").to_png(120).expect("a seed");
    let mut photos = small_versions(&drawn);
    photos.push(drawn);
    if let Some(folder) = std::env::var_os("GANJIANG_CORPORA").map(PathBuf::from) {
        for entry in std::fs::read_dir(folder.join("photos")).into_iter().flatten().flatten() {
            if entry.path().extension().is_some_and(|ending| ending == "jpg") {
                photos.extend(small_versions(&std::fs::read(entry.path()).expect("a seed")));
            }
        }
        gather(&folder.join("images"), &["jpg", "jpeg", "png", "webp"], &mut photos, 0, MOST_BYTES);
    }
    photos
}

/// The picture made small, in each format that is read; transparent places become white.
fn small_versions(photo: &[u8]) -> Vec<Vec<u8>> {
    use image::ImageFormat::{Jpeg, Png, WebP};
    let read = seal::clean::Photo::read(photo).expect("a seed");
    let (pixels, width, height) = read.pixels();
    let picture = image::RgbImage::from_raw(width as u32, height as u32, pixels.to_vec()).expect("a seed");
    let small = image::DynamicImage::ImageRgb8(picture).thumbnail(PHOTO_SIDE, PHOTO_SIDE);
    let coded = [Jpeg, Png, WebP].map(|format| {
        let mut bytes = std::io::Cursor::new(Vec::new());
        small.write_to(&mut bytes, format).expect("a seed");
        bytes.into_inner()
    });
    coded.to_vec()
}

fn recipes_of_files() -> Vec<Vec<u8>> {
    let mut files = Vec::new();
    for references in [References::Table, References::Stream, References::ObjectStream] {
        let plain = Recipe::simple(2).references(references).build();
        let once = signed(
            &recipes::open(plain.clone()).expect("a seed"),
            vec![square_at(9.0, &[(1, 5.0, 5.0)])],
        )
        .expect("a seed");
        let twice = signed(
            &recipes::open(once.clone()).expect("a seed"),
            vec![square_at(9.0, &[(1, 50.0, 5.0), (2, 5.0, 5.0)])],
        );
        files.extend([plain, once, twice.expect("a seed")]);
    }
    let turned = "/MediaBox[20 30 615 872]/CropBox[40 50 600 800]/Rotate 90/UserUnit 2/Annots[]";
    files.push(Recipe::with_page(turned, "q 1 0 0 1 5 5 cm BT /F1 9 Tf (Bid) Tj ET Q").build());
    let simple = Recipe::simple(1).build();
    files.push(append_objects(
        &simple,
        &[(5, "<</Length 1>>stream\nq\nendstream")],
        "",
        6,
    ));
    let prefixed = Recipe {
        prefix: b"HTTP/1.1 200 OK\r\n\r\n".to_vec(),
        ..Recipe::simple(1)
    };
    files.push(prefixed.build());
    let end = simple
        .windows(9)
        .rposition(|window| window == b"startxref")
        .expect("a seed");
    files.push([&simple[..end], b"startxref\n7\n%%EOF\n"].concat());
    files.push(simple[..simple.len() / 2].to_vec());
    files
}

/// What stands in a signature dictionary.
pub fn dictionaries() -> Vec<Vec<u8>> {
    [
        "/Contents <3000> /ByteRange [0 900 1032 400]",
        "/ByteRange[0 900 1032 400]/Contents<3000>/Contents<>/Type/Sig/SubFilter/ETSI.CAdES.detached",
        "/ByteRange [0 1 2 3 4 5] /Contents (not hex)",
        "/ByteRange 7 0 R /Contents <30 00>/Reference[<</TransformMethod/DocMDP/TransformParams<</P 1>>>>]",
        "/ByteRange [-1 99999999999999999999 0 0]/Filter/Adobe.PPKLite/M(D:20261124093000+08'00')/Name<FEFF6295>",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

/// Plans with every kind of content and place.
pub fn plans() -> Vec<Vec<u8>> {
    let seal = r##"{"kind":"seal","seal":"公章"}"##;
    let text = r##"{"kind":"text","text":"同意\n投标","size_pt":12.0,"color":"#c8102e"}"##;
    let date = r##"{"kind":"date","pattern":"chinese","size_pt":9.5,"color":"#000000"}"##;
    let places = [
        r#"{"kind":"at","pages":"1-3,5","x_mm":1.0,"y_mm":2.5}"#,
        r#"{"kind":"corner","pages":"all","corner":"bottom_right","margin_mm":20.0}"#,
        r#"{"kind":"keyword","word":"Seal","hits":{"nth":2},"pages":"odd","anchor":"right","dx_mm":1.0,"dy_mm":-1.0}"#,
        r#"{"kind":"keyword","word":"Seal here","hits":"last","pages":"all","anchor":"center","dx_mm":0.0,"dy_mm":0.0}"#,
        r#"{"kind":"seam","pages":"all","side":"left","pages_per_group":2,"odd_pages_only":true,"skip_cover":true,"along_mm":3.0}"#,
        r#"{"kind":"seam","pages":"1-4","side":"bottom","pages_per_group":null,"along_mm":null}"#,
    ];
    let item = |content: &str, place: &str| format!(r#"{{"content":{content},"place":{place}}}"#);
    let plan = |items: &[String]| format!(r#"{{"version":1,"items":[{}]}}"#, items.join(",")).into_bytes();
    let mut plans: Vec<Vec<u8>> = places.iter().map(|place| plan(&[item(seal, place)])).collect();
    plans.push(plan(&[
        item(text, places[0]),
        item(date, places[1]),
        item(seal, places[5]),
    ]));
    plans
}
