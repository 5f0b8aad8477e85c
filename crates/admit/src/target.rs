//! Where the agent may push (design section 3): decided from ids that GitHub gives, never from text.

use remediation::{Push, SubjectKind, Target, names};
use text::Untrusted;

/// What is reserved for our own branches.
pub const RESERVED: &str = "healer/";

/// What decides.
#[derive(Debug, Clone)]
pub struct Place {
    /// What the event is about.
    pub subject: SubjectKind,
    /// The branch that failed; for a security alert the default branch.
    pub branch: Untrusted,
    /// What it points to now.
    pub sha: String,
    /// Whether it is the default branch.
    pub is_default: bool,
    /// Whether rules protect it; unknown counts as protected.
    pub protected: Option<bool>,
}

/// The target. `id` and `head_sha` name the branch of a draft pull request.
pub fn target(place: &Place, id: &str, head_sha: &str) -> Target {
    let direct = !place.subject.is_alert() && !place.is_default && place.protected == Some(false);
    if direct {
        Target { branch: place.branch.clone(), base_sha: place.sha.clone(), how: Push::Push.into(), into: None }
    } else {
        Target {
            branch: Untrusted::new(draft_branch(place.subject, id, head_sha)),
            base_sha: place.sha.clone(),
            how: Push::DraftPullRequest.into(),
            into: Some(place.branch.clone()),
        }
    }
}

/// `healer/fix-<kind>-<sha8>`: the subject's kind, as the failure's own is not known yet, and eight digits of a hash of
/// the remediation's id and the commit. The commit's own digits would do for one remediation; two remediations of one
/// commit (two red workflows on `main`) must not share a branch.
fn draft_branch(subject: SubjectKind, id: &str, head_sha: &str) -> String {
    let kind = remediation::Vocabulary::as_str(subject).replace('_', "-");
    let digest = names::sha256(format!("{id}/{head_sha}").as_bytes());
    format!("{RESERVED}fix-{kind}-{}", digest.get(..8).unwrap_or(&digest))
}

/// The rule behind a target, which depends on nothing but what is in the document.
pub fn because(subject: SubjectKind, target: &Target) -> (&'static str, &'static str) {
    if subject.is_alert() {
        ("alerts_as_draft_pull_request", "document:subject.kind")
    } else if target.how == Push::Push {
        ("unprotected_branch_of_same_repository", "github:branch")
    } else {
        ("default_or_protected_branch", "github:branch")
    }
}
