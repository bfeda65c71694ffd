//! Checking somebody's signature: RSA PKCS#1 v1.5 and PSS, ECDSA on the NIST curves, Ed25519.

mod digest;

use crate::ess::object_identifier;
use crate::tlv::{Element, Elements, Malformed, tag};
pub use digest::{DigestAlgorithm, Reliance};
use ring::signature::{ED25519, UnparsedPublicKey};
use rsa::pkcs8::DecodePublicKey as _;
use rsa::{Pkcs1v15Sign, Pss, RsaPublicKey};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};

/// What checking a signature gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureCheck {
    /// The key made this signature over these bytes.
    Valid,
    /// It did not.
    Invalid,
    /// The algorithm or the key is not one this program knows: nothing can be said.
    Unsupported,
}

impl SignatureCheck {
    fn of(valid: bool) -> Self {
        if valid { Self::Valid } else { Self::Invalid }
    }
}

/// How a signature is made from a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    /// RSASSA-PKCS1-v1_5.
    Pkcs1,
    /// RSASSA-PSS with this salt in bytes; MGF1 over the same digest.
    Pss { salt: usize },
    /// ECDSA as a DER sequence.
    Ecdsa,
    /// ECDSA as two plain numbers (BSI TR-03111, 5.2.1).
    PlainEcdsa,
    /// Ed25519: over the message itself.
    Ed25519,
}

/// What an `AlgorithmIdentifier` states: the scheme, and the digest where it names one.
struct Stated {
    scheme: Scheme,
    digest: Option<DigestAlgorithm>,
}

/// OIDs of schemes with the digests they name (RFC 8017, RFC 5758, BSI TR-03111).
const SCHEMES: [(&str, Scheme, Option<DigestAlgorithm>); 18] = [
    ("1.2.840.113549.1.1.1", Scheme::Pkcs1, None),
    ("1.2.840.113549.1.1.4", Scheme::Pkcs1, Some(DigestAlgorithm::Md5)),
    ("1.2.840.113549.1.1.5", Scheme::Pkcs1, Some(DigestAlgorithm::Sha1)),
    ("1.3.14.3.2.29", Scheme::Pkcs1, Some(DigestAlgorithm::Sha1)),
    ("1.2.840.113549.1.1.14", Scheme::Pkcs1, Some(DigestAlgorithm::Sha224)),
    ("1.2.840.113549.1.1.11", Scheme::Pkcs1, Some(DigestAlgorithm::Sha256)),
    ("1.2.840.113549.1.1.12", Scheme::Pkcs1, Some(DigestAlgorithm::Sha384)),
    ("1.2.840.113549.1.1.13", Scheme::Pkcs1, Some(DigestAlgorithm::Sha512)),
    // Some producers state only the key's algorithm.
    ("1.2.840.10045.2.1", Scheme::Ecdsa, None),
    ("1.2.840.10045.4.1", Scheme::Ecdsa, Some(DigestAlgorithm::Sha1)),
    ("1.2.840.10045.4.3.1", Scheme::Ecdsa, Some(DigestAlgorithm::Sha224)),
    ("1.2.840.10045.4.3.2", Scheme::Ecdsa, Some(DigestAlgorithm::Sha256)),
    ("1.2.840.10045.4.3.3", Scheme::Ecdsa, Some(DigestAlgorithm::Sha384)),
    ("1.2.840.10045.4.3.4", Scheme::Ecdsa, Some(DigestAlgorithm::Sha512)),
    (
        "0.4.0.127.0.7.1.1.4.1.3",
        Scheme::PlainEcdsa,
        Some(DigestAlgorithm::Sha256),
    ),
    (
        "0.4.0.127.0.7.1.1.4.1.4",
        Scheme::PlainEcdsa,
        Some(DigestAlgorithm::Sha384),
    ),
    (
        "0.4.0.127.0.7.1.1.4.1.5",
        Scheme::PlainEcdsa,
        Some(DigestAlgorithm::Sha512),
    ),
    ("1.3.101.112", Scheme::Ed25519, None),
];
const RSASSA_PSS: &str = "1.2.840.113549.1.1.10";
const MGF1: &str = "1.2.840.113549.1.1.8";

/// The digest that a signature algorithm names itself; none when it names none or is not known.
#[must_use]
pub fn stated_digest(algorithm_der: &[u8]) -> Option<DigestAlgorithm> {
    stated(algorithm_der)?.digest
}

/// Checks `signature` over `message`.
///
/// `algorithm_der` is the `AlgorithmIdentifier` as stated; `digest` is the algorithm stated beside it, which counts
/// where the first names only the key's algorithm (RFC 5652, 5.3 allows `rsaEncryption`).
#[must_use]
pub fn check_signature(
    spki_der: &[u8],
    algorithm_der: &[u8],
    digest: DigestAlgorithm,
    message: &[u8],
    signature: &[u8],
) -> SignatureCheck {
    let Some(stated) = stated(algorithm_der) else {
        return SignatureCheck::Unsupported;
    };
    if stated.scheme == Scheme::Ed25519 {
        return check_ed25519(spki_der, message, signature);
    }
    let digest = stated.digest.unwrap_or(digest);
    check(spki_der, stated.scheme, digest, &digest.digest(&[message]), signature)
}

/// Checks `signature` over a message of which only the hash by `digest` is known.
#[must_use]
pub fn check_hash_signature(
    spki_der: &[u8],
    algorithm_der: &[u8],
    digest: DigestAlgorithm,
    hash: &[u8],
    signature: &[u8],
) -> SignatureCheck {
    match stated(algorithm_der) {
        Some(stated) if stated.digest.is_none_or(|own| own == digest) => {
            check(spki_der, stated.scheme, digest, hash, signature)
        }
        _ => SignatureCheck::Unsupported,
    }
}

fn check(spki_der: &[u8], scheme: Scheme, digest: DigestAlgorithm, hash: &[u8], signature: &[u8]) -> SignatureCheck {
    match scheme {
        Scheme::Pkcs1 => check_pkcs1(spki_der, digest, hash, signature),
        Scheme::Pss { salt } => check_pss(spki_der, digest, salt, hash, signature),
        Scheme::Ecdsa => check_ecdsa(spki_der, hash, signature, false),
        Scheme::PlainEcdsa => check_ecdsa(spki_der, hash, signature, true),
        Scheme::Ed25519 => SignatureCheck::Unsupported,
    }
}

fn stated(algorithm_der: &[u8]) -> Option<Stated> {
    let algorithm = Elements::of(algorithm_der).expect(tag::SEQUENCE).ok()?;
    let mut inside = algorithm.inside();
    let oid = object_identifier(&mut inside).ok()?.to_string();
    if oid == RSASSA_PSS {
        return pss_parameters(inside.optional(tag::SEQUENCE).ok()??).ok()?;
    }
    let known = SCHEMES.iter().find(|(known, ..)| *known == oid)?;
    Some(Stated {
        scheme: known.1,
        digest: known.2,
    })
}

/// `RSASSA-PSS-params` (RFC 4055, 3.1); another mask generation digest than the signature's own is not known here.
fn pss_parameters(parameters: Element<'_>) -> Result<Option<Stated>, Malformed> {
    let mut inside = parameters.inside();
    let digest_in = |algorithm: Element<'_>| {
        let oid = object_identifier(&mut algorithm.inside().expect(tag::SEQUENCE)?.inside())?;
        Ok(DigestAlgorithm::from_oid(&oid))
    };
    let digest = match inside.optional(tag::CONTEXT_0)? {
        Some(algorithm) => digest_in(algorithm)?,
        None => Some(DigestAlgorithm::Sha1),
    };
    let mask_digest = match inside.optional(tag::CONTEXT_1)? {
        Some(mask) => mask_digest(&mask)?,
        None => Some(DigestAlgorithm::Sha1),
    };
    let salt = match inside.optional(tag::CONTEXT_2)? {
        Some(salt) => small_number(salt.inside().expect(tag::INTEGER)?.content).ok_or(Malformed)?,
        None => 20,
    };
    let known = digest.is_some() && digest == mask_digest;
    Ok(known.then_some(Stated {
        scheme: Scheme::Pss { salt },
        digest,
    }))
}

fn mask_digest(mask: &Element<'_>) -> Result<Option<DigestAlgorithm>, Malformed> {
    let mut mask = mask.inside().expect(tag::SEQUENCE)?.inside();
    if object_identifier(&mut mask)?.to_string() != MGF1 {
        return Ok(None);
    }
    let oid = object_identifier(&mut mask.expect(tag::SEQUENCE)?.inside())?;
    Ok(DigestAlgorithm::from_oid(&oid))
}

fn small_number(content: &[u8]) -> Option<usize> {
    match content {
        [one] if *one < 0x80 => Some(usize::from(*one)),
        [0, one] => Some(usize::from(*one)),
        [high, low] if *high < 0x80 => Some(usize::from(u16::from_be_bytes([*high, *low]))),
        _ => None,
    }
}

fn rsa_key(spki_der: &[u8]) -> Option<RsaPublicKey> {
    if let Ok(key) = RsaPublicKey::from_public_key_der(spki_der) {
        return Some(key);
    }
    // A key for PSS only has its own OID (RFC 4055, 1.2) around the same numbers.
    let (_, point) = key_parts(spki_der).ok()?;
    use rsa::pkcs1::DecodeRsaPublicKey as _;
    RsaPublicKey::from_pkcs1_der(point).ok()
}

fn check_pkcs1(spki_der: &[u8], digest: DigestAlgorithm, hash: &[u8], signature: &[u8]) -> SignatureCheck {
    let Ok(key) = RsaPublicKey::from_public_key_der(spki_der) else {
        return SignatureCheck::Unsupported;
    };
    let scheme = Pkcs1v15Sign {
        hash_len: Some(hash.len()),
        prefix: digest.pkcs1_prefix().into(),
    };
    SignatureCheck::of(key.verify(scheme, hash, signature).is_ok())
}

fn check_pss(spki_der: &[u8], digest: DigestAlgorithm, salt: usize, hash: &[u8], signature: &[u8]) -> SignatureCheck {
    let Some(key) = rsa_key(spki_der) else {
        return SignatureCheck::Unsupported;
    };
    let checked = match digest {
        DigestAlgorithm::Md5 => return SignatureCheck::Unsupported,
        DigestAlgorithm::Sha1 => key.verify(Pss::<Sha1>::new_with_salt(salt), hash, signature),
        DigestAlgorithm::Sha224 => key.verify(Pss::<Sha224>::new_with_salt(salt), hash, signature),
        DigestAlgorithm::Sha256 => key.verify(Pss::<Sha256>::new_with_salt(salt), hash, signature),
        DigestAlgorithm::Sha384 => key.verify(Pss::<Sha384>::new_with_salt(salt), hash, signature),
        DigestAlgorithm::Sha512 => key.verify(Pss::<Sha512>::new_with_salt(salt), hash, signature),
    };
    SignatureCheck::of(checked.is_ok())
}

/// The algorithm and the bits of a `SubjectPublicKeyInfo`.
fn key_parts(spki_der: &[u8]) -> Result<(Element<'_>, &[u8]), Malformed> {
    let mut key = Elements::of(spki_der).expect(tag::SEQUENCE)?.inside();
    let algorithm = key.expect(tag::SEQUENCE)?;
    match key.expect(tag::BIT_STRING)?.content {
        [0, bits @ ..] => Ok((algorithm, bits)),
        _ => Err(Malformed),
    }
}

/// The OID of a key's algorithm and the OID of its curve, where it has one.
fn key_kind(algorithm: &Element<'_>) -> Result<(String, Option<String>), Malformed> {
    let mut inside = algorithm.inside();
    let kind = object_identifier(&mut inside)?.to_string();
    let curve = object_identifier(&mut inside).ok().map(|curve| curve.to_string());
    Ok((kind, curve))
}

macro_rules! check_on {
    ($curve:ident, $point:expr, $hash:expr, $signature:expr, $plain:expr) => {{
        use $curve::ecdsa::{Signature, VerifyingKey, signature::hazmat::PrehashVerifier as _};
        let Ok(key) = VerifyingKey::from_sec1_bytes($point) else {
            return SignatureCheck::Unsupported;
        };
        let signature = if $plain {
            Signature::from_slice($signature)
        } else {
            Signature::from_der($signature)
        };
        SignatureCheck::of(signature.is_ok_and(|signature| key.verify_prehash($hash, &signature).is_ok()))
    }};
}

fn check_ecdsa(spki_der: &[u8], hash: &[u8], signature: &[u8], plain: bool) -> SignatureCheck {
    let Ok((algorithm, point)) = key_parts(spki_der) else {
        return SignatureCheck::Unsupported;
    };
    let Ok((kind, Some(curve))) = key_kind(&algorithm) else {
        return SignatureCheck::Unsupported;
    };
    match (kind.as_str(), curve.as_str()) {
        ("1.2.840.10045.2.1", "1.2.840.10045.3.1.7") => check_on!(p256, point, hash, signature, plain),
        ("1.2.840.10045.2.1", "1.3.132.0.34") => check_on!(p384, point, hash, signature, plain),
        ("1.2.840.10045.2.1", "1.3.132.0.35") => check_on!(p521, point, hash, signature, plain),
        _ => SignatureCheck::Unsupported,
    }
}

fn check_ed25519(spki_der: &[u8], message: &[u8], signature: &[u8]) -> SignatureCheck {
    let Ok((algorithm, bits)) = key_parts(spki_der) else {
        return SignatureCheck::Unsupported;
    };
    match key_kind(&algorithm) {
        Ok((kind, _)) if kind == "1.3.101.112" => {
            let key = UnparsedPublicKey::new(&ED25519, bits);
            SignatureCheck::of(key.verify(message, signature).is_ok())
        }
        _ => SignatureCheck::Unsupported,
    }
}

/// Checks a bare PKCS#1 signature as `adbe.x509.rsa_sha1` has it (ISO 32000-2, 12.8.3.2): an OCTET STRING over SHA-1.
#[must_use]
pub fn check_bare_signature(spki_der: &[u8], contents: &[u8], sha1: &[u8]) -> SignatureCheck {
    match Elements::of(contents).expect(tag::OCTET_STRING) {
        Ok(signature) => check_pkcs1(spki_der, DigestAlgorithm::Sha1, sha1, signature.content),
        Err(_) => SignatureCheck::Unsupported,
    }
}
