//! The draft pull request of a branch of ours. The agent opens it; where it did not, we do.

use ledger::cannot;
use remediation::Target;
use step::Cannot;
use world::github::{OpenClosed, Pull, Slug};
use world::{OpenPullRequests, PortError, ReadGithub};

use crate::Needs;

/// The pull request from the target branch: an open one before a closed one.
pub async fn find(of: &Slug, target: &Target, ports: &impl ReadGithub) -> Result<Option<Pull>, Cannot> {
    let all = ports.pulls_from(of, of.owner(), &target.branch).await.map_err(cannot)?.items;
    let open = all.iter().find(|pull| pull.state == OpenClosed::Open).cloned();
    match (open, all.into_iter().next()) {
        (Some(open), _) => Ok(Some(open)),
        // Lists do not say whether it was merged.
        (None, Some(closed)) => ports.pull(of, closed.number).await.map(Some).map_err(cannot),
        (None, None) => Ok(None),
    }
}

/// Opens it, in our own words only: this text is public, and the failure may be a security alert.
pub async fn open(
    needs: &Needs,
    of: &Slug,
    target: &Target,
    ports: &(impl ReadGithub + OpenPullRequests),
) -> Result<u64, Cannot> {
    let into = target.into.as_ref().or(needs.repository.default_branch.as_ref()).ok_or_else(|| {
        Cannot::refused("the document names no branch that the draft pull request goes into: `target.into` is missing")
    })?;
    let kind = needs.classification.as_ref().map_or("CI", |found| found.kind.as_str());
    let id = &needs.id;
    let title = format!("Repair {kind} ({id})");
    let body = format!(
        "<!-- healer:{id} -->\n\nAn agent of Healer pushed this branch to repair a failure of kind `{kind}` \
         (remediation `{id}`) and opened no pull request, so Healer did.\n\n\
         It is a draft: a person reads it, marks it ready and merges it. Nothing merges by itself.\n"
    );
    match ports.open_draft(of, &title, &body, &target.branch, into).await {
        Ok(pull) => Ok(pull.number),
        // Somebody opened it in between.
        Err(PortError::Refused { .. } | PortError::Conflict { .. }) => match find(of, target, ports).await? {
            Some(pull) => Ok(pull.number),
            None => Err(Cannot::not_yet(
                "GitHub refused the draft pull request and lists none for the branch; nothing was opened, run again",
            )),
        },
        Err(error) => Err(cannot(error)),
    }
}
