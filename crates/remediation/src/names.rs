//! One failure has one name, whatever door it came through (design section 5). Names are valid Kubernetes names.

use sha2::{Digest, Sha256};

/// The first `length` hexadecimal digits of the SHA-256 of the parts, each ended by a NUL. NUL and 0xFF within a part
/// are escaped with 0xFF (which no UTF-8 text holds), so that no two lists are the same bytes.
pub fn hash(parts: &[&[u8]], length: usize) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        for piece in part.split_inclusive(|byte| matches!(byte, 0 | 0xff)) {
            match piece.split_last() {
                Some((last @ (0 | 0xff), before)) => {
                    hasher.update(before);
                    hasher.update([0xff, u8::from(*last == 0)]);
                }
                _ => hasher.update(piece),
            }
        }
        hasher.update([0]);
    }
    let mut hex = hex(&hasher.finalize());
    hex.truncate(length);
    hex
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The SHA-256 of `bytes`, 64 hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// An Actions run: `ci-<repository id>-<run id>-<run attempt>`.
pub fn actions_run(repository_id: u64, run_id: u64, run_attempt: u64) -> String {
    format!("ci-{repository_id}-{run_id}-{run_attempt}")
}

/// A check or status of another CI: `st-<repository id>-<sha 12>-<hash 8 of its context>`.
pub fn status(repository_id: u64, sha: &str, context: &str) -> String {
    let sha: String = sha.chars().filter(char::is_ascii_hexdigit).take(12).collect::<String>().to_lowercase();
    format!("st-{repository_id}-{sha}-{}", hash(&[context.as_bytes()], 8))
}

/// A security alert: `sec-<repository id>-<type>-<number>`.
pub fn security_alert(repository_id: u64, alert_type: crate::AlertType, number: u64) -> String {
    let alert_type = crate::Vocabulary::as_str(alert_type).replace('_', "-");
    format!("sec-{repository_id}-{alert_type}-{number}")
}

/// A failed Workflow of ours: `wf-<uid 8>`; of what is no uid, its hash.
pub fn failed_workflow(uid: &str) -> String {
    let head: String = uid.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
    if head.len() < 8 { other("wf", &[uid.as_bytes()]) } else { format!("wf-{}", head.to_lowercase()) }
}

/// Of an alert's context, what says which thing it is about; counts and durations change while it goes on.
const ALERT_IDENTITY: &[&str] = &[
    "namespace",
    "pod_name",
    "container_name",
    "coderun_name",
    "agent",
    "current_agent",
    "task_id",
    "repository",
    "workflow_name",
    "last_commit_sha",
];

/// An alert about the cluster: `alert-<hash 12>` of which alert it is and what it is about; and the same in 16 digits.
pub fn alert(alert: &str, context: impl Fn(&str) -> String) -> (String, String) {
    let values: Vec<String> = ALERT_IDENTITY.iter().map(|key| context(key)).collect();
    let identity: Vec<&[u8]> = std::iter::once(alert.as_bytes()).chain(values.iter().map(String::as_bytes)).collect();
    (other("alert", &identity), hash(&identity, 16))
}

/// A command door: `cmd-<repository id>-<comment id>`.
pub fn command(repository_id: u64, comment_id: u64) -> String {
    format!("cmd-{repository_id}-{comment_id}")
}

/// A button door: `btn-<check run id>-<n>`.
pub fn button(check_run_id: u64, n: u64) -> String {
    format!("btn-{check_run_id}-{n}")
}

/// The Workflow that works on a remediation: its id; a later round ends in `-r<round>`.
pub fn workflow(id: &str, round: u32) -> String {
    if round <= 1 { id.to_owned() } else { format!("{id}-r{round}") }
}

/// The remediation, and its round, that a Workflow of this name works on.
pub fn of_workflow(name: &str) -> (&str, u32) {
    let taken = name.rsplit_once("-t").filter(|(_, n)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    let name = taken.map_or(name, |(first, _)| first);
    let later =
        name.rsplit_once("-r").and_then(|(id, round)| Some((id, round.parse().ok().filter(|round| *round > 1)?)));
    later.unwrap_or((name, 1))
}

/// The n-th Workflow that takes over what one of these died over: the dead one's own name may still be taken.
pub fn take_over(workflow: &str, n: u32) -> String {
    format!("{workflow}-t{n}")
}

/// How often the work of this Workflow was taken over, when `owner` is the one that works now.
pub fn take_overs(workflow: &str, owner: &str) -> u32 {
    let number = owner.strip_prefix(workflow).and_then(|rest| rest.strip_prefix("-t"));
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// Anything else: `<prefix>-<hash 12>` of what identifies it.
pub fn other(prefix: &str, parts: &[&[u8]]) -> String {
    format!("{prefix}-{}", hash(parts, 12))
}

/// The agent's run: `healer-<id>-r<round>-a<number>`, at most 63 characters; an id that is too long or no name is hashed.
pub fn coderun(id: &str, round: u32, number: u32) -> String {
    let suffix = format!("-r{round}-a{number}");
    let mut name = format!("healer-{id}");
    let fits = name.len() + suffix.len() <= 63;
    if !fits || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        name = format!("healer-{}", hash(&[id.as_bytes()], 20));
    }
    name + &suffix
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workflows_name_says_its_remediation_and_round() {
        for (name, id, round) in [
            ("ci-8412-12216892003-1", "ci-8412-12216892003-1", 1),
            ("ci-8412-12216892003-1-r2", "ci-8412-12216892003-1", 2),
            ("sec-8412-code-scanning-10-r12", "sec-8412-code-scanning-10", 12),
        ] {
            assert_eq!((workflow(id, round), of_workflow(name)), (name.to_owned(), (id, round)));
        }
        assert_eq!(take_over("ci-8412-7-1-r2", 3), "ci-8412-7-1-r2-t3");
        assert_eq!(of_workflow("ci-8412-7-1-r2-t3"), ("ci-8412-7-1", 2));
        for (owner, n) in [("ci-8412-7-1", 0), ("ci-8412-7-1-t2", 2), ("ci-8412-7-11-t2", 0), ("hand-x7", 0)] {
            assert_eq!(take_overs("ci-8412-7-1", owner), n, "{owner}");
        }
        // A name that nobody of ours gave is an id of its own.
        for name in ["remediate-ci-r1", "remediate-ci-r", "hand-rerun"] {
            assert_eq!(of_workflow(name), (name, 1));
        }
    }
}
