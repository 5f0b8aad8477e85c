//! What is written to a recorded world is there for the next process, with the services' own rules.

mod common;

use std::process::Command;

use common::{acme, acme_folder, folder, open, opened, recorded, run};
use serde_json::json;
use text::Untrusted;
use world::github::{Conclusion, OpenClosed, Status};
use world::kubernetes::{Lease, LeaseSpec, Map, Metadata, Preconditions};
use world::{
    Channels, CheckRunDraft, Clock, CodeRuns, CommentOnGithub, Counters, IssueDraft, Leases, Memories, MemoryTags,
    OpenPullRequests, PortError, ReadGithub, Records, RerunGithub, Spent, World,
};

fn lease(name: &str, holder: &str) -> Lease {
    let labels = Map::from([("healer/cause".to_owned(), holder.to_owned())]);
    let metadata = Metadata { name: name.into(), labels, ..Metadata::default() };
    Lease { metadata, spec: LeaseSpec { holder_identity: Some(holder.into()), ..LeaseSpec::default() } }
}

fn coderun(name: &str) -> serde_json::Value {
    json!({ "apiVersion": "agents.platform/v1", "kind": "CodeRun", "spec": { "taskId": 0 },
            "metadata": { "name": name, "labels": { "app.kubernetes.io/name": "healer" } } })
}

#[test]
fn a_record_is_created_once_and_its_status_is_written_apart() {
    let (world, state) = recorded();
    let spec = json!({ "repository_id": 8412 });
    run(async {
        let made = world.create_record("ci-1", &Map::new(), &spec).await.unwrap();
        assert_eq!((&made.spec, &made.status), (&spec, &json!(null)));
        assert_eq!(made.metadata.creation_timestamp, Some(world.now()));
        let again = world.create_record("ci-1", &Map::new(), &spec).await.unwrap_err();
        assert!(matches!(again, PortError::Conflict { .. }), "{again}");

        let mut first = made.clone();
        first.status = json!({ "stage": "admitted" });
        first.spec = json!({ "repository_id": 1 });
        let second = world.replace_record_status(&first).await.unwrap();
        assert_ne!(second.metadata.resource_version, made.metadata.resource_version);
        let stale = world.replace_record_status(&first).await.unwrap_err();
        assert!(matches!(stale, PortError::Conflict { .. }), "{stale}");
        let mut unread = second.clone();
        unread.metadata.resource_version.clear();
        let refused = world.replace_record_status(&unread).await.unwrap_err();
        assert!(matches!(refused, PortError::Refused { .. }), "a status write names the version it read: {refused}");
        let unchanged = world.replace_record_status(&second).await.unwrap();
        assert_eq!(
            unchanged.metadata.resource_version, second.metadata.resource_version,
            "nothing changed, nothing written"
        );

        // Another process sees the same.
        let next = open(&acme_folder(), state.path());
        let seen = next.record("ci-1").await.unwrap().unwrap();
        assert_eq!((&seen.spec, &seen.status), (&spec, &json!({ "stage": "admitted" })));
        assert_eq!(next.records(&[]).await.unwrap(), std::slice::from_ref(&seen));
        let wrong = Preconditions { uid: Some("other".into()), ..Preconditions::default() };
        assert!(matches!(next.delete_record("ci-1", &wrong).await, Err(PortError::Conflict { .. })));
        let right = Preconditions { uid: Some(seen.metadata.uid.clone()), ..Preconditions::default() };
        next.delete_record("ci-1", &right).await.unwrap();
        next.delete_record("ci-1", &right).await.unwrap();
        assert_eq!(world.record("ci-1").await.unwrap(), None);
        let reborn = world.create_record("ci-1", &Map::new(), &spec).await.unwrap();
        assert_ne!(reborn.metadata.uid, seen.metadata.uid, "another object");
    });
}

#[test]
fn leases_have_one_holder() {
    let (world, _state) = recorded();
    run(async {
        let mut made = world.create_lease(&lease("cause-1", "a")).await.unwrap();
        world.create_lease(&lease("cause-2", "b")).await.unwrap();
        assert_eq!(world.leases(&[("healer/cause", "b")]).await.unwrap().len(), 1);
        assert_eq!(world.leases(&[]).await.unwrap().len(), 2);
        made.spec.holder_identity = Some("c".into());
        made.spec.acquire_time = Some(world.now());
        let taken = world.replace_lease(&made).await.unwrap();
        assert_eq!(taken.spec.acquire_time, Some(world.now()));
        assert!(matches!(world.replace_lease(&made).await, Err(PortError::Conflict { .. })), "stale");
        let stale = Preconditions { resource_version: Some(made.metadata.resource_version.clone()), uid: None };
        assert!(matches!(world.delete_lease("cause-1", &stale).await, Err(PortError::Conflict { .. })));
        world.delete_lease("cause-1", &Preconditions::default()).await.unwrap();
        assert_eq!(world.lease("cause-1").await.unwrap(), None);
    });
}

#[test]
fn counters_count_a_token_once_and_stop_at_the_limit() {
    let (world, _state) = recorded();
    run(async {
        assert_eq!(world.count("starts").await.unwrap(), 0);
        assert_eq!(world.spend("starts", "run-a", 2).await.unwrap(), Spent::Now(1));
        assert_eq!(world.spend("starts", "run-a", 2).await.unwrap(), Spent::Before(1));
        assert_eq!(world.spend("starts", "run-b", 2).await.unwrap(), Spent::Now(2));
        assert_eq!(world.spend("starts", "run-c", 2).await.unwrap(), Spent::UsedUp(2));
        world.give_back("starts", "run-a").await.unwrap();
        world.give_back("starts", "run-a").await.unwrap();
        assert_eq!(world.count("starts").await.unwrap(), 1);
    });
}

#[test]
fn coderuns_are_checked_as_the_server_checks() {
    let (world, _state) = recorded();
    run(async {
        let mut manifest = coderun("healer-ci-rex-1");
        manifest["status"] = json!({ "phase": "Succeeded" });
        assert_eq!(world.create_coderun(&manifest).await.unwrap().phase(), None, "status is not ours to create");
        assert!(matches!(world.create_coderun(&manifest).await, Err(PortError::Conflict { .. })));
        assert_eq!(world.coderuns(&[("app.kubernetes.io/name", "healer")]).await.unwrap().len(), 1);
        assert_eq!(world.coderuns(&[("app.kubernetes.io/name", "other")]).await.unwrap().len(), 0);
        for name in ["", "Upper", "-x", "a/b", "x_y", &"x".repeat(254)] {
            let refused = world.create_coderun(&coderun(name)).await;
            assert!(matches!(refused, Err(PortError::Refused { .. })), "{name}: {refused:?}");
        }
        let mut labelled = coderun("fine");
        labelled["metadata"]["labels"]["healer/branch"] = json!("feat/x");
        assert!(matches!(world.create_coderun(&labelled).await, Err(PortError::Refused { .. })));
        let mut other = coderun("fine");
        other["apiVersion"] = json!("agents.platform/v1alpha1");
        assert!(matches!(world.create_coderun(&other).await, Err(PortError::Refused { .. })));
        world.delete_coderun("healer-ci-rex-1", &Preconditions::default()).await.unwrap();
        assert!(world.coderun("healer-ci-rex-1").await.unwrap().is_none());
    });
}

#[test]
fn a_finalizer_holds_a_deletion_up() {
    let file = "kubernetes/apis/agents.platform/v1/namespaces/cto/coderuns/held.json";
    let dir = folder(&[(file, r#"{"metadata":{"finalizers":["coderuns.orchestrator.io/finalizer"]},"spec":{}}"#)]);
    let world = opened(&dir);
    run(async {
        world.delete_coderun("held", &Preconditions::default()).await.unwrap();
        let held = world.coderun("held").await.unwrap().unwrap();
        assert_eq!(held.metadata.deletion_timestamp, Some(world.now()));
        world.delete_coderun("held", &Preconditions::default()).await.unwrap();
        assert_eq!(world.coderun("held").await.unwrap().unwrap(), held);
    });
}

#[test]
fn comments_checks_issues_and_pulls_appear_where_github_shows_them() {
    let (world, state) = recorded();
    run(async {
        let comment = world.create_comment(&acme(), 42, "working on it").await.unwrap();
        assert_eq!(comment.performed_via_github_app.map(|app| app.id), Some(9001));
        world.update_comment(&acme(), comment.id, "done").await.unwrap();
        world.update_comment(&acme(), 7, "edited").await.unwrap();
        assert!(matches!(world.update_comment(&acme(), 8, "x").await, Err(PortError::NotFound { .. })));
        assert!(matches!(world.create_comment(&acme(), 42, &"x".repeat(65_537)).await, Err(PortError::Refused { .. })));

        let sha = "a".repeat(40);
        let draft =
            CheckRunDraft { name: Some("healer".into()), head_sha: Some(sha.clone()), ..CheckRunDraft::default() };
        let check = world.create_check_run(&acme(), &draft).await.unwrap();
        assert_eq!((check.status, check.app.unwrap().id), (Status::Queued, 9001));
        let end = CheckRunDraft { conclusion: Some(Conclusion::Success), ..CheckRunDraft::default() };
        assert_eq!(world.update_check_run(&acme(), check.id, &end).await.unwrap().status, Status::Completed);
        assert!(matches!(world.create_check_run(&acme(), &end).await, Err(PortError::Refused { .. })));

        let draft =
            IssueDraft { title: Some("help".into()), labels: Some(vec!["healer".into()]), ..IssueDraft::default() };
        let issue = world.create_issue(&acme(), &draft).await.unwrap();
        let branches = (Untrusted::new("healer/fix-1"), Untrusted::new("main"));
        let pull = world.open_draft(&acme(), "Fix", "body", &branches.0, &branches.1).await.unwrap();
        assert!(pull.draft && pull.head.repo == pull.base.repo && pull.number != issue.number);
        let twice = world.open_draft(&acme(), "Fix", "body", &branches.0, &branches.1).await;
        assert!(matches!(twice, Err(PortError::Refused { .. })));
        world.rerun_failed_jobs(&acme(), 1221).await.unwrap();

        let next = open(&acme_folder(), state.path());
        let comments = next.comments(&acme(), 42).await.unwrap().items;
        assert_eq!(comments.iter().map(|comment| comment.body.expose()).collect::<Vec<_>>(), ["edited", "done"]);
        assert_eq!(next.comment(&acme(), comment.id).await.unwrap().body.expose(), "done");
        let checks = next.check_runs(&acme(), &sha).await.unwrap().items;
        assert_eq!(
            checks.iter().map(|check| check.conclusion).collect::<Vec<_>>(),
            [Some(Conclusion::Failure), Some(Conclusion::Success)]
        );
        assert_eq!(next.check_run(&acme(), check.id).await.unwrap().name.expose(), "healer");
        assert_eq!(next.open_issues(&acme(), "healer").await.unwrap().items.len(), 2);
        let closed = IssueDraft { state: Some("closed".into()), ..IssueDraft::default() };
        assert_eq!(next.update_issue(&acme(), issue.number, &closed).await.unwrap().state, OpenClosed::Closed);
        assert_eq!(next.open_issues(&acme(), "healer").await.unwrap().items.len(), 1);
        assert_eq!(next.pulls_from(&acme(), "acme", &branches.0).await.unwrap().items, [pull]);
    });
    let writes = world::recorded::writes(state.path()).unwrap();
    let rerun = writes.iter().find(|write| write.path.ends_with("/rerun-failed-jobs")).unwrap();
    assert_eq!((rerun.status, rerun.method.as_str()), (201, "POST"));
    assert!(writes.iter().any(|write| write.body == json!({ "body": "done" })));
}

#[test]
fn a_list_that_only_writes_made_is_there() {
    let dir = folder(&[]);
    let world = opened(&dir);
    run(async {
        assert!(matches!(world.comments(&acme(), 1).await, Err(PortError::Missing { .. })));
        world.create_comment(&acme(), 1, "first").await.unwrap();
        assert_eq!(world.comments(&acme(), 1).await.unwrap().items.len(), 1);
        let draft =
            CheckRunDraft { name: Some("healer".into()), head_sha: Some("ab".into()), ..CheckRunDraft::default() };
        world.create_check_run(&acme(), &draft).await.unwrap();
        assert_eq!(world.check_runs(&acme(), "ab").await.unwrap().items.len(), 1);
    });
    assert!(dir.path().join("written/log.jsonl").is_file());
}

#[test]
fn channels_and_memory_accept() {
    let (world, state) = recorded();
    run(async {
        let id = world.post_discord(&json!({ "content": "red" })).await.unwrap();
        world.edit_discord(&id, &json!({ "content": "green" })).await.unwrap();
        assert!(matches!(world.edit_discord("1", &json!({})).await, Err(PortError::Gone { .. })));
        let long = json!({ "content": "x".repeat(2001) });
        assert!(matches!(world.post_discord(&long).await, Err(PortError::Refused { .. })));
        assert_ne!(world.post_discord(&json!({ "content": "red" })).await.unwrap(), id);
        world.post_slack(&json!({ "text": "red" })).await.unwrap();
        world.page(&json!({ "event_action": "trigger", "dedup_key": "ci-1" })).await.unwrap();
        world.add_memory("it was the lockfile", &MemoryTags::default()).await.unwrap();
    });
    let writes = world::recorded::writes(state.path()).unwrap();
    let services: Vec<&str> = writes.iter().map(|write| write.service.as_str()).collect();
    assert_eq!(services, ["discord", "discord", "discord", "slack", "pagerduty", "openmemory"]);
}

const RACERS: usize = 8;

/// The number of winners among processes that all create the same Lease at once.
#[test]
fn of_many_processes_exactly_one_creates() {
    let state = tempfile::tempdir().unwrap();
    if let Some(state) = std::env::var_os("WORLD_TEST_RACER") {
        let world = open(&acme_folder(), state.as_ref());
        std::fs::write(std::path::Path::new(&state).join(format!("ready-{}", std::process::id())), "").unwrap();
        let ready = || {
            std::fs::read_dir(&state)
                .unwrap()
                .flatten()
                .filter(|file| file.file_name().to_string_lossy().starts_with("ready"))
                .count()
        };
        let start = std::time::Instant::now();
        while ready() < RACERS && start.elapsed().as_secs() < 20 {}
        let created = run(world.create_lease(&lease("race", &std::process::id().to_string())));
        std::process::exit(if created.is_ok() { 10 } else { 11 });
    }
    let racer = || {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "of_many_processes_exactly_one_creates"])
            .env("WORLD_TEST_RACER", state.path())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap()
    };
    let racers: Vec<_> = (0..RACERS).map(|_| racer()).collect();
    let mut codes: Vec<_> = racers.into_iter().map(|mut racer| racer.wait().unwrap().code().unwrap()).collect();
    codes.sort_unstable();
    assert_eq!(codes, [10, 11, 11, 11, 11, 11, 11, 11]);
}

#[test]
fn of_many_threads_no_spending_is_lost() {
    let state = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let state = state.path();
            scope.spawn(move || {
                let world: World = open(&acme_folder(), state);
                for at in 0..5 {
                    let token = format!("t{thread}-{at}");
                    while matches!(run(world.spend("starts", &token, 100)), Err(PortError::Later { .. })) {}
                }
            });
        }
    });
    assert_eq!(run(open(&acme_folder(), state.path()).count("starts")).unwrap(), 20);
}

#[test]
fn a_half_line_of_a_dead_process_is_ignored_and_written_over() {
    let (world, state) = recorded();
    run(async {
        world.create_lease(&lease("a", "x")).await.unwrap();
        let log = state.path().join("log.jsonl");
        let mut text = std::fs::read_to_string(&log).unwrap();
        text.push_str("{\"entry\":\"wri");
        std::fs::write(&log, text).unwrap();
        assert_eq!(world.leases(&[]).await.unwrap().len(), 1);
        world.create_lease(&lease("b", "x")).await.unwrap();
        assert_eq!(world.leases(&[]).await.unwrap().len(), 2);
        std::fs::write(&log, "nonsense\n").unwrap();
        let error = world.leases(&[]).await.unwrap_err().to_string();
        assert!(error.contains("log.jsonl:1:"), "{error}");
    });
}

#[test]
fn reading_leaves_nothing_behind() {
    let dir = folder(&[("github/repos/acme/widgets.json", r#"{"id":1,"default_branch":"main"}"#)]);
    run(opened(&dir).repository(&acme())).unwrap();
    assert!(!dir.path().join("written").exists());
}
