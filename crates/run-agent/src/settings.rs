//! `run-agent.yaml`: what a user says about the agent. Strict, as every file that people write.

use std::path::Path;

use serde::Deserialize;
use step::Cannot;

/// What a user says about the agent.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The agent's command, a word an item; no shell reads it. `{prompt_file}` is the prompt's path and `{model}` the
    /// CodeRun's model. The prompt is on its stdin as well.
    pub command: Vec<String>,
    /// How long after the CodeRun was created the agent is stopped. Keep it below `deadlines.agent_seconds` of
    /// healer.yaml, so that the agent's end is reported and not its loss; a token lives 3600 seconds.
    #[serde(default = "fifty_five_minutes")]
    pub deadline_seconds: u64,
    /// GitHub's API.
    #[serde(default = "github")]
    pub github_url: String,
    /// Where repositories are cloned from, as `<git_url>/<owner>/<name>.git`; absent: the CodeRun's own host.
    #[serde(default)]
    pub git_url: Option<String>,
    /// The host of the addresses by which GitHub knows who committed; absent: `users.noreply.` and GitHub's own host.
    #[serde(default)]
    pub noreply_host: Option<String>,
}

fn fifty_five_minutes() -> u64 {
    3300
}

fn github() -> String {
    "https://api.github.com".into()
}

impl Settings {
    /// Reads it.
    ///
    /// # Errors
    /// 78: not there, or not as it must be.
    pub fn read(path: &Path) -> Result<Self, Cannot> {
        let text = std::fs::read_to_string(path).map_err(|error| crate::failed("read", path, &error))?;
        Self::parse(&text).map_err(|what| Cannot::misconfigured(format!("{}: {what}", path.display())))
    }

    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let settings: Self = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
        if settings.command.first().is_none_or(|program| program.trim().is_empty()) {
            return Err("`command` is empty: give the agent's program and its arguments as a list".into());
        }
        if settings.deadline_seconds == 0 {
            return Err("`deadline_seconds` is 0: give the agent some time".into());
        }
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_enough_and_a_typo_is_an_error() {
        let settings = Settings::parse("command: [claude, --print]\n").unwrap();
        assert_eq!((settings.deadline_seconds, &*settings.github_url), (3300, "https://api.github.com"));
        let typo = Settings::parse("commands: [claude]\n").unwrap_err();
        assert!(typo.contains("commands"), "{typo}");
        assert!(Settings::parse("command: []\n").unwrap_err().starts_with("`command` is empty"));
        assert!(Settings::parse("command: [x]\ndeadline_seconds: 0\n").unwrap_err().contains("is 0"));
    }
}
