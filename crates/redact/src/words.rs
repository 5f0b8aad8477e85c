//! Sets of words that are looked for inside short texts, without trying each word.

/// Bits of the hash of three bytes.
const BITS: u32 = 12;

/// A table of bytes: these signs, and letters and digits if asked for. Faster than a search where every byte of a log is asked.
pub(crate) const fn bytes(signs: &[u8], letters_and_digits: bool) -> [bool; 256] {
    let mut table = [false; 256];
    let mut n = 0;
    while n < signs.len() {
        table[signs[n] as usize] = true;
        n += 1;
    }
    let mut b = 0u8;
    while b < 128 {
        table[b as usize] |= letters_and_digits && b.is_ascii_alphanumeric();
        b += 1;
    }
    table
}

/// Words in lower case, three bytes or longer.
pub(crate) struct Words {
    words: &'static [&'static str],
    /// By hash, a bit: whether any word begins so.
    begins: [u64; 1 << (BITS - 6)],
}

impl Words {
    pub const fn new(words: &'static [&'static str]) -> Self {
        let mut begins = [0; 1 << (BITS - 6)];
        let mut n = 0;
        while n < words.len() {
            let word = words[n].as_bytes();
            let hash = hash(word[0], word[1], word[2]);
            begins[hash >> 6] |= 1 << (hash & 63);
            n += 1;
        }
        Self { words, begins }
    }

    /// Whether some word may begin with the first three bytes. Says no in most cases where there is none.
    pub fn may_begin(&self, text: &[u8]) -> bool {
        let [first, second, third, ..] = text else { return false };
        let hash = hash(*first, *second, *third);
        self.begins[hash >> 6] >> (hash & 63) & 1 == 1
    }

    /// The same for a text in any case.
    pub fn may_begin_in_any_case(&self, text: &[u8]) -> bool {
        let [first, second, third, ..] = text else { return false };
        self.may_begin(&[*first, *second, *third].map(|b| b.to_ascii_lowercase()))
    }

    /// Whether the text (in lower case) holds one of the words.
    pub fn inside(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let here = |at: usize| self.words.iter().any(|word| bytes[at..].starts_with(word.as_bytes()));
        (0..bytes.len()).any(|at| self.may_begin(&bytes[at..]) && here(at))
    }
}

const fn hash(first: u8, second: u8, third: u8) -> usize {
    let gram = first as u32 | (second as u32) << 8 | (third as u32) << 16;
    (gram.wrapping_mul(0x9e37_79b1) >> (32 - BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_words_wherever_they_stand() {
        static WORDS: Words = Words::new(&["cache-key", "fake", "env."]);
        for text in ["cache-key", "é fake", "a.env.b", "xxfakexx"] {
            assert!(WORDS.inside(text), "{text}");
        }
        for text in ["", "fa", "cache_key", "env", "fak"] {
            assert!(!WORDS.inside(text), "{text}");
        }
    }
}
