//! Looking at the world, from the outside in, until a rule fires: a closed pull request needs no look at CI.

use config::Config;
use jiff::{SignedDuration, Timestamp};
use ledger::cannot;
use ledger::slug;
use redact::Foreign;
use remediation::{Commit, Push, caps};
use step::Cannot;
use text::Untrusted;
use world::github::{Comparison, OpenClosed, Relation, Slug};
use world::kubernetes::Resource;
use world::{Cluster, CodeRuns, OpenPullRequests, PortError, ReadGithub};

use crate::facts::{AgentRun, Facts, Place, Pushed};
use crate::honesty::{self, Read};
use crate::judge::judge;
use crate::past::Past;
use crate::rule::Rule;
use crate::{Needs, draft, merge, watch};

/// After a creation a read may still miss the object for a moment.
const STALE_READ: SignedDuration = SignedDuration::from_secs(60);

/// What is kept of a commit's message and a path, in bytes, and of how many files: attempts stay in the document.
const MESSAGE_BYTES: usize = 72;
const PATH_BYTES: usize = 120;
const FILES: usize = 20;

/// What was seen, and the rule that fires on it.
pub struct Seen {
    /// The rule.
    pub rule: &'static Rule<Facts>,
    /// What it fired on.
    pub facts: Facts,
    /// Where the target stands.
    pub head_sha: Option<String>,
    /// The agent's commits, oldest first.
    pub commits: Vec<Commit>,
    /// How many more there are.
    pub commits_omitted: u64,
    /// The files they changed.
    pub files: Vec<Untrusted>,
    /// How many more there are.
    pub files_omitted: u64,
    /// What the honest-diff table says, in its words.
    pub diff: Read,
    /// The pull request that holds the fix.
    pub pull_request: Option<u64>,
}

impl Seen {
    fn of(rule: &'static Rule<Facts>, facts: &Facts) -> Self {
        Self {
            rule,
            facts: facts.clone(),
            head_sha: None,
            commits: Vec::new(),
            commits_omitted: 0,
            files: Vec::new(),
            files_omitted: 0,
            diff: Read::default(),
            pull_request: None,
        }
    }
}

/// Looks at an attempt whose agent has a CodeRun, until a rule fires.
pub async fn look(
    needs: &Needs,
    past: &Past,
    config: &Config,
    ports: &(impl ReadGithub + CodeRuns + OpenPullRequests + Cluster),
    now: Timestamp,
) -> Result<Seen, Cannot> {
    let target = needs.target()?;
    let how = target.how.require("target.how")?;
    let coderun = needs.coderun.as_ref().ok_or_else(|| Cannot::bug("there is no CodeRun to look at"))?;
    let object = ports.coderun(&coderun.name).await.map_err(cannot)?.filter(|object| {
        // Another object of this name is not the run that was started.
        coderun.uid.as_ref().is_none_or(|uid| object.metadata.uid.is_empty() || *uid == object.metadata.uid)
    });
    let created = coderun.created_at.or(object.as_ref().and_then(|object| object.metadata.creation_timestamp));
    let mut facts = begin(needs, config, now, how, created, object.as_ref());
    if let Some(rule) = judge(&facts) {
        return Ok(Seen::of(rule, &facts));
    }

    let of = slug(&needs.repository);
    let pull = match how {
        Push::Push => match needs.subject.pull_request {
            Some(number) => Some(ports.pull(&of, number).await.map_err(cannot)?),
            None => None,
        },
        Push::DraftPullRequest => draft::find(&of, target, ports).await?,
    };
    let closed = pull.as_ref().is_some_and(|pull| pull.state == OpenClosed::Closed);
    // A draft that a person merged already is no withdrawal: its commit is judged all the same.
    let closed = closed && !(how == Push::DraftPullRequest && pull.as_ref().is_some_and(|pull| pull.merged));
    let branch = match ports.branch(&of, &target.branch).await {
        Ok(branch) => Some(branch),
        Err(PortError::NotFound { .. }) => None,
        Err(error) => return Err(cannot(error)),
    };
    facts.place = Some(match (&branch, how) {
        _ if closed => Place::PullClosed,
        (None, Push::Push) => Place::BranchGone,
        // A branch of ours that nobody pushed yet.
        _ => Place::Here,
    });
    let mut seen =
        Seen { pull_request: pull.as_ref().map(|pull| pull.number), ..Seen::of(&crate::judge::RULES[0], &facts) };
    seen.head_sha = branch.as_ref().map(|branch| branch.commit.sha.clone());

    let mut merged = None;
    let base = past.base_sha(target).to_owned();
    let head = seen.head_sha.clone().unwrap_or_else(|| base.clone());
    if facts.place == Some(Place::Here) {
        let compared = compare(&of, &base, &head, ports).await?;
        facts.pushed = Some(match &compared {
            Compared::Nothing => Pushed::Nothing,
            Compared::Rewritten => Pushed::Rewritten,
            Compared::Ahead(comparison) => {
                let user = expected_author(needs, config)?;
                if is_all_by(comparison, user) {
                    Pushed::Ours
                } else {
                    let into = pull.as_ref().map(|pull| &pull.base.branch).or(target.into.as_ref());
                    merged = merge::of_base(comparison, user, into, &of, &head, ports).await?;
                    if merged.is_some() { Pushed::Ours } else { Pushed::Foreign }
                }
            }
        });
        if let (Compared::Ahead(comparison), Some(Pushed::Ours)) = (&compared, facts.pushed) {
            let own = merged.as_ref().map(|merged| merged.without_base(comparison));
            remember_commits(&mut seen, own.as_ref().unwrap_or(comparison));
        }
    }
    if let Some(done) = settle(&mut seen, &facts) {
        return Ok(done);
    }

    if facts.pushed == Some(Pushed::Ours) && how == Push::DraftPullRequest {
        // CI may begin only when there is a pull request, so its time to begin counts from then.
        let opened = match &pull {
            Some(pull) => pull.created_at,
            None => {
                seen.pull_request = Some(draft::open(needs, &of, target, ports).await?);
                Some(now)
            }
        };
        let from_opened = opened.map(|at| later(at, config.deadlines.check_suite_seconds));
        facts.ci_start_deadline = from_opened.map_or(facts.ci_start_deadline, |at| at.max(facts.ci_start_deadline));
    }
    facts.ci = Some(watch::ci_of(needs, past, target, &of, &head, ports).await?);
    if let Some(done) = settle(&mut seen, &facts) {
        return Ok(done);
    }

    // The whole change since Healer began, so that what an earlier attempt hid does not slip through.
    let whole = match &merged {
        Some(merged) => merged.change(&of, &target.base_sha, ports).await?,
        None => ports.compare(&of, &target.base_sha, &head).await.map_err(cannot)?,
    };
    seen.diff = honesty::read(needs, &whole)?;
    facts.honesty = Some(seen.diff.honesty);
    facts.alert_open = Some(watch::alert_is_open(needs, &of, ports).await?);
    settle(&mut seen, &facts).ok_or_else(|| Cannot::bug("no rule judges this attempt"))
}

/// The rule that fires now, if any.
fn settle(seen: &mut Seen, facts: &Facts) -> Option<Seen> {
    seen.facts = facts.clone();
    let rule = judge(facts)?;
    let done = std::mem::replace(seen, Seen::of(rule, facts));
    Some(Seen { rule, ..done })
}

/// What the agent's run alone says.
fn begin(
    needs: &Needs,
    config: &Config,
    now: Timestamp,
    how: Push,
    created: Option<Timestamp>,
    object: Option<&Resource>,
) -> Facts {
    let deadlines = &config.deadlines;
    let of = &needs.repository;
    let agent_seconds = config.agent_seconds_for(&of.owner, &of.name);
    let agent_deadline = later(created.unwrap_or(needs.opened_at), agent_seconds);
    let agent = match object {
        None if created.is_some_and(|at| now < at.saturating_add(STALE_READ).unwrap_or(at)) => AgentRun::Running,
        None if now >= agent_deadline => AgentRun::TimedOut,
        None => AgentRun::Lost,
        Some(object) => match object.phase() {
            Some("Succeeded") => AgentRun::Succeeded,
            Some("Failed") => AgentRun::Failed,
            _ if object.metadata.deletion_timestamp.is_some() => AgentRun::Stopping,
            _ => AgentRun::Running,
        },
    };
    let finished = object.and_then(|object| {
        let at = |key: &str| object.status.get(key)?.as_str()?.parse::<Timestamp>().ok();
        at("finishedAt").or_else(|| at("lastUpdate"))
    });
    // What was pushed was pushed before the agent ended.
    let pushed_by = finished.unwrap_or(agent_deadline).min(agent_deadline);
    Facts {
        now,
        agent_deadline,
        ci_start_deadline: later(pushed_by, deadlines.check_suite_seconds),
        ci_deadline: later(agent_deadline, deadlines.ci_seconds),
        how,
        agent,
        place: None,
        pushed: None,
        ci: None,
        honesty: None,
        alert_open: None,
    }
}

/// An instant so many seconds later.
pub fn later(at: Timestamp, seconds: u64) -> Timestamp {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    at.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

enum Compared {
    Nothing,
    Ahead(Comparison),
    Rewritten,
}

async fn compare(of: &Slug, base: &str, head: &str, ports: &impl ReadGithub) -> Result<Compared, Cannot> {
    if base == head {
        return Ok(Compared::Nothing);
    }
    match ports.compare(of, base, head).await {
        Ok(comparison) => match comparison.status {
            Relation::Identical => Ok(Compared::Nothing),
            Relation::Ahead => Ok(Compared::Ahead(comparison)),
            Relation::Behind | Relation::Diverged => Ok(Compared::Rewritten),
            Relation::Unknown => Err(Cannot::not_yet(
                "GitHub compares the target's head with its base in a word that this version does not know; run again later",
            )),
        },
        // The base is in no branch any more.
        Err(PortError::NotFound { .. }) => Ok(Compared::Rewritten),
        Err(error) => Err(cannot(error)),
    }
}

/// The GitHub user whose commits are the agent's.
fn expected_author(needs: &Needs, config: &Config) -> Result<u64, Cannot> {
    let coderun = needs.coderun.as_ref().ok_or_else(|| Cannot::bug("there is no CodeRun to look at"))?;
    let agent = coderun.agent.require("coderun.agent")?;
    config.agents.get(agent).bot_user_id.ok_or_else(|| {
        Cannot::misconfigured(format!(
            "agents.{agent}.bot_user_id is not set in healer.yaml, so nobody can tell {agent}'s commits from others'; \
             set it to the id that https://api.github.com/users/<app>[bot] gives"
        ))
    })
}

/// Whether every commit has this author and committer, by GitHub's ids, and GitHub listed them all.
fn is_all_by(comparison: &Comparison, user: u64) -> bool {
    let is = |account: &Option<world::github::Account>| account.as_ref().is_some_and(|account| account.id == user);
    comparison.commits.len() as u64 == comparison.ahead_by
        && comparison.commits.iter().all(|commit| is(&commit.author) && is(&commit.committer))
}

fn remember_commits(seen: &mut Seen, comparison: &Comparison) {
    let foreign = Foreign::new();
    let commits = comparison
        .commits
        .iter()
        .map(|commit| Commit { sha: commit.sha.clone(), message: foreign.line(&commit.commit.message, MESSAGE_BYTES) });
    // The newest ones are kept.
    let mut commits: Vec<Commit> = commits.collect();
    let omitted = commits.len().saturating_sub(caps::COMMITS);
    commits.drain(..omitted);
    (seen.commits, seen.commits_omitted) = (commits, omitted as u64);
    let files = comparison.files.iter().map(|file| foreign.line(&file.filename, PATH_BYTES)).collect();
    (seen.files, seen.files_omitted) = remediation::cap(files, FILES);
}
