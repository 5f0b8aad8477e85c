//! Many remediations with one cause at once, as processes against one recorded world: exactly one owns it, and all
//! others are linked to that one.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

const REMEDIATIONS: usize = 20;

fn put(path: &Path, content: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

#[test]
fn of_many_remediations_with_one_cause_exactly_one_owns_it() {
    let tests = fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests")).unwrap();
    let case = tests.join("cases/claim/first-with-a-cause-owns-it");
    let read = |path: &Path| -> Value { serde_json::from_slice(&fs::read(path).unwrap()).unwrap() };
    let records = "kubernetes/apis/healer.platform/v1alpha1/namespaces/cto/remediations";
    let (document, record) =
        (read(&case.join("in.json")), read(&case.join("world").join(records).join("ci-8412-12216892003-1.json")));

    let scratch = tempfile::tempdir().unwrap();
    let world = scratch.path().join("world");
    put(&world.join("world.yaml"), format!("extends: {}\n", tests.join("worlds/widgets").display()));
    let ids: Vec<String> = (0..REMEDIATIONS).map(|n| format!("ci-8412-{n}-1")).collect();
    for id in &ids {
        let (mut document, mut record) = (document.clone(), record.clone());
        document["id"] = json!(id);
        record["metadata"]["name"] = json!(id);
        put(&scratch.path().join(format!("{id}.json")), document.to_string());
        put(&world.join(records).join(format!("{id}.json")), record.to_string());
    }

    let start = |id: &String| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_claim"));
        command.arg("--in").arg(scratch.path().join(format!("{id}.json"))).arg("--world").arg(&world);
        command.arg("--world-state").arg(scratch.path().join("written"));
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let running: Vec<_> = ids.iter().map(start).collect();
    let (mut owners, mut linked_to) = (Vec::new(), Vec::new());
    for (id, child) in ids.iter().zip(running) {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{id}: {}", String::from_utf8_lossy(&output.stderr));
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        match document["claim"]["role"].as_str().unwrap() {
            "owner" => owners.push(id.clone()),
            "linked" => linked_to.push(document["claim"]["owner"].as_str().unwrap().to_owned()),
            other => panic!("{id}: {other}"),
        }
    }
    assert_eq!(owners.len(), 1, "{owners:?}");
    assert_eq!(linked_to.len(), REMEDIATIONS - 1);
    assert!(linked_to.iter().all(|owner| *owner == owners[0]));
}
