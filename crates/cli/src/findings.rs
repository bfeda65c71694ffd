//! What should be known of a plan, in words; good news is not told.

use app::file_work::plan::Finding;

use crate::language::Language;

/// Pages named in a message; more are only counted.
const PAGES_NAMED: usize = 20;

/// The words of a finding that a person should look at.
pub(crate) fn words(finding: &Finding, language: Language) -> Option<String> {
    let (chinese, english) = match finding {
        Finding::Seam { is_thin: false, .. } | Finding::Keyword { .. } => return None,
        Finding::Seam {
            slice_mm,
            largest_group,
            ..
        } => (
            format!("骑缝章每页只有 {slice_mm:.1} 毫米（每枚 {largest_group} 页），不易看清，可用 group= 分组"),
            format!(
                "a seam slice is only {slice_mm:.1} mm wide ({largest_group} pages to a seal): group= makes groups"
            ),
        ),
        Finding::KeywordMissing { hits: 0, item } => (
            format!("第 {} 项的关键字没有找到", item + 1),
            format!("item {}: the word was not found", item + 1),
        ),
        Finding::KeywordMissing { hits, item } => (
            format!("第 {} 项的关键字只出现 {hits} 次，没有指定的那一处", item + 1),
            format!("item {}: the word is there {hits} times only", item + 1),
        ),
        Finding::PagesWithoutText { pages, .. } => {
            let named: Vec<String> = pages.iter().take(PAGES_NAMED).map(u32::to_string).collect();
            let (named, count) = (named.join(", "), pages.len());
            (
                format!("有 {count} 页没有文字（可能是扫描件），找不到关键字：{named}"),
                format!("{count} pages show no text of their own (scans?): {named}"),
            )
        }
        Finding::SearchCutShort { .. } => (
            "没有找完全部页面，或没有列出全部位置".to_owned(),
            "not everything was searched or listed".to_owned(),
        ),
        Finding::CoversMark { page, item, other } => (
            format!("第 {page} 页：第 {} 项盖住了第 {} 项", item + 1, other + 1),
            format!("page {page}: item {} covers item {}", item + 1, other + 1),
        ),
        Finding::CoversSignature { page, item, field } => (
            format!("第 {page} 页：第 {} 项盖住了已有的签名 {field}", item + 1),
            format!("page {page}: item {} covers the signature {field}", item + 1),
        ),
    };
    Some(language.pick(&chinese, &english).to_owned())
}
