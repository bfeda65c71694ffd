//! Pictures with more pixels than the tolerant reader can hold, made smaller before it draws them: a drawing of A0 size,
//! scanned at 600 dpi, has 560 million. They are read row by row, so that the memory is that of the smaller picture.

mod bilevel;
mod pixels;
mod unpacking;

use crate::structure::{Dictionary, Reference, Value, View};
use pixels::{Kind, Reducer};

/// A picture that takes the reader more bytes is made smaller; in the memory that a drawing process may have, it holds one
/// of 270 million.
const MOST_BYTES: u64 = 240_000_000;
/// Pixels that are left at most; where a JPEG is concerned, about so many.
const WANTED_PIXELS: u64 = 40_000_000;

/// Longest row that is read, in bytes: a hundred times that of an A0 drawing in colours at 600 dpi.
const MOST_BYTES_OF_A_ROW: usize = 8 << 20;

/// Whether this stream is such a picture.
pub(crate) fn is_vast(dictionary: &Dictionary) -> bool {
    let pixels = || Some(u64::from(side(dictionary, "Width")?) * u64::from(side(dictionary, "Height")?));
    let has_one_component = dictionary.integer("BitsPerComponent") == Some(1)
        || dictionary.get("ImageMask") == Some(&Value::Boolean(true))
        || dictionary.name_is("ColorSpace", "DeviceGray");
    let bytes_of_a_pixel = if has_one_component { 1 } else { 3 };
    let is_vast = |pixels: u64| pixels.saturating_mul(bytes_of_a_pixel) > MOST_BYTES;
    dictionary.name_is("Subtype", "Image") && pixels().is_some_and(is_vast)
}

/// The dictionary and the data, without a filter, of a smaller picture that looks the same; none when this one cannot be
/// read so.
pub(crate) fn reduced(view: View<'_>, dictionary: &Dictionary, data: &[u8]) -> Option<(Dictionary, Vec<u8>)> {
    let given = Given::read(view, dictionary)?;
    let packed = Packed::read(view, dictionary)?;
    if packed.filter == Filter::Jpeg {
        return given.reduced_jpeg(dictionary, data);
    }
    let (row_bytes, factor, size) = (given.row_bytes()?, given.factor(), (given.width, given.height));
    let mut reducer = Reducer::new(given.kind, size, factor)?;
    match packed.filter {
        Filter::None => unpacking::plain(data, row_bytes, &mut reducer),
        Filter::Flate => unpacking::flate(data, &packed.parameters, row_bytes, &mut reducer)?,
        Filter::Fax => bilevel::fax(data, &packed.parameters, size, &mut reducer)?,
        Filter::Jbig2 => {
            let globals = packed.globals.and_then(|globals| view.decoded_stream(globals));
            bilevel::jbig2(data, globals.as_deref(), size.0, &mut reducer)?;
        }
        Filter::Jpeg => return None,
    }
    let (size, kind, data) = reducer.finish();
    Some((smaller(dictionary, size, &kind), data))
}

/// The entry of the same picture with other pixels.
fn smaller(dictionary: &Dictionary, (width, height): (u32, u32), kind: &Kind) -> Dictionary {
    let changed = ["Filter", "DecodeParms", "Width", "Height", "BitsPerComponent", "Length"];
    let mut smaller = Dictionary::default();
    for (key, value) in dictionary.entries() {
        if !changed.iter().any(|changed| key == changed.as_bytes()) {
            smaller.insert_new(key.to_vec(), value.clone());
        }
    }
    smaller.set("Width", Value::Integer(width.into()));
    smaller.set("Height", Value::Integer(height.into()));
    let bits = if matches!(kind, Kind::Stencil { .. }) { 1 } else { 8 };
    smaller.set("BitsPerComponent", Value::Integer(bits));
    if let Kind::Palette { base, .. } = kind {
        smaller.set("ColorSpace", base.clone());
    }
    smaller
}

/// A picture as its dictionary describes it.
struct Given {
    width: u32,
    height: u32,
    kind: Kind,
}

impl Given {
    fn read(view: View<'_>, dictionary: &Dictionary) -> Option<Self> {
        Some(Self {
            width: side(dictionary, "Width")?,
            height: side(dictionary, "Height")?,
            kind: Kind::read(view, dictionary)?,
        })
    }

    /// Pixels of each side that become one.
    fn factor(&self) -> u32 {
        let fits = |factor: &u32| {
            u64::from(self.width.div_ceil(*factor)) * u64::from(self.height.div_ceil(*factor)) <= WANTED_PIXELS
        };
        (2..).find(fits).unwrap_or(u32::MAX)
    }

    /// None when it is longer than any real one.
    fn row_bytes(&self) -> Option<usize> {
        let bits = u64::from(self.width) * u64::from(self.kind.bits_of_a_pixel());
        usize::try_from(bits.div_ceil(8))
            .ok()
            .filter(|bytes| *bytes <= MOST_BYTES_OF_A_ROW)
    }

    /// JPEG can be decoded at a half, a quarter and an eighth of its size.
    fn reduced_jpeg(&self, dictionary: &Dictionary, data: &[u8]) -> Option<(Dictionary, Vec<u8>)> {
        use jpeg_decoder::PixelFormat;
        let mut decoder = jpeg_decoder::Decoder::new(data);
        decoder.read_info().ok()?;
        let info = decoder.info()?;
        let components = match info.pixel_format {
            PixelFormat::L8 => 1,
            PixelFormat::RGB24 => 3,
            PixelFormat::L16 | PixelFormat::CMYK32 => return None,
        };
        let as_described = (u32::from(info.width), u32::from(info.height)) == (self.width, self.height);
        if !as_described || !matches!(self.kind, Kind::Samples { bits: 8, components: own } if own == components) {
            return None;
        }
        let power = self.factor().next_power_of_two().min(8);
        let side = |pixels: u32| u16::try_from(pixels.div_ceil(power)).ok();
        let (width, height) = decoder.scale(side(self.width)?, side(self.height)?).ok()?;
        let pixels = decoder.decode().ok()?;
        Some((smaller(dictionary, (width.into(), height.into()), &self.kind), pixels))
    }
}

#[derive(PartialEq, Eq)]
enum Filter {
    None,
    Flate,
    Fax,
    Jbig2,
    Jpeg,
}

/// How the pixels are written.
struct Packed {
    filter: Filter,
    parameters: Dictionary,
    /// What JBIG2 pictures of one file share.
    globals: Option<Reference>,
}

impl Packed {
    fn read(view: View<'_>, dictionary: &Dictionary) -> Option<Self> {
        let only = |key: &str| match view.entry_of(dictionary, key).ok()? {
            Some(Value::Array(items)) => match items.as_slice() {
                [] => Some(Value::Null),
                [only] => view.resolve(only).ok(),
                _ => None,
            },
            value => Some(value.unwrap_or(Value::Null)),
        };
        let filter = match only("Filter")? {
            Value::Null => Filter::None,
            Value::Name(name) => match name.as_slice() {
                b"FlateDecode" | b"Fl" => Filter::Flate,
                b"CCITTFaxDecode" | b"CCF" => Filter::Fax,
                b"JBIG2Decode" => Filter::Jbig2,
                b"DCTDecode" | b"DCT" => Filter::Jpeg,
                _ => return None,
            },
            _ => return None,
        };
        let parameters = match only("DecodeParms")? {
            Value::Dictionary(parameters) => parameters,
            _ => Dictionary::default(),
        };
        let globals = parameters.get("JBIG2Globals").and_then(Value::as_reference);
        Some(Self {
            filter,
            parameters,
            globals,
        })
    }
}

fn side(dictionary: &Dictionary, key: &str) -> Option<u32> {
    let side = u32::try_from(dictionary.integer(key)?).ok()?;
    (side > 0).then_some(side)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Document;
    use std::io::Write as _;
    use std::sync::Arc;

    /// What becomes of a picture of 4 × 2 pixels with these entries; objects 6 and on are `beside`.
    fn halved(entries: &str, data: &[u8], beside: &str) -> Option<(Dictionary, Vec<u8>)> {
        let size = if entries.contains("/Width") {
            ""
        } else {
            "/Width 4/Height 2"
        };
        let mut file = format!(
            "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
             3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n{beside}\n5 0 obj<</Subtype/Image{size}\
             {entries}/Length {}>>stream\n",
            data.len()
        )
        .into_bytes();
        file.extend_from_slice(data);
        file.extend_from_slice(b"\nendstream endobj\n");
        let table = file.len();
        let mut section = "xref\n0 7\n0000000000 65535 f \n".to_owned();
        for number in 1..7 {
            let header = format!("{number} 0 obj");
            let at = file
                .windows(header.len())
                .position(|window| window == header.as_bytes());
            section += &at.map_or("0000000000 00000 f \n".to_owned(), |at| format!("{at:010} 00000 n \n"));
        }
        file.extend_from_slice(section.as_bytes());
        file.extend_from_slice(format!("trailer<</Size 7/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n").as_bytes());
        let document = Document::open(Arc::new(file)).unwrap();
        let view = document.written().unwrap().structure.newest();
        let object = view.object(5).unwrap().unwrap();
        let dictionary = object.value.as_dictionary().unwrap();
        let smaller = reduced(view, dictionary, view.stream_data(&object).unwrap());
        if let Some((smaller, _)) = &smaller {
            assert_eq!(
                (smaller.integer("Width"), smaller.integer("Height")),
                (Some(2), Some(1))
            );
            assert_eq!((smaller.get("Filter"), smaller.get("DecodeParms")), (None, None));
        }
        smaller
    }

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn pixels(entries: &str, data: &[u8]) -> Option<Vec<u8>> {
        halved(entries, data, "").map(|(_, pixels)| pixels)
    }

    const PIXELS: [u8; 24] = [
        10, 20, 30, 10, 20, 30, 0, 0, 0, 90, 80, 70, 10, 20, 30, 10, 20, 30, 0, 0, 0, 90, 80, 70,
    ];

    #[test]
    fn colours_are_the_same_however_they_are_packed() {
        let expected = Some(vec![10, 20, 30, 45, 40, 35]);
        let rgb = "/ColorSpace/DeviceRGB/BitsPerComponent 8";
        assert_eq!(pixels(rgb, &PIXELS), expected);
        assert_eq!(
            pixels(&format!("{rgb}/Filter[/FlateDecode]"), &packed(&PIXELS)),
            expected
        );
        // The second row is as the one above (PNG filter 2).
        let up = [&[0], &PIXELS[..12], &[2], &[0; 12]].concat();
        let predictor = "/DecodeParms<</Predictor 15/Colors 3/Columns 4>>";
        assert_eq!(
            pixels(&format!("{rgb}/Filter/FlateDecode{predictor}"), &packed(&up)),
            expected
        );
        let other = "/DecodeParms<</Predictor 15/Colors 3/Columns 5>>";
        assert_eq!(pixels(&format!("{rgb}/Filter/FlateDecode{other}"), &packed(&up)), None);
    }

    #[test]
    fn palettes_and_profiles_are_looked_up() {
        let numbers = [0, 0, 0, 1, 0, 0, 0, 1];
        let palette = "/BitsPerComponent 8/ColorSpace[/Indexed/DeviceRGB 1<0A141E 5A5046>]";
        let (dictionary, pixels) = halved(palette, &numbers, "").unwrap();
        assert_eq!(pixels, [10, 20, 30, 50, 50, 50]);
        assert_eq!(dictionary.get("ColorSpace"), Some(&Value::name("DeviceRGB")));
        let beside = "6 0 obj<</Length 6>>stream\n\x0A\x14\x1E\x5A\x50\x46\nendstream endobj";
        let palette = "/BitsPerComponent 8/ColorSpace[/Indexed/DeviceRGB 1 6 0 R]";
        assert_eq!(halved(palette, &numbers, beside).unwrap().1, [10, 20, 30, 50, 50, 50]);
        let profile = "6 0 obj<</N 3/Length 0>>stream\n\nendstream endobj";
        let with_profile = halved("/BitsPerComponent 8/ColorSpace[/ICCBased 6 0 R]", &PIXELS, profile);
        assert_eq!(with_profile.unwrap().1, [10, 20, 30, 45, 40, 35]);
    }

    #[test]
    fn what_is_not_understood_is_left_as_it_is() {
        let gray = "/ColorSpace/DeviceGray/BitsPerComponent 8";
        assert_eq!(pixels(&format!("{gray}/Filter/JPXDecode"), &[0; 8]), None);
        assert_eq!(
            pixels(&format!("{gray}/Filter[/ASCIIHexDecode/FlateDecode]"), &[0; 8]),
            None
        );
        assert_eq!(pixels(&format!("{gray}/Mask[0 3]"), &[0; 8]), None);
        assert_eq!(pixels(&format!("{gray}/Filter/DCTDecode"), b"\xFF\xD8 broken"), None);
        assert_eq!(pixels(&format!("{gray}/Filter/JBIG2Decode"), b"broken"), None);
        assert_eq!(pixels("/ColorSpace/Pattern/BitsPerComponent 8", &[0; 8]), None);
        let endless = "/Width 4000000000/Height 2/ColorSpace/DeviceGray/BitsPerComponent 8";
        assert_eq!(pixels(endless, &[0; 8]), None);
    }
}
