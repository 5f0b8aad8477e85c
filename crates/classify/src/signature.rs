//! What makes two failures one: the cause's words without what changes from run to run.

use remediation::{Kind, Vocabulary};
use sha2::{Digest, Sha256};

/// A fingerprint of one line that states a cause; `detail` are the lines of its message below it, `file` is the path that
/// the tool printed above it, if any.
#[must_use]
pub fn fingerprint(line: &str, detail: &str, file: &str) -> u64 {
    let mut hash = Sha256::new();
    // A kept line is cut by its bytes, and longer folder names would cut it elsewhere.
    for line in std::iter::once(line).chain(detail.lines()) {
        hash.update(normalise(line).chars().take(FIRST).collect::<String>());
        hash.update(b"\n");
    }
    hash.update(normalise(file));
    let bytes = hash.finalize();
    bytes.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Characters of a normalised line that count.
const FIRST: usize = 200;

/// 16 hexadecimal digits of kind, tool and causes.
pub fn signature<'a>(kind: Kind, tool: &str, causes: impl Iterator<Item = &'a u64>) -> String {
    let mut hash = Sha256::new();
    hash.update(kind.as_str());
    hash.update(b"\n");
    hash.update(tool);
    for cause in causes {
        hash.update(cause.to_be_bytes());
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Replaces numbers, hashes, times, durations and addresses by a placeholder and cuts paths to what every checkout has;
/// keeps names, codes (`E0425`, `TS2322`, `CVE-2024-1234`), numbers in tests' titles and everything else.
#[must_use]
pub fn normalise(line: &str) -> String {
    let line = line.trim();
    let title = TITLES.iter().any(|mark| line.starts_with(mark));
    let line = if title { without_duration(line) } else { line };
    // Nextest says first how long it took: `FAIL [   0.011s] widgets tests::adds`.
    let line = if line.starts_with("FAIL [") {
        line.split_once("] ").map_or(line, |(_, name)| without_place(name))
    } else {
        line
    };
    let mut out = String::with_capacity(line.len());
    let mut before = "";
    for word in line.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        // `tests/test_a.py::test_x[3-4]` and `api::v2` are names: their numbers tell them apart.
        let named = word.contains("::") && !word.contains("line=") && word.contains(char::is_alphabetic);
        // `The version '3.7' was not found`: which one is the cause.
        let named = named || before.eq_ignore_ascii_case("version") && word.starts_with(['\'', '"', '`']);
        before = word;
        let mut rest = word;
        while !rest.is_empty() {
            let end = rest.find(|letter| SEPARATORS.contains(letter)).unwrap_or(rest.len());
            push_word(&mut out, &rest[..end], title || named);
            let separator = rest[end..].chars().next();
            out.extend(separator);
            rest = &rest[end + separator.map_or(0, char::len_utf8)..];
        }
    }
    out
}

/// The path that a tool names below its message: `--> src/lib.rs:3:5`, `on main.tf line 3`, or the place alone.
pub fn place(line: &str) -> Option<&str> {
    let text = line.trim_start_matches([' ', '│', '|', '\t', '╷', '┌', '─', '╭', '[']);
    let indented = text.len() < line.len();
    let path = if let Some(arrow) = text.strip_prefix("--> ") {
        arrow
    } else if let Some((path, _)) = text.strip_prefix("on ").and_then(|text| text.split_once(" line ")) {
        path
    } else if indented && !text.trim_end().contains(' ') {
        text
    } else {
        return None;
    };
    let path = path.split([':', ']', ' ']).next()?;
    let name = path.rsplit(['/', '\\']).next()?;
    (name.contains('.') && !name.ends_with('.')).then_some(path)
}

const SEPARATORS: &str = "\"'`()[]{}<>,;=|│";

/// How lines begin that are a test's title.
const TITLES: &[&str] = &["● ", "× ", "FAIL ", "--- FAIL: ", "test ", "---- ", "✕ ", "✗ ", "✖ ", "(fail) "];

/// Advisories are names.
const ADVISORIES: &[&str] = &["CVE-", "GHSA-", "RUSTSEC-", "PYSEC-", "GO-", "CWE-", "SNYK-"];

/// Where CI systems check out, and how many folders below it still are no part of the repository.
const CHECKOUTS: &[(&str, usize)] = &[
    ("/home/runner/work/", 2),
    ("/Users/runner/work/", 2),
    ("/__w/", 2),
    ("/github/workspace/", 0),
    (":/a/", 2),
    ("/travis/build/", 2),
    ("/jenkins/workspace/", 1),
    ("/agent/workspace/", 1),
    ("/builds/", 2),
    ("/circleci/project/", 0),
    ("/root/project/", 0),
    ("/_work/", 2),
    ("/vsts/work/", 2),
    ("/pipelines/agent/build/", 0),
    ("/drone/src/", 0),
    ("/usr/src/app/", 0),
    ("/workspace/", 0),
];

/// Where tools keep others' code: what follows is the same everywhere.
const CACHES: &[(&str, usize)] = &[
    ("/node_modules/", 0),
    ("/site-packages/", 0),
    ("/dist-packages/", 0),
    ("/registry/src/", 1),
    ("/git/checkouts/", 2),
    ("/pkg/mod/", 0),
];

/// Temporary folders; the first name in them is random.
const TEMPORARY: &[&str] = &["/var/folders/", "/_temp/", "/Temp/", "/tmp/"];

/// Folders that begin a path inside a repository, wherever it is checked out.
const LANDMARKS: &[&str] = &[
    "src", "lib", "test", "tests", "spec", "crates", "packages", "apps", "cmd", "internal", "pkg", "app", "charts",
    "k8s", "deploy", "config", "scripts", "services", "docs", "examples", "benches", ".github", "target", "build",
    "dist",
];

/// Folders of the system, the same on every machine.
const SYSTEM: &[&str] = &["/usr/", "/etc/", "/opt/", "/bin/", "/lib/", "/proc/", "/dev/", "/sys/"];

fn push_word(out: &mut String, word: &str, named: bool) {
    if ADVISORIES.iter().any(|prefix| word.starts_with(prefix)) {
        out.push_str(word);
        return;
    }
    if is_time(word) {
        out.push('N');
        return;
    }
    let path = word.replace('\\', "/");
    let word = if path.contains('/') { inside(&path) } else { word };
    for piece in word.split_inclusive(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != '-') {
        let end = piece.trim_end_matches(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != '-');
        if is_uuid(end) {
            out.push('N');
            out.push_str(&piece[end.len()..]);
            continue;
        }
        for part in piece.split_inclusive(|letter: char| !letter.is_alphanumeric() && letter != '_') {
            let name = part.trim_end_matches(|letter: char| !letter.is_alphanumeric() && letter != '_');
            push_part(out, name, named);
            out.push_str(&part[name.len()..]);
        }
    }
}

/// The part of a path that does not depend on the machine, the checkout and the run.
fn inside(path: &str) -> &str {
    let below = |rest: &'static str, skip: usize| {
        let at = path.rfind(rest)? + rest.len();
        path[at..].splitn(skip + 1, '/').nth(skip)
    };
    if let Some(rest) = CACHES.iter().find_map(|(cache, skip)| below(cache, *skip)) {
        return rest;
    }
    // Some checkouts are called as their job, others as their repository.
    if let Some(rest) = CHECKOUTS.iter().find_map(|(root, skip)| {
        let at = path.find(root)? + root.len();
        Some(path[at..].splitn(skip + 1, '/').nth(*skip).unwrap_or("."))
    }) {
        return rest;
    }
    if let Some(at) = TEMPORARY.iter().find_map(|folder| Some(path.find(folder)? + folder.len())) {
        let rest = path[at..].split_once("/T/").map_or(&path[at..], |(_, rest)| rest);
        let (first, rest) = rest.split_once('/').unwrap_or(("", rest));
        return if first.is_empty() && is_made_up(rest) { "tmp" } else { rest };
    }
    if let Some((kind, _)) = ["refs/heads/", "refs/pull/"].iter().find_map(|refs| path.split_once(refs)) {
        return if kind.is_empty() { "refs" } else { kind };
    }
    if path.contains("://") {
        return path.split(['?', '#']).next().unwrap_or(path);
    }
    let absolute = path.starts_with(['/', '~']) || path.get(1..3) == Some(":/");
    if !absolute {
        return path.trim_start_matches("../").trim_start_matches("./").trim_end_matches('/');
    }
    if SYSTEM.iter().any(|folder| path.starts_with(folder)) {
        return path;
    }
    let mut at = 0;
    for part in path.split('/') {
        if LANDMARKS.contains(&part) {
            return &path[at..];
        }
        at += part.len() + 1;
    }
    let path = path.trim_end_matches(['/', '.', ',', ':']);
    let name = path.rsplit('/').next().unwrap_or(path);
    // A folder deep in an unknown place is a checkout.
    if name.contains('.') || path.split('/').count() < 4 { name } else { "." }
}

/// `2026-01-01`, with or without a time.
fn is_time(word: &str) -> bool {
    let bytes = word.as_bytes();
    bytes.len() >= 10
        && bytes[..10]
            .iter()
            .enumerate()
            .all(|(at, byte)| if matches!(at, 4 | 7) { *byte == b'-' } else { byte.is_ascii_digit() })
}

fn is_uuid(piece: &str) -> bool {
    piece.len() == 36
        && piece.split('-').map(str::len).eq([8, 4, 4, 4, 12])
        && piece.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// A name that `mktemp` and its like invent.
fn is_made_up(name: &str) -> bool {
    let digits = name.bytes().any(|byte| byte.is_ascii_digit());
    let mixed =
        name.bytes().any(|byte| byte.is_ascii_uppercase()) && name.bytes().any(|byte| byte.is_ascii_lowercase());
    name.starts_with("tmp") || (name.len() >= 6 && (digits || mixed))
}

/// A test's name without the place that it had in the run: `(2/91) widgets tests::adds`.
fn without_place(name: &str) -> &str {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ');
    let place = name.strip_prefix('(').and_then(|rest| rest.split_once(") "));
    let of_all = |at: &str| at.split_once('/').is_some_and(|(one, all)| digits(one) && digits(all));
    place.filter(|(at, _)| of_all(at)).map_or(name, |(_, name)| name.trim_start())
}

/// A test's title without the time it took: `(0.00s)`, `(5 ms)`, `3ms`, `[0.52ms]`.
fn without_duration(line: &str) -> &str {
    let open = line.trim_end_matches([')', ']']);
    let number = open.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = &open[number.len()..];
    let number = number.trim_end();
    let rest = number.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
    if ["s", "ms", "m", "us", "ns"].contains(&unit) && rest.len() < number.len() && rest.ends_with([' ', '(', '[']) {
        rest.trim_end_matches([' ', '(', '['])
    } else {
        line
    }
}

/// What is measured, counted, hashed or drawn by lot becomes `N`; in a `named` word plain numbers stay.
fn push_part(out: &mut String, part: &str, named: bool) {
    const UNITS: &[&str] = &[
        "", "ms", "s", "m", "h", "us", "ns", "kb", "KB", "MB", "mb", "B", "GB", "kB", "KiB", "MiB", "GiB", "th", "st",
        "nd", "rd",
    ];
    let digits = part.chars().filter(char::is_ascii_digit).count();
    let all = |wanted: fn(&u8) -> bool| part.as_bytes().iter().all(wanted);
    let hex = part.len() >= 7 && digits > 0 && digits < part.len() && all(u8::is_ascii_hexdigit);
    let random = part.len() >= 16 && digits >= 3 && all(u8::is_ascii_alphanumeric);
    // Kubernetes names pods by letters that make no words.
    let safe = |byte: &u8| b"bcdfghjklmnpqrstvwxz2456789".contains(byte);
    let pod = (8..=10).contains(&part.len()) && digits >= 2 && all(safe)
        || part.len() == 5 && out.ends_with("N-") && all(safe);
    let temporary = part.len() >= 8 && part.starts_with("tmp") || digits > 0 && out.ends_with("tmp.");
    let drawn = hex || random || pod || temporary || part.len() > 2 && part.starts_with("0x");
    let unit = part.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let measured = digits > 0 && UNITS.contains(&unit);
    if drawn || (measured && !named) {
        if !out.ends_with("N:") && !out.ends_with("N.") && !out.ends_with("N-") {
            out.push('N');
        }
    } else {
        out.push_str(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_cause_has_one_fingerprint() {
        let pairs = [
            (
                "thread 'finds_exact' (13863) panicked at tests/api.rs:6:31:",
                "thread 'finds_exact' (99) panicked at tests/api.rs:16:3:",
            ),
            ("error: failed at /home/runner/work/a/a/src/b.rs:3:5", "error: failed at /Users/ci/src/b.rs:13:15"),
            ("src/a.ts(18,10): error TS2614: no member 'P'", "src/a.ts(20,1): error TS2614: no member 'P'"),
            ("--- FAIL: TestAdd (0.00s)", "--- FAIL: TestAdd (1.31s)"),
            ("        FAIL [   0.011s] widgets tests::adds", "        FAIL [  12.300s] widgets tests::adds"),
            ("FAIL [   0.011s] ( 2/91) widgets tests::adds", "FAIL [   0.300s] (14/92) widgets tests::adds"),
            ("open /tmp/tmp.Xa81/cfg.yaml: no such file", "open /tmp/tmp.Zb17/cfg.yaml: no such file"),
            ("listen tcp 127.0.0.1:41234: in use", "listen tcp 127.0.0.1:51234: in use"),
            ("layer sha256:0a1b2c3d4e5f is missing", "layer sha256:ff00aa11bb22 is missing"),
        ];
        for (one, other) in pairs {
            assert_eq!(normalise(one), normalise(other));
        }
    }

    #[test]
    fn different_causes_differ() {
        let pairs = [
            ("error[E0425]: cannot find function `sign`", "error[E0425]: cannot find function `verify`"),
            ("error[E0425]: cannot find `a`", "error[E0308]: cannot find `a`"),
            ("test tests::adds ... FAILED", "test tests::subtracts ... FAILED"),
            ("ID: RUSTSEC-2019-0001", "ID: RUSTSEC-2020-0071"),
            ("The version '3.7' was not found", "The version '3.5' was not found"),
            ("src/a.ts(1,1): error TS2614: x", "src/a.ts(1,1): error TS2322: x"),
        ];
        for (one, other) in pairs {
            assert_ne!(normalise(one), normalise(other));
        }
        assert_ne!(fingerprint("no-unused-vars", "", "src/a.ts"), fingerprint("no-unused-vars", "", "src/b.ts"));
        assert_ne!(fingerprint("Error: Unsupported", "a = 1", ""), fingerprint("Error: Unsupported", "b = 1", ""));
    }
}
