//! Sinks for a person's terminal.

use std::borrow::Cow;

use crate::Untrusted;
use crate::clean::{clean, visible};

/// Longest text that [`Untrusted::terminal`] shows, in characters.
pub const TERMINAL_CHARS: usize = 200;

impl Untrusted {
    /// One line for a terminal or an error sentence: controls and invisible characters as escapes, line breaks as `␤`,
    /// cut after 200 characters with `…`.
    pub fn terminal(&self) -> String {
        let text = visible(self.expose());
        match text.char_indices().nth(TERMINAL_CHARS) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text.into_owned(),
        }
    }

    /// Several lines for a terminal: [`clean`](crate::clean)ed, line breaks and tabs kept, nothing cut but lines over
    /// [`LINE_BYTES`](crate::LINE_BYTES).
    pub fn terminal_lines(&self) -> Cow<'_, str> {
        clean(self.expose())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_visible_line() {
        assert_eq!(Untrusted::new("a\u{1b}]0;x\u{7}b\nc").terminal(), "a\\x1b]0;x\\x07b␤c");
        assert_eq!(Untrusted::new("é".repeat(300)).terminal(), format!("{}…", "é".repeat(200)));
        assert_eq!(Untrusted::new("é".repeat(200)).terminal(), "é".repeat(200));
    }

    #[test]
    fn several_lines_lose_their_controls() {
        assert_eq!(Untrusted::new("\u{1b}[31ma\u{1b}[0m\n\tb\n").terminal_lines(), "a\n\tb\n");
    }
}
