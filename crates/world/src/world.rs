//! The world that a step is given: every port over one wire and one clock.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use crate::clock::{LiveTime, TimeSource};
use crate::errors::WorldError;
use crate::recorded::Recorded;
use crate::settings::Settings;
use crate::wire::Wire;

/// Which world to use; flatten it into a binary's flags.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
pub struct Args {
    /// Play a recorded world from this folder instead of calling real services.
    #[arg(long = "world", value_name = "DIR", env = "HEALER_WORLD")]
    pub world: Option<PathBuf>,
    /// Keep what is written to the recorded world here [default: DIR/written].
    #[arg(long = "world-state", value_name = "DIR", env = "HEALER_WORLD_STATE")]
    pub world_state: Option<PathBuf>,
}

impl Args {
    /// A file beside the recordings; see [`Recorded::beside`]. None without a recorded world.
    ///
    /// # Errors
    /// The folder is no recorded world.
    pub fn beside(&self, name: &str) -> Result<Option<PathBuf>, WorldError> {
        let Some(folder) = &self.world else { return Ok(None) };
        Ok(Recorded::open(folder, self.world_state.as_deref())?.beside(name))
    }
}

/// Makes the live world. `world-live` registers one, see [`register_live`].
pub type LiveFactory = fn(&Settings) -> Result<World, WorldError>;

static LIVE: OnceLock<LiveFactory> = OnceLock::new();

/// Says how a live world is made, once per process; the first one stays. A binary with the feature `live` does it in `main`.
pub fn register_live(factory: LiveFactory) {
    let _ = LIVE.set(factory);
}

/// Every port, over any wire. See [`crate::ports`].
pub struct World {
    pub(crate) wire: Arc<dyn Wire>,
    pub(crate) time: Arc<dyn TimeSource>,
    pub(crate) settings: Settings,
}

impl World {
    /// The recorded world of `--world`, or the live one.
    ///
    /// # Errors
    /// [`WorldError`], always exit code 78: no live clients in this binary, or the folder is no recorded world.
    pub fn open(args: &Args, settings: Settings) -> Result<Self, WorldError> {
        match (&args.world, LIVE.get()) {
            (Some(folder), _) => {
                let recorded = Arc::new(Recorded::open(folder, args.world_state.as_deref())?);
                Ok(Self { wire: recorded.clone(), time: recorded, settings })
            }
            (None, Some(live)) => live(&settings),
            (None, None) => Err(WorldError::NotLive),
        }
    }

    /// A live world over this wire, with the system's clock.
    pub fn live(wire: Arc<dyn Wire>, settings: Settings) -> Self {
        Self { wire, time: Arc::new(LiveTime), settings }
    }

    /// A world over any wire and clock.
    pub fn over(wire: Arc<dyn Wire>, time: Arc<dyn TimeSource>, settings: Settings) -> Self {
        Self { wire, time, settings }
    }

    /// Whether effects are real.
    pub fn is_live(&self) -> bool {
        self.time.is_live()
    }

    /// Where everything is.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }
}

/// Runs a future on this thread, with timers.
///
/// # Errors
/// The operating system refuses what a runtime needs (file descriptors); an infrastructure failure, exit code 75.
pub fn block_on<T>(work: impl Future<Output = T>) -> std::io::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(work))
}
