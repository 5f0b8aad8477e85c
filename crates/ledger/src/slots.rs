//! At most n agents at once: n named Leases, each held by a CodeRun.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use step::Cannot;
use world::kubernetes::Lease;
use world::{CodeRuns, Leases};

use crate::cannot;
use crate::lease::{self, Kind};

/// A slot is taken just before its CodeRun is created; one whose CodeRun has not appeared by then never will.
const APPEARS_WITHIN: SignedDuration = SignedDuration::from_mins(5);

/// The phases after which nothing happens any more (cto.md 1.5).
pub fn is_terminal(phase: Option<&str>) -> bool {
    matches!(phase, Some("Succeeded" | "Failed"))
}

/// The Lease of the n-th slot, from 1.
pub fn name(n: u32) -> String {
    format!("healer-slot-{n}")
}

/// Takes a slot for a CodeRun, the one it has already if any. `None`: all are taken.
pub async fn take(
    ports: &(impl Leases + CodeRuns),
    slots: u32,
    coderun: &str,
    now: Timestamp,
) -> Result<Option<String>, Cannot> {
    let all = ports.leases(&[(lease::LABEL, Kind::Slot.as_str())]).await.map_err(cannot)?;
    let mut known: BTreeMap<String, Lease> =
        all.into_iter().map(|lease| (lease.metadata.name.clone(), lease)).collect();
    if let Some((name, _)) = known.iter().find(|(_, lease)| lease::holder(lease) == Some(coderun)) {
        return Ok(Some(name.clone()));
    }
    for name in (1..=slots).map(name) {
        let taken = match known.remove(&name) {
            None => lease::create(ports, Kind::Slot, &name, coderun, now).await?,
            Some(lease) if is_free(ports, &lease, now).await? => lease::take_over(ports, lease, coderun, now).await?,
            Some(_) => false,
        };
        if taken {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// A slot is free when nobody holds it, or its CodeRun ended, was deleted, or never appeared.
async fn is_free(ports: &impl CodeRuns, lease: &Lease, now: Timestamp) -> Result<bool, Cannot> {
    let Some(holder) = lease::holder(lease) else { return Ok(true) };
    Ok(match ports.coderun(holder).await.map_err(cannot)? {
        Some(coderun) => is_terminal(coderun.phase()),
        None => lease.spec.acquire_time.is_none_or(|taken| now.duration_since(taken) > APPEARS_WITHIN),
    })
}

/// Lets go of every slot that is free although somebody holds it; their names.
pub async fn free_dead(ports: &(impl Leases + CodeRuns), now: Timestamp) -> Result<Vec<String>, Cannot> {
    let mut freed = Vec::new();
    for lease in ports.leases(&[(lease::LABEL, Kind::Slot.as_str())]).await.map_err(cannot)? {
        if is_free(ports, &lease, now).await? {
            lease::release(ports, &lease).await?;
            freed.push(lease.metadata.name);
        }
    }
    Ok(freed)
}

/// The slot that a CodeRun holds. Two spawns of one CodeRun at once may have taken one each: the first stays.
pub async fn settle(ports: &impl Leases, coderun: &str) -> Result<Option<String>, Cannot> {
    let mut held = lease::held_by(ports, Kind::Slot, coderun).await?;
    held.sort_by(|one, other| one.metadata.name.cmp(&other.metadata.name));
    for spare in held.iter().skip(1) {
        lease::release(ports, spare).await?;
    }
    Ok(held.into_iter().next().map(|lease| lease.metadata.name))
}

/// Lets go of every slot of a CodeRun.
pub async fn release(ports: &impl Leases, coderun: &str) -> Result<(), Cannot> {
    for held in lease::held_by(ports, Kind::Slot, coderun).await? {
        lease::release(ports, &held).await?;
    }
    Ok(())
}
