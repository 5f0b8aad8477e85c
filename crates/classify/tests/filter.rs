//! Skipping lines changes nothing: the answer is, field by field, that of reading every line.
//!
//! `HEALER_LOGS=DIR` adds the logs of a folder (`DIR/*/log.txt`) to the cases.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use classify::{Hints, judge_every_line, judge_reader};

/// More than a block, so that what follows is found by the filter.
const QUIET_BYTES: usize = 300 * 1024;

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
    assert!(logs.len() > 100);
    logs
}

/// Output of a job in which nothing fails, with all that could mislead a filter.
fn quiet(seed: u32, prefix: &str) -> Vec<u8> {
    const LINES: &[&str] = &[
        "\u{1b}[1m\u{1b}[32m   Compiling\u{1b}[0m thiserror v1.0.3",
        "test errors::tests::rejects_empty ... \u{1b}[32mok\u{1b}[0m",
        "test result: \u{1b}[32mok\u{1b}[0m. 12 passed; 0 failed; 0 ignored",
        "",
        "src/components/button.tsx",
        " \u{1b}[32m✓\u{1b}[0m src/a.test.ts (12 tests) 3ms",
        "10%\r50%\r100%",
        "npm warn deprecated inflight@1.0.6: use another",
        "+ cargo build --locked",
        "#12 3.456 Get:1 http://deb.debian.org/debian bookworm/main amd64 libc",
        "##[debug]nothing",
        "[command]/usr/bin/git version",
        "level=info msg=\"connection reset by peer\" attempt=1",
        "\u{1b}[33mwarning\u{1b}[0m: unused variable: `err`",
        "  --> src/lib.rs:3:5",
        "##[group]Run cargo test --workspace",
        "##[endgroup]",
        "The error was expected",
    ];
    let mut random = seed;
    let mut out = Vec::new();
    while out.len() < QUIET_BYTES {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        // Lines with structure are rarer than others.
        let most = if random >> 30 == 0 { LINES.len() } else { 8 };
        let line = LINES[(random >> 8) as usize % most];
        out.extend_from_slice(prefix.as_bytes());
        out.extend_from_slice(line.as_bytes());
        out.push(b'\n');
    }
    out
}

fn assert_same(name: &str, log: &[u8]) {
    let hints = Hints::default();
    let full = judge_every_line(log, &hints).unwrap();
    assert_eq!(judge_reader(log, &hints).unwrap(), full, "{name}");
}

#[test]
fn a_failure_after_quiet_output_is_found_as_by_reading_every_line() {
    let before = quiet(7, "");
    for (name, log) in logs() {
        assert_same(&name, &[&before[..], &log].concat());
    }
}

#[test]
fn a_failure_before_and_between_quiet_output_too() {
    let stamped = quiet(11, "2026-03-01T10:00:00.1234567Z ");
    for (name, log) in logs().iter().step_by(5) {
        assert_same(name, &[&log[..], b"\n", &stamped].concat());
        assert_same(name, &[&stamped[..], log, b"\n", &stamped].concat());
    }
}

#[test]
fn job_and_step_columns_are_followed() {
    let jobs = ["build\tInstall\t2026-03-01T10:00:00.1234567Z ", "test\tUnit\t2026-03-01T10:00:00.1234567Z "];
    let before: Vec<u8> = jobs.iter().flat_map(|job| quiet(3, job)).collect();
    for (name, log) in logs().iter().step_by(7) {
        let log = String::from_utf8_lossy(log);
        let lines: String =
            log.lines().map(|line| format!("test\tRun it\t2026-03-01T10:00:00.1234567Z {line}\n")).collect();
        assert_same(name, &[&before[..], lines.as_bytes(), &before].concat());
    }
}

#[test]
fn colours_do_not_hide_a_failure() {
    let before = quiet(5, "");
    for line in [
        "\u{1b}[1m\u{1b}[31merror\u{1b}[0m\u{1b}[1m: could not compile `a` (lib) due to 1 previous error",
        "test result: \u{1b}[31mFAILED\u{1b}[0m. 2 passed; 1 failed; 0 ignored; 0 measured",
        "\u{1b}[31m\u{1b}[1mERROR\u{1b}[0m: script returned exit code 1",
        "Tests:       \u{1b}[1m\u{1b}[31m1 failed\u{1b}[39m\u{1b}[22m, 3 passed, 4 total",
        "  \u{1b}[1m● \u{1b}[22m\u{1b}[1msum › adds 1 + 2",
        "\u{1b}[31mnpm\u{1b}[0m \u{1b}[31merror\u{1b}[0m code ERESOLVE",
        "##[error]\u{1b}[31mProcess completed\u{1b}[0m with exit code 2.",
    ] {
        let log = [&before[..], line.as_bytes(), b"\n"].concat();
        assert_same(line, &log);
        let judged = judge_reader(&log[..], &Hints::default()).unwrap();
        let alone = judge_every_line(line.as_bytes(), &Hints::default()).unwrap();
        assert!(alone.because.iter().all(|why| judged.because.iter().any(|seen| seen.rule == why.rule)), "{line}");
    }
}

#[test]
fn long_lines_and_empty_ones_are_nothing_special() {
    let long = vec![b'x'; 900 * 1024];
    let empty = vec![b'\n'; 900 * 1024];
    let failure = b"\nerror[E0425]: cannot find value `a` in this scope\n --> src/lib.rs:3:5\n##[error]Process completed with exit code 101.\n";
    for noise in [&long, &empty] {
        assert_same("first", &[&noise[..], failure].concat());
        assert_same("last", &[&quiet(1, "")[..], failure, noise].concat());
    }
}
