//! An agent that merges the base branch brings in commits of others that nobody pushed to the branch: they are on the base
//! already. Only what the base does not have counts, for who pushed and for what changed.

use ledger::cannot;
use step::Cannot;
use text::Untrusted;
use world::ReadGithub;
use world::github::{Account, Comparison, Slug};

/// The agent's branch, seen from its base branch.
pub struct Merged {
    into: Untrusted,
    beside_base: Comparison,
}

/// Looks whether the foreign commits came in by a merge of the base branch that `user` made; none if somebody else pushed.
pub async fn of_base(
    comparison: &Comparison,
    user: u64,
    into: Option<&Untrusted>,
    of: &Slug,
    head: &str,
    ports: &impl ReadGithub,
) -> Result<Option<Merged>, Cannot> {
    let merges = comparison.commits.iter().any(|commit| commit.parents.len() > 1 && is(&commit.author, user));
    let (true, Some(into)) = (merges, into) else { return Ok(None) };
    let beside_base = ports.compare(of, into.expose(), head).await.map_err(cannot)?;
    let complete = |comparison: &Comparison| comparison.commits.len() as u64 == comparison.ahead_by;
    let merged = Merged { into: into.clone(), beside_base };
    let own = merged.without_base(comparison);
    let all = own.commits.iter().all(|commit| is(&commit.author, user) && is(&commit.committer, user));
    Ok((complete(comparison) && complete(&merged.beside_base) && all).then_some(merged))
}

fn is(account: &Option<Account>, user: u64) -> bool {
    account.as_ref().is_some_and(|account| account.id == user)
}

impl Merged {
    /// The comparison without the commits that the base has.
    pub fn without_base(&self, comparison: &Comparison) -> Comparison {
        let mut own = comparison.clone();
        own.commits.retain(|commit| self.beside_base.commits.iter().any(|other| other.sha == commit.sha));
        own.ahead_by = own.commits.len() as u64;
        own.files.retain(|file| self.beside_base.files.iter().any(|other| other.filename == file.filename));
        own
    }

    /// What changed beside the base since `before`: files whose hunks were the same then were not touched.
    pub async fn change(&self, of: &Slug, before: &str, ports: &impl ReadGithub) -> Result<Comparison, Cannot> {
        let earlier = ports.compare(of, self.into.expose(), before).await.map_err(cannot)?;
        let mut change = self.beside_base.clone();
        change.files.retain(|file| !earlier.files.contains(file));
        Ok(change)
    }
}
