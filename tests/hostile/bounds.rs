//! Input without end: memory stays bounded, time stays linear, and what was left out is said.
//!
//! `HEALER_HOSTILE=full` gives the full sizes (use `cargo test --release` for those); CI gives a part.

use std::io::{BufWriter, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use crate::full;
use crate::scene::Scene;

/// How much more a large log may take than a small one (safety.md 4.5, F2: 64 MiB; we hold a quarter of it).
const MORE_KIB: u64 = 16 * 1024;

/// `healer explain -`, its peak of memory in KiB, and what it said.
fn explain(write: impl FnOnce(&mut BufWriter<ChildStdin>) -> std::io::Result<()>) -> (u64, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_healer"))
        .args(["explain", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = BufWriter::with_capacity(64 * 1024, child.stdin.take().unwrap());
    write(&mut stdin).unwrap();
    stdin.flush().unwrap();
    // It has read all but a pipe's worth, and cannot end before the pipe is closed.
    settled(&child);
    let peak = peak(&child);
    drop(stdin);
    let mut said = String::new();
    child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    let status = child.wait().unwrap();
    assert!(status.success(), "{status:?}: {said}");
    (peak, said)
}

/// Waits until the child has taken what is in the pipe: it sleeps in `read` then.
fn settled(child: &Child) {
    let stat = format!("/proc/{}/stat", child.id());
    let sleeps = || fs::read_to_string(&stat).unwrap().rsplit(") ").next().unwrap().starts_with('S');
    let begun = Instant::now();
    let mut calm = 0;
    while calm < 5 {
        calm = if sleeps() { calm + 1 } else { 0 };
        thread::sleep(Duration::from_millis(4));
        assert!(begun.elapsed() < Duration::from_secs(120), "it does not come to an end");
    }
}

fn peak(child: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn a_line_and_empty_lines_without_end_take_no_memory() {
    const CAUSE: &str = "error[E0425]: cannot find value `x` in this scope\n --> src/lib.rs:1:1\n";
    let (idle, small) = explain(|log| log.write_all(CAUSE.as_bytes()));
    assert!(small.starts_with("rust_build"), "{small}");
    let line = if full() { 100 << 20 } else { 20 << 20 };
    let lines = if full() { 50_000_000 } else { 4_000_000 };
    let chunk = vec![b'A'; 64 * 1024];
    let (one_line, said) = explain(|log| {
        (0..line / chunk.len()).try_for_each(|_| log.write_all(&chunk))?;
        writeln!(log)?;
        log.write_all(CAUSE.as_bytes())
    });
    assert!(said.starts_with("rust_build") && said.len() < 32 * 1024, "{}", said.len());
    assert!(one_line < idle + MORE_KIB, "{one_line} KiB for one line of {line} bytes, {idle} KiB for two lines");
    let empty = vec![b'\n'; 64 * 1024];
    let (empty_lines, said) = explain(|log| {
        (0..lines / empty.len()).try_for_each(|_| log.write_all(&empty))?;
        log.write_all(CAUSE.as_bytes())
    });
    assert!(said.starts_with("rust_build") && said.len() < 32 * 1024, "{}", said.len());
    assert!(empty_lines < idle + MORE_KIB, "{empty_lines} KiB for {lines} empty lines, {idle} KiB for two lines");
}

/// A job's log that is larger than an attachment may be, as a zip bomb of a few KiB becomes one.
#[test]
#[ignore = "takes long in a debug build: cargo test --release -p healer --test hostile -- --ignored larger"]
fn a_log_larger_than_an_attachment_is_capped_and_that_is_said() {
    const CAP: u64 = 64 * 1024 * 1024;
    let line = format!("2026-01-15T10:31:00.0000000Z {}\n", "zip bomb ".repeat(100));
    let bytes = if full() { 1 << 30 } else { 66 << 20 };
    let mut scene = Scene::recorded();
    let log = line.repeat(bytes / line.len());
    scene.write("worlds/widgets/github/repos/acme/widgets/actions/jobs/33001/logs.txt", log.as_bytes());
    let story = scene.play(Some("fetch-failure"));
    assert_eq!(story.ended, Some(0), "{}", story.why);
    let document = &story.steps.last().unwrap()["document"];
    let size = document["attachments"]["job_log"]["size_bytes"].as_u64().unwrap();
    assert!(size <= CAP && size > CAP / 2, "{size} bytes are kept");
    let dropped = document["attachments"]["job_log"]["dropped_bytes"].as_u64().unwrap();
    let gaps = document["failure"]["gaps"].to_string();
    assert!(dropped > 0 || gaps.contains("were left out"), "nothing says that something is missing: {gaps}");
}
