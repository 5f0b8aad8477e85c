//! Plays a remediation through the real tools, as the Argo templates run them: one process a step, the document and its
//! attachments in a folder between them. The loop that Argo's DAG does is here, and nothing else.

use std::collections::{BTreeMap, VecDeque};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{fs, io};

use remediation::{Document, Next, Vocabulary};
use world::recorded::Recorded;

/// How often a poller may say "not yet"; far beyond every deadline of `check-outcome`.
const POLLS: u32 = 120;
/// How often the loop may turn: three attempts, a re-run, and room for a larger limit.
const TURNS: u32 = 16;

const FIRST: &[&str] = &["open-remediation", "admit"];
const TURN: &[&str] = &[
    "fetch-failure",
    "classify",
    "claim",
    "gather-context",
    "render-prompt",
    "spawn-coderun",
    "rerun-ci",
    "announce",
    JUDGE,
];
const JUDGE: &str = "check-outcome";
const END: &[&str] = &["announce", "escalate", "remember", "finish"];

/// What one step did.
pub struct Played {
    /// The tool.
    pub tool: &'static str,
    /// Its exit code.
    pub exit_code: i32,
    /// Its parameters.
    pub parameters: BTreeMap<String, String>,
    /// The last line it wrote to stderr.
    pub last_words: String,
    /// The document after it.
    pub document: Document,
    /// Where the attachments lie.
    pub attachments: PathBuf,
    /// What it wrote to the world, one JSON object a write.
    pub written: Vec<String>,
    /// Whether it was its case.
    pub acted: bool,
}

/// A recorded world, and the folders to play one remediation of it in.
pub struct Stage {
    /// The multi-call binary.
    pub healer: PathBuf,
    /// The recorded world.
    pub world: PathBuf,
    /// What is written to the world; several remediations of one world share it.
    pub state: PathBuf,
    /// The event that begins the story, such as the world's `event.json`.
    pub event: PathBuf,
    /// The configuration, such as the world's `healer.yaml`.
    pub config: Option<PathBuf>,
    /// Where the document, its attachments and its parameters go.
    pub folder: PathBuf,
    /// The Argo Workflow that this play stands for.
    pub workflow: String,
}

/// Which part of the way is played; all of it by default.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// Begins with this step, on the document that an earlier part left.
    pub from: Option<String>,
    /// Ends after this step, as when the Workflow is killed.
    pub until: Option<String>,
}

/// Why a world cannot be played.
#[derive(Debug)]
pub struct CannotPlay(pub String);

impl From<io::Error> for CannotPlay {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

impl Stage {
    /// The stage for a world's own event and configuration; `folder` takes everything that is written.
    pub fn of(healer: PathBuf, world: &Path, folder: PathBuf) -> Result<Self, CannotPlay> {
        let recorded = Recorded::open(world, None).map_err(|error| CannotPlay(error.to_string()))?;
        let event = recorded.beside("event.json").ok_or_else(|| {
            CannotPlay(format!("{} has no event.json, the event that begins the story", world.display()))
        })?;
        Ok(Self {
            healer,
            world: world.to_owned(),
            state: folder.join("written"),
            event,
            config: recorded.beside("healer.yaml"),
            folder,
            workflow: "healer-demo".into(),
        })
    }

    /// Plays and tells every step to `watch`. Ends with the last step's exit code.
    pub fn play(&self, part: &Part, mut watch: impl FnMut(&Played)) -> Result<i32, CannotPlay> {
        fs::create_dir_all(&self.folder)?;
        let mut waiting = part.from.as_deref();
        let mut turns = 0;
        let mut way: VecDeque<&'static str> = FIRST.iter().chain(TURN).chain(END).copied().collect();
        while let Some(tool) = way.pop_front() {
            if waiting.is_some_and(|first| first != tool) {
                continue;
            }
            waiting = None;
            let played = if tool == JUDGE { self.poll(tool)? } else { self.step(tool)? };
            watch(&played);
            if part.until.as_deref() == Some(tool) || way.is_empty() {
                return Ok(played.exit_code);
            }
            let again = played.parameters.get("next").is_some_and(|next| next == Next::Retry.as_str());
            if tool == JUDGE && again && turns < TURNS {
                turns += 1;
                TURN.iter().rev().for_each(|tool| way.push_front(tool));
            }
        }
        Err(CannotPlay("no step of that name is on the way".into()))
    }

    /// As Argo's retry does: again while it says "not yet". A recorded clock moves on by itself.
    fn poll(&self, tool: &'static str) -> Result<Played, CannotPlay> {
        let mut reason = String::new();
        for _ in 0..POLLS {
            let played = self.run(tool, &[])?;
            match played.exit_code {
                0 => return Ok(played),
                code if code == i32::from(step::Code::NotYet as u8) => reason = played.last_words,
                _ => return Err(CannotPlay(played.last_words)),
            }
        }
        Err(CannotPlay(format!("{POLLS} times: {reason}")))
    }

    /// As a pod of several containers does: a failure flows through the document to `finish`.
    fn step(&self, tool: &'static str) -> Result<Played, CannotPlay> {
        let arguments: Vec<&OsStr> = match tool {
            "open-remediation" => vec!["--in".as_ref(), self.event.as_ref()],
            _ => vec!["--on-failure".as_ref(), "record".as_ref()],
        };
        let played = self.run(tool, &arguments)?;
        let sound = played.exit_code == 0 || tool == "finish";
        if sound { Ok(played) } else { Err(CannotPlay(played.last_words)) }
    }

    fn run(&self, tool: &'static str, arguments: &[&OsStr]) -> Result<Played, CannotPlay> {
        let document = self.folder.join("remediation.json");
        let (attachments, parameters) = (self.folder.join("attachments"), self.folder.join("parameters"));
        let log = self.state.join("log.jsonl");
        let before = fs::read_to_string(&log).unwrap_or_default().lines().count();
        let _ = fs::remove_dir_all(&parameters);
        let mut command = Command::new(&self.healer);
        command.arg(tool).args(arguments).arg("--out").arg(&document);
        command.arg("--attachments").arg(&attachments).arg("--parameters").arg(&parameters);
        if tool != "open-remediation" {
            command.arg("--in").arg(&document);
        }
        // Only effects look at the world; the pure steps have no such flag, and all read the environment.
        command.env("HEALER_WORLD", &self.world).env("HEALER_WORLD_STATE", &self.state);
        command.env("HEALER_WORKFLOW_NAME", &self.workflow).env("HEALER_WORKFLOW_UID", &self.workflow);
        if let Some(config) = &self.config {
            command.env("HEALER_CONFIG", config);
        }
        let output = command.env("HEALER_LOG_FORMAT", "human").stdin(Stdio::null()).output()?;
        let errors = String::from_utf8_lossy(&output.stderr);
        let last_words = errors.lines().last().unwrap_or_default().trim().to_owned();
        let exit_code = output.status.code().unwrap_or(1);
        let bytes = fs::read(&document).map_err(|_| CannotPlay(last_words.clone()))?;
        let document = Document::parse(&bytes).map_err(|error| CannotPlay(error.to_string()))?;
        let acted = acted(&document, tool);
        Ok(Played {
            tool,
            exit_code,
            parameters: read_parameters(&parameters),
            last_words,
            document,
            attachments,
            written: writes(&log, before),
            acted,
        })
    }
}

fn acted(document: &Document, tool: &str) -> bool {
    let trail: Vec<remediation::TrailEntry> = document.get("trail").ok().flatten().unwrap_or_default();
    trail.last().is_some_and(|entry| entry.step == tool && !entry.passed_on)
}

/// The writes after the first `skip` entries; the log holds moves of the clock too.
fn writes(log: &Path, skip: usize) -> Vec<String> {
    let text = fs::read_to_string(log).unwrap_or_default();
    text.lines().skip(skip).filter(|line| line.contains("\"method\"")).map(str::to_owned).collect()
}

fn read_parameters(folder: &Path) -> BTreeMap<String, String> {
    let Ok(entries) = fs::read_dir(folder) else { return BTreeMap::new() };
    entries
        .flatten()
        .filter_map(|entry| {
            let value = fs::read_to_string(entry.path()).ok()?;
            Some((entry.file_name().into_string().ok()?, value))
        })
        .collect()
}
