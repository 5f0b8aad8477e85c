//! A soak: failures that keep coming, faults that keep striking, and what came of it.

use std::collections::VecDeque;
use std::fs;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use remediation::record::branch_key;
use serde_json::Value;
use text::Untrusted;

use crate::account::{Event, Record, Report, Struck, lost_and_doubled};
use crate::creations::Creations;
use crate::faults::{Dice, Fault};
use crate::inject::{deliver_to_the_source, strike};
use crate::lab::{Scene, Told, kubectl, objects, until};
use crate::rig::{Plan, Rig, SWEEP};

/// Each in a repository of its own, with one failure after the other.
pub const REPOSITORIES: &[&str] = &["soak-1", "soak-2", "soak-3", "soak-4"];

/// How long a repository waits for a conclusion before its next failure begins all the same.
const NEXT_SECONDS: u64 = 240;
/// How often a fault looks for something to strike.
const TRIES: u32 = 6;
/// How long the conclusions are waited for in the end: what a sweeper takes up has its grace and its own retries.
const END_SECONDS: u64 = 600;
/// After the last conclusion something that acts too late would still be seen.
const AFTERMATH: Duration = Duration::from_secs(20);

const CI: &str = "name: CI\non: [pull_request]\njobs:\n  test:\n    steps:\n      - uses: actions/checkout@v4\n      - run: ./test.sh\n";
/// Each failure says something else, so that each is a cause of its own.
const TEST: &str = "#!/bin/sh\ngrep -qx 42 answer || { echo \"error: $(cat answer) is no answer\" >&2; exit 1; }\n";
const AGENT: &str = "- do:\n    - wait_seconds: 4\n    - write: {file: answer, text: \"42\\n\"}\n    - commit: the right answer\n    - push\n";

/// A failure to come: its branch, and what its `prepare` suffers.
type Next = (String, Option<Fault>);

struct Soak {
    began: Instant,
    /// Failures whose `prepare` suffers something, each on a branch of its own.
    planned: Mutex<VecDeque<Next>>,
    /// How many more were made.
    others: AtomicUsize,
    /// All faults have struck.
    struck_all: AtomicBool,
    /// Everything has been seen.
    over: AtomicBool,
    struck: Mutex<Vec<Struck>>,
    events: Mutex<Vec<Event>>,
    /// The records as they were a moment ago.
    records: Mutex<Vec<Record>>,
    creations: Creations,
}

/// Lets these faults happen, and says what was seen.
pub fn play(seed: u64, faults: &[Fault], dice: &mut Dice) -> Told<Report> {
    let files =
        [(".github/workflows/ci.yml", CI), ("test.sh", TEST), ("answer", "42\n"), (".scripted-agent.yaml", AGENT)];
    let scenes = REPOSITORIES.iter().map(|name| Scene::new(name, &files)).collect::<Told<Vec<Scene>>>()?;
    let (inside, outside): (Vec<Fault>, Vec<Fault>) =
        faults.iter().copied().partition(|fault| matches!(fault, Fault::Inside(..)));
    let planned: VecDeque<Next> =
        inside.iter().enumerate().map(|(at, fault)| (planned_branch(at), Some(*fault))).collect();
    let plan: Plan = planned.iter().filter_map(|(branch, fault)| row(branch, *fault, &scenes)).collect();
    let rig = Rig::new(&plan)?;
    let soak = Soak {
        began: Instant::now(),
        planned: Mutex::new(planned),
        others: AtomicUsize::default(),
        struck_all: AtomicBool::default(),
        over: AtomicBool::default(),
        struck: Mutex::default(),
        events: Mutex::default(),
        records: Mutex::default(),
        creations: Creations::default(),
    };
    let at = Timestamp::now();
    thread::scope(|scope| {
        scope.spawn(|| soak.creations.watch(&soak.over));
        scope.spawn(|| soak.keep_looking());
        let failing: Vec<_> = scenes.iter().map(|scene| scope.spawn(|| soak.fail(scene))).collect();
        soak.strike_all(&outside, dice);
        soak.struck_all.store(true, Ordering::Relaxed);
        failing.into_iter().for_each(|one| drop(one.join()));
        soak.wait_for_conclusions();
        inside.iter().enumerate().for_each(|(at, fault)| soak.note_planned(fault, &planned_branch(at)));
        soak.over.store(true, Ordering::Relaxed);
    });
    drop(rig);
    soak.report(seed, at)
}

/// Letters for a number: a signature does not tell numbers apart.
fn word(number: usize) -> String {
    let letter = |of: usize| char::from(b'a' + u8::try_from(of % 26).unwrap_or_default());
    [letter(number / 26), letter(number)].iter().collect()
}

fn planned_branch(at: usize) -> String {
    format!("planned-{}", word(at))
}

fn row(
    branch: &str,
    fault: Option<Fault>,
    scenes: &[Scene],
) -> Option<(&'static str, crate::faults::End, Vec<String>)> {
    let Some(Fault::Inside(container, end)) = fault else { return None };
    let keys = scenes.iter().map(|scene| branch_key(scene.id, &Untrusted::from(branch.to_owned())));
    Some((container, end, keys.collect()))
}

impl Soak {
    fn second(&self) -> u64 {
        self.began.elapsed().as_secs()
    }

    /// One fault after the other, with pauses that the seed decides. What finds nothing to strike comes again later.
    fn strike_all(&self, faults: &[Fault], dice: &mut Dice) {
        let mut waiting: VecDeque<(Fault, u32)> = faults.iter().map(|fault| (*fault, 1)).collect();
        while let Some((fault, tries)) = waiting.pop_front() {
            sleep(Duration::from_secs(2 + dice.below(6) as u64));
            let down_seconds = 1 + dice.below(6) as u64;
            match strike(fault, down_seconds) {
                Ok(hit) => self.note(Struck { second: self.second(), name: fault.name(), hit }),
                Err(_) if tries < TRIES => waiting.push_back((fault, tries + 1)),
                Err(sentence) => eprintln!("{:>5} s  {} did not happen: {sentence}", self.second(), fault.name()),
            }
            if matches!(fault, Fault::Delete((_, "github-eventsource-"))) {
                let again = until(120, "the event source's new pod", || deliver_to_the_source().map(Some));
                again.unwrap_or_else(|sentence| eprintln!("{:>5} s  {sentence}", self.second()));
            }
        }
    }

    fn note(&self, struck: Struck) {
        eprintln!("{:>5} s  {}: {}", struck.second, struck.name, struck.hit);
        self.struck.lock().unwrap().push(struck);
    }

    /// One failure after the other in a repository, for as long as faults strike.
    fn fail(&self, scene: &Scene) {
        loop {
            let next = self.planned.lock().unwrap().pop_front();
            let (branch, fault) = match next {
                Some(next) => next,
                None if self.struck_all.load(Ordering::Relaxed) => return,
                None => (format!("other-{}", word(self.others.fetch_add(1, Ordering::Relaxed))), None),
            };
            if let Err(sentence) = self.fail_once(scene, &branch, fault) {
                eprintln!("{:>5} s  {} {branch}: {sentence}", self.second(), scene.repository);
            }
        }
    }

    fn fail_once(&self, scene: &Scene, branch: &str, fault: Option<Fault>) -> Told<()> {
        let sha = scene.commit(branch, &[("answer", &format!("{branch}\n"))])?;
        scene.pull(branch)?;
        let run_id = until(60, "CI's end", || {
            let runs = scene.runs()?;
            let run = runs.iter().find(|run| run["sha"] == *sha && run["conclusion"] == "failure");
            Ok(run.and_then(|run| run["id"].as_u64()))
        })?;
        let second = self.second();
        let mut event = Event {
            repository_id: scene.id,
            run_id,
            run_attempt: 1,
            branch: branch.to_owned(),
            second,
            concluded_seconds: None,
            fault: fault.map(Fault::name),
        };
        let at = {
            let mut events = self.events.lock().unwrap();
            events.push(event.clone());
            events.len() - 1
        };
        let name = event.name();
        let record = until(NEXT_SECONDS, &format!("the conclusion of {name}"), || Ok(self.concluded(&name)))?;
        let seconds = self.second() - second;
        event.concluded_seconds = Some(seconds);
        let because = record.reason.unwrap_or_default();
        eprintln!("{:>5} s  {name} {branch}: {because} after {seconds} s", self.second());
        self.events.lock().unwrap()[at] = event;
        Ok(())
    }

    /// Of what `prepare` was to suffer, what happened.
    fn note_planned(&self, fault: &Fault, branch: &str) {
        let Fault::Inside(container, _) = fault else { return };
        let events = self.events.lock().unwrap().clone();
        let Some(event) = events.iter().find(|event| event.branch == branch) else { return };
        match until(10, "its trace", || happened(&event.name(), container)) {
            Ok(hit) => self.note(Struck { second: event.second, name: fault.name(), hit }),
            Err(sentence) => eprintln!("{:>5} s  {} did not happen: {sentence}", event.second, fault.name()),
        }
    }

    fn concluded(&self, name: &str) -> Option<Record> {
        let records = self.records.lock().unwrap();
        records.iter().find(|record| record.name == name && record.conclusion.is_some()).cloned()
    }

    fn keep_looking(&self) {
        while !self.over.load(Ordering::Relaxed) {
            let _ = self.look();
            sleep(Duration::from_secs(2));
        }
    }

    fn look(&self) -> Told<()> {
        let records = objects("healer", "remediations")?.iter().map(Record::read).collect();
        *self.records.lock().unwrap() = records;
        Ok(())
    }

    fn wait_for_conclusions(&self) {
        let told = until(END_SECONDS, "all conclusions", || {
            let mut events = self.events.lock().unwrap();
            for event in events.iter_mut().filter(|event| event.concluded_seconds.is_none()) {
                event.concluded_seconds = self.concluded(&event.name()).map(|_| self.second() - event.second);
            }
            Ok(events.iter().all(|event| event.concluded_seconds.is_some()).then_some(()))
        });
        told.unwrap_or_else(|sentence| eprintln!("{:>5} s  {sentence}", self.second()));
        sleep(AFTERMATH);
    }

    /// The last look at everything, and what follows from it.
    fn report(self, seed: u64, at: Timestamp) -> Told<Report> {
        until(60, "the records", || self.look().map(Some))?;
        until(60, "the CodeRuns", || self.creations.list().map(Some))?;
        let seconds = self.second();
        let events = self.events.into_inner().unwrap();
        let of = |id: u64| events.iter().any(|event| event.repository_id == id);
        let mut records = self.records.into_inner().unwrap();
        records.retain(|record| of(record.event.0));
        let is_ours = |record: &str| {
            let id = record.strip_prefix("ci-").and_then(|rest| rest.split('-').next()?.parse().ok());
            id.is_some_and(of)
        };
        let coderuns = self.creations.of(is_ours);
        let (lost, doubled) = lost_and_doubled(&events, &records, &coderuns);
        let mut faults = self.struck.into_inner().unwrap();
        faults.sort_by_key(|struck| struck.second);
        Ok(Report {
            seed,
            commit: said("git", &["rev-parse", "HEAD"]),
            at,
            machine: machine(),
            argo: said("argo", &["version", "--short"]).trim_start_matches("argo: ").to_owned(),
            sweep: SWEEP.to_owned(),
            seconds,
            relists: self.creations.relists(),
            by_hand: Vec::new(),
            lost,
            doubled,
            faults,
            events,
            records,
            coderuns,
        })
    }
}

/// How the container of the first `prepare` ended, as its Workflow tells; only this is asked of a Workflow.
fn happened(workflow: &str, container: &str) -> Told<Option<String>> {
    let text = kubectl(&["-n", "healer", "get", "workflow", workflow, "-o", "json"])?;
    let workflow: Value = serde_json::from_str(&text).map_err(|error| format!("{workflow}: {error}"))?;
    let nodes = workflow["status"]["nodes"].as_object().cloned().unwrap_or_default();
    let is_it = |node: &&Value| {
        let of_first = node["name"].as_str().is_some_and(|name| name.contains("prepare(0)"));
        of_first && node["displayName"] == container && node["phase"] != "Succeeded"
    };
    let node = nodes.values().find(is_it);
    Ok(node.map(|node| format!("{}: {}", node["id"].as_str().unwrap_or_default(), node["message"])))
}

fn said(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}

fn machine() -> String {
    let cores = thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kilobytes: u64 = memory.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or_default();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("{cores} cores, {} GB, Linux {}", kilobytes >> 20, kernel.trim())
}
