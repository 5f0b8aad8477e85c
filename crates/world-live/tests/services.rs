//! What arrives at each service, and what comes back.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{Reply, SECRET, Server, TOKEN, call, environment, ok, request, settings, status, wire, with_body};
use world::wire::Method::{Delete, Get, Patch, Post, Put};
use world::wire::{Service, WireError};
use world_live::LiveWire;

#[test]
fn github_gets_token_version_query_and_body() {
    let server = Server::start(|_, _| Reply::Answer(201, vec![("X-RateLimit-Remaining", "7".into())], b"{}".to_vec()));
    let wire = wire(&server.url);
    let mut get = request(Service::Github, Get, "/repos/acme/widgets/branches/feat%2Fx");
    get.query = vec![("head".into(), "acme:a b&c".into()), ("per_page".into(), "100".into())];
    let answer = call(&wire, get).unwrap();
    assert_eq!((answer.status, answer.header("x-ratelimit-remaining")), (201, Some("7")));
    assert_eq!(answer.body, b"{}");
    let comment =
        with_body(request(Service::Github, Post, "/repos/acme/widgets/issues/42/comments"), r#"{"body":"x"}"#);
    call(&wire, comment).unwrap();
    let mut diff = request(Service::Github, Get, "/repos/acme/widgets/pulls/42");
    diff.accept = "application/vnd.github.diff";
    call(&wire, diff).unwrap();
    call(&wire, request(Service::Github, Post, "/repos/acme/widgets/actions/runs/1/rerun-failed-jobs")).unwrap();
    let seen = server.seen();
    assert_eq!(seen[0].target, "/repos/acme/widgets/branches/feat%2Fx?head=acme%3Aa+b%26c&per_page=100");
    assert_eq!(seen[0].header("authorization"), format!("Bearer {TOKEN}"));
    assert_eq!(seen[0].header("x-github-api-version"), "2022-11-28");
    assert_eq!(seen[0].header("accept"), "application/vnd.github+json");
    assert!(!seen[0].header("user-agent").is_empty(), "GitHub refuses requests without");
    assert_eq!((&*seen[1].method, &*seen[1].body), ("POST", r#"{"body":"x"}"#));
    assert_eq!(seen[1].header("content-type"), "application/json");
    assert_eq!(seen[2].header("accept"), "application/vnd.github.diff");
    assert_eq!((&*seen[3].method, seen[3].header("content-length")), ("POST", "0"));
}

#[test]
fn every_status_is_an_answer() {
    let server = Server::start(|seen, _| status(seen.target.trim_start_matches("/api/").parse().unwrap()));
    let folder = tempfile::tempdir().unwrap();
    let wire = cluster(&server, folder.path());
    for code in [301, 400, 401, 403, 404, 409, 410, 422, 429, 500, 503] {
        for service in [Service::Github, Service::Kubernetes, Service::Loki] {
            let path = if service == Service::Loki { format!("/{code}") } else { format!("/api/{code}") };
            let mut ask = request(service, Post, &path);
            ask.body = Some(b"{}".to_vec());
            let wire = if service == Service::Loki { &loki_at(&server) } else { &wire };
            let answer = call(wire, ask).unwrap();
            assert_eq!((answer.status, &*answer.body), (code, br#"{"message":"as the test wants"}"#.as_slice()));
        }
    }
    assert_eq!(server.seen().len(), 33, "no write is sent twice");
}

fn loki_at(server: &Server) -> LiveWire {
    let mut settings = settings(&server.url);
    settings.loki_url = format!("{}/api", server.url);
    LiveWire::new(settings, environment(&[]))
}

/// A wire whose cluster is the server, by a kubeconfig with a token.
fn cluster(server: &Server, folder: &std::path::Path) -> LiveWire {
    let file = folder.join("kubeconfig");
    let config = format!(
        r#"{{"apiVersion":"v1","kind":"Config","current-context":"c","contexts":[{{"name":"c","context":{{"cluster":"k","user":"u"}}}}],
            "clusters":[{{"name":"k","cluster":{{"server":"{}"}}}}],"users":[{{"name":"u","user":{{"token":"{SECRET}"}}}}]}}"#,
        server.url
    );
    std::fs::write(&file, config).unwrap();
    let variables = [("KUBECONFIG", file.display().to_string()), ("GITHUB_TOKEN", TOKEN.to_owned())];
    LiveWire::new(settings(&server.url), environment(&variables))
}

#[test]
fn kubernetes_gets_the_users_token_and_the_right_patch() {
    let server = Server::start(|_, _| ok("{}"));
    let folder = tempfile::tempdir().unwrap();
    let wire = cluster(&server, folder.path());
    let leases = "/apis/coordination.k8s.io/v1/namespaces/cto/leases";
    let mut list = request(Service::Kubernetes, Get, leases);
    list.query = vec![("labelSelector".into(), "a=b,c=d".into())];
    call(&wire, list).unwrap();
    call(&wire, with_body(request(Service::Kubernetes, Put, &format!("{leases}/slot-1")), r#"{"a":1}"#)).unwrap();
    call(&wire, with_body(request(Service::Kubernetes, Patch, &format!("{leases}/slot-1")), r#"{"a":1}"#)).unwrap();
    call(&wire, with_body(request(Service::Kubernetes, Delete, &format!("{leases}/slot-1")), r#"{"a":1}"#)).unwrap();
    let seen = server.seen();
    assert_eq!(seen[0].target, format!("{leases}?labelSelector=a%3Db%2Cc%3Dd"));
    assert_eq!(seen[0].header("authorization"), format!("Bearer {SECRET}"));
    assert_eq!(seen[1].header("content-type"), "application/json");
    assert_eq!(seen[2].header("content-type"), "application/merge-patch+json");
    let methods: Vec<&str> = seen.iter().map(|seen| &*seen.method).collect();
    assert_eq!(methods, ["GET", "PUT", "PATCH", "DELETE"]);
    assert!(seen[1..].iter().all(|seen| seen.body == r#"{"a":1}"#));
}

#[test]
fn a_kubeconfig_that_cannot_be_read_shows_nothing_of_itself() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kubeconfig");
    for content in [format!("users:\n  - token: {SECRET}\n   bad: ["), format!("users: {SECRET}\n"), String::new()] {
        std::fs::write(&file, content).unwrap();
        let wire =
            LiveWire::new(settings("http://127.0.0.1:9"), environment(&[("KUBECONFIG", file.display().to_string())]));
        let error = call(&wire, request(Service::Kubernetes, Get, "/api")).unwrap_err();
        assert!(
            matches!(&error, WireError::Credential(said) if said.starts_with("cannot use the kubeconfig /")),
            "{error}"
        );
    }
    let nowhere = LiveWire::new(settings("http://127.0.0.1:9"), environment(&[]));
    let error = call(&nowhere, request(Service::Kubernetes, Get, "/api")).unwrap_err();
    assert!(error.to_string().starts_with("no cluster: set KUBECONFIG, or run in a pod"), "{error}");
}

#[test]
fn the_secret_address_and_the_keys_are_put_in_by_the_wire() {
    let server = Server::start(|_, _| ok("{}"));
    let wire = wire(&server.url);
    let mut discord = with_body(request(Service::Discord, Post, "/webhook"), r#"{"content":"x"}"#);
    discord.query = vec![("wait".into(), "true".into())];
    call(&wire, discord).unwrap();
    call(&wire, with_body(request(Service::Discord, Patch, "/webhook/messages/99"), "{}")).unwrap();
    call(&wire, with_body(request(Service::Slack, Post, "/webhook"), r#"{"text":"x"}"#)).unwrap();
    call(&wire, with_body(request(Service::Pagerduty, Post, "/v2/enqueue"), r#"{"event_action":"trigger"}"#)).unwrap();
    call(&wire, with_body(request(Service::Openmemory, Post, "/api/v1/search"), r#"{"query":"x"}"#)).unwrap();
    let mut logs = request(Service::Loki, Get, "/loki/api/v1/query_range");
    logs.query = vec![("query".into(), r#"{app="x"}"#.into())];
    call(&wire, logs).unwrap();
    call(&wire, request(Service::Prometheus, Get, "/api/v1/query")).unwrap();
    let seen = server.seen();
    assert_eq!(seen[0].target, format!("/api/webhooks/1/{SECRET}?thread_id=7&wait=true"));
    assert_eq!((&*seen[0].body, seen[0].header("content-type")), (r#"{"content":"x"}"#, "application/json"));
    assert_eq!(seen[1].target, format!("/api/webhooks/1/{SECRET}/messages/99?thread_id=7"));
    assert_eq!(seen[1].method, "PATCH");
    assert_eq!((&*seen[2].target, &*seen[2].body), (&*format!("/services/T0/B0/{SECRET}"), r#"{"text":"x"}"#));
    assert_eq!(seen[3].target, "/v2/enqueue");
    assert_eq!(seen[3].body, format!(r#"{{"event_action":"trigger","routing_key":"{SECRET}"}}"#));
    assert_eq!(seen[4].header("authorization"), format!("Bearer {SECRET}"));
    assert_eq!(seen[5].target, "/loki-gateway/loki/api/v1/query_range?query=%7Bapp%3D%22x%22%7D");
    assert_eq!(seen[6].target, "/api/v1/query");
    for at in [0, 2, 3, 5, 6] {
        assert_eq!(seen[at].header("authorization"), "", "{}", seen[at].target);
    }
}

#[test]
fn what_is_not_configured_says_what_to_set() {
    let mut bare = settings("http://127.0.0.1:9");
    bare.secrets = world::Secrets::default();
    let wire = LiveWire::new(bare, environment(&[]));
    for (service, said) in [
        (Service::Github, "no GitHub credential: set GITHUB_TOKEN, or"),
        (Service::Discord, "Discord's webhook is not configured: set `channels.discord`"),
        (Service::Slack, "Slack's webhook is not configured: set `channels.slack`"),
        (Service::Pagerduty, "PagerDuty's routing key is not configured: set `channels.pagerduty`"),
    ] {
        let error = call(&wire, request(service, Post, "/webhook")).unwrap_err();
        assert!(matches!(&error, WireError::Credential(have) if have.starts_with(said)), "{error}");
    }
    let wrong = LiveWire::new(settings("http://127.0.0.1:9"), environment(&[("DISCORD", SECRET.into())]));
    let error = call(&wrong, request(Service::Discord, Post, "/webhook")).unwrap_err().to_string();
    assert_eq!(error, "Discord's webhook is no http address: correct what `channels.discord` in healer.yaml names");
    let error = call(&wrong, request(Service::Slack, Post, "/webhook")).unwrap_err().to_string();
    assert_eq!(error, "Slack's webhook is missing: set the environment variable SLACK");
}

/// A port over the wire: no credential is exit code 77, and the other services go on.
#[test]
fn a_step_that_never_calls_github_needs_no_token() {
    use world::{Metrics, PortError, ReadGithub, World};
    let server = Server::start(|_, _| ok(r#"{"data":{"resultType":"vector","result":[]}}"#));
    let settings = settings(&server.url);
    let world = World::live(std::sync::Arc::new(LiveWire::new(settings.clone(), environment(&[]))), settings);
    world::block_on(async {
        assert!(world.metric("up", "2026-01-15T10:40:00Z".parse().unwrap()).await.unwrap().is_empty());
        let error = world.repository(&world::github::Slug::parse("acme/widgets").unwrap()).await.unwrap_err();
        assert!(matches!(error, PortError::Denied { .. }), "{error}");
        assert_eq!(error.exit_code(), 77);
        assert!(error.to_string().contains("set GITHUB_TOKEN"), "{error}");
    })
    .unwrap();
}
