//! Reading a log once, line by line: which step ran what, and which rules fired where. Memory stays bounded.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use crate::below::Below;
use crate::clean::{Clean, clean};
use crate::header::OpenHeader;
use crate::lines::Line;
use crate::marks::event_of;
use crate::rule::{Role, Table};
use crate::signature;
use crate::skim::COLUMNS_WITHIN;
use crate::steps::Event;

/// Lines after a hit whose size is remembered, for the excerpt.
const AFTER: usize = 10;
/// Hits of one rule in one step that keep all their neighbours; the later ones keep a few.
const FULL_HITS: usize = 3;
/// Neighbours of a later hit, on each side.
const FEW: usize = 3;
/// Lines before a hit.
const BEFORE: usize = 14;
/// Words kept of a line.
const TEXT_BYTES: usize = 400;
/// Hits kept of one rule in one step: the first ones, then the last.
const HITS_PER_RULE: usize = 8;
/// Failed steps kept: as many of the first as of the last.
pub const FAILED_STEPS: usize = 24;
/// Failed steps kept of the beginning of a log.
pub const ENDS_OF_FAILED: usize = FAILED_STEPS / 2;
/// Other steps kept.
pub const OTHER_STEPS: usize = 3;
/// Last lines of a step that are kept for the case that no rule fired.
const TAIL: usize = 25;

/// Lines below a message on which its tool may name the place.
const PLACE_WITHIN: usize = 3;

/// Lines of code below a place, with their marks, that belong to its message.
const FRAME_WITHIN: usize = 8;

/// A line that is kept.
#[derive(Debug)]
pub struct Kept {
    /// 1-based.
    pub number: u64,
    /// With its line feed.
    pub size_bytes: u64,
    /// The cleaned words, cut.
    pub text: Box<str>,
}

/// A rule that fired.
#[derive(Debug, Clone)]
pub struct Hit {
    /// Number in the table.
    pub rule: u16,
    /// The lines before it, oldest first. A line is near many hits, which share it.
    pub before: Box<[Rc<Kept>]>,
    /// The line itself.
    pub line: Rc<Kept>,
    /// The lines after it.
    pub after: Vec<Rc<Kept>>,
    /// Whether it came from inside an image build.
    pub inside_image: bool,
    most_after: usize,
}

/// One step of a job.
#[derive(Debug, Default)]
pub struct Step {
    /// The job it belongs to, where the log says so.
    pub job: String,
    /// Its name, or its first command.
    pub name: String,
    /// Its script, and the commands that it echoed, with their lines.
    pub commands: VecDeque<(u64, String)>,
    /// First line.
    pub first: u64,
    /// Last line that was read.
    pub last: u64,
    /// The line that says that it failed.
    pub failed_at: Option<u64>,
    /// It was the clean-up after the job.
    pub cleanup: bool,
    /// What fired, in order of lines.
    pub hits: Vec<Hit>,
    /// Its last lines before it failed or ended.
    pub tail: VecDeque<Rc<Kept>>,
    /// Of each cause rule, the fingerprints of its lines (the smallest 64, so that order does not matter).
    pub causes: BTreeMap<u16, BTreeSet<u64>>,
    counts: BTreeMap<u16, usize>,
}

impl Step {
    /// Notes a cause that this rule found.
    fn cause(&mut self, rule: u16, print: u64) {
        let prints = self.causes.entry(rule).or_default();
        prints.insert(print);
        if prints.len() > 64 {
            prints.pop_last();
        }
    }
}

/// What a log holds, after it has been read.
pub struct Reading {
    table: &'static Table,
    /// Steps that failed, in order.
    pub failed: Vec<Step>,
    /// The last other steps.
    pub others: VecDeque<Step>,
    step: Step,
    in_header: bool,
    header: OpenHeader,
    recent: VecDeque<Rc<Kept>>,
    open: Vec<usize>,
    columns: Option<(Vec<u8>, Vec<u8>)>,
    file: String,
    /// Causes that the next lines may belong to, and how many of those are still to come.
    unplaced: Vec<(u16, Rc<Kept>)>,
    place_in: usize,
    below: Below,
    fired: Vec<u16>,
    /// Whether lines may begin with job and step.
    may_have_columns: bool,
}

impl Reading {
    /// Starts reading.
    pub fn new(table: &'static Table) -> Self {
        Self {
            table,
            failed: Vec::new(),
            others: VecDeque::new(),
            step: Step::default(),
            in_header: false,
            header: OpenHeader::default(),
            recent: VecDeque::new(),
            open: Vec::new(),
            columns: None,
            file: String::new(),
            unplaced: Vec::new(),
            place_in: 0,
            below: Below::default(),
            fired: Vec::new(),
            may_have_columns: true,
        }
    }

    /// Starts reading after the beginning of a log, where no line had job and step columns.
    pub fn without_columns(table: &'static Table) -> Self {
        Self { may_have_columns: false, ..Self::new(table) }
    }

    /// Reads the next line.
    pub fn line(&mut self, line: Line<'_>) {
        let cleaned = clean(line.text);
        self.follow_columns(&cleaned, line.number);
        if self.header.is_full() {
            self.read_open_header();
        }
        let what = event_of(line.text, &cleaned, self.in_header);
        if self.in_header && matches!(what, Event::Failed | Event::FailedBecause) {
            self.read_open_header();
        }
        match what {
            Event::Run(name) => self.begin(line.number, name, true),
            Event::Step(name) => {
                self.begin(line.number, name, false);
                self.command(line.number, name);
            }
            Event::Cleanup => {
                self.begin(line.number, b"Post job cleanup", false);
                self.step.cleanup = true;
            }
            Event::Command(command) => self.command(line.number, command),
            Event::HeaderEnd => {
                self.in_header = false;
                self.header = OpenHeader::default();
            }
            Event::Failed | Event::FailedBecause => self.step.failed_at = Some(line.number),
            Event::Passed => self.step.failed_at = None,
            Event::Text | Event::Boilerplate => {}
        }
        self.step.last = line.number;
        if self.in_header && !matches!(what, Event::Run(_)) {
            self.header.hold(&line, &cleaned.text);
        }
        if self.in_header || matches!(what, Event::Boilerplate | Event::Run(_) | Event::HeaderEnd) {
            return;
        }
        let kept = Rc::new(Kept {
            number: line.number,
            size_bytes: line.size_bytes,
            text: String::from_utf8_lossy(&cleaned.text[..cleaned.text.len().min(TEXT_BYTES)]).into(),
        });
        self.extend(&kept);
        let placed = self.place(&kept.text);
        let cause = what != Event::Failed && self.fire(&cleaned, &kept);
        if !placed && !cause {
            self.below.line(&kept.text);
        }
        if !kept.text.is_empty() && (what != Event::Failed || self.step.tail.is_empty()) {
            push_bounded(&mut self.step.tail, kept.clone(), TAIL);
        }
        push_bounded(&mut self.recent, kept, BEFORE);
    }

    /// Ends reading; the step that was running is among the others unless it failed.
    pub fn finish(&mut self) {
        self.end_step();
    }

    fn follow_columns(&mut self, line: &Clean<'_>, number: u64) {
        let Some((job, step)) = line.columns else { return };
        // Where the beginning has none, a line that looks like it is a tool's table.
        self.may_have_columns &= self.columns.is_some() || number <= COLUMNS_WITHIN;
        if !self.may_have_columns {
            return;
        }
        let same = self.columns.as_ref().is_some_and(|(old_job, old_step)| old_job == job && old_step == step);
        if !same {
            self.columns = Some((job.to_vec(), step.to_vec()));
            let name = if step == b"UNKNOWN STEP" { b"" } else { step };
            self.begin(number, name, false);
            self.step.cleanup = step.starts_with(b"Post ") || step == b"Complete job";
        }
    }

    fn begin(&mut self, number: u64, name: &[u8], header: bool) {
        // A step that `gh run view` names and its own `##[group]Run` are one.
        let joined = header && self.columns.is_some() && self.step.commands.is_empty() && self.step.hits.is_empty();
        let name = text(name);
        if joined && !self.step.name.is_empty() {
            self.step.commands.push_back((number, name));
        } else {
            self.end_step();
            if header {
                self.step.commands.push_back((number, name.clone()));
            }
            self.step.name = name;
            self.step.first = number;
        }
        if let Some((job, _)) = &self.columns {
            self.step.job = text(job);
        }
        self.in_header = header;
    }

    fn command(&mut self, number: u64, command: &[u8]) {
        let command = text(command);
        if self.step.commands.back().is_none_or(|(_, last)| *last != command) {
            push_bounded(&mut self.step.commands, (number, command), 40);
        }
    }

    /// Reads what a header held that never ended: an excerpt left its end out, and the step's output is in it.
    fn read_open_header(&mut self) {
        self.in_header = false;
        let held = std::mem::take(&mut self.header);
        self.step.commands.truncate(1);
        for (number, size_bytes, text) in &held.lines {
            self.line(Line { number: *number, size_bytes: *size_bytes, text });
        }
    }

    fn end_step(&mut self) {
        if self.in_header {
            self.read_open_header();
        }
        self.open.clear();
        self.settle(None);
        self.file.clear();
        // What another step printed is no neighbour.
        self.recent.clear();
        let step = std::mem::take(&mut self.step);
        if step.failed_at.is_some() && !step.cleanup {
            if self.failed.len() == FAILED_STEPS {
                self.failed.remove(ENDS_OF_FAILED);
            }
            self.failed.push(step);
        } else if step.last > 0 {
            push_bounded(&mut self.others, step, OTHER_STEPS);
        }
    }

    /// Gives the line to the hits before it.
    fn extend(&mut self, kept: &Rc<Kept>) {
        let hits = &mut self.step.hits;
        self.open.retain(|at| {
            let Some(hit) = hits.get_mut(*at) else { return false };
            hit.after.push(kept.clone());
            hit.after.len() < hit.most_after
        });
    }

    /// Looks for the place of the causes above: tools print it below their message. Says whether this is it.
    fn place(&mut self, text: &str) -> bool {
        if self.unplaced.is_empty() {
            return false;
        }
        self.place_in = self.place_in.saturating_sub(1);
        if self.below.in_frame() {
            self.below.frame_line(text);
            if self.place_in == 0 || !self.below.in_frame() {
                self.settle(None);
            }
            return false;
        }
        let place = signature::place(text);
        match place {
            // rustc shows the code below its place, and marks there what it means.
            Some(place) if text.trim_start().starts_with("--> ") => {
                self.below.begin_frame(place);
                self.place_in = FRAME_WITHIN;
            }
            // Terraform says the place first and then what stands there.
            Some(place) if self.place_in > 0 => {
                self.below.place.get_or_insert_with(|| place.to_owned());
            }
            _ if place.is_some() || self.place_in == 0 => {
                if place.is_none() {
                    self.below.line(text);
                }
                self.settle(place);
            }
            _ => {}
        }
        place.is_some()
    }

    /// Takes the fingerprints of the causes that waited for what is below them.
    fn settle(&mut self, place: Option<&str>) {
        let below = std::mem::take(&mut self.below);
        let file = place.or(below.place.as_deref()).unwrap_or(&self.file);
        let mut prints = Vec::with_capacity(self.unplaced.len());
        for (rule, line) in self.unplaced.drain(..) {
            prints.push((rule, signature::fingerprint(&line.text, &below.detail, file)));
        }
        prints.into_iter().for_each(|(rule, print)| self.step.cause(rule, print));
    }

    /// Asks the rules; says whether the line states a cause.
    fn fire(&mut self, line: &Clean<'_>, kept: &Rc<Kept>) -> bool {
        let mut cause = false;
        let fresh = self.recent.back().is_some_and(|above| above.text.is_empty());
        if let Some(file) = path_alone(if fresh { kept.text.trim_start() } else { &kept.text }) {
            self.settle(None);
            self.file = file.to_owned();
        }
        let mut fired = std::mem::take(&mut self.fired);
        self.table.fire(&line.text, &mut fired);
        for &rule in &fired {
            if self.table.rule(rule).role == Role::Cause {
                cause = true;
                if let Some(head) = head_of_note(&kept.text, self.recent.iter()) {
                    let below = self.recent.iter().filter(|line| line.number > head.number);
                    let place = below.chain([kept]).find_map(|line| signature::place(&line.text));
                    let print = signature::fingerprint(&head.text, "", place.unwrap_or(&self.file));
                    self.step.cause(rule, print);
                } else {
                    if self.unplaced.first().is_some_and(|(_, line)| line.text != kept.text) {
                        self.settle(None);
                    }
                    self.unplaced.push((rule, kept.clone()));
                    self.place_in = PLACE_WITHIN;
                    self.below = Below::of(&kept.text);
                }
            }
            let count = self.step.counts.entry(rule).or_default();
            *count += 1;
            let full = *count <= FULL_HITS;
            let most_after = if full { AFTER } else { FEW };
            let hit = Hit {
                rule,
                before: self
                    .recent
                    .iter()
                    .skip(if full { 0 } else { self.recent.len().saturating_sub(FEW) })
                    .cloned()
                    .collect(),
                line: kept.clone(),
                after: Vec::with_capacity(most_after),
                inside_image: line.inside_image,
                most_after,
            };
            if *count > HITS_PER_RULE
                && let Some(at) = self.step.hits.iter().rposition(|old| old.rule == rule)
            {
                self.step.hits.remove(at);
                self.open.retain(|open| *open != at);
                for open in &mut self.open {
                    *open -= usize::from(*open > at);
                }
            }
            self.step.hits.push(hit);
            self.open.push(self.step.hits.len() - 1);
        }
        self.fired = fired;
        cause
    }
}

/// A step's name, or a command, as it is kept.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(TEXT_BYTES)]).trim().to_owned()
}

fn push_bounded<T>(queue: &mut VecDeque<T>, item: T, most: usize) {
    if queue.len() == most {
        queue.pop_front();
    }
    queue.push_back(item);
}

/// rustc says the lint's name in a note below; the error is the nearest line above that is not indented and no note.
pub fn head_of_note<'a>(text: &str, above: impl DoubleEndedIterator<Item = &'a Rc<Kept>>) -> Option<&'a Rc<Kept>> {
    let body = text.trim_start();
    if body.len() == text.len() || !(body.starts_with("= ") || body.starts_with("--> ")) {
        return None;
    }
    let aside = |text: &str| text.starts_with("note: ") || text.starts_with("help: ");
    above.rev().find(|line| line.text.starts_with(|first: char| first.is_ascii_alphabetic()) && !aside(&line.text))
}

/// A line that is only a path: linters print their findings under it.
fn path_alone(text: &str) -> Option<&str> {
    let text = text.trim_start_matches("❯ ");
    // jest names a file's verdict, then its failures: `FAIL src/a.test.ts (5.1 s)`.
    let text = text.strip_prefix("FAIL ").map_or(text, |file| file.split(' ').next().unwrap_or(file));
    if text.len() >= 200 || text.contains([' ', '(', '=', '"', ':']) {
        return None;
    }
    let name = text.rsplit(['/', '\\']).next()?;
    let dot = name.rfind('.')?;
    let plain = dot > 0 && dot + 1 < name.len() && name[dot + 1..].chars().all(char::is_alphanumeric);
    plain.then_some(text)
}
