//! The seal log as a table for other programs: CSV (RFC 4180) in UTF-8 with its mark, which spreadsheets open rightly.
use crate::application::{App, off_thread};
use crate::failure::Failure;
use crate::files;
use crate::seal_log::Wanted;
use crate::view::{Language, SavedFileView, SealLogQuery, SealLogRowState, SealLogRowView, SealLogSource, SealUseKind};
use std::path::Path;
use std::sync::Arc;
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// Rows of a table: more than spreadsheets open.
const MOST_ROWS: usize = 1_000_000;

impl App {
    /// Writes the entries that match into a table, newest first.
    ///
    /// # Errors
    /// Those of the platform for its entries; those of writing a file.
    pub async fn export_seal_log(
        &self,
        source: SealLogSource,
        query: SealLogQuery,
        target: &Path,
    ) -> Result<SavedFileView, Failure> {
        let language = self.settings().await?.language;
        let rows = match source {
            SealLogSource::Here => {
                let inner = Arc::clone(&self.inner);
                off_thread(move || {
                    let wanted = Wanted::of(&query)?;
                    let (standing, _) = inner.checked_log(&wanted)?;
                    Ok(inner.rows_here(&wanted, &standing, None, MOST_ROWS)?.0)
                })
                .await?
            }
            SealLogSource::There => self.all_rows_there(&query).await?,
        };
        files::replace(target, &[table(&rows, language).as_bytes()])?;
        Ok(self.remember_saved(target))
    }

    async fn all_rows_there(&self, query: &SealLogQuery) -> Result<Vec<SealLogRowView>, Failure> {
        let (mut rows, mut after) = (Vec::new(), None);
        loop {
            let page = self.seal_log_there(query.clone(), after).await?;
            rows.extend(page.rows);
            if page.next.is_none() || rows.len() >= MOST_ROWS {
                return Ok(rows);
            }
            after = page.next;
        }
    }
}

const HEADS_CHINESE: [&str; 14] = [
    "时间（北京时间）",
    "用途",
    "文件名",
    "SHA-256",
    "盖章处数",
    "证书所属人",
    "证书序列号",
    "印章",
    "使用人",
    "设备",
    "序号",
    "链值",
    "状态",
    "平台接收时间",
];
const HEADS_ENGLISH: [&str; 14] = [
    "Time (Beijing)",
    "Use",
    "File",
    "SHA-256",
    "Marks",
    "Certificate owner",
    "Serial number",
    "Seals",
    "Person",
    "Device",
    "No.",
    "Chain hash",
    "State",
    "Taken by the platform",
];

fn table(rows: &[SealLogRowView], language: Language) -> String {
    let heads = match language {
        Language::Chinese => HEADS_CHINESE,
        Language::English => HEADS_ENGLISH,
    };
    let mut table = String::from('\u{feff}');
    line(&mut table, heads.map(str::to_owned));
    for row in rows {
        line(&mut table, cells(row, language));
    }
    table
}

fn cells(row: &SealLogRowView, language: Language) -> [String; 14] {
    let (kind, state) = match language {
        Language::Chinese => chinese(row),
        Language::English => english(row),
    };
    let separator = if language == Language::Chinese { "、" } else { ", " };
    [
        beijing(&row.at),
        kind.to_owned(),
        row.file_name.clone(),
        row.sha256.clone(),
        row.marks.to_string(),
        row.owner_name.clone(),
        row.serial.clone(),
        row.seals.join(separator),
        row.person.clone(),
        row.device_name.clone().unwrap_or_default(),
        row.position.to_string(),
        row.hash.clone(),
        state.to_owned(),
        row.handed_in_at.as_deref().map(beijing).unwrap_or_default(),
    ]
}

fn chinese(row: &SealLogRowView) -> (&'static str, &'static str) {
    let kind = match row.kind {
        SealUseKind::Document => "文件签章",
        SealUseKind::ScanDocument => "扫码签章（文件）",
        SealUseKind::ScanDigest => "扫码签章（摘要）",
        SealUseKind::KeyExport => "导出证书",
        SealUseKind::Unknown => "其他",
    };
    let state = match row.state {
        SealLogRowState::HandedIn => "已上传",
        SealLogRowState::Waiting => "待上传",
        SealLogRowState::Doubtful => "存疑",
    };
    (kind, state)
}

fn english(row: &SealLogRowView) -> (&'static str, &'static str) {
    let kind = match row.kind {
        SealUseKind::Document => "Document signed",
        SealUseKind::ScanDocument => "Scan to sign (document)",
        SealUseKind::ScanDigest => "Scan to sign (digest)",
        SealUseKind::KeyExport => "Key exported",
        SealUseKind::Unknown => "Other",
    };
    let state = match row.state {
        SealLogRowState::HandedIn => "Uploaded",
        SealLogRowState::Waiting => "To be uploaded",
        SealLogRowState::Doubtful => "In doubt",
    };
    (kind, state)
}

fn beijing(moment: &str) -> String {
    let offset = UtcOffset::from_hms(8, 0, 0).unwrap_or(UtcOffset::UTC);
    let Ok(at) = OffsetDateTime::parse(moment, &Rfc3339) else {
        return moment.to_owned();
    };
    let at = at.to_offset(offset);
    format!("{} {:02}:{:02}:{:02}", at.date(), at.hour(), at.minute(), at.second())
}

fn line(table: &mut String, cells: [String; 14]) {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    table.push_str(&cells.join(","));
    table.push_str("\r\n");
}

/// A spreadsheet must not take a file's name for a formula, nor a long number for a rounded one.
fn cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let is_number = text.len() > 11
        && text
            .bytes()
            .all(|one| one.is_ascii_digit() || matches!(one, b'e' | b'E' | b'.'));
    let guard = if is_formula || is_number { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_names_in_a_spreadsheet() {
        assert_eq!(cell("标书 \"终版\", 2.pdf"), "\"标书 \"\"终版\"\", 2.pdf\"");
        for formula in ["=1+1", "+86", "-1", "@SUM(A1)", "\tx"] {
            assert_eq!(cell(formula), format!("\"'{formula}\""));
        }
        assert_eq!(cell("123456789012345678"), "\"'123456789012345678\"");
        assert_eq!(cell("12"), "\"12\"");
        assert_eq!(beijing("2026-11-22T20:05:09Z"), "2026-11-23 04:05:09");
    }
}
