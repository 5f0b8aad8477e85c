//! The attachment `job_log`: the logs of the failed jobs, one after another, redacted while they stream. No secret ever
//! touches the disk (design section 7; order of the steps: safety.md 3.2).

use std::collections::{BTreeMap, VecDeque};
use std::io::Write;

use redact::{Counts, Redactor, Stream};
use text::Cleaner;

/// Where the lines go, and how many went there.
pub struct JobLog<W> {
    out: W,
    lines: u64,
    budget: usize,
    redactor: Redactor,
    redactions: BTreeMap<String, u64>,
    failed: Option<std::io::Error>,
}

impl<W: Write + Send> JobLog<W> {
    /// `budget`: how many bytes of one part are kept; of a longer one head and tail.
    pub fn new(out: W, budget: usize) -> Self {
        let redactor = Redactor::new();
        Self { out, lines: 0, budget, redactor, redactions: BTreeMap::new(), failed: None }
    }

    /// Begins the log of one job.
    pub fn part(&mut self) -> Part<'_, W> {
        let (raw, clean) = (self.redactor.stream(), self.redactor.stream());
        Part {
            first: self.lines + 1,
            cleaner: Cleaner::new(),
            raw,
            clean,
            pending: String::new(),
            written: 0,
            tail: VecDeque::new(),
            tail_bytes: 0,
            left_out: 0,
            log: self,
        }
    }

    /// How often each rule of redaction matched.
    pub fn redactions(&self) -> &BTreeMap<String, u64> {
        &self.redactions
    }

    /// The writer, with everything in it, or the first error of writing.
    pub fn finish(self) -> Result<W, std::io::Error> {
        self.failed.map_or(Ok(self.out), Err)
    }

    fn put(&mut self, line: &str) {
        if self.failed.is_none() {
            let written = self.out.write_all(line.as_bytes()).and_then(|()| self.out.write_all(b"\n"));
            self.failed = written.err();
        }
        self.lines += 1;
    }

    fn count(&mut self, counts: &Counts) {
        for (rule, count) in counts {
            *self.redactions.entry((*rule).to_owned()).or_default() += u64::from(*count);
        }
    }
}

/// The log of one job while it streams.
pub struct Part<'a, W> {
    log: &'a mut JobLog<W>,
    first: u64,
    cleaner: Cleaner,
    /// Before cleaning, so that no cut of a long line leaves half a secret.
    raw: Stream,
    /// After cleaning, which may have joined what terminal controls kept apart.
    clean: Stream,
    pending: String,
    written: usize,
    tail: VecDeque<String>,
    tail_bytes: usize,
    left_out: u64,
}

impl<W: Write + Send> Part<'_, W> {
    /// Takes the next piece.
    pub fn push(&mut self, chunk: &[u8]) {
        let mut out = std::mem::take(&mut self.pending);
        self.raw.push_bytes(chunk, &mut out);
        self.lines_of(out);
    }

    /// The lines it went to, from 1, both ends in; none if there were none. And how many bytes were left out in between.
    pub fn finish(mut self) -> (Option<[u64; 2]>, u64) {
        let mut out = std::mem::take(&mut self.pending);
        let raw = std::mem::replace(&mut self.raw, self.log.redactor.stream()).finish(&mut out);
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        self.lines_of(out);
        let mut rest = String::new();
        let clean = std::mem::replace(&mut self.clean, self.log.redactor.stream()).finish(&mut rest);
        rest.lines().for_each(|line| self.keep(line));
        // What the second pass finds and the first did not; a marker is never found again.
        self.log.count(&raw);
        self.log.count(&clean);
        if self.left_out > 0 {
            self.log.put(&format!("[healer: {} bytes left out here]", self.left_out));
        }
        for line in std::mem::take(&mut self.tail) {
            self.log.put(&line);
        }
        let lines = (self.log.lines >= self.first).then_some([self.first, self.log.lines]);
        (lines, self.left_out)
    }

    /// Cleans whole lines; what is no whole line yet waits.
    fn lines_of(&mut self, text: String) {
        let end = text.rfind('\n').map_or(0, |at| at + 1);
        let mut cleaned = String::new();
        for line in text[..end].lines() {
            let mut line_out = self.cleaner.line(line).into_owned();
            line_out.push('\n');
            self.clean.push(&line_out, &mut cleaned);
        }
        self.pending = text[end..].to_owned();
        cleaned.lines().for_each(|line| self.keep(line));
    }

    fn keep(&mut self, line: &str) {
        let bytes = line.len() + 1;
        if self.tail.is_empty() && self.written + bytes <= self.log.budget / 2 {
            self.written += bytes;
            self.log.put(line);
            return;
        }
        self.tail_bytes += bytes;
        self.tail.push_back(line.to_owned());
        while self.tail_bytes > self.log.budget / 2 {
            let Some(dropped) = self.tail.pop_front() else { break };
            self.tail_bytes -= dropped.len() + 1;
            self.left_out += dropped.len() as u64 + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Ends = Vec<(Option<[u64; 2]>, u64)>;

    fn log_of(parts: &[&[&[u8]]], budget: usize) -> (String, Ends, BTreeMap<String, u64>) {
        let mut log = JobLog::new(Vec::new(), budget);
        let mut ends = Vec::new();
        for chunks in parts {
            let mut part = log.part();
            chunks.iter().for_each(|chunk| part.push(chunk));
            ends.push(part.finish());
        }
        let redactions = log.redactions().clone();
        (String::from_utf8(log.finish().unwrap()).unwrap(), ends, redactions)
    }

    #[test]
    fn a_secret_never_comes_out_however_it_is_cut_or_coloured() {
        let token = "ghp_abcdefghijklmnopqrstuvwxyz0123456789";
        let coloured = "push \u{1b}[31mghp_abcdefghijklmno\u{1b}[0mpqrstuvwxyz0123456789 failed";
        let whole = format!("one\ntoken {token} end\n{coloured}\n");
        for cut in 0..whole.len() {
            let (text, ends, redactions) = log_of(&[&[&whole.as_bytes()[..cut], &whole.as_bytes()[cut..]]], 1 << 20);
            assert!(!text.contains("ghp_"), "{cut}: {text}");
            assert_eq!(ends, [(Some([1, 3]), 0)]);
            assert_eq!(redactions.values().sum::<u64>(), 2, "{redactions:?}");
        }
    }

    #[test]
    fn the_ranges_of_jobs_follow_each_other() {
        let (text, ends, _) = log_of(&[&[b"a\nb\n"], &[], &[b"c"], &[b"d\n\xff\n"]], 1 << 20);
        assert_eq!(text, "a\nb\nc\nd\n\u{fffd}\n");
        assert_eq!(ends.iter().map(|end| end.0).collect::<Vec<_>>(), [Some([1, 2]), None, Some([3, 3]), Some([4, 5])]);
    }

    #[test]
    fn of_a_long_log_head_and_tail_stay_and_the_ranges_hold() {
        let long: String = (0..100).map(|n| format!("line {n:02}\n")).collect();
        let (text, ends, _) = log_of(&[&[long.as_bytes()], &[b"next\n"]], 64);
        assert!(
            text.starts_with("line 00\n") && text.contains("line 99\nnext\n") && text.contains("left out here"),
            "{text}"
        );
        let lines: Vec<&str> = text.lines().collect();
        let Some([first, last]) = ends[1].0 else { panic!("no lines") };
        assert_eq!((first, lines[first as usize - 1]), (last, "next"));
        assert!(ends[0].1 > 0);
    }
}
