//! Whole stories: `tests/flows/<template>/<story>/`, played through the real binaries in a recorded world. `story.yaml`
//! says what happens; `transcript.txt` is golden: `BLESS=1 INSTA_UPDATE=always cargo test --workspace` accepts what is there now.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use healer::play::{Part, Played, Stage};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Story {
    /// What is true at the end, in a sentence.
    says: String,
    /// One after another, in one world; by default the world's own event, to its end.
    #[serde(default = "whole")]
    plays: Vec<Play>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Play {
    /// The remediation's name in the transcript; plays of one name go on with one document.
    #[serde(default)]
    name: Option<String>,
    /// A file of the story; by default the world's `event.json`.
    #[serde(default)]
    event: Option<String>,
    /// The Argo Workflow; by default the name.
    #[serde(default)]
    workflow: Option<String>,
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    until: Option<String>,
}

fn whole() -> Vec<Play> {
    vec![Play::default()]
}

#[test]
fn every_story_goes_as_it_is_told() {
    let flows = fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/flows")).unwrap();
    let stories: Vec<PathBuf> = folders(&flows).iter().flat_map(|template| folders(template)).collect();
    assert!(stories.len() >= 20, "only {} stories found", stories.len());
    // Stories share nothing, and each is mostly processes that wait for one another.
    let (left, right) = stories.split_at(stories.len() / 2);
    let failures = std::thread::scope(|scope| {
        let half = scope.spawn(|| left.iter().map(|story| told(story)).collect::<String>());
        let other: String = right.iter().map(|story| told(story)).collect();
        half.join().unwrap() + &other
    });
    assert!(failures.is_empty(), "{failures}");
}

/// Nothing, or how the story now differs from what is golden.
fn told(story: &Path) -> String {
    let transcript = play(story);
    let path = story.join("transcript.txt");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &transcript).unwrap();
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    if golden == transcript {
        return String::new();
    }
    format!("== {}\n{}\n", story.display(), difference(&golden, &transcript))
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> =
        fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn play(folder: &Path) -> String {
    let text = fs::read_to_string(folder.join("story.yaml")).unwrap();
    let story: Story = serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let scratch = tempfile::tempdir().unwrap();
    let world = folder.join("world");
    let mut transcript = format!("{}\n", story.says);
    for play in &story.plays {
        let name = play.name.clone().unwrap_or_else(|| "healer".into());
        let mut stage = Stage::of(env!("CARGO_BIN_EXE_healer").into(), &world, scratch.path().join(&name)).unwrap();
        stage.state = scratch.path().join("written");
        stage.workflow = play.workflow.clone().unwrap_or_else(|| name.clone());
        if let Some(event) = &play.event {
            stage.event = folder.join(event);
        }
        let part = Part { from: play.from.clone(), until: play.until.clone() };
        let _ = writeln!(transcript, "\n{name}:");
        let ended = stage.play(&part, |played| tell(&mut transcript, played));
        let _ = match ended {
            Ok(code) => writeln!(transcript, "  exit code {code}"),
            Err(error) => writeln!(transcript, "  cannot go on: {}", error.0),
        };
    }
    transcript
}

/// A step in one line: its parameters, and below it what it wrote to the world.
fn tell(transcript: &mut String, played: &Played) {
    if !played.acted {
        return;
    }
    let parameters: Vec<String> = played
        .parameters
        .iter()
        .filter(|(_, value)| *value != "none")
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let _ = writeln!(transcript, "  {}", format!("{}  {}", played.tool, parameters.join(" ")).trim_end());
    let fault: Option<remediation::Fault> = played.document.get("fault").unwrap();
    if let Some(fault) = fault.filter(|fault| fault.step == played.tool) {
        let _ = writeln!(transcript, "    fault {}: {}", fault.exit_code, fault.sentence);
    }
    for write in &played.written {
        let write: Value = serde_json::from_str(write).unwrap();
        let text = |key: &str| write[key].as_str().unwrap_or_default();
        let _ = writeln!(transcript, "    {} {} {}", text("method"), text("service"), text("path"));
    }
}

fn difference(golden: &str, now: &str) -> String {
    let (golden_lines, now_lines): (Vec<&str>, Vec<&str>) = (golden.lines().collect(), now.lines().collect());
    let first = golden_lines.iter().zip(&now_lines).take_while(|(golden, now)| golden == now).count();
    let from = |lines: &[&str]| lines.iter().skip(first).take(6).copied().collect::<Vec<_>>().join("\n    ");
    format!("  line {}, golden:\n    {}\n  now:\n    {}", first + 1, from(&golden_lines), from(&now_lines))
}
