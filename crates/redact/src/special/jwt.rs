//! JSON Web Tokens: two, three or five dotted parts whose first is a JSON object with `alg`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Found;

pub(super) fn token(line: &str, at: usize, found: Found<'_>) -> usize {
    let bytes = line.as_bytes();
    let escape = at > 1 && bytes[at - 2] == b'\\';
    if !line[at..].starts_with("eyJ") || at > 0 && bytes[at - 1].is_ascii_alphanumeric() && !escape {
        return at;
    }
    // Up to five parts with dots between them; some writers pad them.
    let mut parts = [(at, at); 5];
    let (mut count, mut from) = (0, at);
    while count < parts.len() {
        let end = from + run(&bytes[from..], |b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        parts[count] = (from, end);
        count += 1;
        let padded = end + run(&bytes[end..], |b| b == b'=');
        if bytes.get(padded) != Some(&b'.') {
            break;
        }
        from = padded + 1;
    }
    let part = |n: usize| line.get(parts[n].0..parts[n].1).unwrap_or("");
    let holds = |n: usize, what: &[u8]| {
        URL_SAFE_NO_PAD.decode(part(n)).is_ok_and(|json| memchr::memmem::find(&json, what).is_some())
    };
    // Without a signature both parts must be objects; what follows a third part is a sentence unless it is long.
    let is_token = match count {
        0 | 1 => false,
        2 => part(1).len() >= 8 && holds(1, b"{\""),
        _ => part(1).len() >= 4 || !part(2).is_empty(),
    };
    if !is_token || !holds(0, b"\"alg\"") {
        return parts[0].1;
    }
    let last = if count == 5 && part(3).len() > 8 { 4 } else { count.min(3) - 1 };
    found(at, parts[last].1, "jwt");
    parts[last].1
}

fn run(bytes: &[u8], inside: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|b| inside(**b)).count()
}
