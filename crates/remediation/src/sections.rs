//! The sections of the document. Every list has a cap ([`caps`]) and a sibling `<list>_omitted` that says how many were
//! left out; instants are RFC 3339 UTC and end in `_at`; text that a stranger may have written is [`Untrusted`].

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use text::Untrusted;

use crate::vocabulary::Open;
use crate::words::*;

/// How long each list may be. The schema states it as `maxItems`, so every golden document is held to it.
pub mod caps {
    /// Entries of any `because`.
    pub const BECAUSE: usize = 12;
    /// Failed jobs of one failure.
    pub const JOBS: usize = 20;
    /// Changed files.
    pub const FILES: usize = 60;
    /// Attempts, over all rounds.
    pub const ATTEMPTS: usize = 20;
    /// Commits of one attempt.
    pub const COMMITS: usize = 20;
    /// Line ranges of an excerpt.
    pub const RANGES: usize = 12;
    /// Lines, events, pods and memories of a source of context.
    pub const CONTEXT: usize = 20;
    /// Entries of the trail.
    pub const TRAIL: usize = 120;
    /// Characters of one line of foreign text in the document.
    pub const TEXT: usize = 400;
}

/// The first `cap` items, and how many were left out.
pub fn cap<T>(mut list: Vec<T>, cap: usize) -> (Vec<T>, u64) {
    let omitted = list.len().saturating_sub(cap) as u64;
    list.truncate(cap);
    (list, omitted)
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

macro_rules! sections {
    ($($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* })+) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        pub struct $name { $($(#[$field_meta])* pub $field: $type,)* }
    )+ };
}

sections! {
    /// A decision's reason: the rule, and the place that decided.
    Because {
        /// The rule's name, as the code and the docs spell it.
        rule: String,
        /// Where: `job_log:212`, `github:runs/77`, `record:status.owner`.
        at: String,
    }

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
        #[schemars(length(max = caps::FILES))]
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
        #[schemars(length(max = caps::BECAUSE))]
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

    /// A run of CI.
    RunRef {
        /// The run's id.
        run_id: u64,
        /// From 1.
        run_attempt: u64,
    }

    /// A failed job.
    Job {
        /// GitHub's id of the job.
        id: u64,
        /// Its name, with its matrix.
        name: Untrusted,
        /// The run it belongs to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        run_id: Option<u64>,
        /// Such as `failure` or `timed_out`.
        conclusion: String,
        /// The steps that failed.
        #[schemars(length(max = caps::JOBS))]
        failed_steps: Vec<FailedStep>,
        /// The job's lines in the attachment `job_log`, first and last, from 1; absent when its log was not to be had.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        log_lines: Option<[u64; 2]>,
        /// Where a person can look.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<Untrusted>,
    }

    /// A failed step of a job.
    FailedStep {
        /// From 1, as GitHub counts.
        number: u64,
        /// Its name.
        name: Untrusted,
    }

    /// A file that a commit or branch changed.
    ChangedFile {
        /// The path from the repository's root.
        path: Untrusted,
        /// `added`, `modified`, `removed`, `renamed`.
        status: String,
        /// Lines.
        additions: u64,
        /// Lines.
        deletions: u64,
    }

    /// The pull request, as it is now.
    PullRequest {
        /// Its number.
        number: u64,
        /// Its title.
        title: Untrusted,
        /// `open` or `closed`.
        state: String,
        /// Whether it is a draft.
        draft: bool,
        /// The branch it goes into.
        base_branch: Untrusted,
        /// Where that branch stands.
        base_sha: String,
        /// Who opened it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        author: Option<Actor>,
    }

    /// Whether the base branch is red in the same job.
    Base {
        /// The base branch.
        branch: Untrusted,
        /// The commit that was looked at.
        sha: String,
        /// Unknown when CI did not run there.
        red: Option<bool>,
        /// The run that says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        run_id: Option<u64>,
    }

    /// What failed, in detail. Written by `fetch-failure`, with the attachment `job_log`.
    Failure {
        /// The commit whose CI is red; after an attempt, that attempt's commit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        head_sha: Option<String>,
        /// The workflow's file as GitHub gives it; only this may allow a log to choose a security kind.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        workflow_path: Option<Untrusted>,
        /// The failed jobs.
        #[schemars(length(max = caps::JOBS))]
        jobs: Vec<Job>,
        /// How many were left out.
        #[serde(default, skip_serializing_if = "is_zero")]
        jobs_omitted: u64,
        /// What the commit or pull request changed.
        #[schemars(length(max = caps::FILES))]
        changed_files: Vec<ChangedFile>,
        /// How many were left out.
        #[serde(default, skip_serializing_if = "is_zero")]
        changed_files_omitted: u64,
        /// The commit's message, cut.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        commit_message: Option<Untrusted>,
        /// The pull request, if there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pull_request: Option<PullRequest>,
        /// The base branch in the same job, where it could be known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        base: Option<Base>,
        /// A security alert's public facts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        alert: Option<SecurityAlert>,
        /// How many secrets were redacted from the log, by rule.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        redactions: BTreeMap<String, u64>,
        /// What could not be had.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[schemars(length(max = caps::CONTEXT))]
        gaps: Vec<Gap>,
    }

    /// A security alert. Never holds a secret's value.
    SecurityAlert {
        /// Its type.
        r#type: Open<AlertType>,
        /// Its number.
        number: u64,
        /// `open`, `fixed`, `dismissed`, `resolved`.
        state: String,
        /// `low` to `critical`, where GitHub gives one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        severity: Option<String>,
        /// The package and its ecosystem.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        package: Option<Untrusted>,
        /// The manifest that names the package.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        manifest: Option<Untrusted>,
        /// The first version that is not vulnerable.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        patched_version: Option<Untrusted>,
        /// CVE, GHSA or the scanner's rule.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        identifier: Option<Untrusted>,
        /// One line about it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        summary: Option<Untrusted>,
        /// The file.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        path: Option<Untrusted>,
        /// The line in the file, from 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        line: Option<u64>,
    }

    /// What kind of failure it is. Written by `classify`.
    Classification {
        /// The kind.
        kind: Open<Kind>,
        /// Who repairs it; absent when nobody can.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<Open<Agent>>,
        /// What can help.
        remedy: Open<Remedy>,
        /// From 0 to 1; of the answers at 0.9 or more, 97 in 100 are right.
        confidence: f64,
        /// Equal for two runs of one cause: 16 hexadecimal digits.
        signature: String,
        /// The lines that explain it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        excerpt: Option<Excerpt>,
        /// The command that failed, as the log shows it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        command: Option<Untrusted>,
        /// Where in the code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        location: Option<Location>,
        /// The rules that decided, strongest first.
        #[schemars(length(max = caps::BECAUSE))]
        because: Vec<Because>,
        /// How many were left out.
        #[serde(default, skip_serializing_if = "is_zero")]
        because_omitted: u64,
    }

    /// Line ranges of an attachment: first and last line, from 1; at most 8 KiB of text together.
    Excerpt {
        /// The attachment's name.
        attachment: String,
        /// The ranges, in order.
        #[schemars(length(max = caps::RANGES))]
        lines: Vec<[u64; 2]>,
    }

    /// A place in the code.
    Location {
        /// The path as the log shows it.
        file: Untrusted,
        /// From 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        line: Option<u64>,
    }

    /// One cause, one run. Written by `claim`.
    Claim {
        /// What this remediation is to the cause.
        role: Open<Role>,
        /// The cause's name: 16 hexadecimal digits of repository, trust level and signature.
        cause: String,
        /// The Lease that stands for the cause.
        lease: String,
        /// The remediation that owns the cause, when it is not this one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owner: Option<String>,
        /// The owner's pull request, if known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owner_pull_request: Option<u64>,
        /// The rules that decided.
        #[schemars(length(max = caps::BECAUSE))]
        because: Vec<Because>,
    }

    /// Something that could not be known.
    Gap {
        /// Which source.
        source: Open<ContextSource>,
        /// Why, in one sentence.
        because: String,
    }

    /// What is known beside the log. Written by `gather-context`.
    Context {
        /// The pull request.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pull_request: Option<PullRequest>,
        /// What the pull request says of itself, cut.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<Untrusted>,
        /// What changed.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[schemars(length(max = caps::FILES))]
        changed_files: Vec<ChangedFile>,
        /// How many were left out.
        #[serde(default, skip_serializing_if = "is_zero")]
        changed_files_omitted: u64,
        /// The name of the attachment with the diff.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        diff: Option<String>,
        /// The base branch.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        base: Option<Base>,
        /// Earlier attempts of this remediation.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[schemars(length(max = caps::ATTEMPTS))]
        history: Vec<PastAttempt>,
        /// The Argo CD application.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        argocd: Option<ArgocdStatus>,
        /// Log lines from Loki, oldest first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[schemars(length(max = caps::CONTEXT))]
        logs: Vec<LogLine>,
        /// How many were left out.
        #[serde(default, skip_serializing_if = "is_zero")]
        logs_omitted: u64,
        /// Samples from Prometheus.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[schemars(length(max = caps::CONTEXT))]
        metrics: Vec<Sample>,
        /// Pods of the workload.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[schemars(length(max = caps::CONTEXT))]
        pods: Vec<Pod>,
        /// Kubernetes events about them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[schemars(length(max = caps::CONTEXT))]
        events: Vec<Untrusted>,
        /// What was remembered of similar failures. It informs, it does not decide.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[schemars(length(max = caps::CONTEXT))]
        memories: Vec<Memory>,
        /// What could not be known.
        #[schemars(length(max = caps::CONTEXT))]
        gaps: Vec<Gap>,
    }

    /// What an earlier attempt did, for the next one's prompt.
    PastAttempt {
        /// The round.
        round: u32,
        /// The attempt in the round.
        number: u32,
        /// Who tried.
        agent: Open<Agent>,
        /// What became of it.
        verdict: Open<Verdict>,
        /// Its commits, newest last.
        #[schemars(length(max = caps::COMMITS))]
        commits: Vec<Commit>,
        /// How many were left out.
        #[serde(default, skip_serializing_if = "is_zero")]
        commits_omitted: u64,
        /// The name of the attachment with its diff.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        diff: Option<String>,
        /// The end of what the agent said, cut.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent_output: Option<Untrusted>,
    }

    /// A commit.
    Commit {
        /// Its id.
        sha: String,
        /// The first line of its message.
        message: Untrusted,
    }

    /// An Argo CD application, as its resource says.
    ArgocdStatus {
        /// The application.
        application: String,
        /// Such as `Healthy` or `Degraded`.
        health: String,
        /// Such as `Synced` or `OutOfSync`.
        sync: String,
        /// Resources that are not well: `kind/name: message`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[schemars(length(max = caps::CONTEXT))]
        unhealthy: Vec<Untrusted>,
        /// What the last operation said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<Untrusted>,
    }

    /// A line of a log store.
    LogLine {
        /// When.
        at: Timestamp,
        /// The line, redacted and cut.
        line: Untrusted,
    }

    /// A sample of a metric. The value is text: `NaN` and `+Inf` are among them.
    Sample {
        /// What was asked.
        query: String,
        /// Name and labels.
        series: Untrusted,
        /// The value.
        value: String,
    }

    /// A pod, as far as it matters.
    Pod {
        /// Its name.
        name: Untrusted,
        /// Its phase.
        phase: String,
        /// Whether all containers are ready.
        ready: bool,
        /// Restarts of all containers together.
        restarts: u64,
        /// Why a container waits or ended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Untrusted>,
    }

    /// What OpenMemory holds of a similar failure.
    Memory {
        /// Its id.
        id: String,
        /// The text, redacted and cut.
        content: Untrusted,
        /// How near it is, as the server says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        score: Option<f64>,
    }

    /// The prompt. Written by `render-prompt`, with the attachment `prompt`.
    Prompt {
        /// The template, such as `fix/rust_clippy`.
        template: String,
        /// Digest of the template and its partials.
        template_sha256: String,
        /// The attachment's name.
        attachment: String,
        /// Size of the prompt.
        size_bytes: u64,
        /// Blocks that were shortened to fit the budget.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[schemars(length(max = caps::CONTEXT))]
        shortened: Vec<String>,
    }

    /// The agent's run. Written by `spawn-coderun`.
    CodeRunRef {
        /// The namespace.
        namespace: String,
        /// Deterministic: the remediation, round and attempt are in it.
        name: String,
        /// Kubernetes' uid; absent in observe mode, where nothing was created.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        uid: Option<String>,
        /// Who runs.
        agent: Open<Agent>,
        /// Digest of the object's content, for "already there, same content".
        content_sha256: String,
        /// The Lease that holds the slot.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        slot: Option<String>,
        /// When it was created.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        created_at: Option<Timestamp>,
        /// Observe mode: it would have been created.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        observed: bool,
    }

    /// A re-run that we asked for. Written by `rerun-ci`.
    Rerun {
        /// The run.
        run_id: u64,
        /// The attempt that the re-run makes.
        run_attempt: u64,
        /// When it was asked for.
        asked_at: Timestamp,
        /// Observe mode: it would have been asked for.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        observed: bool,
    }

    /// What became of the attempt. Written by `check-outcome`.
    Outcome {
        /// The verdict.
        verdict: Open<Verdict>,
        /// What follows.
        next: Open<Next>,
        /// With `escalate`: why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        escalation_reason: Option<Open<EscalationReason>>,
        /// The commit that was judged.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        head_sha: Option<String>,
        /// The pull request that holds the fix, when there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pull_request: Option<u64>,
        /// The rules that decided.
        #[schemars(length(max = caps::BECAUSE))]
        because: Vec<Because>,
        /// How many were left out.
        #[serde(default, skip_serializing_if = "is_zero")]
        because_omitted: u64,
    }

    /// A finished attempt. Keyed by round and number; a re-run is number 0 and none of the attempts.
    AttemptRecord {
        /// The round.
        round: u32,
        /// The attempt in the round, 0 for a re-run.
        number: u32,
        /// Who tried; absent for a re-run.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<Open<Agent>>,
        /// The kind it was sent for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<Open<Kind>>,
        /// The CodeRun's name; absent for a re-run.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        coderun: Option<String>,
        /// What became of it.
        verdict: Open<Verdict>,
        /// What the target pointed to when it was judged.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        head_sha: Option<String>,
        /// Its commits, newest last.
        #[schemars(length(max = caps::COMMITS))]
        commits: Vec<Commit>,
        /// How many were left out.
        #[serde(default, skip_serializing_if = "is_zero")]
        commits_omitted: u64,
        /// The files its commits changed.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[schemars(length(max = caps::FILES))]
        files: Vec<Untrusted>,
        /// How many were left out.
        #[serde(default, skip_serializing_if = "is_zero")]
        files_omitted: u64,
        /// The runs that were red on its commit: what the next attempt reads.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[schemars(length(max = caps::JOBS))]
        red_runs: Vec<RunRef>,
        /// The signature of the failure that it was sent for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signature: Option<String>,
    }

    /// Who was told. Written by `escalate`.
    Escalation {
        /// Why.
        reason: Open<EscalationReason>,
        /// One entry a channel.
        #[schemars(length(max = caps::CONTEXT))]
        channels: Vec<ChannelReceipt>,
    }

    /// What became of one channel.
    ChannelReceipt {
        /// The channel.
        channel: Open<Channel>,
        /// What became of it.
        receipt: Open<Receipt>,
        /// The message's id there, for the next edit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message_id: Option<String>,
        /// Why it failed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        because: Option<String>,
    }

    /// What `remember` wrote.
    MemoryReceipt {
        /// How many memories were written.
        written: u64,
        /// Why nothing was written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        because: Option<String>,
    }

    /// Bulk beside the document.
    Attachment {
        /// The file's name in the attachments folder; never a path.
        file: String,
        /// Size as it lies there.
        size_bytes: u64,
        /// Bytes left out of the middle; 0 when whole.
        dropped_bytes: u64,
        /// Digest as it lies there, 64 hexadecimal digits.
        sha256: String,
        /// Whether we wrote every word of it ourselves.
        trusted: bool,
    }

    /// A step could not do its work.
    Fault {
        /// The step.
        step: String,
        /// Its exit code (design section 2).
        exit_code: u8,
        /// What, where, what to do.
        sentence: String,
    }

    /// One step's entry in the trail. Written by the shell; the only part that may differ between two same runs.
    TrailEntry {
        /// The step.
        step: String,
        /// Its version.
        version: String,
        /// When it ended.
        at: Timestamp,
        /// How long it took.
        took_ms: u64,
        /// It was not this step's case, and it passed the document on.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        passed_on: bool,
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
