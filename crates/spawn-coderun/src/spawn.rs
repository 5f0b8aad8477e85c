//! Creating the CodeRun: once, only if a slot is free and the day's starts are not used up, never after the switch is off.

use config::Config;
use jiff::Timestamp;
use ledger::{Record, Switch, budget, cannot, slots, switch};
use remediation::record::RecordStatus;
use remediation::{CodeRunRef, Mode, Stage};
use serde_json::Value;
use step::Cannot;
use world::kubernetes::Resource;
use world::{Cluster, CodeRuns, Counters, Leases, PortError, Records, Spent};

use crate::object::{self, Order};
use crate::{Needs, SpawnResult, believe};

/// Everything that spawning may do.
pub trait Ports: Records + Leases + Counters + CodeRuns + Cluster {}
impl<T: Records + Leases + Counters + CodeRuns + Cluster> Ports for T {}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Spawned {
    /// In one word.
    pub result: SpawnResult,
    /// The section; none if nothing was created.
    pub coderun: Option<CodeRunRef>,
}

/// One spawn.
struct Spawn<'a, P> {
    needs: &'a Needs,
    config: &'a Config,
    ports: &'a P,
    now: Timestamp,
    order: &'a Order<'a>,
    name: String,
    object: Value,
}

/// Creates the CodeRun, or finds that it is there.
pub async fn spawn(
    needs: &Needs,
    order: &Order<'_>,
    config: &Config,
    ports: &impl Ports,
    now: Timestamp,
) -> Result<Spawned, Cannot> {
    let record = ledger::find(ports, &needs.id).await?;
    match &record {
        Some(record) => believe::check(needs, record)?,
        None if needs.admission.is_some() => {
            let id = &needs.id;
            return Err(Cannot::refused(format!(
                "there is no record {id}; nothing was created, start again from admit"
            )));
        }
        None => {}
    }
    let object = order.object(config)?;
    Spawn { needs, config, ports, now, order, name: order.name(), object }.run(record).await
}

impl<P: Ports> Spawn<'_, P> {
    async fn run(&self, record: Option<Record>) -> Result<Spawned, Cannot> {
        let known = record.as_ref().is_some_and(|record| record.status.coderuns.contains(&self.name));
        if let Some(there) = self.there().await? {
            return self.adopt(&there, known).await;
        }
        if known {
            // It was created and is gone since: the same attempt is never begun twice (safety.md 4.4, row 34).
            return Ok(self.spawned(SpawnResult::Existing, None, None));
        }
        if let Some(record) = record.as_ref().filter(|record| !record.is_open()) {
            let name = record.name();
            return Err(Cannot::refused(format!(
                "the record {name} has ended; nothing was created, `/healer retry` begins again"
            )));
        }
        if record.as_ref().is_some_and(is_stopped) {
            return Err(self.stopped());
        }
        let observes = self.needs.admission.as_ref().is_some_and(|admission| admission.mode == Mode::Observe);
        match self.switch().await? {
            Switch::Off => return Ok(self.nothing(SpawnResult::SwitchOff)),
            Switch::Observe => return self.observe().await,
            Switch::On if observes => return self.observe().await,
            Switch::On => {}
        }
        if !self.spend().await? {
            return Ok(self.nothing(SpawnResult::Budget));
        }
        let Some(_) = slots::take(self.ports, self.config.limits.agents_at_once, &self.name, self.now).await? else {
            self.give_back().await?;
            let slots = self.config.limits.agents_at_once;
            return Err(Cannot::not_yet(format!(
                "all {slots} slots are taken by running agents; nothing was created, run again later"
            )));
        };
        self.create().await
    }

    /// The object of our name, if it is there.
    async fn there(&self) -> Result<Option<Resource>, Cannot> {
        self.ports.coderun(&self.name).await.map_err(cannot)
    }

    async fn switch(&self) -> Result<Switch, Cannot> {
        switch::look(self.ports, &self.needs.repository.owner, &self.needs.repository.name).await
    }

    /// A person said stop: the exit handler tells of it.
    fn stopped(&self) -> Cannot {
        let id = &self.needs.id;
        Cannot::refused(format!("a person asked {id} to stop; nothing was created, `/healer retry` begins again"))
    }

    /// The last look at the switch and for a person's stop, and the create. An unknown outcome is read by name, then the same name is posted once
    /// more; whatever did not come to a CodeRun gives slot and start back.
    async fn create(&self) -> Result<Spawned, Cannot> {
        let mut unknown = None;
        for _ in 0..2 {
            if self.switch().await? != Switch::On {
                self.undo().await?;
                return Ok(self.nothing(SpawnResult::SwitchOff));
            }
            if ledger::find(self.ports, &self.needs.id).await?.is_some_and(|record| is_stopped(&record)) {
                self.undo().await?;
                return Err(self.stopped());
            }
            match self.ports.create_coderun(&self.object).await {
                Ok(created) => return self.created(&created, SpawnResult::Created).await,
                Err(PortError::Conflict { .. } | PortError::Later { .. }) if unknown.is_some() => break,
                Err(error @ (PortError::Conflict { .. } | PortError::Later { .. })) => unknown = Some(error),
                Err(error) => {
                    self.undo().await?;
                    return Err(cannot(error));
                }
            }
            if let Some(there) = self.there().await? {
                return self.adopt(&there, false).await;
            }
        }
        if let Some(there) = self.there().await? {
            return self.adopt(&there, false).await;
        }
        self.undo().await?;
        Err(unknown.map_or_else(|| Cannot::bug("a create without an answer"), cannot))
    }

    /// It is there already: ours if its content is the same, or if the record says that we made it (a take-over renders its
    /// prompt again, and must not start a second agent).
    async fn adopt(&self, there: &Resource, known: bool) -> Result<Spawned, Cannot> {
        let same = object::carried(&there.metadata.annotations) == self.digest();
        if same || known {
            return self.created(there, SpawnResult::Existing).await;
        }
        self.undo().await?;
        Err(Cannot::refused(format!(
            "the CodeRun {} is there with other content; nothing was created, look at it with kubectl",
            self.name
        )))
    }

    async fn created(&self, there: &Resource, result: SpawnResult) -> Result<Spawned, Cannot> {
        // Start and slot belong to the CodeRun, whoever created it. Another spawn of this attempt whose create failed may
        // have given them back a moment ago.
        let started = there.metadata.creation_timestamp.unwrap_or(self.now);
        self.ports.spend(&self.counter(started), &self.name, usize::MAX).await.map_err(cannot)?;
        let mut slot = slots::settle(self.ports, &self.name).await?;
        if slot.is_none() && !slots::is_terminal(there.phase()) {
            slot = slots::take(self.ports, self.config.limits.agents_at_once, &self.name, self.now).await?;
        }
        ledger::update(self.ports, &self.needs.id, |_, status: &mut RecordStatus| {
            if !status.coderuns.contains(&self.name) {
                status.coderuns.push(self.name.clone());
                status.stage = Some(Stage::AgentRunning.into());
                status.agent = Some(self.order.agent.into());
                status.kind = Some(self.order.kind.into());
            }
        })
        .await?;
        Ok(self.spawned(result, Some(there), slot))
    }

    async fn observe(&self) -> Result<Spawned, Cannot> {
        let mut spawned = self.spawned(SpawnResult::Observed, None, None);
        if let Some(coderun) = &mut spawned.coderun {
            coderun.observed = true;
        }
        Ok(spawned)
    }

    /// The starts of a day.
    fn counter(&self, day: Timestamp) -> String {
        budget::counter(self.needs.repository.id.unwrap_or_default(), day)
    }

    /// Whether one of today's starts is ours.
    async fn spend(&self) -> Result<bool, Cannot> {
        let of = &self.needs.repository;
        let limit = self.config.starts_per_day_for(&of.owner, &of.name) as usize;
        let spent = self.ports.spend(&self.counter(self.now), &self.name, limit).await.map_err(cannot)?;
        Ok(!matches!(spent, Spent::UsedUp(_)))
    }

    async fn give_back(&self) -> Result<(), Cannot> {
        self.ports.give_back(&self.counter(self.now), &self.name).await.map_err(cannot)
    }

    async fn undo(&self) -> Result<(), Cannot> {
        slots::release(self.ports, &self.name).await?;
        self.give_back().await
    }

    fn digest(&self) -> Option<&str> {
        self.object["metadata"]["annotations"][object::DIGEST].as_str()
    }

    fn nothing(&self, result: SpawnResult) -> Spawned {
        Spawned { result, coderun: None }
    }

    fn spawned(&self, result: SpawnResult, there: Option<&Resource>, slot: Option<String>) -> Spawned {
        let metadata = there.map(|there| &there.metadata);
        let carried = metadata.and_then(|metadata| object::carried(&metadata.annotations)).or(self.digest());
        let coderun = CodeRunRef {
            namespace: self.config.coderun_namespace().to_owned(),
            name: self.name.clone(),
            uid: metadata.map(|metadata| metadata.uid.clone()).filter(|uid| !uid.is_empty()),
            agent: self.order.agent.into(),
            content_sha256: carried.unwrap_or_default().to_owned(),
            slot,
            created_at: metadata.and_then(|metadata| metadata.creation_timestamp),
            observed: false,
        };
        Spawned { result, coderun: Some(coderun) }
    }
}

fn is_stopped(record: &Record) -> bool {
    record.status.stopped_by.is_some()
}
