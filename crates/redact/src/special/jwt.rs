//! JSON Web Tokens: two, three or five dotted parts whose first is a JSON object with `alg`.

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
    let signature = parts.next();
    let is_object = |part: &str, holds: &[u8]| {
        URL_SAFE_NO_PAD.decode(part).is_ok_and(|json| memchr::memmem::find(&json, holds).is_some())
    };
    // Without a signature both parts must be objects.
    let is_token = match signature {
        Some(signature) => payload.len() >= 4 || !signature.is_empty(),
        None => payload.len() >= 8 && is_object(payload.trim_end_matches('='), b"{\""),
    };
    if !is_object(header, b"\"alg\"") || !is_token {
        return;
    }
    let more: usize = parts.take(2).take_while(|part| part.len() > 8).map(|part| part.len() + 1).sum();
    let three = text.split('.').take(3);
    let first = three.clone().map(|part| part.len() + 1).sum::<usize>() - 1;
    found(at, at + first + more, "jwt");
}
