//! What an expression demands in plain letters: most lines that hold a rule's literal do not match its expression, and
//! mostly that is seen from the expression's text alone, without compiling it.

use memchr::memmem;

/// Whether a line may match: of one alternative it holds all the letters that stand outside of groups.
pub fn may_match(like: &str, line: &[u8]) -> bool {
    let like = like.as_bytes();
    if like.starts_with(b"(?i)") {
        return true;
    }
    let (mut start, mut at) = (0, 0);
    while at < like.len() {
        if like[at] == b'|' {
            if fits(&like[start..at], line) {
                return true;
            }
            start = at + 1;
        }
        at = piece(like, at);
    }
    fits(&like[start..], line)
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

fn fits(alternative: &[u8], line: &[u8]) -> bool {
    let (anchored, like) = alternative.strip_prefix(b"^").map_or((false, alternative), |like| (true, like));
    let first = line.first().copied().unwrap_or_default();
    if anchored
        && (like.starts_with(br"\s+") && !first.is_ascii_whitespace()
            || like.starts_with(br"\d+") && !first.is_ascii_digit())
    {
        return false;
    }
    let mut run = Vec::with_capacity(64);
    let mut begins = anchored;
    let mut at = 0;
    while at < like.len() {
        let end = piece(like, at);
        let repeated = like.get(end).copied().filter(|byte| b"*?{+".contains(byte));
        match letter(&like[at..end]).filter(|_| matches!(repeated, None | Some(b'+'))) {
            Some(letter) => run.push(letter),
            None => {
                if !is_there(&run, line, begins) {
                    return false;
                }
                run.clear();
                begins = false;
            }
        }
        at = end;
    }
    is_there(&run, line, begins)
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
    use super::may_match;

    #[test]
    fn what_an_expression_demands_is_demanded_and_no_more() {
        let cases = [
            (r"^test \S.* \.\.\. FAILED$", "test a ... FAILED", true),
            (r"^test \S.* \.\.\. FAILED$", "test result: FAILED", false),
            (r"^\s+[1-9]\d* failed$", "1 failed", false),
            (r"a?b+c{2}d", "bccd", true),
            (r"a?b+c{2}d", "acc", false),
            (r"[]x]y|[^]]z", "y", true),
            (r"\x22q(a|b)c", "q", false),
            (r"(?i)ABC", "abc", true),
            (r"^é?x", "x", true),
        ];
        for (like, line, may) in cases {
            assert_eq!(may_match(like, line.as_bytes()), may, "{like} {line}");
        }
    }
}
