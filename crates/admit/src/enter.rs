//! Entering the decision into the records: creating one is the claim on the event, everything else a compare-and-swap.

use ledger::{Record, Switch, cannot};
use remediation::record::{Approval as RecordedApproval, RecordSpec, RecordStatus};
use remediation::{AdmissionReason, Attempt, Conclusion, Decision, Mode, RunRef, Stage, Target};
use step::Cannot;
use world::PortError;
use world::kubernetes::Preconditions;

use crate::facts::{Approval, Own};
use crate::looks::{Looks, Ports};

impl<P: Ports> Looks<'_, P> {
    /// Whether effects happen: what the switch says now, but a run that began by observing goes on so.
    pub fn mode(&self) -> Mode {
        let began = self.record.as_ref().filter(|_| matches!(self.facts.record, Own::Mine(_)));
        if self.facts.switch == Switch::Observe || began.is_some_and(|record| !record.binds()) {
            Mode::Observe
        } else {
            Mode::Enforce
        }
    }

    /// Writes what was decided. `false`: somebody else wrote at the same moment, so look and decide again.
    pub async fn enter(&self, reason: AdmissionReason, target: Option<&Target>) -> Result<bool, Cannot> {
        let (own, record) = (self.facts.record, self.record.as_ref());
        if reason.decision() == Decision::No {
            // A dead owner's record is ours now, so that `finish` may conclude it; any other's stays as it is.
            let Some(mut record) = record.filter(|_| own == Own::Dead).cloned() else { return Ok(true) };
            record.status.owner.clone_from(&self.owner);
            return Ok(ledger::save(self.ports, record).await?.is_some());
        }
        if own == Own::Mine(Some(reason)) && reason.decision() == Decision::Proceed {
            return Ok(true);
        }
        if reason.decision() == Decision::Proceed && !self.take_over_orphan().await? {
            return Ok(false);
        }
        let Some(mut record) = record.filter(|_| own != Own::Absent).cloned() else {
            return self.create(record, reason, target).await;
        };
        self.fill(&mut record.status, reason, target);
        Ok(ledger::save(self.ports, record).await?.is_some())
    }

    async fn create(
        &self,
        observed: Option<&Record>,
        reason: AdmissionReason,
        target: Option<&Target>,
    ) -> Result<bool, Cannot> {
        if let Some(observed) = observed {
            let metadata = &observed.resource().metadata;
            let only_if = Preconditions {
                uid: Some(metadata.uid.clone()),
                resource_version: Some(metadata.resource_version.clone()),
            };
            match self.ports.delete_record(observed.name(), &only_if).await {
                Ok(()) => {}
                Err(PortError::Conflict { .. }) => return Ok(false),
                Err(error) => return Err(cannot(error)),
            }
        }
        let mut status = RecordStatus::default();
        self.fill(&mut status, reason, target);
        Ok(ledger::create(self.ports, &self.needs.id, &self.spec()?, status).await?.is_some())
    }

    fn spec(&self) -> Result<RecordSpec, Cannot> {
        let of = self.needs.repository.as_ref();
        let of = of.ok_or_else(|| Cannot::bug("a record of a repository that is not there"))?;
        let subject = &self.needs.subject;
        Ok(RecordSpec {
            repository_id: self.id_of_repository(),
            repository: format!("{}/{}", of.owner, of.name),
            subject_kind: self.kind.into(),
            head_repository_id: subject.head_repository_id.or(self.repository_id),
            head_sha: subject.head_sha.clone(),
            branch_key: Some(self.branch_key()),
            run: subject.run_id.map(|run_id| RunRef { run_id, run_attempt: subject.run_attempt.unwrap_or(1) }),
            pull_request: self.pull_number(),
            mode: self.mode().into(),
            opened_at: self.needs.opened_at,
        })
    }

    fn fill(&self, status: &mut RecordStatus, reason: AdmissionReason, target: Option<&Target>) {
        if self.facts.record == Own::NewRound {
            // What outlives a round: what we made, and where we spoke.
            *status = RecordStatus {
                coderuns: std::mem::take(&mut status.coderuns),
                reruns: std::mem::take(&mut status.reruns),
                commits: std::mem::take(&mut status.commits),
                messages: std::mem::take(&mut status.messages),
                pull_request: status.pull_request,
                ..RecordStatus::default()
            };
        }
        let proceeds = reason.decision() == Decision::Proceed;
        status.owner.clone_from(&self.owner);
        status.stage = Some(if proceeds { Stage::Admitted } else { Stage::Waiting }.into());
        status.attempt = self.needs.attempt.clone().or_else(|| Some(self.first_attempt()));
        status.target = target.cloned();
        status.admitted_because = Some(reason.into());
        if let (Approval::Awaited { .. }, Ok(place)) = (self.facts.approval, self.place()) {
            let asked = status.approval.as_ref().is_some_and(|asked| asked.head_sha.as_ref() == Some(&place.sha));
            if !asked {
                status.approval = Some(RecordedApproval {
                    state: "pending".to_owned(),
                    actor_id: None,
                    head_sha: Some(place.sha.clone()),
                    asked_at: Some(self.now),
                });
            }
        }
    }

    fn first_attempt(&self) -> Attempt {
        let of = self.needs.repository.as_ref();
        let limit = of.map_or(self.config.limits.attempts, |of| self.config.attempts_for(&of.owner, &of.name));
        Attempt { round: 1, number: 1, limit, agent: None }
    }

    /// The dead remediation whose failure this is ends here, and this one goes on in its place. Whoever writes first wins.
    async fn take_over_orphan(&self) -> Result<bool, Cannot> {
        let Some(orphan) = self.orphan.as_ref().filter(|_| self.mode() == Mode::Enforce) else { return Ok(true) };
        let mut orphan = orphan.clone();
        orphan.status.conclusion = Some(Conclusion::Broken.into());
        orphan.status.reason = Some(AdmissionReason::TakenOver.to_string());
        orphan.status.concluded_at = Some(self.now);
        orphan.status.stage = Some(Stage::Concluded.into());
        orphan.status.linked_to = Some(self.needs.id.clone());
        Ok(ledger::save(self.ports, orphan).await?.is_some())
    }
}
