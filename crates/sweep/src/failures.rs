//! Failed runs and open alerts that no event told of: each gets the Workflow that a sensor would have made.

use door::Failure;
use jiff::{SignedDuration, Timestamp};
use ledger::lease::{self, Kind};
use ledger::{Record, Switch, cannot, found};
use remediation::{AlertType, Conclusion, names};
use serde_json::Value;
use step::{Cannot, Step};
use world::github::{AlertKind, Repository, Run as GithubRun, Slug};
use world::kubernetes::Resource;
use world::{PortError, ReadGithub};

use crate::dead::finished;
use crate::{Ports, Run, Sweep};

/// The furthest look back: what failed before is not repaired because a sweeper comes back.
const FURTHEST: SignedDuration = SignedDuration::from_hours(24);
/// The last look is remembered no more often than this; the overlap is far longer.
const REMEMBERED_EVERY: SignedDuration = SignedDuration::from_mins(5);
/// Who holds the Lease that remembers it.
const HOLDER: &str = "sweep";

const ALERTS: &[(AlertType, AlertKind)] = &[
    (AlertType::Dependabot, AlertKind::Dependabot),
    (AlertType::CodeScanning, AlertKind::CodeScanning),
    (AlertType::SecretScanning, AlertKind::SecretScanning),
];

/// What has no record.
struct Found {
    at: Option<Timestamp>,
    failure: Failure,
}

impl<P: Ports> Run<'_, P> {
    /// Opens what is not open, the newest first over all repositories.
    pub(crate) async fn open(&mut self) {
        let mut all: Vec<Found> = Vec::new();
        let mut looked: Vec<(String, u64)> = Vec::new();
        for name in self.config.repositories.keys() {
            let Some(of) = Slug::parse(name).filter(|of| self.switch(of) != Switch::Off) else { continue };
            match self.look(&of).await {
                Ok((id, found)) => {
                    all.extend(found);
                    looked.push((name.clone(), id));
                }
                Err(cannot) => self.tally.note(name, Err(cannot)),
            }
        }
        all.sort_by_key(|found| std::cmp::Reverse(found.at));
        let mut whole = true;
        if !all.is_empty() {
            let opened = self.open_all(all).await;
            whole = matches!(opened, Ok(true));
            self.tally.note("opening", opened.map(drop));
        }
        // What was not opened is looked for again.
        for (name, id) in looked.into_iter().filter(|_| whole) {
            let remembered = self.remember_look(id).await;
            self.tally.note(&name, remembered);
        }
    }

    /// `false`: there are more than one run creates.
    async fn open_all(&mut self, all: Vec<Found>) -> Result<bool, Cannot> {
        for Found { failure, .. } in all {
            let there = self.ports.workflow_of(&failure.id).await.map_err(cannot)?;
            let (manifest, because) = match there {
                None => (door::manifest(&failure, 1, None, &self.config.namespace), "no event told of it"),
                Some(there) => match self.again(&failure.id, there).await? {
                    Some(manifest) => (manifest, "its Workflow broke before it had a record"),
                    None => continue,
                },
            };
            if self.left() == 0 {
                tracing::info!(step = Sweep::NAME, "more is red than one run opens; the next one goes on");
                return Ok(false);
            }
            match self.ports.create_workflow(&manifest).await {
                Ok(_) => {
                    self.tally.opened += 1;
                    tracing::info!(step = Sweep::NAME, "opened {}: {because}", failure.id);
                }
                // A sensor was quicker.
                Err(PortError::Conflict { .. }) => {}
                Err(error) => return Err(cannot(error)),
            }
        }
        Ok(true)
    }

    /// The Workflow that begins again what broke before `admit` made a record; none while the last one may still do so.
    async fn again(&self, id: &str, first: Resource) -> Result<Option<Value>, Cannot> {
        let mut last = first;
        for number in 1..=door::TAKE_OVERS {
            let broke = door::is_over(&last) && last.phase() != Some("Succeeded") && !door::is_stopped(&last);
            if !broke || self.now.duration_since(finished(&last, self.now)) < self.grace() {
                return Ok(None);
            }
            let name = names::take_over(id, number);
            match self.ports.workflow_of(&name).await.map_err(cannot)? {
                Some(next) => last = next,
                None => return Ok(door::again(&last, &name)),
            }
        }
        tracing::error!(step = Sweep::NAME, "{id}: every Workflow broke before it had a record; look at them in Argo");
        Ok(None)
    }

    /// What is red in a repository and has no record.
    async fn look(&mut self, of: &Slug) -> Result<(u64, Vec<Found>), Cannot> {
        let repository = self.repository(of).await?;
        let since = self.since(repository.id).await?;
        let runs = self.ports.failed_runs_since(of, since).await.map_err(cannot)?.items;
        let ours: Vec<&Record> = self
            .records
            .values()
            .filter(|record| record.spec.repository_id == repository.id && record.binds())
            .collect();
        let mut all: Vec<Found> = runs
            .into_iter()
            .filter(|run| is_for_us(run, &repository, &ours))
            .map(|run| Found { at: run.created_at, failure: Failure::of_run(&repository, &run) })
            .collect();
        for (kind, path) in ALERTS {
            let Some(listed) = alerts(of, *path, self.ports).await? else { continue };
            let open = listed.into_iter().filter(|alert| !alert.is_done());
            all.extend(
                open.map(|alert| Found {
                    at: alert.created_at,
                    failure: Failure::of_alert(&repository, *kind, &alert),
                }),
            );
        }
        all.retain(|found| !self.records.contains_key(&found.failure.id));
        Ok((repository.id, all))
    }

    /// From when on failed runs are looked for: before the last look, as far as the overlap.
    async fn since(&self, repository_id: u64) -> Result<Timestamp, Cannot> {
        let lease = self.ports.lease(&look(repository_id)).await.map_err(cannot)?;
        let last = lease.and_then(|lease| lease.spec.acquire_time).map_or(self.now, |last| last.min(self.now));
        let overlap = SignedDuration::from_secs(i64::from(self.args.overlap_seconds));
        let back = self.now.duration_since(last).saturating_add(overlap).min(FURTHEST);
        self.now.checked_sub(back).map_err(|error| Cannot::usage(error.to_string()))
    }

    async fn remember_look(&self, repository_id: u64) -> Result<(), Cannot> {
        let name = look(repository_id);
        let lease = self.ports.lease(&name).await.map_err(cannot)?;
        let last = lease.as_ref().and_then(|lease| lease.spec.acquire_time);
        if last.is_some_and(|last| self.now.duration_since(last) < REMEMBERED_EVERY) {
            return Ok(());
        }
        // Another sweeper that was quicker looked at the same moment.
        match lease {
            Some(lease) => lease::take_over(self.ports, lease, HOLDER, self.now).await.map(drop),
            None => lease::create(self.ports, Kind::Look, &name, HOLDER, self.now).await.map(drop),
        }
    }
}

/// The Lease that remembers when a repository was looked at.
fn look(repository_id: u64) -> String {
    format!("healer-look-{repository_id}")
}

/// Open alerts; `None` where the repository has none of this kind, or we may not see them.
async fn alerts(
    of: &Slug,
    kind: AlertKind,
    ports: &impl ReadGithub,
) -> Result<Option<Vec<world::github::Alert>>, Cannot> {
    match ports.open_alerts(of, kind).await {
        Err(PortError::Denied { .. }) => Ok(None),
        listed => Ok(found(listed)?.map(|listed| listed.items)),
    }
}

/// Forks start no agent; what we asked GitHub to run again, and what our own agents pushed, belongs to its remediation
/// for as long as that did not repair it.
fn is_for_us(run: &GithubRun, repository: &Repository, ours: &[&Record]) -> bool {
    let failed = run.conclusion.is_some_and(world::github::Conclusion::is_failure);
    let is_own = run.head_repository.is_some_and(|head| head.id == repository.id);
    let belongs = ours.iter().any(|record| {
        let status = &record.status;
        let asked = status.reruns.iter().any(|rerun| rerun.run_id == run.id && rerun.run_attempt == run.run_attempt);
        let repaired = status.conclusion.as_ref().is_some_and(|word| *word == Conclusion::Fixed);
        asked || (!repaired && status.commits.contains(&run.head_sha))
    });
    failed && is_own && !belongs
}
