//! Walks the operators of a page and of the forms it draws, and notes what they show as text.

use std::collections::HashMap;

use hayro::hayro_syntax::content::TypedIter;
use hayro::hayro_syntax::content::ops::TypedInstruction as Op;
use hayro::hayro_syntax::object::{Array, Dict, Name, Number, Object, ObjectIdentifier, Stream, String as Text};
use hayro::hayro_syntax::page::{Page, Resources};

use crate::geometry::Matrix;
use crate::unfolding;

use super::annotations::appearances;
use super::faces::{Faces, folded_text};
use super::shown::{Glyph, Item, Run, Shown};

/// Deepest forms within forms.
const DEEPEST: usize = 16;

/// Most saved graphics states and most open marked contents.
const MOST_SAVED: usize = 4096;

/// Most operators of a page with its forms.
const MOST_OPERATORS: usize = 4_000_000;

/// Most glyphs of a page.
const MOST_GLYPHS: usize = 2_000_000;

/// Most unfolded bytes of a page with its forms; several pages are read at once.
const MOST_BYTES: usize = 48 << 20;

/// Operators between two looks at the signal to stop.
const LOOK_UP: usize = 1024;

const UNMOVED: Matrix = Matrix {
    a: 1.0,
    b: 0.0,
    c: 0.0,
    d: 1.0,
    e: 0.0,
    f: 0.0,
};

/// Reads pages of one document; keeps its fonts.
pub(crate) struct Walker<'a> {
    faces: Faces<'a>,
}

/// The part of the graphics state that places text (ISO 32000-2, 9.3).
#[derive(Clone, Copy)]
struct State {
    map: Matrix,
    face: Option<usize>,
    size: f64,
    letter_gap: f64,
    word_gap: f64,
    stretch: f64,
    leading: f64,
    rise: f64,
}

/// Reading one page.
struct Reading<'w, 'a> {
    faces: &'w mut Faces<'a>,
    shown: &'w mut Shown,
    stop: &'w dyn Fn() -> bool,
    operators: usize,
    bytes: usize,
    /// Forms being drawn, so that none draws itself.
    open: Vec<ObjectIdentifier>,
    whole: bool,
}

/// One content stream.
struct Content<'c, 'a> {
    resources: &'c Resources<'a>,
    names: HashMap<Vec<u8>, Option<usize>>,
    state: State,
    saved: Vec<State>,
    text: Matrix,
    line: Matrix,
    marked: Vec<Option<Replacement>>,
}

/// ActualText and what had been shown when it began.
struct Replacement {
    letters: Vec<u32>,
    run: usize,
    glyph: usize,
}

impl<'a> Walker<'a> {
    pub(crate) fn new() -> Self {
        Self { faces: Faces::new() }
    }

    /// Notes the page's text in `shown`; whether it was read to its end.
    pub(crate) fn page(&mut self, page: &Page<'a>, shown: &mut Shown, stop: &dyn Fn() -> bool) -> bool {
        self.faces.between_pages();
        shown.clear();
        let (data, whole) = unfolding::page_content(page.raw(), MOST_BYTES);
        let mut reading = Reading {
            faces: &mut self.faces,
            shown,
            stop,
            operators: 0,
            bytes: data.len(),
            open: Vec::new(),
            whole,
        };
        reading.content(&data, page.resources(), State::first());
        reading.shown.content_ends();
        for (stream, map) in appearances(page.raw()) {
            let state = State { map, ..State::first() };
            reading.drawn_form(&stream, page.resources(), state);
        }
        reading.whole
    }
}

impl State {
    fn first() -> Self {
        Self {
            map: UNMOVED,
            face: None,
            size: 0.0,
            letter_gap: 0.0,
            word_gap: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
        }
    }
}

impl<'a> Reading<'_, 'a> {
    fn content(&mut self, data: &[u8], resources: &Resources<'a>, state: State) {
        let mut operators = TypedIter::new(data);
        if self.is_over() {
            return;
        }
        let mut content = Content {
            resources,
            names: HashMap::new(),
            state,
            saved: Vec::new(),
            text: UNMOVED,
            line: UNMOVED,
            marked: Vec::new(),
        };
        while let Some(operator) = operators.next() {
            self.operators += 1;
            if self.is_over() {
                return;
            }
            self.operator(&operator, &mut content);
        }
    }

    /// Notes that the page is not read to its end.
    fn is_over(&mut self) -> bool {
        let too_much = self.operators > MOST_OPERATORS || self.shown.glyphs.len() > MOST_GLYPHS;
        let over = too_much || self.operators.is_multiple_of(LOOK_UP) && (self.stop)();
        self.whole &= !over;
        over
    }

    fn operator(&mut self, operator: &Op<'_, '_>, content: &mut Content<'_, 'a>) {
        match operator {
            Op::ShowText(text) => self.show(text.0, content),
            Op::ShowTexts(texts) => self.show_all(texts.0, content),
            Op::NextLineAndShowText(text) => {
                content.next_line(0.0, -content.state.leading);
                self.show(text.0, content);
            }
            Op::ShowTextWithParameters(text) => {
                content.state.word_gap = text.0.as_f64();
                content.state.letter_gap = text.1.as_f64();
                content.next_line(0.0, -content.state.leading);
                self.show(text.2, content);
            }
            Op::TextFont(font) => self.font(font.0, font.1, content),
            Op::SetGraphicsState(name) => self.graphics_state(name.0, content),
            Op::XObject(name) => self.form(name.0, content),
            Op::BeginMarkedContent(_) => self.begin_marked(None, content),
            Op::BeginMarkedContentWithProperties(marked) => {
                let replacement = self.replacement(marked.1, content);
                self.begin_marked(replacement, content);
            }
            Op::EndMarkedContent(_) => {
                if let Some(Some(replacement)) = content.marked.pop() {
                    self.shown
                        .replace_since(replacement.run, replacement.glyph, &replacement.letters);
                }
            }
            Op::SaveState(_) if content.saved.len() >= MOST_SAVED => self.whole = false,
            other => content.place(other),
        }
    }

    fn font(&mut self, name: &Name<'_>, size: Number, content: &mut Content<'_, 'a>) {
        content.state.size = size.as_f64();
        let bytes = name.as_str().as_bytes();
        if let Some(known) = content.names.get(bytes) {
            content.state.face = *known;
            return;
        }
        let dictionary = content.resources.get_font(name);
        let face = dictionary.and_then(|dictionary| self.faces.find(&dictionary));
        content.names.insert(bytes.to_vec(), face);
        content.state.face = face;
    }

    fn graphics_state(&mut self, name: &Name<'_>, content: &mut Content<'_, 'a>) {
        let Some(font) = content
            .resources
            .get_ext_g_state(name)
            .and_then(|state| state.get::<Array<'_>>("Font"))
        else {
            return;
        };
        if let Some(dictionary) = font.iter::<Dict<'a>>().next() {
            content.state.face = self.faces.find(&dictionary);
        }
        let size = font.iter::<Object<'_>>().nth(1).and_then(number);
        content.state.size = size.unwrap_or(content.state.size);
    }

    fn form(&mut self, name: &Name<'_>, content: &mut Content<'_, 'a>) {
        let Some(stream) = content.resources.get_x_object(name) else {
            return;
        };
        let dictionary = stream.dict();
        if dictionary
            .get::<Name<'_>>("Subtype")
            .is_none_or(|kind| kind.as_str() != "Form")
        {
            return;
        }
        let own = stream.obj_id();
        if self.open.len() >= DEEPEST || self.open.contains(&own) {
            return;
        }
        self.open.push(own);
        self.drawn_form(&stream, content.resources, content.state);
        self.open.pop();
    }

    fn drawn_form(&mut self, stream: &Stream<'a>, outer: &Resources<'a>, mut state: State) {
        let Some(data) = unfolding::data(stream, MOST_BYTES.saturating_sub(self.bytes)) else {
            self.whole = false;
            return;
        };
        self.bytes = self.bytes.saturating_add(data.len());
        if let Some([a, b, c, d, e, f]) = stream.dict().get::<[f64; 6]>("Matrix") {
            state.map = Matrix { a, b, c, d, e, f }.then(&state.map);
        }
        let resources = stream.dict().get::<Dict<'a>>("Resources").map(Resources::new);
        self.content(&data, resources.as_ref().unwrap_or(outer), state);
    }

    fn replacement(&self, properties: &Object<'_>, content: &Content<'_, 'a>) -> Option<Replacement> {
        let text = |dictionary: Dict<'_>| {
            let text = dictionary.get::<Text<'_>>("ActualText")?;
            Some(folded_text(text.as_bytes()))
        };
        let letters = match properties {
            Object::Dict(dictionary) => text(dictionary.clone()),
            Object::Name(name) => content.resources.properties.get::<Dict<'_>>(name).and_then(text),
            _ => None,
        };
        letters.map(|letters| Replacement {
            letters,
            run: self.shown.runs.len(),
            glyph: self.shown.glyphs.len(),
        })
    }

    fn begin_marked(&mut self, replacement: Option<Replacement>, content: &mut Content<'_, 'a>) {
        match content.marked.len() < MOST_SAVED {
            true => content.marked.push(replacement),
            false => self.whole = false,
        }
    }

    fn show_all(&mut self, texts: &Array<'_>, content: &mut Content<'_, 'a>) {
        let mut moved = self.begin(content);
        for object in texts.iter::<Object<'_>>() {
            match object {
                Object::String(text) => self.glyphs(text.as_bytes(), content, &mut moved),
                Object::Number(back) => moved -= back.as_f64() / 1000.0 * self.forward(content),
                _ => {}
            }
        }
        self.end(content, moved);
    }

    fn show(&mut self, text: &Text<'_>, content: &mut Content<'_, 'a>) {
        let mut moved = self.begin(content);
        self.glyphs(text.as_bytes(), content, &mut moved);
        self.end(content, moved);
    }

    fn is_vertical(&mut self, content: &Content<'_, 'a>) -> bool {
        let face = content.state.face.and_then(|face| self.faces.get(face));
        face.is_some_and(|face| face.vertical)
    }

    /// Along a vertical line `at` grows downwards, the page's y upwards.
    fn forward(&mut self, content: &Content<'_, 'a>) -> f64 {
        if self.is_vertical(content) { -1.0 } else { 1.0 }
    }

    /// Begins a run.
    fn begin(&mut self, content: &Content<'_, 'a>) -> f64 {
        let state = &content.state;
        let map = Matrix {
            a: state.size * state.stretch,
            b: 0.0,
            c: 0.0,
            d: state.size,
            e: 0.0,
            f: state.rise,
        };
        let Some(face) = state.face.and_then(|face| self.faces.get(face)) else {
            return 0.0;
        };
        let (low, high) = if face.vertical {
            (-0.5, 0.5)
        } else {
            (face.low, face.high)
        };
        self.shown.runs.push(Run {
            map: map.then(&content.text).then(&state.map),
            low,
            high,
            vertical: face.vertical,
            first_item: self.shown.items.len(),
        });
        0.0
    }

    fn glyphs(&mut self, bytes: &[u8], content: &Content<'_, 'a>, moved: &mut f64) {
        let state = &content.state;
        let Some(face) = state.face.and_then(|face| self.faces.get(face)) else {
            return;
        };
        let usable = state.size != 0.0 && state.size.is_finite();
        let forward = if face.vertical { -1.0 } else { 1.0 };
        let gap = if usable {
            forward * state.letter_gap / state.size
        } else {
            0.0
        };
        let word_gap = if usable {
            forward * state.word_gap / state.size
        } else {
            0.0
        };
        let run = u32::try_from(self.shown.runs.len().saturating_sub(1)).unwrap_or(u32::MAX);
        let mut rest = bytes;
        while let Some((code, length)) = face.next_code(rest) {
            rest = rest.get(length..).unwrap_or_default();
            let letter = face.letter(code);
            let glyph = u32::try_from(self.shown.glyphs.len()).unwrap_or(u32::MAX);
            self.shown.glyphs.push(Glyph {
                run,
                at: single(*moved),
                length: letter.advance,
            });
            let items = &mut self.shown.items;
            face.each(letter, |letter| items.push(Item { letter, glyph }));
            *moved += f64::from(letter.advance) + gap;
            if code == 0x20 && length == 1 {
                *moved += word_gap;
            }
        }
    }

    /// Moves the text matrix past what was shown.
    fn end(&mut self, content: &mut Content<'_, 'a>, moved: f64) {
        let state = content.state;
        let (x, y) = match self.is_vertical(content) {
            false => (moved * state.size * state.stretch, 0.0),
            true => (0.0, -moved * state.size),
        };
        content.text = shift(x, y).then(&content.text);
    }
}

impl Content<'_, '_> {
    /// Operators that show nothing but say where.
    fn place(&mut self, operator: &Op<'_, '_>) {
        let state = &mut self.state;
        match operator {
            Op::SaveState(_) => self.saved.push(*state),
            Op::RestoreState(_) => *state = self.saved.pop().unwrap_or(*state),
            Op::Transform(map) => {
                state.map = matrix([map.0, map.1, map.2, map.3, map.4, map.5]).then(&state.map);
            }
            Op::CharacterSpacing(gap) => state.letter_gap = gap.0.as_f64(),
            Op::WordSpacing(gap) => state.word_gap = gap.0.as_f64(),
            Op::HorizontalScaling(percent) => state.stretch = percent.0.as_f64() / 100.0,
            Op::TextLeading(leading) => state.leading = leading.0.as_f64(),
            Op::TextRise(rise) => state.rise = rise.0.as_f64(),
            Op::BeginText(_) => (self.text, self.line) = (UNMOVED, UNMOVED),
            Op::SetTextMatrix(map) => {
                self.line = matrix([map.0, map.1, map.2, map.3, map.4, map.5]);
                self.text = self.line;
            }
            Op::NextLine(by) => self.next_line(by.0.as_f64(), by.1.as_f64()),
            Op::NextLineAndSetLeading(by) => {
                state.leading = -by.1.as_f64();
                self.next_line(by.0.as_f64(), by.1.as_f64());
            }
            Op::NextLineUsingLeading(_) => {
                let leading = state.leading;
                self.next_line(0.0, -leading);
            }
            _ => {}
        }
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.line = shift(x, y).then(&self.line);
        self.text = self.line;
    }
}

fn shift(e: f64, f: f64) -> Matrix {
    Matrix { e, f, ..UNMOVED }
}

fn matrix(numbers: [Number; 6]) -> Matrix {
    let [a, b, c, d, e, f] = numbers.map(|number| number.as_f64());
    Matrix { a, b, c, d, e, f }
}

fn number(object: Object<'_>) -> Option<f64> {
    match object {
        Object::Number(number) => Some(number.as_f64()),
        _ => None,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "em along a line need no more")]
fn single(em: f64) -> f32 {
    em as f32
}
