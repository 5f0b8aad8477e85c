//! `gather-context`: what is known beside the log. Every source is asked at once, each with its own deadline; a source that
//! is down, slow or not set up is a `gap`, never a failure (design section 2, safety.md 4.4).

mod cluster;
mod github;
mod history;
mod memory;
mod observability;
mod source;

use config::Config;
use jiff::Timestamp;
use remediation::{
    Admission, Attempt, Classification, Context, ContextSource, Failure, Gap, Repository, Subject, Target, caps,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use step::{Cannot, Desk, Parameter, Sections, Step};
use world::{Clock, Cluster, CodeRuns, Logs, Memories, Metrics, ReadGithub};

use source::{Asked, Source};

/// See the crate.
pub struct GatherContext;

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
    pub opened_at: Timestamp,
    pub repository: Repository,
    pub subject: Subject,
    pub attempt: Attempt,
    pub admission: Option<Admission>,
    pub target: Option<Target>,
    pub failure: Option<Failure>,
    pub classification: Option<Classification>,
    #[serde(default)]
    pub attempts: Vec<Box<RawValue>>,
}

/// An attachment to be written: its name and file, and its text.
pub struct Bulk {
    /// The attachment's name.
    pub name: String,
    /// Its file.
    pub file: String,
    /// Redacted text.
    pub text: String,
}

impl Step for GatherContext {
    const NAME: &'static str = "gather-context";
    const ABOUT: &'static str = "Asks every source of context at once; a source that is down is a gap, never a failure";
    const EXAMPLES: &'static str = "gather-context --world tests/worlds/widgets --in remediation.json --out remediation.json\n\
                                    gather-context --config healer.yaml < remediation.json | render-prompt";
    const OWNS: &'static [&'static str] = &["context"];
    const PARAMETERS: &'static [Parameter] = &[];
    type Args = Args;
    type Needs = Needs;

    fn run(args: &Args, needs: Needs, desk: &mut Desk) -> Result<Sections, Cannot> {
        let (world, config) = args.world.open_admitted(Self::NAME, needs.admission.as_ref())?;
        let (context, bulk) = ledger::block_on(async { Ok(run(&needs, &config, &world).await) })?;
        for bulk in bulk {
            desk.attach_bytes(&bulk.name, &bulk.file, false, bulk.text.as_bytes())?;
        }
        let gaps: Vec<&str> = context.gaps.iter().map(|gap| gap.source.as_str()).collect();
        let said = if gaps.is_empty() { "every source answered".into() } else { format!("gaps: {}", gaps.join(", ")) };
        Ok(Sections::new().set("context", &context).say(said))
    }
}

/// Asks everybody at once.
pub async fn run(
    needs: &Needs,
    config: &Config,
    ports: &(impl ReadGithub + CodeRuns + Cluster + Logs + Metrics + Memories + Clock),
) -> (Context, Vec<Bulk>) {
    let ask = Source::new(needs, config, ports);
    let (pull, files, diff, base, history, argocd, logs, metrics, pods, memories) = tokio::join!(
        ask.within(ContextSource::PullRequest, github::pull_request(&ask)),
        ask.within(ContextSource::ChangedFiles, github::changed_files(&ask)),
        ask.within(ContextSource::Diff, github::diff(&ask)),
        ask.within(ContextSource::Base, github::base(&ask)),
        ask.within(ContextSource::History, history::history(&ask)),
        ask.within(ContextSource::Argocd, cluster::argocd(&ask)),
        ask.within(ContextSource::Loki, observability::logs(&ask)),
        ask.within(ContextSource::Prometheus, observability::metrics(&ask)),
        ask.within(ContextSource::Pods, cluster::pods(&ask)),
        ask.within(ContextSource::Memory, memory::search(&ask)),
    );
    let mut gaps: Vec<Gap> = Vec::new();
    let mut bulk = Vec::new();
    let (pull_request, description) = take(pull, &mut gaps).unzip();
    let (changed_files, changed_files_omitted) = take(files, &mut gaps).unwrap_or_default();
    let diff = take(diff, &mut gaps).map(|text| {
        bulk.push(Bulk { name: "diff".into(), file: "diff.patch".into(), text });
        "diff".to_owned()
    });
    let base = take(base, &mut gaps);
    let (history, diffs) = take(history, &mut gaps).unwrap_or_default();
    bulk.extend(diffs);
    let argocd = take(argocd, &mut gaps);
    let (logs, logs_omitted) = take(logs, &mut gaps).unwrap_or_default();
    let metrics = take(metrics, &mut gaps).unwrap_or_default();
    let (pods, events) = take(pods, &mut gaps).unwrap_or_default();
    let memories = take(memories, &mut gaps).unwrap_or_default();
    gaps.truncate(caps::CONTEXT);
    let mut context = Context {
        pull_request,
        description: description.flatten(),
        changed_files,
        changed_files_omitted,
        diff,
        base,
        history,
        argocd,
        logs,
        logs_omitted,
        metrics,
        pods,
        events,
        memories,
        gaps,
    };
    fit(&mut context);
    (context, bulk)
}

/// Bytes of the section: the document has 64 KiB for everything.
const SECTION_BYTES: usize = 16 * 1024;

/// Shortens the longest lists until the section fits; what was left out is said.
fn fit(context: &mut Context) {
    let size = |context: &Context| serde_json::to_string(context).map_or(0, |json| json.len());
    let mut shortened = Vec::new();
    while size(context) > SECTION_BYTES {
        let commits: usize = context.history.iter().map(|past| past.commits.len()).sum();
        let lists = [
            (context.logs.len(), ContextSource::Loki),
            (context.changed_files.len(), ContextSource::ChangedFiles),
            (context.events.len().max(context.pods.len()), ContextSource::Pods),
            (context.metrics.len(), ContextSource::Prometheus),
            (context.memories.len(), ContextSource::Memory),
            (commits, ContextSource::History),
        ];
        let Some((1.., source)) = lists.into_iter().max_by_key(|(length, _)| *length) else { break };
        match source {
            // The newest lines are the last.
            ContextSource::Loki => {
                context.logs.drain(..1);
                context.logs_omitted += 1;
            }
            ContextSource::ChangedFiles => {
                context.changed_files.pop();
                context.changed_files_omitted += 1;
            }
            ContextSource::Pods if context.events.len() >= context.pods.len() => drop(context.events.drain(..1)),
            ContextSource::Pods => drop(context.pods.pop()),
            ContextSource::Prometheus => drop(context.metrics.pop()),
            ContextSource::Memory => drop(context.memories.pop()),
            _ => {
                let longest = context.history.iter_mut().max_by_key(|past| past.commits.len());
                if let Some(past) = longest {
                    past.commits.drain(..1);
                    past.commits_omitted += 1;
                }
            }
        }
        if !shortened.contains(&source) {
            shortened.push(source);
        }
    }
    context.gaps.extend(
        shortened
            .into_iter()
            .map(|source| Gap { source: source.into(), because: "shortened to fit into the document".into() }),
    );
    context.gaps.truncate(caps::CONTEXT);
}

/// The answer, if there is one; what is missing goes to the gaps.
fn take<T>(asked: Asked<T>, gaps: &mut Vec<Gap>) -> Option<T> {
    gaps.extend(asked.gaps);
    asked.answer
}

#[cfg(test)]
mod tests;
