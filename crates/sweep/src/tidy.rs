//! What is held by nobody is let go; what is too old is deleted. It happens whatever the switch says.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use jiff::civil::Date;
use ledger::lease::{self, Kind};
use ledger::{cannot, slots};
use step::{Cannot, Step};
use world::PortError;
use world::kubernetes::Preconditions;

use crate::{Ports, Run, Sweep};

/// Counters end in the day that they count for; older ones count for nothing.
const COUNTERS: &[&str] = &["healer-starts-", "healer-told-"];
const COUNTER_DAYS: i64 = 7;

impl<P: Ports> Run<'_, P> {
    /// Frees and deletes.
    pub(crate) async fn tidy(&mut self) {
        let slots = self.free_slots().await;
        self.tally.note("slots", slots);
        // A record that cannot be read may be open.
        let causes = if self.complete { self.free_causes().await } else { Ok(()) };
        self.tally.note("causes", causes);
        if let Some(deleted) = self.delete_records().await.transpose() {
            self.tally.note("records", deleted);
        }
        let counters = self.delete_counters().await;
        self.tally.note("counters", counters);
        self.free_stuck().await;
    }

    async fn free_slots(&mut self) -> Result<(), Cannot> {
        for name in slots::free_dead(self.ports, self.now).await? {
            self.tally.freed += 1;
            tracing::info!(step = Sweep::NAME, "freed {name}: its agent ended or never began");
        }
        Ok(())
    }

    /// A cause is held by an open remediation.
    async fn free_causes(&mut self) -> Result<(), Cannot> {
        let open: BTreeSet<&str> =
            self.records.values().filter(|record| record.is_open()).map(|record| record.name()).collect();
        let mut freed = 0;
        for held in self.ports.leases(&[(lease::LABEL, Kind::Cause.as_str())]).await.map_err(cannot)? {
            let holder = lease::holder(&held).unwrap_or_default();
            // It may have been made after the records were read.
            let settled = held.spec.acquire_time.is_none_or(|at| self.now.duration_since(at) >= self.grace());
            if open.contains(holder) || !settled {
                continue;
            }
            lease::release(self.ports, &held).await?;
            freed += 1;
            tracing::info!(step = Sweep::NAME, "freed {}: {holder} has ended", held.metadata.name);
        }
        self.tally.freed += freed;
        Ok(())
    }

    /// `None`: none is too old.
    async fn delete_records(&mut self) -> Result<Option<()>, Cannot> {
        let keep = SignedDuration::from_hours(24 * i64::from(self.args.keep_days));
        let old: Vec<String> = self
            .records
            .values()
            .filter(|record| record.status.concluded_at.is_some_and(|at| self.now.duration_since(at) > keep))
            .map(|record| record.name().to_owned())
            .collect();
        if old.is_empty() {
            return Ok(None);
        }
        for name in old {
            let Some(record) = self.records.remove(&name) else { continue };
            let metadata = &record.resource().metadata;
            let only_if = Preconditions {
                uid: Some(metadata.uid.clone()),
                resource_version: Some(metadata.resource_version.clone()),
            };
            match self.ports.delete_record(&name, &only_if).await {
                Ok(()) => self.tally.deleted += 1,
                // A new round began.
                Err(PortError::Conflict { .. }) => drop(self.records.insert(name, record)),
                Err(error) => return Err(cannot(error)),
            }
        }
        Ok(Some(()))
    }

    async fn delete_counters(&mut self) -> Result<(), Cannot> {
        for name in self.ports.counters(COUNTERS).await.map_err(cannot)? {
            let Some(day) = day_of(&name) else { continue };
            let age = self.now.duration_since(day);
            if age > SignedDuration::from_hours(24 * COUNTER_DAYS) {
                self.ports.forget(&name).await.map_err(cannot)?;
                self.tally.deleted += 1;
            }
        }
        Ok(())
    }
}

/// The beginning of the day that a counter's name ends in.
fn day_of(name: &str) -> Option<jiff::Timestamp> {
    let day: Date = name.get(name.len().checked_sub(10)?..)?.parse().ok()?;
    Some(day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_says_its_day() {
        let day = |name| day_of(name).map(|at| at.to_string());
        assert_eq!(day("healer-starts-8412-2026-01-15").as_deref(), Some("2026-01-15T00:00:00Z"));
        for name in ["healer-switch", "healer-starts-8412", "x", "healer-starts-8412-2026-13-15", "ä-26-01-15"] {
            assert_eq!(day(name), None, "{name}");
        }
    }
}
