//! Markdown sinks (CommonMark 0.31, sections 4.5 and 6.1).

use std::borrow::Cow;

use crate::Untrusted;
use crate::clean::{clean_uncapped, visible};

impl Untrusted {
    /// A markdown code span: one line that nothing inside can close.
    ///
    /// The delimiter is one backtick longer than the longest run inside; line breaks show as `␤`, other controls and
    /// invisible characters as escapes; a space pads both ends where CommonMark needs it. In a table, a `|` would still
    /// end the cell (GitHub's extension looks for it first): put code spans into lists.
    pub fn code_span(&self) -> String {
        let text = visible(self.expose());
        let text = if text.is_empty() { Cow::Borrowed(" ") } else { text };
        let delimiter = "`".repeat(longest_run(&text) + 1);
        let spaces_only = text.bytes().all(|b| b == b' ');
        let ticked = text.starts_with('`') || text.ends_with('`');
        let spaced = text.starts_with(' ') && text.ends_with(' ') && !spaces_only;
        let pad = if ticked || spaced { " " } else { "" };
        format!("{delimiter}{pad}{text}{pad}{delimiter}")
    }

    /// A fenced code block, beginning and ending at a line of its own and ending with a newline.
    ///
    /// The fence is one backtick longer than the longest run inside, at least three. Benign text is kept byte for byte
    /// (a final newline is added if it is missing); terminal controls go and invisible characters are shown as in
    /// [`clean`](crate::clean), without its cut of long lines. `label` is the info string: ours, a word such as `text`
    /// or `diff`; anything but ASCII letters, digits, `_`, `-`, `.` and `+` is dropped from it.
    pub fn fence(&self, label: &str) -> String {
        let text = clean_uncapped(self.expose());
        let fence = "`".repeat((longest_run(&text) + 1).max(3));
        let is_word = |c: &char| c.is_ascii_alphanumeric() || "_-.+".contains(*c);
        let label: String = label.chars().filter(is_word).collect();
        let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        format!("{fence}{label}\n{text}{end}{fence}\n")
    }
}

/// Length of the longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(text: &str) -> String {
        Untrusted::new(text).code_span()
    }

    #[test]
    fn code_span_cannot_be_closed() {
        assert_eq!(span("main"), "`main`");
        assert_eq!(span("a`b"), "``a`b``");
        assert_eq!(span("`rm`"), "`` `rm` ``");
        assert_eq!(span("a\r\nb\nc\rd"), "`a␤b␤c␤d`");
        assert_eq!(span(" x "), "`  x  `");
        assert_eq!(span("  "), "`  `");
        assert_eq!(span(""), "` `");
        assert_eq!(span("a\u{202e}b\u{1b}[31m"), "`a\\u{202e}b\\x1b[31m`");
    }

    #[test]
    fn fence_is_longer_than_what_it_holds() {
        assert_eq!(Untrusted::new("ok").fence("text"), "```text\nok\n```\n");
        assert_eq!(Untrusted::new("ok\n").fence("text"), "```text\nok\n```\n");
        assert_eq!(Untrusted::new("```\n").fence(""), "````\n```\n````\n");
        assert_eq!(Untrusted::new("").fence("a`\n# b"), "```ab\n```\n");
        let long = "x".repeat(10_000);
        assert_eq!(Untrusted::new(long.clone()).fence("text"), format!("```text\n{long}\n```\n"));
    }
}
