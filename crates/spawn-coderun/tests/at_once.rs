//! Many spawns of one attempt at once, as processes against one recorded world, some of whose answers are lost: exactly
//! one CodeRun, one start, one slot.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use world::recorded::writes;

const SPAWNS: usize = 20;

fn tests() -> PathBuf {
    fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests")).unwrap()
}

fn put(path: &Path, content: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

struct Scene {
    case: PathBuf,
    world: PathBuf,
    state: PathBuf,
}

impl Scene {
    fn new(scratch: &Path, fault: &str) -> Self {
        let case = tests().join("cases/spawn-coderun/coderun-is-created-with-slot-and-start-counted");
        let (world, state) = (scratch.join("world"), scratch.join("written"));
        put(&world.join("world.yaml"), format!("extends: {}\n", case.join("world").display()));
        put(&world.join("kubernetes/apis/agents.platform/v1/namespaces/cto/coderuns.fault.yaml"), fault);
        Self { case, world, state }
    }

    fn spawn(&self) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spawn-coderun"));
        command.arg("--in").arg(self.case.join("in.json")).arg("--attachments").arg(self.case.join("attachments"));
        command.arg("--world").arg(&self.world).arg("--world-state").arg(&self.state);
        command.arg("--config").arg(tests().join("worlds/widgets/healer.yaml"));
        command.env("HEALER_CLOCK", "2026-01-15T10:40:00Z");
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// What is there at the end, by path.
    fn objects(&self) -> BTreeMap<String, Value> {
        let writes = writes(&self.state).unwrap();
        let mut objects = BTreeMap::new();
        for set in writes.into_iter().flat_map(|write| write.sets) {
            objects.insert(set.path, set.object);
        }
        objects.retain(|_, object| !object.is_null());
        objects
    }
}

fn play(fault: &str) {
    let scratch = tempfile::tempdir().unwrap();
    let scene = Scene::new(scratch.path(), fault);
    let mut uids = Vec::new();
    // Whoever is told "not yet" runs again, as Argo would.
    let mut waiting = SPAWNS;
    for _ in 0..5 {
        let running: Vec<Child> = (0..waiting).map(|_| scene.spawn()).collect();
        waiting = 0;
        for child in running {
            let output = child.wait_with_output().unwrap();
            match output.status.code() {
                Some(0) => {
                    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
                    uids.push(document["coderun"]["uid"].as_str().unwrap().to_owned());
                }
                Some(75) => waiting += 1,
                _ => panic!("{}", String::from_utf8_lossy(&output.stderr)),
            }
        }
    }
    assert_eq!((uids.len(), waiting), (SPAWNS, 0));
    uids.dedup();
    assert_eq!(uids.len(), 1, "{uids:?}");

    let objects = scene.objects();
    let of = |kind: &str| objects.iter().filter(|(path, _)| path.contains(kind)).collect::<Vec<_>>();
    assert_eq!(of("/coderuns/").len(), 1);
    assert_eq!(of("/leases/healer-slot-").len(), 1, "{:?}", of("/leases/"));
    let starts = of("/configmaps/healer-starts-");
    assert_eq!(starts.len(), 1);
    assert_eq!(starts[0].1["data"].as_object().unwrap().len(), 1);
    let record = of("/remediations/");
    assert_eq!(record[0].1["status"]["coderuns"].as_array().unwrap().len(), 1);
}

#[test]
fn of_many_spawns_exactly_one_creates() {
    play("status: 503\nmethod: POST\ntimes: 1\n");
}

#[test]
fn answers_that_are_lost_create_nothing_twice() {
    play("status: 504\nmethod: POST\napplied: true\ntimes: 2\n");
}
