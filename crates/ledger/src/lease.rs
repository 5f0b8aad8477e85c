//! Leases: who holds a cause or a slot.

use jiff::Timestamp;
use step::Cannot;
use world::kubernetes::{Lease, LeaseSpec, Metadata, Preconditions};
use world::{Leases, PortError};

use crate::cannot;

/// The label that tells what a Lease stands for.
pub const LABEL: &str = "healer.platform/lease";

/// What a Lease stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One cause, held by a remediation's id.
    Cause,
    /// One of the agents that may run at once, held by a CodeRun's name.
    Slot,
    /// When a repository was looked at last; no claim on anything.
    Look,
}

impl Kind {
    /// The label's value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cause => "cause",
            Self::Slot => "slot",
            Self::Look => "look",
        }
    }
}

/// The holder; none if it is free.
pub fn holder(lease: &Lease) -> Option<&str> {
    lease.spec.holder_identity.as_deref().filter(|holder| !holder.is_empty())
}

/// Creates the Lease for this holder. `false`: somebody has it.
pub async fn create(ports: &impl Leases, kind: Kind, name: &str, by: &str, now: Timestamp) -> Result<bool, Cannot> {
    let labels = [("app.kubernetes.io/name", "healer"), (LABEL, kind.as_str())];
    let labels = labels.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    let metadata = Metadata { name: name.to_owned(), labels, ..Metadata::default() };
    let spec = LeaseSpec {
        holder_identity: Some(by.to_owned()),
        acquire_time: Some(now),
        lease_transitions: Some(0),
        ..LeaseSpec::default()
    };
    taken(ports.create_lease(&Lease { metadata, spec }).await)
}

/// Takes a Lease, as it was read, for another holder. `false`: it changed since.
pub async fn take_over(ports: &impl Leases, mut lease: Lease, by: &str, now: Timestamp) -> Result<bool, Cannot> {
    lease.spec.holder_identity = Some(by.to_owned());
    lease.spec.acquire_time = Some(now);
    lease.spec.lease_transitions = Some(lease.spec.lease_transitions.unwrap_or_default().saturating_add(1));
    taken(ports.replace_lease(&lease).await)
}

/// All Leases of a kind that somebody holds.
pub async fn held_by(ports: &impl Leases, kind: Kind, by: &str) -> Result<Vec<Lease>, Cannot> {
    let mut leases = ports.leases(&[(LABEL, kind.as_str())]).await.map_err(cannot)?;
    leases.retain(|lease| holder(lease) == Some(by));
    Ok(leases)
}

/// Lets go of a Lease as it was read; one that changed since belongs to somebody else now.
pub async fn release(ports: &impl Leases, lease: &Lease) -> Result<(), Cannot> {
    let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let Metadata { name, uid, resource_version, .. } = &lease.metadata;
    let only_if = Preconditions { uid: some(uid), resource_version: some(resource_version) };
    match ports.delete_lease(name, &only_if).await {
        Ok(()) | Err(PortError::Conflict { .. }) => Ok(()),
        Err(error) => Err(cannot(error)),
    }
}

fn taken(result: Result<Lease, PortError>) -> Result<bool, Cannot> {
    match result {
        Ok(_) => Ok(true),
        // A Lease that was deleted since it was read is a change too.
        Err(PortError::Conflict { .. } | PortError::NotFound { .. }) => Ok(false),
        Err(error) => Err(cannot(error)),
    }
}
