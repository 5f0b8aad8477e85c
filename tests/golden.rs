//! Golden cases: `tests/cases/<binary>/<claim>/`, run through the real binary. The folder's name is a claim that is true
//! when the case passes. `BLESS=1 INSTA_UPDATE=always cargo test --workspace` accepts what is there now: read the diff.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use remediation::Document;
use serde::Deserialize;
use serde_json::Value;

/// `case.yaml` of every binary but `classify`, whose cases are logs with labels.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// Flags beside those that the runner gives.
    #[serde(default)]
    args: Vec<String>,
    /// The exit code.
    #[serde(default)]
    exit: i32,
    /// What time it is.
    #[serde(default = "ten_forty")]
    clock: String,
    /// What the last line of stderr holds.
    says: Option<String>,
    /// What is read instead of `in.json`.
    stdin: Option<String>,
    /// stdout is no document but this file, which is golden.
    stdout: Option<String>,
}

fn ten_forty() -> String {
    "2026-01-15T10:40:00Z".into()
}

/// `case.yaml` of `classify`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LogCase {
    kind: String,
    agent: String,
    remedy: String,
    cause: Vec<String>,
    workflow: Option<String>,
    job: Option<String>,
    step: Option<String>,
    #[serde(default)]
    changed_files: Vec<String>,
    #[allow(dead_code)]
    made_by: String,
}

fn root() -> PathBuf {
    fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).unwrap()
}

fn blessing() -> bool {
    std::env::var_os("BLESS").is_some()
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> =
        fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn healer(tool: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_healer"));
    command.arg(tool).env_clear().env("HEALER_LOG_FORMAT", "human");
    command
}

/// Runs every case of every tool and reports all failures together.
#[test]
fn every_case_is_as_its_name_claims() {
    let cases: Vec<PathBuf> = folders(&root().join("tests/cases")).iter().flat_map(|tool| folders(tool)).collect();
    assert!(cases.len() > 300, "only {} cases found", cases.len());
    let (left, right) = cases.split_at(cases.len() / 2);
    let failures = std::thread::scope(|scope| {
        let half = scope.spawn(|| left.iter().map(|case| claimed(case)).collect::<String>());
        let other: String = right.iter().map(|case| claimed(case)).collect();
        half.join().unwrap() + &other
    });
    assert!(failures.is_empty(), "{failures}");
}

/// Nothing, or why the case's claim does not hold.
fn claimed(case: &Path) -> String {
    let tool = case.parent().unwrap().file_name().unwrap().to_str().unwrap();
    let is_log = tool == "classify" && case.join("log.txt").exists();
    let result = if is_log { log_case(case) } else { document_case(tool, case) };
    result
        .err()
        .map(|why| format!("{tool}/{}: {why}\n", case.file_name().unwrap().to_str().unwrap()))
        .unwrap_or_default()
}

fn read_case<T: serde::de::DeserializeOwned>(case: &Path) -> Result<T, String> {
    let text = fs::read_to_string(case.join("case.yaml")).map_err(|error| format!("case.yaml: {error}"))?;
    serde_yaml::from_str(&text).map_err(|error| format!("case.yaml: {error}"))
}

fn document_case(tool: &str, folder: &Path) -> Result<(), String> {
    let case: Case = read_case(folder)?;
    let scratch = tempfile::tempdir().unwrap();
    let attachments = scratch.path().join("attachments");
    copy(&folder.join("attachments"), &attachments);
    let (state, parameters) = (scratch.path().join("written"), scratch.path().join("parameters"));
    let command = || {
        let mut command = healer(tool);
        command.args(&case.args).current_dir(folder).env("HEALER_CLOCK", &case.clock);
        command.arg("--attachments").arg(&attachments).arg("--parameters").arg(&parameters);
        if folder.join("world").is_dir() {
            command.arg("--world").arg(folder.join("world")).arg("--world-state").arg(&state);
        }
        command
    };
    let mut first = command();
    let input = folder.join(case.stdin.as_deref().unwrap_or("in.json"));
    if input.exists() {
        first.stdin(fs::File::open(&input).unwrap());
    } else {
        first.stdin(std::process::Stdio::null());
    }
    let output = first.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    let last = errors.lines().last().unwrap_or_default().to_owned();
    let exit = output.status.code().unwrap_or(-1);
    if exit != case.exit {
        return Err(format!("exit code {exit} instead of {}; stderr: {errors}", case.exit));
    }
    if let Some(says) = &case.says
        && !last.contains(says.as_str())
    {
        return Err(format!("the last line of stderr does not say {says:?}: {last}"));
    }
    if let Some(file) = &case.stdout {
        return golden(&folder.join(file), Some(&output.stdout));
    }
    let document = (!output.stdout.is_empty()).then(|| without_time(&output.stdout));
    golden(&folder.join("out.json"), document.as_deref().map(str::as_bytes))?;
    if exit != 0 {
        return Ok(());
    }
    golden(&folder.join("parameters.yaml"), Some(read_parameters(&parameters).as_bytes()))?;
    let written = fs::read(state.join("log.jsonl")).ok().filter(|written| !written.is_empty());
    golden(&folder.join("written.jsonl"), written.as_deref())?;
    new_attachments(folder, &attachments)?;
    if tool == "open-remediation" || case.args.iter().any(|arg| arg == "--from-record") {
        Ok(())
    } else {
        again(command(), &output.stdout)
    }
}

/// The step on its own output, same world and clock: nothing but the trail may differ.
fn again(mut command: Command, document: &[u8]) -> Result<(), String> {
    let input = tempfile::NamedTempFile::new().unwrap();
    fs::write(input.path(), document).unwrap();
    let output = command.stdin(fs::File::open(input.path()).unwrap()).output().unwrap();
    if output.stdout.is_empty() {
        return Err(format!("run again on its own output: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let without_trail = |bytes: &[u8]| {
        let mut document = Document::parse(bytes).unwrap();
        document.remove("trail");
        document.to_string()
    };
    let (then, now) = (without_trail(document), without_trail(&output.stdout));
    match then.lines().zip(now.lines()).find(|(then, now)| then != now) {
        None if then == now => Ok(()),
        different => Err(format!("run again on its own output it is another: {different:?}")),
    }
}

/// The trail's durations are the machine's, everything else is the step's.
fn without_time(document: &[u8]) -> String {
    let text = String::from_utf8_lossy(document);
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        match line.split_once("\"took_ms\":") {
            Some((before, after)) => {
                let number = after.trim_start();
                let space = &after[..after.len() - number.len()];
                let rest = number.trim_start_matches(|c: char| c.is_ascii_digit());
                let _ = write!(out, "{before}\"took_ms\":{space}0{rest}");
            }
            None => out.push_str(line),
        }
    }
    out
}

fn read_parameters(folder: &Path) -> String {
    let mut all = BTreeMap::new();
    if let Ok(entries) = fs::read_dir(folder) {
        for entry in entries.flatten() {
            all.insert(entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap());
        }
    }
    all.iter().map(|(name, value)| format!("{name}: {value}\n")).collect()
}

fn new_attachments(folder: &Path, attachments: &Path) -> Result<(), String> {
    let (before, expected) = (folder.join("attachments"), folder.join("attachments.out"));
    let mut names: Vec<String> = [attachments, expected.as_path()]
        .iter()
        .filter_map(|path| fs::read_dir(path).ok())
        .flat_map(|entries| entries.flatten().map(|entry| entry.file_name().into_string().unwrap()))
        .collect();
    names.sort();
    names.dedup();
    for name in names {
        let now = fs::read(attachments.join(&name)).ok();
        if now.is_some() && now == fs::read(before.join(&name)).ok() {
            continue;
        }
        golden(&expected.join(&name), now.as_deref())?;
    }
    Ok(())
}

/// Compares with the golden file, or accepts what is there now.
fn golden(path: &Path, now: Option<&[u8]>) -> Result<(), String> {
    let then = fs::read(path).ok();
    if then.as_deref() == now {
        return Ok(());
    }
    if blessing() {
        match now {
            Some(now) => {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, now).unwrap();
            }
            None => fs::remove_file(path).unwrap(),
        }
        return Ok(());
    }
    let name = path.file_name().unwrap().to_str().unwrap();
    let (then, now) = (text(then.as_deref()), text(now));
    let difference = then.lines().zip(now.lines()).enumerate().find(|(_, (then, now))| then != now);
    Err(match difference {
        Some((line, (then, now))) => format!("{name}:{}: golden {then:?}, now {now:?}", line + 1),
        None => format!("{name}: golden has {} lines, now {}", then.lines().count(), now.lines().count()),
    })
}

fn text(bytes: Option<&[u8]>) -> String {
    bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    if let Ok(entries) = fs::read_dir(from) {
        for entry in entries.flatten() {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

fn log_case(folder: &Path) -> Result<(), String> {
    let case: LogCase = read_case(folder)?;
    let scratch = tempfile::tempdir().unwrap();
    let attachments = scratch.path().join("attachments");
    let opened = scratch.path().join("opened.json");
    let mut open = healer("open-remediation");
    open.arg("--log").arg(folder.join("log.txt")).arg("--out").arg(&opened);
    for (flag, value) in [("--workflow", &case.workflow), ("--job", &case.job), ("--step", &case.step)] {
        if let Some(value) = value {
            open.arg(flag).arg(value);
        }
    }
    for file in &case.changed_files {
        open.arg("--changed-file").arg(file);
    }
    let output = open.arg("--attachments").arg(&attachments).output().unwrap();
    if !output.status.success() {
        return Err(format!("open-remediation: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let output = healer("classify").arg("--in").arg(&opened).arg("--attachments").arg(&attachments).output().unwrap();
    if !output.status.success() {
        return Err(format!("classify: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let found = &document["classification"];
    for (field, wanted) in [("kind", &case.kind), ("remedy", &case.remedy)] {
        if found[field] != wanted.as_str() {
            return Err(format!("{field} is {} instead of {wanted}; because {}", found[field], found["because"]));
        }
    }
    let agent = found["agent"].as_str().unwrap_or("none");
    if agent != case.agent {
        return Err(format!("agent is {agent} instead of {}", case.agent));
    }
    let log = fs::read_to_string(attachments.join("job_log.txt")).unwrap();
    let lines: Vec<&str> = log.lines().collect();
    let ranges = found["excerpt"]["lines"].as_array().cloned().unwrap_or_default();
    let excerpt: Vec<String> = ranges
        .iter()
        .flat_map(|range| range[0].as_u64().unwrap()..=range[1].as_u64().unwrap())
        .map(|number| text::clean(lines[usize::try_from(number).unwrap() - 1]).into_owned())
        .collect();
    if excerpt.iter().map(String::len).sum::<usize>() > 8 * 1024 {
        return Err("the excerpt is over 8 KiB".into());
    }
    let cause = case.cause.iter().any(|cause| excerpt.iter().any(|line| line.contains(cause.as_str())));
    if cause { Ok(()) } else { Err(format!("no cause line in the excerpt {ranges:?}: {excerpt:#?}")) }
}
