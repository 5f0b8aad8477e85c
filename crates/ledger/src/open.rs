//! Opening the world with the configuration that belongs to it.

use std::path::Path;

use config::{Config, Secret};
use jiff::Timestamp;
use remediation::{Admission, Repository};
use step::{Cannot, Code, Desk};
use world::github::Slug;
use world::{Clock, PortError, PortResult, SecretRef, Secrets, Settings, Timeouts, World};

/// Which world, with what configuration; flatten it into an effect's own flags.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
pub struct WorldArgs {
    #[command(flatten)]
    world: world::Args,
    #[command(flatten)]
    config: config::Args,
}

impl WorldArgs {
    /// [`open`] with these flags.
    pub fn open(&self) -> Result<(World, Config), Cannot> {
        open(&self.world, &self.config)
    }

    /// The configuration alone.
    pub fn config(&self) -> Result<Config, Cannot> {
        configuration(&self.world, &self.config)
    }

    /// [`WorldArgs::open`] for an effect that a person may start by hand: by hand there is no admission, and without one
    /// nothing real is touched.
    ///
    /// # Errors
    /// 3 beside those: the world is real and the document was never admitted.
    pub fn open_admitted(&self, step: &str, admission: Option<&Admission>) -> Result<(World, Config), Cannot> {
        let (world, config) = self.open()?;
        if world.is_live() && admission.is_none() {
            return Err(Cannot::refused(format!(
                "the document has no `admission`, and {step} changes nothing real without one; run admit first, or give --world"
            )));
        }
        Ok((world, config))
    }
}

/// The configuration, and the world it describes.
///
/// # Errors
/// 78: no live clients and no `--world`, no recorded world there, or a wrong configuration.
pub fn open(world: &world::Args, config: &config::Args) -> Result<(World, Config), Cannot> {
    let config = configuration(world, config)?;
    let world = World::open(world, settings(&config)).map_err(|error| Cannot::misconfigured(error.to_string()))?;
    Ok((world, config))
}

/// `--config`, else the `healer.yaml` of the recorded world or of what it extends, else the defaults.
fn configuration(world: &world::Args, config: &config::Args) -> Result<Config, Cannot> {
    let of_world = world.beside("healer.yaml").map_err(|error| Cannot::misconfigured(error.to_string()))?;
    Ok(config.load(of_world.as_deref().and_then(Path::parent))?)
}

/// Where the world is, as the configuration says.
pub fn settings(config: &Config) -> Settings {
    let Config { namespace, sources, channels, .. } = config;
    Settings {
        namespace: namespace.clone(),
        coderun_namespace: config.coderun_namespace().to_owned(),
        argocd_namespace: sources.argocd_namespace.clone(),
        github_url: sources.github_url.clone(),
        loki_url: sources.loki_url.clone(),
        prometheus_url: sources.prometheus_url.clone(),
        openmemory_url: sources.openmemory_url.clone(),
        openmemory_namespace: sources.openmemory_namespace.clone(),
        pagerduty_url: sources.pagerduty_url.clone(),
        timeouts: Timeouts::default(),
        secrets: Secrets {
            openmemory_key: sources.openmemory_key.as_ref().map(place),
            discord_webhook: channels.discord.as_ref().map(place),
            slack_webhook: channels.slack.as_ref().map(place),
            pagerduty_key: channels.pagerduty.as_ref().map(place),
            github: None,
        },
    }
}

/// Where a secret is, in the world's words.
fn place(secret: &Secret) -> SecretRef {
    match secret {
        Secret::File(path) => SecretRef::File(path.clone()),
        Secret::Env(name) => SecretRef::Env(name.clone()),
    }
}

/// The document's repository, for GitHub's paths.
pub fn slug(of: &Repository) -> Slug {
    Slug::new(&*of.owner, &*of.name)
}

/// What time it is: the `--clock`, else the world's own.
pub fn now(desk: &Desk, world: &impl Clock) -> Timestamp {
    desk.clock().unwrap_or_else(|| world.now())
}

/// Runs the asynchronous part of a step.
pub fn block_on<T>(work: impl Future<Output = Result<T, Cannot>>) -> Result<T, Cannot> {
    world::block_on(work).map_err(|error| Cannot::not_yet(format!("no runtime for network calls: {error}")))?
}

/// A port's error as the step's: its exit code and its sentence.
pub fn cannot(error: PortError) -> Cannot {
    Cannot::new(Code::from_number(error.exit_code()), error.to_string())
}

/// "Not there" as an answer.
///
/// # Errors
/// Every other failure of the call: it is no answer.
pub fn found<T>(result: PortResult<T>) -> Result<Option<T>, Cannot> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(PortError::NotFound { .. } | PortError::Gone { .. }) => Ok(None),
        Err(error) => Err(cannot(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_world_learns_where_secrets_are() {
        let mut config = Config::default();
        assert_eq!(settings(&config).secrets, Secrets::default());
        config.channels.slack = Some(Secret::Env("SLACK".into()));
        config.channels.pagerduty = Some(Secret::File("/run/pagerduty".into()));
        config.channels.discord = Some(Secret::Env("DISCORD".into()));
        config.sources.openmemory_key = Some(Secret::Env("MEMORY".into()));
        let env = |name: &str| Some(SecretRef::Env(name.into()));
        let wanted = Secrets {
            openmemory_key: env("MEMORY"),
            discord_webhook: env("DISCORD"),
            slack_webhook: env("SLACK"),
            pagerduty_key: Some(SecretRef::File("/run/pagerduty".into())),
            github: None,
        };
        assert_eq!(settings(&config).secrets, wanted);
    }
}
