//! Tokens with no keyword in them: known by the length and the pattern of a whole run of token characters.

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

use crate::scan::Span;
use crate::value::bits;

/// One row: rule, first characters that are worth a look, pattern of the run (ASCII).
type Row = (&'static str, &'static [u8], &'static str);

#[rustfmt::skip]
const RUNS: &[Row] = &[
    // The first part is the bot's numeric id in base64.
    ("discord_token", b"MNO", r"[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}"),
    ("truenas_key", b"123456789", r"[0-9]{1,3}-[A-Za-z0-9]{64}$"),
    ("ngrok_token", b"123456789", r"[0-9][A-Za-z0-9]{26}_[A-Za-z0-9]{21}$"),
    ("okta_token", b"0", r"00[A-Za-z0-9_-]{40}$"),
    ("recaptcha_key", b"6", r"6L[0-9A-Za-z_-]{38}$"),
    ("twilio_key", b"S", r"SK[0-9a-f]{32}$"),
    ("yandex_key", b"Y", r"YC[A-Za-z0-9_-]{38}$"),
    ("beamer_key", b"b", r"b_[A-Za-z0-9_-]{44}$"),
    ("ubidots_token", b"B", r"BBFF-[A-Za-z0-9]{30}$"),
    ("nightfall_key", b"N", r"NF-[A-Z0-9]{32}$"),
];

/// The token that the run at `start..end` is, if any.
pub(crate) fn find(line: &str, start: usize, end: usize) -> Option<Span> {
    let bytes = line.as_bytes();
    let first = bytes[start];
    if !RUNS.iter().any(|row| row.1.contains(&first)) {
        return None;
    }
    let wide = start
        + bytes[start..bytes.len().min(start + 128)]
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric() || b"_-.".contains(b))
            .count();
    RUNS.iter().enumerate().filter(|(_, row)| row.1.contains(&first)).find_map(|(index, row)| {
        let end = if row.2.ends_with('$') { end } else { wide };
        let found = regex(index, row.2)?.find(&bytes[start..end])?;
        // Forty characters of one case and no digit are a name.
        let random =
            bits(found.as_bytes()) >= 3.4 && found.as_bytes().iter().filter(|b| b.is_ascii_digit()).count() >= 3;
        random.then_some(Span { start, end: start + found.end(), rule: row.0 })
    })
}

fn regex(index: usize, pattern: &str) -> Option<&'static Regex> {
    static COMPILED: [OnceLock<Option<Regex>>; RUNS.len()] = [const { OnceLock::new() }; RUNS.len()];
    COMPILED.get(index)?.get_or_init(|| compile(pattern)).as_ref()
}

fn compile(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(&format!("^(?:{pattern})")).unicode(false).build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        for (rule, _, pattern) in RUNS {
            assert!(compile(pattern).is_some(), "{rule}: {pattern}");
        }
    }
}
