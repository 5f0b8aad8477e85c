//! Log bytes to UTF-8: byte order marks and UTF-16, as far as that is simple. Everything else is left to redaction,
//! which repairs what is not UTF-8.

/// How the bytes are read, decided by the first of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Utf16 { big_endian: bool },
}

/// Why bytes are no log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotText {
    /// An archive or a compressed file.
    Packed,
    /// Anything else that is not text.
    Binary,
}

/// Turns chunks into UTF-8 and remembers what a chunk cut in two.
pub struct Decoder {
    encoding: Encoding,
    rest: Vec<u8>,
    high: Option<u16>,
}

impl Decoder {
    /// Looks at the first chunk: how it is read, and how many bytes of mark come before the text.
    pub(crate) fn of(first: &[u8]) -> Result<(Self, usize), NotText> {
        if text::is_packed(first) {
            return Err(NotText::Packed);
        }
        let (encoding, mark) = match first {
            [0xef, 0xbb, 0xbf, ..] => (Encoding::Utf8, 3),
            [0xff, 0xfe, ..] => (Encoding::Utf16 { big_endian: false }, 2),
            [0xfe, 0xff, ..] => (Encoding::Utf16 { big_endian: true }, 2),
            // PowerShell may leave the mark out.
            [a, 0, b, 0, ..] if *a != 0 && *b != 0 => (Encoding::Utf16 { big_endian: false }, 0),
            [0, a, 0, b, ..] if *a != 0 && *b != 0 => (Encoding::Utf16 { big_endian: true }, 0),
            _ => (Encoding::Utf8, 0),
        };
        let looked_at = &first[..first.len().min(8192)];
        let controls = looked_at.iter().filter(|byte| matches!(byte, 0..=6 | 14..=26)).count();
        // Latin-1 has a stray byte here and there, a program or an image is full of them.
        let stray: usize = looked_at.utf8_chunks().map(|chunk| chunk.invalid().len()).sum();
        if encoding == Encoding::Utf8 && (controls * 10 > looked_at.len() || stray * 4 > looked_at.len()) {
            return Err(NotText::Binary);
        }
        Ok((Self { encoding, rest: Vec::new(), high: None }, mark))
    }

    /// The next bytes as UTF-8, or as they are when they need no change.
    pub(crate) fn next<'a>(&mut self, bytes: &'a [u8], room: &'a mut String) -> &'a [u8] {
        let Encoding::Utf16 { big_endian } = self.encoding else { return bytes };
        room.clear();
        self.rest.extend_from_slice(bytes);
        let whole = self.rest.len() & !1;
        for pair in self.rest[..whole].chunks_exact(2) {
            let unit = if big_endian {
                u16::from_be_bytes([pair[0], pair[1]])
            } else {
                u16::from_le_bytes([pair[0], pair[1]])
            };
            let units: &[u16] = match (self.high.take(), unit) {
                (None, 0xd800..=0xdbff) => {
                    self.high = Some(unit);
                    continue;
                }
                (None, unit) => &[unit],
                (Some(high), unit) => &[high, unit],
            };
            room.extend(char::decode_utf16(units.iter().copied()).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
        }
        self.rest.drain(..whole);
        room.as_bytes()
    }

    /// What a cut at the very end left over.
    pub(crate) fn is_cut(&self) -> bool {
        !self.rest.is_empty() || self.high.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: &[u8], chunk: usize) -> String {
        let (mut decoder, mark) = Decoder::of(bytes).unwrap();
        let (mut out, mut room) = (String::new(), String::new());
        for chunk in bytes[mark..].chunks(chunk) {
            out.push_str(&String::from_utf8_lossy(decoder.next(chunk, &mut room)));
        }
        out
    }

    #[test]
    fn utf16_is_decoded_however_it_was_cut() {
        let text = "error: öäü 🦀\r\nline two";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for chunk in 1..9 {
            assert_eq!(decode(&[b"\xff\xfe".as_slice(), &little].concat(), chunk), text);
            assert_eq!(decode(&[b"\xfe\xff".as_slice(), &big].concat(), chunk), text);
            assert_eq!(decode(&little, chunk), text);
        }
        assert_eq!(decode(b"\xef\xbb\xbfplain", 64), "plain");
    }

    #[test]
    fn packed_and_binary_are_told_apart_from_text() {
        assert_eq!(Decoder::of(b"\x1f\x8b\x08\x00rest").err(), Some(NotText::Packed));
        assert_eq!(Decoder::of(b"PK\x03\x04rest").err(), Some(NotText::Packed));
        assert_eq!(Decoder::of(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0").err(), Some(NotText::Binary));
        assert!(Decoder::of(b"\x1b[31merror\x1b[0m and one \0 in a long enough line of text").is_ok());
        assert!(Decoder::of("ошибка".as_bytes()).is_ok());
    }
}
