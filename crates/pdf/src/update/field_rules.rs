//! What signature fields and earlier signatures demand: locks (FieldMDP), seed values, and the certification (DocMDP).

use super::field::Target;
use super::{PlaceError, SignatureRequest, damaged};
use crate::document::Damage;
use crate::field_lock::is_locked;
use crate::form::{Field, text_of};
use crate::signature::CertificationLevel;
use crate::structure::{Dictionary, Value, View};

/// What the author of a field may demand of its signature (ISO 32000-2, table 237).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeedConstraint {
    /// `Filter`.
    Filter,
    /// `SubFilter`.
    SubFilter,
    /// `DigestMethod`.
    DigestMethod,
    /// `Reasons`.
    Reason,
    /// `MDP`: approval or certification.
    Certification,
    /// `Cert`: properties of the signer's certificate.
    Certificate,
}

/// Bits of `Ff` of a seed value: what is demanded and not only proposed.
const FILTER: i64 = 1;
const SUB_FILTER: i64 = 1 << 1;
const REASONS: i64 = 1 << 3;
const DIGEST_METHOD: i64 = 1 << 6;

/// The signature references (12.8.1, table 255) that the request and the field ask for, after every check.
pub(super) fn references(
    view: View<'_>,
    request: &SignatureRequest,
    target: &Target<'_>,
    fields: &[Field],
) -> Result<Vec<Value>, PlaceError> {
    let mut references = Vec::new();
    if let Some(level) = request.certification {
        references.push(reference("DocMDP", document_parameters(level_number(level))));
    }
    let Target::Existing(field) = target else {
        return Ok(references);
    };
    if is_locked(view, &field.name, fields).map_err(damaged)? {
        return Err(PlaceError::FieldLocked {
            field: field.name.clone(),
        });
    }
    check_seed_value(view, request, field)?;
    references.extend(lock_references(view, field).map_err(damaged)?);
    Ok(references)
}

fn level_number(level: CertificationLevel) -> i64 {
    match level {
        CertificationLevel::NoChanges => 1,
        CertificationLevel::FormFilling => 2,
        CertificationLevel::Annotating => 3,
    }
}

fn document_parameters(level: i64) -> Dictionary {
    Dictionary::from_iter([
        ("Type", Value::name("TransformParams")),
        ("P", Value::Integer(level)),
        ("V", Value::name("1.2")),
    ])
}

fn reference(method: &str, parameters: Dictionary) -> Value {
    Value::Dictionary(Dictionary::from_iter([
        ("Type", Value::name("SigRef")),
        ("TransformMethod", Value::name(method)),
        ("TransformParams", Value::Dictionary(parameters)),
    ]))
}

/// The field's own lock (12.7.5.5, table 236), written down in the signature that it takes effect with.
fn lock_references(view: View<'_>, field: &Field) -> Result<Vec<Value>, Damage> {
    let Some(Value::Dictionary(lock)) = view.entry_of(&field.dictionary, "Lock")? else {
        return Ok(Vec::new());
    };
    let mut parameters = Dictionary::from_iter([("Type", Value::name("TransformParams")), ("V", Value::name("1.2"))]);
    for key in ["Action", "Fields"] {
        if let Some(value) = view.entry_of(&lock, key)? {
            parameters.set(key, value);
        }
    }
    let mut locked = Dictionary::from_iter([
        ("Type", Value::name("SigRef")),
        ("TransformMethod", Value::name("FieldMDP")),
        ("TransformParams", Value::Dictionary(parameters)),
    ]);
    // Required with this method (table 256).
    locked.set("Data", Value::Reference(view.catalog()?.0));
    let mut references = vec![Value::Dictionary(locked)];
    if let Some(level) = lock.integer("P") {
        references.push(reference("DocMDP", document_parameters(level)));
    }
    Ok(references)
}

fn check_seed_value(view: View<'_>, request: &SignatureRequest, field: &Field) -> Result<(), PlaceError> {
    match unmet(view, request, field).map_err(damaged)? {
        None => Ok(()),
        Some(constraint) => Err(PlaceError::SeedValue {
            field: field.name.clone(),
            constraint,
        }),
    }
}

/// The first demand of the field's seed value that the request does not meet.
fn unmet(view: View<'_>, request: &SignatureRequest, field: &Field) -> Result<Option<SeedConstraint>, Damage> {
    let Some(Value::Dictionary(seed)) = view.entry_of(&field.dictionary, "SV")? else {
        return Ok(None);
    };
    let demanded = view
        .entry_of(&seed, "Ff")?
        .and_then(|flags| flags.as_integer())
        .unwrap_or(0);
    let names = |key: &str, expected: &[u8]| -> Result<bool, Damage> {
        let entry = view.entry_of(&seed, key)?;
        let is_expected = |value: &Value| value.as_name().or(value.as_bytes()) == Some(expected);
        Ok(entry.is_none_or(|entry| match &entry {
            Value::Array(items) => items.iter().any(is_expected),
            other => is_expected(other),
        }))
    };
    let certificate = match view.entry_of(&seed, "Cert")? {
        Some(Value::Dictionary(certificate)) => certificate.integer("Ff").unwrap_or(0) != 0,
        _ => false,
    };
    let checks = [
        (
            demanded & FILTER != 0 && !names("Filter", b"Adobe.PPKLite")?,
            SeedConstraint::Filter,
        ),
        (
            demanded & SUB_FILTER != 0 && !names("SubFilter", b"ETSI.CAdES.detached")?,
            SeedConstraint::SubFilter,
        ),
        (
            demanded & DIGEST_METHOD != 0 && !names("DigestMethod", b"SHA256")?,
            SeedConstraint::DigestMethod,
        ),
        (
            demanded & REASONS != 0 && !reason_fits(view, &seed, request.reason.as_deref())?,
            SeedConstraint::Reason,
        ),
        (
            !certification_fits(view, &seed, request.certification)?,
            SeedConstraint::Certification,
        ),
        (certificate, SeedConstraint::Certificate),
    ];
    Ok(checks
        .into_iter()
        .find(|(unmet, _)| *unmet)
        .map(|(_, constraint)| constraint))
}

/// `Reasons`: one of them; an empty array or a single full stop asks for none.
fn reason_fits(view: View<'_>, seed: &Dictionary, reason: Option<&str>) -> Result<bool, Damage> {
    let Some(Value::Array(reasons)) = view.entry_of(seed, "Reasons")? else {
        return Ok(reason.is_none());
    };
    let reasons: Vec<String> = reasons.iter().filter_map(Value::as_bytes).map(text_of).collect();
    Ok(match reasons.as_slice() {
        [] => reason.is_none(),
        [only] if only == "." => reason.is_none(),
        several => reason.is_some_and(|reason| several.iter().any(|listed| listed == reason)),
    })
}

/// `MDP`: 0 wants an approval signature, 1 to 3 a certification of that level.
fn certification_fits(view: View<'_>, seed: &Dictionary, asked: Option<CertificationLevel>) -> Result<bool, Damage> {
    let Some(Value::Dictionary(wanted)) = view.entry_of(seed, "MDP")? else {
        return Ok(true);
    };
    let wanted = wanted.integer("P").unwrap_or(0);
    Ok(asked.map_or(0, level_number) == wanted)
}
