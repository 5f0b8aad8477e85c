//! `admit`: may this go ahead, and where may the agent push? Every "no" has a typed reason and names what it read.
//!
//! [`facts`] are asked for in the order of the rules ([`rules`]); the decision itself is a pure function over them. A
//! failed look-up is never a decision. What goes ahead, or waits, has a record from then on ([`enter`]): creating it is
//! the claim on the event, so that of many runs for one failure one goes ahead.

pub mod enter;
pub mod facts;
mod head;
mod lineage;
mod looks;
mod needs;
pub mod rules;
mod status;
pub mod target;
mod waits;

use config::Config;
use jiff::Timestamp;
pub use looks::{Looks, Ports};
pub use needs::{Args, Needs};
use remediation::record::Owner;
use remediation::{Admission, AdmissionReason, Because, Decision, Mode, Push, Target};
use rules::RULES;
use step::{Cannot, Desk, Parameter, Sections, Step, Values, words};

use crate::facts::{Approval, Own};

/// How often the decision is made again because somebody else wrote at the same moment.
const TRIES: usize = 5;

/// The step.
pub struct Admit;

/// What `admit` decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Admitted {
    /// The section.
    pub admission: Admission,
    /// Where the agent may push; only if it goes ahead.
    pub target: Option<Target>,
    /// What two remediations of one branch share; unless it is a "no".
    pub branch_key: Option<String>,
    reason: AdmissionReason,
    mode: Mode,
}

impl Step for Admit {
    const NAME: &'static str = "admit";
    const ABOUT: &'static str = "Decides whether this may be remediated, and where the agent may push";
    const EXAMPLES: &'static str = "admit --in remediation.json --world tests/worlds/widgets\n\
        admit --parameters out --on-failure record --workflow-name remediate-x7 --workflow-uid 0b1c";
    const OWNS: &'static [&'static str] = &["admission", "target"];
    const PARAMETERS: &'static [Parameter] = &[
        Parameter { name: "decision", values: Values::Words(words::<Decision>) },
        Parameter { name: "reason", values: Values::Words(words::<AdmissionReason>) },
        Parameter { name: "mode", values: Values::Words(words::<Mode>) },
        Parameter { name: "how", values: Values::Words(words::<Push>) },
        Parameter { name: "branch_key", values: Values::Name },
        Parameter { name: "not_before_seconds", values: Values::Number },
    ];
    type Args = Args;
    type Needs = Needs;

    fn run(args: &Args, needs: Needs, desk: &mut Desk) -> Result<Sections, Cannot> {
        let (world, config) = args.world.open()?;
        let owner = args.owner.owner(&config.namespace);
        let now = ledger::now(desk, &world);
        let admitted = ledger::block_on(admit(&needs, &config, &world, owner, now))?;
        Ok(sections(&admitted))
    }
}

/// Looks, decides and enters the decision; again from the start when somebody else was quicker.
pub async fn admit(
    needs: &Needs,
    config: &Config,
    ports: &impl Ports,
    owner: Option<Owner>,
    now: Timestamp,
) -> Result<Admitted, Cannot> {
    check_id(&needs.id)?;
    for _ in 0..TRIES {
        let mut looks = Looks::new(needs, config, ports, owner.clone(), now)?;
        let (rule, reason) = walk(&mut looks).await?;
        let target = decided_target(&looks, reason)?;
        if looks.enter(reason, target.as_ref()).await? {
            return Ok(admitted(&looks, rule, reason, target));
        }
    }
    Err(Cannot::not_yet(format!("the record {} was changed by others {TRIES} times while it was decided on", needs.id)))
}

/// The first rule that has something to say, asking no more than it has to.
async fn walk<P: Ports>(looks: &mut Looks<'_, P>) -> Result<(Option<&'static rules::Rule>, AdmissionReason), Cannot> {
    for rule in RULES {
        looks.ensure(rule.look).await?;
        if let Some(reason) = (rule.says)(&looks.facts) {
            return Ok((Some(rule), reason));
        }
    }
    Ok((None, rules::proceed(&looks.facts)))
}

/// The target: the recorded one for our own re-entry and for a take-over, else by section 3.
fn decided_target<P: Ports>(looks: &Looks<'_, P>, reason: AdmissionReason) -> Result<Option<Target>, Cannot> {
    if reason.decision() != Decision::Proceed {
        return Ok(None);
    }
    let recorded = looks.record.as_ref().filter(|_| matches!(looks.facts.record, Own::Mine(_) | Own::Dead));
    if let Some(target) = recorded.and_then(|record| record.status.target.clone()) {
        return Ok(Some(target));
    }
    let place = looks.place()?;
    let head_sha = looks.needs.subject.head_sha.as_deref().unwrap_or_default();
    let mut target = target::target(place, &looks.needs.id, head_sha);
    // The draft pull request of a dead remediation stays a draft pull request.
    if let Some(before) = looks.orphan.as_ref().and_then(|orphan| orphan.status.target.as_ref())
        && before.branch == target.branch
    {
        target.how = before.how.clone();
        target.into = before.into.clone();
    }
    Ok(Some(target))
}

fn admitted<P: Ports>(
    looks: &Looks<'_, P>,
    rule: Option<&'static rules::Rule>,
    reason: AdmissionReason,
    target: Option<Target>,
) -> Admitted {
    let decision = reason.decision();
    let run = looks.needs.subject.run_id.map_or_else(|| "none".to_owned(), |run| run.to_string());
    let because = |(rule, at): (&str, &str)| Because { rule: rule.to_owned(), at: at.replace("{run}", &run) };
    let mut reasons = Vec::new();
    match rule {
        Some(rule) if decision != Decision::Proceed => reasons.push(because((rule.rule, rule.at))),
        _ => reasons.push(because(rules::proceed_because(reason))),
    }
    if let Some(target) = &target {
        reasons.push(because(target::because(looks.kind, target)));
    }
    let not_before_seconds = match (reason, looks.facts.approval) {
        (AdmissionReason::Window, _) => looks.facts.window_seconds,
        (AdmissionReason::AwaitingApproval, Approval::Awaited { seconds }) => Some(seconds),
        _ => None,
    };
    let recorded_key = looks.record.as_ref().and_then(|record| record.spec.branch_key.clone());
    let branch_key = (decision != Decision::No).then(|| recorded_key.unwrap_or_else(|| looks.branch_key()));
    let mode = looks.mode();
    let admission = Admission {
        decision: decision.into(),
        reason: reason.into(),
        mode: mode.into(),
        not_before_seconds,
        because: reasons,
    };
    Admitted { admission, target, branch_key, reason, mode }
}

fn sections(admitted: &Admitted) -> Sections {
    let Admitted { admission, target, branch_key, reason, mode } = admitted;
    let mut sections = Sections::new()
        .set("admission", admission)
        .parameter("decision", reason.decision())
        .parameter("reason", reason)
        .parameter("mode", mode);
    sections = match target {
        Some(target) => sections.set("target", target).parameter("how", target.how.as_str()),
        None => sections.remove("target"),
    };
    if let Some(key) = branch_key {
        sections = sections.parameter("branch_key", key);
    }
    let mut said = format!("{}, because {}", reason.decision(), reason);
    if let Some(seconds) = admission.not_before_seconds {
        sections = sections.parameter("not_before_seconds", seconds);
        said = format!("{said}, in {seconds} s");
    }
    if *mode == Mode::Observe {
        said.push_str(" (observing only)");
    }
    sections.say(said)
}

/// The id becomes an object's name.
fn check_id(id: &str) -> Result<(), Cannot> {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let ends = id.bytes().next().is_some_and(inner) && id.bytes().last().is_some_and(inner);
    if ends && id.len() <= 200 && id.bytes().all(|b| inner(b) || b == b'-') {
        return Ok(());
    }
    Err(Cannot::refused("the document's `id` is no name for a record: lower-case letters, digits and dashes only"))
}
