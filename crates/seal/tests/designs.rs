//! What is refused and how, what stays the same between two runs, and what a stored design looks like.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops at the first thing that is not as it should be"
)]

use seal::{
    CompanySeal, Face, FallbackGlyph, FontStack, NameFace, NameSeal, NameStyle, NameSuffix, SealDesign, SealDrawing,
    SealError, TextPart,
};

fn company(name: &str) -> CompanySeal {
    CompanySeal {
        name: name.to_owned(),
        purpose: None,
        code_digits: None,
        diameter_mm: 40.0,
    }
}

fn person(text: &str) -> NameSeal {
    NameSeal {
        text: text.to_owned(),
        style: NameStyle::Zhu,
        suffix: NameSuffix::Yin,
        size_mm: 20.0,
        face: NameFace::Kai,
    }
}

fn lay_out_company(seal: CompanySeal) -> Result<SealDrawing, SealError> {
    SealDesign::Company(seal).layout(FontStack::bundled())
}

fn lay_out_person(seal: NameSeal) -> Result<SealDrawing, SealError> {
    SealDesign::Name(seal).layout(FontStack::bundled())
}

#[test]
fn missing_glyphs_are_named_once_each_and_from_every_text() {
    let seal = CompanySeal {
        purpose: Some("专用😀章".to_owned()),
        ..company("杭州🀄云栖𪚥科技🀄公司")
    };
    assert_eq!(
        lay_out_company(seal),
        Err(SealError::MissingGlyphs(vec!['🀄', '𪚥', '😀']))
    );
    assert_eq!(
        lay_out_person(person("王𪚥")),
        Err(SealError::MissingGlyphs(vec!['𪚥']))
    );
    let words = SealError::MissingGlyphs(vec!['𪚥']).to_string();
    assert!(words.contains('𪚥'), "{words}");
}

#[test]
fn texts_must_have_a_length_a_seal_can_carry() {
    let part = TextPart::CompanyName;
    for blank in ["", "  \u{3000}\t"] {
        assert_eq!(lay_out_company(company(blank)), Err(SealError::Empty(part)));
    }
    assert_eq!(
        lay_out_company(company("甲乙丙")),
        Err(SealError::TooShort {
            part,
            count: 3,
            least: 4
        })
    );
    let long = "长".repeat(41);
    assert_eq!(
        lay_out_company(company(&long)),
        Err(SealError::TooLong {
            part,
            count: 41,
            most: 40
        })
    );
    let part = TextPart::PersonalName;
    assert_eq!(lay_out_person(person(" ")), Err(SealError::Empty(part)));
    assert_eq!(
        lay_out_person(person("阿卜杜拉提")),
        Err(SealError::TooLong {
            part,
            count: 5,
            most: 4
        })
    );
}

#[test]
fn a_purpose_or_code_that_was_asked_for_must_be_there() {
    let empty = CompanySeal {
        purpose: Some(" ".to_owned()),
        ..company("杭州云栖科技公司")
    };
    assert_eq!(lay_out_company(empty), Err(SealError::Empty(TextPart::Purpose)));
    let letters = CompanySeal {
        code_digits: Some("33010600X".to_owned()),
        ..company("杭州云栖科技公司")
    };
    let part = TextPart::CodeDigits;
    assert_eq!(
        lay_out_company(letters),
        Err(SealError::UnusableCharacters {
            part,
            characters: vec!['X']
        })
    );
}

#[test]
fn sizes_that_do_not_exist_are_refused() {
    for size in [0.0, -40.0, 39.9, 1e12, f64::NAN, f64::INFINITY] {
        let round = CompanySeal {
            diameter_mm: size,
            ..company("杭州云栖科技公司")
        };
        assert!(matches!(lay_out_company(round), Err(SealError::Size(_))), "{size}");
    }
    for size in [0.0, 9.9, 30.1, f64::NAN, f64::NEG_INFINITY] {
        let square = NameSeal {
            size_mm: size,
            ..person("王敏")
        };
        assert!(matches!(lay_out_person(square), Err(SealError::Size(_))), "{size}");
    }
    let drawing = lay_out_person(person("王敏")).unwrap();
    for dpi in [0, 35, 2401, u32::MAX] {
        assert_eq!(drawing.to_png(dpi), Err(SealError::Resolution(dpi)));
    }
}

#[test]
fn hostile_text_is_refused_without_a_panic() {
    let long = "龘".repeat(10_000);
    let hostile = [
        "\0\0\0\0",
        "公司\u{202E}名称",
        "公司\n名称",
        "公司\u{200D}名称",
        "👨‍👩‍👧‍👦👍🏽",
        "a\u{301}a\u{301}",
        "\u{E000}\u{E001}\u{F8FF}\u{10FFFF}",
        "\u{FEFF}公司名称",
        "<svg onload=alert(1)>",
        "]]><!--\"'&",
        "ﷺﷺﷺﷺ",
        &long,
    ];
    for text in hostile {
        let everywhere = CompanySeal {
            purpose: Some(text.to_owned()),
            code_digits: Some(text.to_owned()),
            ..company(text)
        };
        assert!(lay_out_company(everywhere).is_err(), "{}", text.escape_debug());
        assert!(lay_out_person(person(text)).is_err(), "{}", text.escape_debug());
    }
    let invisible = lay_out_company(company("公司\u{202E}\u{200D}名称\u{202E}")).unwrap_err();
    let part = TextPart::CompanyName;
    let characters = vec!['\u{202E}', '\u{200D}'];
    assert_eq!(invisible, SealError::UnusableCharacters { part, characters });
}

#[test]
fn every_character_of_unicode_is_drawn_or_refused() {
    // Four at a time around a seal; a panic in the font reader or in the layout would show here.
    let all: Vec<char> = (0..=0x2FFFF_u32).step_by(7).filter_map(char::from_u32).collect();
    for four in all.chunks_exact(4) {
        let _ = lay_out_company(company(&String::from_iter(four)));
    }
}

#[test]
fn two_runs_give_equal_bytes() {
    let seal = || CompanySeal {
        purpose: Some("投标专用章".to_owned()),
        ..company("杭州云栖智能科技有限公司")
    };
    let (first, second) = (lay_out_company(seal()).unwrap(), lay_out_company(seal()).unwrap());
    assert_eq!(first, second);
    assert_eq!(first.to_svg(), second.to_svg());
    assert_eq!(first.to_pdf(), second.to_pdf());
    assert_eq!(first.to_png(600).unwrap(), second.to_png(600).unwrap());
    let square = || {
        lay_out_person(NameSeal {
            style: NameStyle::Bai,
            ..person("李建国")
        })
        .unwrap()
    };
    assert_eq!(square().to_svg(), square().to_svg());
}

#[test]
fn a_character_from_a_stand_in_face_is_reported() {
    let drawing = lay_out_person(NameSeal {
        face: NameFace::Brush,
        ..person("王喆龘")
    })
    .unwrap();
    let expected = [('喆', Face::Kai), ('龘', Face::Song)].map(|(character, face)| FallbackGlyph { character, face });
    assert_eq!(drawing.fallback, expected);
    assert!(lay_out_person(person("李建国")).unwrap().fallback.is_empty());
}

#[test]
fn a_design_is_stored_with_its_version_and_another_version_is_refused() {
    let design = SealDesign::Name(person("李建国"));
    let stored = serde_json::to_value(&design).unwrap();
    let expected = serde_json::json!({"version": 1, "seal": {"name": {
        "text": "李建国", "style": "zhu", "suffix": "yin", "size_mm": 20.0, "face": "kai"}}});
    assert_eq!(stored, expected);
    assert_eq!(serde_json::from_value::<SealDesign>(stored).unwrap(), design);
    let later = serde_json::json!({"version": 2, "seal": expected["seal"]});
    let refusal = serde_json::from_value::<SealDesign>(later).unwrap_err().to_string();
    assert!(refusal.contains("version 2"), "{refusal}");
    let round = SealDesign::Company(company("杭州云栖科技公司"));
    let text = serde_json::to_string(&round).unwrap();
    assert_eq!(serde_json::from_str::<SealDesign>(&text).unwrap(), round);
}
