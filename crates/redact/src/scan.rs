//! One line: one pass for keywords, then the few rules that a keyword calls.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::encoded::{self, Budget};
use crate::special::SPECIALS;
use crate::{assign, providers, shapes};

/// What is to go: bytes of the line, and the rule that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub start: usize,
    pub end: usize,
    pub rule: &'static str,
}

/// Finds everything in one line (or one decoded text). Spans are in order and do not overlap.
pub(crate) fn scan(line: &str, depth: u8, budget: &mut Budget) -> Vec<Span> {
    let mut look =
        Look { line, spans: Vec::new(), done: 0, dummy: 0, seen: [0; SPECIALS.len()], markers: markers(line) };
    if let Some(keywords) = keywords() {
        for hit in keywords.find_overlapping_iter(line) {
            look.at(hit.pattern().as_usize(), hit.start());
        }
    }
    let mut spans = look.spans;
    merge(&mut spans);
    encoded::scan(line, depth, budget, &mut spans);
    merge(&mut spans);
    spans
}

/// One line being looked at.
struct Look<'a> {
    line: &'a str,
    spans: Vec<Span>,
    /// End of the last span: what lies before it is taken already. Keeps the time linear.
    done: usize,
    /// End of the last token that is nobody's.
    dummy: usize,
    /// How far each special has looked: what it reads to its end is not read again.
    seen: [usize; SPECIALS.len()],
    markers: Vec<(usize, usize)>,
}

impl Look<'_> {
    /// Asks the rule behind the `index`-th keyword.
    fn at(&mut self, index: usize, at: usize) {
        if at < self.done || self.markers.iter().any(|(start, end)| *start <= at && at < *end) {
            return;
        }
        if let Some(shape) = providers::shape(index) {
            match Some(at).filter(|at| *at >= self.dummy).and_then(|at| shapes::find(index, shape, self.line, at)) {
                Some(found) if found.dummy => self.dummy = found.end,
                Some(found) => self.add(found.start, found.end, shape.rule),
                None => {}
            }
            return;
        }
        let index = index - providers::COUNT;
        let Some(special) = SPECIALS.get(index) else {
            if let Some((start, end, rule)) = assign::at(self.line, index - SPECIALS.len(), at) {
                self.add(start, end, rule);
            }
            return;
        };
        if at >= self.seen[index] {
            let mut found = Vec::new();
            self.seen[index] = (special.look)(self.line, at, &mut |start, end, rule| found.push((start, end, rule)));
            found.into_iter().for_each(|(start, end, rule)| self.add(start, end, rule));
        }
    }

    fn add(&mut self, start: usize, end: usize, rule: &'static str) {
        if start < end {
            self.spans.push(Span { start, end, rule });
            self.done = self.done.max(end);
        }
    }
}

/// Our own markers in the line: nothing begins inside one.
fn markers(line: &str) -> Vec<(usize, usize)> {
    let close =
        |start: usize| line[start..].bytes().take(80).position(|b| b == b']').map_or(start, |end| start + end + 1);
    memchr::memmem::find_iter(line.as_bytes(), b"[redacted:").map(|start| (start, close(start))).collect()
}

/// Sorts spans and joins those that overlap; the one that begins first names the rule.
pub(crate) fn merge(spans: &mut Vec<Span>) {
    spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    spans.dedup_by(|next, kept| {
        let overlaps = next.start < kept.end;
        if overlaps {
            kept.end = kept.end.max(next.end);
        }
        overlaps
    });
}

/// All keywords, in one automaton, built once. `None` never happens with keywords as short as ours.
fn keywords() -> Option<&'static AhoCorasick> {
    static BUILT: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    BUILT
        .get_or_init(|| {
            let shapes = providers::shapes().map(|shape| shape.keyword);
            let specials = SPECIALS.iter().map(|special| special.keyword);
            AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .match_kind(MatchKind::Standard)
                .kind(Some(AhoCorasickKind::ContiguousNFA))
                .build(shapes.chain(specials).chain(assign::words()))
                .ok()
        })
        .as_ref()
}
