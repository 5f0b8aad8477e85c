//! `sweep`: events get lost, Workflows die, people delete things; every minute or two it looks at what there is, and opens
//! ([`failures`]), takes up ([`dead`]), tells ([`linked`]) and frees ([`tidy`]) what nobody else will (design sections 2, 4
//! and 6). It decides nothing about a failure: it makes the Workflow that a sensor would have made, and `admit` decides.
//!
//! Every name is computed, every write a create-only or a compare-and-swap: two at once do what one does.

mod dead;
mod failures;
mod linked;
mod reopen;
mod stuck;
mod tidy;

use std::collections::BTreeMap;

use config::Config;
use jiff::{SignedDuration, Timestamp};
use ledger::{Record, Switch, WorldArgs, switch};
use serde::Deserialize;
use step::{Cannot, Desk, Parameter, Sections, Step, Values};
use world::github::{Repository, Slug};
use world::kubernetes::Map;
use world::{Cluster, CodeRuns, CommentOnGithub, Counters, Leases, PortError, ReadGithub, Records, Workflows};

/// The step.
pub struct Sweep;

/// Flags of `sweep`.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub struct Args {
    #[command(flatten)]
    world: WorldArgs,
    /// The most Workflows that one run creates, the newest failures first
    #[arg(long, value_name = "N", default_value_t = 50)]
    at_most: usize,
    /// How far before the last look failed runs are looked for again
    #[arg(long, value_name = "SECONDS", default_value_t = 7200)]
    overlap_seconds: u32,
    /// How long a dead Workflow's remediation is left to others
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    grace_seconds: u32,
    /// How long records are kept after their conclusion
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    keep_days: u32,
    /// The id of Healer's own GitHub App: only its comments and check runs are edited [default: github_app_id of healer.yaml]
    #[arg(long, value_name = "ID", env = "HEALER_GITHUB_APP_ID")]
    app_id: Option<u64>,
}

/// It reads no document.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Needs {}

/// Everything that a sweeper may do.
pub trait Ports: ReadGithub + CommentOnGithub + Records + Leases + Counters + CodeRuns + Workflows + Cluster {}
impl<T> Ports for T where T: ReadGithub + CommentOnGithub + Records + Leases + Counters + CodeRuns + Workflows + Cluster {}

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Workflows for failures that had none.
    pub opened: usize,
    /// Workflows for remediations whose owner died.
    pub taken_over: usize,
    /// Remediations whose people were told that what they waited for has ended.
    pub told: usize,
    /// Leases that nobody needs, and dead pods that their Workflow still waits for.
    pub freed: usize,
    /// Records and counters that are too old.
    pub deleted: usize,
    /// What could not be done, a sentence each.
    pub faults: Vec<String>,
    /// How much was tried; all of it failed when there are as many faults.
    tried: usize,
}

impl Tally {
    /// Notes whether a part of the work could be done. One that could not is no reason to leave out the others.
    fn note(&mut self, what: &str, done: Result<(), Cannot>) {
        self.tried += 1;
        if let Err(cannot) = done {
            tracing::warn!(step = Sweep::NAME, "{what}: {}", cannot.sentence);
            self.faults.push(format!("{what}: {}", cannot.sentence));
        }
    }
}

impl Step for Sweep {
    const NAME: &'static str = "sweep";
    const ABOUT: &'static str =
        "Opens what no event opened, takes up what died, tells those who wait, frees dead slots";
    const EXAMPLES: &'static str = "sweep --parameters out\n\
        sweep --world tests/worlds/widgets --at-most 10";
    const OWNS: &'static [&'static str] = &[];
    const PARAMETERS: &'static [Parameter] = &[
        Parameter { name: "opened", values: Values::Number },
        Parameter { name: "taken_over", values: Values::Number },
        Parameter { name: "told", values: Values::Number },
        Parameter { name: "freed", values: Values::Number },
        Parameter { name: "deleted", values: Values::Number },
        Parameter { name: "faults", values: Values::Number },
    ];
    type Args = Args;
    type Needs = Needs;

    fn begins(_: &Args) -> bool {
        true
    }

    fn run(args: &Args, _: Needs, desk: &mut Desk) -> Result<Sections, Cannot> {
        let (world, config) = args.world.open()?;
        let now = ledger::now(desk, &world);
        let tally = ledger::block_on(sweep(args, &config, &world, now))?;
        let said = format!(
            "opened {}, took over {}, told {}, freed {}, deleted {}, could not {}",
            tally.opened,
            tally.taken_over,
            tally.told,
            tally.freed,
            tally.deleted,
            tally.faults.len()
        );
        Ok(Sections::new()
            .parameter("opened", tally.opened)
            .parameter("taken_over", tally.taken_over)
            .parameter("told", tally.told)
            .parameter("freed", tally.freed)
            .parameter("deleted", tally.deleted)
            .parameter("faults", tally.faults.len())
            .say(said))
    }
}

/// One run.
pub(crate) struct Run<'a, P> {
    pub(crate) args: &'a Args,
    pub(crate) config: &'a Config,
    pub(crate) ports: &'a P,
    pub(crate) now: Timestamp,
    switch: Map,
    /// Every record that can be read.
    pub(crate) records: BTreeMap<String, Record>,
    /// Whether those are all there are.
    pub(crate) complete: bool,
    pub(crate) tally: Tally,
    /// GitHub's answers of this run, by name.
    repositories: BTreeMap<String, Repository>,
    /// Where the repairs of ended owners are, by their id.
    pub(crate) repairs: BTreeMap<String, linked::Repair>,
}

/// Looks at everything once.
///
/// # Errors
/// The switch or the records cannot be read, or nothing at all could be done.
pub async fn sweep(args: &Args, config: &Config, ports: &impl Ports, now: Timestamp) -> Result<Tally, Cannot> {
    // Without the switch and the records nothing is known of what may be done and what is done already.
    let switch = match ports.config_map(switch::NAME).await {
        Ok(found) => found.map(|map| map.data).unwrap_or_default(),
        Err(PortError::Denied { .. }) => Map::default(),
        Err(error) => return Err(ledger::cannot(error)),
    };
    let mut records = BTreeMap::new();
    let mut complete = true;
    for resource in ports.records(&[]).await.map_err(ledger::cannot)? {
        let name = resource.metadata.name.clone();
        match Record::read(resource) {
            Ok(record) => drop(records.insert(name, record)),
            // A newer version's record is that version's business.
            Err(cannot) => {
                complete = false;
                tracing::warn!(step = Sweep::NAME, "{}", cannot.sentence);
            }
        }
    }
    let (tally, repositories, repairs) = (Tally::default(), BTreeMap::new(), BTreeMap::new());
    let mut run = Run { args, config, ports, now, switch, records, complete, tally, repositories, repairs };
    run.tidy().await;
    run.take_up().await;
    run.tell().await;
    run.open().await;
    let Run { tally, .. } = run;
    if tally.tried > 0 && tally.faults.len() >= tally.tried {
        return Err(Cannot::not_yet(format!("nothing could be done: {}", tally.faults.join("; "))));
    }
    Ok(tally)
}

impl<P: Ports> Run<'_, P> {
    /// The switch for a repository; one that is not on the allow-list is off.
    pub(crate) fn switch(&self, of: &Slug) -> Switch {
        if self.config.repository(of.owner(), of.name()).is_none() {
            return Switch::Off;
        }
        Switch::read(&self.switch, of.owner(), of.name())
    }

    /// How many Workflows may still be created.
    pub(crate) fn left(&self) -> usize {
        self.args.at_most.saturating_sub(self.tally.opened + self.tally.taken_over)
    }

    pub(crate) fn grace(&self) -> SignedDuration {
        SignedDuration::from_secs(i64::from(self.args.grace_seconds))
    }

    pub(crate) fn app_id(&self) -> Option<u64> {
        self.args.app_id.or(self.config.github_app_id)
    }

    /// The repository as GitHub knows it now.
    pub(crate) async fn repository(&mut self, of: &Slug) -> Result<Repository, Cannot> {
        let name = format!("{}/{}", of.owner(), of.name()).to_lowercase();
        if let Some(known) = self.repositories.get(&name) {
            return Ok(known.clone());
        }
        let found = self.ports.repository(of).await.map_err(ledger::cannot)?;
        self.repositories.insert(name, found.clone());
        Ok(found)
    }
}

/// The repository of a record, for GitHub's paths.
pub(crate) fn slug(record: &Record) -> Option<Slug> {
    Slug::parse(&record.spec.repository)
}
