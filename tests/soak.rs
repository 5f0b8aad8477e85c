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
