//! `claim`: one cause, one run (design section 4). A Lease stands for the cause: whoever creates it repairs it, everybody
//! else with that cause waits for it.

mod base;

use jiff::Timestamp;
use ledger::lease::{self, Kind as LeaseKind};
use ledger::{Record, WorldArgs, cannot};
use remediation::record::RecordStatus;
use remediation::{
    Admission, Because, Claim as Section, Classification, Failure, Mode, Repository, Role, Stage, Subject, names,
};
use serde::Deserialize;
use step::{Cannot, Desk, Parameter, Sections, Step, Values, words};
use world::{Leases, ReadGithub, Records};

/// How often the Lease is looked at again because somebody else wrote at the same moment.
const TRIES: usize = 5;

/// Part of a cause's name: forks start no agent, so every cause is one of the repository's own branches. A cause of
/// another trust level must have another name, or a stranger could hold it.
const TRUST: &str = "same_repository";

/// The step.
pub struct Claim;

/// Flags of `claim`.
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
    pub classification: Classification,
    #[serde(default)]
    pub admission: Option<Admission>,
    #[serde(default)]
    pub failure: Option<Failure>,
}

/// What this remediation is to its cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// It repairs it.
    Owner,
    /// Another one does.
    Linked { owner: String, pull_request: Option<u64>, rule: &'static str },
    /// The base has the fix.
    FixedUpstream { owner: String },
}

impl Step for Claim {
    const NAME: &'static str = "claim";
    const ABOUT: &'static str = "Claims the cause of the failure, so that one run repairs it and the others wait";
    const EXAMPLES: &'static str = "claim --in remediation.json --world tests/worlds/widgets\n\
        claim --parameters out --on-failure record < remediation.json";
    const OWNS: &'static [&'static str] = &["claim"];
    const PARAMETERS: &'static [Parameter] = &[
        Parameter { name: "role", values: Values::Words(words::<Role>) },
        Parameter { name: "cause", values: Values::Name },
    ];
    type Args = Args;
    type Needs = Needs;

    fn run(args: &Args, needs: Needs, desk: &mut Desk) -> Result<Sections, Cannot> {
        let (world, _) = args.world.open_admitted(Self::NAME, needs.admission.as_ref())?;
        let now = ledger::now(desk, &world);
        let claim = ledger::block_on(claim(&needs, &world, now))?;
        let role = claim.role.as_str().to_owned();
        Ok(Sections::new()
            .parameter("role", &role)
            .parameter("cause", &claim.cause)
            .say(format!("{role} of cause {}", claim.cause))
            .set("claim", &claim))
    }
}

/// The cause's name: repository, trust level and signature.
pub fn cause(repository: &Repository, signature: &str) -> String {
    let of = match repository.id {
        Some(id) => id.to_string(),
        None => format!("{}/{}/{}", repository.host, repository.owner, repository.name).to_lowercase(),
    };
    names::hash(&[of.as_bytes(), TRUST.as_bytes(), signature.as_bytes()], 16)
}

/// Claims the cause, and writes into the record what it came to.
pub async fn claim(
    needs: &Needs,
    ports: &(impl Records + Leases + ReadGithub),
    now: Timestamp,
) -> Result<Section, Cannot> {
    let kind = needs.classification.kind.require("classification.kind")?;
    let cause = cause(&needs.repository, &needs.classification.signature);
    let lease = format!("healer-cause-{cause}");
    let observes = needs.admission.as_ref().is_some_and(|admission| admission.mode == Mode::Observe);
    let part = part(needs, ports, &cause, &lease, observes, now).await?;

    let because = |rule: &str, at: String| vec![Because { rule: rule.to_owned(), at }];
    let (role, owner, owner_pull_request, because) = match part {
        Part::Owner => (Role::Owner, None, None, because("holds_lease", format!("lease:{lease}"))),
        Part::Linked { owner, pull_request, rule } => {
            let at = format!("record:{owner}");
            (Role::Linked, Some(owner), pull_request, because(rule, at))
        }
        Part::FixedUpstream { owner } => {
            let at = format!("record:{owner}");
            (Role::FixedUpstream, Some(owner), None, because("fixed_on_base", at))
        }
    };
    ledger::update(ports, &needs.id, |_, status: &mut RecordStatus| {
        status.cause = Some(cause.clone());
        status.role = Some(role.into());
        status.linked_to.clone_from(&owner);
        status.kind = Some(kind.into());
        status.agent.clone_from(&needs.classification.agent);
        // Run again while an agent or CI is at work: that is further than this.
        let further = [Stage::AgentRunning, Stage::CiRunning, Stage::Concluded];
        if !status.stage.as_ref().is_some_and(|stage| further.into_iter().any(|known| *stage == known)) {
            status.stage = Some(if role == Role::Owner { Stage::Diagnosed } else { Stage::Waiting }.into());
        }
    })
    .await?;
    Ok(Section { role: role.into(), cause, lease, owner, owner_pull_request, because })
}

async fn part(
    needs: &Needs,
    ports: &(impl Records + Leases + ReadGithub),
    cause: &str,
    lease_name: &str,
    observes: bool,
    now: Timestamp,
) -> Result<Part, Cannot> {
    for _ in 0..TRIES {
        let found = ports.lease(lease_name).await.map_err(cannot)?;
        let holder = found.as_ref().and_then(|lease| lease::holder(lease)).map(str::to_owned);
        if holder.as_deref() == Some(&*needs.id) {
            return Ok(Part::Owner);
        }
        if let Some(holder) = holder
            && let Some(standing) = standing(ports, &holder).await?
        {
            let pull_request = standing.spec.pull_request.or(standing.status.pull_request);
            return Ok(Part::Linked { owner: holder, pull_request, rule: "held_by_other" });
        }
        if let Some(part) = base::part(needs, ports, cause).await? {
            return Ok(part);
        }
        // Observing binds nobody, so nothing is taken.
        let taken = match found {
            _ if observes => true,
            None => lease::create(ports, LeaseKind::Cause, lease_name, &needs.id, now).await?,
            Some(free) => lease::take_over(ports, free, &needs.id, now).await?,
        };
        if taken {
            return Ok(Part::Owner);
        }
    }
    Err(Cannot::not_yet(format!("the Lease {lease_name} was changed by others {TRIES} times while it was claimed")))
}

/// The holder's record, while it may still repair the cause: open, and not merely observing.
async fn standing(ports: &impl Records, holder: &str) -> Result<Option<Record>, Cannot> {
    Ok(ledger::find(ports, holder).await?.filter(|record| record.is_open() && record.binds()))
}
