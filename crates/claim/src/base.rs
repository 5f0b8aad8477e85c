//! The base branch owns what is red there as well (design section 4): while a remediation of the base is under way, a
//! pull request with the same failure waits for it; once the base has the fix, the pull request needs an update.

use ledger::{Record, cannot};
use remediation::record::branch_key;
use remediation::{Base, Conclusion};
use step::Cannot;
use world::github::Relation;
use world::{PortError, ReadGithub, Records};

use crate::{Needs, Part};

/// What the base's remediations make of this one; `None` if they have nothing to do with it.
pub(crate) async fn part(
    needs: &Needs,
    ports: &(impl Records + ReadGithub),
    cause: &str,
) -> Result<Option<Part>, Cannot> {
    let (Some(id), Some(base)) =
        (needs.repository.id, needs.failure.as_ref().and_then(|failure| failure.base.as_ref()))
    else {
        return Ok(None);
    };
    let is_base = needs.subject.branch.as_ref() == Some(&base.branch);
    let (Some(red), false) = (base.red, is_base) else { return Ok(None) };
    let key = branch_key(id, &base.branch);
    let mut of_base = ledger::of_repository(ports, id).await?;
    of_base
        .retain(|record| record.name() != needs.id && record.binds() && record.spec.branch_key.as_ref() == Some(&key));
    if red { Ok(linked(&of_base, cause)) } else { upstream(needs, ports, base, &of_base, cause).await }
}

/// Red there too: an open remediation of the base that has this cause, or has not found its own yet.
fn linked(of_base: &[Record], cause: &str) -> Option<Part> {
    let same = |record: &&Record| record.status.cause.as_deref().is_none_or(|other| other == cause);
    let owner = of_base.iter().filter(|record| record.is_open()).find(same)?;
    let pull_request = owner.status.pull_request.or(owner.spec.pull_request);
    Some(Part::Linked { owner: owner.name().to_owned(), pull_request, rule: "base_owns" })
}

/// Green there: a remediation of the base repaired this very cause, and the branch does not have what the base has.
async fn upstream(
    needs: &Needs,
    ports: &impl ReadGithub,
    base: &Base,
    of_base: &[Record],
    cause: &str,
) -> Result<Option<Part>, Cannot> {
    let repaired = |record: &&Record| {
        let how = record.status.conclusion.as_ref();
        record.status.cause.as_deref() == Some(cause)
            && how.is_some_and(|how| *how == Conclusion::Fixed || *how == Conclusion::FixedByOther)
    };
    let Some(owner) = of_base.iter().filter(repaired).max_by_key(|record| record.status.concluded_at) else {
        return Ok(None);
    };
    let Some(head) =
        needs.failure.as_ref().and_then(|failure| failure.head_sha.as_ref()).or(needs.subject.head_sha.as_ref())
    else {
        return Ok(None);
    };
    let slug = ledger::slug(&needs.repository);
    let behind = match ports.compare(&slug, &base.sha, head).await {
        Ok(compared) => matches!(compared.status, Relation::Behind | Relation::Diverged),
        Err(PortError::NotFound { .. }) => false,
        Err(error) => return Err(cannot(error)),
    };
    Ok(behind.then(|| Part::FixedUpstream { owner: owner.name().to_owned() }))
}
