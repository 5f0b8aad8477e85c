//! The Workflow of a remediation that is begun again: from the dead one's own arguments, or from what GitHub says.

use door::Failure;
use ledger::{Record, cannot, found};
use remediation::AlertType;
use serde_json::json;
use step::Cannot;
use world::PortError;
use world::github::AlertKind;
use world::kubernetes::Resource;

use crate::{Ports, Run, slug};

/// What became of a Workflow that was to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Made {
    /// It is there now.
    Now,
    /// Somebody else made it at the same moment.
    ByAnother,
    /// GitHub knows of no such failure any more.
    NothingThere,
    /// The record does not say enough to ask anybody: an alert of the cluster is told of by its own event alone.
    NobodyToAsk,
}

impl<P: Ports> Run<'_, P> {
    /// Makes the Workflow of this name for what a record is about.
    pub(crate) async fn make(
        &mut self,
        name: &str,
        round: u32,
        record: &Record,
        before: Option<&Resource>,
    ) -> Result<Made, Cannot> {
        let manifest = match before.and_then(|before| door::again(before, name)) {
            Some(manifest) => manifest,
            None if !can_be_asked_for(record) => return Ok(Made::NobodyToAsk),
            None => match self.told_again(record).await? {
                Some(failure) => {
                    let mut manifest = door::manifest(&failure, round, None, &self.config.namespace);
                    manifest["metadata"]["name"] = json!(name);
                    manifest
                }
                None => return Ok(Made::NothingThere),
            },
        };
        match self.ports.create_workflow(&manifest).await {
            Ok(_) => Ok(Made::Now),
            Err(PortError::Conflict { .. }) => Ok(Made::ByAnother),
            Err(error) => Err(cannot(error)),
        }
    }

    /// The failure of a record, as GitHub tells of it now, red or not: `admit` decides what that means.
    pub(crate) async fn told_again(&mut self, record: &Record) -> Result<Option<Failure>, Cannot> {
        let Some(of) = slug(record) else { return Ok(None) };
        let repository = self.repository(&of).await?;
        if repository.id != record.spec.repository_id {
            return Ok(None);
        }
        if let Some(run) = &record.spec.run {
            let run = found(self.ports.run_attempt(&of, run.run_id, run.run_attempt).await)?;
            return Ok(run.map(|run| Failure::of_run(&repository, &run)));
        }
        if let Some((kind, number)) = door::alert_of(record.name()) {
            let path = match kind {
                AlertType::Dependabot => AlertKind::Dependabot,
                AlertType::CodeScanning => AlertKind::CodeScanning,
                AlertType::SecretScanning => AlertKind::SecretScanning,
            };
            let alert = found(self.ports.alert(&of, path, number).await)?;
            return Ok(alert.map(|alert| Failure::of_alert(&repository, kind, &alert)));
        }
        let Some(sha) = &record.spec.head_sha else { return Ok(None) };
        let branch =
            record.status.target.as_ref().map(|target| target.into.as_ref().unwrap_or(&target.branch)).cloned();
        let statuses = found(self.ports.combined_status(&of, sha).await)?.map(|all| all.statuses).unwrap_or_default();
        let statuses = statuses.iter().map(|one| Failure::of_status(&repository, sha, one, branch.as_ref()));
        if let Some(own) = statuses.into_iter().find(|failure| failure.id == record.name()) {
            return Ok(Some(own));
        }
        let checks = found(self.ports.check_runs(&of, sha).await)?.map(|listed| listed.items).unwrap_or_default();
        let mut checks = checks.iter().map(|one| Failure::of_check(&repository, one, branch.as_ref()));
        Ok(checks.find(|failure| failure.id == record.name()))
    }
}

/// Whether GitHub can tell of it again.
fn can_be_asked_for(record: &Record) -> bool {
    record.spec.run.is_some() || record.spec.head_sha.is_some() || door::alert_of(record.name()).is_some()
}
