//! A recorded world's files: `world.yaml`, what it extends, its layers, and which file answers a path.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::layers::{Condition, read_after};
use crate::errors::WorldError;
use crate::wire::{Method, Request, Service, WireError};

/// The App that Healer is in a recorded world, unless `app_id` says otherwise.
const APP_ID: u64 = 9001;
/// How far `extends` may go.
const MAX_CHAIN: usize = 16;

/// OpenMemory's search: a POST that changes nothing.
pub(crate) const SEARCH: &str = "/api/v1/search";

/// `world.yaml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WorldFile {
    clock: Option<Timestamp>,
    extends: Option<String>,
    #[allow(dead_code, reason = "for people")]
    description: Option<String>,
    app_id: Option<u64>,
}

/// What `then/<name>/` holds.
#[derive(Debug)]
pub(crate) struct Layer {
    /// Where its files are, nearest first.
    pub dirs: Vec<PathBuf>,
    /// What must have been written.
    pub conditions: Vec<Condition>,
    /// What the clock must show.
    pub not_before: Option<Timestamp>,
    /// What the clock shows from then on, at least.
    pub clock: Option<Timestamp>,
}

/// The files of a recorded world; read-only.
#[derive(Debug)]
pub(crate) struct Folder {
    /// The folder, then what it extends, and so on.
    roots: Vec<PathBuf>,
    /// By name.
    pub layers: Vec<Layer>,
    pub clock: Timestamp,
    pub app_id: u64,
}

/// What the files say about a path.
pub(crate) enum Lookup {
    File(PathBuf),
    /// A `.gone` file hides what lies below.
    Gone,
    /// The file that would have answered.
    Nothing(PathBuf),
}

impl Folder {
    pub(crate) fn open(dir: &Path) -> Result<Self, WorldError> {
        let (mut roots, mut clock, mut app_id) = (Vec::new(), None, None);
        let mut next = Some(dir.to_path_buf());
        while let Some(root) = next {
            if roots.len() == MAX_CHAIN {
                return Err(broken(
                    &root,
                    format!("`extends` goes on for {MAX_CHAIN} folders; does it go in a circle?"),
                ));
            }
            let file = root.join("world.yaml");
            if !file.is_file() {
                let what =
                    "there is no such file; a recorded world needs it, with at least `clock: 2026-01-15T10:40:00Z`";
                return Err(broken(&file, what));
            }
            let world: WorldFile = read_yaml(&file)?;
            clock = clock.or(world.clock);
            app_id = app_id.or(world.app_id);
            only_known_folders(&root)?;
            next = world.extends.map(|other| root.join(other));
            roots.push(root);
        }
        let clock = clock.ok_or_else(|| {
            broken(&dir.join("world.yaml"), "`clock` is missing; give the instant at which the story begins")
        })?;
        let layers = read_layers(&roots)?;
        Ok(Self { roots, layers, clock, app_id: app_id.unwrap_or(APP_ID) })
    }

    /// Where files are looked for: active layers, highest name first, then the folder and what it extends.
    pub(crate) fn levels<'a>(&'a self, active: &'a [usize]) -> impl Iterator<Item = &'a Path> {
        let mut active: Vec<usize> = active.to_vec();
        active.sort_unstable_by(|a, b| b.cmp(a));
        let layers = active.into_iter().flat_map(|layer| &self.layers[layer].dirs);
        layers.chain(&self.roots).map(PathBuf::as_path)
    }

    /// The folder and what it extends, without layers.
    pub(crate) fn roots(&self) -> impl Iterator<Item = &Path> {
        self.roots.iter().map(PathBuf::as_path)
    }

    /// The file that answers a read, looked for in these places.
    pub(crate) fn find<'a>(&self, levels: impl Iterator<Item = &'a Path>, request: &Request) -> Lookup {
        let endings: &[&str] = match request {
            // Some questions are asked with POST: the answer may be recorded either way.
            Request { method: Method::Post, path, .. } if path == SEARCH => &["POST.json", "json"],
            Request { method: Method::Post, .. } => &["POST.json"],
            Request { method: Method::Put, .. } => &["PUT.json"],
            Request { method: Method::Patch, .. } => &["PATCH.json"],
            Request { method: Method::Delete, .. } => &["DELETE.json"],
            Request { accept, .. } if accept.contains("diff") => &["diff"],
            Request { path, .. } if path.ends_with("/logs") || path.ends_with("/log") => &["txt"],
            _ => &["json", "txt"],
        };
        for level in levels {
            let stem = stem(level, request.service, &request.path);
            if with_ending(&stem, "gone").is_file() {
                return Lookup::Gone;
            }
            if let Some(file) = endings.iter().find_map(|ending| matching(&stem, ending, &request.query)) {
                return Lookup::File(file);
            }
        }
        Lookup::Nothing(with_ending(&stem(&self.roots[0], request.service, &request.path), endings[0]))
    }
}

/// `<level>/<service>/<path>`.
pub(crate) fn stem(level: &Path, service: Service, path: &str) -> PathBuf {
    level.join(service.as_str()).join(path.trim_start_matches('/'))
}

/// Adds `.ending` (`with_extension` would cut a dot in the name).
pub(crate) fn with_ending(stem: &Path, ending: &str) -> PathBuf {
    let mut name = stem.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

/// `<stem>@key=value&….<ending>` whose keys all fit, the one with most keys, else `<stem>.<ending>`.
pub(crate) fn matching(stem: &Path, ending: &str, query: &[(String, String)]) -> Option<PathBuf> {
    let plain = with_ending(stem, ending);
    let best = stem.file_name().and_then(|name| {
        let (start, end) = (format!("{}@", name.to_str()?), format!(".{ending}"));
        let candidates = fs::read_dir(stem.parent()?).ok()?.flatten().filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let keys: Vec<&str> = name.strip_prefix(&start)?.strip_suffix(&end)?.split('&').collect();
            let fits = keys.iter().all(|pair| {
                let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                query.iter().any(|(have, with)| have == key && *with == percent_decoded(value))
            });
            fits.then(|| (keys.len(), name.clone(), entry.path()))
        });
        candidates.max().map(|(.., path)| path)
    });
    best.or_else(|| plain.is_file().then_some(plain))
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(|_| first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn read_layers(roots: &[PathBuf]) -> Result<Vec<Layer>, WorldError> {
    let mut found: BTreeMap<std::ffi::OsString, Vec<PathBuf>> = BTreeMap::new();
    for root in roots {
        for entry in fs::read_dir(root.join("then")).into_iter().flatten().flatten() {
            if entry.path().is_dir() {
                found.entry(entry.file_name()).or_default().push(entry.path());
            }
        }
    }
    let read = |dirs: Vec<PathBuf>| {
        dirs.iter().try_for_each(|dir| only_known_folders(dir))?;
        let (conditions, not_before) = read_after(&dirs)?;
        let file = dirs.iter().map(|dir| dir.join("world.yaml")).find(|file| file.is_file());
        let world = file.as_deref().map(read_yaml::<WorldFile>).transpose()?.unwrap_or_default();
        if let (Some(file), true) = (&file, world.extends.is_some() || world.app_id.is_some()) {
            return Err(broken(file, "in a layer only `clock` and `description` may stand here"));
        }
        Ok(Layer { dirs, conditions, not_before, clock: world.clock })
    };
    found.into_values().map(read).collect()
}

/// Refuses a folder that would never be looked into, such as `k8s`; another world may lie inside this one.
fn only_known_folders(dir: &Path) -> Result<(), WorldError> {
    for entry in fs::read_dir(dir).map_err(|error| broken(dir, error.to_string()))?.flatten() {
        let (name, path) = (entry.file_name(), entry.path());
        let name = name.to_string_lossy();
        let known =
            ["then", "written"].contains(&&*name) || Service::ALL.iter().any(|service| *service.as_str() == *name);
        if path.is_dir() && !known && !name.starts_with('.') && !path.join("world.yaml").is_file() {
            let services = Service::ALL.map(Service::as_str).join(", ");
            return Err(broken(
                &path,
                format!("no service has this name, so nothing would read the folder; there are {services}"),
            ));
        }
    }
    Ok(())
}

/// Reads a YAML file that a person wrote.
pub(crate) fn read_yaml<T: DeserializeOwned>(file: &Path) -> Result<T, WorldError> {
    let text = fs::read_to_string(file).map_err(|error| broken(file, error.to_string()))?;
    serde_yaml::from_str(&text).map_err(|error| broken(file, error.to_string()))
}

/// Reads a JSON file that a person recorded.
pub(crate) fn read_json(file: &Path) -> Result<Value, WireError> {
    let bytes = read(file)?;
    serde_json::from_slice(&bytes).map_err(|error| {
        WireError::Recording(format!("{}: no JSON: {error}; record the service's answer as it came", file.display()))
    })
}

/// Reads a recorded file as it is.
pub(crate) fn read(file: &Path) -> Result<Vec<u8>, WireError> {
    fs::read(file).map_err(|error| WireError::Recording(format!("{}: cannot be read: {error}", file.display())))
}

/// A sentence about a file of the recording.
pub(crate) fn broken(file: &Path, what: impl Into<String>) -> WorldError {
    WorldError::Recording { file: file.display().to_string(), what: what.into() }
}
