//! `fetch-failure`: what failed, in detail: jobs, steps and their logs, what changed, the pull request, the base
//! (design sections 2 and 4).
//!
//! The failed jobs are needed; everything beside them is a `gap` when it cannot be had.

mod alert;
mod base;
mod fetch;
mod log;
mod other;
mod ring;

use config::Config;
use jiff::Timestamp;
use remediation::{
    Admission, Attempt, AttemptRecord, Classification, Failure, Repository, RunRef, Subject, SubjectKind, Target, caps,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use step::{ATTACHMENT_BYTES, Cannot, Desk, Parameter, Sections, Step};
use world::github::Conclusion;
use world::{Cluster, ReadGithub};

use log::JobLog;

/// The attachment's name, and its file.
pub const LOG: (&str, &str) = ("job_log", "job_log.txt");

/// See the crate.
pub struct FetchFailure;

/// Flags of this step.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    world: ledger::WorldArgs,
}

/// What it reads of the document.
#[derive(Debug, Deserialize)]
#[allow(missing_docs)]
pub struct Needs {
    pub repository: Repository,
    pub subject: Subject,
    pub attempt: Attempt,
    pub admission: Option<Admission>,
    pub target: Option<Target>,
    pub classification: Option<Classification>,
    #[serde(default)]
    pub attempts: Vec<Box<RawValue>>,
}

impl Needs {
    /// The runs to read: what an earlier attempt of this round left red, else the subject's.
    pub fn runs(&self) -> Vec<RunRef> {
        let earlier =
            self.attempts.iter().rev().filter_map(|item| serde_json::from_str::<AttemptRecord>(item.get()).ok());
        let left_red = earlier.filter(|attempt| attempt.round == self.attempt.round).map(|attempt| attempt.red_runs);
        left_red.into_iter().find(|runs| !runs.is_empty()).unwrap_or_else(|| {
            let run = |run_id| RunRef { run_id, run_attempt: self.subject.run_attempt.unwrap_or(1) };
            self.subject.run_id.map(run).into_iter().collect()
        })
    }
}

/// The runs to read. Another round begins where the one before ended: when the agent's commits stand on the branch, what is
/// red there now is read, not what was red before them.
async fn runs(needs: &Needs, ports: &impl ReadGithub) -> Result<Vec<RunRef>, Cannot> {
    let runs = needs.runs();
    let begins = needs.attempt.round > 1 && needs.attempt.number == 1;
    let base = needs.target.as_ref().map(|target| target.base_sha.as_str()).filter(|_| begins);
    let (Some(base), Some(workflow)) = (base, needs.subject.workflow_id) else { return Ok(runs) };
    if needs.subject.head_sha.as_deref() == Some(base) {
        return Ok(runs);
    }
    let of = ledger::slug(&needs.repository);
    let there = ledger::found(ports.runs_of_commit(&of, base).await)?.map(|listed| listed.items).unwrap_or_default();
    let red = there.into_iter().filter(|run| run.workflow_id == workflow && is_failure(run.conclusion));
    let newest = red.max_by_key(|run| run.id).map(|run| RunRef { run_id: run.id, run_attempt: run.run_attempt });
    Ok(newest.map_or(runs, |run| vec![run]))
}

impl Step for FetchFailure {
    const NAME: &'static str = "fetch-failure";
    const ABOUT: &'static str =
        "Fetches what failed: jobs, their redacted logs, what changed, the pull request and the base";
    const EXAMPLES: &'static str = "fetch-failure --world tests/worlds/widgets --in remediation.json --out remediation.json\n\
                                    fetch-failure --config healer.yaml < remediation.json | classify";
    const OWNS: &'static [&'static str] = &["failure"];
    const PARAMETERS: &'static [Parameter] = &[];
    type Args = Args;
    type Needs = Needs;

    fn run(args: &Args, needs: Needs, desk: &mut Desk) -> Result<Sections, Cannot> {
        let (world, config) = args.world.open_admitted(Self::NAME, needs.admission.as_ref())?;
        let now = ledger::now(desk, &world);
        let writer = desk.attach(LOG.0, LOG.1, false)?;
        let mut log = JobLog::new(writer, usize::try_from(ATTACHMENT_BYTES).unwrap_or(usize::MAX));
        let mut failure = ledger::block_on(run(&needs, &config, &world, now, &mut log))?;
        failure.redactions = log.redactions().clone();
        let writer = log.finish().map_err(|error| {
            Cannot::not_yet(format!("cannot write the attachment {}: {error}; nothing was kept, run again", LOG.0))
        })?;
        // A log that a person gave is not replaced by nothing; the log of an earlier attempt is.
        let fetched = failure.jobs.iter().any(|job| job.log_lines.is_some());
        if fetched || !needs.runs().is_empty() || !desk.has_attachment(LOG.0) {
            desk.keep(writer)?;
        }
        let said =
            format!("{} failed jobs, {} gaps", failure.jobs.len() as u64 + failure.jobs_omitted, failure.gaps.len());
        Ok(Sections::new().set("failure", &failure).say(said))
    }
}

/// Fetches what the subject's kind calls for; the logs go into `log`.
pub async fn run<W: std::io::Write + Send>(
    needs: &Needs,
    config: &Config,
    ports: &(impl ReadGithub + Cluster),
    now: Timestamp,
    log: &mut JobLog<W>,
) -> Result<Failure, Cannot> {
    let mut failure = Failure {
        head_sha: needs.subject.head_sha.clone(),
        workflow_path: None,
        jobs: Vec::new(),
        jobs_omitted: 0,
        changed_files: Vec::new(),
        changed_files_omitted: 0,
        commit_message: None,
        pull_request: None,
        base: None,
        alert: None,
        redactions: std::collections::BTreeMap::new(),
        gaps: Vec::new(),
    };
    let runs = runs(needs, ports).await?;
    let read = fetch::runs(needs, &runs, now, ports, log, &mut failure).await?;
    match needs.subject.kind.require("subject.kind")? {
        SubjectKind::CommitStatus if runs.is_empty() || read.is_empty() => {
            other::check(needs, ports, log, &mut failure).await?;
        }
        SubjectKind::SecurityAlert => other::alert(needs, ports, &mut failure).await?,
        SubjectKind::ClusterAlert => other::application(needs, config, ports, log, &mut failure).await?,
        SubjectKind::WorkflowFailure => other::workflow(needs, &config.namespace, ports, log, &mut failure).await,
        _ if runs.is_empty() => failure.gaps.push(fetch::gap("the document names no run whose log could be fetched")),
        _ => {}
    }
    fetch::around(needs, &read, ports, &mut failure).await;
    failure.gaps.truncate(caps::CONTEXT);
    fit(&mut failure);
    Ok(failure)
}

/// Bytes of the section: the document has 64 KiB for everything.
const SECTION_BYTES: usize = 12 * 1024;

/// Leaves out changed files, then failed jobs, until the section fits.
fn fit(failure: &mut Failure) {
    while serde_json::to_string(failure).is_ok_and(|json| json.len() > SECTION_BYTES) {
        if failure.changed_files.pop().is_some() {
            failure.changed_files_omitted += 1;
        } else if failure.jobs.len() > 1 {
            failure.jobs.pop();
            failure.jobs_omitted += 1;
        } else {
            break;
        }
    }
}

/// Whether something ended red.
pub(crate) fn is_failure(conclusion: Option<Conclusion>) -> bool {
    conclusion.is_some_and(Conclusion::is_failure)
}
