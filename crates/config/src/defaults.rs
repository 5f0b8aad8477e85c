//! What holds when the file says nothing: the platform's own values.

use std::collections::BTreeMap;

use crate::{AgentConfig, Agents, Channels, CodeRunDefaults, Config, Deadlines, Limits, Sources};

/// cto.md 4.5; one early file of the platform says 20250929, every other this.
const MODEL: &str = "claude-opus-4-5-20251101";

impl Default for Config {
    fn default() -> Self {
        Self {
            namespace: "cto".into(),
            github_app_id: None,
            repositories: BTreeMap::new(),
            agents: Agents::default(),
            limits: Limits::default(),
            deadlines: Deadlines::default(),
            channels: Channels::default(),
            sources: Sources::default(),
            coderun: CodeRunDefaults::default(),
            rules: Vec::new(),
        }
    }
}

impl Default for Agents {
    fn default() -> Self {
        let agent = |app: &str| AgentConfig {
            github_app: app.into(),
            bot_user_id: None,
            model: MODEL.into(),
            cli: "factory".into(),
            remote_tools: vec!["mcp_tools_github_*".into(), "mcp_tools_kubernetes_*".into()],
            local_tools: Vec::new(),
        };
        Self {
            rex: agent("5DLabs-Rex"),
            blaze: agent("5DLabs-Blaze"),
            bolt: agent("5DLabs-Bolt"),
            cipher: agent("5DLabs-Cipher"),
            atlas: agent("5DLabs-Atlas"),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            attempts: 3,
            window_seconds: 600,
            agents_at_once: 3,
            starts_per_repository_per_day: 10,
            prompt_bytes: 96 * 1024,
            log_lines: 200,
        }
    }
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            agent_seconds: 60 * 60,
            ci_seconds: 90 * 60,
            check_suite_seconds: 10 * 60,
            source_seconds: 10,
            approval_seconds: 24 * 60 * 60,
        }
    }
}

impl Default for Channels {
    fn default() -> Self {
        Self { pull_request_comment: true, check_run: false, discord: None, slack: None, pagerduty: None, issue: false }
    }
}

impl Default for Sources {
    fn default() -> Self {
        Self {
            github_url: "https://api.github.com".into(),
            loki_url: "http://loki-gateway.observability.svc.cluster.local:80".into(),
            prometheus_url: "http://prometheus-server.observability.svc.cluster.local:80".into(),
            openmemory_url: "http://openmemory.cto.svc.cluster.local:8080".into(),
            openmemory_enabled: true,
            openmemory_namespace: "agent/healer".into(),
            openmemory_key: None,
            argocd_namespace: "argocd".into(),
            pagerduty_url: "https://events.pagerduty.com".into(),
        }
    }
}

impl Default for CodeRunDefaults {
    fn default() -> Self {
        Self {
            namespace: None,
            service: "healer-ci".into(),
            docs_project_directory: "docs".into(),
            docs_branch: "main".into(),
            working_directory: ".".into(),
            enable_docker: true,
            service_account_name: None,
            controller_retries: 1,
        }
    }
}
