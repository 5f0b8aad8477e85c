//! Is this value a secret, a dummy, or something else altogether?

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
    let letters = bytes.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    bytes.len() >= min
        && digits > bytes.len() / 32
        && letters >= 2
        && distinct(bytes) >= 6.min(bytes.len() / 2)
        && bits(bytes) >= if bytes.len() < 24 { 2.6 } else { 2.9 }
        && !reads_like_words(value)
        && !is_odd_hex(bytes)
}

/// Number of different bytes.
pub(crate) fn distinct(bytes: &[u8]) -> usize {
    let mut seen = [false; 256];
    bytes.iter().for_each(|b| seen[usize::from(*b)] = true);
    seen.iter().filter(|seen| **seen).count()
}

/// Shannon entropy, in bits per byte.
pub(crate) fn bits(bytes: &[u8]) -> f64 {
    let mut counts = [0u32; 256];
    bytes.iter().for_each(|b| counts[usize::from(*b)] += 1);
    let total = f64::from(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
    let part = |n: &u32| {
        let p = f64::from(*n) / total;
        -p * p.log2()
    };
    counts.iter().filter(|n| **n > 0).map(part).sum()
}

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
    is_template(value)
        || variable
        || PLACEHOLDER_WORDS.contains(&inner)
        || PLACEHOLDER_PARTS.iter().any(|part| inner.contains(part))
}

/// A mask, a variable, a template, a marker of ours.
pub(crate) fn is_template(value: &str) -> bool {
    let parts = ["${", "{{", "#{", "%(", "$(", "***", "[redacted", "...", "…"];
    distinct(value.as_bytes()) <= 2
        || !value.bytes().any(|b| b.is_ascii_alphanumeric())
        || value.starts_with(['$', '<', '{', '%', '#', '&', '*', '`', '~', '(', '['])
        || parts.iter().any(|part| value.contains(part))
}

/// Letters that no word has: pairs that are rare in words make up a good part of them.
pub(crate) fn is_random_letters(value: &str) -> bool {
    let bytes = value.as_bytes();
    if bytes.len() < 16 || !bytes.iter().all(u8::is_ascii_alphabetic) || distinct(bytes) < 8 {
        return false;
    }
    let common = |pair: &[u8]| {
        let pair = [pair[0].to_ascii_lowercase(), pair[1].to_ascii_lowercase()];
        COMMON_PAIRS.split(' ').any(|common| common.as_bytes() == pair)
    };
    let rare = bytes.windows(2).filter(|pair| !common(pair)).count();
    rare * 5 >= bytes.len() * 2
}

/// Pairs of letters that make up most of English words and program names.
const COMMON_PAIRS: &str = "th he in er an re nd at on nt ha es st en ed to it ou ea hi is or ti as te et ng of al de se le sa si ar ve ra ld ur \
     ro ri io ic ne me co ta ec ll li no ce ch so om ma il el us ca tr ac ss la lo un ul ai ho ee pr pe ge ns ot ad em ie id ke ut ow be \
     rs ly ct di wi wh ol da fo vi po am ab ay mo ir tt if po im op ev pa sh su ck ap ob mi do up oo tu ag ue ex ig ni rt gr fi ef ff \
     ai ea ep ey au cr cl pl bl br fr fa fe iv iz ks lt mp na oc od os ov pi pp qu rd rm rn ru sc sp ts ty uc ui um va wa we ye ga gi go";

/// Whole values that say nothing.
const PLACEHOLDER_WORDS: &[&str] = &[
    "true",
    "false",
    "null",
    "nil",
    "none",
    "undefined",
    "yes",
    "no",
    "on",
    "off",
    "string",
    "str",
    "bool",
    "int",
    "object",
    "required",
    "optional",
    "empty",
    "unset",
    "set",
    "default",
    "hidden",
    "masked",
    "redacted",
    "secret",
    "secrets",
    "token",
    "password",
    "passwd",
    "pass",
    "pwd",
    "key",
    "value",
    "write",
    "read",
    "admin",
    "invalid",
    "missing",
    "expired",
    "wrong",
    "incorrect",
    "failed",
    "ok",
    "error",
    "prompt",
    "stdin",
    "env",
    "auto",
    "inherit",
    "basic",
    "bearer",
    "username",
    "user",
    "encrypted",
    "disabled",
    "enabled",
    "unknown",
    "test",
    "apikey",
    "api_key",
    "accesstoken",
    "access_token",
    "n/a",
];

/// Parts that only made-up values have.
const PLACEHOLDER_PARTS: &[&str] = &[
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
];

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
    hex && matches!(value.len(), 32 | 40 | 64 | 128)
}
