//! The looks: each asks somebody once and fills its facts. A look that fails is no fact: the step ends with 75, 77 or 78.

use std::collections::BTreeSet;

use config::Config;
use jiff::Timestamp;
pub(crate) use ledger::found;
use ledger::{Record, cannot, lives, same, switch};
use remediation::record::Owner;
use remediation::{AdmissionReason, Repository, SubjectKind};
use step::Cannot;
use text::Untrusted;
use world::github::{self, Conclusion, Run, Slug};
use world::{Cluster, CodeRuns, Counters, ReadGithub, Records};

use crate::facts::{Actor, Facts, Own, Seen};
use crate::needs::Needs;
use crate::rules::Look;
use crate::target::Place;

/// Everything that `admit` may ask.
pub trait Ports: ReadGithub + Records + Cluster + Counters + CodeRuns {}
impl<T: ReadGithub + Records + Cluster + Counters + CodeRuns> Ports for T {}

/// The looks of one admission, and what they found beside the facts.
pub struct Looks<'a, P> {
    pub(crate) needs: &'a Needs,
    pub(crate) config: &'a Config,
    pub(crate) ports: &'a P,
    pub(crate) owner: Option<Owner>,
    pub(crate) now: Timestamp,
    pub(crate) kind: SubjectKind,
    /// The facts so far.
    pub facts: Facts,
    done: BTreeSet<Look>,
    /// The record of this remediation.
    pub record: Option<Record>,
    /// Another's record whose owner died and which this failure belongs to.
    pub orphan: Option<Record>,
    pub(crate) others: Option<Vec<Record>>,
    pub(crate) repository_id: Option<u64>,
    pub(crate) default_branch: Untrusted,
    pub(crate) run: Option<Run>,
    pub(crate) place: Option<Place>,
}

/// Whether a run, job or check failed.
pub(crate) fn failed(conclusion: Option<Conclusion>) -> bool {
    conclusion.is_some_and(Conclusion::is_failure)
}

impl<'a, P: Ports> Looks<'a, P> {
    /// Nothing looked at yet but the document and the configuration.
    pub fn new(
        needs: &'a Needs,
        config: &'a Config,
        ports: &'a P,
        owner: Option<Owner>,
        now: Timestamp,
    ) -> Result<Self, Cannot> {
        let kind = needs.kind()?;
        let mut facts = Facts::of(kind);
        facts.reports_failure = needs.reports_failure(kind);
        facts.supported = needs.is_supported(kind);
        facts.asked = needs.asked(kind);
        facts.allowed = needs.repository.as_ref().is_some_and(|of| config.repository(&of.owner, &of.name).is_some());
        facts.actor = needs.subject.actor.as_ref().map_or(Actor::Person, |actor| {
            classify_actor(config, actor.id, actor.r#type.as_deref().unwrap_or_default())
        });
        Ok(Self {
            needs,
            config,
            ports,
            owner,
            now,
            kind,
            facts,
            done: BTreeSet::new(),
            record: None,
            orphan: None,
            others: None,
            repository_id: needs.repository.as_ref().and_then(|of| of.id),
            default_branch: Untrusted::default(),
            run: None,
            place: None,
        })
    }

    /// Makes the facts of this look known.
    pub async fn ensure(&mut self, look: Look) -> Result<(), Cannot> {
        if !self.done.insert(look) {
            return Ok(());
        }
        match look {
            Look::Nothing => Ok(()),
            Look::Switch => self.switch().await,
            Look::Record => self.own_record().await,
            Look::Repository => self.repository().await,
            Look::Event => self.event().await,
            Look::Permission => self.permission().await,
            Look::Lineage => self.lineage().await,
            Look::Head => self.head().await,
            Look::Commit => self.commit().await,
            Look::Green => self.green().await,
            Look::Window => self.window().await,
            Look::Budget => self.budget().await,
            Look::Approval => self.approval(),
        }
    }

    /// The allow-list's rule stands before every rule that asks for the repository.
    pub(crate) fn of(&self) -> Result<&'a Repository, Cannot> {
        self.needs.repository.as_ref().ok_or_else(|| Cannot::bug("a look at a repository that is not there"))
    }

    pub(crate) fn slug(&self) -> Result<Slug, Cannot> {
        self.of().map(ledger::slug)
    }

    /// GitHub's id of the repository, known after [`Look::Repository`].
    pub fn id_of_repository(&self) -> u64 {
        self.repository_id.unwrap_or_default()
    }

    /// The branch that failed; for an alert the default branch.
    pub fn branch(&self) -> Untrusted {
        let own = if self.kind.is_alert() { None } else { self.needs.subject.branch.clone() };
        own.or_else(|| self.run.as_ref().and_then(|run| run.head_branch.clone()))
            .unwrap_or_else(|| self.default_branch.clone())
    }

    /// Where the branch stands, known after [`Look::Head`].
    pub fn place(&self) -> Result<&Place, Cannot> {
        self.place.as_ref().ok_or_else(|| Cannot::bug("the target is decided before the branch was looked at"))
    }

    async fn switch(&mut self) -> Result<(), Cannot> {
        let (owner, name) = self.needs.repository.as_ref().map_or(("", ""), |of| (&of.owner, &of.name));
        self.facts.switch = switch::look(self.ports, owner, name).await?;
        Ok(())
    }

    async fn own_record(&mut self) -> Result<(), Cannot> {
        let record = ledger::find(self.ports, &self.needs.id).await?;
        self.facts.record = match &record {
            None => Own::Absent,
            Some(record) => {
                let mine = same(record.status.owner.as_ref(), self.owner.as_ref());
                let owner = record.status.owner.as_ref();
                let alive = !mine && record.is_open() && lives(self.ports, owner).await?;
                own(record, mine, alive, self.needs.round(), self.facts.asked.is_some())
            }
        };
        // Whoever has it now, its own run or who takes it over, ends it.
        let has_it = matches!(self.facts.record, Own::Mine(_) | Own::Dead);
        self.facts.stopped = has_it && record.as_ref().is_some_and(|record| record.status.stopped_by.is_some());
        self.record = record;
        Ok(())
    }

    async fn repository(&mut self) -> Result<(), Cannot> {
        let Some(found) = found(self.ports.repository(&self.slug()?).await)? else {
            self.facts.repository = Seen::Gone;
            return Ok(());
        };
        if self.of()?.id.is_some_and(|said| said != found.id) {
            self.facts.repository = Seen::Contradicted;
        }
        self.facts.archived = found.archived;
        self.repository_id = Some(found.id);
        self.default_branch = found.default_branch;
        Ok(())
    }

    /// A failed look-up is an error (75), never a "yes"; so is nobody and somebody else of that login.
    async fn permission(&mut self) -> Result<(), Cannot> {
        let asks = self.facts.asked.is_some() && self.facts.actor == Actor::Person;
        let Some(actor) = self.needs.subject.actor.as_ref().filter(|_| asks) else { return Ok(()) };
        let Some(login) = &actor.login else { return Ok(()) };
        let may = found(self.ports.permission(&self.slug()?, login).await)?;
        self.facts.may_write =
            may.is_some_and(|may| may.permission.may_write() && may.user.is_some_and(|user| user.id == actor.id));
        Ok(())
    }

    async fn event(&mut self) -> Result<(), Cannot> {
        match self.kind {
            SubjectKind::CiFailure => self.run().await,
            SubjectKind::CommitStatus => self.status().await,
            SubjectKind::SecurityAlert => self.alert().await,
            SubjectKind::ClusterAlert => self.application().await,
            _ => Ok(()),
        }
    }

    async fn run(&mut self) -> Result<(), Cannot> {
        let subject = &self.needs.subject;
        self.facts.fork = subject.head_repository_id.is_some_and(|id| Some(id) != self.repository_id);
        let Some(run_id) = subject.run_id else {
            // By hand the branch is looked at, and it must stand at the commit.
            let enough = self.needs.by_hand() && subject.branch.is_some() && subject.head_sha.is_some();
            self.facts.event = if enough { Seen::Confirmed } else { Seen::Contradicted };
            return Ok(());
        };
        let attempt = subject.run_attempt.unwrap_or(1);
        let Some(run) = found(self.ports.run_attempt(&self.slug()?, run_id, attempt).await)? else {
            self.facts.event = Seen::Gone;
            return Ok(());
        };
        let equal = run.id == run_id
            && run.run_attempt == attempt
            && run.repository.is_none_or(|of| Some(of.id) == self.repository_id)
            && subject.head_sha.as_ref().is_none_or(|sha| *sha == run.head_sha)
            && subject.workflow_id.is_none_or(|id| id == run.workflow_id)
            && (subject.branch.is_none() || subject.branch == run.head_branch);
        self.facts.event = match run.conclusion {
            _ if !equal => Seen::Contradicted,
            // It still runs: the event of its end comes, under the same name.
            None => Seen::Contradicted,
            ended if failed(ended) => Seen::Confirmed,
            Some(_) => Seen::NotAFailure,
        };
        self.facts.fork |= run.head_repository.map(|of| of.id) != self.repository_id;
        if self.facts.asked.is_none()
            && let Some(actor) = run.triggering_actor.as_ref().or(run.actor.as_ref())
        {
            self.facts.actor = classify_actor(self.config, actor.id, &actor.kind);
        }
        self.run = Some(run);
        Ok(())
    }

    async fn alert(&mut self) -> Result<(), Cannot> {
        let subject = &self.needs.subject;
        // Whoever GitHub names as the sender of an alert caused nothing: a scanner found it.
        self.facts.actor = Actor::Person;
        let (Some(kind), Some(number)) = (&subject.alert_type, subject.alert_number) else {
            self.facts.event = Seen::Contradicted;
            return Ok(());
        };
        let kind = match kind.require("subject.alert_type")? {
            remediation::AlertType::Dependabot => github::AlertKind::Dependabot,
            remediation::AlertType::CodeScanning => github::AlertKind::CodeScanning,
            remediation::AlertType::SecretScanning => github::AlertKind::SecretScanning,
        };
        self.facts.event = match found(self.ports.alert(&self.slug()?, kind, number).await)? {
            None => Seen::Gone,
            Some(alert) if alert.is_done() => Seen::Closed,
            Some(alert) if alert.number == number => Seen::Confirmed,
            Some(_) => Seen::Contradicted,
        };
        Ok(())
    }

    /// The application that the configuration names for this repository, and no other.
    async fn application(&mut self) -> Result<(), Cannot> {
        let of = self.of()?;
        let entry = self.config.repository(&of.owner, &of.name);
        let name = entry.and_then(|entry| entry.argocd_application.as_deref());
        let told = self.needs.subject.workflow.as_ref().map(|name| name.expose());
        let Some(name) = name.filter(|name| told == Some(name)) else {
            self.facts.event = Seen::Contradicted;
            return Ok(());
        };
        self.facts.event = match self.ports.application(name).await.map_err(cannot)? {
            None => Seen::Gone,
            Some(application) if application.status.is_well() => Seen::Closed,
            Some(_) => Seen::Confirmed,
        };
        Ok(())
    }

    pub(crate) async fn others(&mut self) -> Result<Vec<Record>, Cannot> {
        if self.others.is_none() {
            let mut records = ledger::of_repository(self.ports, self.id_of_repository()).await?;
            records.retain(|record| record.name() != self.needs.id && record.binds());
            self.others = Some(records);
        }
        Ok(self.others.clone().unwrap_or_default())
    }
}

/// Who this id is. Only ids count: a login and a `[bot]` at its end are text.
fn classify_actor(config: &Config, id: u64, kind: &str) -> Actor {
    if config.agents.by_bot_user_id(id).is_some() {
        Actor::OurAgent
    } else if kind == "Bot" {
        Actor::StrangeBot
    } else {
        Actor::Person
    }
}

/// What our own record says to whoever asks now.
fn own(record: &Record, mine: bool, alive: bool, round: u32, asked: bool) -> Own {
    let recorded = record.status.attempt.as_ref().map_or(1, |attempt| attempt.round);
    if !mine && !record.binds() {
        Own::Absent
    } else if !record.is_open() {
        // A person asks for a round; the sweeper makes one of what waited for another that has ended.
        let waited = record.status.conclusion.as_ref().is_some_and(|word| *word == remediation::Conclusion::Linked);
        if (asked || waited) && round > recorded { Own::NewRound } else { Own::Concluded }
    } else if mine {
        Own::Mine(
            record.status.admitted_because.as_ref().and_then(|word: &remediation::Open<AdmissionReason>| word.known()),
        )
    } else if alive {
        Own::Alive
    } else {
        Own::Dead
    }
}
