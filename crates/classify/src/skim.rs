//! Reading a log of any size, but only the steps that can matter.
//!
//! Of a log that names its steps (GitHub Actions, Azure, GitLab, Travis, Jenkins) a reading keeps the first twelve and
//! the last twelve steps that failed and the last three others ([`crate::reading`]). Whether a step failed, its marks
//! say ([`Marks`]). So steps wait in a window, unread, until it is known whether they are kept:
//!
//! - a step that did not fail is forgotten unread once three more of its sort have ended;
//! - a failed one, once twelve failed before it and twelve after it;
//! - the oldest that waits is read in full when the window runs short, and the last ones at the end of the log.
//!
//! What is forgotten leaves no trace in a reading of every line either: nothing of a step outlives it there but the
//! step itself. The two answers are therefore the same, line numbers included, which are counted, not read.
//!
//! Short logs, and logs whose lines begin with job and step (`gh run view --log`), are read line by line.

use std::collections::VecDeque;
use std::io::{self, Read};

use crate::clean::clean;
use crate::lines::{MAX_LINE_BYTES, Source, count, each_line, first_line};
use crate::marks::{Marks, event_of};
use crate::reading::{ENDS_OF_FAILED, FAILED_STEPS, OTHER_STEPS, Reading};
use crate::steps::Event;

/// What is read at once.
const CHUNK: usize = 256 * 1024;
/// What waits at most.
const WAITS: usize = 3 * CHUNK;
/// A line that is longer may be cut.
const LONG_LINE: usize = MAX_LINE_BYTES + CHUNK;
/// Lines of the beginning among which one must have job and step columns, if any has.
pub const COLUMNS_WITHIN: u64 = 20;
/// Where those lines must end.
pub const BEGINNING: usize = 32 * 1024;

/// Whether a log, of which this is the beginning, is read line by line; not known if it is all of the log.
pub fn is_plain(beginning: &[u8]) -> bool {
    let beginning = &beginning[..beginning.len().min(BEGINNING)];
    let mut at = 0;
    for number in 1..=COLUMNS_WITHIN {
        if at >= beginning.len() {
            return true;
        }
        let line = first_line(&beginning[at..], number);
        if clean(line.text).columns.is_some() {
            return true;
        }
        at += usize::try_from(line.size_bytes).unwrap_or(usize::MAX);
    }
    at > beginning.len()
}

/// Part of a log: one step, or what came before the first.
#[derive(Clone, Copy)]
struct Part {
    from: usize,
    to: usize,
    /// Number of its first line that is still unread.
    number: u64,
    failed: bool,
    cleanup: bool,
    /// Must be read: some of it was, or it is among the first that failed.
    kept: bool,
}

struct Skim<'a> {
    reading: &'a mut Reading,
    marks: Marks,
    window: Vec<u8>,
    /// Bytes in the window.
    end: usize,
    /// Up to here marks were looked for.
    seen: usize,
    /// Ended steps that wait, oldest first.
    waiting: VecDeque<Part>,
    /// The step that runs.
    running: Part,
    in_header: bool,
    failed: usize,
}

/// Reads all of `log`.
///
/// # Errors
/// What the reader returns.
pub fn skim(log: impl Read, reading: &mut Reading) -> io::Result<()> {
    let mut source = Source::new(log);
    // Enough that little is moved.
    let mut window = vec![0; WAITS + 2 * CHUNK];
    let end = source.fill(&mut window[..CHUNK])?;
    let marks = if end < CHUNK || is_plain(&window[..end]) { None } else { Marks::new() };
    let Some(marks) = marks else {
        window.truncate(CHUNK);
        return every_line(source, window, end, reading);
    };
    let running = Part { from: 0, to: 0, number: 1, failed: false, cleanup: false, kept: false };
    let waiting = VecDeque::new();
    let mut skim = Skim { reading, marks, window, end, seen: 0, waiting, running, in_header: false, failed: 0 };
    let mut filled = CHUNK;
    while filled == CHUNK {
        skim.look();
        skim.make_room();
        filled = source.fill(&mut skim.window[skim.end..skim.end + CHUNK])?;
        skim.end += filled;
    }
    skim.finish();
    Ok(())
}

/// Reads a log whose first block is `window[..end]` line by line.
fn every_line<R: Read>(
    mut source: Source<R>,
    mut window: Vec<u8>,
    mut end: usize,
    reading: &mut Reading,
) -> io::Result<()> {
    let mut splitter = crate::lines::Splitter::default();
    loop {
        splitter.push(&window[..end], &mut |line| reading.line(line));
        if end < window.len() {
            break;
        }
        end = source.fill(&mut window)?;
    }
    splitter.finish(&mut |line| reading.line(line));
    reading.finish();
    Ok(())
}

impl Skim<'_> {
    /// Looks for marks in the whole lines that are new.
    fn look(&mut self) {
        if let Some(feed) = memchr::memrchr(b'\n', &self.window[self.seen..self.end]) {
            self.look_until(self.seen + feed + 1);
        }
        self.cut_line();
    }

    fn look_until(&mut self, whole: usize) {
        while let Some((start, line)) = self.marks.next(&self.window[..whole], self.seen) {
            let cleaned = clean(line.text);
            let what = event_of(line.text, &cleaned, self.in_header);
            self.seen = start + usize::try_from(line.size_bytes).unwrap_or(usize::MAX);
            match what {
                Event::Run(_) => self.begin(start, true, false),
                Event::Step(_) => self.begin(start, false, false),
                Event::Cleanup => self.begin(start, false, true),
                Event::HeaderEnd => self.in_header = false,
                Event::Failed | Event::FailedBecause => self.running.failed = true,
                Event::Passed => self.running.failed = false,
                Event::Text | Event::Command(_) | Event::Boilerplate => {}
            }
        }
        self.seen = whole;
    }

    /// Cuts a line that does not end: no more of a line is looked at than its beginning.
    fn cut_line(&mut self) {
        if self.end - self.seen > LONG_LINE {
            self.end = self.seen + MAX_LINE_BYTES + 1;
        }
    }

    /// The running step ends where another begins.
    fn begin(&mut self, start: usize, in_header: bool, cleanup: bool) {
        let mut ended = Part { to: start, ..self.running };
        let number = ended.number + count(&self.window[ended.from..start]);
        if start > ended.from || ended.kept {
            if ended.failed && !ended.cleanup {
                self.failed += 1;
                ended.kept |= self.failed <= ENDS_OF_FAILED;
            }
            self.waiting.push_back(ended);
            self.forget(ended.failed && !ended.cleanup);
        }
        self.running = Part { from: start, to: start, number, failed: false, cleanup, kept: false };
        self.in_header = in_header;
    }

    /// Forgets the oldest step of this sort that waits, if later ones take its place.
    fn forget(&mut self, failed: bool) {
        let most = if failed { FAILED_STEPS - ENDS_OF_FAILED } else { OTHER_STEPS };
        let of_sort = |part: &Part| !part.kept && (part.failed && !part.cleanup) == failed;
        if self.waiting.iter().filter(|part| of_sort(part)).count() > most
            && let Some(oldest) = self.waiting.iter().position(of_sort)
        {
            self.waiting.remove(oldest);
        }
    }

    /// Makes room for another chunk, by reading what waits for too long.
    fn make_room(&mut self) {
        while self.end - self.oldest() > WAITS {
            self.read_oldest();
        }
        if self.end + CHUNK > self.window.len() {
            self.drop_front(self.oldest().min(self.seen));
        }
    }

    fn oldest(&self) -> usize {
        self.waiting.front().map_or(self.running.from, |part| part.from)
    }

    fn read_oldest(&mut self) {
        if let Some(part) = self.waiting.pop_front() {
            self.read(part);
        } else {
            let part = Part { to: self.seen, ..self.running };
            self.running.number = self.read(part);
            self.running.from = self.seen;
            self.running.kept = true;
        }
    }

    /// Reads the lines of a part; gives back the number of the line after it.
    fn read(&mut self, part: Part) -> u64 {
        each_line(&self.window[part.from..part.to], part.number, |line| self.reading.line(line))
    }

    fn drop_front(&mut self, bytes: usize) {
        self.window.copy_within(bytes..self.end, 0);
        for part in self.waiting.iter_mut().chain([&mut self.running]) {
            part.from -= bytes;
            part.to = part.to.saturating_sub(bytes);
        }
        self.end -= bytes;
        self.seen -= bytes;
    }

    /// Reads what waits at the end of the log.
    fn finish(mut self) {
        self.look_until(self.end);
        // The rest of the window goes before what is found takes its place.
        self.drop_front(self.oldest());
        self.window.truncate(self.end);
        self.window.shrink_to_fit();
        while let Some(part) = self.waiting.pop_front() {
            self.read(part);
        }
        self.read(Part { to: self.end, ..self.running });
        self.reading.finish();
    }
}
