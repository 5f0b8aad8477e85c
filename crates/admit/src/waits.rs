//! What may make it wait, or end for today: the branch's window, the day's budget, an approval.

use jiff::SignedDuration;
use ledger::{budget, cannot, lives};
use remediation::record::branch_key;
use step::Cannot;
use text::Untrusted;

use crate::facts::{Approval, needs_approval};
use crate::looks::{Looks, Ports};
use crate::target::RESERVED;

impl<P: Ports> Looks<'_, P> {
    /// The key of the branch that the agent will push to or start from: what two remediations must not share.
    pub fn branch_key(&self) -> String {
        if self.kind.is_alert() {
            // Each alert has a branch of its own.
            return branch_key(self.id_of_repository(), &Untrusted::new(format!("{RESERVED}{}", self.needs.id)));
        }
        branch_key(self.needs.subject.head_repository_id.unwrap_or(self.id_of_repository()), &self.branch())
    }

    /// Another remediation began on this branch within the window, or is still at it.
    pub(crate) async fn window(&mut self) -> Result<(), Cannot> {
        use remediation::Conclusion::{Linked, Observed, Skipped};
        if self.is_under_way() {
            return Ok(());
        }
        let window = i64::try_from(self.config.limits.window_seconds).unwrap_or(i64::MAX);
        let key = self.branch_key();
        let mut wait = 0;
        for other in self.others().await? {
            let idle = other.status.conclusion.as_ref().is_some_and(|word| {
                [Linked, Observed, Skipped].into_iter().any(|nothing_was_done| *word == nothing_was_done)
            }) || other.status.stage.as_ref().is_some_and(|stage| *stage == remediation::Stage::Waiting);
            let taken_over = self.orphan.as_ref().is_some_and(|orphan| orphan.name() == other.name());
            if idle || taken_over || other.spec.branch_key.as_ref() != Some(&key) {
                continue;
            }
            let age = self.now.duration_since(other.created_at()).max(SignedDuration::ZERO).as_secs();
            wait = wait.max(window - age);
            if other.is_open() && lives(self.ports, other.status.owner.as_ref()).await? {
                wait = wait.max(window);
            }
        }
        self.facts.window_seconds = u64::try_from(wait).ok().filter(|seconds| *seconds > 0);
        Ok(())
    }

    pub(crate) async fn budget(&mut self) -> Result<(), Cannot> {
        if self.is_under_way() {
            return Ok(());
        }
        let of = self.of()?;
        let counter = budget::counter(self.id_of_repository(), self.now);
        let spent = self.ports.count(&counter).await.map_err(cannot)?;
        self.facts.budget_spent = spent >= self.config.starts_per_day_for(&of.owner, &of.name) as usize;
        Ok(())
    }

    pub(crate) fn approval(&mut self) -> Result<(), Cannot> {
        let of = self.of()?;
        let rule = self.config.repository(&of.owner, &of.name).map(|entry| entry.approve).unwrap_or_default();
        if !needs_approval(rule, self.kind, self.place()?.is_default) {
            return Ok(());
        }
        let seconds = self.config.deadlines.approval_seconds;
        let head_sha = self.place()?.sha.as_str();
        let given = self.record.as_ref().and_then(|record| record.status.approval.as_ref());
        // An approval is for one commit; of another commit it says nothing.
        let given = given.filter(|given| given.head_sha.as_deref() == Some(head_sha));
        self.facts.approval = match given {
            None => Approval::Awaited { seconds },
            Some(given) if given.state == "approved" && given.actor_id.is_some() => Approval::Given,
            Some(given) if given.state == "refused" => Approval::NotGiven,
            Some(given) => {
                let asked_at = given.asked_at.unwrap_or(self.now);
                let left = i64::try_from(seconds).unwrap_or(i64::MAX) - self.now.duration_since(asked_at).as_secs();
                let left = u64::try_from(left).ok().filter(|left| *left > 0);
                left.map_or(Approval::NotGiven, |seconds| Approval::Awaited { seconds })
            }
        };
        Ok(())
    }
}
