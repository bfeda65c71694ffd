//! Which language to speak.

/// The language of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Chinese,
    English,
}

impl Language {
    /// By LC_ALL, LC_MESSAGES, LANG, the first that is set; Chinese where none is (Windows).
    #[expect(
        clippy::disallowed_methods,
        reason = "the command line is an edge: the environment is read here"
    )]
    pub(crate) fn of_environment() -> Self {
        let set = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .filter_map(|name| std::env::var(name).ok());
        Self::of_locale(set.into_iter().find(|value| !value.is_empty()).as_deref())
    }

    fn of_locale(locale: Option<&str>) -> Self {
        match locale {
            Some(locale) if !locale.starts_with("zh") => Self::English,
            _ => Self::Chinese,
        }
    }

    /// The words in this language.
    pub(crate) fn pick<'a>(self, chinese: &'a str, english: &'a str) -> &'a str {
        match self {
            Self::Chinese => chinese,
            Self::English => english,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_decides_and_chinese_is_first() {
        assert_eq!(Language::of_locale(Some("zh_CN.UTF-8")), Language::Chinese);
        assert_eq!(Language::of_locale(Some("en_GB.UTF-8")), Language::English);
        assert_eq!(Language::of_locale(Some("C")), Language::English);
        assert_eq!(Language::of_locale(None), Language::Chinese);
    }
}
