//! `resolve-event`: every door but `workflow_run` (design section 5). It looks up on GitHub who asks and what failed, and
//! makes exactly the Workflows that a sensor for `workflow_run` would have made, or carries out a person's command.
//!
//! [`asks`] says who asks for what, [`commands`] carries it out, [`failures`] finds what is red, [`died`] takes over
//! what a Workflow of ours left open. A look-up that fails is no
//! answer: the step ends with its code, and nothing is done.

mod asks;
mod commands;
mod died;
mod failures;
mod resolve;

use config::Config;
use jiff::Timestamp;
use ledger::WorldArgs;
use remediation::{Because, Origin, Repository, Resolution, ResolutionReason, Subject, cap, caps};
pub use resolve::{Ports, resolve, run_by_hand};
use serde::Deserialize;
use step::{Cannot, Desk, Parameter, Sections, Step, Values, words};
use world::github::Slug;

/// The step.
pub struct ResolveEvent;

/// Flags of `resolve-event`.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
pub struct Args {
    #[command(flatten)]
    world: WorldArgs,
    /// Read no document: open the failure of a run of this repository
    #[arg(long, value_name = "OWNER/NAME", requires = "run_id", help_heading = "By hand")]
    repository: Option<String>,
    /// With --repository: the run of GitHub Actions, its newest attempt
    #[arg(long, value_name = "N", requires = "repository", help_heading = "By hand")]
    run_id: Option<u64>,
}

/// What it reads of the document.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Needs {
    pub id: String,
    pub origin: Option<Origin>,
    pub repository: Option<Repository>,
    pub subject: Option<Subject>,
}

/// What became of the event.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Why.
    pub reason: ResolutionReason,
    /// Workflows that are there now.
    pub created: Vec<String>,
    /// Remediations that were changed.
    pub changed: Vec<String>,
    /// What decided.
    pub because: Vec<Because>,
}

impl Outcome {
    /// Nothing to do, for this reason, decided by what stands there.
    pub(crate) fn no(reason: ResolutionReason, at: impl Into<String>) -> Self {
        Self { reason, created: Vec::new(), changed: Vec::new(), because: vec![because(reason, at)] }
    }
}

pub(crate) fn because(rule: ResolutionReason, at: impl Into<String>) -> Because {
    Because { rule: rule.to_string(), at: at.into() }
}

impl Step for ResolveEvent {
    const NAME: &'static str = "resolve-event";
    const ABOUT: &'static str =
        "Makes the Workflows of an event that came through another door, or carries out a command";
    const EXAMPLES: &'static str = "open-remediation --event issue_comment < event.json | resolve-event --world tests/worlds/widgets\n\
        resolve-event --repository acme/widgets --run-id 12216892003";
    const OWNS: &'static [&'static str] = &["resolution"];
    const PARAMETERS: &'static [Parameter] = &[
        Parameter { name: "resolution", values: Values::Words(words::<ResolutionReason>) },
        Parameter { name: "created", values: Values::Number },
        Parameter { name: "changed", values: Values::Number },
    ];
    type Args = Args;
    type Needs = Needs;

    fn begins(args: &Args) -> bool {
        args.run_id.is_some()
    }

    fn run(args: &Args, needs: Needs, desk: &mut Desk) -> Result<Sections, Cannot> {
        let (world, config) = args.world.open()?;
        let now = ledger::now(desk, &world);
        let outcome = match (&args.repository, args.run_id) {
            (Some(repository), Some(run_id)) => {
                let of = Slug::parse(repository)
                    .ok_or_else(|| Cannot::usage("--repository must be OWNER/NAME as GitHub allows it"))?;
                ledger::block_on(run_by_hand(&of, run_id, &config, &world))?
            }
            _ => ledger::block_on(whole(&needs, &config, &world, now))?,
        };
        Ok(sections(outcome))
    }
}

async fn whole(needs: &Needs, config: &Config, world: &impl Ports, now: Timestamp) -> Result<Outcome, Cannot> {
    let Some(subject) = &needs.subject else {
        return Err(Cannot::refused("the document has no `subject`; run open-remediation first"));
    };
    resolve(needs, subject, config, world, now).await
}

fn sections(outcome: Outcome) -> Sections {
    let Outcome { reason, created, changed, because } = outcome;
    let said = format!("{reason}: {} Workflows, {} remediations changed", created.len(), changed.len());
    let sections = Sections::new()
        .parameter("resolution", reason)
        .parameter("created", created.len())
        .parameter("changed", changed.len());
    let (created, more_created) = cap(created, caps::WORKFLOWS);
    let (changed, more_changed) = cap(changed, caps::WORKFLOWS);
    let (because, _) = cap(because, caps::BECAUSE);
    let omitted = more_created + more_changed;
    sections.set("resolution", &Resolution { reason: reason.into(), created, changed, omitted, because }).say(said)
}
