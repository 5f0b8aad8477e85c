//! What makes two failures one: the cause's words without what changes from run to run.

use remediation::{Kind, Vocabulary};
use sha2::{Digest, Sha256};

/// A fingerprint of one line that states a cause; `file` is the path that the tool printed above it, if any.
#[must_use]
pub fn fingerprint(line: &str, file: &str) -> u64 {
    let mut hash = Sha256::new();
    hash.update(normalise(line));
    hash.update(b"\n");
    hash.update(basename(file));
    let bytes = hash.finalize();
    bytes.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

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

/// Replaces paths by their last part, and numbers, hashes, times, durations and addresses by placeholders; keeps names,
/// codes (`E0425`, `TS2322`, `CVE-2024-1234`) and everything else.
#[must_use]
pub fn normalise(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut word = String::new();
    for letter in line.chars().chain([' ']) {
        if letter.is_whitespace() || "\"'`()[]{}<>,;=|│".contains(letter) {
            push_word(&mut out, &word);
            word.clear();
            if !letter.is_whitespace() {
                out.push(letter);
            } else if !out.ends_with(' ') {
                out.push(' ');
            }
        } else {
            word.push(letter);
        }
    }
    out.trim().to_owned()
}

fn push_word(out: &mut String, word: &str) {
    if word.is_empty() {
        return;
    }
    let advisory = ["CVE-", "GHSA-", "RUSTSEC-", "PYSEC-", "GO-", "CWE-"].iter().any(|prefix| word.starts_with(prefix));
    if advisory {
        out.push_str(word);
        return;
    }
    let word = if word.contains(['/', '\\']) { basename(word) } else { word };
    // Within a word, parts of letters and digits are judged one by one.
    let mut part = String::new();
    for letter in word.chars().chain(['\0']) {
        if letter.is_alphanumeric() || letter == '_' {
            part.push(letter);
        } else {
            push_part(out, &part);
            part.clear();
            if letter != '\0' {
                out.push(letter);
            }
        }
    }
}

/// The last part of a path or URL. Build systems' own separators (`a::b`) are no path.
fn basename(path: &str) -> &str {
    let path = path.trim_end_matches(['/', '\\']);
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

fn push_part(out: &mut String, part: &str) {
    let digits = part.chars().filter(char::is_ascii_digit).count();
    let hex = part.len() >= 7 && digits > 0 && part.chars().all(|letter| letter.is_ascii_hexdigit());
    let random = part.len() >= 16 && digits >= 3 && part.chars().all(|letter| letter.is_ascii_alphanumeric());
    let unit = part.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let measured = digits > 0
        && ["", "ms", "s", "m", "h", "us", "ns", "kb", "KB", "MB", "mb", "B", "GB", "th", "st", "nd", "rd"]
            .contains(&unit);
    if hex || random || part.starts_with("0x") {
        out.push('H');
    } else if measured {
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
            ("ID: RUSTSEC-2018-0006", "ID: RUSTSEC-2020-0071"),
            ("src/a.ts(1,1): error TS2614: x", "src/a.ts(1,1): error TS2322: x"),
        ];
        for (one, other) in pairs {
            assert_ne!(normalise(one), normalise(other));
        }
        assert_ne!(fingerprint("no-unused-vars", "src/a.ts"), fingerprint("no-unused-vars", "src/b.ts"));
    }
}
