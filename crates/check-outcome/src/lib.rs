//! `check-outcome`: what did the agent do, and did CI on *its* commit really run and turn green, and nothing else red?
//! (Design sections 1.1, 2 and 3.)
//!
//! [`look`] gathers [`facts`], [`judge`] is the table that judges them, [`advance`] writes what follows.

pub mod advance;
pub mod ci;
mod draft;
pub mod facts;
mod honesty;
pub mod judge;
mod look;
mod merge;
mod past;
pub mod rerun;
pub mod rule;
mod watch;

use std::time::Duration;

use config::Config;
use jiff::{SignedDuration, Timestamp};
use ledger::cannot;
use remediation::{
    Admission, Attempt, AttemptRecord, Because, Classification, CodeRunRef, Failure, Next, Repository, Rerun, Stage,
    Subject, Target, Verdict,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use step::{Cannot, Desk, Parameter, Sections, Step, Values, words};
use world::kubernetes::Preconditions;
use world::{Clock, Cluster, CodeRuns, OpenPullRequests, ReadGithub, Records};

use advance::Ended;
use ci::{Check, State};
use facts::Pushed;
use look::Seen;
use past::{Key, Past};
use rule::Then;

/// How long to wait between two looks.
const POLL: Duration = Duration::from_secs(15);

/// See the crate.
pub struct CheckOutcome;

/// Flags of this step.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    world: ledger::WorldArgs,
    /// How long to wait for an end before giving up with exit code 75
    #[arg(long, value_name = "SECONDS", default_value_t = 120, env = "HEALER_WAIT_SECONDS")]
    wait: u64,
}

/// What it reads of the document.
#[derive(Debug, Deserialize)]
#[allow(missing_docs)]
pub struct Needs {
    pub id: String,
    pub opened_at: Timestamp,
    pub repository: Repository,
    pub subject: Subject,
    pub attempt: Attempt,
    pub admission: Option<Admission>,
    pub target: Option<Target>,
    pub failure: Option<Failure>,
    pub classification: Option<Classification>,
    pub coderun: Option<CodeRunRef>,
    pub rerun: Option<Rerun>,
    #[serde(default)]
    pub attempts: Vec<Box<RawValue>>,
    #[serde(default)]
    pub attempts_omitted: u64,
}

impl Needs {
    fn target(&self) -> Result<&Target, Cannot> {
        self.target.as_ref().ok_or_else(|| {
            Cannot::refused("the document has no `target`, so nobody knows what was pushed where; run admit")
        })
    }

    /// A CodeRun makes it an attempt; without one it is a re-run.
    fn key(&self) -> Key {
        let number = if self.coderun.is_some() { self.attempt.number } else { 0 };
        Key { round: self.attempt.round, number }
    }
}

impl Step for CheckOutcome {
    const NAME: &'static str = "check-outcome";
    const ABOUT: &'static str = "Judges an attempt: what was pushed, and whether CI on it really ran and is green";
    const EXAMPLES: &'static str = "check-outcome --world tests/worlds/widgets --in remediation.json --out remediation.json\n\
                                    check-outcome --wait 0 --parameters out < remediation.json";
    const OWNS: &'static [&'static str] =
        &["outcome", "attempts", "attempts_omitted", "attempt", "claim", "context", "prompt", "coderun", "rerun"];
    const PARAMETERS: &'static [Parameter] = &[
        Parameter { name: "verdict", values: Values::Words(words::<Verdict>) },
        Parameter { name: "next", values: Values::Words(words::<Next>) },
    ];
    type Args = Args;
    type Needs = Needs;

    fn run(args: &Args, needs: Needs, desk: &mut Desk) -> Result<Sections, Cannot> {
        let (world, config) = args.world.open_admitted(Self::NAME, needs.admission.as_ref())?;
        ledger::block_on(run(&needs, &config, &world, ledger::now(desk, &world), args.wait))
    }
}

/// Waits for the end, judges, keeps the record, and says what follows.
pub async fn run(
    needs: &Needs,
    config: &Config,
    ports: &(impl ReadGithub + OpenPullRequests + CodeRuns + Records + Cluster + Clock),
    now: Timestamp,
    wait_seconds: u64,
) -> Result<Sections, Cannot> {
    let past = Past::read(&needs.attempts, needs.key());
    let began = ports.now();
    let ended = loop {
        let waited = ports.now().duration_since(began);
        let now = now.saturating_add(waited).unwrap_or(now);
        let says = match look_once(needs, &past, config, ports, now).await? {
            Look::Ended(ended) => break *ended,
            Look::Wait(says) => says,
        };
        if waited.saturating_add(SignedDuration::try_from(POLL).unwrap_or_default())
            > SignedDuration::from_secs(i64::try_from(wait_seconds).unwrap_or(i64::MAX))
        {
            return Err(Cannot::not_yet(format!("{says}; nothing was decided, run check-outcome again")));
        }
        ports.sleep(POLL).await;
    };
    let following = advance::follow(needs, &past, config, &ended);
    ledger::update(ports, &needs.id, |_, status| advance::record(status, needs, &ended, &following)).await?;
    advance::sections(needs, &past, &ended, &following)
}

enum Look {
    Wait(String),
    Ended(Box<Ended>),
}

/// One look. An agent past its deadline is deleted here, and must be seen gone before anything is decided.
async fn look_once(
    needs: &Needs,
    past: &Past,
    config: &Config,
    ports: &(impl ReadGithub + OpenPullRequests + CodeRuns + Records + Cluster + Clock),
    now: Timestamp,
) -> Result<Look, Cannot> {
    let Some(coderun) = &needs.coderun else { return look_at_rerun(needs, config, ports, now).await };
    let seen = look::look(needs, past, config, ports, now).await?;
    match seen.rule.then {
        Then::Verdict(verdict) => Ok(Look::Ended(Box::new(ended(needs, verdict, seen)))),
        Then::StopAgent => {
            let only_if = Preconditions { uid: coderun.uid.clone(), resource_version: None };
            ports.delete_coderun(&coderun.name, &only_if).await.map_err(cannot)?;
            let seen = look::look(needs, past, config, ports, now).await?;
            match seen.rule.then {
                Then::Verdict(verdict) => Ok(Look::Ended(Box::new(ended(needs, verdict, seen)))),
                _ => Ok(Look::Wait(format!(
                    "the CodeRun {} was deleted at its deadline and is not gone yet",
                    coderun.name
                ))),
            }
        }
        Then::Wait => {
            if seen.facts.pushed == Some(Pushed::Ours) {
                ledger::update(ports, &needs.id, |_, status| status.stage = Some(Stage::CiRunning.into())).await?;
            }
            let until = if seen.facts.pushed.is_some() { seen.facts.ci_deadline } else { seen.facts.agent_deadline };
            Ok(Look::Wait(format!(
                "attempt {}: {} (CodeRun {}); the deadline is {until}",
                needs.attempt.number, seen.rule.says, coderun.name
            )))
        }
    }
}

async fn look_at_rerun(
    needs: &Needs,
    config: &Config,
    ports: &(impl ReadGithub + Clock),
    now: Timestamp,
) -> Result<Look, Cannot> {
    let facts = rerun::look(needs, config.deadlines.ci_seconds, now, ports).await?;
    let rule = rerun::judge(&facts);
    let run = &facts.reference;
    let Then::Verdict(verdict) = rule.then else {
        return Ok(Look::Wait(format!(
            "{} (run {}, attempt {}); the deadline is {}",
            rule.says, run.run_id, run.run_attempt, facts.deadline
        )));
    };
    let red_runs = if verdict == Verdict::NotFixed { vec![run.clone()] } else { Vec::new() };
    Ok(Look::Ended(Box::new(Ended {
        verdict,
        because: vec![Because { rule: rule.name.into(), at: format!("github:runs/{}", run.run_id) }],
        finished: AttemptRecord { red_runs, ..record(needs, verdict) },
        pull_request: None,
    })))
}

/// What goes into `attempts`, without what only a CodeRun has.
fn record(needs: &Needs, verdict: Verdict) -> AttemptRecord {
    let key = needs.key();
    AttemptRecord {
        round: key.round,
        number: key.number,
        agent: None,
        kind: needs.classification.as_ref().map(|found| found.kind.clone()),
        coderun: None,
        verdict: verdict.into(),
        head_sha: None,
        commits: Vec::new(),
        commits_omitted: 0,
        files: Vec::new(),
        files_omitted: 0,
        red_runs: Vec::new(),
        signature: needs.classification.as_ref().map(|found| found.signature.clone()),
    }
}

fn ended(needs: &Needs, verdict: Verdict, seen: Seen) -> Ended {
    let coderun = needs.coderun.as_ref();
    let ours = seen.facts.pushed == Some(Pushed::Ours);
    let ci = seen.facts.ci.as_ref();
    let mut because = vec![Because { rule: seen.rule.name.into(), at: place(needs, &seen) }];
    because.extend(ci.into_iter().flat_map(|ci| ci.required.iter().chain(&ci.broken)).filter_map(because_of));
    because.extend(seen.diff.because.clone());
    Ended {
        verdict,
        because,
        finished: AttemptRecord {
            agent: coderun.map(|coderun| coderun.agent.clone()),
            coderun: coderun.map(|coderun| coderun.name.clone()),
            head_sha: seen.head_sha.filter(|_| ours),
            commits: seen.commits,
            commits_omitted: seen.commits_omitted,
            files: seen.files,
            files_omitted: seen.files_omitted,
            red_runs: ci.filter(|_| ours).map(ci::Ci::red_runs).unwrap_or_default(),
            ..record(needs, verdict)
        },
        pull_request: seen.pull_request,
    }
}

/// Where the deciding fact stands.
fn place(needs: &Needs, seen: &Seen) -> String {
    match (&seen.facts.ci, &seen.head_sha, seen.pull_request, &needs.coderun) {
        (Some(_), Some(sha), ..) => format!("github:commits/{sha}"),
        (None, _, Some(number), _) if seen.facts.pushed.is_none() => format!("github:pulls/{number}"),
        (.., Some(coderun)) => format!("coderun:{}", coderun.name),
        _ => "github".into(),
    }
}

/// A check's part in the decision. Its name is foreign text and stays out.
fn because_of(check: &Check) -> Option<Because> {
    let rule = match check.state {
        State::Red => "job_red",
        State::Pending => "job_running",
        State::Waiting => "job_waiting_for_approval",
        State::NotRun(_) => "job_did_not_run",
        State::Absent => "job_absent",
        State::Green => return None,
    };
    let at = check.run.as_ref().map_or("github:checks".into(), |run| format!("github:runs/{}", run.run_id));
    Some(Because { rule: rule.into(), at })
}
