//! The pipe as the README writes it, and what flows through it: a "no" and a fault come out at its end intact.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use remediation::{Document, Fault, TrailEntry};

/// The order for CI (design section 2), after the document was opened.
const STEPS: &[&str] = &[
    "admit",
    "fetch-failure",
    "classify",
    "claim",
    "gather-context",
    "render-prompt",
    "spawn-coderun",
    "rerun-ci",
    "check-outcome",
    "escalate",
    "remember",
    "finish",
];

struct Scratch {
    folder: tempfile::TempDir,
    world: PathBuf,
}

impl Scratch {
    fn new() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let world = fs::canonicalize(root.join("tests/worlds/widgets")).unwrap();
        Self { folder: tempfile::tempdir().unwrap(), world }
    }

    fn healer(&self, tool: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_healer"));
        command.arg(tool).env_clear().current_dir(self.folder.path()).env("HEALER_LOG_FORMAT", "human");
        command
    }

    /// The tool on the recorded world.
    fn step(&self, tool: &str) -> Command {
        let mut command = self.healer(tool);
        command.env("HEALER_WORLD", &self.world).env("HEALER_WORLD_STATE", self.folder.path().join("written"));
        command.env("HEALER_CONFIG", self.world.join("healer.yaml"));
        command
    }

    fn opened(&self) -> Vec<u8> {
        let output = self.step("open-remediation").arg("--in").arg(self.world.join("event.json")).output().unwrap();
        succeeded("open-remediation", output)
    }
}

fn succeeded(tool: &str, output: Output) -> Vec<u8> {
    assert!(output.status.success(), "{tool}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn fed(mut command: Command, input: &[u8]) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

/// The document with `section` put in, as a step could have.
fn with(document: &[u8], section: &str, value: serde_json::Value) -> Vec<u8> {
    let mut document = Document::parse(document).unwrap();
    document.set(section, &value).unwrap();
    document.to_bytes().unwrap()
}

fn without_trail(document: &[u8]) -> String {
    let mut document = Document::parse(document).unwrap();
    document.remove("trail");
    document.to_string()
}

fn local_log() -> String {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/classify");
    fs::read_to_string(cases.join("eslint-rule-is-frontend-lint/log.txt")).unwrap()
}

#[test]
fn the_local_pipe_needs_no_service() {
    let scratch = Scratch::new();
    fs::write(scratch.folder.path().join("build.log"), local_log()).unwrap();
    let mut open = scratch.healer("open-remediation");
    open.args(["--log", "build.log", "--repository", "acme/widgets", "--job", "lint"]);
    let mut document = succeeded("open-remediation", open.output().unwrap());
    for tool in ["classify", "render-prompt"] {
        document = succeeded(tool, fed(scratch.healer(tool), &document));
    }
    let mut spawn = scratch.healer("spawn-coderun");
    spawn.arg("--dry-run");
    let yaml = String::from_utf8(succeeded("spawn-coderun", fed(spawn, &document))).unwrap();
    for part in ["kind: CodeRun", "githubApp: 5DLabs-Blaze", "https://github.com/acme/widgets", "no-unused-vars"] {
        assert!(yaml.contains(part), "no {part:?} in the CodeRun:\n{yaml}");
    }
}

#[test]
fn files_and_pipes_give_the_same_document() {
    let (piped, filed) = (Scratch::new(), Scratch::new());
    let mut document = piped.opened();
    let path = filed.folder.path().join("remediation.json");
    fs::write(&path, filed.opened()).unwrap();
    for tool in STEPS {
        let output = fed(piped.step(tool), &document);
        document = succeeded(tool, output);
        let output = filed.step(tool).args(["--in", "remediation.json", "--out", "remediation.json"]).output().unwrap();
        assert!(succeeded(tool, output).is_empty(), "{tool} wrote to stdout beside --out");
        assert_eq!(without_trail(&document), without_trail(&fs::read(&path).unwrap()), "after {tool}");
    }
}

#[test]
fn a_no_at_any_position_comes_out_intact() {
    let no = serde_json::json!({ "decision": "no", "reason": "stale_head", "mode": "enforce", "because": [] });
    for position in 1..STEPS.len() {
        let scratch = Scratch::new();
        let document = with(&scratch.opened(), "admission", no.clone());
        let wanted = without_trail(&document);
        let mut document = document;
        for tool in STEPS[position..].iter().filter(|tool| !matches!(**tool, "remember" | "finish")) {
            document = succeeded(tool, fed(scratch.step(tool), &document));
            assert_eq!(without_trail(&document), wanted, "{tool} changed a document that was not its case");
        }
    }
}

#[test]
fn a_fault_at_any_position_comes_out_with_its_code() {
    for (position, code) in (1..STEPS.len()).flat_map(|position| [(position, 75), (position, 77)]) {
        let scratch = Scratch::new();
        let fault = Fault { step: STEPS[position - 1].into(), exit_code: code, sentence: "it broke".into() };
        let mut document = scratch.opened();
        for tool in &STEPS[..position - 1] {
            document = succeeded(tool, fed(scratch.step(tool), &document));
        }
        document = with(&document, "fault", serde_json::to_value(&fault).unwrap());
        for tool in &STEPS[position..STEPS.len() - 1] {
            document = succeeded(tool, fed(scratch.step(tool), &document));
            let passed = Document::parse(&document).unwrap();
            assert_eq!(passed.get::<Fault>("fault").unwrap().as_ref(), Some(&fault), "after {tool}");
            let trail: Vec<TrailEntry> = passed.get("trail").unwrap().unwrap();
            assert!(trail.last().unwrap().passed_on || *tool == "escalate", "{tool} acted on a fault");
        }
        let finished = fed(scratch.step("finish"), &document);
        assert_eq!(finished.status.code(), Some(i32::from(code)), "finish after a fault of {}", STEPS[position - 1]);
        let last: Fault = Document::parse(&finished.stdout).unwrap().get("fault").unwrap().unwrap();
        assert_eq!(last, fault);
    }
}
