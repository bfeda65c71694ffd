//! A sample bid (投标文件): several A4 pages of Chinese text, written from a recipe so that every run gives the same bytes.
use std::fmt::Write as _;

/// The pages: a heading, then lines.
const PAGES: &[(&str, &[&str])] = &[
    (
        "投 标 文 件",
        &[
            "项目名称：云栖小镇智慧园区综合管理平台采购项目",
            "项目编号：HZZFCG-2026-1187",
            "",
            "投标人：杭州云栖智能科技有限公司（盖章）",
            "统一社会信用代码：91330106MA2CFUY66Q",
            "法定代表人：李建国（签字或盖章）",
        ],
    ),
    (
        "一、投标函",
        &[
            "致：杭州市政府采购中心",
            "我方已仔细阅读贵方招标文件，愿以人民币贰佰叁拾陆万捌仟元整（¥2,368,000.00）的",
            "投标总价，按招标文件的要求承担本项目的全部工作。",
            "1. 投标有效期为开标之日起九十日。",
            "2. 我方承诺所提交的全部资料真实、完整、有效。",
            "3. 如我方中标，将在收到中标通知书后三十日内签订合同。",
        ],
    ),
    (
        "二、法定代表人授权委托书",
        &[
            "兹授权本公司员工刘洋为我方代理人，以我方名义参加本项目的投标活动，",
            "代理人在投标、开标、评标、合同谈判过程中签署的一切文件，我方均予承认。",
            "代理期限：自本授权书签署之日起至投标有效期满。",
            "代理人无转委托权。",
        ],
    ),
    (
        "三、开标一览表",
        &[
            "序号    名称                    数量    金额（元）",
            "1       园区综合管理平台软件      1 套    1,480,000.00",
            "2       物联感知设备及安装        1 批      648,000.00",
            "3       三年运行维护服务          1 项      240,000.00",
            "合计    人民币贰佰叁拾陆万捌仟元整          2,368,000.00",
        ],
    ),
];

/// Objects before the first page: catalog, page tree, font, descendant font, descriptor.
const FIRST_PAGE_OBJECT: usize = 6;

/// The sample bid as PDF bytes. Its font is not embedded, as is usual for programs of the region.
pub fn sample_bid() -> Vec<u8> {
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        page_tree(),
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H /DescendantFonts [4 0 R] >>"
            .to_owned(),
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) \
         /Ordering (GB1) /Supplement 4 >> /DW 1000 /W [1 95 500] /FontDescriptor 5 0 R >>"
            .to_owned(),
        "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 \
         /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
            .to_owned(),
    ];
    for (number, (heading, lines)) in (1..).zip(PAGES) {
        objects.push(page_object(objects.len() + 2));
        let content = content(heading, lines, number);
        objects.push(format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()));
    }
    file(&objects)
}

fn page_tree() -> String {
    let kids: Vec<_> = (0..PAGES.len())
        .map(|index| format!("{} 0 R", FIRST_PAGE_OBJECT + 2 * index))
        .collect();
    format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), kids.len())
}

fn page_object(content: usize) -> String {
    format!(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595.28 841.89] /Resources << /Font << /F1 3 0 R >> >> \
         /Contents {content} 0 R >>"
    )
}

fn content(heading: &str, lines: &[&str], number: usize) -> String {
    let mut content = text(heading, 22.0, 72.0, 740.0);
    for (line, y) in lines.iter().zip((0..).map(|index| 680.0 - 26.0 * f64::from(index))) {
        content.push_str(&text(line, 12.0, 72.0, y));
    }
    content.push_str(&text(
        &format!("第 {number} 页 共 {} 页", PAGES.len()),
        9.0,
        265.0,
        40.0,
    ));
    content
}

fn text(line: &str, size: f64, x: f64, y: f64) -> String {
    let digits = line.encode_utf16().fold(String::new(), |mut digits, unit| {
        // Writing into a String cannot fail.
        let _ = write!(digits, "{unit:04X}");
        digits
    });
    format!("BT /F1 {size} Tf {x} {y} Td <{digits}> Tj ET\n")
}

fn file(objects: &[String]) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (number, object) in (1..).zip(objects) {
        let _ = writeln!(table, "{:010} 00000 n ", bytes.len());
        bytes.extend_from_slice(format!("{number} 0 obj\n{object}\nendobj\n").as_bytes());
    }
    let start = bytes.len();
    let _ = write!(
        table,
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n",
        objects.len() + 1
    );
    bytes.extend_from_slice(table.as_bytes());
    bytes
}
