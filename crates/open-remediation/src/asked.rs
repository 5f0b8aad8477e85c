//! Who asked for a remediation, and for which round: `healer` in an event that a door of ours made. GitHub never sends this
//! key and no sensor passes it on ([`remediation::projection`]); `admit` looks the permission up again.

use remediation::projection::HEALER;
use remediation::{Actor, Subject, SubjectKind};
use step::Cannot;

use crate::body::Body;

/// What a person may ask for a failure; the other commands make no Workflow.
const COMMANDS: &[&str] = &["fix", "retry"];

/// Who asked for what.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asked {
    command: Option<String>,
    actor: Option<Actor>,
    round: u32,
}

impl Asked {
    /// Writes it into the subject; the round is the attempt's.
    pub(crate) fn enter(self, subject: &mut Subject) -> u32 {
        if self.command.is_some() {
            subject.command = self.command;
            subject.actor = self.actor;
        }
        self.round
    }
}

/// Only a failure is asked for; a command or a button says itself who asks what.
pub(crate) fn fits(subject: &Subject) -> bool {
    use SubjectKind::{CiFailure, CommitStatus, SecurityAlert};
    [CiFailure, CommitStatus, SecurityAlert].into_iter().any(|kind| subject.kind == kind)
}

/// What stands there.
pub(crate) fn read(body: &Body<'_>) -> Result<Option<Asked>, Cannot> {
    if body.at(HEALER)?.is_none() {
        return Ok(None);
    }
    let path = |key: &str| format!("{HEALER}.{key}");
    let command = body.word(&path("command"))?;
    if command.as_ref().is_some_and(|word| !COMMANDS.contains(&word.as_str())) {
        return Err(body.refuse(&path("command"), "must be `fix` or `retry`"));
    }
    let actor = body.actor(&[&path("actor")])?;
    if command.is_some() && actor.is_none() {
        return Err(body.refuse(&path("actor"), "is missing; somebody must have asked"));
    }
    let round = body.id(&path("round"))?.unwrap_or(1);
    let round = u32::try_from(round).ok().filter(|round| *round <= 99);
    let round = round.ok_or_else(|| body.refuse(&path("round"), "must be a round from 1 to 99"))?;
    Ok(Some(Asked { command, actor, round }))
}

/// The flag and the event must say the same.
pub(crate) fn round(flag: Option<u32>, event: Option<u32>) -> Result<u32, Cannot> {
    match (flag, event) {
        (Some(flag), Some(event)) if flag != event => Err(Cannot::refused(format!(
            "--round says {flag}, the event's `{HEALER}.round` says {event}; the Workflow's two arguments belong to two rounds"
        ))),
        (flag, event) => Ok(flag.or(event).unwrap_or(1)),
    }
}
