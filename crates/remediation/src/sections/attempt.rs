//! What was done about it, and what became of it.

use jiff::Timestamp;
use text::Untrusted;

use super::{Because, Commit, RunRef, is_zero};
use crate::vocabulary::Open;
use crate::words::*;

sections! {
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
        #[cfg_attr(feature = "schema", schemars(length(max = super::caps::CONTEXT)))]
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
        #[cfg_attr(feature = "schema", schemars(length(max = super::caps::BECAUSE)))]
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
        #[cfg_attr(feature = "schema", schemars(length(max = super::caps::COMMITS)))]
        commits: Vec<Commit>,
        /// How many were left out.
        #[serde(default, skip_serializing_if = "is_zero")]
        commits_omitted: u64,
        /// The files its commits changed.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "schema", schemars(length(max = super::caps::FILES)))]
        files: Vec<Untrusted>,
        /// How many were left out.
        #[serde(default, skip_serializing_if = "is_zero")]
        files_omitted: u64,
        /// The runs that were red on its commit: what the next attempt reads.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "schema", schemars(length(max = super::caps::JOBS)))]
        red_runs: Vec<RunRef>,
        /// The signature of the failure that it was sent for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signature: Option<String>,
    }

    /// What was said of it while it went on. Written by `announce`.
    Announcement {
        /// How far it had come.
        stage: Open<Stage>,
        /// One entry a channel.
        #[cfg_attr(feature = "schema", schemars(length(max = super::caps::CONTEXT)))]
        channels: Vec<ChannelReceipt>,
    }

    /// Who was told. Written by `escalate`.
    Escalation {
        /// Why.
        reason: Open<EscalationReason>,
        /// One entry a channel.
        #[cfg_attr(feature = "schema", schemars(length(max = super::caps::CONTEXT)))]
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
}
