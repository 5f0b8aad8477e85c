//! `remember`: files what happened with OpenMemory, for the next time. Memory informs and decides nothing, so a memory that
//! is down costs nothing but the memory (design section 2, facts: cto.md 4.10).

use config::Config;
use redact::Foreign;
use remediation::{
    Admission, AttemptRecord, Classification, Kind, MemoryReceipt, Mode, Next, Outcome, Repository, Subject, Verdict,
    caps,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use step::{Cannot, Desk, Parameter, Sections, Step};
use text::Untrusted;
use world::{Memories, MemoryTags, PortError};

/// See the crate.
pub struct Remember;

/// Flags of this step.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    world: ledger::WorldArgs,
}

/// What it reads of the document.
#[derive(Debug, Deserialize)]
#[allow(missing_docs)]
pub struct Needs {
    pub id: String,
    pub repository: Repository,
    pub subject: Subject,
    pub admission: Option<Admission>,
    pub classification: Option<Classification>,
    pub outcome: Option<Outcome>,
    #[serde(default)]
    pub attempts: Vec<Box<RawValue>>,
    pub memory: Option<MemoryReceipt>,
}

impl Step for Remember {
    const NAME: &'static str = "remember";
    const ABOUT: &'static str = "Files what happened with OpenMemory, for the next time";
    const EXAMPLES: &'static str = "remember --world tests/worlds/widgets --in remediation.json --out remediation.json\n\
                                    remember --config healer.yaml < remediation.json";
    const OWNS: &'static [&'static str] = &["memory"];
    const PARAMETERS: &'static [Parameter] = &[];
    type Args = Args;
    type Needs = Needs;

    fn run(args: &Args, needs: Needs, _: &mut Desk) -> Result<Sections, Cannot> {
        let receipt = match why_not(&needs)? {
            Some(receipt) => receipt,
            None => {
                let (world, config) = args.world.open_admitted(Self::NAME, needs.admission.as_ref())?;
                ledger::block_on(run(&needs, &config, &world))?
            }
        };
        let said = match &receipt.because {
            Some(why) => format!("nothing was written: {why}"),
            None => format!("{} memory is kept", receipt.written),
        };
        Ok(Sections::new().set("memory", &receipt).say(said))
    }
}

fn nothing(because: impl Into<String>) -> MemoryReceipt {
    MemoryReceipt { written: 0, because: Some(because.into()) }
}

/// Whether there is nothing to write, so that nobody is asked.
fn why_not(needs: &Needs) -> Result<Option<MemoryReceipt>, Cannot> {
    if let Some(before) = needs.memory.as_ref().filter(|before| before.written > 0) {
        return Ok(Some(before.clone()));
    }
    if needs.admission.as_ref().is_some_and(|admission| admission.mode == Mode::Observe) {
        return Ok(Some(nothing("observe mode: what would have happened did not")));
    }
    match &needs.outcome {
        None => Ok(Some(nothing("nothing has come to an end"))),
        Some(outcome) if outcome.next.require("outcome.next")? == Next::Retry => {
            Ok(Some(nothing("another attempt follows")))
        }
        Some(_) => Ok(None),
    }
}

/// Files it, once; whoever runs again finds it there.
pub async fn run(needs: &Needs, config: &Config, ports: &impl Memories) -> Result<MemoryReceipt, Cannot> {
    if !config.sources.openmemory_enabled {
        return Ok(nothing("sources.openmemory_enabled is false in healer.yaml"));
    }
    let (content, tags) = memory(needs)?;
    let known = match ports.search_memory(&Untrusted::new(&*needs.id), 5, &MemoryTags::default()).await {
        Ok(found) => found.iter().any(|memory| memory.content.expose().contains(&mark(&needs.id))),
        Err(error) => return Ok(nothing(down(&error))),
    };
    if known {
        return Ok(MemoryReceipt { written: 1, because: None });
    }
    Ok(match ports.add_memory(&content, &tags).await {
        Ok(()) => MemoryReceipt { written: 1, because: None },
        Err(error) => nothing(down(&error)),
    })
}

/// The folder of a recorded world does not belong into a document.
fn down(error: &PortError) -> String {
    match error {
        PortError::Missing { call, .. } => format!("{call}: the recorded world has no answer"),
        error => error.to_string(),
    }
}

/// By what a memory of ours is found again.
fn mark(id: &str) -> String {
    format!("[{id}]")
}

/// Bytes of one memory.
const BYTES: usize = 1500;

/// What is written: one paragraph in our words of kinds, verdicts, ids and counts. No name, path or message that a stranger
/// may have chosen is kept, so that no memory carries a sentence from one pull request into another.
fn memory(needs: &Needs) -> Result<(String, MemoryTags), Cannot> {
    let outcome = needs.outcome.as_ref().ok_or_else(|| Cannot::bug("there is no outcome to remember"))?;
    let verdict = outcome.verdict.require("outcome.verdict")?;
    let repository = format!("{}/{}", needs.repository.owner, needs.repository.name);
    let kind = needs.classification.as_ref().map_or("a failure", |found| found.kind.as_str());
    let attempts: Vec<AttemptRecord> =
        needs.attempts.iter().filter_map(|item| serde_json::from_str(item.get()).ok()).collect();
    let mut content = format!("{} {repository}: {kind} ended as {verdict}.", mark(&needs.id));
    if let Some(found) = &needs.classification {
        content.push_str(&format!(" Signature {}.", found.signature));
    }
    for attempt in &attempts {
        let who = attempt.agent.as_ref().map_or("the re-run", |agent| agent.as_str());
        content.push_str(&format!(" Attempt {} by {who}: {}", attempt.number, attempt.verdict.as_str()));
        if let Some(commit) = attempt.commits.last() {
            let sha: String = commit.sha.chars().take(12).collect();
            content.push_str(&format!(", commit {sha}"));
        }
        let files = attempt.files.len() as u64 + attempt.files_omitted;
        if files > 0 {
            content.push_str(&format!(", {files} {} changed", if files == 1 { "file" } else { "files" }));
        }
        content.push('.');
    }
    let foreign = Foreign::new();
    let content = foreign.text(&Untrusted::new(content), BYTES).expose().to_owned();
    let last = attempts.last().and_then(|attempt| attempt.agent.as_ref());
    let tags = MemoryTags {
        category: Some(if outcome.next == Next::Escalate { "escalations" } else { "ci-failures" }.into()),
        agent: last.map(|agent| agent.as_str().to_owned()),
        failure_type: needs
            .classification
            .as_ref()
            .and_then(|found| found.kind.known())
            .map(Kind::platform_name)
            .map(str::to_owned),
        outcome: Some(if outcome.next == Next::Escalate { "escalated" } else { word(verdict) }.into()),
        workflow_name: needs.subject.workflow.as_ref().map(|name| foreign.line(name, caps::TEXT)),
        repository: Some(repository),
        workflow_run_id: needs.subject.run_id.map(|id| id.to_string()),
    };
    Ok((content, tags))
}

/// The platform's word for an outcome (cto.md 4.10).
fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fixed | Verdict::FixedByOther | Verdict::PassedOnRerun => "success",
        Verdict::AgentFailed | Verdict::NoPush | Verdict::Dishonest => "agentfailed",
        Verdict::AgentTimeout | Verdict::CiTimeout => "timeout",
        Verdict::NotFixed | Verdict::BrokeOther | Verdict::CiNotRun => "cistillfailing",
        Verdict::NeedsPerson | Verdict::Superseded | Verdict::Withdrawn => "failure",
    }
}
