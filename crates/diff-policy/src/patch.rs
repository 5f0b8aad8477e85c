//! Unified diffs, as Git and GitHub write them. Hunks are read by their counts, so that no line inside one can pass for
//! a header; what does not add up is said to be unreadable, never skipped.

use std::borrow::Cow;

/// One changed file. The first four are as GitHub's compare API gives them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileChange<'a> {
    /// The path now (before, when it was removed).
    pub path: Cow<'a, str>,
    /// The path before, when it was renamed.
    pub previous_path: Option<Cow<'a, str>>,
    /// `added`, `modified`, `removed`, `renamed`, `copied`.
    pub status: Cow<'a, str>,
    /// The hunks. `None` when there is none to read: binary, too large. A pure rename is `Some("")`.
    pub patch: Option<Cow<'a, str>>,
    /// The new file mode where the diff gives one, such as `120000` for a symlink; the API gives none.
    pub mode: Option<Cow<'a, str>>,
}

/// The files of a unified diff. Text around them, such as a commit message, is ignored.
pub fn files(diff: &str) -> Vec<FileChange<'_>> {
    let mut reader = Reader { rest: diff, files: Vec::new(), open: false };
    while !reader.rest.is_empty() {
        reader.step();
    }
    reader.files
}

struct Reader<'a> {
    rest: &'a str,
    files: Vec<FileChange<'a>>,
    /// Header lines still belong to the last file.
    open: bool,
}

impl<'a> Reader<'a> {
    fn step(&mut self) {
        let (line, after) = split_line(self.rest);
        if line.starts_with("@@ ") && self.open {
            let length = hunk_length(self.rest);
            let (hunk, after) = self.rest.split_at(length);
            if let Some(file) = self.files.last_mut() {
                match &mut file.patch {
                    Some(patch) => patch.to_mut().push_str(hunk),
                    None => file.patch = Some(Cow::Borrowed(hunk)),
                }
            }
            self.rest = after;
            return;
        }
        self.rest = after;
        if let Some(names) = line.strip_prefix("diff --git ") {
            self.begin(git_names(names).unwrap_or_default());
        } else if let (Some(old), true) = (line.strip_prefix("--- "), after.starts_with("+++ ")) {
            let (new, after) = split_line(after);
            self.rest = after;
            self.names(name(old), name(&new[4..]));
        } else if let Some(file) = self.files.last_mut().filter(|_| self.open) {
            header(file, line);
        }
    }

    fn begin(&mut self, path: Cow<'a, str>) {
        self.files.push(FileChange {
            path,
            status: "modified".into(),
            patch: Some("".into()),
            ..FileChange::default()
        });
        self.open = true;
    }

    fn names(&mut self, old: Option<Cow<'a, str>>, new: Option<Cow<'a, str>>) {
        // A plain `diff -u` has no `diff --git` line before.
        let fresh = self.files.last().is_none_or(|file| file.patch.as_deref().is_none_or(|patch| !patch.is_empty()));
        if !self.open || fresh {
            self.begin(Cow::default());
        }
        let Some(file) = self.files.last_mut() else { return };
        match (old, new) {
            (Some(old), None) => (file.path, file.status) = (old, "removed".into()),
            (None, Some(new)) => (file.path, file.status) = (new, "added".into()),
            (Some(_), Some(new)) => file.path = new,
            (None, None) => {}
        }
    }
}

fn header<'a>(file: &mut FileChange<'a>, line: &'a str) {
    let after = |prefix: &str| line.strip_prefix(prefix);
    if let Some(mode) = after("new file mode ") {
        (file.status, file.mode) = ("added".into(), Some(mode.into()));
    } else if let Some(mode) = after("deleted file mode ") {
        file.status = "removed".into();
        file.mode = (mode == "160000").then(|| mode.into());
    } else if let Some(mode) = after("new mode ") {
        file.mode = Some(mode.into());
    } else if let Some(path) = after("rename from ").or_else(|| after("copy from ")) {
        file.previous_path = Some(unquote(path));
        file.status = if line.starts_with("rename") { "renamed".into() } else { "copied".into() };
    } else if let Some(path) = after("rename to ").or_else(|| after("copy to ")) {
        file.path = unquote(path);
    } else if line.starts_with("Binary files ") || line.starts_with("GIT binary patch") {
        file.patch = None;
    } else if let Some(index) = after("index ").filter(|index| index.ends_with(" 120000") || index.ends_with(" 160000"))
    {
        file.mode = index.get(index.len() - 6..).map(Cow::Borrowed);
    }
}

/// The line without its end, and the rest.
pub(crate) fn split_line(text: &str) -> (&str, &str) {
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    (line.strip_suffix('\r').unwrap_or(line), rest)
}

/// Old start, old count, new start, new count of `@@ -1,2 +3,4 @@`.
pub(crate) fn counts(header: &str) -> Option<[u64; 4]> {
    let mut words = header.strip_prefix("@@ -")?.split(' ');
    let pair = |word: &str| -> Option<(u64, u64)> {
        let (start, count) = word.split_once(',').unwrap_or((word, "1"));
        Some((start.parse().ok()?, count.parse().ok()?))
    };
    let (old, old_count) = pair(words.next()?)?;
    let (new, new_count) = pair(words.next()?.strip_prefix('+')?)?;
    Some([old, old_count, new, new_count])
}

/// How many bytes of `text` are the hunk that it begins with.
fn hunk_length(text: &str) -> usize {
    let (header, mut rest) = split_line(text);
    let Some([_, mut old, _, mut new]) = counts(header) else { return text.len() - rest.len() };
    while old > 0 || new > 0 || rest.starts_with('\\') {
        match rest.as_bytes().first() {
            Some(b' ' | b'\n' | b'\r') => (old, new) = (old.saturating_sub(1), new.saturating_sub(1)),
            Some(b'-') => old = old.saturating_sub(1),
            Some(b'+') => new = new.saturating_sub(1),
            Some(b'\\') => {}
            _ => break,
        }
        rest = split_line(rest).1;
    }
    text.len() - rest.len()
}

/// The path of a `---` or `+++` line; `None` for `/dev/null`.
fn name(text: &str) -> Option<Cow<'_, str>> {
    let text = if text.starts_with('"') { text } else { text.split('\t').next().unwrap_or(text) };
    let path = unquote(text.trim_end_matches('\r'));
    if path == "/dev/null" {
        return None;
    }
    Some(match path {
        Cow::Borrowed(path) => Cow::Borrowed(strip_side(path)),
        Cow::Owned(path) => Cow::Owned(strip_side(&path).to_owned()),
    })
}

fn strip_side(path: &str) -> &str {
    path.strip_prefix("a/").or_else(|| path.strip_prefix("b/")).unwrap_or(path)
}

/// The new path of a `diff --git` line. Without quotes both halves are alike, else a rename line follows and decides.
fn git_names(names: &str) -> Option<Cow<'_, str>> {
    if let Some(quoted) = names.strip_suffix('"') {
        let start = quoted.rfind(" \"")? + 1;
        return name(&names[start..]);
    }
    let half = names.len() / 2;
    let same = names.is_char_boundary(half) && names[half..].starts_with(" b/") && names.len() % 2 == 1;
    let start = if same { half + 1 } else { names.rfind(" b/")? + 1 };
    name(&names[start..])
}

/// Git's C-style quoting of odd names.
fn unquote(text: &str) -> Cow<'_, str> {
    let Some(inner) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) else {
        return Cow::Borrowed(text);
    };
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner.bytes().peekable();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        match rest.next() {
            Some(b'n') => bytes.push(b'\n'),
            Some(b't') => bytes.push(b'\t'),
            Some(b'r') => bytes.push(b'\r'),
            Some(digit @ b'0'..=b'7') => {
                let mut value = u32::from(digit - b'0');
                for _ in 0..2 {
                    if let Some(digit) = rest.next_if(|byte| (b'0'..=b'7').contains(byte)) {
                        value = value * 8 + u32::from(digit - b'0');
                    }
                }
                bytes.push(u8::try_from(value & 0xff).unwrap_or(b'?'));
            }
            Some(other) => bytes.push(other),
            None => bytes.push(b'\\'),
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}
