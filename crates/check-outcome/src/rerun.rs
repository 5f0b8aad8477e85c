//! The verdict on a re-run that we asked for: an ordered table as in [`crate::judge`]. A red re-run is none of the
//! attempts; it is fetched and classified again.

use jiff::Timestamp;
use remediation::{RunRef, Verdict};
use step::Cannot;
use world::github::{OpenClosed, Slug};
use world::{Clock, PortError, ReadGithub};

use crate::Needs;
use crate::ci::{State, state};
use crate::look::later;
use crate::rule::{Rule, Then, rule};
use ledger::{cannot, slug};

/// What is known of a re-run.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Now.
    pub now: Timestamp,
    /// When it must have ended.
    pub deadline: Timestamp,
    /// The pull request is closed, or the branch is gone.
    pub withdrawn: bool,
    /// The branch has moved on from the commit that is run again.
    pub moved: bool,
    /// Where the re-run stands.
    pub run: State,
    /// The re-run.
    pub reference: RunRef,
}

/// The rules, in order. One of them always fires.
pub const RULES: &[Rule<Facts>] = &[
    rule("withdrawn", Then::Verdict(Verdict::Withdrawn), "the pull request was closed or the branch is gone", |f| {
        f.withdrawn
    }),
    rule("rerun_green", Then::Verdict(Verdict::PassedOnRerun), "the re-run is green", |f| f.run == State::Green),
    rule("others_pushed", Then::Verdict(Verdict::Superseded), "somebody pushed since the re-run began", |f| f.moved),
    rule("rerun_running", Then::Wait, "the re-run has not ended", |f| is_open(f) && f.now < f.deadline),
    rule("rerun_overdue", Then::Verdict(Verdict::CiTimeout), "the re-run did not end in time", is_open),
    rule("rerun_red", Then::Verdict(Verdict::NotFixed), "the re-run is red", |f| f.run == State::Red),
    rule("rerun_did_not_run", Then::Verdict(Verdict::CiNotRun), "the re-run did not really run", |_| true),
];

fn is_open(facts: &Facts) -> bool {
    matches!(facts.run, State::Pending | State::Absent)
}

/// The first rule that fires.
pub fn judge(facts: &Facts) -> &'static Rule<Facts> {
    RULES.iter().find(|rule| (rule.when)(facts)).unwrap_or(&RULES[RULES.len() - 1])
}

/// Looks at the re-run and at its branch.
pub async fn look(
    needs: &Needs,
    ci_seconds: u64,
    now: Timestamp,
    ports: &(impl ReadGithub + Clock),
) -> Result<Facts, Cannot> {
    let rerun = needs.rerun.as_ref().ok_or_else(|| Cannot::bug("there is no re-run to look at"))?;
    let of = slug(&needs.repository);
    let newest = ports.run(&of, rerun.run_id).await.map_err(cannot)?;
    let wanted = match newest.run_attempt.cmp(&rerun.run_attempt) {
        std::cmp::Ordering::Equal => Some(newest.clone()),
        std::cmp::Ordering::Less => None,
        // Somebody ran it once more: ours is the one that was asked for.
        std::cmp::Ordering::Greater => {
            Some(ports.run_attempt(&of, rerun.run_id, rerun.run_attempt).await.map_err(cannot)?)
        }
    };
    let (withdrawn, moved) = branch(needs, &of, &newest.head_sha, ports).await?;
    Ok(Facts {
        now,
        deadline: later(rerun.asked_at, ci_seconds),
        withdrawn,
        moved,
        run: wanted.map_or(State::Absent, |run| state(run.status, run.conclusion)),
        reference: RunRef { run_id: rerun.run_id, run_attempt: rerun.run_attempt },
    })
}

/// Whether the subject's pull request or branch is gone, and whether the branch has moved on.
async fn branch(needs: &Needs, of: &Slug, run_sha: &str, ports: &impl ReadGithub) -> Result<(bool, bool), Cannot> {
    if let Some(number) = needs.subject.pull_request
        && ports.pull(of, number).await.map_err(cannot)?.state == OpenClosed::Closed
    {
        return Ok((true, false));
    }
    let Some(name) = &needs.subject.branch else { return Ok((false, false)) };
    match ports.branch(of, name).await {
        Ok(branch) => Ok((false, branch.commit.sha != run_sha)),
        Err(PortError::NotFound { .. }) => Ok((true, false)),
        Err(error) => Err(cannot(error)),
    }
}

#[cfg(test)]
mod tests;
