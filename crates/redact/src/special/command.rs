//! Headers and command lines.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Found;
use crate::value::{head, is_placeholder, is_random, is_template};

/// What is judged of a value, in bytes.
const LONGEST: usize = 1024;

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
pub(super) fn authorization(line: &str, at: usize, found: Found<'_>) -> usize {
    let Some((start, end)) = header_value(line, at + "authorization".len(), LONGEST) else { return at };
    let value = head(&line[start..end], LONGEST);
    let first = value.split(' ').next().unwrap_or("");
    let known = SCHEMES.iter().any(|scheme| scheme.eq_ignore_ascii_case(first));
    let skip = if known { value.len() - value[first.len()..].trim_start().len() } else { 0 };
    let secret = value[skip..].split([' ', ',', ';']).next().unwrap_or("");
    let basic = first.eq_ignore_ascii_case("basic") && secret.len() >= 6;
    let enough = known && secret.len() >= 8 && secret.bytes().any(|b| !b.is_ascii_lowercase()) || is_random(secret, 16);
    let prose = value.split(' ').count() > 3;
    if stands_for_another(secret) || prose || !basic && !enough {
        return at;
    }
    let start = start + skip;
    let end = start + line[start..].find([' ', ',', ';', '"', '\'', '\\', ']', '}']).unwrap_or(line.len() - start);
    found(start, end, "authorization");
    end
}

/// Behind a scheme chance decides, not the words in it: `Bearer your-token-here` stays.
fn stands_for_another(secret: &str) -> bool {
    if is_random(secret, 16) { is_template(secret) } else { is_placeholder(secret) }
}

/// `Bearer <secret>` without the header's name.
pub(super) fn bearer(line: &str, at: usize, found: Found<'_>) -> usize {
    let start = at + "bearer ".len();
    let inside = |b: &u8| b.is_ascii_alphanumeric() || b"-._~+/=".contains(b);
    let end = start + line.as_bytes()[start..].iter().take_while(|b| inside(b)).count();
    let secret = head(&line[start..end], LONGEST);
    if is_random(secret, 16) && !stands_for_another(secret) {
        found(start, end, "authorization");
    }
    end
}

/// `Cookie: a=b; c=d` and `Set-Cookie: a=b; Path=/`: each value of some length.
pub(super) fn cookie(line: &str, at: usize, found: Found<'_>) -> usize {
    let Some((start, end)) = header_value(line, at + "cookie".len(), line.len()) else { return at };
    let mut from = start;
    for pair in line[start..end].split(';') {
        if let Some((name, value)) = pair.split_once('=') {
            let value_at = from + name.len() + 1;
            let attribute = ["path", "domain", "expires", "max-age", "samesite"]
                .iter()
                .any(|word| name.trim().eq_ignore_ascii_case(word));
            let token = value.len() >= 8
                && !value.contains(' ')
                && value.bytes().any(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
            if !attribute && token && !is_placeholder(head(value, LONGEST)) {
                found(value_at, value_at + value.len(), "cookie");
            }
        }
        from += pair.len() + 1;
    }
    end
}

/// `curl -u user:password`, `--user user:password`, `wget --user …`.
pub(super) fn curl(line: &str, at: usize, found: Found<'_>) -> usize {
    let mut words = words(line, at).peekable();
    let mut end = at;
    while let Some((start, word)) = words.next() {
        end = start + word.len();
        let (start, value) = match word {
            "-u" | "--user" | "--proxy-user" | "-U" => match words.peek() {
                Some((start, value)) => (*start, *value),
                None => break,
            },
            _ => match ["--user=", "--proxy-user=", "-u"].iter().find_map(|flag| word.strip_prefix(flag)) {
                Some(value) if !word.starts_with("-unix") => (start + word.len() - value.len(), value),
                _ => continue,
            },
        };
        user_and_password(start, value, found);
    }
    end
}

/// Commands and the flags that take a password (not `--password`, which is a name).
const FLAGS: &[(&str, &[&str])] = &[
    (" login ", &["-p"]),
    ("redis-cli", &["-a"]),
    ("keytool", &["-storepass", "-keypass", "-srcstorepass", "-deststorepass"]),
    ("jarsigner", &["-storepass", "-keypass"]),
    ("ldap", &["-w"]),
    ("openssl", &["-k"]),
    ("mongo", &["-p"]),
    ("sqlcmd", &["-P"]),
    ("cqlsh", &["-p"]),
    ("unzip", &["-P"]),
];

/// `docker login -p secret`, `redis-cli -a secret`: the words after the flags of the command at `at`.
pub(super) fn flags(line: &str, at: usize, found: Found<'_>) -> usize {
    let begins =
        |word: &str| line.as_bytes()[at..].get(..word.len()).is_some_and(|w| w.eq_ignore_ascii_case(word.as_bytes()));
    let Some((_, flags)) = FLAGS.iter().find(|(command, _)| begins(command)) else { return at };
    let mut end = at;
    let mut words = words(line, at);
    while let Some((start, word)) = words.next() {
        end = start + word.len();
        if flags.contains(&word) {
            end = take(words.next(), found).max(end);
        } else if let Some(value) = word.strip_prefix("-p").filter(|_| flags.contains(&"-p")) {
            // `-profile` is another flag.
            if value.bytes().any(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
                take(Some((start + 2, value)), found);
            }
        }
    }
    end
}

/// `kubectl create secret generic db --from-literal=name=secret`.
pub(super) fn literal(line: &str, at: usize, found: Found<'_>) -> usize {
    let start = at + "--from-literal".len();
    let Some((_, word)) = words(line, start).next() else { return at };
    let from = line.len() - line[start..].trim_start_matches(['=', ' ']).len();
    let pair = &line[from..from + line[from..].find(char::is_whitespace).unwrap_or(line.len() - from)];
    if let Some((name, value)) = pair.split_once('=').filter(|_| !word.is_empty() && line[..at].contains(" secret ")) {
        let value = value.trim_matches(['"', '\'']);
        let start = from + name.len() + pair[name.len()..].find(value).unwrap_or(1);
        take(Some((start, value)), found);
    }
    from + pair.len()
}

/// `sshpass -psecret`, `mysql -psecret` (no space, or a space for sshpass).
pub(super) fn short_password(line: &str, at: usize, found: Found<'_>) -> usize {
    let sshpass = line[at..].get(..7).is_some_and(|word| word.eq_ignore_ascii_case("sshpass"));
    let mut end = at;
    let mut words = words(line, at);
    while let Some((start, word)) = words.next() {
        end = start + word.len();
        if sshpass && word == "-p" {
            return take(words.next(), found).max(end);
        }
        let value = word.strip_prefix("-p").unwrap_or("");
        if value.len() >= 3 && (sshpass || !value.starts_with(['-', 'r', 'o', '0'])) {
            if !is_placeholder(head(value, LONGEST)) {
                found(start + 2, end, "command_password");
            }
            return end;
        }
    }
    end
}

/// `"auth": "<base64 of user:password>"`, as in a Docker configuration.
pub(super) fn docker_config(line: &str, at: usize, found: Found<'_>) -> usize {
    let Some((start, end)) = header_value(line, at + "\"auth".len(), LONGEST) else { return at };
    let pair = STANDARD.decode(&line[start..end]).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    if pair.is_some_and(|pair| pair.contains(':')) {
        found(start, end, "docker_auth");
    }
    end
}

/// Takes a word, unless it is a variable, a number (a port) or another flag.
fn take(word: Option<(usize, &str)>, found: Found<'_>) -> usize {
    let Some((start, value)) = word else { return 0 };
    let number = value.bytes().all(|b| b.is_ascii_digit());
    if !number && value.len() >= 3 && !is_placeholder(head(value, LONGEST)) && !value.starts_with('-') {
        found(start, start + value.len(), "command_password");
    }
    start + value.len()
}

/// `user:password`; an API key may stand for either. Numbers are ids (`docker run -u 1000:1000`).
fn user_and_password(start: usize, value: &str, found: Found<'_>) {
    let Some((user, password)) = head(value, LONGEST).split_once(':') else { return };
    let plain = |text: &str| !is_placeholder(text) && text.len() >= 4 && !text.bytes().all(|b| b.is_ascii_digit());
    let both = plain(password) && !password.eq_ignore_ascii_case(user) && !password.starts_with("//");
    if both || password.is_empty() && plain(user) && is_random(user, 8) {
        found(start, start + value.len(), "command_password");
    }
}

/// `-u user:password` at the beginning of a line: a command goes on.
pub(super) fn continued(line: &str, at: usize, found: Found<'_>) -> usize {
    let before = line[..at].trim_end();
    if before.is_empty() || before.len() < 100 && before.ends_with('Z') { curl(line, at, found) } else { line.len() }
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

/// What stands behind a header's name at `at`: after `:` or `=` and an opening quote, up to the closing quote or the end, `max` bytes at most.
fn header_value(line: &str, at: usize, max: usize) -> Option<(usize, usize)> {
    let rest = &line[at..];
    let name_end = head(rest, 8).trim_start_matches(['"', '\'', '\\', ' ', ']']);
    let name_end = &rest[head(rest, 8).len() - name_end.len()..];
    let after = name_end
        .strip_prefix(":")
        .or_else(|| name_end.strip_prefix("=>"))
        .or_else(|| name_end.strip_prefix('='))
        .or_else(|| name_end.strip_prefix(','))?;
    let value = after.trim_start_matches([' ', '"', '\'', '\\', '[']);
    let start = line.len() - value.len();
    let value = head(value, max);
    let end = value.find(['"', '\'', '\\', '\n', '\r', ']', '}']).unwrap_or(value.len());
    (end > 0).then_some((start, start + end))
}
