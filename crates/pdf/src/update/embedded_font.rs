//! The objects of an embedded font part: composite font, its widths, and the way back to characters for copying.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::tail::Tail;
use crate::lettering::FontPart;
use crate::structure::{Dictionary, Value};

/// Most entries of one `beginbfchar` section (Adobe Technical Note 5411).
const MOST_OF_A_SECTION: usize = 100;

/// Symbolic (table 121): the font's own glyph numbers count.
const FLAGS: i64 = 4;

/// Stores the font and returns its number (9.7.6).
pub(super) fn store(tail: &mut Tail<'_>, font: &FontPart) -> u32 {
    let name = subset_name(font);
    let descendant = descendant(tail, font, &name);
    let characters = tail.add_stream(Dictionary::default(), to_unicode(font).as_bytes());
    tail.add(Value::Dictionary(Dictionary::from_iter([
        ("Type", Value::name("Font")),
        ("Subtype", Value::name("Type0")),
        ("BaseFont", Value::name(&name)),
        ("Encoding", Value::name("Identity-H")),
        ("DescendantFonts", Value::Array(vec![Value::reference(descendant)])),
        ("ToUnicode", Value::reference(characters)),
    ])))
}

/// Six letters that differ with the content, as the names of font parts have (9.9.2).
fn subset_name(font: &FontPart) -> String {
    let mut hasher = DefaultHasher::new();
    font.program.hash(&mut hasher);
    let tag: String = hasher
        .finish()
        .to_be_bytes()
        .iter()
        .take(6)
        .map(|byte| char::from(b'A' + byte % 26))
        .collect();
    format!("{tag}+GanjiangText")
}

fn descendant(tail: &mut Tail<'_>, font: &FontPart, name: &str) -> u32 {
    let descriptor = descriptor(tail, font, name);
    let system = Dictionary::from_iter([
        ("Registry", Value::text("Adobe")),
        ("Ordering", Value::text("Identity")),
        ("Supplement", Value::Integer(0)),
    ]);
    let kind = if font.is_cff { "CIDFontType0" } else { "CIDFontType2" };
    let mut dictionary = Dictionary::from_iter([
        ("Type", Value::name("Font")),
        ("Subtype", Value::name(kind)),
        ("BaseFont", Value::name(name)),
        ("CIDSystemInfo", Value::Dictionary(system)),
        ("FontDescriptor", Value::reference(descriptor)),
        ("DW", Value::Integer(1000)),
        ("W", widths(font)),
    ]);
    if !font.is_cff {
        dictionary.set("CIDToGIDMap", Value::name("Identity"));
    }
    tail.add(Value::Dictionary(dictionary))
}

fn widths(font: &FontPart) -> Value {
    let entry = |(glyph, (width, _)): (&u16, &(f64, char))| {
        let width = Value::Array(vec![Value::real(*width)]);
        [Value::Integer(i64::from(*glyph)), width]
    };
    Value::Array(font.glyphs.iter().flat_map(entry).collect())
}

fn descriptor(tail: &mut Tail<'_>, font: &FontPart, name: &str) -> u32 {
    let length = i64::try_from(font.program.len()).unwrap_or(i64::MAX);
    let (key, about) = match font.is_cff {
        true => ("FontFile3", ("Subtype", Value::name("CIDFontType0C"))),
        false => ("FontFile2", ("Length1", Value::Integer(length))),
    };
    let program = tail.add_stream(Dictionary::from_iter([about]), &font.program);
    let [_, bottom, _, top] = font.bounds;
    tail.add(Value::Dictionary(Dictionary::from_iter([
        ("Type", Value::name("FontDescriptor")),
        ("FontName", Value::name(name)),
        ("Flags", Value::Integer(FLAGS)),
        ("FontBBox", Value::Array(font.bounds.map(Value::real).to_vec())),
        ("ItalicAngle", Value::Integer(0)),
        ("Ascent", Value::real(top)),
        ("Descent", Value::real(bottom)),
        ("CapHeight", Value::real(top)),
        ("StemV", Value::Integer(80)),
        (key, Value::reference(program)),
    ])))
}

/// Glyph numbers to characters (9.10.3).
fn to_unicode(font: &FontPart) -> String {
    let mut out = String::from(
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n\
         /CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n\
         /CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n\
         1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n",
    );
    let glyphs: Vec<(&u16, &(f64, char))> = font.glyphs.iter().collect();
    for section in glyphs.chunks(MOST_OF_A_SECTION) {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{} beginbfchar", section.len());
        for (glyph, (_, character)) in section {
            let mut units = [0; 2];
            let units: String = character
                .encode_utf16(&mut units)
                .iter()
                .map(|unit| format!("{unit:04X}"))
                .collect();
            let _ = writeln!(out, "<{glyph:04X}> <{units}>");
        }
        out += "endbfchar\n";
    }
    out + "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
}
