//! Remediations whose Workflow died without a conclusion: a new Workflow for the same event, whose `admit` takes over.

use jiff::Timestamp;
use ledger::{Record, Switch, cannot};
use remediation::record::{Owner, RecordStatus};
use remediation::{Conclusion, EscalationReason, Stage, Vocabulary, names};
use serde_json::Value;
use step::{Cannot, Step};
use world::kubernetes::Resource;

use crate::reopen::Made;
use crate::{Ports, Run, Sweep, slug};

/// The end of the Workflow that worked on a remediation.
struct Death {
    /// When it ended; of one that is gone nobody knows, so when its record was made.
    since: Timestamp,
    /// What is left of it.
    workflow: Option<Resource>,
}

impl<P: Ports> Run<'_, P> {
    /// Takes up every open remediation that nobody works on.
    pub(crate) async fn take_up(&mut self) {
        let open: Vec<Record> = self.records.values().filter(|record| record.is_open()).cloned().collect();
        for record in open {
            let switch = slug(&record).map_or(Switch::Off, |of| self.switch(&of));
            if switch != Switch::Off && self.left() > 0 && !is_by_hand(&record) {
                let done = self.take_up_one(&record, switch).await;
                self.tally.note(record.name(), done);
            }
        }
    }

    async fn take_up_one(&mut self, record: &Record, switch: Switch) -> Result<(), Cannot> {
        let Some(Death { since, workflow }) = self.death(record).await? else { return Ok(()) };
        if self.now.duration_since(since) < self.grace() {
            return Ok(());
        }
        if was_stopped(record, workflow.as_ref()) {
            // Its exit handler should have said so; a person's stop is never undone.
            return self.conclude(record, Conclusion::Escalated, EscalationReason::Stopped.as_str()).await;
        }
        if !record.binds() && switch == Switch::On {
            // What was only observed is not acted on because its Workflow died.
            let because = record.status.admitted_because.as_ref().map_or("none", |word| word.as_str());
            return self.conclude(record, Conclusion::Observed, because).await;
        }
        let round = record.status.attempt.as_ref().map_or(1, |attempt| attempt.round);
        let base = names::workflow(record.name(), round);
        let owner = record.status.owner.as_ref().map_or("", |owner| owner.workflow.as_str());
        for number in names::take_overs(&base, owner) + 1..=door::TAKE_OVERS {
            let name = names::take_over(&base, number);
            if let Some(there) = self.ports.workflow_of(&name).await.map_err(cannot)? {
                if !door::is_over(&there) || self.now.duration_since(finished(&there, self.now)) < self.grace() {
                    return Ok(());
                }
                // It ended before it took over.
                continue;
            }
            match self.make(&name, round, record, workflow.as_ref()).await? {
                Made::Now => {
                    self.tally.taken_over += 1;
                    tracing::info!(step = Sweep::NAME, "{name} takes over {}: its Workflow died", record.name());
                    return Ok(());
                }
                Made::ByAnother => return Ok(()),
                Made::NothingThere => return self.conclude(record, Conclusion::Skipped, "gone").await,
                Made::NobodyToAsk => break,
            }
        }
        self.conclude(record, Conclusion::Broken, EscalationReason::WorkflowBroke.as_str()).await?;
        self.say_broken(record).await
    }

    /// How the owner died; `None` while it may still do something.
    async fn death(&self, record: &Record) -> Result<Option<Death>, Cannot> {
        let Some(owner) = &record.status.owner else {
            // It died between the record and its status.
            return Ok(Some(Death { since: record.created_at(), workflow: None }));
        };
        if ledger::lives(self.ports, Some(owner)).await? {
            return Ok(None);
        }
        let workflow = self.ports.workflow_of(&owner.workflow).await.map_err(cannot)?;
        let workflow = workflow.filter(|workflow| is_it(workflow, owner));
        let since = workflow.as_ref().map_or(record.created_at(), |workflow| finished(workflow, self.now));
        Ok(Some(Death { since, workflow }))
    }

    /// Writes how it ended, unless somebody else did or took it over meanwhile. The next run frees what it held.
    async fn conclude(&mut self, record: &Record, conclusion: Conclusion, reason: &str) -> Result<(), Cannot> {
        let (now, owner) = (self.now, record.status.owner.clone());
        let written = ledger::update(self.ports, record.name(), |_, status: &mut RecordStatus| {
            if status.conclusion.is_none() && status.owner == owner {
                status.conclusion = Some(conclusion.into());
                status.reason = Some(reason.to_owned());
                status.concluded_at = Some(now);
                status.stage = Some(Stage::Concluded.into());
            }
        });
        let Some(written) = written.await? else { return Ok(()) };
        tracing::info!(step = Sweep::NAME, "{} is concluded as {conclusion}, because {reason}", record.name());
        self.records.insert(record.name().to_owned(), written);
        Ok(())
    }
}

/// A person works on it, with no Workflow at all; when a status was never written, nobody does.
fn is_by_hand(record: &Record) -> bool {
    record.status.owner.is_none() && record.status.stage.is_some()
}

/// A person ended it, with a command or with `argo stop`.
fn was_stopped(record: &Record, workflow: Option<&Resource>) -> bool {
    record.status.stopped_by.is_some() || workflow.is_some_and(door::is_stopped)
}

fn is_it(workflow: &Resource, owner: &Owner) -> bool {
    owner.uid.as_ref().is_none_or(|uid| *uid == workflow.metadata.uid)
}

/// When a Workflow ended; one that does not say has only just.
pub(crate) fn finished(workflow: &Resource, now: Timestamp) -> Timestamp {
    let at = workflow.status.get("finishedAt").and_then(Value::as_str);
    at.and_then(|at| at.parse().ok()).unwrap_or(now)
}
