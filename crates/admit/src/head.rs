//! Whether what the event says is still so: branch, pull request, commit message, newer runs.

use ledger::cannot;
use step::Cannot;
use world::github::{Conclusion, OpenClosed};

use crate::facts::{Head, Own, Seen};
use crate::looks::{Looks, Ports, found};
use crate::target::Place;

/// What a skip flag looks like in a commit message; all of them are honoured (cto.md 9, row 4).
const SKIP_FLAGS: &[&str] = &["[skip-healer]", "[healer skip]", "[skip-ci-remediation]"];

impl<P: Ports> Looks<'_, P> {
    /// Branch and pull request. What our own agents pushed and we judged does not make a take-over stale.
    pub(crate) async fn head(&mut self) -> Result<(), Cannot> {
        let slug = self.slug()?;
        let branch = self.branch();
        let Some(found_branch) = found(self.ports.branch(&slug, &branch).await)? else {
            self.facts.head = Head::Gone;
            return Ok(());
        };
        let sha = found_branch.commit.sha;
        let ours = self.record.iter().chain(&self.orphan).any(|record| record.status.commits.contains(&sha));
        let moved_on = self.needs.subject.head_sha.as_ref() != Some(&sha) && !ours && !self.is_under_way();
        if !self.kind.is_alert() && moved_on {
            self.facts.head = Head::MovedOn;
        }
        if let Some(number) = self.pull_number() {
            match found(self.ports.pull(&slug, number).await)? {
                None => self.facts.head = Head::Gone,
                Some(pull) if pull.state != OpenClosed::Open => self.facts.head = Head::Gone,
                Some(pull) => {
                    self.facts.fork |= pull.head.repo.map(|of| of.id) != self.repository_id;
                    // A pull request of another branch is not this failure's.
                    if pull.head.branch != branch {
                        self.facts.head = Head::MovedOn;
                    }
                }
            }
        }
        self.place = Some(Place {
            subject: self.kind,
            is_default: branch == self.default_branch,
            branch,
            sha,
            protected: found_branch.protected,
        });
        Ok(())
    }

    /// A take-over of what has begun: the branch may have moved on by our agent, the start is counted and the branch taken
    /// already. `check-outcome` judges what stands there.
    pub(crate) fn is_under_way(&self) -> bool {
        let record = self.record.as_ref().filter(|_| self.facts.record == Own::Dead);
        record.is_some_and(|record| !record.status.coderuns.is_empty() || !record.status.reruns.is_empty())
    }

    /// The pull request of the branch, as the event or GitHub's run says.
    pub fn pull_number(&self) -> Option<u64> {
        let of_run = || self.run.as_ref().and_then(|run| run.pull_requests.first()).map(|pull| pull.number);
        self.needs.subject.pull_request.or_else(of_run)
    }

    pub(crate) async fn commit(&mut self) -> Result<(), Cannot> {
        let Some(sha) = &self.needs.subject.head_sha else { return Ok(()) };
        if let Some(commit) = found(self.ports.commit(&self.slug()?, sha).await)? {
            let message = commit.commit.message.expose().to_lowercase();
            self.facts.skip_flag = SKIP_FLAGS.iter().any(|flag| message.contains(flag));
        }
        Ok(())
    }

    /// A newer attempt of the run, or a newer run of its workflow for the same commit and event.
    pub(crate) async fn green(&mut self) -> Result<(), Cannot> {
        let Some(run) = &self.run else { return Ok(()) };
        let slug = self.slug()?;
        let newest = found(self.ports.run(&slug, run.id).await)?;
        if let Some(newest) = newest.filter(|newest| newest.run_attempt > run.run_attempt) {
            self.facts.green = newest.conclusion == Some(Conclusion::Success);
            // Another attempt runs or failed: that is another event, with another name.
            if !self.facts.green {
                self.facts.event = Seen::Contradicted;
            }
        }
        let runs = self.ports.runs_of_commit(&slug, &run.head_sha).await.map_err(cannot)?;
        self.facts.green |= runs.items.iter().any(|other| {
            other.workflow_id == run.workflow_id
                && other.event == run.event
                && other.id > run.id
                && other.conclusion == Some(Conclusion::Success)
        });
        Ok(())
    }
}
