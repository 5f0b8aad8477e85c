//! Where a log's structure is: the lines that may begin or end a step, found without looking at the others.
//!
//! Every event that shapes steps is told by one of [`WORDS`], and `clean` only takes bytes away, in front, behind, and where a
//! terminal's sequences stand. So a line holds such a word in one piece, or it is no mark: [`in_one_piece`] makes the
//! reading of every line keep to the same rule, which costs nothing, because nobody changes colours within a mark.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::clean::{Clean, clean};
use crate::lines::{Line, first_line};
use crate::reading::text;
use crate::steps::{Event, event, is_secondary};

/// What stands in every line whose event shapes steps (`steps::event`, `clean::MARKS`).
const WORDS: &[&str] = &[
    "##[",
    "::group::",
    "::endgroup::",
    "::error",
    "Post job cleanup.",
    "Cleaning up ",
    "Uploading artifacts for failed job",
    "[Pipeline] ",
    "exited with ",
    "Process completed with exit code",
    "The process '/usr/bin/bash' failed",
    "ERROR: Job failed: exit",
    "ERROR: script returned exit code",
    "Build step '",
    "travis_fold:start:",
    "travis_time:start:",
    "section_start:",
];

/// Whether the event begins a step, ends its header, or says how it went.
pub fn shapes_steps(event: &Event<'_>) -> bool {
    match event {
        Event::Run(_) | Event::Step(_) | Event::Cleanup | Event::HeaderEnd => true,
        Event::Failed | Event::FailedBecause | Event::Passed => true,
        Event::Text | Event::Command(_) | Event::Boilerplate => false,
    }
}

/// The event of a line, which is only text if its mark is not in one piece.
pub fn event_of<'a>(raw: &[u8], cleaned: &'a Clean<'_>, in_header: bool) -> Event<'a> {
    let what = event(cleaned, in_header);
    // Nothing was taken from the middle of a borrowed text.
    let whole = matches!(cleaned.text, std::borrow::Cow::Borrowed(_)) || !shapes_steps(&what) || in_one_piece(raw);
    if whole { what } else { Event::Text }
}

fn in_one_piece(raw: &[u8]) -> bool {
    WORDS.iter().any(|word| memchr::memmem::find(raw, word.as_bytes()).is_some())
}

/// Finds marks.
pub struct Marks(AhoCorasick);

impl Marks {
    /// Builds the searcher; `None` only if the words exceed its limits, which a test excludes.
    pub fn new() -> Option<Self> {
        let searcher = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostFirst)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(WORDS);
        searcher.ok().map(Self)
    }

    /// The first line of `bytes` from `from` on, where a line begins, that may be a mark: where it begins, and the line.
    pub fn next<'a>(&self, bytes: &'a [u8], from: usize) -> Option<(usize, Line<'a>)> {
        let found = from + self.0.find(&bytes[from..])?.start();
        let start = memchr::memrchr(b'\n', &bytes[from..found]).map_or(from, |feed| from + feed + 1);
        Some((start, first_line(&bytes[start..], 0)))
    }

    /// Where the first step begins whose mark is one in any state of a reading. `None` also where job and step columns
    /// are.
    pub fn first_step(&self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while let Some((start, line)) = self.next(bytes, at) {
            let cleaned = clean(line.text);
            if cleaned.columns.is_some() {
                return None;
            }
            if let Event::Run(_) | Event::Step(_) = event_of(line.text, &cleaned, true) {
                return Some(start);
            }
            at = start + usize::try_from(line.size_bytes).unwrap_or(usize::MAX);
        }
        None
    }

    /// Where the last step begins that failed of itself, if these bytes begin with a step.
    pub fn last_failed(&self, bytes: &[u8]) -> Option<usize> {
        let (mut at, mut in_header, mut step, mut last) = (0, false, Step::default(), None);
        while let Some((start, line)) = self.next(bytes, at) {
            let cleaned = clean(line.text);
            let what = event_of(line.text, &cleaned, in_header);
            let follows = match what {
                Event::Run(name) | Event::Step(name) => Some(is_secondary(&text(name))),
                Event::Cleanup => Some(true),
                _ => None,
            };
            if let Some(follows) = follows {
                last = step.failed_of_itself().or(last);
                step = Step { start, follows, failed: false };
            }
            match what {
                Event::Run(_) => in_header = true,
                Event::Step(_) | Event::Cleanup | Event::HeaderEnd => in_header = false,
                Event::Failed | Event::FailedBecause => step.failed = true,
                Event::Passed => step.failed = false,
                Event::Text | Event::Command(_) | Event::Boilerplate => {}
            }
            at = start + usize::try_from(line.size_bytes).unwrap_or(usize::MAX);
        }
        step.failed_of_itself().or(last)
    }
}

/// A step as far as its marks tell.
#[derive(Default)]
struct Step {
    start: usize,
    /// It cleans up, or runs after a failure and may fail because of it.
    follows: bool,
    failed: bool,
}

impl Step {
    fn failed_of_itself(&self) -> Option<usize> {
        (self.failed && !self.follows).then_some(self.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_is_found_and_none_is_in_two_colours() {
        let marks = Marks::new().unwrap();
        for line in [
            "2026-01-01T00:00:00.0000000Z ##[group]Run cargo test",
            "::group::Run x",
            "::error file=a::b",
            "##[section]Starting: Build",
            "\u{1b}[31mERROR: Job failed: exit code 1\u{1b}[0m",
            "Bash exited with code '1'.",
            "The command \"npm test\" exited with 1.",
            "Build step 'Execute shell' marked build as failure",
            "[Pipeline] // stage",
        ] {
            let log = format!("some output\n{line}\nmore\n");
            assert_eq!(marks.next(log.as_bytes(), 0).unwrap().0, 12, "{line}");
            assert!(shapes_steps(&event_of(line.as_bytes(), &clean(line.as_bytes()), false)), "{line}");
        }
        let split = "##\u{1b}[0m[error]x".as_bytes();
        assert_eq!(event_of(split, &clean(split), false), Event::Text);
        assert!(marks.next(split, 0).is_none());
    }
}
