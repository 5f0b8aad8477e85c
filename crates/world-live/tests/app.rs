//! A GitHub App: found by repository or by id, a token for one repository, a new one when it is refused.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::path::Path;

use base64::Engine;
use common::{Reply, Seen, Server, call, environment, ok, private_key, request, settings, status};
use world::wire::{Method, Service, WireError};
use world_live::LiveWire;

const RUN: &str = "/repos/acme/widgets/actions/runs/1";

/// GitHub as far as an App sees it. Tokens are `ghs_hunter22_<n>`.
fn github(refused: &'static str) -> Server {
    Server::start(move |seen, before| match (&*seen.method, &*seen.target) {
        ("GET", "/repos/acme/widgets/installation") => ok(r#"{"id":55}"#),
        ("GET", path) if path.ends_with("/installation") => status(404),
        ("GET", "/app") => ok(r#"{"id":17,"slug":"healer-rex"}"#),
        ("GET", "/users/healer-rex%5Bbot%5D") => ok(r#"{"id":9901,"login":"healer-rex[bot]"}"#),
        ("POST", "/app/installations/55/access_tokens") => {
            let expires = "2099-01-01T00:00:00Z";
            let body = format!(r#"{{"token":"ghs_hunter22_{before}","expires_at":"{expires}","permissions":{{}}}}"#);
            Reply::Answer(201, Vec::new(), body.into_bytes())
        }
        ("POST", _) => status(404),
        _ if !refused.is_empty() && seen.header("authorization").ends_with(refused) => status(401),
        _ => ok("{}"),
    })
}

fn wire(server: &Server, folder: &Path, installation: &str) -> LiveWire {
    let file = private_key(folder);
    let variables = [
        ("HEALER_GITHUB_APP_ID", "17".to_owned()),
        ("HEALER_GITHUB_APP_PRIVATE_KEY_FILE", file.display().to_string()),
        ("HEALER_GITHUB_APP_INSTALLATION_ID", installation.to_owned()),
        ("GITHUB_TOKEN", "ghp_not_this_one".to_owned()),
    ];
    LiveWire::new(settings(&server.url), environment(&variables))
}

fn asked(seen: &[Seen]) -> Vec<String> {
    seen.iter().map(|seen| format!("{} {}", seen.method, seen.target)).collect()
}

#[test]
fn one_token_for_one_repository_found_by_its_name() {
    let (server, folder) = (github(""), tempfile::tempdir().unwrap());
    let wire = wire(&server, folder.path(), "");
    world::block_on(async {
        let run = || request(Service::Github, Method::Get, RUN);
        let (one, other) = tokio::join!(wire_call(&wire, run()), wire_call(&wire, run()));
        assert_eq!((one, other), (200, 200));
    })
    .unwrap();
    let seen = server.seen();
    let get = format!("GET {RUN}");
    let wanted = ["GET /repos/acme/widgets/installation", "POST /app/installations/55/access_tokens", &get, &get];
    assert_eq!(asked(&seen), wanted, "two at once share one token");
    assert_eq!(seen[1].body, r#"{"repositories":["widgets"]}"#);
    let jwt = seen[0].header("authorization").strip_prefix("Bearer ").unwrap();
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(jwt.split('.').nth(1).unwrap()).unwrap();
    assert!(String::from_utf8(claims).unwrap().contains(r#""iss":17"#));
    assert_eq!(seen[2].header("authorization"), "Bearer ghs_hunter22_1");
}

async fn wire_call(wire: &LiveWire, request: world::wire::Request) -> u16 {
    use world::wire::Wire;
    wire.call(request).await.unwrap().status
}

#[test]
fn the_app_itself_asks_for_a_token_with_two_rights() {
    use world::github::Slug;
    use world::{Accounts, ActAsApp, World};
    let (server, folder) = (github(""), tempfile::tempdir().unwrap());
    let world = World::live(std::sync::Arc::new(wire(&server, folder.path(), "")), settings(&server.url));
    let of = Slug::parse("acme/widgets").unwrap();
    world::block_on(async {
        assert_eq!(world.app_slug().await.unwrap().expose(), "healer-rex");
        let narrow = world.narrow_token(&of, &[("contents", "write"), ("pull_requests", "write")]).await.unwrap();
        assert!(narrow.token.expose().starts_with("ghs_hunter22_"));
        assert_eq!(world.account(&of, &"healer-rex[bot]".into()).await.unwrap().id, 9901);
    })
    .unwrap();
    let seen = server.seen();
    let wanted = [
        "GET /app",
        "GET /repos/acme/widgets/installation",
        "POST /app/installations/55/access_tokens",
        "GET /repos/acme/widgets/installation",
        "POST /app/installations/55/access_tokens",
        "GET /repos/acme/widgets",
        "GET /users/healer-rex%5Bbot%5D",
    ];
    assert_eq!(asked(&seen), wanted);
    let narrow = r#"{"repositories":["widgets"],"permissions":{"contents":"write","pull_requests":"write"}}"#;
    assert_eq!(seen[2].body, narrow);
    let by_key = |seen: &Seen| !seen.header("authorization").contains("ghs_");
    assert!(seen[..5].iter().all(by_key) && !by_key(&seen[6]), "the key signs what is the App's, nothing else");
}

#[test]
fn a_credential_that_is_given_comes_before_the_environment() {
    use world::{GithubCredential, SecretRef};
    let (server, folder) = (github(""), tempfile::tempdir().unwrap());
    let file = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).unwrap();
        SecretRef::File(folder.path().join(name))
    };
    drop(wire(&server, folder.path(), ""));
    let key = SecretRef::File(folder.path().join("app.pem"));
    let with = |given: GithubCredential| {
        let mut settings = settings(&server.url);
        settings.secrets.github = Some(given);
        LiveWire::new(settings, environment(&[("GITHUB_TOKEN", "ghp_not_this_one".to_owned())]))
    };
    let token = with(GithubCredential::Token(file("token", "ghp_this_one\n")));
    assert_eq!(call(&token, request(Service::Github, Method::Get, RUN)).unwrap().status, 200);
    assert_eq!(server.seen().last().unwrap().header("authorization"), "Bearer ghp_this_one");
    let app = with(GithubCredential::App { id: file("id", "17\n"), key: key.clone() });
    assert_eq!(call(&app, request(Service::Github, Method::Get, RUN)).unwrap().status, 200);
    let wrong = with(GithubCredential::App { id: file("id", "seventeen"), key });
    let error = call(&wrong, request(Service::Github, Method::Get, RUN)).unwrap_err().to_string();
    assert!(error.ends_with("id is no number: set it to the id"), "{error}");
}

#[test]
fn an_installation_by_id_is_not_looked_for() {
    let (server, folder) = (github(""), tempfile::tempdir().unwrap());
    let wire = wire(&server, folder.path(), "55");
    assert_eq!(call(&wire, request(Service::Github, Method::Get, "/rate_limit")).unwrap().status, 200);
    let seen = server.seen();
    assert_eq!(asked(&seen), ["POST /app/installations/55/access_tokens", "GET /rate_limit"]);
    assert_eq!(seen[0].body, "{}");
}

#[test]
fn a_refused_token_is_replaced_once() {
    let (server, folder) = (github("ghs_hunter22_1"), tempfile::tempdir().unwrap());
    let wire = wire(&server, folder.path(), "");
    assert_eq!(call(&wire, request(Service::Github, Method::Get, RUN)).unwrap().status, 200);
    assert_eq!(server.seen().last().unwrap().header("authorization"), "Bearer ghs_hunter22_3");
}

#[test]
fn what_is_missing_is_said() {
    let (server, folder) = (github(""), tempfile::tempdir().unwrap());
    let found = wire(&server, folder.path(), "");
    for (path, said) in [
        ("/repos/other/thing/pulls", "GitHub App 17 is not installed for other/thing: install it there"),
        ("/rate_limit", "/rate_limit belongs to no repository: set HEALER_GITHUB_APP_INSTALLATION_ID"),
    ] {
        let error = call(&found, request(Service::Github, Method::Get, path)).unwrap_err();
        assert!(matches!(&error, WireError::Credential(have) if have.starts_with(said)), "{error}");
    }
    let wrong = wire(&server, folder.path(), "56");
    let error = call(&wrong, request(Service::Github, Method::Get, RUN)).unwrap_err().to_string();
    assert!(error.starts_with("GitHub gives App 17 no token for installation 56 (status 404)"), "{error}");
    std::fs::write(folder.path().join("app.pem"), "hunter22").unwrap();
    let broken = LiveWire::new(
        settings(&server.url),
        environment(&[
            ("HEALER_GITHUB_APP_ID", "17".to_owned()),
            ("HEALER_GITHUB_APP_PRIVATE_KEY_FILE", folder.path().join("app.pem").display().to_string()),
        ]),
    );
    let error = call(&broken, request(Service::Github, Method::Get, RUN)).unwrap_err().to_string();
    assert!(error.contains("is no RSA private key in PEM form"), "{error}");
}
