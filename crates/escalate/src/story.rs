//! What is told, whoever tells it: from the document, or from the record alone.

use redact::Foreign;
use remediation::record::{RecordSpec, RecordStatus};
use remediation::{AttemptRecord, Because, EscalationReason, Mode, Role, SubjectKind, caps};
use step::Cannot;
use text::Untrusted;

use crate::Needs;

/// Everything a message may say. Text of others stays [`Untrusted`] until a channel encodes it.
#[derive(Debug, Clone)]
pub struct Story {
    /// The remediation's id.
    pub id: String,
    /// Why people are told.
    pub reason: EscalationReason,
    /// More about the reason: ours.
    pub detail: Vec<String>,
    /// `owner/name`.
    pub repository: Untrusted,
    /// The pull request with the comment.
    pub pull_request: Option<u64>,
    /// It is about a security alert: nothing of it goes into public text.
    pub security: bool,
    /// Observe mode: nothing is sent.
    pub observe: bool,
    /// Facts about where, label and text.
    pub facts: Vec<(&'static str, Untrusted)>,
    /// What was tried: a line an attempt, ours.
    pub tried: Vec<String>,
    /// What is known: rules and places, ours.
    pub known: Vec<String>,
    /// The lines of the log that say why.
    pub excerpt: Option<Untrusted>,
}

/// Why people are told, by the flow table's case (design section 1.8).
pub fn reason(needs: &Needs) -> Result<(EscalationReason, Vec<String>), Cannot> {
    if let Some(fault) = &needs.fault {
        return Ok((EscalationReason::Fault, vec![format!("It ended with exit code {}.", fault.exit_code)]));
    }
    if let Some(outcome) = &needs.outcome {
        let verdict = outcome.verdict.require("outcome.verdict")?;
        let reason = match &outcome.escalation_reason {
            Some(reason) => reason.require("outcome.escalation_reason")?,
            None => EscalationReason::AttemptsExhausted,
        };
        return Ok((
            reason,
            vec![format!("The last verdict is `{verdict}`: {}.", remediation::Vocabulary::meaning(verdict))],
        ));
    }
    if let Some(admission) = &needs.admission {
        let reason = admission.reason.require("admission.reason")?;
        if reason.tell() && reason.decision() == remediation::Decision::No {
            let says = remediation::Vocabulary::meaning(reason);
            return Ok((EscalationReason::NotAdmitted, vec![format!("`{reason}`: {says}.")]));
        }
    }
    if let Some(claim) = &needs.claim {
        match claim.role.require("claim.role")? {
            Role::Owner => {}
            Role::Linked => {
                let at = claim.owner_pull_request.map(|number| format!(" (#{number})")).unwrap_or_default();
                let owner = claim.owner.as_deref().unwrap_or("another remediation");
                return Ok((EscalationReason::Linked, vec![format!("`{owner}`{at} repairs the same cause.")]));
            }
            Role::FixedUpstream => {
                return Ok((
                    EscalationReason::Linked,
                    vec!["The base branch has the fix already: update this branch.".into()],
                ));
            }
        }
    }
    Ok((EscalationReason::PersonsWork, Vec::new()))
}

/// The story of a document.
pub fn of_document(needs: &Needs, excerpt: Option<Untrusted>) -> Result<Story, Cannot> {
    let (reason, detail) = reason(needs)?;
    let id = needs.id.clone().ok_or_else(|| Cannot::refused("the document has no `id`; run open-remediation first"))?;
    let (Some(repository), Some(subject)) = (&needs.repository, &needs.subject) else {
        return Err(Cannot::refused("the document has no `repository` or no `subject`; run open-remediation first"));
    };
    let name = format!("{}/{}", repository.owner, repository.name);
    let mut facts = Vec::new();
    if let Some(fault) = &needs.fault {
        // The sentence is ours; what a service said may stand in it.
        facts.push(("Step", Untrusted::new(&*fault.step)));
        facts.push(("What it said", Untrusted::new(&*fault.sentence)));
    }
    facts.push(("Repository", Untrusted::new(&*name)));
    facts.extend(subject.branch.clone().map(|branch| ("Branch", branch)));
    let head = needs.outcome.as_ref().and_then(|outcome| outcome.head_sha.clone()).or(subject.head_sha.clone());
    facts.extend(head.map(|sha| ("Commit", Untrusted::new(sha))));
    facts.extend(subject.workflow.clone().map(|workflow| ("Workflow", workflow)));
    let host = &repository.host;
    facts
        .extend(subject.run_id.map(|run| ("Run", Untrusted::new(format!("https://{host}/{name}/actions/runs/{run}")))));
    let jobs = needs.failure.iter().flat_map(|failure| &failure.jobs).take(5);
    facts.extend(jobs.map(|job| ("Failed job", job.name.clone())));
    let security = subject.kind == SubjectKind::SecurityAlert;
    let mut known = Vec::new();
    if let Some(found) = &needs.classification {
        let percent = (found.confidence * 100.0).round();
        known.push(format!("The failure is of kind `{}` (confidence {percent} %).", found.kind.as_str()));
    }
    let because = needs.outcome.iter().flat_map(|outcome| &outcome.because);
    known.extend(because.map(|because: &Because| format!("`{}` at `{}`", because.rule, because.at)));
    let attempts = needs.attempts.iter().filter_map(|item| serde_json::from_str::<AttemptRecord>(item.get()).ok());
    let draft = needs.outcome.as_ref().and_then(|outcome| outcome.pull_request);
    Ok(Story {
        id,
        reason,
        detail,
        repository: Untrusted::new(name),
        pull_request: subject.pull_request.or(draft),
        security,
        observe: needs.admission.as_ref().is_some_and(|admission| admission.mode == Mode::Observe),
        facts,
        tried: attempts.map(|attempt| tried(&attempt)).collect(),
        known,
        excerpt: excerpt.filter(|_| !security),
    })
}

fn tried(attempt: &AttemptRecord) -> String {
    let Some(agent) = &attempt.agent else {
        return format!("Re-run of the failed jobs: `{}`", attempt.verdict.as_str());
    };
    let commits: Vec<String> = attempt
        .commits
        .iter()
        .take(5)
        .map(|commit| format!("`{}`", commit.sha.chars().take(7).collect::<String>()))
        .collect();
    let commits = if commits.is_empty() { "no commit".into() } else { commits.join(", ") };
    let round = if attempt.round > 1 { format!("Round {}, attempt", attempt.round) } else { "Attempt".into() };
    format!("{round} {} by {}: `{}`, {commits}", attempt.number, agent.as_str(), attempt.verdict.as_str())
}

/// The story of a record alone, when the Workflow broke and left no document.
pub fn of_record(id: &str, spec: &RecordSpec, status: &RecordStatus, reason: EscalationReason) -> Story {
    let mut facts = vec![("Repository", Untrusted::new(&*spec.repository))];
    facts.extend(status.target.as_ref().map(|target| ("Branch", target.branch.clone())));
    let head = status.head_sha.as_ref().or(spec.head_sha.as_ref());
    facts.extend(head.map(|sha| ("Commit", Untrusted::new(&**sha))));
    let mut detail = Vec::new();
    if let Some(owner) = &status.owner {
        detail.push(format!("Workflow `{}` in namespace `{}`.", owner.workflow, owner.namespace));
    }
    let mut known = Vec::new();
    if let Some(stage) = &status.stage {
        known.push(format!("It had come to the stage `{}`.", stage.as_str()));
    }
    known.extend(status.kind.as_ref().map(|kind| format!("The failure is of kind `{}`.", kind.as_str())));
    known.extend(status.verdict.as_ref().map(|verdict| format!("The last verdict is `{}`.", verdict.as_str())));
    Story {
        id: id.to_owned(),
        reason,
        detail,
        repository: Untrusted::new(&*spec.repository),
        pull_request: spec.pull_request.or(status.pull_request),
        security: spec.subject_kind == SubjectKind::SecurityAlert,
        observe: spec.mode == Mode::Observe,
        facts,
        tried: status.coderuns.iter().take(caps::ATTEMPTS).map(|name| format!("CodeRun `{name}`")).collect(),
        known,
        excerpt: None,
    }
}

impl Story {
    /// The same with every foreign text cleaned and redacted once more: it goes to people.
    pub fn made_safe(mut self) -> Self {
        let foreign = Foreign::new();
        for (_, text) in &mut self.facts {
            *text = foreign.line(text, caps::TEXT);
        }
        // A fault's sentence may name what a service said.
        for line in self.detail.iter_mut().chain(&mut self.known).chain(&mut self.tried) {
            *line = foreign.line(&Untrusted::new(&**line), caps::TEXT).expose().to_owned();
        }
        self.excerpt = self.excerpt.map(|text| foreign.text(&text, EXCERPT_BYTES));
        self
    }
}

/// Bytes of the log in a message (cto.md 4.11).
const EXCERPT_BYTES: usize = 2000;
