//! From the end of a name to the value behind it.

use crate::value::{head, tail};
use crate::words;

/// What is judged of a value, in bytes. The rest of a longer one goes with it.
const LONGEST: usize = 512;
/// How much of the line around a value is looked at.
const AROUND: usize = 128;

/// What ends a value that is not quoted: white space, and what separates or closes.
const ENDS: [bool; 256] = words::bytes(b" \t\n\x0c\r\"'`,;<>)}]|&\\", false);

/// What stands between a name and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    /// `=`, `:=`, `?=`, `==`.
    Equals,
    /// `:`.
    Colon,
    /// `=>`, `>`, `,` between quotes, `value=`.
    Arrow,
    /// Nothing but space.
    Space,
    /// `-` inside the same word: `apikey-4f1e…`.
    Glued,
}

/// A value, and how it was written.
#[derive(Debug)]
pub(crate) struct Found<'a> {
    pub value: &'a str,
    pub start: usize,
    pub end: usize,
    pub link: Link,
    pub quoted: bool,
    /// The name is a command-line flag (`--token`).
    pub flag: bool,
    /// `machine …` or `login …` stands directly before it, as in a `.netrc`; or it stands alone on its line.
    pub netrc: bool,
    /// No space around the `=`.
    pub tight: bool,
    /// Nothing follows on the line.
    pub ends_line: bool,
    /// One of several `name=value` with `;` between them.
    pub connection: bool,
    /// More of a word follows directly (a path, a second `=`).
    pub continues: bool,
}

impl Found<'_> {
    /// Written as for a machine: a flag, or a name in capitals.
    pub fn flag_or_env(&self, name: &str) -> bool {
        let capitals = name.len() >= 3 && !name.bytes().any(|b| b.is_ascii_lowercase());
        self.flag || capitals && matches!(self.link, Link::Equals | Link::Colon)
    }
}

/// The value behind the name at `start..end`.
pub(crate) fn find(line: &str, start: usize, end: usize) -> Option<Found<'_>> {
    let bytes = line.as_bytes();
    let closing = run(bytes, end, |b| b"\"'`\\])".contains(&b), 4);
    let spaced = run(bytes, closing, |b| b == b' ' || b == b'\t', 24);
    let (link, after) = link(bytes, start, closing, spaced)?;
    let at = run(bytes, after, |b| b == b' ' || b == b'\t', 24);
    let tight = link == Link::Equals && spaced == end && at == after;
    let found = value(line, at, link)?;
    // `password: str = "…"`: the type comes first.
    let typed = matches!(found.value, "str" | "string" | "String" | "&str" | "Text" | "SecretStr" | "any");
    let next = run(bytes, found.end, |b| b == b' ', 2);
    let found = match typed && bytes.get(next) == Some(&b'=') {
        true => value(line, run(bytes, next + 1, |b| b == b' ', 4), Link::Equals)?,
        false => found,
    };
    let flag = bytes[start] == b'-' && start.checked_sub(1).is_none_or(|at| b" '\"[,\t=".contains(&bytes[at]));
    let before = tail(&line[..start], AROUND);
    let semicolon = before.trim_end_matches([' ', '"', '&']).ends_with(';')
        || bytes.get(found.end) == Some(&b';') && before.contains('=');
    let connection = link == Link::Equals && !found.quoted && semicolon;
    let digit = found.value.bytes().any(|b| b.is_ascii_digit());
    let alone = before.len() < AROUND && before.trim().is_empty() && found.ends_line && digit;
    let netrc = alone || matches!(before.split_ascii_whitespace().nth_back(1), Some("machine" | "login" | "account"));
    Some(Found { tight, flag, netrc, connection, ..found })
}

/// Where a value ends that is longer than what was judged of it.
pub(crate) fn whole(line: &str, found: &Found<'_>) -> usize {
    if found.end - found.start + 4 < LONGEST {
        return found.end;
    }
    let quote = line.as_bytes().get(found.start.wrapping_sub(1)).filter(|_| found.quoted);
    let ends = |b: &u8| b.is_ascii_whitespace() || Some(b) == quote || !found.quoted && b"\"'`,;<>)}]|&\\".contains(b);
    line.as_bytes()[found.end..].iter().position(ends).map_or(line.len(), |length| found.end + length)
}

/// `apikey-4f1e…`: the value is the rest of the word.
pub(crate) fn glued(line: &str, word_end: usize, end: usize) -> Option<Found<'_>> {
    let start = word_end + 1;
    let dash = line.as_bytes().get(word_end) == Some(&b'-');
    if !dash || start >= end {
        return None;
    }
    let end = line[..end].trim_end_matches(['.', '-']).len().max(start);
    let value = &line[start..end];
    if !value.split('-').next()?.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let ends_line = head(&line[end..], AROUND).trim().is_empty();
    Some(Found {
        value,
        start,
        end,
        link: Link::Glued,
        quoted: false,
        flag: false,
        netrc: false,
        tight: false,
        ends_line,
        connection: false,
        continues: false,
    })
}

/// First position from `at` on whose byte does not fit, at most `max` further.
fn run(bytes: &[u8], at: usize, fits: impl Fn(u8) -> bool, max: usize) -> usize {
    at + bytes[at..].iter().take(max).take_while(|b| fits(**b)).count()
}

/// The operator at `at`, and where it ends.
fn link(bytes: &[u8], start: usize, closing: usize, at: usize) -> Option<(Link, usize)> {
    let rest = &bytes[at..];
    let operator = rest.iter().take(4).take_while(|b| b":=?+.|~!".contains(b)).count();
    let symbol = &rest[..operator];
    if symbol.contains(&b'=') && !symbol.starts_with(b"!") {
        let arrow = rest.get(operator) == Some(&b'>');
        return Some(if arrow { (Link::Arrow, at + operator + 1) } else { (Link::Equals, at + operator) });
    }
    if symbol.first() == Some(&b':') {
        return (symbol == b":").then_some((Link::Colon, at + 1));
    }
    if operator > 0 {
        return None;
    }
    let quoted_name = closing > 0 && b"\"'`".contains(&bytes[closing - 1]);
    match rest.first()? {
        b'>' if start > 0 && bytes[start - 1] == b'<' => Some((Link::Arrow, at + 1)),
        b',' if quoted_name => {
            let next = run(bytes, at + 1, |b| b == b' ', 4);
            bytes.get(next).is_some_and(|b| b"\"'`".contains(b)).then_some((Link::Arrow, at + 1))
        }
        b'v' if quoted_name && rest.starts_with(b"value=") => Some((Link::Arrow, at + 6)),
        _ if at > closing => Some((Link::Space, at)),
        _ => None,
    }
}

/// The value that begins at `at`: in quotes, or up to something that ends a word.
fn value(line: &str, at: usize, link: Link) -> Option<Found<'_>> {
    let bytes = line.as_bytes();
    let opening = run(bytes, at, |b| b == b'[' || b == b' ', 3);
    let at = if bytes.get(opening).is_some_and(|b| b"\"'".contains(b)) { opening } else { at };
    let prefix = usize::from(
        bytes.get(at).is_some_and(|b| b"brfuL@".contains(b)) && bytes.get(at + 1).is_some_and(|b| b"\"'".contains(b)),
    );
    let at = at + prefix;
    let escapes = run(bytes, at, |b| b == b'\\', 3);
    let quote = *bytes.get(escapes)?;
    let quoted = b"\"'`".contains(&quote);
    let (start, end) = if quoted {
        let start = escapes + 1;
        let escaped = escapes > at;
        (start, start + closing_quote(&bytes[start..bytes.len().min(start + LONGEST)], quote, escaped))
    } else {
        let ends = |b: &u8| ENDS[usize::from(*b)];
        (at, at + bytes[at..].iter().take(LONGEST).position(ends).unwrap_or(LONGEST.min(bytes.len() - at)))
    };
    let value = head(&line[start..], end - start);
    let value = if quoted { value } else { value.trim_end_matches(['.', ':', '!', '?']) };
    let end = start + value.len();
    let ends_line = head(&line[end..], AROUND).trim_matches(['"', '\'', '\\', ';', ',', ' ', '\r', '\n']).is_empty();
    let continues = !quoted && bytes.get(end).is_some_and(|b| b"/\\(<[".contains(b));
    let found = Found {
        value,
        start,
        end,
        link,
        quoted,
        flag: false,
        netrc: false,
        tight: false,
        ends_line,
        connection: false,
        continues,
    };
    (!value.is_empty()).then_some(found)
}

/// Where the closing quote stands. Inside an escaped string (`\"…\"`) the backslash before it ends the value.
fn closing_quote(bytes: &[u8], quote: u8, escaped: bool) -> usize {
    let mut at = 0;
    while at < bytes.len() && bytes[at] != b'\n' {
        match bytes[at] {
            b'\\' if escaped && bytes[at..].iter().find(|b| **b != b'\\') == Some(&quote) => return at,
            b'\\' => at += 1,
            b if b == quote => return at,
            _ => {}
        }
        at += 1;
    }
    at.min(bytes.len())
}
