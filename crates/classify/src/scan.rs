//! Reading a log of any size: the first block line by line, and of all others only the lines that may matter.
//!
//! The answer is that of reading every line: [`Filter`] leaves out only lines on which no rule fires and that are no
//! structure, and of these the ones that a reading keeps (beside a hit, before the end of a step) are given to it.

use std::io::{self, Read};

use crate::clean::clean;
use crate::filter::Filter;
use crate::lines::{self, Chunk, Line, first_line};
use crate::reading::{LOOK_BACK, Reading, WORDS_BACK, Wants};
use crate::rule::Table;

/// Reads all of `log`.
///
/// # Errors
/// What the reader returns.
pub fn scan(log: impl Read, reading: &mut Reading, table: &Table) -> io::Result<()> {
    let mut filter = None;
    let mut found = Vec::new();
    lines::for_each_chunk(log, |chunk| {
        // Only a log that is longer than a block is worth a filter.
        let builtin = Table::builtin().is_some_and(|builtin| std::ptr::eq(builtin, table));
        if !builtin || chunk.number == 1 || chunk.cut.is_some() || begins_columns(reading, chunk) {
            chunk.lines().for_each(|line| reading.line(line));
            return;
        }
        let filter = filter.get_or_insert_with(|| Filter::new(table.finds()));
        filter.candidates(chunk.bytes, &mut found);
        Piece { reading, bytes: chunk.bytes, at: 0, number: chunk.number, prefix: Vec::new() }.read(&found);
    })
}

/// Whether lines begin to be prefixed with job and step.
fn begins_columns(reading: &Reading, chunk: Chunk<'_>) -> bool {
    let end = chunk.bytes.strip_suffix(b"\n").unwrap_or(chunk.bytes);
    let last = memchr::memrchr(b'\n', end).map_or(0, |feed| feed + 1);
    !reading.has_columns()
        && [0, last].iter().any(|at| clean(first_line(&chunk.bytes[*at..], 0, None).text).columns.is_some())
}

/// A chunk that is being read.
struct Piece<'a> {
    reading: &'a mut Reading,
    bytes: &'a [u8],
    /// Up to here the reading knows all that it needs.
    at: usize,
    /// The line that begins at `at`.
    number: u64,
    /// Job and step columns of the last line that was read, as they are written.
    prefix: Vec<u8>,
}

impl Piece<'_> {
    fn read(mut self, found: &[usize]) {
        let mut after = 0;
        for &candidate in found {
            if candidate < after {
                continue;
            }
            let start = memchr::memrchr(b'\n', &self.bytes[after..candidate]).map_or(after, |feed| after + feed + 1);
            self.advance(start);
            let line = first_line(&self.bytes[start..], 0, None);
            after = start + size(&line);
            if self.at > start {
                continue;
            }
            if self.at == start && self.reading.wants() == Wants::Line || self.reading.is_loud(line.text) {
                self.look_back(start);
                self.line();
            }
        }
        self.advance(self.bytes.len());
        self.look_back(self.bytes.len());
    }

    /// Gives the reading what it wants of the quiet lines up to `end`.
    fn advance(&mut self, end: usize) {
        while self.at < end {
            match self.reading.wants() {
                Wants::Line => self.line(),
                Wants::Quiet if !self.reading.has_columns() => self.quiet(),
                _ => break,
            }
        }
        if self.reading.has_columns() {
            self.follow_columns(end);
        }
    }

    /// Lines whose job or step differ are loud.
    fn follow_columns(&mut self, end: usize) {
        let mut at = self.at;
        while at < end {
            let line = first_line(&self.bytes[at..], 0, None);
            let same = !self.prefix.is_empty() && line.text.starts_with(&self.prefix);
            at += size(&line);
            if !same || self.reading.wants() != Wants::Nothing {
                self.look_back(at - size(&line));
                self.line();
            }
        }
    }

    /// Reads the line at `at` in full.
    fn line(&mut self) {
        let line = first_line(&self.bytes[self.at..], self.number, None);
        if let Some((job, step)) = clean(line.text).columns {
            // Both are parts of the line; what separates them is one tab or two spaces.
            let gap = if line.text.get(job.len()) == Some(&b'\t') { 1 } else { 2 };
            let length = job.len() + gap + step.len() + gap;
            self.prefix.clear();
            self.prefix.extend_from_slice(line.text.get(..length).unwrap_or_default());
        }
        self.reading.line(line);
        self.at += size(&line);
        self.number += 1;
    }

    fn quiet(&mut self) {
        let line = first_line(&self.bytes[self.at..], self.number, None);
        self.reading.quiet(line);
        self.at += size(&line);
        self.number += 1;
    }

    /// Skips quiet lines up to `end`, but for those that count as neighbours of what comes there.
    fn look_back(&mut self, end: usize) {
        let skipped = &self.bytes[self.at..end];
        let mut from = skipped.len();
        let (mut lines, mut words) = (0, 0);
        while from > 0 && (lines < LOOK_BACK || words < WORDS_BACK) {
            let start = memchr::memrchr(b'\n', &skipped[..from - 1]).map_or(0, |feed| feed + 1);
            lines += 1;
            if words < WORDS_BACK {
                words += usize::from(!clean(first_line(&skipped[start..], 0, None).text).text.is_empty());
            }
            from = start;
        }
        self.number += lines::count(&skipped[..from]);
        self.at += from;
        while self.at < end {
            self.quiet();
        }
    }
}

/// A line's bytes with its line feed.
fn size(line: &Line<'_>) -> usize {
    usize::try_from(line.size_bytes).unwrap_or(usize::MAX)
}
