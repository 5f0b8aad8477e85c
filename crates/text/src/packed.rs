//! Telling an archive from text by its first bytes.

/// How archives begin: gzip, zip (also empty and in parts), xz, zstd, bzip2, 7z.
const BEGINNINGS: &[&[u8]] = &[
    b"\x1f\x8b",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"PK\x07\x08",
    b"\xfd7zXZ\0",
    b"\x28\xb5\x2f\xfd",
    b"BZh91AY",
    b"7z\xbc\xaf\x27\x1c",
];

/// As many bytes as [`is_packed`] needs.
pub const PACKED_BYTES: usize = 8;

/// Whether these bytes begin an archive or a compressed file. Nothing of ours unpacks one: what a few of its bytes grow to
/// is its maker's choice.
#[must_use]
pub fn is_packed(first: &[u8]) -> bool {
    BEGINNINGS.iter().any(|beginning| first.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_are_told_from_text() {
        for first in [&b"\x1f\x8b\x08\0"[..], b"PK\x03\x04\x14\0", b"PK\x05\x06\0\0", b"BZh91AY&SY"] {
            assert!(is_packed(first), "{first:?}");
        }
        for first in [&b"PK is a wire"[..], b"BZhang", b"7z: error", b"", b"P"] {
            assert!(!is_packed(first), "{first:?}");
        }
        assert!(BEGINNINGS.iter().all(|beginning| beginning.len() <= PACKED_BYTES));
    }
}
