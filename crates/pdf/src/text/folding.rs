//! Folding: forms of a character that a person reads as the same become the same.

use unicode_normalization::UnicodeNormalization as _;

/// What stands for a character that has no code.
pub(crate) const UNKNOWN: u32 = 0xFFFD;

/// A space that counts.
pub(crate) const SPACE: u32 = 0x20;

/// A word to look for, folded.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) letters: Vec<u32>,
}

impl Word {
    /// `None` when nothing is left of it.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let mut folded = Vec::new();
        // As a whole first: letters and their accents may be apart.
        text.nfkc().for_each(|letter| fold(letter, &mut folded));
        let mut letters = Vec::new();
        let mut spaces = Spaces::default();
        for letter in folded {
            if let Some(space) = spaces.before(letter) {
                letters.extend(space.then_some(SPACE));
                letters.push(letter);
            }
        }
        (!letters.is_empty()).then_some(Self { letters })
    }
}

/// Adds what `letter` is compared as: nothing, one character, or several (a ligature).
pub(crate) fn fold(letter: char, into: &mut Vec<u32>) {
    for plain in std::iter::once(whole_character(letter)).nfkc() {
        match plain {
            _ if is_ignored(plain) => {}
            _ if plain.is_whitespace() || plain.is_control() => into.push(SPACE),
            '\u{2018}' | '\u{2019}' => into.push(u32::from('\'')),
            '\u{201C}' | '\u{201D}' => into.push(u32::from('"')),
            _ => into.extend(plain.to_lowercase().map(u32::from)),
        }
    }
}

/// Soft hyphens, joiners, marks of direction and variation selectors.
fn is_ignored(letter: char) -> bool {
    matches!(letter, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{FEFF}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// Which spaces count: those between letters and digits of scripts that part words by them.
#[derive(Debug, Default)]
pub(crate) struct Spaces {
    last: u32,
    pending: bool,
}

impl Spaces {
    /// A gap, as good as a space.
    pub(crate) fn gap(&mut self) {
        self.pending = true;
    }

    /// Something that ends the text before it.
    pub(crate) fn reset(&mut self) {
        *self = Self::default();
    }

    /// `None` for a space itself; else whether one counts before the letter.
    pub(crate) fn before(&mut self, letter: u32) -> Option<bool> {
        if letter == SPACE {
            self.pending = true;
            return None;
        }
        let counts = self.pending && needs_spaces(self.last) && needs_spaces(letter);
        *self = Self {
            last: letter,
            pending: false,
        };
        Some(counts)
    }
}

fn needs_spaces(letter: u32) -> bool {
    let hangul = (0xAC00..=0xD7A3).contains(&letter);
    hangul || letter < 0x2E80 && char::from_u32(letter).is_some_and(char::is_alphanumeric)
}

/// CJK radicals that office programs write in place of the character of the same shape. Kangxi radicals (U+2F00) have
/// compatibility mappings; these have not (Unicode, EquivalentUnifiedIdeograph).
fn whole_character(letter: char) -> char {
    if !('\u{2E80}'..='\u{2EFF}').contains(&letter) {
        return letter;
    }
    SUPPLEMENT
        .iter()
        .find(|(radical, _)| *radical == letter)
        .map_or(letter, |(_, whole)| *whole)
}

const SUPPLEMENT: [(char, char); 47] = [
    ('⺁', '厂'),
    ('⺄', '乙'),
    ('⺈', '刀'),
    ('⺊', '卜'),
    ('⺌', '小'),
    ('⺍', '小'),
    ('⺒', '巳'),
    ('⺜', '日'),
    ('⺝', '月'),
    ('⺟', '母'),
    ('⺠', '民'),
    ('⺧', '牛'),
    ('⺩', '王'),
    ('⺫', '目'),
    ('⺬', '示'),
    ('⺮', '竹'),
    ('⺶', '羊'),
    ('⺼', '肉'),
    ('⺽', '臼'),
    ('⻄', '西'),
    ('⻅', '见'),
    ('⻆', '角'),
    ('⻉', '贝'),
    ('⻋', '车'),
    ('⻑', '長'),
    ('⻓', '长'),
    ('⻔', '门'),
    ('⻗', '雨'),
    ('⻘', '青'),
    ('⻙', '韦'),
    ('⻚', '页'),
    ('⻛', '风'),
    ('⻜', '飞'),
    ('⻝', '食'),
    ('⻢', '马'),
    ('⻣', '骨'),
    ('⻤', '鬼'),
    ('⻥', '鱼'),
    ('⻦', '鸟'),
    ('⻧', '卤'),
    ('⻨', '麦'),
    ('⻩', '黄'),
    ('⻬', '齐'),
    ('⻮', '齿'),
    ('⻰', '龙'),
    ('⻱', '龜'),
    ('⻳', '龟'),
];

#[cfg(test)]
mod tests {
    use super::Word;

    fn folded(text: &str) -> String {
        let letters = Word::new(text).map_or(Vec::new(), |word| word.letters);
        letters
            .into_iter()
            .map(|letter| char::from_u32(letter).unwrap())
            .collect()
    }

    #[test]
    fn full_and_half_width_are_the_same() {
        assert_eq!(folded("ＡＢＣ（１２３）："), "abc(123):");
        assert_eq!(folded("ｱｲｳ"), folded("アイウ"));
        assert_eq!(folded("ｶﾞ"), folded("ガ"));
    }

    #[test]
    fn ligatures_and_case_fall_away() {
        assert_eq!(folded("Oﬃce ﬁle"), "office file");
        assert_eq!(folded("㎜"), "mm");
        assert_eq!(folded("Straße"), "straße");
        assert_eq!(folded("e\u{301}"), folded("É"));
    }

    #[test]
    fn radicals_are_their_characters() {
        assert_eq!(folded("⼈⺠⽇⽉"), "人民日月");
        assert_eq!(folded("⻓⻔⻚⻋⻢⻉⻅⻛⻜"), "长门页车马贝见风飞");
        assert_eq!(folded("\u{F900}"), "豈");
        assert_eq!(folded("︵盖章︶"), "(盖章)");
    }

    #[test]
    fn spaces_count_between_words_only() {
        assert_eq!(folded("盖　　章"), "盖章");
        assert_eq!(folded(" 投 标 人 : 2024 年 "), "投标人:2024年");
        assert_eq!(folded("bid \u{A0}  document"), "bid document");
        assert_eq!(folded("서명 날인"), "서명 날인".chars().collect::<String>());
        assert_eq!(folded("soft\u{AD}hyphen\u{200B}s"), "softhyphens");
    }

    #[test]
    fn nothing_to_look_for_is_no_word() {
        for nothing in ["", "  ", "\u{3000}\u{200B}\u{FEFF}", "\u{AD}"] {
            assert_eq!(Word::new(nothing), None, "{nothing:?}");
        }
    }
}
