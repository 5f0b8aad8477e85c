//! What a document begins with: the event, and whether and where Healer may act.

use text::Untrusted;

use super::{Because, is_zero};
use crate::vocabulary::Open;
use crate::words::*;

sections! {
    /// Where the event came from.
    Origin {
        /// Who sent it.
        source: Open<Source>,
        /// The event's name, such as `workflow_run`.
        event: String,
    }

    /// The repository, by the ids that GitHub gives.
    Repository {
        /// Such as `github.com`.
        host: String,
        /// The owner's login: letters, digits and dashes.
        owner: String,
        /// The repository's name: letters, digits, dashes, dots and underscores.
        name: String,
        /// GitHub's id; absent by hand.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<u64>,
        /// Absent where the event did not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        default_branch: Option<Untrusted>,
    }

    /// What failed. Which fields are there depends on `kind` and on what the event said.
    Subject {
        /// What this is about.
        kind: Open<SubjectKind>,
        /// The head branch's name, without `refs/heads/`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        branch: Option<Untrusted>,
        /// 40 or 64 hexadecimal digits.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        head_sha: Option<String>,
        /// The repository of the head branch; another id than `repository.id` is a fork.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        head_repository_id: Option<u64>,
        /// The pull request's number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pull_request: Option<u64>,
        /// The workflow's name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        workflow: Option<Untrusted>,
        /// GitHub's id of the workflow.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        workflow_id: Option<u64>,
        /// The Actions run.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        run_id: Option<u64>,
        /// Counts from 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        run_attempt: Option<u64>,
        /// The job's name, where the event is about one job.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        job: Option<Untrusted>,
        /// The job's id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        job_id: Option<u64>,
        /// The failed step's name, by hand.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<Untrusted>,
        /// A check run's or check suite's id, or a button's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        check_id: Option<u64>,
        /// The context of a commit status, or the name of another CI's check.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        context: Option<Untrusted>,
        /// The event's conclusion or state, such as `failure`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        conclusion: Option<String>,
        /// The event's action, such as `completed`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        action: Option<String>,
        /// The type of a security alert.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        alert_type: Option<Open<AlertType>>,
        /// The number of a security alert.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        alert_number: Option<u64>,
        /// A comment's id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comment_id: Option<u64>,
        /// What a comment or button asks: `fix`, `retry`, `stop`, `approve`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        command: Option<String>,
        /// The start of the commit that an `approve` names: 8 hexadecimal digits.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        command_sha: Option<String>,
        /// Who caused the event.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        actor: Option<Actor>,
        /// The uid of the Argo Workflow that failed, or the alert's fingerprint.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        uid: Option<String>,
        /// Files known to have changed, by hand.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "schema", schemars(length(max = super::caps::FILES)))]
        changed_files: Vec<Untrusted>,
        /// How many files were left out.
        #[serde(default, skip_serializing_if = "is_zero")]
        changed_files_omitted: u64,
        /// Where a person can look.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<Untrusted>,
    }

    /// Somebody on GitHub. Only the id is believed.
    Actor {
        /// GitHub's id.
        id: u64,
        /// For people's eyes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        login: Option<Untrusted>,
        /// `User`, `Bot` or `Organization`, as GitHub says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        r#type: Option<String>,
    }

    /// Which try this is. `check-outcome` alone advances it.
    Attempt {
        /// From 1; `/healer retry` starts the next.
        round: u32,
        /// From 1 in each round.
        number: u32,
        /// How many there may be in a round.
        limit: u32,
        /// Who tries now, whatever `classify` finds: set after the second failure of one agent in a round.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<Open<Agent>>,
    }

    /// May this go ahead? Written by `admit`.
    Admission {
        /// The decision.
        decision: Open<Decision>,
        /// Why; the reason fixes the decision.
        reason: Open<AdmissionReason>,
        /// Whether effects happen.
        mode: Open<Mode>,
        /// With `later`: seconds until it is worth asking again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        not_before_seconds: Option<u64>,
        /// The rules that decided.
        #[cfg_attr(feature = "schema", schemars(length(max = super::caps::BECAUSE)))]
        because: Vec<Because>,
    }

    /// What became of an event of another door. Written by `resolve-event`.
    Resolution {
        /// Why.
        reason: Open<ResolutionReason>,
        /// The Workflows that are there now.
        #[cfg_attr(feature = "schema", schemars(length(max = super::caps::WORKFLOWS)))]
        created: Vec<String>,
        /// The remediations that were stopped or approved.
        #[cfg_attr(feature = "schema", schemars(length(max = super::caps::WORKFLOWS)))]
        changed: Vec<String>,
        /// How many of either were left out.
        #[serde(default, skip_serializing_if = "is_zero")]
        omitted: u64,
        /// The rules that decided.
        #[cfg_attr(feature = "schema", schemars(length(max = super::caps::BECAUSE)))]
        because: Vec<Because>,
    }

    /// Where the agent may push. Written by `admit`, from ids that GitHub gives.
    Target {
        /// The branch to push to.
        branch: Untrusted,
        /// What the branch (or its start) points to now.
        base_sha: String,
        /// Directly, or through a draft pull request.
        how: Open<Push>,
        /// The branch that a draft pull request goes into.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        into: Option<Untrusted>,
    }
}

impl Subject {
    /// A subject of which only the kind is known.
    pub fn new(kind: SubjectKind) -> Self {
        Self {
            kind: kind.into(),
            branch: None,
            head_sha: None,
            head_repository_id: None,
            pull_request: None,
            workflow: None,
            workflow_id: None,
            run_id: None,
            run_attempt: None,
            job: None,
            job_id: None,
            step: None,
            check_id: None,
            context: None,
            conclusion: None,
            action: None,
            alert_type: None,
            alert_number: None,
            comment_id: None,
            command: None,
            command_sha: None,
            actor: None,
            uid: None,
            changed_files: Vec::new(),
            changed_files_omitted: 0,
            url: None,
        }
    }
}
