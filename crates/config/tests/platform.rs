//! The platform's own files are read too (cto.md 4.5, 4.6).
#![allow(clippy::unwrap_used)]

use config::{Report, check};
use remediation::Agent;

fn report(text: &str) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    std::fs::write(&path, text).unwrap();
    check(&path)
}

#[test]
fn healer_config_is_translated() {
    let report = report(
        r#"{
  "cli": "Claude",
  "model": "claude-sonnet-4-5",
  "max_attempts": 4,
  "time_window_mins": 15,
  "memory_url": "http://openmemory.cto-system.svc:3000",
  "memory_enabled": false,
  "auto_merge_enabled": true,
  "check_timeout_mins": 30
}"#,
    );
    assert!(report.is_usable(), "{report}");
    assert_eq!(report.format, "healer-config.json");
    let config = &report.effective;
    assert_eq!(config.agents.get(Agent::Bolt).cli, "claude");
    assert_eq!(config.agents.get(Agent::Rex).model, "claude-sonnet-4-5");
    assert_eq!(config.agents.get(Agent::Rex).github_app, "5DLabs-Rex");
    assert_eq!((config.limits.attempts, config.limits.window_seconds), (4, 900));
    assert_eq!(config.deadlines.ci_seconds, 1800);
    assert_eq!(config.sources.openmemory_url, "http://openmemory.cto-system.svc:3000");
    assert!(!config.sources.openmemory_enabled);
    assert_eq!(report.ignored.len(), 1);
    assert!(report.ignored[0].starts_with("`auto_merge_enabled` of healer-config.json"));
    assert!(report.yaml().contains("attempts: 4  # line 4\n"), "{report}");
}

#[test]
fn heal_config_is_translated() {
    let report = report(
        r#"{
  "server": { "model": "x", "remoteTools": [] },
  "coderun": {
    "namespace": "agents", "githubApp": "5DLabs-Rex", "model": "claude-opus-4-5-20251101",
    "service": "heal", "docsBranch": "develop", "workingDirectory": ".", "enableDocker": false,
    "remoteTools": "mcp_tools_github_*, mcp_tools_loki_*", "localTools": ["files"],
    "cliConfig": { "cliType": "Claude", "model": "claude-sonnet-4-5", "settings": { "template": "heal/claude" } }
  }
}"#,
    );
    assert!(report.is_usable(), "{report}");
    assert_eq!(report.format, "heal-config.json");
    let config = &report.effective;
    let atlas = config.agents.get(Agent::Atlas);
    assert_eq!((atlas.cli.as_str(), atlas.model.as_str()), ("claude", "claude-sonnet-4-5"));
    assert_eq!(atlas.remote_tools, ["mcp_tools_github_*", "mcp_tools_loki_*"]);
    assert_eq!(atlas.local_tools, ["files"]);
    assert_eq!((config.namespace.as_str(), config.coderun_namespace()), ("agents", "agents"));
    assert_eq!((config.coderun.service.as_str(), config.coderun.docs_branch.as_str()), ("heal", "develop"));
    assert!(!config.coderun.enable_docker);
    let ignored = report.ignored.join("\n");
    for key in ["`server`", "`coderun.githubApp`", "`coderun.cliConfig.settings`"] {
        assert!(ignored.contains(key), "{key} is not among:\n{ignored}");
    }
}

#[test]
fn a_wrong_value_is_said_where_it_stands() {
    let report = report("{\n  \"max_attempts\": \"many\",\n  \"time_window_mins\": -5\n}");
    let places: Vec<u64> = report.problems.iter().map(|problem| problem.line).collect();
    assert_eq!(places, [2, 3], "{report}");
    assert!(report.problems[0].message.starts_with("`limits.attempts` must be a whole number"));
}

/// Ours is YAML, and JSON is YAML.
#[test]
fn our_own_keys_in_json_stay_ours() {
    let report = report(r#"{ "coderun": { "service": "healer" }, "limits": { "attempts": 2 } }"#);
    assert!(report.is_usable() && report.format == "healer.yaml", "{report}");
    assert_eq!(report.effective.limits.attempts, 2);
}
