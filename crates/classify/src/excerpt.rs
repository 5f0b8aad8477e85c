//! The few lines that explain a failure: the first error of the tool's block, its neighbours, and the closing words.

use std::collections::BTreeMap;

use remediation::caps;

use crate::reading::{Kept, Step, head_of_note};
use crate::rule::{Role, Table};
use crate::weigh::{Verdict, Weighed};

/// What an excerpt never exceeds.
pub const MAX_BYTES: u64 = 8 * 1024;
/// What it normally stays under.
const USUAL_BYTES: u64 = 1900;
/// Lines after a cause that belong to it unless a blank line ends its block.
const BLOCK: usize = 9;
/// What the lines after one cause may take, so that others are seen too.
const BLOCK_BYTES: u64 = 900;

/// What is filled up with the lines around the first cause and with the step's last ones: a tool that says the cause in
/// words that no rule knows says it there.
const FILLED_BYTES: u64 = 1100;
/// Lines before the first cause that are worth it.
const AROUND: usize = 8;

/// Ranges of lines, and the lines with their numbers.
pub type Shown = (Vec<(u64, u64)>, Vec<(u64, String)>);

/// Line ranges, 1-based, both ends included, in order, not touching one another; and the lines themselves.
#[must_use]
pub fn excerpt(verdict: &Verdict<'_>, table: &Table) -> Shown {
    let mut pages = Pages::default();
    let role = |weighed: &Weighed<'_>| table.rule(weighed.hit.rule).role;
    let mut seen = Vec::new();
    // One of each rule, causes first, then more of the same.
    for again in [false, true] {
        for weighed in &verdict.hits {
            let known = seen.contains(&weighed.hit.rule);
            if known != again {
                continue;
            }
            if !known {
                seen.push(weighed.hit.rule);
            }
            match role(weighed) {
                Role::Cause => pages.block(weighed),
                Role::Verdict => pages.line(&weighed.hit.line),
                Role::Hint if pages.is_empty() => pages.block(weighed),
                Role::Hint => {}
            }
        }
    }
    if let Some(step) = verdict.step
        && verdict.hits.iter().all(|weighed| role(weighed) == Role::Hint)
    {
        pages.tail(step);
    }
    pages.fill(verdict);
    pages.ranges()
}

#[derive(Default)]
struct Pages {
    lines: BTreeMap<u64, String>,
    bytes: u64,
}

impl Pages {
    fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Adds a line if it fits; the first may take all that is allowed.
    fn line(&mut self, line: &Kept) {
        let room = if self.is_empty() { MAX_BYTES } else { USUAL_BYTES };
        if !self.lines.contains_key(&line.number) && self.bytes + line.size_bytes <= room {
            self.lines.insert(line.number, line.text.to_string());
            self.bytes += line.size_bytes;
        }
    }

    fn block(&mut self, weighed: &Weighed<'_>) {
        let hit = weighed.hit;
        if self.bytes + hit.line.size_bytes > USUAL_BYTES && !self.is_empty() {
            return;
        }
        self.line(&hit.line);
        if let Some(head) = head_of_note(&hit.line.text, hit.before.iter()) {
            for line in hit.before.iter().filter(|line| line.number >= head.number) {
                self.line(line);
            }
        } else if let Some(above) = hit.before.last().filter(|line| !line.text.is_empty()) {
            self.line(above);
        }
        let mut taken = 0;
        for (at, line) in hit.after.iter().take(BLOCK).enumerate() {
            taken += line.size_bytes;
            if (line.text.is_empty() && at > 2) || taken > BLOCK_BYTES {
                break;
            }
            self.line(line);
        }
    }

    /// Adds what stands around, while there is little.
    fn fill(&mut self, verdict: &Verdict<'_>) {
        let above = verdict.hits.first().into_iter().flat_map(|first| first.hit.before.iter().rev().take(AROUND));
        let below = verdict.step.into_iter().flat_map(|step| step.tail.iter().rev());
        for line in above.chain(below) {
            if self.bytes + line.size_bytes <= FILLED_BYTES {
                self.line(line);
            }
        }
    }

    fn tail(&mut self, step: &Step) {
        for line in step.tail.iter().rev().take(14) {
            self.line(line);
        }
    }

    fn ranges(mut self) -> Shown {
        let mut ranges: Vec<(u64, u64)> = Vec::new();
        for number in self.lines.keys().copied() {
            match ranges.last_mut() {
                Some((_, end)) if *end + 1 == number => *end = number,
                _ => ranges.push((number, number)),
            }
        }
        if let Some((first, _)) = ranges.get(caps::RANGES).copied() {
            ranges.truncate(caps::RANGES);
            self.lines.split_off(&first);
        }
        (ranges, self.lines.into_iter().collect())
    }
}
