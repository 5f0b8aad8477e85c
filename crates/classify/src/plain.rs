//! What an expression demands in plain letters: most lines that hold a rule's literal do not match its expression, and
//! mostly that is seen from the expression's text alone, without compiling it. So is a match of letters alone.

use memchr::memmem;

/// One of several ways to match: what stands between the bars of an expression.
pub struct Way<'a> {
    /// Its own expression.
    pub like: &'a str,
    /// What the line begins with, if a class says so.
    first: Option<fn(&u8) -> bool>,
    /// Letters that stand outside of groups, and whether the line begins with them.
    runs: Box<[(Box<[u8]>, bool)]>,
    /// A digit stands outside of groups that is no less.
    digit: Option<u8>,
    /// The groups that must match; they are read when they are asked.
    groups: Box<[&'a str]>,
    /// There is nothing but letters.
    only_letters: bool,
}

/// All ways of an expression to match. Where a flag changes what letters mean, there is one, and letters tell nothing.
pub fn ways(like: &str) -> Box<[Way<'_>]> {
    if like.contains("(?i)") {
        return Box::new([Way::untold(like)]);
    }
    let (mut start, mut at, mut ways) = (0, 0, Vec::new());
    while at <= like.len() {
        if like.as_bytes().get(at).is_none_or(|byte| *byte == b'|') {
            ways.push(Way::new(&like[start..at]));
            start = at + 1;
        }
        at = if at < like.len() { piece(like.as_bytes(), at) } else { at + 1 };
    }
    ways.into()
}

/// Whether a line matches, if letters outside of groups tell: it does not unless, of one way, it holds all of them, and it
/// does if there is nothing else.
pub fn told(ways: &[Way<'_>], line: &[u8]) -> Option<bool> {
    let mut answer = Some(false);
    for way in ways.iter().filter(|way| way.holds_letters(line)) {
        if way.only_letters {
            return Some(true);
        }
        answer = None;
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

impl<'a> Way<'a> {
    /// Of which letters tell nothing.
    pub fn untold(like: &'a str) -> Self {
        Self { like, first: None, runs: Box::new([]), digit: None, groups: Box::new([]), only_letters: false }
    }

    fn new(like: &'a str) -> Self {
        let (anchored, rest) = like.strip_prefix('^').map_or((false, like), |rest| (true, rest));
        let first: Option<fn(&u8) -> bool> = match rest.as_bytes() {
            [b'\\', b's', b'+', ..] if anchored => Some(u8::is_ascii_whitespace),
            [b'\\', b'd', b'+', ..] if anchored => Some(u8::is_ascii_digit),
            _ => None,
        };
        let (mut runs, mut run, mut digit, mut groups) = (Vec::new(), Vec::new(), None, Vec::new());
        let (mut begins, mut only_letters, mut at) = (anchored, true, 0);
        while at < rest.len() {
            let end = piece(rest.as_bytes(), at);
            let repeated = rest.as_bytes().get(end).copied().filter(|byte| b"*?{+".contains(byte));
            // A piece of a letter that is not ASCII is none.
            let part = rest.get(at..end).unwrap_or_default();
            let must = matches!(repeated, None | Some(b'+'));
            match letter(part.as_bytes()).filter(|_| must) {
                Some(letter) => run.push(letter),
                None => {
                    runs.push((std::mem::take(&mut run).into(), begins));
                    (begins, only_letters) = (false, false);
                }
            }
            if must {
                digit = digit.max(least_digit(part));
                groups.extend(inside(part));
            }
            at = end;
        }
        runs.push((run.into(), begins));
        runs.retain(|(run, _): &(Box<[u8]>, bool)| !run.is_empty());
        Self { like, first, runs: runs.into(), digit, groups: groups.into(), only_letters }
    }

    /// Whether a line holds the letters that stand outside of groups.
    fn holds_letters(&self, line: &[u8]) -> bool {
        self.first.is_none_or(|is_first| line.first().is_some_and(is_first))
            && self.runs.iter().all(|(run, begins)| is_there(run, line, *begins))
    }

    /// Whether a line may match, as far as all letters and digits tell. That takes longer.
    pub fn may_match(&self, line: &[u8]) -> bool {
        self.holds_letters(line)
            && self.digit.is_none_or(|least| line.iter().any(|byte| (least..=b'9').contains(byte)))
            && self.groups.iter().all(|group| ways(group).iter().any(|way| way.may_match(line)))
    }
}

/// The smallest digit that a class of digits stands for.
fn least_digit(piece: &str) -> Option<u8> {
    match piece {
        "\\d" | "[0-9]" => Some(b'0'),
        "[1-9]" => Some(b'1'),
        _ => None,
    }
}

/// What stands in a group without flags.
fn inside(piece: &str) -> Option<&str> {
    let inside = piece.strip_prefix('(')?.strip_suffix(')')?;
    let inside = inside.strip_prefix("?:").unwrap_or(inside);
    (!inside.starts_with('?')).then_some(inside)
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
    use super::{told, ways};

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
        for (like, line, wanted) in cases {
            assert_eq!(told(&ways(like), line.as_bytes()), wanted, "{like} {line}");
        }
    }

    #[test]
    fn what_stands_in_groups_is_demanded_unless_it_may_be_left_out() {
        let cases = [
            (r"(a|bc)d", "d", false),
            (r"(a|bc)d", "cbad", true),
            (r"(a|(?:b|c[1-9])e)+d", "dce0", false),
            (r"(a|(?:b|c[1-9])e)+d", "dec1", true),
            (r"(a|b)?d(a){0,1}", "d", true),
            (r"(?i:a)d", "Ad", true),
            (r"(^|: )d", "d", true),
            (r"x\d+|y[0-9]", "y x", false),
            (r"x\d*|y[0-9]", "x", true),
            (r"(a|b\)|[)(]x)d", "d", false),
            (r"(é|\s*(❌|✗))d", "d", true),
        ];
        for (like, line, wanted) in cases {
            assert_eq!(ways(like).iter().any(|way| way.may_match(line.as_bytes())), wanted, "{like} {line}");
        }
    }
}
