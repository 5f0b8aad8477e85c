//! Measures the judgement against labelled logs.
//!
//! `cargo run -p classify --example measure -- DIR…`: each folder of a DIR holds `log.txt` and either `meta.json`
//! (samples: label, acceptable_labels, key_lines_plain) or `case.yaml` (ours: kind, remedy, cause).
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use classify::{Hints, Judgement, clean, judge};
use remediation::{Kind, Vocabulary};
use serde::Deserialize;

#[derive(Deserialize)]
struct Meta {
    label: String,
    acceptable_labels: Vec<String>,
    key_lines_plain: Vec<String>,
    job_name_guess: Option<String>,
    changed_files_guess: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Case {
    kind: String,
    cause: serde_json::Value,
    workflow: Option<String>,
    job: Option<String>,
    step: Option<String>,
    changed_files: Option<Vec<String>>,
}

#[derive(Default)]
struct Sample {
    id: String,
    labels: Vec<String>,
    causes: Vec<String>,
    workflow: Option<String>,
    job: Option<String>,
    step: Option<String>,
    files: Vec<String>,
    log: Vec<u8>,
}

fn samples(dir: &str) -> Vec<Sample> {
    let mut found = Vec::new();
    let mut folders: Vec<_> = fs::read_dir(dir).expect(dir).map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    for folder in folders {
        let id = folder.file_name().unwrap().to_string_lossy().into_owned();
        let Ok(log) = fs::read(folder.join("log.txt")) else { continue };
        let sample = if let Ok(meta) = fs::read(folder.join("meta.json")) {
            let meta: Meta = serde_json::from_slice(&meta).unwrap();
            let labels = std::iter::once(meta.label).chain(meta.acceptable_labels).collect();
            Sample {
                labels,
                causes: meta.key_lines_plain,
                job: meta.job_name_guess,
                files: meta.changed_files_guess.unwrap_or_default(),
                ..Sample::default()
            }
        } else {
            from_case(&folder)
        };
        found.push(Sample { id, log, ..sample });
    }
    found
}

fn from_case(folder: &Path) -> Sample {
    let text = fs::read_to_string(folder.join("case.yaml")).expect("meta.json or case.yaml");
    let case: Case = serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let causes = match case.cause {
        serde_json::Value::Array(lines) => lines.iter().filter_map(|line| line.as_str().map(str::to_owned)).collect(),
        serde_json::Value::String(line) => vec![line],
        _ => Vec::new(),
    };
    Sample {
        labels: vec![case.kind],
        causes,
        workflow: case.workflow,
        job: case.job,
        step: case.step,
        files: case.changed_files.unwrap_or_default(),
        ..Sample::default()
    }
}

fn agent(label: &str) -> String {
    Kind::parse(label).map_or("?", |kind| kind.agent().map_or("rerun", Vocabulary::as_str)).to_owned()
}

fn excerpt_text(sample: &Sample, judgement: &Judgement) -> (String, usize) {
    let lines: Vec<&[u8]> = sample.log.split(|byte| *byte == b'\n').collect();
    let mut text = String::new();
    let mut bytes = 0;
    for (from, to) in &judgement.excerpt {
        for line in &lines[*from as usize - 1..*to as usize] {
            bytes += line.len() + 1;
            text.push_str(&String::from_utf8_lossy(&clean::clean(line).text));
            text.push('\n');
            text.push_str(&String::from_utf8_lossy(line));
            text.push('\n');
        }
    }
    (text, bytes)
}

fn main() {
    let dirs: Vec<String> = std::env::args().skip(1).collect();
    let all: Vec<Sample> = dirs.iter().flat_map(|dir| samples(dir)).collect();
    let mut per_kind: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    let (mut right, mut agents, mut shown) = (0, 0, 0);
    let mut sizes = Vec::new();
    let (mut rerun_said, mut rerun_right, mut rerun_wanted) = (0, 0, 0);
    let mut sure: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for sample in &all {
        let files: Vec<&str> = sample.files.iter().map(String::as_str).collect();
        let hints = Hints {
            workflow: sample.workflow.as_deref(),
            job: sample.job.as_deref(),
            step: sample.step.as_deref(),
            changed_files: &files,
            ..Hints::default()
        };
        let judgement = judge(&sample.log, &hints);
        let kind = judgement.kind.as_str();
        let kind_right = sample.labels.iter().any(|label| label == kind);
        let agent_right = sample.labels.iter().any(|label| agent(label) == agent(kind));
        let (text, bytes) = excerpt_text(sample, &judgement);
        let squeeze = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        let squeezed = squeeze(&text);
        let cause_shown = sample.causes.iter().any(|line| squeezed.contains(&squeeze(line)));
        sizes.push(bytes);
        right += u32::from(kind_right);
        agents += u32::from(agent_right);
        shown += u32::from(cause_shown);
        let row = per_kind.entry(sample.labels[0].clone()).or_default();
        row.0 += u32::from(kind_right);
        row.1 += 1;
        let said = kind == "infra_transient";
        rerun_said += u32::from(said);
        rerun_right += u32::from(said && kind_right);
        rerun_wanted += u32::from(sample.labels[0] == "infra_transient");
        let band = match judgement.confidence {
            sure if sure >= 0.9 => ">= 0.9",
            sure if sure >= 0.7 => "0.7-0.9",
            _ => "< 0.7",
        };
        let row = sure.entry(band).or_default();
        row.0 += u32::from(kind_right);
        row.1 += 1;
        if !kind_right || !cause_shown || bytes > 8192 {
            let because: Vec<String> =
                judgement.because.iter().map(|why| format!("{}@{}", why.rule, why.line.unwrap_or(0))).collect();
            println!(
                "MISS {} want {} got {} {:.2}{} [{}]",
                sample.id,
                sample.labels.join("|"),
                kind,
                judgement.confidence,
                if cause_shown { "" } else { " NOT-SHOWN" },
                because.join(" ")
            );
            if !cause_shown {
                println!("     wanted: {:?}", sample.causes.first());
            }
        }
    }
    let count = all.len().max(1) as f64;
    let percent = |part: u32| 100.0 * f64::from(part) / count;
    println!(
        "{} logs: kind {:.1} %, agent {:.1} %, cause shown {:.1} %",
        all.len(),
        percent(right),
        percent(agents),
        percent(shown)
    );
    let mean: f64 =
        per_kind.values().map(|(good, of)| f64::from(*good) / f64::from(*of)).sum::<f64>() / per_kind.len() as f64;
    println!("mean over kinds {:.1} %", mean * 100.0);
    sizes.sort_unstable();
    println!("excerpt bytes: median {}, largest {}", sizes[sizes.len() / 2], sizes[sizes.len() - 1]);
    println!("rerun: said {rerun_said}, right {rerun_right}, wanted {rerun_wanted}");
    for (band, (good, of)) in sure {
        println!("confidence {band}: {good} of {of} right");
    }
    for (kind, (good, of)) in per_kind {
        println!("  {kind:28} {good} / {of}");
    }
}
