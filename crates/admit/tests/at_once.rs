//! Many runs for one failure at once, as processes against one recorded world: exactly one goes ahead.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use world::recorded::writes;

const RUNS: usize = 24;
const ID: &str = "ci-8412-12216892003-1";

fn tests() -> std::path::PathBuf {
    fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests")).unwrap()
}

fn put(path: &Path, content: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// A world in which every run's Workflow is alive.
fn world(folder: &Path) {
    put(&folder.join("world.yaml"), format!("extends: {}\n", tests().join("worlds/widgets").display()));
    for run in 0..RUNS {
        let name = format!("run-{run}");
        let path = format!("kubernetes/apis/argoproj.io/v1alpha1/namespaces/cto/workflows/{name}.json");
        let workflow = json!({
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow",
            "metadata": { "name": name, "namespace": "cto", "uid": name, "resourceVersion": "1" },
            "status": { "phase": "Running" },
        });
        put(&folder.join(path), workflow.to_string());
    }
}

#[test]
fn of_many_runs_for_one_failure_exactly_one_proceeds() {
    let scratch = tempfile::tempdir().unwrap();
    let (folder, state) = (scratch.path().join("world"), scratch.path().join("written"));
    world(&folder);
    let document = tests().join("cases/admit/red-run-of-a-pull-request-proceeds-to-its-branch/in.json");
    let start = |run: usize| {
        let name = format!("run-{run}");
        let mut command = Command::new(env!("CARGO_BIN_EXE_admit"));
        command.arg("--in").arg(&document).arg("--world").arg(&folder).arg("--world-state").arg(&state);
        command.arg("--config").arg(tests().join("worlds/widgets/healer.yaml"));
        command.args(["--workflow-name", &name, "--workflow-uid", &name]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let running: Vec<_> = (0..RUNS).map(start).collect();
    let mut proceeds = Vec::new();
    for (run, child) in running.into_iter().enumerate() {
        let output = child.wait_with_output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        // Beaten so often that it gave up is allowed: it is safe to run again.
        if output.status.code() == Some(75) {
            continue;
        }
        assert!(output.status.success(), "run-{run}: {errors}");
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        match document["admission"]["decision"].as_str().unwrap() {
            "proceed" => proceeds.push(format!("run-{run}")),
            "no" => assert_eq!(document["admission"]["reason"], "duplicate"),
            other => panic!("run-{run}: {other}"),
        }
    }
    assert_eq!(proceeds.len(), 1, "{proceeds:?}");

    let record = format!("/apis/healer.platform/v1alpha1/namespaces/cto/remediations/{ID}");
    let writes = writes(&state).unwrap();
    let last = writes.iter().flat_map(|write| &write.sets).rfind(|set| set.path == record).unwrap();
    assert_eq!(last.object["status"]["owner"]["workflow"], proceeds[0]);
}
