//! XMP metadata (ISO 16684-1) that is nothing but that: a packet of plain, well-formed XML without declarations.

use crate::document::Damage;
use crate::structure::{Reference, View};

/// Deepest nesting of a packet.
const DEEPEST: usize = 64;

/// Whether an object is a metadata stream with a plain packet.
pub(super) fn is_plain_packet(view: View<'_>, number: u32) -> Result<bool, Damage> {
    let Some(object) = view.object(number)? else {
        return Ok(false);
    };
    let Some(dictionary) = object.value.as_dictionary() else {
        return Ok(false);
    };
    let typed = dictionary.is_type("Metadata") && dictionary.name_is("Subtype", "XML");
    let reference = Reference {
        number,
        generation: object.reference.generation,
    };
    let text = view
        .decoded_stream(reference)
        .and_then(|data| String::from_utf8(data).ok());
    Ok(typed && text.is_some_and(|text| is_plain(&text)))
}

/// Balanced elements with an XMP or RDF root; a document type or a processing instruction but the packet's own could
/// make a reader fetch or unfold something.
fn is_plain(text: &str) -> bool {
    let mut open: Vec<&str> = Vec::new();
    let mut root = None;
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once('<') {
        let Some((tag, behind)) = behind.split_once('>') else {
            return false;
        };
        rest = behind;
        let name = tag
            .trim_start_matches('/')
            .split([' ', '\t', '\r', '\n', '/'])
            .next()
            .unwrap_or_default();
        match tag.bytes().next() {
            Some(b'?') if name == "?xpacket" || name == "?xml" || name.starts_with("?adobe") => {}
            Some(b'/') if open.pop() == Some(name) => {}
            Some(b'?' | b'!' | b'/') | None => return false,
            Some(_) if open.is_empty() && root.is_some() => return false,
            Some(_) => {
                root = root.or(Some(name));
                if !tag.ends_with('/') {
                    open.push(name);
                }
            }
        }
        if open.len() > DEEPEST {
            return false;
        }
    }
    open.is_empty() && matches!(root, Some("x:xmpmeta" | "rdf:RDF"))
}

#[cfg(test)]
mod tests {
    use super::is_plain;

    #[test]
    fn packets_as_programs_write_them() {
        let packet = "<?xpacket begin=\"\" id=\"W5M0\"?>\n<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF a=\"b\">\
                      <rdf:li/></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"w\"?>";
        assert!(is_plain(packet));
    }

    #[test]
    fn declarations_and_broken_elements_are_not_plain() {
        for text in [
            "",
            "<a></a>",
            "<!DOCTYPE x [<!ENTITY a \"b\">]><x:xmpmeta></x:xmpmeta>",
            "<x:xmpmeta>",
            "<x:xmpmeta></rdf:RDF>",
            "<x:xmpmeta/><x:xmpmeta/>",
            "<?php x?><x:xmpmeta></x:xmpmeta>",
        ] {
            assert!(!is_plain(text), "{text}");
        }
    }
}
