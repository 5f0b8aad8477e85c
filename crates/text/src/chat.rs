//! Sinks for chat services, whose markdown is not CommonMark and whose mentions wake people up.

use std::borrow::Cow;

use crate::Untrusted;
use crate::clean::{clean_uncapped, visible};

/// Stands for a backtick where a run of backticks could end the code (U+02CB, looks the same).
const TICK: &str = "\u{02cb}";
/// Stands for `@` where it would call somebody (U+FF20).
const AT: char = '\u{ff20}';
/// What is put at the end of text that was cut.
const CUT: &str = "…";

impl Untrusted {
    /// Code for a Discord message, at most `max_chars` long in UTF-16 units (Discord's count), delimiters included.
    ///
    /// One line becomes inline code, several a code block. Discord has no longer fences, so backticks that could close
    /// the code are shown as `ˋ`; `@everyone`, `@here` and `<@…>` lose their `@`. Send `allowed_mentions: {"parse":[]}` as
    /// well. With fewer than nine units there is no room for code and the result is empty.
    pub fn discord(&self, max_chars: usize) -> String {
        code(self.expose(), max_chars, |c| (None, c.len_utf16()))
    }

    /// Code for a Slack message (`mrkdwn`), at most `max_chars` long in UTF-16 units after `&`, `<`, `>` are escaped.
    ///
    /// Mentions and links need `<`, which never survives; otherwise as [`discord`](Self::discord).
    pub fn slack(&self, max_chars: usize) -> String {
        code(self.expose(), max_chars, |c| match c {
            '&' => (Some("&amp;"), 5),
            '<' => (Some("&lt;"), 4),
            '>' => (Some("&gt;"), 4),
            c => (None, c.len_utf16()),
        })
    }
}

/// Inline code or a code block; `encode` gives what stands for a character, if not itself, and its length.
fn code(text: &str, max: usize, encode: impl Fn(char) -> (Option<&'static str>, usize)) -> String {
    let text = text.trim_end_matches(['\n', '\r']);
    let block = text.contains('\n');
    let (open, close) = if block { ("```\n", "\n```") } else { ("`", "`") };
    let Some(room) = max.checked_sub(open.len() + close.len()).filter(|room| *room > 0) else {
        return String::new();
    };
    let text = quiet(if block { clean_uncapped(text) } else { visible(text) });
    let text = if block { text.replace("``", &TICK.repeat(2)) } else { text.replace('`', TICK) };
    let mut out = String::with_capacity(text.len() + 8);
    out.push_str(open);
    // `keep` is the length up to which there is still room for the mark of a cut.
    let (mut used, mut keep) = (0, out.len());
    for c in text.chars() {
        let (shown, units) = encode(c);
        used += units;
        if used > room {
            out.truncate(keep);
            out.push_str(CUT);
            break;
        }
        match shown {
            Some(shown) => out.push_str(shown),
            None => out.push(c),
        }
        if used < room {
            keep = out.len();
        }
    }
    if out.len() == open.len() {
        out.push(' ');
    }
    out.push_str(close);
    out
}

/// Takes the `@` out of what would notify people.
fn quiet(text: Cow<'_, str>) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let after = &text[at + c.len_utf8()..];
        let calls = ["everyone", "here", "channel"]
            .iter()
            .any(|word| after.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word)));
        out.push(if c == '@' && (calls || text[..at].ends_with('<')) { AT } else { c });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discord_code_cannot_be_closed_and_calls_nobody() {
        let discord = |text: &str| Untrusted::new(text).discord(2000);
        assert_eq!(discord("fix `x`"), "`fix ˋxˋ`");
        assert_eq!(discord("a\n```\n@everyone <@12> @types/node\n"), "```\na\nˋˋ`\n＠everyone <＠12> @types/node\n```");
        assert_eq!(discord(""), "` `");
        assert_eq!(discord("@HERE"), "`＠HERE`");
    }

    #[test]
    fn slack_escapes_its_three_characters() {
        assert_eq!(Untrusted::new("<!channel> a && b").slack(100), "`&lt;!channel&gt; a &amp;&amp; b`");
    }

    #[test]
    fn the_limit_holds_with_delimiters_escapes_and_wide_characters() {
        for text in ["a".repeat(50), "<".repeat(50), "🦀".repeat(50), "a\n".repeat(50), "`".repeat(50)] {
            for max in 0..80 {
                let text = Untrusted::new(text.clone());
                for shown in [text.discord(max), text.slack(max)] {
                    assert!(shown.encode_utf16().count() <= max, "{max}: {shown}");
                    assert!(shown.is_empty() || shown.len() >= 3, "{max}: {shown}");
                }
            }
        }
        assert_eq!(Untrusted::new("abcdef").discord(8), "`abcdef`");
        assert_eq!(Untrusted::new("abcdefg").discord(8), "`abcde…`");
    }
}
