//! Opening the world with the configuration that belongs to it.

use config::Config;
use jiff::Timestamp;
use step::{Cannot, Code, Desk};
use world::{Clock, PortError, Settings, Timeouts, World};

/// The configuration, and the world it describes.
///
/// # Errors
/// 78: no live clients and no `--world`, no recorded world there, or a wrong configuration.
pub fn open(world: &world::Args, config: &config::Args) -> Result<(World, Config), Cannot> {
    let config = config.load(world.world.as_deref())?;
    let world = World::open(world, settings(&config)).map_err(|error| Cannot::misconfigured(error.to_string()))?;
    Ok((world, config))
}

/// Where the world is, as the configuration says.
pub fn settings(config: &Config) -> Settings {
    let Config { namespace, sources, .. } = config;
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
    }
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
