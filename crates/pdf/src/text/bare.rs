//! Fonts whose program cannot be read: nothing can be drawn with them, but their codes still mean something.

use hayro::hayro_interpret::CMapResolverFn;
use hayro::hayro_interpret::hayro_cmap::{BfString, CMap};
use hayro::hayro_syntax::object::{Array, Dict, Stream};

/// A font known by its dictionary only.
pub(crate) struct BareFont {
    characters: Option<Box<CMap>>,
    first: u32,
    widths: Vec<f64>,
    usual_width: f64,
    two_bytes: bool,
}

impl BareFont {
    /// `descendant`: that of a composite font, whose codes are taken to have two bytes.
    pub(crate) fn new(dictionary: &Dict<'_>, descendant: Option<&Dict<'_>>, cmaps: &CMapResolverFn) -> Self {
        let data = dictionary
            .get::<Stream<'_>>("ToUnicode")
            .and_then(|stream| stream.decoded_data().ok());
        let characters = data.and_then(|data| {
            let cmaps = cmaps.clone();
            CMap::parse(&data, move |name| cmaps(name))
        });
        let widths = dictionary.get::<Array<'_>>("Widths");
        let usual_width = match descendant {
            Some(descendant) => descendant.get::<f64>("DW").unwrap_or(1000.0),
            None => 500.0,
        };
        Self {
            characters: characters.map(Box::new),
            first: dictionary.get::<u32>("FirstChar").unwrap_or(0),
            widths: widths.map_or(Vec::new(), |widths| widths.iter::<f64>().take(256).collect()),
            usual_width,
            two_bytes: descendant.is_some(),
        }
    }

    /// The next code and its length; `None` at the end.
    pub(crate) fn next_code(&self, bytes: &[u8]) -> Option<(u32, usize)> {
        match (self.two_bytes, bytes) {
            (true, [high, low, ..]) => Some((u32::from(u16::from_be_bytes([*high, *low])), 2)),
            (false, [one, ..]) => Some((u32::from(*one), 1)),
            _ => None,
        }
    }

    /// What the font itself says a code stands for.
    pub(crate) fn characters(&self, code: u32) -> Option<BfString> {
        self.characters.as_ref()?.lookup_bf_string(code)
    }

    /// In thousandths of an em.
    pub(crate) fn advance(&self, code: u32) -> f64 {
        let index = code
            .checked_sub(self.first)
            .and_then(|index| usize::try_from(index).ok());
        let width = index.and_then(|index| self.widths.get(index));
        width.copied().unwrap_or(self.usual_width)
    }
}
