//! Headers and command lines.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Found;
use crate::value::{is_placeholder, is_random};

/// Words between `Authorization:` and the secret.
const SCHEMES: &[&str] = &[
    "bearer",
    "basic",
    "token",
    "ssws",
    "apikey",
    "api-key",
    "key",
    "genie",
    "geniekey",
    "bot",
    "splunk",
    "pass",
    "digest",
    "aws4-hmac-sha256",
    "oauth",
    "discogs",
    "klaviyo-api-key",
];

/// `Authorization: <scheme> <secret>`, in a header, a flag or JSON.
pub(super) fn authorization(line: &str, at: usize, found: Found<'_>) {
    let Some((start, end)) = header_value(line, at + "authorization".len()) else { return };
    let value = &line[start..end];
    let first = value.split(' ').next().unwrap_or("");
    let known = SCHEMES.contains(&first.to_ascii_lowercase().as_str());
    let skip =
        if known { first.len() + value[first.len()..].len() - value[first.len()..].trim_start().len() } else { 0 };
    let secret = value[skip..].split([' ', ',', ';']).next().unwrap_or("");
    let basic = first.eq_ignore_ascii_case("basic") && secret.len() >= 6;
    let enough = known && secret.len() >= 8 && secret.bytes().any(|b| !b.is_ascii_lowercase()) || is_random(secret, 16);
    let words = value.split(' ').count() > 3;
    if !is_placeholder(secret) && (basic || enough) && !words {
        found(start + skip, start + skip + secret.len(), "authorization");
    }
}

/// `Bearer <secret>` without the header's name.
pub(super) fn bearer(line: &str, at: usize, found: Found<'_>) {
    let start = at + "bearer ".len();
    let rest = &line[start..];
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-._~+/=".contains(c))).unwrap_or(rest.len());
    if is_random(&rest[..end], 16) && !is_placeholder(&rest[..end]) {
        found(start, start + end, "authorization");
    }
}

/// `Cookie: a=b; c=d` and `Set-Cookie: a=b; Path=/`: each value of some length.
pub(super) fn cookie(line: &str, at: usize, found: Found<'_>) {
    let Some((start, end)) = header_value(line, at + "cookie".len()) else { return };
    let mut from = start;
    for pair in line[start..end].split(';') {
        if let Some((name, value)) = pair.split_once('=') {
            let value_at = from + name.len() + 1;
            let attribute = ["path", "domain", "expires", "max-age", "samesite"]
                .contains(&name.trim().to_ascii_lowercase().as_str());
            let token = value.len() >= 8
                && !value.contains(' ')
                && value.bytes().any(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
            if !attribute && token && !is_placeholder(value) {
                found(value_at, value_at + value.len(), "cookie");
            }
        }
        from += pair.len() + 1;
    }
}

/// `curl -u user:password`, `--user user:password`, `wget --user …`.
pub(super) fn curl(line: &str, at: usize, found: Found<'_>) {
    let mut words = words(line, at).peekable();
    while let Some((start, word)) = words.next() {
        let (start, value) = match word {
            "-u" | "--user" | "--proxy-user" | "-U" => match words.peek() {
                Some((start, value)) => (*start, *value),
                None => return,
            },
            _ => match ["--user=", "--proxy-user=", "-u"].iter().find_map(|flag| word.strip_prefix(flag)) {
                Some(value) if !word.starts_with("-unix") => (start + word.len() - value.len(), value),
                _ => continue,
            },
        };
        user_and_password(start, value, found);
    }
}

/// `docker login -p secret` (also podman, helm registry login: `-p` or `--password`, the latter is a name).
pub(super) fn docker(line: &str, at: usize, found: Found<'_>) {
    if line[at..].contains(" login") {
        flag_value(line, at, "-p", found);
    }
}

/// `sshpass -psecret`, `mysql -psecret` (no space, or a space for sshpass).
pub(super) fn short_password(line: &str, at: usize, found: Found<'_>) {
    let sshpass = line[at..].to_ascii_lowercase().starts_with("sshpass");
    for (start, word) in words(line, at) {
        if let Some(value) = word
            .strip_prefix("-p")
            .filter(|value| value.len() >= 3 && !value.starts_with(['-', 'r', 'o', '0']) || sshpass && value.len() >= 3)
        {
            if !is_placeholder(value) {
                found(start + 2, start + word.len(), "command_password");
            }
            return;
        }
    }
    if sshpass {
        flag_value(line, at, "-p", found);
    }
}

/// `redis-cli -a secret`.
pub(super) fn redis(line: &str, at: usize, found: Found<'_>) {
    flag_value(line, at, "-a", found);
}

/// `"auth": "<base64 of user:password>"`, as in a Docker configuration.
pub(super) fn docker_config(line: &str, at: usize, found: Found<'_>) {
    let Some((start, end)) = header_value(line, at + "\"auth".len()) else { return };
    let pair = STANDARD.decode(&line[start..end]).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    if pair.is_some_and(|pair| pair.contains(':')) {
        found(start, end, "docker_auth");
    }
}

/// The value of `flag` among the words of the command.
fn flag_value(line: &str, at: usize, flag: &str, found: Found<'_>) {
    let mut words = words(line, at);
    while let Some((_, word)) = words.next() {
        if word == flag {
            if let Some((start, value)) =
                words.next().filter(|(_, value)| !is_placeholder(value) && !value.starts_with('-'))
            {
                found(start, start + value.len(), "command_password");
            }
            return;
        }
    }
}

/// `user:password`; an API key may stand for either. Numbers are ids (`docker run -u 1000:1000`).
fn user_and_password(start: usize, value: &str, found: Found<'_>) {
    let Some((user, password)) = value.split_once(':') else { return };
    let plain = |text: &str| !is_placeholder(text) && text.len() >= 4 && !text.bytes().all(|b| b.is_ascii_digit());
    let both = plain(password) && !password.eq_ignore_ascii_case(user) && !password.starts_with("//");
    if both || password.is_empty() && plain(user) && is_random(user, 8) {
        found(start, start + value.len(), "command_password");
    }
}

/// `-u user:password` at the beginning of a line: a command goes on.
pub(super) fn continued(line: &str, at: usize, found: Found<'_>) {
    if line[..at].trim_matches(['+', ' ', '\t']).is_empty() || line[..at].ends_with("Z   ") {
        curl(line, at, found);
    }
}

/// The words of a command from `at` on, without the quotes around them. A pipe or `;` ends it.
fn words(line: &str, at: usize) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = at;
    std::iter::from_fn(move || {
        let text = &line[rest..];
        let begin = rest + (text.len() - text.trim_start().len());
        let quote = line[begin..].chars().next()?;
        let (start, end) = match quote {
            '|' | ';' => return None,
            '"' | '\'' => {
                let start = begin + 1;
                (start, start + line[start..].find(quote).unwrap_or(line.len() - start))
            }
            _ => (begin, begin + line[begin..].find(char::is_whitespace).unwrap_or(line.len() - begin)),
        };
        rest = (end + usize::from(end < line.len() && start > begin)).min(line.len());
        Some((start, &line[start..end]))
    })
}

/// What stands behind a header's name at `at`: after `:` or `=` and an opening quote, up to the closing quote or the end.
fn header_value(line: &str, at: usize) -> Option<(usize, usize)> {
    let rest = &line[at..];
    let name_end = rest.trim_start_matches(['"', '\'', '\\', ' ', ']']);
    let after = name_end
        .strip_prefix(":")
        .or_else(|| name_end.strip_prefix("=>"))
        .or_else(|| name_end.strip_prefix('='))
        .or_else(|| name_end.strip_prefix(','))?;
    let value = after.trim_start_matches([' ', '"', '\'', '\\', '[']);
    let start = line.len() - value.len();
    let end = value.find(['"', '\'', '\\', '\n', '\r', ']', '}']).unwrap_or(value.len());
    (end > 0).then_some((start, start + end))
}
