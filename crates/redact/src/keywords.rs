//! Where keywords stand in a line: a table over the first three bytes of each, built in microseconds.
//!
//! An automaton over some four hundred keywords takes longer to build than a short log takes to redact.

use std::sync::OnceLock;

use crate::special::SPECIALS;
use crate::{assign, providers};

/// Bits of the hash of three bytes.
const BITS: u32 = 14;

/// All keywords of shapes, specials and names, in this order, in lower case.
struct Table {
    words: Vec<&'static str>,
    /// By hash, a bit: whether any keyword begins so. Small enough to stay at hand.
    begins: [u64; 1 << (BITS - 6)],
    /// By hash, one more than the index of the last keyword that begins so; 0 for none.
    heads: Vec<u16>,
    /// By keyword, the same for the one before it.
    next: Vec<u16>,
}

/// Calls `found` with the index and the place of every keyword, in any case, in the order of places.
pub(crate) fn find(line: &str, mut found: impl FnMut(usize, usize)) {
    let table = table();
    let bytes = line.as_bytes();
    let [first, second, rest @ ..] = bytes else { return };
    let mut gram = fold(*first) << 8 | fold(*second) << 16;
    for (at, third) in rest.iter().enumerate() {
        gram = gram >> 8 | fold(*third) << 16;
        let hash = hash(gram);
        if table.begins[hash >> 6] >> (hash & 63) & 1 == 0 {
            continue;
        }
        let mut entry = table.heads[hash];
        while entry > 0 {
            let index = usize::from(entry) - 1;
            let word = table.words[index].as_bytes();
            if bytes.get(at..at + word.len()).is_some_and(|here| here.eq_ignore_ascii_case(word)) {
                found(index, at);
            }
            entry = table.next[index];
        }
    }
}

/// The same for both cases of a letter (and for some pairs of signs, which the comparison sorts out).
fn fold(byte: u8) -> u32 {
    u32::from(byte | 0x20)
}

/// Of three folded bytes, the first lowest.
fn hash(gram: u32) -> usize {
    (gram.wrapping_mul(0x9e37_79b1) >> (32 - BITS)) as usize
}

fn table() -> &'static Table {
    static BUILT: OnceLock<Table> = OnceLock::new();
    BUILT.get_or_init(|| {
        let shapes = providers::shapes().map(|shape| shape.keyword);
        let specials = SPECIALS.iter().map(|special| special.keyword);
        let words: Vec<&'static str> = shapes.chain(specials).chain(assign::words()).collect();
        let mut begins = [0; 1 << (BITS - 6)];
        let mut heads = vec![0; 1 << BITS];
        let mut next = vec![0; words.len()];
        for (index, word) in words.iter().enumerate() {
            let hash = hash(word.bytes().take(3).rev().fold(0, |gram, b| gram << 8 | fold(b)));
            begins[hash >> 6] |= 1 << (hash & 63);
            let head = &mut heads[hash];
            next[index] = *head;
            *head = u16::try_from(index + 1).unwrap_or(0);
        }
        Table { words, begins, heads, next }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_every_keyword_in_any_case() {
        for (index, word) in table().words.iter().enumerate() {
            assert!(word.len() >= 3 && *word == word.to_ascii_lowercase(), "{word}");
            for line in [word.to_string(), format!("é{}x", word.to_ascii_uppercase())] {
                let mut seen = false;
                find(&line, |found, at| seen |= found == index && line.get(at..at + word.len()).is_some());
                assert!(seen, "{word} in {line}");
            }
        }
    }
}
