//! What an expression demands in plain letters: most lines that hold a rule's literal do not match its expression, and
//! mostly that is seen from the expression's text alone, without compiling it. So is a match of letters alone.

use memchr::memmem;

/// Whether a line matches, if letters tell: it does not unless, of one alternative, it holds all that stand outside of
/// groups, and it does if there is nothing else.
pub fn matches(like: &str, line: &[u8]) -> Option<bool> {
    let like = like.as_bytes();
    if like.starts_with(b"(?i)") {
        return None;
    }
    let (mut start, mut at, mut answer) = (0, 0, Some(false));
    while at <= like.len() {
        if like.get(at).is_none_or(|byte| *byte == b'|') {
            match fits(&like[start..at], line) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => answer = None,
            }
            start = at + 1;
        }
        at = if at < like.len() { piece(like, at) } else { at + 1 };
    }
    answer
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

fn fits(alternative: &[u8], line: &[u8]) -> Option<bool> {
    let (anchored, like) = alternative.strip_prefix(b"^").map_or((false, alternative), |like| (true, like));
    let first = line.first().copied().unwrap_or_default();
    if anchored
        && (like.starts_with(br"\s+") && !first.is_ascii_whitespace()
            || like.starts_with(br"\d+") && !first.is_ascii_digit())
    {
        return Some(false);
    }
    let mut run = Vec::with_capacity(64);
    let (mut begins, mut only_letters) = (anchored, true);
    let mut at = 0;
    while at < like.len() {
        let end = piece(like, at);
        let repeated = like.get(end).copied().filter(|byte| b"*?{+".contains(byte));
        match letter(&like[at..end]).filter(|_| matches!(repeated, None | Some(b'+'))) {
            Some(letter) => run.push(letter),
            None => {
                if !is_there(&run, line, begins) {
                    return Some(false);
                }
                run.clear();
                (begins, only_letters) = (false, false);
            }
        }
        at = end;
    }
    if is_there(&run, line, begins) { only_letters.then_some(true) } else { Some(false) }
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
    use super::matches;

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
            assert_eq!(matches(like, line.as_bytes()), told, "{like} {line}");
        }
    }
}
