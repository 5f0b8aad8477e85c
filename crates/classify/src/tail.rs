//! Judging by the end of a log.
//!
//! An engineer opens a log at its end: the last step that failed is the one that ended the job, and if its tool says
//! clearly why, nobody reads what stands above. This is a rule of judgement for every log, of which a reading of every
//! line makes use as well ([`weigh_all`]): what comes before the last step that failed does not count, if
//!
//! - that step is no mere follower, and of the only job that the log is about (of several, none is the last);
//! - it holds a cause whose rule is sure ([`SURE`]);
//! - nothing in it, or after it, contradicts that ([`CONFIDENT`]).
//!
//! So if such a step begins in the last [`END_BYTES`] of a longer file, only those are read: the file is not even opened
//! above them, nor are the lines there counted. The answer is the same, because a step is read alike wherever it stands,
//! and the mark at which those bytes are entered is one in any state of a reading. A pipe is read whole in any case.

use std::io::{self, Read, Seek, SeekFrom};

use crate::lines::{count_lines, each_line, is_narrow};
use crate::marks::Marks;
use crate::reading::{ENDS_OF_FAILED, Reading};
use crate::rule::{Role, Table};
use crate::skim::{is_plain, skim};
use crate::steps::is_secondary;
use crate::weigh::{Verdict, loudness, weigh};
use crate::{Hints, Judgement, conclude};

/// What is read first of a longer file.
pub const END_BYTES: usize = 1280 * 1024;
/// A rule with this much weight is its tool's own clear words.
const SURE: f64 = 70.0;
/// An answer that no other kind comes near to.
const CONFIDENT: f64 = 0.9;

/// A judgement that may be of a log's end alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// What the log shows.
    pub judgement: Judgement,
    /// Where the log's end decided: it has so many lines, and the judgement's numbers count from its beginning.
    pub last_lines: Option<u64>,
}

impl Answer {
    /// The judgement with numbers of the whole log, which has `lines` lines.
    #[must_use]
    pub fn numbered(self, lines: u64) -> Judgement {
        let above = self.last_lines.map_or(0, |last| lines.saturating_sub(last));
        self.judgement.shifted(above)
    }
}

impl From<Judgement> for Answer {
    fn from(judgement: Judgement) -> Self {
        Self { judgement, last_lines: None }
    }
}

/// Weighs what was read: the end alone where it is clear, else everything.
pub fn weigh_all<'a>(reading: &'a Reading, table: &Table, hints: &Hints<'_>) -> Verdict<'a> {
    weigh_end(reading, table, hints).unwrap_or_else(|| weigh(&loudness(reading), table, hints))
}

/// Weighs the last step that failed and what comes after it, if that is clear.
fn weigh_end<'a>(reading: &'a Reading, table: &Table, hints: &Hints<'_>) -> Option<Verdict<'a>> {
    let last = reading.failed.iter().rfind(|step| !is_secondary(&step.name))?;
    if !last.job.is_empty() {
        return None;
    }
    let mut steps = loudness(reading);
    steps.retain(|(step, _)| step.first >= last.first);
    let verdict = weigh(&steps, table, hints);
    let first = verdict.hits.first()?;
    let clear = std::ptr::eq(last, first.step)
        && table.rule(first.hit.rule).role == Role::Cause
        && first.weight >= SURE
        && verdict.confidence >= CONFIDENT;
    clear.then_some(verdict)
}

/// Judges by the end of a longer log: its last [`END_BYTES`].
fn by_end(end: &[u8], table: &'static Table, hints: &Hints<'_>) -> Option<Answer> {
    let marks = Marks::new()?;
    let end = &end[marks.first_step(end)?..];
    let end = &end[marks.last_failed(end)?..];
    let mut reading = Reading::without_columns(table);
    each_line(end, 1, |line| reading.line(line));
    reading.finish();
    // Of all that failed in the whole log, these must be among the last that are kept.
    if reading.failed.len() > ENDS_OF_FAILED {
        return None;
    }
    let verdict = weigh_end(&reading, table, hints)?;
    Some(Answer { judgement: conclude(&verdict, table), last_lines: Some(count_lines(end)) })
}

/// Whether a log that begins so and is so long may be judged by its end.
fn may_decide(beginning: &[u8], bytes: u64) -> bool {
    bytes > END_BYTES as u64 && is_narrow(beginning) && !is_plain(beginning)
}

/// Judges a log in memory.
pub fn of_slice(log: &[u8], table: &'static Table, hints: &Hints<'_>) -> io::Result<Judgement> {
    if may_decide(log, log.len() as u64)
        && let Some(answer) = by_end(&log[log.len() - END_BYTES..], table, hints)
    {
        return Ok(answer.numbered(count_lines(log)));
    }
    by_all(log, table, hints)
}

/// Judges a file that begins so, which was read: by its end, or else by all of it.
pub fn of_file(
    beginning: &[u8],
    log: &mut (impl Read + Seek),
    table: &'static Table,
    hints: &Hints<'_>,
) -> io::Result<Answer> {
    let here = log.stream_position()?;
    let bytes = log.seek(SeekFrom::End(0))?;
    if may_decide(beginning, bytes) {
        let mut end = Vec::with_capacity(END_BYTES);
        log.seek(SeekFrom::Start(bytes - END_BYTES as u64))?;
        // It may grow while it is read.
        log.by_ref().take(END_BYTES as u64).read_to_end(&mut end)?;
        if let Some(answer) = by_end(&end, table, hints) {
            return Ok(answer);
        }
    }
    log.seek(SeekFrom::Start(here))?;
    by_all(beginning.chain(log), table, hints).map(Answer::from)
}

/// Judges a log that is read to its end.
pub fn by_all(log: impl Read, table: &'static Table, hints: &Hints<'_>) -> io::Result<Judgement> {
    let mut reading = Reading::new(table);
    skim(log, &mut reading)?;
    Ok(conclude(&weigh_all(&reading, table, hints), table))
}
