//! What earlier attempts did, oldest first: the verdicts from `attempts`, the details from `context.history`.

use remediation::{Commit, PastAttempt, Verdict};
use serde_json::{Value, json};
use step::Cannot;
use text::Untrusted;

use crate::Read;
use crate::blocks::{Block, Cutter, Source};
use crate::foreign::Foreign;
use crate::needs::Needs;

/// Attempts that are told in full; of older ones only the verdict.
const IN_FULL: usize = 3;

/// One earlier attempt.
pub(crate) struct Past {
    round: u32,
    number: u32,
    agent: Option<String>,
    verdict: Option<Verdict>,
    commits: Vec<Commit>,
    commits_omitted: u64,
    files: Vec<Untrusted>,
    files_omitted: u64,
    output: Option<Source>,
    diff: Option<Source>,
}

pub(crate) fn past(needs: &Needs, read: Read<'_>) -> Result<Vec<Past>, Cannot> {
    let history = needs.context.as_ref().map_or(&[][..], |context| &context.history);
    let mut all: Vec<Past> = needs
        .attempts
        .iter()
        .map(|one| Past {
            round: one.round,
            number: one.number,
            agent: one.agent.as_ref().map(|agent| agent.as_str().to_owned()),
            verdict: one.verdict.known(),
            commits: one.commits.clone(),
            commits_omitted: one.commits_omitted,
            files: one.files.clone(),
            files_omitted: one.files_omitted,
            output: None,
            diff: None,
        })
        .collect();
    // By hand there may be a history and no records.
    for one in history
        .iter()
        .filter(|one| !needs.attempts.iter().any(|known| (known.round, known.number) == (one.round, one.number)))
    {
        all.push(Past {
            round: one.round,
            number: one.number,
            agent: Some(one.agent.as_str().to_owned()),
            verdict: one.verdict.known(),
            commits: one.commits.clone(),
            commits_omitted: one.commits_omitted,
            files: Vec::new(),
            files_omitted: 0,
            output: None,
            diff: None,
        });
    }
    all.sort_by_key(|one| (one.round, one.number));
    let full = all.len().saturating_sub(IN_FULL);
    for past in all.iter_mut().skip(full) {
        let known = history.iter().find(|one| (one.round, one.number) == (past.round, past.number));
        if let Some(known) = known {
            past.details(known, read)?;
        }
    }
    Ok(all)
}

impl Past {
    fn details(&mut self, known: &PastAttempt, read: Read<'_>) -> Result<(), Cannot> {
        let output = known.agent_output.as_ref();
        self.output =
            output.map(|text| Source::new(Block::AttemptOutput, "The end of what that agent said.", "text", text));
        if let Some(bytes) = known.diff.as_deref().map_or(Ok(None), read)? {
            let diff = Untrusted::from_bytes(&bytes);
            self.diff = Some(Source::new(Block::AttemptDiff, "What that attempt changed.", "diff", &diff));
        }
        Ok(())
    }

    /// A re-run has the number 0 and no agent.
    pub fn by_agent(&self) -> bool {
        self.number > 0
    }

    pub fn view(&self, cutter: &mut Cutter) -> Value {
        let commits: Vec<Value> = self
            .commits
            .iter()
            .map(|commit| json!({ "sha": Foreign::word(&commit.sha), "message": Foreign::field(&commit.message) }))
            .collect();
        json!({
            "rerun": self.number == 0,
            "title": if self.number == 0 { "A re-run".to_owned() } else { format!("Attempt {}", self.number) },
            "round": if self.round > 1 { json!(self.round) } else { Value::Null },
            "agent": self.agent.as_deref().map(Foreign::word),
            "became": self.verdict.map_or("what became of it is not known to this version", became),
            "commits": commits,
            "commits_omitted": self.commits_omitted,
            "files": self.files.iter().map(Foreign::field).collect::<Vec<_>>(),
            "files_omitted": self.files_omitted,
            "output": self.output.as_ref().map(|source| cutter.view(source)),
            "diff": self.diff.as_ref().map(|source| cutter.view(source)),
        })
    }
}

/// A verdict, told to the one who tries next.
fn became(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fixed | Verdict::FixedByOther => "CI was green then",
        Verdict::PassedOnRerun => "the re-run was green",
        Verdict::NotFixed => "CI ran and the failed job was still red",
        Verdict::BrokeOther => "its commit turned something else red",
        Verdict::NoPush => "it ended without a commit",
        Verdict::AgentFailed => "the run ended in an error before it was done",
        Verdict::AgentTimeout => "the run took too long and was stopped",
        Verdict::Dishonest => "its change hid the failure instead of fixing it and does not count",
        Verdict::NeedsPerson => "its change touched what a person must look at",
        Verdict::CiNotRun => "CI did not run on its commit",
        Verdict::CiTimeout => "CI on its commit did not end in time",
        Verdict::Superseded => "somebody else pushed in between",
        Verdict::Withdrawn => "the pull request was closed, or the branch was gone",
    }
}
