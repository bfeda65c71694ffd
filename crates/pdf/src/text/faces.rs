//! Fonts as the search needs them: which characters a code stands for and how far it moves on.

use std::collections::HashMap;

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_interpret::hayro_cmap::{BfString, CMap, CMapName, CidFamily};
use hayro::hayro_syntax::object::{Array, Dict, Name, Object, Stream, String as Text};
use hayro_font::{Font, FontCache, FontGlyph, GlyphId};

use super::bare::BareFont;
use super::folding::{UNKNOWN, fold};
use crate::unfolding;

/// Codes a block of a table holds.
const BLOCK: usize = 256;

/// Most fonts kept at a time.
const MOST_FACES: usize = 256;

/// Most widths a font may write down as one range; a longer one is written to exhaust memory.
const LONGEST_RANGE: f64 = 70_000.0;

/// Most bytes that a font's own program or map may have.
const MOST_OF_A_FONT: usize = 96 << 20;

/// Reach of a line when the font does not say it, in em.
const USUAL_HIGH: f32 = 0.88;
const USUAL_LOW: f32 = -0.22;

/// The fonts of a document that were met, by dictionary.
pub(crate) struct Faces<'a> {
    cache: FontCache<'a>,
    settings: InterpreterSettings,
    known: HashMap<(usize, usize), Option<usize>>,
    faces: Vec<Face<'a>>,
}

/// One font.
pub(crate) struct Face<'a> {
    font: Source<'a>,
    blocks: Vec<Option<Box<[Letter; BLOCK]>>>,
    beyond: HashMap<u32, Letter>,
    several: Vec<Box<[u32]>>,
    unmapped: Unmapped,
    /// Every code has two bytes.
    two_bytes: bool,
    /// Written from top to bottom.
    pub(crate) vertical: bool,
    pub(crate) low: f32,
    pub(crate) high: f32,
}

enum Source<'a> {
    Read(Font<'a>),
    /// Its program cannot be read.
    Bare(BareFont),
}

/// What a code shows, and how far it moves on, in em.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Letter {
    shows: Shows,
    pub(crate) advance: f32,
}

#[derive(Debug, Clone, Copy, Default)]
enum Shows {
    #[default]
    NotLookedUp,
    Nothing,
    One(u32),
    /// Index of a list.
    Several(u32),
}

/// Where characters come from when the font has no ToUnicode map for a code (ISO 32000-2, 9.10.2).
enum Unmapped {
    Nowhere,
    /// The codes are UTF-16.
    Utf16,
    /// By CID from the character collection.
    Collection {
        cids: Option<Box<CMap>>,
        characters: Box<CMap>,
    },
}

impl<'a> Faces<'a> {
    pub(crate) fn new() -> Self {
        Self {
            cache: FontCache::new(),
            settings: InterpreterSettings::default(),
            known: HashMap::new(),
            faces: Vec::new(),
        }
    }

    /// Forgets everything when there is too much of it; to be called between pages.
    pub(crate) fn between_pages(&mut self) {
        if self.known.len() > MOST_FACES {
            *self = Self::new();
        }
    }

    /// The font of a dictionary, to be got by [`Self::get`].
    pub(crate) fn find(&mut self, dictionary: &Dict<'a>) -> Option<usize> {
        let data = dictionary.data();
        let key = (data.as_ptr().addr(), data.len());
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let face = self.load(dictionary);
        let index = face.map(|face| {
            self.faces.push(face);
            self.faces.len() - 1
        });
        self.known.insert(key, index);
        index
    }

    pub(crate) fn get(&mut self, index: usize) -> Option<&mut Face<'a>> {
        self.faces.get_mut(index)
    }

    /// `None` for a font written to exhaust memory.
    fn load(&self, dictionary: &Dict<'a>) -> Option<Face<'a>> {
        let descendant = dictionary
            .get::<Array<'_>>("DescendantFonts")
            .and_then(|fonts| fonts.iter::<Dict<'_>>().next());
        if let Some(descendant) = &descendant
            && !["W", "W2"].iter().all(|key| has_usual_ranges(descendant, key))
        {
            return None;
        }
        if !has_usual_streams(dictionary, descendant.as_ref()) {
            return None;
        }
        let settings = &self.settings;
        let cmaps = &settings.cmap_resolver;
        let font = match self.cache.font(dictionary, &settings.font_resolver, cmaps) {
            Some(font) => Source::Read(font),
            None => Source::Bare(BareFont::new(dictionary, descendant.as_ref(), cmaps)),
        };
        let encoding = dictionary.get::<Name<'_>>("Encoding");
        let encoding = encoding.as_ref().map_or("", |name| name.as_str());
        let (low, high) = reach(dictionary, descendant.as_ref().unwrap_or(dictionary));
        Some(Face {
            vertical: match &font {
                Source::Read(font) => !font.is_horizontal(),
                Source::Bare(_) => false,
            },
            font,
            blocks: Vec::new(),
            beyond: HashMap::new(),
            several: Vec::new(),
            unmapped: descendant.as_ref().map_or(Unmapped::Nowhere, |descendant| {
                self.unmapped(dictionary, descendant, encoding)
            }),
            two_bytes: descendant.is_some() && (encoding.starts_with("Identity-") || encoding.contains("UCS2")),
            low,
            high,
        })
    }

    fn unmapped(&self, dictionary: &Dict<'_>, descendant: &Dict<'_>, encoding: &str) -> Unmapped {
        if encoding.contains("UCS2") || encoding.contains("UTF16") {
            return Unmapped::Utf16;
        }
        let parse = |data: &[u8]| {
            let resolver = self.settings.cmap_resolver.clone();
            CMap::parse(data, move |name| resolver(name))
        };
        let named = |name: CMapName<'_>| (self.settings.cmap_resolver)(name).and_then(parse);
        let cids = match dictionary.get::<Object<'_>>("Encoding") {
            Some(Object::Name(name)) if !name.as_str().starts_with("Identity") => {
                named(CMapName::from_bytes(name.as_str().as_bytes()))
            }
            Some(Object::Stream(stream)) => unfolding::data(&stream, MOST_OF_A_FONT).and_then(|data| parse(&data)),
            _ => None,
        };
        let of_encoding = cids
            .as_ref()
            .and_then(|map| map.metadata().character_collection.clone());
        let family = of_encoding
            .map(|collection| collection.family)
            .filter(|family| family.ucs2_cmap().is_some())
            .or_else(|| family(descendant));
        let characters = family.and_then(|family| family.ucs2_cmap()).and_then(named);
        characters.map_or(Unmapped::Nowhere, |characters| Unmapped::Collection {
            cids: cids.map(Box::new),
            characters: Box::new(characters),
        })
    }
}

fn family(descendant: &Dict<'_>) -> Option<CidFamily> {
    let info = descendant.get::<Dict<'_>>("CIDSystemInfo")?;
    let (registry, ordering) = (info.get::<Text<'_>>("Registry")?, info.get::<Text<'_>>("Ordering")?);
    Some(CidFamily::from_registry_ordering(
        registry.as_bytes(),
        ordering.as_bytes(),
    ))
}

/// Whether nothing that belongs to the font unfolds beyond measure.
fn has_usual_streams(dictionary: &Dict<'_>, descendant: Option<&Dict<'_>>) -> bool {
    let font = descendant.unwrap_or(dictionary);
    let descriptor = font.get::<Dict<'_>>("FontDescriptor");
    let program = descriptor
        .iter()
        .flat_map(|descriptor| ["FontFile", "FontFile2", "FontFile3"].map(|key| descriptor.get::<Stream<'_>>(key)));
    let maps = [
        dictionary.get::<Stream<'_>>("ToUnicode"),
        dictionary.get::<Stream<'_>>("Encoding"),
        font.get::<Stream<'_>>("CIDToGIDMap"),
    ];
    let mut streams = program.chain(maps).flatten();
    streams.all(|stream| unfolding::stream_fits(&stream, MOST_OF_A_FONT))
}

/// Whether the widths are such that a reader may unfold them (`first last width` stands for every one between).
fn has_usual_ranges(descendant: &Dict<'_>, key: &str) -> bool {
    let Some(widths) = descendant.get::<Array<'_>>(key) else {
        return true;
    };
    let mut numbers = Vec::new();
    let mut usual = true;
    for object in widths.iter::<Object<'_>>() {
        match object {
            Object::Number(number) => numbers.push(number.as_f64()),
            _ => numbers.clear(),
        }
        // Wherever a range may begin: the first numbers of three (or five) are never far apart in real fonts.
        if let [.., first, last, _] = numbers.as_slice() {
            usual &= (last - first).abs() <= LONGEST_RANGE || *last < 0.0 || *first < 0.0;
        }
    }
    usual
}

/// How far a line reaches below and above its baseline, in em.
fn reach(dictionary: &Dict<'_>, descendant: &Dict<'_>) -> (f32, f32) {
    let subtype = dictionary.get::<Name<'_>>("Subtype");
    if subtype.is_some_and(|name| name.as_str() == "Type3") {
        return drawn_reach(dictionary).unwrap_or((USUAL_LOW, USUAL_HIGH));
    }
    let descriptor = descendant.get::<Dict<'_>>("FontDescriptor");
    let entry = |key: &str| {
        let value = descriptor.as_ref().and_then(|descriptor| descriptor.get::<f32>(key));
        value.filter(|value| *value != 0.0).map(|value| value / 1000.0)
    };
    let low = entry("Descent").map_or(USUAL_LOW, |low| -low.abs());
    let high = entry("Ascent").unwrap_or(USUAL_HIGH);
    (low.clamp(-0.4, -0.14), high.clamp(0.75, 1.1))
}

/// The box of a Type 3 font's glyphs.
fn drawn_reach(dictionary: &Dict<'_>) -> Option<(f32, f32)> {
    let [_, bottom, _, top] = dictionary.get::<[f32; 4]>("FontBBox")?;
    let [_, _, _, scale, _, _] = dictionary.get::<[f32; 6]>("FontMatrix")?;
    let (low, high) = ((bottom * scale).min(top * scale), (bottom * scale).max(top * scale));
    (high - low > 0.1 && high - low < 4.0).then_some((low, high))
}

impl Face<'_> {
    /// The next code and its length; `None` at the end.
    pub(crate) fn next_code(&self, bytes: &[u8]) -> Option<(u32, usize)> {
        match (self.two_bytes, bytes) {
            (true, [high, low, ..]) => Some((u32::from(u16::from_be_bytes([*high, *low])), 2)),
            (true, _) | (false, []) => None,
            (false, bytes) => match &self.font {
                Source::Read(font) => {
                    let (code, length) = font.read_code(bytes, 0);
                    Some((code, length.max(1)))
                }
                Source::Bare(font) => font.next_code(bytes),
            },
        }
    }

    pub(crate) fn letter(&mut self, code: u32) -> Letter {
        let at = usize::try_from(code).unwrap_or(usize::MAX);
        let known = match self.blocks.get(at / BLOCK) {
            Some(Some(block)) => block.get(at % BLOCK).copied(),
            _ => self.beyond.get(&code).copied(),
        };
        match known {
            Some(letter) if !matches!(letter.shows, Shows::NotLookedUp) => letter,
            _ => self.look_up(code, at),
        }
    }

    /// The folded characters a code shows.
    pub(crate) fn each(&self, letter: Letter, mut with: impl FnMut(u32)) {
        match letter.shows {
            Shows::One(one) => with(one),
            Shows::Several(index) => {
                let list = usize::try_from(index).ok().and_then(|index| self.several.get(index));
                list.into_iter().flatten().for_each(|one| with(*one));
            }
            Shows::Nothing | Shows::NotLookedUp => {}
        }
    }

    fn look_up(&mut self, code: u32, at: usize) -> Letter {
        let mut folded = Vec::new();
        match self.characters(code) {
            Some(text) => text.chars().for_each(|letter| fold(letter, &mut folded)),
            None => folded.push(UNKNOWN),
        }
        let shows = match folded.as_slice() {
            [] => Shows::Nothing,
            [one] => Shows::One(*one),
            _ => {
                self.several.push(folded.into());
                u32::try_from(self.several.len() - 1).map_or(Shows::Nothing, Shows::Several)
            }
        };
        let moved = match &self.font {
            Source::Read(font) if self.vertical => -font.code_advance(code).y,
            Source::Read(font) => font.code_advance(code).x,
            Source::Bare(font) => font.advance(code),
        };
        let advance = em(moved);
        let letter = Letter { shows, advance };
        self.keep(code, at, letter);
        letter
    }

    fn keep(&mut self, code: u32, at: usize, letter: Letter) {
        if code > 0xFFFF {
            if self.beyond.len() < 0x1_0000 {
                self.beyond.insert(code, letter);
            }
            return;
        }
        if self.blocks.len() <= at / BLOCK {
            self.blocks.resize_with(at / BLOCK + 1, || None);
        }
        let block = self.blocks.get_mut(at / BLOCK);
        let block = block.map(|block| block.get_or_insert_with(|| Box::new([Letter::default(); BLOCK])));
        if let Some(place) = block.and_then(|block| block.get_mut(at % BLOCK)) {
            *place = letter;
        }
    }

    fn characters(&self, code: u32) -> Option<String> {
        let known = match &self.font {
            Source::Read(font) => match font.glyph(GlyphId::NOTDEF, code) {
                FontGlyph::Outline(glyph) => glyph.as_unicode(),
                FontGlyph::Type3(glyph) => glyph.as_unicode(),
            },
            Source::Bare(font) => font.characters(code),
        };
        let known = known.or_else(|| self.unmapped.characters(code));
        known.map(text_of).filter(|text| !text.contains('\0'))
    }
}

impl Unmapped {
    fn characters(&self, code: u32) -> Option<BfString> {
        match self {
            Self::Nowhere => None,
            Self::Utf16 => utf16(code).map(BfString::Char),
            Self::Collection { cids, characters } => {
                let cid = match cids {
                    Some(map) => (1..=4).find_map(|length| map.lookup_cid_code(code, length))?,
                    None => code,
                };
                characters.lookup_bf_string(cid)
            }
        }
    }
}

fn utf16(code: u32) -> Option<char> {
    let units = [code >> 16, code & 0xFFFF].map(|unit| u16::try_from(unit).unwrap_or_default());
    let units = units.into_iter().skip_while(|unit| *unit == 0);
    char::decode_utf16(units).next()?.ok()
}

fn text_of(known: BfString) -> String {
    match known {
        BfString::Char(one) => one.to_string(),
        BfString::String(several) => several,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "widths in em need no more")]
fn em(thousandths: f64) -> f32 {
    (thousandths / 1000.0) as f32
}

/// Characters of a text string (ISO 32000-2, 7.9.2.2), folded.
pub(crate) fn folded_text(bytes: &[u8]) -> Vec<u32> {
    let text = match bytes {
        [0xFE, 0xFF, rest @ ..] => {
            let units = rest.as_chunks::<2>().0.iter().map(|pair| u16::from_be_bytes(*pair));
            char::decode_utf16(units)
                .map(|unit| unit.unwrap_or('\u{FFFD}'))
                .collect()
        }
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => bytes.iter().map(|byte| char::from(*byte)).collect(),
    };
    let mut folded = Vec::new();
    text.chars().for_each(|letter| fold(letter, &mut folded));
    folded
}
