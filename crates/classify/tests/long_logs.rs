//! What is not read of a long log changes nothing: the answer is, field by field, that of reading every line.
//!
//! `HEALER_LOGS=DIR` adds the logs of a folder (`DIR/*/log.txt`) to the cases.
#![allow(clippy::unwrap_used)]

use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use classify::user_rules::{answer_of_file, judge_reader_by};
use classify::{BEGINNING, END_BYTES, Hints, Judgement, judge, judge_every_line};

fn logs() -> Vec<(String, Vec<u8>)> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/classify");
    let folders = [Some(cases), std::env::var_os("HEALER_LOGS").map(PathBuf::from)];
    let mut logs = Vec::new();
    for folder in folders.into_iter().flatten() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path().join("log.txt");
            if let Ok(log) = std::fs::read(&path) {
                logs.push((path.display().to_string(), log));
            }
        }
    }
    logs.sort();
    assert!(logs.len() > 100);
    logs
}

/// All of them where somebody asked for more, else every so many.
fn some_logs(one_of: usize) -> Vec<(String, Vec<u8>)> {
    let all = std::env::var_os("HEALER_LOGS").is_some();
    logs().into_iter().step_by(if all { 1 } else { one_of }).collect()
}

/// Steps in which nothing fails, with all that could mislead.
fn quiet(seed: u32, bytes: usize) -> Vec<u8> {
    const LINES: &[&str] = &[
        "\u{1b}[1m\u{1b}[32m   Compiling\u{1b}[0m thiserror v1.0.3",
        "test errors::tests::rejects_empty ... \u{1b}[32mok\u{1b}[0m",
        "test result: \u{1b}[32mok\u{1b}[0m. 12 passed; 0 failed; 0 ignored",
        "",
        "src/components/button.tsx",
        " \u{1b}[32m✓\u{1b}[0m src/a.test.ts (12 tests) 3ms",
        "10%\r50%\r100%",
        "+ cargo build --locked",
        "#12 3.456 Get:1 http://deb.debian.org/debian bookworm/main amd64 libc",
        "##[debug]nothing",
        "[command]/usr/bin/git version",
        "npm warn deprecated inflight@1.0.6: use another",
        "error: this is what the test expects",
        "a\tb\t2026-03-01T10:00:00.1234567Z c",
        "The command \"npm ci\" exited with 0.",
        "##[endgroup]",
        "::group::Environment",
        "##[group]Run cargo test --workspace",
        "::endgroup::",
        "##\u{1b}[0m[error]coloured within",
        "Post job cleanup.",
    ];
    let mut random = seed;
    let mut next = |below: usize| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 8) as usize % below
    };
    let mut out = Vec::new();
    while out.len() < bytes {
        // What has structure is rarer.
        let most = if next(16) == 0 { LINES.len() } else { 12 };
        out.extend_from_slice(format!("2026-03-01T10:00:00.1234567Z {}\n", LINES[next(most)]).as_bytes());
    }
    out
}

/// The same steps, some of which failed.
fn failing(seed: u32, bytes: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for part in 0.. {
        if out.len() >= bytes {
            break;
        }
        out.extend(quiet(seed.wrapping_add(part), 3000));
        out.extend_from_slice(match part % 5 {
            0 => b"##[error]Process completed with exit code 1.\n".as_slice(),
            1 => b"error[E0425]: cannot find value `a` in this scope\n --> src/lib.rs:3:5\n##[error]Process completed with exit code 101.\n",
            2 => b"##[group]Run npm ci\n##[endgroup]\nnpm error code ERESOLVE\n::error::npm failed\n",
            3 => b"The command \"npm test\" exited with 1.\nThe command \"npm test\" exited with 0.\n",
            _ => b"##[group]Run make\n",
        });
    }
    out
}

/// Field by field: kind, agent, remedy, confidence, signature, command, place, excerpt, reasons. Whether the end decided.
fn assert_same(name: &str, log: &[u8]) -> bool {
    let full = judge_every_line(log, &Hints::default()).unwrap();
    let (judged, by_end) = judged(name, log);
    assert_eq!(judged, full, "{name}");
    by_end
}

/// What a log shows, which is the same from a file, from a pipe and from memory; and whether its end decided.
fn judged(name: &str, log: &[u8]) -> (Judgement, bool) {
    let hints = Hints::default();
    let mut file = Cursor::new(log);
    let mut beginning = vec![0; log.len().min(BEGINNING)];
    file.read_exact(&mut beginning).unwrap();
    let of_file = answer_of_file(None, &beginning, &mut file, &hints).unwrap();
    let judged = judge_reader_by(None, log, &hints).unwrap();
    assert_eq!(judge(log, &hints), judged, "{name}, in memory");
    let by_end = of_file.last_lines.is_some();
    assert_eq!(of_file.numbered(judge_lines(log)), judged, "{name}");
    (judged, by_end)
}

fn judge_lines(log: &[u8]) -> u64 {
    (log.split_inclusive(|byte| *byte == b'\n').count()) as u64
}

#[test]
fn a_log_below_quiet_steps_is_judged_as_by_reading_every_line() {
    let before = quiet(7, 300 * 1024);
    for (name, log) in some_logs(3) {
        assert_same(&name, &[&before[..], &log].concat());
    }
}

#[test]
fn and_above_quiet_steps_and_among_failing_ones() {
    let quiet = quiet(11, 300 * 1024);
    let failing = failing(5, 300 * 1024);
    for (name, log) in some_logs(20) {
        assert_same(&name, &[&log[..], b"\n", &quiet].concat());
        assert_same(&name, &[&failing[..], &log, b"\n", &quiet].concat());
        assert_same(&name, &[&quiet[..], &log, b"\n", &failing].concat());
    }
}

#[test]
fn many_failed_steps_and_one_that_never_ends_are_judged_as_by_reading_every_line() {
    for seed in 0..2 {
        assert_same("failing", &failing(seed, 1100 * 1024));
    }
    let mut endless = b"2026-03-01T10:00:00.1234567Z ##[group]Run make\n##[endgroup]\n".to_vec();
    for number in 0..10_000 {
        endless.extend_from_slice(format!("line {number} says error: nothing\n").as_bytes());
    }
    assert_same("endless", &[&failing(3, 300 * 1024)[..], &endless, &failing(4, 20 * 1024)].concat());
}

#[test]
fn where_the_end_decides_it_says_what_reading_every_line_says() {
    let before = quiet(13, END_BYTES + 10 * 1024);
    let failing = failing(17, END_BYTES + 10 * 1024);
    let (mut decided, mut all) = (0, 0);
    for (name, log) in some_logs(9) {
        for before in [&before, &failing] {
            all += 1;
            decided += usize::from(assert_same(&name, &[&before[..], &log].concat()));
        }
    }
    assert!(decided * 6 > all, "{decided} of {all}");
}

#[test]
fn the_end_does_not_decide_about_jobs_side_by_side_or_a_cause_far_above() {
    let cause = b"##[group]Run cargo build\n##[endgroup]\nerror[E0425]: cannot find value `a` in this scope\n##[error]Process completed with exit code 101.\n";
    let quiet = quiet(17, END_BYTES + 10 * 1024);
    let above = [&quiet[..40_000], cause, &quiet].concat();
    let (judgement, by_end) = judged("above", &above);
    assert_eq!((judgement.kind, by_end), (remediation::Kind::RustBuild, false));
    let jobs: Vec<u8> = [&quiet[..], cause]
        .concat()
        .split_inclusive(|byte| *byte == b'\n')
        .flat_map(|line| [b"job\tstep\t2026-03-01T10:00:00.1234567Z ", line].concat())
        .collect();
    assert!(!judged("jobs", &jobs).1);
    assert_same("jobs", &jobs);
}

#[test]
fn long_lines_and_empty_ones_are_nothing_special() {
    let failure = b"\n##[group]Run cargo build\n##[endgroup]\nerror[E0425]: cannot find value `a` in this scope\n --> src/lib.rs:3:5\n##[error]Process completed with exit code 101.\n";
    let start = quiet(1, 40 * 1024);
    for noise in [vec![b'x'; 2_000_000], vec![b'\n'; 300_000], vec![0xFF; 900_000]] {
        assert_same("first", &[&noise[..], failure].concat());
        assert_same("last", &[&start[..], failure, &noise].concat());
        assert_same("middle", &[&start[..], failure, &noise, b"\n", &start, failure, &start].concat());
    }
}
