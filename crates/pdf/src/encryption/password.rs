//! A password on its way to a key: zeroed on drop, never printed, and its spellings in bytes.

use zeroize::Zeroizing;

/// The characters of PDFDocEncoding from 0x80 on (annex D.3); 0x9F is undefined.
const UPPER: &str = "•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž\u{FFFD}€";

/// The characters of PDFDocEncoding from 0x18 on.
const LOWER: &str = "˘ˇˆ˙˝˛˚˜";

/// A password that opens a document. Cannot be printed, compared or copied; zeroed on drop.
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes the text as a person typed it.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    pub(crate) fn as_typed(&self) -> &str {
        &self.0
    }

    /// For the worker that opens the file, and for the document that may be opened again.
    pub(crate) fn another(&self) -> Self {
        Self(self.0.clone())
    }

    /// Spellings for revisions 2 to 4: PDFDocEncoding as the standard says, UTF-8 as many write.
    pub(super) fn old_spellings(&self) -> Vec<Zeroizing<Vec<u8>>> {
        let encoded: Option<Vec<u8>> = self.0.chars().map(doc_encoded).collect();
        let mut spellings: Vec<_> = encoded.into_iter().map(Zeroizing::new).collect();
        spellings.push(Zeroizing::new(self.0.as_bytes().to_vec()));
        spellings.dedup();
        spellings
    }

    /// Spellings for revisions 5 and 6: SASLprep (RFC 4013) as the standard says, then as typed.
    pub(super) fn new_spellings(&self) -> Vec<Zeroizing<String>> {
        let prepared = stringprep::saslprep(&self.0).ok();
        let mut spellings: Vec<_> = prepared
            .into_iter()
            .map(|text| Zeroizing::new(text.into_owned()))
            .collect();
        spellings.push(self.0.clone());
        spellings.dedup();
        spellings
    }
}

fn doc_encoded(character: char) -> Option<u8> {
    let code = u32::from(character);
    let among = |characters: &str, first: u8| {
        let index = characters.chars().position(|known| known == character)?;
        u8::try_from(index).ok().map(|index| first + index)
    };
    match code {
        0..=0x17 | 0x20..=0x7E | 0xA1..=0xAC | 0xAE..=0xFF => u8::try_from(code).ok(),
        0xFFFD => None,
        _ => among(LOWER, 0x18).or_else(|| among(UPPER, 0x80)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_encoding_has_latin_and_a_few_signs_but_no_chinese() {
        assert_eq!(doc_encoded('a'), Some(b'a'));
        assert_eq!(doc_encoded('é'), Some(0xE9));
        assert_eq!(doc_encoded('€'), Some(0xA0));
        assert_eq!(doc_encoded('•'), Some(0x80));
        assert_eq!(doc_encoded('ž'), Some(0x9E));
        assert_eq!(doc_encoded('章'), None);
        assert_eq!(Password::new("章".to_owned()).old_spellings().len(), 1);
        assert_eq!(Password::new("é".to_owned()).old_spellings().len(), 2);
    }
}
