//! The place in the repository that a cause names.

use std::sync::OnceLock;

use regex_lite::Regex;

use crate::reading::{Hit, head_of_note};

/// `file:12`, `file(12,3)` or `file", line 12`, on the hit's line or just after it.
pub fn of(hit: &Hit) -> Option<(String, u64)> {
    static PLACE: OnceLock<Option<Regex>> = OnceLock::new();
    // No class of it knows more than ASCII, so both engines find the same; this one compiles faster and is asked once.
    let place = PLACE
        .get_or_init(|| {
            Regex::new(r#"([A-Za-z0-9_@./\\+-]*[A-Za-z0-9_-]\.[A-Za-z]{1,7})(?:[:(]|", line )([0-9]{1,7})"#).ok()
        })
        .as_ref()?;
    let head = head_of_note(&hit.line.text, hit.before.iter()).map_or(u64::MAX, |head| head.number);
    let above = hit.before.iter().filter(|line| line.number >= head);
    above.chain([&hit.line]).chain(hit.after.iter().take(6)).find_map(|line| {
        let found = place.captures(&line.text)?;
        Some((found[1].trim_start_matches("./").to_owned(), found[2].parse().ok()?))
    })
}
