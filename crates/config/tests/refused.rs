//! Wrong files: what is wrong, where, and what is possible; every problem, not only the first.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use config::{Config, Problem, check};

fn problems(text: impl AsRef<[u8]>) -> Vec<Problem> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("healer.yaml");
    std::fs::write(&path, text).unwrap();
    let report = check(&path);
    assert_eq!(report.is_usable(), Config::read(&path).is_ok());
    report.problems
}

fn only(text: impl AsRef<[u8]>) -> String {
    let problems = problems(text);
    assert_eq!(problems.len(), 1, "{problems:#?}");
    problems[0].to_string()
}

#[test]
fn an_unknown_key_has_a_place_and_a_suggestion() {
    assert_eq!(only("limits:\n  atempts: 5\n"), "2:3: unknown key \"atempts\"; did you mean `attempts`?");
    assert_eq!(only("limit:\n  attempts: 5\n"), "1:1: unknown key \"limit\"; did you mean `limits`?");
    assert_eq!(only("max_attempst: 5\n").split(';').next().unwrap(), "1:1: unknown key \"max_attempst\"");
    assert!(only("agents:\n  rex:\n    maxx_tokens: 5\n").contains("possible here: github_app, bot_user_id, model"));
    assert!(only("discord_webhook_url: x\n").ends_with("that is channels.discord here"));
    assert!(only("agents:\n  rexx: {}\n").ends_with("did you mean `rex`?"));
}

#[test]
fn a_wrong_value_says_what_is_possible() {
    for (text, sentence) in [
        ("limits:\n  attempts: three\n", "2:13: `limits.attempts` must be a whole number, not text"),
        ("limits:\n  attempts: -1\n", "2:13: `limits.attempts` must be a whole number, not -1"),
        ("limits:\n  attempts: 0\n", "2:13: `limits.attempts` must be from 1 to 10, not 0"),
        ("limits: [3]\n", "1:9: `limits` must be a map of keys, not a list"),
        ("channels:\n  issue: yes\n", "2:10: `channels.issue` must be `true` or `false`, not text"),
        (
            "agents:\n  rex:\n    model: 4\n",
            "3:12: `agents.rex.model` must be text (in quotes, if it looks like something else), not 4",
        ),
        (
            "sources:\n  loki_url: loki:3100\n",
            "2:13: `sources.loki_url` must be an http or https URL without user and password",
        ),
        (
            "sources:\n  loki_url: http://u:p@loki\n",
            "2:13: `sources.loki_url` must be an http or https URL without user and password",
        ),
        ("repositories:\n  widgets:\n", "2:3: `repositories.widgets` must be `owner/name`"),
        ("- a\n", "1:1: the file must be a map of keys"),
        ("namespace: Cto\n", "1:12: `namespace` must be lower-case letters, digits and dashes, at most 63"),
    ] {
        assert_eq!(only(text), sentence);
    }
    let approve = only("repositories:\n  acme/widgets:\n    approve: sometimes\n");
    assert!(approve.ends_with("is one of never, default_branch, security, always"), "{approve}");
    let agents = only("repositories:\n  acme/widgets:\n    agents: [rex, rust]\n");
    assert!(agents.contains("3:13") && agents.ends_with("rex, blaze, bolt, cipher, atlas"), "{agents}");
    assert!(only("agents:\n  rex:\n    cli: emacs\n").contains("must be one of claude, code"));
}

#[test]
fn every_problem_is_said_in_order() {
    let text = "limits:\n  attempts: 99\n  windw_seconds: 1\nchanels: {}\nsources:\n  loki_url: 3\n";
    let lines: Vec<(u64, String)> = problems(text).into_iter().map(|problem| (problem.line, problem.key)).collect();
    let expected = [(2, "limits.attempts"), (3, "limits.windw_seconds"), (4, "chanels"), (6, "sources.loki_url")];
    assert_eq!(lines, expected.map(|(line, key)| (line, key.to_owned())));
}

#[test]
fn a_key_twice_is_refused() {
    let problem = only("limits:\n  attempts: 1\n  attempts: 2\n");
    assert!(problem.starts_with("3:3: ") && problem.contains("attempts"), "{problem}");
    let case = only("repositories:\n  acme/widgets: {}\n  Acme/Widgets: {}\n");
    assert!(case.contains("is there twice"), "{case}");
}

#[test]
fn a_secret_is_never_repeated() {
    for text in [
        "channels:\n  discord: https://discord.example/hunter22\n",
        "channels: https://discord.example/hunter22\n",
        "channels:\n  discord: { url: https://discord.example/hunter22 }\n",
        "channels:\n  discord: [https://discord.example/hunter22]\n",
        "channels:\n  issue: hunter22\n",
        "limits:\n  attempts: hunter22\n",
        "sources:\n  openmemory_url: https://healer:hunter22@memory\n",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("healer.yaml");
        std::fs::write(&path, text).unwrap();
        let report = check(&path);
        assert!(!report.is_usable());
        let shown: String = report.problems.iter().map(ToString::to_string).collect();
        assert!(!shown.contains("hunter22"), "{shown}");
        assert!(!Config::read(&path).unwrap_err().to_string().contains("hunter22"));
    }
}

#[test]
fn hostile_files_are_refused_quickly() {
    let bomb: String = std::iter::once("a0: &a0 [x]\n".to_owned())
        .chain((1..30).map(|n| format!("a{n}: &a{n} [*a{}, *a{}]\n", n - 1, n - 1)))
        .collect();
    assert!(only(&bomb).contains("anchors and aliases are not read here"), "{}", only(&bomb));
    assert!(only("limits: &a\n  attempts: 3\n").contains("anchors and aliases"));
    assert!(only(vec![b'#'; 10 << 20]).contains("more than 1 MiB"));
    assert!(only([0x7f, b'E', b'L', b'F', 0xff, 0xfe]).contains("no UTF-8 text"));
    assert!(only("limits: \0\n").contains("binary"));
    assert!(only("[".repeat(100_000)).contains("not readable as YAML"));
    assert!(only("limits: {attempts: 3\n").contains("not readable as YAML"));
    assert!(only("--- {}\n--- {}\n").contains("not readable as YAML"));
    assert!(only("limits:\n\tattempts: 3\n").starts_with("2:2: this is not readable as YAML: tabs"));
    let many: String = (0..5000).map(|n| format!("key{n}: 1\n")).collect();
    assert!(problems(many).len() <= 40);
    assert!(check(Path::new("/no/such/healer.yaml")).problems[0].message.starts_with("cannot be opened"));
    assert!(check(Path::new("/")).problems[0].message.contains("cannot be"));
}

#[test]
fn nothing_said_is_the_defaults() {
    for text in ["", "# only a comment\n", "limits:\nagents:\n  rex:\n", "---\n"] {
        assert_eq!(problems(text), [], "{text:?}");
    }
}

#[test]
fn one_key_of_an_agent_leaves_its_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("healer.yaml");
    std::fs::write(&path, "agents:\n  blaze:\n    model: other\n    bot_user_id: 210002\n").unwrap();
    let config = Config::read(&path).unwrap();
    let blaze = config.agents.get(remediation::Agent::Blaze);
    assert_eq!((blaze.model.as_str(), blaze.github_app.as_str()), ("other", "5DLabs-Blaze"));
    assert_eq!(config.agents.by_bot_user_id(210_002), Some(remediation::Agent::Blaze));
    let shown = check(&path).to_string();
    assert!(
        shown.contains("    model: other  # line 3\n") && shown.contains("    cli: factory  # default\n"),
        "{shown}"
    );
    let sentence = Config::read(Path::new("/no/such/file")).unwrap_err().to_string();
    assert!(sentence.starts_with("the configuration /no/such/file: cannot be opened"), "{sentence}");
}
