//! Judging a long log by its end.
//!
//! An engineer opens a log at its end: the last step that failed is the one that ended the job, and if its tool says
//! clearly why, nobody reads the gigabyte above. This is a rule of judgement, not a short cut of one reader: it holds
//! for files, pipes and logs in memory alike, so that all of them give the same answer. It is decided by a fixed number
//! of bytes, [`HELD`], and only if
//!
//! - the log is longer than that, and its lines do not begin with job and step (of several jobs, none is the last);
//! - a step begins in them, at a mark that is one wherever it stands, and is read from there as ever;
//! - the last step among them that failed, and is no mere follower, holds a cause whose rule is sure ([`SURE`]);
//! - nothing contradicts it ([`CONFIDENT`]).
//!
//! Otherwise all of the log is read. The lines above are not counted either: a file is not even opened there.

use std::io::{self, Read, Seek, SeekFrom};

use crate::lines::{count, is_narrow};
use crate::marks::Marks;
use crate::reading::Reading;
use crate::rule::{Role, Table};
use crate::skim::{HELD, LONG_LINE, is_plain, skim};
use crate::steps::is_secondary;
use crate::weigh::{Verdict, weigh};
use crate::{Hints, Judgement, conclude};

/// A rule with this much weight is its tool's unmistakable grammar.
const SURE: f64 = 84.0;
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

/// Judges by the end of a longer log: its last [`HELD`] bytes.
pub fn by_end(end: &[u8], table: &'static Table, hints: &Hints<'_>) -> Option<Answer> {
    let end = &end[Marks::new()?.first_step(end)?..];
    // Of a pipe, such a line would be cut.
    if end.split(|byte| *byte == b'\n').any(|line| line.len() > LONG_LINE) {
        return None;
    }
    let mut reading = Reading::without_columns(table);
    // Reading from memory cannot fail.
    skim(end, &mut reading, false).ok()?;
    let verdict = weigh(&reading, table, hints);
    decides(&reading, &verdict, table)
        .then(|| Answer { judgement: conclude(&verdict, table), last_lines: Some(lines(end)) })
}

fn decides(reading: &Reading, verdict: &Verdict<'_>, table: &Table) -> bool {
    let last = reading.failed.iter().rfind(|step| !is_secondary(&step.name));
    let (Some(last), Some(first)) = (last, verdict.hits.first()) else { return false };
    std::ptr::eq(last, first.step)
        && table.rule(first.hit.rule).role == Role::Cause
        && first.weight >= SURE
        && verdict.confidence >= CONFIDENT
}

/// Whether a log that begins so and is so long may be judged by its end.
fn may_decide(beginning: &[u8], bytes: u64) -> bool {
    bytes > HELD as u64 && is_narrow(beginning) && !is_plain(beginning)
}

/// Judges a log in memory.
pub fn of_slice(log: &[u8], table: &'static Table, hints: &Hints<'_>) -> io::Result<Judgement> {
    if may_decide(log, log.len() as u64)
        && let Some(answer) = by_end(&log[log.len() - HELD..], table, hints)
    {
        return Ok(answer.numbered(lines(log)));
    }
    by_all(log, table, hints)
}

/// Judges a log that is read to its end; also gives back how many lines it has, if its end decided.
pub fn of_reader(log: impl Read, table: &'static Table, hints: &Hints<'_>) -> io::Result<(Answer, u64)> {
    let mut reading = Reading::new(table);
    if let Some(mut end) = skim(log, &mut reading, true)? {
        end.bytes.shrink_to_fit();
        if let Some(answer) = by_end(&end.bytes, table, hints) {
            return Ok((answer, end.lines));
        }
    }
    Ok((Answer { judgement: conclude(&weigh(&reading, table, hints), table), last_lines: None }, 0))
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
        let mut end = Vec::with_capacity(HELD);
        log.seek(SeekFrom::Start(bytes - HELD as u64))?;
        // It may grow while it is read.
        log.by_ref().take(HELD as u64).read_to_end(&mut end)?;
        if let Some(answer) = by_end(&end, table, hints) {
            return Ok(answer);
        }
    }
    log.seek(SeekFrom::Start(here))?;
    let judgement = by_all(beginning.chain(log), table, hints)?;
    Ok(Answer { judgement, last_lines: None })
}

fn by_all(log: impl Read, table: &'static Table, hints: &Hints<'_>) -> io::Result<Judgement> {
    let mut reading = Reading::new(table);
    skim(log, &mut reading, false)?;
    Ok(conclude(&weigh(&reading, table, hints), table))
}

fn lines(bytes: &[u8]) -> u64 {
    count(bytes) + u64::from(bytes.last().is_some_and(|last| *last != b'\n'))
}
