//! What commits hold and how they relate.

use std::io;
use std::sync::{Arc, PoisonError};

use super::{Git, Person};

/// Git's name for a tree without files.
pub const EMPTY_TREE: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/// A commit.
#[derive(Debug, Clone)]
pub struct CommitInfo {
    /// Its name.
    pub sha: String,
    /// Its tree.
    pub tree: String,
    /// Its parents.
    pub parents: Vec<String>,
    /// Who wrote it.
    pub author: Person,
    /// Who committed it.
    pub committer: Person,
    /// The whole message, without the last line break.
    pub message: String,
}

impl CommitInfo {
    /// The first line of the message.
    pub fn title(&self) -> &str {
        self.message.lines().next().unwrap_or_default()
    }
}

/// A file that changed between two commits.
#[derive(Debug, Clone)]
pub struct Change {
    /// Its path now.
    pub path: String,
    /// Its path before a rename.
    pub before: Option<String>,
    /// GitHub's word for what happened.
    pub status: &'static str,
    /// The blob now, or the one that was removed.
    pub blob: String,
    /// Lines added.
    pub additions: usize,
    /// Lines deleted.
    pub deletions: usize,
    /// The hunks; none for a binary file.
    pub patch: Option<String>,
}

/// Fields of a commit, NUL between them.
const FORMAT: &str = "--format=%H%x00%T%x00%P%x00%an%x00%ae%x00%at%x00%cn%x00%ce%x00%ct%x00%B%x00%x01";

impl Git {
    /// A commit by its SHA, branch or tag; `None` if there is no such commit.
    pub fn info(&self, id: u64, reference: &str) -> Option<Arc<CommitInfo>> {
        let key = format!("{id} {reference}");
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(info) = known().get(&key) {
            return Some(info.clone());
        }
        let text = self.text(id, ["log", "-1", FORMAT, "--end-of-options", reference, "--"]).ok()?;
        let info = Arc::new(parse(&text).into_iter().next()?);
        if info.sha == reference {
            known().insert(key, info.clone());
        }
        Some(info)
    }

    /// The commits of `base..head`, oldest first.
    ///
    /// # Errors
    /// Git's.
    pub fn commits(&self, id: u64, base: &str, head: &str) -> io::Result<Vec<CommitInfo>> {
        let range = format!("{base}..{head}");
        Ok(parse(&self.text(id, ["log", "--reverse", "--topo-order", FORMAT, "--end-of-options", &range, "--"])?))
    }

    /// Where two commits parted.
    pub fn merge_base(&self, id: u64, base: &str, head: &str) -> Option<String> {
        self.text(id, ["merge-base", base, head]).ok().map(|text| text.trim().to_owned())
    }

    /// How many commits only `head` has, and how many only `base` has.
    ///
    /// # Errors
    /// Git's.
    pub fn ahead_behind(&self, id: u64, base: &str, head: &str) -> io::Result<(u64, u64)> {
        let text = self.text(id, ["rev-list", "--left-right", "--count", &format!("{base}...{head}")])?;
        let mut counts = text.split_whitespace().map(|count| count.parse().unwrap_or(0));
        let behind = counts.next().unwrap_or(0);
        Ok((counts.next().unwrap_or(0), behind))
    }

    /// Whether `head` contains a commit.
    pub fn contains(&self, id: u64, head: &str, sha: &str) -> bool {
        self.text(id, ["merge-base", "--is-ancestor", sha, head]).is_ok()
    }

    /// The whole diff between two trees or commits, as text.
    ///
    /// # Errors
    /// Git's.
    pub fn diff(&self, id: u64, from: &str, to: &str) -> io::Result<String> {
        self.text(id, ["diff", "-M", "--no-color", "--no-ext-diff", from, to, "--"])
    }

    /// The files that changed between two trees or commits.
    ///
    /// # Errors
    /// Git's.
    pub fn changes(&self, id: u64, from: &str, to: &str) -> io::Result<Vec<Change>> {
        let raw = self.text(id, ["diff", "-M", "--raw", "-z", "--no-abbrev", from, to, "--"])?;
        let diff = self.diff(id, from, to)?;
        // Both lists have the same order; in a diff only a file's header begins with "diff --git".
        let starts = diff.match_indices("diff --git ").filter(|(at, _)| *at == 0 || diff[..*at].ends_with('\n'));
        let starts: Vec<usize> = starts.map(|(at, _)| at).chain([diff.len()]).collect();
        let mut patches = starts.windows(2).map(|pair| &diff[pair[0]..pair[1]]);
        let mut fields = raw.split('\0');
        let mut changes = Vec::new();
        while let Some(meta) = fields.next().filter(|meta| meta.starts_with(':')) {
            let meta: Vec<&str> = meta.split(' ').collect();
            let [_, _, before_blob, after_blob, letter] = meta[..] else { break };
            let first = fields.next().unwrap_or_default().to_owned();
            let renamed = letter.starts_with(['R', 'C']);
            let (path, before) =
                if renamed { (fields.next().unwrap_or_default().to_owned(), Some(first)) } else { (first, None) };
            let status = match letter.as_bytes().first() {
                Some(b'A') => "added",
                Some(b'D') => "removed",
                Some(b'R') => "renamed",
                Some(b'C') => "copied",
                Some(b'T') => "changed",
                _ => "modified",
            };
            let patch = patches.next().unwrap_or_default();
            let patch = patch.find("\n@@ ").map(|at| patch[at + 1..].trim_end_matches('\n').to_owned());
            let count = |sign: char| patch.iter().flat_map(|text| text.lines()).filter(|l| l.starts_with(sign)).count();
            let blob = if status == "removed" { before_blob } else { after_blob }.to_owned();
            changes.push(Change { path, before, status, blob, additions: count('+'), deletions: count('-'), patch });
        }
        Ok(changes)
    }

    /// What a commit itself changes.
    ///
    /// # Errors
    /// Git's.
    pub fn changes_of(&self, id: u64, commit: &CommitInfo) -> io::Result<Vec<Change>> {
        self.changes(id, commit.parents.first().map_or(EMPTY_TREE, |parent| parent), &commit.sha)
    }

    /// The files below a folder of a commit.
    ///
    /// # Errors
    /// Git's.
    pub fn list(&self, id: u64, sha: &str, folder: &str) -> io::Result<Vec<String>> {
        let text = self.text(id, ["ls-tree", "-r", "-z", "--name-only", sha, folder])?;
        Ok(text.split_terminator('\0').map(str::to_owned).collect())
    }

    /// A file of a commit.
    ///
    /// # Errors
    /// Git's: there is no such file.
    pub fn file(&self, id: u64, sha: &str, path: &str) -> io::Result<String> {
        self.text(id, ["show", &format!("{sha}:{path}")])
    }
}

fn parse(text: &str) -> Vec<CommitInfo> {
    text.split('\u{1}').filter_map(|record| one(record.trim_start_matches('\n'))).collect()
}

fn one(record: &str) -> Option<CommitInfo> {
    let mut fields = record.split('\0');
    let mut next = || fields.next().map(str::to_owned);
    let (sha, tree, parents) = (next()?, next()?, next()?);
    let mut person = || {
        let (name, email, at) = (next()?, next()?, next()?);
        Some(Person { name, email, at: jiff::Timestamp::from_second(at.parse().ok()?).ok()? })
    };
    let (author, committer) = (person()?, person()?);
    let message = next()?.trim_end_matches('\n').to_owned();
    let parents = parents.split_whitespace().map(str::to_owned).collect();
    Some(CommitInfo { sha, tree, parents, author, committer, message })
}
