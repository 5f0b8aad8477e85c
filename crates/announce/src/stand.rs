//! Where a remediation stands, and in which words: one table, read from the top.

use remediation::{AdmissionReason, Agent, Decision, Next, Remedy, Stage, UnknownWord, Verdict, Vocabulary};

use crate::Needs;

/// Where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stand {
    /// How far it has come.
    pub stage: Stage,
    /// The headline.
    pub headline: String,
    /// More about it: ours.
    pub detail: Vec<String>,
    /// What a person can ask for now.
    pub commands: &'static [Command],
    /// Whether CI is green by our doing.
    pub repaired: bool,
    /// It ended before anything was done: what was said is edited, and nothing new is said.
    pub only_edits: bool,
    /// `escalate` says it in the comment.
    pub escalates: bool,
}

/// What a person can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Stop.
    Stop,
    /// Approve what waits.
    Approve,
    /// A new round.
    Retry,
}

impl Command {
    /// Its word, as `open-remediation` reads it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Approve => "approve",
            Self::Retry => "retry",
        }
    }
}

const UNDER_WAY: &[Command] = &[Command::Stop];
const ASKED: &[Command] = &[Command::Approve, Command::Stop];
const ENDED: &[Command] = &[Command::Retry];
const DONE: &[Command] = &[];

fn stand(stage: Stage, headline: impl Into<String>, commands: &'static [Command]) -> Stand {
    let headline = headline.into();
    let (repaired, only_edits, escalates) = (false, false, false);
    Stand { stage, headline, detail: Vec::new(), commands, repaired, only_edits, escalates }
}

/// Where it stands.
///
/// # Errors
/// A deciding word of a newer version.
pub fn of(needs: &Needs, not_spawned: Option<AdmissionReason>) -> Result<Stand, UnknownWord> {
    if let Some(reason) = not_spawned {
        return Ok(not_admitted(reason));
    }
    if let Some(admission) = &needs.admission {
        let reason = admission.reason.require("admission.reason")?;
        match admission.decision.require("admission.decision")? {
            Decision::Proceed => {}
            Decision::Later => return Ok(stand(Stage::Waiting, "Healer waits for an approval", ASKED)),
            Decision::No => return Ok(Stand { escalates: reason.tell(), ..not_admitted(reason) }),
        }
    }
    if let Some(outcome) = &needs.outcome {
        let verdict = outcome.verdict.require("outcome.verdict")?;
        match outcome.next.require("outcome.next")? {
            Next::Done => return Ok(done(verdict, needs)),
            Next::Escalate => {
                let ended = stand(Stage::Concluded, "Healer called a person", ENDED);
                let detail = vec![format!("`{verdict}`: {}.", verdict.meaning())];
                return Ok(Stand { detail, escalates: true, ..ended });
            }
            Next::Retry => {}
        }
    }
    if let Some(waits_for) = needs.claim.as_ref().map(thread::linked).transpose()?.flatten() {
        let waits = stand(Stage::Waiting, thread::LINKED_HEADLINE, DONE);
        return Ok(Stand { detail: vec![waits_for], escalates: true, ..waits });
    }
    under_way(needs)
}

fn not_admitted(reason: AdmissionReason) -> Stand {
    let detail = vec![format!("`{reason}`: {}.", reason.meaning())];
    Stand { detail, only_edits: true, ..stand(Stage::Concluded, "Healer does nothing more here", ENDED) }
}

fn under_way(needs: &Needs) -> Result<Stand, UnknownWord> {
    if let Some(coderun) = &needs.coderun {
        let who = coderun.agent.require("coderun.agent")?;
        let named = name(who);
        let detail = vec![format!("{} by {named} ({}).", attempt(needs), who.meaning())];
        return Ok(Stand { detail, ..stand(Stage::AgentRunning, format!("{named} is on it"), UNDER_WAY) });
    }
    if let Some(rerun) = &needs.rerun {
        let detail = vec![format!(
            "A code change cannot help, so the failed jobs run again, once: attempt {} of the run.",
            rerun.run_attempt
        )];
        return Ok(Stand { detail, ..stand(Stage::CiRunning, "The failed jobs run again", UNDER_WAY) });
    }
    let Some(found) = &needs.classification else {
        return Ok(stand(Stage::Admitted, "Healer looks at this failure", UNDER_WAY));
    };
    let diagnosed = stand(Stage::Diagnosed, "Healer knows what failed", UNDER_WAY);
    Ok(match found.remedy.require("classification.remedy")? {
        Remedy::Person => {
            let called = stand(Stage::Concluded, "This is a person's work", ENDED);
            Stand { detail: vec!["No agent may do this.".into()], escalates: true, ..called }
        }
        Remedy::Rerun => Stand { detail: vec!["The failed jobs are about to run again.".into()], ..diagnosed },
        Remedy::Agent => {
            // After two failures of one agent another one tries, whatever the log says.
            let other = needs.attempt.as_ref().and_then(|attempt| attempt.agent.as_ref());
            let who = other.or(found.agent.as_ref()).map(|agent| agent.require("classification.agent")).transpose()?;
            let who = who.map_or_else(|| "an agent".to_owned(), |who| format!("{} ({})", name(who), who.meaning()));
            Stand { detail: vec![format!("{} is about to start, by {who}.", attempt(needs))], ..diagnosed }
        }
    })
}

/// How it ended well, or without us.
fn done(verdict: Verdict, needs: &Needs) -> Stand {
    let ended = |headline: &str, commands| stand(Stage::Concluded, headline, commands);
    let sha = needs.outcome.as_ref().and_then(|outcome| outcome.head_sha.as_ref());
    let commit = sha.map(|sha| format!(" by `{}`", short(sha, 7))).unwrap_or_default();
    match verdict {
        Verdict::Fixed => {
            let mut detail = vec![format!("CI is green{commit}.")];
            let draft = needs.outcome.as_ref().and_then(|outcome| outcome.pull_request);
            let draft = draft.filter(|number| Some(*number) != needs.subject.pull_request);
            detail.extend(draft.map(|number| format!("#{number} holds the change: look at it, and merge it.")));
            Stand { repaired: true, detail, ..ended("Healer repaired this", DONE) }
        }
        Verdict::PassedOnRerun => {
            let detail = vec!["The failed jobs ran again and are green; no code had to change.".into()];
            Stand { repaired: true, detail, ..ended("It passed when run again", DONE) }
        }
        Verdict::FixedByOther => {
            Stand { detail: vec![format!("CI is green{commit}.")], ..ended("Somebody else repaired this", DONE) }
        }
        verdict => {
            Stand { detail: vec![format!("`{verdict}`: {}.", verdict.meaning())], ..ended("Healer steps back", ENDED) }
        }
    }
}

fn attempt(needs: &Needs) -> String {
    match &needs.attempt {
        Some(attempt) if attempt.round > 1 => {
            format!("Round {}, attempt {} of {}", attempt.round, attempt.number, attempt.limit)
        }
        Some(attempt) => format!("Attempt {} of {}", attempt.number, attempt.limit),
        None => "Attempt 1".into(),
    }
}

/// The agent's name, as people write it.
fn name(agent: Agent) -> String {
    let mut name = agent.as_str().to_owned();
    if let Some(first) = name.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    name
}

/// The start of a commit's name.
pub fn short(sha: &str, length: usize) -> String {
    sha.chars().take(length).collect()
}
