//! Contact sheets for the eye: every length, purpose, style and face, written to `target/seal-sheets` as PNG.
//!
//! `cargo test -p seal --test sheets` writes them; the test itself checks that each seal on them has ink all around.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops at the first thing that is not as it should be"
)]

use std::path::{Path, PathBuf};

use seal::{
    COMPANY_DIAMETERS_MM, CompanySeal, FontStack, NameFace, NameSeal, NameStyle, NameSuffix, SealDesign, SealDrawing,
};

/// Resolution of the sheets.
const DPI: u32 = 300;
/// White space around a seal in pixels.
const MARGIN: usize = 24;

/// A white sheet that takes seals from left to right, top to bottom.
struct Sheet {
    columns: usize,
    cell: usize,
    pictures: Vec<(usize, Vec<u8>)>,
}

impl Sheet {
    fn new(columns: usize) -> Self {
        Self {
            columns,
            cell: 0,
            pictures: Vec::new(),
        }
    }

    fn add(&mut self, drawing: &SealDrawing) {
        let (side, pixels) = decoded(&drawing.to_png(DPI).unwrap());
        assert!(
            touches_every_edge(side, &pixels),
            "the ring or border reaches all four edges"
        );
        self.cell = self.cell.max(side + 2 * MARGIN);
        self.pictures.push((side, pixels));
    }

    fn write(&self, name: &str) {
        let rows = self.pictures.len().div_ceil(self.columns);
        let (width, height) = (self.columns * self.cell, rows * self.cell);
        let mut page = vec![255_u8; width * height * 3];
        for (index, (side, pixels)) in self.pictures.iter().enumerate() {
            let left = index % self.columns * self.cell + (self.cell - side) / 2;
            let top = index / self.columns * self.cell + (self.cell - side) / 2;
            for (at, pixel) in pixels.chunks_exact(4).enumerate() {
                let target = ((top + at / side) * width + left + at % side) * 3;
                for channel in 0..3 {
                    let (ink, alpha) = (u32::from(pixel[channel]), u32::from(pixel[3]));
                    page[target + channel] = ((ink * alpha + 255 * (255 - alpha)) / 255) as u8;
                }
            }
        }
        save(name, width, height, &page);
    }
}

fn decoded(picture: &[u8]) -> (usize, Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(picture)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(info.width, info.height);
    (info.width as usize, pixels)
}

fn touches_every_edge(side: usize, pixels: &[u8]) -> bool {
    let alpha = |x: usize, y: usize| pixels[(y * side + x) * 4 + 3];
    let middle = side / 2;
    [(middle, 1), (middle, side - 2), (1, middle), (side - 2, middle)]
        .iter()
        .all(|(x, y)| alpha(*x, *y) > 200)
}

fn save(name: &str, width: usize, height: usize, pixels: &[u8]) {
    let folder = sheets_folder();
    std::fs::create_dir_all(&folder).unwrap();
    let mut encoded = Vec::new();
    let mut encoder = png::Encoder::new(&mut encoded, width as u32, height as u32);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(pixels).unwrap();
    writer.finish().unwrap();
    let mut file = tempfile::NamedTempFile::new_in(&folder).unwrap();
    std::io::Write::write_all(&mut file, &encoded).unwrap();
    file.persist(folder.join(name)).unwrap();
}

/// `target/seal-sheets` of the workspace.
fn sheets_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/seal-sheets")
}

fn company(name: &str, purpose: Option<&str>, code_digits: Option<&str>, diameter_mm: f64) -> SealDrawing {
    let seal = CompanySeal {
        name: name.to_owned(),
        purpose: purpose.map(str::to_owned),
        code_digits: code_digits.map(str::to_owned),
        diameter_mm,
    };
    SealDesign::Company(seal).layout(FontStack::bundled()).unwrap()
}

/// A plausible company name of exactly `length` characters.
fn company_name(length: usize) -> String {
    const PLACE: &str = "新疆维吾尔自治区乌鲁木齐市沙依巴克区";
    const WORD: &str = "丝路明珠国际工程勘察设计咨询建设";
    let tail = match length {
        0..=5 => "公司",
        6..=9 => "有限公司",
        10..=15 => "科技有限公司",
        _ => "集团股份有限公司",
    };
    let rest = length - tail.chars().count();
    let place = (rest / 2).min(PLACE.chars().count());
    let words: Vec<char> = WORD.chars().collect();
    PLACE
        .chars()
        .take(place)
        .chain(words.iter().cycle().take(rest - place).copied())
        .chain(tail.chars())
        .collect()
}

#[test]
fn company_seals_of_every_length() {
    for (file, purpose) in [("company-plain.png", None), ("company-purpose.png", Some("投标专用章"))] {
        let mut sheet = Sheet::new(6);
        for length in 4..=40 {
            let name = company_name(length);
            assert_eq!(name.chars().count(), length);
            sheet.add(&company(&name, purpose, None, 40.0));
        }
        sheet.write(file);
    }
}

#[test]
fn company_seals_with_everything_a_name_may_carry() {
    let mut sheet = Sheet::new(4);
    for (name, purpose, code) in [
        ("杭州云栖智能科技有限公司", None, None),
        ("杭州云栖智能科技有限公司", Some("合同专用章"), None),
        ("杭州云栖智能科技有限公司", Some("合同专用章(1)"), Some("3301060012345")),
        ("杭州云栖智能科技有限公司", Some("财务专用章"), Some("3301060012345")),
        ("云栖（杭州）智能科技有限公司", Some("投标专用章"), None),
        ("北京３M(中国)有限公司", None, None),
        ("TCL科技集团股份有限公司", Some("投标专用章(2)"), None),
        ("Yunqi Intelligence (Hangzhou) Co., Ltd.", None, None),
        ("上海A&B·C-D贸易有限公司", None, None),
        ("八一二工心十人口小广公司", None, Some("123456")),
        ("国酬鑫赢贸圈团圆围展厦源", Some("建设工程项目资料专用章"), None),
        ("北京喆堃㛃䶮𬀩科技有限公司", Some("公章"), None),
        ("360数科有限公司", Some("业务"), Some("913301060123456789")),
        (
            "中国石油天然气股份有限公司新疆维吾尔自治区乌鲁木齐市分公司",
            Some("物资采购合同专用章(12)"),
            Some("3301060012345"),
        ),
        ("ABCD", None, None),
        ("一二三丁", Some("招标代理专用章"), None),
    ] {
        sheet.add(&company(name, purpose, code, 40.0));
    }
    sheet.write("company-mixed.png");
}

#[test]
fn company_seals_of_every_size() {
    let mut sheet = Sheet::new(4);
    for diameter in COMPANY_DIAMETERS_MM {
        sheet.add(&company("杭州云栖智能科技有限公司", Some("投标专用章"), None, diameter));
    }
    sheet.write("company-sizes.png");
}

#[test]
fn name_seals_of_every_style() {
    let names = ["王", "王敏", "李建国", "欧阳晓彤"];
    for (file, face) in [
        ("name-song.png", NameFace::Song),
        ("name-kai.png", NameFace::Kai),
        ("name-brush.png", NameFace::Brush),
    ] {
        let mut sheet = Sheet::new(6);
        for text in names {
            for style in [NameStyle::Zhu, NameStyle::Bai] {
                for suffix in [NameSuffix::None, NameSuffix::Yin, NameSuffix::ZhiYin] {
                    let seal = NameSeal {
                        text: text.to_owned(),
                        style,
                        suffix,
                        size_mm: 20.0,
                        face,
                    };
                    sheet.add(&SealDesign::Name(seal).layout(FontStack::bundled()).unwrap());
                }
            }
        }
        sheet.write(file);
    }
}

#[test]
fn hard_names() {
    let mut sheet = Sheet::new(6);
    for text in [
        "丁一",
        "卜乙",
        "龚懿",
        "魏鑫赢",
        "于小一",
        "䶮喆堃",
        "司马懿",
        "龘靐齉",
        "王一飞",
        "田口",
        "陈𬀩",
        "西门吹雪",
    ] {
        for style in [NameStyle::Zhu, NameStyle::Bai] {
            for face in [NameFace::Song, NameFace::Kai, NameFace::Brush] {
                let seal = NameSeal {
                    text: text.to_owned(),
                    style,
                    suffix: NameSuffix::None,
                    size_mm: 18.0,
                    face,
                };
                sheet.add(&SealDesign::Name(seal).layout(FontStack::bundled()).unwrap());
            }
        }
    }
    sheet.write("name-hard.png");
}
