//! Faults on a real cluster: `HEALER_SOAK=7 cargo test -p healer --test soak -- --nocapture` after `tests/cluster/up` has
//! put Healer on the lab with the repositories soak-1 … soak-4 (docs/lab.md). The number is the seed; `HEALER_FAULTS` says
//! how many (40), and what was seen is written to `tests/soak.json`. `HEALER_SOAK=fixed` tries four and writes nothing.
//! Without the switch only the committed result is looked at, and the test says so.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

#[path = "soak/account.rs"]
mod account;
#[path = "soak/creations.rs"]
mod creations;
#[path = "soak/faults.rs"]
mod faults;
#[path = "soak/inject.rs"]
mod inject;
#[allow(dead_code)] // The stories need more of it.
#[path = "cluster/lab.rs"]
mod lab;
#[path = "soak/play.rs"]
mod play;
#[path = "soak/rig.rs"]
mod rig;

use std::env;
use std::path::{Path, PathBuf};

use account::{CodeRun, Event, Record, Report, lost_and_doubled};
use faults::{Dice, FIXED, chosen};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

#[test]
fn faults_lose_nothing_and_double_nothing() {
    let Ok(wanted) = env::var("HEALER_SOAK") else {
        eprintln!("SKIPPED: nothing was broken; set HEALER_SOAK=SEED or HEALER_SOAK=fixed on the lab (docs/lab.md)");
        return;
    };
    let seed = wanted.parse().ok();
    assert!(seed.is_some() || wanted == "fixed", "HEALER_SOAK is a number or `fixed`");
    let mut dice = Dice(seed.unwrap_or_default());
    let count = env::var("HEALER_FAULTS").map_or(40, |count| count.parse().expect("HEALER_FAULTS is a number"));
    let faults = if seed.is_some() { chosen(&mut dice, count) } else { FIXED.to_vec() };
    let report = play::play(seed.unwrap_or_default(), &faults, &mut dice).unwrap();
    eprintln!("{} faults, {} events in {} s", report.faults.len(), report.events.len(), report.seconds);
    assert!(
        report.lost.is_empty() && report.doubled.is_empty(),
        "lost {:?}, doubled {:?}",
        report.lost,
        report.doubled
    );
    match seed {
        Some(_) => report.write(&root()),
        None => assert_eq!(report.faults.len(), FIXED.len(), "a fault did not happen"),
    }
}

#[test]
fn the_committed_result_says_what_its_events_say() {
    let report = Report::read(&root());
    assert!(report.faults.len() >= 40, "{} faults are fewer than promised", report.faults.len());
    let (lost, doubled) = lost_and_doubled(&report.events, &report.records, &report.coderuns);
    assert_eq!((&report.lost, &report.doubled), (&lost, &doubled));
    assert!(lost.is_empty() && doubled.is_empty(), "lost {lost:?}, doubled {doubled:?}");
}

#[test]
fn what_is_lost_or_doubled_is_seen() {
    let report = Report::read(&root());
    let (events, records, coderuns) = (report.events, report.records, report.coderuns);
    let count = |events: &[Event], records: &[Record], coderuns: &[CodeRun]| {
        let (lost, doubled) = lost_and_doubled(events, records, coderuns);
        (lost.len(), doubled.len())
    };
    let first = records.iter().position(|record| record.coderuns.len() == 1).unwrap();
    let mut open = records.clone();
    open[first].conclusion = None;
    assert_eq!(count(&events, &open, &coderuns), (1, 0), "an open record");
    let twice: Vec<Record> = records.iter().chain([&records[first]]).cloned().collect();
    assert_eq!(count(&events, &twice, &coderuns), (0, 1), "two records of one event");
    let one = coderuns.iter().find(|coderun| coderun.record == records[first].name).unwrap();
    let again = |change: &dyn Fn(&mut CodeRun)| {
        let mut other = one.clone();
        other.uid.push('x');
        change(&mut other);
        coderuns.iter().cloned().chain([other]).collect::<Vec<CodeRun>>()
    };
    let ended = one.ended_at.unwrap();
    assert_eq!(count(&events, &records, &again(&|other| other.created_at = ended)), (0, 1), "one name, created twice");
    let unknown = again(&|other| (other.name, other.created_at) = (format!("{}-r2-a1", one.record), ended));
    assert_eq!(count(&events, &records, &unknown), (0, 1), "one that its record does not know");
    let mut knows = records.clone();
    let name = one.name.replace("-a1", "-a2");
    knows[first].coderuns.push(name.clone());
    let early = again(&|other| other.name.clone_from(&name));
    assert_eq!(count(&events, &knows, &early), (0, 1), "a second one while the first could push");
    let of_nobody = again(&|other| other.record = "ci-1-2-3".to_owned());
    assert!(count(&events, &records, &of_nobody).1 > 0, "one of no event");
}
