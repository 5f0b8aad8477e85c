//! What goes wrong on the way, and when a request is sent again.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use common::{Reply, SECRET, Server, TOKEN, call, ok, redirect, request, status, wire};
use world::wire::Method::{Get, Post};
use world::wire::{Answer, Request, Service, Wire, WireError};
use world_live::LiveWire;

const LOG: &str = "/repos/acme/widgets/actions/jobs/33001/logs";

/// Fails the first time, then answers.
fn flaky(first: fn() -> Reply) -> Server {
    Server::start(move |_, before| if before == 0 { first() } else { ok("second") })
}

#[test]
fn a_read_is_sent_again_and_a_write_is_not() {
    for first in [|| status(503), || Reply::Close, || Reply::Cut("half")] {
        let server = flaky(first);
        let answer = call(&wire(&server.url), request(Service::Github, Get, "/x")).unwrap();
        assert_eq!((answer.status, &*answer.body, server.seen().len()), (200, b"second".as_slice(), 2));
        let server = flaky(first);
        let result = call(&wire(&server.url), request(Service::Github, Post, "/x"));
        assert!(result.is_err() || result.unwrap().status == 503);
        server.only();
    }
}

#[test]
fn the_last_answer_is_handed_on() {
    let server = Server::start(|_, _| status(502));
    let answer = call(&wire(&server.url), request(Service::Github, Get, "/x")).unwrap();
    assert_eq!((answer.status, server.seen().len()), (502, 4));
    let server = Server::start(|_, _| status(503));
    call(&wire(&server.url), request(Service::Loki, Get, "/x")).unwrap();
    server.only();
}

#[test]
fn a_limit_is_waited_for_as_long_as_asked() {
    let limited = |seconds: &'static str| {
        Server::start(move |_, before| match before {
            0 => Reply::Answer(429, vec![("retry-after", seconds.into())], Vec::new()),
            _ => ok("{}"),
        })
    };
    let server = limited("0.3");
    let begun = Instant::now();
    assert_eq!(call(&wire(&server.url), request(Service::Discord, Post, "/webhook")).unwrap().status, 200);
    assert!(begun.elapsed() >= Duration::from_millis(300), "{:?}", begun.elapsed());
    let server = limited("61");
    assert_eq!(call(&wire(&server.url), request(Service::Github, Get, "/x")).unwrap().status, 429);
    server.only();
}

#[test]
fn a_cut_body_is_cut_and_keeps_its_part() {
    let server = Server::start(|_, _| Reply::Cut("half a body"));
    for service in [Service::Github, Service::Prometheus] {
        let error = call(&wire(&server.url), request(service, Get, "/x")).unwrap_err();
        let WireError::Cut { received, part } = error else { panic!("{error}") };
        assert_eq!((received, &*part), (11, b"half a body".as_slice()));
    }
    assert_eq!(server.seen().len(), 3, "two tries at GitHub, one at Prometheus");
}

#[test]
fn a_slow_answer_is_a_time_out() {
    let server = Server::start(|_, _| Reply::Slow(Duration::from_secs(2)));
    for service in [Service::Github, Service::Loki, Service::Discord] {
        let mut slow = request(service, Get, "/x");
        slow.deadline = Duration::from_millis(200);
        let begun = Instant::now();
        let error = call(&wire(&server.url), slow).unwrap_err();
        assert!(matches!(error, WireError::Timeout(after) if after == Duration::from_millis(200)), "{error}");
        assert!(begun.elapsed() < Duration::from_secs(1));
    }
}

#[test]
fn nobody_there_is_unreachable_and_no_address_is_said() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    for service in [Service::Github, Service::Loki, Service::Discord, Service::Slack, Service::Pagerduty] {
        let error = call(&wire(&url), request(service, Post, "/webhook")).unwrap_err();
        assert!(matches!(&error, WireError::Unreachable(why) if why.contains("refused")), "{service}: {error}");
        assert!(!error.to_string().contains(&url), "{error}");
    }
}

#[test]
fn an_answer_is_bounded() {
    let server = Server::start(|_, _| ok(&"x".repeat(100_000)));
    let wire = wire(&server.url).with_max_bytes(99_999);
    for service in [Service::Github, Service::Loki] {
        let error = call(&wire, request(service, Get, "/x")).unwrap_err();
        assert!(matches!(error, WireError::TooLarge(99_999)), "{error}");
    }
    let (answer, bytes) = stream(&wire, request(Service::Github, Get, LOG));
    assert_eq!((answer.unwrap().status, bytes.len()), (200, 100_000), "a log has no bound");
}

/// The result of a stream, and all that was handed on.
fn stream(wire: &LiveWire, request: Request) -> (Result<Answer, WireError>, Vec<u8>) {
    let mut bytes = Vec::new();
    let mut chunk = |piece: &[u8]| bytes.extend_from_slice(piece);
    let result = world::block_on(wire.stream(request, &mut chunk)).unwrap();
    if let Err(error) = &result {
        assert!(!format!("{error} {error:?}").contains(SECRET), "a secret in: {error:?}");
    }
    (result, bytes)
}

#[test]
fn the_link_to_a_log_gets_no_credentials() {
    let store = Server::start(|_, _| ok("line 1\nline 2\n"));
    let link = format!("{}/log?sig={SECRET}", store.url);
    let github = Server::start(move |_, _| redirect(link.clone()));
    let (answer, bytes) = stream(&wire(&github.url), request(Service::Github, Get, LOG));
    let answer = answer.unwrap();
    assert_eq!((answer.status, answer.body.len(), &*bytes), (200, 0, b"line 1\nline 2\n".as_slice()));
    assert_eq!(github.only().header("authorization"), format!("Bearer {TOKEN}"));
    let seen = store.only();
    assert_eq!(seen.target, format!("/log?sig={SECRET}"));
    assert_eq!(seen.header("authorization"), "");
    assert!(!format!("{seen:?}").contains(TOKEN));
}

#[test]
fn an_expired_link_is_asked_for_anew_and_is_never_a_matter_of_rights() {
    let store = Server::start(|_, before| if before == 0 { status(403) } else { ok("log") });
    let link = format!("{}/log?sig={SECRET}", store.url);
    let github = Server::start(move |_, _| redirect(link.clone()));
    let (answer, bytes) = stream(&wire(&github.url), request(Service::Github, Get, LOG));
    assert_eq!((answer.unwrap().status, &*bytes, github.seen().len()), (200, b"log".as_slice(), 2));

    let store = Server::start(|_, _| status(403));
    let link = format!("{}/log?sig={SECRET}", store.url);
    let github = Server::start(move |_, _| redirect(link.clone()));
    let (answer, _) = stream(&wire(&github.url), request(Service::Github, Get, LOG));
    assert_eq!(answer.unwrap_err().to_string(), "not reached: GitHub's link to 127.0.0.1 answers 403");
    assert_eq!(github.seen().len(), 4);

    let store = Server::start(|_, _| status(404));
    let link = store.url.clone();
    let github = Server::start(move |_, _| redirect(link.clone()));
    let (answer, bytes) = stream(&wire(&github.url), request(Service::Github, Get, LOG));
    assert_eq!((answer.unwrap().status, bytes.len()), (404, 0), "expired logs are an answer");
}

#[test]
fn a_renamed_repository_is_followed_with_credentials_and_only_for_reads() {
    let moved = |seen: &common::Seen, _: usize| match &*seen.target {
        "/repositories/8412/pulls?page=2" => ok("[]"),
        _ => Reply::Answer(301, vec![("location", "/repositories/8412/pulls?page=2".into())], Vec::new()),
    };
    let server = Server::start(moved);
    let answer = call(&wire(&server.url), request(Service::Github, Get, "/repos/acme/old/pulls")).unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(server.seen()[1].header("authorization"), format!("Bearer {TOKEN}"));
    let server = Server::start(moved);
    assert_eq!(call(&wire(&server.url), request(Service::Github, Post, "/repos/acme/old/pulls")).unwrap().status, 301);
    server.only();
    let circle = Server::start(|_, _| redirect("/again".into()));
    let mut once = request(Service::Github, Get, "/x");
    once.deadline = Duration::from_millis(900);
    assert!(call(&wire(&circle.url), once).is_err());
}

#[test]
fn a_log_cut_after_its_first_piece_is_not_begun_again() {
    let server = Server::start(|_, _| Reply::Cut("line 1\n"));
    let (result, bytes) = stream(&wire(&server.url), request(Service::Github, Get, LOG));
    assert!(matches!(result, Err(WireError::Cut { received: 7, .. })), "{result:?}");
    assert_eq!(bytes, b"line 1\n");
    server.only();
}

#[test]
fn a_log_that_is_refused_hands_nothing_on() {
    let server = Server::start(|_, before| if before == 0 { status(500) } else { status(410) });
    let (answer, bytes) = stream(&wire(&server.url), request(Service::Github, Get, LOG));
    let answer = answer.unwrap();
    assert_eq!((answer.status, bytes.len(), server.seen().len()), (410, 0, 2));
    assert!(answer.body.starts_with(b"{\"message\""), "why it was refused");
}

/// A wire outlives the runtime of its first call.
#[test]
fn works_on_a_second_runtime() {
    let server = Server::start(|_, _| ok("{}"));
    let wire = wire(&server.url);
    for service in [Service::Github, Service::Loki, Service::Github, Service::Loki] {
        assert_eq!(call(&wire, request(service, Get, "/x")).unwrap().status, 200);
    }
}

/// Every client has a crypto provider: a server that speaks no TLS is an error and no panic.
#[test]
fn https_is_spoken_where_the_address_says_so() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let hellos = std::thread::spawn(move || {
        let hello = |mut stream: std::net::TcpStream| {
            let mut first = [0; 512];
            let read = stream.read(&mut first).unwrap();
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
            (read, first[0])
        };
        listener.incoming().take(3).map(|stream| hello(stream.unwrap())).collect::<Vec<_>>()
    });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kubeconfig");
    let config = format!(
        r#"{{"current-context":"c","contexts":[{{"name":"c","context":{{"cluster":"k"}}}}],"clusters":[{{"name":"k","cluster":{{"server":"{url}"}}}}]}}"#
    );
    std::fs::write(&file, config).unwrap();
    let variables = [("GITHUB_TOKEN", TOKEN.to_owned()), ("KUBECONFIG", file.display().to_string())];
    let wire = LiveWire::new(common::settings(&url), common::environment(&variables));
    for service in [Service::Github, Service::Kubernetes, Service::Prometheus] {
        let error = call(&wire, request(service, Post, "/x")).unwrap_err();
        assert!(matches!(&error, WireError::Unreachable(why) if why.contains("corrupt message")), "{service}: {error}");
    }
    let hellos = hellos.join().unwrap();
    assert!(hellos.iter().all(|(read, first)| *read > 0 && *first == 22), "a TLS handshake, nothing in the clear");
}
