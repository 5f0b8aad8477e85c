//! What is told, whoever tells it: from the document, or from the record alone.

use remediation::record::{RecordSpec, RecordStatus};
use remediation::{AttemptRecord, Because, EscalationReason, Mode, SubjectKind, caps};
use step::Cannot;
use text::Untrusted;
use thread::{Matter, tried};

use crate::Needs;

/// Everything a message may say. Text of others stays [`Untrusted`] until a channel encodes it.
#[derive(Debug, Clone)]
pub struct Story {
    /// The remediation's id.
    pub id: String,
    /// Why people are told.
    pub reason: EscalationReason,
    /// `owner/name`.
    pub repository: Untrusted,
    /// The pull request with the comment.
    pub pull_request: Option<u64>,
    /// It is about a security alert: nothing of it goes into public text.
    pub security: bool,
    /// Observe mode: nothing is sent.
    pub observe: bool,
    /// What is told.
    pub matter: Matter,
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
    if let Some(waits_for) = needs.claim.as_ref().map(thread::linked).transpose()?.flatten() {
        return Ok((EscalationReason::Linked, vec![waits_for]));
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
    let head = needs.outcome.as_ref().and_then(|outcome| outcome.head_sha.as_ref()).or(subject.head_sha.as_ref());
    facts.extend(thread::facts(repository, subject, needs.failure.as_ref(), head.map(String::as_str)));
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
    let matter = Matter {
        detail,
        facts,
        tried: attempts.map(|attempt| tried(&attempt)).collect(),
        known,
        excerpt: excerpt.filter(|_| !security),
    };
    Ok(Story {
        id,
        reason,
        repository: Untrusted::new(name),
        pull_request: subject.pull_request.or(draft),
        security,
        observe: needs.admission.as_ref().is_some_and(|admission| admission.mode == Mode::Observe),
        matter,
    })
}

/// The story of a record alone, when the Workflow broke and left no document.
pub fn of_record(id: &str, spec: &RecordSpec, status: &RecordStatus, reason: EscalationReason) -> Story {
    let facts = thread::facts_of_record(spec, status);
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
        repository: Untrusted::new(&*spec.repository),
        pull_request: spec.pull_request.or(status.pull_request),
        security: spec.subject_kind == SubjectKind::SecurityAlert,
        observe: spec.mode == Mode::Observe,
        matter: Matter {
            detail,
            facts,
            tried: status.coderuns.iter().take(caps::ATTEMPTS).map(|name| format!("CodeRun `{name}`")).collect(),
            known,
            excerpt: None,
        },
    }
}

impl Story {
    /// The same with every foreign text cleaned and redacted once more: it goes to people.
    pub fn made_safe(self) -> Self {
        Self { matter: self.matter.made_safe(), ..self }
    }
}
