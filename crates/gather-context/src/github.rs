//! What GitHub knows: the pull request, what it changes, and its base.

use remediation::{Actor, Base, ChangedFile, PullRequest, cap, caps};
use text::Untrusted;
use world::github::{self as gh, Conclusion, OpenClosed, Status};
use world::{Clock, PortError, ReadGithub};

use crate::source::{Answer, Found, NoAnswer, Source};

/// Bytes of a description that are kept.
const DESCRIPTION_BYTES: usize = 4000;
/// Bytes of a diff that are kept; the prompt has 96 KiB for everything.
pub const DIFF_BYTES: usize = 64 * 1024;

fn number(ask: &Source<'_, impl Clock>) -> Result<u64, NoAnswer> {
    ask.needs.subject.pull_request.ok_or(NoAnswer::NotKnown("pull request"))
}

/// The pull request and what it says of itself.
pub async fn pull_request(ask: &Source<'_, impl ReadGithub + Clock>) -> Found<(PullRequest, Option<Untrusted>)> {
    let pull = ask.ports.pull(&ask.of, number(ask)?).await?;
    let line = |text: &Untrusted| ask.foreign.line(text, caps::TEXT);
    let author = pull.user.as_ref().map(|user| Actor {
        id: user.id,
        login: Some(line(&user.login)),
        r#type: Some(user.kind.clone()).filter(|kind| !kind.is_empty()),
    });
    // Whether there is one is decided before anything invisible in it goes.
    let description = (!pull.body.is_empty()).then(|| ask.foreign.text(&pull.body, DESCRIPTION_BYTES));
    let kept = PullRequest {
        number: pull.number,
        title: line(&pull.title),
        state: if pull.state == OpenClosed::Open { "open" } else { "closed" }.to_owned(),
        draft: pull.draft,
        base_branch: pull.base.branch.clone(),
        base_sha: pull.base.sha.clone(),
        author,
    };
    Ok((kept, description).into())
}

/// What the pull request, or the failed commit alone, changes.
pub async fn changed_files(ask: &Source<'_, impl ReadGithub + Clock>) -> Found<(Vec<ChangedFile>, u64)> {
    let (files, complete) = match ask.needs.subject.pull_request {
        Some(number) => {
            let listed = ask.ports.pull_files(&ask.of, number).await?;
            (listed.items, listed.complete)
        }
        None => (ask.ports.commit(&ask.of, head(ask)?).await?.files, true),
    };
    let files = files.iter().map(|file| ChangedFile {
        path: ask.foreign.line(&file.filename, caps::TEXT),
        status: file.status.clone(),
        additions: file.additions,
        deletions: file.deletions,
    });
    let missing = if complete { Vec::new() } else { vec!["GitHub lists no more than 3,000 files".to_owned()] };
    Ok(Answer { found: cap(files.collect(), caps::FILES), missing })
}

fn head<'a>(ask: &'a Source<'_, impl Clock>) -> Result<&'a str, NoAnswer> {
    let failed = ask.needs.failure.as_ref().and_then(|failure| failure.head_sha.as_deref());
    failed.or(ask.needs.subject.head_sha.as_deref()).ok_or(NoAnswer::NotKnown("commit"))
}

/// The diff of the pull request, or of the failed commit alone.
pub async fn diff(ask: &Source<'_, impl ReadGithub + Clock>) -> Found<String> {
    let whole = match ask.needs.subject.pull_request {
        Some(number) => match ask.ports.pull_diff(&ask.of, number).await {
            // Over 300 files GitHub gives no diff, but the hunks of each file.
            Err(PortError::Refused { .. }) => patches(&ask.ports.pull_files(&ask.of, number).await?.items),
            other => other?,
        },
        None => patches(&ask.ports.commit(&ask.of, head(ask)?).await?.files),
    };
    Ok(bounded(ask, &whole, "the diff"))
}

/// Files with their hunks, as a unified diff.
pub fn patches(files: &[gh::ChangedFile]) -> Untrusted {
    let mut diff = String::new();
    for file in files {
        let path = file.filename.expose();
        let old = file.previous_filename.as_ref().map_or(path, |path| path.expose());
        diff.push_str(&format!("diff --git a/{old} b/{path}\n--- a/{old}\n+++ b/{path}\n"));
        match &file.patch {
            Some(patch) => diff.push_str(patch.expose()),
            None => diff.push_str("(GitHub shows no hunks of this file)"),
        }
        diff.push('\n');
    }
    Untrusted::new(diff)
}

/// Redacted, and cut where it is longer than anybody reads.
pub fn bounded(ask: &Source<'_, impl Clock>, text: &Untrusted, what: &str) -> Answer<String> {
    let safe = ask.foreign.text(text, usize::MAX);
    let cut = safe.cut(DIFF_BYTES);
    let left_out = safe.len_bytes() - cut.len_bytes();
    let missing =
        if left_out == 0 { Vec::new() } else { vec![format!("{what} was cut, {left_out} bytes are missing")] };
    Answer { found: cut.expose().to_owned(), missing }
}

/// Whether the base branch is red in the same workflow and job.
pub async fn base(ask: &Source<'_, impl ReadGithub + Clock>) -> Found<Base> {
    let needs = ask.needs;
    let failure = needs.failure.as_ref();
    let branch = match failure.and_then(|failure| failure.pull_request.as_ref()) {
        Some(pull) => pull.base_branch.clone(),
        None => needs.repository.default_branch.clone().ok_or(NoAnswer::NotKnown("base branch"))?,
    };
    if needs.subject.branch.as_ref() == Some(&branch) {
        return Err(NoAnswer::NotKnown("base branch: the failure is on the default branch itself"));
    }
    let workflow = needs.subject.workflow_id.ok_or(NoAnswer::NotKnown("workflow"))?;
    let sha = ask.ports.branch(&ask.of, &branch).await?.commit.sha;
    let runs = ask.ports.runs_of_commit(&ask.of, &sha).await?.items;
    let ended = runs.into_iter().find(|run| run.workflow_id == workflow && run.status == Status::Completed);
    let red = match &ended {
        None => None,
        Some(run) if run.conclusion == Some(Conclusion::Success) => Some(false),
        Some(run) => {
            let failed: Vec<_> = failure.iter().flat_map(|failure| &failure.jobs).map(|job| &job.name).collect();
            let theirs = ask.ports.jobs(&ask.of, run.id, run.run_attempt).await?.items;
            let red = |conclusion| matches!(conclusion, Some(Conclusion::Failure | Conclusion::TimedOut));
            Some(theirs.iter().any(|job| red(job.conclusion) && failed.contains(&&job.name)))
        }
    };
    Ok(Base { branch: ask.foreign.text(&branch, caps::TEXT), sha, red, run_id: ended.map(|run| run.id) }.into())
}
