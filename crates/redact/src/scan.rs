//! One line: one pass for keywords, then the few rules that a keyword calls.

use crate::encoded::{self, Budget};
use crate::special::SPECIALS;
use crate::value::holds;
use crate::{assign, keywords, providers, shapes};

/// What is to go: bytes of the line, and the rule that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub start: usize,
    pub end: usize,
    pub rule: &'static str,
}

/// Begin and end.
type Place = (usize, usize);

/// Finds everything in one line (or one decoded text). Spans are in order and do not overlap.
pub(crate) fn scan(line: &str, depth: u8, budget: &mut Budget) -> Vec<Span> {
    let (token, value, seen) = ((0, 0), (0, 0), [0; SPECIALS.len()]);
    let mut look = Look { line, spans: Vec::new(), token, value, seen, markers: markers(line) };
    keywords::find(line, |index, at| look.at(index, at));
    let mut spans = look.spans;
    merge(&mut spans);
    encoded::scan(line, depth, budget, &mut spans);
    merge(&mut spans);
    spans
}

/// One line being looked at. What was read is not read again by the same kind of rule, so that the time stays linear.
struct Look<'a> {
    line: &'a str,
    spans: Vec<Span>,
    /// The last token that a shape found, or that is nobody's.
    token: Place,
    /// The last value that a name or a special found.
    value: Place,
    /// How far each special has looked.
    seen: [usize; SPECIALS.len()],
    markers: Vec<Place>,
}

impl Look<'_> {
    /// Asks the rule behind the `index`-th keyword.
    fn at(&mut self, index: usize, at: usize) {
        if self.markers.iter().any(|marker| is_inside(at, *marker)) {
            return;
        }
        if let Some(shape) = providers::shape(index) {
            if !is_inside(at, self.token)
                && let Some(found) = shapes::find(index, shape, self.line, at)
            {
                self.token = (found.start, found.end);
                if !found.dummy {
                    self.spans.push(Span { start: found.start, end: found.end, rule: shape.rule });
                }
            }
            return;
        }
        let index = index - providers::COUNT;
        let Some(special) = SPECIALS.get(index) else {
            if !is_inside(at, self.value)
                && let Some((start, end, rule)) = assign::at(self.line, index - SPECIALS.len(), at)
            {
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
            self.value = (start, end);
        }
    }
}

fn is_inside(at: usize, (start, end): Place) -> bool {
    start <= at && at < end
}

/// Our own markers in the line: nothing begins inside one.
fn markers(line: &str) -> Vec<Place> {
    if !holds(line, b'[', "[redacted:") {
        return Vec::new();
    }
    let close =
        |start: usize| line[start..].bytes().take(80).position(|b| b == b']').map_or(start, |end| start + end + 1);
    memchr::memmem::find_iter(line.as_bytes(), b"[redacted:").map(|start| (start, close(start))).collect()
}

/// Sorts spans and joins those that overlap; the rule that says most names what is joined.
pub(crate) fn merge(spans: &mut Vec<Span>) {
    spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    spans.dedup_by(|next, kept| {
        let overlaps = next.start < kept.end;
        if overlaps {
            kept.end = kept.end.max(next.end);
            if vagueness(next.rule) < vagueness(kept.rule) {
                kept.rule = next.rule;
            }
        }
        overlaps
    });
}

/// How little a rule says about what it found: a shape names its provider, a name may be anybody's.
fn vagueness(rule: &str) -> u8 {
    match rule {
        "vendor_key" => 5,
        "secret_value" => 4,
        "password" | "token" | "api_key" | "secret" => 3,
        "authorization" | "cookie" | "command_password" | "url_password" | "url_user" => 2,
        "kubernetes_secret" | "known_value" | "private_key" => 0,
        _ => 1,
    }
}
