//! One line: one pass for keywords, then the few rules that a keyword calls.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::encoded::{self, Budget};
use crate::special::{SPECIALS, Special};
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
    let mut spans = Vec::new();
    if let Some(keywords) = keywords() {
        for hit in keywords.find_overlapping_iter(line) {
            look(line, hit.pattern().as_usize(), hit.start(), &mut spans);
        }
    }
    merge(&mut spans);
    encoded::scan(line, depth, budget, &mut spans);
    merge(&mut spans);
    spans
}

/// Asks the rule behind the `index`-th keyword.
fn look(line: &str, index: usize, at: usize, spans: &mut Vec<Span>) {
    let mut add = |found: Option<(usize, usize, &'static str)>| {
        if let Some((start, end, rule)) = found.filter(|(start, end, _)| start < end) {
            spans.push(Span { start, end, rule });
        }
    };
    if let Some(shape) = providers::shape(index) {
        return add(shapes::find(index, shape, line, at).map(|(start, end)| (start, end, shape.rule)));
    }
    match SPECIALS.get(index - providers::COUNT) {
        Some(Special { look, .. }) => look(line, at, &mut |start, end, rule| add(Some((start, end, rule)))),
        None => add(assign::at(line, index - providers::COUNT - SPECIALS.len(), at)),
    }
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
