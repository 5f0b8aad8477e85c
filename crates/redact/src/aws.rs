//! AWS secrets have no shape but forty characters of base64: a key id within three lines says what they are.

use crate::scan::Span;
use crate::value::bits;
use crate::words;

/// Length of a secret, in bytes.
const LENGTH: usize = 40;

/// How many lines away a key id may stand.
pub(crate) const NEAR: u32 = 3;

/// Letters, digits, `+` and `/`.
const INSIDE: [bool; 256] = words::bytes(b"+/", true);

/// What is a secret if a key id is near.
pub(crate) fn candidates(text: &str) -> impl Iterator<Item = Span> {
    let bytes = text.as_bytes();
    let inside = |b: &u8| INSIDE[usize::from(*b)];
    let mut at = 0;
    std::iter::from_fn(move || {
        while at + LENGTH <= bytes.len() {
            // The last byte of the window that is no part of a run: no run can begin before it.
            if let Some(gap) = bytes[at..at + LENGTH].iter().rposition(|b| !inside(b)) {
                at += gap + 1;
                continue;
            }
            let start = at;
            at += bytes[at..].iter().take_while(|b| inside(b)).count();
            let token = &bytes[start..at];
            let cases = token.iter().any(u8::is_ascii_lowercase) && token.iter().any(u8::is_ascii_uppercase);
            if token.len() == LENGTH && cases && bits(token) > 4.0 {
                return Some(Span { start, end: at, rule: "aws_secret_access_key" });
            }
        }
        None
    })
}
