//! Finds the lines of a block that may matter, without looking at lines one by one.
//!
//! Every literal of the rules and of the structure gives one window of four to six bytes. A bitmap of four-byte grams is
//! asked at every third byte of the raw block: whatever the alignment, one gram of a window is met (a window shorter
//! than six bytes is completed with any neighbour). A gram that is found is compared with its window, so that only
//! windows make candidates. Windows lie within one word, where a tool does not change colours
//! (`performance.md` 2.3 and 2.5). Shell prompts and glyphs, too short for a window, are found by `memchr`.

use std::collections::BTreeSet;

/// Bits of the map: few are set, so that quiet text seldom meets one by chance.
const BITS: u32 = 21;
const WORDS: usize = 1 << (BITS - 6);
/// Slots of the exact table.
const SLOT_BITS: u32 = 14;
/// Steps between grams, and how many are asked before the first branch.
const STRIDE: usize = 3;
const GROUP: usize = 8;

/// What the structure of a log is told by (`steps` and `clean`).
const STRUCTURE: &[&str] = &[
    "##[err",
    "##[war",
    "##[not",
    "##[deb",
    "##[gro",
    "##[end",
    "##[sec",
    "##[com",
    "[comma",
    "::erro",
    "::warn",
    "::noti",
    "::grou",
    "::endg",
    "Post job cleanup.",
    "Cleaning up orphan",
    "[Pipeline] ",
    "Process completed with exit code",
    "Bash exited",
    "The process '/usr",
    "ERROR: Job failed",
    "ERROR: script ret",
    "Cmd.exe",
    "PowerShell",
    "Build step '",
    "travis_",
    "The command \"",
    "section_start:",
    "C:\\>",
];

/// How ordinary output looks: windows avoid its grams where they can.
const ORDINARY: &str = "   Compiling error-chain failure errno v0.1.0 Downloaded Downloading Updating Finished `dev` profile \
    [unoptimized + debuginfo] target(s) in 3m Running unittests src/lib.rs (target/debug/deps/ test result: ok. passed; 0 \
    failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s running tests errors::tests::rejects returns_error ok \
    npm http fetch GET 200 https://registry.npmjs.org/react/-/react.tgz (cache hit) npm warn deprecated use instead added \
    packages, and audited packages in 3s tests/auth.test.ts RUN apt-get install Get:1 http://deb.debian.org/debian \
    bookworm/main amd64 sha256: DONE extracting level=info level=debug msg=\"handled request reconciled object cache \
    refresh lease renewed job enqueued\" component= request_id= status=200 duration_ms=3 time=2025 INFO DEBUG WARN retry \
    repository: token: with: fetch-depth: git version -c protocol.version=2 fetch --no-tags --prune origin refs/remotes \
    /pull/ HEAD is now at Merge into warning: unused variable: config parser metrics snapshot index storage template \
    node_modules dist/assets kB gzip: build package module import export function return default value name version \
    number string object array list file path line command run start stop done install container image layer";

/// Cleaned lines begin a command with these (`steps::event`).
const PROMPTS: [u8; 3] = [b'$', b'+', b'>'];
/// First bytes of the glyphs that rules look for.
const GLYPHS: [u8; 3] = [0xC3, 0xE2, 0xF0];

/// The filter of one rule table.
pub struct Filter {
    map: Box<[u64; WORDS]>,
    slots: Vec<Slot>,
    places: Vec<Place>,
    literals: Vec<Literal>,
    glyphs: Vec<Vec<u8>>,
}

/// A literal, and which part of it is its window.
struct Literal {
    bytes: Vec<u8>,
    window: std::ops::Range<usize>,
}

/// A gram, and which of the places that have it are its own.
#[derive(Clone, Copy)]
struct Slot {
    gram: u32,
    first: u16,
    /// 0 is an empty slot.
    count: u16,
}

/// Where a gram is: number of the literal, and of the byte in it.
type Place = (u16, u16);

impl Filter {
    /// Builds it for these literals.
    pub fn new<'a>(finds: impl Iterator<Item = &'a str>) -> Self {
        let ordinary: BTreeSet<u32> = ORDINARY.as_bytes().windows(4).map(gram).collect();
        let mut filter = Self {
            map: Box::new([0; WORDS]),
            slots: vec![Slot { gram: 0, first: 0, count: 0 }; 1 << SLOT_BITS],
            places: Vec::new(),
            literals: Vec::new(),
            glyphs: Vec::new(),
        };
        let mut taken = BTreeSet::new();
        for find in finds {
            for literal in lengthened(find) {
                if literal.len() < 4 && GLYPHS.contains(&literal[0]) {
                    filter.glyphs.push(literal);
                } else {
                    taken.insert(literal);
                }
            }
        }
        taken.extend(STRUCTURE.iter().map(|literal| literal.as_bytes().to_vec()));
        let mut places = Vec::new();
        for bytes in taken {
            let window = window(&bytes, &ordinary);
            filter.add(Literal { bytes, window }, &mut places);
        }
        filter.index(places);
        filter
    }

    fn index(&mut self, mut places: Vec<(u32, Place)>) {
        places.sort_unstable();
        for same in places.chunk_by(|one, other| one.0 == other.0) {
            let gram = same[0].0;
            let mut slot = slot_of(gram);
            while self.slots[slot].count != 0 {
                slot = (slot + 1) % self.slots.len();
            }
            let number = |length: usize| u16::try_from(length).unwrap_or(u16::MAX);
            self.slots[slot] = Slot { gram, first: number(self.places.len()), count: number(same.len()) };
            self.places.extend(same.iter().map(|(_, place)| *place));
        }
    }

    fn add(&mut self, literal: Literal, places: &mut Vec<(u32, Place)>) {
        let number = u16::try_from(self.literals.len()).unwrap_or(u16::MAX);
        let window = &literal.bytes[literal.window.clone()];
        for (at, bytes) in window.windows(4).enumerate() {
            self.set(gram(bytes));
            places.push((gram(bytes), (number, u16::try_from(literal.window.start + at).unwrap_or_default())));
        }
        // Alignments at which no gram lies within the window.
        let numbered = window.ends_with(b") ");
        if window.len() < 6 {
            for before in 0..=u8::MAX {
                if !numbered || b" \t\nmK0123456789".contains(&before) {
                    self.set(gram(&[before, window[0], window[1], window[2]]));
                }
            }
        }
        if window.len() < 5 {
            let code = window[0].is_ascii_uppercase() && window[3].is_ascii_digit();
            for after in 0..=u8::MAX {
                if code && !after.is_ascii_digit() {
                    continue;
                }
                self.set(gram(&[window[1], window[2], window[3], after]));
            }
        }
        self.literals.push(literal);
    }

    fn set(&mut self, gram: u32) {
        let bit = bit_of(gram);
        self.map[bit >> 6] |= 1 << (bit & 63);
    }

    fn has(&self, gram: u32) -> u64 {
        let bit = bit_of(gram);
        self.map[bit >> 6] >> (bit & 63)
    }

    /// Puts into `found` where lines that may matter were recognised: in order, some lines more than once.
    pub fn candidates(&self, block: &[u8], found: &mut Vec<usize>) {
        found.clear();
        let mut at = 0;
        while let Some(part) =
            block.get(at..at + GROUP * STRIDE + 1).and_then(|part| part.first_chunk::<{ GROUP * STRIDE + 1 }>())
        {
            let mut any = 0;
            for probe in 0..GROUP {
                let from = probe * STRIDE;
                any |= self.has(u32::from_le_bytes([part[from], part[from + 1], part[from + 2], part[from + 3]]));
            }
            if any & 1 == 1
                && let Some(hit) = (0..GROUP).map(|probe| at + probe * STRIDE).find(|hit| self.is_window(block, *hit))
            {
                // A neighbour that completes a window may be the line feed before it.
                let hit = hit + 2;
                found.push(hit);
                // The rest of the line is of no interest; grams are asked anew from the next line's beginning.
                at = memchr::memchr(b'\n', &block[hit..]).map_or(block.len(), |end| hit + end);
                continue;
            }
            at += GROUP * STRIDE;
        }
        while at < block.len() {
            if self.is_window(block, at) {
                found.push((at + 2).min(block.len() - 1));
            }
            at += STRIDE;
        }
        let windows = found.len();
        for at in memchr::memchr3_iter(PROMPTS[0], PROMPTS[1], PROMPTS[2], block) {
            if let [b' ', first, ..] = block[at + 1..]
                && (first.is_ascii_alphabetic() || b"./\"'_[".contains(&first))
            {
                found.push(at);
            }
        }
        for at in memchr::memchr3_iter(GLYPHS[0], GLYPHS[1], GLYPHS[2], block) {
            if self.glyphs.iter().any(|glyph| block[at..].starts_with(glyph)) {
                found.push(at);
            }
        }
        if found.len() > windows {
            found.sort_unstable();
        }
    }

    /// Whether a window covers the gram at `at`, or is one byte away from it.
    fn is_window(&self, block: &[u8], at: usize) -> bool {
        // At the very end of a block there may be no whole gram.
        let whole = block.get(at..at + 4).map(gram);
        if whole.is_some_and(|gram| self.has(gram) & 1 == 0) {
            return false;
        }
        [at, at + 1, at.wrapping_sub(1)].into_iter().any(|near| self.is_window_at(block, near))
    }

    fn is_window_at(&self, block: &[u8], at: usize) -> bool {
        let Some(gram) = at.checked_add(4).and_then(|end| block.get(at..end)).map(gram) else { return false };
        let mut slot = slot_of(gram);
        while self.slots[slot].count != 0 {
            let Slot { gram: known, first, count } = self.slots[slot];
            if known == gram {
                let places = &self.places[usize::from(first)..usize::from(first) + usize::from(count)];
                return places.iter().any(|(literal, offset)| {
                    self.literals[usize::from(*literal)].may_be_at(block, at, usize::from(*offset))
                });
            }
            slot = (slot + 1) % self.slots.len();
        }
        false
    }
}

fn gram(bytes: &[u8]) -> u32 {
    bytes.first_chunk().map_or(0, |four| u32::from_le_bytes(*four))
}

fn bit_of(gram: u32) -> usize {
    (gram.wrapping_mul(0x9E37_79B1) >> (32 - BITS)) as usize
}

fn slot_of(gram: u32) -> usize {
    (gram.wrapping_mul(0x85EB_CA6B) >> (32 - SLOT_BITS)) as usize
}

/// Literals that are too short or too common, with what their rules' expressions let follow or precede them.
fn lengthened(find: &str) -> Vec<Vec<u8>> {
    let find = find.as_bytes();
    let with = |before: &[u8], after: &[u8]| [before, find, after].concat();
    let ends = |ends: &[&[u8]]| ends.iter().map(|after| with(b"", after)).collect();
    let numbers = || (b'0'..=b'9').map(|digit| with(&[digit], b"")).collect();
    match find {
        b") " => {
            let front = b"\n \tm0123456789".iter();
            front.flat_map(|first| (b'0'..=b'9').map(|digit| with(&[*first, digit], b""))).collect()
        }
        // After a number and a bracket, which are found.
        b"::test" => Vec::new(),
        b".tf" => ends(&[b"\n", b"\r", b" ", b"\x1b", b"vars"]),
        b"-->" => ends(&[b" "]),
        b"rror" => [&b"e"[..], b"E"]
            .iter()
            .flat_map(|first| [&b":"[..], b" ", b"\x1b"].map(|last| with(first, last)))
            .collect(),
        b"ERROR" => ends(&[b":", b" ", b"\x1b"]),
        b"error" => ends(&[b" ", b"\t", b"\x1b"]),
        b"Error" => ends(&[b":", b" ", b"\n", b"\r", b"\x1b"]),
        b"failed" => ends(&[b":", b".", b" ", b"\n", b"\r", b"\x1b"]),
        b"alpha" | b"beta" => numbers(),
        // File and place have colours of their own.
        [b'.', name @ .., b':'] => vec![find.to_vec(), [b".", name, b"\x1b"].concat()],
        _ if find.len() < 4 && find[0].is_ascii() => (b'0'..=b'9').map(|digit| with(b"", &[digit])).collect(),
        _ => vec![find.to_vec()],
    }
}

impl Literal {
    /// Whether the block holds it with byte `offset` at `at`, but for what a terminal takes away before or after its window.
    fn may_be_at(&self, block: &[u8], at: usize, offset: usize) -> bool {
        let Some(start) = (at + self.window.start).checked_sub(offset) else { return false };
        let (front, rest) = self.bytes.split_at(self.window.start);
        let (window, back) = rest.split_at(self.window.len());
        let Some(after) = block[start..].strip_prefix(window) else { return false };
        let split = back.iter().zip(after.iter().chain([&b'\n'])).find(|(want, is)| want != is);
        if split.is_some_and(|(_, is)| !matches!(is, 0x1b | 0x08 | b'\r')) {
            return false;
        }
        let before = block[..start].iter().rev();
        let split = front.iter().rev().zip(before).find(|(want, is)| want != is);
        split.is_none_or(|(_, is)| matches!(is, b'm' | b'K' | b'G' | b'J' | b'H' | b'\\' | 0x07 | 0x08))
    }
}

/// Four to six bytes of a literal, within which no tool changes colours, and whose grams are rare in ordinary output.
///
/// They are within one word; of prose in small letters also within two.
fn window(literal: &[u8], ordinary: &BTreeSet<u32>) -> std::ops::Range<usize> {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let cost = |range: &std::ops::Range<usize>| {
        let window = &literal[range.clone()];
        let lower = window.iter().filter(|byte| byte.is_ascii_lowercase()).count();
        (window.windows(4).filter(|four| ordinary.contains(&gram(four))).count(), lower)
    };
    let sixes = (0..literal.len().saturating_sub(5)).map(|at| at..at + 6);
    let in_word = sixes.clone().filter(|range| literal[range.clone()].iter().all(is_word)).min_by_key(cost);
    let prose = |range: &std::ops::Range<usize>| {
        let window = &literal[range.clone()];
        // The first words of a line and words of judgement are what tools colour.
        let coloured = literal[..range.start].iter().all(is_word) || literal.contains(&b':') && literal.len() < 12;
        window.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b' ') && !coloured
    };
    let better = |best: &std::ops::Range<usize>| cost(best).0 > 0;
    if in_word.as_ref().is_none_or(better)
        && let Some(range) = sixes.clone().filter(prose).chain(in_word.clone()).min_by_key(cost)
    {
        return range;
    }
    // Made by `lengthened`, for every way to go on.
    if literal.len() == 6 && literal[..5].eq_ignore_ascii_case(b"error") && literal[5] != b'[' {
        return 0..literal.len();
    }
    in_word.unwrap_or_else(|| {
        let words = literal.split(|byte| !is_word(byte));
        let longest = words.max_by_key(|word| word.len()).filter(|word| word.len() >= 4);
        let at = longest.and_then(|word| memchr::memmem::find(literal, word));
        match (longest, at) {
            (Some(word), Some(at)) => at..at + word.len(),
            // Nothing but punctuation and short words.
            _ => sixes.min_by_key(cost).unwrap_or(0..literal.len()),
        }
    })
}
