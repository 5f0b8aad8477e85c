//! A Workflow of ours that failed: the third net (design section 6). Its exit handler told people and concluded the record;
//! where it could not, another Workflow takes over. What this does not see, `sweep` does.

use config::Config;
use ledger::cannot;
use remediation::record::Owner;
use remediation::{ResolutionReason as Reason, Subject, names};
use step::Cannot;
use world::PortError;

use crate::resolve::{Ports, created};
use crate::{Outcome, because};

/// Takes over what the Workflow left open, with its own arguments.
pub(crate) async fn take_over(subject: &Subject, config: &Config, ports: &impl Ports) -> Result<Outcome, Cannot> {
    let name = subject.workflow.as_ref().map(|name| name.label_value()).filter(|name| !name.is_empty());
    let (Some(name), Some(uid)) = (name, &subject.uid) else {
        return Ok(Outcome::no(Reason::NothingAlive, "document:subject.workflow"));
    };
    let at = format!("kubernetes:workflows/{name}");
    let owner = Owner { namespace: config.namespace.clone(), workflow: name.clone(), uid: Some(uid.clone()) };
    let Some(record) = ledger::of_owner(ports, &owner).await?.filter(ledger::Record::is_open) else {
        return Ok(Outcome::no(Reason::NothingAlive, at));
    };
    let dead = ports.workflow_of(&name).await.map_err(cannot)?;
    let dead = dead.filter(|workflow| workflow.metadata.uid == *uid && door::is_over(workflow));
    let stopped = record.status.stopped_by.is_some();
    // A person's stop is never undone; it came with `/healer stop` or with `argo stop`.
    let Some(dead) = dead.filter(|workflow| !stopped && !door::is_stopped(workflow)) else {
        return Ok(Outcome::no(Reason::NothingAlive, at));
    };
    let round = record.status.attempt.as_ref().map_or(1, |attempt| attempt.round);
    let base = names::workflow(record.name(), round);
    let number = names::take_overs(&base, &name) + 1;
    let next = names::take_over(&base, number);
    let manifest = door::again(&dead, &next).filter(|_| number <= door::TAKE_OVERS);
    let Some(manifest) = manifest else { return Ok(Outcome::no(Reason::NothingAlive, at)) };
    match ports.create_workflow(&manifest).await {
        Ok(_) | Err(PortError::Conflict { .. }) => {
            let mut outcome = created(Reason::TakenOver, vec![(next, at)]);
            outcome.because.push(because(Reason::TakenOver, format!("record:{}", record.name())));
            Ok(outcome)
        }
        Err(error) => Err(cannot(error)),
    }
}
