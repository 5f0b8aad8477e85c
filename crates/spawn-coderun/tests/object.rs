//! The object against the platform's schema, and as YAML.

#![allow(clippy::unwrap_used)]

use config::Config;
use remediation::{Agent, Attempt, Kind, Push, Repository, Subject, Target, Vocabulary};
use serde_json::{Value, json};
use spawn_coderun::object::Order;
use spawn_coderun::yaml;
use text::Untrusted;

/// The schema of the definition, as strict as a server with strict field validation: what is not there is refused.
fn schema() -> jsonschema::Validator {
    let crd: Value =
        serde_yaml::from_str(include_str!("../../../workflow-templates/components/coderun-crd/coderun.yaml")).unwrap();
    let mut schema = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"].clone();
    close(&mut schema);
    schema["properties"]["metadata"] = json!({ "type": "object" });
    jsonschema::draft202012::new(&schema).unwrap()
}

fn close(schema: &mut Value) {
    let open = schema.get("x-kubernetes-preserve-unknown-fields").is_some();
    if schema.get("properties").is_some() && schema.get("additionalProperties").is_none() && !open {
        schema["additionalProperties"] = false.into();
    }
    match schema {
        Value::Object(fields) => fields.values_mut().for_each(close),
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

fn subject() -> Subject {
    serde_json::from_value(json!({ "kind": "ci_failure", "branch": "feat/x", "run_id": 12, "pull_request": 42 }))
        .unwrap()
}

fn repository() -> Repository {
    Repository {
        host: "github.com".into(),
        owner: "acme".into(),
        name: "widgets".into(),
        id: Some(1),
        default_branch: None,
    }
}

fn target(branch: &str) -> Target {
    Target { branch: Untrusted::new(branch), base_sha: "ab12".into(), how: Push::Push.into(), into: None }
}

fn object(kind: Kind, agent: Agent, target: Option<&Target>, prompt: &str) -> Value {
    let (subject, repository) = (subject(), repository());
    let attempt = Attempt { round: 1, number: 2, limit: 3, agent: None };
    let order = Order {
        id: "ci-1-12-1",
        repository: &repository,
        subject: &subject,
        attempt: &attempt,
        target,
        kind,
        agent,
        prompt,
    };
    order.object(&Config::default()).unwrap()
}

#[test]
fn every_object_is_what_the_platform_takes() {
    let schema = schema();
    for &kind in Kind::ALL {
        for &agent in Agent::ALL {
            for branch in ["main", "feat/x y", "-", "日本", "a$(TOKEN)", &"x".repeat(250)] {
                let target = target(branch);
                let object = object(kind, agent, Some(&target), "# Fix\n");
                let errors: Vec<String> = schema.iter_errors(&object).map(|error| error.to_string()).collect();
                assert!(errors.is_empty(), "{kind} {branch}: {errors:?}");
                for (key, value) in object["metadata"]["labels"].as_object().unwrap() {
                    let value = value.as_str().unwrap();
                    let ends = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
                    assert!(value.len() <= 63 && ends(value.bytes().next()) && ends(value.bytes().last()), "{key}");
                }
            }
        }
    }
}

#[test]
fn what_early_spawners_sent_is_refused() {
    let schema = schema();
    let good = object(Kind::RustClippy, Agent::Rex, None, "# Fix\n");
    assert!(schema.is_valid(&good));
    let wrong: &[(&str, Value)] = &[
        ("prompt", json!("text")),
        ("cli", json!("factory")),
        ("repository", json!("acme/widgets")),
        ("branch", json!("main")),
        ("timeout", json!(60)),
        ("workingDir", json!(".")),
        ("maxTokens", json!(1)),
        ("env", json!([{ "name": "A", "value": "b" }])),
        ("env", json!({ "A": 1 })),
        ("remoteTools", json!(["mcp_tools_github_*"])),
        ("runType", json!("watcher")),
        ("model", Value::Null),
        ("cliConfig", json!({ "model": "m" })),
    ];
    for (field, value) in wrong {
        let mut object = good.clone();
        object["spec"][*field] = value.clone();
        assert!(!schema.is_valid(&object), "{field}");
    }
    for field in ["taskId", "service", "repositoryUrl", "docsRepositoryUrl", "workingDirectory", "model", "githubApp"] {
        let mut object = good.clone();
        object["spec"].as_object_mut().unwrap().remove(field);
        assert!(!schema.is_valid(&object), "without {field}");
    }
}

#[test]
fn branch_names_of_strangers_are_only_themselves() {
    let hostile = target("a$(GITHUB_TOKEN)");
    let object = object(Kind::RustClippy, Agent::Rex, Some(&hostile), "# Fix\n");
    assert_eq!(object["spec"]["env"]["TARGET_BRANCH"], "a$$(GITHUB_TOKEN)");
    assert_eq!(object["metadata"]["labels"]["healer/branch"], "a--GITHUB_TOKEN");
}

#[test]
fn the_prompt_has_no_controls_is_not_empty_and_not_too_large() {
    let with = |prompt: &str| {
        let (subject, repository) = (subject(), repository());
        let attempt = Attempt { round: 1, number: 1, limit: 3, agent: None };
        let (kind, agent) = (Kind::General, Agent::Atlas);
        Order {
            id: "x",
            repository: &repository,
            subject: &subject,
            attempt: &attempt,
            target: None,
            kind,
            agent,
            prompt,
        }
        .object(&Config::default())
    };
    let clean = with("a\u{1b}[31m\u{0}b\r\n\tc").unwrap();
    assert_eq!(clean["spec"]["promptModification"], "a[31mb\n\tc");
    assert!(with(" \n\u{1b}").unwrap_err().sentence.contains("empty"));
    assert!(with(&"x".repeat(96 * 1024 + 1)).unwrap_err().sentence.contains("prompt_bytes"));
}

#[test]
fn content_decides_the_digest_and_nothing_else() {
    let digest = |object: &Value| object["metadata"]["annotations"]["healer.platform/content-sha256"].clone();
    let (one, other) = (target("feat/x"), target("feat/y"));
    let first = object(Kind::RustClippy, Agent::Rex, Some(&one), "# Fix\n");
    assert_eq!(digest(&first), digest(&object(Kind::RustClippy, Agent::Rex, Some(&one), "# Fix\n")));
    assert_ne!(digest(&first), digest(&object(Kind::RustClippy, Agent::Rex, Some(&one), "# Fix it\n")));
    assert_ne!(digest(&first), digest(&object(Kind::RustClippy, Agent::Rex, Some(&other), "# Fix\n")));
}

#[test]
fn yaml_says_the_same_and_shows_the_prompt_as_a_block() {
    for branch in ["on", "yes", "12:30", "~", "0x10", "1e3", "- a", "a: b", "{{x}}", "true"] {
        let target = target(branch);
        let prompt = "# Fix\n\n  indented: yes\n```\n- on\n```\ntrailing  \n";
        let object = object(Kind::YamlSyntax, Agent::Bolt, Some(&target), prompt);
        let text = yaml(&object).unwrap();
        assert!(text.contains("promptModification: |"), "{text}");
        assert_eq!(serde_yaml::from_str::<Value>(&text).unwrap(), object, "{branch}");
        // A reader of YAML 1.1 must see text too.
        let line = text.lines().find(|line| line.trim_start().starts_with("TARGET_BRANCH:")).unwrap();
        let value = line.split_once(": ").unwrap().1;
        assert!(value.starts_with(['"', '\'']), "{line}");
    }
}
