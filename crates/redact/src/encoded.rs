//! Long runs of token characters: tokens of their own, or secrets that were encoded: base64 (twice), hex, percent. What decodes to
//! a secret goes as it stands.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::scan::{self, Span};
use crate::{runs, vendors, words};

/// Shortest run that is looked at, in bytes.
const SHORTEST: usize = 16;
/// Shortest run that is decoded, in bytes.
const ENCODED: usize = 24;
/// How many times something may be encoded.
const DEPTH: u8 = 2;
/// What may be decoded of one text, in bytes.
const BUDGET: usize = 1024 * 1024;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// What is left to decode.
#[derive(Debug)]
pub(crate) struct Budget(usize);

impl Default for Budget {
    fn default() -> Self {
        Self(BUDGET)
    }
}

/// Adds the encoded tokens of the line that hold a secret and are not taken already.
pub(crate) fn scan(line: &str, depth: u8, budget: &mut Budget, spans: &mut Vec<Span>) {
    if line.len() < SHORTEST {
        return;
    }
    let taken = spans.len();
    for (start, end) in long_runs(line.as_bytes()) {
        if spans[..taken].iter().any(|span| span.start < end && start < span.end) {
            continue;
        }
        if let Some(span) = runs::find(line, start, end) {
            spans.push(span);
        } else if let Some((start, end, rule)) = vendors::find(line, start, end) {
            spans.push(Span { start, end, rule });
        } else if end - start >= ENCODED
            && let Some(rule) = hidden(&line[start..end], depth, budget)
        {
            spans.push(Span { start, end, rule });
        }
    }
}

/// The rule that matches inside the decoded token.
fn hidden(token: &str, depth: u8, budget: &mut Budget) -> Option<&'static str> {
    if depth >= DEPTH || budget.0 < token.len() {
        return None;
    }
    let bytes = token.as_bytes();
    let decoded = if bytes.contains(&b'%') {
        percent(bytes)
    } else if bytes.len().is_multiple_of(2) && bytes.iter().all(u8::is_ascii_hexdigit) {
        hex(bytes)
    } else if bytes.iter().any(|b| b"-_".contains(b)) {
        URL_SAFE.decode(token.trim_end_matches('=')).ok()
    } else {
        STANDARD.decode(token.trim_end_matches('=')).ok()
    }?;
    budget.0 -= token.len();
    let text = String::from_utf8(decoded).ok()?;
    let printable = text.chars().filter(|c| !c.is_control() || c.is_ascii_whitespace()).count();
    if printable < text.chars().count() {
        return None;
    }
    scan::scan(&text, depth + 1, budget).first().map(|span| span.rule)
}

/// Letters, digits and `+/_-%`.
const TOKEN: [bool; 256] = words::bytes(b"+/_-%", true);

/// Runs of base64 (or percent-encoded) characters that are long enough. Skips ahead where none can be.
fn long_runs(bytes: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    let inside = |b: u8| TOKEN[usize::from(b)];
    let mut at = 0;
    std::iter::from_fn(move || {
        while at + SHORTEST <= bytes.len() {
            // The last byte of the window that is no part of a run: no run can begin before it.
            match bytes[at..at + SHORTEST].iter().rposition(|b| !inside(*b)) {
                Some(gap) => at += gap + 1,
                None => {
                    let body = bytes[at..].iter().take_while(|b| inside(**b)).count();
                    let padding = bytes[at + body..].iter().take(2).take_while(|b| **b == b'=').count();
                    let run = (at, at + body + padding);
                    at = run.1;
                    return Some(run);
                }
            }
        }
        None
    })
}

fn hex(bytes: &[u8]) -> Option<Vec<u8>> {
    let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    bytes.chunks_exact(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

fn percent(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'%' {
            out.extend(hex(bytes.get(at + 1..at + 3)?)?);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    Some(out)
}
