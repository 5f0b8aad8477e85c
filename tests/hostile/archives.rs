//! Archives where text belongs. Nothing of ours unpacks one, so that a bomb is as small as its file, its names are no
//! paths, and what its headers say of sizes does not matter.
//!
//! `HEALER_HOSTILE=full` makes one that inflates to 10 GB; CI one of 100 MB.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::full;
use crate::scene::Scene;

/// One entry: its name, its bytes as they are stored, the method (0 stored, 8 deflate), and the size that it claims.
struct Entry {
    name: Vec<u8>,
    data: Vec<u8>,
    method: u16,
    claims: u32,
}

impl Entry {
    fn stored(name: &[u8], data: &[u8]) -> Self {
        Self { name: name.to_vec(), data: data.to_vec(), method: 0, claims: u32::try_from(data.len()).unwrap() }
    }
}

/// The ZIP file format, sections 4.3.7, 4.3.12 and 4.3.16; checksums are 0.
fn zip(entries: &[Entry]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let offset = u32::try_from(out.len()).unwrap();
        let about = |out: &mut Vec<u8>| {
            out.extend([0; 2]);
            out.extend(entry.method.to_le_bytes());
            out.extend([0; 8]);
            out.extend(u32::try_from(entry.data.len()).unwrap().to_le_bytes());
            out.extend(entry.claims.to_le_bytes());
            out.extend(u16::try_from(entry.name.len()).unwrap().to_le_bytes());
            out.extend([0; 2]);
        };
        out.extend(b"PK\x03\x04\x14\0");
        about(&mut out);
        out.extend([&entry.name[..], &entry.data].concat());
        directory.extend(b"PK\x01\x02\x14\0\x14\0");
        about(&mut directory);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(&entry.name);
    }
    let start = u32::try_from(out.len()).unwrap();
    let count = u16::try_from(entries.len()).unwrap_or(u16::MAX).to_le_bytes();
    let size = u32::try_from(directory.len()).unwrap();
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([count, count].concat());
    out.extend([size.to_le_bytes(), start.to_le_bytes()].concat());
    out.extend([0; 2]);
    out
}

/// About so many bytes of `A` as one deflate block of fixed codes (RFC 1951, 3.2.6): the letter once, then copies of 258
/// bytes at distance 1, thirteen bits each. Eight of them are thirteen bytes, which repeat.
fn deflated(bytes: usize) -> Vec<u8> {
    // Least significant first: final block, fixed codes, 0x71 for `A`; then 11000101 and 00000 for a copy.
    let mut bits: Vec<bool> = [1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 1].map(|bit| bit == 1).to_vec();
    let copy = [1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0].map(|bit| bit == 1);
    (0..16).for_each(|_| bits.extend(copy));
    let packed = |bits: &[bool]| bits.iter().enumerate().fold(0, |byte, (at, bit)| byte | u8::from(*bit) << at);
    let whole: Vec<u8> = bits.chunks_exact(8).map(packed).collect();
    let (head, period) = (&whole[..2], &whole[2..15]);
    [head, &period.repeat(bytes / 258 / 8), &[0, 0, 0]].concat()
}

fn archives() -> Vec<(&'static str, Vec<u8>)> {
    let size = if full() { 10 << 30 } else { 100 << 20 };
    let bomb = |claims: u32| Entry { name: b"1_test.txt".to_vec(), data: deflated(size), method: 8, claims };
    let paths: [&[u8]; 6] = [b"../../etc/passwd", b"/abs", b"a/../../b", b"C:\\x", b"a\0b", &[b'y'; 60_000]];
    let names = zip(&paths.map(|name| Entry::stored(name, b"x")));
    let mut nested = names.clone();
    (0..20).for_each(|_| nested = zip(&[Entry::stored(b"inner.zip", &nested)]));
    let many: Vec<Entry> = (0..100_000).map(|number| Entry::stored(format!("{number}.txt").as_bytes(), b"")).collect();
    let gzip = [b"\x1f\x8b\x08\0\0\0\0\0\0\xff".as_slice(), &deflated(size), &[0; 8]].concat();
    vec![
        ("a bomb", zip(&[bomb(u32::MAX)])),
        ("a bomb that claims three bytes", zip(&[bomb(3)])),
        ("a hundred thousand entries", zip(&many)),
        ("names that are paths", names),
        ("archives in archives", nested),
        ("one without entries", zip(&[])),
        ("gzip", gzip),
    ]
}

fn healer(arguments: &[&str], folder: &Path, stdin: Option<&Path>) -> Output {
    let stdin = stdin.map_or(Stdio::null(), |path| fs::File::open(path).unwrap().into());
    let mut command = Command::new(env!("CARGO_BIN_EXE_healer"));
    command.args(arguments).current_dir(folder).env("HEALER_LOG_FORMAT", "human").stdin(stdin);
    command.output().unwrap()
}

/// Everything below a folder.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let name = entry.file_name().into_string().unwrap();
        found.push(name.clone());
        if entry.path().is_dir() {
            found.extend(files(&entry.path()).into_iter().map(|below| format!("{name}/{below}")));
        }
    }
    found
}

#[test]
fn an_archive_is_refused_by_its_first_bytes_and_never_unpacked() {
    for (what, bytes) in archives() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        fs::write(&log, &bytes).unwrap();
        let ways: [(&[&str], Option<&Path>); 4] = [
            (&["explain", "log"], None),
            (&["explain", "-"], Some(&log)),
            (&["explain", "--format", "json", "log"], None),
            (&["open-remediation", "--log", "log", "--out", "out.json"], None),
        ];
        for (arguments, stdin) in ways {
            let ended = healer(arguments, folder.path(), stdin);
            let said = String::from_utf8_lossy(&ended.stderr);
            assert_eq!(ended.status.code(), Some(3), "{what}, {arguments:?}: {said}");
            assert!(
                said.contains("packed (gzip or zip); unpack it first") && ended.stdout.is_empty(),
                "{what}: {said}"
            );
        }
        assert_eq!(files(folder.path()), ["log"], "{what}");
    }
}

#[test]
fn a_job_whose_log_is_an_archive_is_a_gap() {
    for (what, bytes) in archives() {
        let mut scene = Scene::recorded();
        scene.write("worlds/widgets/github/repos/acme/widgets/actions/jobs/33001/logs.txt", &bytes);
        let story = scene.play(Some("render-prompt"));
        assert_eq!(story.ended, Some(0), "{what}: {}", story.why);
        let document = &story.steps.last().unwrap()["document"];
        let gaps = document["failure"]["gaps"].to_string();
        assert!(gaps.contains("gave an archive of") && gaps.contains("it was not unpacked"), "{what}: {gaps}");
        assert!(document["attachments"]["job_log"]["size_bytes"].as_u64().unwrap() < 10_000, "{what}");
        assert!(story.prompts[0].contains("it was not unpacked"), "{what}: the agent is not told");
    }
}
