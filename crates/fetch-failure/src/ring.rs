//! The last lines of a text without end, in bounded memory however short its lines are.

use std::collections::VecDeque;

/// Lines that are dropped together: short enough for what is kept, long enough to cost nothing beside it.
const BLOCK_BYTES: usize = 64 * 1024;

/// Whole lines, in blocks of which the oldest is dropped when there are too many.
pub struct Ring {
    blocks: VecDeque<String>,
    block_bytes: usize,
    bytes: usize,
    max: usize,
    left_out: u64,
}

impl Ring {
    /// Keeps at most `max` bytes.
    pub fn new(max: usize) -> Self {
        Self { blocks: VecDeque::new(), block_bytes: (max / 16).min(BLOCK_BYTES), bytes: 0, max, left_out: 0 }
    }

    /// Whether it never held anything.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty() && self.left_out == 0
    }

    /// Takes the next line, without its line feed.
    pub fn push(&mut self, line: &str) {
        let bytes = line.len() + 1;
        self.bytes += bytes;
        while self.bytes > self.max {
            let Some(oldest) = self.blocks.pop_front() else { break };
            self.bytes -= oldest.len();
            self.left_out += oldest.len() as u64;
        }
        let room = self.block_bytes.max(bytes);
        match self.blocks.back_mut().filter(|block| block.len() + bytes <= room) {
            Some(block) => block.extend([line, "\n"]),
            None => {
                let mut block = String::with_capacity(room);
                block.extend([line, "\n"]);
                self.blocks.push_back(block);
            }
        }
    }

    /// Bytes that were dropped, with their line feeds.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// The lines that are left, a block at a time; each is freed before the next.
    pub fn drain(&mut self) -> impl Iterator<Item = String> {
        self.bytes = 0;
        std::iter::from_fn(|| self.blocks.pop_front())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_stays_and_every_byte_is_counted() {
        let mut ring = Ring::new(64);
        (0..1000).for_each(|number| ring.push(&number.to_string()));
        ring.push("");
        let left_out = ring.left_out();
        let kept: String = ring.drain().collect();
        assert!(kept.ends_with("\n998\n999\n\n") && kept.len() <= 64, "{kept}");
        assert_eq!(kept.len() as u64 + left_out, 10 * 2 + 90 * 3 + 900 * 4 + 1);
    }

    #[test]
    fn millions_of_empty_lines_take_a_byte_each() {
        let mut ring = Ring::new(1 << 20);
        (0..3 << 20).for_each(|_| ring.push(""));
        let capacity: usize = ring.blocks.iter().map(String::capacity).sum();
        assert!(capacity <= (1 << 20) + 2 * BLOCK_BYTES, "{capacity}");
        assert_eq!(ring.left_out() % BLOCK_BYTES as u64, 0);
    }
}
