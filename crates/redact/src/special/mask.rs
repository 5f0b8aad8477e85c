//! `***` is GitHub's mask and stays. What touches it is the rest of a longer secret whose beginning or end was registered.

use super::Found;

pub(super) fn remainder(line: &str, at: usize, found: Found<'_>) -> usize {
    let bytes = line.as_bytes();
    let inside = |b: &u8| b.is_ascii_alphanumeric() || b"_-+=~".contains(b);
    let end = at + 3;
    // Four stars or more are a rule or emphasis.
    if at > 0 && bytes[at - 1] == b'*' || bytes.get(end) == Some(&b'*') {
        return at;
    }
    let after = bytes[end..].iter().take_while(|b| inside(b)).count();
    let before = bytes[..at].iter().rev().take_while(|b| inside(b)).count();
    let closed = bytes[end + after..].starts_with(b"***") || bytes[..at - before].ends_with(b"***");
    if is_rest(&line[end..end + after]) && !closed {
        found(end, end + after, "mask_remainder");
    }
    let equals = line[at - before..at].rfind('=').map_or(0, |sign| sign + 1);
    if is_rest(&line[at - before + equals..at]) && !closed {
        found(at - before + equals, at, "mask_remainder");
    }
    end
}

/// Letters and digits mixed, or both cases mixed: not `***Note` and not `***_test`.
fn is_rest(text: &str) -> bool {
    let digit = text.bytes().any(|b| b.is_ascii_digit());
    let letter = text.bytes().any(|b| b.is_ascii_alphabetic());
    let upper_inside =
        text.bytes().skip(1).any(|b| b.is_ascii_uppercase()) && text.bytes().any(|b| b.is_ascii_lowercase());
    text.len() >= 3
        && (digit && letter || upper_inside || digit && text.len() >= 6)
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
}
