//! `spawn-coderun`: starts the agent. It parses nothing that a stranger wrote: it believes the record, takes the prompt by
//! its digest, and creates one object with a name that the document fixes, so that running twice starts one agent.

pub mod believe;
pub mod object;
mod spawn;

use jiff::Timestamp;
use ledger::WorldArgs;
use object::Order;
use remediation::{
    Admission, Agent, Attempt, Classification, Prompt, Repository, Subject, Target, Vocabulary, vocabulary,
};
use serde::Deserialize;
use step::{Cannot, Desk, Parameter, Sections, Step, Values, words};

pub use spawn::{Ports, Spawned, spawn};

vocabulary! {
    /// What came of a spawn.
    SpawnResult, "spawn result":
    Created = "created", "the CodeRun was created";
    Existing = "existing", "it was there already";
    Observed = "observed", "observe mode: it would have been created";
    SwitchOff = "switch_off", "the switch is off: nothing was created";
    Budget = "budget", "today's starts are used up: nothing was created";
}

/// The step.
pub struct SpawnCoderun;

/// Flags of `spawn-coderun`.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
pub struct Args {
    #[command(flatten)]
    world: WorldArgs,
    /// Print the CodeRun as YAML instead of creating it; needs no admission and no cluster
    #[arg(long)]
    dry_run: bool,
}

/// What it reads of the document.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs)]
pub struct Needs {
    pub id: String,
    #[serde(default = "unknown")]
    pub repository: Repository,
    pub subject: Subject,
    #[serde(default = "first")]
    pub attempt: Attempt,
    #[serde(default)]
    pub admission: Option<Admission>,
    #[serde(default)]
    pub target: Option<Target>,
    pub classification: Classification,
    pub prompt: Prompt,
}

fn unknown() -> Repository {
    Repository { host: String::new(), owner: String::new(), name: String::new(), id: None, default_branch: None }
}

fn first() -> Attempt {
    Attempt { round: 1, number: 1, limit: 1, agent: None }
}

impl Step for SpawnCoderun {
    const NAME: &'static str = "spawn-coderun";
    const ABOUT: &'static str = "Starts the agent: creates the CodeRun, once";
    const EXAMPLES: &'static str = "spawn-coderun --in remediation.json --world tests/worlds/widgets\n\
        open-remediation --log build.log --repository acme/widgets | classify | render-prompt | spawn-coderun --dry-run";
    const OWNS: &'static [&'static str] = &["coderun"];
    const PARAMETERS: &'static [Parameter] = &[
        Parameter { name: "coderun", values: Values::Name },
        Parameter { name: "agent", values: Values::Words(words::<Agent>) },
        Parameter { name: "result", values: Values::Words(words::<SpawnResult>) },
        Parameter { name: "agent_seconds", values: Values::Number },
    ];
    type Args = Args;
    type Needs = Needs;

    fn run(args: &Args, needs: Needs, desk: &mut Desk) -> Result<Sections, Cannot> {
        let prompt = desk.attachment(&needs.prompt.attachment)?;
        let prompt = String::from_utf8_lossy(&prompt);
        let order = order(&needs, &prompt)?;
        if args.dry_run {
            let object = order.object(&args.world.config()?)?;
            return Ok(Sections::new().print(yaml(&object)?.into_bytes()));
        }
        let (world, config) = args.world.open_admitted(Self::NAME, needs.admission.as_ref())?;
        let of = &needs.repository;
        if needs.admission.is_some() && !config.allows(&of.owner, &of.name, order.agent) {
            let agent = order.agent;
            return Err(Cannot::refused(format!(
                "the configuration does not let {agent} work in this repository; nothing was created, run classify again"
            )));
        }
        let now: Timestamp = ledger::now(desk, &world);
        let spawned = ledger::block_on(spawn(&needs, &order, &config, &world, now))?;
        Ok(sections(&spawned, config.agent_seconds_for(&of.owner, &of.name)))
    }
}

/// What the document orders.
pub fn order<'a>(needs: &'a Needs, prompt: &'a str) -> Result<Order<'a>, Cannot> {
    let Repository { owner, name, .. } = &needs.repository;
    let legal = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    if !legal(owner) || !legal(name) {
        return Err(Cannot::refused(
            "the document does not say in which repository the agent works; give open-remediation --repository owner/name",
        ));
    }
    let agent = needs.classification.agent.as_ref();
    let agent =
        agent.ok_or_else(|| Cannot::refused("the classification names no agent, so there is nobody to start"))?;
    Ok(Order {
        id: &needs.id,
        repository: &needs.repository,
        subject: &needs.subject,
        attempt: &needs.attempt,
        target: needs.target.as_ref(),
        kind: needs.classification.kind.require("classification.kind")?,
        agent: agent.require("classification.agent")?,
        prompt,
    })
}

/// The object as a person reads it: words that YAML 1.1 takes for something else are quoted, the prompt is a block.
pub fn yaml(object: &serde_json::Value) -> Result<String, Cannot> {
    serde_yaml::to_string(object)
        .map_err(|error| Cannot::bug(format!("the CodeRun cannot be written as YAML: {error}")))
}

fn sections(spawned: &Spawned, agent_seconds: u64) -> Sections {
    let sections = Sections::new().parameter("result", spawned.result);
    match &spawned.coderun {
        Some(coderun) => sections
            .set("coderun", coderun)
            .parameter("coderun", &coderun.name)
            .parameter("agent", coderun.agent.as_str())
            .parameter("agent_seconds", agent_seconds)
            .say(format!("{}: {}", coderun.name, spawned.result.meaning())),
        None => sections.remove("coderun").say(spawned.result.meaning()),
    }
}
