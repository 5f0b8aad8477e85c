//! What a value must be beyond its type.

use std::collections::BTreeSet;

use crate::tree::Path;
use crate::{Config, Repository};

/// The CLIs that the platform's controller knows (cto.md 1.3).
const CLIS: &[&str] = &[
    "claude",
    "code",
    "codex",
    "dexter",
    "opencode",
    "cursor",
    "factory",
    "openhands",
    "grok",
    "gemini",
    "qwen",
    "minimax",
];

/// A round of more attempts than this only burns money.
const AGENT_SECONDS: std::ops::RangeInclusive<u64> = 60..=86_400;
const ATTEMPTS: std::ops::RangeInclusive<u64> = 1..=10;

struct Found(Vec<(Path, String)>);

impl Found {
    fn want(&mut self, fine: bool, path: &[&str], message: impl Into<String>) {
        if !fine {
            let shown = format!("`{}` {}", path.join("."), message.into());
            self.0.push((path.iter().map(|key| (*key).to_owned()).collect(), shown));
        }
    }

    fn between(&mut self, value: u64, range: std::ops::RangeInclusive<u64>, path: &[&str]) {
        let message = format!("must be from {} to {}, not {value}", range.start(), range.end());
        self.want(range.contains(&value), path, message);
    }
}

/// Everything that is wrong, with the path of the key.
pub(crate) fn check(config: &Config) -> Vec<(Path, String)> {
    let mut found = Found(Vec::new());
    let Config { limits, deadlines, sources, coderun, .. } = config;
    for (key, value, range) in [
        ("attempts", u64::from(limits.attempts), ATTEMPTS),
        ("window_seconds", limits.window_seconds, 0..=86_400),
        ("agents_at_once", limits.agents_at_once.into(), 1..=100),
        ("starts_per_repository_per_day", limits.starts_per_repository_per_day.into(), 0..=1000),
        ("prompt_bytes", limits.prompt_bytes, 16_384..=524_288),
        ("log_lines", limits.log_lines.into(), 1..=5000),
    ] {
        found.between(value, range, &["limits", key]);
    }
    for (key, value, range) in [
        ("agent_seconds", deadlines.agent_seconds, AGENT_SECONDS),
        ("ci_seconds", deadlines.ci_seconds, 60..=86_400),
        ("check_suite_seconds", deadlines.check_suite_seconds, 30..=86_400),
        ("source_seconds", deadlines.source_seconds, 1..=120),
        ("approval_seconds", deadlines.approval_seconds, 60..=2_592_000),
    ] {
        found.between(value, range, &["deadlines", key]);
    }
    for (key, url) in [
        ("github_url", &sources.github_url),
        ("loki_url", &sources.loki_url),
        ("prometheus_url", &sources.prometheus_url),
        ("openmemory_url", &sources.openmemory_url),
        ("pagerduty_url", &sources.pagerduty_url),
    ] {
        found.want(is_url(url), &["sources", key], "must be an http or https URL without user and password");
    }
    let namespaces = [
        (Some(&config.namespace), &["namespace"][..]),
        (Some(&sources.argocd_namespace), &["sources", "argocd_namespace"]),
        (coderun.namespace.as_ref(), &["coderun", "namespace"]),
        (coderun.service_account_name.as_ref(), &["coderun", "service_account_name"]),
        (Some(&coderun.service), &["coderun", "service"]),
    ];
    for (name, path) in namespaces {
        let fine = name.is_none_or(|name| is_dns_label(name));
        found.want(fine, path, "must be lower-case letters, digits and dashes, at most 63");
    }
    found.between(coderun.controller_retries.into(), 1..=5, &["coderun", "controller_retries"]);
    found.want(
        is_inside(&coderun.working_directory),
        &["coderun", "working_directory"],
        "must be a folder in the repository",
    );
    agents(config, &mut found);
    repositories(config, &mut found);
    found.0.extend(crate::rules::check(&config.rules));
    found.0
}

fn agents(config: &Config, found: &mut Found) {
    let mut ids = BTreeSet::new();
    for (agent, entry) in config.agents.iter() {
        let agent = remediation::Vocabulary::as_str(agent);
        let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
        found.want(
            plain(&entry.github_app),
            &["agents", agent, "github_app"],
            "must be the App's name, such as `5DLabs-Rex`",
        );
        found.want(plain(&entry.model), &["agents", agent, "model"], "must be a model's name");
        let known = CLIS.contains(&entry.cli.as_str());
        found.want(known, &["agents", agent, "cli"], format!("must be one of {}", CLIS.join(", ")));
        if let Some(id) = entry.bot_user_id {
            let path = ["agents", agent, "bot_user_id"];
            found.want(
                id > 0 && ids.insert(id),
                &path,
                "must be GitHub's id of this App's bot user, and no other agent's",
            );
        }
        for (key, tools) in [("remote_tools", &entry.remote_tools), ("local_tools", &entry.local_tools)] {
            // They travel as one text with commas between them.
            let fine = tools.iter().all(|tool| plain(tool) && !tool.contains(','));
            found.want(fine, &["agents", agent, key], "must be a list of names without spaces and commas");
        }
    }
}

fn repositories(config: &Config, found: &mut Found) {
    let mut seen = BTreeSet::new();
    for (name, entry) in &config.repositories {
        let at = |key| ["repositories", name.as_str(), key];
        found.want(is_repository(name), &["repositories", name], "must be `owner/name`");
        found.want(
            seen.insert(name.to_lowercase()),
            &["repositories", name],
            "is there twice; names do not distinguish case",
        );
        let Repository { agents, security_workflows, pods_namespace, working_directory, attempts, .. } = entry;
        let some = agents.as_ref().is_none_or(|agents| !agents.is_empty());
        found.want(some, &at("agents"), "allows no agent; name one, or take the key out to allow all");
        let workflow = |path: &String| {
            path.starts_with(".github/workflows/") && (path.ends_with(".yml") || path.ends_with(".yaml"))
        };
        let fine = security_workflows.iter().all(workflow);
        found.want(fine, &at("security_workflows"), "must be paths such as `.github/workflows/audit.yml`");
        let fine = pods_namespace.as_ref().is_none_or(|name| is_dns_label(name));
        found.want(fine, &at("pods_namespace"), "must be lower-case letters, digits and dashes, at most 63");
        let fine = working_directory.as_ref().is_none_or(|path| is_inside(path));
        found.want(fine, &at("working_directory"), "must be a folder in the repository");
        if let Some(attempts) = attempts {
            found.between((*attempts).into(), ATTEMPTS, &at("attempts"));
        }
        if let Some(starts) = entry.starts_per_day {
            found.between(starts.into(), 0..=1000, &at("starts_per_day"));
        }
        if let Some(seconds) = entry.agent_seconds {
            found.between(seconds, AGENT_SECONDS, &at("agent_seconds"));
        }
    }
}

fn is_url(url: &str) -> bool {
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    rest.is_some_and(|rest| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        !host.is_empty() && !host.contains('@') && rest.bytes().all(|b| b.is_ascii_graphic())
    })
}

fn is_dns_label(name: &str) -> bool {
    (1..=63).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-')
}

fn is_inside(path: &str) -> bool {
    !path.is_empty() && !path.starts_with('/') && path.split('/').all(|part| part != "..") && !path.contains('\\')
}

fn is_repository(name: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && part != "."
            && part != ".."
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
    };
    name.split_once('/').is_some_and(|(owner, name)| part(owner) && part(name))
}
