//! What an appearance draws: its text, and whether it could hide or show anything else.

use std::collections::BTreeMap;

use super::content::{Instruction, instructions};
use crate::document::Damage;
use crate::structure::{Dictionary, Reference, Value, View};

/// Deepest forms within forms.
const DEEPEST: usize = 4;
/// The widest line that still marks a text and does not cover it, in points.
const WIDEST_LINE: f64 = 3.0;
/// The darkest colour of a highlight, as its brightness.
const DARKEST: f64 = 0.3;

/// What was found; begins with nothing drawn.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Drawn {
    /// All text without white space, in the order it is drawn.
    pub(super) text: String,
    /// Some of it is in a font whose codes say nothing.
    pub(super) has_unreadable_text: bool,
    /// Images, shadings, or something that cannot be read.
    pub(super) has_pictures: bool,
    /// Curves, which could be the outlines of letters.
    pub(super) has_curves: bool,
    /// Areas, or lines wider than a pen's, that hide what is below them.
    pub(super) covers: bool,
}

/// The part of the graphics state that counts here.
#[derive(Clone, Default)]
struct State {
    multiplies: bool,
    /// Areas are filled in a colour that leaves black letters to be read when it is multiplied.
    is_light: bool,
    font: Option<Font>,
}

/// How the codes of a font are read.
#[derive(Clone)]
enum Font {
    Latin,
    Mapped {
        characters: BTreeMap<u32, String>,
        bytes: usize,
    },
    Unreadable,
}

struct Reading<'a> {
    view: View<'a>,
    /// The form's default resources, for names that an appearance does not know itself.
    fallback: Dictionary,
    drawn: Drawn,
}

/// Reads an appearance stream and the forms that it draws.
pub(super) fn read(view: View<'_>, appearance: Reference, fallback: &Dictionary) -> Result<Drawn, Damage> {
    let mut reading = Reading {
        view,
        fallback: fallback.clone(),
        drawn: Drawn::default(),
    };
    reading.form(appearance, &State::default(), &Dictionary::default(), DEEPEST)?;
    Ok(reading.drawn)
}

impl Reading<'_> {
    fn form(&mut self, form: Reference, state: &State, outer: &Dictionary, depth: usize) -> Result<(), Damage> {
        let object = self.view.object(form.number)?;
        let dictionary = object.as_ref().and_then(|object| object.value.as_dictionary());
        let content = self.view.decoded_stream(form).and_then(|data| instructions(&data));
        let (Some(dictionary), Some(content), Some(depth)) = (dictionary, content, depth.checked_sub(1)) else {
            self.drawn.has_pictures = true;
            return Ok(());
        };
        self.drawn.covers |= !keeps_size(dictionary.get("Matrix").and_then(Value::as_array));
        let resources = match self.view.entry_of(dictionary, "Resources")? {
            Some(Value::Dictionary(resources)) => resources,
            _ => outer.clone(),
        };
        let mut saved = Vec::new();
        let mut state = state.clone();
        for instruction in &content {
            match instruction.operator.as_slice() {
                b"q" => saved.push(state.clone()),
                b"Q" => state = saved.pop().unwrap_or_default(),
                b"Do" => self.draw(instruction, &state, &resources, depth)?,
                b"gs" => self.graphics_state(instruction, &mut state, &resources)?,
                b"Tf" => {
                    let font = self.resource(&resources, "Font", instruction.name(0))?;
                    state.font = Some(self.font(font.as_ref())?);
                }
                b"g" | b"rg" | b"k" | b"cs" | b"sc" | b"scn" => state.is_light = is_light(&instruction.operands),
                _ => self.mark(instruction, &state),
            }
        }
        Ok(())
    }

    /// Operators that need nothing but the state.
    fn mark(&mut self, instruction: &Instruction, state: &State) {
        match instruction.operator.as_slice() {
            b"Tj" | b"'" | b"\"" | b"TJ" => self.show(&instruction.operands, state),
            b"c" | b"v" | b"y" => self.drawn.has_curves = true,
            b"sh" => self.drawn.has_pictures = true,
            b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" => {
                self.drawn.covers |= !(state.multiplies && state.is_light);
            }
            b"w" => self.drawn.covers |= instruction.number(0).is_none_or(|width| width > WIDEST_LINE),
            b"cm" => self.drawn.covers |= !keeps_size(Some(&instruction.operands)),
            _ => {}
        }
    }

    fn draw(
        &mut self,
        instruction: &Instruction,
        state: &State,
        resources: &Dictionary,
        depth: usize,
    ) -> Result<(), Damage> {
        let named = self.resource(resources, "XObject", instruction.name(0))?;
        let form = named.as_ref().and_then(Value::as_reference);
        let dictionary = named.as_ref().map(|form| self.view.resolve(form)).transpose()?;
        let is_form = dictionary
            .as_ref()
            .and_then(Value::as_dictionary)
            .is_some_and(|entries| entries.name_is("Subtype", "Form"));
        match form.filter(|_| is_form) {
            Some(form) => self.form(form, state, resources, depth),
            None => {
                self.drawn.has_pictures = true;
                Ok(())
            }
        }
    }

    fn graphics_state(
        &mut self,
        instruction: &Instruction,
        state: &mut State,
        resources: &Dictionary,
    ) -> Result<(), Damage> {
        let Some(named) = self.resource(resources, "ExtGState", instruction.name(0))? else {
            return Ok(());
        };
        let Value::Dictionary(entries) = self.view.resolve(&named)? else {
            return Ok(());
        };
        match self.view.entry_of(&entries, "BM")? {
            Some(Value::Name(mode)) => state.multiplies = mode == b"Multiply",
            Some(_) => state.multiplies = false,
            None => {}
        }
        let width = self.view.entry_of(&entries, "LW")?;
        let is_wide = |width: Value| width.as_number().is_none_or(|width| width > WIDEST_LINE);
        self.drawn.covers |= width.is_some_and(is_wide);
        if entries.get("Font").is_some() {
            state.font = Some(Font::Unreadable);
        }
        Ok(())
    }

    /// A resource as it is written: in the form's own resources, else in the defaults.
    fn resource(&self, resources: &Dictionary, kind: &str, name: Option<String>) -> Result<Option<Value>, Damage> {
        let Some(name) = name else { return Ok(None) };
        for place in [resources, &self.fallback] {
            if let Some(Value::Dictionary(named)) = self.view.entry_of(place, kind)?
                && let Some(value) = named.get(&name)
            {
                return Ok(Some(value.clone()));
            }
        }
        Ok(None)
    }

    fn font(&self, font: Option<&Value>) -> Result<Font, Damage> {
        let Some(font) = font else { return Ok(Font::Latin) };
        let Value::Dictionary(font) = self.view.resolve(font)? else {
            return Ok(Font::Latin);
        };
        let bytes = if font.name_is("Subtype", "Type0") { 2 } else { 1 };
        if let Some(map) = font.get("ToUnicode").and_then(Value::as_reference) {
            let characters = self.view.decoded_stream(map).and_then(|data| characters(&data));
            return Ok(characters.map_or(Font::Unreadable, |characters| Font::Mapped { characters, bytes }));
        }
        let plain = ["Type1", "TrueType"].iter().any(|kind| font.name_is("Subtype", kind));
        let encoding = self.view.entry_of(&font, "Encoding")?;
        let own_codes = encoding.as_ref().and_then(Value::as_dictionary);
        let changes_codes = own_codes.is_some_and(|encoding| encoding.get("Differences").is_some());
        Ok(if plain && !changes_codes {
            Font::Latin
        } else {
            Font::Unreadable
        })
    }

    fn show(&mut self, operands: &[Value], state: &State) {
        let pieces = operands.iter().flat_map(|operand| match operand {
            Value::Array(items) => items.as_slice(),
            single => std::slice::from_ref(single),
        });
        for bytes in pieces.filter_map(Value::as_bytes) {
            match text_in(bytes, state.font.as_ref()) {
                Some(text) => self
                    .drawn
                    .text
                    .extend(text.chars().filter(|letter| !letter.is_whitespace())),
                None => self.drawn.has_unreadable_text = true,
            }
        }
    }
}

/// The characters of a string in a font; none when a code says nothing.
fn text_in(bytes: &[u8], font: Option<&Font>) -> Option<String> {
    match font {
        None | Some(Font::Latin) => Some(bytes.iter().copied().map(char::from).collect()),
        Some(Font::Mapped {
            characters,
            bytes: width,
        }) => bytes
            .chunks(*width)
            .map(|code| characters.get(&number(code)).map(String::as_str))
            .collect(),
        Some(Font::Unreadable) => None,
    }
}

/// Whether a colour of one (grey) or three numbers (RGB) is light; of others that is not known.
pub(super) fn is_light(color: &[Value]) -> bool {
    let numbers: Vec<f64> = color.iter().filter_map(Value::as_number).collect();
    let brightness = match numbers.as_slice() {
        [grey] => *grey,
        [red, green, blue] => 0.3 * red + 0.59 * green + 0.11 * blue,
        _ => 0.0,
    };
    brightness >= DARKEST
}

/// Whether a matrix only moves.
fn keeps_size(matrix: Option<&[Value]>) -> bool {
    let Some(matrix) = matrix else { return true };
    let numbers: Vec<f64> = matrix.iter().filter_map(Value::as_number).collect();
    matches!(numbers.as_slice(), [a, b, c, d, _, _] if [*a, *b, *c, *d] == [1.0, 0.0, 0.0, 1.0])
}

/// A ToUnicode map (9.10.3): codes and the characters that they stand for.
fn characters(map: &[u8]) -> Option<BTreeMap<u32, String>> {
    let mut found = BTreeMap::new();
    for instruction in instructions(map)? {
        let operands = &instruction.operands;
        match instruction.operator.as_slice() {
            b"endbfchar" => {
                for pair in operands.chunks_exact(2) {
                    let [code, text] = pair else { continue };
                    found.insert(number(code.as_bytes()?), utf_16(text.as_bytes()?));
                }
            }
            b"endbfrange" => operands
                .chunks_exact(3)
                .try_for_each(|triple| add_range(&mut found, triple))?,
            _ => {}
        }
    }
    Some(found)
}

fn add_range(found: &mut BTreeMap<u32, String>, triple: &[Value]) -> Option<()> {
    let [first, last, to] = triple else { return None };
    let (first, last) = (number(first.as_bytes()?), number(last.as_bytes()?));
    for (step, code) in (first..=last.min(0xFFFF)).enumerate() {
        let text = match to {
            Value::Array(items) => utf_16(items.get(step)?.as_bytes()?),
            single => counted_up(single.as_bytes()?, step),
        };
        found.insert(code, text);
    }
    Some(())
}

/// The last unit of the text, so many further.
fn counted_up(text: &[u8], step: usize) -> String {
    let mut units = units(text);
    if let (Some(last), Ok(step)) = (units.last_mut(), u16::try_from(step)) {
        *last = last.wrapping_add(step);
    }
    String::from_utf16_lossy(&units)
}

fn utf_16(text: &[u8]) -> String {
    String::from_utf16_lossy(&units(text))
}

fn units(text: &[u8]) -> Vec<u16> {
    let pairs = text.chunks_exact(2).filter_map(|pair| pair.try_into().ok());
    pairs.map(u16::from_be_bytes).collect()
}

fn number(code: &[u8]) -> u32 {
    code.iter().fold(0, |sum, byte| (sum << 8) | u32::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn character_maps_with_single_codes_and_ranges() {
        let map = b"/CIDInit /ProcSet findresource begin 1 beginbfchar <0003> <6295> endbfchar \
                    2 beginbfrange <0010> <0012> <0041> <0020> <0021> [<0061> <00620063>] endbfrange end";
        let found = characters(map).unwrap();
        assert_eq!(found.get(&3).unwrap(), "投");
        assert_eq!(found.get(&0x12).unwrap(), "C");
        assert_eq!(found.get(&0x21).unwrap(), "bc");
        let font = Font::Mapped {
            characters: found,
            bytes: 2,
        };
        assert_eq!(text_in(&[0, 3, 0, 0x10], Some(&font)).unwrap(), "投A");
        assert_eq!(text_in(&[9, 9], Some(&font)), None);
    }

    #[test]
    fn only_moving_keeps_the_size() {
        let matrix = |numbers: [i64; 6]| numbers.map(Value::Integer).to_vec();
        assert!(keeps_size(Some(&matrix([1, 0, 0, 1, -7, 300]))));
        assert!(!keeps_size(Some(&matrix([9, 0, 0, 1, 0, 0]))));
        assert!(keeps_size(None));
    }
}
