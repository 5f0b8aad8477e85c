//! Whether the base branch is red in the same workflow and job: then the failure is not this branch's.

use redact::Foreign;
use remediation::{Base, caps};
use text::Untrusted;
use world::github::{Conclusion, Run, Slug, Status};
use world::{PortResult, ReadGithub};

use crate::is_failure;

/// Looks at the base branch's head, in the workflow of `run` and the jobs of these names.
pub async fn look(
    of: &Slug,
    branch: &Untrusted,
    run: &Run,
    jobs: &[Untrusted],
    ports: &impl ReadGithub,
) -> PortResult<Base> {
    let sha = ports.branch(of, branch).await?.commit.sha;
    let runs = ports.runs_of_commit(of, &sha).await?.items;
    let ended =
        runs.into_iter().find(|other| other.workflow_id == run.workflow_id && other.status == Status::Completed);
    let red = match &ended {
        None => None,
        Some(ended) if ended.conclusion == Some(Conclusion::Success) => Some(false),
        Some(ended) if jobs.is_empty() => Some(is_failure(ended.conclusion)),
        Some(ended) => {
            let theirs = ports.jobs(of, ended.id, ended.run_attempt).await?.items;
            Some(theirs.iter().any(|job| is_failure(job.conclusion) && jobs.contains(&job.name)))
        }
    };
    Ok(Base { branch: Foreign::new().text(branch, caps::TEXT), sha, red, run_id: ended.map(|run| run.id) })
}
