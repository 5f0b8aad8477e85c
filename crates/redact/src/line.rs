//! Lines in order: blocks that span several, then each line by itself.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;

use crate::declared::Declared;
use crate::encoded::Budget;
use crate::scan::{self, Span, merge};
use crate::{Counts, aws, escapes, kubernetes, pem};

/// How often one line is looked at again after something was taken out of it.
const ROUNDS: usize = 6;

/// A line with its end, and where its own text begins after a time stamp.
#[derive(Debug)]
pub(crate) struct Line<'a> {
    text: &'a str,
    body: usize,
}

impl<'a> Line<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, body: stamp(text) }
    }
}

/// Length of what a CI puts before each line: `job\tstep\t` and an RFC 3339 time.
fn stamp(text: &str) -> usize {
    let bytes = text.as_bytes();
    let start = match memchr::memrchr(b'\t', &bytes[..bytes.len().min(200)]) {
        Some(tab) if bytes.get(tab + 1).is_some_and(u8::is_ascii_digit) => tab + 1,
        _ => 0,
    };
    let time = &bytes[start..];
    let dated = time.len() > 20
        && time[4] == b'-'
        && time[7] == b'-'
        && time[10] == b'T'
        && time[..4].iter().all(u8::is_ascii_digit);
    let end = time.iter().take(40).position(|b| *b == b' ').filter(|end| dated && time[end - 1] == b'Z');
    end.map_or(0, |end| start + end + 1)
}

/// A line that waits, with what is known to go.
#[derive(Debug)]
struct Held {
    text: String,
    body: usize,
    spans: Vec<Span>,
}

/// A line that is done but for an AWS secret that only a later line tells.
#[derive(Debug)]
struct Late {
    text: String,
    end: String,
    waits: bool,
}

/// What is remembered between lines.
#[derive(Debug)]
pub(crate) struct Memory {
    known: Arc<[String]>,
    counts: Counts,
    budget: Budget,
    block: pem::Block,
    manifest: kubernetes::Manifest,
    /// Lines that may belong to a key.
    keys: Vec<Held>,
    /// Lines that may belong to a Secret.
    manifests: Vec<Held>,
    declared: Declared,
    /// Lines since an AWS key id.
    since_key_id: u32,
    /// The last lines, if one of them may hold an AWS secret.
    late: VecDeque<Late>,
}

impl Memory {
    pub fn new(known: Arc<[String]>) -> Self {
        Self {
            known,
            counts: Counts::new(),
            budget: Budget::default(),
            block: pem::Block::default(),
            manifest: kubernetes::Manifest::default(),
            keys: Vec::new(),
            manifests: Vec::new(),
            declared: Declared::default(),
            since_key_id: u32::MAX,
            late: VecDeque::new(),
        }
    }

    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Takes the next line; writes what is decided.
    pub fn line(&mut self, line: &Line<'_>, out: &mut String) {
        let verdict = self.block.line(&line.text[line.body..]);
        if verdict == pem::Verdict::No && self.keys.is_empty() {
            return self.in_manifest(line.text, line.body, &[], out);
        }
        let held = Held { text: line.text.to_owned(), body: line.body, spans: Vec::new() };
        match verdict {
            pem::Verdict::Hold => {
                if !self.block.holds() || matches!(self.block, pem::Block::Headless(1)) {
                    self.release_keys(false, out);
                }
                self.keys.push(held);
            }
            pem::Verdict::Yes => {
                self.keys.push(held);
                self.release_keys(true, out);
            }
            pem::Verdict::No => {
                self.release_keys(false, out);
                self.in_manifest(line.text, line.body, &[], out);
            }
        }
    }

    /// Ends the text.
    pub fn finish(&mut self, out: &mut String) -> Counts {
        self.release_keys(false, out);
        self.release_manifest(false, out);
        while !self.late.is_empty() {
            self.release_late(out);
        }
        std::mem::take(&mut self.counts)
    }

    fn release_keys(&mut self, secret: bool, out: &mut String) {
        for held in std::mem::take(&mut self.keys) {
            let body = &held.text[held.body..];
            let (start, end) = pem::secret_part(body);
            let (start, end) = (start + held.body, end + held.body);
            let spans: &[Span] = if secret && start < end { &[Span { start, end, rule: "private_key" }] } else { &[] };
            self.in_manifest(&held.text, held.body, spans, out);
        }
    }

    /// The second stage: Kubernetes Secrets.
    fn in_manifest(&mut self, text: &str, body: usize, spans: &[Span], out: &mut String) {
        use kubernetes::Verdict;
        let value = || {
            kubernetes::value(&text[body..]).map(|(start, end)| Span {
                start: start + body,
                end: end + body,
                rule: "kubernetes_secret",
            })
        };
        match self.manifest.line(&text[body..]) {
            Verdict::No => self.write(text, spans, out),
            Verdict::Value => {
                let mut spans = spans.to_vec();
                spans.extend(value());
                self.write(text, &spans, out);
            }
            Verdict::Hold => {
                if self.manifests.is_empty() || !matches!(self.manifest, kubernetes::Manifest::Unknown(_, 1, _)) {
                    self.manifests.push(Held { text: text.to_owned(), body, spans: spans.to_vec() });
                } else {
                    self.release_manifest(false, out);
                    self.manifests.push(Held { text: text.to_owned(), body, spans: spans.to_vec() });
                }
            }
            verdict @ (Verdict::WasSecret | Verdict::WasOther) => {
                self.release_manifest(verdict == Verdict::WasSecret, out);
                self.write(text, spans, out);
            }
        }
    }

    fn release_manifest(&mut self, secret: bool, out: &mut String) {
        let held = std::mem::take(&mut self.manifests);
        let mut manifest = if secret {
            kubernetes::Manifest::secret_at(held.first().map_or("", |held| &held.text[held.body..]))
        } else {
            kubernetes::Manifest::default()
        };
        for held in held {
            let mut spans = held.spans;
            if secret && manifest.line(&held.text[held.body..]) == kubernetes::Verdict::Value {
                let found = kubernetes::value(&held.text[held.body..]);
                spans.extend(found.map(|(start, end)| Span {
                    start: start + held.body,
                    end: end + held.body,
                    rule: "kubernetes_secret",
                }));
            }
            self.write(&held.text, &spans, out);
        }
    }

    /// The last stage: the line by itself, until nothing more is found in it (a marker may lay bare what it stood beside).
    fn write(&mut self, line: &str, spans: &[Span], out: &mut String) {
        let text = line.trim_end_matches(['\n', '\r']);
        let end = &line[text.len()..];
        let mut found = self.scan(text);
        if self.near_key_id(&found) {
            found.extend(aws::candidates(text));
        }
        let body = stamp(text);
        let declared = self.declared.line(&text[body..]);
        found.extend(declared.map(|span| Span { start: span.start + body, end: span.end + body, ..span }));
        for value in self.known.iter() {
            let places = text.match_indices(value.as_str());
            found.extend(places.map(|(start, _)| Span { start, end: start + value.len(), rule: "known_value" }));
        }
        found.extend_from_slice(spans);
        let mut done = String::new();
        let text = if found.is_empty() {
            text
        } else {
            self.settle(text, found, &mut done);
            &done
        };
        self.emit(text, end, out);
    }

    /// Takes out what was found, and what that lays bare.
    fn settle(&mut self, text: &str, mut found: Vec<Span>, out: &mut String) {
        let mut text = Cow::Borrowed(text);
        for _ in 0..ROUNDS {
            merge(&mut found);
            found.retain(|span| !is_marker(&text[span.start..span.end]));
            if found.is_empty() {
                break;
            }
            text = Cow::Owned(self.replace(&text, &found));
            found = self.scan(&text);
        }
        out.push_str(&text);
    }

    fn scan(&mut self, text: &str) -> Vec<Span> {
        let mut found = scan::scan(text, 0, &mut self.budget);
        escapes::scan(text, &mut self.budget, &mut found);
        kubernetes::one_line(text, |start, end| found.push(Span { start, end, rule: "kubernetes_secret" }));
        found
    }

    fn replace(&mut self, text: &str, found: &[Span]) -> String {
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for span in found {
            out.push_str(&text[at..span.start]);
            out.push_str("[redacted:");
            out.push_str(span.rule);
            out.push(']');
            *self.counts.entry(span.rule).or_default() += 1;
            at = span.end;
        }
        out.push_str(&text[at..]);
        out
    }

    /// Whether an AWS key id stands on this line or a few before it.
    fn near_key_id(&mut self, found: &[Span]) -> bool {
        let here = found.iter().any(|span| span.rule == "aws_access_key_id");
        self.since_key_id = if here { 0 } else { self.since_key_id.saturating_add(1) };
        self.since_key_id <= aws::NEAR
    }

    /// The line is done, unless a key id within the next lines would say that something in it is a secret.
    fn emit(&mut self, text: &str, end: &str, out: &mut String) {
        let waits = self.since_key_id > aws::NEAR && aws::candidates(text).next().is_some();
        if self.since_key_id == 0 {
            for late in std::mem::take(&mut self.late) {
                self.settle(&late.text, aws::candidates(&late.text).collect(), out);
                out.push_str(&late.end);
            }
        }
        if self.late.is_empty() && !waits {
            out.push_str(text);
            out.push_str(end);
            return;
        }
        self.late.push_back(Late { text: text.to_owned(), end: end.to_owned(), waits });
        let over =
            |late: &VecDeque<Late>| late.len() > aws::NEAR as usize || late.front().is_some_and(|late| !late.waits);
        while over(&self.late) {
            self.release_late(out);
        }
    }

    fn release_late(&mut self, out: &mut String) {
        if let Some(late) = self.late.pop_front() {
            out.push_str(&late.text);
            out.push_str(&late.end);
        }
    }
}

/// A marker of ours, which is not marked again.
fn is_marker(text: &str) -> bool {
    text.starts_with("[redacted:") && text.ends_with(']')
}
