//! Tokens with no keyword in them: known by the length and the pattern of a whole run of token characters.

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

use crate::scan::Span;
use crate::value::bits;

/// No row's run is shorter, or has fewer digits.
const SHORTEST: usize = 34;
const DIGITS: usize = 3;

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
        let run = &bytes[start..if row.2.ends_with('$') { end } else { wide }];
        // Forty characters of one case and no digit are a name.
        let has_digits = |run: &[u8]| run.iter().filter(|b| b.is_ascii_digit()).count() >= DIGITS;
        // An expression is compiled when one may match.
        if run.len() < SHORTEST || !has_digits(run) {
            return None;
        }
        let found = regex(index, row.2)?.find(run)?;
        (bits(found.as_bytes()) >= 3.4 && has_digits(found.as_bytes())).then_some(Span {
            start,
            end: start + found.end(),
            rule: row.0,
        })
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

    #[test]
    fn the_shortest_of_every_sort_is_found() {
        let random = "a7Kq2mZx9BtR4cWn8LpY3vHs6DfJ5gQe1UiXo0ETwMyGbNkVrCzSjAhPdFlIu4";
        let of = |length: usize, keep: fn(&char) -> bool| {
            random.chars().cycle().filter(keep).take(length).collect::<String>()
        };
        let any = |length: usize| of(length, |_| true);
        let shortest = [
            format!("M{}.{}.{}", any(22), any(6), any(27)),
            format!("1-{}", any(64)),
            format!("2{}_{}", any(26), any(21)),
            format!("00{}", any(40)),
            format!("6L{}", any(38)),
            format!("SK{}", of(32, |c| c.is_ascii_digit() || ('a'..='f').contains(c))),
            format!("YC{}", any(38)),
            format!("b_{}", any(44)),
            format!("BBFF-{}", any(30)),
            format!("NF-{}", of(32, |c| c.is_ascii_digit() || c.is_ascii_uppercase())),
        ];
        for ((rule, _, _), run) in RUNS.iter().zip(&shortest) {
            let end = run.find('.').unwrap_or(run.len());
            assert_eq!(find(run, 0, end).map(|span| (span.rule, span.end)), Some((*rule, run.len())), "{run}");
        }
        assert_eq!(shortest.iter().map(String::len).min(), Some(SHORTEST));
    }
}
