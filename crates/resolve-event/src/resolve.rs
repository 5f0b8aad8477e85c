//! From the document's subject to what is to be done.

use config::Config;
use door::{Asked, Failure};
use jiff::Timestamp;
use ledger::{Record, found};
use remediation::{ARGOCD_ALERTS, ResolutionReason as Reason, Subject, SubjectKind};
use step::Cannot;
use text::Untrusted;
use world::github::{Repository, Run, Slug};
use world::{Cluster, CodeRuns, ReadGithub, Records, Workflows};

use crate::{Needs, Outcome, because, died};

/// Everything that `resolve-event` may do.
pub trait Ports: ReadGithub + Records + Workflows + CodeRuns + Cluster {}
impl<T: ReadGithub + Records + Workflows + CodeRuns + Cluster> Ports for T {}

/// One event of one repository.
pub(crate) struct Event<'a, P> {
    pub(crate) door: &'a str,
    pub(crate) subject: &'a Subject,
    pub(crate) config: &'a Config,
    pub(crate) ports: &'a P,
    pub(crate) now: Timestamp,
    pub(crate) of: Slug,
    pub(crate) repository: Repository,
}

/// Does what the event asks for.
///
/// # Errors
/// A look-up or a write failed; what was created stays, and running again goes on from there.
pub async fn resolve<P: Ports>(
    needs: &Needs,
    subject: &Subject,
    config: &Config,
    ports: &P,
    now: Timestamp,
) -> Result<Outcome, Cannot> {
    let kind = subject.kind.require("subject.kind")?;
    if kind == SubjectKind::WorkflowFailure {
        return died::take_over(subject, config, ports).await;
    }
    let named = application_of(subject, config);
    let Some(told) = named.as_ref().or(needs.repository.as_ref()) else {
        return Ok(Outcome::no(Reason::NotSupported, "document:repository"));
    };
    if config.repository(&told.owner, &told.name).is_none() {
        return Ok(Outcome::no(Reason::RepositoryNotAllowed, "config:repositories"));
    }
    let of = ledger::slug(told);
    let Some(repository) = found(ports.repository(&of).await)? else {
        return Ok(Outcome::no(Reason::Gone, "github:repository"));
    };
    if told.id.is_some_and(|id| id != repository.id) {
        return Ok(Outcome::no(Reason::Gone, "github:repository"));
    }
    let event = Event { door: &needs.id, subject, config, ports, now, of, repository };
    let origin = needs.origin.as_ref().map_or("", |origin| origin.event.as_str());
    match kind {
        SubjectKind::CiFailure => event.actions().await,
        SubjectKind::CommitStatus => event.other_ci(origin).await,
        SubjectKind::SecurityAlert => event.alert().await,
        SubjectKind::Command => event.comment().await,
        SubjectKind::Button => event.button().await,
        SubjectKind::ClusterAlert => event.application().await,
        SubjectKind::WorkflowFailure | SubjectKind::PullRequest | SubjectKind::Review => {
            Ok(Outcome::no(Reason::NotSupported, "document:subject.kind"))
        }
    }
}

/// Argo CD's alert may name where the manifests come from; which repository repairs an application, the configuration says.
fn application_of(subject: &Subject, config: &Config) -> Option<remediation::Repository> {
    let name = subject.workflow.as_ref().filter(|_| is_argocd(subject))?;
    let own = config.repositories.iter().find(|(_, entry)| entry.argocd_application.as_deref() == Some(name.expose()));
    let of = Slug::parse(own?.0)?;
    let (owner, name) = (of.owner().to_owned(), of.name().to_owned());
    Some(remediation::Repository { host: "github.com".into(), owner, name, id: None, default_branch: None })
}

pub(crate) fn is_argocd(subject: &Subject) -> bool {
    subject.context.as_ref().is_some_and(|alert| ARGOCD_ALERTS.contains(&alert.expose()))
}

/// The failure of a run that a person names.
///
/// # Errors
/// As [`resolve`].
pub async fn run_by_hand(of: &Slug, run_id: u64, config: &Config, ports: &impl Ports) -> Result<Outcome, Cannot> {
    if config.repository(of.owner(), of.name()).is_none() {
        return Ok(Outcome::no(Reason::RepositoryNotAllowed, "config:repositories"));
    }
    let repository = found(ports.repository(of).await)?;
    let run = found(ports.run(of, run_id).await)?;
    let (Some(repository), Some(run)) = (repository, run) else {
        return Ok(Outcome::no(Reason::Gone, format!("github:runs/{run_id}")));
    };
    if !is_red(&run) {
        return Ok(Outcome::no(Reason::NotAFailure, format!("github:runs/{run_id}")));
    }
    let failure = Failure::of_run(&repository, &run);
    let name = door::open(&failure, 1, None, ports, &config.namespace).await?;
    Ok(created(Reason::Created, vec![(name, format!("github:runs/{run_id}"))]))
}

/// Workflows that are there now, each with what it is about.
pub(crate) fn created(reason: Reason, all: Vec<(String, String)>) -> Outcome {
    let because = all.iter().map(|(_, at)| because(reason, &**at)).collect();
    Outcome { reason, created: all.into_iter().map(|(name, _)| name).collect(), changed: Vec::new(), because }
}

pub(crate) fn is_red(run: &Run) -> bool {
    run.conclusion.is_some_and(world::github::Conclusion::is_failure)
}

impl<P: Ports> Event<'_, P> {
    /// Opens failures, each with what says that it is red. A person's wish passes by what has ended; an event does not, for
    /// `admit` knows a duplicate.
    pub(crate) async fn open(&self, red: Vec<(Failure, String)>, asked: Option<&Asked>) -> Result<Outcome, Cannot> {
        let mut all = Vec::new();
        let mut concluded = None;
        for (failure, at) in red {
            let record = ledger::find(self.ports, &failure.id).await?;
            if asked.is_some() && record.as_ref().is_some_and(|record| record.binds() && !record.is_open()) {
                concluded = Some(format!("record:{}", failure.id));
                continue;
            }
            // Asked anew, a round that died goes on as the next one.
            let round =
                record.filter(Record::is_open).and_then(|record| record.status.attempt).map_or(1, |try_| try_.round);
            let round = if asked.is_some() { round } else { 1 };
            let name = door::open(&failure, round, asked, self.ports, &self.config.namespace).await?;
            all.push((name, at));
        }
        Ok(match concluded {
            Some(at) if all.is_empty() => Outcome::no(Reason::AlreadyConcluded, at),
            _ => created(Reason::Created, all),
        })
    }

    /// The branch that a commit of another CI is on: the event's, else the one pull request of this repository whose head it
    /// is, else the default branch if it stands there.
    pub(crate) async fn branch_of(&self, sha: &str) -> Result<Option<Untrusted>, Cannot> {
        if let Some(branch) = &self.subject.branch {
            return Ok(Some(branch.clone()));
        }
        let pulls =
            found(self.ports.pulls_of_commit(&self.of, sha).await)?.map(|listed| listed.items).unwrap_or_default();
        let own = |repo: Option<world::github::Id>| repo.is_some_and(|repo| repo.id == self.repository.id);
        let mut heads: Vec<Untrusted> = pulls
            .into_iter()
            .filter(|pull| pull.head.sha == sha && own(pull.head.repo))
            .map(|pull| pull.head.branch)
            .collect();
        heads.dedup();
        if let [_] = heads.as_slice() {
            return Ok(heads.pop());
        }
        let default = &self.repository.default_branch;
        let stands = found(self.ports.branch(&self.of, default).await)?.is_some_and(|branch| branch.commit.sha == sha);
        Ok(stands.then(|| default.clone()))
    }
}
