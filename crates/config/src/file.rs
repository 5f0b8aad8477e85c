//! From a file to the configuration.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::{Config, ConfigError, Problem, decode, platform, tree};

/// A larger file is no configuration.
pub const MAX_BYTES: u64 = 1024 * 1024;

/// The flag that every step with a configuration has.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Configuration")]
// Otherwise the group would be called `Args`, as every step's own is.
#[group(skip)]
pub struct Args {
    /// Read the configuration from FILE: `healer.yaml`, or the platform's `healer-config.json` or `heal-config.json`
    #[arg(long, value_name = "FILE", env = "HEALER_CONFIG")]
    pub config: Option<PathBuf>,
}

impl Args {
    /// The configuration: of `--config`, else of the world's `healer.yaml` if there is one, else the defaults.
    pub fn load(&self, world: Option<&Path>) -> Result<Config, ConfigError> {
        let of_world = world.map(|folder| folder.join("healer.yaml")).filter(|path| path.exists());
        match self.config.as_ref().or(of_world.as_ref()) {
            Some(path) => Config::read(path),
            None => Ok(Config::default()),
        }
    }
}

impl Config {
    /// The configuration of a file. What of a platform's file has no meaning here is said in the log.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let failed = |problems| ConfigError { file: path.to_owned(), problems };
        let text = text(path).map_err(|problem| failed(vec![problem]))?;
        let loaded = load(&text);
        if !loaded.problems.is_empty() {
            return Err(failed(loaded.problems));
        }
        for ignored in &loaded.ignored {
            tracing::warn!("{}: {ignored}", path.display());
        }
        Ok(loaded.config)
    }
}

/// What a text says.
pub(crate) struct Loaded {
    pub(crate) config: Config,
    pub(crate) problems: Vec<Problem>,
    /// Keys of a platform's file that mean nothing here, a sentence each.
    pub(crate) ignored: Vec<String>,
    /// What kind of file it is.
    pub(crate) format: &'static str,
    pub(crate) tree: tree::Tree,
}

pub(crate) fn load(text: &str) -> Loaded {
    match tree::parse(text) {
        Ok(tree) => {
            let (tree, format, ignored) = platform::translate(tree);
            let (config, problems) = decode::decode(&tree);
            Loaded { config, problems, ignored, format, tree }
        }
        Err(problem) => Loaded {
            config: Config::default(),
            problems: vec![problem],
            ignored: Vec::new(),
            format: "healer.yaml",
            tree: tree::Tree::default(),
        },
    }
}

/// The file's text, if it may be a configuration at all.
pub(crate) fn text(path: &Path) -> Result<String, Problem> {
    let whole = |message: String| Problem { key: String::new(), line: 0, column: 0, message, suggestion: None };
    let file = File::open(path).map_err(|error| whole(format!("cannot be opened: {error}")))?;
    let mut bytes = Vec::new();
    // One byte over the limit is enough to refuse it.
    let read = file.take(MAX_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| whole(format!("cannot be read: {error}")))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(whole("has more than 1 MiB; is it the right file?".into()));
    }
    let text = String::from_utf8(bytes).map_err(|_| whole("is no UTF-8 text; is it the right file?".into()))?;
    if text.contains('\0') {
        return Err(whole("is binary; is it the right file?".into()));
    }
    Ok(text)
}
