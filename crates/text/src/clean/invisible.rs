//! Characters that a reader does not see but a machine reads.

/// What happens to a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Stays as it is.
    Keep,
    /// Has no width and no meaning in a log: goes.
    Remove,
    /// Changes how the rest is read, or pretends to be nothing: shown as an escape.
    Show,
}

/// Decides about `c`, given its neighbours: joiners and variation selectors have honest uses.
pub(super) fn fate(c: char, before: Option<char>, after: impl Fn() -> Option<char>) -> Fate {
    match c {
        ..='\u{ac}' => Fate::Keep,
        // Emoji sequences; Persian and Indic spelling.
        '\u{200c}' | '\u{200d}' if before.is_some_and(joins_before) && after().is_some_and(joins) => Fate::Keep,
        '\u{fe0e}' | '\u{fe0f}' if before.is_some_and(|c| is_pictograph(c) || is_keycap(c)) => Fate::Keep,
        '\u{ad}' | '\u{34f}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200d}' => Fate::Remove,
        '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{1d173}'..='\u{1d17a}' => Fate::Remove,
        '\u{e0000}'..='\u{e0fff}' => Fate::Remove,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2065}'..='\u{206f}' => Fate::Show,
        '\u{2028}' | '\u{2029}' | '\u{fff0}'..='\u{fffb}' => Fate::Show,
        '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}' => Fate::Show,
        _ => Fate::Keep,
    }
}

/// Whether a joiner may stand before this character.
fn joins(c: char) -> bool {
    let script = matches!(c, '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{900}'..='\u{dff}');
    script || is_pictograph(c)
}

/// Whether a joiner may stand after this character; a heart or a sign may carry its selector first.
fn joins_before(c: char) -> bool {
    joins(c) || c == '\u{fe0f}'
}

/// Emoji and the older symbols that have an emoji form.
fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2194}'..='\u{21aa}'
        | '\u{231a}'..='\u{23ff}' | '\u{24c2}' | '\u{25aa}'..='\u{27bf}' | '\u{2934}'..='\u{2935}'
        | '\u{2b05}'..='\u{2b55}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

/// `1️⃣` and its like.
fn is_keycap(c: char) -> bool {
    matches!(c, '0'..='9' | '#' | '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joiners_and_selectors_are_kept_only_where_they_join() {
        assert_eq!(fate('\u{200d}', Some('👩'), || Some('👧')), Fate::Keep);
        assert_eq!(fate('\u{200d}', Some('a'), || Some('👧')), Fate::Remove);
        assert_eq!(fate('\u{200c}', Some('ی'), || Some('خ')), Fate::Keep);
        assert_eq!(fate('\u{fe0f}', Some('✔'), || None), Fate::Keep);
        assert_eq!(fate('\u{fe0f}', Some('x'), || None), Fate::Remove);
        assert_eq!(fate('\u{fe01}', Some('✔'), || None), Fate::Remove);
    }

    #[test]
    fn what_deceives_the_eye_is_shown() {
        for c in ['\u{202e}', '\u{2066}', '\u{2028}', '\u{3164}', '\u{2800}'] {
            assert_eq!(fate(c, None, || None), Fate::Show, "{c:?}");
        }
        for c in ['\u{200b}', '\u{feff}', '\u{e0041}', '\u{ad}'] {
            assert_eq!(fate(c, None, || None), Fate::Remove, "{c:?}");
        }
        for c in ['é', '✓', '─', '日', '\u{fffd}', '🦀'] {
            assert_eq!(fate(c, None, || None), Fate::Keep, "{c:?}");
        }
    }
}
