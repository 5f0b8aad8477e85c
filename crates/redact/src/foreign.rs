//! Text of others on its way into the document: cleaned, redacted, cut (design, section 7).

use text::Untrusted;

use crate::Redactor;

/// Makes foreign text safe to keep.
#[derive(Debug, Clone, Default)]
pub struct Foreign(Redactor);

impl Foreign {
    /// With all built-in rules of redaction.
    pub fn new() -> Self {
        Self::default()
    }

    /// Cleaned, then redacted: a hidden character must not split a token.
    pub fn whole(&self, text: &Untrusted) -> Untrusted {
        let cleaned = text.clone().cleaned();
        Untrusted::new(self.0.redact(cleaned.expose()).text.into_owned())
    }

    /// At most `max` bytes of it. Redaction comes first, so that no cut hides half a secret from it.
    pub fn text(&self, text: &Untrusted, max: usize) -> Untrusted {
        self.whole(text).cut(max)
    }

    /// The first line of it.
    pub fn line(&self, text: &Untrusted, max: usize) -> Untrusted {
        self.text(&first_line(text), max)
    }

    /// The last `max` bytes, whole lines where there are any: the end of a log says how it ended.
    pub fn tail(&self, text: &Untrusted, max: usize) -> Untrusted {
        let whole = self.whole(text);
        let text = whole.expose();
        if text.len() <= max {
            return whole;
        }
        let from = (text.len() - max..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
        let tail = &text[from..];
        let tail = tail.split_once('\n').map_or(tail, |(_, rest)| rest);
        Untrusted::new(tail)
    }
}

/// Everything before the first line break.
pub fn first_line(text: &Untrusted) -> Untrusted {
    Untrusted::new(text.expose().lines().next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_goes_before_the_cut_and_a_tail_begins_at_a_line() {
        let foreign = Foreign::new();
        let text = Untrusted::new("GITHUB_TOKEN=ghp_abcdefghijklmnopqrstuvwxyz0123456789 and more");
        assert!(!foreign.text(&text, 30).expose().contains("ghp_abcdef"));
        assert_eq!(foreign.tail(&Untrusted::new("one\ntwo\nthree"), 9).expose(), "three");
        assert_eq!(foreign.tail(&Untrusted::new("é".repeat(9)), 5).expose(), "éé");
        assert_eq!(foreign.line(&Untrusted::new("a\nb"), 9).expose(), "a");
    }
}
