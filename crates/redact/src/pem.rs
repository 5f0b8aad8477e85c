//! Private keys in PEM: whole blocks, blocks in one line, blocks without head or tail.

use crate::special::Found;
use crate::value::{head, holds, tail};

/// Longest block, in lines.
const LONGEST: usize = 200;
/// A line of key material is at least this long where nothing but its look speaks for it.
const BODY_LINE: usize = 60;

/// What a line is in a PEM block. Lines come without time stamp and without what stands around them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// `-----BEGIN … PRIVATE KEY-----` and no end.
    Begin,
    /// `-----END … PRIVATE KEY-----` and no begin.
    End,
    /// Base64, or a header such as `Proc-Type:`.
    Body,
    Other,
}

/// What a block says about a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Not part of a block.
    No,
    /// Perhaps: hold it until a later line says.
    Hold,
    /// Part of a block, and so is everything that was held.
    Yes,
}

/// The state between lines.
#[derive(Debug, Default)]
pub(crate) enum Block {
    #[default]
    Outside,
    /// After a begin, before any key material; so many lines.
    Begun(usize),
    /// Inside; so many lines.
    Inside(usize),
    /// Lines that look like key material without a begin; so many.
    Headless(usize),
}

impl Block {
    /// Takes the next line.
    pub fn line(&mut self, text: &str) -> Verdict {
        let part = part(text);
        let (next, verdict) = match (&self, part) {
            (_, Part::Begin) => (Self::Begun(1), Verdict::Hold),
            (Self::Begun(_), Part::Body) if bare(text).len() >= 16 && is_base64(bare(text)) => {
                (Self::Inside(1), Verdict::Yes)
            }
            (Self::Begun(n), Part::Body) if *n < 16 => (Self::Begun(n + 1), Verdict::Hold),
            (Self::Inside(n), Part::Body) if *n < LONGEST => (Self::Inside(n + 1), Verdict::Yes),
            (Self::Inside(_), Part::End) => (Self::Outside, Verdict::Yes),
            (Self::Headless(n), Part::End) if *n > 0 => (Self::Outside, Verdict::Yes),
            (Self::Headless(n), Part::Body) if *n < LONGEST && is_base64(bare(text)) => {
                (Self::Headless(n + 1), Verdict::Hold)
            }
            (Self::Outside | Self::Headless(_), Part::Body)
                if bare(text).len() >= BODY_LINE && is_base64(bare(text)) =>
            {
                (Self::Headless(1), Verdict::Hold)
            }
            _ => (Self::Outside, Verdict::No),
        };
        *self = next;
        verdict
    }

    /// Whether lines are held for it.
    pub fn holds(&self) -> bool {
        matches!(self, Self::Begun(_) | Self::Headless(_))
    }
}

/// Where the key material of a line of a block stands: the whole of a body line, the marker of a begin or end line.
pub(crate) fn secret_part(text: &str) -> (usize, usize) {
    let start = text.find("-----").unwrap_or_else(|| text.len() - text.trim_start().len());
    (start, text.trim_end_matches(['"', '\'', ',', ' ', '\r', '\n']).len().max(start))
}

fn part(text: &str) -> Part {
    if holds(text, b'-', "-----") {
        let key = text.contains("PRIVATE KEY");
        return match (text.contains("-----BEGIN"), text.contains("-----END")) {
            (true, false) if key && bare(text).ends_with("-----") => Part::Begin,
            (false, true) if key => Part::End,
            _ => Part::Other,
        };
    }
    let text = bare(text);
    let headers = ["Proc-Type:", "DEK-Info:", "Version:", "Comment:", "Hash:"];
    let header = headers.iter().any(|name| text.starts_with(name));
    if text.is_empty() || header || is_base64(text) { Part::Body } else { Part::Other }
}

/// The line without what quotes and joins it in source code: `"MIIE…\n" +`.
fn bare(text: &str) -> &str {
    let text = text.trim_matches(|c: char| c.is_ascii_whitespace() || "\"'`,;+.\\".contains(c));
    text.strip_suffix("\\n").or_else(|| text.strip_suffix("\\r\\n")).unwrap_or(text)
}

fn is_base64(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b)) && !text.is_empty()
}

/// A block in one line, its line ends written as `\n`, or cut off: from the begin to the end, or as far as it goes.
pub(crate) fn one_line(line: &str, at: usize, found: Found<'_>) -> usize {
    let before = tail(&line[..at], 40);
    let Some(begin) = before.rfind("-----BEGIN") else { return at };
    let start = at - before.len() + begin;
    let Some(dashes) = head(&line[at..], 40).find("-----") else { return at };
    let body_at = at + dashes + 5;
    let body = &line[body_at..];
    let body = &body[..body.find("-----BEGIN").unwrap_or(body.len())];
    let inside = |b: &u8| b.is_ascii_alphanumeric() || b"+/=\\ :,-_\n\r".contains(b);
    let length = body.bytes().take_while(|b| inside(b)).count();
    let end = match body.find("-----END") {
        Some(end) if end <= length => {
            let label = end + 8;
            body_at + label + head(&body[label..], 40).find("-----").map_or(0, |dashes| dashes + 5)
        }
        _ => body_at + length,
    };
    let material =
        body[..length].split(['\\', ' ', '-', '\n', '\r']).any(|run| run.trim_start_matches(['n', 'r']).len() >= 32);
    if material {
        found(start, end, "private_key");
    }
    body_at + length
}
