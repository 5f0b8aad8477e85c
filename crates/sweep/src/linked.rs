//! Remediations that wait for the owner of their cause. When it has ended their people are told, once; when its repair is
//! in the base branch, and where nobody repaired the cause to the end, they are looked at again in a round of their own.

use ledger::{Record, Switch, cannot, found};
use remediation::record::{MessageRef, RecordStatus, branch_key};
use remediation::{AdmissionReason, Channel, Conclusion, Open, Role, SubjectKind, Vocabulary, names};
use step::{Cannot, Step};
use thread::{Before, CheckRunPage, Matter, redacted};
use world::github::{OpenClosed, Repository, Slug, Status};

use crate::reopen::Made;
use crate::{Ports, Run, Sweep, slug};

/// One waits for another that waits for a third; nobody waits in a circle.
const CHAIN: usize = 8;

/// How the owner of a cause ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The cause is repaired.
    Repaired,
    /// A person was called.
    Called,
    /// It ended early, or is gone: the cause is nobody's.
    Free,
}

/// Where a repair is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repair {
    /// In a pull request that is not merged.
    Waits(u64),
    /// In the base branch, and CI has ended there.
    Landed,
    /// In the base branch, where CI still runs.
    Landing,
    /// In a pull request that was closed without being merged.
    Dropped,
}

impl<P: Ports> Run<'_, P> {
    /// Returns to everything that waited.
    pub(crate) async fn tell(&mut self) {
        let waiting: Vec<Record> = self.records.values().filter(|record| waits(record)).cloned().collect();
        for record in waiting {
            let Some(of) = slug(&record).filter(|of| self.switch(of) == Switch::On) else { continue };
            let Some((owner, end)) = self.end(&record) else { continue };
            let is = |known: &Option<String>| known.as_deref() == Some(&*owner);
            if is(&record.status.looked_again_after) || (end == End::Called && is(&record.status.told_of)) {
                continue;
            }
            let done = self.return_to(&record, &of, &owner, end).await;
            self.tally.note(record.name(), done);
        }
    }

    async fn return_to(&mut self, record: &Record, of: &Slug, owner: &str, end: End) -> Result<(), Cannot> {
        let repository = self.repository(of).await?;
        let repair = match end {
            End::Free => return self.look_again(record, owner).await,
            End::Called => None,
            End::Repaired => Some(self.repair(of, &repository, owner).await?),
        };
        if repair == Some(Repair::Dropped) {
            return self.look_again(record, owner).await;
        }
        if record.status.told_of.as_deref() != Some(owner) {
            let (headline, detail, advice) = self.words(owner, repair);
            if self.say(record, of, headline, detail, &[advice]).await? {
                self.tally.told += 1;
                tracing::info!(step = Sweep::NAME, "told {} that {owner} has ended", record.name());
            }
            self.remember(record, |status| status.told_of = Some(owner.to_owned())).await?;
        }
        if repair == Some(Repair::Landed) { self.look_again(record, owner).await } else { Ok(()) }
    }

    /// What it waits for, and how that ended; `None` while somebody is at it.
    fn end(&self, record: &Record) -> Option<(String, End)> {
        let mut owner = record.status.linked_to.clone()?;
        for _ in 0..CHAIN {
            let Some(known) = self.records.get(&owner) else { return self.complete.then_some((owner, End::Free)) };
            let status = &known.status;
            // A word of a newer version is that version's to act on.
            let conclusion = status.conclusion.as_ref()?.known()?;
            let taken_over = status.reason.as_deref() == Some(AdmissionReason::TakenOver.as_str());
            match (&status.linked_to, conclusion) {
                (Some(next), _) if taken_over || waits(known) => owner = next.clone(),
                (_, Conclusion::Fixed | Conclusion::FixedByOther | Conclusion::Linked) => {
                    return Some((owner, End::Repaired));
                }
                (_, Conclusion::Escalated | Conclusion::Broken) => return Some((owner, End::Called)),
                (_, Conclusion::Skipped | Conclusion::Superseded | Conclusion::Observed) => {
                    return Some((owner, End::Free));
                }
            }
        }
        None
    }

    /// Where the repair of an owner is by now; asked once a run.
    async fn repair(&mut self, of: &Slug, repository: &Repository, owner: &str) -> Result<Repair, Cannot> {
        if let Some(known) = self.repairs.get(owner) {
            return Ok(*known);
        }
        let known = self.records.get(owner);
        let default_key = branch_key(repository.id, &repository.default_branch);
        let of_base = known.is_some_and(|owner| owner.spec.branch_key.as_ref() == Some(&default_key));
        // On the base branch an agent's work is a draft until a person merges it; somebody else's push is there at once.
        let draft = known.and_then(|owner| owner.status.pull_request);
        let number = draft.or_else(|| known.filter(|_| !of_base).and_then(|owner| owner.spec.pull_request));
        let pull = match number {
            Some(number) => found(self.ports.pull(of, number).await)?,
            None => None,
        };
        let repair = match (pull, number) {
            (Some(pull), _) if pull.merged => self.settled(of, repository).await?,
            (Some(pull), Some(number)) if pull.state == OpenClosed::Open => Repair::Waits(number),
            (None, None) if of_base => self.settled(of, repository).await?,
            _ => Repair::Dropped,
        };
        self.repairs.insert(owner.to_owned(), repair);
        Ok(repair)
    }

    /// Before CI has ended on the base, nobody could tell whether it is repaired there.
    async fn settled(&self, of: &Slug, repository: &Repository) -> Result<Repair, Cannot> {
        let head = self.ports.branch(of, &repository.default_branch).await.map_err(cannot)?.commit.sha;
        let runs = self.ports.runs_of_commit(of, &head).await.map_err(cannot)?.items;
        let ended = !runs.is_empty() && runs.iter().all(|run| run.status == Status::Completed);
        Ok(if ended { Repair::Landed } else { Repair::Landing })
    }

    /// A new round of the same remediation: `admit` says whether there is anything left, `claim` who repairs it now.
    async fn look_again(&mut self, record: &Record, owner: &str) -> Result<(), Cannot> {
        if self.left() == 0 {
            return Ok(());
        }
        let round = record.status.attempt.as_ref().map_or(1, |attempt| attempt.round) + 1;
        let name = names::workflow(record.name(), round);
        // The arguments of the round before say another round, so it is told anew.
        if self.ports.workflow_of(&name).await.map_err(cannot)?.is_none()
            && self.make(&name, round, record, None).await? == Made::Now
        {
            self.tally.opened += 1;
            tracing::info!(step = Sweep::NAME, "opened {name}: {owner} has ended, and it waited for it");
        }
        self.remember(record, |status| status.looked_again_after = Some(owner.to_owned())).await
    }

    /// What people are told.
    fn words(&self, owner: &str, repair: Option<Repair>) -> (&'static str, String, String) {
        let known = self.records.get(owner);
        let number = known.and_then(|owner| owner.status.pull_request.or(owner.spec.pull_request));
        let at = number.map(|number| format!(" (#{number})")).unwrap_or_default();
        let Some(repair) = repair else {
            let detail = format!("`{owner}`{at} ended without a repair, and a person was called.");
            return ("The other repair did not succeed", detail, "`/healer retry` starts one here.".to_owned());
        };
        let advice = match repair {
            Repair::Waits(number) => {
                format!("When #{number} is merged, update this branch: CI then says whether anything is left.")
            }
            _ => "The base has the repair: update this branch, and CI says whether anything is left.".to_owned(),
        };
        let detail = format!("`{owner}`{at} repaired it, and CI is green there.");
        ("The cause of this failure is repaired", detail, advice)
    }

    /// What is said where a remediation could not be taken up any more.
    pub(crate) async fn say_broken(&mut self, record: &Record) -> Result<(), Cannot> {
        let Some(of) = slug(record).filter(|of| record.binds() && self.switch(of) == Switch::On) else { return Ok(()) };
        let detail = "Every Workflow that took this up ended before it was done.".to_owned();
        let advice = ["Look at the Workflows in Argo. `/healer retry` starts again.".to_owned()];
        self.say(record, &of, "Healer's own Workflow broke", detail, &advice).await.map(drop)
    }

    /// Edits the remediation's comment or check run; `false` where there is nobody to tell. What GitHub refuses for good is
    /// said in the log and not tried again.
    async fn say(
        &mut self,
        record: &Record,
        of: &Slug,
        headline: &str,
        detail: String,
        advice: &[String],
    ) -> Result<bool, Cannot> {
        let (spec, status) = (&record.spec, &record.status);
        let message = |channel: Channel| status.messages.iter().find(|message| message.channel == channel);
        // Of an alert nothing is said in public.
        let public = spec.subject_kind != SubjectKind::SecurityAlert;
        let pull_request = spec.pull_request.filter(|_| public && self.config.channels.pull_request_comment);
        let check_run = message(Channel::CheckRun).filter(|_| public).zip(spec.head_sha.as_ref());
        let matter = Matter {
            detail: vec![detail],
            facts: thread::facts_of_record(spec, status),
            known: status
                .kind
                .as_ref()
                .and_then(|kind| kind.known())
                .map(Vocabulary::meaning)
                .map(|is| format!("{is}."))
                .into_iter()
                .collect(),
            ..Matter::default()
        };
        let markdown = redacted(&matter.made_safe().markdown(record.name(), headline, ("What you can do", advice)));
        let before = |message| Before { id: record.name(), message, app_id: self.app_id() };
        let told = match (pull_request, check_run) {
            (Some(number), _) => {
                let known: Option<&MessageRef> = message(Channel::PullRequestComment);
                thread::comment(&markdown, of, number, &before(known), self.ports)
                    .await
                    .map(|told| (Channel::PullRequestComment, told))
            }
            (None, Some((known, sha))) => {
                let page = CheckRunPage {
                    title: headline.to_owned(),
                    summary: markdown.clone(),
                    repaired: false,
                    commands: Vec::new(),
                    details_url: None,
                };
                thread::check_run(&page, of, sha, &before(Some(known)), self.ports)
                    .await
                    .map(|told| (Channel::CheckRun, told))
            }
            (None, None) => return Ok(false),
        };
        match told {
            Ok((channel, told)) => {
                let digest = thread::digest(&markdown);
                thread::remember(self.ports, Sweep::NAME, record.name(), channel, &told.id, &digest).await;
                Ok(true)
            }
            Err(error) if error.is_later() => Err(cannot(error)),
            Err(error) => {
                tracing::warn!(step = Sweep::NAME, "{}: {error}; it is not tried again", record.name());
                Ok(false)
            }
        }
    }

    /// Keeps in the record what was done, unless a round that began meanwhile waits for somebody of its own.
    async fn remember(&self, record: &Record, change: impl Fn(&mut RecordStatus)) -> Result<(), Cannot> {
        let change = |_: &_, status: &mut RecordStatus| {
            if status.linked_to == record.status.linked_to {
                change(status);
            }
        };
        ledger::update(self.ports, record.name(), change).await.map(drop)
    }
}

/// It ended as waiting for another.
fn waits(record: &Record) -> bool {
    let is = |word: Option<&Open<Role>>| word.is_some_and(|role| *role == Role::Linked);
    let linked = record.status.conclusion.as_ref().is_some_and(|word| *word == Conclusion::Linked);
    linked && record.binds() && is(record.status.role.as_ref())
}
