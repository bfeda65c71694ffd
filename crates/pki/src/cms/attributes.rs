//! Signed attributes of a signer (RFC 5652, 11; ISO 32000-2, 12.8.3.3.2), each given once or not at all.

use super::CmsReadError;
use super::oid;
use crate::asn1_time;
use crate::ess::{self, NamedCertificate, object_identifier};
use crate::tlv::{Element, Elements, Malformed, tag};
use spki::ObjectIdentifier;
use time::OffsetDateTime;

/// More archived lists or responses than any real signature carries.
const ARCHIVE_LIMIT: usize = 100;

/// What the signed attributes say.
pub(super) struct Attributes {
    pub(super) signed_bytes: Vec<u8>,
    pub(super) content_type: Option<ObjectIdentifier>,
    pub(super) message_digest: Vec<u8>,
    pub(super) named: Option<NamedCertificate>,
    pub(super) signing_time: Option<OffsetDateTime>,
    pub(super) archived_lists: Vec<Vec<u8>>,
    pub(super) archived_responses: Vec<Vec<u8>>,
}

/// OIDs and values in the order found.
pub(super) type AttributeList<'a> = Vec<(String, Vec<Element<'a>>)>;

pub(super) fn read_attributes(set: &Element<'_>) -> Result<Attributes, CmsReadError> {
    let attributes = attribute_list(set).map_err(|_| CmsReadError::BadSignedAttributes)?;
    let one = |oid: &str| single(&attributes, oid);
    let content_type = one(oid::CONTENT_TYPE)?.map(|value| object_identifier(&mut Elements::of(value.raw)));
    let digest = one(oid::MESSAGE_DIGEST)?.ok_or(CmsReadError::BadSignedAttributes)?;
    if digest.tag != tag::OCTET_STRING {
        return Err(CmsReadError::BadSignedAttributes);
    }
    let named = match one(ess::SIGNING_CERTIFICATE_V2)? {
        Some(value) => Some(ess::read_v2(&value)),
        None => one(ess::SIGNING_CERTIFICATE)?.map(|value| ess::read_v1(&value)),
    };
    let (archived_lists, archived_responses) = archive(&attributes);
    Ok(Attributes {
        // RFC 5652, 5.4: the hash is over the SET OF tag, not over the [0] found in the structure.
        signed_bytes: [&[tag::SET], set.raw.get(1..).unwrap_or_default()].concat(),
        content_type: content_type
            .transpose()
            .map_err(|_| CmsReadError::BadSignedAttributes)?,
        message_digest: digest.content.to_vec(),
        named: named.transpose().map_err(|_| CmsReadError::BadSignedAttributes)?,
        signing_time: one(oid::SIGNING_TIME)?.and_then(|value| asn1_time::read(&value).ok()),
        archived_lists,
        archived_responses,
    })
}

pub(super) fn attribute_list<'a>(set: &Element<'a>) -> Result<AttributeList<'a>, Malformed> {
    let mut list = Vec::new();
    for attribute in set.inside().all()? {
        let mut inside = attribute.inside();
        let oid = object_identifier(&mut inside)?.to_string();
        list.push((oid, inside.expect(tag::SET)?.inside().all()?));
    }
    Ok(list)
}

/// The one value of an attribute; an attribute given twice, or with several values, could mean anything.
fn single<'a>(attributes: &AttributeList<'a>, oid: &str) -> Result<Option<Element<'a>>, CmsReadError> {
    let mut found = attributes.iter().filter(|(name, _)| name == oid);
    match (found.next(), found.next()) {
        (None, _) => Ok(None),
        (Some((_, values)), None) => match values.as_slice() {
            [value] => Ok(Some(*value)),
            _ => Err(CmsReadError::BadSignedAttributes),
        },
        (Some(_), Some(_)) => Err(CmsReadError::BadSignedAttributes),
    }
}

/// Lists and responses that were archived; what cannot be read is left out, for it proves nothing.
fn archive(attributes: &AttributeList<'_>) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let value = attributes.iter().find(|(oid, _)| oid == oid::REVOCATION_ARCHIVE);
    let Some(value) = value.and_then(|(_, values)| values.first()) else {
        return (Vec::new(), Vec::new());
    };
    let mut inside = value.inside();
    let mut part = |tag| -> Vec<Vec<u8>> {
        let list = inside.optional(tag).ok().flatten();
        let list = list.and_then(|list| list.inside().expect(tag::SEQUENCE).ok()?.inside().all().ok());
        let elements = list.unwrap_or_default();
        elements
            .iter()
            .take(ARCHIVE_LIMIT)
            .map(|element| element.raw.to_vec())
            .collect()
    };
    (part(tag::CONTEXT_0), part(tag::CONTEXT_1))
}
