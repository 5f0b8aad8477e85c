//! Opening the world with the configuration that belongs to it.

use std::path::PathBuf;

use config::Config;
use jiff::Timestamp;
use remediation::Admission;
use step::{Cannot, Code, Desk};
use world::{Clock, PortError, Settings, Timeouts, World};

/// Which world, with what configuration; flatten it into an effect's own flags. The flags are those of [`world::Args`] and
/// [`config::Args`], which cannot be flattened side by side: clap names their groups alike.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
pub struct WorldArgs {
    /// Play a recorded world from this folder instead of calling real services
    #[arg(long, value_name = "DIR", env = "HEALER_WORLD")]
    pub world: Option<PathBuf>,
    /// Keep what is written to the recorded world here [default: DIR/written]
    #[arg(long, value_name = "DIR", env = "HEALER_WORLD_STATE")]
    pub world_state: Option<PathBuf>,
    /// Read the configuration from FILE: `healer.yaml`, or the platform's `healer-config.json` or `heal-config.json`
    #[arg(long, value_name = "FILE", env = "HEALER_CONFIG", help_heading = "Configuration")]
    pub config: Option<PathBuf>,
}

impl WorldArgs {
    /// [`open`] with these flags.
    pub fn open(&self) -> Result<(World, Config), Cannot> {
        let world = world::Args { world: self.world.clone(), world_state: self.world_state.clone() };
        open(&world, &config::Args { config: self.config.clone() })
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
