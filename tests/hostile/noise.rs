//! 10,000 hostile documents, events, configurations, rules, worlds, templates with their front matter, logs and diffs: no
//! panic, no bug of ours, no hang.
//!
//! They go through the tools in one process, which is a child of the test: so it may be given up, and an abort or a stack
//! that overflows is seen too. `HEALER_HOSTILE_SEED` plays another mixture, `HEALER_HOSTILE=full` ten times as many.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use remediation::{Document, Kind, Vocabulary};
use text::Untrusted;

use crate::grammar::{Dice, RULES, break_json, break_yaml, broken_rule, text};
use crate::{corpus, full};

/// How long one document may take, in a debug build on a busy machine.
const ONE: Duration = Duration::from_secs(10);
/// How long the child may do one and the same thing until it is given up.
const STUCK: Duration = Duration::from_secs(60);

#[test]
fn ten_thousand_hostile_documents_cause_no_panic_and_no_bug() {
    crate::scene::on_both_cores(&["1", "2"], |half| mixture(half));
}

/// What the mixtures found once.
#[test]
fn a_line_that_begins_with_the_end_of_an_instant_is_a_line() {
    for line in ["3Z\n", "12Z x\n", ".3Z\n", "Z\n", "-05:30Z\n"] {
        assert!(!classify::judge(line.as_bytes(), &classify::Hints::default()).kind.is_security());
    }
}

fn mixture(half: &str) {
    let folder = tempfile::tempdir().unwrap();
    let said = folder.path().join("said");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "noise::child", "--ignored", "--nocapture", "--test-threads=1"])
        .current_dir(folder.path())
        .env("HEALER_NOISE", folder.path())
        .env("HEALER_NOISE_HALF", half)
        .env("HEALER_WORLD", tests().join("worlds/widgets"))
        .env("HEALER_WORLD_STATE", folder.path().join("written"))
        .stdin(Stdio::null())
        .stdout(fs::File::create(&said).unwrap())
        .stderr(fs::File::create(folder.path().join("errors")).unwrap())
        .spawn()
        .unwrap();
    let doing = || fs::read_to_string(folder.path().join("doing")).unwrap_or_default();
    let (mut since, mut last) = (Instant::now(), String::new());
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break Some(status),
            None if since.elapsed() > STUCK => {
                child.kill().unwrap();
                child.wait().unwrap();
                break None;
            }
            None => std::thread::sleep(Duration::from_millis(200)),
        }
        let now = doing();
        if now != last {
            (since, last) = (Instant::now(), now);
        }
    };
    let said = fs::read_to_string(&said).unwrap_or_default();
    let errors = fs::read(folder.path().join("errors")).unwrap_or_default();
    let errors = String::from_utf8_lossy(&errors[errors.len().saturating_sub(2000)..]).into_owned();
    let last = fs::read(folder.path().join("last")).unwrap_or_default();
    let doing = doing();
    assert!(
        status.is_some_and(|status| status.success()),
        "{status:?} while {doing}\n{}\n{errors}\nthe document: {}",
        said.lines().rev().take(12).collect::<Vec<_>>().join("\n"),
        String::from_utf8_lossy(&last[..last.len().min(3000)])
    );
    assert!(said.contains(" documents"), "{said}");
}

fn tests() -> PathBuf {
    fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests")).unwrap()
}

/// Files of this name below a folder.
fn files(folder: &Path, name: &str, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, name, out);
        } else if path.file_name().is_some_and(|found| found == name) {
            out.push(path);
        }
    }
}

struct Seeds {
    documents: Vec<(String, Vec<u8>, PathBuf)>,
    /// With the name that the case gives it.
    events: Vec<(Option<String>, Vec<u8>)>,
    configs: Vec<String>,
    values: Vec<(String, String)>,
}

impl Seeds {
    fn gather() -> Self {
        let found = |name: &str| {
            let mut out = Vec::new();
            files(&tests(), name, &mut out);
            out
        };
        let tool =
            |path: &Path| path.parent().unwrap().parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
        let document =
            |path: PathBuf| (tool(&path), fs::read(&path).unwrap(), path.parent().unwrap().join("attachments"));
        let seeds = Self {
            documents: found("in.json").into_iter().map(document).collect(),
            events: found("event.json")
                .into_iter()
                .map(|path| {
                    let case = fs::read_to_string(path.with_file_name("case.yaml")).unwrap_or_default();
                    let name = case.split_once("--event, ").and_then(|(_, rest)| rest.split([']', ',']).next());
                    (name.map(str::to_owned), fs::read(path).unwrap())
                })
                .collect(),
            configs: found("healer.yaml").into_iter().map(|path| fs::read_to_string(path).unwrap()).collect(),
            values: corpus(),
        };
        assert!(seeds.documents.len() > 100 && !seeds.configs.is_empty());
        let unknown = |event: &&open_remediation::Event| {
            !seeds.events.iter().any(|(name, _)| name.as_deref() == Some(event.name))
        };
        let unread: Vec<&str> = open_remediation::EVENTS.iter().filter(unknown).map(|event| event.name).collect();
        assert!(unread.is_empty(), "no event of these names is broken: {unread:?}");
        seeds
    }
}

/// A tool run here; anything but a bug is an answer.
fn run(tool: &str, arguments: &[&str]) {
    let row = healer::TOOLS.iter().find(|row| row.name == tool).unwrap();
    let all: Vec<OsString> = std::iter::once(tool).chain(arguments.iter().copied()).map(OsString::from).collect();
    let code = format!("{:?}", (row.run)(&all));
    assert!(!code.contains("(1)") && !code.contains("(101)"), "{tool} {arguments:?}: {code}");
}

#[test]
#[ignore = "the child of the test above"]
fn child() {
    let Some(folder) = std::env::var_os("HEALER_NOISE").map(PathBuf::from) else { return };
    let seed: u64 = std::env::var("HEALER_HOSTILE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let half: u64 = std::env::var("HEALER_NOISE_HALF").unwrap().parse().unwrap();
    let (mut dice, seeds) = (Dice(half << 32 | seed), Seeds::gather());
    let count = if full() { 50_000 } else { 5_000 };
    for number in 0..count {
        let begun = Instant::now();
        let what = one(number, &mut dice, &seeds, &folder);
        assert!(begun.elapsed() < ONE, "{what} took {:?}", begun.elapsed());
    }
    println!("{count} documents");
}

/// One document through what reads it.
fn one(number: usize, dice: &mut Dice, seeds: &Seeds, folder: &Path) -> String {
    let last = folder.join("last");
    let (path, out) = (last.to_str().unwrap(), folder.join("out.json"));
    let out = out.to_str().unwrap();
    let note = |what: String, bytes: &[u8]| {
        fs::write(&last, bytes).unwrap();
        fs::write(folder.join("doing"), format!("{number}: {what}")).unwrap();
        what
    };
    match number % 10 {
        0..=2 => {
            let (tool, seed, attachments) = dice.one(&seeds.documents);
            let bytes = break_json(dice, seed, &seeds.values);
            let what = note(format!("{tool} of a case like {}", attachments.display()), &bytes);
            let kept = folder.join("attachments");
            let _ = fs::remove_dir_all(&kept);
            let _ = fs::remove_dir_all(folder.join("written"));
            fs::create_dir_all(&kept).unwrap();
            for entry in
                fs::read_dir(attachments).into_iter().flatten().flatten().filter(|entry| entry.path().is_file())
            {
                fs::copy(entry.path(), kept.join(entry.file_name())).unwrap();
            }
            let config = tests().join("worlds/widgets/healer.yaml");
            let mut arguments = vec!["--in", path, "--out", out, "--attachments", kept.to_str().unwrap()];
            let takes_config = tool_takes_config(tool);
            if takes_config {
                arguments.extend(["--config", config.to_str().unwrap()]);
            }
            let parsed = Document::parse(&bytes);
            if tool != "open-remediation" {
                run(tool, &arguments);
            }
            let _ = parsed.map(|document| document.to_bytes());
            what
        }
        3 | 4 => {
            let (name, event) = dice.one(&seeds.events);
            let bytes = break_json(dice, event, &seeds.values);
            // Mostly its own, so that it is read to its end.
            let name = match (dice.below(8), name) {
                (0, _) => Some(dice.one(open_remediation::EVENTS).name),
                (1, _) => None,
                (_, name) => name.as_deref(),
            };
            let what = note(format!("open-remediation --event {name:?}"), &bytes);
            let name = name.map_or(vec![], |name| vec!["--event", name]);
            run("open-remediation", &[&["--in", path, "--out", out][..], &name].concat());
            what
        }
        5 => {
            let config = dice.one(&seeds.configs);
            let bytes = break_yaml(dice, config);
            let what = note("the configuration".into(), &bytes);
            let report = config::check(&last);
            assert!(!report.to_string().is_empty());
            what
        }
        6 => {
            let bytes = break_yaml(dice, "description: x\nclock: 2026-01-15T10:40:00Z\napp_id: 9001\n");
            let what = note("world.yaml".into(), &bytes);
            let world = folder.join("world");
            fs::create_dir_all(&world).unwrap();
            fs::write(world.join("world.yaml"), bytes).unwrap();
            let _ = world::recorded::Recorded::open(&world, None).map(|world| world.beside("event.json"));
            what
        }
        7 if number % 20 == 7 => template(dice, seeds, folder, &note),
        7 if number % 100 == 17 => rules(dice, seeds, &last, &note),
        _ => texts(dice, seeds, &note),
    }
}

fn tool_takes_config(tool: &str) -> bool {
    let row = healer::TOOLS.iter().find(|row| row.name == tool).unwrap();
    (row.command)().get_arguments().any(|argument| argument.get_long() == Some("config"))
}

/// A template of the user's, with front matter and text that are not as they must be.
fn template(dice: &mut Dice, seeds: &Seeds, folder: &Path, note: &dyn Fn(String, &[u8]) -> String) -> String {
    let mut bytes = break_yaml(dice, "---\nbudget_bytes:\n  job_log: 2000\n---\n# x\n\n{{> _where}}\n");
    bytes.extend(text(dice, &seeds.values));
    let what = note("a template".into(), &bytes);
    let prompts = folder.join("prompts");
    fs::create_dir_all(prompts.join("fix")).unwrap();
    fs::write(prompts.join("fix/rust_clippy.hbs"), &bytes).unwrap();
    let document = tests().join("cases/render-prompt").join(CASE).join("in.json");
    let (document, kept) = (document.to_str().unwrap(), folder.join("rendered"));
    let out = folder.join("rendered.json");
    let places = ["--in", document, "--out", out.to_str().unwrap(), "--attachments", kept.to_str().unwrap()];
    run("render-prompt", &[&places[..], &["--prompts", prompts.to_str().unwrap()]].concat());
    what
}

/// A case that asks for that prompt and reads no attachment.
const CASE: &str = "no-log-at-all-is-said";

/// Rules of a user's, and a log that they judge. A table lives as long as the process, so that these are few.
fn rules(dice: &mut Dice, seeds: &Seeds, last: &Path, note: &dyn Fn(String, &[u8]) -> String) -> String {
    let bytes = if dice.below(2) == 0 { broken_rule(dice, RULES) } else { break_yaml(dice, RULES) };
    let what = note("rules".into(), &bytes);
    if let Ok(config) = config::Config::read(last) {
        let log = text(dice, &seeds.values);
        let judged = classify::user_rules::judge_by(
            classify::user_rules::table(&config.rules),
            &log,
            &classify::Hints { security_allowed: false, ..classify::Hints::default() },
        );
        assert!(!judged.kind.is_security(), "{judged:?}");
    }
    what
}

/// A log, a diff and a name.
fn texts(dice: &mut Dice, seeds: &Seeds, note: &dyn Fn(String, &[u8]) -> String) -> String {
    let bytes = text(dice, &seeds.values);
    let what = note("a text".into(), &bytes);
    let judged = classify::judge(&bytes, &classify::Hints { security_allowed: false, ..classify::Hints::default() });
    assert!(!judged.kind.is_security() && (0.0..=1.0).contains(&judged.confidence), "{judged:?}");
    let words = String::from_utf8_lossy(&bytes);
    let kind = Kind::ALL[dice.below(Kind::ALL.len())];
    assert!(!format!("{:?}", diff_policy::judge(kind, &words).verdict).is_empty());
    let once = redact::Redactor::new().redact(&words).text.into_owned();
    let clean = text::clean(&once);
    let untrusted = Untrusted::new(clean.as_ref());
    let (span, fence) = (untrusted.code_span(), untrusted.fence("text"));
    assert!(!span.contains('\n') && fence.lines().last().is_some_and(|line| line.starts_with("```")), "{fence}");
    let (label, segment) = (untrusted.label_value(), untrusted.url_segment());
    assert!(label.len() <= 63 && !segment.contains('/'), "{label} {segment}");
    assert!(untrusted.terminal().chars().all(|letter| !letter.is_control()), "a control reached the terminal");
    assert!(untrusted.discord(2000).chars().count() <= 2000 && untrusted.slack(2000).chars().count() <= 2000);
    let _ = (untrusted.logql(), untrusted.promql(), untrusted.cut(17));
    what
}
