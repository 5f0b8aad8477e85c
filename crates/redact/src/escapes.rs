//! `\u0067hp_…`, `password\x3d…`: text whose characters are written as escapes, read as what it means.

use crate::encoded::Budget;
use crate::scan::{self, Span};

/// Adds what the line holds once its escapes are read, at the places where it is written.
pub(crate) fn scan(line: &str, budget: &mut Budget, spans: &mut Vec<Span>) {
    let Some((text, places)) = unescape(line) else { return };
    let place = |at: usize| places.get(at).copied().unwrap_or(line.len());
    let found = scan::scan(&text, 0, budget);
    spans.extend(found.into_iter().map(|span| Span { start: place(span.start), end: place(span.end), ..span }));
}

/// The line with its escapes read, and for each of its bytes the place where it is written; nothing if there are none.
fn unescape(line: &str) -> Option<(String, Vec<usize>)> {
    let bytes = line.as_bytes();
    let first = memchr::memchr_iter(b'\\', bytes).find(|at| escape(&bytes[*at..]).is_some())?;
    let mut text = String::with_capacity(line.len());
    text.push_str(&line[..first]);
    let mut places: Vec<usize> = (0..first).collect();
    let mut at = first;
    while let Some(next) = line[at..].chars().next() {
        let (c, length) = escape(&bytes[at..]).unwrap_or((next, next.len_utf8()));
        text.push(c);
        // Bytes of one character share its beginning, so that no span ends inside it.
        places.resize(text.len(), at);
        at += length;
    }
    Some((text, places))
}

/// The printable ASCII character that `\u00hh` or `\xhh` stands for, and the length of the escape.
fn escape(bytes: &[u8]) -> Option<(char, usize)> {
    let digits = match bytes {
        [b'\\', b'x', digits @ ..] => digits.get(..2)?,
        [b'\\', b'u', b'0', b'0', digits @ ..] => digits.get(..2)?,
        _ => return None,
    };
    let code = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    let length = if bytes[1] == b'x' { 4 } else { 6 };
    (b' '..=b'~').contains(&code).then_some((char::from(code), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read_and_keep_their_places() {
        let (text, places) = unescape(r"é\u003d\x41").unwrap_or_default();
        assert_eq!((text.as_str(), places), ("é=A", vec![0, 1, 2, 8]));
        for plain in [r"\x1b[31m", r"\u00e9", r"C:\users\x", r"\u00", r"\x+1", ""] {
            assert_eq!(unescape(plain), None, "{plain}");
        }
    }
}
