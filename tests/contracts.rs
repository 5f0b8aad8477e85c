//! What must be true of the whole repository.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "cluster/lock.rs"]
mod lock;
#[path = "contracts/manifests/mod.rs"]
mod manifests;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use healer::TOOLS;
use remediation::flow::FLOW;
use remediation::{
    AdmissionReason, Channel, ContextSource, EscalationReason, Kind, Remedy, ResolutionReason, Role, Verdict,
    Vocabulary,
};

/// The steps whose crates know no port, no runtime and no HTTP client.
const PURE: &[&str] = &["open-remediation", "classify", "render-prompt"];
/// What a pure crate must not link.
const PORTS: &[&str] = &["tokio", "kube", "reqwest", "octocrab", "hyper", "world"];
/// What the binary links with the feature `live` only.
const LIVE: &[&str] = &["kube", "reqwest", "octocrab"];

fn root() -> PathBuf {
    fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).unwrap()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn entries(path: &str) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(root().join(path))
        .unwrap_or_else(|error| panic!("{path}: {error}"))
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// The crates that a package links, by `cargo tree`.
fn linked(package: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "--locked",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--format",
            "{p}",
            "-p",
            package,
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "cargo tree -p {package}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn every_binary_is_a_crate_with_a_three_line_main_and_cases() {
    let crates = entries("crates");
    for tool in TOOLS {
        assert!(crates.iter().any(|name| name == tool.name), "{} has no crate", tool.name);
        let main = read(&format!("crates/{}/src/main.rs", tool.name));
        let code = main.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("//")).count();
        assert_eq!(code, 3, "{}'s main is more than three lines", tool.name);
        assert!(entries(&format!("tests/cases/{}", tool.name)).len() >= 4, "{} has fewer than four cases", tool.name);
    }
    for folder in entries("tests/cases") {
        assert!(TOOLS.iter().any(|tool| tool.name == folder), "tests/cases/{folder} belongs to no binary");
    }
}

#[test]
fn every_kind_has_a_prompt_and_three_logs() {
    let prompts = entries("prompts/fix");
    let mut logs: BTreeMap<String, usize> = BTreeMap::new();
    for case in entries("tests/cases/classify") {
        let yaml = read(&format!("tests/cases/classify/{case}/case.yaml"));
        if let Some(kind) = yaml.lines().find_map(|line| line.strip_prefix("kind: ")) {
            *logs.entry(kind.trim().to_owned()).or_default() += 1;
        }
    }
    for kind in Kind::ALL {
        let has_prompt = prompts.contains(&format!("{kind}.hbs"));
        assert_eq!(has_prompt, kind.remedy() != Remedy::Rerun, "prompts/fix/{kind}.hbs");
        assert!(logs.get(kind.as_str()).is_some_and(|count| *count >= 3), "{kind} has fewer than three logs");
    }
    assert_eq!(prompts.len(), Kind::ALL.len() - 1, "a prompt of no kind: {prompts:?}");
}

#[test]
fn every_section_has_one_owner() {
    // `attempt` is opened by one and advanced by the other, and the advance takes its sections along (design 1.1).
    let shared = ["attempt", "claim", "context", "prompt", "coderun", "rerun"];
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    for tool in TOOLS {
        for section in tool.owns.iter().filter(|section| !shared.contains(section)) {
            if let Some(other) = owners.insert(section, tool.name) {
                panic!("`{section}` is owned by {other} and {}", tool.name);
            }
        }
    }
}

#[test]
fn the_flow_table_names_binaries() {
    for row in FLOW {
        assert!(TOOLS.iter().any(|tool| tool.name == row.step), "the flow table names {}", row.step);
    }
}

#[test]
fn pure_steps_link_no_port() {
    for package in PURE {
        let linked = linked(package);
        for port in PORTS {
            assert!(!linked.contains(*port), "{package} links {port}");
        }
    }
    let shell = linked("step");
    assert!(!PORTS.iter().any(|port| shell.contains(*port)), "the shell links a port");
}

#[test]
fn without_live_the_binary_links_no_client() {
    let linked = linked("healer");
    for client in LIVE {
        assert!(!linked.contains(*client), "healer links {client} without the feature `live`");
    }
}

#[test]
fn the_readme_names_every_binary_and_exit_code() {
    let readme = read("README.md");
    for tool in TOOLS {
        let owns = if tool.owns.is_empty() { String::new() } else { format!("`{}`", tool.owns[0]) };
        let row = readme.lines().find(|line| line.starts_with(&format!("| `{}` |", tool.name)));
        let row = row.unwrap_or_else(|| panic!("the README has no row for {}", tool.name));
        assert!(row.contains(&owns), "the README's row for {} does not name {owns}", tool.name);
    }
    for (code, name, _) in step::Code::ALL {
        let row = format!("| `{}` | {name} |", *code as u8);
        assert!(readme.contains(&row), "the README has no row {row:?}");
    }
}

#[test]
fn every_help_shows_examples_and_exit_codes() {
    for tool in TOOLS {
        let output = Command::new(env!("CARGO_BIN_EXE_healer")).args([tool.name, "--help"]).output().unwrap();
        let help = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{} --help", tool.name);
        for part in ["Examples:", "Exit codes:", "Owns the sections:", "--attachments"] {
            assert!(help.contains(part), "{} --help has no {part:?}", tool.name);
        }
        for parameter in (tool.parameters)() {
            assert!(help.contains(parameter), "{} --help does not name the parameter {parameter}", tool.name);
        }
    }
}

/// Every reason, verdict, role, channel and gap stands in some golden document of the step that writes it.
#[test]
fn every_word_that_a_step_decides_with_has_a_case() {
    has_cases::<AdmissionReason>(&["admit"], "reason");
    has_cases::<ResolutionReason>(&["resolve-event"], "reason");
    has_cases::<Verdict>(&["check-outcome"], "verdict");
    has_cases::<Role>(&["claim"], "role");
    has_cases::<EscalationReason>(&["escalate"], "reason");
    has_cases::<Channel>(&["announce", "escalate"], "channel");
    has_cases::<ContextSource>(&["gather-context", "fetch-failure"], "source");
}

fn has_cases<T: Vocabulary>(tools: &[&str], key: &str) {
    let mut golden = String::new();
    for tool in tools {
        for case in entries(&format!("tests/cases/{tool}")) {
            let out = root().join(format!("tests/cases/{tool}/{case}/out.json"));
            golden.extend(fs::read_to_string(out).ok());
        }
    }
    let golden = golden.replace("\": \"", "\":\"");
    for word in T::ALL {
        let pair = format!("\"{key}\":\"{}\"", word.as_str());
        assert!(golden.contains(&pair), "no case of {tools:?} has the {} `{}`", T::NAME, word.as_str());
    }
}

#[test]
fn every_event_has_a_case_whole_and_projected() {
    let cases = entries("tests/cases/open-remediation");
    let of = |projected: bool| -> String {
        let folders = cases.iter().filter(|case| case.starts_with("projected-") == projected);
        folders
            .filter_map(|case| {
                fs::read_to_string(root().join(format!("tests/cases/open-remediation/{case}/out.json"))).ok()
            })
            .collect()
    };
    let (whole, projected) = (of(false), of(true));
    for event in open_remediation::EVENTS {
        let pair = format!("\"event\": \"{}\"", event.name);
        assert!(whole.contains(&pair), "no case of a whole {}", event.name);
        assert!(projected.contains(&pair), "no case of a projected {}", event.name);
    }
}

#[test]
fn a_manifest_that_no_real_argo_has_seen_cannot_land() {
    let seen = lock::read(&root());
    for (name, digest) in lock::digests(&root()) {
        assert_eq!(
            seen.get(name),
            Some(&digest),
            "{name} has changed since tests/cluster.lock was written; run tests/cluster.rs on a cluster (docs/lab.md)"
        );
    }
    let stories = read("tests/cluster/stories.rs");
    let names = stories.lines().filter_map(|line| line.trim().strip_prefix("Story { name: \"")?.split('"').next());
    let names: Vec<&str> = names.collect();
    assert_eq!(seen.get("stories"), Some(&names.join(" ")), "not every story was tried");
}
