//! What is refused and how, what stays the same between two runs, and what a stored design looks like.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops at the first thing that is not as it should be"
)]

use seal::{
    Centre, Colour, CompanySeal, Face, FallbackGlyph, FontStack, InvoiceSeal, Look, NameArcs, NameSeal, NameStyle,
    NameSuffix, OvalSeal, RectangleSeal, SealDesign, SealDrawing, SealError, SealForm, SquareSeal, TextPart, Typeface,
};

fn company(name: &str) -> CompanySeal {
    CompanySeal::new(name, 40.0)
}

fn person(text: &str) -> NameSeal {
    NameSeal {
        suffix: NameSuffix::Yin,
        face: Typeface::Kai,
        ..NameSeal::new(text, 20.0)
    }
}

fn lay_out(form: SealForm) -> Result<SealDrawing, SealError> {
    SealDesign::from(form).layout(FontStack::bundled())
}

fn lay_out_company(seal: CompanySeal) -> Result<SealDrawing, SealError> {
    lay_out(SealForm::Company(seal))
}

fn lay_out_person(seal: NameSeal) -> Result<SealDrawing, SealError> {
    lay_out(SealForm::Name(seal))
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
    let long = "长".repeat(61);
    assert_eq!(
        lay_out_company(company(&long)),
        Err(SealError::TooLong {
            part,
            count: 61,
            most: 60
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
        face: Typeface::Brush,
        ..person("王喆龘")
    })
    .unwrap();
    let expected = [('喆', Face::Kai), ('龘', Face::Song)].map(|(character, face)| FallbackGlyph { character, face });
    assert_eq!(drawing.fallback, expected);
    assert!(lay_out_person(person("李建国")).unwrap().fallback.is_empty());
}

#[test]
fn a_design_is_stored_with_its_version_and_another_version_is_refused() {
    let design = SealDesign::from(SealForm::Name(person("李建国")));
    let stored = serde_json::to_value(&design).unwrap();
    let expected = serde_json::json!({"version": 2, "seal": {"name": {
        "text": "李建国", "style": "zhu", "suffix": "yin", "size_mm": 20.0, "face": "kai",
        "order": "right_to_left"}}, "look": {"colour": "#d41e1e", "boldness_mm": 0.0}});
    assert_eq!(stored, expected);
    assert_eq!(serde_json::from_value::<SealDesign>(stored).unwrap(), design);
    let later = serde_json::json!({"version": 3, "seal": expected["seal"]});
    let refusal = serde_json::from_value::<SealDesign>(later).unwrap_err().to_string();
    assert!(refusal.contains("version 3"), "{refusal}");
    for form in every_kind() {
        let design = SealDesign {
            form,
            look: Look {
                colour: Colour::from_hex("#1a2b3c").unwrap(),
                boldness_mm: 0.05,
            },
        };
        let text = serde_json::to_string(&design).unwrap();
        assert_eq!(serde_json::from_str::<SealDesign>(&text).unwrap(), design);
    }
}

#[test]
fn a_design_of_the_first_version_is_drawn_as_it_was() {
    let stored = r#"{"version":1,"seal":{"company":{"name":"杭州云栖智能科技有限公司","purpose":"投标专用章","code_digits":null,"diameter_mm":40.0}}}"#;
    let design: SealDesign = serde_json::from_str(stored).unwrap();
    let now = CompanySeal {
        purpose: Some("投标专用章".to_owned()),
        ..company("杭州云栖智能科技有限公司")
    };
    assert_eq!(design, SealForm::Company(now).into());
    for broken in [
        r#"{"version":1,"seal":{"company":{"name":"公司公司","diameter_mm":40.0,"emblem":true}}}"#,
        r#"{"version":2,"seal":{"company":{"name":"公司公司","diameter_mm":40.0}},"look":{"colour":"red"}}"#,
    ] {
        assert!(serde_json::from_str::<SealDesign>(broken).is_err(), "{broken}");
    }
}

/// One design of each kind.
fn every_kind() -> Vec<SealForm> {
    let name = "杭州云栖智能科技有限公司";
    vec![
        SealForm::Company(CompanySeal {
            purpose: Some("合同专用章".to_owned()),
            second_line: Some("第一事业部".to_owned()),
            centre: Centre::Empty,
            ..company(name)
        }),
        SealForm::Oval(OvalSeal::new(name)),
        SealForm::Invoice(InvoiceSeal::new(name, "91330106MA27X12A3B")),
        SealForm::Square(square(name)),
        SealForm::Name(person("欧阳修")),
        SealForm::Rectangle(RectangleSeal {
            lines: vec!["李建国".to_owned()],
            width_mm: 20.0,
            height_mm: 10.0,
            face: Typeface::Kai,
        }),
    ]
}

fn square(name: &str) -> SquareSeal {
    SquareSeal {
        name: name.to_owned(),
        purpose: Some("财务专用章".to_owned()),
        style: NameStyle::Zhu,
        size_mm: 22.0,
        face: Typeface::Song,
    }
}

#[test]
fn every_kind_keeps_to_its_paper_and_is_drawn_in_its_ink() {
    for form in every_kind() {
        let colour = Colour::from_hex("1A2B3C").unwrap();
        let look = Look {
            colour,
            boldness_mm: 0.0,
        };
        let drawing = SealDesign { form, look }.layout(FontStack::bundled()).unwrap();
        assert!(drawing.to_svg().contains("#1a2b3c"));
        let (width, height) = (drawing.width_mm, drawing.height_mm);
        let (left, top, right, bottom) = drawing.ink_box_mm().unwrap();
        assert!(left.abs() < 0.001 && top.abs() < 0.001, "{left} {top}");
        assert!((right - width).abs() < 0.001 && (bottom - height).abs() < 0.001);
    }
}

#[test]
fn texts_of_the_other_kinds_are_checked_too() {
    let part = TextPart::TaxNumber;
    let short = lay_out(SealForm::Invoice(InvoiceSeal::new("杭州云栖科技公司", "9133")));
    assert!(matches!(short, Err(SealError::TooShort { part: found, .. }) if found == part));
    let missing = lay_out(SealForm::Square(square("杭州𪚥公司")));
    assert_eq!(missing, Err(SealError::MissingGlyphs(vec!['𪚥'])));
    let lines = |count: usize| RectangleSeal {
        lines: vec!["收讫".to_owned(); count],
        width_mm: 30.0,
        height_mm: 15.0,
        face: Typeface::Song,
    };
    assert_eq!(
        lay_out(SealForm::Rectangle(lines(4))),
        Err(SealError::TooManyLines { count: 4, most: 3 })
    );
    assert_eq!(
        lay_out(SealForm::Rectangle(lines(0))),
        Err(SealError::Empty(TextPart::Line))
    );
    let second_alone = CompanySeal {
        second_line: Some("第一事业部".to_owned()),
        ..company("杭州云栖科技公司")
    };
    assert_eq!(lay_out_company(second_alone), Err(SealError::Empty(TextPart::Purpose)));
    let short_for_two = CompanySeal {
        arcs: NameArcs::Two,
        ..company("杭州云栖科技公司")
    };
    assert!(matches!(
        lay_out_company(short_for_two),
        Err(SealError::TooShort { .. })
    ));
    let look = Look {
        boldness_mm: 0.5,
        ..Look::default()
    };
    let form = SealForm::Company(company("杭州云栖科技公司"));
    let too_bold = SealDesign { form, look }.layout(FontStack::bundled());
    assert_eq!(too_bold, Err(SealError::Boldness(0.5)));
}

#[test]
fn a_draft_says_so_in_every_output() {
    for form in every_kind() {
        let drawing = SealDesign::from(form).layout(FontStack::bundled()).unwrap();
        let draft = drawing.clone().as_draft(FontStack::bundled());
        assert_eq!((draft.width_mm, draft.height_mm), (drawing.width_mm, drawing.height_mm));
        assert_ne!(draft.to_svg(), drawing.to_svg());
        assert_ne!(draft.to_pdf(), drawing.to_pdf());
        assert_ne!(draft.to_png(100), drawing.to_png(100));
    }
}

#[test]
fn a_font_of_the_users_own_is_used_and_what_it_lacks_is_brought_to_its_weight() {
    let own = NameSeal {
        face: Typeface::Own,
        ..person("王喆")
    };
    assert_eq!(lay_out_person(own.clone()), Err(SealError::OwnFontMissing));
    assert!(matches!(
        FontStack::with_own(b"no font".to_vec()),
        Err(SealError::OwnFontUnreadable)
    ));
    let fonts = FontStack::with_own(Face::Brush.file().to_vec()).unwrap();
    let design = SealDesign::from(SealForm::Name(own));
    let drawing = design.layout(&fonts).unwrap();
    let stand_in = FallbackGlyph {
        character: '喆',
        face: Face::Song,
    };
    assert_eq!(drawing.fallback, [stand_in]);
    // In a row nothing else evens the weight out: the stand-in's strokes come close to the brush's.
    let line = |text: &str, face| {
        let form = SealForm::Rectangle(RectangleSeal {
            lines: vec![text.to_owned()],
            width_mm: 20.0,
            height_mm: 20.0,
            face,
        });
        SealDesign::from(form).layout(&fonts).unwrap()
    };
    let ink = |drawing: &SealDrawing| drawing.ink_area_mm2();
    let frame = ink(&line("·", Typeface::Song));
    let (plain, heavier) = (
        ink(&line("喆", Typeface::Song)) - frame,
        ink(&line("喆", Typeface::Own)) - frame,
    );
    assert!(heavier > plain * 1.05, "{plain} {heavier}");
}
