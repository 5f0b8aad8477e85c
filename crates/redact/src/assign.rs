//! `NAME=value` in all its spellings: env dumps, JSON, YAML, shell, XML, flags, headers, code.

pub(crate) mod value_at;

use crate::names::{NAMES, NOT_SECRET, Name, TAILS, Weight};
use crate::value::{
    bits, is_code, is_digest, is_file, is_object_name, is_placeholder, is_random, is_random_letters, is_template,
    is_uuid,
};
use value_at::{Found, Link};

/// A name found in a line.
struct Identifier<'a> {
    /// The whole name in lower case.
    lower: String,
    /// As written.
    text: &'a str,
    weight: Weight,
}

/// The secret behind the name whose word stands at `at`, if there is one.
pub(crate) fn named(line: &str, name: &Name, at: usize) -> Option<(usize, usize, &'static str)> {
    let word = (at, at + name.word.len());
    let (start, end) = identifier(line, word)?;
    // The user of a URL is the URL's business.
    if !word_fits(line, word, name.whole) || line[..start].ends_with("://") {
        return None;
    }
    let found = match tail_fits(&line[word.1..end]) {
        true => value_at::find(line, start, end),
        false => None,
    };
    let found = found.or_else(|| value_at::glued(line, word.1, end))?;
    // For a glued value the name ends at the word.
    let end = if found.link == Link::Glued { word.1 } else { end };
    let text = &line[start..end];
    let identifier = Identifier { lower: text.to_ascii_lowercase(), text, weight: name.weight };
    if !is_secret(&identifier, &found) || about_public(line, start) || NOT_SECRET.inside(&identifier.lower) {
        return None;
    }
    Some((found.start, value_at::whole(line, &found), rule(&identifier)))
}

/// The first secret behind a name in a short line.
pub(crate) fn first(line: &str) -> Option<(usize, usize, &'static str)> {
    let lower = line.to_ascii_lowercase();
    NAMES.iter().find_map(|name| lower.find(name.word).and_then(|at| named(line, name, at)))
}

/// All words that [`at`] knows, in its order.
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    NAMES.iter().map(|name| name.word)
}

/// Looks at the `index`-th word of [`words`], found at `at`.
pub(crate) fn at(line: &str, index: usize, at: usize) -> Option<(usize, usize, &'static str)> {
    named(line, NAMES.get(index)?, at)
}

fn rule(identifier: &Identifier<'_>) -> &'static str {
    match identifier.weight {
        Weight::Password => "password",
        Weight::Strong if identifier.lower.contains("token") => "token",
        Weight::Strong if identifier.lower.contains("key") => "api_key",
        Weight::Strong => "secret",
        Weight::Weak => "secret_value",
    }
}

/// The run of letters, digits, `_`, `-`, `.` around the word.
pub(crate) fn identifier(line: &str, word: (usize, usize)) -> Option<(usize, usize)> {
    const LONGEST: usize = 80;
    let bytes = line.as_bytes();
    let inside = |b: &&u8| b.is_ascii_alphanumeric() || b"_-.".contains(b);
    let before = bytes[word.0.saturating_sub(LONGEST)..word.0].iter().rev().take_while(inside).count();
    let after = bytes[word.1..bytes.len().min(word.1 + LONGEST)].iter().take_while(inside).count();
    let mut start = word.0 - before;
    // `\ntoken=`: the letter belongs to an escape.
    if start > 0 && bytes[start - 1] == b'\\' && start < word.0 && b"nrt".contains(&bytes[start]) {
        start += 1;
    }
    Some((start, word.1 + after))
}

/// Whether the word stands alone in its name, as words of names do: `DB_PASS`, `dbPass`, not `bypass`, not `tokenizer`.
fn word_fits(line: &str, (start, end): (usize, usize), whole: bool) -> bool {
    let bytes = line.as_bytes();
    let last = bytes[end - 1];
    let after = bytes.get(end).copied().unwrap_or(b' ');
    let plural = after.eq_ignore_ascii_case(&b's') && !bytes.get(end + 1).is_some_and(u8::is_ascii_alphabetic);
    let ends = !after.is_ascii_alphabetic() || plural || last.is_ascii_lowercase() && after.is_ascii_uppercase();
    let glued_upper = last.is_ascii_uppercase()
        && after.is_ascii_uppercase()
        && tail_fits(line[end..].split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or(""));
    let before = if start > 0 { bytes[start - 1] } else { b' ' };
    let first = bytes[start];
    let escape = start > 1 && bytes[start - 2] == b'\\' && b"nrt".contains(&before);
    let begins = !before.is_ascii_alphabetic() || before.is_ascii_lowercase() && first.is_ascii_uppercase() || escape;
    let prefixed = before.is_ascii_lowercase() && first.is_ascii_lowercase();
    (ends || glued_upper) && (begins || !whole && (prefixed || before.is_ascii_uppercase()))
}

/// Whether what follows the word leaves the name a secret's: nothing, a number, or one of [`TAILS`].
fn tail_fits(tail: &str) -> bool {
    let known = |part: &str| TAILS.binary_search(&part).is_ok();
    tail.is_empty()
        || tail
            .to_ascii_lowercase()
            .split(['_', '-', '.'])
            .all(|part| known(part) || known(part.trim_end_matches(|c: char| c.is_ascii_digit())))
}

/// What stands before a name that is no secret's; charts write `checksum/secret` beside their pods.
const PUBLIC: [&str; 12] =
    ["public", "cache", "restore", "primary", "foreign", "host", "gpg", "rsa", "pgp", "signing", "unique", "checksum/"];

/// Whether the words before say that it is public, or a cache's.
fn about_public(line: &str, start: usize) -> bool {
    let from = (start.saturating_sub(12)..=start).find(|at| line.is_char_boundary(*at)).unwrap_or(start);
    let before = line[from..start].trim_end_matches([' ', '-', '_', '"', '\'']).to_ascii_lowercase();
    PUBLIC.iter().any(|word| before.ends_with(word))
}

fn is_secret(name: &Identifier<'_>, found: &Found<'_>) -> bool {
    let value = found.value;
    let loose = matches!(found.link, Link::Space | Link::Glued);
    let fits = match name.weight {
        Weight::Password => password(name, found),
        Weight::Strong if loose && !found.flag => {
            !value.contains(['/', '=', ':']) && (is_random(value, 12) || shouted(name) && is_random_letters(value))
        }
        Weight::Strong => token(name, found),
        Weight::Weak => weak(name, found, loose),
    };
    let code = !found.quoted && !found.flag_or_env(name.text) && is_code(value);
    let file = name.weight != Weight::Password && is_file(value);
    // The shell's working directory.
    let directory = name.lower.ends_with("pwd") && value.starts_with(['/', '~']);
    let object = loose && is_object_name(value);
    // npm's own tokens were random UUIDs; one made from the clock is a sample.
    let clock = is_uuid(value) && name.lower.contains("authtoken") && value.as_bytes().get(14) != Some(&b'4');
    let stands_for_another =
        if found.connection && name.weight == Weight::Password { is_template } else { is_placeholder };
    fits && !code
        && !file
        && !directory
        && !object
        && !clock
        && !value.eq_ignore_ascii_case(name.text)
        && !stands_for_another(value)
}

/// Behind `password`: nearly anything that is no prose and no code.
fn password(name: &Identifier<'_>, found: &Found<'_>) -> bool {
    let value = found.value;
    let mixed = value.bytes().any(|b| !b.is_ascii_lowercase()) && !value.ends_with(['.', ':', '?', '!']);
    match found.link {
        Link::Space if found.flag => value.len() >= 3,
        Link::Space => is_random(value, 8) && !value.contains(['/', '=', ':']) || found.netrc && value.len() >= 3,
        Link::Glued => false,
        _ if found.quoted => !value.contains(' ') && value.len() >= 4,
        _ if found.flag_or_env(name.text) => value.len() >= 3,
        Link::Equals if found.connection => value.len() >= 3,
        Link::Equals if found.tight => value.len() >= 4,
        _ => {
            value.len() >= 6 && mixed && value.bytes().any(|b| b.is_ascii_digit() || b.is_ascii_punctuation())
                || value.len() >= 4 && found.ends_line && mixed
        }
    }
}

/// Behind `token`, `secret`, `api_key`: one word of some length with more than letters, or plainly random letters.
fn token(name: &Identifier<'_>, found: &Found<'_>) -> bool {
    let value = found.value;
    let letters = value.bytes().all(|b| b.is_ascii_alphabetic());
    let digits = value.bytes().any(|b| b.is_ascii_digit());
    let random_letters =
        letters && is_random_letters(value) || value.len() >= 30 && bits(value.as_bytes()) >= 4.2 && !is_code(value);
    let env = found.flag_or_env(name.text);
    if value.contains(' ') || value.bytes().all(|b| b.is_ascii_digit()) && value.len() < 16 {
        return false;
    }
    is_random(value, 10)
        || random_letters
        || digits && value.len() >= 8 && (found.quoted || env) && !value.contains(['/', ' '])
        || !letters
            && value.len() >= 12
            && (found.quoted || env)
            && bits(value.as_bytes()) >= 3.0
            && !value.contains(['/', ' '])
            && value.bytes().any(|b| !b.is_ascii_lowercase() && b != b'-' && b != b'_' && b != b'.')
        || env && value.len() >= 8 && found.link == Link::Equals && !value.contains('/')
}

/// Behind `key`, `auth`, `login`: random, and not one of the things that are called keys in every build.
fn weak(name: &Identifier<'_>, found: &Found<'_>, loose: bool) -> bool {
    let value = found.value;
    let bare = name.lower.trim_matches(|c: char| !c.is_ascii_alphanumeric()).len() <= 7 && !shouted(name);
    let words =
        value.split(['-', '_']).filter(|part| part.len() >= 3 && part.bytes().all(|b| b.is_ascii_alphabetic())).count();
    let hex = value.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    // A cache key: a name and a digest.
    let cache = value.contains('-') && value.split('-').any(is_digest);
    let path = value.contains(['/', '@', '#', ' ', ':']) || loose && value.contains('=');
    let ordinary = bare && (hex || cache || words >= 2 || loose) || words >= 3 || path;
    let random = is_random(value, if loose { 16 } else { 11 }) || !bare && is_random_letters(value);
    !ordinary && (random || is_digest(value) && !bare)
}

/// A name in capitals.
fn shouted(name: &Identifier<'_>) -> bool {
    let word = name.text.rsplit(['_', '-', '.']).next().unwrap_or("");
    word.len() >= 3 && word.bytes().rev().take(3).all(|b| b.is_ascii_uppercase())
}
