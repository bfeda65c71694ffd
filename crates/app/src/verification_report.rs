//! The findings on a file as a PDF to keep: one plain sentence for each signature, then every finding.

use crate::verification_words as words;
use crate::view::{ShownMarkKind, ShownMarkView};
use pades::report::{SignatureReport, Verdict};
use pades::{ChangesAfter, Verification};
use pdf::changes::{AllowedChange, ChangeReason, ObjectKind};
use pdf::lettering::{Color, LetteringError};
use pdf::update::{SHEET_MM, SheetError, SheetFont, SheetItem, write_sheets};
use std::collections::BTreeSet;
use time::{OffsetDateTime, UtcOffset};

const MARGIN_MM: f64 = 20.0;
/// Lowest base line of a page's text, in mm from the top.
const LOWEST_MM: f64 = 275.0;
const LABELS_MM: f64 = 30.0;
const BODY_PT: f64 = 10.0;
/// From base line to base line, in mm, of text of the body's size.
const LEADING_MM: f64 = 5.6;
/// Changes that are listed one by one for a signature.
const MOST_CHANGES: usize = 30;

const INK: Color = color(0x1f, 0x29, 0x37);
const GREY: Color = color(0x6b, 0x72, 0x80);
const RULE: Color = color(0xd9, 0xdd, 0xe3);
const GOOD: Color = color(0x15, 0x73, 0x47);
const BAD: Color = color(0xb4, 0x23, 0x18);
const DOUBTFUL: Color = color(0x92, 0x5c, 0x00);

const fn color(red: u8, green: u8, blue: u8) -> Color {
    Color { red, green, blue }
}

/// The file that was checked, and as of when.
pub(crate) struct Checked<'a> {
    pub(crate) file_name: &'a str,
    /// SHA-256 of the file, hexadecimal.
    pub(crate) sha256: &'a str,
    pub(crate) size_bytes: u64,
    pub(crate) page_count: u32,
    pub(crate) at: OffsetDateTime,
    /// How many roots were trusted.
    pub(crate) roots: usize,
    pub(crate) found: &'a Verification,
    /// What each signature shows, in the same order.
    pub(crate) marks: &'a [Vec<ShownMarkView>],
}

/// The report as PDF bytes.
///
/// # Errors
/// [`SheetError`]: the font cannot be used.
pub(crate) fn report(checked: &Checked<'_>, font: &[u8]) -> Result<Vec<u8>, SheetError> {
    let mut paper = Paper::new(SheetFont::new(font)?);
    paper.head(checked)?;
    for (number, report) in (1_usize..).zip(&checked.found.signatures) {
        let marks = checked.marks.get(number - 1).map(Vec::as_slice).unwrap_or_default();
        paper.signature(number, report, marks)?;
    }
    paper.note()?;
    let title = format!("验签报告 {}", checked.file_name);
    write_sheets(&title, &paper.numbered(checked.file_name), font)
}

/// Pages being filled from top to bottom.
struct Paper<'a> {
    font: SheetFont<'a>,
    sheets: Vec<Vec<SheetItem>>,
    /// Where the next line goes.
    y_mm: f64,
}

impl<'a> Paper<'a> {
    fn new(font: SheetFont<'a>) -> Self {
        Self {
            font,
            sheets: vec![Vec::new()],
            y_mm: MARGIN_MM + 6.0,
        }
    }

    fn head(&mut self, checked: &Checked<'_>) -> Result<(), LetteringError> {
        let verdict = checked.found.verdict;
        self.text("验签报告", 20.0, INK, 11.0)?;
        self.text(words::file_verdict(verdict), 14.0, tone(verdict), 9.0)?;
        for reason in &checked.found.reasons {
            self.text(&format!("{}。", words::reason(*reason)), BODY_PT, DOUBTFUL, LEADING_MM)?;
        }
        self.rows(&[
            ("文件", checked.file_name.to_owned(), INK),
            (
                "大小",
                format!("{} 字节，{} 页", checked.size_bytes, checked.page_count),
                INK,
            ),
            ("SHA-256", checked.sha256.to_owned(), INK),
            ("核对时间", beijing(checked.at), INK),
            ("受信任的根证书", format!("{} 个", checked.roots), INK),
            ("签名", format!("{} 个", checked.found.signatures.len()), INK),
            ("核对软件", format!("干将签章 {}", env!("CARGO_PKG_VERSION")), INK),
        ])
    }

    fn signature(
        &mut self,
        number: usize,
        report: &SignatureReport,
        marks: &[ShownMarkView],
    ) -> Result<(), LetteringError> {
        // A heading never stands alone at the foot of a page.
        if self.y_mm > LOWEST_MM - 45.0 {
            self.turn();
        }
        self.rule();
        let kind = if report.is_document_timestamp {
            "文档时间戳"
        } else {
            "签名"
        };
        let heading = format!("{kind} {number}　{}", words::verdict(report.verdict));
        self.text(&heading, 13.0, tone(report.verdict), 8.0)?;
        self.text(&words::sentence(report), 11.0, INK, 6.2)?;
        self.y_mm += 2.0;
        self.rows(&findings(report))?;
        self.rows(&facts(report, marks))?;
        self.changes(report)
    }

    fn changes(&mut self, report: &SignatureReport) -> Result<(), LetteringError> {
        let lines: Vec<String> = match report.changes.is_empty() {
            true => report.allowed.iter().map(allowed).collect(),
            false => report.changes.iter().map(change).collect(),
        };
        if lines.is_empty() {
            return Ok(());
        }
        let more = lines.len().saturating_sub(MOST_CHANGES);
        let mut listed: Vec<String> = lines.into_iter().take(MOST_CHANGES).collect();
        if more > 0 {
            listed.push(format!("另有 {more} 处"));
        }
        self.rows(&[("签后改动明细", listed.join("\n"), INK)])
    }

    fn note(&mut self) -> Result<(), LetteringError> {
        self.rule();
        let note = "完整性、可信度和时间是三件事，分别核对：内容未被改动，不等于签名人可信；签名人电脑的时间未经第三方证明。\
                    本报告只说明核对当时、以所列根证书为准的结果。";
        self.text(note, 9.0, GREY, 5.0)
    }

    fn text(&mut self, text: &str, size_pt: f64, color: Color, leading_mm: f64) -> Result<(), LetteringError> {
        let width = SHEET_MM.0 - 2.0 * MARGIN_MM;
        for line in self.font.lines(text, size_pt, width)? {
            self.room(leading_mm);
            self.put(MARGIN_MM, size_pt, color, line);
            self.y_mm += leading_mm;
        }
        Ok(())
    }

    /// Names on the left, words beside them.
    fn rows(&mut self, rows: &[(&str, String, Color)]) -> Result<(), LetteringError> {
        let width = SHEET_MM.0 - 2.0 * MARGIN_MM - LABELS_MM;
        for (label, words, color) in rows {
            let mut label = Some((*label).to_owned());
            for line in self.font.lines(words, BODY_PT, width)? {
                self.room(LEADING_MM);
                if let Some(label) = label.take() {
                    self.put(MARGIN_MM, BODY_PT, GREY, label);
                }
                self.put(MARGIN_MM + LABELS_MM, BODY_PT, *color, line);
                self.y_mm += LEADING_MM;
            }
        }
        Ok(())
    }

    fn rule(&mut self) {
        let y_mm = self.y_mm;
        self.add(SheetItem::Area {
            x_mm: MARGIN_MM,
            y_mm,
            width_mm: SHEET_MM.0 - 2.0 * MARGIN_MM,
            height_mm: 0.25,
            color: RULE,
        });
        self.y_mm += 9.0;
    }

    fn put(&mut self, x_mm: f64, size_pt: f64, color: Color, text: String) {
        let y_mm = self.y_mm;
        self.add(SheetItem::Line {
            x_mm,
            y_mm,
            size_pt,
            color,
            text,
        });
    }

    fn add(&mut self, item: SheetItem) {
        if let Some(sheet) = self.sheets.last_mut() {
            sheet.push(item);
        }
    }

    fn room(&mut self, needed_mm: f64) {
        if self.y_mm + needed_mm > LOWEST_MM {
            self.turn();
        }
    }

    fn turn(&mut self) {
        self.sheets.push(Vec::new());
        self.y_mm = MARGIN_MM + 6.0;
    }

    /// Every page says which it is, of which report.
    fn numbered(mut self, file_name: &str) -> Vec<Vec<SheetItem>> {
        let count = self.sheets.len();
        let name: String = file_name.chars().take(40).collect();
        for (number, sheet) in (1_usize..).zip(&mut self.sheets) {
            let foot = |x_mm, text| SheetItem::Line {
                x_mm,
                y_mm: 287.0,
                size_pt: 8.0,
                color: GREY,
                text,
            };
            sheet.push(foot(MARGIN_MM, format!("验签报告　{name}")));
            sheet.push(foot(
                SHEET_MM.0 - MARGIN_MM - 22.0,
                format!("第 {number} 页，共 {count} 页"),
            ));
        }
        self.sheets
    }
}

type Row = (&'static str, String, Color);

fn findings(report: &SignatureReport) -> Vec<Row> {
    let judged = |is_good: bool, is_bad: bool| match (is_good, is_bad) {
        (true, _) => GOOD,
        (false, true) => BAD,
        (false, false) => DOUBTFUL,
    };
    let time = match report.time.value {
        Some(value) => format!("{}（{}）", beijing(value), words::time_source(report.time.source)),
        None => "没有".to_owned(),
    };
    let proven = report.time.source == pades::TimeSource::Timestamp;
    let revocation = words::revocation(report.revocation);
    vec![
        (
            "完整性",
            words::intact(report.intact).to_owned(),
            judged(report.intact == Some(true), report.intact == Some(false)),
        ),
        (
            "覆盖范围",
            words::coverage(report.coverage).to_owned(),
            judged(report.coverage != pades::Coverage::Partial, true),
        ),
        (
            "签后改动",
            words::changes(report.changes_after).to_owned(),
            judged(
                !matches!(report.changes_after, ChangesAfter::Forbidden | ChangesAfter::Unknown),
                report.changes_after == ChangesAfter::Forbidden,
            ),
        ),
        (
            "证书可信度",
            words::trust(report.trust).to_owned(),
            judged(
                report.trust == pades::Trust::Trusted,
                report.trust != pades::Trust::Unknown,
            ),
        ),
        (
            "吊销状态",
            revocation.to_owned(),
            judged(
                report.revocation.at_signing == pades::RevocationFinding::Good,
                report.revocation.at_signing == pades::RevocationFinding::Revoked,
            ),
        ),
        ("签名时间", time, judged(proven, false)),
    ]
}

fn facts(report: &SignatureReport, marks: &[ShownMarkView]) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut fact = |name, value: String| {
        if !value.is_empty() {
            rows.push((name, value, INK));
        }
    };
    if let Some(certificate) = &report.certificate {
        fact("签名人", certificate.subject.shown().to_owned());
        fact("单位", certificate.subject.organization.clone());
        fact("签发机构", certificate.issuer.shown().to_owned());
        fact(
            "证书有效期",
            format!(
                "{} 至 {}",
                beijing(certificate.not_before),
                beijing(certificate.not_after)
            ),
        );
        fact("证书序列号", certificate.serial_hex.clone());
        fact("证书指纹", certificate.sha256_fingerprint.clone());
    }
    fact("签署理由", report.stated_reason.clone().unwrap_or_default());
    fact("印章和文字", shown_on(marks));
    fact("签名级别", report.level.code().to_owned());
    fact("算法", report.algorithm.clone());
    fact("签名域", report.field.clone());
    rows
}

fn shown_on(marks: &[ShownMarkView]) -> String {
    let pages: BTreeSet<u32> = marks.iter().map(|mark| mark.page).collect();
    if pages.is_empty() {
        return String::new();
    }
    let listed: Vec<String> = pages.iter().take(20).map(u32::to_string).collect();
    let more = if pages.len() > listed.len() { "…" } else { "" };
    let widgets = marks.iter().filter(|mark| mark.kind == ShownMarkKind::Widget).count();
    format!(
        "{} 处（其中签名域 {widgets} 处），第 {}{more} 页",
        marks.len(),
        listed.join("、")
    )
}

fn tone(verdict: Verdict) -> Color {
    match verdict {
        Verdict::Valid | Verdict::ValidWithChanges => GOOD,
        Verdict::Invalid => BAD,
        Verdict::Indeterminate => DOUBTFUL,
        Verdict::Unsigned => INK,
    }
}

/// The readers of a Chinese report look at a Chinese clock.
fn beijing(moment: OffsetDateTime) -> String {
    let local = UtcOffset::from_hms(8, 0, 0).map_or(moment, |offset| moment.to_offset(offset));
    format!(
        "{} {:02}:{:02}:{:02}（北京时间）",
        local.date(),
        local.hour(),
        local.minute(),
        local.second()
    )
}

/// A permitted change in words.
pub(crate) fn allowed(change: &AllowedChange) -> String {
    match change {
        AllowedChange::SignatureAdded { field, .. } => format!("增加了签名“{field}”"),
        AllowedChange::TimestampAdded { field } => format!("增加了文档时间戳“{field}”"),
        AllowedChange::FieldAdded { field } => format!("增加了空白签名域“{field}”"),
        AllowedChange::FieldFilled { field } => format!("填写了表单“{field}”"),
        AllowedChange::FieldProtected { field } => format!("表单“{field}”设为只读"),
        AllowedChange::AnnotationAdded { page } => format!("第 {page} 页增加了批注"),
        AllowedChange::ValidationData => "增加了验证资料".to_owned(),
        AllowedChange::Metadata => "更新了文档属性".to_owned(),
        AllowedChange::Extensions => "声明了扩展或更高版本".to_owned(),
    }
}

/// A change that is not permitted or cannot be judged, in words.
pub(crate) fn change(change: &ChangeReason) -> String {
    match change {
        ChangeReason::Catalog { key } => format!("文档目录的 {key} 被改动"),
        ChangeReason::Form { key } => format!("表单的 {key} 被改动"),
        ChangeReason::Page { page, key } if key == "Contents" => format!("第 {page} 页的内容被改动"),
        ChangeReason::Page { page, key } => format!("第 {page} 页的 {key} 被改动"),
        ChangeReason::PageTree => "页面被增加、删除或移动".to_owned(),
        ChangeReason::Annotation { page } => format!("第 {page} 页的批注被增加或改动"),
        ChangeReason::Field { name } => format!("表单域“{name}”被改动"),
        ChangeReason::ObjectReplaced { number, kind } => format!("{}被替换（对象 {number}）", object(*kind)),
        ChangeReason::ObjectDeleted { number, kind } => format!("{}被删除（对象 {number}）", object(*kind)),
        ChangeReason::UnexplainedObject { number } => format!("增加了来历不明的对象 {number}"),
        ChangeReason::StrayBytes { at } => format!("第 {at} 字节起有不属于任何对象的内容"),
        ChangeReason::CertifiedNoChanges => "认证签名不允许任何改动".to_owned(),
        ChangeReason::Trailer { key } => format!("文件尾的 {key} 被改动"),
        ChangeReason::Damaged(_) => "有一处结构读不出来".to_owned(),
        ChangeReason::NotARevision => "签名的范围不是一个完整版本".to_owned(),
    }
}

fn object(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::Content => "页面内容",
        ObjectKind::Font => "字体",
        ObjectKind::XObject => "图形或图片",
        ObjectKind::Annotation => "批注",
        ObjectKind::Name => "名称、目标或动作",
        ObjectKind::Other => "对象",
    }
}
