//! Is this value a secret, a dummy, or something else altogether?

use std::sync::LazyLock;

use crate::words::{self, Words};

/// Whether the text holds these bytes; `first` is one of them that is rare, to look for at once.
pub(crate) fn holds(text: &str, first: u8, what: &str) -> bool {
    memchr::memchr(first, text.as_bytes()).is_some() && text.contains(what)
}

/// The first `max` bytes of the text, to a character's end.
pub(crate) fn head(text: &str, max: usize) -> &str {
    let end = (0..=max.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    &text[..end]
}

/// The last `max` bytes of the text, from a character's beginning.
pub(crate) fn tail(text: &str, max: usize) -> &str {
    let start =
        (text.len().saturating_sub(max)..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    &text[start..]
}

/// Letters and digits mixed as chance mixes them, at least `min` bytes.
pub(crate) fn is_random(value: &str, min: usize) -> bool {
    let bytes = value.as_bytes();
    if bytes.len() < min {
        return false;
    }
    let letters = bytes.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    digits > bytes.len() / 32
        && letters >= 2
        && distinct(bytes) >= 6.min(bytes.len() / 2)
        && bits(bytes) >= if bytes.len() < 24 { 2.6 } else { 2.9 }
        && !reads_like_words(value)
        && !is_odd_hex(bytes)
}

/// Number of different bytes.
pub(crate) fn distinct(bytes: &[u8]) -> usize {
    let mut seen = [0u64; 4];
    bytes.iter().for_each(|b| seen[usize::from(b >> 6)] |= 1 << (b & 63));
    seen.iter().map(|word| word.count_ones() as usize).sum()
}

/// Shannon entropy, in bits per byte.
pub(crate) fn bits(bytes: &[u8]) -> f64 {
    let steps = &*STEPS;
    let mut counts = [0u16; 256];
    let mut repeated = 0.0;
    for b in bytes {
        let count = &mut counts[usize::from(*b)];
        repeated += steps[usize::from(*count).min(steps.len() - 1)];
        *count = count.saturating_add(1);
    }
    let total = f64::from(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
    if total > 0.0 { total.log2() - repeated / total } else { 0.0 }
}

/// What the n-th sight of a byte adds to the sum of `n log2 n`. The first adds nothing.
static STEPS: LazyLock<[f64; 1024]> = LazyLock::new(|| {
    let weigh = |n: u16| if n > 0 { f64::from(n) * f64::from(n).log2() } else { 0.0 };
    let mut steps = [0.0; 1024];
    (0u16..).zip(&mut steps).for_each(|(n, step)| *step = weigh(n + 1) - weigh(n));
    steps
});

/// Hex digits in both cases: no program writes them so.
fn is_odd_hex(bytes: &[u8]) -> bool {
    let cases = bytes.iter().any(u8::is_ascii_lowercase) && bytes.iter().any(u8::is_ascii_uppercase);
    cases && bytes.len() >= 32 && bytes.iter().all(u8::is_ascii_hexdigit)
}

/// `linux-x64-npm-2024`, `my_test_value_1`: words and short numbers joined by `-`, `_`, `.`, `/`.
fn reads_like_words(value: &str) -> bool {
    let mut parts = value.split(['-', '_', '.', '/', ':', '@']).filter(|part| !part.is_empty());
    parts.all(|part| {
        let letters = part.bytes().take_while(u8::is_ascii_alphabetic).count();
        let rest = &part[letters..];
        let number = rest.bytes().all(|b| b.is_ascii_digit());
        number && (letters == 0 || letters > 0 && rest.len() <= 4 && one_case(&part[..letters]))
    })
}

/// `word`, `Word`, `WORD`, `camelCase`: at most one change of case for every three letters.
fn one_case(word: &str) -> bool {
    let upper = word.bytes().filter(u8::is_ascii_uppercase).count();
    upper == word.len() || upper * 3 <= word.len().max(3)
}

/// Whether the value stands for a secret instead of being one: a mask, a variable, a template, a word for "put it here".
pub(crate) fn is_placeholder(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let inner = lower.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let variable = value.contains('_') && value.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    let word = PLACEHOLDER_WORDS.binary_search(&inner).is_ok() || PRINTED.contains(&inner);
    is_template(value) || variable || word || PLACEHOLDER_PARTS.inside(inner)
}

/// What the parts of a template hold or begin with.
const TEMPLATE: [bool; 256] = words::bytes(b"{#%$*[.\xe2", false);

/// A mask, a variable, a template, a marker of ours.
pub(crate) fn is_template(value: &str) -> bool {
    let parts = ["${", "{{", "#{", "%(", "$(", "***", "[redacted", "...", "…"];
    distinct(value.as_bytes()) <= 2
        || !value.bytes().any(|b| b.is_ascii_alphanumeric())
        || value.starts_with(['$', '<', '{', '%', '#', '&', '*', '`', '~', '(', '['])
        || value.bytes().any(|b| TEMPLATE[usize::from(b)]) && parts.iter().any(|part| value.contains(part))
}

/// Letters that no word has: pairs that are rare in words make up a good part of them.
pub(crate) fn is_random_letters(value: &str) -> bool {
    let bytes = value.as_bytes();
    if bytes.len() < 16 || !bytes.iter().all(u8::is_ascii_alphabetic) || distinct(bytes) < 8 {
        return false;
    }
    let common = |pair: &[u8]| COMMON_PAIRS[usize::from((pair[0] | 0x20) - b'a')] >> ((pair[1] | 0x20) - b'a') & 1 == 1;
    let rare = bytes.windows(2).filter(|pair| !common(pair)).count();
    rare * 5 >= bytes.len() * 2
}

/// Pairs of letters that make up most of English words and program names: by the first letter, a bit for the second.
const COMMON_PAIRS: [u32; 26] = pairs(
    "ab ac ad ag ai al am an ap ar as at au ay be bl br ca ce ch ck cl co cr ct da de di do ea ec ed
     ee ef el em en ep er es et ev ex ey fa fe ff fi fo fr ga ge gi go gr ha he hi ho ic id ie if ig
     il im in io ir is it iv iz ke ks la ld le li ll lo lt ly ma me mi mo mp na nd ne ng ni no ns nt
     ob oc od of ol om on oo op or os ot ou ov ow pa pe pi pl po pp pr qu ra rd re ri rm rn ro rs rt
     ru sa sc se sh si so sp ss st su ta te th ti to tr ts tt tu ty uc ue ui ul um un up ur us ut va
     ve vi wa we wh wi ye",
);

const fn pairs(text: &str) -> [u32; 26] {
    let (text, mut table, mut at) = (text.as_bytes(), [0; 26], 0);
    while at + 1 < text.len() {
        if text[at].is_ascii_lowercase() {
            table[(text[at] - b'a') as usize] |= 1 << (text[at + 1] - b'a');
            at += 1;
        }
        at += 1;
    }
    table
}

/// Whole values that say nothing, in alphabetical order.
#[rustfmt::skip]
const PLACEHOLDER_WORDS: &[&str] = &[
    "access_token", "accesstoken", "admin", "api_key", "apikey", "auto", "basic", "bearer", "bool", "changeit", "default", "disabled", "empty", "enabled", "encrypted",
    "env", "error", "expired", "failed", "false", "guest", "hidden", "incorrect", "inherit", "int", "invalid", "key", "masked", "minioadmin", "missing", "mysql", "n/a",
    "nil", "no", "none", "null", "object", "off", "ok", "on", "optional", "pass", "passwd", "password", "postgres", "prompt", "pwd",
    "read", "redacted", "required", "root", "secret", "secrets", "set", "stdin", "str", "string", "test", "token", "true", "undefined", "unknown",
    "unset", "user", "username", "value", "write", "wrong", "yes",
];

/// Passwords of vendors' own documentation, which stand in thousands of repositories: both of learn.microsoft.com's reference
/// of nuget.config.
const PRINTED: &[&str] = &["33f!!lloppa", "hal+9ooo_da!sy"];

/// Parts that only made-up values have.
static PLACEHOLDER_PARTS: Words = Words::new(&[
    "example",
    "placeholder",
    "redacted",
    "your-",
    "your_",
    "yourtoken",
    "insert",
    "changeme",
    "change-me",
    "dummy",
    "fake",
    "abcdefghijkl",
    "process.env",
    "os.environ",
    "getenv",
    "env.",
    "secrets.",
    "secretkeyref",
    "valuefrom",
]);

/// Whether an unquoted value is code or a path: a call, an index, a member of something.
pub(crate) fn is_code(value: &str) -> bool {
    let path = value.contains("://") || value.starts_with(['/', '.', '~']) || value.contains(":\\");
    let call = value.contains(['(', ')', '[', ']', '{', '}', '<', '>']) || value.contains("::");
    path || call || is_member(value)
}

/// `config.token`, `x.js`, `self.password.value`.
fn is_member(value: &str) -> bool {
    let mut parts = value.split('.');
    let word = |part: &str| {
        let name = part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        !part.is_empty()
            && name
            && part.bytes().filter(u8::is_ascii_digit).count() * 4 <= part.len()
            && part.len() <= 24
    };
    value.contains('.') && parts.all(word)
}

/// Ends of file names, in alphabetical order.
#[rustfmt::skip]
const EXTENSIONS: &[&str] = &[
    "bin", "cer", "cfg", "class", "conf", "crt", "css", "csv", "gpg", "gz", "html", "ini", "jar", "jks", "js", "json", "key", "keytab", "lock",
    "log", "map", "md", "mjs", "p12", "pem", "pfx", "png", "properties", "pub", "py", "rs", "sh", "so", "svg", "tar", "tgz", "toml", "ts",
    "tsx", "txt", "whl", "xml", "yaml", "yml", "zip",
];

/// `main.4f9a1c2b.js`: a file, whatever stands in its name.
pub(crate) fn is_file(value: &str) -> bool {
    value.rsplit_once('.').is_some_and(|(name, end)| !name.is_empty() && EXTENSIONS.binary_search(&end).is_ok())
}

/// `registry-pull-7h2k9`: a word, then what a cluster adds to it. What stands behind `secret` in kubectl's messages.
pub(crate) fn is_object_name(value: &str) -> bool {
    let (first, rest) = value.split_once('-').unwrap_or((value, ""));
    let word = first.len() >= 3
        && first.bytes().all(|b| b.is_ascii_lowercase())
        && !first.bytes().all(|b| b.is_ascii_hexdigit());
    let short = rest.split('-').all(|part| (1..=12).contains(&part.len()));
    word && short && rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// A UUID, whatever its version.
pub(crate) fn is_uuid(value: &str) -> bool {
    let groups: Vec<&str> = value.split('-').collect();
    let lengths = [8, 4, 4, 4, 12];
    groups.len() == 5
        && groups.iter().zip(lengths).all(|(g, n)| g.len() == n && g.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Hex of a usual digest length (MD5, SHA-1, SHA-256, SHA-512).
pub(crate) fn is_digest(value: &str) -> bool {
    let hex = value.bytes().all(|b| b.is_ascii_hexdigit());
    hex && matches!(value.len(), 32 | 40 | 64 | 128) && !is_odd_hex(value.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(PLACEHOLDER_WORDS.is_sorted() && EXTENSIONS.is_sorted());
    }

    #[test]
    fn chance_and_words_are_told_apart() {
        for random in ["8f14e45fceea167a", "q7Zt0Lw3mXv9Rk2p", "ab12cd34ef56gh78"] {
            assert!(is_random(random, 16), "{random}");
        }
        for word in [
            "linux-x64-npm-2024",
            "my_test_value_1",
            "aaaaaaaaaaaaaaa1",
            "refresh-138485158456011137",
            "v1.2.3-beta.4.build",
        ] {
            assert!(!is_random(word, 16), "{word}");
        }
        for random in ["vpuheyqpirrfatndlyhaaveg", "kzcukuhherxixxqqdtgoiqxuoahnvitm", "LRYMBFXDVZDISHWFONBJMXQY"] {
            assert!(is_random_letters(random), "{random}");
        }
        for word in [
            "internationalization",
            "getApplicationContext",
            "IllegalArgumentException",
            "authenticationprovider",
            "DefaultHttpClientFactory",
        ] {
            assert!(!is_random_letters(word), "{word}");
        }
    }
}
