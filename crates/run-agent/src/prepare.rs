//! Before the agent: is this CodeRun to be carried out, and if so, a Secret with the task and a narrowed token.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use remediation::{Vocabulary, vocabulary};
use serde_json::json;
use step::Cannot;
use world::kubernetes::Resource;
use world::{Accounts, ActAsApp, CarryOutCodeRuns, Clock, CodeRuns, PortError, Settings as Places, World};

use crate::settings::Settings;
use crate::task::{self, Spec};
use crate::{credential, failed};

vocabulary! {
    /// What follows `prepare`.
    Then, "what follows":
    Run = "run", "the agent runs";
    Over = "over", "there is nothing to do: the CodeRun is gone, has ended, or another Workflow has it";
}

/// Which CodeRun, and who asks.
#[derive(Debug, Clone, clap::Args)]
pub struct Which {
    #[command(flatten)]
    pub(crate) world: world::Args,
    /// The CodeRun's name
    #[arg(long, value_name = "NAME")]
    pub(crate) coderun: String,
    /// Its uid: another one of that name is not it
    #[arg(long, value_name = "UID")]
    pub(crate) uid: String,
    /// Its namespace
    #[arg(long, value_name = "NAME")]
    pub(crate) namespace: String,
    /// The Workflow that carries it out
    #[arg(long, value_name = "NAME")]
    pub(crate) workflow: String,
}

/// Flags of `run-agent prepare`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    #[command(flatten)]
    which: Which,
    /// run-agent.yaml
    #[arg(long, value_name = "FILE", env = "RUN_AGENT_CONFIG", default_value = "/etc/run-agent/run-agent.yaml")]
    config: PathBuf,
    /// The folder with the GitHub credentials
    #[arg(long, value_name = "DIR", env = "RUN_AGENT_GITHUB", default_value = "/etc/run-agent/github")]
    github: PathBuf,
    /// Where to write what Argo reads: `then` and `secret`
    #[arg(long, value_name = "DIR")]
    parameters: Option<PathBuf>,
}

/// What is and is not ours to carry out.
pub enum Ours {
    /// It is.
    Yes(Box<Resource>),
    /// It is not; why.
    No(String),
}

impl Which {
    /// Looks at the CodeRun.
    pub async fn look(&self, ports: &impl CodeRuns) -> Result<Ours, Cannot> {
        let Some(coderun) = ports.coderun(&self.coderun).await.map_err(ledger::cannot)? else {
            return Ok(Ours::No("the CodeRun is gone".into()));
        };
        if coderun.metadata.uid != self.uid {
            return Ok(Ours::No("the CodeRun is gone; there is another one of its name".into()));
        }
        if coderun.metadata.deletion_timestamp.is_some() {
            return Ok(Ours::No("the CodeRun is being deleted".into()));
        }
        if let Some(phase @ ("Succeeded" | "Failed")) = coderun.phase() {
            return Ok(Ours::No(format!("the CodeRun has ended already: {phase}")));
        }
        let by = coderun.status.get("jobName").and_then(serde_json::Value::as_str).filter(|by| !by.is_empty());
        if by.is_some_and(|by| by != self.workflow) {
            return Ok(Ours::No("another one carries this CodeRun out (status.jobName)".into()));
        }
        Ok(Ours::Yes(Box::new(coderun)))
    }

    /// Where things are.
    pub fn places(&self) -> Places {
        Places { coderun_namespace: self.namespace.clone(), namespace: self.namespace.clone(), ..Places::default() }
    }
}

/// What came of it.
struct Prepared {
    then: Then,
    secret: Option<String>,
    sentence: String,
}

/// Prepares.
pub fn main(args: &Args) -> Result<String, Cannot> {
    let settings = Settings::read(&args.config)?;
    let places = Places { github_url: settings.github_url.clone(), ..args.which.places() };
    let open = |places: Places| {
        World::open(&args.which.world, places).map_err(|error| Cannot::misconfigured(error.to_string()))
    };
    let cluster = open(places.clone())?;
    let prepared = ledger::block_on(async {
        let coderun = match args.which.look(&cluster).await? {
            Ours::Yes(coderun) => coderun,
            Ours::No(sentence) => return Ok(Prepared { then: Then::Over, secret: None, sentence }),
        };
        let app = Spec::of(&coderun)?.github_app;
        let found = credential::find(&args.github, &app)?;
        let mut places = places.clone();
        places.secrets.github = Some(found.clone());
        prepare(&args.which, &coderun, &settings, &found, &open(places)?).await
    })?;
    if let Some(folder) = &args.parameters {
        put(folder, "then", prepared.then.as_str())?;
        put(folder, "secret", prepared.secret.as_deref().unwrap_or("none"))?;
    }
    Ok(prepared.sentence)
}

async fn prepare(
    which: &Which,
    coderun: &Resource,
    settings: &Settings,
    found: &world::GithubCredential,
    ports: &(impl ActAsApp + Accounts + CarryOutCodeRuns + Clock),
) -> Result<Prepared, Cannot> {
    let now = seconds(ports.now());
    let spec = Spec::of(coderun)?;
    let (repository, _) = spec.repository()?;
    let created = coderun.metadata.creation_timestamp.unwrap_or(now);
    let deadline = Spec::deadline(created, settings);
    if deadline <= now {
        return Err(Cannot::refused(format!("the agent's deadline {deadline} is past; nothing was started")));
    }
    let given = credential::give(found, &repository, spec.kind(), settings, ports).await?;
    let task = spec.task(&which.coderun, deadline, &given, settings)?;
    let secret = task::secret(coderun, &task, &spec.prompt_modification, &given.token, now)?;
    let name = secret["metadata"]["name"].as_str().unwrap_or_default().to_owned();
    ports.create_secret(&secret).await.map_err(ledger::cannot)?;
    let message = format!("the agent works until {deadline}");
    match ports.merge_coderun_status(&which.coderun, &which.uid, &status("Running", &message, now, which)).await {
        Ok(_) => {
            let sentence = format!("{repository}, branch {}: {message}", text::Untrusted::new(task.branch).terminal());
            Ok(Prepared { then: Then::Run, secret: Some(name), sentence })
        }
        Err(PortError::NotFound { .. } | PortError::Conflict { .. }) => {
            let sentence = "the CodeRun went away meanwhile".into();
            Ok(Prepared { then: Then::Over, secret: None, sentence })
        }
        Err(error) => Err(ledger::cannot(error)),
    }
}

/// To the second, as every status of Kubernetes.
pub fn seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

/// Fields of a CodeRun's status (cto.md 1.5).
pub fn status(phase: &str, message: &str, now: Timestamp, which: &Which) -> serde_json::Value {
    json!({ "phase": phase, "message": message, "lastUpdate": now.to_string(), "jobName": which.workflow })
}

fn put(folder: &Path, name: &str, value: &str) -> Result<(), Cannot> {
    let path = folder.join(name);
    fs::create_dir_all(folder).and_then(|()| fs::write(&path, value)).map_err(|error| failed("write", &path, &error))
}
