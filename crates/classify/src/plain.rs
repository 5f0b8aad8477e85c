//! What an expression demands in plain letters: most lines that hold a rule's literal do not match its expression, and
//! mostly that is seen from the expression's text alone, without compiling it. So is a match of letters alone.

use memchr::memmem;

/// What letters tell of an expression, read once.
pub struct Plain(Box<[Alternative]>);

/// One of several ways to match.
struct Alternative {
    /// What the line begins with, if a class says so.
    first: Option<fn(&u8) -> bool>,
    /// Letters that stand outside of groups, and whether the line begins with them.
    runs: Box<[(Box<[u8]>, bool)]>,
    /// There is nothing else.
    only_letters: bool,
}

impl Plain {
    /// Of this expression; `None` where letters tell nothing.
    pub fn new(like: &str) -> Option<Self> {
        let like = like.as_bytes();
        if like.starts_with(b"(?i)") {
            return None;
        }
        let (mut start, mut at, mut alternatives) = (0, 0, Vec::new());
        while at <= like.len() {
            if like.get(at).is_none_or(|byte| *byte == b'|') {
                alternatives.push(Alternative::new(&like[start..at]));
                start = at + 1;
            }
            at = if at < like.len() { piece(like, at) } else { at + 1 };
        }
        Some(Self(alternatives.into()))
    }

    /// Whether a line matches, if letters tell: it does not unless, of one alternative, it holds all that stand outside of
    /// groups, and it does if there is nothing else.
    pub fn matches(&self, line: &[u8]) -> Option<bool> {
        let mut answer = Some(false);
        for alternative in &self.0 {
            match alternative.fits(line) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => answer = None,
            }
        }
        answer
    }
}

/// Where the piece of an expression ends that begins at `at`: a letter, an escape, a class, a group, a repetition.
fn piece(like: &[u8], at: usize) -> usize {
    let end = match like[at] {
        b'\\' if like.get(at + 1) == Some(&b'x') => at + 4,
        b'\\' => at + 2,
        b'[' => {
            let mut end = at + 1 + usize::from(like.get(at + 1) == Some(&b'^'));
            end += usize::from(like.get(end) == Some(&b']'));
            while end < like.len() && like[end] != b']' {
                end += if like[end] == b'\\' { 2 } else { 1 };
            }
            end + 1
        }
        b'(' => {
            let mut end = at + 1;
            while end < like.len() && like[end] != b')' {
                end = piece(like, end);
            }
            end + 1
        }
        b'{' => memchr::memchr(b'}', &like[at..]).map_or(like.len(), |close| at + close + 1),
        _ => at + 1,
    };
    end.min(like.len())
}

impl Alternative {
    fn new(like: &[u8]) -> Self {
        let (anchored, like) = like.strip_prefix(b"^").map_or((false, like), |like| (true, like));
        let first: Option<fn(&u8) -> bool> = match like {
            [b'\\', b's', b'+', ..] if anchored => Some(u8::is_ascii_whitespace),
            [b'\\', b'd', b'+', ..] if anchored => Some(u8::is_ascii_digit),
            _ => None,
        };
        let (mut runs, mut run) = (Vec::new(), Vec::new());
        let (mut begins, mut only_letters, mut at) = (anchored, true, 0);
        while at < like.len() {
            let end = piece(like, at);
            let repeated = like.get(end).copied().filter(|byte| b"*?{+".contains(byte));
            match letter(&like[at..end]).filter(|_| matches!(repeated, None | Some(b'+'))) {
                Some(letter) => run.push(letter),
                None => {
                    runs.push((std::mem::take(&mut run).into(), begins));
                    (begins, only_letters) = (false, false);
                }
            }
            at = end;
        }
        runs.push((run.into(), begins));
        runs.retain(|(run, _): &(Box<[u8]>, bool)| !run.is_empty());
        Self { first, runs: runs.into(), only_letters }
    }

    fn fits(&self, line: &[u8]) -> Option<bool> {
        let begun = self.first.is_none_or(|is_first| line.first().is_some_and(is_first));
        if begun && self.runs.iter().all(|(run, begins)| is_there(run, line, *begins)) {
            self.only_letters.then_some(true)
        } else {
            Some(false)
        }
    }
}

/// The letter that a piece stands for, if it is one.
fn letter(piece: &[u8]) -> Option<u8> {
    match piece {
        [b'\\', escaped] => (!escaped.is_ascii_alphanumeric()).then_some(*escaped),
        [byte] => (byte.is_ascii() && !b".^$*+?|)".contains(byte)).then_some(*byte),
        _ => None,
    }
}

fn is_there(run: &[u8], line: &[u8], begins: bool) -> bool {
    if begins { line.starts_with(run) } else { memmem::find(line, run).is_some() }
}

#[cfg(test)]
mod tests {
    use super::Plain;

    #[test]
    fn what_an_expression_demands_is_demanded_and_no_more() {
        let cases = [
            (r"^test \S.* \.\.\. FAILED$", "test a ... FAILED", None),
            (r"^test \S.* \.\.\. FAILED$", "test result: FAILED", Some(false)),
            (r"^\s+[1-9]\d* failed$", "1 failed", Some(false)),
            (r"^error: |^test result: FAILED\.", "test result: FAILED. 1 passed", Some(true)),
            (r"^error: |^test result: FAILED\.", "a test result: FAILED.", Some(false)),
            (r"early EOF|a+", "fatal: early EOF", Some(true)),
            (r"a?b+c{2}d", "bccd", None),
            (r"a?b+c{2}d", "acc", Some(false)),
            (r"[]x]y|[^]]z", "y", None),
            (r"\x22q(a|b)c", "q", Some(false)),
            (r"(?i)ABC", "abc", None),
            (r"^é?x", "x", None),
        ];
        for (like, line, told) in cases {
            assert_eq!(Plain::new(like).and_then(|plain| plain.matches(line.as_bytes())), told, "{like} {line}");
        }
    }
}
