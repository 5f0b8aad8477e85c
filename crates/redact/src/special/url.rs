//! `scheme://user:password@host`: the password goes, the user only if it is a token.

use super::Found;
use crate::value::{is_random, is_template};

/// Longest user and password that is looked for, in bytes.
const LONGEST: usize = 1024;

pub(super) fn credentials(line: &str, at: usize, found: Found<'_>) -> usize {
    authority(line, at + "://".len(), found)
}

/// The same with the slashes escaped, as some JSON writers do.
pub(super) fn escaped(line: &str, at: usize, found: Found<'_>) -> usize {
    authority(line, at + r":\/\/".len(), found)
}

fn authority(line: &str, start: usize, found: Found<'_>) -> usize {
    let bytes = line.as_bytes();
    let window = &bytes[start..bytes.len().min(start + LONGEST)];
    let window = &window[..memchr::memmem::find(window, b"://").unwrap_or(window.len())];
    let outside = |b: &u8| b.is_ascii_whitespace() || b"\"'<>`\\|".contains(b);
    let window = &window[..window.iter().position(outside).unwrap_or(window.len())];
    let authority = window.iter().position(|b| b"/?#".contains(b)).unwrap_or(window.len());
    let sign = window[..authority].iter().rposition(|b| *b == b'@').or_else(|| unescaped(window, authority));
    let Some(sign) = sign else { return start };
    // A marker of ours: somebody was here.
    if memchr::memmem::find(&window[..sign], b"[redacted:").is_some() {
        return start + sign;
    }
    let colon = window[..sign].iter().position(|b| *b == b':');
    let part = |from: usize, to: usize| line.get(start + from..start + to).unwrap_or("");
    let secret = |text: &str| !text.is_empty() && !variable(text);
    match colon {
        Some(colon) if secret(part(colon + 1, sign)) => {
            found(start + colon + 1, start + sign, "url_password");
            if is_random(part(0, colon), 20) {
                found(start, start + colon, "url_user");
            }
        }
        _ => {
            let end = colon.unwrap_or(sign);
            if secret(part(0, end)) && is_random(part(0, end), 16) {
                found(start, start + end, "url_user");
            }
        }
    }
    start + sign
}

/// A password with `/`, `?` or `#` in it, not escaped as it should be: `user:p#ss@host`, but not `host:8080/@scope`.
fn unescaped(window: &[u8], authority: usize) -> Option<usize> {
    let colon = window[..authority].iter().position(|b| *b == b':')?;
    let port = window[colon + 1..authority].iter().all(u8::is_ascii_digit);
    let sign = window.iter().rposition(|b| *b == b'@')?;
    let host = window.get(sign + 1).is_some_and(u8::is_ascii_alphanumeric);
    (!port && host && sign > authority).then_some(sign)
}

/// `$PASSWORD`, `${{ … }}`, `<password>`, `***`, a marker of ours.
fn variable(text: &str) -> bool {
    let literal = !text.bytes().any(|b| b"$<>{}%*[".contains(&b)) || text.contains('%') && !text.starts_with('%');
    !literal && is_template(text)
}
