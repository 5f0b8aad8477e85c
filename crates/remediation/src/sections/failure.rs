//! What failed, and what kind of failure it is.

use std::collections::BTreeMap;

use text::Untrusted;

use super::{Actor, Because, Gap, is_zero};
use crate::vocabulary::Open;
use crate::words::*;

sections! {
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
        #[cfg_attr(feature = "schema", schemars(length(max = super::caps::JOBS)))]
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
        #[cfg_attr(feature = "schema", schemars(length(max = super::caps::JOBS)))]
        jobs: Vec<Job>,
        /// How many were left out.
        #[serde(default, skip_serializing_if = "is_zero")]
        jobs_omitted: u64,
        /// What the commit or pull request changed.
        #[cfg_attr(feature = "schema", schemars(length(max = super::caps::FILES)))]
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
        #[cfg_attr(feature = "schema", schemars(length(max = super::caps::CONTEXT)))]
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
        #[cfg_attr(feature = "schema", schemars(length(max = super::caps::BECAUSE)))]
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
        #[cfg_attr(feature = "schema", schemars(length(max = super::caps::RANGES)))]
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
        #[cfg_attr(feature = "schema", schemars(length(max = super::caps::BECAUSE)))]
        because: Vec<Because>,
    }
}
