//! Ports over another wire than the recorded one, and how a binary comes by its world.

#![allow(clippy::unwrap_used, reason = "a double for tests")]

mod common;

use std::sync::{Arc, Mutex};

use clap::Parser;
use common::{acme, acme_folder, run};
use world::github::AlertKind;
use world::wire::{Answer, BoxFuture, Method, Request, Wire, WireError};
use world::{Args, Clock, Leases, PortError, ReadGithub, Settings, World, WorldError};

/// Answers everything with the same, and remembers what was asked.
#[derive(Default)]
struct Parrot {
    answer: Answer,
    asked: Mutex<Vec<Request>>,
}

impl Wire for Parrot {
    fn call<'a>(&'a self, request: Request) -> BoxFuture<'a, Result<Answer, WireError>> {
        self.asked.lock().unwrap().push(request);
        Box::pin(async { Ok(self.answer.clone()) })
    }
}

fn parrot(status: u16, body: &str) -> (Arc<Parrot>, World) {
    let answer = Answer { status, headers: Vec::new(), body: body.as_bytes().to_vec() };
    let wire = Arc::new(Parrot { answer, asked: Mutex::default() });
    (wire.clone(), World::live(wire, Settings::default()))
}

#[test]
fn requests_are_as_the_services_want_them() {
    let (wire, world) = parrot(200, r#"{"number":5,"state":"open","id":1,"metadata":{"name":"a"},"items":[]}"#);
    run(async {
        world.alert(&acme(), AlertKind::SecretScanning, 5).await.unwrap();
        world.leases(&[("a", "b"), ("c", "d")]).await.unwrap();
        let mut lease = world.lease("a").await.unwrap().unwrap();
        lease.spec.acquire_time = Some("2026-01-15T10:40:00Z".parse().unwrap());
        world.replace_lease(&lease).await.unwrap();
    });
    let asked = wire.asked.lock().unwrap();
    assert_eq!(asked[0].query, [("hide_secret".to_owned(), "true".to_owned())], "a secret is not even fetched");
    assert_eq!(asked[1].path, "/apis/coordination.k8s.io/v1/namespaces/cto/leases");
    assert_eq!(asked[1].query, [("labelSelector".to_owned(), "a=b,c=d".to_owned())]);
    assert_eq!((asked[3].method, asked[3].deadline.as_secs()), (Method::Put, 30));
    let sent = String::from_utf8(asked[3].body.clone().unwrap()).unwrap();
    assert!(sent.contains(r#""acquireTime":"2026-01-15T10:40:00.000000Z""#), "MicroTime has six digits: {sent}");
}

#[test]
fn a_redirect_or_a_page_is_no_answer() {
    for (status, body) in [(302, ""), (200, "<html>"), (200, "{}")] {
        let (_, world) = parrot(status, body);
        let error = run(world.repository(&acme())).unwrap_err();
        assert!(matches!(error, PortError::Malformed { .. }), "{status} {body}: {error}");
    }
}

#[test]
fn a_live_clock_has_limits() {
    let (_, world) = parrot(200, "{}");
    assert!(world.is_live());
    run(async {
        assert_eq!(world.within(std::time::Duration::from_secs(60), async { 7 }).await, Some(7));
        let never = std::future::pending::<()>();
        assert_eq!(world.within(std::time::Duration::from_millis(5), never).await, None);
    });
}

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    world: Args,
}

#[test]
fn flags_choose_the_world_and_a_factory_makes_the_live_one() {
    world::register_live(|settings| match &*settings.namespace {
        "broken" => Err(WorldError::Live("no token".into())),
        _ => Ok(World::live(Arc::new(Parrot::default()), settings.clone())),
    });
    let open = |flags: &[&str], settings| {
        let state = tempfile::tempdir().unwrap();
        let state = state.path().to_str().unwrap().to_owned();
        let cli = Cli::parse_from([&["step", "--world-state", &state], flags].concat());
        World::open(&cli.world, settings)
    };
    assert!(open(&[], Settings::default()).unwrap().is_live());
    assert!(!open(&["--world", acme_folder().to_str().unwrap()], Settings::default()).unwrap().is_live());
    let broken = Settings { namespace: "broken".into(), ..Settings::default() };
    assert_eq!(open(&[], broken).err().unwrap().to_string(), "no token");
}
