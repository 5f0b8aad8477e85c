//! The world moves on: layers, bases, clocks, and what is wrong with a recording.

mod common;

use std::time::Duration;

use common::{acme, folder, opened, run};
use jiff::Timestamp;
use serde_json::json;
use text::Untrusted;
use world::github::Conclusion;
use world::kubernetes::Preconditions;
use world::{Args, Clock, Cluster, CodeRuns, PortError, ReadGithub, RerunGithub, Settings, World};

const CODERUNS: &str = "/apis/agents.platform/v1/namespaces/cto/coderuns";

fn coderun(name: &str) -> serde_json::Value {
    json!({ "apiVersion": "agents.platform/v1", "kind": "CodeRun", "metadata": { "name": name }, "spec": { "taskId": 0 } })
}

fn after(times: u32) -> String {
    format!("{{ method: POST, service: kubernetes, path: {CODERUNS}, times: {times} }}")
}

#[test]
fn what_was_created_succeeds_and_the_branch_moves() {
    let branch = |sha: &str| format!(r#"{{"name":"feat/x","commit":{{"sha":"{sha}"}},"protected":false}}"#);
    let any = "then/10-first-agent/kubernetes/apis/agents.platform/v1/namespaces/cto/coderuns/any.json";
    let dir = folder(&[
        ("github/repos/acme/widgets/branches/feat%2Fx.json", &branch("old")),
        ("then/10-first-agent/after.yaml", &after(1)),
        ("then/10-first-agent/world.yaml", "clock: 2026-01-15T10:52:00Z"),
        (any, r#"{"status":{"phase":"Succeeded"}}"#),
        ("then/10-first-agent/github/repos/acme/widgets/branches/feat%2Fx.json", &branch("first")),
        ("then/20-second-agent/after.yaml", &after(2)),
        (&any.replace("10-first", "20-second"), r#"{"status":{"phase":"Failed"}}"#),
        ("then/20-second-agent/github/repos/acme/widgets/branches/feat%2Fx.json", &branch("second")),
    ]);
    let world = opened(&dir);
    let name = Untrusted::new("feat/x");
    run(async {
        assert_eq!(world.branch(&acme(), &name).await.unwrap().commit.sha, "old");
        let made = world.create_coderun(&coderun("zz-one")).await.unwrap();
        assert_eq!(made.phase(), None, "the answer to the write itself is from before");
        let done = world.coderun("zz-one").await.unwrap().unwrap();
        assert_eq!((done.phase(), &done.metadata.uid), (Some("Succeeded"), &made.metadata.uid));
        assert_ne!(done.metadata.resource_version, made.metadata.resource_version);
        assert_eq!(world.now(), "2026-01-15T10:52:00Z".parse::<Timestamp>().unwrap());
        assert_eq!(world.branch(&acme(), &name).await.unwrap().commit.sha, "first");

        world.create_coderun(&coderun("aa-two")).await.unwrap();
        assert_eq!(world.coderun("aa-two").await.unwrap().unwrap().phase(), Some("Failed"));
        assert_eq!(world.coderun("zz-one").await.unwrap().unwrap().phase(), Some("Succeeded"), "the older one stays");
        assert_eq!(world.branch(&acme(), &name).await.unwrap().commit.sha, "second");
        assert_eq!(world.coderuns(&[]).await.unwrap().len(), 2, "any.json is no object");
        world.delete_coderun("zz-one", &Preconditions::default()).await.unwrap();
        assert!(world.coderun("zz-one").await.unwrap().is_none(), "a layer does not bring back what was deleted later");
        assert_eq!(world.now(), opened(&dir).now());
    });
}

#[test]
fn several_conditions_an_instant_and_gone() {
    let run_at = |attempt: u32, conclusion: &str| {
        format!(
            r#"{{"id":1,"workflow_id":7,"status":"completed","conclusion":"{conclusion}","head_sha":"ab","run_attempt":{attempt}}}"#
        )
    };
    let rerun = "/repos/acme/widgets/actions/runs/1/rerun-failed-jobs";
    let all = format!("all:\n  - {{ method: POST, service: github, path: {rerun} }}\n  - {}\n", after(1));
    let dir = folder(&[
        ("github/repos/acme/widgets/actions/runs/1.json", &run_at(1, "failure")),
        ("kubernetes/api/v1/namespaces/cto/configmaps/healer-switch.json", r#"{"data":{"mode":"on"}}"#),
        ("then/1-green/after.yaml", &all),
        ("then/1-green/github/repos/acme/widgets/actions/runs/1.json", &run_at(2, "success")),
        ("then/2-later/after.yaml", "not_before: 2026-01-15T11:00:00Z"),
        ("then/2-later/github/repos/acme/widgets/actions/runs/1.gone", ""),
        ("then/2-later/kubernetes/api/v1/namespaces/cto/configmaps/healer-switch.json", r#"{"data":{"mode":"off"}}"#),
    ]);
    let world = opened(&dir);
    run(async {
        world.rerun_failed_jobs(&acme(), 1).await.unwrap();
        assert_eq!(world.run(&acme(), 1).await.unwrap().run_attempt, 1);
        world.create_coderun(&coderun("x")).await.unwrap();
        assert_eq!(world.run(&acme(), 1).await.unwrap().conclusion, Some(Conclusion::Success));
        assert_eq!(world.config_map("healer-switch").await.unwrap().unwrap().data["mode"], "on");
        world.sleep(Duration::from_secs(20 * 60)).await;
        assert!(matches!(world.run(&acme(), 1).await, Err(PortError::NotFound { .. })));
        assert_eq!(opened(&dir).config_map("healer-switch").await.unwrap().unwrap().data["mode"], "off");
    });
}

#[test]
fn a_folder_extends_another() {
    let dir = folder(&[
        ("base/world.yaml", "clock: 2026-01-01T00:00:00Z\napp_id: 77\n"),
        ("base/github/repos/acme/widgets.json", r#"{"id":1}"#),
        ("base/github/repos/acme/widgets/actions/workflows/7.json", r#"{"id":7,"state":"active"}"#),
        ("base/kubernetes/api/v1/namespaces/cto/pods/a.json", r#"{"status":{"phase":"Running"}}"#),
        ("story/world.yaml", "extends: ../base\nclock: 2026-02-02T00:00:00Z\n"),
        ("story/github/repos/acme/widgets.json", r#"{"id":2}"#),
        ("story/kubernetes/api/v1/namespaces/cto/pods/b.json", r#"{"status":{"phase":"Running"}}"#),
    ]);
    let world =
        World::open(&Args { world: Some(dir.path().join("story")), world_state: None }, Settings::default()).unwrap();
    run(async {
        assert_eq!(world.repository(&acme()).await.unwrap().id, 2);
        assert_eq!(world.workflow(&acme(), 7).await.unwrap().id, 7);
        assert_eq!(world.pods("cto", &[]).await.unwrap().len(), 2);
        assert_eq!(world.now(), "2026-02-02T00:00:00Z".parse::<Timestamp>().unwrap());
    });
}

#[test]
fn sleeping_moves_the_clock_for_the_next_process_too() {
    let dir = folder(&[]);
    let start = opened(&dir).now();
    run(opened(&dir).sleep(Duration::from_secs(120)));
    assert_eq!(opened(&dir).now().duration_since(start).as_secs(), 120);
}

#[test]
fn a_query_has_a_recording_of_its_own() {
    let runs = |id: u32| {
        format!(
            r#"{{"total_count":1,"workflow_runs":[{{"id":{id},"workflow_id":7,"status":"completed","head_sha":"x y/z"}}]}}"#
        )
    };
    let dir = folder(&[
        ("github/repos/acme/widgets/actions/runs.json", &runs(1)),
        ("github/repos/acme/widgets/actions/runs@head_sha=x%20y%2Fz.json", &runs(2)),
        ("github/repos/acme/widgets/actions/runs@event=push&head_sha=x%20y%2Fz.json", &runs(3)),
    ]);
    let found = run(opened(&dir).runs_of_commit(&acme(), "x y/z")).unwrap().items;
    assert_eq!(found.iter().map(|run| run.id).collect::<Vec<_>>(), [2]);
    assert_eq!(run(opened(&dir).runs_of_commit(&acme(), "other")).unwrap().items, []);
}

/// What a person got wrong is named with its file, its place and what to do.
#[test]
fn broken_worlds_say_what_is_wrong() {
    let no_folder =
        World::open(&Args { world: Some("/nowhere".into()), world_state: None }, Settings::default()).err().unwrap();
    assert_eq!(no_folder.exit_code(), 78);
    type Files = &'static [(&'static str, &'static str)];
    let cases: &[(Files, &[&str])] = &[
        (&[("world.yaml", "description: no clock\n")], &["world.yaml", "`clock` is missing"]),
        (&[("world.yaml", "clock: 2026-01-15T10:40:00Z\nclokc: x\n")], &["world.yaml", "clokc", "line 2"]),
        (&[("world.yaml", "clock: yesterday\n")], &["world.yaml", "line 1"]),
        (&[("world.yaml", "clock: 2026-01-15T10:40:00Z\nextends: .\n")], &["circle"]),
        (
            &[("world.yaml", "clock: 2026-01-15T10:40:00Z\nextends: ../gone\n")],
            &["gone/world.yaml", "there is no such file"],
        ),
        (&[("k8s/api/v1/a.json", "{}")], &["k8s", "no service has this name", "kubernetes"]),
        (
            &[("then/1-x/after.yaml", "not_before: 2026-01-15T11:00:00Z"), ("then/1-x/git/a.json", "")],
            &["1-x/git: no service"],
        ),
        (&[("then/1-x/github/a.json", "{}")], &["then/1-x/after.yaml", "there is no such file"]),
        (
            &[("then/1-x/after.yaml", "{ method: POST, service: github }")],
            &["after.yaml", "give `method`, `service` and `path`"],
        ),
        (
            &[("then/1-x/after.yaml", "{ method: POST, service: github, path: repos }")],
            &["after.yaml", "must begin with `/`"],
        ),
        (
            &[("then/1-x/after.yaml", "not_before: 2026-01-15T11:00:00Z"), ("then/1-x/world.yaml", "extends: ../y")],
            &["1-x/world.yaml", "only `clock`"],
        ),
    ];
    for (files, words) in cases {
        let dir = folder(files);
        let error = World::open(&Args { world: Some(dir.path().into()), world_state: None }, Settings::default())
            .err()
            .unwrap();
        for word in *words {
            assert!(error.to_string().contains(word), "{word:?} is not in: {error}");
        }
    }
}

#[test]
fn broken_recordings_say_what_is_wrong() {
    let dir = folder(&[
        ("github/repos/acme/widgets.json", "{\n\"id\": }"),
        ("github/repos/acme/widgets/actions/workflows/7.json", r#"{"id":"seven"}"#),
        ("github/repos/acme/widgets/pulls/1/files.json", "{}"),
        ("github/repos/acme/widgets/actions/runs/1.fault.yaml", "statsu: 500"),
        ("github/repos/acme/widgets/actions/runs/2.fault.yaml", "times: 1"),
    ]);
    let world = opened(&dir);
    run(async {
        let error = world.repository(&acme()).await.unwrap_err().to_string();
        assert!(error.contains("widgets.json: no JSON") && error.contains("line 2"), "{error}");
        let error = world.workflow(&acme(), 7).await.unwrap_err().to_string();
        assert!(error.contains("workflows/7.json: id: "), "{error}");
        let error = world.pull_files(&acme(), 1).await.unwrap_err();
        assert!(matches!(error, PortError::Malformed { .. }), "{error}");
        let error = world.run(&acme(), 1).await.unwrap_err().to_string();
        assert!(error.contains("runs/1.fault.yaml") && error.contains("statsu"), "{error}");
        let error = world.run(&acme(), 2).await.unwrap_err().to_string();
        assert!(error.contains("runs/2.fault.yaml") && error.contains("give `status`"), "{error}");
    });
}

#[test]
fn without_a_world_the_feature_is_named() {
    let error = World::open(&Args::default(), Settings::default()).err().unwrap();
    assert!(error.to_string().contains("`live`") && error.exit_code() == 78, "{error}");
}
