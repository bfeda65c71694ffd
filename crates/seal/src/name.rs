//! Layout of square name seals: which characters share a column, and the measures of both styles.
//!
//! All numbers are mm for a seal of 20 mm and scale with its size (README, "numbers").

use crate::{
    FontStack, NAME_SIZE_RANGE_MM, NameSeal, NameStyle, NameSuffix, SealDrawing, SealError, Typeface,
    grid::{self, Columns, Measures},
    text,
};

/// The size the numbers are written for.
const TABLE_SIZE_MM: f64 = 20.0;

/// Surnames of two characters that are in use.
const DOUBLE_SURNAMES: &str = "欧阳 司马 上官 诸葛 司徒 司空 东方 独孤 南宫 夏侯 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 轩辕 \
    钟离 端木 申屠 公羊 澹台 公冶 濮阳 淳于 单于 太叔 仲孙 闻人 赫连 拓跋 万俟 百里 东郭 南门 呼延 西门 \
    羊舌 微生 梁丘 左丘 东门 第五 公西 漆雕 乐正 宰父 谷梁 巫马 子车 颛孙 亓官 司寇 段干 完颜 耶律 叶赫 纳兰";

fn measures(seal: &NameSeal, boldness: f64) -> Measures {
    let scale = seal.size_mm / TABLE_SIZE_MM;
    // Brush strokes are fat already.
    let brush = seal.face == Typeface::Brush;
    let (border, inset, gap, coverage) = match seal.style {
        NameStyle::Zhu => (1.0, 0.85, 0.75, if brush { 0.47 } else { 0.50 }),
        NameStyle::Bai => (0.0, 1.25, 0.8, if brush { 0.47 } else { 0.55 }),
    };
    Measures {
        side: seal.size_mm,
        border: border * scale,
        inset: inset * scale,
        gap: gap * scale,
        heaviest: 0.30 * scale,
        coverage,
        boldness,
    }
}

/// Lays a name seal out.
pub(crate) fn layout(seal: &NameSeal, fonts: &FontStack, boldness: f64) -> Result<SealDrawing, SealError> {
    let size = seal.size_mm;
    if !(NAME_SIZE_RANGE_MM.0..=NAME_SIZE_RANGE_MM.1).contains(&size) {
        return Err(SealError::Size(size));
    }
    let mut text = text::personal_name(&seal.text)?;
    let counts = columns(text.len(), seal.suffix, has_double_surname(seal, &text));
    text.extend(seal.suffix.text().chars());
    let face = seal.face.into();
    text::require_glyphs(fonts, &[(face, &text)])?;
    let columns = Columns {
        text: &text,
        counts,
        order: seal.order,
    };
    Ok(grid::draw(
        &measures(seal, boldness),
        &columns,
        seal.style,
        (fonts, face),
    ))
}

fn has_double_surname(seal: &NameSeal, name: &[char]) -> bool {
    seal.double_surname.unwrap_or_else(|| {
        let first: String = name.iter().take(2).collect();
        name.len() > 2 && DOUBLE_SURNAMES.split_whitespace().any(|surname| surname == first)
    })
}

/// How many characters each column takes, the first one first; surname and given name stay together where they can.
fn columns(name: usize, suffix: NameSuffix, double: bool) -> &'static [usize] {
    match (name, suffix, double) {
        (1, NameSuffix::None, _) => &[1],
        (1, NameSuffix::Yin, _) | (2, NameSuffix::None, _) => &[1, 1],
        (3, NameSuffix::None, true) => &[2, 1],
        (1, NameSuffix::ZhiYin, _) | (2, NameSuffix::Yin, _) | (3, NameSuffix::None, false) => &[1, 2],
        (3, NameSuffix::ZhiYin, true) => &[2, 3],
        (3, NameSuffix::ZhiYin, false) => &[3, 2],
        (4, NameSuffix::Yin, _) => &[2, 3],
        (4, NameSuffix::ZhiYin, _) => &[2, 2, 2],
        _ => &[2, 2],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_and_suffix_has_a_cell_for_each_character() {
        for name in 1..=4 {
            for suffix in [NameSuffix::None, NameSuffix::Yin, NameSuffix::ZhiYin] {
                for double in [false, true] {
                    let total: usize = columns(name, suffix, double).iter().sum();
                    assert_eq!(total, name + suffix.text().chars().count(), "{name} {suffix:?}");
                }
            }
        }
    }

    #[test]
    fn double_surnames_are_known_and_can_be_said() {
        let double = |text: &str, said| {
            let name: Vec<char> = text.chars().collect();
            let seal = NameSeal {
                double_surname: said,
                ..NameSeal::new(text, 20.0)
            };
            has_double_surname(&seal, &name)
        };
        assert!(double("欧阳修", None) && double("司马懿德", None));
        assert!(!double("李建国", None) && !double("欧阳", None));
        assert!(double("李建国", Some(true)) && !double("欧阳修", Some(false)));
    }
}
