//! The five specialists: whom they are and what they work with.

use remediation::Agent;
use serde::{Deserialize, Serialize};

/// One entry an agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Agents {
    pub rex: AgentConfig,
    pub blaze: AgentConfig,
    pub bolt: AgentConfig,
    pub cipher: AgentConfig,
    pub atlas: AgentConfig,
}

/// An agent (cto.md 1.3, 4.4, 4.5).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentConfig {
    /// `spec.githubApp`; the platform takes the agent's name from what follows the last dash.
    pub github_app: String,
    /// GitHub's id of the App's bot user: whose commits are this agent's. Absent: looked up.
    pub bot_user_id: Option<u64>,
    /// The model.
    pub model: String,
    /// `cliConfig.cliType`.
    pub cli: String,
    /// Remote tools, such as `mcp_tools_github_*`.
    pub remote_tools: Vec<String>,
    /// Local tool servers.
    pub local_tools: Vec<String>,
}

impl Agents {
    /// The agent's entry.
    pub fn get(&self, agent: Agent) -> &AgentConfig {
        match agent {
            Agent::Rex => &self.rex,
            Agent::Blaze => &self.blaze,
            Agent::Bolt => &self.bolt,
            Agent::Cipher => &self.cipher,
            Agent::Atlas => &self.atlas,
        }
    }

    /// Every agent with its entry.
    pub fn iter(&self) -> impl Iterator<Item = (Agent, &AgentConfig)> {
        <Agent as remediation::Vocabulary>::ALL.iter().map(|agent| (*agent, self.get(*agent)))
    }

    /// The agent whose App's bot user has this id.
    pub fn by_bot_user_id(&self, id: u64) -> Option<Agent> {
        self.iter().find(|(_, entry)| entry.bot_user_id == Some(id)).map(|(agent, _)| agent)
    }
}
