//! The attachment `job_log`: the logs of the failed jobs, one after another, redacted while they stream. No secret ever
//! touches the disk (design section 7; order of the steps: safety.md 3.2).

use std::collections::BTreeMap;
use std::io::Write;

use redact::{Counts, Redactor, Stream};
use text::{Cleaner, PACKED_BYTES, is_packed};

use crate::ring::Ring;

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
            tail: Ring::new(self.budget / 2),
            head: Vec::new(),
            is: Is::NotKnown,
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
    tail: Ring,
    /// The first bytes, until there are enough of them to tell what they are.
    head: Vec<u8>,
    is: Is,
}

/// What a part is, decided by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Is {
    NotKnown,
    Text,
    Packed,
}

/// Where a part went.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct End {
    /// Lines from 1, both ends in; none if there were none.
    pub lines: Option<[u64; 2]>,
    /// Bytes in the middle that were left out.
    pub left_out: u64,
    /// It was an archive instead of text, and nothing of it was kept.
    pub packed: bool,
}

impl<W: Write + Send> Part<'_, W> {
    /// Takes the next piece.
    pub fn push(&mut self, chunk: &[u8]) {
        match self.is {
            Is::Text => self.text(chunk),
            Is::Packed => {}
            Is::NotKnown => {
                self.head.extend_from_slice(chunk);
                if self.head.len() >= PACKED_BYTES {
                    self.decide();
                }
            }
        }
    }

    fn decide(&mut self) {
        let head = std::mem::take(&mut self.head);
        self.is = if is_packed(&head) { Is::Packed } else { Is::Text };
        if self.is == Is::Text {
            self.text(&head);
        }
    }

    fn text(&mut self, chunk: &[u8]) {
        let mut out = std::mem::take(&mut self.pending);
        self.raw.push_bytes(chunk, &mut out);
        self.lines_of(out);
    }

    /// Writes what is left, and says where everything went.
    pub fn finish(mut self) -> End {
        if self.is == Is::NotKnown {
            self.decide();
        }
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
        let left_out = self.tail.left_out();
        if left_out > 0 {
            self.log.put(&format!("[healer: {left_out} bytes left out here]"));
        }
        self.tail.drain().for_each(|lines| lines.lines().for_each(|line| self.log.put(line)));
        let lines = (self.log.lines >= self.first).then_some([self.first, self.log.lines]);
        End { lines, left_out, packed: self.is == Is::Packed }
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
        self.tail.push(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Ends = Vec<End>;

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
            assert_eq!(ends, [End { lines: Some([1, 3]), ..End::default() }]);
            assert_eq!(redactions.values().sum::<u64>(), 2, "{redactions:?}");
        }
    }

    #[test]
    fn the_ranges_of_jobs_follow_each_other() {
        let (text, ends, _) = log_of(&[&[b"a\nb\n"], &[], &[b"c"], &[b"d\n\xff\n"]], 1 << 20);
        assert_eq!(text, "a\nb\nc\nd\n\u{fffd}\n");
        assert_eq!(
            ends.iter().map(|end| end.lines).collect::<Vec<_>>(),
            [Some([1, 2]), None, Some([3, 3]), Some([4, 5])]
        );
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
        let Some([first, last]) = ends[1].lines else { panic!("no lines") };
        assert_eq!((first, lines[first as usize - 1]), (last, "next"));
        assert!(ends[0].left_out > 0);
    }

    #[test]
    fn an_archive_is_no_text_however_it_comes() {
        let packed = b"PK\x03\x04\x14\0 and more".as_slice();
        for chunks in [vec![packed], packed.chunks(1).collect()] {
            let (text, ends, _) = log_of(&[&chunks, &[b"PK\n"]], 1 << 20);
            assert_eq!(text, "PK\n");
            assert_eq!((ends[0].packed, ends[0].lines, ends[1].lines), (true, None, Some([1, 1])));
        }
    }
}
