//! What every effect does first and last: open the world it was told to, turn what went wrong there into an exit code,
//! make foreign text safe to keep, and keep the record (design, sections 2, 4 and 7).

mod foreign;
mod record;

pub use foreign::{Foreign, first_line};
pub use record::{change_record, read_record};

use config::Config;
use remediation::{Admission, Repository};
use step::{Cannot, Code};
use world::github::Slug;
use world::{PortError, Settings, World};

/// Which world, and with what configuration; flatten it into an effect's own flags.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Args {
    #[command(flatten)]
    world: world::Args,
    #[command(flatten)]
    config: config::Args,
}

impl Args {
    /// The configuration and the world of the flags.
    pub fn open(&self) -> Result<(Config, World), Cannot> {
        let config =
            self.config.load(self.world.world.as_deref()).map_err(|error| Cannot::misconfigured(error.to_string()))?;
        let world = World::open(&self.world, settings(&config))
            .map_err(|error| Cannot::new(Code::from_number(error.exit_code()), error.to_string()))?;
        Ok((config, world))
    }

    /// [`open`](Self::open) for an effect: by hand there is no admission, and without one nothing real is touched.
    pub fn open_admitted(&self, step: &str, admission: Option<&Admission>) -> Result<(Config, World), Cannot> {
        let (config, world) = self.open()?;
        if world.is_live() && admission.is_none() {
            return Err(Cannot::refused(format!(
                "the document has no `admission`, and {step} touches nothing real without one; run admit before it, or give --world"
            )));
        }
        Ok((config, world))
    }
}

/// Where the services are, as the configuration says.
fn settings(config: &Config) -> Settings {
    Settings {
        namespace: config.namespace.clone(),
        coderun_namespace: config.coderun_namespace().to_owned(),
        argocd_namespace: config.sources.argocd_namespace.clone(),
        github_url: config.sources.github_url.clone(),
        loki_url: config.sources.loki_url.clone(),
        prometheus_url: config.sources.prometheus_url.clone(),
        openmemory_url: config.sources.openmemory_url.clone(),
        openmemory_namespace: config.sources.openmemory_namespace.clone(),
        pagerduty_url: config.sources.pagerduty_url.clone(),
        ..Settings::default()
    }
}

/// Runs an effect's async core to its end.
pub fn block_on<T>(work: impl Future<Output = Result<T, Cannot>>) -> Result<T, Cannot> {
    world::block_on(work)
        .map_err(|error| Cannot::not_yet(format!("cannot start a runtime: {error}; nothing was done")))?
}

/// The exit code and sentence for a call that failed, where the step can do nothing else about it.
pub fn cannot(error: PortError) -> Cannot {
    Cannot::new(Code::from_number(error.exit_code()), format!("{error}; nothing was written into the document"))
}

/// The document's repository, for GitHub's paths.
pub fn slug(of: &Repository) -> Slug {
    Slug::new(&*of.owner, &*of.name)
}
