//! The line source: bytes from any reader become physical lines with numbers and bounded length.
//!
//! This layer knows nothing of rules, so that a faster one can take its place. It sees through a
//! byte order mark and UTF-16 (PowerShell's `>` writes it); everything else stays bytes.

use std::io::{self, Read};

/// How much of one physical line is looked at; the rest only counts towards its length.
pub const MAX_LINE_BYTES: usize = 16 * 1024;
const BLOCK_BYTES: usize = 256 * 1024;

/// One physical line, without its line feed.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// 1-based, as editors count.
    pub number: u64,
    /// The whole length in bytes, line feed included, also where `text` is cut.
    pub size_bytes: u64,
    /// At most [`MAX_LINE_BYTES`] of it.
    pub text: &'a [u8],
}

#[derive(Clone, Copy, PartialEq)]
enum Encoding {
    Bytes,
    Utf16Le,
    Utf16Be,
}

/// Calls `each` with every line of `reader`, in order, holding one block and one line in memory.
///
/// # Errors
/// What the reader returns; whole blocks before the error have been delivered.
pub fn for_each_line(reader: impl Read, mut each: impl FnMut(Line<'_>)) -> io::Result<()> {
    let mut source = Source::new(reader);
    let mut block = vec![0_u8; BLOCK_BYTES];
    let mut splitter = Splitter::default();
    loop {
        let filled = source.fill(&mut block)?;
        splitter.push(&block[..filled], &mut each);
        if filled < block.len() {
            break;
        }
    }
    splitter.finish(&mut each);
    Ok(())
}

/// The first of these bytes as a line.
#[must_use]
pub fn first_line(bytes: &[u8], number: u64) -> Line<'_> {
    let end = memchr::memchr(b'\n', bytes);
    let text = &bytes[..end.unwrap_or(bytes.len())];
    let size_bytes = end.map_or(bytes.len(), |end| end + 1) as u64;
    Line { number, size_bytes, text: &text[..text.len().min(MAX_LINE_BYTES)] }
}

/// Calls `each` with every line of these bytes; the first has this number. Gives back the number after the last.
pub fn each_line(bytes: &[u8], mut number: u64, mut each: impl FnMut(Line<'_>)) -> u64 {
    let mut at = 0;
    while at < bytes.len() {
        let line = first_line(&bytes[at..], number);
        at += usize::try_from(line.size_bytes).unwrap_or(usize::MAX);
        number += 1;
        each(line);
    }
    number
}

/// How many line feeds there are.
#[must_use]
pub fn count(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

/// How many lines there are, of which the last may have no line feed.
#[must_use]
pub fn count_lines(bytes: &[u8]) -> u64 {
    count(bytes) + u64::from(bytes.last().is_some_and(|last| *last != b'\n'))
}

/// Bytes of a reader as UTF-8, without a byte order mark.
pub struct Source<R> {
    reader: R,
    encoding: Option<Encoding>,
    wide: Wide,
    /// Text that is decoded and did not fit yet.
    waiting: Vec<u8>,
    raw: Vec<u8>,
}

impl<R: Read> Source<R> {
    /// Begins reading.
    pub fn new(reader: R) -> Self {
        Self { reader, encoding: None, wide: Wide::default(), waiting: Vec::new(), raw: Vec::new() }
    }

    /// Fills `block`; fewer bytes only at the end.
    ///
    /// # Errors
    /// What the reader returns.
    pub fn fill(&mut self, block: &mut [u8]) -> io::Result<usize> {
        match self.encoding {
            Some(Encoding::Bytes) => fill(&mut self.reader, block),
            Some(wide) => self.decode(block, wide),
            None => {
                let filled = fill(&mut self.reader, block)?;
                let (encoding, skip) = detect(&block[..filled]);
                self.encoding = Some(encoding);
                if encoding == Encoding::Bytes {
                    block.copy_within(skip..filled, 0);
                    let kept = filled - skip;
                    let more = if filled < block.len() { 0 } else { fill(&mut self.reader, &mut block[kept..])? };
                    return Ok(kept + more);
                }
                self.waiting = self.wide.decode(&block[skip..filled], encoding).into_bytes();
                self.decode(block, encoding)
            }
        }
    }

    /// Whether bytes are decoded, not passed on.
    pub fn is_wide(&self) -> bool {
        matches!(self.encoding, Some(Encoding::Utf16Le | Encoding::Utf16Be))
    }

    fn decode(&mut self, block: &mut [u8], encoding: Encoding) -> io::Result<usize> {
        let mut filled = 0;
        while filled < block.len() {
            if self.waiting.is_empty() {
                self.raw.resize(BLOCK_BYTES / 4, 0);
                let got = fill(&mut self.reader, &mut self.raw)?;
                if got == 0 {
                    break;
                }
                self.waiting = self.wide.decode(&self.raw[..got], encoding).into_bytes();
                continue;
            }
            let taken = self.waiting.len().min(block.len() - filled);
            block[filled..filled + taken].copy_from_slice(&self.waiting[..taken]);
            self.waiting.drain(..taken);
            filled += taken;
        }
        Ok(filled)
    }
}

fn fill(reader: &mut impl Read, block: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < block.len() {
        match reader.read(&mut block[filled..]) {
            Ok(0) => break,
            Ok(got) => filled += got,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Whether these are bytes of text, and not UTF-16.
#[must_use]
pub fn is_narrow(start: &[u8]) -> bool {
    detect(start).0 == Encoding::Bytes
}

/// UTF-16 by its mark, or by every second byte of the beginning being zero.
fn detect(start: &[u8]) -> (Encoding, usize) {
    match start {
        [0xFF, 0xFE, ..] => return (Encoding::Utf16Le, 2),
        [0xFE, 0xFF, ..] => return (Encoding::Utf16Be, 2),
        [0xEF, 0xBB, 0xBF, ..] => return (Encoding::Bytes, 3),
        _ => {}
    }
    let sample = &start[..start.len().min(64)];
    let zeros = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let half = sample.len() / 2;
    if half >= 4 && zeros(1) * 10 >= half * 9 && zeros(0) == 0 {
        (Encoding::Utf16Le, 0)
    } else if half >= 4 && zeros(0) * 10 >= half * 9 && zeros(1) == 0 {
        (Encoding::Utf16Be, 0)
    } else {
        (Encoding::Bytes, 0)
    }
}

/// Decodes UTF-16 across block borders; what is no text becomes U+FFFD.
#[derive(Default)]
struct Wide {
    half: Option<u8>,
    high: Option<u16>,
}

impl Wide {
    fn decode(&mut self, bytes: &[u8], encoding: Encoding) -> String {
        let mut units = Vec::with_capacity(bytes.len() / 2 + 2);
        units.extend(self.high.take());
        for &byte in bytes {
            let Some(first) = self.half.take() else {
                self.half = Some(byte);
                continue;
            };
            let pair = [first, byte];
            units.push(match encoding {
                Encoding::Utf16Be => u16::from_be_bytes(pair),
                _ => u16::from_le_bytes(pair),
            });
        }
        if let Some(last) = units.last().copied().filter(|unit| (0xD800..0xDC00).contains(unit)) {
            self.high = Some(last);
            units.pop();
        }
        String::from_utf16_lossy(&units)
    }
}

/// Cuts blocks into lines.
#[derive(Default)]
pub struct Splitter {
    carry: Vec<u8>,
    carried_bytes: u64,
    number: u64,
}

impl Splitter {
    /// Delivers the lines that end in `bytes`.
    pub fn push(&mut self, mut bytes: &[u8], each: &mut impl FnMut(Line<'_>)) {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            let (line, rest) = bytes.split_at(end);
            bytes = &rest[1..];
            if self.carried_bytes == 0 {
                self.deliver(line, line.len() as u64 + 1, each);
            } else {
                self.keep(line);
                let size = self.carried_bytes + 1;
                let whole = std::mem::take(&mut self.carry);
                self.deliver(&whole, size, each);
                self.carry = whole;
                self.carry.clear();
                self.carried_bytes = 0;
            }
        }
        self.keep(bytes);
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = MAX_LINE_BYTES.saturating_sub(self.carry.len()).min(bytes.len());
        self.carry.extend_from_slice(&bytes[..room]);
        self.carried_bytes += bytes.len() as u64;
    }

    fn deliver(&mut self, text: &[u8], size_bytes: u64, each: &mut impl FnMut(Line<'_>)) {
        self.number += 1;
        let text = &text[..text.len().min(MAX_LINE_BYTES)];
        each(Line { number: self.number, size_bytes, text });
    }

    /// Delivers the last line, if no line feed ends it.
    pub fn finish(&mut self, each: &mut impl FnMut(Line<'_>)) {
        if self.carried_bytes > 0 {
            let whole = std::mem::take(&mut self.carry);
            self.deliver(&whole, self.carried_bytes, each);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8]) -> Vec<(u64, u64, String)> {
        let mut seen = Vec::new();
        for_each_line(bytes, |line| {
            seen.push((line.number, line.size_bytes, String::from_utf8_lossy(line.text).into_owned()));
        })
        .unwrap();
        seen
    }

    #[test]
    fn numbers_are_those_of_an_editor() {
        assert_eq!(lines(b"a\n\nbc"), [(1, 2, "a".into()), (2, 1, String::new()), (3, 2, "bc".into())]);
        assert!(lines(b"").is_empty());
    }

    #[test]
    fn sees_through_utf16_and_byte_order_marks() {
        let wide: Vec<u8> = "\u{feff}error: 💥\nx".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(lines(&wide)[0].2, "error: 💥");
        let bare: Vec<u8> = "plain text\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(lines(&bare)[0].2, "plain text");
        assert_eq!(lines(b"\xEF\xBB\xBFhello")[0].2, "hello");
    }

    #[test]
    fn one_endless_line_stays_bounded() {
        let long = vec![b'x'; 3 * BLOCK_BYTES];
        let mut sizes = Vec::new();
        for_each_line(&long[..], |line| sizes.push((line.text.len(), line.size_bytes))).unwrap();
        assert_eq!(sizes, [(MAX_LINE_BYTES, 3 * BLOCK_BYTES as u64)]);
    }
}
