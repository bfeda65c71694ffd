//! Small files made of what our own reading found, for the tolerant reader: an outline of the whole
//! document without its pictures, and one page with everything on it, pictures too large for the reader made smaller.
//!
//! The tolerant reader counts positions in 31 bits and searches a larger file byte by byte, and it
//! takes passwords as UTF-8 only. Excerpts keep every object's number and are neither large nor
//! encrypted.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use hayro::hayro_syntax::Pdf;

use crate::document::{Damage, page_index};
use crate::reduction;
use crate::structure::{Dictionary, Object, PageNode, Reference, Structure, Value, View};

/// Largest excerpt, in bytes: it is in memory.
const MOST_BYTES: usize = 200 << 20;

/// Largest stream that an outline has: page content and most fonts are smaller.
const MOST_OF_A_STREAM: usize = 4 << 20;

/// Highest page tree that inherited entries are looked up in.
const HIGHEST: usize = 64;

/// Pictures and forms of one page that are looked at before it is drawn.
const MOST_LOOKED_AT: usize = 1000;

/// Bytes kept free behind a stream, so that the many small objects of a file rarely move it.
const ROOM_FOR_DICTIONARIES: usize = 64 << 10;

/// What a page inherits (table 31).
const INHERITED: [&str; 4] = ["Resources", "MediaBox", "CropBox", "Rotate"];

/// Pages one at a time, for documents that the tolerant reader cannot take whole.
#[derive(Clone)]
pub(crate) struct Excerpts {
    structure: Arc<Structure>,
    pages: Arc<[Reference]>,
}

impl Excerpts {
    pub(crate) fn new(structure: Arc<Structure>, pages: &[PageNode]) -> Self {
        let pages = pages.iter().map(|node| node.reference).collect();
        Self { structure, pages }
    }

    /// Whether the 1-based page shows a picture that is made smaller in its excerpt.
    pub(crate) fn has_vast_picture(&self, number: u32) -> bool {
        let page = page_index(number).and_then(|index| self.pages.get(index));
        page.is_some_and(|page| shows_vast_picture(self.structure.newest(), *page).unwrap_or(false))
    }

    /// The 1-based page as the only page of a file.
    pub(crate) fn page(&self, number: u32) -> Option<Pdf> {
        let reference = *self.pages.get(page_index(number)?)?;
        let file = page(self.structure.newest(), reference).ok()??;
        Pdf::new(file).ok()
    }
}

/// The whole document without pictures and very large streams; `None` when even that is too large.
pub(crate) fn outline(structure: &Structure) -> Option<Pdf> {
    let view = structure.newest();
    let numbers: std::collections::BTreeSet<u32> = view
        .sections()
        .flat_map(|section| section.entries.keys().copied())
        .collect();
    let mut file = File::new(view);
    for number in numbers {
        // What cannot be read is missing, which means null (7.3.10).
        let Ok(Some(object)) = view.object(number) else {
            continue;
        };
        file.object(&object, object.value.clone(), MOST_OF_A_STREAM)?;
    }
    Pdf::new(file.finish(view.catalog().ok()?.0)).ok()
}

/// A file with one page; `None` when it is too large.
fn page(view: View<'_>, reference: Reference) -> Result<Option<Vec<u8>>, Damage> {
    let (root, catalog) = view.catalog()?;
    // A number that nothing uses can hold the new page tree.
    let next = u32::try_from(view.size().max(1)).unwrap_or(u32::MAX);
    let tree = Value::reference(next);
    let Value::Dictionary(mut own) = view.resolve(&Value::Reference(reference))? else {
        return Ok(None);
    };
    for key in INHERITED {
        if let Some(value) = inherited(view, &own, key)? {
            own.set(key, value);
        }
    }
    own.set("Parent", tree.clone());
    let kids = Value::Array(vec![Value::Reference(reference)]);
    let pages = Dictionary::from_iter([
        ("Type", Value::name("Pages")),
        ("Count", Value::Integer(1)),
        ("Kids", kids),
    ]);
    let mut small = Dictionary::from_iter([("Type", Value::name("Catalog")), ("Pages", tree)]);
    if let Some(layers) = catalog.get("OCProperties") {
        small.set("OCProperties", layers.clone());
    }
    let mut seen = HashSet::from([
        reference,
        root,
        Reference {
            number: next,
            generation: 0,
        },
    ]);
    let mut waiting = Vec::new();
    references(&Value::Dictionary(own.clone()), &mut waiting);
    references(&Value::Dictionary(small.clone()), &mut waiting);
    let mut file = File::new(view);
    file.value(root, &Value::Dictionary(small));
    file.value(reference, &Value::Dictionary(own));
    file.value(
        Reference {
            number: next,
            generation: 0,
        },
        &Value::Dictionary(pages),
    );
    while let Some(reference) = waiting.pop() {
        let object = match seen.insert(reference) {
            true => view.object(reference.number).ok().flatten(),
            false => None,
        };
        let Some(object) = object.filter(|object| object.reference == reference && !is_elsewhere(object)) else {
            continue;
        };
        references(&object.value, &mut waiting);
        if file.object(&object, object.value.clone(), MOST_BYTES).is_none() {
            return Ok(None);
        }
    }
    Ok(Some(file.finish(root)))
}

/// Looks through the pictures that a page's resources name, and those of the forms among them.
fn shows_vast_picture(view: View<'_>, page: Reference) -> Result<bool, Damage> {
    let Value::Dictionary(own) = view.resolve(&Value::Reference(page))? else {
        return Ok(false);
    };
    let mut waiting: Vec<Value> = inherited(view, &own, "Resources")?.into_iter().collect();
    let mut seen = HashSet::new();
    while let Some(resources) = waiting.pop() {
        let Value::Dictionary(resources) = view.resolve(&resources)? else {
            continue;
        };
        let Some(Value::Dictionary(shown)) = view.entry_of(&resources, "XObject")? else {
            continue;
        };
        for reference in shown.entries().filter_map(|(_, value)| value.as_reference()) {
            if seen.len() >= MOST_LOOKED_AT || !seen.insert(reference) {
                continue;
            }
            let Value::Dictionary(shown) = view.resolve(&Value::Reference(reference))? else {
                continue;
            };
            if reduction::is_vast(&shown) || is_vast_mask(view, &shown)? {
                return Ok(true);
            }
            waiting.extend(shown.get("Resources").cloned());
        }
    }
    Ok(false)
}

/// A small picture may have a mask of many more pixels.
fn is_vast_mask(view: View<'_>, picture: &Dictionary) -> Result<bool, Damage> {
    for key in ["SMask", "Mask"] {
        if let Some(Value::Dictionary(mask)) = view.entry_of(picture, key)?
            && reduction::is_vast(&mask)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Another page or a node of the tree: links lead there, drawing does not.
fn is_elsewhere(object: &Object) -> bool {
    let of_tree = |dictionary: &Dictionary| dictionary.is_type("Page") || dictionary.is_type("Pages");
    object.value.as_dictionary().is_some_and(of_tree)
}

fn inherited(view: View<'_>, page: &Dictionary, key: &str) -> Result<Option<Value>, Damage> {
    let mut node = page.clone();
    for _ in 0..HIGHEST {
        if let Some(value) = node.get(key) {
            return Ok(Some(value.clone()));
        }
        match view.entry_of(&node, "Parent")? {
            Some(Value::Dictionary(parent)) => node = parent,
            _ => return Ok(None),
        }
    }
    Ok(None)
}

fn references(value: &Value, found: &mut Vec<Reference>) {
    match value {
        Value::Reference(reference) => found.push(*reference),
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Dictionary(dictionary) => dictionary.entries().for_each(|(_, value)| references(value, found)),
        _ => {}
    }
}

/// A file being written; numbers stay what they are.
struct File<'a> {
    view: View<'a>,
    bytes: Vec<u8>,
    offsets: BTreeMap<u32, (usize, u16)>,
}

impl<'a> File<'a> {
    fn new(view: View<'a>) -> Self {
        Self {
            view,
            bytes: b"%PDF-1.7\n".to_vec(),
            offsets: BTreeMap::new(),
        }
    }

    fn start(&mut self, reference: Reference) {
        self.offsets
            .insert(reference.number, (self.bytes.len(), reference.generation));
        let header = format!("{} {} obj\n", reference.number, reference.generation);
        self.bytes.extend_from_slice(header.as_bytes());
    }

    fn value(&mut self, reference: Reference, value: &Value) {
        self.start(reference);
        value.write(&mut self.bytes);
        self.bytes.extend_from_slice(b"\nendobj\n");
    }

    /// An object, a stream decrypted; a stream over `most` bytes, or a picture in an outline, is left empty.
    fn object(&mut self, object: &Object, value: Value, most: usize) -> Option<()> {
        let is_stream = object.place.as_ref().is_some_and(|place| place.is_stream);
        let Value::Dictionary(mut dictionary) = value.clone() else {
            self.value(object.reference, &value);
            return self.fits();
        };
        if !is_stream {
            self.value(object.reference, &value);
            return self.fits();
        }
        if dictionary.is_type("XRef") || dictionary.is_type("ObjStm") {
            return Some(());
        }
        let left_out = most < MOST_BYTES && dictionary.name_is("Subtype", "Image");
        let raw = self
            .view
            .stream_data(object)
            .ok()
            .filter(|raw| !left_out && raw.len() <= most);
        let plain = raw.and_then(|raw| self.view.decrypted(object, &dictionary, raw));
        let mut data = plain.unwrap_or_default();
        if reduction::is_vast(&dictionary)
            && let Some((smaller, pixels)) = reduction::reduced(self.view, &dictionary, &data)
        {
            (dictionary, data) = (smaller, pixels.into());
        }
        dictionary.set("Length", Value::Integer(i64::try_from(data.len()).ok()?));
        // Grown by itself, a large file would be there twice for a moment, and with room to spare.
        self.bytes.reserve_exact(data.len() + ROOM_FOR_DICTIONARIES);
        self.start(object.reference);
        dictionary.write(&mut self.bytes);
        self.bytes.extend_from_slice(b"\nstream\n");
        self.bytes.extend_from_slice(&data);
        self.bytes.extend_from_slice(b"\nendstream\nendobj\n");
        self.fits()
    }

    fn fits(&self) -> Option<()> {
        (self.bytes.len() <= MOST_BYTES).then_some(())
    }

    fn finish(mut self, root: Reference) -> Vec<u8> {
        let section = self.bytes.len();
        let mut table = "xref\n0 1\n0000000000 65535 f \n".to_owned();
        for (number, (offset, generation)) in &self.offsets {
            table += &format!("{number} 1\n{offset:010} {generation:05} n \n");
        }
        let size = self
            .offsets
            .keys()
            .next_back()
            .map_or(0, |number| u64::from(*number) + 1);
        let Reference { number, generation } = root;
        table += &format!("trailer\n<</Size {size}/Root {number} {generation} R>>\nstartxref\n{section}\n%%EOF\n");
        self.bytes.extend_from_slice(table.as_bytes());
        self.bytes
    }
}
