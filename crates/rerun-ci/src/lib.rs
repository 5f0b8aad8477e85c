//! `rerun-ci`: runs the failed jobs again, once per run (design section 2). The record knows of it before GitHub does,
//! so that the new attempt's failure is recognised as our own, and so that no log can ask for a second one.

use jiff::Timestamp;
use ledger::{WorldArgs, cannot};
use remediation::record::{RecordSpec, RecordStatus};
use remediation::{Admission, Failure, Mode, Repository, Rerun, RunRef, Stage, Subject};
use serde::Deserialize;
use step::{Cannot, Desk, Parameter, Sections, Step, Values};
use world::github::Status;
use world::{ReadGithub, Records, RerunGithub};

/// The step.
pub struct RerunCi;

/// Flags of `rerun-ci`.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
pub struct Args {
    #[command(flatten)]
    world: WorldArgs,
}

/// What it reads of the document.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs)]
pub struct Needs {
    pub id: String,
    pub repository: Repository,
    pub subject: Subject,
    #[serde(default)]
    pub admission: Option<Admission>,
    #[serde(default)]
    pub failure: Option<Failure>,
    #[serde(default)]
    pub rerun: Option<Rerun>,
}

impl Needs {
    /// The run whose jobs failed: after an attempt that attempt's, else the subject's.
    fn run_id(&self) -> Option<u64> {
        let of_jobs = self.failure.iter().flat_map(|failure| &failure.jobs).find_map(|job| job.run_id);
        of_jobs.or(self.subject.run_id)
    }
}

impl Step for RerunCi {
    const NAME: &'static str = "rerun-ci";
    const ABOUT: &'static str = "Runs the failed jobs of a run again, once";
    const EXAMPLES: &'static str = "rerun-ci --in remediation.json --world tests/worlds/widgets\n\
        rerun-ci --parameters out --on-failure record < remediation.json";
    const OWNS: &'static [&'static str] = &["rerun"];
    const PARAMETERS: &'static [Parameter] = &[
        Parameter { name: "run_id", values: Values::Number },
        Parameter { name: "run_attempt", values: Values::Number },
    ];
    type Args = Args;
    type Needs = Needs;

    fn run(args: &Args, needs: Needs, desk: &mut Desk) -> Result<Sections, Cannot> {
        let (world, _) = args.world.open_admitted(Self::NAME, needs.admission.as_ref())?;
        let now = ledger::now(desk, &world);
        let rerun = ledger::block_on(rerun(&needs, &world, now))?;
        let did = if rerun.observed { "would ask for" } else { "asked for" };
        Ok(Sections::new()
            .parameter("run_id", rerun.run_id)
            .parameter("run_attempt", rerun.run_attempt)
            .say(format!("{did} attempt {} of run {}", rerun.run_attempt, rerun.run_id))
            .set("rerun", &rerun))
    }
}

/// Records the re-run, then asks for it. What was asked for before is not asked for again, unless GitHub shows that it
/// never began.
pub async fn rerun(
    needs: &Needs,
    ports: &(impl Records + ReadGithub + RerunGithub),
    now: Timestamp,
) -> Result<Rerun, Cannot> {
    let Some(run_id) = needs.run_id() else {
        return Err(Cannot::refused("the failure is of no GitHub Actions run, so there is nothing that can run again"));
    };
    let slug = ledger::slug(&needs.repository);
    let run = ports.run(&slug, run_id).await.map_err(cannot)?;
    let record = ledger::find(ports, &needs.id).await?;
    let asked = record.iter().flat_map(|record| &record.status.reruns).find(|rerun| rerun.run_id == run_id).cloned();
    let run_attempt = asked.as_ref().map_or(run.run_attempt + 1, |asked| asked.run_attempt);
    let asked_at = needs.rerun.as_ref().filter(|before| before.run_id == run_id).map_or(now, |before| before.asked_at);
    let observed = needs.admission.as_ref().is_some_and(|admission| admission.mode == Mode::Observe);
    let section = Rerun { run_id, run_attempt, asked_at, observed };
    // Asked for and begun; or somebody else ran it again meanwhile, which serves as well; or this is our own output.
    let said = needs.rerun.as_ref().is_some_and(|before| before.run_id == run_id && !before.observed);
    let begun = run.run_attempt >= run_attempt || (asked.is_some() && said);
    if observed || begun {
        return Ok(section);
    }
    if run.status != Status::Completed {
        return Err(Cannot::not_yet(format!(
            "run {run_id} has not ended, and GitHub runs no job again before; nothing was asked"
        )));
    }
    if asked.is_none() {
        let asks = RunRef { run_id, run_attempt };
        ledger::update(ports, &needs.id, |_: &RecordSpec, status: &mut RecordStatus| {
            if !status.reruns.contains(&asks) {
                status.reruns.push(asks.clone());
            }
            status.stage = Some(Stage::CiRunning.into());
        })
        .await?;
    }
    ports.rerun_failed_jobs(&slug, run_id).await.map_err(cannot)?;
    Ok(section)
}
