//! Every reading port over a recorded folder in the services' own shapes.

mod common;

use common::{acme, acme_folder, recorded, run};
use text::Untrusted;
use world::github::{Access, AlertKind, Conclusion, Relation, Status, StatusState};
use world::kubernetes::WorkflowState;
use world::{Clock, Cluster, LogQuery, Logs, Memories, MemoryTags, Metrics, PortError, ReadGithub, WorkflowRef};

#[test]
fn github_runs_jobs_and_logs() {
    let (world, _state) = recorded();
    run(async {
        let repository = world.repository(&acme()).await.unwrap();
        assert_eq!((repository.id, repository.default_branch.expose(), repository.private), (8412, "main", false));
        let red = world.run(&acme(), 1221).await.unwrap();
        assert_eq!((red.workflow_id, red.status, red.conclusion), (77, Status::Completed, Some(Conclusion::Failure)));
        assert_eq!(red.head_repository.unwrap().id, 8412);
        assert_eq!(red.pull_requests[0].number, 42);
        assert_eq!(world.run_attempt(&acme(), 1221, 1).await.unwrap(), red);

        let of_commit = world.runs_of_commit(&acme(), &"a".repeat(40)).await.unwrap();
        assert_eq!(of_commit.items.iter().map(|run| run.id).collect::<Vec<_>>(), [1221, 1220]);
        assert_eq!(
            (of_commit.items[1].conclusion, &of_commit.items[1].head_branch),
            (Some(Conclusion::Unknown), &None)
        );
        let on_branch = world.runs_of_workflow(&acme(), 77, &Untrusted::new("main"), 10).await.unwrap();
        assert_eq!(on_branch.items.iter().map(|run| run.id).collect::<Vec<_>>(), [1222]);

        let jobs = world.jobs(&acme(), 1221, 1).await.unwrap();
        assert_eq!((jobs.items.len(), jobs.complete), (130, true), "two pages");
        let job = jobs.items.iter().find(|job| job.conclusion == Some(Conclusion::Failure)).unwrap();
        assert_eq!((job.id, job.steps[1].name.expose()), (55, "cargo test"));
        assert_eq!(world.job(&acme(), 55).await.unwrap(), *job);
        assert_eq!(job.run_id, 1221);
        let since = |instant: &str| instant.parse().unwrap();
        let failed = world.failed_runs_since(&acme(), since("2026-01-15T10:30:00Z")).await.unwrap().items;
        assert_eq!(failed.iter().map(|run| run.id).collect::<Vec<_>>(), [1221]);
        assert_eq!(world.failed_runs_since(&acme(), since("2026-01-15T10:30:01Z")).await.unwrap().items, []);
        let mut log = Vec::new();
        let end = world.job_log(&acme(), 55, &mut |piece| log.extend_from_slice(piece)).await.unwrap();
        assert_eq!((end.bytes, end.complete), (log.len() as u64, true));
        assert!(log.ends_with(b"error: it broke\n"));
        assert_eq!(world.workflow(&acme(), 77).await.unwrap().state, "active");
    });
}

#[test]
fn github_commits_branches_and_pulls() {
    let (world, _state) = recorded();
    run(async {
        let sha = "a".repeat(40);
        let commit = world.commit(&acme(), &sha).await.unwrap();
        assert_eq!(commit.author.unwrap().id, 5);
        assert_eq!((commit.files.len(), commit.files[1].patch.is_none()), (2, true));
        let comparison = world.compare(&acme(), "main", "feat/x").await.unwrap();
        assert_eq!((comparison.status, comparison.ahead_by, comparison.commits.len()), (Relation::Ahead, 1, 1));
        let branch = world.branch(&acme(), &Untrusted::new("feat/x")).await.unwrap();
        assert_eq!((branch.commit.sha, branch.protected), (sha.clone(), Some(false)));

        let pull = world.pull(&acme(), 42).await.unwrap();
        assert_eq!((pull.head.repo, pull.base.repo), (pull.base.repo, pull.head.repo));
        assert!(pull.body.is_empty(), "null");
        let numbers = |pulls: &[world::github::Pull]| pulls.iter().map(|pull| pull.number).collect::<Vec<_>>();
        assert_eq!(numbers(&world.pulls_of_commit(&acme(), &sha).await.unwrap().items), [42, 40]);
        let from = world.pulls_from(&acme(), "eve", &Untrusted::new("feat/x")).await.unwrap();
        assert_eq!(numbers(&from.items), [43]);
        assert_eq!(from.items[0].head.repo, None, "a deleted fork");
        assert_eq!(
            numbers(&world.pulls_from(&acme(), "acme", &Untrusted::new("feat/x")).await.unwrap().items),
            [42, 40]
        );
        assert_eq!(world.pull_files(&acme(), 42).await.unwrap().items.len(), 2);
        assert!(world.pull_diff(&acme(), 42).await.unwrap().expose().starts_with("diff --git"));
    });
}

#[test]
fn github_checks_people_and_threads() {
    let (world, _state) = recorded();
    run(async {
        let sha = "a".repeat(40);
        let checks = world.check_runs(&acme(), &sha).await.unwrap();
        assert_eq!(checks.items[0].app.as_ref().unwrap().id, 15368);
        assert_eq!(world.check_suites(&acme(), &sha).await.unwrap().items[0].conclusion, Some(Conclusion::Failure));
        let annotations = world.annotations(&acme(), 55).await.unwrap().items;
        assert_eq!(
            (annotations.len(), annotations[0].start_line, &*annotations[0].annotation_level),
            (1, 7, "failure")
        );
        let status = world.combined_status(&acme(), &sha).await.unwrap();
        assert_eq!((status.state, status.statuses[0].context.expose()), (StatusState::Failure, "jenkins"));
        let permission = world.permission(&acme(), &Untrusted::new("ada")).await.unwrap();
        assert_eq!((permission.permission, permission.user.unwrap().id), (Access::Write, 5));
        assert_eq!(world.comments(&acme(), 42).await.unwrap().items[0].performed_via_github_app, None);
        assert!(world.issue(&acme(), 42).await.unwrap().pull_request.is_some());
        let open = world.open_issues(&acme(), "healer").await.unwrap().items;
        assert_eq!(open.iter().map(|issue| issue.number).collect::<Vec<_>>(), [41]);
    });
}

#[test]
fn an_alert_never_carries_the_secret() {
    let (world, _state) = recorded();
    run(async {
        let alert = world.alert(&acme(), AlertKind::SecretScanning, 5).await.unwrap();
        assert_eq!((alert.validity.as_deref(), alert.is_done()), (Some("active"), false));
        assert!(!serde_json::to_string(&alert).unwrap().contains("never-come-out"));
        let open = world.open_alerts(&acme(), AlertKind::SecretScanning).await.unwrap().items;
        assert_eq!(open.iter().map(|alert| alert.number).collect::<Vec<_>>(), [5]);
        let alert = world.alert(&acme(), AlertKind::Dependabot, 3).await.unwrap();
        assert_eq!(alert.security_vulnerability.unwrap().first_patched_version.unwrap().identifier.expose(), "1.3.0");
        let alert = world.alert(&acme(), AlertKind::CodeScanning, 4).await.unwrap();
        assert!(alert.is_done() && alert.most_recent_instance.unwrap().location.unwrap().start_line == 3);
    });
}

#[test]
fn the_cluster() {
    let (world, _state) = recorded();
    run(async {
        assert_eq!(world.config_map("healer-switch").await.unwrap().unwrap().data["mode"], "on");
        assert_eq!(world.config_map("other").await.unwrap(), None);
        let workflow =
            |name: &str, uid: &str| WorkflowRef { namespace: "cto".into(), name: name.into(), uid: uid.into() };
        assert_eq!(world.workflow_state(&workflow("ci-1", "u-1")).await.unwrap(), WorkflowState::Running);
        assert_eq!(world.workflow_state(&workflow("ci-1", "u-0")).await.unwrap(), WorkflowState::Absent);
        assert_eq!(world.workflow_state(&workflow("ci-2", "u-1")).await.unwrap(), WorkflowState::Absent);
        let pods = world.pods("cto", &[("cleanup.cto.dev/run", "one")]).await.unwrap();
        assert_eq!((pods.len(), pods[0].status.container_statuses[0].restart_count), (1, 2));
        assert_eq!(world.pods("nowhere", &[]).await.unwrap(), []);
        assert_eq!(world.pod_log("cto", "agent-1", None, 2).await.unwrap().expose(), "two\nthree\n");
        let events = world.events("cto", "Pod", "agent-1").await.unwrap();
        assert_eq!(events.iter().map(|event| event.message.expose()).collect::<Vec<_>>(), ["e0", "e1"]);
        let application = world.application("widgets").await.unwrap().unwrap().status;
        assert_eq!((&*application.health.status, &*application.sync.status), ("Degraded", "OutOfSync"));
    });
}

#[test]
fn loki_lines_are_merged_over_streams() {
    let (world, _state) = recorded();
    let ask = LogQuery { query: "{app=\"demo\"}".into(), start: world.now(), end: world.now(), limit: 3 };
    let answer = run(world.log_lines(&ask)).unwrap();
    assert_eq!(answer.lines.iter().map(|line| line.line.expose()).collect::<Vec<_>>(), ["early", "middle", "late"]);
    assert!(answer.truncated);
}

#[test]
fn prometheus_values_stay_text() {
    let (world, _state) = recorded();
    run(async {
        let up = world.metric("up", world.now()).await.unwrap();
        assert_eq!((&*up[0].values[0].1, up[0].values[0].0.as_millisecond()), ("NaN", 1_768_473_000_623));
        let infinite = world.metric("scalar(1/0)", world.now()).await.unwrap();
        assert_eq!(infinite[0].values[0].1, "+Inf");
        assert_eq!(world.metric_range("up", world.now(), world.now(), 60).await.unwrap()[0].values.len(), 2);
    });
}

#[test]
fn memories_are_read_tolerantly() {
    let (world, _state) = recorded();
    let found = run(world.search_memory(&Untrusted::new("lockfile"), 5, &MemoryTags::default())).unwrap();
    assert_eq!((found.len(), found[0].metadata.outcome.as_deref()), (2, Some("success")));
}

#[test]
fn what_was_not_recorded_is_named() {
    let (world, _state) = recorded();
    run(async {
        let error = world.run(&acme(), 9).await.unwrap_err();
        let file = acme_folder().join("github/repos/acme/widgets/actions/runs/9.json");
        assert!(matches!(&error, PortError::Missing { recording, .. } if *recording == file), "{error}");
        assert!(error.to_string().contains("github GET /repos/acme/widgets/actions/runs/9"), "{error}");
        assert!(error.to_string().contains(file.to_str().unwrap()), "{error}");
        assert_eq!(error.exit_code(), 78);
        let error = world.comments(&acme(), 7).await.unwrap_err();
        assert!(matches!(error, PortError::Missing { .. }), "a list that was never recorded is not an empty one");
        let log = world.job_log(&acme(), 1, &mut |_| {}).await.unwrap_err();
        assert!(log.to_string().contains("jobs/1/logs.txt"), "{log}");
    });
}
