//! The place in the repository that a cause names.

use std::sync::OnceLock;

use regex::bytes::Regex;

use crate::reading::{Hit, head_of_note};
use crate::rule::expression;

/// `file:12`, `file(12,3)` or `file", line 12`, on the hit's line or just after it.
pub fn of(hit: &Hit) -> Option<(String, u64)> {
    static PLACE: OnceLock<Option<Regex>> = OnceLock::new();
    let place = PLACE
        .get_or_init(|| expression(r#"([A-Za-z0-9_@./\\+-]*[A-Za-z0-9_-]\.[A-Za-z]{1,7})(?:[:(]|", line )(\d{1,7})"#))
        .as_ref()?;
    let head = head_of_note(&hit.line.text, hit.before.iter()).map_or(u64::MAX, |head| head.number);
    let above = hit.before.iter().filter(|line| line.number >= head);
    above.chain([&hit.line]).chain(hit.after.iter().take(6)).find_map(|line| {
        let found = place.captures(line.text.as_bytes())?;
        let file = String::from_utf8_lossy(&found[1]).trim_start_matches("./").to_owned();
        let number = std::str::from_utf8(&found[2]).ok()?.parse().ok()?;
        Some((file, number))
    })
}
