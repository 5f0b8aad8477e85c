//! Recorded failures, of every kind, for any call.

mod common;

use std::time::Duration;

use common::{acme, folder, opened, run};
use serde_json::json;
use world::{Channels, Clock, CodeRuns, CommentOnGithub, PortError, ReadGithub};

const REPOSITORY: (&str, &str) = ("github/repos/acme/widgets.json", r#"{"id":1,"default_branch":"main"}"#);
const FAULT: &str = "github/repos/acme/widgets.fault.yaml";

#[test]
fn a_status_says_what_to_do() {
    let table: &[(&str, &str)] = &[
        ("status: 502", "later"),
        ("{ status: 403, headers: { x-ratelimit-remaining: 0, x-ratelimit-reset: 1768473660 } }", "later"),
        ("{ status: 403, body: { message: Resource not accessible by integration } }", "denied"),
        ("status: 404", "not_found"),
        ("status: 410", "gone"),
        ("status: 409", "conflict"),
        ("status: 422", "refused"),
        ("{ status: 200, body: <html>hello</html> }", "malformed"),
        ("unreachable: dns error", "later"),
        ("cut_after_bytes: 5", "later"),
        ("delay_seconds: 31", "later"),
    ];
    for (fault, word) in table {
        let dir = folder(&[REPOSITORY, (FAULT, fault)]);
        let error = run(opened(&dir).repository(&acme())).unwrap_err();
        assert_eq!(error.word(), *word, "{fault}: {error}");
        assert!(error.to_string().contains("github GET /repos/acme/widgets"), "{error}");
    }
}

#[test]
fn a_limit_says_how_long() {
    let reset = "{ status: 403, headers: { X-RateLimit-Remaining: 0, X-RateLimit-Reset: 1768473660 } }";
    let dir = folder(&[REPOSITORY, (FAULT, reset)]);
    let error = run(opened(&dir).repository(&acme())).unwrap_err();
    assert!(matches!(&error, PortError::Later { retry_after: Some(wait), .. } if wait.as_secs() == 60), "{error:?}");
    assert!(error.to_string().ends_with("try again in 60 s"), "{error}");
}

#[test]
fn a_fault_with_times_passes_and_the_next_process_knows() {
    let dir = folder(&[REPOSITORY, (FAULT, "{ status: 500, times: 2 }")]);
    assert!(run(opened(&dir).repository(&acme())).is_err());
    assert!(run(opened(&dir).repository(&acme())).is_err());
    assert_eq!(run(opened(&dir).repository(&acme())).unwrap().id, 1);
}

#[test]
fn a_slow_answer_takes_time_on_the_clock_until_the_deadline() {
    let dir = folder(&[REPOSITORY, (FAULT, "delay_seconds: 8.5")]);
    let world = opened(&dir);
    let start = world.now();
    let passed = || world.now().duration_since(start).as_millis();
    run(async {
        world.repository(&acme()).await.unwrap();
        assert_eq!(passed(), 8_500);
        assert!(world.within(Duration::from_secs(10), world.repository(&acme())).await.unwrap().is_ok());
        assert!(world.within(Duration::from_secs(5), world.repository(&acme())).await.is_none());
        assert_eq!(passed(), 8_500 + 8_500 + 5_000, "the limit, not the delay");
    });
    let dir = folder(&[REPOSITORY, (FAULT, "delay_seconds: 1000")]);
    let world = opened(&dir);
    let start = world.now();
    let error = run(world.repository(&acme())).unwrap_err();
    assert!(error.to_string().contains("no answer within 30 s"), "{error}");
    assert_eq!(world.now().duration_since(start).as_secs(), 30, "GitHub's deadline");
}

#[test]
fn a_log_that_breaks_off_keeps_its_part() {
    let dir = folder(&[
        ("github/repos/acme/widgets/actions/jobs/5/logs.txt", "0123456789"),
        ("github/repos/acme/widgets/actions/jobs/5/logs.fault.yaml", "{ cut_after_bytes: 4, times: 1 }"),
        ("github/repos/acme/widgets/actions/jobs/6/logs.fault.yaml", "{ status: 410, body: { message: Gone } }"),
        ("github/repos/acme/widgets/actions/jobs/7/logs.fault.yaml", "cut_after_bytes: 40"),
        ("github/repos/acme/widgets/actions/jobs/7/logs.txt", "0123456789"),
    ]);
    let world = opened(&dir);
    run(async {
        let mut log = Vec::new();
        let end = world.job_log(&acme(), 5, &mut |piece| log.extend_from_slice(piece)).await.unwrap();
        assert_eq!((&*log, end.bytes, end.complete), (&b"0123"[..], 4, false));
        assert!(world.job_log(&acme(), 5, &mut |_| {}).await.unwrap().complete);
        assert_eq!(world.job_log(&acme(), 6, &mut |_| {}).await.unwrap_err().word(), "gone");
        let error = world.job_log(&acme(), 7, &mut |_| {}).await.unwrap_err();
        assert!(error.to_string().contains("cuts nothing"), "{error}");
    });
}

#[test]
fn a_failed_write_did_not_happen_unless_it_is_said() {
    let collection = "kubernetes/apis/agents.platform/v1/namespaces/cto/coderuns.fault.yaml";
    let manifest = |name: &str| json!({ "apiVersion": "agents.platform/v1", "kind": "CodeRun", "metadata": { "name": name }, "spec": {} });
    for (fault, there) in [
        ("{ method: POST, status: 500, times: 1 }", false),
        ("{ method: POST, unreachable: connection reset, times: 1 }", false),
        ("{ method: POST, delay_seconds: 60, times: 1 }", false),
        ("{ method: POST, status: 500, times: 1, applied: true }", true),
        ("{ method: POST, delay_seconds: 60, times: 1, applied: true }", true),
        ("{ method: POST, cut_after_bytes: 3, times: 1, applied: true }", true),
    ] {
        let dir = folder(&[(collection, fault)]);
        let world = opened(&dir);
        run(async {
            assert_eq!(world.coderuns(&[]).await.unwrap().len(), 0, "the fault is for POST alone");
            let error = world.create_coderun(&manifest("x")).await.unwrap_err();
            assert!(error.is_later(), "{fault}: {error}");
            assert_eq!(world.coderun("x").await.unwrap().is_some(), there, "{fault}");
            assert_eq!(world.create_coderun(&manifest("x")).await.is_ok(), !there, "{fault}");
        });
    }
}

#[test]
fn quota_is_back_pressure_and_a_missing_right_is_not() {
    let collection = "kubernetes/apis/agents.platform/v1/namespaces/cto/coderuns.fault.yaml";
    let fault =
        |message: &str| format!("{{ method: POST, status: 403, body: {{ kind: Status, message: '{message}' }} }}");
    let manifest =
        json!({ "apiVersion": "agents.platform/v1", "kind": "CodeRun", "metadata": { "name": "x" }, "spec": {} });
    for (message, word) in [("forbidden: exceeded quota: agents", "later"), ("cannot create resource", "denied")] {
        let dir = folder(&[(collection, &fault(message))]);
        assert_eq!(run(opened(&dir).create_coderun(&manifest)).unwrap_err().word(), word);
    }
}

#[test]
fn one_channel_may_be_down() {
    let dir = folder(&[
        ("discord/webhook.fault.yaml", "{ status: 429, body: { retry_after: 1.5, global: true } }"),
        ("slack/webhook.fault.yaml", "status: 404"),
        (
            "github/repos/acme/widgets/issues/1/comments.fault.yaml",
            "{ method: POST, status: 403, body: { message: Resource not accessible by integration } }",
        ),
    ]);
    let world = opened(&dir);
    run(async {
        let error = world.post_discord(&json!({})).await.unwrap_err();
        assert!(matches!(error, PortError::Later { retry_after: Some(wait), .. } if wait.as_millis() == 1500));
        assert_eq!(world.post_slack(&json!({})).await.unwrap_err().word(), "gone");
        assert_eq!(world.create_comment(&acme(), 1, "x").await.unwrap_err().word(), "denied");
        world.page(&json!({})).await.unwrap();
    });
}

#[test]
fn a_layer_ends_a_fault() {
    let dir = folder(&[
        REPOSITORY,
        (FAULT, "status: 500"),
        ("then/1-well/after.yaml", "{ method: POST, service: slack, path: /webhook }"),
        ("then/1-well/github/repos/acme/widgets.json", r#"{"id":2}"#),
    ]);
    let world = opened(&dir);
    run(async {
        assert!(world.repository(&acme()).await.is_err());
        world.post_slack(&json!({})).await.unwrap();
        assert_eq!(world.repository(&acme()).await.unwrap().id, 2);
    });
}
