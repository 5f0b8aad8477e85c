//! JSON Web Tokens: three (or five) dotted parts whose first is a JSON object with `alg`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Found;

pub(super) fn token(line: &str, at: usize, found: Found<'_>) {
    let bytes = line.as_bytes();
    let inside = |b: &u8| b.is_ascii_alphanumeric() || b"_-.=+/".contains(b);
    let escape = at > 1 && bytes[at - 2] == b'\\';
    if !line[at..].starts_with("eyJ") || at > 0 && bytes[at - 1].is_ascii_alphanumeric() && !escape {
        return;
    }
    let end = at + bytes[at..].iter().take_while(|b| inside(b)).count();
    let text = &line[at..end];
    let mut parts = text.split('.');
    let header = parts.next().unwrap_or("").trim_end_matches('=');
    let payload = parts.next().unwrap_or("");
    let Some(signature) = parts.next() else { return };
    let is_header = URL_SAFE_NO_PAD.decode(header).is_ok_and(|json| memchr::memmem::find(&json, b"\"alg\"").is_some());
    if !is_header || payload.len() < 4 && signature.is_empty() {
        return;
    }
    let more: usize = parts.take(2).take_while(|part| part.len() > 8).map(|part| part.len() + 1).sum();
    let first = text.split('.').take(3).map(str::len).sum::<usize>() + 2;
    found(at, at + first + more, "jwt");
}
