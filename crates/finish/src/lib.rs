//! `finish`: writes how it ended into the record, lets go of what it held, sums the document up in parameters, and ends
//! with a recorded fault's exit code: Argo reads the code of the last container only (design section 2).

pub mod conclude;
mod then;

pub use conclude::Needs;
use conclude::{Ended, conclusion};
use jiff::Timestamp;
use ledger::lease::{self, Kind as LeaseKind};
use ledger::{OwnerArgs, WorldArgs, same, slots};
use remediation::record::{Owner, RecordStatus};
use remediation::{
    AdmissionReason, Agent, Conclusion, Decision, EscalationReason, Kind, Mode, Next, NotSpawned, Remedy, Role, Stage,
    Verdict, Vocabulary,
};
use step::{Cannot, Code, Desk, Parameter, Sections, Step, Values, words};
pub use then::{Then, outcome, then};
use world::{CodeRuns, Leases, Records};

/// The step.
pub struct Finish;

/// Flags of `finish`.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
pub struct Args {
    #[command(flatten)]
    world: WorldArgs,
    #[command(flatten)]
    owner: OwnerArgs,
    /// What spawn-coderun said: switch_off and budget end it as skipped, observed and none as the document says
    #[arg(long, value_name = "REASON")]
    not_spawned: Option<NotSpawned>,
}

/// Every word that may be the reason of a conclusion.
fn reasons() -> Vec<&'static str> {
    let mut all = words::<AdmissionReason>();
    all.extend(words::<Verdict>());
    all.extend(words::<EscalationReason>());
    all.extend(words::<Role>());
    all
}

impl Step for Finish {
    const NAME: &'static str = "finish";
    const ABOUT: &'static str = "Writes how it ended into the record, and ends with a recorded fault's exit code";
    const EXAMPLES: &'static str = "finish --in remediation.json --world tests/worlds/widgets\n\
        finish --parameters out --workflow-name remediate-x7 --workflow-uid 0b1c < remediation.json";
    const OWNS: &'static [&'static str] = &[];
    const PARAMETERS: &'static [Parameter] = &[
        Parameter { name: "conclusion", values: Values::Words(words::<Conclusion>) },
        Parameter { name: "reason", values: Values::Words(reasons) },
        Parameter { name: "decision", values: Values::Words(words::<Decision>) },
        Parameter { name: "mode", values: Values::Words(words::<Mode>) },
        Parameter { name: "role", values: Values::Words(words::<Role>) },
        Parameter { name: "kind", values: Values::Words(words::<Kind>) },
        Parameter { name: "agent", values: Values::Words(words::<Agent>) },
        Parameter { name: "remedy", values: Values::Words(words::<Remedy>) },
        Parameter { name: "verdict", values: Values::Words(words::<Verdict>) },
        Parameter { name: "next", values: Values::Words(words::<Next>) },
        Parameter { name: "remediation", values: Values::Name },
        Parameter { name: "not_before_seconds", values: Values::Number },
        Parameter { name: "then", values: Values::Words(words::<Then>) },
        Parameter { name: "outcome", values: Values::Name },
    ];
    type Args = Args;
    type Needs = Needs;

    fn run(args: &Args, mut needs: Needs, desk: &mut Desk) -> Result<Sections, Cannot> {
        let ended = match args.not_spawned {
            Some(NotSpawned(Some(reason))) if needs.fault.is_none() => {
                Some(Ended { conclusion: Conclusion::Skipped, reason: reason.as_str() })
            }
            _ => conclusion(&needs)?,
        };
        // `escalate --from-record` told of a record without a document: it is the record that this Workflow owns.
        let from_record = needs.id.is_empty() && needs.escalation.is_some();
        let written = match &ended {
            // By hand there is no admission and no record, so there is nothing to open a world for.
            Some(ended) if needs.admission.is_some() || from_record => write(args, &mut needs, ended, desk),
            _ => Ok(()),
        };
        let sections = match &needs.fault {
            // The fault was there first, and its code is the caller's, whether or not its record could be written.
            Some(fault) => {
                let unwritten =
                    written.err().map(|cannot| format!("; its record is not concluded: {}", cannot.sentence));
                let said = format!("{}: {}{}", fault.step, fault.sentence, unwritten.unwrap_or_default());
                Sections::new().exit(Code::from_number(fault.exit_code)).say(said)
            }
            None => {
                written?;
                Sections::new().say(ended.as_ref().map_or_else(
                    || "it goes on".to_owned(),
                    |ended| format!("concluded as {}, because {}", ended.conclusion, ended.reason),
                ))
            }
        };
        let sections = sections.parameter("then", then(&needs)?);
        let sections = match outcome(&needs, ended.as_ref())? {
            Some(outcome) => sections.parameter("outcome", outcome),
            None => sections,
        };
        Ok(parameters(sections, &needs, ended.as_ref()))
    }
}

/// The document in words that Argo's `when` can read.
fn parameters(mut sections: Sections, needs: &Needs, ended: Option<&Ended>) -> Sections {
    let word = |known: Option<&'static str>| known;
    let admission = needs.admission.as_ref();
    let classification = needs.classification.as_ref();
    let outcome = needs.outcome.as_ref();
    let agent = classification.and_then(|found| found.agent.as_ref());
    let all = [
        ("conclusion", ended.map(|ended| ended.conclusion.as_str())),
        ("reason", ended.map(|ended| ended.reason)),
        ("decision", admission.and_then(|admission| admission.decision.known()).map(Vocabulary::as_str)),
        ("mode", admission.and_then(|admission| admission.mode.known()).map(Vocabulary::as_str)),
        ("role", needs.claim.as_ref().and_then(|claim| claim.role.known()).map(Vocabulary::as_str)),
        ("kind", classification.and_then(|found| found.kind.known()).map(Vocabulary::as_str)),
        ("agent", agent.and_then(remediation::Open::known).map(Vocabulary::as_str)),
        ("remedy", classification.and_then(|found| found.remedy.known()).map(Vocabulary::as_str)),
        ("verdict", outcome.and_then(|outcome| outcome.verdict.known()).map(Vocabulary::as_str)),
        ("next", outcome.and_then(|outcome| outcome.next.known()).map(Vocabulary::as_str)),
    ];
    for (name, value) in all {
        if let Some(value) = word(value) {
            sections = sections.parameter(name, value);
        }
    }
    // An id that is no name has no record either, and `admit` refused it.
    if !needs.id.is_empty() && Values::Name.allow(&needs.id) {
        sections = sections.parameter("remediation", &needs.id);
    }
    if let Some(seconds) = admission.and_then(|admission| admission.not_before_seconds) {
        sections = sections.parameter("not_before_seconds", seconds);
    }
    sections
}

fn write(args: &Args, needs: &mut Needs, ended: &Ended, desk: &Desk) -> Result<(), Cannot> {
    let (world, config) = args.world.open()?;
    let owner = args.owner.owner(&config.namespace);
    let now = ledger::now(desk, &world);
    ledger::block_on(async {
        if needs.id.is_empty() {
            let owned = match &owner {
                Some(owner) => ledger::of_owner(&world, owner).await?,
                None => None,
            };
            let Some(owned) = owned else { return Ok(()) };
            owned.name().clone_into(&mut needs.id);
        }
        conclude(&needs.id, ended, &world, owner.as_ref(), now).await
    })
}

/// Writes the conclusion, unless it is not ours to write, and lets go of cause and slot.
pub async fn conclude(
    id: &str,
    ended: &Ended,
    ports: &(impl Records + Leases + CodeRuns),
    owner: Option<&Owner>,
    now: Timestamp,
) -> Result<(), Cannot> {
    let concluded = ledger::update(ports, id, |_, status: &mut RecordStatus| {
        // Another run took it over, or it has ended already: what stands there is true.
        if same(status.owner.as_ref(), owner) && status.conclusion.is_none() {
            status.conclusion = Some(ended.conclusion.into());
            status.reason = Some(ended.reason.to_owned());
            status.concluded_at = Some(now);
            status.stage = Some(Stage::Concluded.into());
        }
    })
    .await?;
    let Some(record) = concluded.filter(|record| !record.is_open()) else { return Ok(()) };
    for held in lease::held_by(ports, LeaseKind::Cause, id).await? {
        lease::release(ports, &held).await?;
    }
    for coderun in &record.status.coderuns {
        // A slot counts running agents: one that outlives its remediation keeps it until it ends.
        let running = ports.coderun(coderun).await.map_err(ledger::cannot)?;
        if running.is_none_or(|running| slots::is_terminal(running.phase())) {
            slots::release(ports, coderun).await?;
        }
    }
    Ok(())
}
