//! What effects share: which world with which configuration, only if admitted, and foreign text made safe to keep
//! (design, sections 2 and 7).

mod foreign;

pub use foreign::{Foreign, first_line};

use config::Config;
use remediation::{Admission, Repository};
use step::Cannot;
use world::World;
use world::github::Slug;

/// Which world, and with what configuration; flatten it into an effect's own flags.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
pub struct Args {
    #[command(flatten)]
    world: world::Args,
    #[command(flatten)]
    config: config::Args,
}

impl Args {
    /// The world of the flags and its configuration.
    ///
    /// # Errors
    /// 78: neither live clients nor a recorded world, or a wrong configuration.
    pub fn open(&self) -> Result<(World, Config), Cannot> {
        ledger::open(&self.world, &self.config)
    }

    /// [`open`](Self::open) for what a person may start by hand: then there is no admission, and nothing real is touched.
    ///
    /// # Errors
    /// 3 beside those: the world is real and the document was never admitted.
    pub fn open_admitted(&self, step: &str, admission: Option<&Admission>) -> Result<(World, Config), Cannot> {
        let (world, config) = self.open()?;
        if world.is_live() && admission.is_none() {
            return Err(Cannot::refused(format!(
                "the document has no `admission`, and {step} asks nothing of the real world without one; \
                 run admit before it, or give --world"
            )));
        }
        Ok((world, config))
    }
}

/// The document's repository, for GitHub's paths.
pub fn slug(of: &Repository) -> Slug {
    Slug::new(&*of.owner, &*of.name)
}
