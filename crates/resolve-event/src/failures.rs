//! What is red, as GitHub says now: a run, a check, a status, an alert, or all of a commit.

use std::collections::BTreeMap;

use door::Failure;
use ledger::{cannot, found};
use remediation::{AlertType, ResolutionReason as Reason, SubjectKind};
use step::Cannot;
use text::Untrusted;
use world::github::{AlertKind, CheckRun, Conclusion, Run};

use crate::Outcome;
use crate::resolve::{Event, Ports, is_argocd, is_red};

/// The App whose checks are runs of GitHub Actions.
const ACTIONS: &str = "github-actions";

impl<P: Ports> Event<'_, P> {
    /// A job, check or suite of GitHub Actions: the run behind it.
    pub(crate) async fn actions(&self) -> Result<Outcome, Cannot> {
        let Some(run_id) = self.subject.run_id else { return self.suite().await };
        let at = format!("github:runs/{run_id}");
        // A job belongs to one attempt; of a check only the run is known.
        let attempt = match (self.subject.run_attempt, self.subject.job_id) {
            (None, Some(job)) => found(self.ports.job(&self.of, job).await)?.map(|job| job.run_attempt),
            (attempt, _) => attempt,
        };
        let run = match attempt {
            Some(attempt) => self.ports.run_attempt(&self.of, run_id, attempt).await,
            None => self.ports.run(&self.of, run_id).await,
        };
        match found(run)? {
            None => Ok(Outcome::no(Reason::Gone, at)),
            Some(run) if !is_red(&run) => Ok(Outcome::no(Reason::NotAFailure, at)),
            Some(run) => self.open(vec![(Failure::of_run(&self.repository, &run), at)], None).await,
        }
    }

    /// The failed runs of a check suite of GitHub Actions.
    async fn suite(&self) -> Result<Outcome, Cannot> {
        let (Some(suite), Some(sha)) = (self.subject.check_id, &self.subject.head_sha) else {
            return Ok(Outcome::no(Reason::NotAFailure, "document:subject.check_id"));
        };
        let runs =
            found(self.ports.runs_of_commit(&self.of, sha).await)?.map(|listed| listed.items).unwrap_or_default();
        let red = runs.into_iter().filter(|run| run.check_suite_id == Some(suite) && is_red(run));
        let red: Vec<_> = red.map(|run| self.told(&run)).collect();
        if red.is_empty() {
            return Ok(Outcome::no(Reason::NotAFailure, format!("github:check-suites/{suite}")));
        }
        self.open(red, None).await
    }

    /// A check, suite or status of another CI.
    pub(crate) async fn other_ci(&self, origin: &str) -> Result<Outcome, Cannot> {
        let Some(sha) = &self.subject.head_sha else {
            return Ok(Outcome::no(Reason::NotAFailure, "document:subject.head_sha"));
        };
        let wanted = self.subject.check_id;
        let red: Vec<(Failure, String)> = match origin {
            "check_run" => {
                let Some(check) = wanted else {
                    return Ok(Outcome::no(Reason::NotAFailure, "document:subject.check_id"));
                };
                match found(self.ports.check_run(&self.of, check).await)? {
                    None => return Ok(Outcome::no(Reason::Gone, format!("github:check-runs/{check}"))),
                    Some(check) if is_red_check(&check) => self.checks(vec![check], sha).await?,
                    Some(_) => Vec::new(),
                }
            }
            "check_suite" => {
                let checks = self.check_runs(sha).await?.into_iter();
                let own =
                    checks.filter(|check| check.check_suite.map(|suite| suite.id) == wanted && is_red_check(check));
                self.checks(own.collect(), sha).await?
            }
            _ => {
                let context = self.subject.context.as_ref();
                self.statuses(sha, |own| context.is_some_and(|context| context == own)).await?
            }
        };
        if red.is_empty() {
            return Ok(Outcome::no(Reason::NotAFailure, format!("github:commits/{sha}")));
        }
        self.open(red, None).await
    }

    /// An open security alert.
    pub(crate) async fn alert(&self) -> Result<Outcome, Cannot> {
        let (Some(kind), Some(number)) = (&self.subject.alert_type, self.subject.alert_number) else {
            return Ok(Outcome::no(Reason::NotAFailure, "document:subject.alert_number"));
        };
        let kind = kind.require("subject.alert_type")?;
        let at = format!("github:alerts/{}/{number}", remediation::Vocabulary::as_str(kind));
        match self.alert_of(kind, number).await? {
            None => Ok(Outcome::no(Reason::Gone, at)),
            Some((_, false)) => Ok(Outcome::no(Reason::NotAFailure, at)),
            Some((failure, true)) => self.open(vec![(failure, at)], None).await,
        }
    }

    fn configured_application(&self) -> Option<&str> {
        self.config.repository(self.of.owner(), self.of.name())?.argocd_application.as_deref()
    }

    /// An Argo CD application that is not well.
    pub(crate) async fn application(&self) -> Result<Outcome, Cannot> {
        let configured = self.configured_application();
        let told = self.subject.workflow.as_ref().filter(|_| is_argocd(self.subject)).map(|name| name.expose());
        let Some(name) = configured.filter(|name| told == Some(name)) else {
            return Ok(Outcome::no(Reason::NotSupported, "config:repositories.argocd_application"));
        };
        let at = format!("kubernetes:applications/{name}");
        match self.unwell(name).await? {
            None => Ok(Outcome::no(Reason::Gone, at)),
            Some(None) => Ok(Outcome::no(Reason::NotAFailure, at)),
            Some(Some(failure)) => self.open(vec![(failure, at)], None).await,
        }
    }

    /// The application that the configuration names for this repository, if it is not well, as a failure.
    async fn unwell(&self, name: &str) -> Result<Option<Option<Failure>>, Cannot> {
        let application = self.ports.application(name).await.map_err(cannot)?;
        Ok(application.map(|application| {
            let revision = application.status.sync.revision.clone().unwrap_or_default();
            (!application.status.is_well()).then(|| Failure::of_application(&self.repository, name, &revision))
        }))
    }

    /// An alert, and whether there is anything left to do.
    pub(crate) async fn alert_of(&self, kind: AlertType, number: u64) -> Result<Option<(Failure, bool)>, Cannot> {
        let api = match kind {
            AlertType::Dependabot => AlertKind::Dependabot,
            AlertType::CodeScanning => AlertKind::CodeScanning,
            AlertType::SecretScanning => AlertKind::SecretScanning,
        };
        let alert = found(self.ports.alert(&self.of, api, number).await)?;
        Ok(alert.map(|alert| (Failure::of_alert(&self.repository, kind, &alert), !alert.is_done())))
    }

    /// Everything red on a commit: of each workflow and event its newest run, of each check and status the newest.
    pub(crate) async fn red(&self, sha: &str) -> Result<Vec<(Failure, String)>, Cannot> {
        let runs =
            found(self.ports.runs_of_commit(&self.of, sha).await)?.map(|listed| listed.items).unwrap_or_default();
        let mut newest: BTreeMap<(u64, String), Run> = BTreeMap::new();
        for run in runs {
            let key = (run.workflow_id, run.event.clone());
            if newest.get(&key).is_none_or(|known| known.id < run.id) {
                newest.insert(key, run);
            }
        }
        let mut red: Vec<_> = newest.values().filter(|run| is_red(run)).map(|run| self.told(run)).collect();
        let checks =
            self.check_runs(sha).await?.into_iter().filter(|check| is_red_check(check) && self.is_others(check));
        red.extend(self.checks(checks.collect(), sha).await?);
        red.extend(self.statuses(sha, |_| true).await?);
        Ok(red)
    }

    fn told(&self, run: &Run) -> (Failure, String) {
        (Failure::of_run(&self.repository, run), format!("github:runs/{}", run.id))
    }

    /// Neither a job of GitHub Actions nor a check of our own.
    fn is_others(&self, check: &CheckRun) -> bool {
        check.app.as_ref().is_none_or(|app| app.slug != ACTIONS && Some(app.id) != self.config.github_app_id)
    }

    async fn check_runs(&self, sha: &str) -> Result<Vec<CheckRun>, Cannot> {
        Ok(found(self.ports.check_runs(&self.of, sha).await)?.map(|listed| listed.items).unwrap_or_default())
    }

    async fn checks(&self, checks: Vec<CheckRun>, sha: &str) -> Result<Vec<(Failure, String)>, Cannot> {
        if checks.is_empty() {
            return Ok(Vec::new());
        }
        let branch = self.branch_of(sha).await?;
        let told = |check: CheckRun| {
            (Failure::of_check(&self.repository, &check, branch.as_ref()), format!("github:check-runs/{}", check.id))
        };
        Ok(checks.into_iter().map(told).collect())
    }

    /// The red statuses whose context is wanted.
    pub(crate) async fn statuses(
        &self,
        sha: &str,
        wanted: impl Fn(&Untrusted) -> bool,
    ) -> Result<Vec<(Failure, String)>, Cannot> {
        let all = found(self.ports.combined_status(&self.of, sha).await)?.map(|all| all.statuses).unwrap_or_default();
        let red: Vec<_> = all.into_iter().filter(|one| one.state.is_failure() && wanted(&one.context)).collect();
        if red.is_empty() {
            return Ok(Vec::new());
        }
        let branch = self.branch_of(sha).await?;
        let at = format!("github:commits/{sha}/status");
        let told = red.iter().map(|one| Failure::of_status(&self.repository, sha, one, branch.as_ref()));
        Ok(told.map(|failure| (failure, at.clone())).collect())
    }

    /// What a record was opened for, as GitHub tells of it now; `None` when it is gone or no longer red.
    pub(crate) async fn again(&self, record: &ledger::Record) -> Result<Option<Failure>, Cannot> {
        if let Some(run) = &record.spec.run {
            let run = found(self.ports.run_attempt(&self.of, run.run_id, run.run_attempt).await)?;
            return Ok(run.filter(is_red).map(|run| Failure::of_run(&self.repository, &run)));
        }
        if let Some((kind, number)) = door::alert_of(record.name()) {
            return Ok(self.alert_of(kind, number).await?.filter(|(_, open)| *open).map(|(failure, _)| failure));
        }
        if record.spec.subject_kind == SubjectKind::ClusterAlert {
            let Some(name) = self.configured_application() else { return Ok(None) };
            return Ok(self.unwell(name).await?.flatten().filter(|failure| failure.id == record.name()));
        }
        let Some(sha) = &record.spec.head_sha else { return Ok(None) };
        let red = self.red(sha).await?.into_iter().map(|(failure, _)| failure);
        Ok(red.into_iter().find(|failure| failure.id == record.name()))
    }
}

fn is_red_check(check: &CheckRun) -> bool {
    check.conclusion.is_some_and(Conclusion::is_failure)
}
