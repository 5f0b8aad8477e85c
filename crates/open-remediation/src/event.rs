//! Every event that is read, as one table.

use remediation::{Repository, Source, Subject};
use step::Cannot;

use crate::asked::Asked;
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
    pub(crate) read: fn(&Body<'_>) -> Result<Read, Cannot>,
}

/// What an event's reader found.
pub(crate) struct Read {
    pub(crate) id: String,
    pub(crate) at: Option<jiff::Timestamp>,
    pub(crate) repository: Option<Repository>,
    pub(crate) subject: Subject,
    /// Who asked for it, when a door of ours made the event.
    pub(crate) asked: Option<Asked>,
    /// What the event says of itself, for the attachment `alert`: untrusted, redacted.
    pub(crate) alert: Option<String>,
}

/// Every event.
pub const EVENTS: &[Event] = &[
    row("workflow_run", "a GitHub Actions run ended", actions::workflow_run),
    row("workflow_job", "a job of a run ended", actions::workflow_job),
    row("check_run", "a check ended, or somebody pressed its button", checks::check_run),
    row("check_suite", "all checks of one app ended", checks::check_suite),
    row("status", "another CI reported on a commit", checks::status),
    row("dependabot_alert", "a vulnerable dependency", security::dependabot),
    row("code_scanning_alert", "a finding of a code scanner", security::code_scanning),
    row("secret_scanning_alert", "a leaked secret", security::secret_scanning),
    row("repository_vulnerability_alert", "the old form of a Dependabot alert", security::dependabot),
    row("issue_comment", "a comment that may hold a command", people::issue_comment),
    row("pull_request", "something happened to a pull request", people::pull_request),
    row("pull_request_review", "somebody reviewed a pull request", people::pull_request_review),
    Event { source: Source::Alert, ..row("alert", "an alert about a pod, an agent or a workload", alert::alert) },
    Event { source: Source::Argo, ..row("workflow", "a failed Argo Workflow of ours", workflow::workflow) },
];

const fn row(name: &'static str, about: &'static str, read: fn(&Body<'_>) -> Result<Read, Cannot>) -> Event {
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
