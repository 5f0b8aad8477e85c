//! Cleaning one line: what a CI system or a terminal puts around a tool's own words goes away.
//!
//! Seen through: `gh run view` job and step columns, timestamps (Actions, GitLab, Jenkins), byte
//! order marks, ANSI sequences, `\r` progress, `##[error]` and `::error::` commands, and the task
//! prefixes of monorepo runners.

use std::borrow::Cow;

/// What the CI system said about a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mark {
    /// Nothing: a tool's own output.
    #[default]
    None,
    /// `##[error]` or `::error …::`
    Error,
    /// `##[warning]` or `::warning …::`, also notices and debug lines.
    Aside,
    /// `##[group]`
    Group,
    /// `##[endgroup]`
    EndGroup,
    /// `##[section]` of Azure Pipelines
    Section,
    /// `[command]`: what an action runs itself
    Command,
}

/// A line as its tool wrote it.
#[derive(Debug)]
pub struct Clean<'a> {
    /// Job and step, where every line is prefixed with them (`gh run view --log`).
    pub columns: Option<(&'a [u8], &'a [u8])>,
    /// What the CI system said about it.
    pub mark: Mark,
    /// Whether the line came from inside an image build (`#12 3.45 …`).
    pub inside_image: bool,
    /// The tool's words, without trailing white space.
    pub text: Cow<'a, [u8]>,
}

/// Cleans one physical line.
#[must_use]
pub fn clean(raw: &[u8]) -> Clean<'_> {
    let (columns, rest) = strip_time(raw);
    let rest = last_progress(rest);
    let mut text = strip_terminal(rest);
    let (mark, skip) = mark(&text);
    cut_front(&mut text, skip);
    let skip = task_prefix(&text);
    cut_front(&mut text, skip);
    let image = image_prefix(&text);
    cut_front(&mut text, image);
    trim_end(&mut text);
    Clean { columns, mark, inside_image: image > 0, text }
}

fn cut_front(text: &mut Cow<'_, [u8]>, skip: usize) {
    if skip > 0 {
        match text {
            Cow::Borrowed(bytes) => *bytes = &bytes[skip..],
            Cow::Owned(bytes) => drop(bytes.drain(..skip)),
        }
    }
}

fn trim_end(text: &mut Cow<'_, [u8]>) {
    let kept = text.trim_ascii_end().len();
    match text {
        Cow::Borrowed(bytes) => *bytes = &bytes[..kept],
        Cow::Owned(bytes) => bytes.truncate(kept),
    }
}

/// Job and step, if a line is prefixed with them, and the rest of it.
type Split<'a> = (Option<(&'a [u8], &'a [u8])>, &'a [u8]);

/// Removes timestamps and, before one, the columns of `gh run view`.
fn strip_time(raw: &[u8]) -> Split<'_> {
    let window = &raw[..raw.len().min(400)];
    for z in memchr::memchr_iter(b'Z', window) {
        let Some(start) = instant_start(&window[..z]) else { continue };
        let after = &raw[z + 1..];
        let before = raw[..start].strip_suffix(b"\xEF\xBB\xBF").unwrap_or(&raw[..start]);
        if before.is_empty() {
            let after = strip_stream_tag(after);
            return (None, after.strip_prefix(b" ").unwrap_or(after));
        }
        if before == b"[" {
            let after = after.strip_prefix(b"]").unwrap_or(after);
            return (None, after.strip_prefix(b" ").unwrap_or(after));
        }
        if let Some(columns) = columns(before) {
            return (Some(columns), after.strip_prefix(b" ").unwrap_or(after));
        }
        break;
    }
    if let Some(columns) = bare_columns(raw) {
        return columns;
    }
    (None, strip_clock(raw))
}

/// Where `2026-01-15T10:32:20.1234567` starts, if `before` ends with it.
fn instant_start(before: &[u8]) -> Option<usize> {
    let digits = before.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let mut end = before.len();
    if digits > 2 || (digits > 0 && before[..end - digits].ends_with(b".")) {
        end -= digits;
        if end == 0 || before[end - 1] != b'.' {
            return None;
        }
        end -= 1;
    }
    let start = end.checked_sub(19)?;
    let shape = b"dddd-dd-ddTdd:dd:dd";
    let fits = before[start..end].iter().zip(shape).all(|(byte, want)| match want {
        b'd' => byte.is_ascii_digit(),
        other => byte == other,
    });
    fits.then_some(start)
}

/// GitLab marks each line's stream after the time: `00O `, `01E+`.
fn strip_stream_tag(after: &[u8]) -> &[u8] {
    match after {
        [b' ', a, b, b'O' | b'E', rest @ ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => {
            rest.strip_prefix(b"+").unwrap_or(rest)
        }
        _ => after,
    }
}

/// Splits `job<tab>step<tab>` (or two spaces, as pasted) in front of a time.
fn columns(before: &[u8]) -> Option<(&[u8], &[u8])> {
    if before.last() == Some(&b'\t') {
        let inner = &before[..before.len() - 1];
        let cut = memchr::memchr(b'\t', inner)?;
        return Some((&inner[..cut], &inner[cut + 1..]));
    }
    let inner = before.strip_suffix(b"  ")?;
    let cut = memchr::memmem::find(inner, b"  ")?;
    Some((&inner[..cut], inner[cut..].trim_ascii()))
}

/// `job<tab>step<tab>text` without a time: continuation lines of some exports.
fn bare_columns(raw: &[u8]) -> Option<Split<'_>> {
    let first = memchr::memchr(b'\t', &raw[..raw.len().min(120)])?;
    let second = first + 1 + memchr::memchr(b'\t', &raw[first + 1..raw.len().min(first + 160)])?;
    let step = &raw[first + 1..second];
    let named = step == b"UNKNOWN STEP" || step.starts_with(b"Run ") || step == b"Set up job";
    named.then(|| (Some((&raw[..first], step)), &raw[second + 1..]))
}

/// Jenkins' short clocks: `12:34:56 ` and `[12:34:56] `.
fn strip_clock(raw: &[u8]) -> &[u8] {
    let inner = raw.strip_prefix(b"[").unwrap_or(raw);
    let bracket = inner.len() != raw.len();
    let clock = |bytes: &[u8]| {
        bytes.len() > 8
            && bytes[..8].iter().enumerate().all(|(at, byte)| match at {
                2 | 5 => *byte == b':',
                _ => byte.is_ascii_digit(),
            })
    };
    if !clock(inner) {
        return raw;
    }
    let rest = &inner[8..];
    let fraction = rest.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    let rest = &rest[fraction..];
    let rest = if bracket { rest.strip_prefix(b"]") } else { Some(rest) };
    rest.and_then(|rest| rest.strip_prefix(b" ")).unwrap_or(raw)
}

/// What a terminal would show last of `10%\r50%\r100%`.
fn last_progress(text: &[u8]) -> &[u8] {
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    let mut rest = text;
    while let Some(cut) = memchr::memrchr(b'\r', rest) {
        let shown = &rest[cut + 1..];
        if shown.iter().any(|byte| !byte.is_ascii_whitespace()) && shown != b"\x1b[0K" {
            return shown;
        }
        rest = &rest[..cut];
    }
    rest
}

/// Removes CSI and string sequences, and what is left of a colour whose escape byte was lost.
fn strip_terminal(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr2(0x1b, 0x08, text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            0x1b => at = escape_end(text, at),
            0x08 => {
                out.pop();
                at += 1;
            }
            byte => {
                out.push(byte);
                at += 1;
            }
        }
    }
    Cow::Owned(out)
}

fn escape_end(text: &[u8], at: usize) -> usize {
    let body = at + 2;
    match text.get(at + 1) {
        Some(b'[') => {
            text[body..].iter().position(|byte| (0x40..=0x7e).contains(byte)).map_or(text.len(), |end| body + end + 1)
        }
        // OSC, and what only terminals or Buildkite's agent read: APC (`\x1b_bk;t=…\x07`), DCS, PM, SOS.
        Some(b']' | b'_' | b'P' | b'^' | b'X') => text[body..]
            .iter()
            .position(|byte| *byte == 0x07 || *byte == 0x1b)
            .map_or(text.len(), |end| body + end + if text[body + end] == 0x1b { 2 } else { 1 }),
        Some(b'(' | b')') => (at + 3).min(text.len()),
        Some(_) => at + 2,
        None => at + 1,
    }
    .min(text.len())
}

const MARKS: &[(&[u8], Mark)] = &[
    (b"##[error]", Mark::Error),
    (b"##[warning]", Mark::Aside),
    (b"##[notice]", Mark::Aside),
    (b"##[debug]", Mark::Aside),
    (b"##[group]", Mark::Group),
    (b"##[endgroup]", Mark::EndGroup),
    (b"##[section]", Mark::Section),
    (b"##[command]", Mark::Command),
    (b"[command]", Mark::Command),
    (b"::group::", Mark::Group),
    (b"::endgroup::", Mark::EndGroup),
];

fn mark(text: &[u8]) -> (Mark, usize) {
    let indent = text.len() - text.trim_ascii_start().len();
    let body = &text[indent..];
    for (prefix, mark) in MARKS {
        if body.starts_with(prefix) {
            return (*mark, indent + prefix.len());
        }
    }
    for (name, mark) in [(&b"::error"[..], Mark::Error), (b"::warning", Mark::Aside), (b"::notice", Mark::Aside)] {
        if let Some(rest) = body.strip_prefix(name)
            && matches!(rest.first(), Some(b':' | b' '))
            && let Some(end) = memchr::memmem::find(rest, b"::")
        {
            return (mark, indent + name.len() + end + 2);
        }
    }
    (Mark::None, 0)
}

/// Script names that monorepo runners (turbo, nx, pnpm -r, lerna) print before each line.
const TASKS: &[&[u8]] = &[
    b"build",
    b"test",
    b"lint",
    b"typecheck",
    b"type-check",
    b"check",
    b"check-types",
    b"unit",
    b"e2e",
    b"format",
    b"tsc",
    b"test:unit",
    b"test:e2e",
    b"lint:check",
    b"format:check",
    b"types",
    b"compile",
    b"install",
    b"postinstall",
];

/// The length of `@scope/pkg:test: ` or `packages/a test: `, or 0.
fn task_prefix(text: &[u8]) -> usize {
    let Some(end) = memchr::memmem::find(&text[..text.len().min(100)], b": ") else { return 0 };
    let head = &text[..end];
    let Some(cut) = head.iter().position(|byte| matches!(byte, b':' | b' ')) else { return 0 };
    let package_like =
        cut > 0 && head[..cut].iter().all(|byte| byte.is_ascii_alphanumeric() || b"@/._-".contains(byte));
    if package_like && TASKS.contains(&&head[cut + 1..]) { end + 2 } else { 0 }
}

/// The length of BuildKit's `#12 3.456 `, or 0. Its own lines (`#12 ERROR: …`) have no seconds.
fn image_prefix(text: &[u8]) -> usize {
    let Some(rest) = text.strip_prefix(b"#") else { return repeated_image_prefix(text) };
    let step = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if step == 0 || rest.get(step) != Some(&b' ') {
        return 0;
    }
    let time = &rest[step + 1..];
    let seconds = time.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    if seconds >= 3 && time[..seconds].contains(&b'.') && time.get(seconds).is_none_or(|byte| *byte == b' ') {
        (1 + step + 1 + seconds + 1).min(text.len())
    } else {
        0
    }
}

/// The length of `0.718 `: BuildKit repeats the last lines of a failed RUN so.
fn repeated_image_prefix(text: &[u8]) -> usize {
    let whole = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    match &text[whole..] {
        [b'.', a, b, c, b' ', ..] if whole > 0 && [a, b, c].iter().all(|byte| byte.is_ascii_digit()) => whole + 5,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(raw: &str) -> String {
        String::from_utf8_lossy(&clean(raw.as_bytes()).text).into_owned()
    }

    #[test]
    fn sees_through_what_surrounds_a_tools_words() {
        let cases = [
            ("2026-02-14T08:09:33.1484217Z error: boom", "error: boom"),
            ("test\tUnit\t\u{feff}2026-02-14T08:09:33.14Z error: boom", "error: boom"),
            ("Rust tests  Run tests  2026-09-20T15:32:52.2694321Z error: boom", "error: boom"),
            ("test\tUNKNOWN STEP\terror: boom", "error: boom"),
            ("[2024-05-01T10:00:00.000Z] error: boom", "error: boom"),
            ("2024-05-01T10:00:00.000000Z 01E error: boom", "error: boom"),
            ("12:34:56 error: boom", "error: boom"),
            ("[12:34:56] error: boom", "error: boom"),
            ("\u{1b}[1m\u{1b}[31merror\u{1b}[0m: boom\r", "error: boom"),
            ("10%\r50%\rerror: boom", "error: boom"),
            ("\u{1b}_bk;t=1763000000123\u{7}error: boom", "error: boom"),
            ("##[error]error: boom", "error: boom"),
            ("::error file=a.rs,line=3::error: boom", "error: boom"),
            ("@acme/web:test: error: boom", "error: boom"),
            ("packages/a lint: error: boom", "error: boom"),
            ("#12 3.456 error: boom", "error: boom"),
        ];
        for (raw, wanted) in cases {
            assert_eq!(text(raw), wanted, "{raw:?}");
        }
    }

    #[test]
    fn leaves_a_tools_own_words_alone() {
        for raw in [
            "src/main.rs:12:5: error: boom",
            "error: build: boom",
            "#12 ERROR: failed",
            "built at 2026-02-14T08:09:33Z by ci",
            "    at foo (a.js:1:2)",
        ] {
            assert_eq!(text(raw), raw);
        }
    }

    #[test]
    fn says_what_the_ci_system_said() {
        assert_eq!(clean(b"##[error]x").mark, Mark::Error);
        assert_eq!(clean(b"2026-02-14T08:09:33.1Z ##[group]Run x").mark, Mark::Group);
        let line = clean(b"job\tstep\t2026-02-14T08:09:33.1Z x");
        assert_eq!(line.columns, Some((&b"job"[..], &b"step"[..])));
    }
}
