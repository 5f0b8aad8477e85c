//! The ledger (design section 4): what must outlive a pod and a Workflow, as a `Remediation` resource
//! (`healer.platform/v1alpha1`). Its name is the document's id. It holds no text from the event but branch names.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use text::Untrusted;

use crate::vocabulary::Open;
use crate::{
    AdmissionReason, Agent, Attempt, Channel, Conclusion, Kind, Mode, Role, RunRef, Stage, SubjectKind, Target, Verdict,
};

/// `spec`: what the remediation is about. Immutable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RecordSpec {
    /// GitHub's id of the repository.
    pub repository_id: u64,
    /// `owner/name`, for people's eyes.
    pub repository: String,
    /// What it is about.
    pub subject_kind: Open<SubjectKind>,
    /// Head repository; another id than `repositoryId` is a fork.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head_repository_id: Option<u64>,
    /// The commit that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head_sha: Option<String>,
    /// 16 hexadecimal digits of head repository id and branch: what two remediations of one branch share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch_key: Option<String>,
    /// The Actions run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunRef>,
    /// The pull request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<u64>,
    /// `observe` records bind nobody later.
    pub mode: Open<Mode>,
    /// When the failure was reported.
    pub opened_at: Timestamp,
}

/// `status`: what has happened so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct RecordStatus {
    /// The Argo Workflow that works on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Owner>,
    /// Where it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<Open<Stage>>,
    /// Which try it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt: Option<Attempt>,
    /// Where the agent may push.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// What the target pointed to when it was last judged; the next attempt starts there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head_sha: Option<String>,
    /// The kind, once classified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Open<Kind>>,
    /// Who is on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<Open<Agent>>,
    /// The cause's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// What this remediation is to the cause.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Open<Role>>,
    /// The remediation that owns the cause, when it is not this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linked_to: Option<String>,
    /// The remediation of whose end the people who waited were told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told_of: Option<String>,
    /// The remediation after whose end this one was looked at again, in a new round.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub looked_again_after: Option<String>,
    /// Names of the CodeRuns that were created.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub coderuns: Vec<String>,
    /// Runs that we asked GitHub to run again: their failure is ours.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reruns: Vec<RunRef>,
    /// Commits that our agents pushed and that were judged.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub commits: Vec<String>,
    /// A draft pull request of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<u64>,
    /// Messages, for the next edit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<MessageRef>,
    /// Approval by a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<Approval>,
    /// Who asked to stop, by GitHub's id: no agent starts after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped_by: Option<u64>,
    /// The last verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Open<Verdict>>,
    /// How it ended; absent while it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conclusion: Option<Open<Conclusion>>,
    /// With a conclusion: the admission reason, verdict or escalation reason, as a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The admission reason it was opened with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admitted_because: Option<Open<AdmissionReason>>,
    /// When it was concluded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concluded_at: Option<Timestamp>,
}

/// The Argo Workflow that works on a remediation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Owner {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub workflow: String,
    /// Kubernetes' uid: a workflow of the same name with another uid is another run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
}

/// A message that can be edited.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MessageRef {
    /// Where.
    pub channel: Open<Channel>,
    /// Its id there.
    pub id: String,
    /// Digest of what it says, 16 hexadecimal digits: what says the same already is not sent again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
}

/// Approval by a person. `state` is a scalar, so that an Argo `resource` wait can read it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Approval {
    /// `pending`, `approved` or `refused`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["pending", "approved", "refused"])))]
    pub state: String,
    /// Who decided, by GitHub's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<u64>,
    /// The commit that was approved; another commit needs another approval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head_sha: Option<String>,
    /// When it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Timestamp>,
}

/// What two remediations of one branch share: 16 hexadecimal digits.
pub fn branch_key(head_repository_id: u64, branch: &Untrusted) -> String {
    crate::names::hash(&[head_repository_id.to_string().as_bytes(), branch.expose().as_bytes()], 16)
}
