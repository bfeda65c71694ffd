//! RC4 and AES-CBC with the key of one object (ISO 32000-2, 7.6.3, algorithms 1 and 1.A).

use aes::{Aes128, Aes256};
use cbc::cipher::block_padding::{NoPadding, Pkcs7};
use cbc::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use md5::{Digest as _, Md5};
use zeroize::Zeroizing;

use super::Method;
use crate::structure::Reference;

/// Bytes of an AES block.
const BLOCK: usize = 16;

/// RC4: broken as a cipher, and what old files are encrypted with. Encrypting is decrypting.
///
/// An update of such a file repeats the key stream of an object it replaces, as every writer's
/// update does: the key depends on the object's number alone.
pub(super) fn rc4(key: &[u8], data: &[u8]) -> Vec<u8> {
    let mut state: [u8; 256] = std::array::from_fn(|index| (index & 0xFF) as u8);
    let at = |state: &[u8; 256], index: u8| state.get(usize::from(index)).copied().unwrap_or_default();
    let mut second = 0_u8;
    for (index, byte) in (0..=255_u8).zip(key.iter().cycle()) {
        second = second.wrapping_add(at(&state, index)).wrapping_add(*byte);
        state.swap(usize::from(index), usize::from(second));
    }
    let (mut first, mut second) = (0_u8, 0_u8);
    let mut next = || {
        first = first.wrapping_add(1);
        second = second.wrapping_add(at(&state, first));
        state.swap(usize::from(first), usize::from(second));
        at(&state, at(&state, first).wrapping_add(at(&state, second)))
    };
    data.iter().map(|byte| byte ^ next()).collect()
}

/// AES-CBC without padding; `None` when the data is not whole blocks.
pub(super) fn aes_open(key: &[u8], start: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    match key.len() {
        16 => cbc::Decryptor::<Aes128>::new_from_slices(key, start)
            .ok()?
            .decrypt_padded_vec::<NoPadding>(data)
            .ok(),
        _ => cbc::Decryptor::<Aes256>::new_from_slices(key, start)
            .ok()?
            .decrypt_padded_vec::<NoPadding>(data)
            .ok(),
    }
}

/// AES-128-CBC of whole blocks, for the hash of revision 6.
pub(super) fn aes_close_whole(key: &[u8], start: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let encryptor = cbc::Encryptor::<Aes128>::new_from_slices(key, start).ok()?;
    Some(encryptor.encrypt_padded_vec::<NoPadding>(data))
}

fn aes_close(key: &[u8], start: [u8; BLOCK], plain: &[u8]) -> Vec<u8> {
    let body = match key.len() {
        16 => cbc::Encryptor::<Aes128>::new_from_slices(key, &start)
            .map(|encryptor| encryptor.encrypt_padded_vec::<Pkcs7>(plain)),
        _ => cbc::Encryptor::<Aes256>::new_from_slices(key, &start)
            .map(|encryptor| encryptor.encrypt_padded_vec::<Pkcs7>(plain)),
    };
    // Keys are 16 or 32 bytes by construction.
    [start.to_vec(), body.unwrap_or_default()].concat()
}

/// Initialisation vector, then blocks, the last one padded (7.6.3.1).
fn aes_decrypt(key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    // An empty string is often left empty.
    if data.is_empty() {
        return Some(Vec::new());
    }
    let (start, body) = data.split_at_checked(BLOCK)?;
    let mut plain = aes_open(key, start, body)?;
    let padding = plain.last().copied().map_or(0, usize::from);
    // Padding that is none is data: some writers leave it out.
    if (1..=BLOCK).contains(&padding) {
        plain.truncate(plain.len().saturating_sub(padding));
    }
    Some(plain)
}

/// The key of one object (algorithm 1, steps b to d).
fn object_key(method: Method, key: &[u8], reference: Reference) -> Zeroizing<Vec<u8>> {
    if method == Method::Aes256 {
        return Zeroizing::new(key.to_vec());
    }
    let mut hash = Md5::new();
    hash.update(key);
    hash.update(reference.number.to_le_bytes().get(..3).unwrap_or_default());
    hash.update(reference.generation.to_le_bytes());
    if method == Method::Aes128 {
        hash.update(b"sAlT");
    }
    let length = match method {
        // AES-128 has one size of key.
        Method::Aes128 => 16,
        _ => (key.len() + 5).min(16),
    };
    Zeroizing::new(hash.finalize().iter().copied().take(length).collect())
}

pub(super) fn decrypt(method: Method, key: &[u8], reference: Reference, data: &[u8]) -> Option<Vec<u8>> {
    let object_key = object_key(method, key, reference);
    match method {
        Method::Identity => Some(data.to_vec()),
        Method::Rc4 => Some(rc4(&object_key, data)),
        Method::Aes128 | Method::Aes256 => aes_decrypt(&object_key, data),
    }
}

pub(super) fn encrypt(method: Method, key: &[u8], reference: Reference, start: [u8; BLOCK], plain: &[u8]) -> Vec<u8> {
    let object_key = object_key(method, key, reference);
    match method {
        Method::Identity => plain.to_vec(),
        Method::Rc4 => rc4(&object_key, plain),
        Method::Aes128 | Method::Aes256 => aes_close(&object_key, start, plain),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rc4_gives_the_known_stream() {
        // RFC 6229 names no text; this pair is the well known one.
        assert_eq!(
            rc4(b"Key", b"Plaintext"),
            [0xBB, 0xF3, 0x16, 0xE8, 0xD9, 0x40, 0xAF, 0x0A, 0xD3]
        );
    }

    #[test]
    fn what_is_encrypted_can_be_decrypted_and_not_with_another_number() {
        let reference = |number| Reference { number, generation: 0 };
        for (method, length) in [
            (Method::Rc4, 5),
            (Method::Rc4, 16),
            (Method::Aes128, 16),
            (Method::Aes256, 32),
        ] {
            let key = vec![7; length];
            for plain in [&b""[..], b"x", b"sixteen bytes ok", b"seventeen bytes!!"] {
                let closed = encrypt(method, &key, reference(3), [9; 16], plain);
                assert_eq!(decrypt(method, &key, reference(3), &closed).as_deref(), Some(plain));
                let elsewhere = decrypt(method, &key, reference(4), &closed);
                let differs = plain.is_empty() || method == Method::Aes256 || elsewhere.as_deref() != Some(plain);
                assert!(differs, "{method:?}");
            }
        }
        assert_eq!(decrypt(Method::Aes128, &[7; 16], reference(3), &[0; 40]), None);
    }
}
