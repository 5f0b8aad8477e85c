//! Every event that is read, as one table.

use remediation::{Origin, Repository, Source, Subject};
use step::{Cannot, Desk};

use crate::Opened;
use crate::body::Body;
use crate::events::{actions, alert, checks, people, security, workflow};

/// An event: who sends it, and how it is read.
pub struct Event {
    /// The name that decides how it is read.
    pub name: &'static str,
    /// Who sends it.
    pub source: Source,
    /// What it reports, for the docs.
    pub about: &'static str,
    read: fn(&Body<'_>, &mut Desk) -> Result<Read, Cannot>,
}

/// What an event's reader found.
pub(crate) struct Read {
    pub(crate) id: String,
    pub(crate) at: Option<jiff::Timestamp>,
    pub(crate) repository: Option<Repository>,
    pub(crate) subject: Subject,
}

/// Every event.
pub const EVENTS: &[Event] = &[
    row("workflow_run", "a GitHub Actions run ended", |body, _| actions::workflow_run(body)),
    row("workflow_job", "a job of a run ended", |body, _| actions::workflow_job(body)),
    row("check_run", "a check ended, or somebody pressed its button", |body, _| checks::check_run(body)),
    row("check_suite", "all checks of one app ended", |body, _| checks::check_suite(body)),
    row("status", "another CI reported on a commit", |body, _| checks::status(body)),
    row("dependabot_alert", "a vulnerable dependency", |body, _| security::dependabot(body)),
    row("code_scanning_alert", "a finding of a code scanner", |body, _| security::code_scanning(body)),
    row("secret_scanning_alert", "a leaked secret", |body, _| security::secret_scanning(body)),
    row("repository_vulnerability_alert", "the old form of a Dependabot alert", |body, _| security::dependabot(body)),
    row("issue_comment", "a comment that may hold a command", |body, _| people::issue_comment(body)),
    row("pull_request", "something happened to a pull request", |body, _| people::pull_request(body)),
    row("pull_request_review", "somebody reviewed a pull request", |body, _| people::pull_request_review(body)),
    Event { source: Source::Alert, ..row("alert", "an alert about a pod, an agent or a workload", alert::alert) },
    Event {
        source: Source::Argo,
        ..row("workflow", "a failed Argo Workflow of ours", |body, _| workflow::workflow(body))
    },
];

const fn row(name: &'static str, about: &'static str, read: fn(&Body<'_>, &mut Desk) -> Result<Read, Cannot>) -> Event {
    Event { name, source: Source::Github, about, read }
}

/// The event of this name, or a sentence that lists what is possible.
pub(crate) fn find(name: &str) -> Result<&'static Event, String> {
    EVENTS.iter().find(|event| event.name == name).ok_or_else(|| {
        let known: Vec<&str> = EVENTS.iter().map(|event| event.name).collect();
        let name: String = name.chars().take(64).collect();
        format!("{name:?} is no event that Healer reads; it reads {}", known.join(", "))
    })
}

impl Event {
    pub(crate) fn open(&self, body: &Body<'_>, desk: &mut Desk) -> Result<Opened, Cannot> {
        let Read { id, at, repository, subject } = (self.read)(body, desk)?;
        let origin = Origin { source: self.source.into(), event: self.name.into() };
        let said = subject.conclusion.as_ref().map(|word| format!(", {word}")).unwrap_or_default();
        Ok(Opened { id, origin, at, repository, subject, said })
    }
}
