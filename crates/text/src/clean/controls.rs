//! Terminal controls: sequences are removed, `\r`, backspace and "erase line" are carried out.

use std::borrow::Cow;
use std::str::Chars;

/// Whether the text is printable ASCII, tabs and newlines, so that cleaning has nothing to do.
pub(super) fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b' '..=b'~' | b'\t' | b'\n'))
}

/// The line as a terminal would finally show it, without controls other than tabs.
pub(super) fn resolve(line: &str) -> Cow<'_, str> {
    let line = line.trim_end_matches('\r');
    let Some(first) = line.find(|c: char| c.is_control() && c != '\t') else {
        return Cow::Borrowed(line);
    };
    let mut screen = Screen { cells: line[..first].chars().collect(), column: 0 };
    screen.column = screen.cells.len();
    let mut rest = line[first..].chars();
    while let Some(c) = rest.next() {
        match c {
            '\r' => screen.column = 0,
            '\u{8}' => screen.column = screen.column.saturating_sub(1),
            '\u{1b}' => escape(&mut rest, &mut screen),
            '\u{9b}' => csi(&mut rest, &mut screen),
            '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => string(&mut rest),
            '\t' => screen.put(c),
            c if c.is_control() => {}
            c => screen.put(c),
        }
    }
    Cow::Owned(screen.cells.into_iter().collect())
}

/// One terminal line: one cell per character. The width of wide and combining characters does not matter here.
struct Screen {
    cells: Vec<char>,
    column: usize,
}

impl Screen {
    fn put(&mut self, c: char) {
        match self.cells.get_mut(self.column) {
            Some(cell) => *cell = c,
            None => self.cells.push(c),
        }
        self.column += 1;
    }

    /// CSI K: 0 erases to the end, 1 from the beginning, 2 all.
    fn erase(&mut self, what: &str) {
        match what {
            "" | "0" => self.cells.truncate(self.column),
            "1" => self.cells.iter_mut().take(self.column).for_each(|cell| *cell = ' '),
            "2" => {
                self.cells.truncate(self.column);
                self.cells.fill(' ');
            }
            _ => {}
        }
    }
}

/// After ESC.
fn escape(rest: &mut Chars<'_>, screen: &mut Screen) {
    let mut ahead = rest.clone();
    match ahead.next() {
        Some('[') => {
            *rest = ahead;
            csi(rest, screen);
        }
        Some(']' | 'P' | '_' | '^' | 'X') => {
            *rest = ahead;
            string(rest);
        }
        // Intermediate bytes and one final byte, such as `ESC ( B`.
        Some(' '..='/') => {
            let mut end = ahead.clone();
            while let Some(c) = ahead.next() {
                if matches!(c, '0'..='~') {
                    end = ahead.clone();
                    break;
                }
                if !matches!(c, ' '..='/') {
                    break;
                }
                end = ahead.clone();
            }
            *rest = end;
        }
        Some('0'..='~') => *rest = ahead,
        _ => {}
    }
}

/// After the introducer of a control sequence: parameters, intermediates, one final byte.
/// A malformed one ends before the character that does not belong.
fn csi(rest: &mut Chars<'_>, screen: &mut Screen) {
    let text = rest.as_str();
    let end = text.find(|c| !matches!(c, ' '..='?')).unwrap_or(text.len());
    let (parameters, after) = text.split_at(end);
    *rest = after.chars();
    let mut ahead = after.chars();
    if let Some(last @ '@'..='~') = ahead.next() {
        *rest = ahead;
        if last == 'K' {
            screen.erase(parameters);
        }
    }
}

/// A control string (OSC, DCS, APC, PM, SOS): up to BEL, ST, CAN or SUB; an unclosed one takes the rest of the line.
fn string(rest: &mut Chars<'_>) {
    while let Some(c) = rest.next() {
        match c {
            '\u{7}' | '\u{9c}' | '\u{18}' | '\u{1a}' => return,
            '\u{1b}' => {
                let mut ahead = rest.clone();
                if ahead.next() == Some('\\') {
                    *rest = ahead;
                }
                return;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_and_what_is_left() {
        for (line, shown) in [
            ("\u{1b}[1;31merror\u{1b}[0m: x", "error: x"),
            ("\u{9b}31merror", "error"),
            ("\u{1b}]8;;https://e.example\u{7}click\u{1b}]8;;\u{1b}\\ here", "click here"),
            ("\u{1b}]52;c;cm0=\u{7}a\u{1b}Pq#0\u{1b}\\b\u{1b}_h\u{1b}\\c\u{1b}^h\u{9c}d\u{1b}Xh\u{1b}\\e", "abcde"),
            ("\u{1b}(Bplain\u{1b}7\u{1b}8\u{1b}c", "plain"),
            ("\u{1b}]0;never closed", ""),
            ("a\u{1b}", "a"),
            ("a\u{1b}[", "a"),
            ("a\u{1b}[12é", "aé"),
            ("bell\u{7}, nul\0, del\u{7f}, c1\u{85}", "bell, nul, del, c1"),
            ("10%\r50%\rdone", "done"),
            ("downloading\r\u{1b}[Kok", "ok"),
            ("downloading\rok\u{1b}[K", "ok"),
            ("abc\rX", "Xbc"),
            ("safe\u{8}\u{8}\u{8}\u{8}evil", "evil"),
            ("\u{8}\u{8}a", "a"),
            ("spin |\u{8}/\u{8}-", "spin -"),
            ("windows\r", "windows"),
            ("\u{1b}[2K\u{1b}[1Gnew", "new"),
            ("a\u{b}b\u{c}c", "abc"),
            ("tab\there\u{1b}[m", "tab\there"),
        ] {
            assert_eq!(resolve(line), shown, "{line:?}");
        }
    }
}
