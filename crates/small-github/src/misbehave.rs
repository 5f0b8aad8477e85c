//! What goes wrong, decided by a seed: the same seed decides the same for the same thing, whatever the threads do.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How much of what goes wrong; shares are between 0 and 1, and nothing is the default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Misbehave {
    /// Decides which ones.
    pub seed: u64,
    /// Deliveries that come two to four times.
    pub duplicate: f64,
    /// Deliveries held back up to half a minute, so that later ones overtake them.
    pub reorder: f64,
    /// Deliveries ten minutes late.
    pub late: f64,
    /// Deliveries that never come.
    pub never: f64,
    /// Pushes whose check suites appear only after 2 to 20 s.
    pub slow_suites: f64,
    /// Logs that are not there for a minute.
    pub slow_logs: f64,
    /// Reads answered from how things were up to five seconds ago.
    pub stale_reads: f64,
    /// Installation tokens that end after 2 to 20 s.
    pub short_tokens: f64,
    /// How long a minute takes, in milliseconds: 60000, or less to see late things soon.
    pub minute_ms: u64,
}

impl Default for Misbehave {
    fn default() -> Self {
        Self {
            seed: 0,
            duplicate: 0.0,
            reorder: 0.0,
            late: 0.0,
            never: 0.0,
            slow_suites: 0.0,
            slow_logs: 0.0,
            stale_reads: 0.0,
            short_tokens: 0.0,
            minute_ms: 60_000,
        }
    }
}

impl Misbehave {
    /// Some of everything, as `--seed` asks for.
    pub fn some_of_everything(seed: u64, minute: Duration) -> Self {
        Self {
            seed,
            duplicate: 0.3,
            reorder: 0.3,
            late: 0.1,
            never: 0.1,
            slow_suites: 0.8,
            slow_logs: 0.5,
            stale_reads: 0.2,
            short_tokens: 0.2,
            minute_ms: u64::try_from(minute.as_millis()).unwrap_or(60_000),
        }
    }

    /// So many of the scaled minute's seconds.
    pub fn seconds(&self, seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds * self.minute_ms as f64 / 60_000.0)
    }

    /// Whether it hits this one: `kind` is what goes wrong, `key` names the thing.
    pub fn hits(&self, share: f64, kind: &str, key: &str) -> bool {
        share > 0.0 && self.chance(kind, key) < share
    }

    /// A number of this range for this one.
    pub fn pick(&self, from: f64, to: f64, kind: &str, key: &str) -> f64 {
        from + (to - from) * self.chance(kind, key)
    }

    /// Evenly in `0..1`, always the same for the same seed, kind and key.
    fn chance(&self, kind: &str, key: &str) -> f64 {
        let digest = Sha256::digest(format!("{}\0{kind}\0{key}", self.seed));
        let bits = digest.iter().take(6).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        bits as f64 / (1_u64 << 48) as f64
    }

    /// When the copies of a delivery come; none for one that is lost.
    pub fn deliveries(&self, key: &str) -> Vec<Duration> {
        if self.hits(self.never, "never", key) {
            return Vec::new();
        }
        let copies =
            if self.hits(self.duplicate, "duplicate", key) { self.pick(2.0, 5.0, "copies", key) as u32 } else { 1 };
        let copy = |n: u32| {
            let key = format!("{key}#{n}");
            let late = if self.hits(self.late, "late", &key) { self.seconds(600.0) } else { Duration::ZERO };
            let held = self.hits(self.reorder, "reorder", &key).then(|| self.pick(0.0, 30.0, "held", &key));
            late + self.seconds(held.unwrap_or_default())
        };
        (0..copies).map(copy).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(seed: u64) -> Vec<Vec<Duration>> {
        let misbehave = Misbehave::some_of_everything(seed, Duration::from_secs(1));
        (0..200).map(|n| misbehave.deliveries(&format!("workflow_run/{n}"))).collect()
    }

    #[test]
    fn the_same_seed_decides_the_same() {
        assert_eq!(all(7), all(7));
        assert_ne!(all(7), all(8));
    }

    #[test]
    fn some_are_lost_some_doubled_some_late_and_most_are_well() {
        let all = all(7);
        let count = |which: &dyn Fn(&Vec<Duration>) -> bool| all.iter().filter(|copies| which(copies)).count();
        assert!((8..40).contains(&count(&|copies| copies.is_empty())));
        assert!((30..90).contains(&count(&|copies| copies.len() > 1 && copies.len() < 5)));
        assert!((8..60).contains(&count(&|copies| copies.iter().any(|wait| *wait >= Duration::from_secs(10)))));
        assert_eq!(count(&|copies| copies.len() > 4), 0);
    }

    #[test]
    fn without_shares_all_is_well() {
        let well = Misbehave { seed: 7, ..Misbehave::default() };
        assert!((0..50).all(|n| well.deliveries(&n.to_string()) == [Duration::ZERO]));
        assert_eq!(well.seconds(60.0), Duration::from_secs(60));
    }
}
