//! Any supported event becomes a document; so does a log with a few flags (design sections 2 and 5).
//!
//! The event's name decides how it is read, never its shape. Whole payloads and projections are read alike: only the ids
//! that name the failure are required, everything else is taken where it is there. No text of the event decides
//! anything here, and nothing is judged: that a run was green is written down, and `admit` says no. Pure: no network.

mod args;
mod asked;
mod body;
pub mod by_hand;
mod decode;
mod event;
mod events;
mod foreign;
mod input;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use remediation::{Attempt, Origin, Repository, Subject, SubjectKind, record};
use serde::Deserialize;
use step::{Cannot, Desk, Parameter, Sections, Step, Values, words};

pub use args::{Args, ByHand};
pub use event::{EVENTS, Event};

/// The step.
pub struct OpenRemediation;

/// A source needs no section.
#[derive(Debug, Default, Deserialize)]
pub struct Needs {}

/// What was read.
pub(crate) struct Opened {
    pub(crate) id: String,
    pub(crate) origin: Origin,
    /// When it happened, if the event says; otherwise it is now.
    pub(crate) at: Option<Timestamp>,
    pub(crate) repository: Option<Repository>,
    pub(crate) subject: Subject,
    /// Which round of the remediation.
    pub(crate) round: u32,
    /// What happened to the attachment, for the log.
    pub(crate) said: String,
}

impl Step for OpenRemediation {
    const NAME: &'static str = "open-remediation";
    const ABOUT: &'static str = "Makes a remediation document from an event on stdin, or from a log and flags";
    const EXAMPLES: &'static str = "open-remediation --event workflow_run < event.json
        open-remediation --event workflow_run --event-base64 eyJhY3Rpb24i…
        open-remediation --event workflow_run --event-base64 eyJhY3Rpb24i… --round 2
        open-remediation --log build.log --repository acme/widgets --job lint
        cargo test 2>&1 | open-remediation --log - | classify";
    const OWNS: &'static [&'static str] = &["id", "opened_at", "origin", "repository", "subject", "attempt"];
    const PARAMETERS: &'static [Parameter] = &[
        Parameter { name: "id", values: Values::Name },
        Parameter { name: "subject", values: Values::Words(words::<SubjectKind>) },
        Parameter { name: "branch_key", values: Values::Name },
    ];
    const SOURCE: bool = true;
    type Args = Args;
    type Needs = Needs;

    fn run(args: &Args, _: Needs, desk: &mut Desk) -> Result<Sections, Cannot> {
        let config = args.config.load(None)?;
        let opened = match &args.by_hand.log {
            Some(log) => by_hand::open(log, args, desk)?,
            None => input::open(args, desk)?,
        };
        let limit = match &opened.repository {
            Some(repository) => config.attempts_for(&repository.owner, &repository.name),
            None => config.limits.attempts,
        };
        Ok(sections(opened, limit, desk.now()))
    }
}

/// The document's beginning. What an event says of the future is now.
fn sections(opened: Opened, limit: u32, now: Timestamp) -> Sections {
    let Opened { id, origin, at, repository, subject, round, said } = opened;
    let kind = subject.kind.as_str().to_owned();
    let mut sections = Sections::new()
        .set("id", &id)
        .set("opened_at", &at.map_or(now, |at| at.min(now)))
        .set("origin", &origin)
        .set("subject", &subject)
        .set("attempt", &Attempt { round, number: 1, limit, agent: None })
        .say(format!("opened {id}: {kind} from {}{said}", origin.event));
    if let Some(repository) = &repository {
        sections = sections.set("repository", repository);
    }
    if let (Some(head), Some(branch)) = (subject.head_repository_id, &subject.branch) {
        sections = sections.parameter("branch_key", record::branch_key(head, branch));
    }
    sections.parameter("id", id).parameter("subject", kind)
}
