//! From a verdict to the document: the outcome, the finished attempt, the next one (design section 1, rule 1), and the
//! record.

use config::Config;
use remediation::record::RecordStatus;
use remediation::verdict;
use remediation::{
    Agent, Attempt, AttemptRecord, Because, EscalationReason, Next, Open, Outcome, Stage, Verdict, cap, caps,
};
use step::{Cannot, Sections};

use crate::Needs;
use crate::past::{Past, is_failure};

/// What leaves the document when the attempt advances.
const LEAVES: [&str; 6] = ["claim", "context", "prompt", "coderun", "rerun", "outcome"];

/// What an attempt came to.
#[derive(Debug, Clone)]
pub struct Ended {
    /// The verdict.
    pub verdict: Verdict,
    /// The rules that decided.
    pub because: Vec<Because>,
    /// What goes into `attempts`.
    pub finished: AttemptRecord,
    /// The pull request that holds the fix.
    pub pull_request: Option<u64>,
}

/// What follows.
#[derive(Debug, Clone, PartialEq)]
pub struct Following {
    /// In one word.
    pub next: Next,
    /// With `escalate`: why.
    pub reason: Option<EscalationReason>,
    /// With `retry`: the attempt that comes.
    pub attempt: Option<Attempt>,
}

/// What follows a verdict: a red re-run costs no attempt, and the second failure of an agent may change the agent.
pub fn follow(needs: &Needs, past: &Past, config: &Config, ended: &Ended) -> Following {
    let attempt = &needs.attempt;
    if ended.finished.number == 0 && ended.verdict == Verdict::NotFixed {
        return Following { next: Next::Retry, reason: None, attempt: Some(attempt.clone()) };
    }
    let (next, reason) = verdict::next(ended.verdict, attempt, past.no_progress(&ended.finished));
    let attempt = (next == Next::Retry).then(|| Attempt {
        number: attempt.number + 1,
        agent: other_agent(needs, past, config, ended).map(Open::from).or(attempt.agent.clone()),
        ..attempt.clone()
    });
    Following { next, reason, attempt }
}

/// Who tries next, when this agent has failed twice in the round and the repository allows another (cto.md 4.4).
fn other_agent(needs: &Needs, past: &Past, config: &Config, ended: &Ended) -> Option<Agent> {
    let agent = ended.finished.agent.as_ref()?.known()?;
    if !is_failure(ended.verdict) || past.failures_of(agent) == 0 {
        return None;
    }
    let changed: Vec<&str> =
        needs.failure.iter().flat_map(|failure| &failure.changed_files).map(|file| file.path.expose()).collect();
    let any = |is: fn(&str) -> bool| changed.iter().any(|path| is(path));
    let other = verdict::other_agent(agent, any(is_rust), any(is_frontend), any(is_infra));
    let repository = config.repository(&needs.repository.owner, &needs.repository.name);
    let allowed = repository.and_then(|repository| repository.agents.as_ref());
    (other != agent && allowed.is_none_or(|agents| agents.contains(&other))).then_some(other)
}

// What files are of which sort: cto.md 4.4, "File kinds".
fn is_rust(path: &str) -> bool {
    path.ends_with(".rs") || matches!(path, "Cargo.toml" | "Cargo.lock")
}

fn is_frontend(path: &str) -> bool {
    [".ts", ".tsx", ".js", ".jsx", ".css", ".scss"].iter().any(|end| path.ends_with(end))
        || matches!(path, "package.json" | "pnpm-lock.yaml")
}

fn is_infra(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    path.starts_with("infra/")
        || path.contains("/infra/")
        || path.starts_with(".github/")
        || [".yaml", ".yml"].iter().any(|end| path.ends_with(end))
        || name.starts_with("Dockerfile")
        || name == "Chart.yaml"
}

/// The sections of the document.
pub fn sections(needs: &Needs, past: &Past, ended: &Ended, following: &Following) -> Result<Sections, Cannot> {
    let (attempts, fell_out) = past.with(&ended.finished)?;
    let mut sections = Sections::new()
        .set_list("attempts", attempts)
        .parameter("verdict", ended.verdict)
        .parameter("next", following.next)
        .say(sentence(needs, ended, following));
    if fell_out > 0 {
        sections = sections.set("attempts_omitted", &(needs.attempts_omitted + fell_out));
    }
    if let Some(attempt) = &following.attempt {
        sections = sections.set("attempt", attempt);
        return Ok(LEAVES.into_iter().fold(sections, Sections::remove));
    }
    let (because, because_omitted) = cap(ended.because.clone(), caps::BECAUSE);
    Ok(sections.set(
        "outcome",
        &Outcome {
            verdict: ended.verdict.into(),
            next: following.next.into(),
            escalation_reason: following.reason.map(Open::from),
            head_sha: ended.finished.head_sha.clone(),
            pull_request: ended.pull_request,
            because,
            because_omitted,
        },
    ))
}

fn sentence(needs: &Needs, ended: &Ended, following: &Following) -> String {
    let what = match ended.finished.number {
        0 => "the re-run".to_owned(),
        number => format!("attempt {number} of {}", needs.attempt.limit),
    };
    let rule = ended.because.first().map(|because| because.rule.as_str()).unwrap_or_default();
    format!("{what}: {} ({rule}), next: {}", ended.verdict, following.next)
}

/// What the record remembers of it.
pub fn record(status: &mut RecordStatus, needs: &Needs, ended: &Ended, following: &Following) {
    let attempt = following.attempt.as_ref().unwrap_or(&needs.attempt);
    let at = |attempt: &Attempt| (attempt.round, attempt.number);
    // A late run of an earlier attempt does not turn the record back.
    if status.attempt.as_ref().is_some_and(|known| at(known) > at(attempt)) {
        return;
    }
    status.attempt = Some(attempt.clone());
    status.verdict = Some(ended.verdict.into());
    if following.attempt.is_some() {
        status.stage = Some(Stage::Admitted.into());
    }
    if ended.finished.head_sha.is_some() {
        status.head_sha.clone_from(&ended.finished.head_sha);
    }
    for commit in &ended.finished.commits {
        if !status.commits.contains(&commit.sha) {
            status.commits.push(commit.sha.clone());
        }
    }
    if ended.pull_request.is_some() && needs.subject.pull_request != ended.pull_request {
        status.pull_request = ended.pull_request;
    }
}

#[cfg(test)]
mod tests;
