//! Which literals of the rules a line holds: a table that the compiler makes, so that starting costs nothing.
//!
//! Each literal is known by one gram of it, four bytes that are rare in ordinary output (three, where it has no more). A
//! bit says whether any literal has this gram; of one in fifty grams of other text it says so by chance, and then the
//! few literals of that slot are compared in full. So what is found is exact, as an automaton's finding would be, but
//! 1,500 literals take 20 KiB that lie in the binary, and not milliseconds of every start.

use crate::rule::{Rule, Tool};
use crate::rules::TOOLS;

/// How many literals there are.
const COUNT: usize = count(TOOLS);
const BITS: u32 = 16;
const SLOT_BITS: u32 = 11;
const SLOTS: usize = 1 << SLOT_BITS;
/// Grams of three bytes.
const SHORT_BITS: u32 = 12;

/// One literal.
#[derive(Clone, Copy)]
struct Entry {
    row: u16,
    /// Which of the row's literals it is.
    find: u8,
    /// Where in it its gram is.
    at: u8,
}

/// The literals of all rules.
pub struct Grams {
    bits: [u64; 1 << (BITS - 6)],
    short: [u64; 1 << (SHORT_BITS - 6)],
    /// Where each slot's entries begin, and where the last one's end.
    starts: [u16; SLOTS + 1],
    entries: [Entry; COUNT],
}

/// The table of the built-in rules.
pub static GRAMS: Grams = Grams::new(TOOLS);

const fn count(tools: &[Tool]) -> usize {
    let (mut tool, mut literals) = (0, 0);
    while tool < tools.len() {
        let mut rule = 0;
        while rule < tools[tool].rules.len() {
            literals += tools[tool].rules[rule].find.len();
            rule += 1;
        }
        tool += 1;
    }
    literals
}

const fn hash(gram: u32, bits: u32) -> usize {
    (gram.wrapping_mul(0x9E37_79B1) >> (32 - bits)) as usize
}

/// The gram at `at`: four bytes, or three of a literal that has no more.
const fn gram(literal: &[u8], at: usize) -> u32 {
    let last = if literal.len() == 3 { 0 } else { literal[at + 3] };
    u32::from_le_bytes([literal[at], literal[at + 1], literal[at + 2], last])
}

/// How seldom a byte is in ordinary output.
const fn rarity(byte: u8) -> u32 {
    match byte {
        b' ' | b'e' | b't' | b'a' | b'i' | b'n' | b'o' | b's' | b'r' => 0,
        b'0'..=b'9' | b'-' | b':' | b'/' | b'.' | b'a'..=b'z' => 1,
        b'A'..=b'Z' | b'_' => 3,
        _ => 4,
    }
}

/// Where the rarest gram of a literal is.
const fn rarest(literal: &[u8]) -> usize {
    let (mut at, mut best, mut most) = (0, 0, 0);
    while at + 4 <= literal.len() {
        let bytes = [literal[at], literal[at + 1], literal[at + 2], literal[at + 3]];
        let sum = rarity(bytes[0]) + rarity(bytes[1]) + rarity(bytes[2]) + rarity(bytes[3]);
        if sum > most {
            (best, most) = (at, sum);
        }
        at += 1;
    }
    best
}

impl Grams {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a constant: what does not fit fails to compile, see the asserts"
    )]
    const fn new(tools: &[Tool]) -> Self {
        assert!(COUNT < u16::MAX as usize);
        let mut entries = [Entry { row: 0, find: 0, at: 0 }; COUNT];
        let mut slots = [0_usize; COUNT];
        let mut bits = [0; 1 << (BITS - 6)];
        let mut short = [0; 1 << (SHORT_BITS - 6)];
        let mut starts = [0_u16; SLOTS + 1];
        let (mut tool, mut row, mut number) = (0, 0, 0);
        while tool < tools.len() {
            let mut rule = 0;
            while rule < tools[tool].rules.len() {
                let finds = tools[tool].rules[rule].find;
                let mut find = 0;
                while find < finds.len() {
                    let literal = finds[find].as_bytes();
                    assert!(literal.len() >= 3 && literal.len() < 256 && find < 256, "a literal has three bytes");
                    let at = rarest(literal);
                    let gram = gram(literal, at);
                    if literal.len() == 3 {
                        short[hash(gram, SHORT_BITS) >> 6] |= 1 << (hash(gram, SHORT_BITS) & 63);
                    } else {
                        bits[hash(gram, BITS) >> 6] |= 1 << (hash(gram, BITS) & 63);
                    }
                    entries[number] = Entry { row, find: find as u8, at: at as u8 };
                    slots[number] = hash(gram, SLOT_BITS);
                    starts[slots[number] + 1] += 1;
                    (number, find) = (number + 1, find + 1);
                }
                (row, rule) = (row + 1, rule + 1);
            }
            tool += 1;
        }
        let mut slot = 0;
        while slot < SLOTS {
            starts[slot + 1] += starts[slot];
            slot += 1;
        }
        let mut sorted = entries;
        let mut next = starts;
        let mut number = 0;
        while number < COUNT {
            let place = next[slots[number]];
            sorted[place as usize] = entries[number];
            next[slots[number]] = place + 1;
            number += 1;
        }
        Self { bits, short, starts, entries: sorted }
    }

    /// Calls `found` with the row of every literal in `line`, as often as it is there.
    pub fn rows(&self, line: &[u8], rule: impl Fn(u16) -> &'static Rule, mut found: impl FnMut(u16)) {
        for (at, four) in line.windows(4).enumerate() {
            let gram = u32::from_le_bytes([four[0], four[1], four[2], four[3]]);
            let bit = hash(gram, BITS);
            if self.bits[bit >> 6] >> (bit & 63) & 1 == 1 {
                self.slot(gram, at, line, &rule, &mut found);
            }
        }
        for (at, three) in line.windows(3).enumerate() {
            let gram = u32::from_le_bytes([three[0], three[1], three[2], 0]);
            let bit = hash(gram, SHORT_BITS);
            if self.short[bit >> 6] >> (bit & 63) & 1 == 1 {
                self.slot(gram, at, line, &rule, &mut found);
            }
        }
    }

    #[cold]
    fn slot(
        &self,
        gram: u32,
        at: usize,
        line: &[u8],
        rule: &impl Fn(u16) -> &'static Rule,
        found: &mut impl FnMut(u16),
    ) {
        let slot = hash(gram, SLOT_BITS);
        let range = usize::from(self.starts[slot])..usize::from(self.starts[slot + 1]);
        for entry in &self.entries[range] {
            let literal = rule(entry.row).find[usize::from(entry.find)].as_bytes();
            let start = at.checked_sub(usize::from(entry.at));
            if start.is_some_and(|start| line[start..].starts_with(literal)) {
                found(entry.row);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_literal_is_found_wherever_it_stands() {
        let rules: Vec<&'static Rule> = TOOLS.iter().flat_map(|tool| tool.rules).collect();
        for (row, rule) in rules.iter().enumerate() {
            for find in rule.find {
                for line in [(*find).to_owned(), format!("x{find}"), format!("{find}y"), format!("ab {find} cd")] {
                    let mut found = Vec::new();
                    GRAMS.rows(line.as_bytes(), |row| rules[usize::from(row)], |row| found.push(usize::from(row)));
                    assert!(found.contains(&row), "{line}");
                }
            }
        }
    }
}
