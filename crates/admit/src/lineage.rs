//! Our own red CI (design section 4): a failure that belongs to a remediation which is under way.

use ledger::{Record, cannot, lives, slots};
use remediation::{Conclusion, SubjectKind, names};
use step::Cannot;
use world::github::{Relation, Run};

use crate::facts::Lineage;
use crate::looks::{Looks, Ports, failed, found};
use crate::status::Stands;
use crate::target::RESERVED;

impl<P: Ports> Looks<'_, P> {
    /// Whose failure it is, and whether a reserved branch is ours.
    pub(crate) async fn lineage(&mut self) -> Result<(), Cannot> {
        if self.kind.is_alert() {
            return Ok(());
        }
        let branch = self.branch();
        self.facts.reserved = branch.expose().starts_with(RESERVED);
        for other in self.others().await? {
            let target = other.status.target.as_ref().filter(|target| target.branch == branch);
            if other.is_open() && target.is_some() {
                self.facts.reserved = false;
            }
            if !self.asked_for(&other) && !self.is_on_target(&other).await? {
                continue;
            }
            if other.is_open() && !self.is_at_work(&other).await? {
                self.facts.lineage = Lineage::Orphaned;
                self.orphan = Some(other);
            } else {
                self.facts.lineage = Lineage::Ours;
                self.orphan = None;
                return Ok(());
            }
        }
        Ok(())
    }

    /// A (run, attempt) that a remediation asked GitHub for.
    fn asked_for(&self, other: &Record) -> bool {
        let subject = &self.needs.subject;
        let attempt = subject.run_attempt.unwrap_or(1);
        other.status.reruns.iter().any(|rerun| Some(rerun.run_id) == subject.run_id && rerun.run_attempt == attempt)
    }

    /// On the branch that a remediation pushes to: from its base on while it is open, and its own commits for as long as
    /// they are red (an ended remediation is not begun again by what it left behind; a person's push or command is).
    async fn is_on_target(&self, other: &Record) -> Result<bool, Cannot> {
        let branch = self.branch();
        let Some(target) = other.status.target.as_ref().filter(|target| target.branch == branch) else {
            return Ok(false);
        };
        let Some(head) = &self.needs.subject.head_sha else { return Ok(false) };
        if !other.is_open() {
            let conclusion = other.status.conclusion.as_ref().and_then(|word| word.known());
            let left_behind = conclusion != Some(Conclusion::Fixed) && other.status.commits.contains(head);
            let given_up = matches!(conclusion, Some(Conclusion::Escalated | Conclusion::Linked));
            return Ok(left_behind || given_up && self.is_twin(other, head).await?);
        }
        let descends = *head == target.base_sha
            || found(self.ports.compare(&self.slug()?, &target.base_sha, head).await)?
                .is_some_and(|compared| matches!(compared.status, Relation::Ahead | Relation::Identical));
        Ok(descends && !self.was_red_before(other, &target.base_sha).await?)
    }

    /// One push for which CI ran the same workflow twice, as with `on: [push, pull_request]`: what was tried for the one, to
    /// the end, is not begun again for the other.
    async fn is_twin(&self, other: &Record, head: &str) -> Result<bool, Cannot> {
        let (Some(run), Some(subject)) = (&self.run, &other.spec.run) else { return Ok(false) };
        if other.spec.head_sha.as_deref() != Some(head) || subject.run_id == run.id {
            return Ok(false);
        }
        let runs = self.ports.runs_of_commit(&self.slug()?, head).await.map_err(cannot)?.items;
        let same = |twin: &Run| twin.id == subject.run_id && twin.workflow_id == run.workflow_id;
        Ok(runs.iter().any(|twin| same(twin) && twin.event != run.event))
    }

    /// What was red on the base as well and is not the other's subject is a remediation of its own.
    async fn was_red_before(&self, other: &Record, base_sha: &str) -> Result<bool, Cannot> {
        if self.kind == SubjectKind::CommitStatus {
            let context = self.needs.subject.context.as_ref().map_or("", |context| context.expose());
            let its_subject = other.name() == names::status(self.id_of_repository(), base_sha, context);
            return Ok(!its_subject && self.stands(base_sha).await? == Stands::Red);
        }
        let Some(run) = &self.run else { return Ok(false) };
        let subject_run = other.spec.run.as_ref().map(|run| run.run_id);
        if subject_run == Some(run.id) {
            return Ok(false);
        }
        let runs = self.ports.runs_of_commit(&self.slug()?, base_sha).await.map_err(cannot)?;
        let of_workflow = || runs.items.iter().filter(|before| before.workflow_id == run.workflow_id);
        let its_subject = of_workflow().any(|before| Some(before.id) == subject_run);
        Ok(!its_subject && of_workflow().any(|before| before.event == run.event && failed(before.conclusion)))
    }

    /// Whether a remediation's owner lives, or at least its agent: two agents never push to one branch.
    async fn is_at_work(&self, other: &Record) -> Result<bool, Cannot> {
        if lives(self.ports, other.status.owner.as_ref()).await? {
            return Ok(true);
        }
        let Some(newest) = other.status.coderuns.last() else { return Ok(false) };
        let coderun = self.ports.coderun(newest).await.map_err(cannot)?;
        Ok(coderun.is_some_and(|coderun| !slots::is_terminal(coderun.phase())))
    }
}
