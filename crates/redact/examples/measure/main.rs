//! Recall and false alarms on labelled vectors: `cargo run --release -p redact --example measure -- FILE.jsonl [--show]`.
//!
//! Each line has `text_b64`, `secret_b64`, `is_secret`, `neg_class`, `tier`, `source`, `rule` (facts/safety.md, 2.2).
//! Or, with `--log FILE…`: how much of real logs is touched, and how fast.
//! Or, with `--speed` and nothing else: plain text and the worst case in MB/s and beside `memcpy`, in one run.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used)]

mod speed;

use std::collections::BTreeMap;
use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let show = args.iter().any(|arg| arg == "--show");
    let files = args.iter().filter(|arg| !arg.starts_with("--"));
    if args.iter().any(|arg| arg == "--speed") {
        return speed::print();
    }
    match args.iter().any(|arg| arg == "--log") {
        true => logs(files, show),
        false => files.for_each(|file| vectors(file, show)),
    }
}

fn vectors(file: &str, show: bool) {
    let redactor = redact::Redactor::new();
    let mut totals: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    for line in std::fs::read_to_string(file).unwrap().lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let decode = |name: &str| {
            row[name].as_str().map(|text| String::from_utf8_lossy(&STANDARD.decode(text).unwrap()).into_owned())
        };
        let text = decode("text_b64").unwrap();
        let redacted = redactor.redact(&text).text.into_owned();
        let secret = decode("secret_b64").filter(|_| row["is_secret"] == true);
        let hit = match &secret {
            Some(secret) => !redacted.contains(secret.as_str()),
            None => redacted != text,
        };
        let group = match &secret {
            Some(_) => format!("recall {}", row["tier"].as_str().unwrap_or("-")),
            None => format!("touched {}", row["neg_class"].as_str().unwrap_or("-")),
        };
        if show && hit != secret.is_some() && row["neg_class"] != "near-miss" {
            println!(
                "{group} | {} | {:.300?} | {:.80?} | {redacted:.300?}",
                row["rule"].as_str().unwrap_or(""),
                text,
                secret
            );
        }
        let total = totals.entry(group).or_default();
        *total = (total.0 + u32::from(hit), total.1 + 1);
    }
    for (group, (hit, all)) in totals {
        println!("{group:24} {hit:5} of {all:5}  {:.4}", f64::from(hit) / f64::from(all));
    }
}

fn logs<'a>(files: impl Iterator<Item = &'a String>, show: bool) {
    let redactor = redact::Redactor::new();
    let (mut bytes, mut seconds) = (0.0, 0.0);
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for file in files {
        let text = String::from_utf8_lossy(&std::fs::read(file).unwrap()).into_owned();
        let begin = Instant::now();
        let redacted = redactor.redact(&text);
        seconds += begin.elapsed().as_secs_f64();
        bytes += text.len() as f64;
        redacted.counts.iter().for_each(|(rule, n)| *counts.entry(rule).or_default() += n);
        if show {
            let changed = text.lines().zip(redacted.text.lines()).filter(|(before, after)| before != after);
            changed.for_each(|(before, after)| println!("{file}\n  - {before:.300}\n  + {after:.300}"));
        }
    }
    let all: u32 = counts.values().sum();
    println!("{counts:?}");
    println!(
        "{:.1} MB, {:.1} MB/s, {all} findings, {:.2} per MB",
        bytes / 1e6,
        bytes / 1e6 / seconds,
        f64::from(all) / (bytes / 1e6)
    );
}
