//! Recorded worlds for the tests: the one beside this file, and small ones written on the spot.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, reason = "a helper of tests")]

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use world::github::Slug;
use world::{Args, Settings, World};

pub fn acme() -> Slug {
    Slug::parse("acme/widgets").unwrap()
}

pub fn acme_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/worlds/acme")
}

pub fn open(world: &Path, state: &Path) -> World {
    let args = Args { world: Some(world.to_path_buf()), world_state: Some(state.to_path_buf()) };
    World::open(&args, Settings::default()).unwrap()
}

/// The recorded world beside this file, with its state elsewhere.
pub fn recorded() -> (World, TempDir) {
    let state = tempfile::tempdir().unwrap();
    (open(&acme_folder(), state.path()), state)
}

/// A world made of these files; `world.yaml` is there unless given.
pub fn folder(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("world.yaml"), "clock: 2026-01-15T10:40:00Z\n").unwrap();
    for (path, text) in files {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

/// Opens a folder with its state inside, as `--world` alone does.
pub fn opened(dir: &TempDir) -> World {
    let args = Args { world: Some(dir.path().to_path_buf()), world_state: None };
    World::open(&args, Settings::default()).unwrap()
}

pub fn run<T>(work: impl Future<Output = T>) -> T {
    world::block_on(work).unwrap()
}
