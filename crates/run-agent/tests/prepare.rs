//! `prepare` and `report` on recorded worlds: what they write, and when they leave a CodeRun alone.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

const CODERUN: &str = "kubernetes/apis/agents.platform/v1/namespaces/cto/coderuns/run-1.json";
const PODS: &str = "kubernetes/api/v1/namespaces/cto/pods";

/// A world with one CodeRun, an App that is installed, and run-agent.yaml beside it.
struct Scene(TempDir);

impl Scene {
    fn new(coderun: Value) -> Self {
        let scene = Self(tempfile::tempdir().unwrap());
        scene.put("world/world.yaml", "clock: 2026-01-15T10:40:00Z\n");
        scene.put("run-agent.yaml", "command: [agent, --model, '{model}']\n");
        scene.put("github/5dlabs-rex.app_id", "17");
        scene.put("github/5dlabs-rex.private_key.pem", "made up");
        scene.answer(CODERUN, coderun);
        scene.answer("github/app.json", json!({ "id": 17, "slug": "healer-rex" }));
        scene.answer("github/repos/acme/widgets.json", json!({ "id": 8412 }));
        scene.answer("github/repos/acme/widgets/installation.json", json!({ "id": 55 }));
        scene.answer("github/users/healer-rex%5Bbot%5D.json", json!({ "id": 9901, "login": "healer-rex[bot]" }));
        scene.tokens(json!({ "contents": "write", "pull_requests": "write", "metadata": "read" }));
        scene
    }

    fn put(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn answer(&self, path: &str, answer: Value) {
        self.put(&format!("world/{path}"), &answer.to_string());
    }

    fn tokens(&self, permissions: Value) {
        let answer =
            json!({ "token": "ghs_made_up", "expires_at": "2026-01-15T11:40:00Z", "permissions": permissions });
        self.answer("github/app/installations/55/access_tokens.POST.json", answer);
    }

    fn run(&self, part: &str, more: &[&str]) -> Output {
        let place = |name: &str| self.0.path().join(name);
        let mut command = Command::new(env!("CARGO_BIN_EXE_run-agent"));
        command.arg(part).arg("--world").arg(place("world")).args(["--namespace", "cto"]).args(more);
        if part != "tend" {
            command.args(["--coderun", "run-1", "--uid", "u-1", "--workflow", "run-1-u-1"]);
        }
        if part == "prepare" {
            command.arg("--config").arg(place("run-agent.yaml")).arg("--github").arg(place("github"));
            command.arg("--parameters").arg(place("parameters"));
        }
        command.output().unwrap()
    }

    fn prepare(&self) -> (i32, String) {
        ended(&self.run("prepare", &[]))
    }

    fn report(&self, status: &str) -> (i32, String) {
        ended(&self.run("report", &["--workflow-status", status]))
    }

    fn parameter(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join("parameters").join(name)).unwrap()
    }

    /// What was written, as (method and path, body).
    fn written(&self) -> Vec<(String, Value)> {
        let log = fs::read_to_string(self.0.path().join("world/written/log.jsonl")).unwrap_or_default();
        let entries = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let writes = entries.filter_map(|entry| {
            let write = entry.get("write").cloned().unwrap_or(entry);
            let text = |key: &str| Some(write.get(key)?.as_str()?.to_owned());
            Some((format!("{} {}", text("method")?, text("path")?), write.get("body").cloned().unwrap_or_default()))
        });
        writes.collect()
    }
}

fn ended(output: &Output) -> (i32, String) {
    assert!(output.stdout.is_empty());
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(!said.contains("ghs_made_up") && !said.contains("made up"), "{said}");
    (output.status.code().unwrap(), said.trim().to_owned())
}

fn coderun() -> Value {
    json!({
        "apiVersion": "agents.platform/v1", "kind": "CodeRun",
        "metadata": { "name": "run-1", "namespace": "cto", "uid": "u-1", "creationTimestamp": "2026-01-15T10:39:00Z" },
        "spec": {
            "taskId": 0, "service": "healer-ci", "githubApp": "5DLabs-Rex", "model": "opus",
            "repositoryUrl": "https://github.com/acme/widgets", "docsRepositoryUrl": "https://github.com/acme/widgets",
            "workingDirectory": ".", "promptModification": "repair {{it}}",
            "env": { "TARGET_BRANCH": "feat/x", "HEALER_ATTEMPT": "1", "HEALER_FAILURE_KIND": "rust_test", "LD_PRELOAD": "x" },
        },
    })
}

fn with(pointer: &str, value: Value) -> Value {
    let mut coderun = coderun();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    coderun.pointer_mut(parent).unwrap()[key] = value;
    coderun
}

#[test]
fn the_agent_gets_a_token_for_one_repository_and_two_rights() {
    let scene = Scene::new(coderun());
    let (code, said) = scene.prepare();
    assert_eq!((code, scene.parameter("then")), (0, "run".into()), "{said}");
    let written = scene.written();
    let calls: Vec<&str> = written.iter().map(|(call, _)| &**call).collect();
    let (status, secrets) =
        ("/apis/agents.platform/v1/namespaces/cto/coderuns/run-1/status", "/api/v1/namespaces/cto/secrets");
    let wanted = ["POST /app/installations/55/access_tokens", &format!("POST {secrets}"), &format!("PATCH {status}")];
    assert_eq!(calls, wanted);
    let rights = json!({ "contents": "write", "pull_requests": "write" });
    assert_eq!(written[0].1, json!({ "repositories": ["widgets"], "permissions": rights }));
    let secret = &written[1].1;
    assert_eq!(secret["metadata"]["name"], scene.parameter("secret"));
    assert_eq!(secret["metadata"]["ownerReferences"][0]["uid"], "u-1", "it goes with its CodeRun");
    let text = |key: &str| secret["stringData"][key].as_str().unwrap().to_owned();
    assert_eq!((text("token"), text("prompt.md")), ("ghs_made_up".into(), "repair {{it}}".into()));
    let task: Value = serde_json::from_str(&text("task.json")).unwrap();
    let golden = json!({
        "coderun": "run-1", "url": "https://github.com/acme/widgets.git", "branch": "feat/x", "base_sha": null,
        "working_directory": ".", "name": "healer-rex[bot]", "email": "9901+healer-rex[bot]@users.noreply.github.com",
        "deadline_at": "2026-01-15T11:34:00Z", "command": ["agent", "--model", "opus"],
        "environment": { "HEALER_ATTEMPT": "1", "HEALER_FAILURE_KIND": "rust_test", "TARGET_BRANCH": "feat/x" },
    });
    assert_eq!(task, golden);
    let running = json!({ "phase": "Running", "message": "the agent works until 2026-01-15T11:34:00Z",
                          "lastUpdate": "2026-01-15T10:40:00Z", "jobName": "run-1-u-1" });
    assert_eq!(written[2].1, json!({ "metadata": { "uid": "u-1" }, "status": running }));
}

#[test]
fn a_coderun_that_is_not_ours_to_carry_out_is_left_alone() {
    for (coderun, why) in [
        (with("/metadata/uid", json!("u-2")), "another one of its name"),
        (with("/metadata/deletionTimestamp", json!("2026-01-15T10:39:30Z")), "is being deleted"),
        (with("/status", json!({ "phase": "Failed" })), "has ended already: Failed"),
        (with("/status", json!({ "phase": "Running", "jobName": "other" })), "another one carries"),
    ] {
        let scene = Scene::new(coderun);
        let (code, said) = scene.prepare();
        assert!(code == 0 && said.contains(why), "{code} {said}");
        assert_eq!((scene.parameter("then"), scene.parameter("secret")), ("over".into(), "none".into()));
        assert_eq!(scene.report("Succeeded").0, 0);
        assert_eq!(scene.written(), [], "{why}");
    }
}

#[test]
fn what_cannot_be_carried_out_starts_nothing_and_says_why() {
    let no_credential = Scene::new(with("/spec/githubApp", json!("5DLabs-Bolt")));
    let too_much = Scene::new(coderun());
    too_much.tokens(json!({ "contents": "write", "pull_requests": "write", "administration": "write" }));
    let lacking = Scene::new(coderun());
    fs::remove_file(lacking.0.path().join("world/github/app/installations/55/access_tokens.POST.json")).unwrap();
    lacking.put("world/github/app/installations/55/access_tokens.fault.yaml", "status: 422\nmethod: POST\n");
    for (scene, code, why) in [
        (Scene::new(with("/spec/promptModification", json!(" "))), 3, "has no prompt"),
        (Scene::new(with("/metadata/creationTimestamp", json!("2026-01-15T09:40:00Z"))), 3, "is past"),
        (Scene::new(with("/spec/env", json!({}))), 3, "names no branch"),
        (no_credential, 78, "there is no GitHub credential"),
        (too_much, 75, "the token may more than was asked for: administration"),
        (lacking, 77, "access_tokens: refused"),
    ] {
        let (have, said) = scene.prepare();
        assert!(have == code && said.contains(why), "{have} {said}");
        assert!(!scene.written().iter().any(|(call, _)| call.contains("secrets") || call.contains("status")), "{why}");
    }
}

#[test]
fn a_token_of_a_person_is_handed_on_with_their_address() {
    let scene = Scene::new(with("/spec/githubApp", json!("5DLabs-Bolt")));
    scene.put("github/token", "ghp_of_octo\n");
    scene.answer("github/user.json", json!({ "id": 42, "login": "octo" }));
    assert_eq!(scene.prepare().0, 0);
    let written = scene.written();
    assert_eq!(written[0].1["stringData"]["token"], "ghp_of_octo");
    let task: Value = serde_json::from_str(written[0].1["stringData"]["task.json"].as_str().unwrap()).unwrap();
    assert_eq!(task["email"], "42+octo@users.noreply.github.com");
}

fn pod(scene: &Scene, part: &str, terminated: Value) {
    let labels = json!({ "workflows.argoproj.io/workflow": "run-1-u-1", "healer.platform/part": part });
    let main = json!({ "name": "main", "state": { "terminated": terminated } });
    let pod = json!({ "metadata": { "name": part, "namespace": "cto", "labels": labels },
                      "status": { "phase": "Failed", "containerStatuses": [main] } });
    scene.answer(&format!("{PODS}/{part}.json"), pod);
}

#[test]
fn the_status_says_how_it_ended() {
    let mine = || Scene::new(with("/status", json!({ "phase": "Running", "jobName": "run-1-u-1" })));
    let good = mine();
    assert_eq!(good.report("Succeeded"), (0, "run-agent: the agent ended".into()));
    let ended = json!({ "phase": "Succeeded", "message": "the agent ended", "lastUpdate": "2026-01-15T10:40:00Z",
                        "jobName": "run-1-u-1", "finishedAt": "2026-01-15T10:40:00Z", "workCompleted": true });
    assert_eq!(good.written()[0].1["status"], ended);
    assert!(good.report("Failed").1.contains("has ended already: Succeeded"), "an end is an end");

    for (part, terminated, message) in [
        (
            "agent",
            json!({ "exitCode": 124, "message": "deadline" }),
            "the agent was stopped at its deadline: exit code 124, pod agent",
        ),
        (
            "agent",
            json!({ "exitCode": 1, "message": "<!-- healer -->" }),
            "the agent's pod agent ended with exit code 1",
        ),
        (
            "prepare",
            json!({ "exitCode": 78 }),
            "the agent was not started: prepare ended with exit code 78 (misconfigured), pod prepare",
        ),
    ] {
        let bad = mine();
        pod(&bad, part, terminated);
        assert_eq!(bad.report("Failed").0, 0);
        let status = &bad.written()[0].1["status"];
        assert_eq!((&status["phase"], status.get("workCompleted")), (&json!("Failed"), None));
        assert_eq!(status["message"], format!("{message} (Workflow run-1-u-1)"));
    }
    let stays = mine();
    pod(&stays, "agent", json!(null));
    stays.answer(&format!("{PODS}/agent.json"), {
        let file = stays.0.path().join("world").join(PODS).join("agent.json");
        let mut pod: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        pod["status"]["phase"] = json!("Running");
        pod
    });
    let (code, said) = stays.report("Failed");
    assert!(code == 75 && said.contains("is still there"), "no end while the agent may push: {code} {said}");
    assert!(!stays.written().iter().any(|(call, _)| call.contains("status")));
    let stopped = mine();
    assert_eq!(stopped.report("Error").0, 0);
    let message = stopped.written().last().unwrap().1["status"]["message"].clone();
    assert_eq!(message, "the agent was not started; its Workflow says why (Workflow run-1-u-1)");
}

#[test]
fn every_part_has_a_help_and_a_wrong_flag_is_said() {
    let help = |path: &[&str]| Command::new(env!("CARGO_BIN_EXE_run-agent")).args(path).output().unwrap();
    for part in ["prepare", "install", "run", "report", "tend"] {
        assert!(help(&[part, "--help"]).status.success());
        assert!(String::from_utf8(help(&["--help"]).stdout).unwrap().contains(part));
    }
    assert_eq!(help(&["prepare", "--nonsense"]).status.code(), Some(2));
    let to = tempfile::tempdir().unwrap();
    let file: &Path = &to.path().join("bin/run-agent");
    assert!(help(&["install", "--to", file.to_str().unwrap()]).status.success());
    assert!(Command::new(file).arg("--version").status().unwrap().success());
}

const WORKFLOWS: &str = "kubernetes/apis/argoproj.io/v1alpha1/namespaces/cto/workflows";

#[test]
fn a_coderun_that_no_event_started_is_started_once() {
    let scene = Scene::new(coderun());
    let (code, said) = ended(&scene.run("tend", &[]));
    assert_eq!((code, &*said), (0, "run-agent: 1 CodeRuns, 1 started, 0 ended"));
    let written = scene.written();
    let made = &written[0].1;
    assert_eq!((&made["metadata"]["name"], written.len()), (&json!("run-1-u-1"), 1));
    assert_eq!(made["metadata"]["ownerReferences"][0]["blockOwnerDeletion"], true);
    assert_eq!(ended(&scene.run("tend", &[])).1, "run-agent: 1 CodeRuns, 0 started, 0 ended");
    let no_prompt = Scene::new(with("/spec/promptModification", json!("")));
    assert_eq!(ended(&no_prompt.run("tend", &[])).1, "run-agent: 1 CodeRuns, 0 started, 0 ended");
}

#[test]
fn the_sensor_and_tend_make_the_same_workflow() {
    let scene = Scene::new(coderun());
    assert_eq!(ended(&scene.run("tend", &[])).0, 0);
    let mut made = scene.written()[0].1.clone();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../workflow-templates/executor/coderun-created.yaml");
    let sensor: Vec<Value> = serde_yaml::from_multiple(&fs::read_to_string(file).unwrap()).unwrap();
    let trigger = &sensor[1]["spec"]["triggers"][0]["template"]["k8s"];
    let mut wanted = trigger["source"]["resource"].clone();
    wanted["metadata"].as_object_mut().unwrap().remove("namespace");
    for (pointer, value) in [
        ("/metadata/name", "run-1-u-1"),
        ("/metadata/ownerReferences/0/name", "run-1"),
        ("/metadata/ownerReferences/0/uid", "u-1"),
        ("/spec/arguments/parameters/0/value", "run-1"),
        ("/spec/arguments/parameters/1/value", "u-1"),
    ] {
        let place = wanted.pointer_mut(pointer).unwrap();
        assert_eq!(*place, "set-below", "{pointer}");
        *place = json!(value);
    }
    made["metadata"].as_object_mut().unwrap().remove("namespace");
    assert_eq!(made, wanted);
    let name = trigger["parameters"][0]["src"]["dataTemplate"].as_str().unwrap();
    assert!(name.contains("trunc 46 | trimAll \"-.\"") && name.ends_with("uid | trunc 8 }}"), "{name}");
}

#[test]
fn a_workflow_that_ended_without_a_report_is_reported() {
    let running = |by: &str| Scene::new(with("/status", json!({ "phase": "Running", "jobName": by })));
    let workflow = |scene: &Scene, phase: &str| {
        let workflow = json!({ "metadata": { "name": "run-1-u-1", "uid": "w" }, "status": { "phase": phase } });
        scene.answer(&format!("{WORKFLOWS}/run-1-u-1.json"), workflow);
    };
    let (gone, terminated, works, others, stays) =
        (running("run-1-u-1"), running("run-1-u-1"), running("run-1-u-1"), running("job-7"), running("run-1-u-1"));
    workflow(&terminated, "Failed");
    workflow(&works, "Running");
    pod(&stays, "agent", json!(null));
    let file = format!("world/{PODS}/agent.json");
    let text = fs::read_to_string(stays.0.path().join(&file)).unwrap();
    stays.put(&file, &text.replace("\"Failed\"", "\"Running\""));
    for (scene, says) in [(gone, 1), (terminated, 1), (works, 0), (others, 0), (stays, 0)] {
        let (code, said) = ended(&scene.run("tend", &[]));
        assert_eq!((code, said), (0, format!("run-agent: 1 CodeRuns, 0 started, {says} ended")));
        let written = scene.written();
        assert_eq!(written.len(), says);
        for (_, body) in written {
            assert_eq!(body["status"]["phase"], "Failed");
            assert_eq!(body["status"]["message"], "the Workflow run-1-u-1 ended without a report");
        }
    }
}
