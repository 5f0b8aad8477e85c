//! What the honest-diff table (crate `diff-policy`) says of everything that was pushed since Healer began.

use std::borrow::Cow;

use diff_policy::{FileChange, Verdict, judge_files};
use remediation::{Because, Kind};
use step::Cannot;
use world::github::{ChangedFile, Comparison};

use crate::Needs;
use crate::facts::Honesty;

/// GitHub compares at most so many files; where it lists as many there may be more (safety.md 4.1).
const FILES: usize = 300;

/// What the table says, and by which rules.
#[derive(Debug, Clone)]
pub struct Read {
    /// In one word.
    pub honesty: Honesty,
    /// The rules that said so.
    pub because: Vec<Because>,
}

impl Default for Read {
    fn default() -> Self {
        Self { honesty: Honesty::Clean, because: Vec::new() }
    }
}

/// Judges a comparison as a repair of the document's kind of failure.
pub fn read(needs: &Needs, whole: &Comparison) -> Result<Read, Cannot> {
    let kind = match &needs.classification {
        Some(found) => found.kind.require("classification.kind")?,
        None => Kind::General,
    };
    Ok(judge(kind, &whole.files))
}

/// Judges changed files. What GitHub did not show is for a person.
pub fn judge(kind: Kind, files: &[ChangedFile]) -> Read {
    let changes: Vec<FileChange<'_>> = files.iter().map(change).collect();
    let judgement = judge_files(kind, &changes);
    let at = "github:compare".to_owned();
    let mut because: Vec<Because> =
        judgement.because.iter().map(|finding| Because { rule: finding.rule.to_owned(), at: at.clone() }).collect();
    because.dedup();
    let mut honesty = match judgement.verdict {
        Verdict::Honest => Honesty::Clean,
        Verdict::Person => Honesty::Person,
        Verdict::Never => Honesty::Never,
    };
    if files.len() >= FILES {
        because.push(Because { rule: "diff_truncated".into(), at });
        if honesty == Honesty::Clean {
            honesty = Honesty::Person;
        }
    }
    Read { honesty, because }
}

fn change(file: &ChangedFile) -> FileChange<'_> {
    let renamed_only = file.status == "renamed" && file.additions == 0 && file.deletions == 0;
    let patch = file.patch.as_ref().map(|patch| Cow::Borrowed(patch.expose()));
    FileChange {
        path: Cow::Borrowed(file.filename.expose()),
        previous_path: file.previous_filename.as_ref().map(|path| Cow::Borrowed(path.expose())),
        status: Cow::Borrowed(&file.status),
        patch: patch.or(renamed_only.then_some(Cow::Borrowed(""))),
        mode: None,
    }
}
