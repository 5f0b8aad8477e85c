//! Every vocabulary of the document. A word is spelled here once; `grep -r` finds its rule, prompt, case and docs row.

use crate::vocabulary;
use crate::vocabulary::Vocabulary;

vocabulary! {
    /// Where an event came from.
    Source, "source":
    Github = "github", "a GitHub webhook or its projection";
    Alert = "alert", "an alert about a pod, an agent run or a workload";
    Argo = "argo", "a failed Argo Workflow of ours";
    Hand = "hand", "a person, with flags and a log";
}

vocabulary! {
    /// What a remediation is about.
    SubjectKind, "subject kind":
    CiFailure = "ci_failure", "a GitHub Actions run or job that ended red";
    CommitStatus = "commit_status", "a red check or status of another CI";
    SecurityAlert = "security_alert", "a Dependabot, code scanning or secret scanning alert";
    WorkflowFailure = "workflow_failure", "a failed Argo Workflow of ours";
    ClusterAlert = "cluster_alert", "an alert about the cluster or an agent run";
    Command = "command", "a comment that may hold a `/healer` command";
    Button = "button", "a pressed check-run button";
    PullRequest = "pull_request", "something happened to a pull request";
    Review = "review", "a review of a pull request";
}

vocabulary! {
    /// The type of a security alert, as its API path spells it.
    AlertType, "security alert type":
    Dependabot = "dependabot", "a vulnerable dependency";
    CodeScanning = "code_scanning", "a finding of a code scanner";
    SecretScanning = "secret_scanning", "a leaked secret; its value is never fetched";
}

vocabulary! {
    /// What `admit` decided.
    Decision, "decision":
    Proceed = "proceed", "go on";
    Later = "later", "not yet: try again after `not_before_seconds`";
    No = "no", "this is not to be remediated";
}

vocabulary! {
    /// Whether effects happen.
    Mode, "mode":
    Enforce = "enforce", "effects happen";
    Observe = "observe", "everything but the effects happens, and what would have been done is said";
}

vocabulary! {
    /// How the agent's commits reach the repository.
    Push, "push":
    Push = "push", "onto the pull request's own branch";
    DraftPullRequest = "draft_pull_request", "onto a branch of ours, as a draft pull request";
}

vocabulary! {
    /// What can help.
    Remedy, "remedy":
    Agent = "agent", "a coding agent";
    Rerun = "rerun", "running the failed jobs again; no code change can help";
    Person = "person", "a person, at once";
}

vocabulary! {
    /// The five specialists of the platform.
    Agent, "agent":
    Rex = "rex", "Rust";
    Blaze = "blaze", "frontend";
    Bolt = "bolt", "infrastructure";
    Cipher = "cipher", "security";
    Atlas = "atlas", "Git, GitHub and everything else";
}

vocabulary! {
    /// What kind of failure it is.
    Kind, "kind of failure":
    RustBuild = "rust_build", "Rust code does not compile or link";
    RustClippy = "rust_clippy", "Clippy refuses Rust code";
    RustDeps = "rust_deps", "Cargo cannot resolve, lock or allow the dependencies";
    RustFmt = "rust_fmt", "rustfmt would change the code";
    RustTest = "rust_test", "a Rust test, doc test or benchmark fails";
    FrontendBuild = "frontend_build", "a JavaScript bundler or framework build fails";
    FrontendDeps = "frontend_deps", "npm, pnpm, yarn or bun cannot install the dependencies";
    FrontendLint = "frontend_lint", "a JavaScript, CSS or format linter refuses the code";
    FrontendTest = "frontend_test", "a JavaScript unit, component or browser test fails";
    FrontendTypescript = "frontend_typescript", "the TypeScript compiler refuses the code";
    ArgocdSync = "argocd_sync", "an Argo CD application is out of sync, degraded or cannot be compared";
    DockerBuild = "docker_build", "a container image does not build";
    HelmTemplate = "helm_template", "a Helm chart does not lint, render or install";
    K8sManifest = "k8s_manifest", "a Kubernetes manifest is refused";
    YamlSyntax = "yaml_syntax", "a YAML file does not parse or lint";
    SecurityAudit = "security_audit", "an audit tool finds vulnerable dependencies";
    SecurityCodeScanning = "security_code_scanning", "a scanner finds a weakness in the code";
    SecurityDependabot = "security_dependabot", "a Dependabot alert, or its update fails";
    SecuritySecretScanning = "security_secret_scanning", "a secret is in the repository or its history";
    GitMergeConflict = "git_merge_conflict", "a merge, rebase or cherry-pick conflicts";
    GitPermission = "git_permission", "Git or GitHub refuses a clone, fetch, push or API call";
    GithubWorkflow = "github_workflow", "a GitHub Actions workflow is invalid or uses an action wrongly";
    General = "general", "everything else: Go, Python, Java, C and more";
    InfraTransient = "infra_transient", "network, registry, runner, disk or rate limit; a re-run may pass";
}

impl Kind {
    /// Who repairs this kind; nobody for what only a re-run can help.
    pub fn agent(self) -> Option<Agent> {
        use Kind::*;
        match self {
            RustBuild | RustClippy | RustDeps | RustFmt | RustTest => Some(Agent::Rex),
            FrontendBuild | FrontendDeps | FrontendLint | FrontendTest | FrontendTypescript => Some(Agent::Blaze),
            ArgocdSync | DockerBuild | HelmTemplate | K8sManifest | YamlSyntax => Some(Agent::Bolt),
            SecurityAudit | SecurityCodeScanning | SecurityDependabot | SecuritySecretScanning => Some(Agent::Cipher),
            GitMergeConflict | GitPermission | GithubWorkflow | General => Some(Agent::Atlas),
            InfraTransient => None,
        }
    }

    /// What helps this kind when nothing else is known.
    pub fn remedy(self) -> Remedy {
        match self {
            Kind::InfraTransient => Remedy::Rerun,
            Kind::SecuritySecretScanning => Remedy::Person,
            _ => Remedy::Agent,
        }
    }

    /// The platform's own short name, for labels and environment sent to it and nothing else
    /// (cto.md 4.4; kinds it has no name for go as its nearest: formatting as `clippy`, audits as `dependabot`).
    pub fn platform_name(self) -> &'static str {
        use Kind::*;
        match self {
            RustBuild => "rust-build",
            RustClippy | RustFmt => "clippy",
            RustDeps => "rust-deps",
            RustTest => "rust-test",
            FrontendBuild => "fe-build",
            FrontendDeps => "fe-deps",
            FrontendLint => "eslint",
            FrontendTest => "fe-test",
            FrontendTypescript => "typescript",
            ArgocdSync => "argocd",
            DockerBuild => "docker",
            HelmTemplate => "helm",
            K8sManifest => "k8s",
            YamlSyntax => "yaml",
            SecurityAudit | SecurityDependabot => "dependabot",
            SecurityCodeScanning => "codescan",
            SecuritySecretScanning => "secret",
            GitMergeConflict => "merge",
            GitPermission => "git-perm",
            GithubWorkflow => "workflow",
            General | InfraTransient => "general",
        }
    }

    /// Whether only a security event or an allow-listed workflow may choose this kind (design section 7).
    pub fn is_security(self) -> bool {
        self.agent() == Some(Agent::Cipher)
    }
}

/// The alert that an Argo CD application is not as Git says; one failure, so it has one name.
pub const ARGOCD_ALERT: &str = "argocd_degraded";

/// What tells of it: degraded, or a sync that failed.
pub const ARGOCD_ALERTS: &[&str] = &[ARGOCD_ALERT, "argocd_sync_failed"];

impl SubjectKind {
    /// Whether it is about what a repository holds and no branch of it: repaired on the default branch, as a draft pull request.
    pub fn is_alert(self) -> bool {
        matches!(self, SubjectKind::SecurityAlert | SubjectKind::ClusterAlert)
    }
}

impl AlertType {
    /// The kind of failure that an alert of this type is.
    pub fn kind(self) -> Kind {
        match self {
            AlertType::Dependabot => Kind::SecurityDependabot,
            AlertType::CodeScanning => Kind::SecurityCodeScanning,
            AlertType::SecretScanning => Kind::SecuritySecretScanning,
        }
    }
}

vocabulary! {
    /// One cause, one run: what this remediation is to the cause.
    Role, "role":
    Owner = "owner", "this remediation repairs the cause";
    Linked = "linked", "another remediation repairs it; this one waits for it";
    FixedUpstream = "fixed_upstream", "the base branch has the fix already; the branch needs an update";
}

vocabulary! {
    /// What became of an attempt.
    Verdict, "verdict":
    Fixed = "fixed", "CI ran on the agent's commit and is green";
    FixedByOther = "fixed_by_other", "somebody else pushed, and CI is green";
    PassedOnRerun = "passed_on_rerun", "the re-run is green";
    NotFixed = "not_fixed", "CI ran and the failed job is still red";
    BrokeOther = "broke_other", "something is red now that was not red before";
    NoPush = "no_push", "the agent ended without a commit";
    AgentFailed = "agent_failed", "the agent run failed";
    AgentTimeout = "agent_timeout", "the agent did not end in time; its run was deleted and seen gone";
    Dishonest = "dishonest", "the change hides the failure instead of fixing it";
    NeedsPerson = "needs_person", "CI is green, but the change touches what a person must look at";
    CiNotRun = "ci_not_run", "CI did not really run on the commit: skipped, cancelled, renamed, waiting or absent";
    CiTimeout = "ci_timeout", "CI did not end in time";
    Superseded = "superseded", "somebody else pushed in between";
    Withdrawn = "withdrawn", "the pull request was closed or the branch is gone";
}

vocabulary! {
    /// What follows a verdict.
    Next, "next":
    Done = "done", "nothing more";
    Retry = "retry", "another attempt";
    Escalate = "escalate", "a person";
}

vocabulary! {
    /// How far a remediation has come.
    Stage, "stage":
    Admitted = "admitted", "it may go ahead";
    Waiting = "waiting", "it waits for a window, an approval or the owner of its cause";
    Diagnosed = "diagnosed", "the failure is classified and claimed";
    AgentRunning = "agent_running", "an agent is on it";
    CiRunning = "ci_running", "CI runs on the agent's commit, or again";
    Concluded = "concluded", "it has ended";
}

vocabulary! {
    /// How a remediation ended.
    Conclusion, "conclusion":
    Fixed = "fixed", "CI is green by our commit or re-run";
    FixedByOther = "fixed_by_other", "CI is green by somebody else's commit";
    Escalated = "escalated", "a person was told";
    Linked = "linked", "another remediation repairs the cause, or the base has the fix";
    Skipped = "skipped", "it was not to be remediated";
    Superseded = "superseded", "somebody else pushed, or the branch is gone";
    Observed = "observed", "observe mode: what would have been done was said";
    Broken = "broken", "a step could not do its work";
}

vocabulary! {
    /// Why a person is told.
    EscalationReason, "escalation reason":
    AttemptsExhausted = "attempts_exhausted", "every attempt is used up";
    SameFailureTwice = "same_failure_twice", "the same failure in the same files twice: no progress";
    Dishonest = "dishonest", "an agent hid the failure instead of fixing it";
    NeedsPerson = "needs_person", "the change touches what a person must look at";
    CiNotRun = "ci_not_run", "CI did not run on the agent's commit";
    CiTimeout = "ci_timeout", "CI did not end in time";
    PersonsWork = "persons_work", "no agent may do this, such as a leaked secret";
    NotAdmitted = "not_admitted", "Healer may not act here and says so";
    Linked = "linked", "another remediation repairs the cause, or the base has the fix";
    Fault = "fault", "a step could not do its work";
    WorkflowBroke = "workflow_broke", "the Argo Workflow itself broke";
    Stopped = "stopped", "a person stopped the Workflow";
}

vocabulary! {
    /// A way to reach people.
    Channel, "channel":
    PullRequestComment = "pull_request_comment", "the one comment on the pull request, edited in place";
    CheckRun = "check_run", "a check run on the commit that failed, edited in place";
    Discord = "discord", "a Discord webhook";
    Slack = "slack", "a Slack webhook";
    Pagerduty = "pagerduty", "a PagerDuty event";
    Issue = "issue", "a GitHub issue";
}

vocabulary! {
    /// What became of one channel.
    Receipt, "receipt":
    Sent = "sent", "said";
    Updated = "updated", "the message of before was edited";
    Unchanged = "unchanged", "the message of before says this already";
    Failed = "failed", "not reached";
    Observed = "observed", "observe mode: it would have been said";
}

vocabulary! {
    /// A source that `gather-context` asks.
    ContextSource, "source of context":
    PullRequest = "pull_request", "the pull request";
    ChangedFiles = "changed_files", "what the branch changed";
    Diff = "diff", "the diff";
    Base = "base", "whether the base is red too";
    History = "history", "earlier attempts, their commits and what the agents said";
    Argocd = "argocd", "the Argo CD application";
    Loki = "loki", "log lines";
    Prometheus = "prometheus", "the error rate";
    Pods = "pods", "pods and their events";
    Memory = "memory", "OpenMemory";
    JobLog = "job_log", "the log of the failed jobs";
}

mod admission;
mod resolution;
pub use admission::{AdmissionReason, NotSpawned};
pub use resolution::ResolutionReason;

impl Role {
    /// Whether people are told of it.
    pub fn tell(self) -> bool {
        !matches!(self, Role::Owner)
    }
}

/// The parsed word of a file or flag that people write, or a sentence that lists what is possible.
pub fn parse_strict<T: Vocabulary>(word: &str) -> Result<T, String> {
    T::parse(word).ok_or_else(|| {
        let all: Vec<&str> = T::ALL.iter().map(|known| known.as_str()).collect();
        format!("{word:?} is no {}; it is one of {}", T::NAME, all.join(", "))
    })
}
