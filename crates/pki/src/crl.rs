//! Certificate revocation lists (RFC 5280, 5), complete, delta and indirect, taken apart over their raw bytes.
//!
//! Whether a list may be believed, and whom it is about, is decided in `revocation`.

use crate::asn1_time;
use crate::ber;
use crate::ess::object_identifier;
use crate::ocsp::bits;
use crate::tlv::{Element, Elements, Malformed, tag};
use time::OffsetDateTime;

/// Why something is not a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a readable certificate revocation list")]
pub struct UnreadableCrl;

impl From<Malformed> for UnreadableCrl {
    fn from(_: Malformed) -> Self {
        Self
    }
}

/// What a list's `issuingDistributionPoint` says (RFC 5280, 5.2.5).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scope {
    /// `GeneralName`s of the distribution point, as encoded; empty when it names none.
    pub(crate) names: Vec<Vec<u8>>,
    pub(crate) only_users: bool,
    pub(crate) only_authorities: bool,
    pub(crate) only_attributes: bool,
    pub(crate) indirect: bool,
    /// `ReasonFlags`; none when all reasons are covered.
    pub(crate) reasons: Option<u16>,
}

/// An entry about one certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RevokedEntry {
    pub(crate) at: OffsetDateTime,
    /// `CRLReason`, where given.
    pub(crate) reason: Option<u8>,
}

/// `CRLReason` of a delta list that takes an entry back.
pub(crate) const REMOVE_FROM_CRL: u8 = 8;

/// A list, taken apart; its entries stay as they were received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crl {
    pub(crate) signed_bytes: Vec<u8>,
    pub(crate) algorithm: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    pub(crate) issuer: Vec<u8>,
    entries: Vec<u8>,
    this_update: OffsetDateTime,
    next_update: Option<OffsetDateTime>,
    pub(crate) number: Option<Vec<u8>>,
    /// `BaseCRLNumber` of a delta list.
    pub(crate) base_number: Option<Vec<u8>>,
    pub(crate) authority_key: Option<Vec<u8>>,
    pub(crate) scope: Option<Scope>,
    /// A critical extension of the list that is not known here: it must not be used (RFC 5280, 5.2).
    pub(crate) has_unknown_critical: bool,
}

impl Crl {
    /// Reads a list.
    ///
    /// # Errors
    /// [`UnreadableCrl`].
    pub fn parse(bytes: &[u8]) -> Result<Self, UnreadableCrl> {
        let definite = ber::definite(bytes)?;
        let mut list = Elements::of(&definite).expect(tag::SEQUENCE)?.inside();
        let signed = list.expect(tag::SEQUENCE)?;
        let algorithm = list.expect(tag::SEQUENCE)?.raw.to_vec();
        let signature = bits(&list.expect(tag::BIT_STRING)?)?.to_vec();
        let mut inside = signed.inside();
        inside.optional(tag::INTEGER)?;
        let inner_algorithm = inside.expect(tag::SEQUENCE)?;
        if inner_algorithm.raw != algorithm {
            return Err(UnreadableCrl);
        }
        let issuer = inside.expect(tag::SEQUENCE)?.raw.to_vec();
        let this_update = asn1_time::read(&inside.any()?)?;
        let next_update = match inside.next_tag() {
            Some(tag::UTC_TIME | tag::GENERALIZED_TIME) => Some(asn1_time::read(&inside.any()?)?),
            _ => None,
        };
        let entries = inside.optional(tag::SEQUENCE)?;
        let mut crl = Self {
            signed_bytes: signed.raw.to_vec(),
            algorithm,
            signature,
            issuer,
            entries: entries.map(|entries| entries.content.to_vec()).unwrap_or_default(),
            this_update,
            next_update,
            number: None,
            base_number: None,
            authority_key: None,
            scope: None,
            has_unknown_critical: false,
        };
        if let Some(extensions) = inside.optional(tag::CONTEXT_0)? {
            crl.read_extensions(&extensions)?;
        }
        Ok(crl)
    }

    /// When it was issued.
    #[must_use]
    pub fn this_update(&self) -> OffsetDateTime {
        self.this_update
    }

    /// When the next one will be there.
    #[must_use]
    pub fn next_update(&self) -> Option<OffsetDateTime> {
        self.next_update
    }

    /// The issuer's name (DER).
    #[must_use]
    pub fn issuer(&self) -> &[u8] {
        &self.issuer
    }

    fn read_extensions(&mut self, extensions: &Element<'_>) -> Result<(), Malformed> {
        for extension in extension_list(&extensions.inside().expect(tag::SEQUENCE)?)? {
            let value = Elements::of(extension.value);
            match extension.oid.as_str() {
                "2.5.29.20" => self.number = Some(number(value)?),
                "2.5.29.27" => self.base_number = Some(number(value)?),
                "2.5.29.28" => self.scope = Some(read_scope(value, &self.issuer)?),
                "2.5.29.35" => self.authority_key = key_identifier(value)?,
                // issuerAltName and freshestCRL say nothing about what the list means.
                "2.5.29.18" | "2.5.29.46" => {}
                _ => self.has_unknown_critical |= extension.critical,
            }
        }
        Ok(())
    }

    /// The entry about a certificate of `issuer` (a name in DER) with this serial number as encoded.
    ///
    /// # Errors
    /// [`UnreadableCrl`] when entries cannot be read or one has a critical extension that is not known.
    pub(crate) fn entry(
        &self,
        serial: &[u8],
        is_issuer: impl Fn(&[u8]) -> bool,
    ) -> Result<Option<RevokedEntry>, UnreadableCrl> {
        let mut entries = Elements::of(&self.entries);
        let mut issuer = self.issuer.clone();
        let mut found = None;
        while !entries.is_empty() {
            let mut inside = entries.expect(tag::SEQUENCE)?.inside();
            let own_serial = inside.expect(tag::INTEGER)?.content;
            let at = inside.any()?;
            let extensions = inside.optional(tag::SEQUENCE)?;
            let mut reason = None;
            for extension in extensions
                .map(|list| extension_list(&list))
                .transpose()?
                .unwrap_or_default()
            {
                match extension.oid.as_str() {
                    "2.5.29.21" => {
                        let code = Elements::of(extension.value).expect(tag::ENUMERATED)?;
                        reason = code.content.last().copied();
                    }
                    // certificateIssuer holds for the entries that follow as well (RFC 5280, 5.3.3).
                    "2.5.29.29" => issuer = directory_name(extension.value)?,
                    _ if extension.critical => return Err(UnreadableCrl),
                    _ => {}
                }
            }
            if own_serial == serial && is_issuer(&issuer) {
                let at = asn1_time::read(&at)?;
                found = Some(RevokedEntry { at, reason });
            }
        }
        Ok(found)
    }
}

/// One extension.
pub(crate) struct Extension<'a> {
    pub(crate) oid: String,
    pub(crate) critical: bool,
    pub(crate) value: &'a [u8],
}

pub(crate) fn extension_list<'a>(list: &Element<'a>) -> Result<Vec<Extension<'a>>, Malformed> {
    let read = |extension: Element<'a>| {
        let mut inside = extension.inside();
        let oid = object_identifier(&mut inside)?.to_string();
        let critical = inside.optional(tag::BOOLEAN)?;
        Ok(Extension {
            oid,
            critical: critical.is_some_and(|critical| critical.content != [0]),
            value: inside.expect(tag::OCTET_STRING)?.content,
        })
    };
    list.inside().all()?.into_iter().map(read).collect()
}

fn number(mut value: Elements<'_>) -> Result<Vec<u8>, Malformed> {
    let digits = value.expect(tag::INTEGER)?.content;
    let first = digits.iter().position(|digit| *digit != 0).unwrap_or(digits.len());
    Ok(digits.get(first..).unwrap_or_default().to_vec())
}

fn key_identifier(mut value: Elements<'_>) -> Result<Option<Vec<u8>>, Malformed> {
    let mut inside = value.expect(tag::SEQUENCE)?.inside();
    let identifier = inside.optional(tag::CONTEXT_0_PRIMITIVE)?;
    Ok(identifier.map(|identifier| identifier.content.to_vec()))
}

/// The first directory name among `GeneralNames`.
fn directory_name(value: &[u8]) -> Result<Vec<u8>, Malformed> {
    let names = Elements::of(value).expect(tag::SEQUENCE)?.inside().all()?;
    let directory = names.iter().find(|name| name.tag == DIRECTORY_NAME).ok_or(Malformed)?;
    Ok(directory.content.to_vec())
}

/// `GeneralName` `[4]`.
pub(crate) const DIRECTORY_NAME: u8 = 0xa4;

fn read_scope(mut value: Elements<'_>, issuer: &[u8]) -> Result<Scope, Malformed> {
    let mut scope = Scope::default();
    for part in value.expect(tag::SEQUENCE)?.inside().all()? {
        let set = part.content != [0];
        match part.tag {
            0xa0 => scope.names = point_names(&part.inside().any()?, issuer)?,
            0x81 => scope.only_users = set,
            0x82 => scope.only_authorities = set,
            0x83 => scope.reasons = Some(reason_flags(part.content)),
            0x84 => scope.indirect = set,
            0x85 => scope.only_attributes = set,
            _ => return Err(Malformed),
        }
    }
    Ok(scope)
}

/// The names of a `DistributionPointName`; one relative to the issuer of the list becomes a whole name.
pub(crate) fn point_names(choice: &Element<'_>, issuer: &[u8]) -> Result<Vec<Vec<u8>>, Malformed> {
    match choice.tag {
        0xa0 => Ok(choice.inside().all()?.iter().map(|name| name.raw.to_vec()).collect()),
        0xa1 => {
            let relative = crate::tlv::element(tag::SET, &[choice.content]);
            let issuer = Elements::of(issuer).expect(tag::SEQUENCE)?;
            let whole = crate::tlv::element(tag::SEQUENCE, &[issuer.content, &relative]);
            Ok(vec![crate::tlv::element(DIRECTORY_NAME, &[&whole])])
        }
        _ => Err(Malformed),
    }
}

/// `ReasonFlags` as bits, the first of them lowest.
pub(crate) fn reason_flags(content: &[u8]) -> u16 {
    let bits = content.iter().skip(1).take(2).enumerate();
    bits.fold(0, |flags, (index, byte)| {
        flags | u16::from(byte.reverse_bits()) << (8 * index)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reason_flags_are_numbered_from_the_first_bit() {
        assert_eq!(reason_flags(&[0, 0b0100_0000]), 0b10);
        assert_eq!(reason_flags(&[7, 0, 0b1000_0000]), 0b1_0000_0000);
    }
}
