//! From chunks of any size to whole lines, and what must be remembered between lines.

use std::borrow::Cow;
use std::sync::Arc;

use crate::Counts;
use crate::line::{Line, Memory};

/// A line longer than this (bytes) is worked on in pieces, cut where no token is cut if possible.
const PIECE_BYTES: usize = 64 * 1024;
/// How far back from [`PIECE_BYTES`] a better place for the cut is looked for.
const LOOK_BACK: usize = 8 * 1024;

/// Redaction of a text that arrives in chunks. The result does not depend on where the chunks end.
///
/// Output lags behind input: an unfinished line waits for its end, and a block that only its end makes a secret (a key
/// whose head was cut off, a manifest whose `kind` comes last) waits for that end, at most a few hundred lines.
#[derive(Debug)]
pub struct Stream {
    partial: Vec<u8>,
    memory: Memory,
}

impl Stream {
    pub(crate) fn new(known: Arc<[String]>) -> Self {
        Self { partial: Vec::new(), memory: Memory::new(known) }
    }

    /// Takes the next piece of the text and appends what is finished to `out`.
    pub fn push(&mut self, chunk: &str, out: &mut String) {
        self.push_bytes(chunk.as_bytes(), out);
    }

    /// [`push`](Self::push) for bytes; what is not UTF-8 becomes U+FFFD.
    pub fn push_bytes(&mut self, chunk: &[u8], out: &mut String) {
        let mut rest = chunk;
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let (line, after) = rest.split_at(end + 1);
            rest = after;
            if self.partial.is_empty() && line.len() <= PIECE_BYTES {
                self.line(line, out);
            } else {
                self.fill(line, out);
                let line = std::mem::take(&mut self.partial);
                self.line(&line, out);
                self.partial = line;
                self.partial.clear();
            }
        }
        self.fill(rest, out);
    }

    /// Ends the text: what was held back goes to `out`.
    pub fn finish(mut self, out: &mut String) -> Counts {
        let line = std::mem::take(&mut self.partial);
        if !line.is_empty() {
            self.line(&line, out);
        }
        self.memory.finish(out)
    }

    /// Matches by rule so far.
    pub fn counts(&self) -> &Counts {
        self.memory.counts()
    }

    /// Adds to the unfinished line; a long one gives away its first pieces.
    fn fill(&mut self, mut bytes: &[u8], out: &mut String) {
        while self.partial.len() + bytes.len() > PIECE_BYTES {
            let (head, tail) = bytes.split_at(PIECE_BYTES.saturating_sub(self.partial.len()).min(bytes.len()));
            self.partial.extend_from_slice(head);
            bytes = tail;
            let rest = self.partial.split_off(cut(&self.partial));
            let piece = std::mem::replace(&mut self.partial, rest);
            self.line(&piece, out);
        }
        self.partial.extend_from_slice(bytes);
    }

    fn line(&mut self, line: &[u8], out: &mut String) {
        // The strict check is much faster than the lossy one.
        let text = std::str::from_utf8(line).map_or_else(|_| String::from_utf8_lossy(line), Cow::Borrowed);
        self.memory.line(&Line::new(&text), out);
    }
}

/// Where to cut a piece: after the last character that is part of no token, else between two characters.
fn cut(piece: &[u8]) -> usize {
    let from = piece.len() - LOOK_BACK.min(piece.len() / 2);
    let apart = |b: &u8| b" \t,;|".contains(b);
    let soft = piece[from..].iter().rposition(apart).map(|at| from + at + 1);
    soft.unwrap_or_else(|| {
        // Back to the beginning of the character that the piece may end inside of.
        let inside = piece.iter().rev().take(3).take_while(|b| **b & 0xc0 == 0x80).count();
        let lead = piece.len() - inside - 1;
        if piece[lead] >= 0xc0 { lead } else { piece.len() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_cut_the_same_way_however_it_arrives() {
        for unit in ["é✓日本", "x", "word ", "a🦀"] {
            let text = format!("{}\nend", unit.repeat(300_000 / unit.len()));
            for size in [1000, 65_536, 70_001, text.len()] {
                let mut stream = Stream::new(Arc::default());
                let mut out = String::new();
                text.as_bytes().chunks(size).for_each(|chunk| stream.push_bytes(chunk, &mut out));
                stream.finish(&mut out);
                assert!(out == text, "{unit:?} in chunks of {size}");
            }
        }
    }
}
