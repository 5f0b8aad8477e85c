//! `healer demo`: a recorded remediation, played through the real steps and told to somebody who has read nothing.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use crate::play::{CannotPlay, Part, Stage};
use crate::tell::Teller;

/// The world that is built in: a Clippy failure that the second attempt fixes.
static WIDGETS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../tests/worlds/widgets");

/// `healer demo`
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  healer demo\n  healer demo --full | less -R\n  healer demo --save my-world && healer demo --world my-world"
)]
pub struct Demo {
    /// Play this recorded world instead of the built-in one
    #[arg(long, value_name = "DIR")]
    world: Option<PathBuf>,
    /// Show prompts, CodeRuns and messages whole
    #[arg(long)]
    full: bool,
    /// Write the built-in world to DIR, to be changed and played with --world, and end
    #[arg(long, value_name = "DIR", conflicts_with = "world")]
    save: Option<PathBuf>,
    /// Keep the document, the attachments and what was written in DIR
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

impl Demo {
    /// Plays; the story goes to `out`.
    pub fn run(&self, out: &mut impl Write) -> Result<(), CannotPlay> {
        if let Some(folder) = &self.save {
            if folder.exists() {
                return Err(CannotPlay(format!("{} is there already; name a new folder", folder.display())));
            }
            extract(folder)?;
            return Ok(writeln!(out, "saved; play it with: healer demo --world {}", folder.display())?);
        }
        let temporary = tempfile::Builder::new().prefix("healer-demo-").tempdir()?;
        let world = match &self.world {
            Some(world) => fs::canonicalize(world)
                .map_err(|error| CannotPlay(format!("no recorded world at {}: {error}", world.display())))?,
            None => {
                let world = temporary.path().join("world");
                extract(&world)?;
                world
            }
        };
        let folder = self.keep.clone().unwrap_or_else(|| temporary.path().join("play"));
        let stage = Stage::of(std::env::current_exe()?, &world, folder)?;
        let mut teller = Teller::new(out, self.full);
        teller.title(&description(&world))?;
        let mut told = Ok(());
        let exit_code = stage.play(&Part::default(), |played| {
            if told.is_ok() {
                told = teller.step(played);
            }
        })?;
        told?;
        teller.end(exit_code)?;
        Ok(())
    }
}

fn extract(folder: &Path) -> Result<(), CannotPlay> {
    fs::create_dir_all(folder)?;
    WIDGETS.extract(folder)?;
    Ok(())
}

/// The `description` of world.yaml: one line, ours or the user's.
fn description(world: &Path) -> String {
    let text = fs::read_to_string(world.join("world.yaml")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("description:")).unwrap_or_default();
    text::Untrusted::new(line.trim().trim_matches('"')).terminal()
}
