//! Carrying out what a person who may asked for.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use ledger::{Record, cannot, slots};
use remediation::record::{Approval, RecordStatus};
use remediation::{Conclusion, ResolutionReason as Reason, names};
use step::Cannot;
use world::kubernetes::Preconditions;
use world::{PortError, PortResult, WorkflowRef};

use crate::asks::{Place, Wish};
use crate::resolve::{Event, Ports, created};
use crate::{Outcome, because};

/// Conclusions after which another round makes sense.
const UNREPAIRED: &[Conclusion] = &[Conclusion::Escalated, Conclusion::Broken, Conclusion::Linked, Conclusion::Skipped];

impl<P: Ports> Event<'_, P> {
    /// Does it.
    pub(crate) async fn obey(&self, wish: Wish) -> Result<Outcome, Cannot> {
        if !wish.place.open && wish.command != "stop" {
            let number = wish.place.pull.unwrap_or_default();
            return Ok(Outcome::no(Reason::Gone, format!("github:pulls/{number}")));
        }
        match wish.command {
            "fix" => self.fix(&wish).await,
            "retry" => self.retry(&wish).await,
            "stop" => self.stop(&wish).await,
            _ => self.approve(&wish).await,
        }
    }

    /// Every failure of the commit has its Workflow.
    async fn fix(&self, wish: &Wish) -> Result<Outcome, Cannot> {
        let sha = &wish.place.sha;
        let red = self.red(sha).await?;
        if red.is_empty() {
            return Ok(Outcome::no(Reason::NothingFailed, format!("github:commits/{sha}")));
        }
        self.open(red, Some(&wish.asked(self.door))).await
    }

    /// Every remediation of the commit that ended without repairing it gets another round, in its own record.
    async fn retry(&self, wish: &Wish) -> Result<Outcome, Cannot> {
        let ended = |record: &Record| {
            let conclusion = record.status.conclusion.as_ref();
            record.binds() && conclusion.is_some_and(|word| UNREPAIRED.iter().any(|known| *word == *known))
        };
        let mut all = Vec::new();
        let mut gone = None;
        for record in self.records(&wish.place).await?.into_iter().filter(|record| ended(record)) {
            if !stands_at(&record, &wish.place.sha) {
                continue;
            }
            let Some(failure) = self.again(&record).await? else {
                gone = Some(format!("record:{}", record.name()));
                continue;
            };
            let round = record.status.attempt.as_ref().map_or(1, |attempt| attempt.round) + 1;
            let asked = wish.asked(self.door);
            let name = door::open(&failure, round, Some(&asked), self.ports, &self.config.namespace).await?;
            all.push((name, format!("record:{}", record.name())));
        }
        Ok(match (all.is_empty(), gone) {
            (false, _) => created(Reason::NewRound, all),
            (true, Some(at)) => Outcome::no(Reason::NotAFailure, at),
            (true, None) => Outcome::no(Reason::NothingConcluded, format!("github:commits/{}", wish.place.sha)),
        })
    }

    /// Every remediation of the branch that is under way ends: the record says so first, so that no agent starts any more,
    /// then its Workflow is asked to stop, then the agent's run is deleted. The exit handler concludes the record.
    async fn stop(&self, wish: &Wish) -> Result<Outcome, Cannot> {
        let mut stopped: BTreeSet<String> = BTreeSet::new();
        for record in self.records(&wish.place).await?.into_iter().filter(Record::is_open) {
            let marked = ledger::update(self.ports, record.name(), |_, status: &mut RecordStatus| {
                status.stopped_by = status.stopped_by.or(Some(wish.actor.id));
            });
            let Some(record) = marked.await?.filter(Record::is_open) else { continue };
            if let Some(owner) = &record.status.owner {
                let (namespace, name) = (owner.namespace.clone(), owner.workflow.clone());
                let uid = owner.uid.clone().unwrap_or_default();
                unless_changed(self.ports.stop_workflow(&WorkflowRef { namespace, name, uid }).await)?;
            }
            if let Some(newest) = record.status.coderuns.last() {
                let running = self.ports.coderun(newest).await.map_err(cannot)?;
                if let Some(running) = running.filter(|running| !slots::is_terminal(running.phase())) {
                    let only_if = Preconditions { uid: Some(running.metadata.uid), resource_version: None };
                    unless_changed(self.ports.delete_coderun(newest, &only_if).await)?;
                }
            }
            stopped.insert(record.name().to_owned());
        }
        // What waits for its branch has no record yet.
        for workflow in self.ports.workflows(&[door::PART_OF]).await.map_err(cannot)? {
            let own = wish.place.branch_key.is_some()
                && door::argument(&workflow, "branch_key") == wish.place.branch_key.as_deref();
            let metadata = &workflow.metadata;
            let id = names::of_workflow(&metadata.name).0.to_owned();
            if !own || door::is_over(&workflow) || stopped.contains(&id) {
                continue;
            }
            let (namespace, name, uid) = (metadata.namespace.clone(), metadata.name.clone(), metadata.uid.clone());
            unless_changed(self.ports.stop_workflow(&WorkflowRef { namespace, name, uid }).await)?;
            stopped.insert(id);
        }
        Ok(self.changed(Reason::Stopped, stopped, Reason::NothingAlive, &wish.place))
    }

    /// What waits for a person's word about this commit has it. Nobody approves a change of their own (safety.md 5.6).
    async fn approve(&self, wish: &Wish) -> Result<Outcome, Cannot> {
        let place = &wish.place;
        let meant = |sha: &str| wish.sha.as_ref().map_or(sha == place.sha, |start| sha.starts_with(&**start));
        let waits = |record: &Record| {
            let approval = record.status.approval.as_ref().filter(|_| record.is_open());
            approval.filter(|approval| approval.head_sha.as_deref().is_some_and(meant)).cloned()
        };
        let mut approved = BTreeSet::new();
        let mut expired = None;
        for record in self.records(place).await? {
            let Some(asked) = waits(&record).filter(|asked| is_undecided(asked, wish.actor.id)) else { continue };
            if place.author == Some(wish.actor.id) {
                return Ok(Outcome::no(Reason::OwnPullRequest, "github:pull_request"));
            }
            let limit = i64::try_from(self.config.deadlines.approval_seconds).unwrap_or(i64::MAX);
            let late = |since| self.now.duration_since(since) >= SignedDuration::from_secs(limit);
            if asked.asked_at.is_some_and(late) {
                expired = Some(format!("record:{}", record.name()));
                continue;
            }
            let written = ledger::update(self.ports, record.name(), |_, status: &mut RecordStatus| {
                let same = |now: &&mut Approval| now.head_sha == asked.head_sha && is_undecided(now, wish.actor.id);
                if let Some(now) = status.approval.as_mut().filter(same) {
                    "approved".clone_into(&mut now.state);
                    now.actor_id = Some(wish.actor.id);
                }
            });
            let given = written.await?.and_then(|record| record.status.approval);
            if given.is_some_and(|given| given.state == "approved" && given.head_sha == asked.head_sha) {
                approved.insert(record.name().to_owned());
            }
        }
        Ok(match expired {
            Some(at) if approved.is_empty() => Outcome::no(Reason::ApprovalExpired, at),
            _ => self.changed(Reason::Approved, approved, Reason::NothingWaits, place),
        })
    }

    fn changed(&self, reason: Reason, changed: BTreeSet<String>, otherwise: Reason, place: &Place) -> Outcome {
        if changed.is_empty() {
            return Outcome::no(otherwise, format!("github:commits/{}", place.sha));
        }
        let because = changed.iter().map(|name| because(reason, format!("record:{name}"))).collect();
        Outcome { reason, created: Vec::new(), changed: changed.into_iter().collect(), because }
    }

    /// The remediations of a pull request or branch: opened for it, or pushing to it.
    async fn records(&self, place: &Place) -> Result<Vec<Record>, Cannot> {
        let mut all = ledger::of_repository(self.ports, self.repository.id).await?;
        all.retain(|record| {
            let pulls = [record.spec.pull_request, record.status.pull_request];
            let target = record.status.target.as_ref().map(|target| &target.branch);
            place.pull.is_some_and(|number| pulls.contains(&Some(number)))
                || (place.branch_key.is_some() && record.spec.branch_key == place.branch_key)
                || (place.branch.is_some() && target == place.branch.as_ref() && self.is_own(place))
        });
        Ok(all)
    }

    /// Whether the branch is in this repository, and not of the same name in a fork.
    fn is_own(&self, place: &Place) -> bool {
        let here = place.branch.as_ref().map(|branch| remediation::record::branch_key(self.repository.id, branch));
        here == place.branch_key
    }
}

/// Whether a remediation is about this commit: it failed there, or its agent pushed it, or it started from it.
fn stands_at(record: &Record, sha: &str) -> bool {
    let status = &record.status;
    let known = [record.spec.head_sha.as_deref(), status.head_sha.as_deref()];
    known.contains(&Some(sha))
        || status.commits.iter().any(|commit| commit == sha)
        || status.target.as_ref().is_some_and(|target| target.base_sha == sha)
}

/// Waiting, or approved by this very person before.
fn is_undecided(approval: &Approval, actor: u64) -> bool {
    approval.state == "pending" || (approval.state == "approved" && approval.actor_id == Some(actor))
}

/// What is another object by now has nothing to do with us any more.
fn unless_changed(done: PortResult<()>) -> Result<(), Cannot> {
    match done {
        Ok(()) | Err(PortError::Conflict { .. }) => Ok(()),
        Err(error) => Err(cannot(error)),
    }
}
