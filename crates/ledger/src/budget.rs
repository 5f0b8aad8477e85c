//! Agent starts of one repository and UTC day: a counter with compare-and-swap.

use jiff::Timestamp;

/// The counter's ConfigMap. Its tokens are the names of the CodeRuns, so that one start counts once.
pub fn counter(repository_id: u64, now: Timestamp) -> String {
    format!("healer-starts-{repository_id}-{}", now.strftime("%Y-%m-%d"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_midnight_utc() {
        let at = |text: &str| counter(8412, text.parse().unwrap());
        assert_eq!(at("2026-01-15T23:59:59Z"), "healer-starts-8412-2026-01-15");
        assert_eq!(at("2026-01-16T00:00:00Z"), "healer-starts-8412-2026-01-16");
        assert_eq!(at("2026-01-16T01:00:00+02:00"), "healer-starts-8412-2026-01-15");
    }
}
