//! What a terminal would have shown, with nothing hidden in it.
//!
//! Control sequences are those of ECMA-48 and xterm's ctlseqs; invisible characters are those of Unicode's
//! `Default_Ignorable_Code_Point`, the bidirectional controls and the blank letters used for spoofing.

mod controls;
mod invisible;

use std::borrow::Cow;
use std::fmt::Write;

use crate::untrusted::CharBoundary;
use controls::is_plain;
use invisible::Fate;

/// Longest line that cleaning leaves whole, in bytes. A longer one is cut and says so.
pub const LINE_BYTES: usize = 4096;

/// Room for the mark of a cut, so that a cut line is not cut again.
const MARK_BYTES: usize = 40;

/// What cleaning did, summed over all lines that one [`Cleaner`] saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// Lines from which terminal controls (or overwritten text) were taken out.
    pub lines_with_controls: u64,
    /// Zero-width and tag characters and stray variation selectors that were removed.
    pub removed: u64,
    /// Bidirectional controls, blank letters and line separators now shown as `\u{…}`.
    pub shown: u64,
    /// Lines longer than [`LINE_BYTES`], now cut.
    pub cut_lines: u64,
}

/// Cleans lines one by one and counts what it did.
#[derive(Clone, Debug, Default)]
pub struct Cleaner {
    counts: Cleaned,
}

impl Cleaner {
    /// A cleaner that has seen nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// What was done so far.
    pub fn counts(&self) -> Cleaned {
        self.counts
    }

    /// Cleans one line (without its `\n`); a plain line is given back as it is, without allocating.
    pub fn line<'a>(&mut self, line: &'a str) -> Cow<'a, str> {
        let line = self.uncapped(line);
        if line.len() <= LINE_BYTES {
            return line;
        }
        self.counts.cut_lines += 1;
        let end = line.floor_char_boundary_at(LINE_BYTES - MARK_BYTES);
        Cow::Owned(format!("{} […{} more bytes]", &line[..end], line.len() - end))
    }

    fn uncapped<'a>(&mut self, line: &'a str) -> Cow<'a, str> {
        if is_plain(line) {
            return Cow::Borrowed(line);
        }
        let line = controls::resolve(line);
        self.counts.lines_with_controls += u64::from(matches!(line, Cow::Owned(_)));
        if line.is_ascii() {
            return line;
        }
        match self.without_invisible(&line) {
            Some(text) => Cow::Owned(text),
            None => line,
        }
    }

    /// The line without invisible characters, or `None` if it has none.
    fn without_invisible(&mut self, line: &str) -> Option<String> {
        let mut out: Option<String> = None;
        let mut before = None;
        for (at, c) in line.char_indices() {
            let fate = invisible::fate(c, before, || line[at + c.len_utf8()..].chars().next());
            if fate == Fate::Keep {
                before = Some(c);
                if let Some(out) = &mut out {
                    out.push(c);
                }
                continue;
            }
            let out = out.get_or_insert_with(|| line[..at].to_owned());
            if fate == Fate::Show {
                self.counts.shown += 1;
                let _ = write!(out, "\\u{{{:04x}}}", u32::from(c));
                // What now stands before the next character, so that cleaning again sees the same.
                before = Some('}');
            } else {
                self.counts.removed += 1;
            }
        }
        out
    }

    fn text<'a>(&mut self, text: &'a str, line: impl Fn(&mut Self, &'a str) -> Cow<'a, str>) -> Cow<'a, str> {
        let mut out: Option<String> = None;
        let mut at = 0;
        for raw in text.split_inclusive('\n') {
            let body = raw.strip_suffix('\n').unwrap_or(raw);
            match (line(self, body), &mut out) {
                (Cow::Borrowed(same), None) if same.len() == body.len() => {}
                (cleaned, out) => {
                    let out = out.get_or_insert_with(|| text[..at].to_owned());
                    out.push_str(&cleaned);
                    out.push_str(&raw[body.len()..]);
                }
            }
            at += raw.len();
        }
        out.map_or(Cow::Borrowed(text), Cow::Owned)
    }
}

/// Cleans a whole text line by line; tabs, newlines and everything benign stay byte for byte.
///
/// Terminal controls go, `\r` and backspace are resolved to what a terminal would finally show, bidirectional controls
/// and blank letters are shown as `\u{202e}`, zero-width and tag characters are removed, lines over [`LINE_BYTES`] are
/// cut with `[…123 more bytes]`. Cleaning twice changes nothing more. Linear in the length of the text.
pub fn clean(text: &str) -> Cow<'_, str> {
    Cleaner::new().text(text, Cleaner::line)
}

/// [`clean`] for one line without its `\n`. Use a [`Cleaner`] to count.
pub fn clean_line(line: &str) -> Cow<'_, str> {
    Cleaner::new().line(line)
}

/// [`clean`] without the cut of long lines, for sinks whose text was measured before.
pub(crate) fn clean_uncapped(text: &str) -> Cow<'_, str> {
    Cleaner::new().text(text, Cleaner::uncapped)
}

/// One line in which nothing is hidden and nothing removed: line breaks as `␤`, other controls as `\x1b`, invisible
/// characters as `\u{200b}`.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if is_plain(text) && !text.contains(['\t', '\n']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut before = None;
    for (at, c) in text.char_indices() {
        let after = || text[at + c.len_utf8()..].chars().next();
        match c {
            '\r' if after() == Some('\n') => {}
            '\n' | '\r' => out.push('␤'),
            '\t' => out.push(' '),
            c if c.is_ascii_control() => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            c if c.is_control() || invisible::fate(c, before, after) != Fate::Keep => {
                let _ = write!(out, "\\u{{{:04x}}}", u32::from(c));
                before = Some('}');
            }
            c => {
                out.push(c);
                before = Some(c);
            }
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn benign_text_is_borrowed() {
        for text in ["plain\n\ttabs\n", "", "\n\n", "héllo ✓ 日本語 ┌─┐ 👩‍👩‍👧 ✔️ 🇩🇪 नमस्ते می‌خواهم\n"]
        {
            assert!(matches!(clean(text), Cow::Borrowed(_)), "{text:?}");
        }
    }

    #[test]
    fn counts_what_it_did() {
        let mut cleaner = Cleaner::new();
        assert_eq!(cleaner.line("a\u{1b}[1mb"), "ab");
        assert_eq!(cleaner.line("src/\u{202e}gnp.rs"), "src/\\u{202e}gnp.rs");
        assert_eq!(cleaner.line("/hea\u{200b}ler\u{e0041}"), "/healer");
        let long = "é".repeat(5000);
        let cut = cleaner.line(&long).into_owned();
        assert!(cut.len() <= LINE_BYTES && cut.ends_with("[…5944 more bytes]"), "{}", &cut[4000..]);
        assert_eq!(clean_line(&cut), cut);
        let counts = cleaner.counts();
        assert_eq!((counts.lines_with_controls, counts.shown, counts.removed, counts.cut_lines), (1, 1, 2, 1));
    }

    #[test]
    fn lines_are_cleaned_apart() {
        assert_eq!(clean("\u{1b}]0;never closed\nerror: must survive\r\n"), "\nerror: must survive\n");
        assert_eq!(clean("ok\nabc\rX\n\nlast"), "ok\nXbc\n\nlast");
    }
}
