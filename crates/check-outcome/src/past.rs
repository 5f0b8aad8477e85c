//! The finished attempts that the document holds: where this one began, what must be green, whether there is progress.

use remediation::verdict::{FOLLOWS, Follows};
use remediation::{Agent, AttemptRecord, RunRef, Target, caps};
use serde::Deserialize;
use serde_json::value::RawValue;
use step::Cannot;

/// What names a finished attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Key {
    /// The round.
    pub round: u32,
    /// The attempt in the round, 0 for a re-run.
    pub number: u32,
}

/// The attempts before this one.
pub struct Past {
    key: Key,
    /// All of them as they came, this one's earlier entry included.
    raw: Vec<String>,
    /// Those of this round that this version can read, without this one; in the document's order.
    round: Vec<AttemptRecord>,
}

impl Past {
    /// Reads the document's list. An entry that this version cannot read is kept as it is.
    pub fn read(items: &[Box<RawValue>], key: Key) -> Self {
        let round = items
            .iter()
            .filter_map(|item| serde_json::from_str::<AttemptRecord>(item.get()).ok())
            .filter(|item| item.round == key.round && item.number != key.number)
            .collect();
        Self { key, raw: items.iter().map(|item| item.get().to_owned()).collect(), round }
    }

    /// Where this attempt began: what the target pointed to when it was last judged.
    pub fn base_sha<'a>(&'a self, target: &'a Target) -> &'a str {
        let judged = self.round.iter().rev().find_map(|attempt| attempt.head_sha.as_deref());
        judged.unwrap_or(&target.base_sha)
    }

    /// The runs whose failure this attempt repairs, beside the subject's.
    pub fn red_runs(&self) -> &[RunRef] {
        let runs = self.round.iter().rev().map(|attempt| attempt.red_runs.as_slice());
        runs.into_iter().find(|runs| !runs.is_empty()).unwrap_or_default()
    }

    /// Whether the attempt before was sent for the same failure and changed the same files: trying again as before would
    /// end as before.
    pub fn no_progress(&self, now: &AttemptRecord) -> bool {
        let before = self.round.iter().rev().find(|attempt| attempt.number != 0);
        before.is_some_and(|before| {
            let files = |attempt: &AttemptRecord| {
                let mut files: Vec<String> = attempt.files.iter().map(|file| file.expose().to_owned()).collect();
                files.sort();
                (files, attempt.files_omitted)
            };
            before.signature.is_some()
                && before.signature == now.signature
                && !now.files.is_empty()
                && files(before) == files(now)
        })
    }

    /// How often this agent has failed in this round before.
    pub fn failures_of(&self, agent: Agent) -> usize {
        let failed = |attempt: &&AttemptRecord| {
            attempt.number != 0
                && attempt.agent.as_ref().is_some_and(|own| *own == agent)
                && attempt.verdict.known().is_some_and(is_failure)
        };
        self.round.iter().filter(failed).count()
    }

    /// The document's list with this attempt in it, and how many of the oldest fell out.
    pub fn with(&self, now: &AttemptRecord) -> Result<(Vec<String>, u64), Cannot> {
        let item = serde_json::to_string(now).map_err(|error| Cannot::bug(error.to_string()))?;
        let mut raw = self.raw.clone();
        let same = |item: &String| serde_json::from_str::<Key>(item).is_ok_and(|key| key == self.key);
        match raw.iter().position(same) {
            Some(at) => raw[at] = item,
            None => raw.push(item),
        }
        let omitted = raw.len().saturating_sub(caps::ATTEMPTS);
        raw.drain(..omitted);
        Ok((raw, omitted as u64))
    }
}

/// Whether this verdict asks for another attempt.
pub fn is_failure(verdict: remediation::Verdict) -> bool {
    FOLLOWS.iter().any(|(known, follows)| *known == verdict && *follows == Follows::Retry)
}

#[cfg(test)]
mod tests;
