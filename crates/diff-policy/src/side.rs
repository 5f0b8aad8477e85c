//! The hunks of one file as two texts, old and new, with comments and strings told apart cheaply.

use crate::language::{self, Language};
use crate::patch::{self, FileChange};

/// A line of a hunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Context,
    Added,
    Removed,
}

/// The old or the new side of one hunk.
#[derive(Debug, Default)]
pub(crate) struct Side {
    /// As it stands there.
    pub text: String,
    /// The same length; comments (and strings, where they are mere text) are blanks.
    pub code: String,
    /// The same length; all but comments is blank.
    pub comments: String,
    /// Where each line begins, its number in the file, and whether it changed.
    pub lines: Vec<(usize, u64, bool)>,
}

/// One hunk.
#[derive(Debug, Default)]
pub(crate) struct Hunk {
    /// What Git wrote behind the second `@@`: the function around it.
    pub heading: String,
    pub old: Side,
    pub new: Side,
    /// The first changed line on the new side: where a removal is reported.
    pub at: u64,
}

/// One file, read.
#[derive(Debug)]
pub(crate) struct File<'a> {
    pub change: &'a FileChange<'a>,
    pub language: Language,
    pub is_test: bool,
    pub hunks: Vec<Hunk>,
    /// Counts do not add up, or there is no patch.
    pub unreadable: bool,
}

impl<'a> File<'a> {
    pub fn read(change: &'a FileChange<'a>) -> Self {
        let language = Language::of(&change.path);
        let (hunks, whole) = change.patch.as_deref().map_or((Vec::new(), false), |patch| hunks(patch, language));
        let is_test = language::is_test(&change.path);
        let inline = language == Language::Rust && !is_test;
        let hunks = if inline { hunks.into_iter().flat_map(Hunk::apart).collect() } else { hunks };
        Self { change, language, is_test, hunks, unreadable: !whole }
    }

    pub fn path(&self) -> &str {
        &self.change.path
    }

    /// The line at which its change begins; 0 without any hunk.
    pub fn at(&self) -> u64 {
        self.hunks.first().map_or(0, |hunk| hunk.at)
    }
}

fn hunks(patch: &str, language: Language) -> (Vec<Hunk>, bool) {
    let (mut found, mut whole, mut rest) = (Vec::new(), true, patch);
    while !rest.is_empty() {
        let (header, after) = patch::split_line(rest);
        rest = after;
        let Some([mut old_line, mut old_left, mut new_line, mut new_left]) = patch::counts(header) else {
            whole &= header.trim().is_empty() || header.starts_with('\\');
            continue;
        };
        let heading = header.splitn(3, "@@").nth(2).unwrap_or_default().trim().to_owned();
        let mut hunk = Hunk { heading, ..Hunk::default() };
        while old_left > 0 || new_left > 0 {
            // A cut patch ends inside a hunk.
            if rest.is_empty() {
                whole = false;
                break;
            }
            let (line, after) = patch::split_line(rest);
            let (kind, text) = match line.as_bytes().first() {
                Some(b'+') => (Kind::Added, &line[1..]),
                Some(b'-') => (Kind::Removed, &line[1..]),
                Some(b' ') => (Kind::Context, &line[1..]),
                None => (Kind::Context, line),
                Some(b'\\') => {
                    rest = after;
                    continue;
                }
                Some(_) => {
                    whole = false;
                    break;
                }
            };
            rest = after;
            let changed = kind != Kind::Context;
            if changed && hunk.at == 0 {
                hunk.at = new_line.max(1);
            }
            if kind != Kind::Added {
                hunk.old.push(text, old_line, changed);
                (old_line, old_left) = (old_line + 1, old_left.saturating_sub(1));
            }
            if kind != Kind::Removed {
                hunk.new.push(text, new_line, changed);
                (new_line, new_left) = (new_line + 1, new_left.saturating_sub(1));
            }
        }
        hunk.old.split(language);
        hunk.new.split(language);
        found.push(hunk);
    }
    (found, whole)
}

/// What begins the tests of a Rust file.
pub(crate) const RUST_TESTS: [&str; 4] = ["#[test]", "::test]", "mod test", "cfg(test)"];

impl Hunk {
    /// The code of a Rust file and the tests below it, each for itself.
    fn apart(mut self) -> Vec<Self> {
        let first =
            |side: &Side| side.each().position(|(_, _, _, code)| RUST_TESTS.iter().any(|mark| code.contains(mark)));
        let (old, new) = match (first(&self.old), first(&self.new)) {
            (None, None) => return vec![self],
            // Tests that came or went stand last.
            (old, new) => (old.unwrap_or(self.old.lines.len()), new.unwrap_or(self.new.lines.len())),
        };
        let changes = |side: &Side, lines: usize| side.lines.iter().take(lines).any(|line| line.2);
        if !changes(&self.old, old) && !changes(&self.new, new) {
            return vec![self];
        }
        let mut tests = Self { heading: self.heading.clone(), ..Self::default() };
        (tests.old, tests.new) = (self.old.split_off(old), self.new.split_off(new));
        let at = |side: &Side| side.lines.iter().find(|line| line.2).map(|line| line.1);
        tests.at = at(&tests.new).or(tests.new.lines.first().map(|line| line.1)).unwrap_or(self.at);
        vec![self, tests]
    }
}

impl Side {
    /// Takes off the lines from this one on.
    fn split_off(&mut self, line: usize) -> Self {
        let at = self.lines.get(line).map_or(self.text.len(), |line| line.0);
        let mut lines = self.lines.split_off(line.min(self.lines.len()));
        lines.iter_mut().for_each(|line| line.0 -= at);
        let [text, code, comments] =
            [&mut self.text, &mut self.code, &mut self.comments].map(|text| text.split_off(at));
        Self { text, code, comments, lines }
    }

    fn push(&mut self, line: &str, number: u64, changed: bool) {
        self.lines.push((self.text.len(), number, changed));
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// The number of the line that the first byte is in, and whether any line up to the last byte's changed.
    pub fn lines_at(&self, first: usize, last: usize) -> (u64, bool) {
        let index = |byte| self.lines.partition_point(|(start, _, _)| *start <= byte).saturating_sub(1);
        let (from, to) = (index(first), index(last.max(first)));
        let lines = self.lines.get(from..=to).unwrap_or_default();
        (lines.first().map_or(1, |line| line.1), lines.iter().any(|line| line.2))
    }

    /// Each line: number, changed, raw text, code.
    pub fn each(&self) -> impl Iterator<Item = (u64, bool, &str, &str)> {
        self.lines.iter().enumerate().map(|(index, (start, number, changed))| {
            let end = self.lines.get(index + 1).map_or(self.text.len(), |(next, _, _)| *next);
            (*number, *changed, &self.text[*start..end - 1], &self.code[*start..end - 1])
        })
    }

    fn split(&mut self, language: Language) {
        let mut code = String::with_capacity(self.text.len());
        let mut comments = String::with_capacity(self.text.len());
        let mut state = State::Code;
        let mut chars = self.text.char_indices().peekable();
        let mut line_start = 0;
        while let Some((at, c)) = chars.next() {
            let rest = &self.text[at..];
            if c == '\n' {
                code.push('\n');
                comments.push('\n');
                line_start = at + 1;
                if !matches!(state, State::Block | State::Long(_)) {
                    state = State::Code;
                }
                continue;
            }
            let before = &self.text[line_start..at];
            let mut length = c.len_utf8();
            let mut into = state.place(language);
            match state {
                State::Code => {
                    let (next, skip) = State::begins(language, before, rest);
                    if let Some(next) = next {
                        (state, length) = (next, skip);
                        into = state.place(language);
                    }
                }
                State::Block if rest.starts_with("*/") => (state, length) = (State::Code, 2),
                State::Long(end) if rest.starts_with(end) => (state, length) = (State::Code, end.len()),
                State::Short(quote) if c == quote => state = State::Code,
                State::Short(_) | State::Long(_) if c == '\\' => {
                    length += rest[length..].chars().next().filter(|next| *next != '\n').map_or(0, char::len_utf8);
                }
                _ => {}
            }
            let piece = &rest[..length];
            while chars.peek().is_some_and(|(next, _)| *next < at + length) {
                chars.next();
            }
            for (place, out) in [(Place::Code, &mut code), (Place::Comment, &mut comments)] {
                if place == into {
                    out.push_str(piece);
                } else {
                    out.extend(std::iter::repeat_n(' ', piece.len()));
                }
            }
        }
        (self.code, self.comments) = (code, comments);
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Code,
    Comment,
    Nowhere,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Code,
    /// Until the end of the line.
    Line,
    /// Until `*/`.
    Block,
    /// A string of one line.
    Short(char),
    /// A string of many lines, until this.
    Long(&'static str),
}

impl State {
    fn place(self, language: Language) -> Place {
        match self {
            State::Code => Place::Code,
            State::Line | State::Block => Place::Comment,
            State::Short(_) | State::Long(_) if language.blanks_strings() => Place::Nowhere,
            State::Short(_) | State::Long(_) => Place::Code,
        }
    }

    /// What begins here, and how many bytes its beginning has.
    fn begins(language: Language, before: &str, rest: &str) -> (Option<State>, usize) {
        let starts = |mark: &str| rest.starts_with(mark);
        if language.slashes() {
            // The body of a block comment that began above the hunk.
            let continued = before.trim().is_empty() && (starts("* ") || rest.trim_end() == "*" || starts("*\n"));
            if continued || (starts("//") && !before.ends_with(':')) {
                return (Some(State::Line), 1);
            }
            if starts("/*") {
                return (Some(State::Block), 2);
            }
        }
        let attribute = language == Language::Php && starts("#[");
        if language.hashes() && starts("#") && !attribute && before.chars().next_back().is_none_or(char::is_whitespace)
        {
            return (Some(State::Line), 1);
        }
        for (marks, mark) in [(language == Language::Python, "\"\"\""), (language == Language::Python, "'''")] {
            if marks && starts(mark) {
                return (Some(State::Long(mark)), 3);
            }
        }
        if language == Language::Rust {
            if starts("r#\"") {
                return (Some(State::Long("\"#")), 3);
            }
            let is_char = rest.len() > 2 && (starts("'\\") || rest.chars().nth(2) == Some('\''));
            if starts("'") {
                return (is_char.then_some(State::Short('\'')), 1);
            }
        }
        if matches!(language, Language::Js | Language::Go) && starts("`") {
            return (Some(State::Long("`")), 1);
        }
        let quotes = language.blanks_strings() || language.hashes();
        match rest.chars().next() {
            Some(quote @ ('"' | '\'')) if quotes => {
                // An apostrophe in prose of YAML or a shell word is no string.
                let word = quote == '\'' && before.chars().next_back().is_some_and(char::is_alphanumeric);
                ((!word).then_some(State::Short(quote)), 1)
            }
            _ => (None, 1),
        }
    }
}
