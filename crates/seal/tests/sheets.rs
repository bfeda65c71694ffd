//! Contact sheets for the eye: every kind, length, purpose, style and face, written to `target/seal-sheets` as PNG.
//!
//! `cargo xtask sheets` writes them; the tests themselves check that each seal on them has ink on all four edges.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops at the first thing that is not as it should be"
)]

use std::path::{Path, PathBuf};

use seal::{
    COMPANY_DIAMETERS_MM, Centre, ColumnOrder, CompanySeal, FontStack, InvoiceSeal, Look, NameArcs, NameSeal,
    NameStyle, NameSuffix, OvalSeal, RectangleSeal, SealDesign, SealDrawing, SealForm, SquareSeal, Typeface,
};

/// Resolution of the sheets.
const DPI: u32 = 300;
/// White space around a seal in pixels.
const MARGIN: usize = 24;

/// A seal as pixels.
struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

/// A white sheet that takes seals from left to right, top to bottom.
struct Sheet {
    columns: usize,
    pictures: Vec<Picture>,
}

impl Sheet {
    fn new(columns: usize) -> Self {
        Self {
            columns,
            pictures: Vec::new(),
        }
    }

    fn add(&mut self, drawing: &SealDrawing) {
        let picture = decoded(&drawing.to_png(DPI).unwrap());
        assert!(
            touches_every_edge(&picture),
            "the ring or border reaches all four edges"
        );
        self.pictures.push(picture);
    }

    fn form(&mut self, form: SealForm) {
        self.add(&drawn(form));
    }

    fn write(&self, name: &str) {
        let rows = self.pictures.len().div_ceil(self.columns);
        let cell = |side: fn(&Picture) -> usize| self.pictures.iter().map(side).max().unwrap() + 2 * MARGIN;
        let (wide, high) = (cell(|one| one.width), cell(|one| one.height));
        let (width, height) = (self.columns * wide, rows * high);
        let mut page = vec![255_u8; width * height * 3];
        for (index, picture) in self.pictures.iter().enumerate() {
            let left = index % self.columns * wide + (wide - picture.width) / 2;
            let top = index / self.columns * high + (high - picture.height) / 2;
            for (at, pixel) in picture.pixels.chunks_exact(4).enumerate() {
                let target = ((top + at / picture.width) * width + left + at % picture.width) * 3;
                for channel in 0..3 {
                    let (ink, alpha) = (u32::from(pixel[channel]), u32::from(pixel[3]));
                    page[target + channel] = ((ink * alpha + 255 * (255 - alpha)) / 255) as u8;
                }
            }
        }
        save(name, width, height, &page);
    }
}

fn decoded(picture: &[u8]) -> Picture {
    let mut reader = png::Decoder::new(std::io::Cursor::new(picture)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    Picture {
        width: info.width as usize,
        height: info.height as usize,
        pixels,
    }
}

fn touches_every_edge(picture: &Picture) -> bool {
    let (width, height) = (picture.width, picture.height);
    let alpha = |x: usize, y: usize| picture.pixels[(y * width + x) * 4 + 3];
    [
        (width / 2, 1),
        (width / 2, height - 2),
        (1, height / 2),
        (width - 2, height / 2),
    ]
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

fn drawn(form: SealForm) -> SealDrawing {
    SealDesign::from(form).layout(FontStack::bundled()).unwrap()
}

fn company(name: &str, purpose: Option<&str>, code_digits: Option<&str>, diameter_mm: f64) -> SealForm {
    SealForm::Company(CompanySeal {
        purpose: purpose.map(str::to_owned),
        code_digits: code_digits.map(str::to_owned),
        ..CompanySeal::new(name, diameter_mm)
    })
}

/// A plausible company name of exactly `length` characters.
fn company_name(length: usize) -> String {
    const PLACE: &str = "新疆维吾尔自治区乌鲁木齐市沙依巴克区";
    const WORD: &str = "丝路明珠国际工程勘察设计咨询建设";
    let tail = match length {
        0..=5 => "公司",
        6..=9 => "有限公司",
        10..=15 => "科技有限公司",
        16..=40 => "集团股份有限公司",
        _ => "集团股份有限公司东部沿海地区第二分公司",
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
        for length in (4..=40).chain((42..=60).step_by(3)) {
            let name = company_name(length);
            assert_eq!(name.chars().count(), length);
            sheet.form(company(&name, purpose, None, 40.0));
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
        sheet.form(company(name, purpose, code, 40.0));
    }
    sheet.write("company-mixed.png");
}

#[test]
fn company_seals_of_every_size() {
    let mut sheet = Sheet::new(4);
    for diameter in COMPANY_DIAMETERS_MM {
        sheet.form(company("杭州云栖智能科技有限公司", Some("投标专用章"), None, diameter));
    }
    sheet.write("company-sizes.png");
}

#[test]
fn company_seals_without_star_and_with_two_lines() {
    let mut sheet = Sheet::new(4);
    let short = "杭州云栖科技有限公司";
    let long = "中国建筑第八工程局有限公司浙江分公司二部";
    let very_long = "中国石油天然气股份有限公司新疆维吾尔自治区乌鲁木齐市沙依巴克区分公司";
    for centre in [Centre::Star, Centre::Empty] {
        for name in [short, long, very_long] {
            for (purpose, second_line) in [
                (Some("合同专用章"), None),
                (Some("合同专用章(3)"), None),
                (Some("工程项目资料专用章"), Some("第二项目部")),
                (Some("财务专用章"), Some("(业务)")),
            ] {
                sheet.form(SealForm::Company(CompanySeal {
                    purpose: purpose.map(str::to_owned),
                    second_line: second_line.map(str::to_owned),
                    centre,
                    ..CompanySeal::new(name, 40.0)
                }));
            }
        }
    }
    sheet.write("company-rows.png");
}

#[test]
fn company_seals_with_two_arcs() {
    let mut sheet = Sheet::new(4);
    for (name, purpose) in [
        ("中国石油天然气股份有限公司新疆维吾尔自治区分公司", None),
        ("中国石油天然气股份有限公司新疆维吾尔自治区分公司", Some("投标专用章")),
        ("国家电网有限公司西南分部", None),
        ("内蒙古自治区呼伦贝尔市海拉尔区建设工程质量安全监督管理服务中心", None),
        (
            "中铁二十三局集团第六工程有限公司渝昆高速铁路站前工程施工总承包项目经理部",
            None,
        ),
        (
            "中铁二十三局集团第六工程有限公司渝昆高速铁路站前工程施工总承包项目经理部",
            Some("合同专用章(2)"),
        ),
        ("Yunqi Intelligence (Hangzhou) Technology Co., Ltd. Branch", None),
    ] {
        for diameter_mm in [40.0, 45.0] {
            sheet.form(SealForm::Company(CompanySeal {
                purpose: purpose.map(str::to_owned),
                arcs: NameArcs::Two,
                ..CompanySeal::new(name, diameter_mm)
            }));
        }
    }
    sheet.write("company-two-arcs.png");
}

#[test]
fn faces_and_weights_of_company_seals() {
    let mut sheet = Sheet::new(4);
    for face in [Typeface::Song, Typeface::Kai, Typeface::Brush] {
        for boldness_mm in [-0.04, 0.0, 0.04, 0.08] {
            let form = SealForm::Company(CompanySeal {
                purpose: Some("投标专用章".to_owned()),
                face,
                ..CompanySeal::new("杭州云栖智能喆科技有限公司", 40.0)
            });
            let look = Look {
                boldness_mm,
                ..Look::default()
            };
            sheet.add(&SealDesign { form, look }.layout(FontStack::bundled()).unwrap());
        }
    }
    sheet.write("company-faces.png");
}

#[test]
fn oval_seals() {
    let mut sheet = Sheet::new(4);
    for (name, number, serial) in [
        ("同仁药业", "91330106MA27X12A3B", None),
        ("华润科技公司", "91330106MA27X12A3B", None),
        ("杭州云栖科技公司", "91330106MA27X12A3B", Some("1")),
        ("杭州云栖智能科技有限公司", "91330106MA27X12A3B", None),
        ("杭州云栖智能科技有限公司", "330106123456789", Some("12")),
        ("云栖（杭州）智能科技有限公司", "91330106MAWWX12A3B", None),
        (
            "中国建筑第八工程局有限公司浙江分公司二部",
            "91330106MA27X12A3B",
            Some("2"),
        ),
        (
            "内蒙古自治区呼伦贝尔市海拉尔区工程建设咨询管理有限公司",
            "12345678901234567890",
            Some("(3)"),
        ),
    ] {
        sheet.form(SealForm::Invoice(InvoiceSeal {
            serial: serial.map(str::to_owned),
            ..InvoiceSeal::new(name, number)
        }));
    }
    for (name, purpose, lower) in [
        ("云栖（中国）投资有限公司", None, None),
        ("云栖（中国）投资有限公司", Some("合同专用章"), None),
        (
            "云栖（中国）投资有限公司",
            Some("合同专用章"),
            Some("YUNQI (CHINA) INVESTMENT"),
        ),
        ("云栖投资有限公司", None, Some("Yunqi Investment Co., Ltd.")),
        ("杭州云栖科技", None, None),
        (
            "东方国际集装箱（上海自由贸易试验区）物流有限公司",
            Some("报关专用章"),
            None,
        ),
        (
            "东方国际集装箱（上海自由贸易试验区）物流有限公司",
            None,
            Some("ORIENT CONTAINER"),
        ),
        ("Yunqi Holdings Limited", Some("董事会"), None),
    ] {
        sheet.form(SealForm::Oval(OvalSeal {
            purpose: purpose.map(str::to_owned),
            lower_name: lower.map(str::to_owned),
            ..OvalSeal::new(name)
        }));
    }
    sheet.write("oval.png");
}

#[test]
fn square_and_rectangular_seals() {
    let mut sheet = Sheet::new(6);
    for (name, purpose) in [
        ("杭州云栖智能科技有限公司", Some("财务专用章")),
        ("云栖公司", Some("财务专用章")),
        ("杭州云栖科技公司", Some("财务专用章")),
        ("浙江省第一建筑工程有限公司", Some("财务专用章")),
        ("中国建筑第八工程局有限公司浙江分公司二部", Some("财务专用章")),
        ("云栖科技", None),
        ("杭州云栖科技公司印", None),
        ("中国石油天然气股份有限公司新疆分公司印", None),
    ] {
        for (style, face) in [
            (NameStyle::Zhu, Typeface::Song),
            (NameStyle::Bai, Typeface::Song),
            (NameStyle::Zhu, Typeface::Kai),
        ] {
            sheet.form(SealForm::Square(SquareSeal {
                name: name.to_owned(),
                purpose: purpose.map(str::to_owned),
                style,
                size_mm: 22.0,
                face,
            }));
        }
    }
    sheet.write("square.png");
    let mut sheet = Sheet::new(4);
    for (lines, width_mm, height_mm) in [
        (vec!["李建国"], 20.0, 10.0),
        (vec!["王敏"], 20.0, 10.0),
        (vec!["欧阳晓彤"], 20.0, 8.0),
        (vec!["现金收讫"], 40.0, 15.0),
        (vec!["杭州云栖智能科技有限公司", "合同专用章"], 50.0, 18.0),
        (vec!["作废"], 30.0, 16.0),
        (vec!["收文", "2026年1月5日", "云栖科技"], 40.0, 24.0),
        (vec!["Approved (QA)"], 40.0, 12.0),
    ] {
        for face in [Typeface::Song, Typeface::Kai] {
            sheet.form(SealForm::Rectangle(RectangleSeal {
                lines: lines.iter().map(|line| (*line).to_owned()).collect(),
                width_mm,
                height_mm,
                face,
            }));
        }
    }
    sheet.write("rectangle.png");
}

#[test]
fn name_seals_of_every_style() {
    let names = ["王", "王敏", "李建国", "欧阳修", "欧阳晓彤"];
    for (file, face) in [
        ("name-song.png", Typeface::Song),
        ("name-kai.png", Typeface::Kai),
        ("name-brush.png", Typeface::Brush),
    ] {
        let mut sheet = Sheet::new(6);
        for text in names {
            for style in [NameStyle::Zhu, NameStyle::Bai] {
                for suffix in [NameSuffix::None, NameSuffix::Yin, NameSuffix::ZhiYin] {
                    sheet.form(SealForm::Name(NameSeal {
                        style,
                        suffix,
                        face,
                        ..NameSeal::new(text, 20.0)
                    }));
                }
            }
        }
        for order in [ColumnOrder::RightToLeft, ColumnOrder::LeftToRight] {
            for suffix in [NameSuffix::None, NameSuffix::Yin, NameSuffix::ZhiYin] {
                sheet.form(SealForm::Name(NameSeal {
                    suffix,
                    face,
                    order,
                    ..NameSeal::new("李建国", 20.0)
                }));
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
            for face in [Typeface::Song, Typeface::Kai, Typeface::Brush] {
                sheet.form(SealForm::Name(NameSeal {
                    style,
                    face,
                    ..NameSeal::new(text, 18.0)
                }));
            }
        }
    }
    sheet.write("name-hard.png");
}

#[test]
fn drafts() {
    let mut sheet = Sheet::new(4);
    for form in [
        company("杭州云栖智能科技有限公司", Some("投标专用章"), None, 40.0),
        SealForm::Invoice(InvoiceSeal::new("杭州云栖智能科技有限公司", "91330106MA27X12A3B")),
        SealForm::Name(NameSeal::new("李建国", 20.0)),
        SealForm::Name(NameSeal {
            style: NameStyle::Bai,
            ..NameSeal::new("王敏", 18.0)
        }),
    ] {
        sheet.add(&drawn(form).as_draft(FontStack::bundled()));
    }
    sheet.write("draft.png");
}
